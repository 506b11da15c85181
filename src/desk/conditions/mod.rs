//! What is wrong at this moment, in sentences that say what to do (alarm list of the domain, by priority). Pure.

mod availability;
mod delivery;
mod keys;
mod links;
mod people;
mod security;
mod stages;
#[cfg(test)]
mod tests;

use super::alarms::{Cause, Condition};
use super::clocks::Clocks;
use super::endurance::Endurance;
use super::links::Links;
use super::register::Register;
use super::sign_on::{SignedOn, Signers};
use super::snapshot::{DispatchState, LinkState, Priority, VtnHealth};
use super::standing::taken_on;
use super::units::Units;
use super::untrusted::Untrusted;
use crate::dispatch::{Dispatch, DispatchKey, DispatchUnit, FspId, Status};
use crate::time::UtcTime;

/// All that is looked at.
pub(super) struct Scene<'a> {
    pub now: UtcTime,
    pub register: &'a Register,
    pub dispatches: &'a [&'a DispatchState],
    pub links: &'a Links,
    pub clocks: &'a Clocks,
    pub endurance: &'a Endurance,
    pub units: &'a Units,
    pub untrusted: &'a Untrusted,
    pub vtn: &'a VtnHealth,
    /// Why the journal cannot be written, when it cannot.
    pub journal_fault: Option<&'a str>,
    /// What is wrong with the files of the desk's keys, when something is.
    pub keys_fault: Option<&'a str>,
    /// Who is signed on.
    pub on: Option<&'a SignedOn>,
    /// After so many seconds without a command they are signed off.
    pub sign_off_after_s: i64,
    /// Whether `now` is a training clock's, and not the world's.
    pub is_training: bool,
}

impl Scene<'_> {
    fn signers(&self) -> Signers<'_> {
        Signers { register: self.register, on: self.on, now: self.now }
    }

    /// Up to when an FSP has told everything: what it said in time may not have been heard yet, and nothing has while the VTN
    /// has told nothing. What is not heard because the VTN is lost counts among what that silences.
    fn told_until(&self, fsp: &FspId) -> UtcTime {
        match self.vtn.state {
            LinkState::Lost => self.now,
            _ => {
                let told = self.links.told_until(fsp, self.register.poll_seconds(fsp));
                told.unwrap_or(UtcTime::from_unix(0))
            }
        }
    }
}

/// What is wrong with the VTN and the desk itself. Looks at every dispatch while the VTN is lost.
pub(super) fn of_all(scene: &Scene<'_>) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    found.extend(links::vtn_lost(scene));
    found.extend(security::conditions(&scene.vtn.security, (!scene.is_training).then_some(scene.now)));
    found.extend(keys::conditions(scene));
    found.extend(people::conditions(scene));
    found.extend(scene.journal_fault.map(journal));
    found
}

/// What is wrong with an FSP, its units and its dispatches, which are all that the scene shows.
pub(super) fn of_fsp(scene: &Scene<'_>, fsp: &FspId) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    if scene.register.knows(fsp) {
        found.extend(links::client(scene, fsp));
        found.extend(links::clock(scene, fsp));
    }
    found.extend(scene.links.silent_units(fsp).filter_map(|unit| links::unit_silent(scene, &unit)));
    for state in scene.dispatches {
        found.extend(of_dispatch(scene, state));
    }
    found
}

/// What a unit is to deliver at this moment, as far as is known: by the last revision that it has taken on, else by the
/// one in force. A stop or an amendment that nobody has answered changes nothing yet.
pub(super) fn in_service(state: &DispatchState, now: UtcTime) -> Option<&Dispatch> {
    let dispatch = taken_on(state).map(|r| &r.signed.dispatch).or_else(|| in_force(state))?;
    let runs = matches!(dispatch.status, Status::Run | Status::RunNow);
    (runs && state.is_open() && dispatch.service_start <= now && now < dispatch.service_end)
        .then_some(dispatch)
}

fn in_force(state: &DispatchState) -> Option<&Dispatch> {
    state.revision(state.in_force?).map(|r| &r.signed.dispatch)
}

fn journal(fault: &str) -> Condition {
    Condition {
        cause: Cause::Journal,
        priority: Priority::High,
        text: format!(
            "The journal cannot be written: {fault}. Make room or restore the file; until then only stops are sent."
        ),
        source: "desk".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

fn of_dispatch(scene: &Scene<'_>, state: &DispatchState) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    let Some(current) = state.current() else { return found };
    found.extend(stages::not_sent(scene, state, current));
    found.extend(stages::rejected(scene, state, current));
    found.extend(stages::failed(scene, state));
    if state.is_open() {
        found.extend(stages::overdue(scene, state));
        found.extend(stages::readback_differs(scene, state, &current.signed.dispatch));
        found.extend(stages::unreachable(scene, state));
        found.extend(delivery::stray(scene, state));
        found.extend(delivery::untrusted(scene, state));
        found.extend(delivery::metering(scene, state));
        found.extend(delivery::charge(scene, state));
        found.extend(availability::below(scene, state));
    }
    found
}

fn about_dispatch(cause: Cause, key: &DispatchKey, dispatch: &Dispatch, through: bool) -> Condition {
    Condition { dispatch: Some(key.clone()), ..about(cause, &dispatch.unit, through) }
}

/// A condition of one unit, its text and priority still to be said.
pub(super) fn about(cause: Cause, unit: &DispatchUnit, heard_through: bool) -> Condition {
    Condition {
        cause,
        priority: Priority::Medium,
        text: String::new(),
        source: unit.fsp.to_string(),
        unit: Some(unit.clone()),
        dispatch: None,
        heard_through: heard_through.then(|| unit.fsp.clone()),
        silences: false,
    }
}
