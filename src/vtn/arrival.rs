//! By which connection a request came, and what its client certificate allows.
//!
//! Where the server asks for client certificates, a client has a token only over a connection whose certificate names
//! it, and the token is bound to that certificate (`x5t#S256`, RFC 8705 §3). A request with the token must come over a
//! connection with the same certificate, or with another that names the same client: a certificate that was renewed
//! while the token holds goes on working, and neither a stolen secret nor a stolen token is of use without one.

use std::sync::Arc;

use http::Extensions;

use super::stamp::Stamp;
use crate::certificate::{Names, Thumbprint};
use crate::time::UtcTime;

/// A request's connection. By default what it is in process: neither TLS nor a client certificate.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrival {
    https: bool,
    /// Verified against the client authorities; `None` where none is asked for.
    certificate: Option<Arc<Names>>,
}

/// Why a connection does not do for a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotItsOwn {
    #[error(
        "this connection's certificate is of {subject} and does not name client `{client}`; connect with the client's \
         own certificate"
    )]
    AnothersCertificate { subject: String, client: String },
    #[error("this connection's certificate ended at {0}; connect again with a renewed one")]
    Ended(UtcTime),
    #[error(
        "the access token is bound to a client certificate; send it over a connection with that certificate"
    )]
    NoCertificate,
}

impl Arrival {
    /// Over TLS, with the client's certificate where one is asked for.
    pub(super) fn over_tls(certificate: Option<Arc<Names>>) -> Self {
        Self { https: true, certificate }
    }

    /// As the server noted it on the request.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The certificate that a client's new token is bound to.
    ///
    /// # Errors
    /// When the connection's certificate is not the client's, or has ended.
    pub(super) fn binds(&self, client_id: &str, now: Stamp) -> Result<Option<Thumbprint>, NotItsOwn> {
        let Some(names) = &self.certificate else { return Ok(None) };
        holds_at(names, now)?;
        names_client(names, client_id)?;
        Ok(Some(names.thumbprint))
    }

    /// Whether a client's token may be used over this connection.
    ///
    /// # Errors
    /// When the token is bound and there is no certificate; when the certificate has ended, or is neither the one that
    /// the token is bound to nor one that names the client.
    pub(super) fn admits(
        &self,
        client_id: &str,
        bound: Option<Thumbprint>,
        now: Stamp,
    ) -> Result<(), NotItsOwn> {
        match &self.certificate {
            None if bound.is_some() => Err(NotItsOwn::NoCertificate),
            None => Ok(()),
            Some(names) => {
                holds_at(names, now)?;
                if bound == Some(names.thumbprint) { Ok(()) } else { names_client(names, client_id) }
            }
        }
    }
}

fn names_client(names: &Names, client_id: &str) -> Result<(), NotItsOwn> {
    if names.binds(client_id) {
        return Ok(());
    }
    Err(NotItsOwn::AnothersCertificate { subject: names.subject(), client: client_id.to_owned() })
}

/// A connection may outlast the certificate that it began with.
fn holds_at(names: &Names, now: Stamp) -> Result<(), NotItsOwn> {
    let until = names.validity.until;
    if now.millis().div_euclid(1000) > until.unix() { Err(NotItsOwn::Ended(until)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    fn now() -> UtcTime {
        "2026-11-26T17:00:00Z".parse().unwrap()
    }

    fn at(seconds: i64) -> Stamp {
        Stamp::from_millis((now() + seconds).unix() * 1000)
    }

    fn over(authority: &Authority, client: &str) -> (Arrival, Thumbprint) {
        let issued = authority.client(client, Validity::days(now(), 1)).unwrap();
        let names = Names::of_pem(issued.certificate.as_bytes()).unwrap();
        let thumbprint = names.thumbprint;
        (Arrival::over_tls(Some(Arc::new(names))), thumbprint)
    }

    #[test]
    fn a_token_goes_with_its_clients_certificates_and_with_no_others() {
        let authority = Authority::new("CA", Validity::days(now(), 10)).unwrap();
        let ((first, first_print), (renewed, _)) = (over(&authority, "fsp-1"), over(&authority, "fsp-1"));
        let (other, other_print) = over(&authority, "fsp-2");
        let plain = Arrival::default();

        assert_eq!(first.binds("fsp-1", at(0)), Ok(Some(first_print)));
        assert_eq!(plain.binds("fsp-1", at(0)), Ok(None));
        let refusal = other.binds("fsp-1", at(0)).unwrap_err().to_string();
        assert!(refusal.contains("is of fsp-2 and does not name client `fsp-1`"), "{refusal}");

        let bound = Some(first_print);
        assert_eq!(first.admits("fsp-1", bound, at(0)), Ok(()));
        assert_eq!(renewed.admits("fsp-1", bound, at(0)), Ok(()), "a renewed certificate goes on");
        assert_eq!(first.admits("fsp-1", None, at(0)), Ok(()), "from before certificates were asked for");
        assert_eq!(plain.admits("fsp-1", None, at(0)), Ok(()));
        assert_eq!(plain.admits("fsp-1", bound, at(0)), Err(NotItsOwn::NoCertificate));
        for (arrival, bound) in [(&other, bound), (&other, None)] {
            assert!(arrival.admits("fsp-1", bound, at(0)).is_err(), "{arrival:?}");
        }
        assert_eq!(other.admits("fsp-2", Some(other_print), at(0)), Ok(()));
    }

    #[test]
    fn a_connection_that_outlasts_its_certificate_is_of_no_use() {
        let authority = Authority::new("CA", Validity::days(now(), 10)).unwrap();
        let (arrival, print) = over(&authority, "fsp-1");
        assert_eq!(arrival.admits("fsp-1", Some(print), at(86_400)), Ok(()));
        let refusal = arrival.admits("fsp-1", Some(print), at(86_401)).unwrap_err().to_string();
        assert!(refusal.contains("ended at 2026-11-27T17:00:00Z"), "{refusal}");
        assert!(arrival.binds("fsp-1", at(86_401)).is_err());
    }
}
