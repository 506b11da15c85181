//! The operator's engine: signs and sends dispatches, follows what comes of them, keeps the journal.

pub mod command;
mod handle;
pub mod snapshot;

pub use handle::{DeskEnd, DeskHandle, connect};

use std::sync::Arc;

use crate::entropy::Entropy;
use crate::journal::Journal;
use crate::openadr::client::Client;
use crate::profile::fleet::FleetProfile;
use crate::profile::operators::Operators;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::Clock;

/// Everything a desk needs.
pub struct DeskConfig {
    /// Contracts, FSPs and units that it dispatches.
    pub profile: Arc<FleetProfile>,
    /// The well-known list, for names.
    pub operators: Operators,
    /// Its client of the VTN.
    pub client: Client,
    /// The operators' signing keys.
    pub secrets: Secrets,
    /// The FSPs' public keys.
    pub trust: Trust,
    /// The record.
    pub journal: Journal,
    /// Domain time.
    pub clock: Clock,
    /// For alarm and dispatch ids.
    pub entropy: Entropy,
    /// What the session may touch.
    pub mode: snapshot::Mode,
    /// Domain seconds between looks at the VTN.
    pub follow_every_s: f64,
}

/// A running desk. Dropping it stops its tasks.
pub struct Desk {
    /// The watcher's end.
    pub handle: DeskHandle,
}

/// Starts a desk on the present tokio runtime: it makes sure of its programs, vens, resources and targets at the VTN,
/// then follows.
pub fn start(_config: DeskConfig) -> Desk {
    todo!()
}

impl Desk {
    /// Ends its tasks after what is being sent, and closes the journal.
    pub async fn stop(self) {
        todo!()
    }
}
