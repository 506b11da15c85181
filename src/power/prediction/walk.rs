//! From event to event along a route: what a unit does, exactly, without time steps.

use super::phase::{Marks, UnitPhase};
use super::route::{Leg, Purpose};
use super::unit::{AnyUnit, Outlook, Unit};
use super::{NEAR_KW, NEAR_S};

/// Where a unit goes: what it did before an instruction takes effect, and what is asked from then on.
pub(super) struct Itinerary {
    /// Until the instruction takes effect.
    pub(super) before: Vec<Leg>,
    /// From then on.
    pub(super) asked: Vec<Leg>,
    /// When it takes effect, seconds of UTC.
    pub(super) acts_at: f64,
    /// It ceases then and stays at rest.
    pub(super) ceases: bool,
}

/// An instant at which something changes, and all that holds from then on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Knot {
    /// Seconds of UTC.
    pub(super) t: f64,
    /// Level in the unit's own terms.
    pub(super) x: f64,
    /// kW per second.
    pub(super) slope: f64,
    /// What it is on the way to.
    pub(super) leg: Leg,
    /// The unit.
    pub(super) unit: AnyUnit,
}

/// What came of one leg.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Visit {
    /// Index into the legs asked.
    pub(super) leg: usize,
    /// When it left for the next.
    pub(super) left: f64,
    /// Whether it could not keep it.
    pub(super) ran_short: bool,
    /// What kept it from leaving for it.
    pub(super) hindrance: Option<&'static str>,
}

/// All that a unit did.
pub(super) struct Walked {
    /// Level in the unit's own terms less rebound, as points of a curve.
    pub(super) points: Vec<(f64, f64)>,
    pub(super) knots: Vec<Knot>,
    pub(super) marks: Marks,
    pub(super) visits: Vec<Visit>,
}

/// A unit under way.
struct Walker<'a, U> {
    unit: U,
    itinerary: &'a Itinerary,
    t: f64,
    x: f64,
    /// The instruction has taken effect.
    acting: bool,
    /// Index of the leg it is on.
    on: usize,
    ran_short: bool,
    hindrance: Option<&'static str>,
    /// The leg whose last moment to leave for this is, as near as a clock can show.
    due: Option<usize>,
    out: Walked,
}

/// How it moves until the next event.
#[derive(Clone, Copy)]
struct Drive {
    /// Where the present ramp ends.
    goal: f64,
    slope: f64,
    /// It is on the way to less than its leg's level.
    is_short: bool,
}

/// Walks from `from` at level `x` to `until`.
pub(super) fn walk<U: Unit>(unit: U, x: f64, itinerary: &Itinerary, from: f64, until: f64) -> Walked {
    let out = Walked {
        points: Vec::with_capacity(24),
        knots: Vec::with_capacity(16),
        marks: Marks::default(),
        visits: Vec::with_capacity(itinerary.asked.len()),
    };
    let acting = itinerary.acts_at <= from && !itinerary.ceases;
    let mut walker = Walker {
        unit,
        itinerary,
        t: from,
        x,
        acting,
        on: 0,
        ran_short: false,
        hindrance: None,
        due: None,
        out,
    };
    walker.on = walker.leg_by_time();
    walker.record_point();
    // Each event leaves something behind for good; the bound only guards against numbers that no asset has.
    let most_events = 256 + 64 * (itinerary.before.len() + itinerary.asked.len());
    for _ in 0..most_events {
        walker.settle();
        let drive = walker.drive();
        walker.record(drive);
        if walker.t >= until || !walker.go_on(drive, until) {
            break;
        }
    }
    walker.finish(until)
}

impl<'a, U: Unit> Walker<'a, U> {
    fn legs(&self) -> &'a [Leg] {
        if self.acting { &self.itinerary.asked } else { &self.itinerary.before }
    }

    fn outlook(&self) -> Outlook<'a> {
        let legs = self.legs();
        Outlook { t: self.t, leg: legs[self.on], ahead: &legs[self.on + 1..] }
    }

    /// The leg whose time it is.
    fn leg_by_time(&self) -> usize {
        self.legs().partition_point(|leg| leg.at <= self.t + NEAR_S).saturating_sub(1)
    }

    /// All that changes at this instant.
    fn settle(&mut self) {
        if !self.acting && self.itinerary.acts_at <= self.t + NEAR_S {
            self.acting = true;
            self.due = None;
            self.ran_short = false;
            self.hindrance = None;
            self.on = self.leg_by_time();
            if self.itinerary.ceases {
                self.unit.cease();
                self.x = 0.0;
            }
            self.x = self.unit.settle(self.x, self.outlook());
        }
        while let Some(next) = self.next_to_leave_for() {
            self.record_visit();
            self.on = next;
        }
        self.x = self.unit.settle(self.x, self.outlook());
        self.record_point();
    }

    /// The leg that it must leave for now.
    fn next_to_leave_for(&mut self) -> Option<usize> {
        let due = self.due.take();
        due.or_else(|| self.candidates().find(|index| self.until_departure(*index, 0.0) <= NEAR_S))
    }

    /// The legs that it may leave for: the next, and the next setpoint when only steps of a baseline lie between.
    fn candidates(&self) -> impl Iterator<Item = usize> + use<'a, U> {
        let (legs, next) = (self.legs(), self.on + 1);
        let setpoint = (next..legs.len()).find(|i| legs[*i].is_setpoint);
        (next < legs.len()).then_some(next).into_iter().chain(setpoint.filter(|i| *i > next))
    }

    /// Seconds until it must leave for a leg, to be there in time, when it goes on with `slope`.
    fn until_departure(&self, index: usize, slope: f64) -> f64 {
        let legs = self.legs();
        let (here, leg) = (legs[self.on], legs[index]);
        if leg.departs {
            return (leg.at - self.t).max(0.0);
        }
        let floor = if here.is_setpoint { here.at - self.t } else { 0.0 };
        let slope = if self.unit.can_move() { slope } else { 0.0 };
        let (x, level) = (self.unit.origin(self.x), self.unit.station(leg.level));
        slack(leg.at - self.t, level - x, slope, self.unit.ramps()).max(floor).max(0.0)
    }

    fn drive(&mut self) -> Drive {
        let leg = self.legs()[self.on];
        let permitted = self.unit.permitted(self.x, leg.level);
        let is_short =
            if leg.level > 0.0 { permitted < leg.level } else { permitted > leg.level.max(self.x) };
        let hindrance = self.unit.hindrance(self.x, self.outlook());
        self.hindrance = self.hindrance.or(hindrance);
        let is_short = is_short && hindrance.is_none();
        self.ran_short |= is_short;
        let station = if self.unit.can_move() { self.unit.station(permitted) } else { self.x };
        // A ramp that passes zero is taken in two, since a store fills otherwise than it empties.
        let goal = if self.x * station < 0.0 { 0.0 } else { station };
        let (up, down) = self.unit.ramps();
        let way = goal - self.x;
        let slope = if way.abs() <= NEAR_KW {
            self.x = goal;
            0.0
        } else if way > 0.0 {
            up
        } else {
            -down
        };
        Drive { goal, slope, is_short }
    }

    /// Goes on to the next event; whether there is one before `until`.
    fn go_on(&mut self, drive: Drive, until: f64) -> bool {
        let arrival = if drive.slope == 0.0 { f64::INFINITY } else { (drive.goal - self.x) / drive.slope };
        let limit = self.unit.until_limit(self.x, drive.slope);
        let mut next = limit.min(self.unit.until_change(self.outlook()));
        if !self.acting {
            next = next.min(self.itinerary.acts_at - self.t);
        }
        let mut departure = None;
        for index in self.candidates() {
            let seconds = self.until_departure(index, drive.slope);
            if seconds < next {
                (next, departure) = (seconds, Some(index));
            }
        }
        let event = next.min(arrival);
        let is_last = self.t + event >= until;
        let arrives = arrival <= next && self.t + arrival <= until + NEAR_S;
        let mut t = if is_last { until } else { not_after(self.t, event) };
        if !arrives && t <= self.t {
            // Too soon for the clock to show: its next tick, so that something always changes.
            t = self.t.next_up();
        }
        // A level is delivered exactly at its time, not a rounding later.
        let due = self.legs()[self.on].at;
        if arrives && !is_last && (t - due).abs() <= 2.0 * NEAR_S && due >= self.t {
            t = due;
        }
        let x = if arrives { drive.goal } else { self.x + drive.slope * (t - self.t) };
        let rebound_kw = self.unit.rebound_kw();
        let seconds = t - self.t;
        // What is drawn is what was done: between instants that a clock can show.
        let slope = if seconds > 0.0 { (x - self.x) / seconds } else { drive.slope };
        if let Some(knot) = self.out.knots.last_mut() {
            knot.slope = slope;
        }
        self.unit.advance(self.x, slope, seconds);
        (self.t, self.x) = (t, x);
        if limit <= event && !is_last {
            self.unit.exhaust(x, drive.slope);
        }
        self.due = departure.filter(|_| next <= event && !is_last);
        self.add_point(x - rebound_kw);
        !is_last
    }

    fn record_point(&mut self) {
        self.add_point(self.x - self.unit.rebound_kw());
    }

    fn add_point(&mut self, value: f64) {
        let point = (self.t, value);
        if self.out.points.last() != Some(&point) {
            self.out.points.push(point);
        }
    }

    fn record_visit(&mut self) {
        let (ran_short, hindrance) = (std::mem::take(&mut self.ran_short), self.hindrance.take());
        if self.acting {
            self.out.visits.push(Visit { leg: self.on, left: self.t, ran_short, hindrance });
        }
    }

    fn record(&mut self, drive: Drive) {
        let leg = self.legs()[self.on];
        let (t, x, slope) = (self.t, self.x, drive.slope);
        self.out.knots.push(Knot { t, x, slope, leg, unit: self.unit.into() });
        self.out.marks.push(t, self.phase(leg, drive), self.unit.delay_s());
    }

    fn phase(&self, leg: Leg, drive: Drive) -> UnitPhase {
        let is_away = (self.x - leg.level).abs() > NEAR_KW;
        match leg.purpose {
            Purpose::Rest => UnitPhase::Inhibited,
            _ if self.unit.is_starting() => UnitPhase::Starting,
            _ if self.unit.rebound_kw() != 0.0 => UnitPhase::Rebound,
            _ if drive.is_short => UnitPhase::Exhausted,
            Purpose::Home if is_away && self.unit.hindrance(self.x, self.outlook()).is_some() => {
                UnitPhase::Returning
            }
            // An engine that nothing is asked of yet, kept running for what comes next.
            Purpose::Home if is_away && drive.slope == 0.0 => UnitPhase::Starting,
            Purpose::Home if is_away => UnitPhase::Returning,
            Purpose::Home => UnitPhase::Off,
            Purpose::Target(_) | Purpose::Former if is_away => UnitPhase::Ramping,
            Purpose::Target(_) | Purpose::Former => UnitPhase::Holding,
        }
    }

    fn finish(mut self, until: f64) -> Walked {
        self.t = self.t.max(until);
        self.record_point();
        self.record_visit();
        self.out
    }
}

/// The last instant that a clock of seconds since 1970 can show and that is not more than `seconds` after `t`: a unit
/// turns a rounding too soon, never too late.
fn not_after(t: f64, seconds: f64) -> f64 {
    let at = t + seconds;
    if at - t > seconds { at.next_down() } else { at }
}

/// Seconds that a unit can go on with `slope` before it must turn to a level `way` kW above it to be there in `due`
/// seconds; infinite when going on like this never costs the time. A ramp is never faster than `ramps`, so what is
/// left shrinks all the while and the last moment is the only one.
fn slack(due: f64, way: f64, slope: f64, ramps: (f64, f64)) -> f64 {
    let (up, down) = ramps;
    let rate = if way > 0.0 || (way == 0.0 && slope < 0.0) { up } else { down };
    let left = due - way.abs() / rate;
    if left <= NEAR_S {
        return 0.0;
    }
    // Coming nearer gives back what the time takes; going away costs it twice.
    let nearing = if way == 0.0 { -slope.abs() } else { slope * way.signum() };
    let cost = 1.0 - nearing / rate;
    let reached = if nearing > 0.0 { way.abs() / nearing } else { f64::INFINITY };
    let seconds = if cost > 1e-12 { left / cost } else { f64::INFINITY };
    if seconds <= reached {
        return seconds;
    }
    // Past the level the way back is the other ramp's.
    let back = if slope > 0.0 { down } else { up };
    reached + (due - reached) / (1.0 + slope.abs() / back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_turns_at_the_last_moment_and_no_sooner() {
        let ramps = (10.0, 5.0);
        for (due, way, slope, seconds, why) in [
            (100.0, 0.0, 0.0, 100.0, "at the level: when it is due"),
            (100.0, 200.0, 0.0, 80.0, "20 s of ramp up"),
            (100.0, -200.0, 0.0, 60.0, "40 s of ramp down"),
            (10.0, 200.0, 0.0, 0.0, "too late already"),
            // Up 10 kW/s towards 200: there after 20 s; then 8/10 of... away at 10, back at 5: 80 / 3.
            (100.0, 200.0, 10.0, 20.0 + 80.0 / 3.0, "through the level and back"),
            // Away at 5 kW/s: each second costs 1.5 s. 80 / 1.5.
            (100.0, 200.0, -5.0, 80.0 / 1.5, "away from it"),
            (100.0, 0.0, 10.0, 100.0 / 3.0, "from the level upwards"),
            (100.0, 0.0, -5.0, 100.0 / 1.5, "from the level downwards"),
        ] {
            assert!((slack(due, way, slope, ramps) - seconds).abs() < 1e-9, "{why}");
        }
    }
}
