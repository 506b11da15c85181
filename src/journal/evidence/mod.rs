//! Evidence of one dispatch: what the journal holds of it with everything that was signed, and the proof of its place. Of
//! the entries in between, which are others' business, only the hash of their content is shown; so the chain can be followed
//! from the first entry to a head that the dispatch's own operator signed. Pure, but for the journal that it is gathered from.

mod file;
mod judge;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::chain;
use super::{Entry, EntryKind, Journal, JournalError, Recorded, SignedHead};
use crate::dispatch::{Approval, DispatchKey, FspId, OperatorId, PublicKey};

pub use judge::{Fact, Judgement};

/// So many entries are read at a time.
const PAGE: usize = 1000;

/// Whose a key is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A network operator's: dispatches and heads.
    Operator(OperatorId),
    /// An FSP's: acknowledgements.
    Fsp(FspId),
    /// A person's, by name: approvals.
    Approver(String),
}

/// A public key and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedKey {
    /// Whose.
    pub owner: Owner,
    /// The key.
    pub key: PublicKey,
}

/// One dispatch's evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The dispatch, through all its revisions.
    pub dispatch: DispatchKey,
    /// The keys of those who signed anything of it, as whoever gathered it had them pinned.
    pub keys: Vec<OwnedKey>,
    /// The hash of the entry before the first one of the span.
    pub before: String,
    /// Entries without a gap, the last one a head of the dispatch's operator.
    pub span: Vec<Shown>,
}

/// An entry of the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its number in the journal.
    pub number: u64,
    /// What is shown of it.
    pub said: Said,
}

/// What is shown of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// All of it.
    Open(Box<Entry>),
    /// The hash of its content alone, in 64 hex digits.
    Sealed(String),
}

/// Why there is no evidence.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFault {
    /// The journal holds nothing of it.
    #[error("the journal holds nothing of dispatch {0}")]
    Unknown(DispatchKey),
    /// The journal is not as it was written.
    #[error("the journal is not as it was written, and proves nothing: {0}")]
    Altered(String),
    /// Nobody signed a head after the last entry.
    #[error(
        "{operator} has not signed the journal after entry {last}, the last one of the dispatch; that is done within five minutes, and when the session ends"
    )]
    NotSigned {
        /// The dispatch's operator.
        operator: OperatorId,
        /// The last entry of the dispatch.
        last: u64,
    },
    /// The journal is of the older form.
    #[error(
        "an older version of this program began the journal, in which no entry can be shown without those around it; hand over the journal itself"
    )]
    Older,
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Evidence {
    /// Gathers it from a journal that is as it was written. Of `keys` those are taken along that may have signed anything of it.
    ///
    /// # Errors
    /// [`EvidenceFault`].
    pub fn gather(
        journal: &Journal,
        dispatch: &DispatchKey,
        keys: &[OwnedKey],
    ) -> Result<Self, EvidenceFault> {
        if !journal.shows_places() {
            return Err(EvidenceFault::Older);
        }
        if let Some(finding) = journal.audit()?.findings.first() {
            return Err(EvidenceFault::Altered(finding.to_string()));
        }
        let mut span = Span::of(dispatch);
        let mut number = 0;
        loop {
            let page = journal.entries(number, PAGE)?;
            // Only the journal's end tells that no later entry is of the dispatch.
            let Some(last) = page.last() else { return span.close(keys) };
            number = last.number;
            for recorded in page {
                span.take(recorded)?;
            }
        }
    }
}

/// The span while it is gathered.
struct Span<'d> {
    dispatch: &'d DispatchKey,
    before: String,
    shown: Vec<Shown>,
    /// The number of the last entry that is of the dispatch.
    last: Option<u64>,
    /// How many are shown with the first head after that.
    to_head: Option<usize>,
}

impl<'d> Span<'d> {
    fn of(dispatch: &'d DispatchKey) -> Self {
        Self { dispatch, before: String::new(), shown: Vec::new(), last: None, to_head: None }
    }

    fn take(&mut self, recorded: Recorded) -> Result<(), JournalError> {
        let Recorded { number, entry, previous, .. } = recorded;
        let is_of_it = is_of(&entry, self.dispatch);
        if self.last.is_none() {
            if !is_of_it {
                return Ok(());
            }
            self.before = previous;
        }
        let is_head = self.to_head.is_none() && self.is_signed_by_its_operator(&entry);
        let said = if is_of_it || is_head {
            Said::Open(Box::new(entry))
        } else {
            Said::Sealed(chain::content_hash(number, &entry)?)
        };
        self.shown.push(Shown { number, said });
        if is_of_it {
            self.last = Some(number);
            self.to_head = None;
        } else if is_head {
            self.to_head = Some(self.shown.len());
        }
        Ok(())
    }

    fn is_signed_by_its_operator(&self, entry: &Entry) -> bool {
        let signed = entry.document.as_deref().filter(|_| entry.kind == EntryKind::Head);
        let signed = signed.and_then(|document| SignedHead::from_json(document).ok());
        signed.is_some_and(|signed| {
            signed.head.operator == self.dispatch.operator
                && self.last.is_some_and(|last| signed.head.number >= last)
        })
    }

    fn close(mut self, keys: &[OwnedKey]) -> Result<Evidence, EvidenceFault> {
        let Some(last) = self.last else { return Err(EvidenceFault::Unknown(self.dispatch.clone())) };
        let Some(shown) = self.to_head else {
            return Err(EvidenceFault::NotSigned { operator: self.dispatch.operator.clone(), last });
        };
        self.shown.truncate(shown);
        let fsps: BTreeSet<&FspId> = self.shown.iter().filter_map(Shown::entry).filter_map(fsp_of).collect();
        let may_have_signed = |owned: &&OwnedKey| match &owned.owner {
            Owner::Operator(operator) => *operator == self.dispatch.operator,
            Owner::Fsp(fsp) => fsps.contains(fsp),
            Owner::Approver(_) => true,
        };
        let keys = keys.iter().filter(may_have_signed).cloned().collect();
        Ok(Evidence { dispatch: self.dispatch.clone(), keys, before: self.before, span: self.shown })
    }
}

impl Shown {
    fn entry(&self) -> Option<&Entry> {
        match &self.said {
            Said::Open(entry) => Some(entry),
            Said::Sealed(_) => None,
        }
    }
}

fn fsp_of(entry: &Entry) -> Option<&FspId> {
    entry.unit.as_ref().map(|unit| &unit.fsp)
}

/// Whether an entry is of a dispatch: about it, or an approval that it is among.
fn is_of(entry: &Entry, dispatch: &DispatchKey) -> bool {
    let is_approved = || {
        let document = entry.document.as_deref().filter(|_| entry.kind == EntryKind::Approval);
        let approval = document.and_then(|document| Approval::from_json(document).ok());
        let name = format!("{dispatch} revision ");
        approval.is_some_and(|approval| approval.approved.names().iter().any(|n| n.starts_with(&name)))
    };
    entry.dispatch.as_ref() == Some(dispatch) || is_approved()
}
