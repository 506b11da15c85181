//! The OpenADR client: token, paging, retry with back-off, and the look-up before a retried POST.
//!
//! | file | what it knows |
//! |---|---|
//! | `address` | where the VTN is |
//! | `attempt` | one HTTP exchange, judged and recorded |
//! | `token` | where a token comes from and how long it holds |
//! | `retry` | when to try again, and when not |
//! | `paging` | whole lists from pages of 50 |
//! | `kept` | answers that need not be sent again |
//! | `granted` | what a VEN must ask for to see its events |
//! | `speech` | which version the VTN speaks, and objects in that version's shape |
//! | `tastes` | what a VTN insists on beyond OpenADR |
//! | `doubt` | what may have been done although nobody said so |
//! | `gap` | how far the VTN's clock is from this client's |
//! | `filed` | the program of a report's event, which 3.0 asks for |
//! | `object` | creating, replacing and making sure of objects |
//! | `registration` | clients registered at this program's own VTN |
//! | `masking` | what of a body people may see |

mod address;
mod attempt;
mod doubt;
mod error;
mod filed;
mod gap;
mod granted;
mod kept;
mod masking;
mod object;
mod paging;
mod registration;
mod retry;
mod speech;
mod tastes;
mod token;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

pub use error::ClientError;
pub use gap::ClockGap;

use address::Address;
use attempt::{Answer, Outgoing};
use doubt::Doubts;
use filed::EventPrograms;
use gap::LastGap;
use kept::Kept;
use masking::Masks;
use paging::owned;
use tastes::Tastes;
use token::Session;

use super::exchange::ExchangeLog;
use super::secret::Secret;
use super::security::Security;
use super::transport::Transport;
use super::version::Version;
use super::wire::{Event, Program, Report, Resource, Ven};
use crate::entropy::Entropy;
use crate::time::{Clock, UtcTime};

/// Who the client is.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub secret: Secret,
}

/// Everything a client needs.
pub struct ClientParts {
    /// Base URL of the VTN: `http://127.0.0.1:8080/openadr3/3.1.0`.
    pub base_url: String,
    /// Who it is.
    pub credentials: Credentials,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// For token expiry and back-off.
    pub clock: Clock,
    /// For jitter.
    pub entropy: Entropy,
    /// Where exchanges are recorded.
    pub exchanges: ExchangeLog,
    /// Its name in that record: an FSP id or `desk`.
    pub label: String,
}

/// A client of one VTN. Cheap to clone; clones share the token.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    address: Address,
    credentials: Credentials,
    transport: Arc<dyn Transport>,
    clock: Clock,
    entropy: Entropy,
    exchanges: ExchangeLog,
    label: String,
    masks: Masks,
    session: tokio::sync::Mutex<Session>,
    version: OnceLock<Version>,
    shows_granted: AtomicBool,
    /// The most objects that a page of this VTN has held.
    longest_page: AtomicUsize,
    doubts: Doubts,
    kept: Kept,
    tastes: Tastes,
    event_programs: EventPrograms,
    gap: LastGap,
}

/// Reports that are new or changed.
#[derive(Clone, Debug)]
pub struct ChangedReports {
    /// As far as one asking tells them.
    pub reports: Vec<Report>,
    /// How far that is.
    pub told: Told,
}

/// How much a VTN told that was asked for what has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// All that it holds, known before or not: it cannot be asked for changes.
    Everything,
    /// All that has changed.
    Changes,
    /// The first of what has changed, in order: the rest is to be asked for from the last of these on.
    SomeChanges,
}

/// The last request of a client, as this program's own VTN tells it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientActivity {
    /// OAuth client id.
    #[serde(rename = "clientID")]
    pub client_id: String,
    /// RFC 3339, the VTN's clock.
    pub last_request: String,
    /// Method and path of it.
    pub request: String,
    /// Requests since the VTN started.
    pub requests: u64,
}

impl Client {
    /// What secures its exchanges, as far as is known by now.
    pub fn security(&self) -> Security {
        self.inner.transport.security()
    }

    /// Makes one; nothing is sent yet. The token URL is asked of `/auth/server` at the first call.
    ///
    /// # Errors
    /// When the base URL is none, in words.
    pub fn new(parts: ClientParts) -> Result<Self, String> {
        let address = Address::new(&parts.base_url)?;
        let masks = Masks::of(&parts.credentials.client_id, parts.credentials.secret.reveal());
        Ok(Self {
            inner: Arc::new(Inner {
                address,
                credentials: parts.credentials,
                transport: parts.transport,
                clock: parts.clock,
                entropy: parts.entropy,
                exchanges: parts.exchanges,
                label: parts.label,
                masks,
                session: tokio::sync::Mutex::default(),
                version: OnceLock::new(),
                shows_granted: AtomicBool::new(false),
                longest_page: AtomicUsize::new(0),
                doubts: Doubts::default(),
                kept: Kept::default(),
                tastes: Tastes::default(),
                event_programs: EventPrograms::default(),
                gap: LastGap::default(),
            }),
        })
    }

    /// Speaks this version, whatever the VTN seems to speak. Without it, the end of the base URL says it
    /// (`/openadr3/3.0.1`), else whether the VTN has `/auth/server`, which came with 3.1. Only before the first call.
    #[must_use]
    pub fn speaking(self, version: Option<Version>) -> Self {
        if let Some(version) = version {
            // Nothing is set before the first call, and nothing after it matters.
            let _ = self.inner.version.set(version);
        }
        self
    }

    /// The version that the VTN speaks.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn version(&self) -> Result<Version, ClientError> {
        self.inner.version().await
    }

    /// The same, as far as it is known without asking.
    pub fn known_version(&self) -> Option<Version> {
        self.inner.said_version()
    }

    /// How far the VTN's clock is from this client's, by the last answer that told.
    pub fn clock_gap(&self) -> Option<ClockGap> {
        self.inner.gap.get()
    }

    /// The base URL, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.inner.address.as_str()
    }

    /// All programs that this client sees, every page. An object that cannot be read is left out and noted in the
    /// exchange record; so in every list.
    ///
    /// # Errors
    /// When the VTN does not answer or refuses, after retries.
    pub async fn programs(&self) -> Result<Vec<Program>, ClientError> {
        self.inner.list(&[]).await
    }

    /// All programs that a VEN sees, with those that are targeted at any of `targets`, its units'; see
    /// [`Client::events_granted`].
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn programs_granted(&self, targets: &[String]) -> Result<Vec<Program>, ClientError> {
        Ok(owned(self.inner.granted(&[], targets).await?))
    }

    /// All events that this client sees, of one program or of all.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn events(&self, program_id: Option<&str>) -> Result<Vec<Event>, ClientError> {
        self.inner.list(&filters([("programID", program_id)])).await
    }

    /// All events that a VEN sees, of one program or of all, with those that are targeted at any of `targets`, its
    /// units' ([`DispatchUnit::target`](crate::dispatch::DispatchUnit::target)). To be used by VENs in place of
    /// [`Client::events`]: some VTNs show a VEN what is targeted at it only when it names the target. On a VTN that shows
    /// it unasked this is one request. While the VTN says that nothing has changed, the events are the very ones that were
    /// answered before.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn events_granted(
        &self,
        program_id: Option<&str>,
        targets: &[String],
    ) -> Result<Vec<Arc<Event>>, ClientError> {
        self.inner.granted(&filters([("programID", program_id)]), targets).await
    }

    /// One event; `None` when there is none or it is hidden.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn event(&self, id: &str) -> Result<Option<Event>, ClientError> {
        self.inner.get(id).await
    }

    /// All reports that this client sees, of one event, of one program, or of all.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn reports(
        &self,
        event_id: Option<&str>,
        program_id: Option<&str>,
    ) -> Result<Vec<Report>, ClientError> {
        self.inner.list(&filters([("eventID", event_id), ("programID", program_id)])).await
    }

    /// The reports made or changed at `since` (RFC 3339, the VTN's clock) or later. OpenADR 3.1 has no such filter: it
    /// is an extension of this program's own VTN, which tells in the order of the last change: what lies before the last
    /// of them has been told, however much changes meanwhile. Any other answers with all reports. So a caller must be able
    /// to meet a report again.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn reports_since(&self, since: Option<&str>) -> Result<ChangedReports, ClientError> {
        if !self.inner.extended("modified-since").await? {
            return Ok(ChangedReports { reports: self.inner.list(&[]).await?, told: Told::Everything });
        }
        let (reports, is_all) = self.inner.list_since(since).await?;
        Ok(ChangedReports { reports, told: if is_all { Told::Changes } else { Told::SomeChanges } })
    }

    /// All vens that this client sees.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn vens(&self) -> Result<Vec<Ven>, ClientError> {
        self.inner.list(&[]).await
    }

    /// All resources that this client sees.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn resources(&self) -> Result<Vec<Resource>, ClientError> {
        if self.inner.version().await? == Version::V3_1 {
            return self.inner.list(&[]).await;
        }
        let mut resources = Vec::new();
        for ven in self.vens().await? {
            if let Some(id) = &ven.meta.id {
                resources.extend(self.inner.list::<Resource>(&[("venID", id)]).await?);
            }
        }
        Ok(resources)
    }

    /// Makes sure of many programs by one look at what the VTN holds: those of their names, their targets updated, in the
    /// same order.
    ///
    /// # Errors
    /// As for [`Client::programs`], with which of them it was.
    pub async fn ensure_programs(&self, programs: &[Program]) -> Result<Vec<Program>, (usize, ClientError)> {
        self.inner.ensure_all(programs).await
    }

    /// Makes sure of many vens as business logic, as [`Client::ensure_programs`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn ensure_vens(&self, vens: &[Ven]) -> Result<Vec<Ven>, (usize, ClientError)> {
        self.inner.ensure_all(vens).await
    }

    /// Makes sure of many resources as business logic, as [`Client::ensure_programs`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn ensure_resources(
        &self,
        resources: &[Resource],
    ) -> Result<Vec<Resource>, (usize, ClientError)> {
        if self.inner.version().await.map_err(|e| (0, e))? == Version::V3_1 {
            return self.inner.ensure_all(resources).await;
        }
        // In 3.0 resources are listed below their ven.
        let mut sure = Vec::with_capacity(resources.len());
        for (index, resource) in resources.iter().enumerate() {
            sure.push(self.inner.ensure(resource).await.map_err(|e| (index, e))?);
        }
        Ok(sure)
    }

    /// Creates a program, or answers the one that has its name, its targets updated.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_program(&self, program: &Program) -> Result<Program, ClientError> {
        self.inner.ensure(program).await
    }

    /// Creates a ven as business logic, or answers the one of that name, its targets updated.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_ven(&self, ven: &Ven) -> Result<Ven, ClientError> {
        self.inner.ensure(ven).await
    }

    /// Creates a resource as business logic, or answers the one of that name and ven, its targets updated.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_resource(&self, resource: &Resource) -> Result<Resource, ClientError> {
        self.inner.ensure(resource).await
    }

    /// Creates an event. When the answer is lost it looks for one that `is_same` holds for before it tries again, so
    /// that no dispatch goes out twice; and so it does at the next call, when this one ends without certainty.
    ///
    /// # Errors
    /// As for [`Client::programs`]. An error that is transient leaves open whether the VTN has the event.
    pub async fn post_event(
        &self,
        event: &Event,
        is_same: impl Fn(&Event) -> bool + Send + Sync,
    ) -> Result<Event, ClientError> {
        self.inner.post(event, &[("programID", &event.program_id)], &is_same).await
    }

    /// Replaces an event.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn put_event(&self, id: &str, event: &Event) -> Result<Event, ClientError> {
        self.inner.put(id, event).await
    }

    /// Takes an event away; one that is gone already is no error.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn delete_event(&self, id: &str) -> Result<(), ClientError> {
        self.inner.delete::<Event>(id).await
    }

    /// Files a report. When the answer is lost it looks for one that `is_same` holds for before it tries again.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn post_report(
        &self,
        report: &Report,
        is_same: impl Fn(&Report) -> bool + Send + Sync,
    ) -> Result<Report, ClientError> {
        let report = self.inner.filed(report).await?;
        self.inner.post(&*report, &[("eventID", &report.event_id)], &is_same).await
    }

    /// Replaces a report. A VTN that can leave it out (RFC 7240 §4.2) does not send it back: reports are replaced every
    /// minute.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn put_report(&self, id: &str, report: &Report) -> Result<(), ClientError> {
        let report = self.inner.filed(report).await?;
        self.inner.put_quietly(id, &*report).await
    }

    /// The last request of each client, or of each that asked at `since` or later by the VTN's own clock, which this
    /// program's own VTN tells a business client at `/rampdesk/clients`; `None` when the VTN has no such page.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn client_activity(
        &self,
        since: Option<&str>,
    ) -> Result<Option<Vec<ClientActivity>>, ClientError> {
        if !self.inner.extended("client-activity").await? {
            return Ok(None);
        }
        let query: Vec<(&str, &str)> = since.map(|at| ("modifiedSince", at)).into_iter().collect();
        let outgoing = Outgoing::get(self.inner.address.url(&["rampdesk", "clients"], &query));
        let read = |answer: &Answer| {
            let clients: Vec<ClientActivity> = answer.json()?;
            let understood = format!("last requests of {} clients", clients.len());
            Ok((clients, understood))
        };
        match self.inner.idempotent(&outgoing, &read).await {
            Ok(clients) => Ok(Some(clients)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Its OAuth client id.
    pub fn client_id(&self) -> &str {
        &self.inner.credentials.client_id
    }

    /// Its name in the record of exchanges.
    pub fn label(&self) -> &str {
        &self.inner.label
    }

    /// The instant by its clock.
    pub(in crate::openadr) fn now(&self) -> UtcTime {
        self.inner.clock.now()
    }

    /// An access token that should hold, for a broker that takes it as a password.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub(in crate::openadr) async fn access_token(&self) -> Result<Secret, ClientError> {
        let pass = self.inner.pass_unused().await.map_err(|fault| fault.error)?;
        let bearer = pass.bearer.to_str().unwrap_or_default();
        Ok(Secret::new(bearer.strip_prefix("Bearer ").unwrap_or_default()))
    }

    /// The topics of MQTT at a path below `/notifiers/mqtt/topics`.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub(in crate::openadr) async fn topics(&self, path: &[&str]) -> Result<Value, ClientError> {
        let segments = [&["notifiers", "mqtt", "topics"], path].concat();
        let outgoing = Outgoing::get(self.inner.address.url(&segments, &[]));
        let read = |answer: &Answer| Ok((answer.json()?, "names of topics".to_owned()));
        self.inner.idempotent(&outgoing, &read).await
    }

    /// Where tokens are asked for, as `/auth/server` tells it or as 3.0.1 has it.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn token_url(&self) -> Result<String, ClientError> {
        self.inner.told_token_url().await
    }

    /// What the VTN offers for push.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn notifiers(&self) -> Result<Value, ClientError> {
        let outgoing = Outgoing::get(self.inner.address.url(&["notifiers"], &[]));
        let read = |answer: &Answer| {
            let offered: Value = answer.json()?;
            let names = offered.as_object().ok_or("it is not an object")?.keys().cloned().collect::<Vec<_>>();
            Ok((offered, format!("notifiers: {}", names.join(", "))))
        };
        self.inner.idempotent(&outgoing, &read).await
    }
}

/// The filters that are set.
fn filters<'a, const N: usize>(all: [(&'a str, Option<&'a str>); N]) -> Vec<(&'a str, &'a str)> {
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
