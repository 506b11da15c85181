//! Sun and wind: a solar or a wind farm under a limit.

use super::weather::Available;
use super::{AssetState, Declared};
use crate::power::bounds::{Faults, MAX_KW, MAX_S};

/// A solar or wind farm under a limit: it makes what the weather gives, up to the limit, which goes from its rating down
/// to zero (as a network operator's active network management asks of it). What is curtailed is lost. In an emergency
/// stop it is off the network: 0 kW at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Renewable {
    /// Greatest output, kW.
    pub max_kw: f64,
    /// What the weather gives.
    pub available: Available,
    /// Seconds from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute by which the limit is raised.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute by which it is lowered.
    pub ramp_down_kw_per_min: f64,
}

impl Declared for Renewable {
    fn kind(&self) -> &'static str {
        self.available.kind()
    }

    fn limits_kw(&self, _baseline_kw: f64) -> (f64, f64) {
        (0.0, self.max_kw)
    }

    fn ramps_kw_per_min(&self) -> (f64, f64) {
        (self.ramp_up_kw_per_min, self.ramp_down_kw_per_min)
    }

    fn delay_s(&self, _state: &AssetState) -> f64 {
        self.delay_s
    }

    fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Faults::default();
        faults.above_zero("max_kw", self.max_kw, MAX_KW, "kW");
        if let Some(sentence) = self.available.fault(self.max_kw) {
            let field =
                if matches!(self.available, Available::Wind { .. }) { "mean_m_per_s" } else { "available" };
            faults.add(field, sentence);
        }
        faults.not_negative("delay_s", self.delay_s, MAX_S, "s");
        faults.above_zero("ramp_up_kw_per_min", self.ramp_up_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.above_zero("ramp_down_kw_per_min", self.ramp_down_kw_per_min, 60.0 * MAX_KW, "kW per minute");
        faults.0
    }
}
