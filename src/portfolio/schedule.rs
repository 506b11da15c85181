//! Who gives what when.

use std::collections::BTreeMap;

use crate::dispatch::DispatchUnit;
use crate::time::UtcTime;
use crate::units::Watts;

use super::ask::{Ask, Interval, Way};
use super::member::Member;

/// What one unit gives in each stretch of what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub unit: DispatchUnit,
    /// What its contract pays, pence per MWh.
    pub pence_per_mwh: Option<i64>,
    /// Distance from baseline in each stretch, not negative.
    pub levels: Vec<Watts>,
    /// Whether it is held at its baseline to the end, lest it takes back what it gave while more is asked of the others.
    held_to_the_end: bool,
}

/// Who gives what when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Which way from baseline.
    pub way: Way,
    /// The stretches, in order of time.
    pub stretches: Vec<Interval>,
    /// A line for each unit, in the order in which they were given; also of those that give nothing.
    pub lines: Vec<Line>,
}

/// A unit's part as a dispatch has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Changes from baseline (generation convention), each from its time on; never none.
    pub changes: Vec<(UtcTime, Watts)>,
    /// The end of its service window.
    pub end: UtcTime,
}

/// How good a schedule is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    /// MWh that nobody gives.
    pub short_mwh: f64,
    /// MWh that are given and were not asked.
    pub over_mwh: f64,
    /// What it costs, whole pence, by the prices that are agreed.
    pub pence: i64,
    /// MWh that units give without an agreed price.
    pub unpriced_mwh: f64,
}

/// Watt-seconds in a megawatt-hour.
const WATT_SECONDS: i64 = 3_600_000_000;

impl Line {
    /// Whether it gives anything.
    pub fn is_used(&self) -> bool {
        self.levels.iter().any(|level| level.0 > 0)
    }

    fn watt_seconds(&self, stretches: &[Interval]) -> i128 {
        let parts = self.levels.iter().zip(stretches);
        parts.map(|(level, stretch)| i128::from(level.0) * i128::from(stretch.seconds())).sum()
    }

    /// MWh that it gives.
    pub fn mwh(&self, stretches: &[Interval]) -> f64 {
        mwh(self.watt_seconds(stretches))
    }

    /// What it costs, whole pence; `None` when no price is agreed.
    pub fn pence(&self, stretches: &[Interval]) -> Option<i64> {
        let price = self.pence_per_mwh?;
        let (of, whole) = (self.watt_seconds(stretches) * i128::from(price), i128::from(WATT_SECONDS));
        i64::try_from((of + of.signum() * whole / 2) / whole).ok()
    }
}

impl Schedule {
    /// In which nobody gives anything yet.
    pub(super) fn empty(ask: &Ask, stretches: Vec<Interval>, members: &[Member]) -> Self {
        let line = |member: &Member| Line {
            unit: member.unit.clone(),
            pence_per_mwh: member.pence_per_mwh,
            levels: vec![Watts(0); stretches.len()],
            held_to_the_end: member.takes_back(),
        };
        Self { way: ask.way(), lines: members.iter().map(line).collect(), stretches }
    }

    /// What is given altogether in each stretch.
    pub fn given(&self) -> Vec<Watts> {
        let of = |index: usize| self.lines.iter().map(|line| line.levels[index].0).sum();
        (0..self.stretches.len()).map(|index| Watts(of(index))).collect()
    }

    /// The stretches in which less is given than asked, and by how much.
    pub fn shortages(&self) -> Vec<(Interval, Watts)> {
        let short =
            self.stretches.iter().zip(self.given()).map(|(s, given)| (*s, Watts(s.asked.0 - given.0)));
        short.filter(|(_, short)| short.0 > 0).collect()
    }

    /// How good it is.
    pub fn worth(&self) -> Worth {
        let mut worth = Worth::default();
        for (stretch, given) in self.stretches.iter().zip(self.given()) {
            let missing = i128::from(stretch.asked.0 - given.0) * i128::from(stretch.seconds());
            worth.short_mwh += mwh(missing.max(0));
            worth.over_mwh += mwh((-missing).max(0));
        }
        for line in self.lines.iter().filter(|line| line.is_used()) {
            match line.pence(&self.stretches) {
                Some(pence) => worth.pence += pence,
                None => worth.unpriced_mwh += line.mwh(&self.stretches),
            }
        }
        worth
    }

    /// A unit's part from its first level to its last, each level once. `None` for one that gives nothing.
    pub fn timeline(&self, line: &Line) -> Option<Timeline> {
        let first = line.levels.iter().position(|level| level.0 > 0)?;
        let last = if line.held_to_the_end {
            line.levels.len() - 1
        } else {
            line.levels.iter().rposition(|level| level.0 > 0)?
        };
        let mut changes: Vec<(UtcTime, Watts)> = Vec::new();
        for (stretch, level) in self.stretches.iter().zip(&line.levels).take(last + 1).skip(first) {
            let change = self.way.signed(*level);
            if changes.last().is_none_or(|(_, before)| *before != change) {
                changes.push((stretch.from, change));
            }
        }
        Some(Timeline { changes, end: self.stretches[last].to })
    }

    /// What each unit gives at most, by unit.
    pub fn most(&self) -> BTreeMap<&DispatchUnit, Watts> {
        let most = |line: &Line| line.levels.iter().copied().max().unwrap_or_default();
        self.lines.iter().map(|line| (&line.unit, most(line))).collect()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an energy for people; what must be exact is counted in whole numbers"
)]
fn mwh(watt_seconds: i128) -> f64 {
    watt_seconds as f64 / WATT_SECONDS as f64
}
