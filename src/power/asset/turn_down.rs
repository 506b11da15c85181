//! Demand that is turned down for a while: an industrial process, a cold store, a supermarket's fridges.

use super::{AssetState, Declared};
use crate::power::bounds::{Faults, MAX_KW, MAX_S};

/// Demand that can be turned down for a while and comes back afterwards. Net power = baseline + reduction − rebound.
///
/// Ramps are those of the reduction: the baseline beneath it moves by itself. The longest reduction counts every
/// second with any reduction, ramps included: it starts to return in time to be back at baseline just then. Once
/// released, the shed energy comes back evenly (rebound) while nothing is asked; the allowance is whole again when it
/// has. From one reduction's end to the next one's beginning there is at least an interval. In an emergency stop the demand is released to baseline at once, and is held there: what it shed comes back when it
/// is released.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnDown {
    /// Greatest reduction below baseline, kW (> 0).
    pub max_turn_down_kw: f64,
    /// Seconds of notice that it needs: from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute of reduction.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute of return.
    pub ramp_down_kw_per_min: f64,
    /// Longest reduction, minutes.
    pub max_duration_min: f64,
    /// Share of the shed energy that comes back, 0 to 1.
    pub rebound_share: f64,
    /// Minutes over which it comes back, evenly.
    pub rebound_min: f64,
    /// Shortest time between two reductions, minutes; 0 when it is not declared.
    pub interval_min: f64,
}

impl TurnDown {
    /// Whether shed energy comes back at all.
    pub fn rebounds(&self) -> bool {
        self.rebound_share > 0.0 && self.rebound_min > 0.0
    }
}

impl Declared for TurnDown {
    fn kind(&self) -> &'static str {
        "turn-down"
    }

    fn limits_kw(&self, baseline_kw: f64) -> (f64, f64) {
        (baseline_kw, baseline_kw + self.max_turn_down_kw)
    }

    fn ramps_kw_per_min(&self) -> (f64, f64) {
        (self.ramp_up_kw_per_min, self.ramp_down_kw_per_min)
    }

    fn delay_s(&self, _state: &AssetState) -> f64 {
        self.delay_s
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        faults.above_zero("max_turn_down_kw", self.max_turn_down_kw, MAX_KW, "kW");
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.above_zero("ramp_up_kw_per_min", self.ramp_up_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("ramp_down_kw_per_min", self.ramp_down_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("max_duration_min", self.max_duration_min, MAX_S / 60.0, "minutes");
        faults.share("rebound_share", self.rebound_share);
        faults.not_negative("rebound_min", self.rebound_min, MAX_S / 60.0, "minutes");
        faults.not_negative("interval_min", self.interval_min, MAX_S / 60.0, "minutes");
        if self.rebound_share > 0.0 && self.rebound_min == 0.0 {
            let sentence =
                "0 minutes cannot take back any energy; write how long the rebound lasts, as in 90";
            faults.add("rebound_min", sentence.to_owned());
        }
        faults.0
    }
}
