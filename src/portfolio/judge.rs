//! The production prediction's word on a schedule: what each unit would really do with its setpoints.

use crate::dispatch::DispatchUnit;
use crate::power::{Curve, Miss};
use crate::time::UtcTime;

use super::ask::Way;
use super::member::{Member, seconds};
use super::schedule::{Schedule, Timeline};

/// A level that a unit would not deliver as asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// Whose.
    pub unit: DispatchUnit,
    /// When it is asked.
    pub at: UtcTime,
    /// By how much, and why.
    pub miss: Miss,
}

/// What would come of a schedule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// Levels that would be missed, in the order of the schedule's lines; empty when physics agrees with all of it.
    pub missed: Vec<Missed>,
    /// kW of change from baseline (generation convention) of all units together.
    pub change: Curve,
    /// MWh in the way asked that would come within the time asked.
    pub delivered_mwh: f64,
}

impl Judged {
    /// MWh of levels that would be missed.
    pub fn missed_mwh(&self) -> f64 {
        self.missed.iter().map(|missed| missed.miss.short_kwh).sum::<f64>() / 1000.0
    }
}

/// Predicts each unit of a schedule with its setpoints. A unit that gives nothing is taken to be at its baseline. Lines and
/// members are in the same order.
pub fn judge(schedule: &Schedule, members: &[Member]) -> Judged {
    let mut judged = Judged::default();
    let mut changes: Vec<Curve> = Vec::new();
    let Some((first, last)) = schedule.stretches.first().zip(schedule.stretches.last()) else {
        return judged;
    };
    let (from, until) = (seconds(first.from), seconds(last.to));
    for (line, member) in schedule.lines.iter().zip(members) {
        let Some(Timeline { changes: asked, end }) = schedule.timeline(line) else { continue };
        let plan = member.predicted(&asked, end);
        judged.missed.extend(plan.misses.iter().filter_map(|miss| {
            let at = asked.get(miss.target)?.0;
            Some(Missed { unit: member.unit.clone(), at, miss: *miss })
        }));
        let (since, to) = ((from - LEAD_S).max(seconds(member.told_at)), until + AFTERWARDS_S);
        changes.push(plan.curve.between(since, to).minus(&member.baseline.curve(since, to)));
    }
    judged.change = sum(&changes);
    let (up, down) = judged.change.parts_hours(from, until);
    judged.delivered_mwh = match schedule.way {
        Way::Up => up / 1000.0,
        Way::Down => -down / 1000.0,
    };
    judged
}

/// Shown before and after what is asked, seconds.
const LEAD_S: f64 = 900.0;
const AFTERWARDS_S: f64 = 1800.0;

/// The sum of curves, added two by two so that none of them is gone through more often than need be.
fn sum(curves: &[Curve]) -> Curve {
    match curves {
        [] => Curve::constant(0.0),
        [one] => one.clone(),
        many => {
            let (first, second) = many.split_at(many.len() / 2);
            sum(first).plus(&sum(second))
        }
    }
}
