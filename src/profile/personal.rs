//! A person's own key of an operator: it stays closed until its holder opens it, at a desk that runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::keeping::{self, Keyring, Place, TokenKey, Vault};
use super::keyring::SystemKeyring;
use super::secrets_file::KeptKey;
use super::token::Tokens;
use super::trust::Trust;
use crate::dispatch::{Holder, KeyId, OperatorId, OwnKeys, SigningKey};
use crate::openadr::secret::Secret;

/// A person's key, closed: whose it is, and where it is kept.
#[derive(Clone, Debug)]
pub struct PersonalKey {
    /// The person.
    pub holder: Holder,
    kept: KeptKey,
    secrets: PathBuf,
}

/// What somebody gives to open a personal key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// Nothing: the keyring is open while its owner is logged in.
    Nothing,
    /// The passphrase of a sealed file.
    Passphrase,
    /// The PIN of a token.
    Pin,
}

impl Proof {
    /// What is asked for, in words; `None` for nothing.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Passphrase => Some("Passphrase"),
            Self::Pin => Some("PIN"),
        }
    }
}

impl PersonalKey {
    /// A key of a secrets file that stands at `secrets`; `None` for one that is the machine's.
    pub fn of(kept: &KeptKey, secrets: &Path) -> Option<Self> {
        let holder = kept.holder.clone()?;
        Some(Self { holder, kept: kept.clone(), secrets: secrets.to_owned() })
    }

    /// Its name.
    pub fn key_id(&self) -> &KeyId {
        &self.kept.key_id
    }

    /// What it takes to open it.
    pub fn proof(&self) -> Proof {
        match self.kept.place {
            Place::Sealed(_) => Proof::Passphrase,
            Place::Token(_) => Proof::Pin,
            Place::Keyring(_) | Place::File(_) => Proof::Nothing,
        }
    }

    /// Opens it, in as long as it takes: a part of a second for a sealed file.
    ///
    /// # Errors
    /// Why it cannot be had, and what to do, in words; no secret is quoted.
    pub fn open(&self, proof: &Secret) -> Result<SigningKey, String> {
        let kept = &self.kept;
        if let Place::Sealed(file) = &kept.place {
            keeping::is_sealed_for(file, &self.secrets, self.holder.as_str())?;
        }
        let given = Given { proof, tokens: Arc::default() };
        keeping::key(kept, &self.secrets, &given)
            .map_err(|why| format!("key {}, {}: {why}", kept.key_id, kept.place.words()))
    }
}

/// What somebody has just given: it is tried once, and is not kept.
struct Given<'a> {
    proof: &'a Secret,
    tokens: Arc<Tokens>,
}

impl Vault for Given<'_> {
    fn keyring(&self) -> &dyn Keyring {
        &SystemKeyring
    }

    fn known(&self) -> Vec<Secret> {
        Vec::new()
    }

    fn ask(&self, _: &Path, before: usize) -> Result<Secret, String> {
        match before {
            0 => Ok(self.proof.clone()),
            _ => Err("that passphrase does not open it".to_owned()),
        }
    }

    fn opened_with(&self, _: &Secret) {}

    fn token(&self, key: &TokenKey, key_id: &KeyId) -> Result<SigningKey, String> {
        self.tokens.key(key, key_id, || Ok(self.proof.clone()))
    }
}

/// The closed keys of an operator's people.
pub type People = BTreeMap<OperatorId, Vec<PersonalKey>>;

/// Sees that secrets and trust say the same of whose own each operator's key is: by the trust file somebody is told from
/// somebody else.
///
/// # Errors
/// The first key of which they do not, and what would be right, in words.
pub fn agree(people: &People, machine: &BTreeMap<OperatorId, OwnKeys>, trust: &Trust) -> Result<(), String> {
    let pinned = |operator: &OperatorId, key_id: &KeyId| trust.operators.get(operator)?.get(key_id);
    for (operator, key) in
        people.iter().flat_map(|(operator, keys)| keys.iter().map(move |key| (operator, key)))
    {
        let (id, holder) = (key.key_id(), &key.holder);
        match pinned(operator, id).map(|public| &public.holder) {
            Some(Some(named)) if named == holder => {}
            Some(Some(named)) => {
                return Err(format!(
                    "key {id} of {operator} is {holder}\u{2019}s by the secrets file and {named}\u{2019}s by the trust file; \
                     write one name in both"
                ));
            }
            Some(None) => {
                return Err(format!(
                    "key {id} of {operator} is {holder}\u{2019}s by the secrets file and nobody\u{2019}s by the trust file; write \
                     holder = \"{holder}\" with it there"
                ));
            }
            None => {
                return Err(format!(
                    "key {id} of {operator} is {holder}\u{2019}s and is not pinned in the trust file; pin its public half there, \
                     with holder = \"{holder}\""
                ));
            }
        }
    }
    for (operator, key) in
        machine.iter().flat_map(|(operator, keys)| keys.iter().map(move |key| (operator, key)))
    {
        if let Some(holder) = pinned(operator, key.key_id()).and_then(|public| public.holder.as_ref()) {
            return Err(format!(
                "key {} of {operator} is {holder}\u{2019}s by the trust file and the machine\u{2019}s by the secrets file; write \
                 holder = \"{holder}\" with it there, and keep it in a sealed file, a keyring or a token",
                key.key_id()
            ));
        }
    }
    Ok(())
}
