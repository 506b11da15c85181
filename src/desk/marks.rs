//! What a dispatch is worth so far, and whether it is delivered at this moment. Pure.

use super::snapshot::{DispatchState, RevisionState};
use super::standing::{self, accepted_at, happened};
use crate::dispatch::{Dispatch, Stage, Status};
use crate::power::{
    Baseline, Curve, Instruction, MinuteScore, Observed, Reading, Scorecard, score, score_by_minute,
};
use crate::profile::products::Products;
use crate::time::UtcTime;

/// Less than this share of the change asked is a shortfall (alarm list: more than 20 % short).
const ENOUGH: f64 = 0.8;
/// For so many metered minutes in a row.
const STRAY_MINUTES: usize = 5;
/// Seconds without metering after which it is missed.
pub(super) const METERING_AFTER_S: i64 = 300;
/// More than this share of the change asked is too much.
const TOO_MUCH: f64 = 1.2;
/// So far the other way, as a share of the change asked, is the wrong way.
const WRONG_WAY: f64 = -0.1;
/// For so many metered minutes in a row.
const WRONG_WAY_MINUTES: usize = 2;
/// A change smaller than this is not judged, kW.
const LEAST_CHANGE_KW: f64 = 1.0;
/// Seconds after acceptance from which a RUN_NOW is judged.
const RUN_NOW_GRACE_S: i64 = 900;

/// What a unit does other than it was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stray {
    /// More than 20 % short in each of the last five metered minutes.
    Short(Delivered),
    /// More than 20 % beyond in each of the last five.
    Over(Delivered),
    /// The other way in each of the last two.
    WrongWay(Delivered),
}

/// What a unit delivers of what it was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Delivered {
    /// The change from baseline asked in the last metered minute, kW.
    pub asked_kw: f64,
    /// The change delivered in it, kW.
    pub delivered_kw: f64,
}

/// Marks a dispatch at an instant. `None` when it asks no real power or nothing of it ever went out.
pub(super) fn scorecard(state: &DispatchState, baseline: &Baseline, now: UtcTime) -> Option<Scorecard> {
    let effective = effective(state);
    let observed = observed(state, &effective, now)?;
    score(&dispatches(&effective), baseline, &observed, &Products::built_in().payment)
}

impl DispatchState {
    /// The revisions that took effect, each with the instant from which it counts (seconds of UTC, ascending): when it
    /// was accepted; for one that nobody has answered yet and that nothing precedes, when its service starts.
    pub fn in_effect(&self) -> Vec<(f64, &Dispatch)> {
        dispatches(&effective(self))
    }

    /// Its marks at an instant, by the readings that have come so far, and the minutes that they count, each with its
    /// own marks. `None` when it asks no real power or nothing of it ever went out.
    pub fn marks(&self, baseline: &Baseline, now: UtcTime) -> Option<(Scorecard, Vec<MinuteScore>)> {
        let effective = effective(self);
        let observed = observed(self, &effective, now)?;
        score_by_minute(&dispatches(&effective), baseline, &observed, &Products::built_in().payment)
    }
}

/// What is known at an instant; `None` when no run took effect.
fn observed(state: &DispatchState, effective: &[(f64, &RevisionState)], now: UtcTime) -> Option<Observed> {
    let last_run = effective.iter().rev().map(|(_, r)| &r.signed.dispatch).find(|d| !d.status.is_stop())?;
    let stopped_at = effective.iter().find(|(_, r)| r.signed.dispatch.status.is_stop()).map(|(at, _)| *at);
    Some(Observed {
        readings: state.readings.clone(),
        acknowledged_after_s: acknowledged_after(state),
        until: seconds(now.min(last_run.service_end)),
        stopped_at,
    })
}

/// From when until when a dispatch is marked: the windows of all the revisions that asked something of the unit and took
/// effect. `None` when none did.
pub(super) fn window(state: &DispatchState) -> Option<(UtcTime, UtcTime)> {
    let effective = effective(state);
    let mut runs = effective.iter().map(|(_, r)| &r.signed.dispatch).filter(|d| !d.status.is_stop());
    let first = runs.next()?;
    let (start, last) =
        runs.fold((first.service_start, first), |(start, _), d| (start.min(d.service_start), d));
    Some((start, last.service_end))
}

/// When the service of a dispatch was over: the end of its window, or when it had been stopped. `None` when nothing of it
/// took effect.
pub(super) fn over_at(state: &DispatchState) -> Option<UtcTime> {
    let (_, end) = window(state)?;
    let stopped = effective(state).into_iter().find(|(_, r)| r.signed.dispatch.status.is_stop());
    let Some((stopped, _)) = stopped else { return Some(end) };
    let is_end = |stage: Stage| matches!(stage, Stage::Stopped | Stage::Ended | Stage::Failed);
    let told = state.ladder.iter().filter(|g| g.signature.is_ok() && is_end(g.stage));
    let stopped = UtcTime::from_unix(whole(stopped));
    let told = told.map(|g| happened(state, g)).filter(|at| *at >= stopped).min();
    Some(told.unwrap_or(stopped + standing::RETURN_ALLOWANCE_S))
}

/// Whether the unit does what it is asked, by the last metered minutes of a service under way. `None` when it does, or
/// when that cannot be told yet.
pub(super) fn stray(state: &DispatchState, baseline: &Baseline, now: UtcTime) -> Option<Stray> {
    let share = |d: &Delivered| d.delivered_kw * d.asked_kw.signum() / d.asked_kw.abs();
    let found = last_minutes(state, baseline, now, STRAY_MINUTES)
        .or_else(|| last_minutes(state, baseline, now, WRONG_WAY_MINUTES))?;
    let last = found.last().copied()?;
    let all = |minutes: usize, is_so: &dyn Fn(&Delivered) -> bool| {
        found.len() >= minutes && found.iter().rev().take(minutes).all(is_so)
    };
    if all(WRONG_WAY_MINUTES, &|d| share(d) <= WRONG_WAY) {
        Some(Stray::WrongWay(last))
    } else if all(STRAY_MINUTES, &|d| share(d) < ENOUGH) {
        Some(Stray::Short(last))
    } else if all(STRAY_MINUTES, &|d| share(d) > TOO_MUCH) {
        Some(Stray::Over(last))
    } else {
        None
    }
}

/// The last so many metered minutes of a service under way, when all of them are there, are judged and ask for a change.
fn last_minutes(
    state: &DispatchState,
    baseline: &Baseline,
    now: UtcTime,
    minutes: usize,
) -> Option<Vec<Delivered>> {
    let effective = effective(state);
    let (from, current) = effective.last()?;
    let dispatch = &current.signed.dispatch;
    if dispatch.status.is_stop() || now >= dispatch.service_end {
        return None;
    }
    let judged_from = seconds(judged_from(state, dispatch)?).max(*from);
    let last = state.readings.last()?;
    let first_minute = last.at - seconds_of(minutes) * 60.0;
    if first_minute < judged_from || last.at > seconds(dispatch.service_end) {
        return None;
    }
    let asked = Instruction::asked_curve(&dispatches(&effective), baseline, first_minute, last.at);
    let base = baseline.curve(first_minute, last.at);
    let found: Vec<Delivered> = state
        .readings
        .range(first_minute + 1.0, last.at)
        .map(|r| delivered_in(r, &asked, &base))
        .collect::<Option<_>>()?;
    (found.len() >= minutes).then_some(found)
}

/// The last metering that counts for a dispatch in service: its last reading, or when it began to be owed.
pub(super) fn metered_until(state: &DispatchState, dispatch: &Dispatch) -> UtcTime {
    let sent = state.revision(dispatch.revision).and_then(|r| r.sent);
    let owed = sent.map_or(dispatch.service_start, |sent| dispatch.service_start.max(sent));
    let metered = state.readings.last().map(|r| UtcTime::from_unix(whole(r.at)));
    metered.map_or(owed, |at| at.max(owed))
}

fn delivered_in(reading: Reading, asked: &Curve, base: &Curve) -> Option<Delivered> {
    let mean = |curve: &Curve| curve.integral_hours(reading.at - 60.0, reading.at) * 60.0;
    let base_kw = mean(base);
    let asked_kw = mean(asked) - base_kw;
    let delivered_kw = reading.kw - base_kw;
    (asked_kw.abs() >= LEAST_CHANGE_KW).then_some(Delivered { asked_kw, delivered_kw })
}

/// From when on the level asked is owed: what an FSP has said will be late is late, and no shortfall yet.
fn judged_from(state: &DispatchState, dispatch: &Dispatch) -> Option<UtcTime> {
    let first = dispatch.setpoints.iter().find(|s| s.real.is_some())?.at.max(dispatch.service_start);
    let of_revision = |stage: Stage| {
        state
            .ladder
            .iter()
            .rfind(|g| g.revision == dispatch.revision && g.stage == stage && g.signature.is_ok())
    };
    let late = of_revision(Stage::Unreachable).and_then(|g| g.reached_at);
    let run_now = (dispatch.status == Status::RunNow)
        .then(|| {
            let reached = of_revision(Stage::AtSetpoint).map(|g| happened(state, g));
            reached.or_else(|| accepted_at(state, dispatch.revision).map(|at| at + RUN_NOW_GRACE_S))
        })
        .flatten();
    [Some(first), late, run_now].into_iter().flatten().max()
}

/// The revisions that took effect, each with the instant: when it was accepted; for one that nobody has answered yet
/// and that nothing precedes, when its service starts.
fn effective(state: &DispatchState) -> Vec<(f64, &RevisionState)> {
    let mut effective: Vec<(f64, &RevisionState)> = Vec::new();
    for revision in &state.revisions {
        let dispatch = &revision.signed.dispatch;
        if dispatch.status == Status::PreNotify || revision.sent.is_none() {
            continue;
        }
        let refused = state
            .ladder
            .iter()
            .any(|g| g.revision == dispatch.revision && g.stage == Stage::Rejected && g.signature.is_ok());
        let at = match accepted_at(state, dispatch.revision) {
            Some(at) => at,
            None if effective.is_empty() && !refused => dispatch.service_start,
            None => continue,
        };
        let not_before = effective.last().map_or(f64::MIN, |(at, _)| *at);
        effective.push((seconds(at).max(not_before), revision));
    }
    effective
}

fn dispatches<'a>(effective: &[(f64, &'a RevisionState)]) -> Vec<(f64, &'a Dispatch)> {
    effective.iter().map(|(at, r)| (*at, &r.signed.dispatch)).collect()
}

fn acknowledged_after(state: &DispatchState) -> Option<f64> {
    state.revisions.iter().find_map(|r| {
        let dispatch = &r.signed.dispatch;
        let at = accepted_at(state, dispatch.revision)?;
        Some(seconds(at) - seconds(dispatch.instruction_time))
    })
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub(super) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

#[expect(clippy::cast_precision_loss, reason = "a handful of minutes")]
fn seconds_of(minutes: usize) -> f64 {
    minutes as f64
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
fn whole(at: f64) -> i64 {
    at.floor() as i64
}
