//! The embedded VTN: one OpenADR 3.1.0 server, which older clients may speak 3.0.1 to, its storage and its clients. It carries messages and understands none.
//!
//! A request passes [`server`] (which says who asks, and writes every refusal), one file of [`routes`] (what the path
//! does), [`shape`] (what the body must be), [`access`] (what the asker sees and may do) and [`store`].
//!
//! Where OpenADR leaves a choice, this server's is:
//!
//! - Objects are kept as they were written, unknown members included; only metadata is the server's. A `null` is kept
//!   where the specification allows one, and else taken for a member that is missing.
//! - The operations of a subscription have two sets of names in the field; both are accepted, and kept as written, since
//!   a client reads only the names that it writes. Its bearer token is shown to the client that gave it alone.
//! - A body that names an unknown program or event is refused with 400, one that names an unknown ven with 404
//!   (the file of the specification lists 404 for `/resources` alone). What is hidden counts as unknown.
//! - Deleting a program deletes its events, their reports and the subscriptions to it, deleting an event its reports,
//!   deleting a ven its resources.
//! - Whoever replaces an object and wants no more than that it was done (`Prefer: return=minimal`, RFC 7240) is answered 204.
//!   Lists and objects have strong tags, and who has them already is answered 304.
//! - Of what has changed (`modifiedSince`, this server's own) a list holds up to 500 objects where the client asks for so
//!   many; else 50, as OpenADR has it.
//! - Lists are in the order of creation. Several `targets` in a query mean any of them.
//! - A client has one ven, whose client cannot change. A resource belongs to the client of its ven.
//! - A client reports for its own resources alone, or for the `AGGREGATED_REPORT`; one that has none yet reports under any
//!   name that is not another's resource.
//! - Business logic registers clients at `/rampdesk/clients`, which is not OpenADR's.
//! - Callbacks are called by a VTN that was given [`Webhooks`], and one that was given a [`Push`] publishes to its MQTT
//!   broker. `/notifiers` says which there are.

mod access;
mod activity;
mod answer;
mod answers;
mod arrival;
mod belongings;
mod body;
mod in_process;
mod lifespan;
mod notices;
mod object;
mod problem;
mod query;
mod registry;
mod routes;
mod server;
mod serving;
mod shape;
mod stamp;
mod store;
#[cfg(test)]
mod tests;
mod token;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::time::Clock;

use activity::ActivityLog;
use answers::Answers;
use belongings::KnownBelongings;
use notices::Notifier;
use registry::{Registry, Seeds};
use stamp::Stamp;
use store::Store;
use token::TokenSigner;

pub use notices::{Notices, Push, PushAuthentication, Webhooks};
pub use serving::{Limits, Serving, Tls, TlsError, TlsFiles};

/// The path under which it serves.
pub const BASE_PATH: &str = "/openadr3/3.1.0";

/// The path under which it serves the same objects as OpenADR 3.0.1 has them.
pub const LEGACY_BASE_PATH: &str = "/openadr3/3.0.1";

/// How long a VTN that stops goes on telling of changes.
const DRAIN: Duration = Duration::from_secs(5);

/// Where it keeps what it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// In memory, for tests and rehearsals.
    Memory,
    /// In a SQLite file.
    File(PathBuf),
}

/// What a client may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A network operator's business logic: reads all, writes programs, events, vens, resources, targets.
    Business,
    /// An FSP: reads what it is granted, writes its own vens, resources, reports.
    Ven,
}

/// A client that may have a token.
#[derive(Clone, Debug)]
pub struct ClientSeed {
    /// OAuth client id.
    pub id: String,
    /// OAuth client secret.
    pub secret: Secret,
    /// What it may do.
    pub role: Role,
}

/// Everything a VTN needs.
pub struct VtnConfig {
    /// Where it keeps what it is given.
    pub store: StorePlace,
    /// The clients that it opens with. Others are registered while it runs, and kept in the store.
    pub clients: Vec<ClientSeed>,
    /// For object times and token expiry.
    pub clock: Clock,
    /// For object ids and the token key.
    pub entropy: Entropy,
}

/// A running VTN's shared state. Cheap to clone.
#[derive(Clone)]
pub struct Vtn {
    shared: Arc<Shared>,
}

/// What every request works with.
struct Shared {
    store: Arc<Store>,
    registry: Registry,
    signer: TokenSigner,
    activity: ActivityLog,
    answers: Answers,
    belongings: KnownBelongings,
    clock: Clock,
    occurrences: Entropy,
    /// `None` when nobody is ever told of a change.
    notifier: Option<Notifier>,
}

/// Why a VTN does not open.
#[derive(Debug, thiserror::Error)]
pub enum VtnError {
    /// The database file.
    #[error("cannot open the VTN's database {path}: {reason}")]
    Store {
        /// The file.
        path: String,
        /// In words.
        reason: String,
    },
    /// One of the clients that it was given.
    #[error("client `{id}` of the VTN: {reason}")]
    Client {
        /// Its OAuth client id.
        id: String,
        /// In words.
        reason: String,
    },
}

impl Vtn {
    /// Opens its store, and makes one where there is none. Subscriptions are kept, and no callback is called.
    ///
    /// # Errors
    /// When the store cannot be opened, is damaged or was made by a newer version, and when two clients have the same
    /// id or an id is not 1 to 128 characters long. A file that is refused is left as it is.
    pub fn open(config: VtnConfig) -> Result<Self, VtnError> {
        Self::open_with_notices(config, Notices::default())
    }

    /// Opens its store as [`Vtn::open`] does, and tells those who subscribed of every change from now on.
    ///
    /// # Errors
    /// Those of [`Vtn::open`].
    pub fn open_with_webhooks(config: VtnConfig, webhooks: Webhooks) -> Result<Self, VtnError> {
        Self::open_with_notices(config, Notices { webhooks: Some(webhooks), push: None })
    }

    /// Opens its store as [`Vtn::open`] does, and tells of every change from now on in these ways.
    ///
    /// # Errors
    /// Those of [`Vtn::open`].
    pub fn open_with_notices(config: VtnConfig, notices: Notices) -> Result<Self, VtnError> {
        let VtnConfig { store, clients, clock, entropy } = config;
        let seeds = Seeds::of(&clients)?;
        let ids = entropy.fork("vtn object ids");
        let keys = entropy.fork("vtn token key");
        let (secrets, now) = (entropy.fork("vtn client secrets"), Stamp::now(&clock));
        let (store, token_key, registry) =
            Store::open(&store, clock.clone(), ids, &keys, |kept| Registry::open(seeds, kept, secrets, now))?;
        let store = Arc::new(store);
        let notifier = Notifier::new(notices, &entropy, &store).map_err(|error| store.refusal(&error))?;
        let signer = TokenSigner::new(token_key);
        let occurrences = entropy.fork("vtn problem instances");
        Ok(Self {
            shared: Arc::new(Shared {
                store,
                registry,
                signer,
                activity: ActivityLog::default(),
                answers: Answers::default(),
                belongings: KnownBelongings::default(),
                clock,
                occurrences,
                notifier,
            }),
        })
    }

    /// Its routes, under [`BASE_PATH`] and [`LEGACY_BASE_PATH`].
    pub fn router(&self) -> axum::Router {
        server::router(&self.shared, axum::Router::new())
    }

    /// A transport that hands requests to its own router in process: same routes, same JSON, same authentication.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(in_process::InProcess::new(self.router()))
    }

    /// Serves until `shutdown` is ready; requests under way are finished, for at most ten seconds.
    ///
    /// Plain HTTP/1.1 and HTTP/2, with the usual [`Limits`]: for loopback.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.serve_with(listener, Serving::default(), shutdown).await
    }

    /// As [`Vtn::serve`], over TLS where that is asked for, and with these limits.
    ///
    /// With client authorities a client has a token only over a connection whose certificate names it, and uses it only
    /// over such a one: a stolen secret or a stolen token alone lets nobody in.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_with(
        self,
        listener: tokio::net::TcpListener,
        serving: Serving,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.serve_beside(listener, serving, axum::Router::new(), shutdown).await
    }

    /// As [`Vtn::serve_with`], with routes of others under [`BASE_PATH`]`/rampdesk/beside`: whoever asks there must be business
    /// logic, by the same token and certificate as anywhere.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_beside(
        self,
        listener: tokio::net::TcpListener,
        serving: Serving,
        beside: axum::Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        self.started();
        let router = server::router(&self.shared, beside);
        let served = serving::serve(router, listener, serving, shutdown).await;
        self.drained().await;
        served
    }

    /// Before the first request: the broker is there when the first change comes.
    fn started(&self) {
        if let Some(notifier) = &self.shared.notifier {
            notifier.start();
        }
    }

    /// After the last request: what waits to be told is told, for five seconds at most.
    async fn drained(&self) {
        if let Some(notifier) = &self.shared.notifier {
            notifier.drain(DRAIN).await;
        }
    }
}
