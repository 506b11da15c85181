//! The desk's pen: what is noted in a turn is in the journal before anyone sees the turn's result.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use super::memory::{self, Memory, Remembering};
use super::orders::Unsigned;
use super::restraint::{Restraint, Source};
use crate::dispatch::{
    Approval, DispatchKey, DispatchUnit, OperatorId, SignedAcknowledgement, SigningFault, SigningKey,
};
use crate::journal::{Entry, EntryKind, Head, Journal, JournalError, Recorded};
use crate::time::UtcTime;

/// How many entries a snapshot shows.
const TAIL: usize = 500;

/// How often the operators sign where the journal stands, seconds of domain time.
const HEADS_EVERY_S: i64 = 300;

/// The journal, and what could not be written to it yet.
pub(super) struct Record {
    journal: Journal,
    file: Option<Arc<Path>>,
    tail: VecDeque<Arc<Recorded>>,
    unsaved: Vec<Entry>,
    restraint: Restraint,
    fault: Option<String>,
    /// When heads are signed next.
    heads_due: Option<UtcTime>,
    /// The number of the last entry when heads had been signed: with them the journal ended.
    heads_to: u64,
}

impl Record {
    pub(super) fn new(journal: Journal) -> Self {
        let skip = journal.len().saturating_sub(TAIL.try_into().unwrap_or(u64::MAX));
        let (tail, fault) = match journal.entries(skip, TAIL) {
            Ok(entries) => (entries.into_iter().map(Arc::new).collect(), None),
            Err(error) => (VecDeque::new(), Some(error.to_string())),
        };
        let file = journal.file().map(Arc::from);
        Self {
            journal,
            file,
            tail,
            unsaved: Vec::new(),
            restraint: Restraint::default(),
            fault,
            heads_due: None,
            heads_to: 0,
        }
    }

    /// The approvals of the last sessions, the newest first; those that cannot be read are left to the journal.
    pub(super) fn approvals(&self) -> Vec<Approval> {
        let entries = self.journal.last_of(EntryKind::Approval, TAIL).unwrap_or_default();
        let read = |recorded: &Recorded| Approval::from_json(recorded.entry.document.as_deref()?).ok();
        entries.iter().filter_map(read).collect()
    }

    /// What earlier sessions with the VTN at an address left.
    ///
    /// # Errors
    /// Why the journal cannot be read, in words.
    pub(super) fn memory(&self, url: &str) -> Result<Memory, String> {
        let mut remembering = Remembering::of(url);
        let looked = self
            .journal
            .lately(&memory::KINDS, memory::LOOKED_THROUGH, |recorded| remembering.take(recorded));
        looked.map(|()| remembering.close()).map_err(|error| error.to_string())
    }

    /// Notes an act; it is written with the turn.
    pub(super) fn note(&mut self, entry: Entry) {
        self.unsaved.push(entry);
    }

    /// Notes an act that needs no more than words.
    pub(super) fn say(&mut self, at: UtcTime, kind: EntryKind, text: impl Into<String>) {
        self.note(Entry { at, kind, dispatch: None, unit: None, text: text.into(), document: None });
    }

    /// Notes an act about a dispatch.
    pub(super) fn say_of(
        &mut self,
        at: UtcTime,
        kind: EntryKind,
        about: (&DispatchKey, &DispatchUnit),
        text: impl Into<String>,
    ) {
        let (dispatch, unit) = (Some(about.0.clone()), Some(about.1.clone()));
        self.note(Entry { at, kind, dispatch, unit, text: text.into(), document: None });
    }

    /// Notes what an FSP said, with what it signed.
    pub(super) fn keep(
        &mut self,
        at: UtcTime,
        about: (&DispatchKey, &DispatchUnit),
        text: impl Into<String>,
        signed: &SignedAcknowledgement,
    ) {
        let (dispatch, unit) = (Some(about.0.clone()), Some(about.1.clone()));
        let (kind, document) = (EntryKind::Acknowledgement, Some(signed.to_json()));
        self.note(Entry { at, kind, dispatch, unit, text: text.into(), document });
    }

    /// Whether another entry of this kind from this source is to be noted: of a flood only the number is.
    pub(super) fn admits(&mut self, now: UtcTime, source: Source, kind: &str) -> bool {
        self.restraint.admits(now, source, kind)
    }

    /// Notes how many entries were not admitted in the hours that are over; at the end, in all of them.
    pub(super) fn count_withheld(&mut self, now: UtcTime, is_last: bool) {
        let over = self.restraint.take_over(now, is_last);
        for withheld in over {
            let (kind, unit) = match &withheld.source {
                Source::Alarm(_) => (EntryKind::Alarm, None),
                Source::Unit(unit) => (EntryKind::Acknowledgement, Some(unit.clone())),
                Source::Fsp(_) | Source::Unknown => (EntryKind::Acknowledgement, None),
            };
            let text = withheld.words();
            self.note(Entry { at: now, kind, dispatch: None, unit, text, document: None });
        }
    }

    /// Has each of these operators sign where the journal stands, at intervals: what was written before cannot be written
    /// anew without their keys. Nothing is signed while nothing else was written. Answers whose key does not sign.
    pub(super) fn sign_heads<'k>(
        &mut self,
        now: UtcTime,
        keys: impl Iterator<Item = (&'k OperatorId, Result<&'k SigningKey, SigningFault>)>,
        is_last: bool,
    ) -> Vec<Unsigned> {
        let due = self.heads_due.map_or(now + HEADS_EVERY_S, |due| due.min(now + HEADS_EVERY_S));
        self.heads_due = Some(due);
        let mut faults = Vec::new();
        if !(is_last || now >= due) || !self.unsaved.is_empty() {
            return faults;
        }
        let Ok((number, hash)) = self.journal.end() else { return faults };
        if number == self.heads_to || number == 0 {
            return faults;
        }
        for (operator, key) in keys {
            let head = Head { operator: operator.clone(), number, hash: hash.clone(), at: now };
            let signed = match key.map_err(JournalError::Unsigned).and_then(|key| head.sign(key)) {
                Ok(signed) => signed,
                Err(JournalError::Unsigned(fault)) => {
                    let key_id = Some(fault.key_id.clone());
                    faults.push(Unsigned { operator: operator.clone(), key_id, why: fault.to_string() });
                    continue;
                }
                Err(_) => continue,
            };
            let text = format!("{operator} signs where the journal stands: entry {number}");
            let document = Some(signed.to_json());
            self.note(Entry { at: now, kind: EntryKind::Head, dispatch: None, unit: None, text, document });
        }
        self.heads_due = Some(now + HEADS_EVERY_S);
        if self.save().is_ok() {
            self.heads_to = self.journal.len();
        }
        faults
    }

    /// How much is noted and not written yet.
    pub(super) fn unsaved(&self) -> usize {
        self.unsaved.len()
    }

    /// Takes back what was noted since so much was, and does not come about after all.
    pub(super) fn take_back(&mut self, unsaved: usize) {
        self.unsaved.truncate(unsaved);
    }

    /// Writes what was noted. What cannot be written is kept and tried again with the next turn.
    ///
    /// # Errors
    /// Why the journal cannot be written, in words.
    pub(super) fn save(&mut self) -> Result<(), String> {
        if self.unsaved.is_empty() {
            return Ok(());
        }
        match self.journal.append_all(&self.unsaved) {
            Ok(recorded) => {
                self.unsaved.clear();
                self.fault = None;
                self.tail.extend(recorded.into_iter().map(Arc::new));
                while self.tail.len() > TAIL {
                    self.tail.pop_front();
                }
                Ok(())
            }
            Err(error) => {
                let fault = error.to_string();
                self.fault = Some(fault.clone());
                Err(fault)
            }
        }
    }

    /// The journal with all that could be written.
    pub(super) fn into_journal(self) -> Journal {
        self.journal
    }

    /// Why the journal cannot be written, while it cannot.
    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// The file that all of it stands in; `None` when it is kept in memory alone.
    pub(super) fn file(&self) -> Option<Arc<Path>> {
        self.file.clone()
    }

    /// The last entries, newest last.
    pub(super) fn tail(&self) -> Vec<Arc<Recorded>> {
        self.tail.iter().cloned().collect()
    }
}
