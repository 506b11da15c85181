//! How far a unit could go from where it stands.

use crate::dispatch::Revision;
use crate::power::{Asset, AssetState, Baseline, Curve, Follow, Instruction};

use super::nature::Nature;
use super::plan::Outing;
use super::unit::{BatteryUnit, GeneratorUnit, HeatPumpsUnit, LimitedUnit, TurnDownUnit, Unit};
use super::walk::{Itinerary, Knot, walk};

/// How far a unit could go from where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The most net kW reachable at each instant.
    pub upper: Curve,
    /// The least.
    pub lower: Curve,
}

/// The levels that the unit can be delivering at each instant from `from` to `until`, instructed at `from`: delay,
/// ramps, limits and, for what must be held for one minute, energy (for turn-down, duration).
///
/// It is a promise: a setpoint within it, told at `from`, is delivered at its time, on the way that [`super::plan`]
/// takes: at baseline until the unit must leave. For a generator that is 0 or from its minimum stable level up, never
/// between. A level that the unit passes on its own way to baseline, and all that weather or vehicles may change in the next
/// minute, is promised for its instant only; an EV hub's to a step. Where energy changes while the unit waits, the curve
/// is a stair on the safe side.
pub fn envelope(asset: &Asset, baseline: &Baseline, state: &AssetState, from: f64, until: f64) -> Envelope {
    if !(asset.faults().is_empty() && from.is_finite() && until.is_finite()) {
        let still = Curve::constant(if state.kw.is_finite() { state.kw } else { 0.0 });
        return Envelope { upper: still.clone(), lower: still };
    }
    let outing = Outing::new(asset, baseline, state, from, until);
    match asset {
        Asset::Battery(battery) => {
            let unit = BatteryUnit::new(battery, state);
            reach(&outing, unit, unit.level_of(state))
        }
        Asset::Generator(generator) => {
            let unit = GeneratorUnit::new(generator, state, from);
            reach(&outing, unit, unit.level_of(state))
        }
        Asset::TurnDown(turn_down) => {
            let unit = TurnDownUnit::new(turn_down, state);
            reach(&outing, unit, unit.level_of(state, outing.base.at(from)))
        }
        Asset::HeatPumps(pumps) => {
            let unit = HeatPumpsUnit::new(pumps, state);
            reach(&outing, unit, unit.level_of(state, outing.base.at(from)))
        }
        Asset::EvHub(hub) => {
            let unit = LimitedUnit::hub(hub);
            reach(&outing, unit, unit.level_of(state))
        }
        Asset::Renewable(farm) => {
            let unit = LimitedUnit::farm(farm);
            reach(&outing, unit, unit.level_of(state))
        }
    }
}

/// The envelope in pieces from one step of the baseline to the next: a unit that is told of a setpoint no longer
/// prepares for the steps that come after it.
fn reach<U: Unit>(outing: &Outing<'_>, unit: U, x: f64) -> Envelope {
    let (from, until) = (outing.from, outing.until);
    let is_moved_by_steps = !U::RIDES_ON_BASELINE && !U::FOLLOWS_A_LIMIT;
    let steps = outing.base.steps().filter(|t| is_moved_by_steps && *t > from && *t < until);
    let mut cuts: Vec<f64> = std::iter::once(from).chain(steps).collect();
    cuts.push(until);
    let (mut upper, mut lower) = (Vec::new(), Vec::new());
    for pair in cuts.windows(2) {
        let (since, to) = (pair[0], pair[1]);
        // At the very instant of a step a setpoint still comes before it.
        let start = if since > from { since.next_up() } else { from };
        let base = if is_moved_by_steps { outing.base.between(from, since) } else { outing.base.clone() };
        let piece = Outing { base, nature: Nature::Still, until: to, ..*outing };
        let (above, below) = reach_until(outing, &piece, unit, x);
        upper.extend_from_slice(above.between(start, to).points());
        lower.extend_from_slice(below.between(start, to).points());
    }
    let net = |points| outing.net(&unit, Curve::from_ordered(points));
    Envelope { upper: net(upper), lower: net(lower) }
}

/// Greatest and least level in the unit's own terms until the end of `piece`, which is `outing` with the baseline as far
/// as a unit looks that is told of a setpoint then.
fn reach_until<U: Unit>(outing: &Outing<'_>, piece: &Outing<'_>, unit: U, x: f64) -> (Curve, Curve) {
    let (from, until) = (piece.from, piece.until);
    let nothing_yet = Instruction {
        follow: Follow::Schedule,
        start: from,
        end: from,
        targets: Vec::new(),
        revision: Revision::FIRST,
    };
    let before = outing.itinerary(&unit, Some(&nothing_yet), false).before;
    let itinerary = Itinerary { before, ..piece.itinerary(&unit, Some(&nothing_yet), false) };
    let walked = walk(unit, x, &itinerary, from, until);
    let waiting = Waiting { knots: &walked.knots };
    let own = Curve::from_ordered(walked.points);
    let acts_at = itinerary.acts_at;
    let Some(start) = waiting.knot_at(acts_at).filter(|_| acts_at < until) else {
        return (own.clone(), own);
    };
    let present = waiting.levels(until);
    let level = present.at(acts_at);
    let (up, down) = (start.unit.way_up(acts_at, level), start.unit.way_down(acts_at, level));
    let stretches = waiting.stretches(acts_at, until, longest_way_s(&unit));
    let upper = up.least(&stair(&stretches, |farthest| farthest.1)).greatest(&present);
    let lower = down.greatest(&stair(&stretches, |farthest| farthest.0)).least(&present);
    let joined = |after: &Curve| {
        let mut points = own.between(from, acts_at).points().to_vec();
        points.extend_from_slice(after.between(acts_at, until).points());
        Curve::from_ordered(points)
    };
    (joined(&upper), joined(&lower))
}

/// The longest that a unit can be on its way to a level, seconds.
fn longest_way_s(unit: &impl Unit) -> f64 {
    let ((least, most), (up, down)) = (unit.limits(), unit.ramps());
    (most - least) / up.min(down)
}

/// What can be reached in a stretch of time: from, to, least and greatest level.
type Stretch = (f64, f64, (f64, f64));

fn stair(stretches: &[Stretch], side: impl Fn((f64, f64)) -> f64) -> Curve {
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(stretches.len() + 1);
    for (start, end, farthest) in stretches {
        let level = side(*farthest);
        if points.last().is_some_and(|p| p.1 == level) {
            points.pop();
        } else {
            points.push((*start, level));
        }
        points.push((*end, level));
    }
    Curve::from_ordered(points)
}

/// A unit that waits at baseline for what it will be told.
struct Waiting<'a> {
    knots: &'a [Knot],
}

/// A stretch in which the reserve changes is cut into pieces of at most this, seconds.
const STEP_S: f64 = 900.0;

impl Waiting<'_> {
    fn knot_at(&self, t: f64) -> Option<&Knot> {
        self.knots.get(self.knots.partition_point(|knot| knot.t <= t).saturating_sub(1))
    }

    /// Its level all the while, rebound left out.
    fn levels(&self, until: f64) -> Curve {
        let mut points = Vec::with_capacity(2 * self.knots.len() + 1);
        for (index, knot) in self.knots.iter().enumerate() {
            let end = self.knots.get(index + 1).map_or(until, |next| next.t);
            points.push((knot.t, knot.x));
            points.push((end.max(knot.t), knot.x + knot.slope * (end - knot.t).max(0.0)));
        }
        Curve::from_ordered(points)
    }

    /// How far it could go if it left at `t`, coming from `knot`.
    fn farthest(&self, knot: &Knot, t: f64) -> (f64, f64) {
        let seconds = (t - knot.t).max(0.0);
        knot.unit.later(knot.x, knot.slope, seconds).farthest(knot.x + knot.slope * seconds)
    }

    /// The least that it could reach whenever it left in a stretch of time. Its reserve is monotone between knots.
    fn farthest_within(&self, from: f64, to: f64) -> (f64, f64) {
        let first = self.knots.partition_point(|knot| knot.t <= from).saturating_sub(1);
        let mut found = (f64::NEG_INFINITY, f64::INFINITY);
        let mut narrow = |(least, most): (f64, f64)| found = (found.0.max(least), found.1.min(most));
        for (index, knot) in self.knots.iter().enumerate().skip(first).take_while(|(_, knot)| knot.t <= to) {
            let end = self.knots.get(index + 1).map_or(to, |next| next.t.min(to));
            narrow(self.farthest(knot, knot.t.max(from)));
            narrow(self.farthest(knot, end));
        }
        found
    }

    /// How far it can be at any instant between two, when it left at most `way_s` before.
    fn stretches(&self, from: f64, until: f64, way_s: f64) -> Vec<Stretch> {
        let mut cuts: Vec<f64> = self.knots.iter().flat_map(|knot| [knot.t, knot.t + way_s]).collect();
        cuts.retain(|t| *t > from && *t < until);
        cuts.extend([from, until]);
        cuts.sort_by(f64::total_cmp);
        let window = |start: f64, end: f64| self.farthest_within((start - way_s).max(from), end);
        let mut stretches = Vec::with_capacity(cuts.len());
        for pair in cuts.windows(2) {
            let (start, end) = (pair[0], pair[1]);
            let changes = window(start, start) != window(end, end);
            let pieces = if changes { ((end - start) / STEP_S).ceil().clamp(1.0, 1000.0) } else { 1.0 };
            let mut piece = 0.0;
            while piece < pieces {
                let at = |n: f64| if n == pieces { end } else { start + (end - start) * n / pieces };
                let (a, b) = (at(piece), at(piece + 1.0));
                stretches.push((a, b, window(a, b)));
                piece += 1.0;
            }
        }
        stretches
    }
}
