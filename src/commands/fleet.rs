//! `rampdesk fleet`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::entropy::Entropy;
use crate::fleet::{self, Fleet, FleetConfig};
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::push::{PushState, PushStatus};
use crate::openadr::tcp::TcpTransport;
use crate::time::Clock;

use super::output::{self, Done, Failure};
use super::push::PushArguments;
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
    #[command(flatten)]
    push: PushArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let profile = Arc::new(input::fleet(&arguments.profile)?);
    let secrets = connect::secrets(&arguments.secrets)?;
    let trust = input::trust(&arguments.trust)?;
    let ids = profile.fsps.iter().map(|fsp| fsp.id.clone());
    let settings = arguments.push.settings(profile.fsps.iter().map(|fsp| fsp.id.as_str()))?;
    let push = ids.zip(settings.unwrap_or_default()).collect();
    connect::runtime()?.block_on(async {
        let fleet = fleet::start(FleetConfig {
            profile: Arc::clone(&profile),
            base_url: arguments.vtn.clone(),
            secrets,
            trust,
            transport: Arc::new(TcpTransport::new().map_err(Failure::failed)?),
            own_transports: BTreeMap::new(),
            push,
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
        tokio::select! {
            () = connect::asked_to_end() => {}
            () = say_push(&fleet) => {}
        }
        fleet.stop().await;
        Ok(())
    })
}

/// Says how many FSPs are woken, whenever it is another number.
async fn say_push(fleet: &Fleet) {
    let mut said = 0;
    loop {
        let all = fleet.push();
        let woken = |status: &&PushStatus| matches!(status.state, PushState::Subscribed { .. });
        let number = all.iter().filter(woken).count();
        if number != said {
            output::say(format!(
                "{number} of {} FSPs are woken through the VTN's MQTT broker; all poll",
                all.len()
            ));
            said = number;
        }
        Clock::real().sleep(1.0).await;
    }
}
