//! A trainer's process and a trainee's, over TLS on this machine: one scenario to its end, the trainee's killed in the middle of
//! it and started again. Else what is taught at two machines would be lost with one of them, or would tell the trainee what
//! comes.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use rampdesk::desk::snapshot::Mode;
use rampdesk::desk::{self, DeskConfig};
use rampdesk::dispatch::Stage;
use rampdesk::entropy::Entropy;
use rampdesk::journal::{EntryKind, Journal, Recorded};
use rampdesk::openadr::client::{Client, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::openadr::tls_files::ClientTlsFiles;
use rampdesk::openadr::transport::{Transport, TransportError};
use rampdesk::profile::approval::ApprovalRules;
use rampdesk::profile::connection::Connection;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::operators::Operators;
use rampdesk::profile::secrets::{DESK_CLIENT, Secrets};
use rampdesk::profile::trust::Trust;
use rampdesk::time::{Clock, Rate};
use rampdesk::workshop::live::{Workshop, WorkshopConfig};
use rampdesk::workshop::remote::{Away, Follower, FollowerParts};
use rampdesk::workshop::scenario::Scenario;
use rampdesk::workshop::timekeeper::ClockOrder;

/// Some minutes of a story, in which a unit does less than it says.
const SCENARIO: &str = r#"
name = "The half-hearted battery"
about = "A battery that says more than it does."
fleet = "demo"
seed = 31
start = "2026-11-26T17:00:00Z"
run_for = "T+00:11"
poll_seconds = 10

[[steps]]
at = "T+00:00:10"
action = "send"
ref = "AWAY-1"
unit = "BRIGHTFLEX/BESS-07"
service_start = "T+00:01:30"
service_end = "T+00:10"
setpoints = [{ at = "T+00:01:30", reference = "DELTA", real_kw = 1000 }]

[[steps]]
at = "T+00:00:45"
action = "fault"
unit = "BRIGHTFLEX/BESS-07"
fault = "partial"
share = 0.5

[[steps]]
at = "T+00:01"
action = "tell"
from = "Control engineer"
text = "Keep an eye on the ring."

[[steps]]
at = "T+00:03"
action = "note"
text = "Who sees the shortfall first?"

[[steps]]
at = "T+00:05"
action = "tell"
from = "Shift leader"
text = "How much is Harborough giving us?"

[[steps]]
at = "T+00:08:30"
action = "stop"
ref = "AWAY-1"
"#;

/// What the trainee's process must not be told, whenever.
const SECRETS: [&str; 6] = [
    "half-hearted",
    "says more than it does",
    "partial",
    "Who sees the shortfall first",
    "Fault:",
    "run_for",
];

/// A process of the program, which ends with the test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(folder: &Path, line: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rampdesk"))
            .args(line)
            .current_dir(folder)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// The next line; empty at the end.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Reads on until a line has these words.
    fn until(&mut self, words: &str) -> String {
        let mut read = String::new();
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "it ended before “{words}”, after {read}");
            read += &line;
            if line.contains(words) {
                return read;
            }
        }
    }

    /// Ends it as a power cut does.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end; what it said until then.
    fn end(mut self) -> String {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}: {rest}");
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn entries(path: &Path) -> Vec<Recorded> {
    let journal = Journal::open_to_read(path).unwrap();
    journal.verify().unwrap();
    journal.entries(0, usize::MAX).unwrap()
}

#[test]
fn a_scenario_goes_to_its_end_at_two_processes_though_the_trainees_is_killed_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("story.toml"), SCENARIO).unwrap();
    let began = Instant::now();
    let mut trainer = Running::start(
        at,
        &[
            "workshop",
            "story.toml",
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
            "--hand-over",
            "desk",
            "--run-at",
            "600",
        ],
    );
    let ready: serde_json::Value = serde_json::from_str(&trainer.line()).unwrap();
    let record = at.join(ready["folder"].as_str().unwrap());

    let mut trainee = Running::start(at, &["trainee", "desk", "--without-window"]);
    let mut heard = trainee.until("Keep an eye on the ring.");
    trainee.kill();
    let before = entries(&at.join("desk/journal.sqlite")).len();
    let mut trainee = Running::start(at, &["trainee", "desk", "--without-window"]);
    let again = trainee.until("How much is Harborough giving us?");
    assert!(
        again.contains("Keep an eye on the ring."),
        "who was killed has forgotten what was said: {again}"
    );
    heard += &again;
    heard += &trainee.end();
    let told = trainer.end();
    println!("{:.1} s in all", began.elapsed().as_secs_f64());

    // The story was acted out at the trainee's desk, and is told where it belongs.
    for (words, at_both) in [
        ("AWAY-1", true),
        ("Keep an eye on the ring.", true),
        ("How much is Harborough giving us?", true),
        ("Who sees the shortfall first?", false),
        ("Fault: partial delivery of BRIGHTFLEX/BESS-07", false),
    ] {
        assert!(told.contains(words), "{words}: {told}");
        assert_eq!(heard.contains(words), at_both, "{words}: {heard}");
    }
    assert!(!told.contains("\"done\":false"), "{told}");

    // One journal over both runs of it, and the trainer holds the same.
    let own = entries(&at.join("desk/journal.sqlite"));
    assert!(own.len() > before, "it went on where it was killed");
    let copy = entries(&record.join("trainee.sqlite"));
    let ends = |entries: &[Recorded]| entries.last().map(|entry| entry.hash.clone());
    let common = copy.len().min(own.len());
    assert_eq!(ends(&copy[..common]), ends(&own[..common]));
    // But for what the desk writes as it ends.
    let is_marked = |recorded: &&Recorded| {
        use EntryKind::{Acknowledgement, Alarm, Delivery, Intent, Sent};
        matches!(recorded.entry.kind, Acknowledgement | Alarm | Delivery | Intent | Sent)
    };
    let last = own.iter().rev().find(is_marked).unwrap();
    assert!(last.number <= copy.len() as u64, "{last:?} did not come to the trainer");
    let of = |kind: EntryKind| own.iter().filter(move |recorded| recorded.entry.kind == kind);
    let sent: Vec<&Recorded> = of(EntryKind::Sent).collect();
    assert_eq!(sent.len(), 2, "the dispatch and its STOP, once each: {sent:#?}");
    for stage in [Stage::Accepted, Stage::Started, Stage::AtSetpoint, Stage::Stopped] {
        let came = of(EntryKind::Acknowledgement).any(|recorded| recorded.entry.text.contains(stage.word()));
        assert!(came, "{stage:?} did not come: {own:#?}");
    }
    assert!(
        of(EntryKind::Alarm).any(|recorded| recorded.entry.text.contains("delivers")),
        "the shortfall is the trainee's to find: {own:#?}"
    );
    assert!(record.join("debrief.html").exists());

    // Nothing that was handed over or written there tells the story.
    for file in ["desk/connection.toml", "desk/fleet.toml", "desk/trust.toml"] {
        let text = std::fs::read_to_string(at.join(file)).unwrap();
        assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{file}: {text}");
    }
    let journal = format!("{own:?}");
    assert!(SECRETS.iter().all(|secret| !journal.contains(secret)), "{journal}");
    assert!(began.elapsed() < Duration::from_secs(90), "{:?}", began.elapsed());
}

/// Everything that comes over the trainee's line, once TLS is taken off.
struct Tapped {
    inner: TcpTransport,
    came: Arc<Mutex<Vec<u8>>>,
}

#[async_trait::async_trait]
impl Transport for Tapped {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let answer = self.inner.send(request).await?;
        let mut came = self.came.lock().unwrap();
        came.extend(format!("{:?}\n", answer.headers()).bytes());
        came.extend(answer.body());
        came.push(b'\n');
        drop(came);
        Ok(answer)
    }
}

/// Else a trainee with a network analyser, or a console of their own making, would read what is to come.
#[test]
fn nothing_that_the_trainers_machine_sends_to_the_trainees_tells_of_what_is_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let handed = folder.path().join("desk");
    let scenario = Scenario::from_toml("story.toml", SCENARIO, folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let within = runtime.enter();
    let away = Away {
        listener: TcpListener::bind("127.0.0.1:0").unwrap(),
        hosts: vec!["127.0.0.1".to_owned()],
        hand_over: handed.clone(),
    };
    let config = WorkshopConfig {
        scenario,
        folder: Some(folder.path().join("workshops")),
        opened: Clock::real().now(),
        away: Some(away),
    };
    let workshop = Workshop::open(config).unwrap();
    let text = |name: &str| std::fs::read_to_string(handed.join(name)).unwrap();
    let connection = Connection::from_toml("connection.toml", &text("connection.toml")).unwrap();
    let secrets = Secrets::from_toml("secrets", &text("desk.secrets.toml")).unwrap();
    assert!(secrets.fsps.is_empty() && secrets.clients.len() == 1, "a control room has no FSP's keys");
    let tls = ClientTlsFiles {
        ca: Some(handed.join("tls/ca.pem")),
        certificate: Some(handed.join("tls/desk.pem")),
        key: Some(handed.join("tls/desk.key")),
    };
    let came = Arc::new(Mutex::new(Vec::new()));
    let transport = TcpTransport::bounded(&tls.load().unwrap(), connection.bounds()).unwrap();
    let transport: Arc<dyn Transport> = Arc::new(Tapped { inner: transport, came: Arc::clone(&came) });
    let client = |clock: Clock| {
        Client::new(ClientParts {
            base_url: connection.vtn.clone(),
            credentials: Credentials {
                client_id: DESK_CLIENT.to_owned(),
                secret: secrets.clients[DESK_CLIENT].clone(),
            },
            transport: Arc::clone(&transport),
            clock,
            entropy: Entropy::system(),
            exchanges: ExchangeLog::keeping(0),
            label: DESK_CLIENT.to_owned(),
        })
        .unwrap()
    };
    let journal = handed.join("journal.sqlite");
    let parts =
        FollowerParts { client: client(Clock::real()), entropy: Entropy::system(), journal: journal.clone() };
    let (follower, clock, kept) = runtime.block_on(Follower::begin(parts)).unwrap();
    let desk = desk::start(DeskConfig {
        profile: Arc::new(FleetProfile::from_toml("fleet.toml", &text("fleet.toml")).unwrap()),
        operators: Operators::built_in(),
        client: client(clock.clone()),
        secrets: secrets.clone(),
        trust: Trust::from_toml("trust.toml", &text("trust.toml")).unwrap(),
        journal: Journal::open(&journal).unwrap(),
        clock: clock.clone(),
        entropy: Entropy::system(),
        mode: Mode::Training,
        approval: ApprovalRules::default(),
        sign_off_after_s: 3600,
        follows_only: None,
        follow_every_s: 2.0,
        push: None,
    });
    assert!(workshop.handle().control().order(ClockOrder::Run(Rate::times(600.0).unwrap())));
    runtime.block_on(async {
        follower.run(desk.handle.clone()).await;
        assert!(kept.now().ended);
        let shown = (clock.now(), workshop.clock().now());
        assert_eq!(shown.0, shown.1, "both clocks stand at the end");
        desk.stop().await;
        workshop.close().await;
    });
    drop(within);
    let came = String::from_utf8_lossy(&came.lock().unwrap()).into_owned();
    for is_for_them in
        ["Keep an eye on the ring.", "How much is Harborough giving us?", "AWAY-1", "AT_SETPOINT"]
    {
        assert!(came.contains(is_for_them), "the tap heard no {is_for_them}");
    }
    for secret in SECRETS {
        assert!(!came.contains(secret), "{secret} came over the line");
    }
    // Of what is said, each thing came when it was said: the second was not there before the first had been heard of.
    let [first, second] =
        ["Keep an eye on the ring.", "How much is Harborough giving us?"].map(|w| came.find(w).unwrap());
    assert!(came[first..second].matches("\"shows\"").count() > 5);
}
