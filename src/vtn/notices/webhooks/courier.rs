//! Sends notifications, in order for each callback, without holding anybody up.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::sync::{Notify, Semaphore};
use tokio::task::AbortHandle;
use url::Url;

use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::vtn::store::{Store, StoreError};

use super::callback::{call, request};

/// The most notifications that wait for one callback; beyond it the oldest are dropped, since what an object is now
/// matters more than what it was.
const MOST_WAITING: usize = 256;

/// The most calls under way at once.
const MOST_CALLS: usize = 64;

/// How long is waited before a notification is tried again; after the last of these its callback is given up.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(32),
];

/// One notification to one callback.
pub(in crate::vtn::notices) struct Delivery {
    pub(super) subscription: String,
    pub(super) client: String,
    pub(super) callback: String,
    pub(super) token: Option<Secret>,
    pub(super) body: Bytes,
}

/// Subscription and callback.
type Line = (String, String);

/// Takes notifications and sends them. What is under way ends with it.
pub(super) struct Courier {
    round: Arc<Round>,
}

/// What the courier and its tasks have in common.
struct Round {
    transport: Arc<dyn Transport>,
    /// Where suspensions are kept; what is under way does not keep it open.
    store: Weak<Store>,
    lines: Mutex<BTreeMap<Line, Queue>>,
    calls: Semaphore,
    /// Woken when a line has nothing more to send.
    quiet: Notify,
}

/// What waits for one callback.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Delivery>,
    worker: Option<AbortHandle>,
    /// Whether one is being sent.
    sending: bool,
    /// Whether the log has that some were dropped.
    dropping: bool,
    /// Given up until its subscription is written again.
    suspended: bool,
}

impl Courier {
    /// Which callbacks are `suspended` stands in the store.
    pub(super) fn new(transport: Arc<dyn Transport>, store: &Arc<Store>, suspended: Vec<Line>) -> Self {
        let lines = suspended.into_iter().map(|line| (line, Queue { suspended: true, ..Queue::default() }));
        let lines = Mutex::new(lines.collect());
        let calls = Semaphore::new(MOST_CALLS);
        Self {
            round: Arc::new(Round {
                transport,
                store: Arc::downgrade(store),
                lines,
                calls,
                quiet: Notify::new(),
            }),
        }
    }

    /// Waits until nothing waits and nothing is being sent.
    pub(super) async fn idle(&self) {
        loop {
            let quiet = self.round.quiet.notified();
            if self.waiting() == 0 {
                return;
            }
            quiet.await;
        }
    }

    /// How many notifications wait or are being sent.
    pub(super) fn waiting(&self) -> usize {
        self.round.lines().values().map(|queue| queue.waiting.len() + usize::from(queue.sending)).sum()
    }

    /// Puts notifications into their callbacks' queues. Never waits; must be called within a runtime.
    pub(super) fn hand_over(&self, deliveries: Vec<Delivery>) {
        for delivery in deliveries {
            self.round.enqueue(delivery, |line| {
                let round = Arc::clone(&self.round);
                tokio::spawn(async move { round.work(line).await }).abort_handle()
            });
        }
    }

    /// Forgets that callbacks of a subscription were given up: it was written again, or deleted.
    pub(super) fn start_anew(&self, subscription: &str) {
        self.round.lines().retain(|(of, _), queue| of != subscription || !queue.suspended);
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        for queue in self.round.lines().values() {
            if let Some(worker) = &queue.worker {
                worker.abort();
            }
        }
    }
}

impl Round {
    fn enqueue(&self, delivery: Delivery, start: impl FnOnce(Line) -> AbortHandle) {
        let line = (delivery.subscription.clone(), delivery.callback.clone());
        let mut lines = self.lines();
        let queue = lines.entry(line.clone()).or_default();
        if queue.suspended {
            return;
        }
        if queue.waiting.len() >= MOST_WAITING {
            queue.waiting.pop_front();
            if !std::mem::replace(&mut queue.dropping, true) {
                tracing::warn!(
                    subscription = delivery.subscription,
                    client = delivery.client,
                    "a callback is slower than changes come: the oldest beyond {MOST_WAITING} notifications are dropped"
                );
            }
        }
        queue.waiting.push_back(delivery);
        if queue.worker.is_none() {
            queue.worker = Some(start(line));
        }
    }

    /// Sends what waits for one callback until nothing does, or the callback is given up.
    async fn work(&self, line: Line) {
        while let Some(delivery) = self.next(&line) {
            if let Err(reason) = self.deliver(&delivery).await {
                tracing::warn!(
                    subscription = delivery.subscription,
                    client = delivery.client,
                    host = host(&delivery.callback),
                    reason,
                    "a callback failed {} times and is suspended: nothing is sent to it until the subscription is PUT \
                     again",
                    PAUSES.len() + 1
                );
                self.suspend(&line).await;
                return;
            }
        }
    }

    fn next(&self, line: &Line) -> Option<Delivery> {
        let mut lines = self.lines();
        let next = lines.get_mut(line).and_then(|queue| {
            let next = queue.waiting.pop_front();
            queue.sending = next.is_some();
            next
        });
        if next.is_none() {
            lines.remove(line);
            self.quiet.notify_waiters();
        }
        next
    }

    async fn suspend(&self, line: &Line) {
        if let Some(queue) = self.lines().get_mut(line) {
            *queue = Queue { suspended: true, ..Queue::default() };
        }
        self.quiet.notify_waiters();
        let (subscription, callback) = line.clone();
        let Some(store) = self.store.upgrade() else { return };
        let kept = store.write(move |objects| objects.suspend(&subscription, &callback), |()| ());
        let kept: Result<(), StoreError> = kept.await;
        if let Err(error) = kept {
            let (subscription, _) = line;
            tracing::error!(subscription, %error, "a callback is suspended until this VTN starts anew only");
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<(), String> {
        let mut pauses = PAUSES.iter();
        loop {
            let Err(reason) = self.attempt(delivery).await else { return Ok(()) };
            tracing::debug!(
                subscription = delivery.subscription,
                client = delivery.client,
                host = host(&delivery.callback),
                reason,
                "a notification did not arrive"
            );
            match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(reason),
            }
        }
    }

    async fn attempt(&self, delivery: &Delivery) -> Result<(), String> {
        let Delivery { callback, token, body, .. } = delivery;
        let request = request(Method::POST, callback, token.as_ref(), body.clone())
            .ok_or("it is no URL that HTTP can carry")?;
        let _call = self.calls.acquire().await.map_err(|error| error.to_string())?;
        let (status, _) = call(&*self.transport, request).await?;
        if status.is_success() { Ok(()) } else { Err(format!("it answered {}", status.as_u16())) }
    }

    fn lines(&self) -> MutexGuard<'_, BTreeMap<Line, Queue>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A callback for the log: its path and query may hold a secret of its client.
fn host(callback: &str) -> String {
    Url::parse(callback).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
