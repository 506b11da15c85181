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
    let plain: String = short.chars().map(plain).collect();
    format!("`{plain}{ellipsis}`")
}

/// Words of another party as they are shown beside our own: on one line, in the order of their letters, and at most so many
/// characters, however they came. What else they hold would write on a terminal or a list as if it were this program.
pub fn plain_words(text: &str, most: usize) -> String {
    let mut words = String::new();
    let mut length = 0;
    for character in text.chars() {
        let written = plain(character);
        length += written.chars().count();
        if length >= most {
            words.push('…');
            break;
        }
        words.push_str(&written);
    }
    words
}

fn plain(character: char) -> String {
    if moves_others(character) { character.escape_default().to_string() } else { character.to_string() }
}

/// Whether a character is none that is seen, but changes where the next ones stand: controls, separators of lines, and
/// marks of the direction of writing.
pub(super) fn moves_others(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_party_writes_cannot_pass_for_a_line_of_ours_or_for_other_words() {
        let forged = "late\r\n2026-11-26T17:00:00Z alarm 1: \u{1b}[2J\u{202e}rewop";
        let shown = plain_words(forged, 200);
        assert_eq!(shown, "late\\r\\n2026-11-26T17:00:00Z alarm 1: \\u{1b}[2J\\u{202e}rewop");
        assert_eq!(plain_words("“trip at 17:05” – 5 °C", 200), "“trip at 17:05” – 5 °C");
        assert_eq!(plain_words(&"x".repeat(1_000_000), 10), format!("{}…", "x".repeat(9)));
        assert_eq!(quoted("a\u{202e}b\n"), "`a\\u{202e}b\\n`");
    }
}
