//! What of an instruction a unit will not deliver.

use crate::power::{Curve, Follow, Instruction};

use super::route::{Leg, Purpose};
use super::unit::Unit;
use super::walk::{Itinerary, Visit, Walked};
use super::{NEAR_KW, NEAR_S};

/// A destination that is not delivered as asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Miss {
    /// Index into the instruction's targets.
    pub target: usize,
    /// kW that the unit is off the level at its time, or at the instant of planning when that is later (absolute).
    pub short_kw: f64,
    /// Seconds late; `None` when the level is never reached. 0 for a level that is reached in time and not kept.
    pub late_s: Option<f64>,
    /// kWh that the unit is off the level until it leaves for the next, or the end (absolute).
    pub short_kwh: f64,
    /// Why: `rating`, `minimum stable level`, `energy`, `duration`, `comfort`, `weather`, `vehicles`, `minimum run`, `rest`,
    /// `interval`, `minimum off-time`, `notice` (told after its time), `delay`, `start`, `ramp`.
    pub because: &'static str,
}

/// What the planner knows when it judges.
pub(super) struct Judge<'a, U> {
    pub(super) unit: &'a U,
    pub(super) instruction: &'a Instruction,
    pub(super) itinerary: &'a Itinerary,
    /// What it delivers, in the unit's own terms.
    pub(super) own: &'a Curve,
    /// The level that it sets: the same, but for a limit.
    pub(super) set: &'a Curve,
    /// The instant of planning.
    pub(super) from: f64,
    /// The instruction is followed already, so that it is not news.
    pub(super) is_known: bool,
}

/// How far off a level was.
#[derive(Default)]
struct Deviation {
    at_first: f64,
    reached_at: Option<f64>,
    kwh: f64,
    most: f64,
}

/// Off by this much is delivered, kW.
const DELIVERED_KW: f64 = 1e-6;

impl<U: Unit> Judge<'_, U> {
    /// Every target that is not delivered, in order.
    pub(super) fn misses(&self, walked: &Walked) -> Vec<Miss> {
        let mut misses: Vec<Miss> = Vec::new();
        let mut delivered = None;
        for (index, leg) in self.itinerary.asked.iter().enumerate() {
            let Purpose::Target(target) = leg.purpose else { continue };
            let visited = walked.visits.iter().find(|visit| visit.leg == index).copied();
            let Some(visit) = visited.or_else(|| self.passed_over(index)) else { continue };
            let Some(miss) = self.judge(target, leg, &visit) else {
                delivered = Some(target);
                continue;
            };
            match misses.last_mut() {
                Some(last) if last.target == target => last.short_kwh += miss.short_kwh,
                // Delivered at its time, and lost at a step of the baseline under it.
                _ if delivered == Some(target) => {
                    misses.push(Miss { short_kw: 0.0, late_s: Some(0.0), ..miss });
                }
                _ => misses.push(miss),
            }
        }
        misses
    }

    /// A setpoint to come whose time was over before the instruction took effect.
    fn passed_over(&self, index: usize) -> Option<Visit> {
        let leg = self.itinerary.asked[index];
        let left = self.itinerary.asked.get(index + 1)?.at;
        let is_over = leg.is_setpoint && leg.at >= self.from && left <= self.itinerary.acts_at + NEAR_S;
        is_over.then_some(Visit { leg: index, left, ran_short: false, hindrance: None })
    }

    fn judge(&self, target: usize, leg: &Leg, visit: &Visit) -> Option<Miss> {
        let mut since = leg.at.max(self.from);
        let until = visit.left.max(since);
        if visit.left < self.from {
            return None;
        }
        let mut off = self.deviation(leg.asked, since, until);
        if self.goes_at_once(leg, visit)
            && let Some(reached) = off.reached_at
        {
            since = reached;
            off = self.deviation(leg.asked, since, until);
        }
        if off.most <= self.delivered_kw() {
            return None;
        }
        Some(Miss {
            target,
            short_kw: off.at_first,
            late_s: off.reached_at.map(|t| if t <= since { 0.0 } else { t - leg.at }),
            short_kwh: off.kwh,
            because: self.reason(leg, visit, off.reached_at),
        })
    }

    /// The level that an instruction to go at once begins with is not late while it goes as fast as it can.
    fn goes_at_once(&self, leg: &Leg, visit: &Visit) -> bool {
        let is_first = visit.leg == 0 || (!self.is_known && leg.at <= self.from);
        self.instruction.follow == Follow::Now && is_first
    }

    /// Off by this much is delivered, kW.
    fn delivered_kw(&self) -> f64 {
        self.unit.step_kw().max(DELIVERED_KW)
    }

    fn reason(&self, leg: &Leg, visit: &Visit, reached_at: Option<f64>) -> &'static str {
        if (leg.level - leg.asked).abs() > NEAR_KW {
            return self.unit.why_not(leg.asked);
        }
        if let Some(hindrance) = visit.hindrance {
            return hindrance;
        }
        let is_set = || (self.set.at(leg.at.max(self.from)) - leg.level).abs() <= NEAR_KW;
        if visit.ran_short || (U::FOLLOWS_A_LIMIT && is_set()) {
            return self.unit.shortage();
        }
        if !self.is_known && leg.at <= self.from {
            return "notice";
        }
        if !self.unit.can_move() {
            return "start";
        }
        let acts_at = self.itinerary.acts_at;
        let late_by = reached_at.map_or(f64::INFINITY, |t| t - leg.at);
        if visit.left <= acts_at || late_by <= acts_at - self.from { "delay" } else { "ramp" }
    }

    fn deviation(&self, asked: f64, since: f64, until: f64) -> Deviation {
        let at_first = (self.own.at(since) - asked).abs();
        if until <= since {
            let reached_at = (at_first <= self.delivered_kw()).then_some(since);
            return Deviation { at_first, reached_at, kwh: 0.0, most: at_first };
        }
        let part = self.own.between(since, until).minus(&Curve::constant(asked));
        // What it steps to at the very end is the next leg's.
        let inside = || part.points().iter().filter(|p| p.0 < until);
        let end = part.just_before(until).abs();
        let most = inside().map(|p| p.1.abs()).fold(end, f64::max);
        let (above, below) = part.parts_hours(since, until);
        let reached_at = first_zero(part.points(), self.delivered_kw());
        Deviation { at_first, reached_at, kwh: above - below, most }
    }
}

/// The first instant at which a curve is or passes zero.
fn first_zero(points: &[(f64, f64)], near: f64) -> Option<f64> {
    let at_point = |p: &(f64, f64)| (p.1.abs() <= near).then_some(p.0);
    let between = |pair: &[(f64, f64)]| {
        let ((t0, v0), (t1, v1)) = (pair[0], pair[1]);
        if t1 > t0 && v0 * v1 < 0.0 { Some(t0 + (t1 - t0) * v0 / (v0 - v1)) } else { at_point(&pair[1]) }
    };
    points.first().and_then(at_point).or_else(|| points.windows(2).find_map(between))
}
