//! Files that commands read.

use std::path::Path;

use crate::dispatch::{self, Dispatch, Signature};
use crate::profile::fleet::FleetProfile;
use crate::profile::text_file;
use crate::profile::trust::Trust;

use super::output::Failure;

/// A whole text file; `-` is standard input.
///
/// # Errors
/// When it cannot be read as UTF-8 text of a sane length.
pub fn text(path: &Path) -> Result<String, Failure> {
    let read = if path == Path::new("-") {
        text_file::read_from("standard input", std::io::stdin().lock())
    } else {
        text_file::read(path)
    };
    read.map_err(Failure::input)
}

/// A dispatch document.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn dispatch(path: &Path) -> Result<(Dispatch, Option<Signature>), Failure> {
    dispatch_of(path, &text(path)?)
}

/// As [`dispatch`], of a text that was read from there.
///
/// # Errors
/// As for [`dispatch`].
pub fn dispatch_of(path: &Path, text: &str) -> Result<(Dispatch, Option<Signature>), Failure> {
    dispatch::dispatch_from_json(text)
        .map_err(|problems| Failure::inputs(problems.iter().map(|p| format!("{}: {p}", path.display()))))
}

/// A fleet file; `demo` is the built-in one.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn fleet(path: &Path) -> Result<FleetProfile, Failure> {
    if path == Path::new("demo") {
        return Ok(FleetProfile::demo());
    }
    FleetProfile::from_toml(&path.display().to_string(), &text(path)?).map_err(Failure::inputs)
}

/// A trust file.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn trust(path: &Path) -> Result<Trust, Failure> {
    Trust::from_toml(&path.display().to_string(), &text(path)?).map_err(Failure::inputs)
}
