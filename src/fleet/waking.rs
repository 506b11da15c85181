//! Being woken by the VTN's broker: an agent that is woken polls at once, and no more often than it must.
//!
//! A burst of notifications is one poll: while one is under way any number of hints wait as one, and between two polls
//! that hints bring about there is a rest, so that a storm of notifications makes no storm of polls.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::entropy::Entropy;
use crate::openadr::client::Client;
use crate::openadr::push::{Interest, Listening, PushSettings, PushStatus, listen};

/// The rest after a poll until a hint brings about the next.
const REST: Duration = Duration::from_millis(250);

/// What wakes an agent.
pub(super) struct Waking {
    listening: Option<Listening>,
    rested: Instant,
}

impl Waking {
    /// By the broker of a client's VTN; by nothing without settings. Must be called within a runtime.
    pub(super) fn by(client: &Client, settings: Option<&PushSettings>, entropy: &Entropy) -> Self {
        let listening =
            settings.map(|s| listen(client.clone(), Interest::OwnVen, s.clone(), entropy.fork("push")));
        Self { listening, rested: Instant::now() }
    }

    /// Waits until there is a reason to poll before the next poll is due. Loses nothing when dropped before it is ready.
    pub(super) async fn hint(&mut self) {
        match &mut self.listening {
            Some(listening) => {
                tokio::time::sleep_until(self.rested).await;
                listening.hint().await;
            }
            None => std::future::pending().await,
        }
    }

    /// A poll has just ended.
    pub(super) fn polled(&mut self) {
        self.rested = Instant::now() + REST;
    }

    /// How it stands, for whoever watches the fleet.
    pub(super) fn status(&self) -> Option<watch::Receiver<PushStatus>> {
        self.listening.as_ref().map(Listening::watched)
    }
}
