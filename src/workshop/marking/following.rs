//! Marks while a workshop runs: what the journal gives so far, and which of them nothing that comes can change. Pure.

use crate::time::UtcTime;
use crate::workshop::exercise::{Deadline, Expected, MarkRule, Marks, Measure, Units, Window};
use crate::workshop::offset::Offset;
use crate::workshop::scenario::Scenario;

use super::ledger::Ledger;
use super::{Marking, Overrides, SETTLES_S, ledger_of, mark_by};
use crate::journal::Recorded;

/// So long after it was signed it may still become known that the VTN has a revision, or that its FSP rejects it, seconds.
const ANSWERED_WITHIN_S: i64 = 120;
/// What the journal says of an instant is in it so much later at the latest, on a hurried clock, seconds.
const WRITTEN_WITHIN_S: i64 = 15;
/// What a dispatch delivered stands in the journal so long after its end at the latest, seconds.
const METERED_WITHIN_S: i64 = 2 * SETTLES_S as i64;

/// Whether a mark can still come out otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Open,
    /// It came true: what is given for it is given, or nothing is taken away.
    Earned,
    /// It did not.
    Missed,
}

impl Standing {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "Not yet decided",
            Self::Earned => "Earned",
            Self::Missed => "Missed",
        }
    }
}

/// The marks of a workshop at an instant of its clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// As they would be if it ended now.
    pub marking: Marking,
    /// How each stands, in the same order.
    pub standings: Vec<Standing>,
}

impl Followed {
    /// What is decided, summed: by the journal, and by a trainer's word where there is one.
    pub fn decided(&self) -> Marks {
        self.parts()
            .filter(|(marked, is_open)| !is_open || marked.overridden.is_some())
            .map(|(m, _)| m.counted())
            .sum()
    }

    /// What can still be given.
    pub fn open(&self) -> Marks {
        let is_to_come = |(marked, is_open): &(&super::Marked, bool)| *is_open && marked.overridden.is_none();
        self.parts().filter(is_to_come).map(|(marked, _)| marked.of.max(Marks::NONE)).sum()
    }

    fn parts(&self) -> impl Iterator<Item = (&super::Marked, bool)> {
        self.marking
            .marks
            .iter()
            .zip(&self.standings)
            .map(|(marked, standing)| (marked, *standing == Standing::Open))
    }

    /// Puts the trainer's words of now in the place of those that were there.
    pub fn take_words(&mut self, words: &Overrides) {
        words.apply(&mut self.marking);
    }
}

/// As [`super::mark`] gives it, by all that the journal says up to `now`, and how each mark stands then.
pub fn follow(scenario: &Scenario, entries: &[Recorded], now: UtcTime) -> Option<Followed> {
    let exercise = scenario.exercise.as_deref()?;
    let ledger = ledger_of(scenario, entries);
    let mut marking = mark_by(scenario, exercise, &ledger);
    let standing = |(rule, marked): (&MarkRule, &super::Marked)| match (
        is_decided(scenario, &ledger, &rule.expected, marked.met, now),
        marked.met,
    ) {
        (false, _) => Standing::Open,
        (true, true) => Standing::Earned,
        (true, false) => Standing::Missed,
    };
    let standings = exercise.marks.iter().zip(&marking.marks).map(standing).collect();
    for (rule, marked) in exercise.marks.iter().zip(&mut marking.marks) {
        if let Some(begins) = begins(&rule.expected).filter(|begins| now < begins.after(scenario.start)) {
            marked.why = format!("its time begins at {begins}");
        }
    }
    Some(Followed { marking, standings })
}

/// Whether nothing that can still come makes it come out otherwise.
fn is_decided(
    scenario: &Scenario,
    ledger: &Ledger<'_>,
    expected: &Expected,
    met: bool,
    now: UtcTime,
) -> bool {
    let start = scenario.start;
    let is_past = |offset: Offset| now >= offset.after(start) + ANSWERED_WITHIN_S;
    if now >= scenario.run_for.after(start) {
        return true;
    }
    match expected {
        Expected::Noticed(after) => {
            let raised = ledger.alarm(&after.alarm);
            let is_late = |found: &super::ledger::Raised<'_>| {
                now > found.raised.entry.at + i64::from(after.within_s) + WRITTEN_WITHIN_S
            };
            met || raised.is_some_and(|found| found.acknowledged.is_some() || is_late(&found))
        }
        Expected::Stopped(stopping) => {
            let is_over = match &stopping.deadline {
                Deadline::By(by) => is_past(*by),
                Deadline::After(after) => ledger.alarm(&after.alarm).is_some_and(|found| {
                    now > found.raised.entry.at + i64::from(after.within_s) + ANSWERED_WITHIN_S
                }),
            };
            met || is_over
        }
        Expected::Amended { by, .. } => met || is_past(*by),
        Expected::NeverStopped { within, .. } | Expected::NeverSent { within, .. } => {
            !met || is_past(within.until)
        }
        Expected::Rejected { .. } => !met,
        Expected::Sent(asked) => is_past(asked.by),
        Expected::Limit(bound) => match bound.measure {
            Measure::Instructed => is_past(bound.window.until),
            Measure::Delivered => is_metered(ledger, start, &bound.units, bound.window, now),
        },
        Expected::Delivered { units, window, .. } => is_metered(ledger, start, units, *window, now),
        // An amendment changes what all that was asked costs.
        Expected::Cost { .. } => false,
    }
}

/// When the minutes begin that are looked at: before then nothing is kept, and nothing broken.
fn begins(expected: &Expected) -> Option<Offset> {
    match expected {
        Expected::Limit(bound) => Some(bound.window.from),
        Expected::Delivered { window, .. } => Some(window.from),
        _ => None,
    }
}

/// Whether all that is known of what units delivered over a window stands in the journal.
fn is_metered(ledger: &Ledger<'_>, start: UtcTime, units: &Units, window: Window, now: UtcTime) -> bool {
    let (from, until) = (window.from.after(start), window.until.after(start));
    let those = ledger.revisions.iter().map(|signed| &signed.dispatch).filter(|dispatch| {
        units.has(&dispatch.unit) && dispatch.service_start < until && dispatch.service_end > from
    });
    let last = those.map(|dispatch| dispatch.service_end).max().map_or(until, |end| end.max(until));
    now >= last + METERED_WITHIN_S
}
