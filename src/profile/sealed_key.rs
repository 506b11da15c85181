//! A signing key in a file of its own, sealed with a passphrase ([`super::seal`]): a person's, with which they approve, or
//! a party's, with which it signs.

use serde::Serialize;
use zeroize::Zeroizing;

use super::fault::FileFault;
use super::reader;
use super::seal::{Seal, WrittenSeal};
use super::trust::public_key;
use crate::dispatch::{PublicKey, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::time::UtcTime;

pub use super::seal::{LEAST_PASSPHRASE, SealFault};

/// How the name of a person's file ends.
pub const SEALED_KEY_ENDING: &str = ".approver.toml";

/// A signing key, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The person's or party's name, for people.
    pub name: String,
    /// The public half.
    pub public: PublicKey,
    seal: Seal,
}

#[derive(Serialize)]
struct Written<'a> {
    name: &'a str,
    key_id: &'a str,
    public: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    sealed: WrittenSeal,
}

impl SealedKey {
    /// Seals a key. The salt and the nonce are drawn from `entropy`.
    ///
    /// # Errors
    /// When the passphrase is too short, the key does not leave its place, or the machine has not the memory.
    pub fn seal(
        name: &str,
        key: &SigningKey,
        passphrase: &Secret,
        entropy: &Entropy,
    ) -> Result<Self, SealFault> {
        let seed = key.seed().ok_or_else(|| SealFault::Elsewhere(key.key_id().clone()))?;
        let public = key.public(None, None);
        let seal =
            About::of(name, &public).with(|about| Seal::new(seed.as_slice(), about, passphrase, entropy))?;
        Ok(Self { name: name.to_owned(), public, seal })
    }

    /// Opens it. This takes a part of a second, by design.
    ///
    /// # Errors
    /// When the passphrase is another one, or anything in the file was changed.
    pub fn open(&self, passphrase: &Secret) -> Result<SigningKey, SealFault> {
        let seed = About::of(&self.name, &self.public).with(|about| self.seal.open(about, passphrase))?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.as_slice().try_into().map_err(|_| SealFault::NotOpened)?);
        let key = SigningKey::from_seed(self.public.key_id.clone(), &seed);
        if key.public(None, None).bytes != self.public.bytes {
            return Err(SealFault::NotOpened);
        }
        Ok(key)
    }

    /// Reads one. Errors never quote a value.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        const KEYS: [&str; 6] = ["name", "key_id", "public", "valid_from", "valid_until", "sealed"];
        reader::read_secretly(file, text, &KEYS, |reader, root| {
            let name = reader.required_text(root, "name", "write the person's name");
            let public = public_key(reader, root, "write the key's name, as in \"ada-winter\"");
            let seal = Seal::read(reader, root, 32..=32, MADE_BY);
            Some(Self { name: name?, public: public?, seal: seal? })
        })
    }

    /// Writes it: keep it at mode 0600.
    pub fn to_toml(&self) -> String {
        let written = Written {
            name: &self.name,
            key_id: self.public.key_id.as_str(),
            public: self.public.to_text(),
            valid_from: self.public.valid_from.map(|t| t.to_string()),
            valid_until: self.public.valid_until.map(|t| t.to_string()),
            sealed: self.seal.written(),
        };
        format!("{HEAD}{}", toml::to_string(&written).unwrap_or_default())
    }
}

/// What of the file is sealed against being changed, in words.
struct About<'a> {
    name: &'a str,
    key_id: &'a str,
    public: String,
    from: String,
    until: String,
}

impl<'a> About<'a> {
    fn of(name: &'a str, public: &'a PublicKey) -> Self {
        let time = |t: Option<UtcTime>| t.map_or(String::new(), |t| t.to_string());
        Self {
            name,
            key_id: public.key_id.as_str(),
            public: public.to_text(),
            from: time(public.valid_from),
            until: time(public.valid_until),
        }
    }

    fn with<T>(&self, make: impl FnOnce(&[&str]) -> T) -> T {
        make(&["rampdesk sealed key", self.name, self.key_id, &self.public, &self.from, &self.until])
    }
}

const HEAD: &str = "# A signing key, sealed with a passphrase. Keep this file to yourself (mode 0600).\n";
const MADE_BY: &str = "such a file is made by `rampdesk keygen --approver`";

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const PASSPHRASE: &str = "three plain words";

    fn key() -> SigningKey {
        SigningKey::from_seed("ada-winter".parse().unwrap(), &[9; 32])
    }

    fn sealed() -> SealedKey {
        SealedKey::seal("Ada Winter", &key(), &Secret::new(PASSPHRASE), &Entropy::seeded(1)).unwrap()
    }

    #[test]
    fn a_key_comes_out_as_it_was_sealed_and_its_file_does_not_hold_it() {
        let text = sealed().to_toml();
        assert_eq!(SealedKey::from_toml("k.toml", &text), Ok(sealed()));
        assert!(!text.contains(&URL_SAFE_NO_PAD.encode([9; 32])) && !text.contains(PASSPHRASE), "{text}");
        let opened = sealed().open(&Secret::new(PASSPHRASE)).unwrap();
        assert_eq!(opened.sign(b"message").unwrap(), key().sign(b"message").unwrap());
    }

    #[test]
    fn neither_another_passphrase_nor_a_changed_file_opens_it() {
        for other in ["three plain word", "Three plain words", "three plain words ", ""] {
            assert_eq!(sealed().open(&Secret::new(other)).unwrap_err(), SealFault::NotOpened, "{other:?}");
        }
        let good = sealed().to_toml();
        for (old, new) in [
            ("Ada Winter", "Eve Winter"),
            ("key_id = \"ada-winter\"", "key_id = \"ben-marsh\""),
            ("passes = 3", "passes = 2"),
            ("memory_kib = 65536", "memory_kib = 65535"),
        ] {
            assert!(good.contains(old), "{old}");
            let changed = SealedKey::from_toml("k.toml", &good.replacen(old, new, 1)).unwrap();
            assert_eq!(changed.open(&Secret::new(PASSPHRASE)).unwrap_err(), SealFault::NotOpened, "{old}");
        }
        let foreign = SigningKey::from_seed("ada-winter".parse().unwrap(), &[8; 32]).public(None, None);
        let changed = SealedKey { public: foreign, ..sealed() };
        assert_eq!(changed.open(&Secret::new(PASSPHRASE)).unwrap_err(), SealFault::NotOpened);
    }

    #[test]
    fn a_passphrase_that_keeps_nobody_out_is_refused() {
        let fault = SealedKey::seal("Ada", &key(), &Secret::new("short"), &Entropy::seeded(1)).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "the passphrase has 5 characters; choose one of at least 12, three or four words say"
        );
    }
}
