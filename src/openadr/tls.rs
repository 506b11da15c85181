//! A client's side of TLS: whom it trusts, who it is, and what a failed handshake means in words.

use std::error::Error;
use std::io;

use reqwest::{Certificate, ClientBuilder, Identity};
use rustls::{AlertDescription, CertificateError as Refused};
use zeroize::Zeroizing;

use super::secret::Secret;
use crate::certificate::{self, Names};

/// How a client speaks TLS.
#[derive(Clone, Debug, Default)]
pub struct ClientTls {
    /// The only authorities that it trusts, in PEM; none when it is empty. `None` trusts those that the system trusts.
    pub authorities: Option<String>,
    /// Who it is to a VTN that asks for a certificate.
    pub own: Option<OwnCertificate>,
}

/// A client's certificate and its key.
#[derive(Clone, Debug)]
pub struct OwnCertificate {
    /// The certificate in PEM, and after it those between it and its authority, where there are any.
    pub certificate: String,
    /// The private key in PEM.
    pub key: Secret,
}

impl ClientTls {
    /// Whether the system's own authorities are trusted.
    pub(super) fn trusts_the_system(&self) -> bool {
        self.authorities.is_none()
    }

    /// What its own certificate says.
    ///
    /// # Errors
    /// When it is none, in words.
    pub(super) fn names(&self) -> Result<Option<Names>, String> {
        let own = self.own.as_ref().map(|own| Names::of_pem(own.certificate.as_bytes()));
        own.transpose().map_err(|e| format!("the client certificate: {e}"))
    }

    /// Has a client speak TLS so.
    ///
    /// # Errors
    /// When a certificate or the key cannot be used, in words.
    pub(super) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, String> {
        if let Some(pem) = &self.authorities {
            builder = builder.tls_certs_only(authorities(pem)?);
        }
        if let Some(own) = &self.own {
            let both = Zeroizing::new(format!("{}\n{}", own.certificate.trim_end(), own.key.reveal()));
            let identity = Identity::from_pem(both.as_bytes()).map_err(|_| {
                format!("the client certificate's key: {}", certificate::CertificateError::NotAKey)
            })?;
            builder = builder.identity(identity);
        }
        Ok(builder.tls_info(true))
    }
}

fn authorities(pem: &str) -> Result<Vec<Certificate>, String> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    let wrong = |e: &dyn std::fmt::Display| format!("the authority's certificate: {e}");
    let found = certificate::certificates(pem.as_bytes()).map_err(|e| wrong(&e))?;
    found
        .iter()
        .map(|der| {
            Names::of_der(der).map_err(|e| wrong(&e))?;
            Certificate::from_der(der).map_err(|e| wrong(&e))
        })
        .collect()
}

/// What kept TLS from coming about, in words that say what to do; `None` when it was something else.
pub(super) fn refusal(error: &reqwest::Error) -> Option<String> {
    if let Some(alert) = alert(error) {
        return Some(of_this_client(alert));
    }
    match rustls_error(error)? {
        rustls::Error::InvalidCertificate(refused) => Some(of_the_vtn(refused)),
        // On a connection that stands, a message that is none means that it broke; much may have been done over it.
        rustls::Error::InvalidMessage(_) if error.is_connect() => Some(
            "it does not speak TLS on this port; check the port, or write http:// for a VTN on this machine"
                .to_owned(),
        ),
        _ => None,
    }
}

fn rustls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    // An I/O error passes over what it wraps when it is asked for its cause.
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match wrapped {
        Some(inner) => rustls_error(inner),
        None => rustls_error(error.source()?),
    }
}

/// The alerts by which a VTN refuses a client.
const REFUSALS: [AlertDescription; 11] = [
    AlertDescription::CertificateRequired,
    AlertDescription::CertificateExpired,
    AlertDescription::CertificateRevoked,
    AlertDescription::UnknownCA,
    AlertDescription::BadCertificate,
    AlertDescription::CertificateUnknown,
    AlertDescription::UnsupportedCertificate,
    AlertDescription::DecryptError,
    AlertDescription::AccessDenied,
    AlertDescription::HandshakeFailure,
    AlertDescription::ProtocolVersion,
];

/// The alert that is the cause of an error. HTTP/2 keeps only its text.
fn alert(error: &(dyn Error + 'static)) -> Option<AlertDescription> {
    let text = super::tcp::innermost(error);
    REFUSALS.into_iter().find(|alert| text == rustls::Error::AlertReceived(*alert).to_string())
}

fn of_this_client(alert: AlertDescription) -> String {
    use AlertDescription as Alert;
    let words = match alert {
        Alert::CertificateRequired => {
            "it asks for a client certificate; give the one that names this client, and its key"
        }
        Alert::CertificateExpired => "it refuses this client's certificate, which has ended; have it renewed",
        Alert::CertificateRevoked => {
            "it refuses this client's certificate, which was revoked; have a new one made"
        }
        Alert::HandshakeFailure | Alert::ProtocolVersion => {
            "it agrees on no TLS with this client, which speaks TLS 1.2 and 1.3; a client certificate may be missing"
        }
        _ => "it does not accept this client's certificate; give the one that was made for this VTN",
    };
    words.to_owned()
}

fn of_the_vtn(refused: &Refused) -> String {
    match refused {
        Refused::UnknownIssuer | Refused::BadSignature => {
            "its certificate was signed by an authority that is not trusted here; give the certificate of the VTN's \
             authority as CA"
                .to_owned()
        }
        Refused::Expired | Refused::ExpiredContext { .. } => {
            "its certificate has ended; whoever runs the VTN must renew it".to_owned()
        }
        Refused::NotValidYet | Refused::NotValidYetContext { .. } => {
            "its certificate is not good yet; check this machine's clock and the VTN's".to_owned()
        }
        Refused::NotValidForName | Refused::NotValidForNameContext { .. } => {
            "its certificate is of another name than the address says; use the name that the certificate has, or have \
             one made for this address"
                .to_owned()
        }
        Refused::Revoked => "its certificate was revoked; ask whoever runs the VTN".to_owned(),
        other => format!("its certificate is not accepted: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    #[test]
    fn a_file_that_is_none_is_named_before_anything_is_sent() {
        let now = "2026-11-26T17:00:00Z".parse().unwrap();
        let authority = Authority::new("CA", Validity::days(now, 10)).unwrap();
        let issued = authority.client("desk", Validity::days(now, 1)).unwrap();
        let own = |certificate: &str, key: &str| ClientTls {
            own: Some(OwnCertificate { certificate: certificate.to_owned(), key: Secret::new(key) }),
            ..ClientTls::default()
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let said = |tls: ClientTls| tls.names().and_then(|_| tls.apply(ClientBuilder::new()).map(|_| ()));
        assert_eq!(said(own(&issued.certificate, issued.key.reveal())), Ok(()));
        for (tls, says) in [
            (own("", issued.key.reveal()), "the client certificate: holds no certificate"),
            (own(&issued.certificate, "hush"), "the client certificate's key: is not a private key"),
            (
                ClientTls { authorities: Some("no".to_owned()), own: None },
                "the authority's certificate: holds no certificate",
            ),
        ] {
            let error = said(tls).unwrap_err();
            assert!(error.contains(says) && !error.contains("hush"), "{says}: {error}");
        }
    }

    #[test]
    fn an_alert_is_known_by_its_type_and_by_its_text() {
        let alert_of = |error: io::Error| alert(&error);
        for known in REFUSALS {
            let error = rustls::Error::AlertReceived(known);
            assert_eq!(alert_of(io::Error::other(error.to_string())), Some(known));
            assert_eq!(alert_of(io::Error::other(error)), Some(known));
        }
        assert_eq!(alert_of(io::Error::other("broken pipe")), None);
        let wrapped = io::Error::other(io::Error::other(rustls::Error::InvalidCertificate(Refused::Expired)));
        assert!(rustls_error(&wrapped).is_some());
    }

    #[test]
    fn a_vtns_certificate_that_is_not_accepted_says_what_to_do() {
        for (refused, says) in [
            (Refused::UnknownIssuer, "authority as CA"),
            (Refused::Expired, "must renew it"),
            (Refused::NotValidYet, "check this machine's clock"),
            (Refused::NotValidForName, "another name"),
            (Refused::BadEncoding, "is not accepted: "),
        ] {
            let said = of_the_vtn(&refused);
            assert!(said.contains(says), "{says}: {said}");
        }
    }
}
