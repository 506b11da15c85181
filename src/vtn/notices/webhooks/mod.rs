//! Webhooks: a client that subscribed is told of a change by a POST to its callback (OpenADR 3.1 Definition,
//! "Subscriptions" and "Webhooks").
//!
//! - A subscription's `programID` narrows what belongs to a program; vens and resources belong to none.
//! - A callback that fails for good is suspended, over restarts too, until its subscription is written again.

mod callback;
mod courier;
mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use crate::entropy::Entropy;
use crate::openadr::callback::{CallbackTransport, Reach};
use crate::openadr::transport::Transport;
use crate::vtn::object::Kind;
use crate::vtn::problem::Problem;
use crate::vtn::store::{Store, StoreError};

use super::change::Change;
use super::sight::Grants;
use courier::Courier;
use watch::Watch;

pub(super) use courier::Delivery;

/// How the callbacks of subscriptions are called.
pub struct Webhooks {
    /// Carries the calls.
    pub transport: Arc<dyn Transport>,
    /// Which callbacks are accepted; the transport holds to the same.
    pub reach: Reach,
}

impl Webhooks {
    /// Over TCP and TLS.
    ///
    /// # Errors
    /// When no HTTP client can be made, in words.
    pub fn over_tcp(reach: Reach) -> Result<Self, String> {
        Ok(Self { transport: Arc::new(CallbackTransport::new(reach)?), reach })
    }
}

/// Who watches what, and how they are called.
pub(super) struct Callbacks {
    webhooks: Webhooks,
    challenges: Entropy,
    watches: Mutex<BTreeMap<String, Arc<Watch>>>,
    courier: Courier,
}

impl Callbacks {
    /// With the subscriptions that are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn new(
        webhooks: Webhooks,
        challenges: Entropy,
        store: &Arc<Store>,
    ) -> Result<Self, StoreError> {
        let (kept, suspended) = store.read(|objects| {
            Ok::<_, StoreError>((objects.bodies(Kind::Subscription)?, objects.suspended()?))
        })?;
        let watches = kept.iter().filter_map(|body| Watch::of(body)).map(|w| (w.id.clone(), Arc::new(w)));
        let courier = Courier::new(Arc::clone(&webhooks.transport), store, suspended);
        Ok(Self { watches: Mutex::new(watches.collect()), webhooks, challenges, courier })
    }

    /// Whether a change of this kind is to be recorded: somebody watches, or what is watched may change.
    pub(super) fn records(&self, kind: Kind) -> bool {
        kind == Kind::Subscription || !self.watches().is_empty()
    }

    /// Adds what is to be sent of a change once it is kept.
    ///
    /// # Errors
    /// When the store fails, or what is kept is not JSON.
    pub(super) fn deliveries(
        &self,
        change: &Change,
        grants: &mut Grants<'_, '_>,
        out: &mut Vec<Delivery>,
    ) -> Result<Result<(), serde_json::Error>, StoreError> {
        let watches: Vec<_> = self.watches().values().cloned().collect();
        for watch in watches {
            match watch.deliveries(change, grants)? {
                Ok(found) => out.extend(found),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    }

    /// Takes note of what was kept, and hands over what is to be sent of it. Never waits.
    pub(super) fn kept(&self, changes: &[Change], deliveries: Vec<Delivery>) {
        self.courier.hand_over(deliveries);
        for change in changes.iter().filter(|change| change.kind == Kind::Subscription) {
            let watch = change.after.as_ref().and_then(|state| Watch::of(&state.body));
            let mut watches = self.watches();
            match watch {
                Some(watch) => watches.insert(change.id.clone(), Arc::new(watch)),
                None => watches.remove(&change.id),
            };
            self.courier.start_anew(&change.id);
        }
    }

    /// Checks the callbacks of a subscription, and that each is its client's.
    ///
    /// # Errors
    /// 400, in words, when one is not acceptable or does not answer the challenge.
    pub(super) async fn check(&self, subscription: &Map<String, Value>) -> Result<(), Problem> {
        let callbacks = callback::of(subscription, self.webhooks.reach).map_err(Problem::bad_request)?;
        for callback in callbacks {
            let challenge = self.challenges.id();
            callback.challenge(&*self.webhooks.transport, &challenge).await.map_err(Problem::bad_request)?;
        }
        Ok(())
    }

    /// Waits until all is sent, for `grace` at most; answers how many notifications are lost.
    pub(super) async fn drain(&self, grace: Duration) -> usize {
        // A timeout is no fault: what is left is counted.
        let _ = tokio::time::timeout(grace, self.courier.idle()).await;
        self.courier.waiting()
    }

    fn watches(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Watch>>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
