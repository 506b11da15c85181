//! Orders: what a command means for the dispatches that are known, as revisions ready to be sent, or why not. Pure.

use super::book::Book;
use super::reference::emergency_ref;
use super::register::Register;
use super::sign_on::{Act, NoSigner, SignedOn, Signers};
use super::snapshot::{DispatchState, Phase, RevisionState};
use super::words::named;
use crate::dispatch::{
    Dispatch, DispatchKey, DispatchParts, DispatchRef, DispatchUnit, KeyId, OperatorId, Problem, Revision,
    SignedDispatch, Status,
};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

/// How long a unit without a dispatch is held by an EMERGENCY_STOP, seconds: until a new dispatch releases it, or the
/// window is over.
const EMERGENCY_WINDOW_S: i64 = 3600;

/// What the orders are drawn up from.
pub(super) struct Desk<'a> {
    pub register: &'a Register,
    pub book: &'a Book,
    /// Who is signed on.
    pub on: Option<&'a SignedOn>,
    pub now: UtcTime,
}

/// Why something was not drawn up.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// For people.
    pub words: String,
    /// Whose key does not sign, when that is why.
    pub unsigned: Option<Unsigned>,
}

/// A key that does not sign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unsigned {
    pub operator: OperatorId,
    /// The only one that was to.
    pub key_id: Option<KeyId>,
    /// Which key and why, in words.
    pub why: String,
}

impl From<String> for Refusal {
    fn from(words: String) -> Self {
        Self { words, unsigned: None }
    }
}

impl Refusal {
    /// The same, its words in others.
    pub(super) fn told(self, tell: impl FnOnce(&str) -> String) -> Self {
        Self { words: tell(&self.words), ..self }
    }
}

/// An EMERGENCY_STOP as far as it could be signed: who cannot be stopped by it keeps nobody else from being stopped.
#[derive(Debug)]
pub(super) struct EmergencyStop {
    /// Never none.
    pub signed: Vec<SignedDispatch>,
    pub not_signed: Vec<Refusal>,
}

/// What a stop asks for.
#[derive(Debug)]
pub(super) enum Stop {
    /// This must be sent.
    Send(Box<SignedDispatch>),
    /// It has been asked already; in words.
    Asked(String),
}

impl Desk<'_> {
    /// A new dispatch or the next revision of a known one.
    ///
    /// # Errors
    /// What stands against it, in words.
    pub(super) fn send(&self, parts: DispatchParts) -> Result<SignedDispatch, Refusal> {
        self.register.check(&parts)?;
        let key = DispatchKey {
            operator: parts.network_operator.clone(),
            dispatch_ref: parts.dispatch_ref.clone(),
        };
        match self.book.get(&key) {
            None if self.book.is_past(&key) => {
                return Err(Refusal::from(format!(
                    "{key} was used for a dispatch that is over; draw up a new one with a ref of its own"
                )));
            }
            None if parts.revision != Revision::FIRST => {
                return Err(Refusal::from(format!(
                    "{key} is not known here; a new dispatch begins with revision 1, not {}",
                    parts.revision
                )));
            }
            None => {}
            Some(known) => check_next(known, &parts)?,
        }
        self.sign(parts)
    }

    /// The next revision with status STOP: the window kept, no setpoints.
    ///
    /// # Errors
    /// What stands against it, in words.
    pub(super) fn stop(&self, key: &DispatchKey) -> Result<Stop, Refusal> {
        let known = self.book.get(key).ok_or_else(|| format!("{key} is not known here"))?;
        let (current, last) = latest(known)?;
        if !known.is_open() && known.phase != Phase::SendFailed {
            return Err(Refusal::from(format!(
                "{} is over ({}); there is nothing to stop",
                named(last),
                known.phase.word()
            )));
        }
        if last.status.is_stop() && current.fault.is_none() && known.phase != Phase::Rejected {
            return Ok(Stop::Asked(format!(
                "{} is being stopped already by revision {}; nothing more was sent",
                named(last),
                last.revision
            )));
        }
        self.sign(stop_parts(known, last, Status::Stop)).map(|signed| Stop::Send(Box::new(signed)))
    }

    /// EMERGENCY_STOP for units: the next revision of each open dispatch, or a new dispatch where there is none.
    /// `units` empty: every unit that this desk may dispatch. Only units of `operator`, when given.
    ///
    /// # Errors
    /// What stands against it, in words; then nothing is sent. So it is when no key signs.
    pub(super) fn emergency_stop(
        &self,
        units: &[DispatchUnit],
        operator: Option<&OperatorId>,
    ) -> Result<EmergencyStop, Refusal> {
        let mut stops = Vec::new();
        let mut new_refs: Vec<(OperatorId, DispatchRef)> = Vec::new();
        for unit in self.units_meant(units, operator)? {
            let open: Vec<&DispatchState> = self
                .book
                .open_of(&unit.unit, self.now)
                .map(AsRef::as_ref)
                .filter(|s| operator.is_none_or(|o| s.key.operator == *o))
                .filter(|s| self.register.signs_for(&s.key.operator))
                .collect();
            for state in &open {
                let (_, last) = latest(state)?;
                stops.push(stop_parts(state, last, Status::EmergencyStop));
            }
            if open.is_empty() {
                let parts = self.emergency_parts(unit, &new_refs)?;
                new_refs.push((parts.network_operator.clone(), parts.dispatch_ref.clone()));
                stops.push(parts);
            }
        }
        self.sign_what_can_be(stops)
    }

    fn sign_what_can_be(&self, stops: Vec<DispatchParts>) -> Result<EmergencyStop, Refusal> {
        let (mut signed, mut not_signed) = (Vec::with_capacity(stops.len()), Vec::new());
        for parts in stops {
            let unit = parts.unit.clone();
            match self.sign(parts) {
                Ok(stop) => signed.push(stop),
                Err(refusal) if refusal.unsigned.is_some() => {
                    let call = self.register.telephone(&unit.fsp);
                    not_signed
                        .push(refusal.told(|why| format!("{unit} was not stopped: {why}. Telephone {call}")));
                }
                Err(refusal) => return Err(refusal),
            }
        }
        match not_signed.first() {
            Some(first) if signed.is_empty() => {
                let all = not_signed.len();
                Err(first.clone().told(|why| format!("nothing was sent, 0 of {all} stops: {why}")))
            }
            _ => Ok(EmergencyStop { signed, not_signed }),
        }
    }

    fn units_meant(
        &self,
        units: &[DispatchUnit],
        operator: Option<&OperatorId>,
    ) -> Result<Vec<&Unit>, String> {
        let known = units.iter().map(|name| {
            self.register.unit(name).ok_or_else(|| format!("dispatch unit {name} is not in this fleet"))
        });
        let mut meant: Vec<&Unit> = if units.is_empty() {
            self.register.units().iter().filter(|u| self.register.signs_for(&u.operator)).collect()
        } else {
            known.collect::<Result<_, _>>()?
        };
        meant.sort_by(|a, b| a.unit.cmp(&b.unit));
        meant.dedup_by(|a, b| a.unit == b.unit);
        meant.retain(|u| operator.is_none_or(|o| u.operator == *o));
        if meant.is_empty() {
            return Err(
                "there is no unit to stop: choose units of an operator that this desk signs for".to_owned()
            );
        }
        Ok(meant)
    }

    fn emergency_parts(
        &self,
        unit: &Unit,
        new_refs: &[(OperatorId, DispatchRef)],
    ) -> Result<DispatchParts, String> {
        let operator = &unit.operator;
        let made = new_refs.iter().filter(|(o, _)| o == operator).map(|(_, r)| r);
        let known = self.book.refs(operator).chain(made);
        let dispatch_ref =
            emergency_ref(self.register.code(operator), self.now, known).map_err(|e| e.to_string())?;
        Ok(DispatchParts {
            network_operator: operator.clone(),
            dispatch_ref,
            revision: Revision::FIRST,
            status: Status::EmergencyStop,
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: self.now,
            service_start: self.now,
            service_end: self.now + EMERGENCY_WINDOW_S,
            setpoints: Vec::new(),
        })
    }

    fn sign(&self, parts: DispatchParts) -> Result<SignedDispatch, Refusal> {
        let operator = parts.network_operator.clone();
        let dispatch = Dispatch::new(DispatchParts { instruction_time: self.now, ..parts })
            .map_err(|problems| problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; "))?;
        let act = Act::of(dispatch.status);
        let signers = Signers { register: self.register, on: self.on, now: self.now };
        let keys = signers.of(&operator, act).map_err(|none| no_signer(&operator, act, none))?;
        let mut faults = Vec::new();
        for key in &keys {
            match dispatch.clone().sign(key) {
                Ok(signed) => return Ok(signed),
                Err(fault) => faults.push(fault.to_string()),
            }
        }
        let key_id = keys.first().filter(|_| keys.len() == 1).map(|key| key.key_id().clone());
        Err(unsigned(&operator, key_id, faults.join("; ")))
    }
}

/// Why nothing is signed. That somebody has to sign on before they send is no alarm; that a stop waits for it is.
fn no_signer(operator: &OperatorId, act: Act, none: NoSigner) -> Refusal {
    match none {
        NoSigner::NotOurs => {
            Refusal::from(format!("this desk holds no signing key of network operator {operator}"))
        }
        NoSigner::SignOn(why) if act == Act::Stop => unsigned(operator, None, why),
        NoSigner::SignOn(why) => Refusal::from(format!("nothing was signed: {why}")),
        NoSigner::Fault(fault) => unsigned(operator, None, fault.to_string()),
    }
}

fn unsigned(operator: &OperatorId, key_id: Option<KeyId>, why: String) -> Refusal {
    Refusal {
        words: format!("nothing was signed: {why}"),
        unsigned: Some(Unsigned { operator: operator.clone(), key_id, why }),
    }
}

/// The next revision after `last`, with the window of what the unit follows: one that was refused or not sent never held.
fn stop_parts(state: &DispatchState, last: &Dispatch, status: Status) -> DispatchParts {
    let parts = state.instructed().unwrap_or(last).parts().clone();
    DispatchParts { revision: last.revision.next(), status, setpoints: Vec::new(), ..parts }
}

fn latest(state: &DispatchState) -> Result<(&RevisionState, &Dispatch), String> {
    let current = state.current().ok_or_else(|| format!("{} has no revision", state.key))?;
    Ok((current, &current.signed.dispatch))
}

/// Whether the parts may follow what is known of the same ref.
fn check_next(known: &DispatchState, parts: &DispatchParts) -> Result<(), String> {
    let (current, last) = latest(known)?;
    let not_sent = current.sent.is_none() && current.fault.is_some();
    if parts.revision < last.revision || (parts.revision == last.revision && !not_sent) {
        return Err(format!(
            "{} stands at revision {}; the next is {}, not {}",
            known.key,
            last.revision,
            last.revision.next(),
            parts.revision
        ));
    }
    if matches!(known.phase, Phase::Ended | Phase::Stopped | Phase::Failed) {
        return Err(format!(
            "{} is over ({}); draw up a new dispatch with a ref of its own",
            known.key,
            known.phase.word()
        ));
    }
    if (&parts.unit, &parts.contract) != (&last.unit, &last.contract) {
        return Err(format!(
            "{} is for {} under contract {}; a revision cannot move it to {} under {}",
            known.key, last.unit, last.contract, parts.unit, parts.contract
        ));
    }
    Ok(())
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
