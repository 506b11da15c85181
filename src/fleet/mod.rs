//! Simulated FSPs: VEN agents that poll, verify, read back, drive their assets and report.
//!
//! Each FSP has one agent (`agent`) with one `line` to each operator, or to several that share their VTN. A line polls
//! the first of its operators' addresses that is well (`endpoint`, `preference`), with a client and a secret of its own
//! (`doors`). What it polls goes to the FSP's one `provider`, which verifies signatures, judges revisions and hands a
//! dispatch to the `controller` of its unit. The controller takes it on as its own model and knows its unit's exact path
//! from then on, whether or not the VTN can be reached. What is said of a dispatch goes back over the line that it came
//! by: acknowledgements wait in its `outbox`, minutes in its `meter`, heartbeats go out with each poll (`programs`), what
//! the units can give (`availability`) with a poll when it is another day or was changed. A
//! unit whose contract has a fail-safe goes there when its line has long been left without an answer (`silence`). A
//! line polls at its interval, and at once when the VTN's broker wakes it (`waking`). An operator's signed notice that
//! its VTN moves is believed or not (`notices`) and followed (`moves`). One that is started again first asks the VTN what
//! it has said itself (`recall`), and goes on from there.

mod agent;
mod availability;
mod cadence;
mod controller;
mod doors;
mod endpoint;
mod fault;
mod line;
mod meter;
mod moves;
mod notices;
mod outbox;
mod preference;
mod programs;
mod provider;
mod recall;
mod rekeying;
mod route;
mod shared;
mod signs_with;
mod silence;
mod start;
#[cfg(test)]
mod testing;
mod truth;
mod waking;

pub use availability::{Availabilities, DECLARED_DAYS, declared_days};
pub use fault::{FaultSwitch, Switched};
pub use moves::Keep;
pub use start::{Fleet, start};
pub use truth::{Accepted, Truths, UnitTruth};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dispatch::FspId;
use crate::entropy::Entropy;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::push::PushSettings;
use crate::openadr::transport::Transport;
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::Moves;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::Clock;

/// Everything a fleet needs.
pub struct FleetConfig {
    /// FSPs, units, contracts.
    pub profile: Arc<FleetProfile>,
    /// The base URL of the VTN at which those operators dispatch whose VTNs the profile does not name.
    pub base_url: Option<String>,
    /// The FSPs' client secrets and signing keys.
    pub secrets: Secrets,
    /// The operators' public keys.
    pub trust: Trust,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// The transports of FSPs that have one of their own, with a client certificate.
    pub own_transports: BTreeMap<FspId, Arc<dyn Transport>>,
    /// What FSPs listen with at the broker that their VTN names; those that are not in it poll only.
    pub push: BTreeMap<FspId, PushSettings>,
    /// Where notices of earlier runs have led the FSPs.
    pub moves: Moves,
    /// Is told of every move that is followed; `None` forgets them with the run.
    pub keep_move: Option<Keep>,
    /// Its faults, switched while it runs.
    pub faults: FaultSwitch,
    /// Domain time.
    pub clock: Clock,
    /// For jitter.
    pub entropy: Entropy,
    /// Where exchanges are recorded.
    pub exchanges: ExchangeLog,
}
