//! A unit in motion whose power is nature's, or its vehicles', under a limit that it moves.

use crate::power::{AssetState, EvHub, Renewable};

use super::{AnyUnit, Unit, finite_or};

/// A limit. Its level is what a renewable farm may make, or how far below its connection an EV hub must stay, in kW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct LimitedUnit {
    most: f64,
    /// The level that limits nothing.
    free: f64,
    /// kW by which the level is above net power.
    offset: f64,
    ramps: (f64, f64),
    delay_s: f64,
    step_kw: f64,
    /// Why less is delivered than the limit allows.
    because: &'static str,
}

impl LimitedUnit {
    pub(in super::super) fn farm(farm: &Renewable) -> Self {
        Self {
            most: farm.max_kw,
            free: farm.max_kw,
            offset: 0.0,
            ramps: (farm.ramp_up_kw_per_min / 60.0, farm.ramp_down_kw_per_min / 60.0),
            delay_s: farm.delay_s,
            step_kw: 0.0,
            because: "weather",
        }
    }

    pub(in super::super) fn hub(hub: &EvHub) -> Self {
        let ramp = hub.connection_kw / hub.random_delay_s.max(1.0);
        Self {
            most: hub.connection_kw,
            free: 0.0,
            offset: hub.connection_kw,
            ramps: (ramp, ramp),
            delay_s: hub.delay_s,
            step_kw: hub.step_kw,
            because: "vehicles",
        }
    }

    /// Its level at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState) -> f64 {
        let free = if state.inhibited { 0.0 } else { self.free };
        self.nearest(finite_or(state.under_way.limit_kw.unwrap_or(free), free))
    }
}

impl Unit for LimitedUnit {
    const FOLLOWS_A_LIMIT: bool = true;

    fn ramps(&self) -> (f64, f64) {
        self.ramps
    }

    fn delay_s(&self) -> f64 {
        self.delay_s
    }

    fn limits(&self) -> (f64, f64) {
        (0.0, self.most)
    }

    fn offset_kw(&self) -> f64 {
        self.offset
    }

    fn home(&self, _baseline_kw: f64) -> f64 {
        self.free
    }

    fn shortage(&self) -> &'static str {
        self.because
    }

    fn step_kw(&self) -> f64 {
        self.step_kw
    }

    fn advance(&mut self, _x: f64, _slope: f64, _seconds: f64) {}

    fn describe(&self, _t: f64, x: f64, state: &mut AssetState) {
        state.under_way.limit_kw = (x != self.free).then_some(x);
    }
}

impl From<LimitedUnit> for AnyUnit {
    fn from(unit: LimitedUnit) -> Self {
        Self::Limited(unit)
    }
}
