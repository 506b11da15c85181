//! The program's own processes: a VTN, a fleet, and one command after another that sends, all over TCP on this machine. One
//! of the three is killed; what the desk then shows is read by a desk on the same journal.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rampdesk::desk::command;
use rampdesk::desk::snapshot::{Mode, Snapshot};
use rampdesk::desk::{self, DeskConfig};
use rampdesk::dispatch::{Dispatch, DispatchKey, DispatchParts, Status, dispatch_to_json};
use rampdesk::entropy::Entropy;
use rampdesk::journal::Journal;
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::{DESK_CLIENT, Secrets};
use rampdesk::profile::trust::Trust;
use rampdesk::time::Clock;
use rampdesk::vtn::BASE_PATH;

use super::engine::all_is_known;
use super::evidence::{Evidence, Found};
use super::scenario::{self, Scenario};
use super::shown::Shown;

/// So many dispatches are sent together.
const TOGETHER: usize = 32;
/// The latest instant of a kill after the command that sends was started, ms: it takes a little longer to have sent them all.
const SENDING_MS: f64 = 400.0;

/// Which process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    Desk,
    Fleet,
    Vtn,
}

pub struct PartsSite {
    folder: tempfile::TempDir,
    port: u16,
    vtn: Process,
    fleet: Process,
    evidence: Evidence,
    scenario: Scenario,
    snapshot: Arc<Snapshot>,
}

/// A process of the program, killed when it is let go of.
struct Process(Child);

impl Process {
    fn start(folder: &Path, line: &str) -> Self {
        let log = fs::OpenOptions::new().create(true).append(true).open(folder.join("stderr.txt")).unwrap();
        let mut command = Command::new(super::program());
        command.args(line.split_whitespace()).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Self(command.spawn().unwrap())
    }

    /// SIGKILL: it gets no chance to tidy up.
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    async fn ends_within(&mut self, seconds: u64) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(seconds) {
            if self.has_ended() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl PartsSite {
    pub async fn new(entropy: &Entropy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(at.join("fleet.toml"), scenario::fleet().to_toml()).unwrap();
        let keygen = format!("keygen --fleet fleet.toml --vtn http://127.0.0.1:{port}{BASE_PATH} --out .");
        assert!(Process::start(at, &keygen).ends_within(60).await, "keygen did not end");
        let vtn = start_vtn(at, port);
        // A fleet that finds no VTN tries again.
        let fleet = start_fleet(at, port);
        let evidence = Evidence::of(&at.join("journal.sqlite"), &at.join("data/vtn.sqlite"));
        let scenario = Scenario::new(entropy.fork("parts"));
        let snapshot = look(at, port).await;
        Self { folder, port, vtn, fleet, evidence, scenario, snapshot }
    }

    /// Sends, kills one at some instant meanwhile, starts it again and looks at what there is.
    pub async fn kill_once(&mut self, role: Role, entropy: &Entropy) -> Found {
        let folder = self.folder.path().to_owned();
        let mut send = self.send(&folder, entropy).await;
        match role {
            Role::Desk => {
                // One that has ended by then cannot be killed: others are sent.
                while send.has_ended() {
                    self.snapshot = look(&folder, self.port).await;
                    send = self.send(&folder, entropy).await;
                }
                send.kill();
            }
            Role::Fleet => {
                self.fleet.kill();
                self.fleet = start_fleet(&folder, self.port);
            }
            Role::Vtn => {
                self.vtn.kill();
                self.vtn = start_vtn(&folder, self.port);
            }
        }
        let has_ended = send.ends_within(90).await;
        let mut found = Found::default();
        for attempt in 0..3 {
            self.snapshot = look(&folder, self.port).await;
            found = self.evidence.look(&Shown::of(&self.snapshot));
            if found.faults.is_empty() || attempt == 2 {
                break;
            }
        }
        if !has_ended {
            found.faults.push("the command that sends did not end within 90 s".to_owned());
        }
        found
    }

    /// Starts a command that sends, and lets it run up to the instant of a kill.
    async fn send(&mut self, folder: &Path, entropy: &Entropy) -> Process {
        let files = self.write_dispatches(folder);
        let line = format!("send {} --connection connection.toml --follow 0.2", files.join(" "));
        let send = Process::start(folder, &line);
        tokio::time::sleep(Duration::from_secs_f64(entropy.unit() * SENDING_MS / 1000.0)).await;
        send
    }

    /// What the scenario asks for, no two of one ref, as files.
    fn write_dispatches(&mut self, folder: &Path) -> Vec<String> {
        let mut names = Vec::new();
        let mut keys: Vec<DispatchKey> = Vec::new();
        while names.len() < TOGETHER {
            let Some(command) = self.scenario.next(&self.snapshot, Clock::real().now()) else { continue };
            let Some(parts) = self.document_of(command) else { continue };
            let dispatch = Dispatch::new(parts).unwrap();
            if keys.contains(&dispatch.key()) {
                continue;
            }
            keys.push(dispatch.key());
            let name = format!("dispatch-{}.json", names.len());
            fs::write(folder.join(&name), dispatch_to_json(&dispatch, None)).unwrap();
            names.push(name);
        }
        names
    }

    /// A command as a document; `None` where it is none.
    fn document_of(&self, command: command::Command) -> Option<DispatchParts> {
        let stopped = |last: &Dispatch, status| {
            let parts = last.parts().clone();
            DispatchParts { revision: parts.revision.next(), status, setpoints: Vec::new(), ..parts }
        };
        match command {
            command::Command::Send(parts) => Some(*parts),
            command::Command::Stop(key) => {
                let state = self.snapshot.dispatches.iter().find(|state| state.key == key)?;
                Some(stopped(state.dispatch()?, Status::Stop))
            }
            command::Command::EmergencyStop { units, .. } => {
                let of_it = |d: &&Dispatch| units.is_empty() || units.contains(&d.unit);
                let open = self.snapshot.dispatches.iter().filter(|state| state.is_open());
                let last = open.filter_map(|state| state.dispatch()).find(of_it)?;
                Some(stopped(last, Status::EmergencyStop))
            }
            _ => None,
        }
    }

    /// Leaves its files where they are.
    pub fn keep(self) {
        eprintln!("the processes' files are left in {}", self.folder.keep().display());
    }
}

fn start_vtn(folder: &Path, port: u16) -> Process {
    Process::start(
        folder,
        &format!("vtn --listen 127.0.0.1:{port} --data data --seed-clients vtn.clients.toml"),
    )
}

fn start_fleet(folder: &Path, port: u16) -> Process {
    let line = format!(
        "fleet --vtn http://127.0.0.1:{port}{BASE_PATH} --profile fleet.toml --secrets fleet.secrets.toml --trust trust.toml"
    );
    Process::start(folder, &line)
}

/// What a desk on this journal shows once all is known.
async fn look(folder: &Path, port: u16) -> Arc<Snapshot> {
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let secrets = Secrets::from_toml("desk.secrets.toml", &text("desk.secrets.toml")).unwrap();
    let trust = Trust::from_toml("trust.toml", &text("trust.toml")).unwrap();
    let (clock, entropy) = (Clock::real(), Entropy::system());
    let client = Client::new(ClientParts {
        base_url: format!("http://127.0.0.1:{port}{BASE_PATH}"),
        credentials: Credentials {
            client_id: DESK_CLIENT.to_owned(),
            secret: secrets.clients[DESK_CLIENT].clone(),
        },
        transport: Arc::new(TcpTransport::new().unwrap()),
        clock: clock.clone(),
        entropy: entropy.fork("client"),
        exchanges: ExchangeLog::keeping(0),
        label: DESK_CLIENT.to_owned(),
    })
    .unwrap();
    let desk = desk::start(DeskConfig {
        profile: Arc::new(scenario::fleet()),
        operators: Operators::built_in(),
        client,
        secrets,
        trust,
        journal: Journal::open(&folder.join("journal.sqlite")).unwrap(),
        clock,
        entropy,
        mode: Mode::Sandbox,
        approval: ApprovalRules::default(),
        sign_off_after_s: desk::SIGN_OFF_AFTER_S,
        follows_only: None,
        follow_every_s: 0.3,
        push: None,
    });
    let mut handle = desk.handle.clone();
    let within = tokio::time::timeout(Duration::from_secs(60), all_is_known(&mut handle)).await;
    within.expect("not all FSPs were heard within a minute");
    desk.stop().await;
    handle.snapshot()
}
