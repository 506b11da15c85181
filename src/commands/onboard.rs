//! `rampdesk onboard`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::dispatch::FspId;
use crate::entropy::Entropy;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::secret::Secret;
use crate::profile::fleet::{FleetProfile, Newcomer};
use crate::time::Clock;
use crate::workshop::onboarding::{self, Onboarding, OnboardingError, Standing, Step, Withdrawal};

use super::connect::{self, Connected};
use super::input;
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::vault::SystemVault;

#[derive(clap::Args)]
pub struct Arguments {
    /// The desk's connection file
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// The FSP's id: its OAuth client id and its ven's name too
    #[arg(long, value_name = "FSP")]
    fsp: FspId,
    /// Its units, and the contracts that the fleet does not have yet: [[units]] and [[contracts]] as in a fleet file
    #[arg(long, value_name = "UNITS.toml", required_unless_present = "withdraw")]
    units: Option<PathBuf>,
    /// Its name, for people
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The telephone of its control point
    #[arg(long, value_name = "NUMBER")]
    telephone: Option<String>,
    /// The folder to hand over: with it alone `rampdesk fleet` starts [default: the FSP's id]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The authority that signs clients' certificates, as `keygen --certificates` makes it in `tls`
    #[arg(long, value_name = "DIR")]
    authority: Option<PathBuf>,
    /// A file with the secret that another VTN's administrator gave the FSP's client
    #[arg(long, value_name = "FILE")]
    client_secret: Option<PathBuf>,
    /// Give a client that is registered already another secret; the one before is refused at once
    #[arg(long)]
    new_secret: bool,
    /// Take the FSP out again: its client is removed, and what was given to it no longer lets anyone in
    #[arg(long, conflicts_with_all = ["units", "name", "telephone", "out", "authority", "client_secret", "new_secret"])]
    withdraw: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    check: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

#[derive(Serialize)]
struct Report {
    fsp: FspId,
    steps: Vec<Step>,
    /// Nothing is left for somebody else.
    complete: bool,
}

pub fn run(arguments: &Arguments) -> Done {
    let entropy = Entropy::system();
    let vault = SystemVault::new(&arguments.passphrase);
    let exchanges = ExchangeLog::keeping(connect::EXCHANGES_KEPT);
    let connected = connect::read(&arguments.connection, &entropy, &vault, exchanges)?;
    let kept_in = connect::onboarded_beside(&arguments.connection);
    let steps = connect::runtime()?.block_on(async {
        match &arguments.units {
            Some(units) => onboard(arguments, units, &connected, kept_in, &entropy).await,
            None => {
                let withdrawal = Withdrawal {
                    fsp: arguments.fsp.clone(),
                    client: &connected.client,
                    kept_in,
                    only_look: arguments.check,
                };
                onboarding::withdraw(&withdrawal, &|_| ()).await.map_err(failure)
            }
        }
    })?;
    report(arguments, steps)
}

async fn onboard(
    arguments: &Arguments,
    units: &Path,
    connected: &Connected,
    kept_in: PathBuf,
    entropy: &Entropy,
) -> Result<Vec<Step>, Failure> {
    let Arguments { fsp, name, telephone, .. } = arguments;
    let known = connected.fleet.fsps.iter().find(|known| known.id == *fsp);
    let newcomer = Newcomer {
        id: fsp.clone(),
        name: name.clone().or_else(|| Some(known?.name.clone())),
        telephone: telephone.clone().or_else(|| Some(known?.telephone.clone())),
    };
    let text = input::text(units)?;
    let addition =
        FleetProfile::addition_from_toml(&units.display().to_string(), &text, &newcomer, &connected.fleet)
            .map_err(Failure::inputs)?;
    let given_secret = arguments.client_secret.as_deref().map(secret_in).transpose()?;
    let onboarding = Onboarding {
        fsp: fsp.clone(),
        addition,
        fleet: connected.fleet.clone(),
        secrets: &connected.secrets,
        trust: &connected.trust,
        connection: &connected.connection,
        server_authority: connected.secured.files.ca.clone(),
        client: &connected.client,
        kept_in,
        hand_over: arguments.out.clone().unwrap_or_else(|| PathBuf::from(fsp.as_str())),
        authority: arguments.authority.clone(),
        given_secret,
        new_secret: arguments.new_secret,
        only_look: arguments.check,
    };
    let done = onboarding.run(entropy, Clock::real().now(), &|_| ()).await.map_err(failure)?;
    Ok(done.steps)
}

/// The one line of a file that only its owner can read.
fn secret_in(path: &Path) -> Result<Secret, Failure> {
    let text = Zeroizing::new(input::text(path)?);
    connect::only_ours(path)?;
    match text.trim() {
        "" => Err(Failure::input(format!("{}: is empty; write the client's secret into it", path.display()))),
        secret if secret.contains(char::is_whitespace) => Err(Failure::input(format!(
            "{}: holds more than one word; write the client's secret into it and nothing else",
            path.display()
        ))),
        secret => Ok(Secret::new(secret)),
    }
}

fn failure(error: OnboardingError) -> Failure {
    match error {
        OnboardingError::Vtn(_) => Failure::failed(error),
        OnboardingError::SecretLost { .. } => Failure::input(format!("{error}; say so with --new-secret")),
        OnboardingError::Input(_) | OnboardingError::File { .. } => Failure::input(error),
    }
}

fn report(arguments: &Arguments, steps: Vec<Step>) -> Done {
    let left = steps.iter().any(|step| step.standing == Standing::Left);
    if arguments.json {
        output::print_json(&Report { fsp: arguments.fsp.clone(), steps, complete: !left })?;
    } else {
        for Step { standing, what } in &steps {
            let word = match standing {
                Standing::Ready => "ready",
                Standing::Done => "done",
                Standing::Due => "to do",
                Standing::Left => "LEFT",
            };
            output::print(format!("{word:<6} {what}\n"))?;
        }
        if !left && !arguments.check && !arguments.withdraw {
            let folder = arguments.out.clone().unwrap_or_else(|| PathBuf::from(arguments.fsp.as_str()));
            output::say(format!(
                "{}: hand this folder to {}, by a way that nobody else reads; README.txt in it says how to start. Desks take \
                 the FSP up when they are opened next",
                folder.display(),
                arguments.fsp
            ));
        }
    }
    if left { Err(Failure::Failed(Vec::new())) } else { Ok(()) }
}
