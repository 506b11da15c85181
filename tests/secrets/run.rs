//! A VTN, a fleet and desks as processes, with right and wrong credentials.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rampdesk::certificate::{Authority, Validity};
use rampdesk::entropy::Entropy;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::profile::secrets::Secrets;
use rampdesk::time::{Clock, UtcTime};

use super::clumsy::clumsy_requests;
use super::forms::Hoard;
use super::processes::{Running, eventually, run};
use super::site::{
    ADDRESS_PASSWORD, BROKER_PASSWORD, CALLBACK_TOKEN, Site, WRONG_SECRET, add_all, private, read_secrets,
    scalar,
};
use super::wire::{Recorder, refusing_broker};

/// For what is done at once.
const SOON: Duration = Duration::from_secs(30);

fn utc(after_s: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    UtcTime::from_unix(i64::try_from(now + after_s).unwrap()).to_string()
}

const NEWCOMER: &str = include_str!("../newflex.toml");

fn dispatch(number: u32) -> String {
    format!(
        r#"{{"profile": "gb-dispatch/1", "network_operator": "GB-DNO-11", "dispatch_ref": "EMID-SECRETS-{number:04}", "revision": 1,
        "status": "RUN", "contract": "EMID-C-2026-0193", "dispatch_unit": {{"fsp": "BRIGHTFLEX", "unit": "BESS-07"}},
        "instruction_time": "{}", "service_start": "{}", "service_end": "{}", "setpoints": [{{"at": "{}", "parameters": [
        {{"service_type": "REAL", "reference": "DELTA", "volume": 400, "units": "KW"}}]}}]}}"#,
        utc(0),
        utc(3600 * u64::from(number)),
        utc(3600 * u64::from(number) + 600),
        utc(3600 * u64::from(number) + 60),
    )
}

/// The connection file with its VTN and its secrets changed.
fn connection(given: &Path, name: &str, vtn: &str, secrets: &str) {
    let text = fs::read_to_string(given.join("connection.toml")).unwrap();
    let changed: Vec<String> = text
        .lines()
        .map(|line| match line.split_once('=').map(|(key, _)| key.trim()) {
            Some("vtn") => format!("vtn = \"{vtn}\""),
            Some("secrets") => format!("secrets = \"{secrets}\""),
            _ => line.to_owned(),
        })
        .collect();
    fs::write(given.join(name), changed.join("\n")).unwrap();
}

/// What a run is given, each party by its own files, and everything of it that must stand nowhere.
struct Stage {
    site: Site,
    given: PathBuf,
    written: PathBuf,
    hoard: Hoard,
    /// The VTN's own clients.
    own: Secrets,
    /// Of parties that the VTN does not know.
    strange: Secrets,
}

impl Stage {
    fn set() -> Self {
        let site = Site { folder: tempfile::tempdir().unwrap() };
        let (given, written) = (site.folder.path().join("given"), site.folder.path().join("written"));
        fs::create_dir(&written).unwrap();
        let made = run(&written, "keygen", "keygen --fleet demo --out ../given", SOON);
        assert!(made.unwrap().success());
        let own = read_secrets(&given.join("vtn.clients.toml"));
        let now = Clock::real().now();
        let (strange, _) = Secrets::generate(&FleetProfile::demo(), &Entropy::system(), now).unwrap();
        let mut hoard = Hoard::default();
        for (whose, secrets) in [
            ("as the VTN has it", &own),
            ("as the fleet has it", &read_secrets(&given.join("fleet.secrets.toml"))),
            ("as the desk has it", &read_secrets(&given.join("desk.secrets.toml"))),
            ("of a stranger", &strange),
        ] {
            add_all(&mut hoard, whose, secrets);
        }
        for (name, text) in [
            ("the callback's token", CALLBACK_TOKEN),
            ("the broker's password", BROKER_PASSWORD),
            ("a wrong secret", WRONG_SECRET),
            ("a password within an address", ADDRESS_PASSWORD),
        ] {
            hoard.add(name, text.as_bytes());
        }
        Self { site, given, written, hoard, own, strange }
    }

    fn is_given(&self, name: &str, text: &str) {
        private(&self.given.join(name), text);
    }

    /// Secrets and keys that are right, that nobody knows, and that cannot be read.
    fn give_keys(&mut self) {
        let validity = Validity::days(Clock::real().now(), 1);
        let authority = Authority::new("Test authority", validity).unwrap();
        let issued = authority.client("vtn", validity).unwrap();
        self.is_given("ca.crt", authority.certificate());
        self.is_given("vtn.crt", &issued.certificate);
        self.is_given("vtn.key", issued.key.reveal());
        self.is_given("broken.key", &issued.key.reveal().replace("-----END", "----END"));
        self.hoard.add("the key for the broker", &scalar(issued.key.reveal()));
        self.is_given("broker.password", &format!("{BROKER_PASSWORD}\n"));
        self.is_given("wrong.secrets.toml", self.strange.to_toml().reveal());
        let desk = fs::read_to_string(self.given.join("desk.secrets.toml")).unwrap();
        self.is_given("broken.secrets.toml", &desk.replacen(" = \"", " = ", 2));
        fs::write(self.given.join("open.secrets.toml"), &desk).unwrap();
        // The desk's own client, with an operator's key that nobody knows.
        let mut forger = read_secrets(&self.given.join("desk.secrets.toml"));
        forger.operators = self.strange.operators.clone();
        self.is_given("forged.secrets.toml", forger.to_toml().reveal());
    }

    fn start(&self, name: &str, line: &str) -> Running {
        Running::start(&self.written, name, line)
    }

    /// One dispatch with right secrets, which is accepted; the others come to nothing.
    fn send_with_each_secret(&self, vtn: &str) {
        for (number, name, vtn) in [
            (1, "desk", vtn),
            (2, "wrong", vtn),
            (3, "broken", vtn),
            (4, "open", vtn),
            (5, "forged", vtn),
            (6, "away", "http://127.0.0.1:1/openadr3/3.1.0"),
        ] {
            let secrets = if name == "away" { "desk" } else { name };
            connection(&self.given, &format!("{name}.toml"), vtn, &format!("{secrets}.secrets.toml"));
            fs::write(self.written.join(format!("{name}.json")), dispatch(number)).unwrap();
            let line = format!(
                "send {name}.json --connection ../given/{name}.toml --journal {name}.sqlite --wait accepted --json"
            );
            // What cannot be done is tried until it is ended.
            let patience = if name == "desk" { SOON } else { Duration::from_secs(3) };
            let status = run(&self.written, &format!("send-{name}"), &line, patience);
            assert_eq!(status.is_some_and(|s| s.success()), name == "desk", "send with {name}: {status:?}");
        }
    }

    /// An FSP comes, gets another secret, and goes.
    fn onboard_somebody(&mut self) {
        fs::write(self.given.join("newcomer.toml"), NEWCOMER).unwrap();
        let at = "onboard --connection ../given/desk.toml --fsp NEWFLEX";
        let coming =
            format!("{at} --units ../given/newcomer.toml --telephone 1 --out ../given/handed --json");
        let (again, going) = (format!("{coming} --new-secret"), format!("{at} --withdraw"));
        for (name, line) in [("comes", &coming), ("again", &again), ("goes", &going)] {
            assert!(run(&self.written, name, line, SOON).unwrap().success(), "{line}");
            let handed = read_secrets(&self.given.join("handed/fleet.secrets.toml"));
            add_all(&mut self.hoard, &format!("as it was handed over when it {name}"), &handed);
        }
    }

    /// What else a person may do there.
    fn look_around(&self) {
        for (name, key, lives) in [("tls", "vtn.key", true), ("broken-tls", "broken.key", false)] {
            let line = format!(
                "vtn --seed-clients ../given/vtn.clients.toml --tls-cert ../given/vtn.crt --tls-key ../given/{key} \
                 --tls-client-ca ../given/ca.crt"
            );
            let status = run(&self.written, name, &line, Duration::from_secs(2));
            assert_eq!(status.is_none(), lives, "{name}");
        }
        for (name, key, lives) in [("broken-key", "broken.key", false), ("mqtts", "vtn.key", true)] {
            let line = format!(
                "vtn --seed-clients ../given/vtn.clients.toml --mqtt mqtts://127.0.0.1:1 --mqtt-ca ../given/ca.crt \
                 --mqtt-certificate ../given/vtn.crt --mqtt-key ../given/{key}"
            );
            let status = run(&self.written, name, &line, Duration::from_secs(2));
            assert_eq!(status.is_none(), lives, "{name}");
        }
        // Neither a password within an address, nor within what is none.
        for (number, address) in ["127.0.0.1:1", "127.0.0.1:1:1"].into_iter().enumerate() {
            let place = format!("desk:{ADDRESS_PASSWORD}@{address}");
            let keys = "--secrets ../given/fleet.secrets.toml --trust ../given/trust.toml";
            for (name, line) in [
                ("broker", format!("vtn --seed-clients ../given/vtn.clients.toml --mqtt mqtt://{place}")),
                (
                    "told",
                    format!(
                        "vtn --seed-clients ../given/vtn.clients.toml --mqtt mqtt://127.0.0.1:1 --mqtt-announce mqtt://{place}"
                    ),
                ),
                ("fleet-at", format!("fleet --vtn http://{place}/x --profile demo {keys}")),
                (
                    "moved",
                    format!(
                        "announce-move --connection ../given/desk.toml --operator GB-DNO-11 --to http://{place}/x"
                    ),
                ),
            ] {
                let status = run(&self.written, &format!("{name}-{number}"), &line, SOON);
                assert_eq!(status.unwrap().code(), Some(2), "{line}");
            }
        }
        for (name, line) in [
            ("check", "check ../given/broken.secrets.toml ../given/desk.secrets.toml"),
            ("verify", "verify desk.sqlite"),
        ] {
            run(&self.written, name, line, SOON).unwrap();
        }
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.written.join(name)).unwrap()
    }
}

#[test]
fn a_run_of_vtn_fleet_and_desk_writes_no_secret_token_or_key_anywhere() {
    let mut stage = Stage::set();
    stage.give_keys();
    let vtn = stage.start(
        "vtn",
        &format!(
            "vtn --data vtn --seed-clients ../given/vtn.clients.toml --private-callbacks --mqtt {} --mqtt-user vtn \
             --mqtt-password ../given/broker.password",
            refusing_broker()
        ),
    );
    let ready: serde_json::Value = serde_json::from_str(&eventually(&stage.written.join("vtn.out"))).unwrap();
    let base = url::Url::parse(ready["url"].as_str().unwrap()).unwrap();
    let recorder = Recorder::before(&format!("127.0.0.1:{}", base.port().unwrap()));
    let through = format!("http://{}{}", recorder.address, base.path());
    let agents = |name: &str| {
        let line = format!(
            "fleet --vtn {through} --profile demo --secrets ../given/{name}.secrets.toml --trust ../given/trust.toml"
        );
        stage.start(&format!("agents-{name}"), &line)
    };
    let (right, wrong) = (agents("fleet"), agents("wrong"));
    stage.send_with_each_secret(&through);
    let desk = stage.own.clients["desk"].reveal();
    let answers = tokio::runtime::Runtime::new().unwrap().block_on(clumsy_requests(&through, desk));
    stage.onboard_somebody();
    stage.look_around();
    let seen = [&vtn, &right, &wrong].map(|process| process.seen.clone()).concat();
    fs::write(stage.written.join("what-others-see"), seen).unwrap();
    // What the VTN says of clumsy requests goes into others' logs, but for a token for who asked rightly after all.
    let refusals: Vec<String> = answers.into_iter().filter(|a| !a.contains("access_token\":")).collect();
    assert!(refusals.len() > 15, "{refusals:?}");
    fs::write(stage.written.join("refusals"), refusals.join("\n")).unwrap();
    for process in [wrong, right, vtn] {
        process.end();
    }

    let tokens = recorder.tokens();
    // The desk, four FSPs, and the clumsy client.
    assert!(tokens.len() >= 6, "{} tokens were given out", tokens.len());
    for token in &tokens {
        stage.hoard.add(&format!("an access token ({} characters)", token.len()), token.as_bytes());
    }
    assert!(stage.hoard.len() > 30, "{} secrets", stage.hoard.len());
    for name in ["vtn.err", "agents-fleet.err", "send-desk.err"] {
        assert!(stage.said(name).contains("TRACE"), "{name} is not at its most talkative");
    }
    assert!(stage.said("vtn.err").contains("refused") && stage.said("send-desk.out").contains("ACCEPTED"));
    let found = stage.site.everything_but_what_was_given(&stage.hoard, "the callback's token");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
