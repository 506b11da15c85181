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

/// Collects what is wrong with one file while it is read.
pub(super) struct Faults<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<FileFault>,
}

impl<'a> Faults<'a> {
    /// None found yet.
    pub(super) fn of(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Reads TOML into a form whose own mistakes (missing, unknown, wrong type) come with their line.
    pub(super) fn toml<T: serde::de::DeserializeOwned>(&mut self) -> Option<T> {
        toml::from_str(self.text)
            .map_err(|error| self.add(error.span(), "", error.message().replace('\n', " ")))
            .ok()
    }

    /// One more, at a span of bytes when it is known.
    pub(super) fn add(
        &mut self,
        span: Option<std::ops::Range<usize>>,
        field: &str,
        message: impl Into<String>,
    ) {
        let line = span.map(|s| 1 + self.text.bytes().take(s.start).filter(|b| *b == b'\n').count());
        self.found.push(FileFault {
            file: self.file.to_owned(),
            line,
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Reads a value from its text; a fault when it cannot be.
    pub(super) fn parse<T: std::str::FromStr>(
        &mut self,
        value: &toml::Spanned<String>,
        field: &str,
    ) -> Option<T>
    where
        T::Err: fmt::Display,
    {
        value.get_ref().parse().map_err(|e: T::Err| self.add(Some(value.span()), field, e.to_string())).ok()
    }

    /// The result, when nothing is wrong with it.
    pub(super) fn end<T>(self, value: Option<T>) -> Result<T, Vec<FileFault>> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(self.found),
        }
    }
}
