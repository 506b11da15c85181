//! Secrets: client secrets and private signing keys, in a file of mode 0600 that nobody shares.

use std::collections::BTreeMap;

use super::fault::FileFault;
use super::fleet::FleetProfile;
use super::trust::Trust;
use crate::dispatch::{FspId, OperatorId, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::time::UtcTime;

/// What one party, or a whole sandbox, must keep to itself.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// OAuth client secrets by client id. The desk's client id is [`DESK_CLIENT`]; an FSP's is its id.
    pub clients: BTreeMap<String, Secret>,
    /// Operators' signing keys.
    pub operators: BTreeMap<OperatorId, SigningKey>,
    /// FSPs' signing keys.
    pub fsps: BTreeMap<FspId, SigningKey>,
}

/// The desk's OAuth client id at an embedded VTN.
pub const DESK_CLIENT: &str = "desk";

impl Secrets {
    /// Fresh secrets and keys for a whole fleet, and the public halves. Keys are valid from `from` without end.
    pub fn generate(_fleet: &FleetProfile, _entropy: &Entropy, _from: UtcTime) -> (Self, Trust) {
        todo!()
    }

    /// Reads a secrets file. Errors never quote a secret.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(_file: &str, _text: &str) -> Result<Self, Vec<FileFault>> {
        todo!()
    }

    /// Writes one: keep it at mode 0600.
    pub fn to_toml(&self) -> Secret {
        todo!()
    }

    /// Only what the FSPs of a fleet need.
    pub fn for_fleet(&self) -> Self {
        todo!()
    }

    /// Only what the desk needs.
    pub fn for_desk(&self) -> Self {
        todo!()
    }
}
