//! What a certificate says: whom it names, from when until when, and who signed it.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use super::{CertificateError, Validity, pem, shown};
use crate::time::UtcTime;

/// The longest certificate that is read, in bytes. Those of the field have one to four thousand.
const LIMIT: usize = 64 * 1024;

/// What stands before a client id in the URI of a client certificate.
const CLIENT_URI: &str = "urn:x-openadr-client:";

/// What a URN need not escape (RFC 8141, `unreserved` of RFC 3986).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The URI by which a certificate names an OAuth client: `urn:x-openadr-client:` and the id, percent-encoded.
pub fn client_uri(client_id: &str) -> String {
    format!("{CLIENT_URI}{}", utf8_percent_encode(client_id, ESCAPED))
}

/// The SHA-256 digest of a certificate: it means this certificate and no other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of a certificate in DER.
    pub fn of_der(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// From what `x5t#S256` holds; `None` when it is none.
    pub fn from_x5t_s256(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// As `x5t#S256` writes it (RFC 8705 §3.1): base64url without padding, 43 characters.
    pub fn x5t_s256(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Display for Thumbprint {
    /// As certificate tools print it: pairs of hexadecimal digits with colons between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_x5t_s256(&text)
            .ok_or_else(|| "a certificate\u{2019}s digest is 43 characters of base64url".to_owned())
    }
}

impl From<Thumbprint> for String {
    fn from(digest: Thumbprint) -> Self {
        digest.x5t_s256()
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The subject's common name. `None` when there is none, or more than one: it would be unclear which is meant.
    pub common_name: Option<String>,
    /// DNS names among the subject's alternative names.
    pub dns: Vec<String>,
    /// URIs among them.
    pub uris: Vec<String>,
    /// IP addresses among them.
    pub addresses: Vec<IpAddr>,
    /// From when until when it is good.
    pub validity: Validity,
    /// Who signed it: the issuer's common name, or all that it says of itself. On one line, at most 100 characters.
    pub issuer: String,
    /// Which key signed it (the authority key identifier of RFC 5280), where it says so.
    pub issuer_key: Option<Vec<u8>>,
    /// Which key it is of (the subject key identifier), where it says so.
    pub own_key: Option<Vec<u8>>,
    /// Whether it may sign others.
    pub is_authority: bool,
    /// The digest of the whole certificate.
    pub thumbprint: Thumbprint,
}

impl Names {
    /// Reads a certificate in DER. Nothing is verified: neither the signature nor the time.
    ///
    /// # Errors
    /// When the bytes are no certificate, more than one, or too many.
    pub fn of_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > LIMIT {
            return Err(CertificateError::TooLong { length: der.len(), limit: LIMIT });
        }
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|e| damaged(&e.to_string()))?;
        if !rest.is_empty() {
            return Err(damaged(&format!("{} bytes follow its end", rest.len())));
        }
        let alternative = certificate
            .subject_alternative_name()
            .map_err(|e| damaged(&format!("its subject alternative names cannot be read ({e})")))?;
        let mut names = Self {
            common_name: common_name(certificate.subject()),
            dns: Vec::new(),
            uris: Vec::new(),
            addresses: Vec::new(),
            validity: Validity {
                from: UtcTime::from_unix(certificate.validity().not_before.timestamp()),
                until: UtcTime::from_unix(certificate.validity().not_after.timestamp()),
            },
            issuer: said_of(certificate.issuer()),
            issuer_key: None,
            own_key: None,
            is_authority: certificate
                .basic_constraints()
                .ok()
                .flatten()
                .is_some_and(|constraints| constraints.value.ca),
            thumbprint: Thumbprint::of_der(der),
        };
        for extension in certificate.extensions() {
            match extension.parsed_extension() {
                ParsedExtension::AuthorityKeyIdentifier(by) => {
                    names.issuer_key = by.key_identifier.as_ref().map(|id| id.0.to_vec());
                }
                ParsedExtension::SubjectKeyIdentifier(of) => names.own_key = Some(of.0.to_vec()),
                _ => {}
            }
        }
        for name in alternative.iter().flat_map(|extension| &extension.value.general_names) {
            names.add(name);
        }
        Ok(names)
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn of_pem(pem: &[u8]) -> Result<Self, CertificateError> {
        Self::of_der(&pem::first_certificate(pem)?)
    }

    fn add(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns.push((*name).to_owned()),
            GeneralName::URI(uri) => self.uris.push((*uri).to_owned()),
            GeneralName::IPAddress(octets) => self.addresses.extend(address(octets)),
            _ => {}
        }
    }

    /// Whether it names this OAuth client: by its common name, by a DNS name or URI that is the client id itself, or by
    /// [`client_uri`]. Letter by letter: client ids that differ in case are different clients.
    pub fn binds(&self, client_id: &str) -> bool {
        let by_uri = client_uri(client_id);
        !client_id.is_empty()
            && (self.common_name.as_deref() == Some(client_id)
                || self.dns.iter().any(|name| name == client_id)
                || self.uris.iter().any(|uri| uri == client_id || *uri == by_uri))
    }

    /// Whom it is of, for people: the common name, else the first other name. On one line, at most 100 characters.
    pub fn subject(&self) -> String {
        let address = || self.addresses.first().map(ToString::to_string);
        let name = self.common_name.clone().or_else(|| self.dns.first().cloned());
        match name.or_else(|| self.uris.first().cloned()).or_else(address) {
            Some(name) => shown(&name),
            None => "nobody by name".to_owned(),
        }
    }
}

fn damaged(reason: &str) -> CertificateError {
    CertificateError::Damaged(shown(reason))
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    let mut all = name.iter_common_name();
    let first = all.next()?.as_str().ok()?;
    all.next().is_none().then(|| first.to_owned())
}

fn said_of(issuer: &X509Name<'_>) -> String {
    shown(&common_name(issuer).unwrap_or_else(|| issuer.to_string()))
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        return Some(v4.into());
    }
    <[u8; 16]>::try_from(octets).ok().map(IpAddr::from)
}
