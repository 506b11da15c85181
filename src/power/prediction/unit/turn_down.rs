//! Demand in motion: a reduction that may last only so long, and the energy that comes back.

use crate::power::{AssetState, Shortage, TurnDown};

use super::super::route::Purpose;
use super::super::{HELD_S, NEAR_KW, NEAR_S};
use super::{AnyUnit, Outlook, Unit, finite_or};

/// Demand that is turned down, with what it has used of its allowance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct TurnDownUnit {
    max: f64,
    ramps: (f64, f64),
    delay_s: f64,
    longest_s: f64,
    rebound_share: f64,
    rebound_s: f64,
    interval_s: f64,
    /// Seconds until it can be reduced again.
    rests_s: f64,
    /// It is reduced, or was until this instant.
    is_reduced: bool,
    /// Seconds of reduction in the present event.
    used_s: f64,
    /// kWh shed and not yet taken back.
    owed: f64,
    /// Seconds of rebound left; 0 when none has begun.
    left_s: f64,
    /// Whether shed energy is being taken back.
    paying: bool,
    /// It must not be reduced until its allowance is whole again.
    is_spent: bool,
}

impl TurnDownUnit {
    pub(in super::super) fn new(turn_down: &TurnDown, state: &AssetState) -> Self {
        let rebound_s = turn_down.rebound_min * 60.0;
        Self {
            max: turn_down.max_turn_down_kw,
            ramps: (turn_down.ramp_up_kw_per_min / 60.0, turn_down.ramp_down_kw_per_min / 60.0),
            delay_s: turn_down.delay_s,
            longest_s: turn_down.max_duration_min * 60.0,
            rebound_share: if turn_down.rebounds() { turn_down.rebound_share } else { 0.0 },
            rebound_s,
            interval_s: turn_down.interval_min * 60.0,
            rests_s: finite_or(state.under_way.rests_s, 0.0).max(0.0),
            is_reduced: false,
            used_s: finite_or(state.shed_s, 0.0).max(0.0),
            owed: finite_or(state.shed_kwh, 0.0).max(0.0),
            left_s: finite_or(state.under_way.rebound_s, 0.0).max(0.0).min(rebound_s),
            paying: state.under_way.rebound_kw > 0.0,
            is_spent: state.under_way.shortage.is_some(),
        }
    }

    /// Its reduction at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState, baseline_kw: f64) -> f64 {
        let reduction = finite_or(state.kw - baseline_kw + state.under_way.rebound_kw, 0.0);
        if reduction < NEAR_KW { 0.0 } else { reduction.min(self.max) }
    }

    /// Seconds before it must return to be back just when its allowance is used.
    fn left_to_give(&self, x: f64) -> f64 {
        self.longest_s - self.used_s - x / self.ramps.1
    }

    /// More than what the rounding of instants can cost on the way to a level and back, seconds.
    fn margin(&self) -> f64 {
        2.0 * NEAR_S * (1.0 + self.ramps.0 / self.ramps.1)
    }
}

impl Unit for TurnDownUnit {
    const RIDES_ON_BASELINE: bool = true;

    fn ramps(&self) -> (f64, f64) {
        self.ramps
    }

    fn delay_s(&self) -> f64 {
        self.delay_s
    }

    fn limits(&self) -> (f64, f64) {
        (0.0, self.max)
    }

    fn shortage(&self) -> &'static str {
        "duration"
    }

    /// A difference of two levels that are the same is no reduction.
    fn nearest(&self, asked: f64) -> f64 {
        if asked <= NEAR_KW { 0.0 } else { asked.min(self.max) }
    }

    fn permitted(&mut self, x: f64, level: f64) -> f64 {
        self.is_spent |= self.left_to_give(x) <= NEAR_S;
        let rests = x <= 0.0 && self.rests_s > NEAR_S;
        if level > 0.0 && (self.is_spent || rests) { 0.0 } else { level }
    }

    fn exhaust(&mut self, _x: f64, _slope: f64) {
        self.is_spent = true;
    }

    fn farthest(&self, x: f64) -> (f64, f64) {
        // An allowance cut short by an emergency stop is spent all the same, until it is whole again.
        if self.is_spent || self.rests_s > NEAR_S {
            return (0.0, 0.0);
        }
        let (up, down) = self.ramps;
        let seconds = self.longest_s - self.used_s + x / up - HELD_S - self.margin();
        (0.0, self.max.min((seconds / (1.0 / up + 1.0 / down)).max(0.0)))
    }

    fn until_limit(&self, x: f64, slope: f64) -> f64 {
        let reducing = x > 0.0 || slope > 0.0;
        if reducing && slope >= 0.0 {
            (self.left_to_give(x) / (1.0 + slope / self.ramps.1)).max(0.0)
        } else {
            f64::INFINITY
        }
    }

    fn rebound_kw(&self) -> f64 {
        if self.paying && self.left_s > 0.0 {
            self.owed * self.rebound_share * 3600.0 / self.left_s
        } else {
            0.0
        }
    }

    fn settle(&mut self, x: f64, outlook: Outlook<'_>) -> f64 {
        let level = outlook.leg.level;
        self.paying = false;
        if x > NEAR_KW {
            self.is_reduced = true;
            self.left_s = 0.0;
            return x;
        }
        if std::mem::take(&mut self.is_reduced) {
            self.rests_s = self.interval_s;
        }
        let stays = self.permitted(0.0, level) <= 0.0;
        let spent = level > 0.0 && stays;
        if self.rebound_share <= 0.0 {
            self.owed = 0.0;
        }
        if self.owed > 0.0 && stays && (outlook.is_home() || spent) {
            self.paying = true;
            if self.left_s <= NEAR_S {
                self.left_s = self.rebound_s;
            }
        }
        if self.owed <= 0.0 && level <= 0.0 && outlook.leg.purpose != Purpose::Rest {
            self.used_s = 0.0;
            self.is_spent = false;
        }
        0.0
    }

    fn until_change(&self, _outlook: Outlook<'_>) -> f64 {
        let paid = if self.paying { self.left_s } else { f64::INFINITY };
        if self.rests_s > NEAR_S { paid.min(self.rests_s) } else { paid }
    }

    fn hindrance(&self, x: f64, outlook: Outlook<'_>) -> Option<&'static str> {
        (x <= 0.0 && outlook.leg.level > 0.0 && self.rests_s > NEAR_S).then_some("interval")
    }

    fn advance(&mut self, x: f64, slope: f64, seconds: f64) {
        self.rests_s = (self.rests_s - seconds).max(0.0);
        if x > 0.0 || slope > 0.0 {
            self.used_s += seconds;
            self.owed += (x + slope * seconds / 2.0).max(0.0) * seconds / 3600.0;
        } else if self.paying {
            let left = self.left_s - seconds;
            if left <= NEAR_S {
                (self.owed, self.left_s) = (0.0, 0.0);
            } else {
                self.owed *= left / self.left_s;
                self.left_s = left;
            }
        }
    }

    fn describe(&self, _t: f64, _x: f64, state: &mut AssetState) {
        state.shed_s = self.used_s;
        state.shed_kwh = self.owed;
        state.under_way.shortage = self.is_spent.then_some(Shortage::Empty);
        state.under_way.rests_s = self.rests_s;
        state.under_way.rebound_s = self.left_s;
        state.under_way.rebound_kw = self.rebound_kw();
    }
}

impl From<TurnDownUnit> for AnyUnit {
    fn from(unit: TurnDownUnit) -> Self {
        Self::TurnDown(unit)
    }
}
