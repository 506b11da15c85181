//! The OpenADR client: token, paging, retry with back-off, and the look-up before a retried POST.

use std::sync::Arc;

use serde_json::Value;

use super::exchange::ExchangeLog;
use super::secret::Secret;
use super::transport::{Transport, TransportError};
use super::wire::{Event, ProblemBody, Program, Report, Resource, Ven};
use crate::entropy::Entropy;
use crate::time::Clock;

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
pub struct Client {}

/// Why a call failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer.
    #[error("the VTN did not answer: {0}")]
    Transport(#[from] TransportError),
    /// The VTN refused the client's id or secret.
    #[error(
        "the VTN refused client `{client_id}`: {detail}; check the client id and secret of the connection"
    )]
    Unauthorised {
        /// The client id.
        client_id: String,
        /// The VTN's words.
        detail: String,
    },
    /// The VTN refused the request.
    #[error("the VTN answered {status}: {}", problem.detail.as_deref().or(problem.title.as_deref()).unwrap_or("no reason given"))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its body.
        problem: Box<ProblemBody>,
    },
    /// An answer that is not OpenADR.
    #[error("the VTN's answer to {what} is not OpenADR 3.1: {reason}")]
    NotUnderstood {
        /// Method and path.
        what: String,
        /// In words.
        reason: String,
    },
}

impl ClientError {
    /// Whether trying again later can help.
    pub fn is_transient(&self) -> bool {
        todo!()
    }
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
    /// Makes one; nothing is sent yet. The token URL is asked of `/auth/server` at the first call.
    ///
    /// # Errors
    /// When the base URL is none, in words.
    pub fn new(_parts: ClientParts) -> Result<Self, String> {
        todo!()
    }

    /// The base URL.
    pub fn base_url(&self) -> &str {
        todo!()
    }

    /// All programs that this client sees, every page.
    ///
    /// # Errors
    /// When the VTN does not answer or refuses, after retries.
    pub async fn programs(&self) -> Result<Vec<Program>, ClientError> {
        todo!()
    }

    /// All events that this client sees, of one program or of all.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn events(&self, _program_id: Option<&str>) -> Result<Vec<Event>, ClientError> {
        todo!()
    }

    /// One event; `None` when there is none or it is hidden.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn event(&self, _id: &str) -> Result<Option<Event>, ClientError> {
        todo!()
    }

    /// All reports that this client sees, of one event, of one program, or of all.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn reports(
        &self,
        _event_id: Option<&str>,
        _program_id: Option<&str>,
    ) -> Result<Vec<Report>, ClientError> {
        todo!()
    }

    /// All vens that this client sees.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn vens(&self) -> Result<Vec<Ven>, ClientError> {
        todo!()
    }

    /// All resources that this client sees.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn resources(&self) -> Result<Vec<Resource>, ClientError> {
        todo!()
    }

    /// Creates a program; a name conflict is answered with the program that has the name.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_program(&self, _program: &Program) -> Result<Program, ClientError> {
        todo!()
    }

    /// Creates a ven as business logic, or answers the one of that name, its targets updated.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_ven(&self, _ven: &Ven) -> Result<Ven, ClientError> {
        todo!()
    }

    /// Creates a resource as business logic, or answers the one of that name and ven, its targets updated.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn ensure_resource(&self, _resource: &Resource) -> Result<Resource, ClientError> {
        todo!()
    }

    /// Creates an event. When the answer is lost it looks for one that `is_same` holds for before it tries again, so
    /// that no dispatch goes out twice.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn post_event(
        &self,
        _event: &Event,
        _is_same: impl Fn(&Event) -> bool + Send + Sync,
    ) -> Result<Event, ClientError> {
        todo!()
    }

    /// Replaces an event.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn put_event(&self, _id: &str, _event: &Event) -> Result<Event, ClientError> {
        todo!()
    }

    /// Files a report. When the answer is lost it looks for one that `is_same` holds for before it tries again.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn post_report(
        &self,
        _report: &Report,
        _is_same: impl Fn(&Report) -> bool + Send + Sync,
    ) -> Result<Report, ClientError> {
        todo!()
    }

    /// Replaces a report.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn put_report(&self, _id: &str, _report: &Report) -> Result<Report, ClientError> {
        todo!()
    }

    /// The last request of each client, which this program's own VTN tells a business client at
    /// `/rampdesk/clients`; `None` when the VTN has no such page.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn client_activity(&self) -> Result<Option<Vec<ClientActivity>>, ClientError> {
        todo!()
    }

    /// What the VTN offers for push.
    ///
    /// # Errors
    /// As for [`Client::programs`].
    pub async fn notifiers(&self) -> Result<Value, ClientError> {
        todo!()
    }
}
