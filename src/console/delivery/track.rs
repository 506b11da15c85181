//! One unit under one dispatch: what was asked, could be delivered and was, minute by minute. Pure.

use std::sync::Arc;

use crate::console::plot::instant::{instant, seconds};
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Status;
use crate::power::{Baseline, MinuteScore, Scorecard, Series};
use crate::time::UtcTime;

use super::planned::{MINUTE_S, Planned};

/// Seconds up to a minute's end within which a state of charge counts as that minute's.
const CHARGE_WITHIN_S: i64 = 300;
/// A minute may be metered this late, seconds.
pub const LATE_READING_S: i64 = 120;

/// One unit under one dispatch.
#[derive(Clone, Debug)]
pub struct Track {
    /// The dispatch as it stood when this was made.
    pub dispatch: Arc<DispatchState>,
    /// The service window, seconds of UTC.
    pub window: (f64, f64),
    /// When anything is asked first, or the unit first moves for it, seconds of UTC: the window's start, or before it.
    pub begins: f64,
    /// What is asked and could be delivered; `None` while the baseline is unknown.
    pub planned: Option<Arc<Planned>>,
    /// The minutes that count for the scorecard so far.
    pub minutes: Vec<MinuteScore>,
    /// The marks of these minutes.
    pub score: Option<Scorecard>,
    /// The energies of the minutes up to each of them.
    running: Vec<Totals>,
    /// As of this minute; once its service is over, as of its end.
    made: UtcTime,
}

/// What a minute held: means, net kW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The minute's end.
    pub end: UtcTime,
    /// What was asked.
    pub instructed: Option<f64>,
    /// What the unit could deliver by its declared physics.
    pub reachable: Option<f64>,
    /// What was metered.
    pub delivered: Option<f64>,
    /// Without a dispatch.
    pub baseline: Option<f64>,
    /// State of charge at its end, 0 to 1.
    pub charge: Option<f64>,
    /// The last live value within it.
    pub live: Option<f64>,
    /// Its marks, when it counts for the scorecard.
    pub score: Option<MinuteScore>,
}

/// Energies of the minutes that count, kWh of change against baseline in the direction asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Asked.
    pub asked_kwh: f64,
    /// Delivered, at most what was asked.
    pub delivered_kwh: f64,
    /// Missing in the minutes that were metered.
    pub short_kwh: f64,
    /// Beyond what was asked.
    pub over_kwh: f64,
    /// Minutes without a reading.
    pub missing: usize,
    /// Minutes counted.
    pub minutes: usize,
}

/// The unit's baseline, when it is one to hold anything against.
pub fn known_baseline(unit: &UnitState) -> Option<&Baseline> {
    Some(unit.baseline.as_ref()).filter(|baseline| baseline.fault().is_none())
}

impl Track {
    /// For a dispatch and its unit, which is `None` when this desk does not know it. `before` is the last one made for
    /// the same dispatch; `None` for a dispatch without a document.
    pub fn of(
        dispatch: &Arc<DispatchState>,
        unit: Option<&UnitState>,
        now: UtcTime,
        before: Option<&Arc<Self>>,
    ) -> Option<Arc<Self>> {
        let document = dispatch.dispatch()?;
        let known = unit.and_then(|unit| Some((unit, known_baseline(unit)?)));
        // After its end time alone changes nothing of a service.
        let ends = dispatch.revisions.iter().map(|r| r.signed.dispatch.service_end).max();
        let made = now.floor_to_minute();
        let made = ends.map_or(made, |end| made.min((end + 59).floor_to_minute()));
        let is_current = |b: &&Arc<Self>| {
            b.made == made && b.is_of(known.map(|k| k.0)) && Arc::ptr_eq(&b.dispatch, dispatch)
        };
        if let Some(before) = before.filter(is_current) {
            return Some(Arc::clone(before));
        }
        let of_before = before.and_then(|b| b.planned.as_ref());
        let planned = known.and_then(|(unit, _)| Planned::of(dispatch, unit, of_before));
        let marks = known.and_then(|(_, baseline)| dispatch.marks(baseline, now));
        let (score, minutes) = marks.filter(|(_, minutes)| !minutes.is_empty()).unzip();
        let minutes: Vec<MinuteScore> = minutes.unwrap_or_default();
        let window = (seconds(document.service_start), seconds(document.service_end));
        let running = running(&minutes);
        let begins = planned.as_ref().map_or(window.0, |p| p.begins).min(asked_from(dispatch, window.0));
        let dispatch = Arc::clone(dispatch);
        Some(Arc::new(Self { dispatch, window, begins, planned, minutes, score, running, made }))
    }

    /// Whether its plan is by the physics and the baseline that the unit has now; `None` for a unit without either.
    fn is_of(&self, unit: Option<&UnitState>) -> bool {
        match (&self.planned, unit) {
            (Some(planned), Some(unit)) => planned.is_of(unit),
            (None, None) => true,
            _ => false,
        }
    }

    /// What the minute that ends at `end` held.
    pub fn moment(&self, unit: Option<&UnitState>, end: UtcTime) -> Moment {
        let at = seconds(end);
        let means = self.planned.as_ref().and_then(|planned| planned.means(at));
        let score = self.score_of(at);
        Moment {
            instructed: means.map(|m| m.asked),
            reachable: means.and_then(|m| m.reachable),
            delivered: metered(&self.dispatch.readings, at),
            baseline: means.map(|m| m.baseline),
            score,
            ..unit.map_or_else(|| Moment::empty(end), |unit| idle_moment(unit, end))
        }
    }

    /// The marks of the minute that ends at `at`.
    pub fn score_of(&self, at: f64) -> Option<MinuteScore> {
        let place = self.minutes.partition_point(|m| m.end < at);
        self.minutes.get(place).copied().filter(|m| m.end == at)
    }

    /// The energies of the minutes that end up to an instant.
    pub fn totals(&self, up_to: UtcTime) -> Totals {
        let up_to = seconds(up_to);
        let ended = self.minutes.partition_point(|m| m.end <= up_to);
        ended.checked_sub(1).and_then(|last| self.running.get(last)).copied().unwrap_or_default()
    }

    /// The minute to show while the present is followed: the last that was metered, when the one before it may still
    /// be reported; the window's last once it is over.
    pub fn live_minute(&self, now: UtcTime) -> UtcTime {
        let end = instant(self.window.1).floor_to_minute();
        let present = now.floor_to_minute().min(end);
        let last = self.dispatch.readings.range(f64::MIN, seconds(present)).last().map(|r| instant(r.at));
        last.filter(|last| present.since(*last) <= LATE_READING_S).map_or(present, UtcTime::floor_to_minute)
    }
}

/// RUN_NOW asks from its instruction on, whether or not it was taken on yet; everything else from its window on.
fn asked_from(dispatch: &DispatchState, start: f64) -> f64 {
    let documents = dispatch.revisions.iter().map(|r| &r.signed.dispatch);
    let at_once = documents.filter(|d| d.status == Status::RunNow);
    at_once.map(|d| seconds(d.instruction_time)).fold(start, f64::min)
}

/// The energies of minutes, up to each of them.
fn running(minutes: &[MinuteScore]) -> Vec<Totals> {
    let add = |totals: &mut Totals, minute: &MinuteScore| {
        totals.add(minute);
        Some(*totals)
    };
    minutes.iter().scan(Totals::default(), add).collect()
}

impl Totals {
    /// Counts one minute more.
    pub fn add(&mut self, minute: &MinuteScore) {
        let asked = (minute.asked_kw - minute.baseline_kw).abs();
        self.minutes += 1;
        self.asked_kwh += asked / 60.0;
        if minute.delivered_kw.is_some() {
            self.delivered_kwh += (asked - minute.short_kw) / 60.0;
            self.short_kwh += minute.short_kw / 60.0;
            self.over_kwh += minute.over_kw / 60.0;
        } else {
            self.missing += 1;
        }
    }

    /// Counts another dispatch's as well.
    pub fn plus(mut self, other: Self) -> Self {
        self.asked_kwh += other.asked_kwh;
        self.delivered_kwh += other.delivered_kwh;
        self.short_kwh += other.short_kwh;
        self.over_kwh += other.over_kwh;
        self.missing += other.missing;
        self.minutes += other.minutes;
        self
    }
}

impl Moment {
    fn empty(end: UtcTime) -> Self {
        Self {
            end,
            instructed: None,
            reachable: None,
            delivered: None,
            baseline: None,
            charge: None,
            live: None,
            score: None,
        }
    }
}

/// What a minute of a unit without a dispatch held.
pub fn idle_moment(unit: &UnitState, end: UtcTime) -> Moment {
    let at = seconds(end);
    Moment {
        baseline: known_baseline(unit)
            .map(|b| b.curve(at - MINUTE_S, at).integral_hours(at - MINUTE_S, at) * 60.0),
        charge: unit.charge.at(end, CHARGE_WITHIN_S),
        live: unit.readings.range(at - MINUTE_S, at).last().map(|r| r.kw),
        ..Moment::empty(end)
    }
}

/// The mean of the readings of the minute that ends at `end`: one, as a rule. `None` without one.
pub fn metered(readings: &Series, end: f64) -> Option<f64> {
    let of_minute = readings.range(end - MINUTE_S, end).filter(|r| r.at > end - MINUTE_S);
    let (sum, count) = of_minute.fold((0.0, 0.0), |(sum, count), r| (sum + r.kw, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// The minutes that were metered between two instants, each run without a gap on its own, as steps. A minute whose level
/// is within `slack` of the step before it, which nobody could see, only makes that longer.
pub fn metered_runs(readings: &Series, from: f64, to: f64, slack: f64) -> Vec<Vec<[f64; 2]>> {
    let mut runs: Vec<Vec<[f64; 2]>> = Vec::new();
    for reading in readings.range(from, to + MINUTE_S) {
        let start = reading.at - MINUTE_S;
        let steps = [[start, reading.kw], [reading.at, reading.kw]];
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| start <= last[0] + 1.0) => {
                go_on(run, steps, slack);
            }
            _ => runs.push(steps.to_vec()),
        }
    }
    runs
}

/// Adds a step to a run, or makes the last one longer when it is within `slack` of that.
pub fn go_on(run: &mut Vec<[f64; 2]>, step: [[f64; 2]; 2], slack: f64) {
    match run.last_mut() {
        Some(last) if (last[1] - step[1][1]).abs() <= slack => last[0] = step[1][0],
        _ => run.extend(step),
    }
}

/// Points of a line, broken wherever two are further apart than `gap` seconds.
pub fn broken(points: &[[f64; 2]], gap: f64) -> Vec<Vec<[f64; 2]>> {
    points.chunk_by(|a, b| b[0] - a[0] <= gap).map(<[_]>::to_vec).collect()
}
