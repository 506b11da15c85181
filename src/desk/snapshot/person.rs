//! Who signs: the people who may sign on, and who is.

use serde::{Deserialize, Serialize};

use crate::dispatch::{Holder, KeyId, OperatorId};
use crate::profile::personal::Proof;
use crate::time::UtcTime;

/// The people of a desk. Nobody may sign on where the machine's keys sign everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Those who may sign on, in order of name.
    pub people: Vec<PersonState>,
    /// Who is signed on.
    pub on: Option<SignedOnState>,
}

/// A person who may sign on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonState {
    /// Their name.
    pub name: Holder,
    /// The operators of whom they have a key.
    pub operators: Vec<OperatorId>,
    /// What they give to open it.
    pub proof: Proof,
}

/// A person who is signed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOnState {
    /// Their name.
    pub name: Holder,
    /// The operators for whom they sign, each with the key.
    pub keys: Vec<(OperatorId, KeyId)>,
    /// Since when.
    pub since: UtcTime,
    /// When they are signed off unless they give a command before.
    pub until: UtcTime,
}
