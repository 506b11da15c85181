//! A VTN, a desk and a fleet in virtual time, each behind a proxy of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{Mode, Outcome, Snapshot};
use rampdesk::desk::{self, Desk, DeskConfig};
use rampdesk::entropy::Entropy;
use rampdesk::fleet::{self, FaultSwitch, Fleet, FleetConfig};
use rampdesk::journal::Journal;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::transport::Transport;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::moves::Moves;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::{DESK_CLIENT, Secrets};
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

use super::proxy::Proxy;

/// Of all exchanges so many are disturbed.
const SHARE: f64 = 0.2;
/// The FSPs' clocks, and the VTN's, are wrong by up to so many seconds.
const SKEW_S: f64 = 8.0;

pub struct Stage {
    pub vtn: Vtn,
    pub desk: Desk,
    pub clock: Clock,
    pub profile: Arc<FleetProfile>,
    pub secrets: Secrets,
    pub trust: Trust,
    pub proxies: [Proxy; 2],
    fleet: Fleet,
    given: u32,
}

pub fn begin() -> UtcTime {
    "2026-11-26T16:00:00Z".parse().unwrap()
}

fn wrong_clock(entropy: &Entropy) -> Clock {
    #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
    let skew_s = ((entropy.unit() * 2.0 - 1.0) * SKEW_S) as i64;
    Clock::training(begin() + skew_s, Rate::REAL)
}

impl Stage {
    /// All of it, with what this seed has happen.
    pub async fn open(seed: u64, journal: Journal) -> Self {
        let entropy = Entropy::seeded(seed);
        let clock = Clock::training(begin(), Rate::REAL);
        let fleet_clock = wrong_clock(&entropy.fork("skew"));
        let vtn_clock = wrong_clock(&entropy.fork("skew of the VTN"));
        let mut profile = FleetProfile::demo();
        profile.contracts.iter_mut().for_each(|contract| contract.poll_seconds = 10);
        let profile = Arc::new(profile);
        let (secrets, trust) =
            Secrets::generate(&profile, &entropy.fork("secrets"), begin() + -3600).unwrap();
        let vtn = Vtn::open(VtnConfig {
            store: StorePlace::Memory,
            clients: seeds(&secrets),
            clock: vtn_clock,
            entropy: entropy.fork("vtn"),
        })
        .unwrap();
        let proxy = |name| Proxy::before(vtn.transport(), entropy.fork(name));
        let proxies = [proxy("desk's proxy"), proxy("fleet's proxy")];
        let client = client(&secrets, Arc::new(proxies[0].clone()), &clock, &entropy);
        let fleet = fleet::start(FleetConfig {
            profile: Arc::clone(&profile),
            base_url: Some(base_url()),
            secrets: secrets.for_fleet(),
            trust: trust.clone(),
            transport: Arc::new(proxies[1].clone()),
            own_transports: BTreeMap::new(),
            moves: Moves::default(),
            keep_move: None,
            faults: FaultSwitch::default(),
            push: BTreeMap::new(),
            clock: fleet_clock,
            entropy: entropy.fork("fleet"),
            exchanges: ExchangeLog::keeping(0),
        })
        .unwrap();
        let desk = desk::start(DeskConfig {
            profile: Arc::clone(&profile),
            operators: Operators::built_in(),
            client,
            secrets: secrets.for_desk(),
            trust: trust.clone(),
            journal,
            clock: clock.clone(),
            entropy: entropy.fork("desk"),
            mode: Mode::Training,
            approval: ApprovalRules::default(),
            sign_off_after_s: desk::SIGN_OFF_AFTER_S,
            follows_only: None,
            follow_every_s: 4.0,
            push: None,
        });
        Self { vtn, desk, clock, profile, secrets, trust, proxies, fleet, given: 0 }
    }

    /// The desk's own client, in fair weather.
    pub fn fair_client(&self) -> Client {
        client(&self.secrets, self.vtn.transport(), &self.clock, &Entropy::seeded(1))
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.desk.handle.snapshot()
    }

    pub fn give(&mut self, command: Command) {
        self.given += 1;
        self.desk.handle.give(command).expect("the desk runs");
    }

    /// How many commands were given.
    pub fn given(&self) -> u32 {
        self.given
    }

    /// Waits until an instant.
    pub async fn until(&self, at: UtcTime) {
        self.clock.sleep_until(at).await;
    }

    /// The storm begins. Who registers with a VTN watches it: what is set up before is set up in fair weather.
    pub fn storm(&self) {
        self.proxies.iter().for_each(|proxy| proxy.disturb(SHARE));
    }

    /// All is well from now on.
    pub fn calm(&self) {
        self.proxies.iter().for_each(Proxy::calm);
    }

    /// Ends fleet and desk; the last picture.
    pub async fn close(self) -> Arc<Snapshot> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let snapshot = self.snapshot();
        self.fleet.stop().await;
        self.desk.stop().await;
        snapshot
    }
}

/// What came of commands, by number.
pub fn outcomes(snapshot: &Snapshot) -> BTreeMap<u64, Vec<Arc<Outcome>>> {
    let mut all: BTreeMap<u64, Vec<Arc<Outcome>>> = BTreeMap::new();
    for outcome in &snapshot.outcomes {
        all.entry(outcome.command.0).or_default().push(Arc::clone(outcome));
    }
    all
}

fn base_url() -> String {
    format!("http://vtn.chaos{BASE_PATH}")
}

fn client(secrets: &Secrets, transport: Arc<dyn Transport>, clock: &Clock, entropy: &Entropy) -> Client {
    Client::new(ClientParts {
        base_url: base_url(),
        credentials: Credentials {
            client_id: DESK_CLIENT.to_owned(),
            secret: secrets.clients[DESK_CLIENT].clone(),
        },
        transport,
        clock: clock.clone(),
        entropy: entropy.fork("desk client"),
        exchanges: ExchangeLog::keeping(0),
        label: DESK_CLIENT.to_owned(),
    })
    .unwrap()
}

fn seeds(secrets: &Secrets) -> Vec<ClientSeed> {
    let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
    let seed = |(id, secret): (&String, &_)| ClientSeed {
        id: id.clone(),
        secret: Clone::clone(secret),
        role: role(id),
    };
    secrets.clients.iter().map(seed).collect()
}
