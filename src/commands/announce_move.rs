//! `rampdesk announce-move`.

use std::path::PathBuf;

use serde_json::json;

use crate::dispatch::{Moved, OperatorId, SignedMoved};
use crate::entropy::Entropy;
use crate::openadr::client::Client;
use crate::openadr::exchange::ExchangeLog;
use crate::openadr::mapping;
use crate::profile::fleet::FleetProfile;
use crate::time::Clock;

use super::connect::{self, Connected};
use super::operator_key::{SignerArguments, Wanted};
use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::vault::SystemVault;

#[derive(clap::Args)]
pub struct Arguments {
    /// The connection file of the VTN from which the FSPs are to be led elsewhere
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// The new base URL; given several times, in order of preference
    #[arg(long, required = true, value_name = "URL")]
    to: Vec<String>,
    /// Whose VTN moves; needed where the secrets hold the keys of several operators
    #[arg(long, value_name = "OPERATOR")]
    operator: Option<OperatorId>,
    #[command(flatten)]
    signer: SignerArguments,
    /// One JSON document on standard output
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let vault = SystemVault::new(&arguments.passphrase);
    let exchanges = ExchangeLog::keeping(connect::EXCHANGES_KEPT);
    let connected = connect::read(&arguments.connection, &Entropy::system(), &vault, exchanges)?;
    let signed = sign(arguments, &connected)?;
    let contracts = contracts_of(&connected.fleet, signed.moved.operator());
    let told = connect::runtime()?.block_on(announce(&connected.client, &contracts, &signed))?;
    let moved = &signed.moved;
    if arguments.json {
        return output::print_json(&json!({"notice": signed.to_json(), "programs": told}));
    }
    output::say(format!(
        "{} contracts of {} at {} say that it moves to {}; each FSP follows with its next poll. Keep the old address \
         until the last has",
        told.len(),
        moved.operator(),
        connected.connection.vtn,
        moved.vtns().join(", then ")
    ));
    Ok(())
}

/// Signs the notice with the operator's key.
fn sign(arguments: &Arguments, connected: &Connected) -> Result<SignedMoved, Failure> {
    let operators = connected.secrets.signing_operators();
    let operator = match &arguments.operator {
        Some(operator) => operators.get(operator).copied().ok_or_else(|| {
            Failure::input(format!(
                "--operator: the secrets hold no key of `{operator}`; name one whose they hold"
            ))
        })?,
        None if operators.len() > 1 => {
            let all: Vec<String> = operators.iter().map(ToString::to_string).collect();
            return Err(Failure::input(format!("--operator: say whose VTN moves: {}", all.join(", "))));
        }
        None => operators.first().copied().ok_or_else(|| {
            Failure::input("the secrets hold no operator's key; a notice must be signed".to_owned())
        })?,
    };
    let now = Clock::real().now();
    let wanted = Wanted { operator, moves: false, now };
    let files = (&connected.secrets, &connected.trust);
    let key = arguments.signer.key(&wanted, files, &arguments.passphrase)?;
    let moved = Moved::new(operator.clone(), arguments.to.clone(), now);
    let moved = moved.map_err(|fault| Failure::input(format!("--to: {fault}")))?;
    moved.sign(&key).map_err(Failure::failed)
}

/// The names of an operator's programs.
fn contracts_of(fleet: &FleetProfile, operator: &OperatorId) -> Vec<String> {
    let own = fleet.contracts.iter().filter(|contract| contract.operator == *operator);
    own.map(|contract| mapping::program_name(operator, &contract.id)).collect()
}

/// Writes the notice into the anchor of every program. Answers the programs' names.
async fn announce(
    client: &Client,
    contracts: &[String],
    signed: &SignedMoved,
) -> Result<Vec<String>, Failure> {
    let programs = client.programs().await.map_err(Failure::failed)?;
    let mut told = Vec::new();
    for program in programs.iter().filter(|program| contracts.contains(&program.program_name)) {
        let events = client.events(program.meta.id.as_deref()).await.map_err(Failure::failed)?;
        for anchor in events.iter().filter(|event| mapping::is_anchor(event)) {
            let id = anchor.meta.id.as_deref().unwrap_or_default();
            client.put_event(id, &mapping::with_notice(anchor, signed)).await.map_err(|error| {
                Failure::failed(format!(
                    "{}: {error}; {} of {} contracts were told; give the command again",
                    program.program_name,
                    told.len(),
                    contracts.len()
                ))
            })?;
            told.push(program.program_name.clone());
        }
    }
    told.dedup();
    if told.is_empty() {
        return Err(Failure::failed(format!(
            "the VTN holds no contract of {}; connect the desk once, then announce it",
            signed.moved.operator()
        )));
    }
    Ok(told)
}
