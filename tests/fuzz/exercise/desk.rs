//! Keys of a desk, of an FSP and of an approver, which nobody else has.

use rampdesk::dispatch::{KeyRing, SigningKey};
use rampdesk::time::UtcTime;
use serde_json::Value;

pub fn key(id: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(id.parse().unwrap(), &[seed; 32])
}

pub fn operator() -> SigningKey {
    key("gb-dno-11-2026", 1)
}

pub fn fsp() -> SigningKey {
    key("brightflex-2026", 2)
}

pub fn approver() -> SigningKey {
    key("ada-winter", 3)
}

/// The keys of everybody.
pub fn ring() -> KeyRing {
    KeyRing::new([operator(), fsp(), approver()].map(|key| key.public(None, None)))
}

pub fn at(text: &str) -> UtcTime {
    text.parse().unwrap()
}

pub fn now() -> UtcTime {
    at("2026-11-26T15:50:00Z")
}

/// A document with one of its texts or numbers changed: that of this number, counted from the first on and around.
pub fn changed(document: &Value, number: usize) -> Value {
    let mut changed = document.clone();
    let leaves = count(document).max(1);
    change(&mut changed, &mut (number % leaves));
    changed
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Null | Value::Bool(_) => 0,
        Value::Number(_) | Value::String(_) => 1,
    }
}

/// Whether it was done in here; `left` counts those that are passed over.
fn change(value: &mut Value, left: &mut usize) -> bool {
    match value {
        Value::Object(members) => members.values_mut().any(|member| change(member, left)),
        Value::Array(items) => items.iter_mut().any(|item| change(item, left)),
        Value::Null | Value::Bool(_) => false,
        Value::Number(_) | Value::String(_) if *left > 0 => {
            *left -= 1;
            false
        }
        Value::Number(number) => {
            *value = number.as_i64().map_or(Value::from(7), |number| number.wrapping_add(1).into());
            true
        }
        Value::String(text) => {
            // One letter or digit becomes the next one, so that most texts still read as what they were.
            let Some(at) = text.rfind(|c: char| c.is_ascii_alphanumeric()) else {
                text.push('x');
                return true;
            };
            let next = match text.as_bytes()[at] {
                b'9' => '8',
                b'z' => 'y',
                b'Z' => 'Y',
                byte => char::from(byte + 1),
            };
            text.replace_range(at..=at, next.encode_utf8(&mut [0; 4]));
            true
        }
    }
}
