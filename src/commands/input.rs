//! Files that commands read.

use std::path::Path;

use crate::dispatch::{self, Approval, Dispatch, Problem, Signature};
use crate::profile::approval::ApprovalRules;
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::kind::FileKind;
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
    let read = dispatch::dispatch_from_json(text);
    expect(path, text, FileKind::Dispatch, read.map_err(|problems| named(path, &problems)))
}

/// A fleet file; `demo` is the built-in one.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn fleet(path: &Path) -> Result<FleetProfile, Failure> {
    if path == Path::new("demo") {
        return Ok(FleetProfile::demo());
    }
    file(path, FileKind::Fleet, FleetProfile::from_toml)
}

/// A trust file.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn trust(path: &Path) -> Result<Trust, Failure> {
    file(path, FileKind::Trust, Trust::from_toml)
}

/// A file of approval rules.
///
/// # Errors
/// Every mistake in it, with its line.
pub fn approval_rules(path: &Path) -> Result<ApprovalRules, Failure> {
    file(path, FileKind::ApprovalRules, ApprovalRules::from_toml)
}

/// A second person's approval.
///
/// # Errors
/// The first mistake in it.
pub fn approval(path: &Path) -> Result<Approval, Failure> {
    let text = text(path)?;
    let read = Approval::from_json(&text);
    let read = read.map_err(|fault| Failure::input(format!("{}: {fault}", path.display())));
    expect(path, &text, FileKind::Approval, read)
}

/// A file of a kind, read by a function of its name and its text.
///
/// # Errors
/// Every mistake in it, with its line; or, when it is of another kind, which one.
pub fn file<T>(
    path: &Path,
    kind: FileKind,
    read: impl FnOnce(&str, &str) -> Result<T, Vec<FileFault>>,
) -> Result<T, Failure> {
    let text = text(path)?;
    let read = read(&path.display().to_string(), &text);
    expect(path, &text, kind, read.map_err(Failure::inputs))
}

/// What was read; when it could not be and the text is of another kind, that alone is said: a list of everything that
/// makes the one unlike the other helps nobody.
///
/// # Errors
/// As given, or of which kind the file is.
pub fn expect<T>(path: &Path, text: &str, kind: FileKind, read: Result<T, Failure>) -> Result<T, Failure> {
    read.map_err(|failure| match FileKind::of(text).filter(|found| *found != kind) {
        Some(found) => {
            Failure::input(format!("{}: is {}; name {}", path.display(), found.words(), kind.words()))
        }
        None => failure,
    })
}

/// Problems of a document, each with the name of its file.
pub fn named(path: &Path, problems: &[Problem]) -> Failure {
    Failure::inputs(problems.iter().map(|p| format!("{}: {p}", path.display())))
}
