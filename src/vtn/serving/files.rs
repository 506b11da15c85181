//! The files that TLS is set up from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{NoServerSessionStorage, ServerConfig, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;

use super::tls::TlsError;
use crate::certificate::{self, Names};
use crate::time::Clock;

/// Where a VTN's certificate, its key and its clients' authorities stand, each in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The VTN's certificate, and after it those between it and its authority, where there are any.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities whose client certificates are accepted. `None` asks for no client certificate.
    pub client_ca: Option<PathBuf>,
}

/// When files last changed, and how long they are.
pub(super) type Marks = Vec<Option<(SystemTime, u64)>>;

/// What was made of the files.
pub(super) struct Loaded {
    pub(super) config: Arc<ServerConfig>,
    /// Each certificate, with its file.
    pub(super) certificates: Vec<(PathBuf, Names)>,
}

impl TlsFiles {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.certificate, &self.key].into_iter().chain(&self.client_ca)
    }

    pub(super) fn marks(&self) -> Marks {
        self.all()
            .map(|path| {
                let metadata = fs::metadata(path).ok()?;
                Some((metadata.modified().ok()?, metadata.len()))
            })
            .collect()
    }

    /// Reads them all.
    ///
    /// # Errors
    /// The first that is not right, in words.
    pub(super) fn load(&self, clock: &Clock) -> Result<Loaded, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let chain = certificates(&self.certificate)?;
        let own = chain.first().map(|der| read(&self.certificate, der)).transpose()?;
        let key = key(&self.key)?;
        let mut certificates: Vec<_> =
            own.into_iter().map(|names| (self.certificate.clone(), names)).collect();

        let builder = ServerConfig::builder_with_details(provider.clone(), Arc::new(Told(clock.clone())))
            .with_safe_default_protocol_versions()
            .map_err(|e| TlsError::Unusable(e.to_string()))?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let (roots, names) = authorities(path)?;
                certificates.extend(names.into_iter().map(|names| (path.clone(), names)));
                builder.with_client_cert_verifier(verifier(path, roots, provider)?)
            }
        };
        let mut config = builder.with_single_cert(chain, key).map_err(|error| {
            let reason = match error {
                rustls::Error::InconsistentKeys(_) => certificate::CertificateError::Unpaired.to_string(),
                error => error.to_string(),
            };
            wrong(&self.certificate, reason)
        })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // A session that is taken up again would not be looked at again: neither its certificate's end nor its authority.
        if self.client_ca.is_some() {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(Loaded { config: Arc::new(config), certificates })
    }
}

/// The injected clock, as rustls asks for the time.
#[derive(Debug)]
struct Told(Clock);

impl TimeProvider for Told {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().unix()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

fn verifier(
    path: &Path,
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|e| wrong(path, e.to_string()))
}

fn authorities(path: &Path) -> Result<(RootCertStore, Vec<Names>), TlsError> {
    let mut roots = RootCertStore::empty();
    let mut all = Vec::new();
    for der in certificates(path)? {
        let names = read(path, &der)?;
        if !names.is_authority {
            let error = certificate::CertificateError::NotAnAuthority(names.subject());
            return Err(wrong(path, error.to_string()));
        }
        roots.add(der).map_err(|e| wrong(path, e.to_string()))?;
        all.push(names);
    }
    Ok((roots, all))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    certificate::certificates(&bytes(path)?).map_err(|e| wrong(path, e.to_string()))
}

fn read(path: &Path, der: &CertificateDer<'_>) -> Result<Names, TlsError> {
    Names::of_der(der).map_err(|e| wrong(path, e.to_string()))
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let text = zeroize::Zeroizing::new(bytes(path)?);
    PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| wrong(path, "holds no private key in PEM (PKCS#8, SEC1 or PKCS#1)".to_owned()))
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| wrong(path, format!("cannot be read: {error}")))
}

fn wrong(path: &Path, reason: String) -> TlsError {
    TlsError::File { path: path.display().to_string(), reason }
}
