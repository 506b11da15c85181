//! A trainee who sits elsewhere is let in: the folder is written, and the VTN listens.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::handover::{Handover, hand_over};
use super::line::TrainersLine;
use crate::profile::fleet::FleetProfile;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::{Clock, UtcTime};
use crate::vtn::{Serving, Tls, TlsFiles, Vtn};

/// How a trainee who sits elsewhere comes to the VTN.
pub struct Away {
    /// Where it listens, with TLS and client certificates.
    pub listener: std::net::TcpListener,
    /// The names or addresses by which the trainee's machine reaches this one.
    pub hosts: Vec<String>,
    /// The folder that is written for the trainee's console.
    pub hand_over: PathBuf,
}

/// What a trainee elsewhere is let into.
pub(in crate::workshop) struct LetIn<'a> {
    /// The workshop's own folder.
    pub own: &'a Path,
    /// Whom the desk dispatches.
    pub fleet: &'a FleetProfile,
    /// Everybody's.
    pub secrets: &'a Secrets,
    /// The public keys.
    pub trust: &'a Trust,
    /// Served to them,
    pub vtn: &'a Vtn,
    /// and beside it.
    pub line: &'a TrainersLine,
    /// The real time.
    pub now: UtcTime,
}

/// Lets them in, for as long as what is answered runs.
///
/// # Errors
/// When the folder or a certificate cannot be made, in words.
pub(in crate::workshop) fn let_in(away: Away, of: &LetIn<'_>) -> Result<JoinHandle<()>, String> {
    away.listener.set_nonblocking(true).map_err(|fault| fault.to_string())?;
    let listener = TcpListener::from_std(away.listener).map_err(|fault| fault.to_string())?;
    let (server, client_ca) = hand_over(&Handover {
        folder: &away.hand_over,
        authority: &of.own.join("tls"),
        hosts: &away.hosts,
        listens: listener.local_addr().map_err(|fault| fault.to_string())?,
        fleet: of.fleet,
        secrets: of.secrets,
        trust: of.trust,
        now: of.now,
    })
    .map_err(|fault| fault.to_string())?;
    let files = TlsFiles { certificate: server.certificate, key: server.key, client_ca: Some(client_ca) };
    // Certificates are judged by this machine's time, whatever the workshop's clock shows.
    let tls = Tls::open(files, Clock::real()).map_err(|fault| fault.to_string())?;
    let serving = Serving { tls: Some(Arc::new(tls)), ..Serving::default() };
    let (vtn, beside) = (of.vtn.clone(), of.line.router());
    Ok(tokio::spawn(async move {
        if let Err(fault) = vtn.serve_beside(listener, serving, beside, std::future::pending()).await {
            tracing::error!(%fault, "the trainee's console is served no more");
        }
    }))
}
