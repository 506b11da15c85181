//! Setpoints of a step, and whether they and the window can be sent at all.

use crate::dispatch::{MAX_SETPOINTS, Price, PricePer, Reference};
use crate::profile::reader::{Node, Reader, Table};
use crate::units::{Vars, Watts};
use crate::workshop::scenario::SetpointAt;

use super::plan::Drawn;

const KEYS: [&str; 5] = ["at", "reference", "real_kw", "reactive_kvar", "gbp_per_mwh"];

/// Reads the list; `None` when one of them cannot be read.
pub(super) fn read(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Vec<SetpointAt>> {
    let right = "write a list, as in [{ at = \"T+00:30\", reference = \"DELTA\", real_kw = 500 }]";
    let nodes = reader.list(node, right)?;
    if nodes.is_empty() || nodes.len() > MAX_SETPOINTS {
        let message = match nodes.len() {
            0 => "there is none; write at least one setpoint".to_owned(),
            count => format!("there are {count}; a dispatch has at most {MAX_SETPOINTS}"),
        };
        reader.wrong(node, message);
        return None;
    }
    let setpoints: Vec<Option<SetpointAt>> = nodes.iter().map(|node| read_one(reader, node)).collect();
    setpoints.into_iter().collect()
}

fn read_one(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<SetpointAt> {
    let table = reader.table(
        node,
        &KEYS,
        "write a table, as in { at = \"T+00:30\", reference = \"DELTA\", real_kw = 500 }",
    )?;
    let at = super::required_offset(reader, &table, "at");
    let reference = reader
        .required(&table, "reference", "it has no default: write DELTA or ABSOLUTE")
        .and_then(|node| reader.word(&node, &[Reference::Delta, Reference::Absolute].map(|r| (r.word(), r))));
    let (real, reactive) = (table.get("real_kw"), table.get("reactive_kvar"));
    if real.is_none() && reactive.is_none() {
        reader.wrong_in(&table, "", "this asks for no power; give real_kw, reactive_kvar or both");
    }
    let price = table.get("gbp_per_mwh");
    if price.is_some() && real.is_none() && reactive.is_some() {
        reader.wrong_in(
            &table,
            "gbp_per_mwh",
            "a price per MWh is of real power; give real_kw or take it out",
        );
    }
    // `Some(None)` when it is not given.
    let real = real.map_or(Some(None), |node| reader.watts(&node).map(Watts).map(Some));
    let reactive = reactive.map_or(Some(None), |node| reader.vars(&node).map(Vars).map(Some));
    let per_mwh = |pence| Price { pence, per: PricePer::Mwh };
    let price = price.map_or(Some(None), |node| reader.pence(&node).map(per_mwh).map(Some));
    Some(SetpointAt { at: at?, reference: reference?, real: real?, reactive: reactive?, price: price? })
}

/// Checks a revision against the rules of a dispatch, so that what could never be sent is told of here. Whether it
/// could all be read and keeps them.
pub(super) fn check(reader: &mut Reader<'_>, step: &Table<'_>, drawn: &Drawn) -> bool {
    let (Some(start), Some(end)) = (drawn.service_start, drawn.service_end) else { return false };
    if end <= start {
        let message = format!("{end} is not after service_start {start}; a window ends after it starts");
        reader.wrong_in(step, "service_end", message);
        return false;
    }
    let Some(setpoints) = &drawn.setpoints else { return false };
    let (mut previous, mut holds) = (None, true);
    for (index, setpoint) in setpoints.iter().enumerate() {
        let at = setpoint.at;
        if at < start {
            let message = format!("{at} is before service_start {start}; setpoints lie within the window");
            wrong_at(reader, step, index, "service_start", message);
        } else if at >= end {
            let message = format!("{at} is not before service_end {end}; setpoints lie within the window");
            wrong_at(reader, step, index, "service_end", message);
        } else if let Some(before) = previous.filter(|before| at <= *before) {
            let message =
                format!("{at} is not after the setpoint before, {before}; setpoints stand in order of time");
            wrong_at(reader, step, index, "setpoints", message);
        } else {
            previous = Some(at);
            continue;
        }
        (previous, holds) = (Some(at), false);
    }
    holds
}

/// A setpoint's time is wrong: said where it stands, or, when an amendment moves the window alone, at what it moves.
fn wrong_at(reader: &mut Reader<'_>, step: &Table<'_>, index: usize, moved: &str, message: String) {
    let nodes = step.get("setpoints").and_then(|node| reader.list(&node, ""));
    let table =
        nodes.and_then(|nodes| nodes.into_iter().nth(index)).and_then(|node| reader.any_table(&node, ""));
    match table {
        Some(table) => reader.wrong_in(&table, "at", message),
        None => reader.wrong_in(step, moved, message),
    }
}
