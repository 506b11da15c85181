//! Heat pumps of many homes, turned down or up together for as long as the homes stay comfortable.

use super::{AssetState, Declared};
use crate::power::bounds::{Faults, MAX_KW, MAX_KWH, MAX_S};

/// A population of heat pumps. Net power = baseline + reduction − rebound; a reduction below 0 heats homes ahead.
///
/// Homes are a store of heat: a reduction is given back in time for its ramp to end just when the coldest of them comes
/// to its comfort limit, heating ahead just when they are as warm as they may be. A compressor that is off stays off for
/// a while (1 to 3 minutes protect it), so a reduction is not lessened sooner. Once released, a share of the heat that is
/// missing comes back evenly while nothing is asked; homes that were heated ahead take so much less. Mean turn-down of a
/// home: 0.64 kW (EQUINOX: 386 homes, 22 events of 2 hours). In an emergency stop they are released at once, and are
/// held there.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatPumps {
    /// Greatest reduction below baseline, kW (> 0).
    pub max_turn_down_kw: f64,
    /// Greatest heating ahead, kW on top of baseline; 0 for none.
    pub max_pre_heat_kw: f64,
    /// kWh of the pumps' input that homes can do without before one is too cold.
    pub comfort_kwh: f64,
    /// kWh of the pumps' input that homes can take ahead; 0 for none.
    pub pre_heat_kwh: f64,
    /// Minutes for which compressors that are turned off stay off.
    pub min_off_min: f64,
    /// Seconds from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute of reduction.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute of return.
    pub ramp_down_kw_per_min: f64,
    /// Share of the missing energy that comes back, 0 to 1.
    pub rebound_share: f64,
    /// Minutes over which it comes back, evenly.
    pub rebound_min: f64,
}

impl Declared for HeatPumps {
    fn kind(&self) -> &'static str {
        "heat pumps"
    }

    fn limits_kw(&self, baseline_kw: f64) -> (f64, f64) {
        (baseline_kw - self.max_pre_heat_kw, baseline_kw + self.max_turn_down_kw)
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
        faults.not_negative("max_pre_heat_kw", self.max_pre_heat_kw, MAX_KW, "kW");
        faults.above_zero("comfort_kwh", self.comfort_kwh, MAX_KWH, "kWh");
        faults.not_negative("pre_heat_kwh", self.pre_heat_kwh, MAX_KWH, "kWh");
        faults.not_negative("min_off_min", self.min_off_min, MAX_S / 60.0, "minutes");
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.above_zero("ramp_up_kw_per_min", self.ramp_up_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("ramp_down_kw_per_min", self.ramp_down_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.share("rebound_share", self.rebound_share);
        faults.above_zero("rebound_min", self.rebound_min, MAX_S / 60.0, "minutes");
        if self.max_pre_heat_kw > 0.0 && self.pre_heat_kwh == 0.0 {
            let sentence =
                "0 kWh leave no room to heat ahead; write how much homes can take, or max_pre_heat_kw = 0";
            faults.add("pre_heat_kwh", sentence.to_owned());
        }
        faults.0
    }
}
