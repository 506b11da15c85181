//! Being woken by the VTN's broker: a line that is woken polls at once, and no more often than it must.
//!
//! A burst of notifications is one poll: while one is under way any number of hints wait as one, and between two polls
//! that hints bring about there is a rest, so that a storm of notifications makes no storm of polls.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::entropy::Entropy;
use crate::openadr::client::Client;
use crate::openadr::push::{Interest, Listening, PushSettings, PushStatus, listen};

/// The rest after a poll until a hint brings about the next.
const REST: Duration = Duration::from_millis(250);

/// What wakes a line: the broker of the VTN that it polls.
pub(super) struct Waking {
    settings: Option<PushSettings>,
    entropy: Entropy,
    listening: Option<Listening>,
    shown: Shown,
    rested: Instant,
}

/// How it stands with push on a line, for whoever watches the fleet.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown(Arc<Mutex<Option<watch::Receiver<PushStatus>>>>);

impl Shown {
    /// `None` when the line only polls.
    pub(super) fn status(&self) -> Option<PushStatus> {
        self.lock().as_ref().map(|status| status.borrow().clone())
    }

    fn lock(&self) -> MutexGuard<'_, Option<watch::Receiver<PushStatus>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waking {
    /// Without settings nothing wakes the line.
    pub(super) fn new(settings: Option<&PushSettings>, entropy: &Entropy, line: u32) -> Self {
        Self {
            settings: settings.cloned(),
            entropy: entropy.fork(&format!("push {line}")),
            listening: None,
            shown: Shown::default(),
            rested: Instant::now(),
        }
    }

    /// Listens at the broker of this client's VTN, and at no other any more. Must be called within a runtime.
    pub(super) fn listen_at(&mut self, client: &Client) {
        let Some(settings) = self.settings.clone() else { return };
        let entropy = self.entropy.fork(&self.entropy.id());
        let listening = listen(client.clone(), Interest::OwnVen, settings, entropy);
        *self.shown.lock() = Some(listening.watched());
        self.listening = Some(listening);
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

    /// How it stands.
    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }
}
