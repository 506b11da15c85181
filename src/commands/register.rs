//! `rampdesk register`.

use std::path::{Path, PathBuf};

use crate::profile::fleet::FleetProfile;
use crate::profile::register;

use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// A register (.csv), printed as a fleet file; or a fleet file, printed as a register. `demo` is the built-in fleet
    file: PathBuf,
    /// The fleet's name, for people [default: the register's file name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

pub fn run(arguments: &Arguments) -> Done {
    let Arguments { file, name } = arguments;
    if !is_register(file) {
        return output::print(register::to_csv(&input::fleet(file)?));
    }
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let name = name.clone().or(stem).unwrap_or_else(|| "Fleet".to_owned());
    output::print(read(file, &name)?.to_toml())
}

/// Whether a file is a register, by its name.
pub fn is_register(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Reads a register.
pub fn read(file: &Path, name: &str) -> Result<FleetProfile, Failure> {
    let text = input::text(file)?;
    register::from_csv(&file.display().to_string(), &text, name).map_err(Failure::inputs)
}
