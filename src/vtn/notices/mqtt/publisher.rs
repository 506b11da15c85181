//! Publishes messages in order, without holding anybody up, over as many connections as it takes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rumqttc::{AsyncClient, Event, EventLoop, Packet, QoS};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tokio::task::AbortHandle;

use crate::entropy::Entropy;
use crate::openadr::mqtt::{self, Fault};

use super::Push;

/// The most messages that wait for the broker; beyond it the oldest are dropped, since what an object is now matters
/// more than what it was.
const MOST_WAITING: usize = 4096;

/// The most messages that the broker has not acknowledged.
const MOST_SENT: usize = 64;

/// A notification on its topic.
#[derive(Clone, Debug)]
pub(in crate::vtn::notices) struct Message {
    pub(super) topic: String,
    pub(super) body: Bytes,
}

/// Takes messages and publishes them. What is under way ends with it.
pub(in crate::vtn::notices) struct Publisher {
    push: Push,
    entropy: Entropy,
    line: Arc<Line>,
    worker: Mutex<Option<AbortHandle>>,
}

/// What waits, shared with the task that publishes.
#[derive(Default)]
struct Line {
    queue: Mutex<Queue>,
    /// Woken when there is more to publish.
    more: Notify,
    /// Woken when the broker has all.
    quiet: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Message>,
    /// Handed to the broker and not acknowledged yet, oldest first: a broker acknowledges in order (MQTT 3.1.1, 4.6).
    sent: VecDeque<Message>,
    connected: bool,
    /// Whether the log has that some were dropped.
    dropping: bool,
}

impl Publisher {
    pub(in crate::vtn::notices) fn new(push: Push, entropy: Entropy) -> Self {
        Self { push, entropy, line: Arc::default(), worker: Mutex::default() }
    }

    pub(in crate::vtn::notices) fn push(&self) -> &Push {
        &self.push
    }

    /// Connects, once. Does nothing outside a runtime.
    pub(in crate::vtn::notices) fn start(&self) {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.is_none()
            && let Ok(runtime) = Handle::try_current()
        {
            let work = work(Arc::clone(&self.line), self.push.clone(), self.entropy.clone());
            *worker = Some(runtime.spawn(work).abort_handle());
        }
    }

    /// Puts messages into the queue. Never waits.
    pub(in crate::vtn::notices) fn hand_over(&self, messages: Vec<Message>) {
        if messages.is_empty() {
            return;
        }
        self.start();
        self.line.add(messages);
    }

    #[cfg(test)]
    pub(in crate::vtn::notices) fn take_waiting(&self) -> Vec<(String, Bytes)> {
        let waiting = std::mem::take(&mut self.line.queue().waiting);
        waiting.into_iter().map(|message| (message.topic, message.body)).collect()
    }

    /// Waits until the broker has all, for `grace` at most and not while it is away; answers how many it has not.
    pub(in crate::vtn::notices) async fn drain(&self, grace: Duration) -> usize {
        // A timeout is no fault: what is left is counted.
        let _ = tokio::time::timeout(grace, self.line.idle()).await;
        let queue = self.line.queue();
        queue.waiting.len() + queue.sent.len()
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if let Some(worker) = &*self.worker.lock().unwrap_or_else(PoisonError::into_inner) {
            worker.abort();
        }
    }
}

impl Line {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, messages: Vec<Message>) {
        let mut queue = self.queue();
        queue.waiting.extend(messages);
        let excess = queue.waiting.len().saturating_sub(MOST_WAITING);
        if excess > 0 {
            queue.waiting.drain(..excess);
            if !std::mem::replace(&mut queue.dropping, true) {
                tracing::warn!(
                    "the MQTT broker takes less than changes come: the oldest beyond {MOST_WAITING} notifications are \
                     dropped"
                );
            }
        }
        self.more.notify_one();
    }

    /// The next message, which counts as sent from then on.
    async fn next(&self) -> Message {
        loop {
            let more = self.more.notified();
            {
                let mut queue = self.queue();
                if let Some(message) = queue.waiting.pop_front() {
                    queue.sent.push_back(message.clone());
                    return message;
                }
            }
            more.await;
        }
    }

    fn acknowledged(&self) {
        let mut queue = self.queue();
        queue.sent.pop_front();
        if queue.waiting.is_empty() {
            queue.dropping = false;
            if queue.sent.is_empty() {
                self.quiet.notify_waiters();
            }
        }
    }

    fn connected(&self) {
        self.queue().connected = true;
    }

    /// What was not acknowledged is published again, before all else. Answers whether there was a connection.
    fn disconnected(&self) -> bool {
        let mut queue = self.queue();
        while let Some(message) = queue.sent.pop_back() {
            queue.waiting.push_front(message);
        }
        self.quiet.notify_waiters();
        std::mem::take(&mut queue.connected)
    }

    /// Waits until the broker has all, or is away.
    async fn idle(&self) {
        loop {
            let quiet = self.quiet.notified();
            {
                let queue = self.queue();
                if !queue.connected || queue.waiting.is_empty() && queue.sent.is_empty() {
                    return;
                }
            }
            quiet.await;
        }
    }
}

/// Keeps a connection to the broker, and publishes through it.
async fn work(line: Arc<Line>, push: Push, entropy: Entropy) {
    let address = push.broker.address.to_string();
    let mut failures = 0;
    loop {
        let fault = publish(&line, &push, &entropy).await;
        failures = if line.disconnected() { 0 } else { failures + 1 };
        let pause = mqtt::pause(failures, entropy.unit());
        if failures < 2 {
            tracing::warn!(broker = address, %fault, "the MQTT broker is away; notifications wait, and who listens polls");
        } else {
            tracing::debug!(broker = address, %fault, failures, "the MQTT broker is still away");
        }
        tokio::time::sleep(pause).await;
    }
}

/// One connection, until it breaks.
async fn publish(line: &Line, push: &Push, entropy: &Entropy) -> Fault {
    let name = format!("rampdesk-vtn-{}", entropy.id());
    let (client, events) = AsyncClient::new(push.broker.options(&name), MOST_SENT);
    let room = Semaphore::new(0);
    // Neither is ever dropped half-way but at the end: a packet that is being written must be written whole.
    tokio::select! {
        fault = drive(events, line, &room, push) => fault,
        fault = feed(client, line, &room) => fault,
    }
}

/// Does the connection's work, and makes room for more with every acknowledgement.
async fn drive(mut events: EventLoop, line: &Line, room: &Semaphore, push: &Push) -> Fault {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                tracing::info!(broker = %push.broker.address, "publishing to the MQTT broker");
                line.connected();
                room.add_permits(MOST_SENT);
            }
            Ok(Event::Incoming(Packet::PubAck(_))) => {
                line.acknowledged();
                room.add_permits(1);
            }
            Ok(_) => {}
            Err(error) => return error.into(),
        }
    }
}

/// Hands messages over while there is room.
async fn feed(client: AsyncClient, line: &Line, room: &Semaphore) -> Fault {
    loop {
        match room.acquire().await {
            Ok(permit) => permit.forget(),
            Err(error) => return Fault::other(error),
        }
        let message = line.next().await;
        let published = client.publish_bytes(message.topic, QoS::AtLeastOnce, false, message.body).await;
        if let Err(error) = published {
            return Fault::other(error);
        }
    }
}
