//! A connection file: which VTN, as which client, for which fleet; secrets by reference only.

use std::path::PathBuf;

use super::fault::FileFault;

/// How a desk reaches a VTN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// For people.
    pub name: String,
    /// Base URL.
    pub vtn: String,
    /// OAuth client id.
    pub client_id: String,
    /// The fleet file with contracts and units, relative to the connection file.
    pub fleet: PathBuf,
    /// The secrets file, relative to the connection file.
    pub secrets: PathBuf,
    /// The trust file, relative to the connection file.
    pub trust: PathBuf,
    /// `LIVE`, `TRAINING` or `SANDBOX`.
    pub mode: String,
}

impl Connection {
    /// Reads a connection file.
    ///
    /// # Errors
    /// Every problem with its line.
    pub fn from_toml(_file: &str, _text: &str) -> Result<Self, Vec<FileFault>> {
        todo!()
    }

    /// Writes one.
    pub fn to_toml(&self) -> String {
        todo!()
    }
}
