//! Payloads: making them, and finding one among the many that a server hands back.

use serde_json::Value;

use crate::dispatch::{Problem, ProblemKind, Signature, plain_words};
use crate::openadr::wire::{Interval, PayloadDescriptor, ReportDescriptor, ValuesMap};

use super::names;

/// A payload of one type and its values.
pub fn payload(kind: &str, values: Vec<Value>) -> ValuesMap {
    ValuesMap { kind: kind.to_owned(), values, ..ValuesMap::default() }
}

/// A payload of one string.
pub fn text(kind: &str, value: impl Into<String>) -> ValuesMap {
    payload(kind, vec![Value::String(value.into())])
}

/// The signature's payload: algorithm, key id, value.
pub fn signature(signature: &Signature) -> ValuesMap {
    let parts = [names::ED25519, signature.key_id.as_str(), &signature.value_text()];
    payload(names::GB_SIGNATURE, parts.map(|p| Value::String(p.to_owned())).to_vec())
}

/// A `reportDescriptor` that leaves the intervals to the VEN and asks without end; frequency 0 is "whenever there is
/// something to say", n is "every n intervals".
pub fn report_descriptor(kind: &str, frequency: u32, reading: Option<(&str, &str)>) -> ReportDescriptor {
    let mut descriptor = ReportDescriptor { payload_type: kind.to_owned(), ..ReportDescriptor::default() };
    let mut add = |name: &str, value: Value| descriptor.extra.insert(name.to_owned(), value);
    if let Some((reading_type, units)) = reading {
        add("readingType", reading_type.into());
        add("units", units.into());
    }
    add("historical", true.into());
    add("frequency", frequency.into());
    add("repeat", (-1).into());
    add("reportIntervals", "OPEN_INTERVALS".into());
    descriptor
}

/// The units that a descriptor gives a payload type; `None` when none does, and the profile's hold.
pub fn units_of<'a>(descriptors: &'a [PayloadDescriptor], kind: &str) -> Option<&'a str> {
    descriptors.iter().find(|d| d.payload_type == kind).and_then(|d| d.units.as_deref())
}

/// A problem of the wire.
pub fn problem(kind: ProblemKind, field: impl Into<String>, message: impl Into<String>) -> Problem {
    Problem { kind, field: field.into(), message: message.into(), place: None }
}

/// The values of a payload type that may stand once in the whole list of intervals. The same said twice is said once;
/// two that differ are a problem.
pub fn only_one<'a>(
    intervals: &'a [Interval],
    kind: &str,
    field: &str,
) -> Result<Option<&'a [Value]>, Problem> {
    one_of(intervals.iter().flat_map(|i| &i.payloads), kind, field)
}

/// As [`only_one`], of one interval.
pub fn one_of<'a>(
    payloads: impl IntoIterator<Item = &'a ValuesMap>,
    kind: &str,
    field: &str,
) -> Result<Option<&'a [Value]>, Problem> {
    let mut found = payloads.into_iter().filter(|p| p.kind == kind).map(|p| p.values.as_slice());
    let first = found.next();
    match found.find(|other| Some(*other) != first) {
        Some(_) => {
            Err(problem(ProblemKind::Value, field, format!("{kind} is given twice with different values")))
        }
        None => Ok(first),
    }
}

/// The one string of a payload.
pub fn one_text<'a>(values: &'a [Value], kind: &str, field: &str) -> Result<&'a str, Problem> {
    match values {
        [Value::String(text)] => Ok(text),
        other => Err(problem(
            ProblemKind::Form,
            field,
            format!("{kind} carries {}; it carries one string", in_words(other)),
        )),
    }
}

/// Values as a sentence quotes them, cut where they get long.
pub fn in_words(values: &[Value]) -> String {
    in_word(&Value::Array(values.to_vec()))
}

/// One of them.
pub fn in_word(value: &Value) -> String {
    format!("`{}`", plain_words(&value.to_string(), 121))
}
