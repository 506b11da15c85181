//! Walks a TOML file table by table and collects every mistake with its line and field, not only the first.
//!
//! [`tables`] finds keys, [`values`] reads what they hold, [`syntax`] says what is no TOML at all.

mod syntax;
mod tables;
mod values;

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) use tables::Table;

use super::fault::FileFault;
use super::kind::is_json;
use crate::dispatch::{plain_words, quoted};

/// Most faults that are reported; what is beyond is counted.
const MAX_FAULTS: usize = 100;
/// Longest path of a field and longest message that are told, in characters: names of keys may be of any length.
const MAX_FIELD: usize = 200;
const MAX_MESSAGE: usize = 800;
/// Longest text that is read, in bytes: a fleet of some fifteen thousand units.
const MAX_BYTES: usize = 8 << 20;

/// What is being read, and what was found wrong with it.
pub(crate) struct Reader<'d> {
    file: &'d str,
    /// Byte offsets at which lines start.
    starts: Vec<usize>,
    shows_values: bool,
    faults: Vec<FileFault>,
    /// Of other files, which this one names.
    foreign: Vec<FileFault>,
}

/// A value and the path to it.
#[derive(Clone, Debug)]
pub(crate) struct Node<'d> {
    pub path: String,
    value: &'d Spanned<DeValue<'d>>,
}

impl Node<'_> {
    /// Whether it is a text, of those that may be a number or a word.
    pub fn is_text(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::String(_))
    }

    /// Whether it is a table, of those that may be a text or one.
    pub fn is_table(&self) -> bool {
        matches!(self.value.get_ref(), DeValue::Table(_))
    }
}

/// Reads a file's root table with a function of its keys.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text; or the one place at which it is no TOML.
pub(crate) fn read<T>(
    file: &str,
    text: &str,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    read_with(Reader::of(file, text, true), text, keys, read_root)
}

/// As [`read`], for a file whose values must never be quoted.
///
/// # Errors
/// As for [`read`], without a value.
pub(crate) fn read_secretly<T>(
    file: &str,
    text: &str,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    read_with(Reader::of(file, text, false), text, keys, read_root)
}

/// The names of a file's root keys, to tell its kind by. No value is quoted, since it may be a file of secrets.
///
/// # Errors
/// When it is no TOML.
pub(crate) fn root_keys(file: &str, text: &str) -> Result<Vec<String>, Vec<FileFault>> {
    let mut reader = Reader::of(file, text, false);
    match reader.parse(text) {
        Some(root) => Ok(root.get_ref().keys().map(|key| key.get_ref().clone().into_owned()).collect()),
        None => Err(reader.finish()),
    }
}

fn read_with<T>(
    mut reader: Reader<'_>,
    text: &str,
    keys: &[&str],
    read_root: impl FnOnce(&mut Reader<'_>, &Table<'_>) -> Option<T>,
) -> Result<T, Vec<FileFault>> {
    let Some(root) = reader.parse(text) else { return Err(reader.finish()) };
    let root = Table::root(root.get_ref());
    reader.check_keys(&root, keys);
    match read_root(&mut reader, &root) {
        Some(value) if reader.faults.is_empty() && reader.foreign.is_empty() => Ok(value),
        _ => Err(reader.finish()),
    }
}

impl<'d> Reader<'d> {
    fn of(file: &'d str, text: &str, shows_values: bool) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, starts, shows_values, faults: Vec::new(), foreign: Vec::new() }
    }

    /// The tree; none when the text is too long, empty or no TOML. Only the first place at which it is no TOML is
    /// reported: what a parser finds after it is guesswork.
    fn parse<'t>(&mut self, text: &'t str) -> Option<Spanned<DeTable<'t>>> {
        if text.len() > MAX_BYTES {
            let message = format!("the text is {} bytes long; a file has at most {MAX_BYTES}", text.len());
            self.report(None, "", message);
            return None;
        }
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            self.report(None, "", "there is nothing in it");
            return None;
        }
        if is_json(text) {
            self.report(None, "", "this is JSON, and TOML is expected");
            return None;
        }
        match DeTable::parse(text) {
            Ok(root) => Some(root),
            Err(error) => {
                let message = syntax::sentence(&error, text, self.shows_values);
                self.report(error.span(), "", message);
                None
            }
        }
    }

    fn finish(mut self) -> Vec<FileFault> {
        self.faults.sort_by_key(|f| f.line);
        let beyond = self.faults.len().saturating_sub(MAX_FAULTS);
        if beyond > 0 {
            self.faults.truncate(MAX_FAULTS);
            self.report(None, "", format!("there are {beyond} more mistakes after these"));
        }
        self.faults.append(&mut self.foreign);
        self.faults
    }

    fn report(&mut self, span: Option<Range<usize>>, field: &str, message: impl Into<String>) {
        let line = span.map(|s| self.starts.partition_point(|start| *start <= s.start));
        let (file, field) = (self.file.to_owned(), plain_words(field, MAX_FIELD));
        let message = plain_words(&message.into(), MAX_MESSAGE);
        self.faults.push(FileFault { file, line, field, message });
    }

    /// A mistake in a value.
    pub fn wrong(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.report(Some(node.value.span()), &node.path, message);
    }

    /// Mistakes in another file, which this one names.
    pub fn adopt(&mut self, faults: Vec<FileFault>) {
        self.foreign.extend(faults);
    }

    /// The value as a message shows it: shortened, in backquotes; nothing of it in a secret file.
    pub fn shown(&self, text: &str) -> String {
        if self.shows_values { quoted(text) } else { "the value".to_owned() }
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

/// `A, B or C`.
fn one_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
