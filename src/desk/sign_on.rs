//! Who is signed on as operator, and which key signs what. Pure.
//!
//! Where an operator's secrets name nobody, the machine's key signs everything. Where they name people, what moves a unit is
//! signed by whoever is signed on and by nobody else. A stop is signed by them too, else by the machine's key: a sign-on
//! never holds it up. The machine's key signs the journal, where there is one.

use std::collections::BTreeMap;

use super::register::Register;
use crate::dispatch::{Holder, KeyId, OperatorId, SigningFault, SigningKey, Status};
use crate::time::UtcTime;

/// So long before a person is signed off for want of commands it is told, seconds.
pub(super) const TOLD_BEFORE_S: i64 = 900;

/// A person who is signed on, with their keys opened. The keys are wiped when this is dropped.
pub(super) struct SignedOn {
    pub holder: Holder,
    pub keys: BTreeMap<OperatorId, SigningKey>,
    pub since: UtcTime,
    /// When they last gave a command.
    pub last: UtcTime,
}

impl SignedOn {
    /// The operators for whom they sign, in words.
    pub(super) fn operators(&self) -> String {
        self.keys.keys().map(OperatorId::as_str).collect::<Vec<_>>().join(", ")
    }

    /// As the journal tells it: `GB-DNO-11 with key gb-dno-11-ada`.
    pub(super) fn with_keys(&self) -> String {
        let each = self.keys.iter().map(|(operator, key)| format!("{operator} with key {}", key.key_id()));
        each.collect::<Vec<_>>().join(", ")
    }

    /// Whether a key is one of theirs, whatever it is called.
    pub(super) fn holds(&self, public: &[u8; 32]) -> bool {
        self.keys.values().any(|key| key.public(None, None).bytes == *public)
    }
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// What moves a unit: a dispatch or an amendment.
    Send,
    /// STOP or EMERGENCY_STOP.
    Stop,
    /// Where the journal stands.
    Head,
}

impl Act {
    pub(super) fn of(status: Status) -> Self {
        if status.is_stop() { Self::Stop } else { Self::Send }
    }
}

/// Why no key signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoSigner {
    /// This desk holds none of that operator.
    NotOurs,
    /// Somebody has to sign on first; in words.
    SignOn(String),
    /// The machine's do not.
    Fault(SigningFault),
}

/// What signs at an instant.
#[derive(Clone, Copy)]
pub(super) struct Signers<'a> {
    pub register: &'a Register,
    pub on: Option<&'a SignedOn>,
    pub now: UtcTime,
}

impl<'a> Signers<'a> {
    /// The keys that may sign it for an operator, the one that is to first; never none.
    ///
    /// # Errors
    /// Why none may.
    pub(super) fn of(self, operator: &OperatorId, act: Act) -> Result<Vec<&'a SigningKey>, NoSigner> {
        let machine = self.register.key_in_force(operator, self.now);
        if !self.register.has_people(operator) {
            return match machine {
                None => Err(NoSigner::NotOurs),
                Some(Ok(key)) => Ok(vec![key]),
                Some(Err(fault)) => Err(NoSigner::Fault(fault)),
            };
        }
        let own = self.own(operator);
        match (act, own, machine) {
            (Act::Head, _, Some(Ok(key))) => Ok(vec![key]),
            (Act::Head, _, Some(Err(fault))) => Err(NoSigner::Fault(fault)),
            (Act::Stop, own, Some(Ok(key))) => Ok(own.into_iter().chain([key]).collect()),
            (_, Some(own), _) => Ok(vec![own]),
            (_, None, _) => Err(NoSigner::SignOn(self.sign_on_first(operator))),
        }
    }

    /// The operators that this desk signs for, each with the key that signs where the journal stands, or why it does not.
    /// Those for whom somebody has to sign on first are not among them.
    pub(super) fn heads(
        self,
    ) -> impl Iterator<Item = (&'a OperatorId, Result<&'a SigningKey, SigningFault>)> {
        self.register.signing_operators().into_iter().filter_map(move |operator| {
            match self.of(operator, Act::Head) {
                Ok(keys) => Some((operator, Ok(*keys.first()?))),
                Err(NoSigner::Fault(fault)) => Some((operator, Err(fault))),
                Err(NoSigner::NotOurs | NoSigner::SignOn(_)) => None,
            }
        })
    }

    /// Whether a stop would be signed by another key than this one.
    pub(super) fn stops_without(self, operator: &OperatorId, key_id: &KeyId) -> bool {
        self.of(operator, Act::Stop).is_ok_and(|keys| keys.iter().any(|key| key.key_id() != key_id))
    }

    fn own(self, operator: &OperatorId) -> Option<&'a SigningKey> {
        let on = self.on?;
        let key = on.keys.get(operator)?;
        self.register.stands(operator, &on.holder, key, self.now).ok().map(|()| key)
    }

    /// `sign on first: nobody is signed on for GB-DNO-11; Ada Winter or Ben Marsh may`.
    fn sign_on_first(self, operator: &OperatorId) -> String {
        let who = self.on.map_or_else(
            || format!("nobody is signed on for {operator}"),
            |on| format!("{} is signed on and has no key of {operator}", on.holder),
        );
        format!("sign on first: {who}; {} may", or_words(&self.register.holders(operator)))
    }
}

/// `Ada Winter, Ben Marsh or Cy Hill`.
pub(super) fn or_words(names: &[&Holder]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(|name| name.as_str()).collect();
            format!("{} or {last}", all.join(", "))
        }
    }
}

#[cfg(test)]
#[path = "sign_on_tests.rs"]
mod tests;
