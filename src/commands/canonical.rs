//! `rampdesk canonical`.

use std::path::PathBuf;

use crate::dispatch::canonical_bytes;

use super::input;
use super::output::{self, Done};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document; - for standard input
    file: PathBuf,
}

pub fn run(arguments: &Arguments) -> Done {
    let (dispatch, _) = input::dispatch(&arguments.file)?;
    output::print(canonical_bytes(&dispatch))
}
