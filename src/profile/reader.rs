//! Walks a TOML file table by table and collects every mistake with its line and field, not only the first.

use std::fmt::Display;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::FileFault;
use crate::time::{UtcTime, UtcTimeError};

/// Most faults that are reported; what is beyond is counted.
const MAX_FAULTS: usize = 100;
/// Longest text that can be any key's value, in bytes.
const MAX_TEXT: usize = 1_000;
/// Most characters of a value in a message.
const SHOWN: usize = 60;

/// What is being read, and what was found wrong with it.
pub(super) struct Reader<'d> {
    file: &'d str,
    text: &'d str,
    /// Byte offsets at which lines start.
    starts: Vec<usize>,
    shows_values: bool,
    faults: Vec<FileFault>,
}

/// A value and the path to it.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub path: String,
    value: &'d Spanned<DeValue<'d>>,
}

/// A table whose keys have been checked for names.
#[derive(Clone, Debug)]
pub(super) struct Table<'d> {
    path: String,
    span: Range<usize>,
    table: &'d DeTable<'d>,
}

/// Reads a file's root table with a function of its keys.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub(super) fn read<T>(
    file: &str,
    text: &str,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    read_with(Reader::of(file, text, true), keys, read_root)
}

/// As [`read`], for a file whose values must never be quoted.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text, without a value.
pub(super) fn read_secretly<T>(
    file: &str,
    text: &str,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    read_with(Reader::of(file, text, false), keys, read_root)
}

fn read_with<T>(
    mut reader: Reader<'_>,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    let (root, errors) = DeTable::parse_recoverable(reader.text);
    for error in errors {
        let span = error.span();
        let message = if reader.shows_values {
            format!("this is not TOML: {}", one_line(error.message(), 200))
        } else {
            "this is not TOML here".to_owned()
        };
        reader.report(span, "", message);
    }
    if !reader.faults.is_empty() {
        return Err(reader.finish());
    }
    let root = Table { path: String::new(), span: 0..0, table: root.get_ref() };
    reader.check_keys(&root, keys);
    match read_root(&mut reader, &root) {
        Some(value) if reader.faults.is_empty() => Ok(value),
        _ => Err(reader.finish()),
    }
}

impl<'d> Reader<'d> {
    fn of(file: &'d str, text: &'d str, shows_values: bool) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, starts, shows_values, faults: Vec::new() }
    }

    fn finish(mut self) -> Vec<FileFault> {
        self.faults.sort_by_key(|f| f.line);
        let beyond = self.faults.len().saturating_sub(MAX_FAULTS);
        if beyond > 0 {
            self.faults.truncate(MAX_FAULTS);
            self.report(None, "", format!("there are {beyond} more mistakes after these"));
        }
        self.faults
    }

    fn report(&mut self, span: Option<Range<usize>>, field: &str, message: impl Into<String>) {
        let line = span.map(|s| self.starts.partition_point(|start| *start <= s.start));
        let (file, field) = (self.file.to_owned(), field.to_owned());
        self.faults.push(FileFault { file, line, field, message: message.into() });
    }

    /// A mistake in a value.
    pub fn wrong(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.report(Some(node.value.span()), &node.path, message);
    }

    /// A mistake in a table: at one of its keys, or at its beginning when the key is not there.
    pub fn wrong_in(&mut self, table: &Table<'_>, key: &str, message: impl Into<String>) {
        let span = table.table.get(key).map_or_else(|| table.span.clone(), Spanned::span);
        let path = if key.is_empty() { table.path.clone() } else { table.path_of(key) };
        self.report(Some(span), &path, message);
    }

    /// Reports each key that is not known.
    pub fn check_keys(&mut self, table: &Table<'_>, keys: &[&str]) {
        for key in table.table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let message = format!("no key has this name here; known are {}", keys.join(", "));
                self.report(Some(key.span()), &table.path_of(&self.shown_key(name)), message);
            }
        }
    }

    /// A key that must be there.
    pub fn required<'t>(&mut self, table: &Table<'t>, key: &str, right: &str) -> Option<Node<'t>> {
        let node = table.get(key);
        if node.is_none() {
            self.wrong_in(table, key, format!("is missing; {right}"));
        }
        node
    }

    /// A table with these keys.
    pub fn table<'t>(&mut self, node: &Node<'t>, keys: &[&str]) -> Option<Table<'t>> {
        let table = self.any_table(node)?;
        self.check_keys(&table, keys);
        Some(table)
    }

    /// A table with keys that are to be checked when more is known.
    pub fn any_table<'t>(&mut self, node: &Node<'t>) -> Option<Table<'t>> {
        let DeValue::Table(table) = node.value.get_ref() else {
            self.wrong_type(node, "write a table");
            return None;
        };
        Some(Table { path: node.path.clone(), span: node.value.span(), table })
    }

    /// The tables of a list, none when the key is not there: `[[units]]`.
    pub fn tables<'t>(&mut self, table: &Table<'t>, key: &str, keys: &[&str]) -> Vec<Table<'t>> {
        let Some(node) = table.get(key) else { return Vec::new() };
        let right = format!("write tables, each under [[{key}]]");
        let Some(entries) = self.list(&node, &right) else { return Vec::new() };
        entries.iter().filter_map(|entry| self.table(entry, keys)).collect()
    }

    /// The entries of a list.
    pub fn list<'t>(&mut self, node: &Node<'t>, right: &str) -> Option<Vec<Node<'t>>> {
        let DeValue::Array(array) = node.value.get_ref() else {
            self.wrong_type(node, right);
            return None;
        };
        let entries = array.iter().enumerate();
        Some(entries.map(|(index, value)| Node { path: format!("{}[{index}]", node.path), value }).collect())
    }

    /// A text that says something, on one line.
    pub fn text<'t>(&mut self, node: &Node<'t>, right: &str) -> Option<&'t str> {
        let DeValue::String(text) = node.value.get_ref() else {
            self.wrong_type(node, right);
            return None;
        };
        if text.trim().is_empty() {
            self.wrong(node, format!("is empty; {right}"));
            return None;
        }
        if text.len() > MAX_TEXT {
            let message = format!("{} is {} bytes long; {right}", self.shown(text), text.len());
            self.wrong(node, message);
            return None;
        }
        if text.contains(char::is_control) {
            let message = format!("{} holds a control character; {right}", self.shown(text));
            self.wrong(node, message);
            return None;
        }
        Some(text)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, table: &Table<'_>, key: &str, right: &str) -> Option<String> {
        let node = self.required(table, key, right)?;
        self.text(&node, right).map(str::to_owned)
    }

    /// A text that its type reads, and whose error says what would be right.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, node: &Node<'_>, right: &str) -> Option<T> {
        let text = self.text(node, right)?;
        let parsed: Result<T, T::Err> = text.parse();
        if let Err(error) = &parsed {
            let message =
                if self.shows_values { error.to_string() } else { format!("is not right; {right}") };
            self.wrong(node, message);
        }
        parsed.ok()
    }

    /// A parsed text that must be there.
    pub fn required_parsed<T: FromStr<Err: Display>>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        right: &str,
    ) -> Option<T> {
        let node = self.required(table, key, right)?;
        self.parsed(&node, right)
    }

    /// An instant of UTC, in quotes or as TOML's own.
    pub fn time(&mut self, node: &Node<'_>) -> Option<UtcTime> {
        let right = "write UTC as \"2026-11-26T17:00:00Z\"";
        let DeValue::Datetime(written) = node.value.get_ref() else { return self.parsed(node, right) };
        written.to_string().parse().map_err(|e: UtcTimeError| self.wrong(node, e.to_string())).ok()
    }

    /// A number.
    pub fn number(&mut self, node: &Node<'_>, right: &str) -> Option<f64> {
        let number = match node.value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok().map(lossless_enough),
            DeValue::Float(n) => n.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(node, right);
        }
        number
    }

    /// A number that must be there.
    pub fn required_number(&mut self, table: &Table<'_>, key: &str, right: &str) -> Option<f64> {
        let node = self.required(table, key, right)?;
        self.number(&node, right)
    }

    /// A whole number within bounds.
    pub fn whole(&mut self, node: &Node<'_>, bounds: &RangeInclusive<u32>, unit: &str) -> Option<u32> {
        let right = format!("write a whole number of {unit}, {} to {}", bounds.start(), bounds.end());
        let DeValue::Integer(n) = node.value.get_ref() else {
            self.wrong_type(node, &right);
            return None;
        };
        let number = u32::from_str_radix(n.as_str(), n.radix()).ok().filter(|n| bounds.contains(n));
        if number.is_none() {
            let message = format!("{n} {unit} is out of bounds; {right}");
            self.wrong(node, message);
        }
        number
    }

    /// The value as a message shows it: shortened, in backquotes; nothing of it in a secret file.
    pub fn shown(&self, text: &str) -> String {
        if self.shows_values { format!("`{}`", one_line(text, SHOWN)) } else { "the value".to_owned() }
    }

    fn shown_key(&self, key: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !key.is_empty() && key.len() <= 64 && key.chars().all(plain) {
            key.to_owned()
        } else if self.shows_values {
            format!("`{}`", one_line(key, SHOWN))
        } else {
            "…".to_owned()
        }
    }

    fn wrong_type(&mut self, node: &Node<'_>, right: &str) {
        let message = match node.value.get_ref() {
            DeValue::String(text) => format!("{} is a text; {right}", self.shown(text)),
            DeValue::Integer(n) => format!("{} is a whole number; {right}", self.shown(&n.to_string())),
            DeValue::Float(n) => format!("{} is a number; {right}", self.shown(n.as_str())),
            DeValue::Boolean(b) => format!("{} is true or false; {right}", self.shown(&b.to_string())),
            DeValue::Datetime(d) => format!("{} is a date or time; {right}", self.shown(&d.to_string())),
            DeValue::Array(_) => format!("this is a list; {right}"),
            DeValue::Table(_) => format!("this is a table; {right}"),
        };
        self.wrong(node, message);
    }
}

impl<'d> Table<'d> {
    /// A key that may be left out.
    pub fn get(&self, key: &str) -> Option<Node<'d>> {
        self.table.get(key).map(|value| Node { path: self.path_of(key), value })
    }

    /// Every key with its value, in order of name.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        self.table.iter().map(|(key, value)| {
            let key = key.get_ref().as_ref();
            (key, Node { path: self.path_of(key), value })
        })
    }

    /// The path of one of its keys.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "physics has fewer than 2^53 of anything")]
fn lossless_enough(number: i64) -> f64 {
    number as f64
}

/// At most so many characters, on one line.
fn one_line(text: &str, most: usize) -> String {
    let mut out = String::new();
    for character in text.chars().take(most) {
        if character.is_control() { out.extend(character.escape_default()) } else { out.push(character) }
    }
    if text.chars().nth(most).is_some() {
        out.push('…');
    }
    out
}
