//! Walks a JSON tree member by member and collects every mistake with its field and place.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged as _;

use super::super::problem::{Place, Problem, ProblemKind};
use super::form::Lines;
use super::quantity::{self, QuantityFault};
use super::quoted;

/// Most problems that are reported; what is beyond is counted.
const MAX_PROBLEMS: usize = 100;
/// Longest text that can be any field's value, in bytes.
const MAX_TEXT: usize = 256;

/// The path of the whole document; its members' paths leave it out.
pub(super) const ROOT: &str = "document";

/// How strictly a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// What a person writes: unknown members are mistakes, `null` is one too.
    Document,
    /// What another implementation reads back: whatever else is in it is passed over, `null` is absent, and the
    /// canonical units are understood.
    Readback,
}

/// A value and the path to it.
#[derive(Clone, Debug)]
pub(super) struct Node<'v, 't> {
    pub path: String,
    pub value: &'v Value<'t>,
}

/// An object whose members have been checked for names.
pub(super) struct Members<'v, 't> {
    path: String,
    object: &'v Object<'t>,
}

/// What is being read, and what was found wrong with it.
pub(super) struct Reader<'t> {
    pub dialect: Dialect,
    lines: Lines<'t>,
    places: BTreeMap<String, Place>,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    pub fn new(dialect: Dialect, lines: Lines<'t>) -> Self {
        Self { dialect, lines, places: BTreeMap::new(), problems: Vec::new() }
    }

    pub fn text(&self) -> &'t str {
        self.lines.text()
    }

    /// Reports a mistake at a field that was read, or at what holds it.
    pub fn report(&mut self, kind: ProblemKind, field: &str, message: impl Into<String>) {
        let place = self.place_of(field);
        self.problems.push(Problem { place, ..Problem::new(kind, field, message) });
    }

    /// Takes over what the rules found, and gives each its place.
    pub fn adopt(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            self.report(problem.kind, &problem.field, problem.message);
        }
    }

    /// Everything found, in the order of the text.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|p| p.place);
        let beyond = self.problems.len().saturating_sub(MAX_PROBLEMS);
        if beyond > 0 {
            self.problems.truncate(MAX_PROBLEMS);
            let message = format!("there are {beyond} more mistakes after these");
            self.problems.push(Problem::new(ProblemKind::Form, ROOT, message));
        }
        self.problems
    }

    fn place_of(&self, field: &str) -> Option<Place> {
        let mut path = field;
        loop {
            if let Some(place) = self.places.get(path) {
                return Some(*place);
            }
            let Some(end) = path.rfind(['.', '[']) else { return self.places.get(ROOT).copied() };
            path = &path[..end];
        }
    }

    fn raw(&self, value: &Value<'t>) -> &'t str {
        self.lines.text().get(value.start()..value.end()).unwrap_or_default()
    }

    /// The members of an object; those that are unknown or there twice are reported.
    pub fn object<'v>(&mut self, node: &Node<'v, 't>, names: &[&str]) -> Option<Members<'v, 't>> {
        self.places.insert(node.path.clone(), self.lines.place(node.value.start()));
        let Value::Object(object) = node.value else {
            let right = match node.path.as_str() {
                ROOT => "write an object: { … }".to_owned(),
                _ => format!("write an object with {}: {{ … }}", names.join(", ")),
            };
            self.wrong_type(node, &right);
            return None;
        };
        let members = Members { path: node.path.clone(), object };
        let mut seen = BTreeSet::new();
        for member in &object.properties {
            let name = member.name.as_str();
            let known = names.contains(&name);
            if known || self.dialect == Dialect::Document {
                let field = members.path_of(&quoted_name(name));
                self.places.entry(field.clone()).or_insert_with(|| self.lines.place(member.range.start));
                if !seen.insert(name) {
                    let place = Some(self.lines.place(member.range.start));
                    let message = "this member is here twice; keep one";
                    self.problems.push(Problem { place, ..Problem::new(ProblemKind::Form, field, message) });
                } else if !known {
                    let message = format!("no member has this name here; known are {}", names.join(", "));
                    self.report(ProblemKind::Unknown, &field, message);
                }
            }
        }
        Some(members)
    }

    /// A member that may be left out.
    pub fn optional<'v>(&mut self, members: &Members<'v, 't>, name: &str) -> Option<Node<'v, 't>> {
        let member = members.object.get(name)?;
        if self.dialect == Dialect::Readback && member.value.as_null_keyword().is_some() {
            return None;
        }
        Some(Node { path: members.path_of(name), value: &member.value })
    }

    /// A member that must be there.
    pub fn required<'v>(
        &mut self,
        members: &Members<'v, 't>,
        name: &str,
        right: &str,
    ) -> Option<Node<'v, 't>> {
        let node = self.optional(members, name);
        if node.is_none() {
            self.report(ProblemKind::Missing, &members.path_of(name), format!("is missing; {right}"));
        }
        node
    }

    /// The entries of a list.
    pub fn list<'v>(&mut self, node: &Node<'v, 't>) -> Option<Vec<Node<'v, 't>>> {
        let Value::Array(array) = node.value else {
            self.wrong_type(node, "write a list: [ … ]");
            return None;
        };
        let entries = array.elements.iter().enumerate();
        let entries = entries.map(|(index, value)| Node { path: format!("{}[{index}]", node.path), value });
        Some(entries.collect())
    }

    /// A text of at most 256 bytes on one line.
    pub fn text_of<'v>(&mut self, node: &Node<'v, 't>, right: &str) -> Option<&'v str> {
        let Value::StringLit(text) = node.value else {
            self.wrong_type(node, right);
            return None;
        };
        let text = text.value.as_ref();
        if text.len() > MAX_TEXT {
            let message = format!("{} is {} bytes long; {right}", quoted(text), text.len());
            self.report(ProblemKind::Value, &node.path, message);
            return None;
        }
        if text.contains(char::is_control) {
            let message = format!("{} holds a control character; {right}", quoted(text));
            self.report(ProblemKind::Value, &node.path, message);
            return None;
        }
        Some(text)
    }

    /// A text that its type reads, and whose error says what would be right.
    pub fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        node: &Node<'_, 't>,
        right: &str,
    ) -> Option<T> {
        let text = self.text_of(node, right)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(ProblemKind::Value, &node.path, error.to_string());
                None
            }
        }
    }

    /// One of a list of words.
    pub fn word<T: Copy>(&mut self, node: &Node<'_, 't>, words: &[(&str, T)]) -> Option<T> {
        let right = format!("write {}", one_of(words.iter().map(|(word, _)| *word)));
        let text = self.text_of(node, &right)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.report(ProblemKind::Value, &node.path, format!("{} is not known; {right}", quoted(text)));
        }
        found
    }

    /// A number times ten to the power given, exactly.
    pub fn scaled(
        &mut self,
        node: &Node<'_, 't>,
        power: i64,
        right: &str,
    ) -> Option<Result<i64, QuantityFault>> {
        let Value::NumberLit(number) = node.value else {
            self.wrong_type(node, right);
            return None;
        };
        match quantity::scaled(number.value, power) {
            Err(QuantityFault::NotANumber) => {
                let message = format!("{} is not a number in JSON; {right}", quoted(number.value));
                self.report(ProblemKind::Form, &node.path, message);
                None
            }
            judged => Some(judged),
        }
    }

    /// The value as it stands in the text, shortened.
    pub fn shown(&self, node: &Node<'_, 't>) -> String {
        quoted(self.raw(node.value))
    }

    pub fn wrong_type(&mut self, node: &Node<'_, 't>, right: &str) {
        let message = match node.value {
            Value::StringLit(_) => format!("{} is a text; {right}", self.shown(node)),
            Value::NumberLit(_) => format!("{} is a number; {right}", self.shown(node)),
            Value::BooleanLit(_) => format!("{} is true or false; {right}", self.shown(node)),
            Value::Object(_) => format!("this is an object; {right}"),
            Value::Array(_) => format!("this is a list; {right}"),
            Value::NullKeyword(_) => format!("`null` says nothing; {right}"),
        };
        self.report(ProblemKind::Form, &node.path, message);
    }
}

impl Members<'_, '_> {
    pub fn path_of(&self, name: &str) -> String {
        if self.path == ROOT { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// A member's name as part of a path: shortened, and in one piece.
fn quoted_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.len() <= 64 && name.chars().all(plain) {
        name.to_owned()
    } else {
        quoted(name)
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
