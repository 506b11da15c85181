//! X.509 certificates as TLS needs them: made for a sandbox ([`Authority`]), and read ([`Names`]). Pure over bytes and
//! PEM text; who trusts which, and which file they stand in, is decided elsewhere.
//!
//! A client certificate names its OAuth client by its common name and by a URI ([`client_uri`]); either is enough for
//! [`Names::binds`]. Keys are ECDSA on P-256, which every TLS stack in the field takes, and come from the system's own
//! randomness: a rehearsal, which must come out the same twice, needs no certificate.

mod authority;
mod names;
mod pem;
mod renewal;
#[cfg(test)]
mod tests;
mod validity;

pub use authority::{Authority, Issued, KeyPem};
pub use names::{Names, Thumbprint, client_uri};
pub use pem::{certificates, first_certificate};
pub use renewal::{Reminder, Settling, advice};
pub use validity::{Standing, Validity};

use crate::dispatch::plain_words;

/// Why a certificate or a key cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The text holds no certificate.
    #[error("holds no certificate in PEM (a block from BEGIN CERTIFICATE to END CERTIFICATE)")]
    NoCertificate,
    /// A certificate is damaged.
    #[error("is not an X.509 certificate: {0}")]
    Damaged(String),
    /// A certificate is longer than any that is used in the field.
    #[error("is {length} bytes long, of at most {limit}, so no certificate of use")]
    TooLong {
        /// Bytes.
        length: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// The text holds no key that can be used.
    #[error("is not a private key in PEM that can be used (PKCS#8, ECDSA P-256 or P-384, Ed25519 or RSA)")]
    NotAKey,
    /// The certificate is another key's.
    #[error("the certificate is not of this private key; give the two files that were made together")]
    Unpaired,
    /// The certificate may not sign others.
    #[error("the certificate of {0} is no authority's, so it cannot sign others; give the authority's own")]
    NotAnAuthority(String),
    /// A name cannot stand in a certificate.
    #[error("`{name}` cannot stand in a certificate: {reason}")]
    Name {
        /// As given, shortened.
        name: String,
        /// In words.
        reason: String,
    },
    /// The library does not make it.
    #[error("the certificate cannot be made: {0}")]
    NotMade(String),
}

/// The longest that a text from a certificate is shown, in characters.
const SHOWN: usize = 100;

/// A text from a certificate as a sentence or a log shows it: on one line, in the order of its letters, at most 100
/// characters.
pub(crate) fn shown(text: &str) -> String {
    plain_words(text, SHOWN)
}
