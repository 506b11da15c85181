//! A sandbox's certificate authority: it makes a VTN's certificate and those of its clients.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData as _, SanType, date_time_ymd,
};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use zeroize::Zeroizing;

use super::{CertificateError, Names, Validity, client_uri, pem, shown};
use crate::time::UtcTime;

/// The longest common name (`ub-common-name` of RFC 5280).
const COMMON_NAME: usize = 64;

/// A private key in PKCS#8 PEM. `Debug` masks it; it is wiped from memory when dropped.
#[derive(Clone)]
pub struct KeyPem(Zeroizing<String>);

impl KeyPem {
    /// The text itself: for the one place that writes or uses it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for KeyPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPem(•••)")
    }
}

/// A certificate and its private key.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The certificate in PEM.
    pub certificate: String,
    /// Its key: for whom the certificate is of, and for nobody else.
    pub key: KeyPem,
}

/// An authority that signs certificates for a sandbox.
pub struct Authority {
    certificate: String,
    names: Names,
    issuer: Issuer<'static, KeyPair>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Authority {
    /// A new authority with a key of its own.
    ///
    /// # Errors
    /// When the name cannot stand in a certificate.
    pub fn new(name: &str, validity: Validity) -> Result<Self, CertificateError> {
        let mut parameters = parameters(name, validity)?;
        // It signs certificates of parties, and no further authority.
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = generated()?;
        let certificate = parameters.self_signed(&key).map_err(not_made)?;
        let names = Names::of_der(certificate.der())?;
        Ok(Self { certificate: certificate.pem(), names, issuer: Issuer::new(parameters, key) })
    }

    /// An authority that was made before, from its certificate and its key.
    ///
    /// # Errors
    /// When either cannot be read, they do not belong together, or the certificate may not sign others.
    pub fn from_pem(certificate: &str, key: &str) -> Result<Self, CertificateError> {
        let der = pem::first_certificate(certificate.as_bytes())?;
        let names = Names::of_der(&der)?;
        if !names.is_authority {
            return Err(CertificateError::NotAnAuthority(names.subject()));
        }
        let key = KeyPair::from_pem(key).map_err(|_| CertificateError::NotAKey)?;
        if !is_of(&der, &key) {
            return Err(CertificateError::Unpaired);
        }
        let issuer =
            Issuer::from_ca_cert_der(&der, key).map_err(|e| CertificateError::Damaged(e.to_string()))?;
        Ok(Self { certificate: certificate.to_owned(), names, issuer })
    }

    /// Its own certificate in PEM, for everyone who is to trust it.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Its private key: for whoever makes further certificates with it, and for nobody else.
    pub fn key(&self) -> KeyPem {
        key_pem(self.issuer.key())
    }

    /// What its own certificate says.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// A server's certificate for these host names and IP addresses. It ends with the authority's own at the latest.
    ///
    /// # Errors
    /// When no name is given, or one cannot stand in a certificate.
    pub fn server(&self, hosts: &[&str], validity: Validity) -> Result<Issued, CertificateError> {
        let first = hosts.first().ok_or_else(|| CertificateError::Name {
            name: String::new(),
            reason: "a server's certificate names at least one host or address".to_owned(),
        })?;
        let mut parameters = parameters(first, self.within_own(validity))?;
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.subject_alt_names = hosts.iter().map(|host| host_name(host)).collect::<Result<_, _>>()?;
        self.issue(parameters)
    }

    /// The certificate of an OAuth client, named by its id. It ends with the authority's own at the latest.
    ///
    /// # Errors
    /// When the id cannot stand in a certificate.
    pub fn client(&self, client_id: &str, validity: Validity) -> Result<Issued, CertificateError> {
        let mut parameters = parameters(client_id, self.within_own(validity))?;
        if client_id.chars().count() > COMMON_NAME {
            // Too long for a common name: the URI alone names it.
            parameters.distinguished_name = DistinguishedName::new();
        }
        let uri = client_uri(client_id);
        let uri = uri.as_str().try_into().map_err(|_| wrong_name(client_id, "it makes no URI"))?;
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        parameters.subject_alt_names = vec![SanType::URI(uri)];
        self.issue(parameters)
    }

    fn issue(&self, mut parameters: CertificateParams) -> Result<Issued, CertificateError> {
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.use_authority_key_identifier_extension = true;
        let key = generated()?;
        let certificate = parameters.signed_by(&key, &self.issuer).map_err(not_made)?;
        Ok(Issued { certificate: certificate.pem(), key: key_pem(&key) })
    }

    fn within_own(&self, validity: Validity) -> Validity {
        let own = self.names.validity;
        Validity { from: validity.from.max(own.from), until: validity.until.min(own.until) }
    }
}

fn parameters(common_name: &str, validity: Validity) -> Result<CertificateParams, CertificateError> {
    if common_name.trim().is_empty() {
        return Err(wrong_name(common_name, "it is empty"));
    }
    if common_name.contains(char::is_control) {
        return Err(wrong_name(common_name, "it holds a control character"));
    }
    if validity.until < validity.from {
        return Err(CertificateError::NotMade(format!(
            "it would end at {}, before it begins at {}",
            validity.until, validity.from
        )));
    }
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    let short: String = common_name.chars().take(COMMON_NAME).collect();
    parameters.distinguished_name.push(DnType::CommonName, short);
    parameters.not_before = date_time_ymd(1970, 1, 1) + since_1970(validity.from);
    parameters.not_after = date_time_ymd(1970, 1, 1) + since_1970(validity.until);
    Ok(parameters)
}

/// Seconds since 1970; what is before counts as 1970.
fn since_1970(at: UtcTime) -> Duration {
    Duration::from_secs(u64::try_from(at.unix()).unwrap_or_default())
}

fn host_name(host: &str) -> Result<SanType, CertificateError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    if host.is_empty() || host.len() > 253 || !host.chars().all(plain) {
        return Err(wrong_name(host, "it is neither a host name in ASCII nor an IP address"));
    }
    let name = host.try_into().map_err(|_| wrong_name(host, "it is no host name"))?;
    Ok(SanType::DnsName(name))
}

fn wrong_name(name: &str, reason: &str) -> CertificateError {
    CertificateError::Name { name: shown(name), reason: reason.to_owned() }
}

fn generated() -> Result<KeyPair, CertificateError> {
    KeyPair::generate().map_err(not_made)
}

#[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
fn not_made(error: rcgen::Error) -> CertificateError {
    CertificateError::NotMade(error.to_string())
}

fn key_pem(key: &KeyPair) -> KeyPem {
    KeyPem(Zeroizing::new(key.serialize_pem()))
}

/// Whether a certificate is of this key.
fn is_of(der: &[u8], key: &KeyPair) -> bool {
    X509Certificate::from_der(der)
        .is_ok_and(|(_, c)| c.public_key().subject_public_key.data.as_ref() == key.der_bytes())
}
