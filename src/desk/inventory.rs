//! Taking stock: at intervals, all that stands at the VTN under this desk's name is held against what this desk sent. A late
//! copy of an old request, another writer or a VTN that lies may have put an older revision back, damaged a document,
//! doubled it or taken it away. Whatever stands otherwise is written again as it was signed, a copy is taken away, and both
//! are told.

use std::collections::BTreeSet;

use super::alarms::{Cause, Condition};
use super::engine::{Brought, Engine, Task};
use super::snapshot::{DispatchState, Priority};
use crate::dispatch::{DispatchKey, SignedDispatch};
use crate::journal::EntryKind;
use crate::openadr::client::ClientError;
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

/// Seconds from one stock-taking to the next, at least.
const EVERY_S: f64 = 60.0;
/// And so many times as long as the last one took: of ten thousand dispatches it takes its time.
const TIMES_AS_LONG: f64 = 30.0;

/// What is over is looked after for this long, seconds: it is what both sides go by when they settle.
const AFTER_S: i64 = 3600;

/// When stock is taken next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stock {
    /// At this instant, in seconds of UTC.
    Due(f64),
    /// It is under way, since this instant.
    UnderWay(UtcTime),
}

impl Stock {
    /// For a desk that begins now: it has just made sure of everything.
    pub(super) fn beginning(now: f64) -> Self {
        Self::Due(now + EVERY_S)
    }
}

/// What stands at the VTN otherwise than it was sent.
enum Otherwise {
    /// It is written again: what was found, in words.
    Restore(DispatchKey, String),
    /// This event is a copy of what stands in another.
    Copy(DispatchKey, String),
    /// What this desk does not know of it, or did not sign.
    Unknown,
}

impl Engine {
    /// Takes stock when it is time to, and while there is anything that could be lost.
    pub(super) fn take_stock_in_time(&mut self, now: UtcTime) {
        let Stock::Due(due) = self.stock else { return };
        if self.clock.now_seconds() < due || self.taking_up || !self.has_windows(now) {
            return;
        }
        self.stock = Stock::UnderWay(now);
        let client = self.client.clone();
        self.start(Task::Stock, async move { Brought::Stock(client.events(None).await) });
    }

    /// Whether any window is not over, of what was stopped as well: a copy of what it was before could be obeyed.
    fn has_windows(&self, now: UtcTime) -> bool {
        let mut revisions = self.state.book.iter().flat_map(|state| &state.revisions);
        revisions.any(|revision| now < revision.signed.dispatch.service_end + AFTER_S)
    }

    pub(super) fn stock_taken(
        &mut self,
        now: UtcTime,
        events: Result<Vec<Event>, ClientError>,
        took: std::time::Duration,
    ) {
        let asked = if let Stock::UnderWay(asked) = self.stock { asked } else { now };
        let pause = EVERY_S.max(took.as_secs_f64() * self.clock.rate().value() * TIMES_AS_LONG);
        self.stock = Stock::Due(self.clock.now_seconds() + pause);
        // A VTN that does not answer is told of by the looks.
        let Ok(events) = events else { return };
        let mut restored = BTreeSet::new();
        for event in events.iter().filter(|event| !mapping::is_anchor(event)) {
            match self.otherwise(now, asked, event) {
                None => {}
                Some(Otherwise::Unknown) => self.take_up(now, event),
                Some(Otherwise::Copy(key, id)) => self.take_away(now, &key, id),
                Some(Otherwise::Restore(key, _)) if !restored.insert(key.clone()) => {}
                Some(Otherwise::Restore(key, found)) => {
                    self.restore(now, &key, &found, event.meta.id.clone().unwrap_or_default());
                }
            }
        }
        self.write_lost_again(now, asked, &events);
    }

    /// What is wrong with an event that was fetched when it was `asked` for; nothing while its dispatch is being sent.
    fn otherwise(&self, now: UtcTime, asked: UtcTime, event: &Event) -> Option<Otherwise> {
        let id = event.meta.id.as_deref()?;
        let identity = mapping::identity_of(event);
        let ours = self.state.book.of_event(id);
        let by_name = identity.as_ref().and_then(|(key, _)| self.state.book.get(key));
        let Some(state) = ours.or(by_name) else { return Some(Otherwise::Unknown) };
        if self.lanes.is_busy(&state.key) || is_moving(state, asked) {
            return None;
        }
        let held = mapping::dispatch_from(event).ok();
        let Some(current) = self.state.book.event_of(&state.key) else {
            // It was said that it could not be sent, and came all the same.
            return Some(Otherwise::Unknown);
        };
        let sent = last_sent(state)?;
        if current != id {
            // Whatever was signed by another, or is newer than what is known here, is not this desk's to take away.
            let is_old =
                |signed: &SignedDispatch| signed.dispatch.revision < sent.dispatch.revision || signed == sent;
            let is_copy = held.filter(is_old).is_some_and(|signed| self.verify_own(signed, now).is_ok());
            return Some(if is_copy {
                Otherwise::Copy(state.key.clone(), id.to_owned())
            } else {
                Otherwise::Unknown
            });
        }
        if held.as_ref() == Some(sent) || now >= sent.dispatch.service_end + AFTER_S {
            return None;
        }
        let found = match identity {
            Some((key, revision)) if key != state.key => format!("{key} revision {revision}"),
            Some((_, revision)) if revision != sent.dispatch.revision => format!("revision {revision}"),
            _ => "another content".to_owned(),
        };
        Some(Otherwise::Restore(state.key.clone(), found))
    }

    /// Writes what was sent last once more.
    fn restore(&mut self, now: UtcTime, key: &DispatchKey, found: &str, event_id: String) {
        let Some(sent) = self.state.book.get(key).and_then(|state| last_sent(state).cloned()) else { return };
        let revision = sent.dispatch.revision;
        let unit = sent.dispatch.unit.clone();
        let text =
            format!("the VTN held {found} where {key} revision {revision} was sent: it is written again");
        self.state.record.say_of(now, EntryKind::Sent, (key, &unit), text);
        self.state.alarm(
            now,
            &Condition {
                cause: Cause::Event(event_id),
                priority: Priority::Medium,
                text: format!(
                    "The VTN held {found} where {key} revision {revision} was sent; it is written again. Find out who else writes to this VTN, and see that the FSP answers revision {revision}."
                ),
                source: "VTN".to_owned(),
                unit: Some(unit),
                dispatch: Some(key.clone()),
                heard_through: None,
                silences: false,
            },
        );
        let errand = self.errand(sent, None);
        self.lanes.add(errand, self.clock.now_millis());
        self.run_errands(now);
    }

    /// Takes away a copy of a dispatch: two events of one dispatch can be read as two.
    fn take_away(&mut self, now: UtcTime, key: &DispatchKey, id: String) {
        if let Some(unit) = self.state.book.get(key).and_then(|s| s.dispatch()).map(|d| d.unit.clone()) {
            let text = format!("the VTN holds a second event of {key}: that copy is taken away");
            self.state.record.say_of(now, EntryKind::Sent, (key, &unit), text);
        }
        let client = self.client.clone();
        self.start(
            Task::TakeAway(key.clone()),
            async move { Brought::TakenAway(client.delete_event(&id).await) },
        );
    }

    /// What could not be taken away is found again when stock is taken next.
    pub(super) fn taken_away(&mut self, now: UtcTime, key: &DispatchKey, result: Result<(), ClientError>) {
        let unit = self.state.book.get(key).and_then(|s| s.dispatch()).map(|d| d.unit.clone());
        if let (Err(error), Some(unit)) = (result, unit) {
            let text = format!("the copy of {key} could not be taken away: {error}");
            self.state.record.say_of(now, EntryKind::Sent, (key, &unit), text);
        }
    }
}

/// Whether a revision is on its way, or went since the events were `asked` for.
fn is_moving(state: &DispatchState, asked: UtcTime) -> bool {
    state.revisions.iter().any(|revision| match revision.sent {
        Some(at) => at >= asked,
        None => revision.fault.is_none(),
    })
}

/// The greatest revision that the VTN has confirmed.
fn last_sent(state: &DispatchState) -> Option<&SignedDispatch> {
    let sent = state.revisions.iter().rev().find(|revision| revision.sent.is_some());
    sent.map(|revision| &revision.signed)
}
