//! `rampdesk fleet`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::dispatch::{FspId, OperatorId};
use crate::entropy::Entropy;
use crate::fleet::{self, Fleet, FleetConfig, Keep};
use crate::openadr::bounds::Bounds;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::push::{PushState, PushStatus};
use crate::openadr::transport::Transport;
use crate::profile::fleet::FleetProfile;
use crate::profile::moves::Moves;
use crate::profile::shard::Shard;
use crate::profile::text_file;
use crate::time::Clock;

use super::faults::FaultsFile;
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::push::PushArguments;
use super::tls::{FleetTlsArguments, Secured};
use super::vault::SystemVault;
use super::{connect, input};

#[derive(clap::Args)]
pub struct Arguments {
    /// The base URL of the VTN, for operators whose VTNs the fleet file does not name
    #[arg(long, value_name = "URL")]
    vtn: Option<String>,
    /// The fleet file; `demo` is the built-in one
    #[arg(long, value_name = "FLEET.toml")]
    profile: PathBuf,
    /// The FSPs' client secrets and signing keys, as `keygen --fleet` writes them
    #[arg(long, value_name = "FILE")]
    secrets: PathBuf,
    /// The pinned public keys
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// Where the FSPs remember operators' VTNs that have moved [default: beside the fleet file, ending in .moves.json; for
    /// `demo` beside the secrets]
    #[arg(long, value_name = "FILE")]
    moves: Option<PathBuf>,
    /// Run only a part of the fleet, so that several machines share it: the I-th of N, as in 2/4. Each is given the same
    /// files
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Faults of its units and FSPs: `[[faults]]`, each with `unit` or `fsp`, `fault` and, where wanted, `from` and
    /// `until`. The file is read again whenever it changes, so that faults are switched while the fleet runs
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    #[command(flatten)]
    tls: FleetTlsArguments,
    #[command(flatten)]
    push: PushArguments,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let whole = input::fleet(&arguments.profile)?;
    let faults = arguments.faults.as_ref().map(|path| FaultsFile::open(path, &whole)).transpose()?;
    let profile = Arc::new(match arguments.shard {
        Some(shard) => shard.part_of(&whole).map_err(Failure::input)?,
        None => whole,
    });
    let vault = Arc::new(SystemVault::new(&arguments.passphrase));
    let secrets = connect::secrets(&arguments.secrets, vault.as_ref())?;
    vault.asks_no_more();
    let keys = connect::fleet_keys(&arguments.secrets, &arguments.trust, &vault);
    let trust = input::trust(&arguments.trust)?;
    let (secured, own) = arguments.tls.secured(profile.fsps.iter().map(|fsp| &fsp.id))?;
    let ids = profile.fsps.iter().map(|fsp| fsp.id.clone());
    let clients = profile.fsps.iter().map(|f| (f.id.as_str(), &own.get(&f.id).unwrap_or(&secured).tls));
    let settings = arguments.push.settings(clients, &Bounds::default())?;
    let push = ids.zip(settings.unwrap_or_default()).collect();
    let kept_at = arguments.moves.clone().unwrap_or_else(|| moves_beside(arguments));
    let moves = kept_moves(&kept_at)?;
    connect::runtime()?.block_on(async {
        own.values().chain([&secured]).for_each(Secured::stays_fresh);
        let of_its_own =
            |(fsp, own): (&FspId, &Secured)| (fsp.clone(), own.transport.clone() as Arc<dyn Transport>);
        let mut fleet = fleet::start(FleetConfig {
            profile: Arc::clone(&profile),
            base_url: arguments.vtn.clone(),
            secrets,
            trust,
            transport: secured.transport.clone(),
            own_transports: own.iter().map(of_its_own).collect(),
            push,
            keep_move: Some(keeping(kept_at, moves.clone())),
            moves,
            faults: faults.as_ref().map(FaultsFile::switch).unwrap_or_default(),
            clock: Clock::real(),
            entropy: Entropy::system(),
            exchanges: ExchangeLog::keeping(100),
        })
        .map_err(Failure::input)?;
        fleet.keyed_by(Box::new(keys), Clock::real());
        output::say(format!(
            "{}{}: {} FSPs with {} units poll {}; Ctrl+C ends them",
            profile.name,
            arguments.shard.map_or_else(String::new, |shard| format!(", part {shard}")),
            profile.fsps.len(),
            profile.units.len(),
            polled(&profile, arguments.vtn.as_deref()).join(", ")
        ));
        tokio::select! {
            () = connect::asked_to_end() => {}
            () = say_push(&fleet) => {}
            () = switch_faults(faults) => {}
        }
        fleet.stop().await;
        Ok(())
    })
}

async fn switch_faults(faults: Option<FaultsFile>) {
    match faults {
        Some(faults) => faults.follow().await,
        None => std::future::pending().await,
    }
}

fn moves_beside(arguments: &Arguments) -> PathBuf {
    // Each part keeps a file of its own, since each writes it whole.
    let ending = arguments
        .shard
        .map_or_else(|| "moves.json".to_owned(), |shard| format!("{}.moves.json", shard.file_words()));
    if arguments.profile == Path::new("demo") {
        arguments.secrets.with_file_name(format!("demo.{ending}"))
    } else {
        arguments.profile.with_extension(ending)
    }
}

/// The moves of earlier runs; none where there is no file.
fn kept_moves(path: &Path) -> Result<Moves, Failure> {
    if !path.exists() {
        return Ok(Moves::default());
    }
    let text = text_file::read(path).map_err(Failure::input)?;
    Moves::from_json(&text).map_err(|fault| {
        Failure::input(format!(
            "{}: {fault}; put back what was there, or remove the file: the FSPs then poll the addresses of the fleet file",
            path.display()
        ))
    })
}

/// Writes the file anew with each move; the file is whole at any time.
fn keeping(path: PathBuf, moves: Moves) -> Keep {
    let moves = Mutex::new(moves);
    Arc::new(move |fsp, kept| {
        let mut moves = moves.lock().unwrap_or_else(PoisonError::into_inner);
        moves.keep(fsp, kept);
        let new = path.with_extension("json.new");
        let written = fs::write(&new, moves.to_json()).and_then(|()| fs::rename(&new, &path));
        if let Err(error) = written {
            tracing::error!(path = %path.display(), %error, "the move is followed, but forgotten when the fleet ends");
        }
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

/// Every VTN that is polled or may be, each once.
fn polled<'a>(profile: &'a FleetProfile, base_url: Option<&'a str>) -> Vec<&'a str> {
    let is_named = |operator: &OperatorId| profile.endpoints_of(operator).is_some();
    let default = base_url.filter(|_| !profile.operators().iter().all(is_named));
    let named = profile.endpoints.iter().flat_map(|endpoints| &endpoints.vtns).map(String::as_str);
    let mut vtns: Vec<&str> = Vec::new();
    for vtn in default.into_iter().chain(named) {
        if !vtns.contains(&vtn) {
            vtns.push(vtn);
        }
    }
    vtns
}
