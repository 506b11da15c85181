//! OpenADR 3.0.1's shape of the objects at the edge of this server: what of a request must be as 3.0.1 has it before it
//! is rewritten, and what an object of 3.1 lacks after it is. The rewriting itself is [`crate::openadr::legacy`]'s.

use serde_json::{Map, Value, json};

use crate::openadr::legacy;
use crate::vtn::object::Kind;

use super::objects::VALUES_MAPS;
use super::{Member, Shape, optional, required};

/// Kept in a subscription that was made in 3.0.1's shape, so that its client is told of changes in that shape.
const NOTIFIED_AS: &str = "notificationVersion";
const VERSION: &str = "3.0.1";

/// The program of a subscription to all programs, which 3.1 writes by leaving the member out: in 3.0.1 it is required,
/// and clients fail without it. No object has such an id.
const ANY_PROGRAM: &str = "ANY-PROGRAM";

static PROGRAM: &[Member] = &[
    optional("targets", &VALUES_MAPS),
    optional("programLongName", &Shape::Text),
    optional("retailerName", &Shape::Text),
    optional("retailerLongName", &Shape::Text),
    optional("programType", &Shape::Text),
    optional("country", &Shape::Text),
    optional("principalSubdivision", &Shape::Text),
    optional("timeZoneOffset", &Shape::Duration),
    optional("bindingEvents", &Shape::Truth),
    optional("localPrice", &Shape::Truth),
];
static EVENT: &[Member] = &[
    required("programID", &Shape::ObjectId),
    optional("targets", &VALUES_MAPS),
    optional("reportDescriptors", &Shape::List(&Shape::Object(&[optional("targets", &VALUES_MAPS)]))),
    required("intervals", &Shape::List(&Shape::Object(&[]))),
];
static REPORT: &[Member] = &[required("programID", &Shape::ObjectId), required("eventID", &Shape::ObjectId)];
static SUBSCRIPTION: &[Member] =
    &[required("programID", &Shape::ObjectId), optional("targets", &VALUES_MAPS)];
static VEN: &[Member] =
    &[optional("targets", &VALUES_MAPS), optional("resources", &Shape::List(&Shape::Object(&[])))];
static RESOURCE: &[Member] = &[optional("targets", &VALUES_MAPS)];

/// Checks what 3.0.1 has otherwise than 3.1; the rest is checked as 3.1's once it is rewritten.
///
/// # Errors
/// The first thing that is wrong, with its place, its value and what would be right.
pub(in crate::vtn) fn check(kind: Kind, members: &Map<String, Value>) -> Result<(), String> {
    let shape = match kind {
        Kind::Program => PROGRAM,
        Kind::Event => EVENT,
        Kind::Report => REPORT,
        Kind::Subscription => SUBSCRIPTION,
        Kind::Ven => VEN,
        Kind::Resource => RESOURCE,
    };
    super::check(members, shape)
}

/// A request of 3.0.1 as 3.1 has it.
pub(in crate::vtn) fn from_3_0(kind: Kind, mut members: Map<String, Value>) -> Value {
    if kind == Kind::Subscription {
        members.insert(NOTIFIED_AS.to_owned(), VERSION.into());
        if members.get("programID").is_some_and(|program| program == ANY_PROGRAM) {
            members.shift_remove("programID");
        }
    }
    legacy::from_3_0(as_legacy(kind), Value::Object(members))
}

/// The strings of 3.1 that stand for targets of 3.0.1.
pub(in crate::vtn) fn targets_from_3_0(kind: &str, values: &[&str]) -> Vec<String> {
    let holder = json!({"targets": [{"type": kind, "values": values}]});
    let holder = legacy::from_3_0(legacy::Kind::Ven, holder);
    let targets = holder["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
    targets.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The targets of 3.0.1 that strings of 3.1 stand for.
pub(in crate::vtn) fn targets_to_3_0(targets: &[&str]) -> Value {
    let mut holder = legacy::to_3_0(legacy::Kind::Ven, json!({ "targets": targets }));
    holder["targets"].take()
}

/// An object of 3.1 as 3.0.1 has it. `program` is that of a report's event, `resources` are those of a ven, left out
/// where they are not known.
pub(in crate::vtn) fn to_3_0(
    kind: Kind,
    object: Value,
    program: Option<String>,
    resources: Option<Vec<Value>>,
) -> Value {
    let ven = object.get("venID").cloned();
    // 3.0.1 has no such member. Where it says more than the intervals, it is better kept than lost.
    let duration = object.get("duration").cloned();
    let mut old = legacy::to_3_0(as_legacy(kind), object);
    let Some(members) = old.as_object_mut() else { return old };
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    match kind {
        Kind::Event => add("duration", duration),
        Kind::Report => add("programID", program.map(Value::from)),
        Kind::Ven => add("resources", resources.map(Value::Array)),
        Kind::Resource => add("venID", ven),
        Kind::Program | Kind::Subscription => {}
    }
    match kind {
        Kind::Subscription => {
            members.shift_remove(NOTIFIED_AS);
            if members.get("programID").is_none_or(Value::is_null) {
                members.insert("programID".to_owned(), ANY_PROGRAM.into());
            }
        }
        Kind::Event if members.get("intervals").is_some_and(Value::is_null) => {
            members.insert("intervals".to_owned(), json!([]));
        }
        _ => {}
    }
    old
}

/// Whether the client of a subscription is told of changes in 3.0.1's shape.
pub(in crate::vtn) fn is_notified_in_3_0(subscription: &Map<String, Value>) -> bool {
    subscription.get(NOTIFIED_AS).is_some_and(|version| version == VERSION)
}

fn as_legacy(kind: Kind) -> legacy::Kind {
    match kind {
        Kind::Program => legacy::Kind::Program,
        Kind::Event => legacy::Kind::Event,
        // The two versions differ in a subscription as they do in a report: its targets, and whose it is.
        Kind::Report | Kind::Subscription => legacy::Kind::Report,
        Kind::Ven => legacy::Kind::Ven,
        Kind::Resource => legacy::Kind::Resource,
    }
}
