//! Several operators with VTNs at several addresses, and one FSP that serves them all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use rampdesk::dispatch::{
    Acknowledgement, Dispatch, DispatchParts, DispatchUnit, KeyRing, Moved, OperatorId, RealLevel, Reference,
    Revision, Setpoint, SignedMoved, Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::fleet::{self, FaultSwitch, Fleet, FleetConfig, Keep};
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mapping::{self, Terms};
use rampdesk::openadr::transport::{Transport, TransportError};
use rampdesk::openadr::wire::{Event, Resource, Ven};
use rampdesk::power::{Asset, Baseline, Meter};
use rampdesk::profile::availability::Availability;
use rampdesk::profile::fail_safe::FailSafe;
use rampdesk::profile::fleet::{Contract, Endpoints, FleetProfile, Fsp, Unit};
use rampdesk::profile::moves::Moves;
use rampdesk::profile::secrets::Secrets;
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::units::Watts;
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

use super::field::{battery, key, secret, utc};

pub const FSP: &str = "BRIGHTFLEX";
pub const EAST: &str = "GB-DNO-11";
pub const WEST: &str = "GB-DNO-14";

/// Which host leads where, and how often each was asked. Clones share it.
#[derive(Clone, Default)]
struct Switchboard(Arc<Mutex<BTreeMap<String, Place>>>);

struct Place {
    vtn: Arc<dyn Transport>,
    is_cut: bool,
    asked: usize,
}

#[async_trait]
impl Transport for Switchboard {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let host = request.uri().host().unwrap().to_owned();
        let vtn = {
            let mut places = self.0.lock().unwrap();
            places.get_mut(&host).and_then(|place| {
                place.asked += 1;
                (!place.is_cut).then(|| Arc::clone(&place.vtn))
            })
        };
        match vtn {
            Some(vtn) => vtn.send(request).await,
            None => {
                Err(TransportError::Unreachable { address: host, reason: "connection refused".to_owned() })
            }
        }
    }
}

pub struct Network {
    pub clock: Clock,
    board: Switchboard,
    /// The desks' own way, which is never cut.
    desks: Switchboard,
    profile: FleetProfile,
    extra_secrets: Vec<(String, String)>,
    kept: Arc<Mutex<Moves>>,
    fleet: Option<Fleet>,
}

pub fn url(host: &str) -> String {
    format!("http://{host}{BASE_PATH}")
}

pub fn operator(id: &str) -> OperatorId {
    id.parse().unwrap()
}

impl Network {
    /// VTNs by the hosts at which each is reached, at 15:45. No fleet yet. `BESS-01` is under contract with the EAST
    /// operator, `BESS-02` with WEST; each of their desks makes itself known at every VTN.
    pub async fn of(vtns: &[&[&str]]) -> Self {
        let clock = Clock::training(utc("15:45"), Rate::REAL);
        let network = Self {
            board: Switchboard::default(),
            desks: Switchboard::default(),
            profile: profile(),
            extra_secrets: Vec::new(),
            kept: Arc::default(),
            fleet: None,
            clock,
        };
        for (seed, hosts) in (20..).zip(vtns) {
            let vtn = network.vtn(seed);
            for host in *hosts {
                for board in [&network.board, &network.desks] {
                    let place = Place { vtn: vtn.transport(), is_cut: false, asked: 0 };
                    board.0.lock().unwrap().insert((*host).to_owned(), place);
                }
            }
            network.provision(hosts[0]).await;
        }
        network
    }

    fn vtn(&self, seed: u64) -> Vtn {
        let client = |id: &str, role| ClientSeed { id: id.to_owned(), secret: secret(id), role };
        let clients = vec![client("desk", Role::Business), client(FSP, Role::Ven)];
        let entropy = Entropy::seeded(seed).fork("vtn");
        Vtn::open(VtnConfig { store: StorePlace::Memory, clients, clock: self.clock.clone(), entropy })
            .unwrap()
    }

    /// An operator's addresses in the FSP's fleet file.
    pub fn names(mut self, id: &str, hosts: &[&str]) -> Self {
        let vtns = hosts.iter().map(|host| url(host)).collect();
        self.profile.endpoints.push(Endpoints { operator: operator(id), vtns, client_id: None });
        self
    }

    /// Every contract has this fail-safe.
    pub fn fails_safe(mut self, fail_safe: FailSafe) -> Self {
        self.profile.contracts.iter_mut().for_each(|contract| contract.fail_safe = Some(fail_safe));
        self
    }

    /// A secret of the FSP's for one host alone; the VTNs all know the same one.
    pub fn with_secret_at(mut self, host: &str) -> Self {
        self.extra_secrets.push((format!("{FSP}@{host}"), format!("not-so-secret-{FSP}")));
        self
    }

    /// Starts the FSP, anew when it ran: it remembers what it kept.
    pub async fn start(&mut self, default: Option<&str>) {
        self.stop().await;
        let known = key(FSP);
        let mut secrets = Secrets::default();
        secrets.clients.insert(FSP.to_owned(), secret(FSP));
        for (id, text) in &self.extra_secrets {
            secrets.clients.insert(id.clone(), rampdesk::openadr::secret::Secret::new(text.clone()));
        }
        secrets.fsps.insert(FSP.parse().unwrap(), known.into());
        let ring = |id: &str| (operator(id), KeyRing::new([key(id).public(None, None)]));
        let kept = Arc::clone(&self.kept);
        let keep: Keep = Arc::new(move |fsp, moved| kept.lock().unwrap().keep(fsp, moved));
        let config = FleetConfig {
            profile: Arc::new(self.profile.clone()),
            base_url: default.map(url),
            secrets,
            trust: Trust { operators: BTreeMap::from([ring(EAST), ring(WEST)]), fsps: BTreeMap::new() },
            transport: Arc::new(self.board.clone()),
            own_transports: BTreeMap::new(),
            push: BTreeMap::new(),
            moves: self.kept.lock().unwrap().clone(),
            keep_move: Some(keep),
            faults: FaultSwitch::default(),
            clock: self.clock.clone(),
            entropy: Entropy::seeded(11),
            exchanges: ExchangeLog::keeping(0),
        };
        self.fleet = Some(fleet::start(config).unwrap());
    }

    pub async fn stop(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            fleet.stop().await;
        }
    }

    pub fn forget_moves(&self) {
        *self.kept.lock().unwrap() = Moves::default();
    }

    pub async fn at(&self, time: &str) {
        self.clock.sleep_until(utc(time)).await;
    }

    pub fn cut(&self, host: &str) {
        self.board.0.lock().unwrap().get_mut(host).unwrap().is_cut = true;
    }

    pub fn mend(&self, host: &str) {
        self.board.0.lock().unwrap().get_mut(host).unwrap().is_cut = false;
    }

    /// How often the FSP has asked there since this was last called.
    pub fn asked(&self, host: &str) -> usize {
        std::mem::take(&mut self.board.0.lock().unwrap().get_mut(host).unwrap().asked)
    }

    pub fn desk(&self, host: &str) -> Client {
        Client::new(ClientParts {
            base_url: url(host),
            credentials: Credentials { client_id: "desk".to_owned(), secret: secret("desk") },
            transport: Arc::new(self.desks.clone()),
            clock: self.clock.clone(),
            entropy: Entropy::seeded(7).fork(host),
            exchanges: ExchangeLog::keeping(0),
            label: "desk".to_owned(),
        })
        .unwrap()
    }

    async fn provision(&self, host: &str) {
        let desk = self.desk(host);
        for contract in &self.profile.contracts {
            let terms = Terms {
                operator: contract.operator.clone(),
                contract: contract.id.clone(),
                poll_seconds: 10,
                ack_seconds: 30,
            };
            let program = desk.ensure_program(&mapping::program_from(&terms)).await.unwrap();
            let anchor = mapping::anchor_event(program.meta.id.as_deref().unwrap());
            desk.post_event(&anchor, |_| false).await.unwrap();
        }
        let ven = Ven { client_id: Some(FSP.to_owned()), ven_name: FSP.to_owned(), ..Ven::default() };
        let ven = desk.ensure_ven(&ven).await.unwrap();
        for unit in &self.profile.units {
            let resource = Resource {
                client_id: Some(FSP.to_owned()),
                resource_name: unit.unit.unit.to_string(),
                ven_id: ven.meta.id.clone().unwrap(),
                targets: vec![unit.unit.target()],
                ..Resource::default()
            };
            desk.ensure_resource(&resource).await.unwrap();
        }
    }

    /// +500 kW or so from 17:00 to 18:00, by whoever has the unit under contract.
    pub fn run(&self, unit: &str, revision: u32, kw: i64) -> Dispatch {
        let unit = self.profile.units.iter().find(|u| u.unit.unit.as_str() == unit).unwrap();
        let real = RealLevel { reference: Reference::Delta, watts: Watts(kw * 1000), price: None };
        Dispatch::new(DispatchParts {
            network_operator: unit.operator.clone(),
            dispatch_ref: format!("REF-{}", unit.unit.unit).parse().unwrap(),
            revision: Revision::new(revision).unwrap(),
            status: Status::Run,
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: utc("16:30"),
            service_start: utc("17:00"),
            service_end: utc("18:00"),
            setpoints: vec![Setpoint { at: utc("17:00"), real: Some(real), reactive: None }],
        })
        .unwrap()
    }

    /// Sends it to a VTN, or puts it in the place of an earlier revision; answers the event's id.
    pub async fn send(&self, host: &str, dispatch: &Dispatch) -> String {
        let desk = self.desk(host);
        let name = mapping::program_name(&dispatch.network_operator, &dispatch.contract);
        let programs = desk.programs().await.unwrap();
        let program = programs.into_iter().find(|p| p.program_name == name).unwrap().meta.id.unwrap();
        let signed = dispatch.clone().sign(&key(dispatch.network_operator.as_str())).unwrap();
        let event = mapping::event_from(&signed, &program);
        let is_it = |e: &Event| mapping::identity_of(e).is_some_and(|(key, _)| key == dispatch.key());
        match desk.events(None).await.unwrap().iter().find(|e| is_it(e)) {
            Some(held) => {
                let id = held.meta.id.clone().unwrap();
                desk.put_event(&id, &event).await.unwrap();
                id
            }
            None => desk.post_event(&event, |_| false).await.unwrap().meta.id.unwrap(),
        }
    }

    /// As [`rampdesk::dispatch::Moved`] of a host, signed with a key.
    pub fn notice(&self, of: &str, to: &str, by: &str) -> SignedMoved {
        Moved::new(operator(of), vec![url(to)], self.clock.now()).unwrap().sign(&key(by)).unwrap()
    }

    /// Writes a notice into every anchor of a VTN.
    pub async fn announce(&self, host: &str, notice: &SignedMoved) {
        let desk = self.desk(host);
        for anchor in desk.events(None).await.unwrap().iter().filter(|e| mapping::is_anchor(e)) {
            let id = anchor.meta.id.as_deref().unwrap();
            desk.put_event(id, &mapping::with_notice(anchor, notice)).await.unwrap();
        }
    }

    /// What the FSP has said at a VTN, verified with its one key: unit, revision and stage.
    pub async fn said(&self, host: &str) -> Vec<String> {
        let words = |a: Acknowledgement| {
            let reason = a.reason.map_or(String::new(), |reason| format!(" {reason}"));
            format!("{} r{} {}{reason}", a.unit.unit, a.revision, a.stage)
        };
        let keys = KeyRing::new([key(FSP).public(None, None)]);
        let reports = self.desk(host).reports(None, None).await.unwrap();
        let signed = reports.iter().filter_map(mapping::acknowledgement_from).map(Result::unwrap);
        signed
            .map(|signed| {
                assert_eq!(signed.verify(&keys, self.clock.now()), Ok(()));
                words(signed.acknowledgement)
            })
            .collect()
    }

    /// The time of the last heartbeat that a VTN has.
    pub async fn last_heartbeat(&self, host: &str) -> Option<UtcTime> {
        let reports = self.desk(host).reports(None, None).await.unwrap();
        reports.iter().filter_map(mapping::heartbeat_from).map(|beat| beat.at).max()
    }

    /// The units whose minutes a VTN has, and the end of each minute with its kW.
    pub async fn minutes(&self, host: &str) -> BTreeMap<DispatchUnit, BTreeMap<String, f64>> {
        let mut minutes: BTreeMap<DispatchUnit, BTreeMap<String, f64>> = BTreeMap::new();
        for report in self.desk(host).reports(None, None).await.unwrap() {
            for (unit, minute) in mapping::readings_from(&report) {
                #[expect(clippy::cast_possible_truncation, reason = "whole seconds")]
                let end = UtcTime::from_unix(minute.reading.at as i64).to_string();
                minutes.entry(unit).or_default().insert(end, minute.reading.kw);
            }
        }
        minutes
    }

    pub async fn units_with_minutes(&self, host: &str) -> BTreeSet<String> {
        self.minutes(host).await.into_keys().map(|unit| unit.unit.to_string()).collect()
    }
}

fn profile() -> FleetProfile {
    let contract = |id: &str| Contract {
        operator: operator(id),
        id: format!("{id}-C-1").parse().unwrap(),
        product: "test".to_owned(),
        poll_seconds: 10,
        ack_seconds: 30,
        notice_seconds: 0,
        price_pence_per_mwh: None,
        fail_safe: None,
    };
    let unit = |number: u32, id: &str| Unit {
        unit: format!("{FSP}/BESS-{number:02}").parse().unwrap(),
        name: format!("Battery {number}"),
        operator: operator(id),
        contract: format!("{id}-C-1").parse().unwrap(),
        asset: Asset::Battery(battery()),
        baseline: Baseline::Fixed { kw: 0.0 },
        reactive: None,
        meter: Meter::EXACT,
        availability: Availability::Always,
    };
    FleetProfile {
        name: "network".to_owned(),
        contracts: vec![contract(EAST), contract(WEST)],
        fsps: vec![Fsp {
            id: FSP.parse().unwrap(),
            name: FSP.to_owned(),
            telephone: "+44 20 7946 0000".to_owned(),
        }],
        units: vec![unit(1, EAST), unit(2, WEST)],
        endpoints: Vec::new(),
    }
}
