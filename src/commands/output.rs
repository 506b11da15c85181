//! What a command prints, and how it fails.

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;

/// Why a command did not do what was asked, in lines for people.
#[derive(Debug)]
pub enum Failure {
    /// The thing asked failed: exit code 1. No line when the output has said it already.
    Failed(Vec<String>),
    /// Bad usage or bad input: exit code 2.
    Input(Vec<String>),
}

impl Failure {
    /// One line, exit code 1.
    #[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
    pub fn failed(line: impl ToString) -> Self {
        Self::Failed(vec![line.to_string()])
    }

    /// One line, exit code 2.
    #[expect(clippy::needless_pass_by_value, reason = "given to `map_err` by its name")]
    pub fn input(line: impl ToString) -> Self {
        Self::Input(vec![line.to_string()])
    }

    /// Every problem of an input on a line of its own, exit code 2.
    pub fn inputs<T: ToString>(problems: impl IntoIterator<Item = T>) -> Self {
        Self::Input(problems.into_iter().map(|p| p.to_string()).collect())
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        match self {
            Self::Failed(lines) | Self::Input(lines) => lines,
        }
    }
}

/// What a command comes to.
pub type Done = Result<(), Failure>;

/// A line for people, on standard error.
pub fn say(line: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", line.as_ref());
}

/// A folder to write into, made where there is none.
///
/// # Errors
/// When its name is a file's, or it cannot be made.
pub fn make_folder(folder: &Path) -> Done {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::input(format!("{}: is a file; name a folder", folder.display())));
    }
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::input(format!("{}: cannot be made: {e}", folder.display())))
}

/// Text on standard output as it is.
///
/// # Errors
/// When standard output is closed.
pub fn print(text: impl AsRef<[u8]>) -> Done {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_ref())
        .and_then(|()| out.flush())
        .map_err(|e| Failure::failed(format!("cannot write to standard output: {e}")))
}

/// One JSON document, indented.
///
/// # Errors
/// When standard output is closed.
pub fn print_json(document: &impl Serialize) -> Done {
    let text = serde_json::to_string_pretty(document).map_err(Failure::failed)?;
    print(text + "\n")
}

/// One JSON document on one line.
///
/// # Errors
/// When standard output is closed.
pub fn print_json_line(document: &impl Serialize) -> Done {
    let text = serde_json::to_string(document).map_err(Failure::failed)?;
    print(text + "\n")
}
