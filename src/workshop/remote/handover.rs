//! The folder that the trainee's console starts from: connection, credentials, the certificate's authority, and the run's
//! signing keys of the operators. It is good for this run alone.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::profile::connection::Connection;
use crate::profile::fleet::FleetProfile;
use crate::profile::new_file::{Readers, make};
use crate::profile::secrets::{DESK_CLIENT, Secrets};
use crate::profile::tls::TlsPaths;
use crate::profile::trust::Trust;
use crate::time::UtcTime;
use crate::vtn::BASE_PATH;
use crate::workshop::authority::{AuthorityFolder, IssuedFiles};

/// The file that a trainee's console is pointed at.
pub const CONNECTION: &str = "connection.toml";

const FLEET: &str = "fleet.toml";
const SECRETS: &str = "desk.secrets.toml";
const TRUST: &str = "trust.toml";

/// Why nothing can be handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandoverError {
    /// A file or folder.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// In words.
        reason: String,
    },
    /// A certificate.
    #[error("no certificate can be made: {0}")]
    Certificate(String),
}

/// What is handed over.
pub(in crate::workshop) struct Handover<'a> {
    /// Where to; it must not hold another run's.
    pub folder: &'a Path,
    /// Where the run's authority keeps its files.
    pub authority: &'a Path,
    /// Under which names or addresses the trainee's machine reaches this one; the first stands in the connection file.
    pub hosts: &'a [String],
    /// Where the VTN listens.
    pub listens: SocketAddr,
    /// Whom the desk dispatches.
    pub fleet: &'a FleetProfile,
    /// Everybody's; the desk's alone are handed over.
    pub secrets: &'a Secrets,
    /// The public keys.
    pub trust: &'a Trust,
    /// By real time: certificates are judged by it.
    pub now: UtcTime,
}

/// Makes the certificates, and writes the folder; answers the VTN's own certificate and the clients' authority.
pub(in crate::workshop) fn hand_over(what: &Handover<'_>) -> Result<(IssuedFiles, PathBuf), HandoverError> {
    let authority = AuthorityFolder::open(what.authority, what.now).map_err(HandoverError::Certificate)?;
    let server = authority.server(what.hosts).map_err(HandoverError::Certificate)?;
    let own = authority.client(DESK_CLIENT).map_err(HandoverError::Certificate)?;
    let tls = what.folder.join("tls");
    fs::create_dir_all(&tls).map_err(|error| wrong(&tls, &error))?;
    for (from, to, readers) in [
        (&authority.certificate(), "ca.pem", Readers::Anyone),
        (&own.certificate, "desk.pem", Readers::Anyone),
        (&own.key, "desk.key", Readers::Owner),
    ] {
        let text = fs::read_to_string(from).map(zeroize::Zeroizing::new);
        written(&tls.join(to), &text.map_err(|error| wrong(from, &error))?, readers)?;
    }
    let beside = |file: &str| Some(PathBuf::from("tls").join(file));
    let reached = reached(what.hosts, what.listens);
    let connection = Connection {
        name: "A workshop, by its trainer's VTN".to_owned(),
        vtn: format!("https://{reached}{BASE_PATH}"),
        client_id: DESK_CLIENT.to_owned(),
        fleet: FLEET.into(),
        secrets: SECRETS.into(),
        trust: TRUST.into(),
        mode: "TRAINING".to_owned(),
        may_reach: reached.parse().into_iter().collect(),
        approval: None,
        sign_off_minutes: None,
        openadr: None,
        tls: Some(TlsPaths {
            ca: beside("ca.pem"),
            certificate: beside("desk.pem"),
            key: beside("desk.key"),
        }),
    };
    written(&what.folder.join(FLEET), &what.fleet.to_toml(), Readers::Anyone)?;
    written(&what.folder.join(SECRETS), what.secrets.for_desk().to_toml().reveal(), Readers::Owner)?;
    written(&what.folder.join(TRUST), &what.trust.to_toml(), Readers::Anyone)?;
    // Last: whoever waits for it finds all of the others.
    written(&what.folder.join(CONNECTION), &connection.to_toml(), Readers::Anyone)?;
    Ok((server, authority.certificate()))
}

/// Host and port by which the trainee's machine reaches the VTN.
fn reached(hosts: &[String], listens: SocketAddr) -> String {
    let host = hosts.first().map_or_else(|| listens.ip().to_string(), Clone::clone);
    let is_bare_ipv6 = host.contains(':') && !host.starts_with('[');
    if is_bare_ipv6 { format!("[{host}]:{}", listens.port()) } else { format!("{host}:{}", listens.port()) }
}

fn written(path: &Path, text: &str, readers: Readers) -> Result<(), HandoverError> {
    make(path, text, readers).map(|_| ()).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => HandoverError::File {
            path: path.to_path_buf(),
            reason: "is there already, of another run; name another folder".to_owned(),
        },
        _ => wrong(path, &error),
    })
}

fn wrong(path: &Path, error: &std::io::Error) -> HandoverError {
    HandoverError::File { path: path.to_path_buf(), reason: error.to_string() }
}
