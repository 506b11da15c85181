//! Putting a private key or a secret where it is to be kept, and taking it away again when that was for nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::dispatch::{Holder, KeyId, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::profile::keeping::{Place, TokenKey, Vault as _, account_of_client, account_of_key, key_to_text};
use crate::profile::new_file::{self, Made, Readers};
use crate::profile::sealed_key::SealedKey;
use crate::profile::sealed_secret::SealedSecret;
use crate::profile::trust::Owner;

use crate::commands::output::Failure;
use crate::commands::vault::SystemVault;

/// Where a private key is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Keep {
    /// In the system's keyring
    Keyring,
    /// In a file of its own beside the secrets file, sealed with a passphrase
    SealedFile,
    /// In the secrets file, in the clear
    File,
    /// In a hardware token, where it is made and never leaves
    Pkcs11,
}

/// How a place is named.
#[derive(clap::Args)]
pub struct PlaceArguments {
    /// Where the private key is kept
    #[arg(long, value_enum, value_name = "PLACE")]
    pub keep: Option<Keep>,
    /// The account in the keyring [default: OWNER/KEY_ID]
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The PKCS#11 library of the token's maker
    #[arg(long, value_name = "FILE")]
    module: Option<PathBuf>,
    /// The token's label
    #[arg(long, value_name = "LABEL")]
    token: Option<String>,
    /// The key's label in the token [default: its id]
    #[arg(long, value_name = "LABEL")]
    label: Option<String>,
}

impl PlaceArguments {
    /// The place for a key. `like`: where the party's key is kept so far, for what is not said.
    ///
    /// # Errors
    /// When a token is not named.
    pub fn place(&self, owner: &Owner, key_id: &KeyId, like: Option<&Place>) -> Result<Wanted, Failure> {
        let keep = self.keep.unwrap_or(match like {
            None | Some(Place::Keyring(_)) => Keep::Keyring,
            Some(Place::File(_)) => Keep::File,
            Some(Place::Sealed(_)) => Keep::SealedFile,
            Some(Place::Token(_)) => Keep::Pkcs11,
        });
        Ok(match keep {
            Keep::Keyring => {
                Wanted::Keyring(self.account.clone().unwrap_or_else(|| account_of_key(owner, key_id)))
            }
            Keep::SealedFile => Wanted::Sealed(PathBuf::from(format!("{key_id}.sealed.toml"))),
            Keep::File => Wanted::File,
            Keep::Pkcs11 => {
                let like = match like {
                    Some(Place::Token(key)) => Some(key),
                    _ => None,
                };
                let module = self.module.clone().or_else(|| like.map(|key| key.module.clone()));
                let token = self.token.clone().or_else(|| like.map(|key| key.token.clone()));
                let missing = |what| Failure::input(format!("--keep pkcs11: say {what}"));
                Wanted::Token(TokenKey {
                    module: module.ok_or_else(|| missing("which library, with --module FILE"))?,
                    token: token.ok_or_else(|| missing("which token, with --token LABEL"))?,
                    label: self.label.clone().unwrap_or_else(|| key_id.to_string()),
                })
            }
        })
    }
}

/// A place that something is to be put into.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The secrets file.
    File,
    /// This account of the keyring.
    Keyring(String),
    /// This file beside the secrets file.
    Sealed(PathBuf),
    /// This token.
    Token(TokenKey),
}

/// Refuses to keep a person's key so that whoever reads the file signs in their name.
///
/// # Errors
/// When it would stand in the secrets file.
pub fn not_in_the_clear(wanted: &Wanted, holder: Option<&Holder>) -> Result<(), Failure> {
    match (wanted, holder) {
        (Wanted::File, Some(holder)) => Err(Failure::input(format!(
            "--keep file: {holder}\u{2019}s key does not stand in the clear; keep it in a sealed-file, the keyring or a token"
        ))),
        _ => Ok(()),
    }
}

/// What was put somewhere.
pub struct Stored {
    /// Where.
    pub place: Place,
    made: Option<PathBuf>,
}

/// Makes a key and puts it where it is to be kept. Nothing is ever overwritten. `name`: whose it is, as it is sealed.
///
/// # Errors
/// When something stands there already, or the place does not take it.
pub fn make(
    wanted: &Wanted,
    key_id: &KeyId,
    name: &str,
    secrets: &Path,
    vault: &SystemVault,
) -> Result<(SigningKey, Stored), Failure> {
    if let Wanted::Token(at) = wanted {
        let key = vault.make_in_token(at, key_id).map_err(Failure::failed)?;
        return Ok((key, Stored { place: Place::Token(at.clone()), made: None }));
    }
    let seed = zeroize::Zeroizing::new(Entropy::system().bytes());
    let key = SigningKey::from_seed(key_id.clone(), &seed);
    let stored = put(wanted, &key, name, secrets, vault)?;
    Ok((key, stored))
}

/// Puts a key where it is to be kept.
///
/// # Errors
/// As for [`make`].
pub fn put(
    wanted: &Wanted,
    key: &SigningKey,
    name: &str,
    secrets: &Path,
    vault: &SystemVault,
) -> Result<Stored, Failure> {
    let text = key_to_text(key)
        .ok_or_else(|| Failure::input(format!("key {} is in a token and does not leave it", key.key_id())))?;
    match wanted {
        Wanted::File => Ok(Stored { place: Place::File(text), made: None }),
        Wanted::Keyring(account) => put_in_keyring(account, &text, vault),
        Wanted::Sealed(file) => {
            let passphrase = vault.choose()?;
            let sealed = SealedKey::seal(name, key, &passphrase, &Entropy::system().fork("seal"));
            write_sealed(file, &sealed.map_err(Failure::input)?.to_toml(), secrets)
        }
        Wanted::Token(_) => Err(Failure::input(
            "a key is made in a token and not put into one: `rampdesk key new --keep pkcs11`, or the tools of its maker",
        )),
    }
}

/// Puts a client's secret where it is to be kept.
///
/// # Errors
/// As for [`make`].
pub fn put_client(
    keep: Keep,
    client: &str,
    secret: &Secret,
    secrets: &Path,
    vault: &SystemVault,
) -> Result<Stored, Failure> {
    match keep {
        Keep::File => Ok(Stored { place: Place::File(secret.clone()), made: None }),
        Keep::Keyring => put_in_keyring(&account_of_client(client), secret, vault),
        Keep::SealedFile => {
            let passphrase = vault.choose()?;
            let sealed = SealedSecret::seal(client, secret, &passphrase, &Entropy::system().fork("seal"));
            let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
            let name: String = client.chars().map(plain).collect();
            let file = PathBuf::from(format!("{name}.client.sealed.toml"));
            write_sealed(&file, &sealed.map_err(Failure::input)?.to_toml(), secrets)
        }
        Keep::Pkcs11 => Err(Failure::input("--keep pkcs11: a client secret is kept in no token")),
    }
}

fn put_in_keyring(account: &str, text: &Secret, vault: &SystemVault) -> Result<Stored, Failure> {
    let keyring = vault.keyring();
    if keyring.get(account).map_err(Failure::failed)?.is_some() {
        return Err(Failure::input(format!(
            "the keyring has something under account {account} already; a secret is never overwritten: name another with \
             --account"
        )));
    }
    keyring.put(account, text).map_err(Failure::failed)?;
    Ok(Stored { place: Place::Keyring(account.to_owned()), made: None })
}

fn write_sealed(file: &Path, text: &str, secrets: &Path) -> Result<Stored, Failure> {
    let path = secrets.parent().unwrap_or(Path::new("")).join(file);
    write_new(&path, text)?;
    Ok(Stored { place: Place::Sealed(file.to_owned()), made: Some(path) })
}

/// Writes a private file that was not there.
///
/// # Errors
/// When it was, or it cannot be written.
pub fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let shown = path.display();
    match new_file::make(path, text, Readers::Owner) {
        Ok(Made::New | Made::Same) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Failure::input(format!("{shown}: is there already; a key is never overwritten")))
        }
        Err(error) => Err(Failure::failed(format!("{shown}: cannot be written: {error}"))),
    }
}

/// Takes away what was put somewhere, since the files that name it could not be changed.
pub fn take_back(stored: &Stored, vault: &SystemVault) {
    match (&stored.place, &stored.made) {
        (Place::Keyring(account), _) => drop(vault.keyring().remove(account)),
        (_, Some(path)) => drop(std::fs::remove_file(path)),
        _ => {}
    }
}
