//! A scenario run to its end in virtual time: one thread, the real VTN's router, the real clients, time that jumps
//! from one thing due to the next. The same scenario and seed give the same document, byte for byte.

mod expectation;
mod run;
mod trial;

pub use super::script::StepOutcome;
pub use expectation::Finding;
pub use run::{Played, RehearsalError, play, rehearse, rehearse_as};
#[cfg(test)]
pub(in crate::workshop) use run::{Stage, virtual_time};
pub use trial::{Trial, Tried};

use serde::Serialize;

use crate::time::UtcTime;

use super::exercise::Trainee;
use super::marking::Marking;
use super::outcome::{AlarmOutcome, UnitOutcome};

/// What came of a rehearsal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// The scenario's name.
    pub scenario: String,
    /// What every number drawn by chance came from.
    pub seed: u64,
    /// Start in domain time.
    pub start: UtcTime,
    /// End in domain time.
    pub end: UtcTime,
    /// Whether everything expected came true. Of a workshop: whether the perfect trainee came to full marks, and who does
    /// nothing to those that the trainer's note foretells.
    pub passed: bool,
    /// Who acted, in a workshop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trainee: Option<Trainee>,
    /// What each step came to.
    pub steps: Vec<StepOutcome>,
    /// What was expected, and what was found.
    pub expectations: Vec<Finding>,
    /// Every unit that was asked anything.
    pub units: Vec<UnitOutcome>,
    /// Every alarm.
    pub alarms: Vec<AlarmOutcome>,
    /// HTTP requests made.
    pub requests: u64,
    /// The last hash of the journal's chain: two runs with the same one did the same things.
    pub journal_head: Option<String>,
    /// A workshop's marks, with their evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<Marking>,
}
