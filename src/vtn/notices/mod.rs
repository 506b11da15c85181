//! Who is told of a change: those who subscribed, by a POST to their callback ([`webhooks`]), and those who listen at an
//! MQTT broker ([`mqtt`]). Both are told the same `notification` (OpenADR 3.1 Definition, "Subscriptions" and
//! "Notifiers"), each of what it may see.
//!
//! A change is matched with those to be told while it is written, by what each may see at that moment ([`sight`]), and
//! handed over once it is kept, in the order in which changes were kept. Nothing here holds a request up, but for the
//! challenge by which a new callback shows that it is its client's.
//!
//! - Of reads nobody is told.
//! - An object that a change takes out of somebody's sight is told as deleted, as it was before.
//! - Notifications are hints: a poll shows all. At a clean stop those that wait are still sent, as far as the time of
//!   grace and their receivers allow; those beyond what a queue holds are lost.

mod change;
mod mqtt;
mod notification;
mod sight;
mod webhooks;

pub use mqtt::{Push, PushAuthentication};
pub use webhooks::Webhooks;

pub(super) use change::{Changes, Operation};
pub(super) use mqtt::{Audience, topics};

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::entropy::Entropy;

use super::object::Kind;
use super::problem::Problem;
use super::registry::Registry;
use super::routes::unreadable;
use super::store::{Objects, Store, StoreError};

use change::Change;
use mqtt::Publisher;
use sight::Grants;
use webhooks::Callbacks;

/// The ways in which a VTN tells of changes; none of them by default.
#[derive(Default)]
pub struct Notices {
    /// Calls the callbacks of subscriptions.
    pub webhooks: Option<Webhooks>,
    /// Publishes to an MQTT broker.
    pub push: Option<Push>,
}

/// Tells of changes.
pub(super) struct Notifier {
    callbacks: Option<Callbacks>,
    publisher: Option<Publisher>,
}

/// What is to be sent of the changes of one write.
#[derive(Default)]
pub(super) struct Deliveries {
    calls: Vec<webhooks::Delivery>,
    messages: Vec<mqtt::Message>,
}

impl Notifier {
    /// Tells by these ways; `None` when there are none.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn new(
        notices: Notices,
        entropy: &Entropy,
        store: &Arc<Store>,
    ) -> Result<Option<Self>, StoreError> {
        if notices.webhooks.is_none() && notices.push.is_none() {
            return Ok(None);
        }
        let challenges = entropy.fork("vtn callback challenges");
        let callbacks =
            notices.webhooks.map(|webhooks| Callbacks::new(webhooks, challenges, store)).transpose()?;
        let publisher = notices.push.map(|push| Publisher::new(push, entropy.fork("vtn mqtt")));
        Ok(Some(Self { callbacks, publisher }))
    }

    /// Whether a change of this kind is to be recorded: somebody is told, or who is told may change.
    pub(super) fn records(&self, kind: Kind) -> bool {
        self.publisher.is_some() || self.callbacks.as_ref().is_some_and(|callbacks| callbacks.records(kind))
    }

    /// What is to be sent of these changes once they are kept. To be asked within the write.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn deliveries(
        &self,
        objects: &Objects<'_>,
        registry: &Registry,
        changes: &[Change],
    ) -> Result<Deliveries, Problem> {
        let mut grants = Grants::new(objects, registry);
        let mut deliveries = Deliveries::default();
        for change in changes {
            if let Some(callbacks) = &self.callbacks {
                callbacks
                    .deliveries(change, &mut grants, &mut deliveries.calls)?
                    .map_err(|e| unreadable(&e))?;
            }
            if self.publisher.is_some() {
                mqtt::messages(change, &mut grants, &mut deliveries.messages)?.map_err(|e| unreadable(&e))?;
            }
            if change.kind == Kind::Subscription {
                objects.lift_suspensions(&change.id)?;
            }
        }
        Ok(deliveries)
    }

    /// Takes note of what was kept, and hands over what is to be sent of it. Never waits; must be called within a
    /// runtime.
    pub(super) fn kept(&self, changes: &[Change], deliveries: Deliveries) {
        if let Some(callbacks) = &self.callbacks {
            callbacks.kept(changes, deliveries.calls);
        }
        if let Some(publisher) = &self.publisher {
            publisher.hand_over(deliveries.messages);
        }
    }

    /// Whether callbacks are called.
    pub(super) fn calls_back(&self) -> bool {
        self.callbacks.is_some()
    }

    /// The broker that is published to.
    pub(super) fn push(&self) -> Option<&Push> {
        self.publisher.as_ref().map(Publisher::push)
    }

    /// Checks the callbacks of a subscription, and that each is its client's.
    ///
    /// # Errors
    /// 400, in words, when one is not acceptable or does not answer the challenge.
    pub(super) async fn check_callbacks(&self, subscription: &Map<String, Value>) -> Result<(), Problem> {
        match &self.callbacks {
            Some(callbacks) => callbacks.check(subscription).await,
            None => Ok(()),
        }
    }

    /// Takes what waits for the broker out of the queue, each with its topic.
    #[cfg(test)]
    pub(super) fn take_waiting(&self) -> Vec<(String, bytes::Bytes)> {
        self.publisher.as_ref().map(Publisher::take_waiting).unwrap_or_default()
    }

    /// Connects to the broker before there is anything to tell. Must be called within a runtime.
    pub(super) fn start(&self) {
        if let Some(publisher) = &self.publisher {
            publisher.start();
        }
    }

    /// Waits until what waits is sent, for `grace` at most, and says in the log what is lost.
    pub(super) async fn drain(&self, grace: Duration) {
        let calls = async {
            match &self.callbacks {
                Some(callbacks) => callbacks.drain(grace).await,
                None => 0,
            }
        };
        let messages = async {
            match &self.publisher {
                Some(publisher) => publisher.drain(grace).await,
                None => 0,
            }
        };
        let (calls, messages) = futures::join!(calls, messages);
        if calls + messages > 0 {
            tracing::warn!(
                callbacks = calls,
                broker = messages,
                "the VTN stops with notifications that did not arrive; who polls sees all"
            );
        }
    }
}
