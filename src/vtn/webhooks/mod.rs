//! Webhooks: a client that subscribed is told of a change by a POST to its callback (OpenADR 3.1 Definition,
//! "Subscriptions" and "Webhooks").
//!
//! A change is matched with the subscriptions while it is written, by what each client may see at that moment
//! ([`watch`]), and handed over once it is kept ([`courier`]), in the order in which changes were kept. Nothing here
//! holds a request up, but for the challenge by which a new callback shows that it is its client's ([`callback`]).
//!
//! - Of reads nobody is told.
//! - An object that a change takes out of a client's sight is told as deleted, as it was before.
//! - A subscription's `programID` narrows what belongs to a program; vens and resources belong to none.
//! - Notifications are hints: those under way when the VTN ends, or beyond what a callback's queue holds, are lost, and
//!   a poll shows all.

mod callback;
mod change;
mod courier;
mod watch;

pub(super) use change::Changes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use crate::entropy::Entropy;
use crate::openadr::callback::{CallbackTransport, Reach};
use crate::openadr::transport::Transport;

use super::access::Registry;
use super::object::Kind;
use super::problem::Problem;
use super::routes::unreadable;
use super::store::{Objects, StoreError};

use change::Change;
use courier::{Courier, Delivery};
use watch::{Grants, Watch};

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

/// Who watches what, and how they are told.
pub(super) struct Notifier {
    webhooks: Webhooks,
    challenges: Entropy,
    watches: Mutex<BTreeMap<String, Arc<Watch>>>,
    courier: Courier,
}

impl Notifier {
    /// With the subscriptions that are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn new(
        webhooks: Webhooks,
        challenges: Entropy,
        objects: &Objects<'_>,
    ) -> Result<Self, StoreError> {
        let kept = objects.bodies(Kind::Subscription)?;
        let watches = kept.iter().filter_map(|body| Watch::of(body)).map(|w| (w.id.clone(), Arc::new(w)));
        let courier = Courier::new(Arc::clone(&webhooks.transport));
        Ok(Self { watches: Mutex::new(watches.collect()), webhooks, challenges, courier })
    }

    /// Whether a change of this kind is to be recorded: somebody watches, or what is watched may change.
    pub(super) fn records(&self, kind: Kind) -> bool {
        kind == Kind::Subscription || !self.watches().is_empty()
    }

    /// What is to be sent of these changes once they are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn deliveries(
        &self,
        objects: &Objects<'_>,
        registry: &Registry,
        changes: &[Change],
    ) -> Result<Vec<Delivery>, Problem> {
        let watches: Vec<_> = self.watches().values().cloned().collect();
        let mut grants = Grants::new(objects, registry);
        let mut deliveries = Vec::new();
        for change in changes {
            for watch in &watches {
                let found = watch.deliveries(change, &mut grants)?;
                deliveries.extend(found.map_err(|error| unreadable(&error))?);
            }
        }
        Ok(deliveries)
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
    pub(super) async fn check_callbacks(&self, subscription: &Map<String, Value>) -> Result<(), Problem> {
        let callbacks = callback::of(subscription, self.webhooks.reach).map_err(Problem::bad_request)?;
        for callback in callbacks {
            let challenge = self.challenges.id();
            callback.challenge(&*self.webhooks.transport, &challenge).await.map_err(Problem::bad_request)?;
        }
        Ok(())
    }

    fn watches(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Watch>>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
