//! A connection file: which VTN, as which client, for which fleet; secrets by reference only.

use std::path::PathBuf;

use serde::Serialize;

use super::address::read_address;
use super::fault::FileFault;
use super::reader::{self, Node, Reader, Table};
use super::tls::TlsPaths;
use crate::dispatch::vtn_address;
use crate::openadr::bounds::{Bounds, Judged, Place};
use crate::openadr::version::Version;

/// How a desk reaches a VTN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// For people.
    pub name: String,
    /// Base URL.
    pub vtn: String,
    /// OAuth client id.
    pub client_id: String,
    /// The fleet file with contracts and units, relative to the connection file; `demo` is the built-in one.
    pub fleet: PathBuf,
    /// The secrets file, relative to the connection file.
    pub secrets: PathBuf,
    /// The trust file, relative to the connection file.
    pub trust: PathBuf,
    /// `LIVE`, `TRAINING` or `SANDBOX`.
    pub mode: String,
    /// Where a session that is not LIVE may connect to besides this machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_reach: Vec<Place>,
    /// The file that says above which change a second person approves, relative to the connection file; `None`: nobody
    /// need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<PathBuf>,
    /// After how many minutes without a command a person who is signed on is signed off; `None`: eight hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_off_minutes: Option<u32>,
    /// The version of OpenADR that the VTN speaks; `None` finds it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openadr: Option<Version>,
    /// How TLS is spoken, where it is not as the system has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsPaths>,
}

const KEYS: [&str; 12] = [
    "name",
    "vtn",
    "client_id",
    "fleet",
    "secrets",
    "trust",
    "mode",
    "may_reach",
    "approval",
    "sign_off_minutes",
    "openadr",
    "tls",
];
/// After so many minutes without a command a person is signed off where no file says otherwise.
pub const SIGN_OFF_MINUTES: i64 = 480;

const LIVE: &str = "LIVE";
const MODES: [&str; 3] = [LIVE, "TRAINING", "SANDBOX"];

impl Connection {
    /// Reads a connection file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        reader::read(file, text, &KEYS, |reader, root| {
            let name = reader.required_text(root, "name", "write the connection's name, for people");
            let vtn = read_vtn(reader, root);
            let client_id = reader.required_text(root, "client_id", "write the OAuth client id");
            let mut path = |key: &str, right: &str| reader.required_text(root, key, right).map(PathBuf::from);
            let fleet = path("fleet", "write the fleet file's path, or \"demo\"");
            let secrets = path("secrets", "write the secrets file's path");
            let trust = path("trust", "write the trust file's path");
            let mode = read_mode(reader, root);
            let may_reach = read_places(reader, root);
            if let (Some(vtn), Some(mode), Some(may_reach)) = (&vtn, &mode, &may_reach) {
                stays_here(reader, root, vtn, mode, may_reach);
            }
            let approval = root.get("approval").map(|node| {
                reader.text(&node, "write the path of the file of approval rules").map(PathBuf::from)
            });
            let sign_off = root.get("sign_off_minutes").map(|node| read_minutes(reader, &node));
            let openadr = read_openadr(reader, root);
            let tls = root.get("tls").and_then(|node| TlsPaths::read(reader, &node));
            Some(Self {
                name: name?,
                vtn: vtn?,
                client_id: client_id?,
                fleet: fleet?,
                secrets: secrets?,
                trust: trust?,
                mode: mode?,
                may_reach: may_reach?,
                approval: approval.flatten(),
                sign_off_minutes: sign_off.flatten(),
                openadr,
                tls,
            })
        })
    }

    /// After how many seconds without a command a person who is signed on is signed off.
    pub fn sign_off_after_s(&self) -> i64 {
        self.sign_off_minutes.map_or(SIGN_OFF_MINUTES, i64::from) * 60
    }

    /// Where its session may connect to: anywhere when it is LIVE, else this machine and what the file names.
    pub fn bounds(&self) -> Bounds {
        bounds(&self.mode, &self.may_reach)
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

fn read_vtn(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<String> {
    let right = "write https://HOST/openadr3/3.1.0";
    let node = reader.required(root, "vtn", right)?;
    read_address(reader, &node, right)
}

fn read_mode(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<String> {
    let node = reader.required(root, "mode", "write LIVE, TRAINING or SANDBOX")?;
    reader.word(&node, &MODES.map(|mode| (mode, mode))).map(str::to_owned)
}

fn bounds(mode: &str, may_reach: &[Place]) -> Bounds {
    match MODES.iter().find(|known| **known == mode && **known != LIVE) {
        Some(mode) => Bounds::this_machine_and(mode, may_reach.to_vec()),
        None => Bounds::default(),
    }
}

fn read_places(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Vec<Place>> {
    let Some(node) = root.get("may_reach") else { return Some(Vec::new()) };
    let right = "write a list of hosts with their ports, as in [\"vtn.example:443\"]";
    let nodes = reader.list(&node, right)?;
    nodes.iter().map(|node| reader.parsed(node, right)).collect()
}

/// Only LIVE reaches another machine unless the file permits it: simulated assets must never be dispatched at a VTN of
/// real ones.
fn stays_here(reader: &mut Reader<'_>, root: &Table<'_>, vtn: &str, mode: &str, may_reach: &[Place]) {
    if mode == LIVE {
        if !may_reach.is_empty() {
            reader.wrong_in(root, "may_reach", "LIVE reaches every VTN as it is; leave it out");
        }
        return;
    }
    let Some(place) = place_of(vtn) else { return };
    let (host, port) = place.parts();
    if matches!(bounds(mode, may_reach).judge(&host, port), Judged::Refused(_)) {
        let wrong = format!(
            "{place} is not on this machine, and {mode} stays on it; if it must be reached, write may_reach = \
             [\"{place}\"], or LIVE where real assets move"
        );
        reader.wrong_in(root, "vtn", wrong);
    }
}

/// Host and port of a VTN.
pub fn place_of(vtn: &str) -> Option<Place> {
    let url = vtn_address(vtn).ok()?;
    Place::of(url.host_str()?, url.port_or_known_default()?)
}

/// It is told a quarter of an hour before: shorter than half an hour it would be told all the time.
fn read_minutes(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<u32> {
    reader.whole(node, &(30..=1440), " of minutes")
}

fn read_openadr(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Version> {
    let node = root.get("openadr")?;
    reader.parsed(&node, "write \"3.1\" or \"3.0\", or leave it out to have it found out")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection {
            name: "Trial".to_owned(),
            vtn: "https://vtn.example/openadr3/3.1.0".to_owned(),
            client_id: "desk".to_owned(),
            fleet: "demo".into(),
            secrets: "desk.secrets.toml".into(),
            trust: "trust.toml".into(),
            mode: "LIVE".to_owned(),
            may_reach: Vec::new(),
            approval: Some("approval.toml".into()),
            sign_off_minutes: Some(45),
            openadr: None,
            tls: None,
        }
    }

    #[test]
    fn a_connection_comes_back_as_written() {
        let own = TlsPaths { certificate: Some("desk.pem".into()), key: Some("desk.key".into()), ca: None };
        let whole = TlsPaths { ca: Some("ca.pem".into()), ..own.clone() };
        for (openadr, tls) in
            [(None, None), (Some(Version::V3_1), Some(own)), (Some(Version::V3_0), Some(whole))]
        {
            let connection = Connection { openadr, tls, ..connection() };
            assert_eq!(Connection::from_toml("c.toml", &connection.to_toml()), Ok(connection));
        }
    }

    #[test]
    fn each_mistake_is_named_with_its_line() {
        let good = connection().to_toml();
        for (old, new, says) in [
            (
                "https://vtn.example",
                "vtn.example",
                "c.toml:2: vtn: `vtn.example/openadr3/3.1.0` is not the base URL",
            ),
            ("\"desk\"", "\"\"", "c.toml:3: client_id: is empty"),
            ("LIVE", "REAL", "c.toml:7: mode: `REAL` is not known; write LIVE, TRAINING or SANDBOX"),
            ("name = ", "nmae = ", "c.toml:1: nmae: no key has this name here; known are name, vtn"),
            (
                "mode = ",
                "openadr = \"2.0b\"\nmode = ",
                "c.toml:7: openadr: `2.0b` is not a version that is spoken here; write 3.1 or 3.0",
            ),
            (
                "45",
                "29",
                "sign_off_minutes: `29` is out of bounds; write a whole number of minutes, 30 to 1440",
            ),
            ("mode = ", "openadr = 3.1\nmode = ", "c.toml:7: openadr: "),
            ("trust = \"trust.toml\"\n", "", "trust: is missing; write the trust file's path"),
            ("\"LIVE\"\n", "\"LIVE\"\ntls = 1\n", "c.toml:8: tls: "),
            (
                "\"LIVE\"\n",
                "\"LIVE\"\n[tls]\nroots = \"a\"\n",
                "c.toml:9: tls.roots: no key has this name here",
            ),
            (
                "\"LIVE\"\n",
                "\"LIVE\"\n[tls]\nkey = \"a\"\n",
                "tls.certificate: is missing; name the certificate",
            ),
            (
                "\"LIVE\"\n",
                "\"LIVE\"\n[tls]\ncertificate = \"a\"\n",
                "tls.key: is missing; a certificate is of no use",
            ),
        ] {
            let faults = Connection::from_toml("c.toml", &good.replacen(old, new, 1)).unwrap_err();
            assert!(faults[0].to_string().contains(says), "{says}: {faults:?}");
        }
    }
}
