//! What earlier sessions of this desk with the same VTN left in the journal: the revisions that it signed, what became of
//! each, what FSPs said, the alarms as they stood, and over what the VTN was spoken to. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::alarms::Kept;
use super::connection::Connection;
use crate::dispatch::{DispatchKey, Revision, SignedDispatch, dispatch_from_json};
use crate::journal::{EntryKind, Recorded};
use crate::time::UtcTime;

/// Among so many of the last entries of the journal is looked for what is still of matter.
pub(super) const LOOKED_THROUGH: u64 = 200_000;

/// The kinds of entries that are looked through.
pub(super) const KINDS: [EntryKind; 7] = [
    EntryKind::Session,
    EntryKind::Intent,
    EntryKind::Sent,
    EntryKind::Acknowledgement,
    EntryKind::Alarm,
    EntryKind::Connection,
    EntryKind::Delivery,
];

/// How the entry begins that stands at the beginning of a session, before the VTN's address.
const SESSION_BEGAN: &str = "session began with VTN ";

/// What is journalled when a session begins.
pub(super) fn session_words(url: &str) -> String {
    format!("{SESSION_BEGAN}{url}")
}

/// All that is remembered.
#[derive(Default)]
pub(super) struct Memory {
    /// The revisions that were signed, in the order in which they were.
    pub revisions: Vec<Remembered>,
    /// What became of alarms, oldest first.
    pub alarms: Vec<(UtcTime, Kept)>,
    /// The prints of what FSPs said and is in the journal, whichever VTN told it.
    pub said: BTreeSet<Print>,
    /// The dispatches that are over and whose delivery is in the journal.
    pub delivered: BTreeSet<DispatchKey>,
    /// Over what the VTN was spoken to at last.
    pub connection: Option<Connection>,
    /// When the last of these sessions wrote down anything.
    pub ended: Option<UtcTime>,
}

/// A revision that an earlier session signed.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    pub signed: SignedDispatch,
    /// When it was written down, about to be sent.
    pub intended: UtcTime,
    /// `None` when the session ended before anything was known of it.
    pub fate: Option<(UtcTime, Fate)>,
}

/// What became of a revision, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fate {
    pub revision: Revision,
    /// The VTN's event that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Why it was not sent, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Fate {
    /// As the journal keeps it.
    pub(super) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// Remembers one entry after the other, oldest first.
pub(super) struct Remembering<'u> {
    url: &'u str,
    /// What is read now is of a session with the VTN at this address. What other VTNs held is not this one's business:
    /// nothing of it may come to be sent here.
    is_its: bool,
    memory: Memory,
    revisions: Vec<Option<Remembered>>,
    places: BTreeMap<(DispatchKey, Revision), usize>,
}

impl<'u> Remembering<'u> {
    /// Sessions with the VTN at this address.
    pub(super) fn of(url: &'u str) -> Self {
        let (revisions, places) = (Vec::new(), BTreeMap::new());
        Self { url, is_its: false, memory: Memory::default(), revisions, places }
    }

    /// Takes in the next entry.
    pub(super) fn take(&mut self, Recorded { entry, .. }: &Recorded) {
        if let Some(with) =
            entry.text.strip_prefix(SESSION_BEGAN).filter(|_| entry.kind == EntryKind::Session)
        {
            self.is_its = with == self.url;
        }
        let document = entry.document.as_deref();
        if entry.kind == EntryKind::Acknowledgement {
            self.memory.said.extend(document.map(print_of));
        }
        if !self.is_its {
            return;
        }
        self.memory.ended = Some(entry.at);
        let Some(document) = document else { return };
        match entry.kind {
            EntryKind::Intent => self.take_intent(entry.at, document),
            EntryKind::Sent => {
                let fate = serde_json::from_str::<Fate>(document).ok();
                let Some((key, fate)) = entry.dispatch.clone().zip(fate) else { return };
                let place = self.places.get(&(key, fate.revision));
                if let Some(remembered) = place.and_then(|place| self.revisions[*place].as_mut()) {
                    remembered.fate = Some((entry.at, fate));
                }
            }
            EntryKind::Alarm => {
                let kept = serde_json::from_str(document).ok();
                self.memory.alarms.extend(kept.map(|kept| (entry.at, kept)));
            }
            EntryKind::Connection => self.memory.connection = serde_json::from_str(document).ok(),
            EntryKind::Delivery => self.memory.delivered.extend(entry.dispatch.clone()),
            _ => {}
        }
    }

    fn take_intent(&mut self, intended: UtcTime, document: &str) {
        let Some(signed) = signed_from(document) else { return };
        let key = signed.dispatch.key();
        // What is sent once more may come to deliver again.
        self.memory.delivered.remove(&key);
        let place = (key, signed.dispatch.revision);
        // One that was not sent may have been drawn up anew under the same number.
        if let Some(before) = self.places.insert(place, self.revisions.len()) {
            self.revisions[before] = None;
        }
        self.revisions.push(Some(Remembered { signed, intended, fate: None }));
    }

    /// All that is remembered.
    pub(super) fn close(self) -> Memory {
        Memory { revisions: self.revisions.into_iter().flatten().collect(), ..self.memory }
    }
}

/// What tells a document from every other.
pub(super) type Print = [u8; 32];

/// The print of what an FSP signed, as the journal keeps it.
pub(super) fn print_of(document: &str) -> Print {
    Sha256::digest(document).into()
}

fn signed_from(document: &str) -> Option<SignedDispatch> {
    let (dispatch, signature) = dispatch_from_json(document).ok()?;
    Some(SignedDispatch { dispatch, signature: signature? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, parts, signed};
    use crate::dispatch::Status;
    use crate::journal::{Entry, Journal};

    const HERE: &str = "http://vtn.here";

    fn entry(
        time: &str,
        kind: EntryKind,
        text: &str,
        of: Option<&SignedDispatch>,
        document: Option<String>,
    ) -> Entry {
        let (dispatch, unit) = (of.map(|s| s.dispatch.key()), of.map(|s| s.dispatch.unit.clone()));
        Entry { at: at(time), kind, dispatch, unit, text: text.to_owned(), document }
    }

    fn intent(time: &str, signed: &SignedDispatch) -> Entry {
        entry(time, EntryKind::Intent, "signed, about to be sent", Some(signed), Some(signed.to_json()))
    }

    fn sent(time: &str, signed: &SignedDispatch, event: Option<&str>, fault: Option<&str>) -> Entry {
        let (event, fault) = (event.map(str::to_owned), fault.map(str::to_owned));
        let fate = Fate { revision: signed.dispatch.revision, event, fault };
        entry(time, EntryKind::Sent, "the VTN has it, or not", Some(signed), fate.to_json())
    }

    fn began(time: &str, url: &str) -> Entry {
        entry(time, EntryKind::Session, &session_words(url), None, None)
    }

    fn remembered(entries: &[Entry]) -> Memory {
        let mut journal = Journal::in_memory().unwrap();
        let mut remembering = Remembering::of(HERE);
        journal.append_all(entries).unwrap().iter().for_each(|recorded| remembering.take(recorded));
        remembering.close()
    }

    /// As `revision fate`.
    fn words(memory: &Memory) -> Vec<String> {
        let fate = |r: &Remembered| match &r.fate {
            None => "unknown".to_owned(),
            Some((_, Fate { event: Some(event), .. })) => event.clone(),
            Some((_, Fate { fault, .. })) => fault.clone().unwrap_or_default(),
        };
        memory.revisions.iter().map(|r| format!("{} {}", r.signed.dispatch.revision, fate(r))).collect()
    }

    #[test]
    fn each_revision_is_remembered_with_what_became_of_it_and_none_of_another_vtn() {
        let [one, two, three] = [1, 2, 3].map(|n| signed(parts(n, Status::Run)));
        let memory = remembered(&[
            began("15:00", "http://vtn.elsewhere"),
            intent("15:01", &signed(parts(9, Status::Run))),
            began("15:10", HERE),
            intent("15:11", &one),
            sent("15:12", &one, Some("event-1"), None),
            intent("15:13", &two),
            sent("15:14", &two, None, Some("no answer")),
            intent("15:15", &two),
            intent("15:16", &three),
        ]);
        assert_eq!(words(&memory), ["1 event-1", "2 unknown", "3 unknown"]);
        assert_eq!(memory.ended, Some(at("15:16")));
        assert!(remembered(&[began("15:00", "http://vtn.elsewhere")]).ended.is_none());
    }

    #[test]
    fn what_an_older_journal_does_not_say_is_not_made_up() {
        let one = signed(parts(1, Status::Run));
        let of_old = entry("15:12", EntryKind::Sent, "the VTN has it", Some(&one), None);
        let memory = remembered(&[began("15:10", HERE), intent("15:11", &one), of_old]);
        assert_eq!(words(&memory), ["1 unknown"]);
    }
}
