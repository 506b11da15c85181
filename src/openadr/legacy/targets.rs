//! Targets: strings in 3.1, `{type, values}` in 3.0.1.
//!
//! | 3.1 | 3.0.1 |
//! |---|---|
//! | `FSP_UNIT`, a dispatch unit's | `VEN_NAME` [FSP] and `RESOURCE_NAME` [UNIT]; several of one FSP as one pair, since openleadr 0.1.4 refuses a VEN named twice |
//! | `TYPE:value` | `TYPE` [value] |
//! | any other | `GROUP` [it] |

use serde_json::{Map, Value, json};

use crate::dispatch::DispatchUnit;

const VEN_NAME: &str = "VEN_NAME";
const RESOURCE_NAME: &str = "RESOURCE_NAME";
const GROUP: &str = "GROUP";

/// Rewrites the `targets` of an object where they are strings.
pub(super) fn to_3_0(members: &mut Map<String, Value>) {
    let Some(Value::Array(targets)) = members.get_mut("targets") else { return };
    let mut entries: Vec<Value> = Vec::new();
    let mut targets_left = std::mem::take(targets);
    if let Some(fsp) = only_fsp(&targets_left) {
        add(&mut entries, VEN_NAME, &fsp);
        targets_left.retain(|target| match unit_in(target) {
            Some((_, unit)) => {
                add(&mut entries, RESOURCE_NAME, unit);
                false
            }
            None => true,
        });
    }
    for target in targets_left {
        match target {
            Value::String(target) => {
                entries_of(&target).for_each(|(kind, value)| add(&mut entries, kind, value))
            }
            other => entries.push(other),
        }
    }
    *targets = entries;
}

/// FSP and unit, where a target is a dispatch unit's.
fn unit_in(target: &Value) -> Option<(&str, &str)> {
    let target = target.as_str()?;
    DispatchUnit::from_target(target).and_then(|_| target.split_once('_'))
}

/// The FSP whose dispatch units all those among the targets are.
fn only_fsp(targets: &[Value]) -> Option<String> {
    let mut fsps = targets.iter().filter_map(|target| Some(unit_in(target)?.0));
    let first = fsps.next()?;
    fsps.all(|fsp| fsp == first).then(|| first.to_owned())
}

fn entries_of(target: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = match DispatchUnit::from_target(target) {
        Some(_) => {
            let (fsp, unit) = target.split_once('_').unwrap_or((target, ""));
            [Some((VEN_NAME, fsp)), Some((RESOURCE_NAME, unit))]
        }
        None => [Some(target.split_once(':').unwrap_or((GROUP, target))), None],
    };
    pairs.into_iter().flatten()
}

/// Values of one type that follow each other stand in one entry, but for the pairs of dispatch units.
fn add(entries: &mut Vec<Value>, kind: &str, value: &str) {
    if let Some(last) = entries.last_mut()
        && last["type"] == kind
        && let Some(values) = last["values"].as_array_mut()
    {
        values.push(value.into());
        return;
    }
    entries.push(json!({"type": kind, "values": [value]}));
}

/// Rewrites the `targets` of an object where they are `{type, values}`. `null` is left out.
pub(super) fn from_3_0(members: &mut Map<String, Value>) {
    let Some(Value::Array(entries)) = members.get_mut("targets") else { return };
    let mut targets: Vec<Value> = Vec::new();
    let mut vens: Vec<String> = Vec::new();
    let mut resources: Vec<String> = Vec::new();
    for entry in std::mem::take(entries) {
        match (entry.get("type").and_then(Value::as_str), entry.get("values").and_then(Value::as_array)) {
            (Some(VEN_NAME), Some(values)) => vens.extend(values.iter().map(text)),
            (Some(RESOURCE_NAME), Some(values)) => resources.extend(values.iter().map(text)),
            (Some(GROUP), Some(values)) => targets.extend(values.iter().map(|v| plain(&text(v)).into())),
            (Some(kind), Some(values)) => {
                targets.extend(values.iter().map(|v| format!("{kind}:{}", text(v)).into()));
            }
            _ if entry.is_null() => {}
            _ => targets.push(entry),
        }
    }
    targets.splice(0..0, units(&vens, &resources).into_iter().map(Value::String));
    *entries = targets;
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A group whose name would read as something else keeps its type.
fn plain(group: &str) -> String {
    let is_plain = DispatchUnit::from_target(group).is_none() && !group.contains(':');
    if is_plain { group.to_owned() } else { format!("{GROUP}:{group}") }
}

/// The dispatch units that VEN and resource names speak of: all of one VEN, or one by one. Where that cannot be told,
/// or one half is missing, each name stands for itself.
fn units(vens: &[String], resources: &[String]) -> Vec<String> {
    let pairs: Option<Vec<String>> = match vens {
        [ven] if !resources.is_empty() => resources.iter().map(|resource| unit(ven, resource)).collect(),
        _ if !vens.is_empty() && vens.len() == resources.len() => {
            vens.iter().zip(resources).map(|(ven, resource)| unit(ven, resource)).collect()
        }
        _ => None,
    };
    pairs.unwrap_or_else(|| {
        let vens = vens.iter().map(|ven| format!("{VEN_NAME}:{ven}"));
        vens.chain(resources.iter().map(|resource| format!("{RESOURCE_NAME}:{resource}"))).collect()
    })
}

fn unit(ven: &str, resource: &str) -> Option<String> {
    let target = format!("{ven}_{resource}");
    let read = DispatchUnit::from_target(&target)?;
    (read.fsp.as_str() == ven).then_some(target)
}
