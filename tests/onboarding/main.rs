//! An FSP comes to an operator by the command line: registered, given its folder, dispatched, and taken out again. Each
//! process by the files that it is given and no others, over TLS with client certificates.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod processes;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rampdesk::entropy::Entropy;
use rampdesk::openadr::client::{Client, ClientError, ClientParts, Credentials};
use rampdesk::openadr::exchange::ExchangeLog;
use rampdesk::openadr::tcp::TcpTransport;
use rampdesk::openadr::tls_files::ClientTlsFiles;
use rampdesk::profile::secrets::Secrets;
use rampdesk::time::{Clock, UtcTime};
use serde_json::json;

use processes::{Running, rampdesk};

const UNITS: &str = r#"
[[contracts]]
operator = "GB-DNO-11"
id = "EMID-C-2026-0300"
product = "Operational Utilisation"
[[units]]
unit = "BESS-01"
name = "Melton battery"
operator = "GB-DNO-11"
contract = "EMID-C-2026-0300"
baseline = { kind = "fixed", kw = 0 }
[units.asset]
kind = "battery"
max_discharge_kw = 1000
max_charge_kw = 1000
capacity_kwh = 2000
discharge_efficiency = 0.95
charge_efficiency = 0.95
min_soc = 0.05
max_soc = 0.95
initial_soc = 0.8
delay_s = 1
ramp_up_kw_per_min = 6000
ramp_down_kw_per_min = 6000
"#;

/// An operator's folder with a VTN that asks for client certificates.
struct Operator {
    folder: tempfile::TempDir,
    url: String,
    _vtn: Running,
}

impl Operator {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let made = rampdesk(at, "keygen --fleet demo --certificates 127.0.0.1");
        assert!(made.status.success(), "{}", made.stderr);
        fs::write(at.join("units.toml"), UNITS).unwrap();
        let vtn = Running::start(
            at,
            "vtn --data data --seed-clients vtn.clients.toml --tls-cert tls/server.pem --tls-key tls/server.key \
             --tls-client-ca tls/ca.pem",
        );
        let said: serde_json::Value = serde_json::from_str(&vtn.first_line()).unwrap();
        let url = said["url"].as_str().unwrap().to_owned();
        let connection = fs::read_to_string(at.join("connection.toml")).unwrap();
        let default = "https://127.0.0.1:8080/openadr3/3.1.0";
        assert!(connection.contains(default), "{connection}");
        fs::write(at.join("connection.toml"), connection.replace(default, &url)).unwrap();
        Self { folder, url, _vtn: vtn }
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn onboards(&self, more: &str) -> processes::Said {
        let line = format!(
            "onboard --connection connection.toml --fsp NEWFLEX --units units.toml --telephone 01164960100 --authority tls \
             --out handed {more}"
        );
        rampdesk(self.at(), &line)
    }

    /// A client with these credentials, showing this certificate.
    fn client(&self, credentials: Credentials, certificate: Option<(PathBuf, PathBuf)>) -> Client {
        let (certificate, key) = certificate.unzip();
        let files = ClientTlsFiles { ca: Some(self.at().join("tls/ca.pem")), certificate, key };
        Client::new(ClientParts {
            base_url: self.url.clone(),
            label: credentials.client_id.clone(),
            credentials,
            transport: Arc::new(TcpTransport::secured(&files.load().unwrap()).unwrap()),
            clock: Clock::real(),
            entropy: Entropy::system(),
            exchanges: ExchangeLog::keeping(10),
        })
        .unwrap()
    }
}

fn credentials(secrets: &Path, client_id: &str) -> Credentials {
    let text = fs::read_to_string(secrets).unwrap();
    let secrets = Secrets::from_toml("secrets.toml", &text).unwrap();
    Credentials { client_id: client_id.to_owned(), secret: secrets.clients[client_id].clone() }
}

fn pair(folder: &Path, client_id: &str) -> Option<(PathBuf, PathBuf)> {
    let file = |ending: &str| folder.join(format!("{client_id}.{ending}"));
    Some((file("pem"), file("key")))
}

/// A dispatch of the new unit that is over in a few seconds.
fn dispatch(reference: &str) -> String {
    let now = Clock::real().now().unix();
    let utc = |seconds: i64| UtcTime::from_unix(now + seconds).to_string();
    json!({
        "profile": "gb-dispatch/1", "network_operator": "GB-DNO-11", "dispatch_ref": reference, "revision": 1,
        "status": "RUN_NOW", "contract": "EMID-C-2026-0300", "dispatch_unit": {"fsp": "NEWFLEX", "unit": "BESS-01"},
        "instruction_time": utc(0), "service_start": utc(0), "service_end": utc(70),
        "setpoints": [{"at": utc(0), "parameters": [
            {"service_type": "REAL", "reference": "DELTA", "volume": 400, "units": "KW"}]}]
    })
    .to_string()
}

/// Every file below a folder with its bytes, in order.
fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push((path.clone(), fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}

fn is_refused<T>(answer: Result<T, ClientError>, says: &str) {
    let Err(error) = answer else { panic!("it was let in") };
    assert!(error.to_string().contains(says), "{says}: {error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_fsp_is_onboarded_dispatched_and_taken_out_again() {
    let operator = Operator::open();
    let at = operator.at();

    let looked = operator.onboards("--check");
    assert!(looked.status.success(), "{}", looked.stderr);
    assert!(looked.stdout.contains("to do  OAuth client NEWFLEX"), "{}", looked.stdout);
    assert!(!at.join("handed").exists() && !at.join("onboarded").exists(), "a look leaves nothing");

    let done = operator.onboards("");
    assert!(done.status.success(), "{}{}", done.stdout, done.stderr);
    let handed = files_below(&at.join("handed"));
    let names: Vec<String> = handed
        .iter()
        .map(|(path, _)| path.strip_prefix(at.join("handed")).unwrap().display().to_string())
        .collect();
    let all = [
        "README.txt",
        "fleet.secrets.toml",
        "fleet.toml",
        "tls/ca.pem",
        "tls/clients/NEWFLEX.key",
        "tls/clients/NEWFLEX.pem",
        "trust.toml",
    ];
    assert_eq!(names, all);
    let own = credentials(&at.join("handed/fleet.secrets.toml"), "NEWFLEX");
    for said in [&done.stdout, &done.stderr] {
        assert!(!said.contains(own.secret.reveal()), "a secret was printed");
    }
    for (path, bytes) in files_below(&at.join("onboarded")).into_iter().chain(files_below(&at.join("data"))) {
        let secret = own.secret.reveal().as_bytes();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret), "{} holds a secret", path.display());
    }
    #[cfg(unix)]
    for private in ["fleet.secrets.toml", "tls/clients/NEWFLEX.key"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(at.join("handed").join(private)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{private}");
    }

    let again = operator.onboards("--json");
    assert!(again.status.success(), "{}", again.stderr);
    assert!(!again.stdout.contains("\"due\"") && again.stdout.contains("\"ready\""), "{}", again.stdout);
    assert_eq!(files_below(&at.join("handed")), handed, "nothing is made twice");

    // With its folder alone, elsewhere.
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().join("site");
    fs::rename(at.join("handed"), &place).unwrap();
    let readme = fs::read_to_string(place.join("README.txt")).unwrap();
    let line = readme.lines().find_map(|line| line.trim().strip_prefix("rampdesk ")).unwrap();
    let fleet = Running::start(&place, line);
    fs::write(at.join("dispatch.json"), dispatch("EMID-NEW-0001")).unwrap();
    let sent = rampdesk(at, "send dispatch.json --connection connection.toml --wait accepted --json");
    assert!(sent.status.success(), "{}{}", sent.stdout, sent.stderr);
    assert!(sent.stdout.contains("ACCEPTED"), "{}", sent.stdout);

    // Another site's credentials open that site alone.
    let brightflex = credentials(&at.join("fleet.secrets.toml"), "BRIGHTFLEX");
    let thief = operator.client(brightflex.clone(), pair(&at.join("tls/clients"), "BRIGHTFLEX"));
    let anchor = thief.events(None).await.unwrap().remove(0);
    let report = serde_json::from_value(json!({
        "eventID": anchor.meta.id, "programID": anchor.program_id, "clientName": "BRIGHTFLEX",
        "resources": [{"resourceName": "BESS-01", "intervals": [{"id": 0, "payloads": [{"type": "READING", "values": [1.0]}]}]}]
    }))
    .unwrap();
    is_refused(thief.post_report(&report, |_| false).await, "has no resource `BESS-01`");
    // Its secret, without the certificate that names it or with another's, opens nothing.
    let stolen = || credentials(&place.join("fleet.secrets.toml"), "NEWFLEX");
    let others = operator.client(stolen(), pair(&at.join("tls/clients"), "BRIGHTFLEX"));
    is_refused(others.programs().await, "is of BRIGHTFLEX and does not name client `NEWFLEX`");
    assert!(operator.client(stolen(), None).programs().await.is_err());

    let own_pair = pair(&place.join("tls/clients"), "NEWFLEX");
    let before = operator.client(stolen(), own_pair.clone());
    assert_eq!(before.programs().await.unwrap().len(), 1, "its own contract and no other");

    let out = rampdesk(at, "onboard --connection connection.toml --fsp NEWFLEX --withdraw");
    assert!(out.status.success(), "{}", out.stderr);
    is_refused(before.programs().await, "the VTN refused client `NEWFLEX`");
    let after = operator.client(stolen(), own_pair);
    is_refused(after.programs().await, "the VTN refused client `NEWFLEX`");
    assert!(files_below(&at.join("onboarded")).is_empty());
    fs::write(at.join("dispatch.json"), dispatch("EMID-NEW-0002")).unwrap();
    let refused = rampdesk(at, "send dispatch.json --connection connection.toml --wait accepted");
    assert_eq!(refused.status.code(), Some(1), "{}{}", refused.stdout, refused.stderr);
    drop(fleet);
    let once_more = rampdesk(at, "onboard --connection connection.toml --fsp NEWFLEX --withdraw");
    assert!(once_more.status.success(), "{}", once_more.stderr);
    assert!(once_more.stdout.lines().all(|line| line.starts_with("ready")), "{}", once_more.stdout);
}

#[test]
fn what_cannot_be_onboarded_is_said_and_nothing_is_made() {
    let operator = Operator::open();
    let at = operator.at();
    fs::write(at.join("other.toml"), UNITS.replace("GB-DNO-11", "GB-DNO-12")).unwrap();
    fs::write(at.join("secret"), "two words").unwrap();
    fs::write(at.join("open"), "secret").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(at.join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(at.join("open"), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let start = "onboard --connection connection.toml --fsp";
    for (line, says) in [
        ("NEWFLEX", "--units <UNITS.toml>"),
        ("NEWFLEX --units units.toml", "the telephone of NEWFLEX's control point is missing"),
        ("desk --units units.toml --telephone 1", "operator's own client id"),
        ("NEWFLEX --units other.toml --telephone 1", "the desk's secrets hold no signing key of GB-DNO-12"),
        ("NEWFLEX --units nothing.toml --telephone 1", "nothing.toml"),
        ("NEWFLEX --units units.toml --telephone 1 --authority nowhere", "nowhere: holds no authority"),
        ("NEWFLEX --units units.toml --telephone 1 --client-secret secret", "holds more than one word"),
        ("NEWFLEX --units units.toml --telephone 1 --client-secret open", "can be read by others"),
        (
            "BRIGHTFLEX --units units.toml",
            "client BRIGHTFLEX is registered already, and its secret is not in BRIGHTFLEX",
        ),
    ] {
        let said = rampdesk(at, &format!("{start} {line}"));
        assert_eq!(said.status.code(), Some(2), "{line}: {}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains(says), "{line}: {}", said.stderr);
        assert!(!at.join("onboarded").exists() && !at.join("NEWFLEX").exists(), "{line}");
    }
}
