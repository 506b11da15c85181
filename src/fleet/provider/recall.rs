//! An FSP that is started again goes by its own word: what it has taken on it goes on with, on the path that the clock
//! says; what it has answered it does not answer again; what has come about meanwhile it tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dispatch::{
    Acknowledgement, Arrival, Dispatch, DispatchKey, DispatchParts, Readback, Reason, Revision, Setpoint,
    SignedDispatch, Stage, UnitId, judge_revision,
};
use crate::fleet::controller::{Refusal, Taken};
use crate::fleet::recall::Said;
use crate::fleet::route::Route;
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::UtcTime;

use super::{Entry, Origin, Provider, TOLD_AFTER_S, Verdict};

/// Stages that were told before the FSP was started, each until it comes about again.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<(DispatchKey, Revision, Stage)>);

impl Told {
    /// Whether a stage was told before: true once.
    pub(super) fn take(&mut self, key: &DispatchKey, revision: Revision, stage: Stage) -> bool {
        !self.0.is_empty() && self.0.remove(&(key.clone(), revision, stage))
    }

    /// Forgets the dispatches of which nothing is known.
    pub(super) fn keep(&mut self, is_known: impl Fn(&DispatchKey) -> bool) {
        self.0.retain(|(key, ..)| is_known(key));
    }
}

impl Provider {
    /// The events of a line of which the FSP may have said something that matters still.
    pub(in crate::fleet) fn to_recall(
        &self,
        route: &Route,
        events: &[Arc<Event>],
        now: UtcTime,
    ) -> Vec<String> {
        let matters = |event: &&Arc<Event>| match mapping::dispatch_from(event) {
            Ok(signed) => {
                self.is_recalled_over(route, &signed) && signed.dispatch.service_end + TOLD_AFTER_S > now
            }
            Err(undecodable) => undecodable.unit.as_ref().is_some_and(|unit| self.has(unit)),
        };
        let events = events.iter().filter(|event| !mapping::is_anchor(event));
        events.filter(matters).filter_map(|event| event.meta.id.clone()).collect()
    }

    fn is_recalled_over(&self, route: &Route, signed: &SignedDispatch) -> bool {
        let dispatch = &signed.dispatch;
        self.has(&dispatch.unit) && self.origin(Some(&dispatch.network_operator), route) == Origin::Own
    }

    /// Takes up what it has said itself of the events of a line before it was started, oldest first.
    pub(in crate::fleet) fn take_up(&mut self, route: &Route, events: &[Arc<Event>], said: &[Said]) {
        let taken_on = first_acceptances(said);
        self.wake_units(&taken_on);
        for Said { event_id, acknowledgement } in taken_on {
            if let Some(dispatch) = acknowledgement.readback.as_ref().and_then(document_of) {
                self.go_on_with(route, event_id, acknowledgement, dispatch);
            }
        }
        for event in events {
            let Some(event_id) = &event.meta.id else { continue };
            let Ok(signed) = mapping::dispatch_from(event) else { continue };
            if self.is_recalled_over(route, &signed) {
                self.know_again(&signed, said.iter().filter(|said| said.event_id == *event_id));
            }
        }
        self.told
            .0
            .extend(said.iter().map(|Said { acknowledgement: a, .. }| (a.key.clone(), a.revision, a.stage)));
    }

    /// Lets each unit begin its path before the first thing that it had taken on.
    fn wake_units(&mut self, taken_on: &[&Said]) {
        let mut first: BTreeMap<&UnitId, UtcTime> = BTreeMap::new();
        for Said { acknowledgement: a, .. } in taken_on {
            let at = first.entry(&a.unit.unit).or_insert(a.at);
            *at = a.at.min(*at);
        }
        for (unit, at) in first {
            if let Some(controller) = self.controllers.get_mut(unit) {
                controller.wakes_at(at);
            }
        }
    }

    /// Hands a unit what it had taken on, as of then.
    fn go_on_with(&mut self, route: &Route, event_id: &str, said: &Acknowledgement, dispatch: Dispatch) {
        let key = dispatch.key();
        let is_superseded = self.ledger.get(&key).is_some_and(|e| e.dispatch.revision >= dispatch.revision);
        let Some(controller) = self.controllers.get_mut(&dispatch.unit.unit) else { return };
        if is_superseded || dispatch.unit != said.unit || key != said.key {
            return;
        }
        controller.recall(&dispatch, said.at);
        let taken = Taken {
            stage: said.stage,
            readback: said.readback.clone().unwrap_or_default(),
            detail: said.detail.clone(),
            reached_at: said.reached_at,
        };
        let taken_on_event = Some(route.place(event_id));
        let entry = Entry { dispatch, verdict: Verdict::Taken(taken), taken_on_event };
        self.ledger.insert(key, Box::new(entry));
    }

    /// Knows the revision that an event holds again, where it was judged before.
    fn know_again<'a>(&mut self, signed: &SignedDispatch, said: impl Iterator<Item = &'a Said>) {
        let dispatch = &signed.dispatch;
        let key = dispatch.key();
        let held = self.ledger.get_mut(&key);
        match judge_revision(held.as_ref().map(|entry| &entry.dispatch), dispatch) {
            // What a unit does not act on is not in its own model, and is in the event.
            Arrival::Conflicting => {
                if let Some(entry) = held.filter(|entry| is_model_of(&entry.dispatch, dispatch)) {
                    entry.dispatch = dispatch.clone();
                }
            }
            Arrival::New | Arrival::Supersedes => {
                let refused = |said: &&Said| {
                    let a = &said.acknowledgement;
                    a.key == key && a.revision == dispatch.revision && a.stage == Stage::Rejected
                };
                let refusal = said.filter(refused).last().and_then(|said| refusal_of(&said.acknowledgement));
                let is_signed = self.verify(signed, dispatch.instruction_time).is_ok();
                if let Some(refusal) = refusal.filter(|_| is_signed) {
                    let taken_on_event = self.ledger.get(&key).and_then(|e| e.taken_on_event.clone());
                    let verdict = Verdict::Refused(refusal);
                    let entry = Entry { dispatch: dispatch.clone(), verdict, taken_on_event };
                    self.ledger.insert(key, Box::new(entry));
                }
            }
            Arrival::Duplicate | Arrival::Stale => {}
        }
    }
}

/// Of each revision that was taken on the first acknowledgement that says so, in order of time.
fn first_acceptances(said: &[Said]) -> Vec<&Said> {
    let mut seen = BTreeSet::new();
    let taken_on = said.iter().filter(|said| said.acknowledgement.stage.carries_readback());
    taken_on.filter(|said| seen.insert((&said.acknowledgement.key, said.acknowledgement.revision))).collect()
}

/// The dispatch that was read back; `None` when the read-back is not whole.
fn document_of(readback: &Readback) -> Option<Dispatch> {
    let readback = readback.clone();
    Dispatch::new(DispatchParts {
        network_operator: readback.network_operator?,
        dispatch_ref: readback.dispatch_ref?,
        revision: readback.revision?,
        status: readback.status?,
        contract: readback.contract?,
        unit: readback.unit?,
        instruction_time: readback.instruction_time?,
        service_start: readback.service_start?,
        service_end: readback.service_end?,
        setpoints: readback.setpoints?,
    })
    .ok()
}

/// Whether a unit's own model of before is of this dispatch, but for what it leaves out: reactive power that it does not
/// control, and a reference that it takes for another.
fn is_model_of(own: &Dispatch, dispatch: &Dispatch) -> bool {
    let own_levels = own.setpoints.iter().map(|own| (own.at, own.real.map(|real| (real.watts, real.price))));
    let levels = |with_reactive_alone: bool| {
        let real = |s: &Setpoint| (s.at, s.real.map(|real| (real.watts, real.price)));
        dispatch.setpoints.iter().filter(move |s| with_reactive_alone || s.real.is_some()).map(real)
    };
    let same_levels = own_levels.clone().eq(levels(true)) || own_levels.eq(levels(false));
    let without_levels = |d: &Dispatch| DispatchParts { setpoints: Vec::new(), ..d.parts().clone() };
    same_levels && without_levels(own) == without_levels(dispatch)
}

/// Why it was refused; `None` for a signature that did not hold then: that says nothing of the dispatch.
fn refusal_of(said: &Acknowledgement) -> Option<Refusal> {
    let reason = said.reason.filter(|reason| *reason != Reason::BadSignature)?;
    Some(Refusal::new(reason, said.detail.clone().unwrap_or_default()))
}
