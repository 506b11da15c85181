//! Tables and lists: which keys are there, which are unknown, which are missing.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Node, Reader, one_of};
use crate::dispatch::quoted;

/// A table, and the path to it.
#[derive(Clone, Debug)]
pub(crate) struct Table<'d> {
    path: String,
    span: Range<usize>,
    table: &'d DeTable<'d>,
}

impl<'d> Table<'d> {
    /// The table of a whole file.
    pub(super) fn root(table: &'d DeTable<'d>) -> Self {
        Self { path: String::new(), span: 0..0, table }
    }

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

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Reader<'_> {
    /// A mistake in a table: at one of its keys, or at its beginning when the key is not there; of the table itself
    /// when the key is empty.
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

    /// A key's name as part of a path: shortened, and in one piece.
    pub(super) fn shown_key(&self, key: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !key.is_empty() && key.len() <= 64 && key.chars().all(plain) {
            key.to_owned()
        } else if self.shows_values {
            quoted(key)
        } else {
            "…".to_owned()
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
    pub fn table<'t>(&mut self, node: &Node<'t>, keys: &[&str], right: &str) -> Option<Table<'t>> {
        let table = self.any_table(node, right)?;
        self.check_keys(&table, keys);
        Some(table)
    }

    /// A table with keys that are to be checked when more is known.
    pub fn any_table<'t>(&mut self, node: &Node<'t>, right: &str) -> Option<Table<'t>> {
        let DeValue::Table(table) = node.value.get_ref() else {
            self.wrong_type(node, right);
            return None;
        };
        Some(Table { path: node.path.clone(), span: node.value.span(), table })
    }

    /// A table that comes in kinds, told by one of its keys: which kind, and the table with its keys checked by it.
    pub fn of_kind<'t, K: Copy>(
        &mut self,
        table: Table<'t>,
        key: &str,
        kinds: &[(&str, K, &[&str])],
    ) -> Option<(K, Table<'t>)> {
        let right = format!("write {}", one_of(kinds.iter().map(|(word, _, _)| *word)));
        let node = self.required(&table, key, &right)?;
        let words: Vec<(&str, (K, &[&str]))> =
            kinds.iter().map(|(word, kind, keys)| (*word, (*kind, *keys))).collect();
        let (kind, keys) = self.word(&node, &words)?;
        self.check_keys(&table, keys);
        Some((kind, table))
    }

    /// The tables of a list, none when the key is not there: `[[units]]`.
    pub fn tables<'t>(&mut self, table: &Table<'t>, key: &str, keys: &[&str]) -> Vec<Table<'t>> {
        let tables = self.any_tables(table, key);
        for table in &tables {
            self.check_keys(table, keys);
        }
        tables
    }

    /// As [`Reader::tables`], with keys that are to be checked when more is known.
    pub fn any_tables<'t>(&mut self, table: &Table<'t>, key: &str) -> Vec<Table<'t>> {
        let Some(node) = table.get(key) else { return Vec::new() };
        let right = format!("write tables, each under [[{key}]]");
        let Some(entries) = self.list(&node, &right) else { return Vec::new() };
        entries.iter().filter_map(|entry| self.any_table(entry, &right)).collect()
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
}
