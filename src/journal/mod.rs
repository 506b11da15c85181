//! The append-only, hash-chained record of what was done.
//!
//! Each entry holds the hash of the one before, so that nothing can be changed, taken out or slipped in between
//! without breaking the chain from there on. Every few minutes the operators whose keys the desk holds sign where it stands:
//! what is before that cannot be written anew by whoever lacks those keys. What is cut off after the last signed head shows
//! only against a hash kept elsewhere. `docs/journal-format.md` says all that it takes to audit one.

mod audit;
mod chain;
mod delivery;
pub mod evidence;
mod head;
mod query;
mod store;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dispatch::{DispatchKey, DispatchUnit, SigningFault};
use crate::time::UtcTime;

pub use audit::{Audit, Finding, FoundHead, Tampering};
pub use delivery::{
    Delivered, Delivery, DeliveryCurve, DeliveryHalfHour, DeliveryPayment, DeliveryRules, DeliveryScore,
    DeliverySetpoint, Readings,
};
pub use head::{Head, SignedHead};
pub use query::Query;
pub use store::Journal;

/// What kind of act an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A session began or ended.
    Session,
    /// A second person approved dispatches with their own key; the document is what they signed.
    Approval,
    /// A dispatch was signed and is about to be sent: written before it is.
    Intent,
    /// The VTN has it, or did not take it.
    Sent,
    /// An acknowledgement came.
    Acknowledgement,
    /// An alarm was raised, cleared or acknowledged.
    Alarm,
    /// A command and its outcome.
    Command,
    /// A client or the VTN was lost or came back.
    Link,
    /// Over what the VTN is spoken to, or that this is another way now: address, TLS, certificate, version, push.
    Connection,
    /// By which clock the desk goes, or that this one was set, paused, hurried or jumped.
    Clock,
    /// A key came into use, took another's place, or was withdrawn.
    Key,
    /// What was delivered of a dispatch that is over, by the readings that had come; the document is its curve and score.
    Delivery,
    /// The journal up to an entry, under an operator's signature; the document is what they signed.
    Head,
}

impl EntryKind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Session,
        Self::Approval,
        Self::Intent,
        Self::Sent,
        Self::Acknowledgement,
        Self::Alarm,
        Self::Command,
        Self::Link,
        Self::Connection,
        Self::Clock,
        Self::Key,
        Self::Delivery,
        Self::Head,
    ];

    /// What it records, in a phrase.
    pub fn means(self) -> &'static str {
        match self {
            Self::Session => "a session began or ended",
            Self::Approval => "a second person approved dispatches with their own key",
            Self::Intent => "a dispatch was signed, and written down before it was sent",
            Self::Sent => "the VTN took it, or did not",
            Self::Acknowledgement => "an FSP answered",
            Self::Alarm => "an alarm was raised, cleared, acknowledged or shelved",
            Self::Command => "a command and what came of it",
            Self::Link => "a client or the VTN was lost or came back",
            Self::Connection => "over what the VTN is spoken to, or that this is another way now",
            Self::Clock => "by which clock the desk goes, or that this one was changed or jumped",
            Self::Key => "a key came into use, took another's place, or was withdrawn",
            Self::Delivery => "what was delivered of a dispatch that is over, and its score",
            Self::Head => "an operator signed where the journal stands",
        }
    }

    /// As the file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Approval => "approval",
            Self::Intent => "intent",
            Self::Sent => "sent",
            Self::Acknowledgement => "acknowledgement",
            Self::Alarm => "alarm",
            Self::Command => "command",
            Self::Link => "link",
            Self::Connection => "connection",
            Self::Clock => "clock",
            Self::Key => "key",
            Self::Delivery => "delivery",
            Self::Head => "head",
        }
    }

    /// Reads the file's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Domain time.
    pub at: UtcTime,
    /// What kind.
    pub kind: EntryKind,
    /// The dispatch it is about.
    pub dispatch: Option<DispatchKey>,
    /// The unit it is about.
    pub unit: Option<DispatchUnit>,
    /// In words.
    pub text: String,
    /// The signed document itself, where there is one.
    pub document: Option<String>,
}

/// An entry in its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// From 1, without gaps.
    pub number: u64,
    /// The act.
    pub entry: Entry,
    /// The hash of the entry before it in 64 hex digits; zeros for the first.
    pub previous: String,
    /// SHA-256 in 64 hex digits over the RFC 8785 JSON of `number`, `previous` and `content`, which is the same over `at`,
    /// `kind`, `dispatch`, `unit`, `text` and `document`. In a file that an older version began: over all of these at once.
    pub hash: String,
}

/// Why an entry was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file.
    #[error("cannot use the journal {path}: {reason}")]
    Store {
        /// The file.
        path: String,
        /// In words.
        reason: String,
    },
    /// The chain is broken.
    #[error("the journal was changed at entry {entry}: {reason}")]
    Broken {
        /// From 1.
        entry: u64,
        /// In words.
        reason: String,
    },
    /// A head was not signed.
    #[error("the journal\u{2019}s head was not signed: {0}")]
    Unsigned(#[from] SigningFault),
}
