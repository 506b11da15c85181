//! A person's own key of an operator: it stays closed until its holder opens it, at a desk that runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::KeyRing;
    use crate::profile::secrets::Secrets;
    use crate::profile::secrets_file::SecretsFile;

    const SECRETS: &str = "[[signing_keys]]\noperator = \"GB-DNO-11\"\nkey_id = \"machine\"\n\
                           seed = \"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk\"\n\
                           [[signing_keys]]\noperator = \"GB-DNO-11\"\nholder = \"Ada Winter\"\nkey_id = \"ada\"\n\
                           kept_in = \"sealed-file\"\nfile = \"ada.toml\"\n";

    fn secrets() -> Secrets {
        let file = SecretsFile::from_toml("s.toml", SECRETS).unwrap();
        file.open(Path::new("s.toml"), &keeping::NoVault).unwrap()
    }

    fn key(id: &str) -> SigningKey {
        SigningKey::from_seed(id.parse().unwrap(), &[9; 32])
    }

    #[test]
    fn a_persons_key_stays_closed_and_is_not_the_machines() {
        let secrets = secrets();
        let operator: OperatorId = "GB-DNO-11".parse().unwrap();
        let machine: Vec<&str> =
            secrets.operators[&operator].iter().map(|key| key.key_id().as_str()).collect();
        assert_eq!(machine, ["machine"]);
        let [ada] = &secrets.people[&operator][..] else { panic!("{:?}", secrets.people) };
        assert_eq!(
            (ada.holder.as_str(), ada.key_id().as_str(), ada.proof()),
            ("Ada Winter", "ada", Proof::Passphrase)
        );
        assert!(secrets.for_fleet().people.is_empty());
        assert!(!secrets.to_toml().reveal().contains("ada"));
    }

    #[test]
    fn a_key_that_cannot_be_a_persons_is_refused_with_its_line() {
        let in_the_clear = "holder = \"Eve\"\nkey_id = \"machine\"";
        for (old, new, says) in [
            (
                "key_id = \"machine\"",
                in_the_clear,
                "holder: a person\u{2019}s key does not stand in the clear",
            ),
            (
                "\"Ada Winter\"",
                "\"Ada  Winter\"",
                "holder: is not right; write the person\u{2019}s name, as in \"Ada Winter\"",
            ),
            ("\"Ada Winter\"", "\"\"", "holder: "),
            (
                "operator = \"GB-DNO-11\"\nholder",
                "fsp = \"BRIGHTFLEX\"\nholder",
                "holder: an FSP signs by itself",
            ),
        ] {
            let faults = SecretsFile::from_toml("s.toml", &SECRETS.replacen(old, new, 1)).unwrap_err();
            assert!(faults[0].to_string().contains(says), "{says}: {faults:?}");
        }
        let token = "kept_in = \"pkcs11\"\nmodule = \"m.so\"\ntoken = \"room\"\nlabel = \"x\"\n";
        let shared = SECRETS
            .replace("kept_in = \"sealed-file\"\nfile = \"ada.toml\"\n", token)
            .replace("seed = \"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk\"\n", token);
        let file = SecretsFile::from_toml("s.toml", &shared).unwrap();
        let faults = file.open(Path::new("s.toml"), &keeping::NoVault).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.contains("a person\u{2019}s token is their own")),
            "{faults:?}"
        );
    }

    #[test]
    fn secrets_and_trust_say_the_same_of_whose_a_key_is_or_nothing_begins() {
        let secrets = secrets();
        let pinned = |machine: Option<&str>, ada: Option<Option<&str>>| {
            let holder = |name: Option<&str>| name.map(|name| name.parse().unwrap());
            let named = |id: &str, name| crate::dispatch::PublicKey {
                holder: holder(name),
                ..key(id).public(None, None)
            };
            let ring = KeyRing::new(
                [named("machine", machine)].into_iter().chain(ada.map(|name| named("ada", name))),
            );
            Trust { operators: BTreeMap::from([("GB-DNO-11".parse().unwrap(), ring)]), ..Trust::default() }
        };
        for (machine, ada, says) in [
            (None, Some(Some("Ada Winter")), ""),
            (None, Some(Some("Eve")), "Eve\u{2019}s by the trust file; write one name in both"),
            (
                None,
                Some(None),
                "nobody\u{2019}s by the trust file; write holder = \"Ada Winter\" with it there",
            ),
            (None, None, "is not pinned in the trust file; pin its public half there"),
            (Some("Eve"), Some(Some("Ada Winter")), "the machine\u{2019}s by the secrets file"),
        ] {
            let trust = pinned(machine, ada);
            let said = agree(&secrets.people, &secrets.operators, &trust).err().unwrap_or_default();
            assert!(said.contains(says) && said.is_empty() == says.is_empty(), "{says}: {said}");
            assert_eq!(Trust::from_toml("t.toml", &trust.to_toml()), Ok(trust));
        }
    }
}
