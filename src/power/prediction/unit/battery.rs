//! A battery in motion: its store fills and empties with its net power.

use crate::power::{AssetState, Battery, Shortage};

use super::super::{HELD_S, NEAR_KW, NEAR_S};
use super::{AnyUnit, Unit, finite_or};

/// A battery and its store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct BatteryUnit {
    limits: (f64, f64),
    ramps: (f64, f64),
    delay_s: f64,
    /// kWh, full.
    capacity: f64,
    /// Least and greatest kWh in the store.
    bounds: (f64, f64),
    /// kWh out of the store per kW for a second of discharge.
    drain: f64,
    /// kWh into the store per kW for a second of charge.
    fill: f64,
    /// kWh in the store.
    energy: f64,
    /// It must not discharge until it has been charged.
    is_empty: bool,
    /// It must not charge until it has been discharged.
    is_full: bool,
}

impl BatteryUnit {
    pub(in super::super) fn new(battery: &Battery, state: &AssetState) -> Self {
        let ramps = (battery.ramp_up_kw_per_min / 60.0, battery.ramp_down_kw_per_min / 60.0);
        let capacity = battery.capacity_kwh;
        let soc = finite_or(state.soc.unwrap_or(battery.initial_soc), battery.initial_soc).clamp(0.0, 1.0);
        Self {
            limits: (-battery.max_charge_kw, battery.max_discharge_kw),
            ramps,
            delay_s: battery.delay_s,
            capacity,
            bounds: (battery.min_soc * capacity, battery.max_soc * capacity),
            drain: 1.0 / (3600.0 * battery.discharge_efficiency),
            fill: battery.charge_efficiency / 3600.0,
            energy: soc * capacity,
            is_empty: state.under_way.shortage == Some(Shortage::Empty),
            is_full: state.under_way.shortage == Some(Shortage::Full),
        }
    }

    /// Its level at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState) -> f64 {
        self.nearest(finite_or(state.kw, 0.0))
    }

    /// Share of the capacity in the store.
    pub(in super::super) fn soc(&self) -> f64 {
        self.energy / self.capacity
    }

    /// kWh that can still be discharged from `x` kW before it must ramp down to end at 0 kW just when it is empty.
    fn left_to_give(&self, x: f64) -> f64 {
        self.energy - self.bounds.0 - self.drain * x.max(0.0).powi(2) / (2.0 * self.ramps.1)
    }

    /// kWh that can still be taken up from `x` kW before it must ramp up to end at 0 kW just when it is full.
    fn room_left(&self, x: f64) -> f64 {
        self.bounds.1 - self.energy - self.fill * x.min(0.0).powi(2) / (2.0 * self.ramps.0)
    }

    /// What counts as nothing, kWh.
    fn sliver(&self) -> f64 {
        1e-10 * self.capacity
    }

    /// More than what the rounding of instants can cost on the way to a level and back, kWh.
    fn margin(&self, level: f64) -> f64 {
        let (up, down) = self.ramps;
        2e-9 * self.capacity + 2.0 * self.drain * level.abs() * NEAR_S * (1.0 + (up / down).max(down / up))
    }

    /// kWh that it could give if it went up at once, whatever the level it starts at.
    fn discharge_reserve(&self, x: f64) -> f64 {
        let to_or_from_zero = if x > 0.0 { self.drain } else { self.fill } * x * x / (2.0 * self.ramps.0);
        self.energy - self.bounds.0 + to_or_from_zero
    }

    /// kWh that it could take up if it went down at once, whatever the level it starts at.
    fn charge_reserve(&self, x: f64) -> f64 {
        let to_or_from_zero = if x < 0.0 { self.fill } else { self.drain } * x * x / (2.0 * self.ramps.1);
        self.bounds.1 - self.energy + to_or_from_zero
    }
}

/// The greatest level for which the ramp to it, a minute's hold and the ramp from it take no more than `reserve` kW·s.
fn greatest_level(reserve: f64, up: f64, down: f64) -> f64 {
    // reserve = a L² + held L with a = 1/(2 up) + 1/(2 down)
    let a = 0.5 / up + 0.5 / down;
    if reserve <= 0.0 { 0.0 } else { 2.0 * reserve / (HELD_S + (HELD_S * HELD_S + 4.0 * a * reserve).sqrt()) }
}

/// The first moment, in seconds, at which `left` kWh are used: at `x` kW with `slope`, both towards the limit and not
/// negative, at `rate` kWh per kW and second, with a way back at `back` kW per second.
fn until_used(left: f64, x: f64, slope: f64, rate: f64, back: f64) -> f64 {
    // left(τ) = left − rate (1 + slope/back) (x τ + slope τ²/2)
    let quadratic = rate * (1.0 + slope / back) * slope / 2.0;
    let linear = rate * (1.0 + slope / back) * x;
    if left <= 0.0 {
        0.0
    } else if linear <= 0.0 && quadratic <= 0.0 {
        f64::INFINITY
    } else {
        2.0 * left / (linear + (linear * linear + 4.0 * quadratic * left).sqrt())
    }
}

impl Unit for BatteryUnit {
    const RIDES_ON_BASELINE: bool = false;
    const SHORTAGE: &'static str = "energy";

    fn ramps(&self) -> (f64, f64) {
        self.ramps
    }

    fn delay_s(&self) -> f64 {
        self.delay_s
    }

    fn limits(&self) -> (f64, f64) {
        self.limits
    }

    fn permitted(&mut self, x: f64, level: f64) -> f64 {
        self.is_empty |= x >= 0.0 && self.left_to_give(x) <= self.sliver();
        self.is_full |= x <= 0.0 && self.room_left(x) <= self.sliver();
        let is_short =
            (level > 0.0 && x >= 0.0 && self.is_empty) || (level < 0.0 && x <= 0.0 && self.is_full);
        if is_short { 0.0 } else { level }
    }

    fn exhaust(&mut self, x: f64, slope: f64) {
        let discharges = x > 0.0 || (x >= 0.0 && slope > 0.0);
        self.is_empty |= discharges;
        self.is_full |= !discharges;
    }

    fn farthest(&self, x: f64) -> (f64, f64) {
        let (up, down) = self.ramps;
        let discharge =
            greatest_level((self.discharge_reserve(x) - self.margin(self.limits.1)) / self.drain, up, down);
        let charge =
            greatest_level((self.charge_reserve(x) - self.margin(self.limits.0)) / self.fill, up, down);
        // What an emergency stop left in the store is not there for a battery that has said it is empty: it waits for charge.
        let discharge = if self.is_empty && x >= 0.0 { 0.0 } else { discharge };
        let charge = if self.is_full && x <= 0.0 { 0.0 } else { charge };
        (self.limits.0.max(-charge), self.limits.1.min(discharge))
    }

    fn until_limit(&self, x: f64, slope: f64) -> f64 {
        let (up, down) = self.ramps;
        let discharging = x > 0.0 || (x >= 0.0 && slope > 0.0);
        let charging = x < 0.0 || (x <= 0.0 && slope < 0.0);
        if discharging && slope >= 0.0 {
            until_used(self.left_to_give(x), x, slope, self.drain, down)
        } else if charging && slope <= 0.0 {
            until_used(self.room_left(x), -x, -slope, self.fill, up)
        } else if discharging && self.left_to_give(x) < -self.margin(x) {
            until_gone(self.energy - self.bounds.0, x, -slope, self.drain)
        } else if charging && self.room_left(x) < -self.margin(x) {
            until_gone(self.bounds.1 - self.energy, -x, slope, self.fill)
        } else {
            f64::INFINITY
        }
    }

    /// A state that leaves no room for the ramp is cut off at the limit by the battery's own protection.
    fn settle(&mut self, x: f64, _outlook: super::Outlook<'_>) -> f64 {
        let (least, most) = self.bounds;
        let (sliver, margin) = (self.sliver(), self.margin(x));
        let drained = x > NEAR_KW && self.energy - least <= sliver && self.left_to_give(x) < -margin;
        let filled = x < -NEAR_KW && most - self.energy <= sliver && self.room_left(x) < -margin;
        if drained || filled { 0.0 } else { x }
    }

    fn advance(&mut self, x: f64, slope: f64, seconds: f64) {
        let level_seconds = (x + slope * seconds / 2.0) * seconds;
        self.energy -= if level_seconds > 0.0 { self.drain } else { self.fill } * level_seconds;
        self.is_empty &= level_seconds >= 0.0;
        self.is_full &= level_seconds <= 0.0;
    }

    fn describe(&self, _t: f64, state: &mut AssetState) {
        state.soc = Some(self.soc());
        state.under_way.shortage = match (self.is_empty, self.is_full) {
            (true, _) => Some(Shortage::Empty),
            (false, true) => Some(Shortage::Full),
            (false, false) => None,
        };
    }
}

/// Seconds until `energy` kWh are used up while a level falls from `x` by `fall` kW per second.
fn until_gone(energy: f64, x: f64, fall: f64, rate: f64) -> f64 {
    let discriminant = x * x - 2.0 * fall * energy / rate;
    if energy <= 0.0 {
        0.0
    } else if discriminant < 0.0 {
        f64::INFINITY
    } else {
        2.0 * energy / rate / (x + discriminant.sqrt())
    }
}

impl From<BatteryUnit> for AnyUnit {
    fn from(unit: BatteryUnit) -> Self {
        Self::Battery(unit)
    }
}
