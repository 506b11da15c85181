//! A broken rule, for people: which field, where, what is wrong and what would be right.

use std::fmt;

/// Where in a file a problem is: 1-based, when the form that was read has lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Which rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// Not JSON, or not the right JSON type.
    Form,
    /// A field that must be there is not.
    Missing,
    /// A field that is not known.
    Unknown,
    /// A value outside the field's list or pattern.
    Value,
    /// The window: start, end.
    Window,
    /// Order or place of setpoints.
    Setpoints,
    /// Units that do not agree with the service type.
    Units,
    /// Finer than 1 W, 1 var or one penny.
    Resolution,
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which rule.
    pub kind: ProblemKind,
    /// The field, as a path: `setpoints[1].parameters[0].volume`.
    pub field: String,
    /// What is wrong with which value, and what would be right. One sentence without the field.
    pub message: String,
    /// Where, when a file was read.
    pub place: Option<Place>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "line {}: ", place.line)?;
        }
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl Problem {
    /// A problem in a form that has no lines.
    pub fn new(kind: ProblemKind, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, field: field.into(), message: message.into(), place: None }
    }
}

/// A text as a message shows it: in backquotes, on one line, at most 60 characters, however long it came.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let ellipsis = if short.len() < text.len() { "…" } else { "" };
    let mut plain = String::with_capacity(short.len());
    for character in short.chars() {
        if character.is_control() { plain.extend(character.escape_default()) } else { plain.push(character) }
    }
    format!("`{plain}{ellipsis}`")
}
