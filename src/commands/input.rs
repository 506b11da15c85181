//! Files that commands read.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::dispatch::{self, Dispatch, Signature};
use crate::profile::fleet::FleetProfile;
use crate::profile::trust::Trust;

use super::output::Failure;

/// A whole text file; `-` is standard input. At most 16 MiB.
///
/// # Errors
/// When it cannot be read as UTF-8 text.
pub fn text(path: &Path) -> Result<String, Failure> {
    const MOST: u64 = 16 << 20;
    let shown = path.display();
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MOST + 1).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(MOST + 1).read_to_string(&mut text))
    };
    match read {
        Ok(length) if length as u64 > MOST => Err(Failure::input(format!("{shown}: is larger than 16 MiB"))),
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::input(format!("{shown}: cannot be read: {error}"))),
    }
}

/// A dispatch document.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn dispatch(path: &Path) -> Result<(Dispatch, Option<Signature>), Failure> {
    dispatch::dispatch_from_json(&text(path)?)
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
