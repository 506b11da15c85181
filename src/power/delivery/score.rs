//! The marks of one dispatch.

use crate::dispatch::Dispatch;
use crate::power::instruction::Span;
use crate::power::{Baseline, Curve, Follow, Instruction};

use super::minutes::{LEAST_TOLERANCE_KW, MINUTE, Meter, Minute, tolerance_kw, whole_minute_from};
use super::{MinuteScore, Observed, PaymentRules, Scorecard, SetpointScore, half_hours};

/// Rebound is counted for as long as this after the window, seconds.
const REBOUND_S: f64 = 3600.0;
/// A unit that has not stopped by then has not stopped, seconds.
const STOPPING_S: f64 = 7200.0;
/// While the window lasts a reading may come this late, seconds.
const LATE_READING_S: f64 = 120.0;
/// Levels nearer than this are the same, kW.
const SAME_KW: f64 = 1e-6;

/// Marks a dispatch through its revisions, each with the instant from which it counts (seconds of UTC, ascending);
/// `baseline` is the contract's, and payment is by `rules`. `None` for a dispatch that asks no real power.
///
/// The window is the time in which real power was asked: it opens when the first run revision both counts and has
/// started, and closes at the end of the last, or when a stop takes its place.
pub fn score(
    revisions: &[(f64, &Dispatch)],
    baseline: &Baseline,
    observed: &Observed,
    rules: &PaymentRules,
) -> Option<Scorecard> {
    let case = Case::of(revisions, baseline, observed)?;
    Some(case.scorecard(&case.marked(), rules))
}

/// The same together with the minutes that are marked, in order, each with its own marks.
pub fn score_by_minute(
    revisions: &[(f64, &Dispatch)],
    baseline: &Baseline,
    observed: &Observed,
    rules: &PaymentRules,
) -> Option<(Scorecard, Vec<MinuteScore>)> {
    let case = Case::of(revisions, baseline, observed)?;
    let minutes = case.marked();
    Some((case.scorecard(&minutes, rules), minutes.iter().map(Minute::score).collect()))
}

/// What is marked, and what it is marked by.
struct Case<'a> {
    observed: &'a Observed,
    spans: Vec<Span>,
    told_at: f64,
    window: (f64, f64),
    /// Marked up to here.
    until: f64,
    stopped_at: Option<f64>,
    asked: Curve,
    base: Curve,
}

impl<'a> Case<'a> {
    fn of(revisions: &[(f64, &Dispatch)], baseline: &Baseline, observed: &'a Observed) -> Option<Self> {
        let mut spans = Span::of_all(revisions, baseline);
        spans.retain(|span| matches!(span.instruction.follow, Follow::Schedule | Follow::Now));
        let told_at = spans.first()?.from;
        let window = window_of(&spans);
        let stopped_at = observed.stopped_at.filter(|at| at.is_finite());
        let reach = (window.1 + REBOUND_S).max(stopped_at.map_or(window.1, |at| at + STOPPING_S));
        let from = told_at.max(window.0 - 86_400.0).min(window.0) - MINUTE;
        Some(Self {
            observed,
            spans,
            told_at,
            window,
            until: window.1.min(observed.until).max(window.0),
            stopped_at,
            asked: Instruction::asked_curve(revisions, baseline, from, reach),
            base: baseline.curve(from, reach),
        })
    }

    fn meter(&self) -> Meter<'_> {
        Meter {
            asked: &self.asked,
            baseline: &self.base,
            readings: &self.observed.readings,
            window_end: self.window.1,
        }
    }

    fn is_over(&self) -> bool {
        self.observed.until >= self.window.1
    }

    fn scorecard(&self, minutes: &[Minute], rules: &PaymentRules) -> Scorecard {
        let (meter, window) = (self.meter(), self.window);
        let totals = Totals::of(minutes);
        let half_hours = half_hours::of(minutes);
        Scorecard {
            acknowledged_after_s: self.observed.acknowledged_after_s,
            moved_before_start_s: moved_before_start(&meter, self.told_at, window.0, self.until),
            setpoints: Setpoints { spans: &self.spans, asked: &self.asked, minutes }.scores(),
            asked_kwh: totals.asked_kwh,
            delivered_kwh: totals.delivered_kwh,
            over_kwh: totals.over_kwh,
            minutes_in_tolerance: totals.in_tolerance,
            minutes_metered: totals.metered,
            minutes_missing: totals.missing,
            ratio: totals.ratio(),
            payment: rules.factors(&half_hours, totals.ratio()),
            half_hours,
            rebound_kwh: if self.is_over() {
                rebound_kwh(&meter, window.1, totals.net_asked_kwh)
            } else {
                None
            },
            stopped_after_s: self.stopped_at.and_then(|at| stopped_after(&meter, at)),
        }
    }

    /// The minutes of the window up to now; while it lasts, without those whose readings may still come.
    fn marked(&self) -> Vec<Minute> {
        let is_due = |m: &Minute| {
            self.is_over() || m.metered.is_some() || m.end <= self.observed.until - LATE_READING_S
        };
        self.meter().minutes(self.window.0, self.until).filter(is_due).collect()
    }
}

/// From when to when real power was asked.
fn window_of(spans: &[Span]) -> (f64, f64) {
    let asking = spans.iter().filter_map(|span| {
        let (from, to) = (span.from.max(span.instruction.start), span.to.min(span.instruction.end));
        (from < to).then_some((from, to))
    });
    let whole = asking.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    whole.unwrap_or_else(|| {
        let start = spans.first().map_or(0.0, |span| span.instruction.start);
        (start, start)
    })
}

/// Energies and counts over the marked part of the window.
#[derive(Default)]
struct Totals {
    asked_kwh: f64,
    /// Of it, in minutes that were metered.
    asked_and_metered_kwh: f64,
    /// With the sign of the power.
    net_asked_kwh: f64,
    delivered_kwh: f64,
    over_kwh: f64,
    in_tolerance: u32,
    metered: u32,
    missing: u32,
}

impl Totals {
    fn of(minutes: &[Minute]) -> Self {
        let mut totals = Self::default();
        for minute in minutes {
            let asked = minute.asked_change();
            totals.asked_kwh += asked.abs() * MINUTE / 3600.0;
            totals.net_asked_kwh += asked * MINUTE / 3600.0;
            let Some(change) = minute.change() else {
                totals.missing += 1;
                continue;
            };
            totals.metered += 1;
            totals.asked_and_metered_kwh += asked.abs() * MINUTE / 3600.0;
            totals.in_tolerance += u32::from(minute.is_within_tolerance() == Some(true));
            totals.delivered_kwh += delivered_of(asked, change) * MINUTE / 3600.0;
            totals.over_kwh += over_of(asked, change) * MINUTE / 3600.0;
        }
        totals
    }

    fn ratio(&self) -> Option<f64> {
        let asked = self.asked_and_metered_kwh;
        (asked > 1e-9).then(|| (self.delivered_kwh / asked).min(1.0))
    }
}

/// Of a change metered, kW in the direction asked, from nothing to what was asked.
fn delivered_of(asked: f64, change: f64) -> f64 {
    if asked.abs() > SAME_KW { (change * asked.signum()).clamp(0.0, asked.abs()) } else { 0.0 }
}

/// Of a change metered, kW beyond what was asked; all of it when nothing was.
fn over_of(asked: f64, change: f64) -> f64 {
    if asked.abs() > SAME_KW {
        (change * asked.signum() - asked.abs()).max(0.0)
    } else if change.abs() > LEAST_TOLERANCE_KW {
        change.abs()
    } else {
        0.0
    }
}

impl Minute {
    fn score(&self) -> MinuteScore {
        let asked = self.asked_change();
        let of_change = |count: &dyn Fn(f64) -> f64| self.change().map_or(0.0, count);
        MinuteScore {
            end: self.end,
            asked_kw: self.asked,
            baseline_kw: self.baseline,
            delivered_kw: self.metered,
            short_kw: of_change(&|change| asked.abs() - delivered_of(asked, change)),
            over_kw: of_change(&|change| over_of(asked, change)),
            is_within_tolerance: self.is_within_tolerance(),
        }
    }
}

/// Setpoints in force, against the minutes marked.
struct Setpoints<'a> {
    spans: &'a [Span],
    asked: &'a Curve,
    minutes: &'a [Minute],
}

/// A setpoint and the time for which it is in force.
struct InForce {
    at: f64,
    from: f64,
    to: f64,
}

impl Setpoints<'_> {
    fn scores(&self) -> Vec<SetpointScore> {
        self.in_force().iter().map(|setpoint| self.score(setpoint)).collect()
    }

    fn in_force(&self) -> Vec<InForce> {
        let mut found = Vec::new();
        for span in self.spans {
            let Instruction { targets, end, .. } = &span.instruction;
            for (index, target) in targets.iter().enumerate() {
                let next = targets.get(index + 1).map_or(*end, |next| next.at);
                let (from, to) = (target.at.max(span.from), next.min(*end).min(span.to));
                let is_carried_on = target.at < span.from && !self.changes_at(span.from);
                if from < to && !is_carried_on {
                    found.push(InForce { at: target.at, from, to });
                }
            }
        }
        found
    }

    fn changes_at(&self, t: f64) -> bool {
        (self.asked.at(t) - self.asked.just_before(t)).abs() > SAME_KW
    }

    fn score(&self, setpoint: &InForce) -> SetpointScore {
        let first_end = whole_minute_from(setpoint.from) + MINUTE;
        let own = || self.minutes.iter().filter(|m| m.end >= first_end && m.start() < setpoint.to);
        let judged = own().next().filter(|m| m.end <= first_end && m.metered.is_some());
        let reached = judged.and_then(Minute::is_within_tolerance);
        let first_reached = own().find(|m| m.is_within_tolerance() == Some(true));
        SetpointScore {
            at: setpoint.at,
            asked_kw: self.asked.at(setpoint.from),
            delivered_kw: judged.and_then(|m| m.metered),
            missed_by_kw: judged.and_then(|m| missed_by(m, reached == Some(true))),
            reached,
            reached_after_s: first_reached.map(|m| {
                let since = if m.end <= first_end { setpoint.from } else { m.start() };
                since - setpoint.at
            }),
        }
    }
}

/// kW missing in the direction asked.
fn missed_by(minute: &Minute, is_reached: bool) -> Option<f64> {
    let missing = minute.asked - minute.metered?;
    let asked = minute.asked_change();
    Some(if is_reached {
        0.0
    } else if asked.abs() > SAME_KW {
        (missing * asked.signum()).max(0.0)
    } else {
        missing.abs()
    })
}

/// Seconds from the beginning of the first minute off baseline in the direction first asked, to the window's start.
fn moved_before_start(meter: &Meter<'_>, told_at: f64, start: f64, until: f64) -> Option<f64> {
    let change_at = |t: f64| meter.asked.at(t) - meter.baseline.at(t);
    let instants = std::iter::once(start).chain(meter.asked.steps().filter(|t| *t > start));
    let first_asked = instants.map(change_at).find(|change| change.abs() > SAME_KW)?;
    let earliest = told_at.max(start - 86_400.0);
    // What was not metered tells nothing, and a dispatch may be told hours before its first minute is.
    let first = meter.first_metered_minute(earliest)?;
    let moved = meter.minutes(first, until).find(|minute| {
        minute.change().is_some_and(|change| change * first_asked.signum() > tolerance_kw(first_asked))
    })?;
    Some(start - moved.start())
}

fn rebound_kwh(meter: &Meter<'_>, end: f64, net_asked_kwh: f64) -> Option<f64> {
    if net_asked_kwh.abs() <= 1e-9 {
        return None;
    }
    let mut metered = meter.minutes(end, end + REBOUND_S).filter_map(|minute| minute.change()).peekable();
    metered.peek()?;
    let against = metered.map(|change| -change * net_asked_kwh.signum());
    Some(against.filter(|kw| *kw > LEAST_TOLERANCE_KW).sum::<f64>() * MINUTE / 3600.0)
}

fn stopped_after(meter: &Meter<'_>, stopped_at: f64) -> Option<f64> {
    let asked = meter.asked.just_before(stopped_at) - meter.baseline.just_before(stopped_at);
    if asked.abs() <= SAME_KW {
        return None;
    }
    let mut after = meter.minutes(stopped_at, stopped_at + STOPPING_S);
    let stopped = after.find(|minute| {
        minute.change().is_some_and(|change| change * asked.signum() <= tolerance_kw(asked))
    })?;
    Some(stopped.start() - stopped_at)
}
