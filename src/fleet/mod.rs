//! Simulated FSPs: VEN agents that poll, verify, read back, drive their assets and report.

use std::sync::Arc;

use crate::entropy::Entropy;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::transport::Transport;
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::Clock;

/// Everything a fleet needs.
pub struct FleetConfig {
    /// FSPs, units, contracts.
    pub profile: Arc<FleetProfile>,
    /// The VTN's base URL.
    pub base_url: String,
    /// The FSPs' client secrets and signing keys.
    pub secrets: Secrets,
    /// The operators' public keys.
    pub trust: Trust,
    /// How requests travel.
    pub transport: Arc<dyn Transport>,
    /// Domain time.
    pub clock: Clock,
    /// For jitter.
    pub entropy: Entropy,
    /// Where exchanges are recorded.
    pub exchanges: ExchangeLog,
}

/// A running fleet. Dropping it stops its agents.
pub struct Fleet {}

/// Starts one agent for each FSP on the present tokio runtime.
///
/// # Errors
/// When an FSP has no secret or key, or the base URL is none, in words.
pub fn start(_config: FleetConfig) -> Result<Fleet, String> {
    todo!()
}

impl Fleet {
    /// Ends the agents after what they are sending.
    pub async fn stop(self) {
        todo!()
    }
}
