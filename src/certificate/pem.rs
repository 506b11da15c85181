//! Certificates out of PEM text.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{Error, PemObject as _};

use super::CertificateError;

/// Every certificate of a PEM text, in its order; other blocks are passed over.
///
/// # Errors
/// When it holds none, or a block is damaged.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| CertificateError::Damaged(format!("its PEM is broken: {}", fault(&error))))?;
    if found.is_empty() { Err(CertificateError::NoCertificate) } else { Ok(found) }
}

/// The first certificate of a PEM text: in a chain the party's own.
///
/// # Errors
/// As [`certificates`].
pub fn first_certificate(pem: &[u8]) -> Result<CertificateDer<'static>, CertificateError> {
    certificates(pem)?.into_iter().next().ok_or(CertificateError::NoCertificate)
}

/// In words. The library's own quote bytes of the text, any number of them.
fn fault(error: &Error) -> &'static str {
    match error {
        Error::MissingSectionEnd { .. } => "a block that begins has no end (-----END …-----)",
        Error::IllegalSectionStart { .. } => "a line that begins a block does not end in -----",
        Error::Base64Decode(_) => "a block holds what is not base64",
        Error::SectionTooLarge => "a block is too long",
        _ => "it cannot be read",
    }
}
