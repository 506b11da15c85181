//! What the trainee did or left: notice taken, stops, amendments, what was sent where nothing should be.

use crate::dispatch::{DispatchUnit, Revision, Status};
use crate::journal::Recorded;
use crate::time::UtcTime;
use crate::units::counted;
use crate::workshop::exercise::{After, Deadline, Stopping, Units, Window};
use crate::workshop::offset::Offset;

use super::Verdict;
use super::ledger::{Ledger, Signed};
use super::words::moment;

/// The first alarm that says so was acknowledged in time.
pub(super) fn noticed<'j>(ledger: &Ledger<'j>, after: &After) -> Verdict<'j> {
    let Some(found) = ledger.alarm(&after.alarm) else {
        return Verdict { met: false, why: "no such alarm was raised".to_owned(), evidence: Vec::new() };
    };
    let raised = found.raised;
    match found.acknowledged {
        None => Verdict {
            met: false,
            why: "the alarm was raised, and nobody acknowledged it".to_owned(),
            evidence: vec![raised],
        },
        Some(notice) => {
            let took = notice.entry.at.since(raised.entry.at);
            Verdict {
                met: took <= i64::from(after.within_s),
                why: format!("acknowledged {took} s after it was raised"),
                evidence: vec![raised, notice],
            }
        }
    }
}

/// Each of the units was stopped in time.
pub(super) fn stopped<'j>(ledger: &Ledger<'j>, start: UtcTime, stopping: &Stopping) -> Verdict<'j> {
    let (from, by, alarm) = match &stopping.deadline {
        Deadline::By(by) => (start, by.after(start), None),
        Deadline::After(after) => {
            let Some(found) = ledger.alarm(&after.alarm) else {
                let why = "the alarm after which it was to be stopped was never raised".to_owned();
                return Verdict { met: false, why, evidence: Vec::new() };
            };
            let raised = found.raised.entry.at;
            (raised, raised + i64::from(after.within_s), Some(found.raised))
        }
    };
    let from = stopping.after.map_or(from, |after| from.max(after.after(start)));
    let mut evidence: Vec<&Recorded> = alarm.into_iter().collect();
    let (mut late, mut missing) = (Vec::new(), Vec::new());
    for unit in &stopping.units.all {
        match first_stop(ledger, unit, from) {
            Some(stop) => {
                evidence.push(stop.entry);
                if stop.entry.entry.at > by {
                    late.push(format!("{unit} at {}", moment(start, stop.entry.entry.at)));
                }
            }
            None => missing.push(unit.to_string()),
        }
    }
    let mut why = Vec::new();
    if !missing.is_empty() {
        why.push(format!("no stop was sent to {}", missing.join(", ")));
    }
    if !late.is_empty() {
        why.push(format!("stopped too late: {}", late.join(", ")));
    }
    let met = why.is_empty();
    if met {
        why.push("stopped in time".to_owned());
    }
    Verdict { met, why: why.join("; "), evidence }
}

fn first_stop<'l, 'j>(ledger: &'l Ledger<'j>, unit: &DispatchUnit, from: UtcTime) -> Option<&'l Signed<'j>> {
    ledger
        .trainees()
        .find(|s| s.dispatch.status.is_stop() && s.dispatch.unit == *unit && s.entry.entry.at >= from)
}

/// A later revision that goes on was sent for one of the units in time.
pub(super) fn amended<'j>(
    ledger: &Ledger<'j>,
    start: UtcTime,
    units: &Units,
    after: Option<Offset>,
    by: Offset,
) -> Verdict<'j> {
    let from = after.map_or(start, |after| after.after(start));
    let amendments = ledger.trainees().filter(|signed| {
        let dispatch = &signed.dispatch;
        dispatch.revision > Revision::FIRST && !dispatch.status.is_stop() && units.has(&dispatch.unit)
    });
    let first = amendments.into_iter().find(|signed| signed.entry.entry.at >= from);
    match first {
        None => Verdict { met: false, why: "nothing was amended".to_owned(), evidence: Vec::new() },
        Some(signed) => {
            let at = signed.entry.entry.at;
            Verdict {
                met: at <= by.after(start),
                why: format!("amended at {}", moment(start, at)),
                evidence: vec![signed.entry],
            }
        }
    }
}

/// None of the units was stopped.
pub(super) fn never_stopped<'j>(
    ledger: &Ledger<'j>,
    start: UtcTime,
    units: &Units,
    within: Window,
) -> Verdict<'j> {
    let (from, until) = (within.from.after(start), within.until.after(start));
    let is_breach = |signed: &Signed<'_>| {
        let at = signed.entry.entry.at;
        signed.dispatch.status.is_stop() && units.has(&signed.dispatch.unit) && from <= at && at <= until
    };
    of_breaches(ledger, is_breach, "none of them was stopped", "stopped")
}

/// None of the units was sent anything that runs.
pub(super) fn never_sent<'j>(
    ledger: &Ledger<'j>,
    start: UtcTime,
    units: &Units,
    within: Window,
) -> Verdict<'j> {
    let (from, until) = (within.from.after(start), within.until.after(start));
    let is_breach = |signed: &Signed<'_>| {
        let dispatch = &signed.dispatch;
        let runs = matches!(dispatch.status, Status::Run | Status::RunNow);
        runs && units.has(&dispatch.unit) && dispatch.service_start < until && dispatch.service_end > from
    };
    of_breaches(ledger, is_breach, "nothing was sent to them", "sent to")
}

fn of_breaches<'j>(
    ledger: &Ledger<'j>,
    is_breach: impl Fn(&Signed<'_>) -> bool,
    none: &str,
    done: &str,
) -> Verdict<'j> {
    let found: Vec<&Signed<'_>> = ledger.trainees().filter(|signed| is_breach(signed)).collect();
    let mut named: Vec<String> = found.iter().map(|signed| signed.dispatch.unit.to_string()).collect();
    named.dedup();
    let evidence = ledger.trainees().filter(|signed| is_breach(signed)).map(|signed| signed.entry).collect();
    Verdict {
        met: found.is_empty(),
        why: if found.is_empty() { none.to_owned() } else { format!("{done} {}", named.join(", ")) },
        evidence,
    }
}

/// No more of the trainee's revisions were rejected.
pub(super) fn rejected<'j>(ledger: &Ledger<'j>, at_most: u32) -> Verdict<'j> {
    let evidence: Vec<&Recorded> =
        ledger.revisions.iter().filter(|signed| signed.is_trainees).filter_map(|s| s.rejected).collect();
    Verdict {
        met: u32::try_from(evidence.len()).is_ok_and(|count| count <= at_most),
        why: match evidence.len() {
            0 => "nothing was rejected".to_owned(),
            count => format!("{} rejected", counted(count, "revision")),
        },
        evidence,
    }
}
