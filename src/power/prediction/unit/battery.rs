//! A battery in motion: its store fills and empties with its inverter's power.

use crate::power::{AssetState, Battery, Shortage};

use super::store::Store;
use super::{AnyUnit, Outlook, Unit, finite_or};

/// A battery and its store. Its level is the power that leaves the store's side of the inverter: net power and idling loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct BatteryUnit {
    limits: (f64, f64),
    delay_s: f64,
    idling_kw: f64,
    store: Store,
}

impl BatteryUnit {
    pub(in super::super) fn new(battery: &Battery, state: &AssetState) -> Self {
        let ramps = (battery.ramp_up_kw_per_min / 60.0, battery.ramp_down_kw_per_min / 60.0);
        let capacity = battery.capacity_kwh;
        let soc = finite_or(state.soc.unwrap_or(battery.initial_soc), battery.initial_soc).clamp(0.0, 1.0);
        let idling_kw = battery.idling_loss_kw;
        Self {
            limits: (idling_kw - battery.max_charge_kw, idling_kw + battery.max_discharge_kw),
            delay_s: battery.delay_s,
            idling_kw,
            store: Store {
                ramps,
                capacity,
                bounds: (battery.min_soc * capacity, battery.max_soc * capacity),
                drain: 1.0 / (3600.0 * battery.discharge_efficiency),
                fill: battery.charge_efficiency / 3600.0,
                energy: soc * capacity,
                hold_s: 0.0,
                held_s: 0.0,
                is_empty: state.under_way.shortage == Some(Shortage::Empty),
                is_full: state.under_way.shortage == Some(Shortage::Full),
            },
        }
    }

    /// Its level at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState) -> f64 {
        self.nearest(finite_or(state.kw, -self.idling_kw) + self.idling_kw)
    }

    /// Share of the capacity in the store.
    pub(in super::super) fn soc(&self) -> f64 {
        self.store.energy / self.store.capacity
    }
}

impl Unit for BatteryUnit {
    fn ramps(&self) -> (f64, f64) {
        self.store.ramps
    }

    fn delay_s(&self) -> f64 {
        self.delay_s
    }

    fn limits(&self) -> (f64, f64) {
        self.limits
    }

    fn offset_kw(&self) -> f64 {
        self.idling_kw
    }

    fn shortage(&self) -> &'static str {
        "energy"
    }

    fn permitted(&mut self, x: f64, level: f64) -> f64 {
        self.store.permitted(x, level)
    }

    fn exhaust(&mut self, x: f64, slope: f64) {
        self.store.exhaust(x, slope);
    }

    fn farthest(&self, x: f64) -> (f64, f64) {
        self.store.farthest(x, self.limits)
    }

    fn until_limit(&self, x: f64, slope: f64) -> f64 {
        self.store.until_limit(x, slope)
    }

    fn settle(&mut self, x: f64, _outlook: Outlook<'_>) -> f64 {
        self.store.protected(x)
    }

    fn advance(&mut self, x: f64, slope: f64, seconds: f64) {
        self.store.advance(x, slope, seconds);
    }

    fn describe(&self, _t: f64, _x: f64, state: &mut AssetState) {
        state.soc = Some(self.soc());
        state.under_way.shortage = self.store.shortage();
    }
}

impl From<BatteryUnit> for AnyUnit {
    fn from(unit: BatteryUnit) -> Self {
        Self::Battery(unit)
    }
}
