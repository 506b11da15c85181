//! Where private keys and client secrets are kept, and what it takes to have them from there: the file itself, the
//! system's keyring, a file that is sealed with a passphrase, or a hardware token.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::personal::PersonalKey;
use super::sealed_key::{SealFault, SealedKey};
use super::sealed_secret::SealedSecret;
use super::secrets::Secrets;
use super::secrets_file::{KeptKey, SecretsFile};
use super::text_file;
use super::trust::Owner;
use crate::dispatch::{KeyId, SigningKey};
use crate::openadr::secret::Secret;

/// The name under which this program's secrets stand in the system's keyring.
pub const SERVICE: &str = "rampdesk";

/// How often a passphrase is asked for before it is left at that.
const ASKED: usize = 3;

/// Where a secret is kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// In the secrets file itself: a client's secret, or a key's 32 bytes in base64url.
    File(Secret),
    /// In the system's keyring, under this account of [`SERVICE`].
    Keyring(String),
    /// In a file that is sealed with a passphrase, as it is named: beside the secrets file where it is relative.
    Sealed(PathBuf),
    /// In a hardware token that it never leaves. Keys alone.
    Token(TokenKey),
}

/// A key in a token that speaks PKCS#11.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenKey {
    /// The library of the token's maker.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The key's label in it.
    pub label: String,
}

impl Place {
    /// For people.
    pub fn words(&self) -> String {
        match self {
            Self::File(_) => "in the secrets file, in the clear".to_owned(),
            Self::Keyring(account) => format!("in the system\u{2019}s keyring, account {account}"),
            Self::Sealed(file) => format!("sealed in {}", file.display()),
            Self::Token(key) => format!("in token {}, label {}", key.token, key.label),
        }
    }
}

/// The account of a key in the keyring, where the file names no other.
pub fn account_of_key(owner: &Owner, key_id: &KeyId) -> String {
    format!("{}/{key_id}", owner.name())
}

/// The account of a client secret in the keyring, where the file names no other.
pub fn account_of_client(client: &str) -> String {
    format!("client/{client}")
}

/// The system's keyring.
pub trait Keyring {
    /// The text under an account; `None` where there is none.
    ///
    /// # Errors
    /// Why the keyring cannot be asked, and what to do, in words.
    fn get(&self, account: &str) -> Result<Option<Secret>, String>;

    /// Puts a text under an account, in the place of what stood there.
    ///
    /// # Errors
    /// As for [`Keyring::get`].
    fn put(&self, account: &str, secret: &Secret) -> Result<(), String>;

    /// Takes out what stands under an account; nothing where nothing does.
    ///
    /// # Errors
    /// As for [`Keyring::get`].
    fn remove(&self, account: &str) -> Result<(), String>;
}

/// What it takes to have secrets from where they are kept.
pub trait Vault {
    /// The system's keyring.
    fn keyring(&self) -> &dyn Keyring;

    /// Passphrases that have opened something before, to be tried first.
    fn known(&self) -> Vec<Secret>;

    /// Asks for the passphrase of a sealed file. `before`: how often one was given for it that did not open it.
    ///
    /// # Errors
    /// Why nobody can be asked, in words.
    fn ask(&self, file: &Path, before: usize) -> Result<Secret, String>;

    /// This passphrase opened something.
    fn opened_with(&self, passphrase: &Secret);

    /// A key in a token, which asks for its PIN itself.
    ///
    /// # Errors
    /// Why it cannot be had, and what to do, in words.
    fn token(&self, key: &TokenKey, key_id: &KeyId) -> Result<SigningKey, String>;
}

/// Where nothing is to be had: for files in which everything stands itself.
pub struct NoVault;

impl Keyring for NoVault {
    fn get(&self, _: &str) -> Result<Option<Secret>, String> {
        Err("no keyring is looked into here".to_owned())
    }

    fn put(&self, _: &str, _: &Secret) -> Result<(), String> {
        Err("no keyring is written to here".to_owned())
    }

    fn remove(&self, _: &str) -> Result<(), String> {
        Err("no keyring is written to here".to_owned())
    }
}

impl Vault for NoVault {
    fn keyring(&self) -> &dyn Keyring {
        self
    }

    fn known(&self) -> Vec<Secret> {
        Vec::new()
    }

    fn ask(&self, _: &Path, _: usize) -> Result<Secret, String> {
        Err("nobody is asked for a passphrase here".to_owned())
    }

    fn opened_with(&self, _: &Secret) {}

    fn token(&self, _: &TokenKey, _: &KeyId) -> Result<SigningKey, String> {
        Err("no token is looked into here".to_owned())
    }
}

impl SecretsFile {
    /// Has every secret from where it is kept, but for people's own keys: those stay closed. `path` is the file's own, for what is kept beside it.
    ///
    /// # Errors
    /// Everything that cannot be had, each in a line with its name and what to do; no secret is quoted.
    pub fn open(&self, path: &Path, vault: &dyn Vault) -> Result<Secrets, Vec<String>> {
        let (mut secrets, mut faults) = (Secrets::default(), Vec::new());
        let shown = path.display();
        for (id, place) in &self.clients {
            match client(id, place, path, vault) {
                Ok(secret) => drop(secrets.clients.insert(id.clone(), secret)),
                Err(why) => faults.push(format!("{shown}: client {id}, {}: {why}", place.words())),
            }
        }
        for kept in &self.keys {
            if let Some(personal) = PersonalKey::of(kept, path) {
                faults.extend(self.shared_token(kept).map(|why| format!("{shown}: {why}")));
                secrets.add_personal(&kept.owner, personal);
                continue;
            }
            match key(kept, path, vault) {
                Ok(key) => secrets.add(&kept.owner, key),
                Err(why) => faults.push(format!(
                    "{shown}: key {} of {}, {}: {why}",
                    kept.key_id,
                    kept.owner.name(),
                    kept.place.words()
                )),
            }
        }
        if faults.is_empty() { Ok(secrets) } else { Err(faults) }
    }
}

impl SecretsFile {
    /// A person's token is open to whoever has another key in it: the token asks once for all.
    fn shared_token(&self, personal: &KeptKey) -> Option<String> {
        let Place::Token(own) = &personal.place else { return None };
        let is_other = |kept: &&KeptKey| match &kept.place {
            Place::Token(at) => {
                (&at.module, &at.token) == (&own.module, &own.token) && kept.holder != personal.holder
            }
            _ => false,
        };
        let other = self.keys.iter().find(is_other)?;
        Some(format!(
            "key {} of {}, {}: key {} is in the same token and is not theirs; a person\u{2019}s token is their own",
            personal.key_id,
            personal.owner.name(),
            personal.place.words(),
            other.key_id
        ))
    }
}

/// Has a client's secret from where it is kept.
///
/// # Errors
/// Why it cannot be had, and what to do, in words.
pub fn client(id: &str, place: &Place, path: &Path, vault: &dyn Vault) -> Result<Secret, String> {
    match place {
        Place::File(secret) => Ok(secret.clone()),
        Place::Keyring(account) => in_keyring(account, vault),
        Place::Sealed(file) => {
            let (file, text) = sealed_text(file, path)?;
            let sealed = SealedSecret::from_toml(&file.display().to_string(), &text)
                .map_err(|faults| first(&faults))?;
            if sealed.client != id {
                return Err(format!("that is the secret of client {}", sealed.client));
            }
            unseal(&file, vault, |passphrase| sealed.open(passphrase))
        }
        Place::Token(_) => Err("a client secret is kept in no token".to_owned()),
    }
}

/// Has one key from where it is kept.
///
/// # Errors
/// Why it cannot be had, and what to do, in words.
pub fn key(kept: &KeptKey, path: &Path, vault: &dyn Vault) -> Result<SigningKey, String> {
    match &kept.place {
        Place::File(text) => key_from_text(&kept.key_id, text).ok_or_else(no_seed),
        Place::Keyring(account) => {
            key_from_text(&kept.key_id, &in_keyring(account, vault)?).ok_or_else(no_seed)
        }
        Place::Sealed(file) => {
            let (file, text) = sealed_text(file, path)?;
            let sealed =
                SealedKey::from_toml(&file.display().to_string(), &text).map_err(|faults| first(&faults))?;
            if sealed.public.key_id != kept.key_id {
                return Err(format!("that is key {}", sealed.public.key_id));
            }
            unseal(&file, vault, |passphrase| sealed.open(passphrase))
        }
        Place::Token(token) => vault.token(token, &kept.key_id),
    }
}

fn no_seed() -> String {
    "what stands there is not the 32 bytes of an Ed25519 key as base64url without padding".to_owned()
}

fn first(faults: &[super::fault::FileFault]) -> String {
    faults.first().map(ToString::to_string).unwrap_or_default()
}

/// A key from its 32 secret bytes as a secrets file and the keyring hold them.
pub fn key_from_text(key_id: &KeyId, text: &Secret) -> Option<SigningKey> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.reveal()).ok()?);
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().ok()?);
    Some(SigningKey::from_seed(key_id.clone(), &seed))
}

/// A key's 32 secret bytes as a secrets file and the keyring hold them; `None` of a key that is held elsewhere.
pub fn key_to_text(key: &SigningKey) -> Option<Secret> {
    Some(Secret::new(URL_SAFE_NO_PAD.encode(key.seed()?.as_slice())))
}

fn in_keyring(account: &str, vault: &dyn Vault) -> Result<Secret, String> {
    vault.keyring().get(account)?.ok_or_else(|| {
        format!(
            "nothing stands there under {SERVICE}; put it there with `rampdesk key`, or name the account that it stands under"
        )
    })
}

fn sealed_text(file: &Path, secrets: &Path) -> Result<(PathBuf, String), String> {
    let file = secrets.parent().unwrap_or(Path::new("")).join(file);
    let text = text_file::read(&file).map_err(|fault| fault.to_string())?;
    Ok((file, text))
}

/// Sees that a sealed key is the one of this name; its name is sealed with it.
///
/// # Errors
/// When it cannot be read, or is another's, in words.
pub(super) fn is_sealed_for(file: &Path, secrets: &Path, name: &str) -> Result<(), String> {
    let (file, text) = sealed_text(file, secrets)?;
    let sealed = SealedKey::from_toml(&file.display().to_string(), &text).map_err(|faults| first(&faults))?;
    if sealed.name == name {
        return Ok(());
    }
    Err(format!("{} is sealed as {}\u{2019}s, not {name}\u{2019}s", file.display(), sealed.name))
}

/// Opens with a passphrase that is known, else with one that is asked for.
fn unseal<T>(
    file: &Path,
    vault: &dyn Vault,
    open: impl Fn(&Secret) -> Result<T, SealFault>,
) -> Result<T, String> {
    for passphrase in vault.known() {
        match open(&passphrase) {
            Err(SealFault::NotOpened) => {}
            other => return other.map_err(|fault| fault.to_string()),
        }
    }
    let mut fault = SealFault::NotOpened;
    for before in 0..ASKED {
        let passphrase = vault.ask(file, before)?;
        match open(&passphrase) {
            Ok(opened) => {
                vault.opened_with(&passphrase);
                return Ok(opened);
            }
            Err(SealFault::NotOpened) => fault = SealFault::NotOpened,
            Err(other) => return Err(other.to_string()),
        }
    }
    Err(fault.to_string())
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::entropy::Entropy;

    /// A keyring in memory, and a person who answers.
    #[derive(Default)]
    struct Memory {
        keyring: RefCell<BTreeMap<String, Secret>>,
        says: &'static str,
        asked: Cell<usize>,
        known: RefCell<Vec<Secret>>,
    }

    impl Keyring for Memory {
        fn get(&self, account: &str) -> Result<Option<Secret>, String> {
            Ok(self.keyring.borrow().get(account).cloned())
        }

        fn put(&self, account: &str, secret: &Secret) -> Result<(), String> {
            self.keyring.borrow_mut().insert(account.to_owned(), secret.clone());
            Ok(())
        }

        fn remove(&self, account: &str) -> Result<(), String> {
            self.keyring.borrow_mut().remove(account);
            Ok(())
        }
    }

    impl Vault for Memory {
        fn keyring(&self) -> &dyn Keyring {
            self
        }

        fn known(&self) -> Vec<Secret> {
            self.known.borrow().clone()
        }

        fn ask(&self, _: &Path, _: usize) -> Result<Secret, String> {
            self.asked.set(self.asked.get() + 1);
            Ok(Secret::new(self.says))
        }

        fn opened_with(&self, passphrase: &Secret) {
            self.known.borrow_mut().push(passphrase.clone());
        }

        fn token(&self, key: &TokenKey, _: &KeyId) -> Result<SigningKey, String> {
            Err(format!("token {} is in no slot; put it in", key.token))
        }
    }

    const PASSPHRASE: &str = "three plain words";

    fn key_of(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[seed; 32])
    }

    /// A folder with a sealed key and a sealed client secret, and a file that names them and others.
    fn folder() -> (tempfile::TempDir, PathBuf, SecretsFile) {
        let folder = tempfile::tempdir().unwrap();
        let (passphrase, entropy) = (Secret::new(PASSPHRASE), Entropy::seeded(1));
        let key = SealedKey::seal("BRIGHTFLEX", &key_of("brightflex", 3), &passphrase, &entropy).unwrap();
        fs::write(folder.path().join("key.toml"), key.to_toml()).unwrap();
        let client = SealedSecret::seal("BRIGHTFLEX", &Secret::new("hush"), &passphrase, &entropy).unwrap();
        fs::write(folder.path().join("client.toml"), client.to_toml()).unwrap();
        let text = "[clients]\ndesk = { kept_in = \"keyring\" }\nBRIGHTFLEX = { kept_in = \"sealed-file\", file = \"client.toml\" }\n\
             [[signing_keys]]\noperator = \"GB-DNO-11\"\nkey_id = \"dno\"\nkept_in = \"keyring\"\n\
             [[signing_keys]]\nfsp = \"BRIGHTFLEX\"\nkey_id = \"brightflex\"\nkept_in = \"sealed-file\"\nfile = \"key.toml\"\n";
        let path = folder.path().join("secrets.toml");
        let file = SecretsFile::from_toml("secrets.toml", text).unwrap();
        (folder, path, file)
    }

    fn vault(says: &'static str) -> Memory {
        let vault = Memory { says, ..Memory::default() };
        vault.put("client/desk", &Secret::new("desk's own")).unwrap();
        vault.put("GB-DNO-11/dno", &key_to_text(&key_of("dno", 7)).unwrap()).unwrap();
        vault
    }

    #[test]
    fn every_secret_is_had_from_where_it_is_kept_and_a_passphrase_is_asked_for_once() {
        let (_folder, path, file) = folder();
        let vault = vault(PASSPHRASE);
        let secrets = file.open(&path, &vault).unwrap();
        assert_eq!(secrets.clients["desk"].reveal(), "desk's own");
        assert_eq!(secrets.clients["BRIGHTFLEX"].reveal(), "hush");
        let signed = |keys: &crate::dispatch::OwnKeys| keys.first().sign(b"m").unwrap();
        assert_eq!(signed(secrets.operators.values().next().unwrap()), key_of("dno", 7).sign(b"m").unwrap());
        assert_eq!(
            signed(secrets.fsps.values().next().unwrap()),
            key_of("brightflex", 3).sign(b"m").unwrap()
        );
        assert_eq!(vault.asked.get(), 1, "what opened one file is tried on the next");
    }

    #[test]
    fn what_cannot_be_had_is_named_with_what_to_do_and_without_a_secret() {
        let (folder, path, mut file) = folder();
        let vault = vault("another three words");
        vault.remove("GB-DNO-11/dno").unwrap();
        vault.put("client/desk", &Secret::new("")).unwrap();
        file.keys[1].key_id = "other".parse().unwrap();
        let token = TokenKey { module: "m.so".into(), token: "room".to_owned(), label: "l".to_owned() };
        file.keys.push(KeptKey { place: Place::Token(token), ..file.keys[0].clone() });
        let said = file.open(&path, &vault).unwrap_err();
        for words in [
            "client BRIGHTFLEX, sealed in client.toml: the passphrase does not open this key",
            "key dno of GB-DNO-11, in the system\u{2019}s keyring, account GB-DNO-11/dno: nothing stands there under rampdesk",
            "key other of BRIGHTFLEX, sealed in key.toml: that is key brightflex",
            "key dno of GB-DNO-11, in token room, label l: token room is in no slot; put it in",
        ] {
            assert!(said.iter().any(|line| line.contains(words)), "{words}: {said:#?}");
        }
        assert_eq!((said.len(), vault.asked.get()), (4, 3), "asked for three times, then left at that");
        fs::remove_file(folder.path().join("key.toml")).unwrap();
        assert!(file.open(&path, &vault).unwrap_err().iter().any(|line| line.contains("key.toml")));
    }

    #[test]
    fn what_stands_in_the_keyring_and_is_no_key_is_not_quoted() {
        let (_folder, path, file) = folder();
        let vault = vault(PASSPHRASE);
        vault.put("GB-DNO-11/dno", &Secret::new("hush-hush")).unwrap();
        let said = file.open(&path, &vault).unwrap_err();
        assert!(
            said[0].contains("is not the 32 bytes of an Ed25519 key") && !said[0].contains("hush-hush"),
            "{said:#?}"
        );
    }
}
