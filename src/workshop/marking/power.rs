//! What was asked of units and what they delivered, minute by minute, as change from their baselines.

use std::collections::BTreeMap;

use crate::dispatch::{Dispatch, DispatchKey, DispatchUnit};
use crate::journal::{Delivery, Recorded};
use crate::power::{Baseline, Curve, Instruction};
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;
use crate::units::{Watts, grouped};
use crate::workshop::exercise::{Asked, Bound, Measure, Units, Window};
use crate::workshop::scenario::Scenario;

use super::Verdict;
use super::ledger::{Ledger, Signed};
use super::words::{kilowatts, moment};

/// What is nearer than this to a bound keeps it, kW.
const EXACT_KW: f64 = 0.001;
/// What is metered may be beyond a bound by this share of it,
const METERED_SHARE: f64 = 0.01;
/// or by so many kW, where that is more.
const METERED_KW: f64 = 1.0;

/// Seconds of UTC.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub(super) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

/// The revisions of one dispatch that were in force, in order, each with the instant from which it counts.
pub(super) struct InForce<'l> {
    pub(super) unit: &'l DispatchUnit,
    pub(super) revisions: Vec<(f64, &'l Dispatch)>,
    pub(super) entries: Vec<&'l Recorded>,
}

/// Of each dispatch for one of the units the revisions that were in force, of those that `counts` lets through.
pub(super) fn in_force<'l>(
    ledger: &'l Ledger<'_>,
    units: &Units,
    counts: impl Fn(&Signed<'_>) -> bool,
) -> BTreeMap<DispatchKey, InForce<'l>> {
    let mut all: BTreeMap<DispatchKey, InForce<'l>> = BTreeMap::new();
    let those = ledger.revisions.iter().filter(|s| s.is_in_force() && units.has(&s.dispatch.unit));
    for signed in those.filter(|signed| counts(signed)) {
        let new = || InForce { unit: &signed.dispatch.unit, revisions: Vec::new(), entries: Vec::new() };
        let of = all.entry(signed.dispatch.key()).or_insert_with(new);
        of.revisions.push((seconds(signed.entry.entry.at), &signed.dispatch));
        of.entries.push(signed.entry);
    }
    all
}

impl InForce<'_> {
    /// What it asks as change from baseline, kW, from one instant to another.
    pub(super) fn change(&self, fleet: &FleetProfile, from: f64, to: f64) -> Curve {
        let Some(baseline) = fleet.unit(self.unit).map(|unit| &unit.baseline) else {
            return Curve::constant(0.0);
        };
        change_of(&self.revisions, baseline, from, to)
    }
}

fn change_of(revisions: &[(f64, &Dispatch)], baseline: &Baseline, from: f64, to: f64) -> Curve {
    Instruction::asked_curve(revisions, baseline, from, to).minus(&baseline.curve(from, to))
}

/// The whole minutes of a window: when each begins, seconds of UTC.
fn minutes_of(window: Window, start: UtcTime) -> impl Iterator<Item = f64> {
    let (from, until) = (seconds(window.from.after(start)), seconds(window.until.after(start)));
    (0_u32..).map(move |minute| from + 60.0 * f64::from(minute)).take_while(move |at| at + 60.0 <= until)
}

/// Mean change asked in each whole minute of a window, kW, summed over dispatches.
fn asked_by_minute(
    all: &BTreeMap<DispatchKey, InForce<'_>>,
    fleet: &FleetProfile,
    window: Window,
    start: UtcTime,
) -> Vec<(f64, f64)> {
    let (from, until) = (seconds(window.from.after(start)), seconds(window.until.after(start)));
    let curves: Vec<Curve> = all.values().map(|of| of.change(fleet, from, until)).collect();
    let mean = |at: f64| curves.iter().map(|curve| curve.integral_hours(at, at + 60.0) * 60.0).sum::<f64>();
    minutes_of(window, start).map(|at| (at, mean(at))).collect()
}

/// At least so much was asked in each minute.
pub(super) fn sent<'j>(ledger: &Ledger<'j>, scenario: &Scenario, asked: &Asked) -> Verdict<'j> {
    let by = asked.by.after(scenario.start);
    let is_in_time = |signed: &Signed<'_>| signed.entry.entry.at <= by;
    let all = in_force(ledger, &asked.units, is_in_time);
    let least = asked.change.kilowatts();
    let minutes = asked_by_minute(&all, &scenario.fleet, asked.window, scenario.start);
    let towards = |change: f64| change * least.signum();
    let is_short = |(_, change): &&(f64, f64)| towards(*change) < least.abs() - EXACT_KW;
    let worst = minutes.iter().filter(is_short).min_by(|a, b| towards(a.1).total_cmp(&towards(b.1)));
    let why = match worst {
        _ if all.is_empty() => "nothing was sent to them by then".to_owned(),
        None => format!("{} or more was asked in every minute", kilowatts(least)),
        Some((at, change)) => {
            format!(
                "in {} of {} minutes it was less; {} at {}",
                minutes.iter().filter(is_short).count(),
                minutes.len(),
                kilowatts(*change),
                moment(scenario.start, instant(*at))
            )
        }
    };
    Verdict {
        met: worst.is_none() && !all.is_empty(),
        why,
        evidence: entries_of(ledger, &asked.units, is_in_time),
    }
}

fn entries_of<'j>(
    ledger: &Ledger<'j>,
    units: &Units,
    counts: impl Fn(&Signed<'_>) -> bool,
) -> Vec<&'j Recorded> {
    let those = ledger.revisions.iter().filter(|s| s.is_in_force() && units.has(&s.dispatch.unit));
    those.filter(|signed| counts(signed)).map(|signed| signed.entry).collect()
}

/// What was metered in one minute, summed over dispatches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Metered {
    change_kw: f64,
    /// Whether one of them has no reading.
    has_gap: bool,
}

/// The change that was metered in each whole minute of a window. A unit without a dispatch delivers nothing.
fn metered_by_minute(
    ledger: &Ledger<'_>,
    units: &Units,
    window: Window,
    start: UtcTime,
) -> Vec<(f64, Metered)> {
    let mut minutes: Vec<(f64, Metered)> =
        minutes_of(window, start).map(|at| (at, Metered::default())).collect();
    let from = seconds(window.from.after(start));
    for (delivery, _) in deliveries_of(ledger, units) {
        let Some(curve) = &delivery.curve else { continue };
        let means = curve.baseline_w.iter().zip(&curve.delivered_w);
        for (index, (baseline, delivered)) in (0_u32..).zip(means) {
            let at = seconds(curve.from) + 60.0 * f64::from(index);
            let Some((_, minute)) = place(at, from).and_then(|place| minutes.get_mut(place)) else {
                continue;
            };
            match delivered {
                Some(delivered) => minute.change_kw += Watts(delivered - baseline).kilowatts(),
                None => minute.has_gap = true,
            }
        }
    }
    minutes
}

/// Which minute after `from` an instant lies in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not below 0; a cast saturates")]
fn place(at: f64, from: f64) -> Option<usize> {
    (at >= from).then(|| ((at - from) / 60.0) as usize)
}

pub(super) fn deliveries_of<'l, 'j>(
    ledger: &'l Ledger<'j>,
    units: &'l Units,
) -> impl Iterator<Item = (&'l Delivery, &'j Recorded)> {
    let is_theirs = |recorded: &Recorded| recorded.entry.unit.as_ref().is_some_and(|unit| units.has(unit));
    ledger.deliveries.values().filter(move |(_, entry)| is_theirs(entry)).map(|(d, entry)| (d, *entry))
}

/// The sum stayed within its bounds in each minute.
pub(super) fn limit<'j>(ledger: &Ledger<'j>, scenario: &Scenario, bound: &Bound) -> Verdict<'j> {
    let start = scenario.start;
    let (minutes, evidence): (Vec<(f64, f64)>, Vec<&Recorded>) = match bound.measure {
        Measure::Instructed => {
            let all = in_force(ledger, &bound.units, |_| true);
            let minutes = asked_by_minute(&all, &scenario.fleet, bound.window, start);
            (minutes, entries_of(ledger, &bound.units, |_| true))
        }
        Measure::Delivered => {
            let metered = metered_by_minute(ledger, &bound.units, bound.window, start);
            let whole = metered.into_iter().filter(|(_, m)| !m.has_gap).map(|(at, m)| (at, m.change_kw));
            (whole.collect(), deliveries_of(ledger, &bound.units).map(|(_, entry)| entry).collect())
        }
    };
    let slack = |kw: f64| match bound.measure {
        Measure::Instructed => EXACT_KW,
        Measure::Delivered => METERED_KW.max(METERED_SHARE * kw.abs()),
    };
    let beyond = |kw: f64| {
        let above = bound.at_most.map_or(0.0, |most| kw - most.kilowatts() - slack(most.kilowatts()));
        let below = bound.at_least.map_or(0.0, |least| least.kilowatts() - slack(least.kilowatts()) - kw);
        above.max(below)
    };
    let breaches = minutes.iter().filter(|(_, kw)| beyond(*kw) > 0.0);
    // Of minutes that are as bad the first.
    let worst = breaches.clone().min_by(|a, b| beyond(b.1).total_cmp(&beyond(a.1)));
    let why = match worst {
        None => {
            let range = minutes
                .iter()
                .map(|m| m.1)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, g), kw| (l.min(kw), g.max(kw)));
            match minutes.is_empty() {
                true => "no minute was metered".to_owned(),
                false => format!("from {} to {}", kilowatts(range.0), kilowatts(range.1)),
            }
        }
        Some((at, kw)) => format!(
            "broken in {} of {} minutes; {} at {}",
            breaches.count(),
            minutes.len(),
            kilowatts(*kw),
            moment(start, instant(*at))
        ),
    };
    Verdict { met: worst.is_none() && !minutes.is_empty(), why, evidence }
}

/// So much of the energy of a change was delivered: each minute counts up to the change, and no further.
pub(super) fn delivered<'j>(
    ledger: &Ledger<'j>,
    scenario: &Scenario,
    units: &Units,
    change: Watts,
    window: Window,
    share_at_least: f64,
) -> Verdict<'j> {
    let wanted = change.kilowatts();
    let minutes = metered_by_minute(ledger, units, window, scenario.start);
    let counts = |metered: &Metered| (metered.change_kw * wanted.signum()).clamp(0.0, wanted.abs());
    let kwh = minutes.iter().map(|(_, metered)| counts(metered)).sum::<f64>() / 60.0;
    #[expect(clippy::cast_precision_loss, reason = "a scenario has few minutes")]
    let of_kwh = wanted.abs() * minutes.len() as f64 / 60.0;
    let share = if of_kwh > 0.0 { kwh / of_kwh } else { 0.0 };
    let gaps = minutes.iter().filter(|(_, metered)| metered.has_gap).count();
    let missing = if gaps > 0 { format!("; {gaps} minutes lack a reading") } else { String::new() };
    let evidence: Vec<&Recorded> = deliveries_of(ledger, units).map(|(_, entry)| entry).collect();
    let known = if evidence.is_empty() { "; no delivery of theirs was reckoned up" } else { "" };
    Verdict {
        met: share >= share_at_least - 1e-9,
        why: format!(
            "{} of {} kWh ({} %){missing}{known}",
            grouped(kwh, 1),
            grouped(of_kwh, 1),
            grouped(share * 100.0, 1)
        ),
        evidence,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
fn instant(at: f64) -> UtcTime {
    UtcTime::from_unix(at.round() as i64)
}
