//! The files from which a client's side of TLS is set up, taken up anew when they change.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::secret::Secret;
use super::tcp::TcpTransport;
use super::tls::{ClientTls, OwnCertificate};
use crate::certificate::{self, Names, Reminder, Settling};
use crate::time::Clock;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Where whom a client trusts and its own certificate stand, each in PEM. Certificate and key are there both or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTlsFiles {
    /// The only authorities that are trusted; without it those that the system trusts.
    pub ca: Option<PathBuf>,
    /// The client's own certificate.
    pub certificate: Option<PathBuf>,
    /// Its private key.
    pub key: Option<PathBuf>,
}

/// When a file last changed, and how long it is.
type Marks = Vec<Option<(SystemTime, u64)>>;

impl ClientTlsFiles {
    /// Reads them.
    ///
    /// # Errors
    /// Which of them cannot be read, in words.
    pub fn load(&self) -> Result<ClientTls, String> {
        let text = |path: &Path| {
            fs::read_to_string(path).map_err(|e| format!("{}: cannot be read: {e}", path.display()))
        };
        let own = match self.certificate.as_deref().zip(self.key.as_deref()) {
            Some((certificate, key)) => {
                Some(OwnCertificate { certificate: text(certificate)?, key: Secret::new(text(key)?) })
            }
            None => None,
        };
        Ok(ClientTls { authorities: self.ca.as_deref().map(text).transpose()?, own })
    }

    /// Has a transport take up what changes, and says in the log when the certificate is near its end. Never ends.
    pub async fn keep_fresh(&self, transport: &TcpTransport, clock: &Clock) {
        self.keep_fresh_every(LOOK_EVERY, transport, clock).await;
    }

    async fn keep_fresh_every(&self, every: Duration, transport: &TcpTransport, clock: &Clock) {
        let mut settling = Settling::new(self.marks());
        let mut reminder = Reminder::default();
        loop {
            self.remind(&mut reminder, clock);
            tokio::time::sleep(every).await;
            if !settling.look(self.marks()) {
                continue;
            }
            match self.load().and_then(|tls| transport.renew(&tls)) {
                Ok(()) => {
                    tracing::info!("the client's TLS files have changed and are taken up");
                    reminder = Reminder::default();
                }
                Err(fault) => {
                    tracing::error!(%fault, "the client's TLS files have changed; what was there before stays in force");
                }
            }
        }
    }

    fn marks(&self) -> Marks {
        [&self.ca, &self.certificate, &self.key]
            .into_iter()
            .flatten()
            .map(|path| {
                let metadata = fs::metadata(path).ok()?;
                Some((metadata.modified().ok()?, metadata.len()))
            })
            .collect()
    }

    fn remind(&self, reminder: &mut Reminder, clock: &Clock) {
        let Some(path) = &self.certificate else { return };
        let Some(names) = fs::read(path).ok().and_then(|pem| Names::of_pem(&pem).ok()) else { return };
        let now = clock.now();
        if reminder.is_due(names.validity.standing(now), now)
            && let Some(advice) = certificate::advice(&path.display().to_string(), &names, "VTN", now)
        {
            tracing::warn!("{advice}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};
    use crate::openadr::transport::Transport as _;

    #[tokio::test]
    async fn a_renewed_certificate_is_taken_up_and_a_bad_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let now = Clock::real().now();
        let authority = Authority::new("CA", Validity::days(now, 100)).unwrap();
        let put = |days: u32| {
            let issued = authority.client("desk", Validity::days(now, days)).unwrap();
            fs::write(folder.path().join("desk.pem"), &issued.certificate).unwrap();
            fs::write(folder.path().join("desk.key"), issued.key.reveal()).unwrap();
            Names::of_pem(issued.certificate.as_bytes()).unwrap()
        };
        let first = put(10);
        fs::write(folder.path().join("ca.pem"), authority.certificate()).unwrap();
        let files = ClientTlsFiles {
            ca: Some(folder.path().join("ca.pem")),
            certificate: Some(folder.path().join("desk.pem")),
            key: Some(folder.path().join("desk.key")),
        };
        let transport = TcpTransport::secured(&files.load().unwrap()).unwrap();
        let own = || transport.security().own.unwrap().thumbprint;
        assert_eq!(own(), first.thumbprint);
        let (clock, every) = (Clock::real(), Duration::from_millis(20));
        let steps = async {
            let second = put(50);
            let taken_up = async {
                while own() != second.thumbprint {
                    tokio::time::sleep(every).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(30), taken_up).await.expect("it is taken up");
            fs::write(folder.path().join("desk.key"), "no key").unwrap();
            tokio::time::sleep(every * 10).await;
            assert_eq!(own(), second.thumbprint, "what was in force stays in force");
        };
        tokio::select! {
            // It looks at the files before they change.
            biased;
            () = files.keep_fresh_every(every, &transport, &clock) => unreachable!(),
            () = steps => {}
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let files = ClientTlsFiles { ca: Some("/no/such/ca.pem".into()), ..ClientTlsFiles::default() };
        assert!(files.load().unwrap_err().contains("/no/such/ca.pem: cannot be read"));
        assert!(ClientTlsFiles::default().load().unwrap().own.is_none());
    }
}
