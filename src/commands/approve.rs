//! `rampdesk approve`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::desk::approval::{Asked, Need, need};
use crate::dispatch::{Approved, Dispatch, DispatchUnit, Setpoint};
use crate::power::Baseline;
use crate::profile::approval::{ApprovalRules, megawatts};
use crate::profile::connection::Connection;
use crate::profile::fleet::FleetProfile;
use crate::profile::kind::FileKind;
use crate::profile::onboarded;
use crate::profile::sealed_key::SealedKey;
use crate::profile::trust::Trust;
use crate::time::Clock;

use super::output::{self, Done, Failure};
use super::passphrase::PassphraseArguments;
use super::{connect, input};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch documents that are to be sent together; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The connection file that they will be sent with: it names the fleet and the rules of approval
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Your own key, as `keygen --approver` makes it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArguments,
}

pub fn run(arguments: &Arguments) -> Done {
    let dispatches = read(&arguments.files)?;
    let (fleet, rules) = terms(&arguments.connection)?;
    let sealed = own_key(&arguments.key, &rules)?;
    for line in told(&dispatches, &fleet, &rules) {
        output::say(line);
    }
    let prompt = format!("Passphrase of {} ({}), to approve this: ", sealed.name, sealed.public.key_id);
    let passphrase = arguments.passphrase.ask(&prompt)?;
    let key = sealed
        .open(&passphrase)
        .map_err(|fault| Failure::failed(format!("{}: {fault}", arguments.key.display())))?;
    let approved = Approved::of(&dispatches, Clock::real().now());
    output::print(approved.sign(&key).map_err(Failure::failed)?.to_json())
}

/// Every document; a stop among them needs nobody's approval.
fn read(files: &[PathBuf]) -> Result<Vec<Dispatch>, Failure> {
    let mut keys = BTreeSet::new();
    let mut dispatches = Vec::new();
    for file in files {
        let (dispatch, _) = input::dispatch(file)?;
        let shown = file.display();
        if dispatch.status.is_stop() {
            let status = dispatch.status;
            return Err(Failure::input(format!(
                "{shown}: status: {status} needs no approval; send it at once"
            )));
        }
        if !keys.insert(dispatch.key()) {
            let dispatch_ref = &dispatch.dispatch_ref;
            return Err(Failure::input(format!(
                "{shown}: dispatch_ref: `{dispatch_ref}` is given twice; keep one"
            )));
        }
        dispatches.push(dispatch);
    }
    Ok(dispatches)
}

/// The fleet and the rules that a connection file names. The desk's secrets are none of an approver's business.
fn terms(path: &Path) -> Result<(FleetProfile, ApprovalRules), Failure> {
    let connection = input::file(path, FileKind::Connection, Connection::from_toml)?;
    if connection.approval.is_none() {
        return Err(Failure::input(format!(
            "{}: approval: is missing; name the file of approval rules that says who may approve",
            path.display()
        )));
    }
    let rules = connect::approval_rules(&connection, path)?;
    let fleet = if connection.fleet == Path::new("demo") {
        input::fleet(&connection.fleet)?
    } else {
        input::fleet(&path.parent().unwrap_or(Path::new("")).join(&connection.fleet))?
    };
    let merged = onboarded::merged(&connect::onboarded_beside(path), fleet, Trust::default());
    let (fleet, _) = merged.map_err(Failure::inputs)?;
    Ok((fleet, rules))
}

/// The approver's key, if it is one of those that may approve.
fn own_key(path: &Path, rules: &ApprovalRules) -> Result<SealedKey, Failure> {
    let sealed = input::file(path, FileKind::SealedKey, SealedKey::from_toml)?;
    connect::only_ours(path)?;
    let key_id = &sealed.public.key_id;
    let known = rules.approver(key_id).is_some_and(|approver| approver.key.bytes == sealed.public.bytes);
    if known {
        return Ok(sealed);
    }
    Err(Failure::input(format!(
        "{}: key {key_id} is not among those that may approve here: {}",
        path.display(),
        rules.who()
    )))
}

/// What is to be approved and why, a line each.
fn told(dispatches: &[Dispatch], fleet: &FleetProfile, rules: &ApprovalRules) -> Vec<String> {
    let baseline = |unit: &DispatchUnit| {
        let unit = fleet.units.iter().find(|u| u.unit == *unit);
        unit.map_or(&Baseline::Zero, |u| &u.baseline)
    };
    let asked: Vec<Asked> =
        dispatches.iter().map(|dispatch| Asked::of(dispatch.parts(), baseline(&dispatch.unit))).collect();
    let mut lines = Vec::new();
    for (dispatch, asked) in dispatches.iter().zip(&asked) {
        lines.push(format!(
            "{} revision {} ({}): {}, {} to {}, changes by up to {}",
            dispatch.key(),
            dispatch.revision,
            dispatch.status,
            dispatch.unit,
            dispatch.service_start,
            dispatch.service_end,
            megawatts(asked.change)
        ));
        lines.extend(dispatch.setpoints.iter().map(|setpoint| format!("  {}", level(setpoint))));
    }
    lines.push(match need(rules, &asked, &[]) {
        Some(need) => format!("Needs a second person: {}.", Need::words(&need)),
        None => "No limit is exceeded: it can be sent without an approval.".to_owned(),
    });
    lines
}

/// `2026-11-26T17:00:00Z: +7,000 kW DELTA, +400 kvar ABSOLUTE`.
fn level(setpoint: &Setpoint) -> String {
    let sign = |positive: bool| if positive { "+" } else { "" };
    let real = setpoint
        .real
        .map(|real| format!("{}{} {}", sign(real.watts.0 > 0), real.watts, real.reference.word()));
    let reactive = setpoint.reactive.map(|reactive| {
        format!("{}{} {}", sign(reactive.vars.0 > 0), reactive.vars, reactive.reference.word())
    });
    let both: Vec<String> = real.into_iter().chain(reactive).collect();
    format!("{}: {}", setpoint.at, both.join(", "))
}
