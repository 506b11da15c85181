//! One FSP's client: it polls, hands what it sees to its units, and sends what comes of it.

use tokio::sync::watch;

use crate::dispatch::SigningKey;
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientError};
use crate::openadr::push::PushStatus;
use crate::openadr::wire::Event;
use crate::time::{Clock, UtcTime};

use super::cadence::Cadence;
use super::meter::Meter;
use super::outbox::Outbox;
use super::programs::Programs;
use super::provider::Provider;
use super::waking::Waking;

/// What an agent is made of.
pub(super) struct AgentParts {
    pub(super) provider: Provider,
    pub(super) key: SigningKey,
    pub(super) client: Client,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) waking: Waking,
}

/// An FSP's agent. All that it knows outlives a fault in its loop.
pub(super) struct Agent {
    provider: Provider,
    key: SigningKey,
    client: Client,
    clock: Clock,
    entropy: Entropy,
    /// Of its units: some VTNs show what is targeted only to whoever names the target.
    targets: Vec<String>,
    programs: Programs,
    cadence: Cadence,
    outbox: Outbox,
    meter: Meter,
    /// When what could not be sent is tried again.
    send_again: UtcTime,
    waking: Waking,
}

/// Whether the fleet is to end.
#[derive(Clone)]
pub(super) struct Ending(pub(super) watch::Receiver<bool>);

impl Ending {
    /// Whether it is asked for, or nobody is left to ask.
    fn is_asked(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until it is.
    pub(super) async fn asked(&mut self) {
        // An error means that nobody is left to ask: that ends it too.
        let _ = self.0.wait_for(|ends| *ends).await;
    }
}

impl Agent {
    /// An agent that has not polled yet.
    pub(super) fn new(parts: AgentParts) -> Self {
        let AgentParts { provider, key, client, clock, entropy, waking } = parts;
        let now = clock.now();
        Self {
            targets: provider.units().map(|u| u.unit.target()).collect(),
            programs: Programs::of(&provider, now),
            cadence: Cadence::new(entropy.unit(), now),
            outbox: Outbox::default(),
            meter: Meter::default(),
            send_again: now,
            provider,
            key,
            client,
            clock,
            entropy,
            waking,
        }
    }

    /// Its FSP's id.
    pub(super) fn name(&self) -> String {
        self.provider.id().to_string()
    }

    /// How it stands with push; `None` when it only polls.
    pub(super) fn push(&self) -> Option<watch::Receiver<PushStatus>> {
        self.waking.status()
    }

    /// Runs until it is to end; what is being sent then is finished.
    pub(super) async fn run(&mut self, ending: &mut Ending) {
        loop {
            let due = self.next_due();
            let mut woken = false;
            tokio::select! {
                biased;
                () = ending.asked() => return,
                () = self.waking.hint() => woken = true,
                () = self.clock.sleep_until(due) => {}
            }
            let now = self.clock.now();
            self.provider.collect(now, &mut self.outbox);
            self.meter.read(&self.provider, now);
            if woken || now >= self.cadence.next() {
                self.poll_and_settle(now, ending).await;
                self.waking.polled();
            } else if now >= self.send_again {
                self.send(ending).await;
            }
            if ending.is_asked() {
                return;
            }
        }
    }

    /// The next instant at which there is something to do.
    fn next_due(&self) -> UtcTime {
        let now = self.clock.now();
        let unsent = !(self.outbox.is_empty() && self.meter.is_sent());
        [
            Some(self.cadence.next()),
            self.provider.next_stage(),
            self.meter.next_minute(&self.provider, now),
            unsent.then_some(self.send_again),
        ]
        .into_iter()
        .flatten()
        .fold(self.cadence.next(), UtcTime::min)
    }

    async fn poll_and_settle(&mut self, now: UtcTime, ending: &Ending) {
        match self.poll().await {
            Ok(()) => {
                if let Some(seconds) = self.programs.poll_seconds() {
                    self.cadence.set_interval(seconds);
                }
                self.cadence.succeeded(self.clock.now());
                self.send_again = now;
            }
            Err(error) => {
                let failures = self.cadence.failed(self.clock.now(), self.entropy.unit());
                if failures == 1 {
                    tracing::warn!(fsp = %self.provider.id(), %error, "poll failed; the units go on as accepted");
                } else {
                    tracing::debug!(fsp = %self.provider.id(), %error, failures, "poll failed again");
                }
                return;
            }
        }
        self.send(ending).await;
        if ending.is_asked() {
            return;
        }
        let beat = self.programs.beat(&self.client, &self.provider, self.clock.now()).await;
        if let Err(error) = beat {
            tracing::debug!(fsp = %self.provider.id(), %error, "heartbeat not taken; renewed at the next poll");
        }
    }

    /// One poll: what there is to see, and what it means.
    async fn poll(&mut self) -> Result<(), ClientError> {
        let events = self.client.events_granted(None, &self.targets).await?;
        let now = self.clock.now();
        self.provider.receive(&events, now, &mut self.outbox);
        self.meter.read(&self.provider, now);
        if self.programs.is_due(now) || self.programs.misses(&events) {
            self.look_at_programs(&events).await;
        }
        self.programs.notice_anchors(&events);
        Ok(())
    }

    /// Without its programs an FSP has no heartbeat; its dispatches do not wait for them.
    async fn look_at_programs(&mut self, events: &[Event]) {
        match self.client.programs_granted(&self.targets).await {
            Ok(programs) => self.programs.listed(&programs, events, self.clock.now()),
            Err(error) => {
                tracing::warn!(fsp = %self.provider.id(), %error, "programs not seen; looked at again at the next poll");
            }
        }
    }

    /// Sends acknowledgements, then readings, until all are sent or the VTN does not take one.
    async fn send(&mut self, ending: &Ending) {
        while !ending.is_asked() {
            let sent = if !self.outbox.is_empty() {
                self.outbox.send_first(&self.client, &self.key).await
            } else if !self.meter.is_sent() {
                self.meter.send_first(&self.client).await
            } else {
                return;
            };
            if let Err(error) = sent {
                let wait = self.cadence.back_off_s(self.entropy.unit());
                self.send_again = self.clock.now() + wait;
                tracing::warn!(fsp = %self.provider.id(), %error, wait_s = wait, "not sent; tried again");
                return;
            }
        }
    }
}
