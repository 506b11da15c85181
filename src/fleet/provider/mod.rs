//! One FSP's judgement: from the events that it sees to acknowledgements. Pure: time is passed in, nothing is sent.

mod answers;
mod fail_safe;
mod faulty;
mod recall;
mod seen;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use crate::dispatch::availability::Offer;
use crate::dispatch::{
    Acknowledgement, Arrival, ContractId, Dispatch, DispatchKey, DispatchUnit, FspId, KeyRing, OperatorId,
    Reason, SignatureFault, SignedDispatch, SignedMoved, Stage, UnitId, judge_revision,
};
use crate::openadr::mapping::{self, Heartbeat, Terms, Undecodable};
use crate::openadr::wire::Event;
use crate::profile::availability::Limits;
use crate::profile::faults::Alteration;
use crate::profile::fleet::{FleetProfile, Unit};
use crate::time::UtcTime;

use super::availability::Offered;
use super::controller::{Controller, Happened, Refusal, Taken};
use super::fault::FaultSwitch;
use super::notices::Notices;
use super::outbox::{Answer, Outbox};
use super::route::{Place, Route, Vtn};
use answers::acknowledgement_of;
use recall::Told;
use seen::Seen;

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
    taken_on_event: Option<Place>,
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
    pub(super) key: &'a DispatchKey,
    pub(super) place: &'a Place,
    pub(super) controller: &'a Controller,
    pub(super) from: UtcTime,
    pub(super) until: UtcTime,
}

/// Under which circumstances a dispatch is judged.
struct Context {
    place: Place,
    origin: Origin,
    /// Whether nothing was seen before of what its VTN holds.
    is_first_list: bool,
    now: UtcTime,
}

/// An event that has come and was not yet judged.
#[derive(Debug)]
struct Arrived {
    event_id: String,
    content: Result<SignedDispatch, Box<Undecodable>>,
}

impl Arrived {
    /// Reads an event; `None` for one that no dispatch stands in.
    fn of(event: &Arc<Event>) -> Option<Self> {
        let event_id = event.meta.id.clone().filter(|_| !mapping::is_anchor(event))?;
        Some(Self { event_id, content: mapping::dispatch_from(event) })
    }

    /// Whose it says that it is.
    fn operator(&self) -> Option<&OperatorId> {
        match &self.content {
            Ok(signed) => Some(&signed.dispatch.network_operator),
            Err(undecodable) => undecodable.key.as_ref().map(|key| &key.operator),
        }
    }

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

/// Whose an event is, by the line over which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// An operator's of this line, or nobody's that the FSP knows.
    Own,
    /// Another line's, which has the same VTN and takes it in itself.
    AnotherLine,
    /// An operator's who has lines to other VTNs alone.
    Astray,
}

/// An FSP with its units. What is large stands in boxes: a B-tree has room for eleven of a kind in each of its nodes, and there
/// are thousands of FSPs that have one.
#[derive(Debug)]
pub(super) struct Provider {
    id: FspId,
    operators: BTreeMap<OperatorId, KeyRing>,
    controllers: BTreeMap<UnitId, Box<Controller>>,
    /// Seconds between polls that each contract asks for, as it was agreed.
    poll_seconds: BTreeMap<(OperatorId, ContractId), u32>,
    /// The VTNs at which each operator of its contracts dispatches it.
    homes: BTreeMap<OperatorId, BTreeSet<Vtn>>,
    notices: Notices,
    seen: BTreeMap<(u32, Vtn), Seen>,
    arrived: VecDeque<Arrived>,
    ledger: BTreeMap<DispatchKey, Box<Entry>>,
    told: Told,
    /// How often its availability was changed.
    changes: u64,
    faults: FaultSwitch,
    /// Whether any fault was switched when it last looked.
    is_faulty: bool,
    /// What messages to it were altered into when it last looked.
    altered_into: Option<Alteration>,
}

impl Provider {
    /// An FSP whose units are all at baseline.
    pub(super) fn new(
        id: FspId,
        profile: &FleetProfile,
        operators: BTreeMap<OperatorId, KeyRing>,
        now: UtcTime,
    ) -> Self {
        let boxed = |unit: &Unit| (unit.unit.unit.clone(), Box::new(Controller::new(unit, now)));
        let mut controllers: BTreeMap<UnitId, Box<Controller>> = profile.units_of(&id).map(boxed).collect();
        let own: BTreeSet<(&OperatorId, &ContractId)> =
            controllers.values().map(|c| (&c.unit().operator, &c.unit().contract)).collect();
        // What others have agreed is none of its business, and there may be very many of them.
        let agreed: BTreeMap<_, _> = profile
            .contracts
            .iter()
            .filter(|c| own.contains(&(&c.operator, &c.id)))
            .map(|c| ((c.operator.clone(), c.id.clone()), c))
            .collect();
        for controller in controllers.values_mut() {
            let contract = (controller.unit().operator.clone(), controller.unit().contract.clone());
            if let Some(contract) = agreed.get(&contract) {
                controller.comes_under(contract);
            }
        }
        let agreed = agreed.into_iter().map(|(contract, c)| (contract, c.poll_seconds)).collect();
        Self {
            id,
            operators,
            controllers,
            poll_seconds: agreed,
            homes: BTreeMap::new(),
            notices: Notices::default(),
            seen: BTreeMap::new(),
            arrived: VecDeque::new(),
            ledger: BTreeMap::new(),
            told: Told::default(),
            changes: 0,
            faults: FaultSwitch::default(),
            is_faulty: false,
            altered_into: None,
        }
    }

    /// Its id.
    pub(super) fn id(&self) -> &FspId {
        &self.id
    }

    /// Its units that are dispatched over a line.
    pub(super) fn units<'a>(&'a self, route: &'a Route) -> impl Iterator<Item = &'a Unit> {
        self.controllers_on(route).map(Controller::unit)
    }

    /// Whether a unit is one of its own.
    pub(super) fn has(&self, unit: &DispatchUnit) -> bool {
        unit.fsp == self.id && self.controllers.contains_key(&unit.unit)
    }

    /// How often its availability was changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// The units under a contract, each with what it is offered for.
    pub(super) fn offered<'a>(&'a self, terms: &'a Terms) -> impl Iterator<Item = (&'a Unit, &'a Offered)> {
        let under =
            |c: &&Controller| c.unit().operator == terms.operator && c.unit().contract == terms.contract;
        self.controllers.values().map(AsRef::as_ref).filter(under).map(|c| (c.unit(), &c.offered))
    }

    /// What is offered of a unit in the half-hour that begins at `half_hour`.
    pub(super) fn offer(&self, unit: &DispatchUnit, half_hour: UtcTime) -> Option<Offer> {
        let controller = self.controllers.get(&unit.unit).filter(|c| c.unit().unit == *unit)?;
        Some(controller.offered.in_half_hour(controller.unit(), half_hour))
    }

    /// Offers half-hours of a unit within other limits, or as the fleet file says again. Answers whether it has the unit.
    pub(super) fn offer_anew(
        &mut self,
        unit: &DispatchUnit,
        half_hours: Range<UtcTime>,
        limits: Option<Limits>,
    ) -> bool {
        let own = self.controllers.get_mut(&unit.unit).filter(|c| c.unit().unit == *unit);
        let Some(controller) = own else { return false };
        controller.offered.change(half_hours, limits);
        self.changes += 1;
        true
    }

    /// The shortest interval that a contract of a line asks for, seconds: what holds until its program says so too.
    pub(super) fn poll_seconds(&self, route: &Route) -> Option<u32> {
        let agreed =
            |unit: &Unit| self.poll_seconds.get(&(unit.operator.clone(), unit.contract.clone())).copied();
        self.units(route).filter_map(agreed).min()
    }

    fn controllers_on<'a>(&'a self, route: &'a Route) -> impl Iterator<Item = &'a Controller> {
        self.controllers.values().map(AsRef::as_ref).filter(|c| route.operators.contains(&c.unit().operator))
    }

    /// Believes these keys of the operators from now on.
    pub(super) fn believes(&mut self, operators: BTreeMap<OperatorId, KeyRing>) {
        self.operators = operators;
    }

    /// From now on these operators dispatch it at these VTNs, and nowhere else.
    pub(super) fn is_dispatched_at(&mut self, operators: &BTreeSet<OperatorId>, vtns: &BTreeSet<Vtn>) {
        self.homes.extend(operators.iter().map(|operator| (operator.clone(), vtns.clone())));
    }

    /// Notices of moves that were followed in an earlier run.
    pub(super) fn recall(&mut self, followed: &[SignedMoved]) {
        followed.iter().for_each(|signed| self.notices.recall(signed));
    }

    /// A notice among the events of a line that its operator's VTN moves, where it is to be followed.
    pub(super) fn heed(&mut self, route: &Route, events: &[Arc<Event>], now: UtcTime) -> Option<SignedMoved> {
        self.notices.heed(&self.id, &self.operators, route, events, now)
    }

    /// A line begins to poll its VTN, again or for the first time: what it sees there is answered there, although it
    /// may have been seen elsewhere.
    pub(super) fn arrives(&mut self, route: &Route) {
        if let Some(seen) = self.seen.get_mut(&(route.line, Vtn::clone(&route.vtn))) {
            seen.forget();
        }
    }

    /// Takes in everything that the FSP sees over a line. A list that is as it was costs a look at each event's address, one
    /// that is not a comparison of what was judged before; while the outbox is full, news waits for the next list.
    pub(super) fn receive(
        &mut self,
        route: &Route,
        events: &[Arc<Event>],
        now: UtcTime,
        outbox: &mut Outbox,
    ) {
        self.collect(route, now, outbox);
        let seen = self.seen.entry((route.line, Vtn::clone(&route.vtn))).or_default();
        let news = seen.take(events, || !outbox.is_full(&route.vtn));
        let is_first_list = !std::mem::replace(&mut seen.has_listened, true);
        let read = |(event_id, event): (String, Arc<Event>)| {
            let content = mapping::dispatch_from(&event);
            Arrived { event_id, content }
        };
        let news = news.into_iter().map(read).collect();
        let news = self.altered(news, events, now);
        self.arrived.extend(news);
        self.arrived.make_contiguous().sort_by(|a, b| a.order().cmp(&b.order()));
        // Each is taken out before it is judged: one that cannot be judged must not come back for ever.
        while let Some(arrived) = self.arrived.pop_front() {
            let place = route.place(&arrived.event_id);
            let origin = self.origin(arrived.operator(), route);
            match &arrived.content {
                _ if origin == Origin::AnotherLine => {}
                Ok(signed) => {
                    let context = Context { place, origin, is_first_list, now };
                    self.judge(&context, signed, outbox);
                }
                Err(undecodable) => self.reject_undecodable(place, undecodable, now, outbox),
            }
            self.collect(route, now, outbox);
        }
        self.forget(now);
    }

    fn origin(&self, operator: Option<&OperatorId>, route: &Route) -> Origin {
        match operator.filter(|operator| !route.operators.contains(operator)) {
            None => Origin::Own,
            Some(operator) => match self.homes.get(operator) {
                None => Origin::Own,
                Some(vtns) if vtns.contains(&route.vtn) => Origin::AnotherLine,
                Some(_) => Origin::Astray,
            },
        }
    }

    /// Puts every stage that has come by `now` to a line's units into its outbox.
    pub(super) fn collect(&mut self, route: &Route, now: UtcTime, outbox: &mut Outbox) {
        self.look_at_faults(now);
        let mut happened: Vec<(DispatchUnit, Happened)> = Vec::new();
        let own = |c: &&mut Box<Controller>| route.operators.contains(&c.unit().operator);
        for controller in self.controllers.values_mut().filter(own) {
            controller.advance(now);
            let unit = controller.unit().unit.clone();
            happened.extend(controller.take_happened().into_iter().map(|h| (unit.clone(), h)));
        }
        happened.sort_by_key(|(_, h)| h.at);
        for (unit, happened) in happened {
            if self.told.take(&happened.key, happened.revision, happened.stage) {
                continue;
            }
            let Some(place) = self.ledger.get(&happened.key).and_then(|e| e.taken_on_event.clone()) else {
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
            outbox.put(Answer { place, acknowledgement });
        }
    }

    /// When the next stage of a line's units comes.
    pub(super) fn next_stage(&self, route: &Route) -> Option<UtcTime> {
        self.controllers_on(route).filter_map(Controller::next_stage).min()
    }

    /// Everything of a line's units that is metered, or will be, for its event.
    pub(super) fn metered<'a>(&'a self, route: &'a Route) -> impl Iterator<Item = Metered<'a>> {
        self.controllers_on(route).flat_map(move |controller| {
            controller.metered().filter_map(move |(key, from, until)| {
                let place = self.ledger.get(key)?.taken_on_event.as_ref()?;
                Some(Metered { key, place, controller, from, until })
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
            at: self.manner(now).says(now),
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
        self.told.keep(|key| self.ledger.contains_key(key));
        for controller in self.controllers.values_mut() {
            controller.forget_before(now - PATH_KEPT_S);
        }
    }

    fn judge(&mut self, context: &Context, signed: &SignedDispatch, outbox: &mut Outbox) {
        let (dispatch, now) = (&signed.dispatch, context.now);
        if dispatch.unit.fsp != self.id {
            tracing::debug!(fsp = %self.id, dispatch = %dispatch.key(), unit = %dispatch.unit, "another FSP's, left alone");
            return;
        }
        let key = dispatch.key();
        let refused = self.verify(signed, now).and_then(|()| from_its_own_vtn(context.origin, dispatch));
        let mut say = |told: &mut Told, stage, verdict: Option<&Verdict>| {
            if !told.take(&key, dispatch.revision, stage) {
                let acknowledgement = acknowledgement_of(dispatch, stage, verdict, now);
                outbox.put(Answer { place: context.place.clone(), acknowledgement });
            }
        };
        if let Err(refusal) = refused {
            tracing::warn!(fsp = %self.id, dispatch = %dispatch.key(), reason = %refusal.reason, detail = %refusal.detail, "refused");
            say(&mut self.told, Stage::Rejected, Some(&Verdict::Refused(refusal)));
            return;
        }
        let held = self.ledger.get(&key);
        let verdict = match judge_revision(held.map(|e| &e.dispatch), dispatch) {
            Arrival::Stale => {
                let held = held.map_or(0, |e| e.dispatch.revision.get());
                tracing::info!(fsp = %self.id, dispatch = %key, revision = %dispatch.revision, held, "stale, ignored");
                return;
            }
            Arrival::Supersedes if self.ignores(dispatch, now) => {
                tracing::info!(fsp = %self.id, dispatch = %key, revision = %dispatch.revision, "ignored by a fault");
                say(&mut self.told, Stage::Received, None);
                return;
            }
            Arrival::Duplicate => self.again(&context.place, &key),
            Arrival::Conflicting => Verdict::Refused(Refusal::new(
                Reason::ConflictingRevision,
                format!(
                    "revision {} was seen before with other content; send a greater one",
                    dispatch.revision
                ),
            )),
            Arrival::New | Arrival::Supersedes if context.is_first_list && dispatch.service_end <= now => {
                self.enter(&context.place, dispatch, Verdict::Over)
            }
            Arrival::New | Arrival::Supersedes => {
                let verdict = self.decide(dispatch, now).map_or_else(Verdict::Refused, Verdict::Taken);
                self.enter(&context.place, dispatch, verdict)
            }
        };
        let stage = match &verdict {
            Verdict::Over => return,
            Verdict::Taken(taken) => taken.stage,
            Verdict::Refused(_) => Stage::Rejected,
        };
        say(&mut self.told, Stage::Received, None);
        say(&mut self.told, stage, Some(&verdict));
    }

    /// What was answered before is answered again. A VTN that lost its events has it on a new one, and another VTN on
    /// its own: from now on it is reported there.
    fn again(&mut self, place: &Place, key: &DispatchKey) -> Verdict {
        let Some(entry) = self.ledger.get_mut(key) else { return Verdict::Over };
        if matches!(entry.verdict, Verdict::Taken(_)) {
            entry.taken_on_event = Some(place.clone());
        }
        entry.verdict.clone()
    }

    fn verify(&self, signed: &SignedDispatch, now: UtcTime) -> Result<(), Refusal> {
        let operator = &signed.dispatch.network_operator;
        let fault = match self.operators.get(operator) {
            Some(keys) => match signed.verify(keys, now) {
                Ok(()) => return Ok(()),
                // What was heard while its key was in force holds, for as long as it says the same.
                Err(SignatureFault::Expired { .. } | SignatureFault::Revoked { .. })
                    if self
                        .ledger
                        .get(&signed.dispatch.key())
                        .is_some_and(|e| e.dispatch == signed.dispatch) =>
                {
                    return Ok(());
                }
                Err(SignatureFault::Wrong(_)) if self.checks_id_only(now) => return Ok(()),
                Err(fault) => fault,
            },
            None => SignatureFault::UnknownKey(signed.signature.key_id.clone()),
        };
        Err(Refusal::new(Reason::BadSignature, format!("{fault} (network operator {operator})")))
    }

    /// Writes down what became of a revision whose signature held.
    fn enter(&mut self, place: &Place, dispatch: &Dispatch, verdict: Verdict) -> Verdict {
        let key = dispatch.key();
        let taken_on_event = match verdict {
            Verdict::Taken(_) => Some(place.clone()),
            _ => self.ledger.get(&key).and_then(|e| e.taken_on_event.clone()),
        };
        let entry = Entry { dispatch: dispatch.clone(), verdict: verdict.clone(), taken_on_event };
        self.ledger.insert(key, Box::new(entry));
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

/// Refuses what an operator signed and another operator's VTN shows. It is not taken for the operator's word of today:
/// whoever runs that VTN may have kept it back, and an answer there would tell them of a contract that is not theirs.
fn from_its_own_vtn(origin: Origin, dispatch: &Dispatch) -> Result<(), Refusal> {
    if origin != Origin::Astray {
        return Ok(());
    }
    let operator = &dispatch.network_operator;
    let detail = format!(
        "contracts of {operator} are not dispatched through this VTN; send it through one that {operator} has named to \
         the FSP"
    );
    Err(Refusal::new(Reason::UnknownContract, detail))
}
