//! What goes between the two processes, as JSON.

use serde::{Deserialize, Serialize};

use crate::dispatch::{DispatchRef, DispatchUnit, OperatorId};
use crate::journal::Recorded;
use crate::time::UtcTime;

/// The longest that the trainee's process says at once, bytes.
pub(super) const LONGEST_SAID: usize = 512 << 10;
/// So many entries of the journal go at once.
pub(super) const ENTRIES_AT_ONCE: usize = 100;

/// What the trainee's process says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Tells one run of it from the next.
    pub run: String,
    /// It has lived up to then; `None` before it knows what the clock shows.
    pub lived: Option<UtcTime>,
    /// The rate that it shows.
    pub rate: f64,
    /// Whether it was told that the workshop is at its end.
    pub knows_the_end: bool,
    /// What came of what it was given to do.
    pub done: Vec<Done>,
    /// What its journal has written, from where the trainer's copy ends.
    pub entries: Vec<Recorded>,
}

/// What came of something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Done {
    /// Of which.
    pub number: u64,
    /// In words; `Err` where it was not done.
    pub result: Result<String, String>,
}

/// What it is answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Turn {
    /// What the trainer's clock shows.
    pub shows: UtcTime,
    /// How fast it runs; 0 where it stands.
    pub rate: f64,
    /// Whether the workshop is at its end.
    pub ended: bool,
    /// What is given to it and it has not answered yet, in order.
    pub given: Vec<Given>,
    /// How many entries the trainer's copy of its journal holds.
    pub entries: u64,
}

/// Something that has fallen due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    /// Counts up from 1.
    pub number: u64,
    /// When it fell due.
    pub at: UtcTime,
    /// What.
    pub what: What,
}

/// What a trainee hears, and what the story has their desk do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(in crate::workshop) enum What {
    /// Somebody tells the trainee something.
    Tell {
        /// Who.
        from: String,
        /// What.
        text: String,
    },
    /// Send a dispatch, or its next revision.
    Send {
        /// The unsigned document. Revision and instruction time are the desk's to set.
        document: String,
        /// Whether it is the next revision of one that was sent.
        amends: bool,
    },
    /// Send STOP for a dispatch.
    Stop {
        /// Which.
        dispatch_ref: DispatchRef,
    },
    /// Send EMERGENCY_STOP.
    EmergencyStop {
        /// For these units; none for all.
        units: Vec<DispatchUnit>,
        /// For this operator's only.
        operator: Option<OperatorId>,
    },
}
