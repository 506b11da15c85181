//! The dispatch document: the one form that a person writes, a file holds, a signature covers and the console shows.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::time::UtcTime;

use super::problem::Problem;
use super::rules;
use super::{
    ContractId, DispatchKey, DispatchRef, DispatchUnit, OperatorId, Revision, Setpoint, Signature,
    SignatureFault, SigningFault, SigningKey,
};

/// The profile's name in every document.
pub const PROFILE: &str = "gb-dispatch/1";

/// What is asked of the unit (Appendix A: "Dispatch status"). Appendix A gives two lists of examples; this is their
/// union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// A notice of what will probably be asked: acknowledged, not acted on.
    PreNotify,
    /// Deliver the setpoints at their times.
    Run,
    /// Reach the first setpoint as fast as the ramp allows from acceptance.
    RunNow,
    /// Leave now, return to baseline at the declared ramp.
    Stop,
    /// Cease as fast as the asset physically can and stay inhibited until a greater revision or a new dispatch.
    EmergencyStop,
}

impl Status {
    /// All five.
    pub const ALL: [Self; 5] = [Self::PreNotify, Self::Run, Self::RunNow, Self::Stop, Self::EmergencyStop];

    /// As the document writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::PreNotify => "PRE_NOTIFY",
            Self::Run => "RUN",
            Self::RunNow => "RUN_NOW",
            Self::Stop => "STOP",
            Self::EmergencyStop => "EMERGENCY_STOP",
        }
    }

    /// Reads the document's word; `None` for any other, which is never acted on.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether it asks the unit to cease.
    pub fn is_stop(self) -> bool {
        matches!(self, Self::Stop | Self::EmergencyStop)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The fields of a dispatch, rules not yet checked: what a draft or a decoder holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DispatchParts {
    /// Who dispatches.
    pub network_operator: OperatorId,
    /// The operator's reference.
    pub dispatch_ref: DispatchRef,
    /// The revision of that reference.
    pub revision: Revision,
    /// What is asked.
    pub status: Status,
    /// Under which contract.
    pub contract: ContractId,
    /// Of which unit.
    pub unit: DispatchUnit,
    /// When the operator decided it.
    pub instruction_time: UtcTime,
    /// Start of the service window.
    pub service_start: UtcTime,
    /// End of the service window.
    pub service_end: UtcTime,
    /// Destinations in time order.
    pub setpoints: Vec<Setpoint>,
}

/// A dispatch that keeps every rule of the profile's section 1. Its fields are read through [`DispatchParts`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dispatch(Box<DispatchParts>);

impl Dispatch {
    /// Checks the rules.
    ///
    /// # Errors
    /// Every rule that is broken, each naming the field and the value.
    pub fn new(parts: DispatchParts) -> Result<Self, Vec<Problem>> {
        let problems = rules::check(&parts);
        if problems.is_empty() { Ok(Self(Box::new(parts))) } else { Err(problems) }
    }

    /// Operator and reference.
    pub fn key(&self) -> DispatchKey {
        DispatchKey { operator: self.network_operator.clone(), dispatch_ref: self.dispatch_ref.clone() }
    }

    /// The fields, to draw up the next revision from.
    pub fn parts(&self) -> &DispatchParts {
        &self.0
    }

    /// Signs the canonical form.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(self, key: &SigningKey) -> Result<SignedDispatch, SigningFault> {
        let signature = key.sign(&super::canonical_bytes(&self))?;
        Ok(SignedDispatch { dispatch: self, signature })
    }
}

impl Deref for Dispatch {
    type Target = DispatchParts;

    fn deref(&self) -> &DispatchParts {
        &self.0
    }
}

/// A dispatch with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedDispatch {
    /// What is asked.
    pub dispatch: Dispatch,
    /// Over [`super::canonical_bytes`] of it.
    pub signature: Signature,
}

impl SignedDispatch {
    /// Checks the signature against the operator's pinned keys at an instant.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn verify(&self, keys: &super::KeyRing, at: UtcTime) -> Result<(), SignatureFault> {
        keys.verify(&super::canonical_bytes(&self.dispatch), &self.signature, at)
    }
}
