//! OpenADR 3.0.1's shape of the objects, to and from 3.1's, which is the one that this program works with.
//!
//! Both ways work on JSON, so that members which neither version knows pass through untouched.
//!
//! | | 3.1 | 3.0.1 |
//! |---|---|---|
//! | targets | strings | `{type, values}`: see [`targets`] |
//! | a program's descriptive members | `attributes` | members of its own; the rest as payload descriptors: see [`program`] |
//! | `event.duration` | optional | absent; the window says it |
//! | `event.intervals` | optional | required: an empty list |
//! | `reportDescriptor.reportIntervals` | optional | absent |
//! | `report.programID` | absent | required: the client finds it |
//! | `clientID` | on ven, resource and report | absent |
//! | `objectType` of a request | `BL_VEN_REQUEST`, … | absent |
//! | a resource's `venID` in a request | required | in the path |
//! | start "now" | `0001-01-01…` | `0000-00-00` |
//!
//! Sources: the OpenAPI files of both versions, OpenADR Alliance.

mod program;
mod targets;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

/// Which object a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A program.
    Program,
    /// An event.
    Event,
    /// A report.
    Report,
    /// A ven.
    Ven,
    /// A resource.
    Resource,
}

/// "Now" as 3.0 documents write it, which is not a date.
const NOW_3_0: &str = "0000-00-00";
/// "Now" as 3.1 writes it (Definition, "intervalPeriod"), with the time that real servers insist on.
const NOW_3_1: &str = "0001-01-01T00:00:00Z";
/// Stands in the one interval of an event that has none, for a 3.0 server that insists on one.
const REPORT_ONLY: &str = "GB_REPORT_ONLY";

/// A request of 3.1 as 3.0.1 has it. What is no object passes as it is.
pub fn to_3_0(kind: Kind, request: Value) -> Value {
    let Value::Object(mut members) = request else { return request };
    targets::to_3_0(&mut members);
    match kind {
        Kind::Program => program::to_3_0(&mut members),
        Kind::Event => {
            members.shift_remove("duration");
            members.entry("intervals").or_insert_with(|| json!([]));
            for descriptor in objects_in(&mut members, "reportDescriptors") {
                descriptor.shift_remove("reportIntervals");
                targets::to_3_0(descriptor);
            }
        }
        Kind::Report => {
            members.shift_remove("clientID");
        }
        Kind::Ven | Kind::Resource => {
            for name in ["clientID", "venID"] {
                members.shift_remove(name);
            }
            let object_type = members.get("objectType").and_then(Value::as_str);
            if object_type.is_some_and(|text| text.ends_with("_REQUEST")) {
                members.shift_remove("objectType");
            }
        }
    }
    let mut object = Value::Object(members);
    each_start(&mut object, &|start| start.starts_with("0001-01-01").then_some(NOW_3_0));
    object
}

/// An object of 3.0.1 as 3.1 has it. What has 3.1's shape already passes as it is.
pub fn from_3_0(kind: Kind, object: Value) -> Value {
    let Value::Object(mut members) = object else { return object };
    targets::from_3_0(&mut members);
    match kind {
        Kind::Program => program::from_3_0(&mut members),
        Kind::Event => {
            if let Some(Value::Array(intervals)) = members.get_mut("intervals") {
                intervals.retain(|interval| !is_stand_in(interval));
            }
            for descriptor in objects_in(&mut members, "reportDescriptors") {
                targets::from_3_0(descriptor);
            }
        }
        Kind::Report | Kind::Ven | Kind::Resource => {}
    }
    let mut object = Value::Object(members);
    each_start(&mut object, &|start| start.starts_with(NOW_3_0).then_some(NOW_3_1));
    object
}

/// An event of 3.0.1 with an interval that says nothing, where it has none: openleadr-vtn 0.1.4 insists on one.
/// `None` when it has intervals. [`from_3_0`] takes it out again.
pub fn with_stand_in(event: &Value) -> Option<Value> {
    let intervals = event.get("intervals")?.as_array()?;
    if !intervals.is_empty() {
        return None;
    }
    let mut event = event.clone();
    event["intervals"] = json!([{"id": 0, "payloads": [{"type": REPORT_ONLY, "values": [true]}]}]);
    Some(event)
}

fn is_stand_in(interval: &Value) -> bool {
    let payloads = interval.get("payloads").and_then(Value::as_array);
    payloads.is_some_and(|all| all.len() == 1 && all[0].get("type").is_some_and(|kind| kind == REPORT_ONLY))
}

/// The objects of a list that is a member.
fn objects_in<'a>(
    members: &'a mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let list = members.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Replaces the start of every interval period for which another is given.
fn each_start(value: &mut Value, replace: &impl Fn(&str) -> Option<&'static str>) {
    match value {
        Value::Object(members) => {
            let start = members.get_mut("intervalPeriod").and_then(|period| period.get_mut("start"));
            if let Some(start) = start
                && let Some(other) = start.as_str().and_then(replace)
            {
                *start = other.into();
            }
            members.values_mut().for_each(|member| each_start(member, replace));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_start(item, replace)),
        _ => {}
    }
}
