//! What is wrong with a file: every problem with file, line and field.

use std::fmt;

/// One problem in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// The file as it was named.
    pub file: String,
    /// From 1, when known.
    pub line: Option<usize>,
    /// The field, as a path: `units[3].asset.capacity_kwh`; empty for the whole file.
    pub field: String,
    /// What is wrong with which value, and what would be right.
    pub message: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(f, ": {}", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}
