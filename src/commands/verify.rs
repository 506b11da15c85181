//! `rampdesk verify`.

use std::path::{Path, PathBuf};

use crate::dispatch::SignedDispatch;
use crate::journal::Journal;
use crate::time::UtcTime;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// Dispatch documents, or journals (`.sqlite`)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The pinned public keys; needed for dispatch documents
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Whether the keys were valid at this instant, instead of at the document's own instruction time
    #[arg(long, value_name = "UTC")]
    at: Option<UtcTime>,
}

pub fn run(arguments: &Arguments) -> Done {
    let (mut lines, mut has_bad_input) = (Vec::new(), false);
    for file in &arguments.files {
        let is_journal = file.extension().is_some_and(|e| e == "sqlite");
        let checked = if is_journal { journal(file) } else { document(file, arguments) };
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

fn journal(file: &Path) -> Result<String, Failure> {
    if !file.is_file() {
        let why =
            if file.is_dir() { "is a folder; name a file" } else { "cannot be read: there is no such file" };
        return Err(Failure::input(format!("{}: {why}", file.display())));
    }
    let journal = Journal::open_to_read(file).map_err(Failure::input)?;
    let entries = journal.verify().map_err(|e| Failure::failed(format!("{}: {e}", file.display())))?;
    Ok(format!("{entries} entries, the chain holds"))
}

fn document(file: &Path, arguments: &Arguments) -> Result<String, Failure> {
    let (dispatch, signature) = input::dispatch(file)?;
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
