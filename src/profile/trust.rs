//! Pinned public keys: a file that can be shared.

use std::collections::BTreeMap;

use super::fault::FileFault;
use crate::dispatch::{FspId, KeyRing, OperatorId};

/// The public keys of every party.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Operators' dispatch keys.
    pub operators: BTreeMap<OperatorId, KeyRing>,
    /// FSPs' acknowledgement keys.
    pub fsps: BTreeMap<FspId, KeyRing>,
}

impl Trust {
    /// Reads a trust file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(_file: &str, _text: &str) -> Result<Self, Vec<FileFault>> {
        todo!()
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        todo!()
    }
}
