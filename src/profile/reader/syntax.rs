//! What is no TOML, in sentences that say what would be.

use toml::de::Error;

use crate::dispatch::quoted;

const NO_VALUE: &str = "the value after the = is missing";

/// What is wrong, without a word of the text when values must not be shown. Names of keys are not values.
pub(super) fn sentence(error: &Error, text: &str, shows_values: bool) -> String {
    let span = error.span().unwrap_or_default();
    let there = text.get(span.clone()).unwrap_or_default();
    let (what, expected) = error.message().split_once(", expected ").unwrap_or((error.message(), ""));
    match what {
        "duplicate key" if shows_values => twice(there.trim(), text, span.start),
        "duplicate key" => "this key is here twice; keep one".to_owned(),
        "string values must be quoted" if there.trim().is_empty() => NO_VALUE.to_owned(),
        "string values must be quoted" => {
            "a text stands without quotes; write it in double quotes".to_owned()
        }
        "missing value" | "missing value for key" => NO_VALUE.to_owned(),
        "key with no value" => "a key stands alone; write KEY = VALUE".to_owned(),
        "missing assignment between key-value pairs" => "an = is missing between key and value".to_owned(),
        "extra assignment between key-value pairs" | "extra `=`" => {
            "a comma is missing between two keys, or there is one = too many".to_owned()
        }
        "unclosed array" => "a list is not closed with ]".to_owned(),
        "unclosed inline table" => "a table is not closed with }".to_owned(),
        "unclosed table" => "the table's name is not closed with ]".to_owned(),
        "unclosed array table" => "the table's name is not closed with ]]".to_owned(),
        "missing comma between array elements" => {
            "a comma is missing between two entries of a list, or a list is not closed with ]".to_owned()
        }
        "missing comma between key-value pairs" => {
            "a comma is missing between two keys of the table".to_owned()
        }
        "unexpected key or value" => {
            "something stands after the value; write one KEY = VALUE on a line".to_owned()
        }
        "cannot recurse further; max recursion depth met" | "recursion limit" => {
            "brackets are nested too deep; no file of this program's needs more than six levels".to_owned()
        }
        "invalid basic string" if expected == "`\"`" => "a text is not closed with a double quote".to_owned(),
        "invalid literal string" if expected == "`'`" => {
            "a text is not closed with a single quote".to_owned()
        }
        _ if expected.is_empty() => format!("this is not TOML: {what}"),
        _ => format!("this is not TOML: {what}; {expected} is expected here"),
    }
}

/// A key that stands twice; when it names a table, a list of tables may have been meant.
fn twice(key: &str, text: &str, start: usize) -> String {
    let before = text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t']);
    let key = quoted(key);
    if before.ends_with('[') {
        let name = key.trim_matches('`');
        format!("{key} is here twice; keep one, or write [[{name}]] each time for a list of them")
    } else {
        format!("{key} is here twice; keep one")
    }
}
