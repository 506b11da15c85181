//! Reactive power beside real power: where less of either is delivered than asked, in numbers and in words.

use crate::dispatch::{Dispatch, Stage, Status};
use crate::power::Instruction;
use crate::power::reactive::{Path, Request, Shortfall};
use crate::profile::fleet::Unit;
use crate::units::grouped;

use super::lateness::Lateness;
use super::stages::{Due, seconds, whole_second};
use super::trajectory::Trajectory;

/// Where less reactive power than asked is delivered from `from` to `to`.
pub(super) fn shortfalls(trajectory: &Trajectory, unit: &Unit, from: f64, to: f64) -> Vec<Shortfall> {
    let path = (to > from).then(|| trajectory.path(unit, from, to)).flatten();
    path.as_ref().map(Path::short_of_kvar).unwrap_or_default()
}

/// The real power of a unit whose plan is at `planned_kw` while it is to give this reactive power.
pub(super) fn kw_beside(unit: &Unit, planned_kw: f64, asked_kvar: f64) -> f64 {
    match &unit.reactive {
        Some(capability) if asked_kvar != 0.0 => capability.clip(planned_kw, asked_kvar).0,
        _ => planned_kw,
    }
}

/// Puts AT_SETPOINT off until reactive power is delivered too; leaves it out when that level never is, or the dispatch is
/// over before.
pub(super) fn put_off(stages: &mut Vec<Due>, short: &[Shortfall], instruction: &Instruction) {
    let Some(place) = stages.iter().position(|due| due.stage == Stage::AtSetpoint) else { return };
    let at = seconds(stages[place].at);
    let Some(shortfall) = short.iter().find(|s| s.from <= at && at < s.to) else { return };
    let next = instruction.targets.iter().map(|target| target.at).find(|t| *t > at);
    let closes = stages.last().map_or(instruction.end, |due| seconds(due.at));
    if shortfall.to < next.unwrap_or(instruction.end).min(closes) {
        stages[place].at = whole_second(shortfall.to);
    } else {
        stages.remove(place);
    }
}

impl Lateness {
    /// Adds what falls short because a unit cannot give all of the real and the reactive power of a dispatch at once.
    pub(super) fn add_reactive(&mut self, unit: &Unit, own: &Dispatch, short: &[Shortfall]) {
        let request = Request::of(own);
        let lasts_until = |s: &Shortfall| {
            let later = request.iter().flat_map(|r| r.levels().iter().map(|level| level.0));
            later.chain(request.as_ref().map(Request::end)).find(|t| *t > s.from)
        };
        // RUN_NOW asks for its first level as soon as the unit can.
        let is_as_fast_as_it_can = |s: &&Shortfall| {
            let is_first = request.as_ref().is_some_and(|r| r.levels()[0].1 == s.asked);
            own.status == Status::RunNow && is_first && lasts_until(s).is_some_and(|until| s.to < until)
        };
        let short: Vec<&Shortfall> = short.iter().filter(|s| !is_as_fast_as_it_can(s)).collect();
        let reached = short.iter().find(|s| lasts_until(s).is_some_and(|until| s.to < until));
        self.reached_at = self.reached_at.or_else(|| reached.map(|s| whole_second(s.to)));
        self.words.extend(short.iter().map(|s| {
            format!(
                "{} of {} kvar from {} to {}, which is all that real power leaves room for",
                grouped(s.delivered, 1),
                grouped(s.asked, 1),
                whole_second(s.from),
                whole_second(s.to)
            )
        }));
        let capability = unit.reactive.as_ref();
        let given_way = capability.map(|c| c.given_way(own, &unit.baseline)).unwrap_or_default();
        self.words.extend(given_way.iter().map(|s| {
            format!(
                "net {} of {} kW from {} to {}, which is all that reactive power leaves room for",
                grouped(s.delivered, 1),
                grouped(s.asked, 1),
                whole_second(s.from),
                whole_second(s.to)
            )
        }));
        self.is_late |= !(short.is_empty() && given_way.is_empty());
    }
}
