//! TLS on the VTN's connections: the certificate in force, taken up anew when its files change, and what its end asks
//! people to do.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::files::{Loaded, Marks};
use crate::certificate::{Names, Standing};
use crate::time::{Clock, UtcTime};
use crate::vtn::arrival::Arrival;

pub use super::files::TlsFiles;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Seconds after which the log says again that a certificate is near its end.
const REMIND_S: i64 = 86_400;

/// How long, and over how many bytes, an unwelcome client is listened to after it was told why.
const PARTING: Duration = Duration::from_secs(1);
const PARTING_BYTES: u64 = 64 * 1024;

/// Why TLS cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// One of the files.
    #[error("{path}: {reason}")]
    File {
        /// Its path.
        path: String,
        /// What is wrong, in words.
        reason: String,
    },
    /// TLS itself.
    #[error("TLS cannot be set up: {0}")]
    Unusable(String),
}

/// A VTN's TLS: its certificate and its clients' authorities, from files that may change while it serves. A connection
/// keeps what it began with; new ones have what is in force.
pub struct Tls {
    files: TlsFiles,
    clock: Clock,
    look_every: Duration,
    marks: Marks,
    current: ArcSwap<Loaded>,
}

impl Tls {
    /// Reads the files. `clock` is what certificates' times are judged by.
    ///
    /// # Errors
    /// When a file cannot be read or is not what it should be, or certificate and key do not belong together.
    pub fn open(files: TlsFiles, clock: Clock) -> Result<Self, TlsError> {
        let marks = files.marks();
        let loaded = files.load(&clock)?;
        Ok(Self { files, clock, look_every: LOOK_EVERY, marks, current: ArcSwap::from_pointee(loaded) })
    }

    /// Looks at the files as often as this.
    #[must_use]
    pub fn looking_every(self, interval: Duration) -> Self {
        Self { look_every: interval, ..self }
    }

    /// What the certificate in force says.
    pub fn certificate(&self) -> Option<Names> {
        self.current.load().certificates.first().map(|(_, names)| names.clone())
    }

    /// Whether clients must have a certificate.
    pub fn asks_for_certificates(&self) -> bool {
        self.files.client_ca.is_some()
    }

    /// The handshake, and whom the client's certificate names.
    pub(super) async fn accept<S>(&self, stream: S) -> Result<(TlsStream<S>, Arrival), String>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = Arc::clone(&self.current.load().config);
        let stream = match TlsAcceptor::from(config).accept(stream).into_fallible().await {
            Ok(stream) => stream,
            Err((error, stream)) => {
                part(stream).await;
                return Err(error.to_string());
            }
        };
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let names = shown.map(|der| Names::of_der(der)).transpose().map_err(|e| e.to_string())?;
        if self.asks_for_certificates() && names.is_none() {
            return Err("no client certificate".to_owned());
        }
        Ok((stream, Arrival::over_tls(names.map(Arc::new))))
    }

    /// Takes up files that have changed, and says in the log when a certificate is near its end. Never ends.
    pub(super) async fn keep_fresh(&self) {
        let mut taken = self.marks.clone();
        let mut before = taken.clone();
        let mut said = None;
        loop {
            said = self.remind(said);
            tokio::time::sleep(self.look_every).await;
            let files = self.files.clone();
            let Ok(marks) = tokio::task::spawn_blocking(move || files.marks()).await else { continue };
            // One file after the other is replaced: they are read when they have stood still for a look.
            if marks != taken && marks == before {
                taken.clone_from(&marks);
                if self.take_up().await {
                    said = None;
                }
            }
            before = marks;
        }
    }

    async fn take_up(&self) -> bool {
        let (files, clock) = (self.files.clone(), self.clock.clone());
        let shown = self.files.certificate.display();
        match tokio::task::spawn_blocking(move || files.load(&clock)).await {
            Ok(Ok(loaded)) => {
                self.current.store(Arc::new(loaded));
                tracing::info!(certificate = %shown, "changed certificate files were taken up");
                true
            }
            Ok(Err(error)) => {
                tracing::error!("{error}; the certificates that were in force stay in force");
                false
            }
            Err(_) => false,
        }
    }

    /// Says what is near its end, once a day or when it is nearer; answers when it was last said.
    fn remind(&self, said: Option<(Standing, UtcTime)>) -> Option<(Standing, UtcTime)> {
        let now = self.clock.now();
        let loaded = self.current.load();
        let standing = |names: &Names| names.validity.standing(now);
        let worst = loaded.certificates.iter().map(|(_, names)| standing(names)).max()?;
        if let Some((before, at)) = said
            && before == worst
            && now.since(at) < REMIND_S
        {
            return said;
        }
        for (path, names) in &loaded.certificates {
            match (standing(names), words(path, names, now)) {
                (Standing::Fine, _) => {}
                (Standing::Soon, words) => tracing::warn!("{words}"),
                (Standing::Imminent | Standing::NotYet | Standing::Expired, words) => {
                    tracing::error!("{words}")
                }
            }
        }
        Some((worst, now))
    }
}

/// Ends a connection that came to nothing so that the other side reads why: closed with bytes unread, it would be reset,
/// and the alert lost on the way.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let parting = async {
        let _ = stream.shutdown().await;
        let _ = tokio::io::copy(&mut stream.take(PARTING_BYTES), &mut tokio::io::sink()).await;
    };
    let _ = tokio::time::timeout(PARTING, parting).await;
}

/// What a certificate's time asks people to do.
fn words(path: &Path, names: &Names, now: UtcTime) -> String {
    let (path, subject, validity) = (path.display(), names.subject(), names.validity);
    match validity.standing(now) {
        Standing::Expired => format!(
            "{path}: the certificate of {subject} ended at {}; no client accepts it: put a renewed one in its place, \
             which is taken up by itself",
            validity.until
        ),
        Standing::NotYet => format!(
            "{path}: the certificate of {subject} is good only from {}; check this machine's clock",
            validity.from
        ),
        _ => format!(
            "{path}: the certificate of {subject} ends in {} days, at {}; put a renewed one in its place before then, \
             which is taken up by itself",
            validity.days_left(now),
            validity.until
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::{Authority, Validity};

    #[test]
    fn a_certificate_near_its_end_says_which_when_and_what_to_do() {
        let now: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        let authority = Authority::new("CA", Validity::days(now, 100)).unwrap();
        let issued = authority.server(&["vtn.example"], Validity::days(now, 20)).unwrap();
        let names = Names::of_pem(issued.certificate.as_bytes()).unwrap();
        for (at, says) in [
            (now, "server.pem: the certificate of vtn.example ends in 20 days, at 2026-12-16T17:00:00Z"),
            (now + 21 * 86_400, "ended at 2026-12-16T17:00:00Z; no client accepts it"),
            (now - 7_200, "is good only from 2026-11-26T16:00:00Z; check this machine's clock"),
        ] {
            let said = words(Path::new("server.pem"), &names, at);
            assert!(said.contains(says), "{says}: {said}");
        }
    }
}
