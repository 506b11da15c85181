//! A line of an FSP: it polls a VTN for the contracts of one operator or of several who share it, hands what it sees to
//! the provider, and sends what comes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::watch;

use crate::dispatch::{FspId, KeyRing, OperatorId, SignedMoved};
use crate::entropy::Entropy;
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::Event;
use crate::time::{Clock, UtcTime};

use super::cadence::{Cadence, DEFAULT_INTERVAL_S};
use super::endpoint::{Endpoint, Look, finished, look_at};
use super::meter::Meter;
use super::outbox::{NotSent, Outbox};
use super::preference::{Preference, shows_it_dead};
use super::programs::Programs;
use super::recall::{self, Recollection};
use super::route::{Route, Vtn};
use super::shared::Shared;
use super::signs_with::SignsWith;
use super::silence::Silence;
use super::waking::{Shown, Waking};

/// Seconds between two acknowledgements that are filed out of order.
const APART_S: i64 = 5;

/// What a line is made of.
pub(super) struct LineParts {
    /// Tells it from the FSP's other lines.
    pub(super) number: u32,
    pub(super) operators: BTreeSet<OperatorId>,
    /// The operators' VTNs in order of preference, with the FSP's client at each; never none.
    pub(super) clients: Vec<(Vtn, Client)>,
    pub(super) provider: Shared,
    pub(super) signs_with: SignsWith,
    /// The keys with which it may have signed what it said before it was started; `None` when it said nothing over this
    /// line.
    pub(super) signed_with: Option<KeyRing>,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) waking: Waking,
}

/// A line. All that it knows outlives a fault in its loop.
pub(super) struct Line {
    fsp: FspId,
    route: Route,
    endpoints: Vec<Endpoint>,
    preference: Preference,
    look: Option<Look>,
    provider: Shared,
    signs_with: SignsWith,
    /// Until it has looked back at what it said before it was started.
    signed_with: Option<KeyRing>,
    clock: Clock,
    entropy: Entropy,
    /// Of its units: some VTNs show what is targeted only to whoever names the target.
    targets: Arc<[String]>,
    cadence: Cadence,
    outbox: Outbox,
    meter: Meter,
    /// When what could not be sent is tried again.
    send_again: UtcTime,
    waking: Waking,
    silence: Silence,
    /// A notice that came with the last poll and is to be followed.
    notice: Option<SignedMoved>,
}

/// Whether the fleet is to end.
#[derive(Clone)]
pub(super) struct Ending(pub(super) watch::Receiver<bool>);

impl Ending {
    /// Whether it is asked for, or nobody is left to ask.
    pub(super) fn is_asked(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until it is.
    pub(super) async fn asked(&mut self) {
        // An error means that nobody is left to ask: that ends it too.
        let _ = self.0.wait_for(|ends| *ends).await;
    }
}

impl Line {
    /// A line that has not polled yet; `None` without an endpoint.
    pub(super) fn new(parts: LineParts) -> Option<Self> {
        let LineParts {
            number,
            operators,
            clients,
            provider,
            signs_with,
            signed_with,
            clock,
            entropy,
            mut waking,
        } = parts;
        let now = clock.now();
        let route = Route { line: number, vtn: Vtn::clone(&clients.first()?.0), operators };
        let mut known = provider.lock();
        let poll_seconds = known.poll_seconds(&route).unwrap_or(DEFAULT_INTERVAL_S);
        let (fsp, targets) = (known.id().clone(), known.units(&route).map(|u| u.unit.target()).collect());
        known.is_dispatched_at(&route.operators, &clients.iter().map(|(vtn, _)| vtn.clone()).collect());
        let endpoint = |(vtn, client)| Endpoint { vtn, client, programs: Programs::of(&known, &route, now) };
        let endpoints: Vec<Endpoint> = clients.into_iter().map(endpoint).collect();
        drop(known);
        waking.listen_at(&endpoints.first()?.client);
        Some(Self {
            fsp,
            preference: Preference::first_of(endpoints.len(), now),
            silence: Silence::at(endpoints.len(), now),
            endpoints,
            look: None,
            targets,
            cadence: Cadence::new(entropy.unit(), poll_seconds, now),
            outbox: Outbox::default(),
            meter: Meter::default(),
            send_again: now,
            route,
            provider,
            signs_with,
            signed_with,
            clock,
            entropy,
            waking,
            notice: None,
        })
    }

    /// Tells it from the FSP's other lines.
    pub(super) fn number(&self) -> u32 {
        self.route.line
    }

    /// Polls at these addresses from now on, in order of preference, and at no others.
    pub(super) fn lead_to(&mut self, clients: Vec<(Vtn, Client)>) {
        let now = self.clock.now();
        let mut known = self.provider.lock();
        known.is_dispatched_at(&self.route.operators, &clients.iter().map(|(vtn, _)| vtn.clone()).collect());
        let programs = || Programs::of(&known, &self.route, now);
        self.endpoints =
            clients.into_iter().map(|(vtn, client)| Endpoint { vtn, client, programs: programs() }).collect();
        drop(known);
        self.preference = Preference::first_of(self.endpoints.len(), now);
        self.silence.leads_to(self.endpoints.len());
        if self.endpoints[self.preference.current()].vtn != self.route.vtn {
            self.turn("the operator's VTN moves");
        }
    }

    /// Parts an operator from the others of this line: what is underway for it goes on over a line of its own.
    pub(super) fn part(
        &mut self,
        operator: &OperatorId,
        number: u32,
        clients: Vec<(Vtn, Client)>,
        waking: Waking,
    ) -> Option<Self> {
        let mut line = Self::new(LineParts {
            number,
            operators: BTreeSet::from([operator.clone()]),
            clients,
            provider: self.provider.clone(),
            signs_with: self.signs_with.clone(),
            signed_with: self.signed_with.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.fork(&format!("line {number}")),
            waking,
        })?;
        (line.outbox, line.meter) = (self.outbox.part(operator), self.meter.part(operator));
        self.route.operators.remove(operator);
        let now = self.clock.now();
        let known = self.provider.lock();
        self.targets = known.units(&self.route).map(|unit| unit.unit.target()).collect();
        for endpoint in &mut self.endpoints {
            endpoint.programs = Programs::of(&known, &self.route, now);
        }
        drop(known);
        Some(line)
    }

    /// Whose line it is, and to which VTN, for people.
    pub(super) fn name(&self) -> String {
        format!("{} at {}", self.fsp, self.route.vtn)
    }

    /// How it stands with push.
    pub(super) fn push(&self) -> Shown {
        self.waking.shown()
    }

    /// Runs until it is to end; what is being sent then is finished. Answers a notice that leads it elsewhere, for the
    /// agent to follow; it is run on after that.
    pub(super) async fn run(&mut self, ending: &mut Ending) -> Option<SignedMoved> {
        loop {
            let due = self.next_due();
            let mut woken = false;
            tokio::select! {
                biased;
                () = ending.asked() => return None,
                () = self.waking.hint() => woken = true,
                found_well = finished(&mut self.look) => self.looked(&found_well),
                () = self.clock.sleep_until(due) => {}
            }
            let now = self.clock.now();
            self.collect(now);
            if self.look.is_none() && self.preference.next_look().is_some_and(|at| now >= at) {
                self.look_at_better();
            }
            // Boxed: thousands of lines wait, and few poll. What a poll takes of memory is taken for the poll alone.
            if woken || now >= self.cadence.next() {
                Box::pin(self.poll_and_settle(now, ending)).await;
                self.waking.polled();
            } else if now >= self.send_again {
                Box::pin(self.send(ending)).await;
            }
            if ending.is_asked() {
                return None;
            }
            if let Some(notice) = self.notice.take() {
                return Some(notice);
            }
        }
    }

    /// The next instant at which there is something to do.
    fn next_due(&self) -> UtcTime {
        let now = self.clock.now();
        let provider = self.provider.lock();
        [
            Some(self.cadence.next()),
            provider.next_stage(&self.route),
            self.silence
                .lasts_since()
                .and_then(|since| provider.fails_safe_at(&self.route, since, self.cadence.interval_s())),
            self.meter.next_minute(&provider, &self.route, now),
            self.has_unsent().then_some(self.send_again),
            self.preference.next_look().filter(|_| self.look.is_none()),
        ]
        .into_iter()
        .flatten()
        .fold(self.cadence.next(), UtcTime::min)
    }

    fn has_unsent(&self) -> bool {
        self.outbox.has_for(&self.route.vtn) || !self.meter.is_sent(&self.route.vtn)
    }

    /// Takes what has come of its units by `now`: stages and whole minutes.
    fn collect(&mut self, now: UtcTime) {
        let mut provider = self.provider.lock();
        provider.collect(&self.route, now, &mut self.outbox);
        if let Some(since) = self.silence.lasts_since() {
            provider.unheard(&self.route, since, self.cadence.interval_s(), now);
        }
        self.meter.read(&provider, &self.route, now);
    }

    fn endpoint(&mut self) -> &mut Endpoint {
        &mut self.endpoints[self.preference.current()]
    }

    async fn poll_and_settle(&mut self, now: UtcTime, ending: &Ending) {
        match self.poll().await {
            Ok(()) => {
                self.preference.answered();
                if let Some(seconds) = self.endpoint().programs.poll_seconds() {
                    self.cadence.set_interval(seconds);
                }
                self.cadence.succeeded(self.clock.now());
                self.send_again = now;
            }
            Err(error) => return self.poll_failed(&error),
        }
        self.send(ending).await;
        if ending.is_asked() {
            return;
        }
        let now = self.clock.now();
        let Endpoint { programs, client, .. } = &mut self.endpoints[self.preference.current()];
        if let Err(error) = programs.beat(client, &self.provider, now).await {
            tracing::debug!(fsp = %self.fsp, %error, "heartbeat not taken; renewed at the next poll");
        }
    }

    fn poll_failed(&mut self, error: &ClientError) {
        let now = self.clock.now();
        let failures = self.cadence.failed(now, self.entropy.unit());
        if failures == 1 {
            tracing::warn!(fsp = %self.fsp, vtn = %self.route.vtn, %error, "poll failed; the units go on as accepted, until \
                 a fail-safe of their contract says otherwise");
        } else {
            tracing::debug!(fsp = %self.fsp, vtn = %self.route.vtn, %error, failures, "poll failed again");
        }
        if shows_it_dead(error) {
            self.silence.unanswered_at(self.preference.current());
        } else {
            // The VTN is at work, so that the line stays with it.
            self.silence.unanswered();
        }
        if shows_it_dead(error) && self.preference.found_dead(now) {
            self.turn("it does not answer");
        }
    }

    /// One poll: what there is to see, and what it means.
    async fn poll(&mut self) -> Result<(), ClientError> {
        let client = self.endpoint().client.clone();
        let events = client.events_granted(None, &self.targets).await?;
        let recalled = self.look_back(&client, &events).await?;
        let now = self.clock.now();
        if self.outbox.has_strays(&self.route.vtn) {
            self.outbox.readdress(&self.route.vtn, &events_by_dispatch(&events));
        }
        self.silence.broken(now);
        {
            let mut provider = self.provider.lock();
            provider.heard(&self.route, now);
            if let Some(recalled) = recalled {
                provider.take_up(&self.route, &events, &recalled.said);
                self.meter.take_up(&provider, &self.route, recalled.told);
            }
            provider.receive(&self.route, &events, now, &mut self.outbox);
            self.notice = provider.heed(&self.route, &events, now);
            self.meter.read(&provider, &self.route, now);
        }
        let programs = &self.endpoint().programs;
        if programs.is_due(now) || programs.misses(&events) {
            self.look_at_programs(&events).await;
        }
        self.endpoint().programs.notice_anchors(&events);
        Ok(())
    }

    /// What it said of these events before it was started: asked once, before it answers any of them.
    async fn look_back(
        &mut self,
        client: &Client,
        events: &[Arc<Event>],
    ) -> Result<Option<Recollection>, ClientError> {
        let Some(keys) = &self.signed_with else { return Ok(None) };
        let event_ids = self.provider.lock().to_recall(&self.route, events, self.clock.now());
        let recalled = recall::look_back(client, &self.fsp, keys, event_ids).await?;
        self.signed_with = None;
        Ok(Some(recalled))
    }

    /// Without its programs an FSP has no heartbeat; its dispatches do not wait for them.
    async fn look_at_programs(&mut self, events: &[Arc<Event>]) {
        let listed = self.endpoint().client.clone().programs_granted(&self.targets).await;
        let now = self.clock.now();
        match listed {
            Ok(programs) => self.endpoint().programs.listed(&programs, events, now),
            Err(error) => {
                tracing::warn!(fsp = %self.fsp, %error, "programs not seen; looked at again at the next poll");
            }
        }
    }

    /// Sends acknowledgements, then readings, until all are sent or the VTN does not take one.
    async fn send(&mut self, ending: &Ending) {
        let client = self.endpoint().client.clone();
        let manner = self.provider.lock().manner(self.clock.now());
        if manner.reorders {
            self.outbox.turn_round(&self.route.vtn);
        }
        while !ending.is_asked() {
            let vtn = &self.route.vtn;
            let sent = if self.outbox.has_for(vtn) {
                match self.signs_with.at(self.clock.now()) {
                    Ok(key) => self.outbox.send_first(vtn, &client, &key, manner).await,
                    Err(fault) => Err(fault.into()),
                }
            } else if !self.meter.is_sent(vtn) {
                self.meter.send_first(vtn, &client, manner).await.map_err(NotSent::from)
            } else {
                return;
            };
            if let Err(error) = sent {
                let wait = self.cadence.back_off_s(self.entropy.unit());
                self.send_again = self.clock.now() + wait;
                tracing::warn!(fsp = %self.fsp, %error, wait_s = wait, "not sent; tried again");
                return;
            }
            if manner.reorders && self.outbox.has_for(&self.route.vtn) {
                self.send_again = self.clock.now() + APART_S;
                return;
            }
        }
    }

    /// Looks at the endpoints that are preferred to the one in use, beside the polls of that one.
    fn look_at_better(&mut self) {
        let clients = self.preference.better().map(|index| self.endpoints[index].client.clone()).collect();
        self.look = Some(look_at(clients, Arc::clone(&self.targets)));
    }

    fn looked(&mut self, found_well: &[bool]) {
        if self.preference.looked(found_well, self.clock.now()) {
            self.turn("a preferred address is well again");
        }
    }

    /// Polls the endpoint that is preferred now, from now on and at once.
    fn turn(&mut self, why: &str) {
        let to = Vtn::clone(&self.endpoint().vtn);
        tracing::warn!(fsp = %self.fsp, from = %self.route.vtn, %to, "{why}; the FSP polls another address");
        self.route.vtn = to;
        self.look = None;
        let client = self.endpoint().client.clone();
        self.waking.listen_at(&client);
        let now = self.clock.now();
        self.provider.lock().arrives(&self.route);
        self.cadence.begin_anew(now);
        self.send_again = now;
    }
}

/// The event on which a VTN holds each dispatch.
fn events_by_dispatch(events: &[Arc<Event>]) -> BTreeMap<crate::dispatch::DispatchKey, String> {
    let named = |event: &Event| Some((mapping::identity_of(event)?.0, event.meta.id.clone()?));
    events.iter().filter_map(|event| named(event)).collect()
}
