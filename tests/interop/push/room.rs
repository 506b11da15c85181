//! A VTN, the demonstration's FSPs and a desk over TCP, all told at once through a broker.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rampdesk::desk::command::Command;
use rampdesk::desk::snapshot::{LinkState, Mode};
use rampdesk::desk::{self, Desk, DeskConfig};
use rampdesk::dispatch::{DispatchParts, RealLevel, Reference, Revision, Setpoint, Stage, Status};
use rampdesk::entropy::Entropy;
use rampdesk::fleet::{self, FaultSwitch, Fleet, FleetConfig};
use rampdesk::journal::Journal;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::push::PushState;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::{DESK_CLIENT, Secrets};
use rampdesk::time::Clock;
use rampdesk::units::Watts;
use rampdesk::vtn::{BASE_PATH, ClientSeed, Notices, Push, Role, StorePlace, Vtn, VtnConfig};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub struct Room {
    desk: Desk,
    fleet: Fleet,
    profile: Arc<FleetProfile>,
    clock: Clock,
    exchanges: ExchangeLog,
    end_vtn: oneshot::Sender<()>,
    vtn: tokio::task::JoinHandle<()>,
    accepted: usize,
}

impl Room {
    pub async fn open(push: Push, poll_seconds: u32) -> Self {
        let (clock, entropy, exchanges) = (Clock::real(), Entropy::system(), ExchangeLog::keeping(20_000));
        let mut profile = FleetProfile::demo();
        profile.contracts.iter_mut().for_each(|c| c.poll_seconds = poll_seconds);
        let profile = Arc::new(profile);
        let (secrets, trust) = Secrets::generate(&profile, &entropy, clock.now()).unwrap();
        let role = |id: &str| if id == DESK_CLIENT { Role::Business } else { Role::Ven };
        let clients = secrets.clients.iter();
        let clients =
            clients.map(|(id, secret)| ClientSeed { id: id.clone(), secret: secret.clone(), role: role(id) });
        let config = VtnConfig {
            store: StorePlace::Memory,
            clients: clients.collect(),
            clock: clock.clone(),
            entropy: entropy.fork("vtn"),
        };
        let notices = Notices { webhooks: None, push: Some(push) };
        let vtn = Vtn::open_with_notices(config, notices).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}{BASE_PATH}", listener.local_addr().unwrap());
        let (end_vtn, ended) = oneshot::channel::<()>();
        let vtn = tokio::spawn(async move {
            let shutdown = async {
                let _ = ended.await;
            };
            vtn.serve(listener, shutdown).await.unwrap();
        });
        let transport = Arc::new(TcpTransport::new().unwrap());
        let client = Client::new(ClientParts {
            base_url: base_url.clone(),
            credentials: Credentials {
                client_id: DESK_CLIENT.to_owned(),
                secret: secrets.clients[DESK_CLIENT].clone(),
            },
            transport: transport.clone(),
            clock: clock.clone(),
            entropy: entropy.fork("desk client"),
            exchanges: exchanges.clone(),
            label: DESK_CLIENT.to_owned(),
        })
        .unwrap();
        let fleet = fleet::start(FleetConfig {
            profile: Arc::clone(&profile),
            base_url: Some(base_url),
            secrets: secrets.for_fleet(),
            trust: trust.clone(),
            transport,
            moves: rampdesk::profile::moves::Moves::default(),
            keep_move: None,
            own_transports: Default::default(),
            push: profile.fsps.iter().map(|fsp| (fsp.id.clone(), super::settings())).collect(),
            faults: FaultSwitch::default(),
            clock: clock.clone(),
            entropy: entropy.fork("fleet"),
            exchanges: exchanges.clone(),
        })
        .unwrap();
        let desk = desk::start(DeskConfig {
            profile: Arc::clone(&profile),
            operators: Operators::built_in(),
            client,
            secrets: secrets.for_desk(),
            trust,
            journal: Journal::in_memory().unwrap(),
            clock: clock.clone(),
            entropy: entropy.fork("desk"),
            mode: Mode::Sandbox,
            approval: ApprovalRules::default(),
            sign_off_after_s: desk::SIGN_OFF_AFTER_S,
            follows_only: None,
            follow_every_s: f64::from(poll_seconds),
            push: Some(super::settings()),
        });
        let room = Self { desk, fleet, profile, clock, exchanges, end_vtn, vtn, accepted: 0 };
        room.until("the VTN answers", || room.desk.handle.snapshot().vtn.state == LinkState::Live).await;
        room
    }

    async fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            let states = (self.desk_state(), self.fsp_states());
            assert!(began.elapsed() < Duration::from_secs(90), "it never came to this: {what}; {states:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn desk_state(&self) -> Option<PushState> {
        self.desk.handle.snapshot().vtn.push.as_ref().map(|push| push.state.clone())
    }

    pub fn fsp_states(&self) -> Vec<PushState> {
        self.fleet.push().into_iter().map(|status| status.state).collect()
    }

    /// Until desk and FSPs are all woken by the broker, or none is.
    pub async fn until_woken(&self, woken: bool) {
        let is = |state: &PushState| matches!(state, PushState::Subscribed { .. }) == woken;
        let holds = || self.desk_state().as_ref().is_some_and(is) && self.fsp_states().iter().all(is);
        self.until("all are woken, or none", holds).await;
    }

    pub async fn until_desk_woken(&self) {
        let holds = || matches!(self.desk_state(), Some(PushState::Subscribed { .. }));
        self.until("the desk is woken", holds).await;
    }

    pub async fn until_fsps_woken(&self, number: usize) {
        let is = |state: &&PushState| matches!(state, PushState::Subscribed { .. });
        self.until("so many FSPs are woken", || self.fsp_states().iter().filter(is).count() == number).await;
    }

    pub fn units(&self) -> usize {
        self.profile.units.len()
    }

    /// A quarter of its power for half an hour, now.
    pub fn run_now(&self, unit: &str, number: usize) -> Command {
        let unit = self.profile.unit(&unit.parse().unwrap()).unwrap();
        let now = self.clock.now();
        let real = RealLevel { reference: Reference::Delta, watts: Watts(100_000), price: None };
        Command::Send(Box::new(DispatchParts {
            network_operator: unit.operator.clone(),
            dispatch_ref: format!("PUSH-{number}").parse().unwrap(),
            revision: Revision::FIRST,
            status: Status::RunNow,
            contract: unit.contract.clone(),
            unit: unit.unit.clone(),
            instruction_time: now,
            service_start: now,
            service_end: now + 1800,
            setpoints: vec![Setpoint { at: now, real: Some(real), reactive: None }],
        }))
    }

    pub async fn ask(&mut self, command: Command) {
        self.accepted = self.count_accepted();
        self.desk.handle.give(command).unwrap();
    }

    /// How many revisions their FSPs have accepted, as the desk knows it.
    fn count_accepted(&self) -> usize {
        let snapshot = self.desk.handle.snapshot();
        let rungs = snapshot.dispatches.iter().flat_map(|d| &d.ladder);
        rungs.filter(|rung| rung.stage == Stage::Accepted).count()
    }

    /// Until so many more are accepted than when the command was given; answers when that was.
    pub async fn until_accepted(&self, more: usize) -> Instant {
        self.until("it is accepted", || self.count_accepted() >= self.accepted + more).await;
        Instant::now()
    }

    pub fn polls_of(&self, fsp: &str) -> u32 {
        let all = self.exchanges.since(0);
        let polls =
            all.iter().filter(|e| e.client == fsp && e.method == "GET" && e.target.contains("/events"));
        u32::try_from(polls.count()).unwrap()
    }

    pub async fn close(self) {
        self.desk.stop().await;
        self.fleet.stop().await;
        let _ = self.end_vtn.send(());
        let _ = tokio::time::timeout(Duration::from_secs(8), self.vtn).await;
    }
}
