//! When each stage of a dispatch comes, read from the plan that the unit follows.

use crate::dispatch::Stage;
use crate::power::{Baseline, Follow, Instruction, Plan, UnitPhase};
use crate::time::UtcTime;

/// A level nearer than this is held, kW.
const HELD_KW: f64 = 1e-3;

/// A stage with its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) at: UtcTime,
    pub(super) stage: Stage,
    pub(super) detail: Option<String>,
}

impl Due {
    pub(super) fn new(at: UtcTime, stage: Stage) -> Self {
        Self { at, stage, detail: None }
    }
}

/// An instant as seconds of UTC.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub(in crate::fleet) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

/// The first whole second at which what happens at `t` has happened.
#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
pub(super) fn whole_second(t: f64) -> UtcTime {
    UtcTime::from_unix((t - 1e-6).ceil() as i64)
}

/// The stages of a plan made at `from` for an instruction, in order of time; the last is the one that closes it.
/// `under_way`: the unit was delivering an earlier revision of the same dispatch already.
pub(super) fn of_plan(
    instruction: &Instruction,
    baseline: &Baseline,
    plan: &Plan,
    from: f64,
    under_way: bool,
) -> Vec<Due> {
    match instruction.follow {
        Follow::Stop | Follow::EmergencyStop => {
            vec![Due::new(whole_second(stopped_at(instruction, plan, from)), Stage::Stopped)]
        }
        Follow::Schedule | Follow::Now => of_delivery(instruction, baseline, plan, from, under_way),
    }
}

/// When a stop has taken effect: back at baseline, or ceased and inhibited.
pub(super) fn stopped_at(instruction: &Instruction, plan: &Plan, from: f64) -> f64 {
    let is_there = |phase| match instruction.follow {
        Follow::EmergencyStop => phase == UnitPhase::Inhibited,
        _ => matches!(phase, UnitPhase::Off | UnitPhase::Rebound | UnitPhase::Inhibited),
    };
    first_mark(plan, from, is_there).unwrap_or(from)
}

fn of_delivery(
    instruction: &Instruction,
    baseline: &Baseline,
    plan: &Plan,
    from: f64,
    under_way: bool,
) -> Vec<Due> {
    let end = instruction.end.max(from);
    let exhausted = first_mark(plan, from, |p| p == UnitPhase::Exhausted).filter(|at| *at < end);
    let closes = match exhausted {
        Some(at) => Due {
            at: whole_second(at),
            stage: Stage::Failed,
            detail: Some("the unit has no more energy or time to give before the window ends".to_owned()),
        },
        None => Due::new(whole_second(end), Stage::Ended),
    };
    let moves = |phase| matches!(phase, UnitPhase::Ramping | UnitPhase::Holding);
    let started = match home_before(instruction, plan, from) {
        Some(home) => first_mark(plan, home, moves),
        None if under_way => Some(from),
        None => first_mark(plan, from, moves),
    };
    let mut stages: Vec<Due> = [
        started.map(|at| Due::new(whole_second(at), Stage::Started)),
        first_reached(instruction, baseline, plan, from)
            .map(|at| Due::new(whole_second(at), Stage::AtSetpoint)),
    ]
    .into_iter()
    .flatten()
    .filter(|due| due.at < closes.at)
    .collect();
    stages.push(closes);
    stages
}

/// When the unit last turned for home before the first level that is still to come; a window that is moved to later
/// under way brings it there.
fn home_before(instruction: &Instruction, plan: &Plan, from: f64) -> Option<f64> {
    let first = instruction.targets.get(target_in_force(instruction, from))?.at;
    let homeward = |phase| matches!(phase, UnitPhase::Returning | UnitPhase::Off | UnitPhase::Rebound);
    plan.marks.iter().rev().find(|m| m.at > from && m.at < first && homeward(m.phase)).map(|m| m.at)
}

/// When the first level that is still asked at `from` is delivered.
fn first_reached(instruction: &Instruction, baseline: &Baseline, plan: &Plan, from: f64) -> Option<f64> {
    let in_force = target_in_force(instruction, from);
    (in_force..instruction.targets.len()).find_map(|index| {
        let at = instruction.targets[index].at;
        let until = instruction.targets.get(index + 1).map_or(instruction.end, |next| next.at);
        let miss = plan.misses.iter().find(|m| m.target == index);
        let reached = match miss {
            Some(miss) => at + miss.late_s?,
            None if index == in_force && (instruction.follow == Follow::Now || at < from) => {
                let target = &instruction.targets[index];
                held_from(plan, from, |t| target.kw_over(baseline.at(t)))?
            }
            None => at,
        };
        Some(reached.max(from)).filter(|t| *t < until.max(from))
    })
}

/// The target that is asked at `from`: the last whose time has come, or the first.
pub(super) fn target_in_force(instruction: &Instruction, from: f64) -> usize {
    instruction.targets.iter().rposition(|t| t.at <= from).unwrap_or(0)
}

/// When the unit first holds a level.
fn held_from(plan: &Plan, from: f64, level: impl Fn(f64) -> f64) -> Option<f64> {
    let marks = plan.marks.iter().filter(|m| m.at >= from && m.phase == UnitPhase::Holding).map(|m| m.at);
    let now = (plan.phase_at(from) == UnitPhase::Holding).then_some(from);
    now.into_iter().chain(marks).find(|t| (plan.curve.at(*t) - level(*t)).abs() <= HELD_KW)
}

fn first_mark(plan: &Plan, from: f64, is_it: impl Fn(UnitPhase) -> bool) -> Option<f64> {
    let at_from = is_it(plan.phase_at(from)).then_some(from);
    at_from.or_else(|| plan.marks.iter().find(|m| m.at >= from && is_it(m.phase)).map(|m| m.at))
}
