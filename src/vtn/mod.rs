//! The embedded VTN: one OpenADR 3.1.0 server, its storage and its clients. It carries messages and understands none.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::time::Clock;

/// The path under which it serves.
pub const BASE_PATH: &str = "/openadr3/3.1.0";

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
    /// Its clients.
    pub clients: Vec<ClientSeed>,
    /// For object times and token expiry.
    pub clock: Clock,
    /// For object ids and the token key.
    pub entropy: Entropy,
}

/// A running VTN's shared state. Cheap to clone.
#[derive(Clone)]
pub struct Vtn {}

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
}

impl Vtn {
    /// Opens its store.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub fn open(_config: VtnConfig) -> Result<Self, VtnError> {
        todo!()
    }

    /// Its routes, under [`BASE_PATH`].
    pub fn router(&self) -> axum::Router {
        todo!()
    }

    /// A transport that hands requests to its own router in process: same routes, same JSON, same authentication.
    pub fn transport(&self) -> Arc<dyn Transport> {
        todo!()
    }

    /// Serves until `shutdown` is ready; requests under way are finished.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        _listener: tokio::net::TcpListener,
        _shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        todo!()
    }
}
