//! `rampdesk check`.

use std::path::{Path, PathBuf};

use crate::profile::connection::Connection;
use crate::profile::fleet::FleetProfile;
use crate::profile::operators::Operators;
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
    if file.extension().is_some_and(|e| e == "json") || text.trim_start().starts_with('{') {
        return input::dispatch(file).map(|(_, signature)| match signature {
            Some(_) => "signed dispatch document",
            None => "dispatch document, not signed",
        });
    }
    let table: toml::Table = toml::from_str(&text).map_err(|e| {
        Failure::input(format!("{shown}: is neither a JSON document nor TOML: {}", e.message()))
    })?;
    let has = |key: &str| table.contains_key(key);
    if has("steps") || has("run_for") {
        Scenario::from_file(file).map(|_| "scenario").map_err(Failure::inputs)
    } else if has("units") || has("contracts") {
        FleetProfile::from_toml(&shown, &text).map(|_| "fleet").map_err(Failure::inputs)
    } else if has("vtn") {
        Connection::from_toml(&shown, &text).map(|_| "connection").map_err(Failure::inputs)
    } else if has("keys") || has("fsps") {
        Trust::from_toml(&shown, &text).map(|_| "trust").map_err(Failure::inputs)
    } else if has("operators") {
        Operators::from_toml(&shown, &text).map(|_| "operators").map_err(Failure::inputs)
    } else {
        Err(Failure::input(format!(
            "{shown}: is no file of this program's: a scenario has `steps`, a fleet `units`, a connection `vtn`, a \
             trust file `keys`, an operator list `operators`"
        )))
    }
}
