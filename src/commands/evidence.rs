//! `rampdesk evidence`.

use std::path::{Path, PathBuf};

use crate::dispatch::{DispatchKey, DispatchRef, KeyRing};
use crate::journal::Journal;
use crate::journal::evidence::{Evidence, OwnedKey, Owner, Said};
use crate::profile::new_file::{self, Readers};
use crate::profile::trust::Trust;

use super::input;
use super::output::{self, Done, Failure};
use super::verify::open_journal;

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch: its reference, with its operator before it where two have the same (GB-DNO-11/EMID-20261126-0417)
    #[arg(value_name = "REF")]
    dispatch: String,
    /// The desk's journal
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    #[command(flatten)]
    keys: KeyArguments,
    /// The file to write; it is never overwritten
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Whose signatures are believed.
#[derive(clap::Args)]
pub struct KeyArguments {
    /// The pinned public keys of operators and FSPs
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// The rules of approval, with the public keys of those who approve
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Done {
    let journal = open_journal(&arguments.journal)?;
    let dispatch = named(&arguments.dispatch, &journal)?;
    let keys = keys(&arguments.keys.trust, arguments.keys.approval.as_deref())?;
    let failed = |words: String| Failure::failed(format!("{}: {words}", arguments.journal.display()));
    let evidence = Evidence::gather(&journal, &dispatch, &keys).map_err(|fault| failed(fault.to_string()))?;
    let judgement = evidence.judge(&keys);
    if !judgement.faults.is_empty() {
        return Err(Failure::Failed(judgement.faults));
    }
    let shown = arguments.out.display();
    new_file::make(&arguments.out, &evidence.to_json(), Readers::Owner)
        .map_err(|error| Failure::failed(format!("{shown}: {}", not_made(&error))))?;
    let open = evidence.span.iter().filter(|shown| matches!(shown.said, Said::Open(_))).count();
    let sealed = evidence.span.len() - open;
    output::say(format!(
        "{shown}: evidence of {dispatch}: {open} entries, and the place of {sealed} of others' among them"
    ));
    Ok(())
}

fn not_made(error: &std::io::Error) -> String {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return "is there already, with something else in it; name another file".to_owned();
    }
    format!("cannot be written: {error}")
}

/// The dispatch that is meant.
fn named(text: &str, journal: &Journal) -> Result<DispatchKey, Failure> {
    let (operator, dispatch_ref) = match text.rsplit_once('/') {
        Some((operator, dispatch_ref)) => (Some(operator), dispatch_ref),
        None => (None, text),
    };
    let dispatch_ref: DispatchRef = dispatch_ref.parse().map_err(Failure::input)?;
    if let Some(operator) = operator {
        let operator = operator.parse().map_err(Failure::input)?;
        return Ok(DispatchKey { operator, dispatch_ref });
    }
    let mut operators = journal.operators_of(&dispatch_ref).map_err(Failure::failed)?;
    match (operators.pop(), operators.is_empty()) {
        (Some(operator), true) => Ok(DispatchKey { operator, dispatch_ref }),
        (None, _) => Err(Failure::failed(format!("the journal holds nothing of dispatch {dispatch_ref}"))),
        (Some(one), false) => Err(Failure::input(format!(
            "more than one operator has a dispatch {dispatch_ref}; say which, as in {one}/{dispatch_ref}"
        ))),
    }
}

/// Every pinned key with its owner.
///
/// # Errors
/// When a file is missing or wrong.
pub fn keys(trust: &Path, approval: Option<&Path>) -> Result<Vec<OwnedKey>, Failure> {
    let Trust { operators, fsps } = input::trust(trust)?;
    let of = |owner: Owner, ring: &KeyRing| -> Vec<OwnedKey> {
        ring.keys().map(|key| OwnedKey { owner: owner.clone(), key: key.clone() }).collect()
    };
    let mut keys = Vec::new();
    for (id, ring) in &operators {
        keys.extend(of(Owner::Operator(id.clone()), ring));
    }
    for (id, ring) in &fsps {
        keys.extend(of(Owner::Fsp(id.clone()), ring));
    }
    if let Some(file) = approval {
        let rules = input::approval_rules(file)?;
        keys.extend(rules.approvers().iter().map(|approver| OwnedKey {
            owner: Owner::Approver(approver.name.clone()),
            key: approver.key.clone(),
        }));
    }
    Ok(keys)
}
