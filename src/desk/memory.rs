//! What earlier sessions of this desk with the same VTN left in the journal: the revisions that it signed, what became of
//! each, and the alarms as they stood. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::alarms::Kept;
use crate::dispatch::{DispatchKey, Revision, SignedDispatch, dispatch_from_json};
use crate::journal::{EntryKind, Recorded};
use crate::time::UtcTime;

/// Among so many of the last entries of the journal is looked for what is still of matter.
pub(super) const LOOKED_THROUGH: u64 = 200_000;

/// The kinds of entries that are looked through.
pub(super) const KINDS: [EntryKind; 4] =
    [EntryKind::Session, EntryKind::Intent, EntryKind::Sent, EntryKind::Alarm];

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

impl Memory {
    /// What these entries, oldest first, tell of sessions with the VTN at this address. What other VTNs held is not this
    /// one's business: nothing of it may come to be sent here.
    pub(super) fn of(entries: &[Recorded], url: &str) -> Self {
        let mut memory = Self::default();
        let mut revisions: Vec<Option<Remembered>> = Vec::new();
        let mut places: BTreeMap<(DispatchKey, Revision), usize> = BTreeMap::new();
        let mut is_its = false;
        for Recorded { entry, .. } in entries {
            if let Some(with) =
                entry.text.strip_prefix(SESSION_BEGAN).filter(|_| entry.kind == EntryKind::Session)
            {
                is_its = with == url;
            }
            if !is_its {
                continue;
            }
            memory.ended = Some(entry.at);
            let Some(document) = &entry.document else { continue };
            match entry.kind {
                EntryKind::Intent => {
                    let Some(signed) = signed_from(document) else { continue };
                    let place = (signed.dispatch.key(), signed.dispatch.revision);
                    // One that was not sent may have been drawn up anew under the same number.
                    if let Some(before) = places.insert(place, revisions.len()) {
                        revisions[before] = None;
                    }
                    revisions.push(Some(Remembered { signed, intended: entry.at, fate: None }));
                }
                EntryKind::Sent => {
                    let fate = serde_json::from_str::<Fate>(document).ok();
                    let Some((key, fate)) = entry.dispatch.clone().zip(fate) else { continue };
                    let place = places.get(&(key, fate.revision));
                    if let Some(remembered) = place.and_then(|place| revisions[*place].as_mut()) {
                        remembered.fate = Some((entry.at, fate));
                    }
                }
                EntryKind::Alarm => {
                    memory.alarms.extend(serde_json::from_str(document).ok().map(|kept| (entry.at, kept)));
                }
                _ => {}
            }
        }
        memory.revisions = revisions.into_iter().flatten().collect();
        memory
    }
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
        Memory::of(&journal.append_all(entries).unwrap(), HERE)
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
