//! A desk's journal, read for marking: what was signed and what became of it, which alarms came and who took notice, what
//! was delivered.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::desk::{NOT_BELIEVED, NOT_SENT_BY_THIS_DESK};
use crate::dispatch::{Dispatch, DispatchKey, DispatchRef, Revision, Stage, dispatch_from_json};
use crate::journal::{Delivery, EntryKind, Recorded};

/// All that marking goes by.
#[derive(Default)]
pub(super) struct Ledger<'j> {
    /// In the order in which they were signed.
    pub(super) revisions: Vec<Signed<'j>>,
    alarms: Vec<AlarmTurn<'j>>,
    /// The last of each dispatch.
    pub(super) deliveries: BTreeMap<DispatchKey, (Delivery, &'j Recorded)>,
}

/// A revision that was signed.
pub(super) struct Signed<'j> {
    pub(super) dispatch: Dispatch,
    /// Where it stands.
    pub(super) entry: &'j Recorded,
    /// Where it stands that the VTN has it.
    pub(super) taken: Option<&'j Recorded>,
    /// Where it stands that its FSP rejected it.
    pub(super) rejected: Option<&'j Recorded>,
    /// Whether the trainee signed it, and not the story.
    pub(super) is_trainees: bool,
}

impl Signed<'_> {
    /// Whether it asks something of its unit: the VTN has it, and the FSP did not reject it.
    pub(super) fn is_in_force(&self) -> bool {
        self.taken.is_some() && self.rejected.is_none()
    }
}

/// What became of an alarm.
struct AlarmTurn<'j> {
    said: Said,
    entry: &'j Recorded,
}

/// An alarm's document, as far as marking goes by it.
#[derive(Deserialize)]
struct Said {
    alarm: u64,
    turn: String,
    text: String,
}

/// What became of a revision, as far as marking goes by it.
#[derive(Deserialize)]
struct Fate {
    revision: Revision,
    event: Option<String>,
}

/// An acknowledgement, as far as marking goes by it.
#[derive(Deserialize)]
struct Answer {
    revision: Revision,
    stage: String,
}

/// An alarm that said something, and the notice that was taken of it.
pub(super) struct Raised<'j> {
    /// Where it first said so.
    pub(super) raised: &'j Recorded,
    /// Where somebody took notice of it.
    pub(super) acknowledged: Option<&'j Recorded>,
}

impl<'j> Ledger<'j> {
    /// Reads entries, oldest first. Those of the story are told by their references: it sends first revisions alone.
    pub(super) fn of<'s>(entries: &'j [Recorded], story: impl Iterator<Item = &'s DispatchRef>) -> Self {
        let story: BTreeSet<&DispatchRef> = story.collect();
        let mut ledger = Self::default();
        for recorded in entries {
            let Some(document) = recorded.entry.document.as_deref() else { continue };
            match recorded.entry.kind {
                EntryKind::Intent => ledger.sign(recorded, document, &story),
                EntryKind::Sent => ledger.settle(recorded, document),
                EntryKind::Acknowledgement => ledger.answer(recorded, document),
                EntryKind::Alarm => {
                    let said = serde_json::from_str(document).ok();
                    ledger.alarms.extend(said.map(|said| AlarmTurn { said, entry: recorded }));
                }
                EntryKind::Delivery => {
                    if let Ok(delivery) = Delivery::from_json(document) {
                        ledger.deliveries.insert(delivery.key(), (delivery, recorded));
                    }
                }
                _ => {}
            }
        }
        ledger
    }

    fn sign(&mut self, entry: &'j Recorded, document: &str, story: &BTreeSet<&DispatchRef>) {
        let Ok((dispatch, _)) = dispatch_from_json(document) else { return };
        let is_trainees = !(dispatch.revision == Revision::FIRST && story.contains(&dispatch.dispatch_ref));
        self.revisions.push(Signed { dispatch, entry, taken: None, rejected: None, is_trainees });
    }

    fn settle(&mut self, entry: &'j Recorded, document: &str) {
        let (Some(key), Ok(fate)) = (&entry.entry.dispatch, serde_json::from_str::<Fate>(document)) else {
            return;
        };
        if let Some(signed) = self.last_signed(key, fate.revision).filter(|_| fate.event.is_some()) {
            signed.taken.get_or_insert(entry);
        }
    }

    fn answer(&mut self, entry: &'j Recorded, document: &str) {
        let is_believed = [NOT_BELIEVED, NOT_SENT_BY_THIS_DESK].iter().all(|w| !entry.entry.text.contains(w));
        let (Some(key), Ok(answer)) = (&entry.entry.dispatch, serde_json::from_str::<Answer>(document))
        else {
            return;
        };
        if is_believed
            && answer.stage == Stage::Rejected.word()
            && let Some(signed) = self.last_signed(key, answer.revision)
        {
            signed.rejected.get_or_insert(entry);
        }
    }

    /// The last one under this number: one that was not sent may have been drawn up anew.
    fn last_signed(&mut self, key: &DispatchKey, revision: Revision) -> Option<&mut Signed<'j>> {
        self.revisions.iter_mut().rfind(|s| s.dispatch.revision == revision && s.dispatch.key() == *key)
    }

    /// The first alarm that said these words.
    pub(super) fn alarm(&self, words: &str) -> Option<Raised<'j>> {
        let says = |turn: &&AlarmTurn<'_>| {
            turn.said.text.contains(words) && !matches!(turn.said.turn.as_str(), "acknowledged" | "cleared")
        };
        let first = self.alarms.iter().find(says)?;
        let is_notice = |turn: &&AlarmTurn<'_>| {
            turn.said.alarm == first.said.alarm
                && turn.said.turn == "acknowledged"
                && turn.entry.number > first.entry.number
        };
        let acknowledged = self.alarms.iter().find(is_notice).map(|turn| turn.entry);
        Some(Raised { raised: first.entry, acknowledged })
    }

    /// What the trainee signed and the VTN has.
    pub(super) fn trainees(&self) -> impl Iterator<Item = &Signed<'j>> {
        self.revisions.iter().filter(|signed| signed.is_trainees && signed.taken.is_some())
    }
}
