//! What a scenario expects, against what came.

use serde::Serialize;

use crate::desk::snapshot::{DispatchState, Snapshot};
use crate::dispatch::{Comparison, DispatchRef, Stage};
use crate::units::counted;

use super::super::scenario::{DispatchExpectation, Expectation};

/// One expectation and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// In words.
    pub expected: String,
    /// Whether it came true.
    pub met: bool,
    /// What was found, in words.
    pub found: String,
}

/// Compares each expectation with the last picture.
pub(super) fn compare(expectations: &[Expectation], snapshot: &Snapshot) -> Vec<Finding> {
    expectations.iter().flat_map(|expected| findings(expected, snapshot)).collect()
}

fn findings(expected: &Expectation, snapshot: &Snapshot) -> Vec<Finding> {
    match expected {
        Expectation::Alarms { containing, count } => {
            let texts: Vec<&str> =
                snapshot.alarms.iter().map(|a| a.text.as_str()).filter(|t| t.contains(containing)).collect();
            let of = if containing.is_empty() { String::new() } else { format!(" with “{containing}”") };
            vec![Finding {
                expected: format!("{}{of}", counted(*count as usize, "alarm")),
                met: u32::try_from(texts.len()).is_ok_and(|n| n == *count),
                found: if texts.is_empty() { "none".to_owned() } else { texts.join("; ") },
            }]
        }
        Expectation::Dispatch(expected) => {
            let Some(dispatch_ref) = &expected.dispatch_ref else { return Vec::new() };
            match snapshot.dispatches.iter().find(|d| d.key.dispatch_ref == *dispatch_ref) {
                Some(state) => of_dispatch(expected, dispatch_ref, state),
                None => vec![Finding {
                    expected: format!("{dispatch_ref} is sent"),
                    met: false,
                    found: "the desk knows of no such dispatch".to_owned(),
                }],
            }
        }
    }
}

fn of_dispatch(expected: &DispatchExpectation, named: &DispatchRef, state: &DispatchState) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut find = |what: String, met: bool, found: String| {
        out.push(Finding { expected: format!("{named}: {what}"), met, found });
    };
    let came: Vec<Stage> = state.ladder.iter().map(|r| r.stage).collect();
    let words = |stages: &[Stage]| stages.iter().map(|s| s.word()).collect::<Vec<_>>().join(", ");
    if let Some(phase) = expected.phase {
        find(format!("is {}", phase.word()), state.phase == phase, state.phase.word().to_owned());
    }
    if !expected.stages.is_empty() {
        find(
            format!("stages {}", words(&expected.stages)),
            comes_in_order(&came, &expected.stages),
            words(&came),
        );
    }
    for stage in &expected.never {
        find(format!("never {stage}"), !came.contains(stage), words(&came));
    }
    if let Some(matched) = expected.readback_matched {
        let (holds, found) = readback(state);
        let what = if matched { "read back as sent" } else { "read back otherwise than sent" };
        find(what.to_owned(), holds == Some(matched), found);
    }
    let score = state.score.as_deref();
    let number = |value: Option<f64>| value.map_or_else(|| "not known".to_owned(), |v| format!("{v:.3}"));
    if let Some(most) = expected.acknowledged_within_s {
        let took = score.and_then(|s| s.acknowledged_after_s).or_else(|| acknowledged_after(state));
        find(format!("acknowledged within {most} s"), took.is_some_and(|t| t <= most), number(took));
    }
    if let Some(count) = expected.setpoints_reached {
        let reached = score.map_or(0, |s| s.setpoints.iter().filter(|p| p.reached == Some(true)).count());
        find(format!("{count} setpoint(s) reached"), reached == count, reached.to_string());
    }
    let ratio = score.and_then(|s| s.ratio);
    if let Some(least) = expected.ratio_at_least {
        find(
            format!("delivered at least {least} of the energy"),
            ratio.is_some_and(|r| r >= least),
            number(ratio),
        );
    }
    if let Some(most) = expected.ratio_at_most {
        find(
            format!("delivered at most {most} of the energy"),
            ratio.is_some_and(|r| r <= most),
            number(ratio),
        );
    }
    if let Some(most) = expected.stopped_within_s {
        let took = score.and_then(|s| s.stopped_after_s);
        find(
            format!("back at baseline within {most} s of the stop"),
            took.is_some_and(|t| t <= most),
            number(took),
        );
    }
    out
}

fn comes_in_order(came: &[Stage], expected: &[Stage]) -> bool {
    let mut rest = came.iter();
    expected.iter().all(|stage| rest.any(|c| c == stage))
}

fn acknowledged_after(state: &DispatchState) -> Option<f64> {
    let rung = state.ladder.iter().find(|r| r.stage.carries_readback())?;
    let revision = state.revisions.iter().find(|r| r.signed.dispatch.revision == rung.revision)?;
    let seconds = i32::try_from(rung.at.since(revision.signed.dispatch.instruction_time)).ok()?;
    Some(f64::from(seconds))
}

fn readback(state: &DispatchState) -> (Option<bool>, String) {
    let Some(fields) = &state.readback else { return (None, "no read-back".to_owned()) };
    let wrong: Vec<String> = fields
        .iter()
        .filter(|f| f.comparison != Comparison::Matched)
        .map(|f| format!("{} {}", f.field, f.comparison.word()))
        .collect();
    if wrong.is_empty() {
        (Some(true), "all fields matched".to_owned())
    } else {
        (Some(false), wrong.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_must_come_in_the_order_expected_with_others_between() {
        use Stage::{Accepted, Ended, Received, Started};
        for (came, expected, holds) in [
            (&[Received, Accepted, Started, Ended][..], &[Received, Ended][..], true),
            (&[Received, Accepted], &[Accepted, Received], false),
            (&[Received], &[Received, Received], false),
            (&[], &[], true),
        ] {
            assert_eq!(comes_in_order(came, expected), holds, "{came:?} {expected:?}");
        }
    }
}
