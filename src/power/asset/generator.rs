//! An engine or turbine.

use serde::{Deserialize, Serialize};

use crate::power::bounds::{Faults, MAX_KW, MAX_S};

/// An engine or turbine: nothing below its minimum stable level but off.
///
/// From standstill it synchronises by a step to the minimum stable level, and it comes off the bars by a step from
/// there to 0. A level between the two is not reachable; the nearer of them stands for it, the minimum stable level
/// when both are as near. In an emergency stop it trips: 0 kW at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Greatest output, kW.
    pub max_kw: f64,
    /// Least output while running, kW.
    pub min_stable_kw: f64,
    /// Seconds from instruction to synchronised at the minimum stable level, from standstill.
    pub start_delay_s: f64,
    /// Seconds from instruction to first movement while running.
    pub delay_s: f64,
    /// kW per minute upwards while running.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute downwards while running.
    pub ramp_down_kw_per_min: f64,
}

impl Generator {
    /// The nearest level that it can be at: 0, or the minimum stable level up to the greatest output.
    pub fn nearest_reachable(&self, kw: f64) -> f64 {
        nearest_reachable(kw, self.min_stable_kw, self.max_kw)
    }

    pub(super) fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        faults.above_zero("max_kw", self.max_kw, MAX_KW, "kW");
        faults.not_negative("min_stable_kw", self.min_stable_kw, MAX_KW, "kW");
        if faults.is_right("max_kw") && faults.is_right("min_stable_kw") && self.min_stable_kw > self.max_kw {
            let sentence =
                format!("{} kW is more than max_kw {}; write at most that", self.min_stable_kw, self.max_kw);
            faults.add("min_stable_kw", sentence);
        }
        faults.not_negative("start_delay_s", self.start_delay_s, MAX_S, "s");
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.above_zero("ramp_up_kw_per_min", self.ramp_up_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("ramp_down_kw_per_min", self.ramp_down_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.0
    }
}

/// The nearest to `kw` of 0 and `min_stable` to `max`, all in kW; `min_stable` when it is as near as 0.
pub(in crate::power) fn nearest_reachable(kw: f64, min_stable: f64, max: f64) -> f64 {
    let kw = kw.min(max).max(0.0);
    if kw >= min_stable {
        kw
    } else if kw > 0.0 && kw >= min_stable / 2.0 {
        min_stable
    } else {
        0.0
    }
}
