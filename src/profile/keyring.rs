//! The system's own keyring: the Secret Service on Linux, the Keychain on macOS, the Credential Manager on Windows.

use keyring::{Entry, Error};

use super::keeping::{Keyring, SERVICE};
use crate::openadr::secret::Secret;

/// The keyring of whoever is logged in.
pub struct SystemKeyring;

/// What is left where there is no keyring.
const FALLBACK: &str =
    "keep it in a sealed file instead: `rampdesk key new --keep sealed-file`, or `rampdesk key keep`";

impl Keyring for SystemKeyring {
    fn get(&self, account: &str) -> Result<Option<Secret>, String> {
        match entry(account)?.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(words(&error)),
        }
    }

    fn put(&self, account: &str, secret: &Secret) -> Result<(), String> {
        entry(account)?.set_password(secret.reveal()).map_err(|error| words(&error))
    }

    fn remove(&self, account: &str) -> Result<(), String> {
        match entry(account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(words(&error)),
        }
    }
}

fn entry(account: &str) -> Result<Entry, String> {
    if let Err(error) = Entry::store_status() {
        return Err(words(error));
    }
    Entry::new(SERVICE, account).map_err(|error| words(&error))
}

/// What the keyring says, without the secret that an error may carry.
fn words(error: &Error) -> String {
    match error {
        Error::NoStorageAccess(inner) => {
            format!("the keyring is locked, or cannot be reached ({inner}); unlock it, or {FALLBACK}")
        }
        Error::PlatformFailure(inner) => {
            format!("there is no keyring here that answers ({inner}); {FALLBACK}")
        }
        Error::NoDefaultStore | Error::NotSupportedByStore(_) | Error::Invalid(..) => {
            format!("there is no keyring here; {FALLBACK}")
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            "what stands in the keyring is no text".to_owned()
        }
        Error::Ambiguous(_) => {
            "several entries stand in the keyring under this account; take out all but one".to_owned()
        }
        Error::TooLong(_, most) => format!("the keyring takes at most {most} characters for this"),
        _ => format!("the keyring does not answer; {FALLBACK}"),
    }
}
