//! The units as last reported. A unit that did not change keeps its `Arc`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::book::Book;
use super::charge::ChargeTrail;
use super::lifeline::Lifeline;
use super::links::Links;
use super::marks::seconds;
use super::register::Register;
use super::snapshot::{LinkState, UnitState};
use crate::dispatch::availability::Declaration;
use crate::dispatch::{DispatchKey, DispatchUnit, FspId, Revision, UnitId};
use crate::openadr::mapping::UnitPulse;
use crate::power::{Reading, Series};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

/// For how long a unit's power is kept, seconds: a day and a half.
const KEPT_S: f64 = 36.0 * 3600.0;

/// All units in order of FSP and unit.
pub(super) struct Units {
    states: BTreeMap<FspId, BTreeMap<UnitId, Arc<UnitState>>>,
}

impl Units {
    pub(super) fn of(register: &Register, now: UtcTime) -> Self {
        let mut units = Self { states: BTreeMap::new() };
        units.follow(register, now);
        units
    }

    /// Takes up the units that came to the register, and lets go of those that left it.
    pub(super) fn follow(&mut self, register: &Register, now: UtcTime) {
        for states in self.states.values_mut() {
            states.retain(|_, state| register.unit(&state.unit).is_some());
        }
        self.states.retain(|_, states| !states.is_empty());
        for unit in register.units() {
            let DispatchUnit { fsp, unit: id } = unit.unit.clone();
            let states = self.states.entry(fsp).or_default();
            states.entry(id).or_insert_with(|| Arc::new(UnitState::of(unit, now)));
        }
    }

    pub(super) fn in_order(&self) -> Vec<Arc<UnitState>> {
        self.states.values().flat_map(BTreeMap::values).cloned().collect()
    }

    /// An FSP's units, in order.
    pub(super) fn of_fsp(&self, fsp: &FspId) -> impl Iterator<Item = &UnitState> {
        self.states.get(fsp).into_iter().flat_map(BTreeMap::values).map(AsRef::as_ref)
    }

    fn get(&self, unit: &DispatchUnit) -> Option<&Arc<UnitState>> {
        self.states.get(&unit.fsp)?.get(&unit.unit)
    }

    fn get_mut(&mut self, unit: &DispatchUnit) -> Option<&mut Arc<UnitState>> {
        self.states.get_mut(&unit.fsp)?.get_mut(&unit.unit)
    }

    /// A unit's own pulse, which reached the VTN at that instant. Answers the line of its signs of life, which is to be told
    /// of this one.
    pub(super) fn pulse(&mut self, pulse: &UnitPulse, at: UtcTime) -> Option<&mut Lifeline> {
        let state = Arc::make_mut(self.get_mut(&pulse.unit)?);
        state.readings.push(Reading { at: seconds(at), kw: pulse.kw });
        state.readings.forget_before(seconds(at) - KEPT_S);
        if state.reported.is_none_or(|reported| reported <= at) {
            state.report(pulse, at);
        }
        Some(&mut state.heard)
    }

    /// What an FSP declares of a unit; passed over when that is not under the contract known here, or older than what is
    /// held.
    pub(super) fn declared(&mut self, said: &Declaration) {
        let known = self.get_mut(&said.unit);
        let known = known.filter(|s| s.operator == said.operator && s.contract == said.contract);
        let Some(state) = known else { return };
        if state.availability.as_ref().is_none_or(|held| held.at < said.at) {
            Arc::make_mut(state).availability = Some(Arc::new(said.clone()));
        }
    }

    /// What is declared of a unit.
    pub(super) fn availability(&self, unit: &DispatchUnit) -> Option<&Declaration> {
        self.get(unit)?.availability.as_deref()
    }

    /// The revision that an FSP says it has seen of a unit's dispatch.
    pub(super) fn seen(&mut self, unit: &DispatchUnit, key: &DispatchKey, revision: Revision) {
        let Some(state) = self.get_mut(unit) else { return };
        if state.revisions.get(key.dispatch_ref.as_str()) != Some(&revision) {
            Arc::make_mut(state).revisions.insert(key.dispatch_ref.to_string(), revision);
        }
    }

    /// Forgets what was seen of dispatches that are forgotten.
    pub(super) fn forget(&mut self, dispatches: &[DispatchKey]) {
        if dispatches.is_empty() {
            return;
        }
        for state in self.states.values_mut().flat_map(BTreeMap::values_mut) {
            let is_gone = |key: &&DispatchKey| state.revisions.contains_key(key.dispatch_ref.as_str());
            let gone: Vec<&DispatchKey> = dispatches.iter().filter(is_gone).collect();
            for key in gone {
                Arc::make_mut(state).revisions.remove(key.dispatch_ref.as_str());
            }
        }
    }

    /// Looks at the lamps of an FSP's units and at what each follows. Answers whether anything is otherwise than before.
    pub(super) fn settle_of(
        &mut self,
        fsp: &FspId,
        now: UtcTime,
        book: &Book,
        links: &Links,
        poll_seconds: u32,
    ) -> bool {
        let Some(states) = self.states.get_mut(fsp) else { return false };
        let mut active = active_dispatches(book, fsp, now);
        let lamp_of = links.unit_states(fsp, poll_seconds);
        let mut changed = false;
        for (id, state) in states {
            let lamp = lamp_of(id);
            let active = active.remove(id).map(|(_, key)| key);
            if state.lamp != lamp || state.active.as_ref() != active {
                let state = Arc::make_mut(state);
                state.lamp = lamp;
                state.active = active.cloned();
                changed = true;
            }
        }
        changed
    }

    /// Looks at every unit.
    #[cfg(test)]
    pub(super) fn settle(&mut self, now: UtcTime, book: &Book, links: &Links, register: &Register) {
        let fsps: Vec<FspId> = self.states.keys().cloned().collect();
        for fsp in fsps {
            self.settle_of(&fsp, now, book, links, register.poll_seconds(&fsp));
        }
    }
}

impl UnitState {
    fn report(&mut self, pulse: &UnitPulse, at: UtcTime) {
        let baseline_kw = self.baseline.at(seconds(at));
        self.reported = Some(at);
        pulse.phase.word().clone_into(&mut self.state);
        self.kw = Some(pulse.kw);
        self.soc = pulse.soc;
        if let Some(soc) = pulse.soc {
            self.charge.reported(at, soc);
        }
        self.baseline_kw = Some(baseline_kw);
        (self.min_kw, self.max_kw) = self.asset.limits_kw(baseline_kw);
    }

    /// A unit of which nothing has been heard, at an instant.
    pub fn of(unit: &Unit, now: UtcTime) -> Self {
        let baseline_kw = unit.baseline.at(seconds(now));
        let (min_kw, max_kw) = unit.asset.limits_kw(baseline_kw);
        Self {
            unit: unit.unit.clone(),
            name: unit.name.clone(),
            contract: unit.contract.clone(),
            operator: unit.operator.clone(),
            kind: unit.asset.kind().to_owned(),
            asset: Arc::new(unit.asset.clone()),
            baseline: Arc::new(unit.baseline.clone()),
            reactive: unit.reactive.clone().map(Arc::new),
            meter: unit.meter,
            max_kw,
            min_kw,
            lamp: LinkState::Unknown,
            state: String::new(),
            kw: None,
            baseline_kw: Some(baseline_kw),
            soc: None,
            reported: None,
            revisions: BTreeMap::new(),
            active: None,
            availability: None,
            readings: Series::default(),
            charge: ChargeTrail::default(),
            heard: Lifeline::default(),
        }
    }
}

/// Of each of an FSP's units the open dispatch whose window began first and is not over: the one in force, else the next
/// to come.
fn active_dispatches<'a>(
    book: &'a Book,
    fsp: &FspId,
    now: UtcTime,
) -> BTreeMap<&'a UnitId, (UtcTime, &'a DispatchKey)> {
    let mut active: BTreeMap<&UnitId, (UtcTime, &DispatchKey)> = BTreeMap::new();
    for state in book.of_fsp(fsp).filter(|s| s.is_open()) {
        let Some(dispatch) = state.instructed().filter(|d| d.service_end > now) else { continue };
        let this = (dispatch.service_start, &state.key);
        let first = active.entry(&dispatch.unit.unit).or_insert(this);
        *first = this.min(*first);
    }
    active
}
