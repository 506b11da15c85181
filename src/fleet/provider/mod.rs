//! One FSP's judgement: from the events that it sees to acknowledgements. Pure: time is passed in, nothing is sent.

mod answers;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::dispatch::{
    Acknowledgement, Arrival, ContractId, Dispatch, DispatchKey, DispatchUnit, FspId, KeyRing, OperatorId,
    Reason, SignatureFault, SignedDispatch, Stage, UnitId, judge_revision,
};
use crate::openadr::mapping::{self, Heartbeat, Terms, Undecodable};
use crate::openadr::wire::Event;
use crate::profile::fleet::{FleetProfile, Unit};
use crate::time::UtcTime;

use super::controller::{Controller, Happened, Refusal, Taken};
use super::outbox::{Answer, Outbox};
use answers::acknowledgement_of;

/// For how long after its window a dispatch stands in heartbeats, seconds.
const TOLD_AFTER_S: i64 = 24 * 3600;
/// For how long after its window a dispatch's last revision is known, seconds.
const KNOWN_AFTER_S: i64 = 7 * 24 * 3600;
/// For how long a unit's path and what it was asked are kept, seconds.
const PATH_KEPT_S: i64 = 2 * 3600;

/// The last revision of a dispatch whose signature held, and what became of it.
#[derive(Debug)]
struct Entry {
    dispatch: Dispatch,
    verdict: Verdict,
    /// The event of the last revision taken on, which its stages are reported to.
    taken_on_event: Option<String>,
}

#[derive(Clone, Debug)]
enum Verdict {
    Taken(Taken),
    Refused(Refusal),
    /// Its window was over before this FSP first listened.
    Over,
}

/// A dispatch's unit at a time at which it is metered.
pub(super) struct Metered<'a> {
    pub(super) event_id: &'a str,
    pub(super) controller: &'a Controller,
    pub(super) from: UtcTime,
    pub(super) until: UtcTime,
}

/// An event that has come and was not yet judged.
#[derive(Debug)]
struct Arrived {
    event_id: String,
    content: Result<SignedDispatch, Box<Undecodable>>,
}

impl Arrived {
    /// Dispatches are judged in the order in which they were decided.
    fn order(&self) -> (Option<UtcTime>, u32, &str) {
        match &self.content {
            Ok(signed) => {
                let dispatch = &signed.dispatch;
                (Some(dispatch.instruction_time), dispatch.revision.get(), &self.event_id)
            }
            Err(_) => (None, 0, &self.event_id),
        }
    }
}

/// An FSP with its units.
#[derive(Debug)]
pub(super) struct Provider {
    id: FspId,
    operators: BTreeMap<OperatorId, KeyRing>,
    controllers: BTreeMap<UnitId, Controller>,
    /// Events as they were when they were last judged, by id.
    judged: BTreeMap<String, Event>,
    arrived: VecDeque<Arrived>,
    ledger: BTreeMap<DispatchKey, Entry>,
    /// Whether a whole list of events has been seen: what comes later is news.
    has_listened: bool,
}

impl Provider {
    /// An FSP whose units are all at baseline.
    pub(super) fn new(
        id: FspId,
        profile: &FleetProfile,
        operators: BTreeMap<OperatorId, KeyRing>,
        now: UtcTime,
    ) -> Self {
        let controllers =
            profile.units_of(&id).map(|unit| (unit.unit.unit.clone(), Controller::new(unit, now))).collect();
        Self {
            id,
            operators,
            controllers,
            judged: BTreeMap::new(),
            arrived: VecDeque::new(),
            ledger: BTreeMap::new(),
            has_listened: false,
        }
    }

    /// Its id.
    pub(super) fn id(&self) -> &FspId {
        &self.id
    }

    /// Its units.
    pub(super) fn units(&self) -> impl Iterator<Item = &Unit> {
        self.controllers.values().map(Controller::unit)
    }

    /// Takes in everything that the FSP sees at the VTN. What was judged before in the same form costs a comparison;
    /// while the outbox is full, news waits for the next list.
    pub(super) fn receive(&mut self, events: &[Event], now: UtcTime, outbox: &mut Outbox) {
        self.collect(now, outbox);
        let ids: BTreeSet<String> = events.iter().filter_map(|e| e.meta.id.clone()).collect();
        self.judged.retain(|id, _| ids.contains(id));
        for event in events {
            let Some(event_id) = event.meta.id.clone() else { continue };
            if mapping::is_anchor(event) || self.judged.get(&event_id) == Some(event) {
                continue;
            }
            if outbox.is_full() {
                break;
            }
            let content = mapping::dispatch_from(event);
            self.judged.insert(event_id.clone(), event.clone());
            self.arrived.push_back(Arrived { event_id, content });
        }
        self.arrived.make_contiguous().sort_by(|a, b| a.order().cmp(&b.order()));
        // Each is taken out before it is judged: one that cannot be judged must not come back for ever.
        while let Some(arrived) = self.arrived.pop_front() {
            match arrived.content {
                Ok(signed) => self.judge(&arrived.event_id, &signed, now, outbox),
                Err(undecodable) => self.reject_undecodable(&arrived.event_id, &undecodable, now, outbox),
            }
            self.collect(now, outbox);
        }
        self.has_listened = true;
        self.forget(now);
    }

    /// Puts every stage that has come by `now` into the outbox.
    pub(super) fn collect(&mut self, now: UtcTime, outbox: &mut Outbox) {
        let mut happened: Vec<(DispatchUnit, Happened)> = Vec::new();
        for controller in self.controllers.values_mut() {
            controller.advance(now);
            let unit = controller.unit().unit.clone();
            happened.extend(controller.take_happened().into_iter().map(|h| (unit.clone(), h)));
        }
        happened.sort_by_key(|(_, h)| h.at);
        for (unit, happened) in happened {
            let Some(event_id) = self.ledger.get(&happened.key).and_then(|e| e.taken_on_event.clone()) else {
                continue;
            };
            let acknowledgement = Acknowledgement {
                key: happened.key,
                unit,
                revision: happened.revision,
                status: Some(happened.status),
                stage: happened.stage,
                at: happened.at,
                readback: None,
                reason: None,
                detail: happened.detail,
                reached_at: None,
            };
            outbox.put(Answer { event_id, acknowledgement });
        }
    }

    /// When the next stage comes.
    pub(super) fn next_stage(&self) -> Option<UtcTime> {
        self.controllers.values().filter_map(Controller::next_stage).min()
    }

    /// Everything that is metered, or will be, for its event.
    pub(super) fn metered(&self) -> impl Iterator<Item = Metered<'_>> {
        self.controllers.values().flat_map(move |controller| {
            controller.metered().filter_map(move |(key, from, until)| {
                let event_id = self.ledger.get(key)?.taken_on_event.as_deref()?;
                Some(Metered { event_id, controller, from, until })
            })
        })
    }

    /// What the FSP says of itself to the buyer of a contract.
    pub(super) fn heartbeat(&self, terms: &Terms, now: UtcTime) -> Heartbeat {
        let is_its = |operator: &OperatorId, contract: &ContractId| {
            *operator == terms.operator && *contract == terms.contract
        };
        Heartbeat {
            operator: terms.operator.clone(),
            fsp: self.id.clone(),
            at: now,
            seen: self
                .ledger
                .iter()
                .filter(|(_, e)| is_its(&e.dispatch.network_operator, &e.dispatch.contract))
                .filter(|(_, e)| e.dispatch.service_end + TOLD_AFTER_S > now)
                .map(|(key, e)| (key.clone(), e.dispatch.revision))
                .collect(),
            units: self
                .controllers
                .values()
                .filter(|c| is_its(&c.unit().operator, &c.unit().contract))
                .map(|c| c.pulse(now))
                .collect(),
        }
    }

    fn forget(&mut self, now: UtcTime) {
        self.ledger.retain(|_, entry| entry.dispatch.service_end + KNOWN_AFTER_S > now);
        for controller in self.controllers.values_mut() {
            controller.forget_before(now - PATH_KEPT_S);
        }
    }

    fn judge(&mut self, event_id: &str, signed: &SignedDispatch, now: UtcTime, outbox: &mut Outbox) {
        let dispatch = &signed.dispatch;
        if dispatch.unit.fsp != self.id {
            tracing::debug!(fsp = %self.id, dispatch = %dispatch.key(), unit = %dispatch.unit, "another FSP's, left alone");
            return;
        }
        let mut say = |stage, verdict: Option<&Verdict>| {
            let acknowledgement = acknowledgement_of(dispatch, stage, verdict, now);
            outbox.put(Answer { event_id: event_id.to_owned(), acknowledgement });
        };
        if let Err(refusal) = self.verify(signed, now) {
            tracing::warn!(fsp = %self.id, dispatch = %dispatch.key(), detail = %refusal.detail, "bad signature");
            say(Stage::Rejected, Some(&Verdict::Refused(refusal)));
            return;
        }
        let key = dispatch.key();
        let held = self.ledger.get(&key);
        let verdict = match judge_revision(held.map(|e| &e.dispatch), dispatch) {
            Arrival::Stale => {
                let held = held.map_or(0, |e| e.dispatch.revision.get());
                tracing::info!(fsp = %self.id, dispatch = %key, revision = %dispatch.revision, held, "stale, ignored");
                return;
            }
            Arrival::Duplicate => self.again(event_id, &key),
            Arrival::Conflicting => Verdict::Refused(Refusal::new(
                Reason::ConflictingRevision,
                format!(
                    "revision {} was seen before with other content; send a greater one",
                    dispatch.revision
                ),
            )),
            Arrival::New | Arrival::Supersedes if !self.has_listened && dispatch.service_end <= now => {
                self.enter(event_id, dispatch, Verdict::Over)
            }
            Arrival::New | Arrival::Supersedes => {
                let verdict = self.decide(dispatch, now).map_or_else(Verdict::Refused, Verdict::Taken);
                self.enter(event_id, dispatch, verdict)
            }
        };
        let stage = match &verdict {
            Verdict::Over => return,
            Verdict::Taken(taken) => taken.stage,
            Verdict::Refused(_) => Stage::Rejected,
        };
        say(Stage::Received, None);
        say(stage, Some(&verdict));
    }

    /// What was answered before is answered again. A VTN that lost its events has it on a new one: from now on it is
    /// reported there.
    fn again(&mut self, event_id: &str, key: &DispatchKey) -> Verdict {
        let Some(entry) = self.ledger.get_mut(key) else { return Verdict::Over };
        if matches!(entry.verdict, Verdict::Taken(_)) {
            entry.taken_on_event = Some(event_id.to_owned());
        }
        entry.verdict.clone()
    }

    fn verify(&self, signed: &SignedDispatch, now: UtcTime) -> Result<(), Refusal> {
        let operator = &signed.dispatch.network_operator;
        let fault = match self.operators.get(operator) {
            Some(keys) => match signed.verify(keys, now) {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            },
            None => SignatureFault::UnknownKey(signed.signature.key_id.clone()),
        };
        Err(Refusal::new(Reason::BadSignature, format!("{fault} (network operator {operator})")))
    }

    /// Writes down what became of a revision whose signature held.
    fn enter(&mut self, event_id: &str, dispatch: &Dispatch, verdict: Verdict) -> Verdict {
        let key = dispatch.key();
        let taken_on_event = match verdict {
            Verdict::Taken(_) => Some(event_id.to_owned()),
            _ => self.ledger.get(&key).and_then(|e| e.taken_on_event.clone()),
        };
        let entry = Entry { dispatch: dispatch.clone(), verdict: verdict.clone(), taken_on_event };
        self.ledger.insert(key, entry);
        verdict
    }

    /// Hands a dispatch to its unit's controller.
    fn decide(&mut self, dispatch: &Dispatch, now: UtcTime) -> Result<Taken, Refusal> {
        let unit = &dispatch.unit;
        let moved = self.ledger.get(&dispatch.key()).filter(|e| e.taken_on_event.is_some());
        if let Some(entry) = moved.filter(|e| e.dispatch.unit != *unit) {
            let detail = format!(
                "dispatch_unit: {} was taken on by {}, and a revision cannot move it to {unit}; stop it and send a \
                 new dispatch",
                dispatch.key(),
                entry.dispatch.unit
            );
            return Err(Refusal::new(Reason::Malformed, detail));
        }
        let controller = self.controllers.get_mut(&unit.unit).ok_or_else(|| {
            Refusal::new(Reason::UnknownUnit, format!("{unit} is not a unit of {}", self.id))
        })?;
        let contracted = controller.unit();
        if contracted.operator != dispatch.network_operator || contracted.contract != dispatch.contract {
            let detail = format!(
                "{unit} is dispatched under contract {} of {}, not under {} of {}",
                contracted.contract, contracted.operator, dispatch.contract, dispatch.network_operator
            );
            return Err(Refusal::new(Reason::UnknownContract, detail));
        }
        controller.take_on(dispatch, now)
    }
}
