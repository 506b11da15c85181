//! Where this process has secrets from: the system's keyring, sealed files, hardware tokens. What opens them is asked for at the
//! terminal, or in the window, or read from the file that stands in its place.

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

/// Something that is opened with a secret.
pub struct Wanted<'a> {
    /// `Passphrase` or `PIN`.
    pub word: &'static str,
    /// What it opens: `desk.sealed.toml`, `token control-room`.
    pub opens: &'a str,
    /// How often one was given that did not open it.
    pub before: usize,
}

/// Whoever knows passphrases and PINs.
pub trait Asked: Send + Sync {
    /// One that there is.
    ///
    /// # Errors
    /// Why it cannot be had, in words.
    fn ask(&self, wanted: &Wanted<'_>) -> Result<Secret, String>;
}

impl Asked for PassphraseArguments {
    fn ask(&self, wanted: &Wanted<'_>) -> Result<Secret, String> {
        if wanted.before > 0 {
            if self.is_from_file() {
                return Err("the passphrase in the file that was given does not open it".to_owned());
            }
            super::output::say("That passphrase does not open it.");
        }
        let prompt = format!("{} of {}: ", wanted.word, wanted.opens);
        Self::ask(self, &prompt).map_err(|failure| failure.lines().join("; "))
    }
}

/// Everything that secrets are had from.
pub struct SystemVault {
    asked: Box<dyn Asked>,
    /// What is sealed anew is sealed with.
    passphrase: PassphraseArguments,
    tokens: Arc<Tokens>,
    /// What has opened something.
    known: Mutex<Vec<Secret>>,
    may_ask: AtomicBool,
}

impl SystemVault {
    /// Asks as these say.
    pub fn new(passphrase: &PassphraseArguments) -> Self {
        Self::asking(Box::new(passphrase.clone()), passphrase.clone())
    }

    /// Asks somebody else for what there is.
    pub fn asking(asked: Box<dyn Asked>, passphrase: PassphraseArguments) -> Self {
        Self {
            asked,
            passphrase,
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
        self.tokens.make(at, key_id, || self.pin(&at.token))
    }

    fn pin(&self, token: &str) -> Result<Secret, String> {
        self.wanted(&Wanted { word: "PIN", opens: &format!("token {token}"), before: 0 })
    }

    fn wanted(&self, wanted: &Wanted<'_>) -> Result<Secret, String> {
        if !self.may_ask.load(Ordering::Relaxed) {
            return Err("nobody is asked for a passphrase while this runs; start it again".to_owned());
        }
        self.asked.ask(wanted)
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
        self.wanted(&Wanted { word: "Passphrase", opens: &file.display().to_string(), before })
    }

    fn opened_with(&self, passphrase: &Secret) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(passphrase.clone());
    }

    fn token(&self, key: &TokenKey, key_id: &KeyId) -> Result<SigningKey, String> {
        self.tokens.key(key, key_id, || self.pin(&key.token))
    }
}
