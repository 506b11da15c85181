//! A secret sealed with a passphrase: Argon2id (RFC 9106) makes a key from the passphrase, XChaCha20-Poly1305 seals the
//! secret bytes with it and everything else in the file against being changed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use zeroize::Zeroizing;

use super::reader::{Reader, Table};
use crate::dispatch::KeyId;
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;

/// The shortest passphrase that anything is sealed with, characters.
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

/// Bytes that the cipher adds.
const TAG: usize = 16;

/// What is sealed, and all that it takes to open it but the passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
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

/// Why something cannot be sealed or opened.
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
pub(super) struct WrittenSeal {
    kdf: &'static str,
    memory_kib: u32,
    passes: u32,
    salt: String,
    cipher: &'static str,
    nonce: String,
    seed: String,
}

impl Seal {
    /// Seals a secret. `about` is sealed against being changed with it, each a line of its own: none holds a line's end.
    /// The salt and the nonce are drawn from `entropy`.
    ///
    /// # Errors
    /// When the passphrase is too short, or the machine has not the memory.
    pub(super) fn new(
        secret: &[u8],
        about: &[&str],
        passphrase: &Secret,
        entropy: &Entropy,
    ) -> Result<Self, SealFault> {
        let length = passphrase.reveal().chars().count();
        if length < LEAST_PASSPHRASE {
            return Err(SealFault::ShortPassphrase(length));
        }
        let mut whole = Self {
            work: Work { memory_kib: MEMORY_KIB, passes: PASSES },
            salt: entropy.bytes(),
            nonce: entropy.bytes(),
            sealed: Vec::new(),
        };
        let payload = Payload { msg: secret, aad: &whole.head(about) };
        let sealed = whole.cipher(passphrase)?.encrypt(&XNonce::from(whole.nonce), payload);
        whole.sealed = sealed.map_err(|_| SealFault::Work("it cannot be sealed".to_owned()))?;
        Ok(whole)
    }

    /// Opens it. This takes a part of a second, by design.
    ///
    /// # Errors
    /// When the passphrase is another one, or anything in the file was changed.
    pub(super) fn open(&self, about: &[&str], passphrase: &Secret) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let payload = Payload { msg: &self.sealed, aad: &self.head(about) };
        let opened = self.cipher(passphrase)?.decrypt(&XNonce::from(self.nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| SealFault::NotOpened)
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

    /// Everything beside the sealed bytes, one a line.
    fn head(&self, about: &[&str]) -> Vec<u8> {
        let (memory, passes) = (self.work.memory_kib.to_string(), self.work.passes.to_string());
        let salt = URL_SAFE_NO_PAD.encode(self.salt);
        let own = [KDF, &memory, &passes, &salt, CIPHER];
        let lines: Vec<&str> = about.iter().copied().chain(own).collect();
        lines.join("\n").into_bytes()
    }

    /// Reads the table of one whose secret has so many bytes.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        root: &Table<'_>,
        lengths: std::ops::RangeInclusive<usize>,
        made_by: &str,
    ) -> Option<Self> {
        const SEAL: [&str; 7] = ["kdf", "memory_kib", "passes", "salt", "cipher", "nonce", "seed"];
        let node = reader.required(root, "sealed", made_by)?;
        let seal = reader.table(&node, &SEAL, made_by)?;
        word(reader, &seal, "kdf", KDF, made_by);
        word(reader, &seal, "cipher", CIPHER, made_by);
        let mut whole = |key: &str, least: u32, most: u32| {
            let node = reader.required(&seal, key, made_by)?;
            reader.whole(&node, &(least..=most), "")
        };
        let memory_kib = whole("memory_kib", LEAST_MEMORY_KIB, MOST_MEMORY_KIB);
        let passes = whole("passes", LEAST_PASSES, MOST_PASSES);
        let salt = bytes(reader, &seal, "salt", 16..=16, made_by);
        let nonce = bytes(reader, &seal, "nonce", 24..=24, made_by);
        let sealed = bytes(reader, &seal, "seed", lengths.start() + TAG..=lengths.end() + TAG, made_by);
        Some(Self {
            work: Work { memory_kib: memory_kib?, passes: passes? },
            salt: salt?.try_into().ok()?,
            nonce: nonce?.try_into().ok()?,
            sealed: sealed?,
        })
    }

    /// As a file holds it.
    pub(super) fn written(&self) -> WrittenSeal {
        WrittenSeal {
            kdf: KDF,
            memory_kib: self.work.memory_kib,
            passes: self.work.passes,
            salt: URL_SAFE_NO_PAD.encode(self.salt),
            cipher: CIPHER,
            nonce: URL_SAFE_NO_PAD.encode(self.nonce),
            seed: URL_SAFE_NO_PAD.encode(&self.sealed),
        }
    }
}

fn word(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, right: &str, made_by: &str) {
    if let Some(node) = reader.required(table, key, made_by) {
        reader.word(&node, &[(right, ())]);
    }
}

fn bytes(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    lengths: std::ops::RangeInclusive<usize>,
    made_by: &str,
) -> Option<Vec<u8>> {
    let node = reader.required(table, key, made_by)?;
    let text = reader.text(&node, made_by)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| lengths.contains(&bytes.len()));
    if bytes.is_none() {
        let right = match (lengths.start(), lengths.end()) {
            (least, most) if least == most => format!("{least} bytes"),
            (least, most) => format!("{least} to {most} bytes"),
        };
        reader.wrong(&node, format!("is not {right} as base64url without padding; {made_by}"));
    }
    bytes
}
