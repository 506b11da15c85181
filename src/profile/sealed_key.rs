//! A person's own signing key in a file of their own, sealed with a passphrase that only they know: Argon2id (RFC 9106)
//! makes a key from the passphrase, XChaCha20-Poly1305 seals the secret bytes with it and everything else in the file
//! against being changed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use zeroize::Zeroizing;

use super::fault::FileFault;
use super::reader::{self, Reader, Table};
use super::trust::public_key;
use crate::dispatch::{KeyId, PublicKey, SigningKey};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;

/// How the file's name ends.
pub const SEALED_KEY_ENDING: &str = ".approver.toml";
/// The shortest passphrase that a key is sealed with, characters.
pub const LEAST_PASSPHRASE: usize = 12;

/// RFC 9106, second recommendation: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// A file may ask for more as machines grow, but not for all that this one has.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const LEAST_MEMORY_KIB: u32 = 19 * 1024;
const MOST_PASSES: u32 = 16;
const LEAST_PASSES: u32 = 2;

const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// A person's signing key, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The person's name, for people.
    pub name: String,
    /// The public half.
    pub public: PublicKey,
    work: Work,
    salt: [u8; 16],
    nonce: [u8; 24],
    sealed: Vec<u8>,
}

/// What it takes to make the key from the passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Work {
    memory_kib: u32,
    passes: u32,
}

/// Why a key cannot be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// Too short to keep anyone out.
    #[error(
        "the passphrase has {0} characters; choose one of at least {LEAST_PASSPHRASE}, three or four words say"
    )]
    ShortPassphrase(usize),
    /// Not the passphrase that it was sealed with, or not the file that was sealed.
    #[error(
        "the passphrase does not open this key, or the file was changed since it was made; nothing was signed"
    )]
    NotOpened,
    /// It is in a place that it never leaves.
    #[error("key `{0}` is held elsewhere and does not leave its place; it cannot be sealed into a file")]
    Elsewhere(KeyId),
    /// The machine does not do the work.
    #[error("the key cannot be made from the passphrase: {0}")]
    Work(String),
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

#[derive(Serialize)]
struct WrittenSeal {
    kdf: &'static str,
    memory_kib: u32,
    passes: u32,
    salt: String,
    cipher: &'static str,
    nonce: String,
    seed: String,
}

impl SealedKey {
    /// Seals a key. The salt and the nonce are drawn from `entropy`.
    ///
    /// # Errors
    /// When the passphrase is too short, or the machine has not the memory.
    pub fn seal(
        name: &str,
        key: &SigningKey,
        passphrase: &Secret,
        entropy: &Entropy,
    ) -> Result<Self, SealFault> {
        let length = passphrase.reveal().chars().count();
        if length < LEAST_PASSPHRASE {
            return Err(SealFault::ShortPassphrase(length));
        }
        let mut whole = Self {
            name: name.to_owned(),
            public: key.public(None, None),
            work: Work { memory_kib: MEMORY_KIB, passes: PASSES },
            salt: entropy.bytes(),
            nonce: entropy.bytes(),
            sealed: Vec::new(),
        };
        let cipher = whole.cipher(passphrase)?;
        let seed = key.seed().ok_or_else(|| SealFault::Elsewhere(key.key_id().clone()))?;
        let payload = Payload { msg: seed.as_slice(), aad: &whole.head() };
        let sealed = cipher.encrypt(&XNonce::from(whole.nonce), payload);
        whole.sealed = sealed.map_err(|_| SealFault::Work("it cannot be sealed".to_owned()))?;
        Ok(whole)
    }

    /// Opens it. This takes a part of a second, by design.
    ///
    /// # Errors
    /// When the passphrase is another one, or anything in the file was changed.
    pub fn open(&self, passphrase: &Secret) -> Result<SigningKey, SealFault> {
        let cipher = self.cipher(passphrase)?;
        let payload = Payload { msg: &self.sealed, aad: &self.head() };
        let seed = cipher.decrypt(&XNonce::from(self.nonce), payload).map_err(|_| SealFault::NotOpened)?;
        let seed = Zeroizing::new(seed);
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.as_slice().try_into().map_err(|_| SealFault::NotOpened)?);
        let key = SigningKey::from_seed(self.public.key_id.clone(), &seed);
        if key.public(None, None).bytes != self.public.bytes {
            return Err(SealFault::NotOpened);
        }
        Ok(key)
    }

    fn cipher(&self, passphrase: &Secret) -> Result<XChaCha20Poly1305, SealFault> {
        let fault = |error: argon2::Error| SealFault::Work(error.to_string());
        let params = Params::new(self.work.memory_kib, self.work.passes, LANES, Some(32)).map_err(fault)?;
        let mut key = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.reveal().as_bytes(), &self.salt, key.as_mut_slice())
            .map_err(fault)?;
        XChaCha20Poly1305::new_from_slice(key.as_slice()).map_err(|e| SealFault::Work(e.to_string()))
    }

    /// Everything beside the sealed bytes, one a line: a name or an id never holds a line's end.
    fn head(&self) -> Vec<u8> {
        let time = |t: Option<crate::time::UtcTime>| t.map_or(String::new(), |t| t.to_string());
        let parts = [
            "rampdesk sealed key",
            &self.name,
            self.public.key_id.as_str(),
            &self.public.to_text(),
            &time(self.public.valid_from),
            &time(self.public.valid_until),
            KDF,
            &self.work.memory_kib.to_string(),
            &self.work.passes.to_string(),
            &URL_SAFE_NO_PAD.encode(self.salt),
            CIPHER,
        ];
        parts.join("\n").into_bytes()
    }

    /// Reads one. Errors never quote a value.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        const KEYS: [&str; 6] = ["name", "key_id", "public", "valid_from", "valid_until", "sealed"];
        const SEAL: [&str; 7] = ["kdf", "memory_kib", "passes", "salt", "cipher", "nonce", "seed"];
        reader::read_secretly(file, text, &KEYS, |reader, root| {
            let name = reader.required_text(root, "name", "write the person's name");
            let public = public_key(reader, root, "write the key's name, as in \"ada-winter\"");
            let node = reader.required(root, "sealed", MADE_BY)?;
            let seal = reader.table(&node, &SEAL, MADE_BY)?;
            word(reader, &seal, "kdf", KDF);
            word(reader, &seal, "cipher", CIPHER);
            let mut whole = |key: &str, least: u32, most: u32| {
                let node = reader.required(&seal, key, MADE_BY)?;
                reader.whole(&node, &(least..=most), "")
            };
            let memory_kib = whole("memory_kib", LEAST_MEMORY_KIB, MOST_MEMORY_KIB);
            let passes = whole("passes", LEAST_PASSES, MOST_PASSES);
            let salt = bytes(reader, &seal, "salt", 16);
            let nonce = bytes(reader, &seal, "nonce", 24);
            let sealed = bytes(reader, &seal, "seed", 48);
            Some(Self {
                name: name?,
                public: public?,
                work: Work { memory_kib: memory_kib?, passes: passes? },
                salt: salt?.try_into().ok()?,
                nonce: nonce?.try_into().ok()?,
                sealed: sealed?,
            })
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
            sealed: WrittenSeal {
                kdf: KDF,
                memory_kib: self.work.memory_kib,
                passes: self.work.passes,
                salt: URL_SAFE_NO_PAD.encode(self.salt),
                cipher: CIPHER,
                nonce: URL_SAFE_NO_PAD.encode(self.nonce),
                seed: URL_SAFE_NO_PAD.encode(&self.sealed),
            },
        };
        format!("{HEAD}{}", toml::to_string(&written).unwrap_or_default())
    }
}

const HEAD: &str =
    "# A personal key for approvals, sealed with a passphrase. Keep this file to yourself (mode 0600).\n";
const MADE_BY: &str = "such a file is made by `rampdesk keygen --approver`";

fn word(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, right: &str) {
    if let Some(node) = reader.required(table, key, MADE_BY) {
        reader.word(&node, &[(right, ())]);
    }
}

fn bytes(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, length: usize) -> Option<Vec<u8>> {
    let node = reader.required(table, key, MADE_BY)?;
    let text = reader.text(&node, MADE_BY)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == length);
    if bytes.is_none() {
        reader.wrong(&node, format!("is not {length} bytes as base64url without padding; {MADE_BY}"));
    }
    bytes
}

#[cfg(test)]
mod tests {
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
