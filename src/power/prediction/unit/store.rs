//! A store that a unit's level empties and fills, and the ways back that keep it within its bounds.

use crate::power::Shortage;

use super::super::{HELD_S, NEAR_KW, NEAR_S};

/// Energy, or heat, that a level above zero takes out and one below zero puts in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Store {
    pub(super) ramps: (f64, f64),
    /// kWh that count as the whole.
    pub(super) capacity: f64,
    /// Least and greatest kWh in it.
    pub(super) bounds: (f64, f64),
    /// kWh out of it per kW for a second.
    pub(super) drain: f64,
    /// kWh into it per kW for a second.
    pub(super) fill: f64,
    /// kWh in it.
    pub(super) energy: f64,
    /// For so long a level above zero is not lessened once it was raised, seconds.
    pub(super) hold_s: f64,
    /// For so long it is not yet, seconds.
    pub(super) held_s: f64,
    /// It must not be emptied until it has been filled.
    pub(super) is_empty: bool,
    /// It must not be filled until it has been emptied.
    pub(super) is_full: bool,
}

impl Store {
    /// kWh that can still be discharged from `x` kW before it must ramp down to end at 0 kW just when it is empty.
    pub(super) fn left_to_give(&self, x: f64) -> f64 {
        let x = x.max(0.0);
        self.energy - self.bounds.0 - self.drain * x * (x / (2.0 * self.ramps.1) + self.held_s)
    }

    /// kWh that can still be taken up from `x` kW before it must ramp up to end at 0 kW just when it is full.
    pub(super) fn room_left(&self, x: f64) -> f64 {
        self.bounds.1 - self.energy - self.fill * x.min(0.0).powi(2) / (2.0 * self.ramps.0)
    }

    /// What counts as nothing, kWh.
    pub(super) fn sliver(&self) -> f64 {
        1e-10 * self.capacity
    }

    /// More than what the rounding of instants can cost on the way to a level and back, kWh.
    pub(super) fn margin(&self, level: f64) -> f64 {
        let (up, down) = self.ramps;
        2e-9 * self.capacity + 2.0 * self.drain * level.abs() * NEAR_S * (1.0 + (up / down).max(down / up))
    }

    /// kWh that it could give if it went up at once, whatever the level it starts at.
    pub(super) fn discharge_reserve(&self, x: f64) -> f64 {
        let to_or_from_zero = if x > 0.0 { self.drain } else { self.fill } * x * x / (2.0 * self.ramps.0);
        self.energy - self.bounds.0 + to_or_from_zero
    }

    /// kWh that it could take up if it went down at once, whatever the level it starts at.
    pub(super) fn charge_reserve(&self, x: f64) -> f64 {
        let to_or_from_zero = if x < 0.0 { self.fill } else { self.drain } * x * x / (2.0 * self.ramps.1);
        self.bounds.1 - self.energy + to_or_from_zero
    }

    /// The level that it may go to now from `x`, when it is to go to `level`.
    pub(super) fn permitted(&mut self, x: f64, level: f64) -> f64 {
        self.is_empty |= x >= 0.0 && self.left_to_give(x) <= self.sliver();
        self.is_full |= x <= 0.0 && self.room_left(x) <= self.sliver();
        let is_short =
            (level > 0.0 && x >= 0.0 && self.is_empty) || (level < 0.0 && x <= 0.0 && self.is_full);
        let level = if is_short { 0.0 } else { level };
        let is_held = level < x && self.held_s > NEAR_S;
        let is_dear = level > x && Self { held_s: self.hold_s, ..*self }.left_to_give(x) <= self.sliver();
        if x > 0.0 && (is_held || (self.hold_s > 0.0 && is_dear)) { x } else { level }
    }

    /// It has come to its limit at this level.
    pub(super) fn exhaust(&mut self, x: f64, slope: f64) {
        let discharges = x > 0.0 || (x >= 0.0 && slope > 0.0);
        self.is_empty |= discharges;
        self.is_full |= !discharges;
    }

    /// Least and greatest of `limits` that it could ramp to, hold for a minute and ramp back from if it left now.
    pub(super) fn farthest(&self, x: f64, limits: (f64, f64)) -> (f64, f64) {
        let (up, down) = self.ramps;
        let give = (self.discharge_reserve(x) - self.margin(limits.1)) / self.drain;
        let take = (self.charge_reserve(x) - self.margin(limits.0)) / self.fill;
        let discharge = greatest_level(give, HELD_S.max(self.hold_s), up, down);
        let charge = greatest_level(take, HELD_S, up, down);
        // What an emergency stop left in the store is not there for a battery that has said it is empty: it waits for charge.
        let discharge = if self.is_empty && x >= 0.0 { 0.0 } else { discharge };
        let charge = if self.is_full && x <= 0.0 { 0.0 } else { charge };
        (limits.0.max(-charge), limits.1.min(discharge))
    }

    /// Seconds until it must turn back when it goes on like this.
    pub(super) fn until_limit(&self, x: f64, slope: f64) -> f64 {
        let (up, down) = self.ramps;
        let discharging = x > 0.0 || (x >= 0.0 && slope > 0.0);
        let charging = x < 0.0 || (x <= 0.0 && slope < 0.0);
        if discharging && slope > 0.0 {
            let rising = Self { held_s: self.hold_s, ..*self };
            until_used(rising.left_to_give(x), x, slope, self.drain, down, self.hold_s)
        } else if discharging && slope == 0.0 {
            // While it is held at a level, time takes from the hold what it takes from the store.
            let released = Self { held_s: 0.0, ..*self };
            until_used(released.left_to_give(x), x, slope, self.drain, down, 0.0)
        } else if charging && slope <= 0.0 {
            until_used(self.room_left(x), -x, -slope, self.fill, up, 0.0)
        } else if discharging && self.left_to_give(x) < -self.margin(x) {
            until_gone(self.energy - self.bounds.0, x, -slope, self.drain)
        } else if charging && self.room_left(x) < -self.margin(x) {
            until_gone(self.bounds.1 - self.energy, -x, slope, self.fill)
        } else {
            f64::INFINITY
        }
    }

    /// A state that leaves no room for the ramp is cut off at the limit by the unit's own protection.
    pub(super) fn protected(&self, x: f64) -> f64 {
        let (least, most) = self.bounds;
        let (sliver, margin) = (self.sliver(), self.margin(x));
        let drained = x > NEAR_KW && self.energy - least <= sliver && self.left_to_give(x) < -margin;
        let filled = x < -NEAR_KW && most - self.energy <= sliver && self.room_left(x) < -margin;
        if drained || filled { 0.0 } else { x }
    }

    /// Goes on for `seconds`. The level does not change sign on the way.
    pub(super) fn advance(&mut self, x: f64, slope: f64, seconds: f64) {
        let level_seconds = (x + slope * seconds / 2.0) * seconds;
        self.energy -= if level_seconds > 0.0 { self.drain } else { self.fill } * level_seconds;
        self.is_empty &= level_seconds >= 0.0;
        self.is_full &= level_seconds <= 0.0;
        let rises = slope > 0.0 && x >= 0.0 && seconds > 0.0;
        self.held_s = if rises { self.hold_s } else { (self.held_s - seconds).max(0.0) };
    }

    /// What it has come to the end of.
    pub(super) fn shortage(&self) -> Option<Shortage> {
        match (self.is_empty, self.is_full) {
            (true, _) => Some(Shortage::Empty),
            (false, true) => Some(Shortage::Full),
            (false, false) => None,
        }
    }
}

/// The greatest level for which the ramp to it, a hold of `held_s` and the ramp from it take no more than `reserve` kW·s.
fn greatest_level(reserve: f64, held_s: f64, up: f64, down: f64) -> f64 {
    // reserve = a L² + held L with a = 1/(2 up) + 1/(2 down)
    let a = 0.5 / up + 0.5 / down;
    if reserve <= 0.0 { 0.0 } else { 2.0 * reserve / (held_s + (held_s * held_s + 4.0 * a * reserve).sqrt()) }
}

/// The first moment, in seconds, at which `left` kWh are used: at `x` kW with `slope`, both towards the limit and not
/// negative, at `rate` kWh per kW and second, with a way back at `back` kW per second after a hold of `hold_s`.
fn until_used(left: f64, x: f64, slope: f64, rate: f64, back: f64, hold_s: f64) -> f64 {
    // left(τ) = left − rate ((1 + slope/back) (x τ + slope τ²/2) + hold slope τ)
    let quadratic = rate * (1.0 + slope / back) * slope / 2.0;
    let linear = rate * ((1.0 + slope / back) * x + slope * hold_s);
    if left <= 0.0 {
        0.0
    } else if linear <= 0.0 && quadratic <= 0.0 {
        f64::INFINITY
    } else {
        2.0 * left / (linear + (linear * linear + 4.0 * quadratic * left).sqrt())
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
