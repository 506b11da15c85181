//! The key that signs in an operator's name at the command line: the machine's, or that of the person who is named.

use crate::dispatch::{Holder, OperatorId, PublicKey, SigningKey};
use crate::openadr::secret::Secret;
use crate::profile::personal::{self, PersonalKey};
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::UtcTime;

use super::output::Failure;
use super::passphrase::PassphraseArguments;

/// Who signs.
#[derive(Clone, Default, clap::Args)]
pub struct SignerArguments {
    /// Who signs: the name of a person who has a key of the operator of their own, or its id. Their passphrase is asked for.
    /// Needed where the operator's keys are people's own
    #[arg(long = "as", value_name = "NAME")]
    person: Option<String>,
}

/// What is signed for an operator.
pub struct Wanted<'a> {
    /// In whose name.
    pub operator: &'a OperatorId,
    /// Whether it moves a unit: the machine's key does not sign that where people have keys of their own.
    pub moves: bool,
    /// When.
    pub now: UtcTime,
}

impl SignerArguments {
    /// The key that signs.
    ///
    /// # Errors
    /// When nobody is named who must be, there is no such key, or it cannot be had.
    pub fn key(
        &self,
        wanted: &Wanted<'_>,
        (secrets, trust): (&Secrets, &Trust),
        passphrase: &PassphraseArguments,
    ) -> Result<SigningKey, Failure> {
        personal::agree(&secrets.people, &secrets.operators, trust).map_err(Failure::input)?;
        let operator = wanted.operator;
        let people = secrets.people.get(operator).map_or(&[][..], Vec::as_slice);
        let pinned = trust.operators.get(operator).cloned().unwrap_or_default();
        let Some(person) = &self.person else {
            return match secrets.operators.get(operator) {
                Some(own) if people.is_empty() || !wanted.moves => {
                    own.in_force(&pinned, wanted.now).cloned().map_err(Failure::failed)
                }
                None if people.is_empty() => {
                    Err(Failure::input(format!("the secrets hold no signing key of {operator}")))
                }
                _ => Err(Failure::input(format!("--as: say who signs for {operator}: {}", names(people)))),
            };
        };
        let is_named = |key: &&PersonalKey| key.holder.is_called(person) || key.key_id().as_str() == person;
        let public = |key: &PersonalKey| -> Option<PublicKey> {
            pinned.get(key.key_id()).filter(|public| public.in_force(wanted.now).is_ok()).cloned()
        };
        let theirs = people.iter().filter(is_named).filter_map(|key| Some((public(key)?, key)));
        let (public, closed) = theirs.max_by_key(|(public, _)| public.valid_from).ok_or_else(|| {
            Failure::input(format!(
                "--as: {person} has no key of {operator} that is in force; these have keys: {}",
                names(people)
            ))
        })?;
        let proof = match closed.proof().word() {
            Some(word) => passphrase.ask(&format!("{word} of {}: ", closed.holder))?,
            None => Secret::new(""),
        };
        let key = closed.open(&proof).map_err(Failure::input)?;
        if key.public(None, None).bytes != public.bytes {
            return Err(Failure::input(format!(
                "key {} is pinned with another public half than the private key has",
                key.key_id()
            )));
        }
        Ok(key)
    }
}

fn names(people: &[PersonalKey]) -> String {
    let mut names: Vec<&str> = people.iter().map(|key| Holder::as_str(&key.holder)).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}
