//! A connection file: which VTN, as which client, for which fleet; secrets by reference only.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::fault::{Faults, FileFault};

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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    vtn: Spanned<String>,
    client_id: Spanned<String>,
    fleet: PathBuf,
    secrets: PathBuf,
    trust: PathBuf,
    mode: Spanned<String>,
}

impl Connection {
    /// Reads a connection file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        let mut faults = Faults::of(file, text);
        let Some(raw) = faults.toml::<File>() else { return faults.end(None) };
        let vtn = raw.vtn.get_ref();
        let is_http =
            url::Url::parse(vtn).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
        if !is_http {
            let message = format!("`{vtn}` is not the base URL of a VTN; write https://HOST/openadr3/3.1.0");
            faults.add(Some(raw.vtn.span()), "vtn", message);
        }
        if raw.client_id.get_ref().is_empty() {
            faults.add(Some(raw.client_id.span()), "client_id", "is empty; write the OAuth client id");
        }
        let mode = raw.mode.get_ref();
        if !["LIVE", "TRAINING", "SANDBOX"].contains(&mode.as_str()) {
            faults.add(Some(raw.mode.span()), "mode", format!("`{mode}` is none of LIVE, TRAINING, SANDBOX"));
        }
        faults.end(Some(Self {
            name: raw.name,
            vtn: raw.vtn.into_inner(),
            client_id: raw.client_id.into_inner(),
            fleet: raw.fleet,
            secrets: raw.secrets,
            trust: raw.trust,
            mode: raw.mode.into_inner(),
        }))
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
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
        }
    }

    #[test]
    fn a_connection_comes_back_as_written() {
        let connection = connection();
        assert_eq!(Connection::from_toml("c.toml", &connection.to_toml()), Ok(connection));
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
            ("LIVE", "REAL", "c.toml:7: mode: `REAL` is none of LIVE, TRAINING, SANDBOX"),
            ("name = ", "nmae = ", "c.toml:1: unknown field `nmae`"),
            ("trust = \"trust.toml\"\n", "", "missing field `trust`"),
        ] {
            let faults = Connection::from_toml("c.toml", &good.replacen(old, new, 1)).unwrap_err();
            assert!(faults[0].to_string().contains(says), "{says}: {faults:?}");
        }
    }
}
