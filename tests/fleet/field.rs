//! A VTN, an operator who provisions it and sends, and a fleet.

use std::collections::BTreeMap;
use std::sync::Arc;

use rampdesk::dispatch::{
    Acknowledgement, Dispatch, DispatchParts, DispatchUnit, KeyRing, RealLevel, Reference, Revision,
    Setpoint, SigningKey, Stage, Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::fleet::{self, Availabilities, FaultSwitch, Fleet, FleetConfig};
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mapping::{self, Heartbeat, MinuteReading, Terms, UnitPulse};
use rampdesk::openadr::secret::Secret;
use rampdesk::openadr::transport::Transport;
use rampdesk::openadr::wire::{Report, Resource, Ven};
use rampdesk::power::{Asset, Baseline, Battery, Meter};
use rampdesk::profile::availability::Availability;
use rampdesk::profile::fail_safe::FailSafe;
use rampdesk::profile::fleet::{Contract, FleetProfile, Fsp, Unit};
use rampdesk::profile::key_watch::{KeySource, KeysFound};
use rampdesk::profile::moves::Moves;
use rampdesk::profile::secrets::Secrets;
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::units::Watts;
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

use super::line::Line;

pub const OPERATOR_KEY: &str = "gb-dno-11-2026";
const FSPS: [&str; 4] = ["BRIGHTFLEX", "COLDCHAIN", "GENSETCO", "PEAKLINE"];

/// `HH:MM` or `HH:MM:SS` on Thursday 26 November 2026, when London is on UTC.
pub fn utc(time: &str) -> UtcTime {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-26T{time}{seconds}Z").parse().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub fn seconds(time: &str) -> f64 {
    utc(time).unix() as f64
}

pub struct Field {
    pub clock: Clock,
    pub line: Line,
    /// Always whole.
    operators_line: Line,
    operator: Client,
    profile: Arc<FleetProfile>,
    exchanges: ExchangeLog,
    fleet: Option<Fleet>,
}

/// Files that have changed once.
struct Once(Option<KeysFound>);

impl KeySource for Once {
    fn look(&mut self) -> Option<KeysFound> {
        self.0.take()
    }
}

impl Field {
    /// One FSP with one battery, provisioned, at 15:45.
    pub async fn open() -> Self {
        Self::of(1, 1).await
    }

    /// So many FSPs with so many batteries each, provisioned, at 15:45.
    pub async fn of(fsps: usize, units: usize) -> Self {
        let field = Self::with(profile(fsps, units)).await;
        field.provision().await;
        field
    }

    /// As [`Field::open`], under a contract with a fail-safe.
    pub async fn failing_safe(fail_safe: FailSafe) -> Self {
        let mut profile = profile(1, 1);
        profile.contracts[0].fail_safe = Some(fail_safe);
        let field = Self::with(profile).await;
        field.provision().await;
        field
    }

    /// As [`Field::open`], with a unit that is metered so.
    pub async fn metered(meter: Meter) -> Self {
        let mut profile = profile(1, 1);
        profile.units[0].meter = meter;
        let field = Self::with(profile).await;
        field.provision().await;
        field
    }

    /// One FSP with one battery, running since 15:45; the VTN is empty.
    pub async fn unprovisioned() -> Self {
        Self::with(profile(1, 1)).await
    }

    /// As [`Field::unprovisioned`], under a contract that asks for a poll every so many seconds.
    pub async fn unprovisioned_polling_every(seconds: u32) -> Self {
        let mut profile = profile(1, 1);
        profile.contracts[0].poll_seconds = seconds;
        Self::with(profile).await
    }

    /// When the fleet asked for events.
    pub fn polls(&self) -> Vec<UtcTime> {
        let is_poll = |e: &&Arc<rampdesk::openadr::exchange::Exchange>| e.target.contains("/events");
        let mut polls: Vec<UtcTime> = self.exchanges.since(0).iter().filter(is_poll).map(|e| e.at).collect();
        polls.dedup();
        polls
    }

    async fn with(profile: FleetProfile) -> Self {
        let clock = Clock::training(utc("15:45"), Rate::REAL);
        let vtn = vtn(&profile, &clock, 7);
        let (line, operators_line) = (Line::to(vtn.transport()), Line::to(vtn.transport()));
        let operator = Client::new(ClientParts {
            base_url: base_url(),
            credentials: Credentials { client_id: "desk".to_owned(), secret: secret("desk") },
            transport: Arc::new(operators_line.clone()),
            clock: clock.clone(),
            entropy: Entropy::seeded(7).fork("desk"),
            exchanges: ExchangeLog::keeping(0),
            label: "desk".to_owned(),
        })
        .unwrap();
        let exchanges = ExchangeLog::keeping(100_000);
        let profile = Arc::new(profile);
        let mut field = Self { clock, line, operators_line, operator, profile, exchanges, fleet: None };
        field.restart_fleet().await;
        field
    }

    fn config(&self) -> FleetConfig {
        let ids = self.profile.fsps.iter().map(|f| f.id.clone());
        let operator = key(OPERATOR_KEY).public(None, None);
        FleetConfig {
            profile: Arc::clone(&self.profile),
            base_url: Some(base_url()),
            secrets: Secrets {
                clients: ids.clone().map(|id| (id.to_string(), secret(id.as_str()))).collect(),
                operators: BTreeMap::new(),
                fsps: ids.map(|id| (id.clone(), key(id.as_str()).into())).collect(),
                ..Secrets::default()
            },
            trust: Trust {
                operators: BTreeMap::from([("GB-DNO-11".parse().unwrap(), KeyRing::new([operator]))]),
                fsps: BTreeMap::new(),
            },
            transport: Arc::new(self.line.clone()) as Arc<dyn Transport>,
            own_transports: BTreeMap::new(),
            moves: Moves::default(),
            keep_move: None,
            push: BTreeMap::new(),
            faults: FaultSwitch::default(),
            clock: self.clock.clone(),
            entropy: Entropy::seeded(11),
            exchanges: self.exchanges.clone(),
        }
    }

    /// As when its process ends and is started again.
    pub async fn restart_fleet(&mut self) {
        if let Some(fleet) = self.fleet.take() {
            fleet.stop().await;
        }
        self.fleet = Some(fleet::start(self.config()).unwrap());
    }

    /// From now on these are the operator's keys, in the files that the fleet looks at again.
    pub fn rekey(&mut self, operator: KeyRing) {
        let secrets = self.config().secrets;
        let operators = BTreeMap::from([("GB-DNO-11".parse().unwrap(), operator)]);
        let trust = Trust { operators, ..Trust::default() };
        let found = KeysFound { secrets: Ok(secrets), trust: Ok(trust) };
        self.fleet.as_mut().unwrap().keyed_by(Box::new(Once(Some(found))), self.clock.clone());
    }

    /// Ends the fleet for good.
    pub async fn stop_fleet(&mut self) {
        self.fleet.take().unwrap().stop().await;
    }

    /// The VTN is set up anew: it has lost everything that it held.
    pub fn lose_vtn(&self) {
        let vtn = vtn(&self.profile, &self.clock, 8);
        self.line.lead_to(vtn.transport());
        self.operators_line.lead_to(vtn.transport());
    }

    pub fn start_without_key(&self) -> Result<Fleet, String> {
        let mut config = self.config();
        config.secrets.fsps.clear();
        fleet::start(config)
    }

    /// Lets time pass.
    pub async fn at(&self, time: &str) {
        self.clock.sleep_until(utc(time)).await;
    }

    /// What an operator's desk does before it dispatches.
    pub async fn provision(&self) {
        for contract in &self.profile.contracts {
            let terms = Terms {
                operator: contract.operator.clone(),
                contract: contract.id.clone(),
                poll_seconds: contract.poll_seconds,
                ack_seconds: contract.ack_seconds,
            };
            let program = self.operator.ensure_program(&mapping::program_from(&terms)).await.unwrap();
            let anchor = mapping::anchor_event(program.meta.id.as_deref().unwrap());
            self.operator.post_event(&anchor, mapping::is_anchor).await.unwrap();
        }
        for fsp in &self.profile.fsps {
            let ven =
                Ven { client_id: Some(fsp.id.to_string()), ven_name: fsp.id.to_string(), ..Ven::default() };
            let ven = self.operator.ensure_ven(&ven).await.unwrap();
            for unit in self.profile.units_of(&fsp.id) {
                let resource = Resource {
                    client_id: Some(fsp.id.to_string()),
                    resource_name: unit.unit.unit.to_string(),
                    ven_id: ven.meta.id.clone().unwrap(),
                    targets: vec![unit.unit.target()],
                    ..Resource::default()
                };
                self.operator.ensure_resource(&resource).await.unwrap();
            }
        }
    }

    pub fn units(&self) -> Vec<DispatchUnit> {
        self.profile.units.iter().map(|u| u.unit.clone()).collect()
    }

    /// RUN of the first unit from 17:00 to 18:00.
    pub fn run(&self, revision: u32, kw: i64) -> Dispatch {
        self.run_of(&self.profile.units[0].unit, revision, kw)
    }

    pub fn run_of(&self, unit: &DispatchUnit, revision: u32, kw: i64) -> Dispatch {
        let real = RealLevel { reference: Reference::Delta, watts: Watts(kw * 1000), price: None };
        let setpoint = Setpoint { at: utc("17:00"), real: Some(real), reactive: None };
        self.dispatch(unit, revision, Status::Run, vec![setpoint])
    }

    /// RUN of the first unit from another start to 18:00.
    pub fn run_from(&self, start: &str, revision: u32, kw: i64) -> Dispatch {
        let mut parts = self.run(revision, kw).parts().clone();
        parts.service_start = utc(start);
        parts.setpoints[0].at = utc(start);
        Dispatch::new(parts).unwrap()
    }

    pub fn stop(&self, revision: u32, status: Status) -> Dispatch {
        self.dispatch(&self.profile.units[0].unit, revision, status, Vec::new())
    }

    fn dispatch(
        &self,
        unit: &DispatchUnit,
        revision: u32,
        status: Status,
        setpoints: Vec<Setpoint>,
    ) -> Dispatch {
        let unit = self.profile.units.iter().find(|u| u.unit == *unit).unwrap();
        Dispatch::new(DispatchParts {
            network_operator: unit.operator.clone(),
            dispatch_ref: format!("EMID-{}", unit.unit.target()).parse().unwrap(),
            revision: Revision::new(revision).unwrap(),
            status,
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: utc("16:30"),
            service_start: utc("17:00"),
            service_end: utc("18:00"),
            setpoints,
        })
        .unwrap()
    }

    /// Sends it; answers the event's id.
    pub async fn send(&self, dispatch: &Dispatch) -> String {
        self.send_signed_by(OPERATOR_KEY, dispatch).await
    }

    pub async fn send_signed_by(&self, name: &str, dispatch: &Dispatch) -> String {
        let signed = dispatch.clone().sign(&key(name)).unwrap();
        let event = mapping::event_from(&signed, &self.program_of(dispatch).await);
        let event = self.operator.post_event(&event, |_| false).await.unwrap();
        event.meta.id.unwrap()
    }

    /// Sends it without a target, so that every FSP sees it.
    pub async fn send_to_all(&self, dispatch: &Dispatch) -> String {
        let signed = dispatch.clone().sign(&key(OPERATOR_KEY)).unwrap();
        let mut event = mapping::event_from(&signed, &self.program_of(dispatch).await);
        event.targets.clear();
        self.operator.post_event(&event, |_| false).await.unwrap().meta.id.unwrap()
    }

    pub async fn put(&self, event_id: &str, dispatch: &Dispatch) {
        let signed = dispatch.clone().sign(&key(OPERATOR_KEY)).unwrap();
        let event = mapping::event_from(&signed, &self.program_of(dispatch).await);
        self.operator.put_event(event_id, &event).await.unwrap();
    }

    async fn program_of(&self, dispatch: &Dispatch) -> String {
        let name = mapping::program_name(&dispatch.network_operator, &dispatch.contract);
        let programs = self.operator.programs().await.unwrap();
        programs.into_iter().find(|p| p.program_name == name).unwrap().meta.id.unwrap()
    }

    pub async fn reports(&self, event_id: &str) -> Vec<Report> {
        self.operator.reports(Some(event_id), None).await.unwrap()
    }

    /// In the order in which the VTN took them.
    pub async fn acknowledgements(&self, event_id: &str) -> Vec<Acknowledgement> {
        let reports = self.reports(event_id).await;
        let read = reports.iter().filter_map(mapping::acknowledgement_from);
        read.map(|r| r.unwrap().acknowledgement).collect()
    }

    pub async fn acknowledgement(&self, event_id: &str, stage: Stage) -> Acknowledgement {
        self.acknowledgements(event_id).await.into_iter().find(|a| a.stage == stage).unwrap()
    }

    /// As `rN STAGE HH:MM:SS`.
    pub async fn stages(&self, event_id: &str) -> Vec<String> {
        let words =
            |a: &Acknowledgement| format!("r{} {} {}", a.revision, a.stage, &a.at.to_string()[11..19]);
        self.acknowledgements(event_id).await.iter().map(words).collect()
    }

    /// `?` stands for any character: a poll comes within ten seconds.
    pub async fn expect_stages(&self, event_id: &str, expected: &[&str]) {
        let stages = self.stages(event_id).await;
        let is_it = |stage: &str, expected: &str| {
            stage.len() == expected.len()
                && stage.chars().zip(expected.chars()).all(|(s, e)| e == '?' || s == e)
        };
        assert!(
            stages.len() == expected.len() && stages.iter().zip(expected).all(|(s, e)| is_it(s, e)),
            "{stages:#?}\nexpected {expected:#?}"
        );
    }

    /// Every reading on an event, in the order of the reports.
    pub async fn minutes(&self, event_id: &str) -> Vec<MinuteReading> {
        let reports = self.reports(event_id).await;
        reports.iter().flat_map(mapping::readings_from).map(|(_, minute)| minute).collect()
    }

    /// How many minutes each report of readings on an event holds.
    pub async fn minutes_by_report(&self, event_id: &str) -> Vec<usize> {
        let reports = self.reports(event_id).await;
        reports.iter().map(|r| mapping::readings_from(r).len()).filter(|n| *n > 0).collect()
    }

    /// A reading of a full report on an event as the wire has it.
    pub async fn wire_reading(&self, event_id: &str) -> String {
        let reports = self.reports(event_id).await;
        let report = reports.iter().find(|r| mapping::readings_from(r).len() == 5).unwrap();
        let payloads = &report.resources[0].intervals[1].payloads;
        payloads.iter().find(|p| p.kind == "READING").unwrap().values[0].to_string()
    }

    async fn anchor_reports(&self) -> Vec<Report> {
        let events = self.operator.events(None).await.unwrap();
        let anchor = events.iter().find(|e| mapping::is_anchor(e)).unwrap();
        self.reports(anchor.meta.id.as_deref().unwrap()).await
    }

    pub async fn heartbeat_reports(&self) -> usize {
        self.anchor_reports().await.iter().filter_map(mapping::heartbeat_from).count()
    }

    pub async fn heartbeat(&self) -> Heartbeat {
        self.anchor_reports().await.iter().find_map(mapping::heartbeat_from).unwrap()
    }

    /// What is declared of units, one for each report.
    pub async fn declared(&self) -> Vec<mapping::Availability> {
        self.anchor_reports().await.iter().filter_map(mapping::availability_from).collect()
    }

    /// The fleet's availability, in a person's hand.
    pub fn availabilities(&self) -> Availabilities {
        self.fleet.as_ref().unwrap().availabilities()
    }

    /// The first unit's, in the last heartbeat.
    pub async fn pulse(&self) -> UnitPulse {
        self.heartbeat().await.units.remove(0)
    }

    pub fn fsp_keys(&self) -> KeyRing {
        KeyRing::new([key(FSPS[0]).public(None, None)])
    }

    /// Every exchange of the fleet, with all that is in it.
    pub fn transcript(&self) -> Vec<String> {
        let words = |e: &rampdesk::openadr::exchange::Exchange| {
            let (request, response) = (&e.request_body, &e.response_body);
            format!("{} {} {} {} {:?} {request} {response}", e.at, e.client, e.method, e.target, e.status)
        };
        self.exchanges.since(0).iter().map(|e| words(e)).collect()
    }
}

/// Another seed gives other ids.
fn vtn(profile: &FleetProfile, clock: &Clock, seed: u64) -> Vtn {
    let client = |id: &str, role| ClientSeed { id: id.to_owned(), secret: secret(id), role };
    let mut clients = vec![client("desk", Role::Business)];
    clients.extend(profile.fsps.iter().map(|f| client(f.id.as_str(), Role::Ven)));
    let entropy = Entropy::seeded(seed).fork("vtn");
    Vtn::open(VtnConfig { store: StorePlace::Memory, clients, clock: clock.clone(), entropy }).unwrap()
}

fn base_url() -> String {
    format!("http://vtn.example{BASE_PATH}")
}

pub fn secret(id: &str) -> Secret {
    Secret::new(format!("not-so-secret-{id}"))
}

pub fn key(name: &str) -> SigningKey {
    let mut seed = [0; 32];
    for (byte, letter) in seed.iter_mut().zip(name.bytes()) {
        *byte = letter;
    }
    SigningKey::from_seed(name.parse().unwrap(), &seed)
}

fn profile(fsps: usize, units: usize) -> FleetProfile {
    let contract = |index: usize| format!("EMID-C-2026-{index:04}").parse().unwrap();
    let fsps: Vec<Fsp> = FSPS
        .iter()
        .take(fsps)
        .map(|id| Fsp {
            id: id.parse().unwrap(),
            name: (*id).to_owned(),
            telephone: "+44 20 7946 0000".to_owned(),
        })
        .collect();
    let units = |(index, fsp): (usize, &Fsp)| {
        let fsp = fsp.id.clone();
        (1..=units)
            .map(|number| Unit {
                unit: DispatchUnit { fsp: fsp.clone(), unit: format!("BESS-{number:02}").parse().unwrap() },
                name: format!("Battery {number}"),
                operator: "GB-DNO-11".parse().unwrap(),
                contract: contract(index),
                asset: Asset::Battery(battery()),
                baseline: Baseline::Fixed { kw: 0.0 },
                reactive: None,
                meter: Meter::EXACT,
                availability: Availability::Always,
            })
            .collect::<Vec<_>>()
    };
    FleetProfile {
        name: "field".to_owned(),
        contracts: (0..fsps.len())
            .map(|index| Contract {
                operator: "GB-DNO-11".parse().unwrap(),
                id: contract(index),
                product: "test".to_owned(),
                poll_seconds: 10,
                ack_seconds: 30,
                notice_seconds: 0,
                price_pence_per_mwh: None,
                fail_safe: None,
            })
            .collect(),
        units: fsps.iter().enumerate().flat_map(units).collect(),
        endpoints: Vec::new(),
        fsps,
    }
}

/// 1 MW / 2 MWh; up 10 kW/s, down 5 kW/s, a delay of 2 s.
pub fn battery() -> Battery {
    Battery {
        max_discharge_kw: 1000.0,
        max_charge_kw: 800.0,
        capacity_kwh: 2000.0,
        discharge_efficiency: 0.95,
        charge_efficiency: 0.95,
        min_soc: 0.1,
        max_soc: 0.9,
        initial_soc: 0.5,
        delay_s: 2.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 300.0,
        idling_loss_kw: 0.0,
    }
}
