//! `rampdesk fleet`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::fleet::{self, FleetConfig};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::tcp::TcpTransport;
use crate::time::Clock;

use super::output::{self, Done, Failure};
use super::{connect, input};

#[derive(clap::Args)]
pub struct Arguments {
    /// The VTN's base URL
    #[arg(long, value_name = "URL")]
    vtn: String,
    /// The fleet file; `demo` is the built-in one
    #[arg(long, value_name = "FLEET.toml")]
    profile: PathBuf,
    /// The FSPs' client secrets and signing keys, as `keygen --fleet` writes them
    #[arg(long, value_name = "FILE")]
    secrets: PathBuf,
    /// The pinned public keys
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
}

pub fn run(arguments: &Arguments) -> Done {
    let profile = Arc::new(input::fleet(&arguments.profile)?);
    let secrets = connect::secrets(&arguments.secrets)?;
    let trust = input::trust(&arguments.trust)?;
    connect::runtime()?.block_on(async {
        let fleet = fleet::start(FleetConfig {
            profile: Arc::clone(&profile),
            base_url: arguments.vtn.clone(),
            secrets,
            trust,
            transport: Arc::new(TcpTransport::new().map_err(Failure::failed)?),
            own_transports: BTreeMap::new(),
            clock: Clock::real(),
            entropy: Entropy::system(),
            exchanges: ExchangeLog::keeping(100),
        })
        .map_err(Failure::input)?;
        output::say(format!(
            "{}: {} FSPs with {} units poll {}; Ctrl+C ends them",
            profile.name,
            profile.fsps.len(),
            profile.units.len(),
            arguments.vtn
        ));
        connect::asked_to_end().await;
        fleet.stop().await;
        Ok(())
    })
}
