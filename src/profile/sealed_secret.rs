//! A client secret in a file of its own, sealed with a passphrase ([`super::seal`]).

use serde::Serialize;

use super::fault::FileFault;
use super::reader;
use super::seal::{Seal, SealFault, WrittenSeal};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;

/// The longest client secret, bytes.
const LONGEST: usize = 4096;

/// A client's secret, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSecret {
    /// The client's id.
    pub client: String,
    seal: Seal,
}

#[derive(Serialize)]
struct Written<'a> {
    client: &'a str,
    sealed: WrittenSeal,
}

const ABOUT: &str = "rampdesk sealed client secret";
const MADE_BY: &str = "such a file is made by `rampdesk key keep`";

impl SealedSecret {
    /// Seals a client's secret. The salt and the nonce are drawn from `entropy`.
    ///
    /// # Errors
    /// When the passphrase is too short, or the machine has not the memory.
    pub fn seal(
        client: &str,
        secret: &Secret,
        passphrase: &Secret,
        entropy: &Entropy,
    ) -> Result<Self, SealFault> {
        let seal = Seal::new(secret.reveal().as_bytes(), &[ABOUT, client], passphrase, entropy)?;
        Ok(Self { client: client.to_owned(), seal })
    }

    /// Opens it. This takes a part of a second, by design.
    ///
    /// # Errors
    /// When the passphrase is another one, or anything in the file was changed.
    pub fn open(&self, passphrase: &Secret) -> Result<Secret, SealFault> {
        let bytes = self.seal.open(&[ABOUT, &self.client], passphrase)?;
        std::str::from_utf8(&bytes).map(Secret::new).map_err(|_| SealFault::NotOpened)
    }

    /// Reads one. Errors never quote a value.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read_secretly(file, text, &["client", "sealed"], |reader, root| {
            let client = reader.required_text(root, "client", "write the client's id");
            let seal = Seal::read(reader, root, 0..=LONGEST, MADE_BY);
            Some(Self { client: client?, seal: seal? })
        })
    }

    /// Writes it: keep it at mode 0600.
    pub fn to_toml(&self) -> String {
        let written = Written { client: &self.client, sealed: self.seal.written() };
        let text = toml::to_string(&written).unwrap_or_default();
        format!(
            "# A client secret, sealed with a passphrase. Keep this file to yourself (mode 0600).\n{text}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_secret_comes_out_as_it_was_sealed_for_its_own_client_alone() {
        let passphrase = Secret::new("three plain words");
        let (secret, entropy) = (Secret::new("hush hush"), Entropy::seeded(1));
        let sealed = SealedSecret::seal("desk", &secret, &passphrase, &entropy).unwrap();
        let text = sealed.to_toml();
        assert!(!text.contains("hush"), "{text}");
        let read = SealedSecret::from_toml("c.toml", &text).unwrap();
        assert_eq!(read.open(&passphrase).unwrap().reveal(), "hush hush");
        assert_eq!(read.open(&Secret::new("other plain words")).unwrap_err(), SealFault::NotOpened);
        let renamed = SealedSecret::from_toml("c.toml", &text.replace("\"desk\"", "\"BRIGHTFLEX\"")).unwrap();
        assert_eq!(renamed.open(&passphrase).unwrap_err(), SealFault::NotOpened);
    }
}
