//! A VTN, a desk on it, and FSPs that say what the test has them say.

use std::sync::Arc;
use std::time::Duration;

use rampdesk::desk::command::{Command, CommandNumber};
use rampdesk::desk::snapshot::{Alarm, DispatchState, LinkState, Mode, Outcome, Priority, Snapshot};
use rampdesk::desk::{self, Desk, DeskConfig};
use rampdesk::dispatch::{
    Acknowledgement, Dispatch, DispatchKey, DispatchParts, DispatchUnit, Readback, RealLevel, Reference,
    Revision, Setpoint, SigningKey, Stage, Status,
};
use rampdesk::entropy::Entropy;
use rampdesk::journal::Journal;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::{Event, Report};
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::key_watch::KeySource;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::{DESK_CLIENT, Secrets};
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::units::Watts;
use rampdesk::vtn::{BASE_PATH, ClientSeed, Role, StorePlace, Vtn, VtnConfig};

use super::weather::Weather;

/// Domain seconds between the desk's looks.
pub const FOLLOW_EVERY_S: f64 = 5.0;

pub struct World {
    pub vtn: Vtn,
    pub weather: Weather,
    pub clock: Clock,
    pub secrets: Secrets,
    pub desk: Option<Desk>,
    pub approval: ApprovalRules,
    profile: Arc<FleetProfile>,
    pub trust: Trust,
    /// After how long without a command somebody is signed off, seconds.
    pub sign_off_after_s: i64,
    pub follows_only: Option<&'static str>,
    desks: u32,
}

/// `15:45` or `15:45:30` on the day of the tests.
pub fn at(time: &str) -> UtcTime {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-26T{time}{seconds}Z").parse().unwrap()
}

pub fn unit(name: &str) -> DispatchUnit {
    name.parse().unwrap()
}

/// Of `EMID-20261126-0001`.
pub fn key() -> DispatchKey {
    DispatchKey {
        operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20261126-0001".parse().unwrap(),
    }
}

/// +2,000 kW from BRIGHTFLEX/BESS-07, 17:00 to 19:00.
pub fn run(revision: u32) -> DispatchParts {
    DispatchParts {
        network_operator: key().operator,
        dispatch_ref: key().dispatch_ref,
        revision: Revision::new(revision).unwrap(),
        status: Status::Run,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: unit("BRIGHTFLEX/BESS-07"),
        instruction_time: at("12:00"),
        service_start: at("17:00"),
        service_end: at("19:00"),
        setpoints: vec![setpoint("17:00", 2000)],
    }
}

pub fn setpoint(time: &str, kw: i64) -> Setpoint {
    let real = RealLevel { reference: Reference::Delta, watts: Watts(kw * 1000), price: None };
    Setpoint { at: at(time), real: Some(real), reactive: None }
}

pub fn send(parts: DispatchParts) -> Command {
    Command::Send(Box::new(parts))
}

impl World {
    /// A VTN at 15:45 and no desk yet.
    pub fn without_desk() -> Self {
        let clock = Clock::training(at("15:45"), Rate::REAL);
        let profile = Arc::new(FleetProfile::demo());
        let entropy = Entropy::seeded(7);
        let (secrets, trust) = Secrets::generate(&profile, &entropy, at("12:00")).unwrap();
        let vtn = vtn(&secrets, &clock, 7);
        let weather = Weather::over(vtn.transport());
        let approval = ApprovalRules::default();
        Self {
            vtn,
            weather,
            clock,
            secrets,
            desk: None,
            approval,
            profile,
            trust,
            sign_off_after_s: desk::SIGN_OFF_AFTER_S,
            follows_only: None,
            desks: 0,
        }
    }

    /// The VTN is set up anew: it has lost everything that it held.
    pub fn lose_vtn(&mut self) {
        self.vtn = vtn(&self.secrets, &self.clock, 8);
        self.weather.leads_to(self.vtn.transport());
    }

    /// A VTN and a desk that has made sure of everything at it.
    pub async fn ready() -> Self {
        let mut world = Self::without_desk();
        world.start_desk(Journal::in_memory().unwrap());
        world.until("the VTN answers", |s| s.vtn.state == LinkState::Live).await;
        world
    }

    pub fn start_desk(&mut self, journal: Journal) {
        self.start_desk_keyed_by(journal, None);
    }

    pub fn start_desk_keyed_by(&mut self, journal: Journal, keys: Option<Box<dyn KeySource>>) {
        self.desks += 1;
        let entropy = Entropy::seeded(7 + u64::from(self.desks));
        let config = DeskConfig {
            profile: Arc::clone(&self.profile),
            operators: Operators::built_in(),
            client: self.client(DESK_CLIENT, Arc::new(self.weather.clone())),
            secrets: self.secrets.for_desk(),
            trust: self.trust.clone(),
            journal,
            clock: self.clock.clone(),
            entropy,
            mode: Mode::Sandbox,
            approval: self.approval.clone(),
            sign_off_after_s: self.sign_off_after_s,
            follows_only: self.follows_only,
            follow_every_s: FOLLOW_EVERY_S,
            push: None,
        };
        self.desk = Some(desk::start_keyed_by(config, keys));
    }

    fn client(&self, id: &str, transport: Arc<dyn rampdesk::openadr::transport::Transport>) -> Client {
        Client::new(ClientParts {
            base_url: format!("http://vtn.test{BASE_PATH}"),
            credentials: Credentials { client_id: id.to_owned(), secret: self.secrets.clients[id].clone() },
            transport,
            clock: self.clock.clone(),
            entropy: Entropy::seeded(11),
            exchanges: ExchangeLog::keeping(1000),
            label: id.to_owned(),
        })
        .unwrap()
    }

    /// Somebody's own client, in fair weather.
    pub fn as_client(&self, id: &str) -> Client {
        self.client(id, self.vtn.transport())
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.desk.as_ref().unwrap().handle.snapshot()
    }

    pub fn give(&self, command: Command) -> CommandNumber {
        self.desk.as_ref().unwrap().handle.give(command).expect("the desk runs")
    }

    /// Gives a command and waits for what comes of it.
    pub async fn ask(&self, command: Command) -> Result<String, String> {
        let number = self.give(command);
        self.outcome(number).await.result.clone()
    }

    pub async fn outcome(&self, number: CommandNumber) -> Arc<Outcome> {
        self.until("an outcome", |s| s.outcomes.iter().any(|o| o.command == number)).await;
        let snapshot = self.snapshot();
        let mut all = snapshot.outcomes.iter().filter(|o| o.command == number);
        let outcome = Arc::clone(all.next().unwrap());
        assert!(all.next().is_none(), "one outcome for one command");
        outcome
    }

    /// Waits, in virtual time, until a snapshot shows something.
    #[track_caller]
    pub fn until(
        &self,
        what: &'static str,
        holds: impl Fn(&Snapshot) -> bool,
    ) -> impl Future<Output = Arc<Snapshot>> {
        let mut handle = self.desk.as_ref().unwrap().handle.clone();
        let clock = self.clock.clone();
        async move {
            let deadline = clock.now() + 600;
            loop {
                let snapshot = handle.snapshot();
                if holds(&snapshot) {
                    return snapshot;
                }
                assert!(clock.now() < deadline, "never: {what}; {snapshot:#?}");
                let _ = tokio::time::timeout(Duration::from_secs(1), handle.changed()).await;
            }
        }
    }

    /// Lets time pass, and the desk publish what it then knows.
    pub async fn pass(&self, seconds: f64) {
        self.clock.sleep(seconds).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    pub fn dispatch(&self) -> Arc<DispatchState> {
        self.dispatch_of(&key()).expect("the desk knows it")
    }

    pub fn dispatch_of(&self, key: &DispatchKey) -> Option<Arc<DispatchState>> {
        self.snapshot().dispatches.iter().find(|d| d.key == *key).cloned()
    }

    pub fn alarms(&self) -> Vec<(Priority, String)> {
        let of = |a: &Arc<Alarm>| (a.priority, a.text.clone());
        self.snapshot().alarms.iter().filter(|a| a.active).map(of).collect()
    }

    #[track_caller]
    pub fn assert_alarm(&self, priority: Priority, words: &str) {
        let alarms = self.alarms();
        assert!(
            alarms.iter().any(|(p, text)| *p == priority && text.contains(words)),
            "no {priority:?} alarm says `{words}`: {alarms:#?}"
        );
    }

    /// The VTN's dispatch events, anchors apart, as the operator sees them.
    pub async fn events(&self) -> Vec<Event> {
        let all = self.as_client(DESK_CLIENT).events(None).await.unwrap();
        all.into_iter().filter(|e| !mapping::is_anchor(e)).collect()
    }

    /// The anchor of a contract of this FSP, the only ones that it sees.
    pub async fn anchor(&self, fsp: &str) -> String {
        let seen = self.as_client(fsp).events(None).await.unwrap();
        seen.into_iter().find(mapping::is_anchor).unwrap().meta.id.unwrap()
    }

    pub fn fsp_key(&self, fsp: &str) -> SigningKey {
        self.secrets.fsps[&fsp.parse().unwrap()].first().clone()
    }

    /// BRIGHTFLEX fetches the dispatch, so that the VTN hears its client.
    pub async fn polls(&self, fsp: &str) {
        self.as_client(fsp).events(None).await.unwrap();
    }

    /// Sends a dispatch of another ref.
    pub async fn ask_for(&self, parts: DispatchParts) -> DispatchKey {
        let key = DispatchKey {
            operator: parts.network_operator.clone(),
            dispatch_ref: parts.dispatch_ref.clone(),
        };
        self.ask(send(parts)).await.unwrap();
        key
    }

    /// The FSP says a stage of the latest revision, signed with its own key.
    pub async fn says(&self, stage: Stage) {
        self.says_of(&key(), stage).await;
    }

    pub async fn says_of(&self, key: &DispatchKey, stage: Stage) {
        let state = self.dispatch_of(key).unwrap();
        let dispatch = state.dispatch().unwrap().clone();
        let fsp = dispatch.unit.fsp.as_str();
        let said = said(&dispatch, stage, self.clock.now()).sign(&self.fsp_key(fsp)).unwrap();
        let event = state.revisions.iter().rev().find_map(|r| r.event_id.clone()).unwrap();
        let report = mapping::report_from_acknowledgement(&said, &event);
        self.as_client(fsp).post_report(&report, |_| false).await.unwrap();
    }

    /// A client files a report on the dispatch's event.
    pub async fn files(&self, client: &str, report: impl Fn(&str) -> Report) {
        let event = self.dispatch().revisions.iter().rev().find_map(|r| r.event_id.clone()).unwrap();
        self.as_client(client).post_report(&report(&event), |_| false).await.unwrap();
    }
}

/// What an FSP says of a dispatch at an instant, not signed yet.
pub fn said(dispatch: &Dispatch, stage: Stage, at: UtcTime) -> Acknowledgement {
    Acknowledgement {
        key: dispatch.key(),
        unit: dispatch.unit.clone(),
        revision: dispatch.revision,
        status: Some(dispatch.status),
        stage,
        at,
        readback: stage.carries_readback().then(|| Readback::of(dispatch)),
        reason: None,
        detail: None,
        reached_at: None,
    }
}

/// A VTN with the clients of these secrets; another seed gives other ids.
fn vtn(secrets: &Secrets, clock: &Clock, seed: u64) -> Vtn {
    let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
    let client = |(id, secret): (&String, &_)| ClientSeed {
        id: id.clone(),
        secret: Clone::clone(secret),
        role: role(id),
    };
    Vtn::open(VtnConfig {
        store: StorePlace::Memory,
        clients: secrets.clients.iter().map(client).collect(),
        clock: clock.clone(),
        entropy: Entropy::seeded(seed).fork("vtn"),
    })
    .unwrap()
}
