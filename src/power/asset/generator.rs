//! A reciprocating engine, with or without heat (CHP), a diesel set, or a gas turbine.

use super::{AssetState, Declared};
use crate::power::bounds::{Faults, MAX_KW, MAX_S};

/// An engine or turbine: nothing below its minimum stable level but off. What tells an engine, a diesel set and a gas
/// turbine apart are their numbers (Wärtsilä: engines 2 to 5 min to full load, aeroderivative turbines 5 to 8).
///
/// From standstill it synchronises by a step to the minimum stable level, and it comes off the bars by a step from
/// there to 0. Once it runs it does so for its shortest run, at its minimum stable level when nothing is asked; once it
/// has stopped it rests before it starts again. A level between the two is not reachable; the nearer of them stands for it, the minimum stable level
/// when both are as near. In an emergency stop it trips: 0 kW at once, however long it has run.
#[derive(Clone, Debug, PartialEq)]
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
    /// Shortest run, minutes; 0 when it is not declared.
    pub min_run_min: f64,
    /// Shortest rest between two runs, minutes; 0 when it is not declared.
    pub min_rest_min: f64,
}

impl Generator {
    /// The nearest level that it can be at: 0, or the minimum stable level up to the greatest output.
    pub fn nearest_reachable(&self, kw: f64) -> f64 {
        nearest_reachable(kw, self.min_stable_kw, self.max_kw)
    }
}

impl Declared for Generator {
    fn kind(&self) -> &'static str {
        "generator"
    }

    fn limits_kw(&self, _baseline_kw: f64) -> (f64, f64) {
        (0.0, self.max_kw)
    }

    fn ramps_kw_per_min(&self) -> (f64, f64) {
        (self.ramp_up_kw_per_min, self.ramp_down_kw_per_min)
    }

    fn delay_s(&self, state: &AssetState) -> f64 {
        let rest_s = state.under_way.rests_s;
        let start_s = || rest_s + self.start_delay_s;
        if state.running { self.delay_s } else { state.under_way.start_s.unwrap_or_else(start_s) }
    }

    fn begin(&self, state: &mut AssetState) {
        state.kw = self.nearest_reachable(state.kw);
        state.running = state.kw > 0.0;
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
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
        faults.not_negative("min_run_min", self.min_run_min, MAX_S / 60.0, "minutes");
        faults.not_negative("min_rest_min", self.min_rest_min, MAX_S / 60.0, "minutes");
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
