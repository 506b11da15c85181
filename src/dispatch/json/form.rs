//! From text to a JSON tree that knows its places, within bounds that keep the parser safe.

use jsonc_parser::ParseStringErrorKind as TextFault;
use jsonc_parser::ast::Value;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::super::problem::{Place, Problem, ProblemKind};
use super::reader::ROOT;

/// Longest text that is read, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// Deepest nesting that is read; a dispatch document has five levels.
const MAX_DEPTH: usize = 32;

/// The places of a text, by byte offset.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    pub fn text(&self) -> &'t str {
        self.text
    }

    pub fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..offset).map_or(1, |before| before.chars().count() + 1);
        Place { line, column }
    }
}

/// Reads the tree. Numbers are let through however they are written (`NaN`, `+1`, `0x10`): each is judged where it
/// stands, with its field, by [`super::quantity`].
pub(super) fn parse(text: &str) -> Result<(Value<'_>, Lines<'_>), Problem> {
    if text.len() > MAX_BYTES {
        let message =
            format!("the text is {} bytes long; a dispatch document has at most {MAX_BYTES}", text.len());
        return Err(Problem::new(ProblemKind::Form, ROOT, message));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = Lines::of(text);
    if let Some(offset) = first_too_deep(text) {
        let message =
            format!("brackets are nested deeper than {MAX_DEPTH}; a dispatch document has five levels");
        return Err(problem(message, lines.place(offset)));
    }
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: true,
        allow_unary_plus_numbers: true,
        allow_bare_decimal_point_numbers: true,
        allow_non_finite_numbers: true,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &options) {
        Ok(result) => match result.value {
            Some(value) => Ok((value, lines)),
            None => Err(problem("there is nothing in it; write one JSON object".to_owned(), lines.place(0))),
        },
        Err(error) => {
            let offset = error.range().start.min(text.len());
            // A text that is not closed on its line swallows what follows: the mistake is where it begins.
            Err(match first_open_text(text).filter(|open| *open <= offset) {
                Some(open) => {
                    let message = "the text that begins here is not closed with a double quote on its line";
                    problem(message.to_owned(), lines.place(open))
                }
                None => problem(sentence(&error, text), lines.place(offset)),
            })
        }
    }
}

/// What strict JSON still refuses in a text that was read without a problem: raw control characters in strings, say.
pub(super) fn strict(text: &str) -> Result<(), Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<serde::de::IgnoredAny>(text).map(|_| ()).map_err(|error| {
        let place = Place { line: error.line().max(1), column: error.column().max(1) };
        let full = error.to_string();
        let reason = full.rsplit_once(" at line").map_or(full.as_str(), |(reason, _)| reason);
        problem(format!("this is not JSON: {reason}"), place)
    })
}

fn problem(message: String, place: Place) -> Problem {
    Problem { place: Some(place), ..Problem::new(ProblemKind::Form, ROOT, message) }
}

/// The offset of the first bracket that opens one level too many. Strings are skipped; what is not JSON is left to the
/// parser, whose own bound is 512.
fn first_too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The offset of the first text that goes on over the end of its line.
fn first_open_text(text: &str) -> Option<usize> {
    let (mut begun, mut escaped) = (None, false);
    for (offset, byte) in text.bytes().enumerate() {
        match (byte, begun) {
            (b'\n', Some(_)) => return begun,
            (_, Some(_)) if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', Some(_)) => begun = None,
            (b'"', None) => begun = Some(offset),
            _ => {}
        }
    }
    begun
}

fn sentence(error: &ParseError, text: &str) -> String {
    let range = error.range();
    let there = text.get(range.start..range.end).unwrap_or_default().trim();
    let there = super::quoted(if there.is_empty() { "this" } else { there });
    match error.kind() {
        ParseErrorKind::CommentsNotAllowed => "JSON has no comments; take this one out".to_owned(),
        ParseErrorKind::TrailingCommasNotAllowed => {
            "there is a comma after the last entry; take it out".to_owned()
        }
        ParseErrorKind::ExpectedComma => "a comma is missing here, between two entries".to_owned(),
        ParseErrorKind::SingleQuotedStringsNotAllowed => {
            "text stands in single quotes; write it in double quotes".to_owned()
        }
        ParseErrorKind::ExpectedStringObjectProperty => {
            format!("the name {there} has no quotes; write names in double quotes")
        }
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon is missing after this name".to_owned(),
        ParseErrorKind::ExpectedObjectValue => "the value after this name is missing".to_owned(),
        ParseErrorKind::UnterminatedObject => "the object that begins here is not closed with }".to_owned(),
        ParseErrorKind::UnterminatedArray => "the list that begins here is not closed with ]".to_owned(),
        ParseErrorKind::MultipleRootJsonValues => {
            "there is more after the document's end; one text holds one document".to_owned()
        }
        ParseErrorKind::UnexpectedWord | ParseErrorKind::UnexpectedToken => {
            format!("{there} is no JSON value; write text in double quotes")
        }
        ParseErrorKind::UnexpectedComma => "a value is missing before this comma".to_owned(),
        ParseErrorKind::UnexpectedColon => "there is a colon too many".to_owned(),
        ParseErrorKind::UnexpectedCloseBrace => {
            "there is a } too many, or a value is missing before it".to_owned()
        }
        ParseErrorKind::UnexpectedCloseBracket => {
            "there is a ] too many, or a value is missing before it".to_owned()
        }
        ParseErrorKind::String(TextFault::UnterminatedStringLiteral) => {
            "the text that begins here is not closed with a double quote".to_owned()
        }
        ParseErrorKind::String(_) => {
            "after a backslash in a text stands one of \" \\ / b f n r t, or u and four hexadecimal digits"
                .to_owned()
        }
        other => format!("this is not JSON: {}", lower_first(&other.to_string())),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let lines = Lines::of("aé\nb");
        assert_eq!(lines.place(0), Place { line: 1, column: 1 });
        assert_eq!(lines.place(3), Place { line: 1, column: 3 });
        assert_eq!(lines.place(4), Place { line: 2, column: 1 });
    }

    #[test]
    fn ten_thousand_brackets_are_refused_before_the_parser_sees_them() {
        for text in ["[".repeat(10_000), "{\"a\":".repeat(10_000)] {
            let problem = parse(&text).map(|_| ()).unwrap_err();
            assert!(problem.message.contains("deeper than 32"), "{problem}");
        }
        assert!(parse(&format!("[\"{}\"]", "[".repeat(100))).is_ok(), "brackets in a text are no nesting");
    }
}
