//! A change of a recorded session: which part of the picture, and which of its fields are otherwise than before.

use serde_json::{Map, Value, json};

use crate::power::{Reading, SeriesChange};

/// Fields by name.
pub(super) type Fields = Map<String, Value>;

/// A part of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The fleet file.
    Fleet,
    /// The pinned keys.
    Keys,
    /// The rules of approval.
    Approval,
    /// An FSP's client.
    Fsp,
    /// A unit.
    Unit,
    /// A unit's power as its heartbeats told it.
    Power,
    /// A unit's state of charge.
    Charge,
    /// A dispatch.
    Dispatch,
    /// Readings against a dispatch, kW.
    Delivered,
    /// The same, kvar.
    Reactive,
    /// An alarm of the list.
    Alarm,
    /// An alarm on the shelf.
    Shelved,
    /// What came of a command.
    Outcome,
    /// An entry of the journal.
    Entry,
    /// What has gone wrong so far, as somebody switched it.
    Faults,
    /// Everything else; with it a publication is whole.
    Picture,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Fleet,
        Self::Keys,
        Self::Approval,
        Self::Fsp,
        Self::Unit,
        Self::Power,
        Self::Charge,
        Self::Dispatch,
        Self::Delivered,
        Self::Reactive,
        Self::Alarm,
        Self::Shelved,
        Self::Outcome,
        Self::Entry,
        Self::Faults,
        Self::Picture,
    ];

    /// As the file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Keys => "keys",
            Self::Approval => "approval",
            Self::Fsp => "fsp",
            Self::Unit => "unit",
            Self::Power => "power",
            Self::Charge => "charge",
            Self::Dispatch => "dispatch",
            Self::Delivered => "delivered",
            Self::Reactive => "reactive",
            Self::Alarm => "alarm",
            Self::Shelved => "shelved",
            Self::Outcome => "outcome",
            Self::Entry => "entry",
            Self::Faults => "faults",
            Self::Picture => "picture",
        }
    }

    /// Reads the file's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.word() == word)
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    /// Of what.
    pub part: Part,
    /// Of which; empty where there is one only.
    pub id: String,
    /// The fields that are otherwise, as they are now.
    pub fields: Fields,
}

/// A list that goes on where the one before ended, or from some place in it, is written from there on alone.
const AFTER: &str = "$after";
const ITEMS: &str = "items";

/// The fields of `now` that are otherwise than in `before`. No part loses a field.
pub(super) fn differing(before: &Fields, now: &Fields) -> Fields {
    let otherwise = now.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    otherwise.map(|(name, value)| (name.clone(), against(before.get(name), value))).collect()
}

/// A value as it is written after the one before.
fn against(before: Option<&Value>, now: &Value) -> Value {
    let (Some(Value::Array(old)), Value::Array(new)) = (before, now) else { return now.clone() };
    let shared = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    if shared == 0 { now.clone() } else { json!({ AFTER: shared, ITEMS: new[shared..] }) }
}

/// Takes changed fields into those before.
///
/// # Errors
/// When a list does not go on from where the one before stands.
pub(super) fn take_into(fields: &mut Fields, changed: Fields) -> Result<(), String> {
    for (name, value) in changed {
        let value = match value {
            Value::Object(mut tail) if tail.contains_key(AFTER) => {
                let after = tail.get(AFTER).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
                let (Some(Value::Array(mut list)), Some(after), Some(Value::Array(items))) =
                    (fields.remove(&name), after, tail.remove(ITEMS))
                else {
                    return Err(format!("`{name}` goes on from a list that is not there"));
                };
                if after > list.len() {
                    return Err(format!("`{name}` goes on after {after} of {} items", list.len()));
                }
                list.truncate(after);
                list.extend(items);
                Value::Array(list)
            }
            value => value,
        };
        fields.insert(name, value);
    }
    Ok(())
}

const FROM: &str = "from";
const READINGS: &str = "readings";

/// A change of a series as fields.
pub(super) fn series_fields(change: &SeriesChange) -> Fields {
    let readings: Vec<Value> = change.readings.iter().map(|r| json!([r.at, r.kw])).collect();
    let mut fields = Fields::new();
    if let Some(from) = change.from {
        fields.insert(FROM.to_owned(), json!(from));
    }
    fields.insert(READINGS.to_owned(), Value::Array(readings));
    fields
}

/// And back.
///
/// # Errors
/// When they are no readings.
pub(super) fn series_change(fields: &Fields) -> Result<SeriesChange, String> {
    let reading = |pair: &Value| {
        let [at, kw] = pair.as_array()?.as_slice() else { return None };
        Some(Reading { at: at.as_f64()?, kw: kw.as_f64()? })
    };
    let list = fields.get(READINGS).and_then(Value::as_array).ok_or("readings are no list")?;
    let readings = list.iter().map(reading).collect::<Option<Vec<_>>>();
    let readings = readings.ok_or("a reading is not a time and a power")?;
    Ok(SeriesChange { from: fields.get(FROM).and_then(Value::as_f64), readings })
}
