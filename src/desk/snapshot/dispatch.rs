//! One dispatch as the desk shows it: its revisions, its ladder, where it stands.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dispatch::{
    Dispatch, DispatchKey, FieldComparison, KeyId, Reason, Revision, SignedDispatch, Stage,
};
use crate::power::{Scorecard, Series};
use crate::time::UtcTime;

/// One dispatch with all that came of it.
#[derive(Clone, Debug)]
pub struct DispatchState {
    /// Operator and ref.
    pub key: DispatchKey,
    /// Every revision sent or being sent, oldest first; never empty.
    pub revisions: Vec<Arc<RevisionState>>,
    /// Where its latest revision stands.
    pub phase: Phase,
    /// The greatest revision that the VTN holds and that the FSP has not refused: what the unit follows, or will.
    /// It stays when an amendment was not sent or was rejected. `None` when there is none, or when all is over.
    pub in_force: Option<Revision>,
    /// Acknowledgements as they came, oldest first, of all revisions.
    pub ladder: Vec<Rung>,
    /// The last read-back against what was sent, for the latest revision.
    pub readback: Option<Arc<Vec<FieldComparison>>>,
    /// When the next stage is overdue; `None` when nothing is awaited.
    pub due: Option<UtcTime>,
    /// What is awaited, in words: `acknowledgement from BRIGHTFLEX`.
    pub awaited: Option<String>,
    /// Readings reported against this dispatch.
    pub readings: Series,
    /// Reactive power reported against it: kvar, positive = exporting (lagging), where a reading says kW.
    pub reactive: Series,
    /// Marks so far; whole once it has ended.
    pub score: Option<Arc<Scorecard>>,
}

impl DispatchState {
    /// The latest revision.
    pub fn current(&self) -> Option<&Arc<RevisionState>> {
        self.revisions.last()
    }

    /// The latest revision's document.
    pub fn dispatch(&self) -> Option<&Dispatch> {
        self.current().map(|r| &r.signed.dispatch)
    }

    /// What the unit is instructed at present: the revision in force; where none is, the latest.
    pub fn instructed(&self) -> Option<&Dispatch> {
        let in_force = self.in_force.and_then(|revision| self.revision(revision));
        in_force.or_else(|| self.current()).map(|r| &r.signed.dispatch)
    }

    /// Whether anything can still come of it. An amendment that failed or was rejected leaves the revision before it
    /// in force, and the dispatch open.
    pub fn is_open(&self) -> bool {
        match self.phase {
            Phase::Ended | Phase::Stopped | Phase::Failed => false,
            Phase::Rejected | Phase::SendFailed => self.in_force.is_some(),
            _ => true,
        }
    }

    /// A revision by its number.
    pub fn revision(&self, revision: Revision) -> Option<&Arc<RevisionState>> {
        self.revisions.iter().find(|r| r.signed.dispatch.revision == revision)
    }
}

/// One revision as signed.
#[derive(Clone, Debug)]
pub struct RevisionState {
    /// The document and its signature.
    pub signed: SignedDispatch,
    /// The VTN's event, once it has it.
    pub event_id: Option<String>,
    /// When the VTN confirmed it.
    pub sent: Option<UtcTime>,
    /// Why it was not sent, in words.
    pub fault: Option<String>,
    /// The second person who approved it, where one did in this session.
    pub approved: Option<Arc<ApprovedBy>>,
}

/// A second person who approved a revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedBy {
    /// Their name.
    pub name: String,
    /// The key that they signed with.
    pub key_id: KeyId,
    /// When.
    pub at: UtcTime,
}

impl ApprovedBy {
    /// For people: `Ada Winter (key ada-winter)`.
    pub fn who(&self) -> String {
        format!("{} (key {})", self.name, self.key_id)
    }
}

/// One acknowledgement as received.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rung {
    /// What the FSP says.
    pub stage: Stage,
    /// The revision it says it of.
    pub revision: Revision,
    /// When, by the FSP.
    pub at: UtcTime,
    /// When the desk saw it.
    pub seen: UtcTime,
    /// Whether the FSP's signature holds; the reason when not.
    pub signature: Result<(), String>,
    /// Why, for a rejection.
    pub reason: Option<Reason>,
    /// In words.
    pub detail: Option<String>,
    /// For UNREACHABLE: when the level will be reached.
    pub reached_at: Option<UtcTime>,
}

/// Where a dispatch stands, from the desk's point of view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Being handed to the VTN.
    Sending,
    /// The VTN did not take it.
    SendFailed,
    /// The VTN has it; nobody has fetched it.
    Sent,
    /// The FSP's client has it.
    Received,
    /// The unit's controller has taken it on.
    Accepted,
    /// Taken on, but a setpoint will be late.
    Unreachable,
    /// Refused, with a reason.
    Rejected,
    /// The unit moves.
    Started,
    /// The unit delivers the level.
    AtSetpoint,
    /// Over as planned.
    Ended,
    /// Over by a stop.
    Stopped,
    /// The unit could not, or its window passed without an acknowledgement.
    Failed,
}

impl Phase {
    /// One or two words for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::SendFailed => "not sent",
            Self::Sent => "sent",
            Self::Received => "received",
            Self::Accepted => "accepted",
            Self::Unreachable => "accepted, late",
            Self::Rejected => "rejected",
            Self::Started => "started",
            Self::AtSetpoint => "at setpoint",
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}
