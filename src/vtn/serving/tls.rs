//! TLS on the VTN's connections: the certificate in force, taken up anew when its files change, and what its end asks
//! people to do.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::files::{Loaded, Marks};
use crate::certificate::{self, Names, Reminder, Settling, Standing};
use crate::time::Clock;
use crate::vtn::arrival::Arrival;

pub use super::files::TlsFiles;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

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
        let mut settling = Settling::new(self.marks.clone());
        let mut reminder = Reminder::default();
        loop {
            self.remind(&mut reminder);
            tokio::time::sleep(self.look_every).await;
            let files = self.files.clone();
            let Ok(marks) = tokio::task::spawn_blocking(move || files.marks()).await else { continue };
            if settling.look(marks) && self.take_up().await {
                reminder = Reminder::default();
            }
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

    /// Says what is near its end.
    fn remind(&self, reminder: &mut Reminder) {
        let now = self.clock.now();
        let loaded = self.current.load();
        let standing = |names: &Names| names.validity.standing(now);
        let worst = loaded.certificates.iter().map(|(_, names)| standing(names)).max();
        if !worst.is_some_and(|worst| reminder.is_due(worst, now)) {
            return;
        }
        for (path, names) in &loaded.certificates {
            let Some(words) = certificate::advice(&path.display().to_string(), names, "client", now) else {
                continue;
            };
            match standing(names) {
                Standing::Fine | Standing::Soon => tracing::warn!("{words}"),
                Standing::Imminent | Standing::NotYet | Standing::Expired => tracing::error!("{words}"),
            }
        }
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
