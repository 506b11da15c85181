//! The physics of each kind of unit in closed form, in the unit's own terms.

mod battery;
mod generator;
mod heat_pumps;
mod limited;
mod store;
mod turn_down;

pub(super) use battery::BatteryUnit;
pub(super) use generator::GeneratorUnit;
pub(super) use heat_pumps::HeatPumpsUnit;
pub(super) use limited::LimitedUnit;
pub(super) use turn_down::TurnDownUnit;

use crate::power::{AssetState, Curve};

use super::route::{Leg, Purpose};

/// What a unit knows of its route at an instant.
#[derive(Clone, Copy)]
pub(super) struct Outlook<'a> {
    /// Now, seconds of UTC.
    pub(super) t: f64,
    /// The leg that it is on.
    pub(super) leg: Leg,
    /// Those to come.
    pub(super) ahead: &'a [Leg],
}

/// A unit in motion. `x` is its level in its own terms, `slope` in kW per second.
pub(super) trait Unit: Copy + Into<AnyUnit> {
    /// Its level is a change on top of a baseline that moves by itself.
    const RIDES_ON_BASELINE: bool = false;
    /// Its level is a limit, under which its net power is something else's.
    const FOLLOWS_A_LIMIT: bool = false;

    /// kW per second upwards and downwards.
    fn ramps(&self) -> (f64, f64);

    /// Seconds from instruction to first movement in its present state.
    fn delay_s(&self) -> f64;

    /// Least and greatest level.
    fn limits(&self) -> (f64, f64);

    /// kW by which its level is above its net power, where it does not ride on its baseline.
    fn offset_kw(&self) -> f64 {
        0.0
    }

    /// The level at which nothing is asked of it.
    fn home(&self, baseline_kw: f64) -> f64 {
        if Self::RIDES_ON_BASELINE { 0.0 } else { baseline_kw + self.offset_kw() }
    }

    /// Why it does not keep a level that is within its rating.
    fn shortage(&self) -> &'static str {
        "rating"
    }

    /// A level this near is as good as the one asked, kW.
    fn step_kw(&self) -> f64 {
        0.0
    }

    /// What keeps it, for a while, from leaving `x` for the level of its leg.
    fn hindrance(&self, _x: f64, _outlook: Outlook<'_>) -> Option<&'static str> {
        None
    }

    /// The nearest level that it can be at.
    fn nearest(&self, asked: f64) -> f64 {
        let (least, most) = self.limits();
        asked.max(least).min(most)
    }

    /// Why [`Unit::nearest`] is not what was asked.
    fn why_not(&self, _asked: f64) -> &'static str {
        "rating"
    }

    /// The level that a ramp towards `level` begins at.
    fn origin(&self, x: f64) -> f64 {
        x
    }

    /// The level that a ramp towards `level` ends at.
    fn station(&self, level: f64) -> f64 {
        level
    }

    /// The level that it may go to now when it is to go to `level`.
    fn permitted(&mut self, _x: f64, level: f64) -> f64 {
        level
    }

    /// It has come to its limit at this level: it must turn back now.
    fn exhaust(&mut self, _x: f64, _slope: f64) {}

    /// Least and greatest level that it could ramp to, hold for a minute and ramp back from if it left now.
    fn farthest(&self, _x: f64) -> (f64, f64) {
        self.limits()
    }

    /// The levels that it passes when it goes as far up as it can at once, from `t` on.
    fn way_up(&self, t: f64, x: f64) -> Vec<(f64, f64)> {
        let (most, up) = (self.limits().1, self.ramps().0);
        vec![(t, x), (t + (most - x).max(0.0) / up, most.max(x))]
    }

    /// The levels that it passes when it goes as far down as it can at once, from `t` on.
    fn way_down(&self, t: f64, x: f64) -> Vec<(f64, f64)> {
        let (least, down) = (self.limits().0, self.ramps().1);
        vec![(t, x), (t + (x - least).max(0.0) / down, least.min(x))]
    }

    /// Seconds until what is permitted changes when it goes on like this.
    fn until_limit(&self, _x: f64, _slope: f64) -> f64 {
        f64::INFINITY
    }

    /// Whether it can move, or is at standstill.
    fn can_move(&self) -> bool {
        true
    }

    /// Whether its start is under way.
    fn is_starting(&self) -> bool {
        false
    }

    /// kW of import on top of its level while it takes shed energy back.
    fn rebound_kw(&self) -> f64 {
        0.0
    }

    /// Changes state at an instant: starts, synchronises, trips, releases. Gives the level from then on.
    fn settle(&mut self, x: f64, _outlook: Outlook<'_>) -> f64 {
        x
    }

    /// Seconds until it changes state by itself.
    fn until_change(&self, _outlook: Outlook<'_>) -> f64 {
        f64::INFINITY
    }

    /// Ceases as fast as physically possible.
    fn cease(&mut self) {}

    /// Goes on for `seconds`. The level does not change sign on the way.
    fn advance(&mut self, x: f64, slope: f64, seconds: f64);

    /// Writes what it holds into a state.
    fn describe(&self, t: f64, x: f64, state: &mut AssetState);
}

/// A unit of any kind, as it stood at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum AnyUnit {
    Battery(BatteryUnit),
    Generator(GeneratorUnit),
    TurnDown(TurnDownUnit),
    HeatPumps(HeatPumpsUnit),
    Limited(LimitedUnit),
}

/// Asks the unit of whatever kind.
macro_rules! ask {
    ($any:expr, $unit:ident => $question:expr) => {
        match $any {
            AnyUnit::Battery($unit) => $question,
            AnyUnit::Generator($unit) => $question,
            AnyUnit::TurnDown($unit) => $question,
            AnyUnit::HeatPumps($unit) => $question,
            AnyUnit::Limited($unit) => $question,
        }
    };
}

impl AnyUnit {
    /// As it is `seconds` later.
    pub(super) fn later(mut self, x: f64, slope: f64, seconds: f64) -> Self {
        ask!(&mut self, unit => unit.advance(x, slope, seconds));
        self
    }

    /// Writes what it holds at level `x` into a state.
    pub(super) fn describe(self, t: f64, x: f64, state: &mut AssetState) {
        ask!(self, unit => unit.describe(t, x, state));
    }

    /// [`Unit::farthest`].
    pub(super) fn farthest(self, x: f64) -> (f64, f64) {
        ask!(self, unit => unit.farthest(x))
    }

    /// [`Unit::way_up`].
    pub(super) fn way_up(self, t: f64, x: f64) -> Curve {
        Curve::from_ordered(ask!(self, unit => unit.way_up(t, x)))
    }

    /// [`Unit::way_down`].
    pub(super) fn way_down(self, t: f64, x: f64) -> Curve {
        Curve::from_ordered(ask!(self, unit => unit.way_down(t, x)))
    }
}

impl Outlook<'_> {
    /// Whether nothing is asked and nothing forbidden.
    fn is_home(&self) -> bool {
        self.leg.purpose == Purpose::Home
    }
}

/// A finite number, or what stands in for one that is not.
fn finite_or(value: f64, otherwise: f64) -> f64 {
    if value.is_finite() { value } else { otherwise }
}
