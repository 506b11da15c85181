//! The append-only, hash-chained record of what was done.

use std::path::Path;

use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

/// What kind of act an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A session began or ended.
    Session,
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
}

/// One act.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// A journal.
pub struct Journal {}

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
}

impl Journal {
    /// Opens or creates a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(_path: &Path) -> Result<Self, JournalError> {
        todo!()
    }

    /// One that is gone with the process: for rehearsals and tests.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory() -> Result<Self, JournalError> {
        todo!()
    }
}
