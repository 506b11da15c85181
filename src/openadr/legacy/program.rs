//! A program's attributes, of which 3.0.1 has eight as members of the program and no others. Those are written as
//! payload descriptors, whose `units` hold the values as JSON text: a member that 3.0.1 does not know would be dropped
//! by servers that it allows to do so, a descriptor is kept.

use serde_json::{Map, Value, json};

/// 3.1's attribute, 3.0.1's member, and whether it is a boolean rather than a string.
const MEMBERS: [(&str, &str, bool); 8] = [
    ("PROGRAM_LONG_NAME", "programLongName", false),
    ("RETAILER_NAME", "retailerName", false),
    ("RETAILER_LONG_NAME", "retailerLongName", false),
    ("PROGRAM_TYPE", "programType", false),
    ("COUNTRY", "country", false),
    ("PRINCIPAL_SUBDIVISION", "principalSubdivision", false),
    ("BINDING_EVENTS", "bindingEvents", true),
    ("LOCAL", "localPrice", true),
];

/// Rewrites the attributes.
pub(super) fn to_3_0(program: &mut Map<String, Value>) {
    let Some(Value::Array(attributes)) = program.shift_remove("attributes") else { return };
    let mut descriptors = Vec::new();
    for attribute in attributes {
        match as_member(&attribute).filter(|(name, _)| !program.contains_key(*name)) {
            Some((name, value)) => {
                program.insert(name.to_owned(), value);
            }
            None => descriptors.push(as_descriptor(attribute)),
        }
    }
    if descriptors.is_empty() {
        return;
    }
    match program.get_mut("payloadDescriptors") {
        Some(Value::Array(others)) => others.extend(descriptors),
        _ => {
            program.insert("payloadDescriptors".to_owned(), Value::Array(descriptors));
        }
    }
}

fn as_member(attribute: &Value) -> Option<(&'static str, Value)> {
    let members = attribute.as_object().filter(|members| members.len() == 2)?;
    let kind = members.get("type")?.as_str()?;
    let (_, name, is_boolean) = MEMBERS.iter().find(|(attribute, ..)| *attribute == kind)?;
    let [value] = members.get("values")?.as_array()?.as_slice() else { return None };
    let fits = if *is_boolean { value.is_boolean() } else { value.is_string() };
    fits.then(|| (*name, value.clone()))
}

fn as_descriptor(attribute: Value) -> Value {
    let Value::Object(mut members) = attribute else { return attribute };
    let kind = members.shift_remove("type").unwrap_or_default();
    let values = members.shift_remove("values").unwrap_or_else(|| json!([]));
    let mut descriptor = Map::new();
    descriptor.insert("objectType".to_owned(), "EVENT_PAYLOAD_DESCRIPTOR".into());
    descriptor.insert("payloadType".to_owned(), kind);
    descriptor.insert("units".to_owned(), values.to_string().into());
    descriptor.extend(members);
    Value::Object(descriptor)
}

/// Gathers the attributes again. A member that is `null` was not set.
pub(super) fn from_3_0(program: &mut Map<String, Value>) {
    let mut attributes = match program.shift_remove("attributes") {
        Some(Value::Array(attributes)) => attributes,
        _ => Vec::new(),
    };
    for (kind, name, is_boolean) in MEMBERS {
        match program.get(name) {
            Some(Value::Null) => {
                program.shift_remove(name);
            }
            Some(value) if value.is_boolean() == is_boolean && (is_boolean || value.is_string()) => {
                attributes.push(json!({"type": kind, "values": [value]}));
                program.shift_remove(name);
            }
            _ => {}
        }
    }
    if let Some(Value::Array(descriptors)) = program.get_mut("payloadDescriptors") {
        let (written, others): (Vec<Value>, Vec<Value>) =
            std::mem::take(descriptors).into_iter().partition(|d| values_in(d).is_some());
        attributes.extend(written.into_iter().map(as_attribute));
        if others.is_empty() {
            program.shift_remove("payloadDescriptors");
        } else {
            *descriptors = others;
        }
    }
    if !attributes.is_empty() {
        program.insert("attributes".to_owned(), Value::Array(attributes));
    }
}

/// The values that a descriptor holds as JSON text; `None` when its units are units.
fn values_in(descriptor: &Value) -> Option<Value> {
    let units = descriptor.get("units")?.as_str()?.trim();
    serde_json::from_str(units).ok().filter(Value::is_array)
}

fn as_attribute(descriptor: Value) -> Value {
    let values = values_in(&descriptor).unwrap_or_default();
    let Value::Object(mut members) = descriptor else { return descriptor };
    let kind = members.shift_remove("payloadType").unwrap_or_default();
    for name in ["objectType", "units"] {
        members.shift_remove(name);
    }
    members.retain(|_, value| !value.is_null());
    let mut attribute = Map::new();
    attribute.insert("type".to_owned(), kind);
    attribute.insert("values".to_owned(), values);
    attribute.extend(members);
    Value::Object(attribute)
}
