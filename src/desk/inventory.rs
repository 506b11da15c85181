//! Taking stock: at intervals, all that stands at the VTN under this desk's name is held against what this desk sent. A late
//! copy of an old request, another writer or a VTN that lies may have put an older revision back, damaged a document,
//! doubled it or taken it away. Whatever stands otherwise is written again as it was signed, a copy is taken away, and both
//! are told.

use std::collections::BTreeSet;

use super::alarms::{Cause, Condition};
use super::engine::Engine;
use super::snapshot::{DispatchState, Priority};
use super::under_way::{Brought, Task};
use crate::dispatch::{DispatchKey, Revision, SignedDispatch};
use crate::journal::EntryKind;
use crate::openadr::client::ClientError;
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

/// Seconds from one stock-taking to the next, at least.
const EVERY_S: f64 = 60.0;
/// And so many times as long as the last one took: of ten thousand dispatches it takes its time.
const TIMES_AS_LONG: f64 = 30.0;
/// What was given up half-way may have arrived all the same, so many seconds later.
const LATE_S: f64 = 1.0;
/// But never longer: what took its time may have been a bad line, over which most of what stands otherwise comes.
const AT_LEAST_EVERY_S: f64 = 240.0;

/// What is over is looked after for this long, seconds: it is what both sides go by when they settle.
const AFTER_S: i64 = 3600;

/// When stock is taken next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stock {
    /// By the clock.
    Due {
        /// Seconds of UTC.
        at: f64,
        /// Nothing brings it forward to before then, seconds of UTC: it is followed by a rest.
        no_sooner: f64,
    },
    /// It is under way, since this instant.
    UnderWay(UtcTime),
}

impl Stock {
    /// For a desk that begins now: it has just made sure of everything.
    pub(super) fn beginning(now: f64) -> Self {
        Self::Due { at: now + EVERY_S, no_sooner: now }
    }

    /// For a desk that goes on where another ended: what was on its way then may stand beside what took its place.
    pub(super) fn going_on(now: f64) -> Self {
        Self::Due { at: now, no_sooner: now }
    }

    /// After it was taken at `now`, which took so many seconds.
    fn after(now: f64, took_s: f64) -> Self {
        let rest_s = took_s * TIMES_AS_LONG;
        Self::Due {
            at: now + rest_s.clamp(EVERY_S, AT_LEAST_EVERY_S),
            no_sooner: now + rest_s.min(AT_LEAST_EVERY_S),
        }
    }

    /// It is to be taken soon after `now`.
    fn soon(self, now: f64) -> Self {
        match self {
            Self::Due { at, no_sooner } => Self::Due { at: at.min((now + LATE_S).max(no_sooner)), no_sooner },
            under_way @ Self::UnderWay(_) => under_way,
        }
    }

    /// Seconds of UTC; never while it is under way.
    pub(super) fn due(self) -> f64 {
        match self {
            Self::Due { at, .. } => at,
            Self::UnderWay(_) => f64::INFINITY,
        }
    }
}

/// What stands at the VTN otherwise than it was sent.
enum Otherwise {
    /// It is written again: what was found, in words.
    Restore(DispatchKey, String),
    /// This event is a copy of what stands in another.
    Copy(DispatchKey, String),
    /// It stands in this event, and in none that this desk knows of: the answer that named the event was altered.
    Here(DispatchKey, Revision, String),
    /// What this desk does not know of it, or did not sign.
    Unknown,
    /// Its dispatch was on its way while stock was taken, which may be all that it is.
    Moving,
}

impl Engine {
    /// Takes stock when it is time to, and while there is anything that could be lost.
    pub(super) fn take_stock_in_time(&mut self, now: UtcTime) {
        // A desk that only follows puts nothing right.
        if self.follows_only.is_some()
            || self.clock.now_seconds() < self.stock.due()
            || self.taking_up
            || !self.has_windows(now)
        {
            return;
        }
        self.stock = Stock::UnderWay(now);
        let client = self.client.clone();
        self.start(Task::Stock, async move { Brought::Stock(client.events(None).await) });
    }

    /// Has stock taken at the next look: something may stand twice.
    pub(super) fn take_stock_soon(&mut self) {
        self.stock = self.stock.soon(self.clock.now_seconds());
    }

    /// Whether any window is not over, of what was stopped as well: a copy of what it was before could be obeyed.
    fn has_windows(&self, now: UtcTime) -> bool {
        let mut revisions = self.state.book.iter().flat_map(|state| &state.revisions);
        revisions.any(|revision| now < revision.signed.dispatch.service_end + AFTER_S)
    }

    pub(super) fn stock_taken(&mut self, now: UtcTime, events: Result<Vec<Event>, ClientError>, took_s: f64) {
        let asked = if let Stock::UnderWay(asked) = self.stock { asked } else { now };
        self.stock = Stock::after(self.clock.now_seconds(), took_s);
        // A VTN that does not answer is told of by the looks.
        let Ok(events) = events else { return };
        let mut restored = BTreeSet::new();
        let mut moving = false;
        let ids: BTreeSet<&str> = events.iter().filter_map(|event| event.meta.id.as_deref()).collect();
        for event in events.iter().filter(|event| !mapping::is_anchor(event)) {
            match self.otherwise(now, asked, &ids, event) {
                None => {}
                Some(Otherwise::Moving) => moving = true,
                Some(Otherwise::Unknown) => self.take_up(now, event),
                Some(Otherwise::Copy(key, id)) => self.take_away(now, &key, id),
                Some(Otherwise::Here(key, revision, id)) => self.find_elsewhere(now, &key, revision, &id),
                Some(Otherwise::Restore(key, _)) if !restored.insert(key.clone()) => {}
                Some(Otherwise::Restore(key, found)) => {
                    self.restore(now, &key, &found, event.meta.id.clone().unwrap_or_default());
                }
            }
        }
        if moving {
            self.take_stock_soon();
        }
        self.write_lost_again(now, asked, &events);
    }

    /// What is wrong with an event that was fetched with those of these `ids` when it was `asked` for.
    fn otherwise(
        &self,
        now: UtcTime,
        asked: UtcTime,
        ids: &BTreeSet<&str>,
        event: &Event,
    ) -> Option<Otherwise> {
        let id = event.meta.id.as_deref()?;
        let identity = mapping::identity_of(event);
        let ours = self.state.book.of_event(id);
        let by_name = identity.as_ref().and_then(|(key, _)| self.state.book.get(key));
        let Some(state) = ours.or(by_name) else { return Some(Otherwise::Unknown) };
        let found = self.otherwise_of(now, ids, state, (id, event))?;
        let is_moving = self.lanes.is_busy(&state.key) || is_moving(state, asked);
        Some(if is_moving { Otherwise::Moving } else { found })
    }

    /// What is wrong with an event of a dispatch that is known here.
    fn otherwise_of(
        &self,
        now: UtcTime,
        ids: &BTreeSet<&str>,
        state: &DispatchState,
        (id, event): (&str, &Event),
    ) -> Option<Otherwise> {
        let held = mapping::dispatch_from(event).ok();
        let Some(current) = self.state.book.event_of(&state.key) else {
            // It was said that it could not be sent, and came all the same.
            return Some(Otherwise::Unknown);
        };
        let sent = last_sent(state)?;
        if current != id && !ids.contains(current) && held.as_ref() == Some(sent) {
            return Some(Otherwise::Here(state.key.clone(), sent.dispatch.revision, id.to_owned()));
        }
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
        let found = match mapping::identity_of(event) {
            Some((key, revision)) if key != state.key => format!("{key} revision {revision}"),
            Some((_, revision)) if revision != sent.dispatch.revision => format!("revision {revision}"),
            _ => "another content".to_owned(),
        };
        Some(Otherwise::Restore(state.key.clone(), found))
    }

    /// What was sent stands in another event than was thought.
    fn find_elsewhere(&mut self, now: UtcTime, key: &DispatchKey, revision: Revision, event_id: &str) {
        self.state.book.sent(key, revision, event_id, now);
        let fate = self.state.book.fate_of(key, revision, None);
        let state = self.state.book.get(key).and_then(|state| state.revision(revision)).cloned();
        if let Some(found) = state {
            let text = format!("{key} revision {revision} was found at the VTN in event {event_id}");
            self.note_fate(now, &found.signed.dispatch, text, &fate);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_taken_again_soon_however_long_it_took_over_a_bad_line() {
        let due = |took| Stock::after(1000.0, took).due() - 1000.0;
        assert_eq!([0.1, 4.0, 61.5].map(due), [EVERY_S, 120.0, AT_LEAST_EVERY_S]);
    }

    /// Else a fleet of thousands that is stopped unit by unit does nothing but take stock.
    #[test]
    fn what_is_brought_forward_leaves_the_vtn_its_rest() {
        let soon = |took, now| Stock::after(1000.0, took).soon(now).due() - 1000.0;
        assert_eq!(soon(0.1, 1000.0), 3.0);
        assert_eq!(soon(0.1, 1010.0), 10.0 + LATE_S);
        assert_eq!(soon(4.0, 1010.0), 120.0);
        let under_way = Stock::UnderWay(UtcTime::from_unix(1000));
        assert_eq!(under_way.soon(1000.0), under_way);
    }
}
