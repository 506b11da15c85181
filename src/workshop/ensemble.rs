//! Desk and fleet at one embedded VTN: what a sandbox, a workshop and a rehearsal are all made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::desk::snapshot::Mode;
use crate::desk::{self, Desk, DeskConfig};
use crate::entropy::Entropy;
use crate::fleet::{self, FaultSwitch, Fleet, FleetConfig};
use crate::journal::Journal;
use crate::openadr::client::{Client, ClientParts, Credentials};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::openadr::transport::Transport;
use crate::profile::approval::ApprovalRules;
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::Moves;
use crate::profile::operators::Operators;
use crate::profile::secrets::{DESK_CLIENT, Secrets};
use crate::profile::trust::Trust;
use crate::time::Clock;
use crate::vtn::{ClientSeed, Role};

/// What an ensemble is made of.
pub(super) struct EnsembleParts<'a> {
    /// The fleet that answers.
    pub fleet: Arc<FleetProfile>,
    /// Whom the desk dispatches: that fleet, and those who answer by themselves.
    pub dispatched: Arc<FleetProfile>,
    /// Keys and client secrets of desk and fleet.
    pub secrets: &'a Secrets,
    /// The operators' public keys, for the fleet.
    pub fleet_trust: Trust,
    /// The FSPs' public keys, for the desk.
    pub desk_trust: Trust,
    /// The VTN's.
    pub base_url: String,
    /// How the fleet's requests travel,
    pub fleet_transport: Arc<dyn Transport>,
    /// and the desk's.
    pub desk_transport: Arc<dyn Transport>,
    /// The desk's record.
    pub journal: Journal,
    /// Above which change a second person approves.
    pub approval: ApprovalRules,
    /// What the session may touch.
    pub mode: Mode,
    /// Domain seconds between the desk's looks at the VTN.
    pub follow_every_s: f64,
    /// Why the desk dispatches nothing, where that is so.
    pub follows_only: Option<&'static str>,
    /// What goes wrong.
    pub faults: FaultSwitch,
    /// Domain time.
    pub clock: Clock,
    /// For everything that is drawn by chance.
    pub entropy: &'a Entropy,
    /// Where the fleet's exchanges are recorded,
    pub exchanges: ExchangeLog,
    /// and the desk's.
    pub desk_exchanges: ExchangeLog,
}

/// A running desk and a running fleet.
pub(super) struct Ensemble {
    pub desk: Desk,
    pub fleet: Fleet,
    /// The desk's client.
    pub client: Client,
}

impl EnsembleParts<'_> {
    /// Starts fleet and desk on the present tokio runtime.
    ///
    /// # Errors
    /// In a sentence, when a part does not start.
    pub(super) fn start(self) -> Result<Ensemble, String> {
        let client = Client::new(ClientParts {
            base_url: self.base_url.clone(),
            credentials: desk_credentials(self.secrets)?,
            transport: self.desk_transport,
            clock: self.clock.clone(),
            entropy: self.entropy.fork("desk client"),
            exchanges: self.desk_exchanges,
            label: DESK_CLIENT.to_owned(),
        })?;
        let fleet = fleet::start(FleetConfig {
            profile: self.fleet,
            base_url: Some(self.base_url),
            secrets: self.secrets.for_fleet(),
            trust: self.fleet_trust,
            transport: self.fleet_transport,
            own_transports: BTreeMap::new(),
            moves: Moves::default(),
            keep_move: None,
            faults: self.faults,
            push: BTreeMap::new(),
            clock: self.clock.clone(),
            entropy: self.entropy.fork("fleet"),
            exchanges: self.exchanges,
        })?;
        let desk = desk::start(DeskConfig {
            profile: self.dispatched,
            operators: Operators::built_in(),
            client: client.clone(),
            secrets: self.secrets.for_desk(),
            trust: self.desk_trust,
            journal: self.journal,
            clock: self.clock,
            entropy: self.entropy.fork("desk"),
            mode: self.mode,
            approval: self.approval,
            sign_off_after_s: desk::SIGN_OFF_AFTER_S,
            follows_only: self.follows_only,
            follow_every_s: self.follow_every_s,
            push: None,
        });
        Ok(Ensemble { desk, fleet, client })
    }
}

/// The clients of an embedded VTN: the desk and every FSP.
pub(super) fn seeds_of(secrets: &Secrets) -> Vec<ClientSeed> {
    let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
    secrets
        .clients
        .iter()
        .map(|(id, secret)| ClientSeed { id: id.clone(), secret: secret.clone(), role: role(id) })
        .collect()
}

/// The desk's own credentials.
fn desk_credentials(secrets: &Secrets) -> Result<Credentials, String> {
    let secret: &Secret = secrets
        .clients
        .get(DESK_CLIENT)
        .ok_or_else(|| format!("the secrets hold no client `{DESK_CLIENT}`"))?;
    Ok(Credentials { client_id: DESK_CLIENT.to_owned(), secret: secret.clone() })
}
