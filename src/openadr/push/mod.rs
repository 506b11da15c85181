//! Push: a client listens at the broker that its VTN names, and is woken when something changes.
//!
//! A notification is a hint to poll at once, and no more: what is acted on is always fetched from the VTN and verified. So
//! whoever could publish at the broker could make a client poll, at most as often as its caller allows, and nothing else.
//! Polling goes on at its interval as if there were no push: it is the heartbeat, and while the broker is away all that
//! there is. What [`Listening::status`] tells is for people.
//!
//! [`listen`] asks `/notifiers` and the topics ([`offer`]), connects and subscribes ([`session`]), and begins anew, with
//! back-off, whenever that ends. A client that has just subscribed is woken too: what happened before may have been told
//! to nobody.

mod offer;
mod session;

#[cfg(test)]
mod tests;

pub use offer::{Authentication, filters, offered};
pub use session::notified;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::bounds::Bounds;
use super::client::Client;
use super::tls::OwnCertificate;
use crate::entropy::Entropy;
use crate::time::UtcTime;

/// How long until a VTN that offers no push is asked again.
const ASKED_AGAIN_S: f64 = 300.0;

/// What a client listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// A VEN's: what its own ven sees.
    OwnVen,
    /// Business logic's: what FSPs answer to its dispatches. Other reports, such as a thousand FSPs' heartbeats, wait
    /// for its next look.
    Acknowledgements,
}

/// What a client needs to reach a broker, beyond what its VTN tells.
#[derive(Clone, Debug, Default)]
pub struct PushSettings {
    /// The certificate authorities that are trusted beside the one that the VTN names, PEM.
    pub roots: Option<String>,
    /// Shown to a broker that asks for a certificate, unless the VTN hands out another.
    pub identity: Option<OwnCertificate>,
    /// Where a broker may be.
    pub bounds: Bounds,
}

/// How it stands with push, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushStatus {
    /// Whether it is there.
    pub state: PushState,
    /// Notifications since the start.
    pub notices: u64,
    /// The last one.
    pub last: Option<Notice>,
}

/// Whether there is push.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    /// The VTN is being asked, or does not know the client's ven yet.
    #[default]
    Beginning,
    /// The VTN offers none: the client polls.
    NotOffered,
    /// Subscribed at this broker.
    Subscribed {
        /// Its address.
        broker: String,
    },
    /// Not at the moment: the client polls, and the broker is tried again by itself.
    Away {
        /// Why, in words.
        fault: String,
    },
}

/// What a notification was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// When it came.
    pub at: UtcTime,
    /// `EVENT`, `REPORT`, …; empty when it could not be read.
    pub object_type: String,
    /// `CREATE`, `UPDATE` or `DELETE`; empty when it could not be read.
    pub operation: String,
    /// The object's id; empty when it could not be read.
    pub id: String,
}

/// A client that listens. Dropping it ends it.
#[derive(Debug)]
pub struct Listening {
    hints: watch::Receiver<u64>,
    status: watch::Receiver<PushStatus>,
    task: AbortHandle,
}

/// What has come of listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Something changed at the VTN: look at once.
    Hint,
    /// [`Listening::status`] has changed.
    Status,
}

/// Begins to listen on the present tokio runtime.
pub fn listen(client: Client, interest: Interest, settings: PushSettings, entropy: Entropy) -> Listening {
    let (hints, hinted) = watch::channel(0);
    let (status, told) = watch::channel(PushStatus::default());
    let listener = Listener { client, interest, settings, entropy, hints, status };
    Listening { hints: hinted, status: told, task: tokio::spawn(listener.run()).abort_handle() }
}

impl Listening {
    /// Waits until something has changed since it was last waited for. Any number of notifications in the meantime are
    /// one hint. Loses nothing when dropped before it is ready.
    pub async fn hint(&mut self) {
        if self.hints.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// As [`Listening::hint`], or until the status has changed.
    pub async fn turn(&mut self) -> Turn {
        tokio::select! {
            biased;
            Ok(()) = self.hints.changed() => Turn::Hint,
            Ok(()) = self.status.changed() => Turn::Status,
            else => std::future::pending().await,
        }
    }

    /// Follows how it stands.
    pub fn watched(&self) -> watch::Receiver<PushStatus> {
        self.status.clone()
    }

    /// How it stands.
    pub fn status(&self) -> PushStatus {
        self.status.borrow().clone()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The task that listens.
struct Listener {
    client: Client,
    interest: Interest,
    settings: PushSettings,
    entropy: Entropy,
    hints: watch::Sender<u64>,
    status: watch::Sender<PushStatus>,
}

/// Why listening ended for now.
enum Ended {
    NotOffered,
    TooEarly,
    Away { fault: String, was_subscribed: bool },
}

impl Listener {
    async fn run(self) {
        let mut failures = 0;
        loop {
            let pause = match self.session(failures).await {
                Ended::NotOffered => {
                    failures = 0;
                    self.stands(&PushState::NotOffered);
                    Duration::from_secs_f64(ASKED_AGAIN_S * (0.5 + self.entropy.unit()))
                }
                Ended::TooEarly => {
                    failures = failures.saturating_add(1);
                    self.stands(&PushState::Beginning);
                    super::mqtt::pause(failures, self.entropy.unit())
                }
                Ended::Away { fault, was_subscribed } => {
                    failures = if was_subscribed { 0 } else { failures.saturating_add(1) };
                    self.stands(&PushState::Away { fault });
                    super::mqtt::pause(failures, self.entropy.unit())
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Shows a state, and writes it to the log when it is another.
    fn stands(&self, state: &PushState) {
        let who = self.client.label();
        let changed = self.status.send_if_modified(|status| {
            let changed = status.state != *state;
            status.state = state.clone();
            changed
        });
        if !changed {
            return;
        }
        match state {
            PushState::Beginning => {}
            PushState::NotOffered => tracing::info!(client = who, "the VTN offers no push by MQTT; polling"),
            PushState::Subscribed { broker } => {
                tracing::info!(client = who, broker, "woken by the MQTT broker")
            }
            PushState::Away { fault } => {
                tracing::warn!(client = who, fault, "no push for now; polling goes on")
            }
        }
    }
}
