//! Marking: what a workshop expects of its trainee, against what the desk's journal says was done. Pure: the same journal
//! gives the same marks, whoever acted, in a rehearsal or on a running clock.

mod acts;
mod following;
mod ledger;
mod money;
mod overrides;
mod overriding;
mod power;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::journal::{Journal, JournalError, Recorded};
use crate::time::UtcTime;

use super::exercise::{Exercise, Expected, MarkRule, Marks};
use super::scenario::{Action, Scenario};
use ledger::Ledger;

pub use following::{Followed, Standing, follow};
pub use overrides::{OVERRIDES, Overrides, TakenBack, Word};
pub use overriding::{Override, OverrideFault};

/// So many seconds after the end of a dispatch it is known what it delivered, unless its FSP reports less than once a minute.
pub const SETTLES_S: u32 = 180;

/// At most so many entries stand as evidence of one mark: the first ones.
const MOST_EVIDENCE: usize = 12;

/// What came of a workshop, in marks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marking {
    /// The most that can be given.
    pub of: Marks,
    /// What the journal gives.
    pub given: Marks,
    /// What counts: a trainer's word in the place of the journal's, where there is one.
    pub counted: Marks,
    /// In the file's order.
    pub marks: Vec<Marked>,
}

/// One expectation and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    /// From 1, in the file's order.
    pub number: u32,
    /// For what, in the file's words.
    #[serde(rename = "for")]
    pub words: String,
    /// Which kind of expectation.
    pub kind: String,
    /// What was expected, in words.
    pub expected: String,
    /// What it is worth; below 0 what is taken away when it does not come true.
    pub of: Marks,
    /// What the journal gives.
    pub given: Marks,
    /// Whether it came true.
    pub met: bool,
    /// What was found, in words.
    pub why: String,
    /// Where it stands in the journal.
    pub evidence: Vec<Evidence>,
    /// A trainer's word, which counts in the place of `given` and never takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its number.
    pub entry: u64,
    /// When it was written.
    pub at: UtcTime,
    /// What it says.
    pub text: String,
}

/// What was found of one expectation.
#[derive(Clone, Debug, PartialEq)]
struct Verdict<'j> {
    met: bool,
    why: String,
    evidence: Vec<&'j Recorded>,
}

impl Marked {
    /// What counts.
    pub fn counted(&self) -> Marks {
        self.overridden.as_ref().map_or(self.given, |by| by.marks)
    }
}

/// Marks a workshop by all that a desk's journal says of it, oldest first; `None` where the scenario is no workshop.
/// Entries of other kinds than those that it looks at may be left out.
pub fn mark(scenario: &Scenario, entries: &[Recorded]) -> Option<Marking> {
    let exercise = scenario.exercise.as_deref()?;
    Some(mark_by(scenario, exercise, &ledger_of(scenario, entries)))
}

/// What the journal says, as far as marks go by it.
fn ledger_of<'j>(scenario: &Scenario, entries: &'j [Recorded]) -> Ledger<'j> {
    let story = scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Send(sending) => Some(&sending.dispatch_ref),
        _ => None,
    });
    Ledger::of(entries, story)
}

fn mark_by(scenario: &Scenario, exercise: &Exercise, ledger: &Ledger<'_>) -> Marking {
    let judged = exercise.marks.iter().zip(1..);
    let marks: Vec<Marked> = judged.map(|(rule, number)| judge(scenario, ledger, rule, number)).collect();
    let given: Marks = marks.iter().map(|marked| marked.given).sum();
    Marking { of: exercise.full_marks(), given, counted: given, marks }
}

/// As [`mark`], by a desk's journal: by all of it after this entry, from where the workshop began; 0 for all.
///
/// # Errors
/// When the journal cannot be read.
pub fn mark_journal(
    scenario: &Scenario,
    journal: &Journal,
    after: u64,
) -> Result<Option<Marking>, JournalError> {
    Ok(mark(scenario, &journal.entries(after, usize::MAX)?))
}

fn judge(scenario: &Scenario, ledger: &Ledger<'_>, rule: &MarkRule, number: u32) -> Marked {
    let verdict = verdict(scenario, ledger, &rule.expected);
    let given = match (rule.marks > Marks::NONE, verdict.met) {
        (true, true) | (false, false) => rule.marks,
        _ => Marks::NONE,
    };
    let shown = |recorded: &&Recorded| Evidence {
        entry: recorded.number,
        at: recorded.entry.at,
        text: recorded.entry.text.clone(),
    };
    Marked {
        number,
        words: rule.words.clone(),
        kind: rule.expected.kind().to_owned(),
        expected: words::expected(&rule.expected),
        of: rule.marks,
        given,
        met: verdict.met,
        why: verdict.why,
        evidence: verdict.evidence.iter().take(MOST_EVIDENCE).map(shown).collect(),
        overridden: None,
    }
}

fn verdict<'j>(scenario: &Scenario, ledger: &Ledger<'j>, expected: &Expected) -> Verdict<'j> {
    let start = scenario.start;
    match expected {
        Expected::Noticed(after) => acts::noticed(ledger, after),
        Expected::Stopped(stopping) => acts::stopped(ledger, start, stopping),
        Expected::Amended { units, after, by } => acts::amended(ledger, start, units, *after, *by),
        Expected::NeverStopped { units, within } => acts::never_stopped(ledger, start, units, *within),
        Expected::NeverSent { units, within } => acts::never_sent(ledger, start, units, *within),
        Expected::Rejected { at_most } => acts::rejected(ledger, *at_most),
        Expected::Sent(asked) => power::sent(ledger, scenario, asked),
        Expected::Limit(bound) => power::limit(ledger, scenario, bound),
        Expected::Delivered { units, change, window, share_at_least } => {
            power::delivered(ledger, scenario, units, *change, *window, *share_at_least)
        }
        Expected::Cost { units, measure, at_most_pence } => {
            money::cost(ledger, scenario, units, *measure, *at_most_pence)
        }
    }
}
