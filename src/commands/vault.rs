//! Where this process has secrets from: the system's keyring, sealed files, hardware tokens. What is asked for is asked at the
//! terminal, or read from the file that stands in its place.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::{KeyId, SigningKey};
use crate::openadr::secret::Secret;
use crate::profile::keeping::{Keyring, TokenKey, Vault};
use crate::profile::keyring::SystemKeyring;
use crate::profile::token::Tokens;

use super::output::Failure;
use super::passphrase::PassphraseArguments;

/// Everything that secrets are had from.
pub struct SystemVault {
    passphrase: PassphraseArguments,
    tokens: Arc<Tokens>,
    /// What has opened something.
    known: Mutex<Vec<Secret>>,
    may_ask: AtomicBool,
}

impl SystemVault {
    /// Asks as these say.
    pub fn new(passphrase: &PassphraseArguments) -> Self {
        Self {
            passphrase: passphrase.clone(),
            tokens: Arc::default(),
            known: Mutex::default(),
            may_ask: AtomicBool::new(true),
        }
    }

    /// Asks nobody any more: the program runs, and nobody may be there.
    pub fn asks_no_more(&self) {
        self.may_ask.store(false, Ordering::Relaxed);
    }

    /// The passphrase that something is sealed with anew, asked for twice.
    ///
    /// # Errors
    /// As for [`PassphraseArguments::choose`].
    pub fn choose(&self) -> Result<Secret, Failure> {
        self.passphrase.choose()
    }

    /// Makes a key in a token.
    ///
    /// # Errors
    /// Why it cannot be made, in words.
    pub fn make_in_token(&self, at: &TokenKey, key_id: &KeyId) -> Result<SigningKey, String> {
        self.tokens.make(at, key_id, || self.asked(&format!("PIN of token {}: ", at.token)))
    }

    fn asked(&self, prompt: &str) -> Result<Secret, String> {
        if !self.may_ask.load(Ordering::Relaxed) {
            return Err("nobody is asked for a passphrase while this runs; start it again".to_owned());
        }
        self.passphrase.ask(prompt).map_err(|failure| failure.lines().join("; "))
    }
}

impl Vault for SystemVault {
    fn keyring(&self) -> &dyn Keyring {
        &SystemKeyring
    }

    fn known(&self) -> Vec<Secret> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ask(&self, file: &Path, before: usize) -> Result<Secret, String> {
        if before > 0 {
            if self.passphrase.is_from_file() {
                return Err("the passphrase in the file that was given does not open it".to_owned());
            }
            super::output::say("That passphrase does not open it.");
        }
        self.asked(&format!("Passphrase of {}: ", file.display()))
    }

    fn opened_with(&self, passphrase: &Secret) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(passphrase.clone());
    }

    fn token(&self, key: &TokenKey, key_id: &KeyId) -> Result<SigningKey, String> {
        self.tokens.key(key, key_id, || self.asked(&format!("PIN of token {}: ", key.token)))
    }
}
