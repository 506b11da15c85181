//! `rampdesk verify`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::dispatch::{OperatorId, SignedDispatch, plain_words};
use crate::journal::evidence::{Evidence, Fact, Judgement};
use crate::journal::{Audit, FoundHead, Head, Journal};
use crate::profile::trust::Trust;
use crate::time::UtcTime;
use crate::workshop::debrief::{self, Judged};

use super::evidence::keys;
use super::input;
use super::output::{self, Done, Failure};

/// So many findings of one journal are told one by one.
const MOST_FINDINGS: usize = 20;

/// The longest name that is told, characters.
const LONGEST_NAME: usize = 120;

#[derive(clap::Args)]
pub struct Arguments {
    /// Dispatch documents, evidence, debriefs, or journals (`.sqlite`)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The pinned public keys; needed for dispatch documents, and for the signed heads of journals
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// The rules of approval, with the public keys of those who approve; for evidence of what was approved
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
    /// Whether the keys were valid at this instant, instead of at the document's own instruction time
    #[arg(long, value_name = "UTC")]
    at: Option<UtcTime>,
}

pub fn run(arguments: &Arguments) -> Done {
    let (mut lines, mut has_bad_input) = (Vec::new(), false);
    for file in &arguments.files {
        let is_journal = file.extension().is_some_and(|e| e == "sqlite");
        let checked = if is_journal { journal(file, arguments) } else { document(file, arguments) };
        match checked {
            Ok(words) => output::say(format!("{}: {words}", file.display())),
            Err(failure) => {
                has_bad_input |= matches!(failure, Failure::Input(_));
                lines.extend_from_slice(failure.lines());
            }
        }
    }
    match (lines.is_empty(), has_bad_input) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::Input(lines)),
        (false, false) => Err(Failure::Failed(lines)),
    }
}

/// A journal, to be read and not written to.
///
/// # Errors
/// When there is none.
pub fn open_journal(file: &Path) -> Result<Journal, Failure> {
    if !file.is_file() {
        let why =
            if file.is_dir() { "is a folder; name a file" } else { "cannot be read: there is no such file" };
        return Err(Failure::input(format!("{}: {why}", file.display())));
    }
    Journal::open_to_read(file).map_err(Failure::input)
}

fn journal(file: &Path, arguments: &Arguments) -> Result<String, Failure> {
    let journal = open_journal(file)?;
    let audit = journal.audit().map_err(|e| Failure::failed(format!("{}: {e}", file.display())))?;
    let trust = arguments.trust.as_deref().map(input::trust).transpose()?;
    let mut findings: Vec<String> = audit.findings.iter().map(ToString::to_string).collect();
    findings.extend(trust.iter().flat_map(|trust| unsigned(&audit.heads, trust)));
    if findings.is_empty() {
        let (count, head) = (counted_entries(audit.entries), &audit.head);
        return Ok(format!(
            "{count}, the chain holds; its head is {head}; {}",
            signed_to(&audit, trust.is_some())
        ));
    }
    let more = findings.len().saturating_sub(MOST_FINDINGS);
    findings.truncate(MOST_FINDINGS);
    findings.extend((more > 0).then(|| format!("and {more} more like these")));
    Err(Failure::Failed(findings.into_iter().map(|line| format!("{}: {line}", file.display())).collect()))
}

/// The heads that no pinned key has signed.
fn unsigned(heads: &[FoundHead], trust: &Trust) -> Vec<String> {
    let checked = |found: &FoundHead| {
        let signed = found.signed.as_ref().map_err(Clone::clone)?;
        let operator = &signed.head.operator;
        let keys = trust.operators.get(operator).ok_or_else(|| format!("no key is pinned for {operator}"))?;
        signed.verify(keys).map_err(|fault| fault.to_string())
    };
    let told = |found: &FoundHead| {
        checked(found).err().map(|why| format!("entry {} is no signed head: {why}", found.entry))
    };
    heads.iter().filter_map(told).collect()
}

/// Up to where operators have signed the journal.
fn signed_to(audit: &Audit, is_verified: bool) -> String {
    let mut last: BTreeMap<&OperatorId, &Head> = BTreeMap::new();
    for signed in audit.heads.iter().filter_map(|found| found.signed.as_ref().ok()) {
        last.insert(&signed.head.operator, &signed.head);
    }
    if last.is_empty() {
        return "no operator has signed where it stands".to_owned();
    }
    let by = |(operator, head): (&&OperatorId, &&Head)| {
        format!("by {operator} up to entry {} at {}", head.number, head.at)
    };
    let all: Vec<String> = last.iter().map(by).collect();
    let doubt = if is_verified { "" } else { " (give --trust FILE to have the signatures verified)" };
    format!("signed {}{doubt}", all.join(", "))
}

fn counted_entries(number: u64) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

fn document(file: &Path, arguments: &Arguments) -> Result<String, Failure> {
    let text = input::text(file)?;
    if Evidence::is_meant(&text) {
        return evidence(file, &text, arguments);
    }
    if debrief::is_meant(&text) {
        return page(file, &text, arguments);
    }
    let (dispatch, signature) = input::dispatch_of(file, &text)?;
    let trust = arguments.trust.as_deref().ok_or_else(|| {
        Failure::input("a dispatch document is verified against pinned keys: give --trust FILE")
    })?;
    let trust = input::trust(trust)?;
    let failed = |words: String| Failure::failed(format!("{}: {words}", file.display()));
    let operator = dispatch.network_operator.clone();
    let keys = trust
        .operators
        .get(&operator)
        .ok_or_else(|| failed(format!("no key is pinned for operator {operator}")))?;
    let signature = signature.ok_or_else(|| failed("there is no signature".to_owned()))?;
    let key_id = signature.key_id.clone();
    let at = arguments.at.unwrap_or(dispatch.instruction_time);
    SignedDispatch { dispatch, signature }.verify(keys, at).map_err(|e| failed(e.to_string()))?;
    Ok(format!("signed by {operator} with key {key_id}"))
}

/// What a debrief comes to, with the files beside it that were signed with it.
fn page(file: &Path, text: &str, arguments: &Arguments) -> Result<String, Failure> {
    let shown = file.display();
    let trust = arguments.trust.as_deref().ok_or_else(|| {
        Failure::input(
            "a debrief is verified against pinned keys: give --trust FILE, the trust.toml of its run",
        )
    })?;
    let trust = input::trust(trust)?;
    let beside = |name: &str| {
        let name = Path::new(name).file_name()?;
        std::fs::read(file.with_file_name(name)).ok()
    };
    let judged = debrief::judge(text, |operator| trust.operators.get(operator), beside);
    let Judged { scenario, operator, key_id, at, parts, files, missing, faults } =
        judged.map_err(|fault| Failure::failed(format!("{shown}: is no signed debrief: {fault}")))?;
    if !faults.is_empty() {
        return Err(Failure::Failed(faults.iter().map(|fault| format!("{shown}: {fault}")).collect()));
    }
    let scenario = plain_words(&scenario, LONGEST_NAME);
    let mut said = format!(
        "debrief of “{scenario}”: all {parts} parts hold; signed by {operator} with key {key_id} at {at}"
    );
    for name in files {
        said += &format!("; {name} beside it is as it was");
    }
    for name in missing {
        said += &format!("; {} is not beside it", plain_words(&name, LONGEST_NAME));
    }
    Ok(said)
}

/// What evidence comes to, each entry of the dispatch told with what its signature is worth.
fn evidence(file: &Path, text: &str, arguments: &Arguments) -> Result<String, Failure> {
    let shown = file.display();
    let evidence = Evidence::from_json(text).map_err(|fault| Failure::input(format!("{shown}: {fault}")))?;
    let pinned = match &arguments.trust {
        Some(trust) => keys(trust, arguments.approval.as_deref())?,
        None => Vec::new(),
    };
    let Judgement { facts, signed, faults } = evidence.judge(&pinned);
    let Some((last, at)) = signed else {
        return Err(Failure::Failed(faults.iter().map(|fault| format!("{shown}: {fault}")).collect()));
    };
    for Fact { entry, at, kind, text, signature } in &facts {
        let worth = match signature {
            None => String::new(),
            Some(Ok(by)) => format!(" [signed by {by}]"),
            Some(Err(why)) => format!(" [NOT signed: {why}]"),
        };
        output::say(format!("{at} entry {entry}, {kind}: {text}{worth}"));
    }
    let operator = &evidence.dispatch.operator;
    let by = if pinned.is_empty() {
        "by the keys in the file: compare them with those that you know, or give --trust FILE"
    } else {
        "by the pinned keys"
    };
    Ok(format!(
        "evidence of {} holds, {by}; {operator} signed the journal up to entry {last} at {at}",
        evidence.dispatch
    ))
}
