//! A connection file: which VTN, as which client, for which fleet; secrets by reference only.

use std::path::PathBuf;

use serde::Serialize;

use super::address::read_address;
use super::fault::FileFault;
use super::reader::{self, Reader, Table};
use super::tls::TlsPaths;
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
    /// The file that says above which change a second person approves, relative to the connection file; `None`: nobody
    /// need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<PathBuf>,
    /// The version of OpenADR that the VTN speaks; `None` finds it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openadr: Option<Version>,
    /// How TLS is spoken, where it is not as the system has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsPaths>,
}

const KEYS: [&str; 10] =
    ["name", "vtn", "client_id", "fleet", "secrets", "trust", "mode", "approval", "openadr", "tls"];
const MODES: [&str; 3] = ["LIVE", "TRAINING", "SANDBOX"];

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
            let approval = root.get("approval").map(|node| {
                reader.text(&node, "write the path of the file of approval rules").map(PathBuf::from)
            });
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
                approval: approval.flatten(),
                openadr,
                tls,
            })
        })
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
            approval: Some("approval.toml".into()),
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
