//! `rampdesk check`.

use std::path::{Path, PathBuf};

use crate::profile::connection::Connection;
use crate::profile::fleet::FleetProfile;
use crate::profile::operators::Operators;
use crate::profile::reader;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::workshop::scenario::Scenario;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// Dispatch documents (.json), scenarios, and fleet, operator, trust and connection files (.toml)
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Done {
    let mut problems = Vec::new();
    for file in &arguments.files {
        match check(file) {
            Ok(kind) => output::say(format!("{}: {kind}, nothing wrong", file.display())),
            Err(found) => problems.extend(found.lines().iter().cloned()),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Input(problems)) }
}

/// Says what kind of file it is.
fn check(file: &Path) -> Result<&'static str, Failure> {
    let text = input::text(file)?;
    let shown = file.display().to_string();
    if file.extension().is_some_and(|e| e == "json")
        || text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
    {
        return input::dispatch_of(file, &text).map(|(_, signature)| match signature {
            Some(_) => "signed dispatch document",
            None => "dispatch document, not signed",
        });
    }
    let keys = reader::root_keys(&shown, &text).map_err(Failure::inputs)?;
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(&key.as_str()));
    let (kind, faults) = if has(&["steps", "run_for", "expect"]) {
        let folder = file.parent().unwrap_or(Path::new(""));
        ("scenario", Scenario::from_toml(&shown, &text, folder).err())
    } else if has(&["units", "contracts", "fsps"]) {
        ("fleet", FleetProfile::from_toml(&shown, &text).err())
    } else if has(&["vtn", "client_id"]) {
        ("connection", Connection::from_toml(&shown, &text).err())
    } else if has(&["keys"]) {
        ("trust", Trust::from_toml(&shown, &text).err())
    } else if has(&["operators"]) {
        ("operators", Operators::from_toml(&shown, &text).err())
    } else if has(&["clients", "signing_keys"]) {
        ("secrets", Secrets::from_toml(&shown, &text).err())
    } else {
        return Err(Failure::input(format!(
            "{shown}: is no file of this program's: a scenario has `steps`, a fleet `units`, a connection `vtn`, a \
             trust file `keys`, an operator list `operators`, a secrets file `clients`"
        )));
    };
    match faults {
        None => Ok(kind),
        Some(faults) => Err(Failure::inputs(faults)),
    }
}
