//! A VTN that does to an object all that OpenADR 3.1 lets it do, and all that real ones have been seen to do.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};

use crate::openadr::wire;
use crate::time::UtcTime;

/// The object as it comes back: numbers through a double and of another type, durations and times rewritten, members
/// in another order, `objectType` and unknown members gone, `null` for what is not set, targets hidden.
pub fn sent_through<T: Serialize + DeserializeOwned>(object: &T) -> T {
    let mut value = serde_json::to_value(object).unwrap();
    rewrite("", &mut value);
    if let Some(members) = value.as_object_mut() {
        members.insert("id".into(), "0b7c".into());
        members.insert("createdDateTime".into(), "2026-12-01T15:58:02.000001Z".into());
        members.insert("newInVersion3.2".into(), Value::Null);
        members.entry("intervalPeriod").or_insert(Value::Null);
        if members.contains_key("programID") {
            members.insert("targets".into(), Value::Null);
        }
    }
    wire::read(value.to_string().as_bytes()).unwrap()
}

fn rewrite(name: &str, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut reversed = Map::new();
            for (name, mut member) in std::mem::take(members).into_iter().rev() {
                if name != "objectType" && !member.is_null() {
                    rewrite(&name, &mut member);
                    reversed.insert(name, member);
                }
            }
            *members = reversed;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(name, item)),
        Value::Number(number) if name == "values" => *number = through_a_double(number),
        Value::String(text) if name == "duration" => *text = padded(text),
        Value::String(text) if name == "start" => *text = text.replace('Z', "+00:00"),
        _ => {}
    }
}

/// 5 becomes 5.0, and 500.0 becomes 500: servers hold `number` as a double and some write whole ones without a point.
fn through_a_double(number: &Number) -> Number {
    let double = number.as_f64().unwrap();
    if number.is_i64() || double.fract() != 0.0 {
        Number::from_f64(double).unwrap()
    } else {
        Number::from_string_unchecked(format!("{double:.0}"))
    }
}

/// As OpenLEADR writes it: `P0Y0M0DT0H30M0S`.
fn padded(duration: &str) -> String {
    let start = UtcTime::from_unix(0);
    let seconds = super::period::end_after(start, duration).unwrap().since(start);
    format!("P0Y0M0DT{}H{}M{}S", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
