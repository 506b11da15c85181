//! What was delivered in two runs, one laid over the other: of each unit, and of all units that either run dispatched, summed. Both
//! begin at the same place, whatever their clocks said then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Recording;
use crate::desk::snapshot::{Snapshot, UnitState};
use crate::dispatch::DispatchUnit;
use crate::power::Reading;

const MINUTE_S: f64 = 60.0;
/// Readings further apart than this have no line between them, seconds.
const GAP_S: f64 = 240.0;

/// Two runs, one over the other. Times are those of the first run, in seconds of UTC: the second begins when the first does.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    /// Every unit of either run, in order; those that were dispatched first.
    pub units: Vec<UnitOverlay>,
    /// The change from baseline of all units that either run dispatched, kW, minute by minute; a gap where one of them was not metered.
    pub fleet: Overlaid,
    /// From the beginning to the end of the longer one.
    pub span: (f64, f64),
}

/// One unit in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitOverlay {
    /// Which.
    pub unit: DispatchUnit,
    /// For people.
    pub name: String,
    /// Whether either run dispatched it.
    pub is_dispatched: bool,
    /// Its net power, kW, generation convention.
    pub power: Overlaid,
}

/// The same in two runs: lines without gaps, of (seconds, kW).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlaid {
    /// In the first.
    pub first: Vec<Vec<[f64; 2]>>,
    /// In the second.
    pub second: Vec<Vec<[f64; 2]>>,
}

impl Overlaid {
    /// All of its values.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.first.iter().chain(&self.second).flatten().map(|point| point[1])
    }

    /// What each run had at an instant; `None` in a gap.
    pub fn at(&self, seconds: f64) -> (Option<f64>, Option<f64>) {
        (value_at(&self.first, seconds), value_at(&self.second, seconds))
    }
}

fn value_at(lines: &[Vec<[f64; 2]>], seconds: f64) -> Option<f64> {
    let line = lines.iter().find(|line| {
        line.first().is_some_and(|first| first[0] <= seconds)
            && line.last().is_some_and(|last| last[0] >= seconds)
    })?;
    let after = line.partition_point(|point| point[0] < seconds);
    let (right, left) = (line.get(after)?, line.get(after.saturating_sub(1))?);
    let wide = right[0] - left[0];
    let share = if wide > 0.0 { (seconds - left[0]) / wide } else { 1.0 };
    Some(left[1] + share * (right[1] - left[1]))
}

/// One run, as it stood at its end.
struct Run {
    last: Option<Arc<Snapshot>>,
    /// Added to its times, they are the first run's.
    shift_s: f64,
}

impl Overlay {
    /// The second laid over the first.
    pub fn of(first: &Recording, second: &Recording) -> Self {
        let ((from, to), (other_from, other_to)) = (span_s(first), span_s(second));
        let shift_s = from - other_from;
        let runs = [Run::of(first, 0.0), Run::of(second, shift_s)];
        let dispatched: BTreeSet<&DispatchUnit> = runs.iter().flat_map(Run::dispatched).collect();
        let mut units: Vec<UnitOverlay> = Vec::new();
        let all: BTreeMap<&DispatchUnit, &UnitState> =
            runs.iter().rev().flat_map(Run::units).map(|unit| (&unit.unit, unit)).collect();
        for (unit, state) in all {
            let [one, other] = runs.each_ref().map(|run| run.power_of(unit));
            units.push(UnitOverlay {
                unit: unit.clone(),
                name: state.name.clone(),
                is_dispatched: dispatched.contains(unit),
                power: Overlaid { first: one, second: other },
            });
        }
        units.sort_by_key(|unit| !unit.is_dispatched);
        let [one, other] = runs.each_ref().map(|run| run.change_of(&dispatched));
        let fleet = Overlaid { first: one, second: other };
        Self { units, fleet, span: (from, to.max(other_to + shift_s)) }
    }
}

impl Run {
    fn of(recording: &Recording, shift_s: f64) -> Self {
        Self { last: recording.at_ms(recording.span_ms().1), shift_s }
    }

    fn units(&self) -> impl Iterator<Item = &UnitState> {
        self.last.iter().flat_map(|last| &last.units).map(AsRef::as_ref)
    }

    fn dispatched(&self) -> impl Iterator<Item = &DispatchUnit> {
        let dispatches = self.last.iter().flat_map(|last| &last.dispatches);
        dispatches.filter_map(|state| state.dispatch()).map(|dispatch| &dispatch.unit)
    }

    fn unit(&self, unit: &DispatchUnit) -> Option<&UnitState> {
        self.units().find(|state| state.unit == *unit)
    }

    fn power_of(&self, unit: &DispatchUnit) -> Vec<Vec<[f64; 2]>> {
        let readings = self.unit(unit).into_iter().flat_map(|state| state.readings.range(f64::MIN, f64::MAX));
        lines(readings.map(|reading| [reading.at + self.shift_s, reading.kw]))
    }

    /// The change from baseline of all of these, in each minute in which each of them was metered.
    fn change_of(&self, units: &BTreeSet<&DispatchUnit>) -> Vec<Vec<[f64; 2]>> {
        let mut sums: BTreeMap<i64, (usize, f64)> = BTreeMap::new();
        for state in units.iter().filter_map(|unit| self.unit(unit)) {
            for (minute, kw) in minutes(state) {
                let sum = sums.entry(minute).or_default();
                *sum = (sum.0 + 1, sum.1 + kw);
            }
        }
        let known = sums.into_iter().filter(|(_, (metered, _))| *metered == units.len());
        lines(known.map(|(minute, (_, kw))| [end_of(minute) + self.shift_s, kw]))
    }
}

/// The mean change from baseline in each minute with a reading, kW.
fn minutes(unit: &UnitState) -> BTreeMap<i64, f64> {
    let mut means: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for Reading { at, kw } in unit.readings.range(f64::MIN, f64::MAX) {
        #[expect(clippy::cast_possible_truncation, reason = "minutes since 1970 fit an i64")]
        let mean = means.entry((at / MINUTE_S).ceil() as i64).or_default();
        *mean = (mean.0 + 1.0, mean.1 + kw);
    }
    let (Some(first), Some(last)) = (means.keys().next(), means.keys().next_back()) else {
        return BTreeMap::new();
    };
    let baseline = unit.baseline.curve(end_of(*first) - MINUTE_S, end_of(*last));
    let change = |(minute, (count, sum)): (&i64, &(f64, f64))| {
        let end = end_of(*minute);
        (*minute, sum / count - baseline.integral_hours(end - MINUTE_S, end) * 60.0)
    };
    means.iter().map(change).collect()
}

#[expect(clippy::cast_precision_loss, reason = "minutes since 1970 fit a double exactly")]
fn end_of(minute: i64) -> f64 {
    minute as f64 * MINUTE_S
}

/// Lines between points that are near enough to each other.
fn lines(points: impl Iterator<Item = [f64; 2]>) -> Vec<Vec<[f64; 2]>> {
    let mut lines: Vec<Vec<[f64; 2]>> = Vec::new();
    for point in points {
        match lines.last_mut() {
            Some(line) if line.last().is_some_and(|last| point[0] - last[0] <= GAP_S) => line.push(point),
            _ => lines.push(vec![point]),
        }
    }
    lines
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
fn span_s(recording: &Recording) -> (f64, f64) {
    let (first_ms, last_ms) = recording.span_ms();
    (first_ms as f64 / 1000.0, last_ms as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{later, recording};
    use super::*;

    /// A trainer who lays two trainees over one another would compare different minutes.
    #[test]
    fn two_runs_that_began_at_different_instants_lie_over_one_another_from_their_beginnings() {
        let (first, second) = (recording(), Recording::open(later()).unwrap());
        let overlay = Overlay::of(&first, &second);
        let (from, to) = overlay.span;
        assert!((from - span_s(&first).0).abs() < 1e-9 && to - from > 2400.0 - 60.0, "{:?}", overlay.span);
        let dispatched: Vec<String> =
            overlay.units.iter().filter(|u| u.is_dispatched).map(|u| u.unit.to_string()).collect();
        assert_eq!(dispatched, ["BRIGHTFLEX/BESS-07", "COLDCHAIN/COLD-03"]);
        let battery = &overlay.units[0].power;
        let (one, other) = battery.at(from + 22.0 * 60.0);
        assert!((one.unwrap() - other.unwrap()).abs() < 5.0, "the same until the stop: {one:?} {other:?}");
        let (one, other) = battery.at(from + 29.0 * 60.0);
        assert!(other.unwrap() - one.unwrap() > 300.0, "one was stopped at T+25: {one:?} {other:?}");
        let (sum, _) = overlay.fleet.at(from + 8.0 * 60.0);
        assert!((sum.unwrap() - 1300.0).abs() < 60.0, "1,000 kW and 300 kW of change: {sum:?}");
    }
}
