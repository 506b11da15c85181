//! What a body must be: the requirements of the OpenADR 3.1.0 specification's file as tables, and the reader of those
//! tables. Beyond them everything is let through: a VTN does not judge content (Definition, "Error handling").

pub(super) mod legacy;
mod objects;
pub(super) mod plain;
mod time;

pub(super) use objects::{
    BL_RESOURCE, BL_VEN, EVENT, OBJECT_TYPE, PROGRAM, REPORT, SUBSCRIPTION, VEN_RESOURCE, VEN_VEN,
};
pub(super) use time::{Length, Start, length, start};

use std::fmt::Write;

use serde_json::{Map, Value};

/// What a value must be.
#[derive(Debug)]
pub(super) enum Shape {
    /// Text of any length.
    Text,
    /// Text of 1 to 128 characters.
    Name,
    /// Text of 1 to 128 characters of a URL-safe alphabet.
    ObjectId,
    /// Text of any length that is never shown.
    Secret,
    /// Text of 2 to 8000 characters: a URI is not taken apart.
    Uri,
    /// RFC 3339, or the sentinel of 3.1.
    Moment,
    /// ISO 8601 as the specification's pattern has it.
    Duration,
    /// A whole number in a range.
    Whole { min: i64, max: i64, says: &'static str },
    /// Any number.
    Number,
    /// `true` or `false`.
    Truth,
    /// One of these texts.
    OneOf { texts: &'static [&'static str], says: &'static str },
    /// A value of a `valuesMap`.
    Datum,
    /// A list of the same.
    List(&'static Shape),
    /// An object with these members and any others.
    Object(&'static [Member]),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member {
    name: &'static str,
    shape: &'static Shape,
    need: Need,
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// It must, and not null.
    Required,
    /// It may be null.
    Nullable,
    /// It may be missing, and null means that it is.
    Optional,
}

/// A member that must be there and not null.
const fn required(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, need: Need::Required }
}

/// A member that may be missing or null.
const fn nullable(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, need: Need::Nullable }
}

/// A member that may be missing. The specification does not allow null for it, and real clients send null for every
/// member that they do not set: it is accepted, and left out of what is kept.
const fn optional(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, shape, need: Need::Optional }
}

pub(super) static OBJECT_ID: Shape = Shape::ObjectId;
pub(super) static NAME: Shape = Shape::Name;
pub(super) static MOMENT: Shape = Shape::Moment;

static POINT: &[Member] = &[required("x", &Shape::Number), required("y", &Shape::Number)];

impl Shape {
    /// What a value of this shape is, for the sentence "must be …".
    pub(super) fn expectation(&self) -> &'static str {
        match self {
            Self::Text | Self::Secret => "text",
            Self::Name => "text of 1 to 128 characters",
            Self::ObjectId => "an object id of 1 to 128 letters, digits, `_` or `-`",
            Self::Uri => "a URI of 2 to 8000 characters",
            Self::Moment => "a date and time as RFC 3339 writes it, such as 2026-12-01T16:30:00Z",
            Self::Duration => "an ISO 8601 duration, such as PT30M",
            Self::Whole { says, .. } | Self::OneOf { says, .. } => says,
            Self::Number => "a number",
            Self::Truth => "true or false",
            Self::Datum => "a number, a text, true, false or a point {\"x\": 1.0, \"y\": 2.0}",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// Whether a text fits a shape of text.
    pub(super) fn fits_text(&self, text: &str) -> bool {
        match self {
            Self::Text | Self::Secret => true,
            Self::Name => length_within(text, 1, 128),
            Self::ObjectId => {
                (1..=128).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            }
            Self::Uri => length_within(text, 2, 8000),
            Self::Moment => start(text).is_some(),
            Self::Duration => length(text).is_some(),
            Self::OneOf { texts, .. } => texts.contains(&text),
            _ => false,
        }
    }

    fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Whole { min, max, .. }, Value::Number(n)) => {
                n.as_i64().is_some_and(|n| (*min..=*max).contains(&n))
            }
            (Self::Number, Value::Number(_))
            | (Self::Truth, Value::Bool(_))
            | (Self::Datum, Value::Number(_) | Value::String(_) | Value::Bool(_))
            | (Self::List(_), Value::Array(_))
            | (Self::Object(_), Value::Object(_)) => true,
            (Self::Datum, Value::Object(members)) => {
                POINT.iter().all(|m| members.get(m.name).is_some_and(Value::is_number))
            }
            (shape, Value::String(text)) => shape.fits_text(text),
            _ => false,
        }
    }
}

fn length_within(text: &str, min: usize, max: usize) -> bool {
    // A character is at most four bytes: most texts need no counting.
    text.len() >= min && (text.len() <= max || text.chars().count() <= max)
}

/// Checks an object's members.
///
/// # Errors
/// The first thing that is wrong, with its place, its value and what would be right.
pub(super) fn check(members: &Map<String, Value>, shape: &'static [Member]) -> Result<(), String> {
    check_members(members, shape, &Path::Root)
}

fn check_members(
    members: &Map<String, Value>,
    shape: &'static [Member],
    path: &Path<'_>,
) -> Result<(), String> {
    for member in shape {
        let here = Path::Member(path, member.name);
        match members.get(member.name) {
            None if member.need == Need::Required => {
                return Err(format!("`{here}` is missing; it must be {}", member.shape.expectation()));
            }
            None => {}
            Some(Value::Null) if member.need != Need::Required => {}
            Some(value) => check_value(value, member.shape, &here)?,
        }
    }
    Ok(())
}

fn check_value(value: &Value, shape: &'static Shape, path: &Path<'_>) -> Result<(), String> {
    if !shape.fits(value) {
        let expected = shape.expectation();
        return Err(match shape {
            Shape::Secret => format!("`{path}` must be {expected}; what it is stays secret"),
            _ => format!("`{path}` must be {expected}; it is {}", shown(value)),
        });
    }
    match (shape, value) {
        (Shape::List(of), Value::Array(items)) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check_value(item, of, &Path::Item(path, index))),
        (Shape::Object(shape), Value::Object(members)) => check_members(members, shape, path),
        _ => Ok(()),
    }
}

/// Leaves out the members that are null and may only be missing; the others stay as they are, and in their order.
pub(super) fn leave_out_nulls(members: &mut Map<String, Value>, shape: &'static [Member]) {
    for member in shape {
        match members.get_mut(member.name) {
            Some(Value::Null) if member.need == Need::Optional => drop(members.shift_remove(member.name)),
            Some(value) => leave_out_nulls_within(value, member.shape),
            None => {}
        }
    }
}

fn leave_out_nulls_within(value: &mut Value, shape: &'static Shape) {
    match (shape, value) {
        (Shape::List(of), Value::Array(items)) => {
            items.iter_mut().for_each(|item| leave_out_nulls_within(item, of));
        }
        (Shape::Object(shape), Value::Object(members)) => leave_out_nulls(members, shape),
        _ => {}
    }
}

/// Where a value is. Built on the stack, written only when something is wrong.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'static str),
    Item(&'a Path<'a>, usize),
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Path::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A value for an error message: short enough to read.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::String(text) => format!("\"{}\"", shortened(text)),
        other => shortened(&other.to_string()),
    }
}

/// A text for an error message: its first 80 characters, control characters escaped.
pub(super) fn shortened(text: &str) -> String {
    let mut out = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == 80 {
            let _ = write!(out, "… ({} characters)", text.chars().count());
            break;
        }
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
