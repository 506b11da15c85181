//! `rampdesk check`.

use std::path::{Path, PathBuf};

use crate::profile::approval::ApprovalRules;
use crate::profile::connection::Connection;
use crate::profile::fault::FileFault;
use crate::profile::faults::FaultPlan;
use crate::profile::fleet::FleetProfile;
use crate::profile::kind::{FileKind, is_json};
use crate::profile::operators::Operators;
use crate::profile::product_terms;
use crate::profile::products::Products;
use crate::profile::reader;
use crate::profile::sealed_key::SealedKey;
use crate::profile::sealed_secret::SealedSecret;
use crate::profile::secrets_file::SecretsFile;
use crate::profile::trust::Trust;
use crate::workshop::scenario::Scenario;

use super::output::{self, Done, Failure};
use super::{input, note, register};

#[derive(clap::Args)]
pub struct Arguments {
    /// Dispatch documents and approvals (.json), asset registers (.csv), scenarios and workshops, and fleet, operator, trust, approval and
    /// connection files (.toml)
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
    if register::is_register(file) {
        let fleet = register::read(file, "Register")?;
        warn(&file.display().to_string(), &fleet);
        return Ok("an asset register");
    }
    let text = input::text(file)?;
    let shown = file.display().to_string();
    let kind = FileKind::of(&text);
    if kind == Some(FileKind::Event) {
        return Err(Failure::input(format!("{shown}: is an OpenADR event; `rampdesk decode` reads it")));
    }
    if kind == Some(FileKind::Approval) {
        return input::approval(file).map(|_| FileKind::Approval.words());
    }
    if is_json(&text) || file.extension().is_some_and(|e| e == "json") {
        return input::dispatch_of(file, &text).map(|(_, signature)| match signature {
            Some(_) => "signed dispatch document",
            None => "dispatch document, not signed",
        });
    }
    let faults = match kind {
        Some(FileKind::Scenario) => {
            match Scenario::from_toml(&shown, &text, file.parent().unwrap_or(Path::new(""))) {
                Ok(scenario) => {
                    let Some(exercise) = &scenario.exercise else { return Ok(FileKind::Scenario.words()) };
                    output::say(note::words(&scenario.name, exercise));
                    return Ok("a workshop");
                }
                Err(faults) => Some(faults),
            }
        }
        Some(FileKind::Fleet) => {
            FleetProfile::from_toml(&shown, &text).inspect(|fleet| warn(&shown, fleet)).err()
        }
        Some(FileKind::Connection) => Connection::from_toml(&shown, &text).err(),
        Some(FileKind::Trust) => Trust::from_toml(&shown, &text).err(),
        Some(FileKind::Operators) => Operators::from_toml(&shown, &text).err(),
        Some(FileKind::Products) => Products::from_toml(&shown, &text).err(),
        Some(FileKind::Faults) => FaultPlan::from_toml(&shown, &text, None).err(),
        Some(FileKind::Secrets) => SecretsFile::from_toml(&shown, &text).err(),
        Some(FileKind::ApprovalRules) => ApprovalRules::from_toml(&shown, &text).err(),
        Some(FileKind::SealedKey) => SealedKey::from_toml(&shown, &text).err(),
        Some(FileKind::SealedSecret) => SealedSecret::from_toml(&shown, &text).err(),
        Some(FileKind::Dispatch | FileKind::Event | FileKind::Approval) | None => {
            Some(no_kind(&shown, &text))
        }
    };
    match faults {
        Some(faults) => Err(Failure::inputs(faults)),
        None => Ok(kind.map_or("", FileKind::words)),
    }
}

/// Says what is right and yet lies outside of the products that contracts name.
fn warn(file: &str, fleet: &FleetProfile) {
    for words in product_terms::outside(fleet, Products::built_in()) {
        output::say(format!("{file}: warning: {words}"));
    }
}

/// What is wrong with a text that is no file of any kind.
fn no_kind(file: &str, text: &str) -> Vec<FileFault> {
    reader::root_keys(file, text).err().unwrap_or_else(|| {
        let message = "is no file of this program's: a scenario has `steps`, a fleet `units`, a connection `vtn`, a \
                       trust file `keys`, an operator list `operators`, a product list `products`, a secrets file `clients`, \
                       approval rules `limits`";
        vec![FileFault { file: file.to_owned(), line: None, field: String::new(), message: message.to_owned() }]
    })
}
