//! A desk that is started again: it takes up what earlier sessions signed, and makes sure of what became of each.

use std::collections::BTreeSet;

use super::alarms::{Cause, Condition};
use super::connection::Connection;
use super::engine::Engine;
use super::inventory::Stock;
use super::memory::{Fate, Print, Remembered};
use super::snapshot::Priority;
use super::state::State;
use super::words::revision_words;
use crate::dispatch::{Dispatch, DispatchKey, Revision, SignedDispatch};
use crate::journal::{Entry, EntryKind};
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

/// Why a revision that was about to be sent when the desk ended does not stand at the VTN.
const ENDED_BEFORE: &str = "the desk ended before the VTN confirmed it, and the VTN does not hold it";

/// What earlier sessions signed, and what is still to be made sure of.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// Of these the VTN may hold something.
    signed: BTreeSet<DispatchKey>,
    /// Of these nothing is known, since when.
    revisions: Vec<(DispatchKey, Revision, UtcTime)>,
    /// What FSPs said and is in the journal.
    said: BTreeSet<Print>,
    /// Over what the VTN was spoken to.
    connection: Option<Connection>,
    /// When the last session ended.
    ended: Option<UtcTime>,
}

impl State {
    /// Takes up what earlier sessions with the VTN at this address left in the journal.
    pub(super) fn recall(&mut self, url: &str, now: UtcTime) -> Unsettled {
        let mut memory = match self.record.memory(url) {
            Ok(memory) => memory,
            Err(fault) => {
                self.alarm(now, &unreadable(&fault));
                return Unsettled::default();
            }
        };
        let (ended, connection) = (memory.ended, memory.connection.take());
        let said = std::mem::take(&mut memory.said);
        let mut unsettled = Unsettled { ended, connection, said, ..Unsettled::default() };
        let mut long_over = Vec::new();
        for remembered in std::mem::take(&mut memory.revisions) {
            let dispatch = &remembered.signed.dispatch;
            let is_long_over = self.book.passes_over(dispatch, now);
            if !self.is_own(&remembered.signed) {
                continue;
            }
            if is_long_over {
                long_over.push(remembered);
                continue;
            }
            unsettled.signed.insert(dispatch.key());
            if remembered.fate.is_none() {
                unsettled.revisions.push((dispatch.key(), dispatch.revision, remembered.intended));
            }
            self.take_up_again(remembered);
        }
        self.note_what_was_missed(now, &memory, &long_over);
        memory.delivered.iter().for_each(|key| self.book.reckoned(key));
        self.alarms.recall(memory.alarms);
        self.alarms.lost_clients().into_iter().for_each(|fsp| self.links.was_lost(fsp));
        if let Some(ended) = ended {
            self.links.began_after(ended);
        }
        unsettled
    }

    /// Whether this desk's own key signed it, as of then.
    fn is_own(&self, signed: &SignedDispatch) -> bool {
        let dispatch = &signed.dispatch;
        let keys = self.register.own_keys(&dispatch.network_operator);
        keys.is_some_and(|keys| signed.verify(keys, dispatch.instruction_time).is_ok())
    }

    fn take_up_again(&mut self, Remembered { signed, fate, .. }: Remembered) {
        let limits = self.register.ack_limits(&signed.dispatch);
        let dispatch = signed.dispatch.clone();
        let (held, fault) = match fate {
            Some((at, Fate { event: Some(event), .. })) => (Some((event, at)), None),
            Some((_, Fate { fault, .. })) => (None, fault),
            None => (None, None),
        };
        self.book.recall(signed, limits, held, fault);
        self.recall_approval(&dispatch);
    }
}

impl Engine {
    /// Goes on with what earlier sessions left.
    pub(super) fn settling(mut self, mut unsettled: Unsettled) -> Self {
        unsettled.signed.iter().for_each(|key| self.lanes.attempted_before(key.clone()));
        self.told = unsettled.ended;
        if !unsettled.signed.is_empty() {
            self.stock = Stock::going_on(self.clock.now_seconds());
        }
        self.connected_before = unsettled.connection.take();
        self.said_before = std::mem::take(&mut unsettled.said);
        self.unsettled_before = unsettled;
        self
    }

    /// It is known what the VTN holds: so it is of each revision of which nothing was known.
    pub(super) fn settle_what_was_before(&mut self, now: UtcTime, events: &[Event]) {
        for (key, revision, intended) in std::mem::take(&mut self.unsettled_before.revisions) {
            let Some(remembered) = self.state.book.get(&key).and_then(|s| s.revision(revision)).cloned()
            else {
                continue;
            };
            let dispatch = &remembered.signed.dispatch;
            if remembered.sent.is_none() {
                let holds_later = events.iter().find(|event| {
                    mapping::identity_of(event).is_some_and(|(k, held)| k == key && held > revision)
                });
                match holds_later.and_then(|event| event.meta.id.as_deref()) {
                    Some(event_id) => self.state.book.sent(&key, revision, event_id, intended),
                    None => self.state.book.not_sent(&key, revision, ENDED_BEFORE),
                }
            }
            let fault = self.state.book.get(&key).and_then(|s| s.revision(revision)?.fault.clone());
            let words = revision_words(dispatch);
            let text = match &fault {
                Some(fault) => format!("{words} was not sent: {fault}"),
                None => format!("the VTN has {words}; the desk had ended before it was confirmed"),
            };
            let fate = self.state.book.fate_of(&key, revision, fault.as_ref());
            self.note_fate(now, dispatch, text, &fate);
        }
    }

    /// Journals what became of a revision.
    pub(super) fn note_fate(&mut self, now: UtcTime, dispatch: &Dispatch, text: String, fate: &Fate) {
        self.state.record.note(Entry {
            at: now,
            kind: EntryKind::Sent,
            dispatch: Some(dispatch.key()),
            unit: Some(dispatch.unit.clone()),
            text,
            document: fate.to_json(),
        });
    }
}

fn unreadable(fault: &str) -> Condition {
    Condition {
        cause: Cause::Journal,
        priority: Priority::High,
        text: format!(
            "The journal cannot be read: {fault}. What earlier sessions sent is known only as far as the VTN holds it: restore the file, and look at each open dispatch."
        ),
        source: "desk".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}
