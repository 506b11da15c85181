//! The notice of an operator whose VTN moves, in the anchor event of a program: whoever polls a contract sees it.

use serde_json::Value;

use crate::dispatch::{Moved, SignedMoved};
use crate::openadr::wire::{Event, Interval};
use crate::time::UtcTime;

use super::decode::signature_of;
use super::names;
use super::payload::{one_text, only_one, payload, signature, text};

/// The same event with the notice in it, in the place of an earlier one.
pub fn with_notice(anchor: &Event, signed: &SignedMoved) -> Event {
    let moved = &signed.moved;
    let vtns = moved.vtns().iter().map(|vtn| Value::from(vtn.as_str())).collect();
    let interval = Interval {
        id: 0.into(),
        payloads: vec![
            payload(names::GB_MOVED_TO, vtns),
            text(names::GB_OPERATOR, moved.operator().as_str()),
            text(names::GB_INSTRUCTION_TIME, moved.issued().to_string()),
            signature(&signed.signature),
        ],
        ..Interval::default()
    };
    Event { intervals: vec![interval], ..anchor.clone() }
}

/// The notice in an anchor event, whose signature is still to be checked; `None` when there is none.
///
/// # Errors
/// What of it cannot be read, in words.
pub fn moved_from(event: &Event) -> Option<Result<SignedMoved, String>> {
    let vtns = only_one(&event.intervals, names::GB_MOVED_TO, "vtn").transpose()?;
    Some(vtns.map_err(|problem| problem.to_string()).and_then(|vtns| read(event, vtns)))
}

fn read(event: &Event, vtns: &[Value]) -> Result<SignedMoved, String> {
    let header = |kind: &str| {
        let values = only_one(&event.intervals, kind, kind).map_err(|p| p.to_string())?;
        let values = values.ok_or_else(|| format!("the notice carries no {kind}"))?;
        one_text(values, kind, kind).map_err(|p| p.to_string())
    };
    let operator = header(names::GB_OPERATOR)?.parse();
    let operator = operator.map_err(|e| format!("{}: {e}", names::GB_OPERATOR))?;
    let issued = UtcTime::parse_tolerant(header(names::GB_INSTRUCTION_TIME)?)
        .map_err(|e| format!("{}: {e}", names::GB_INSTRUCTION_TIME))?;
    let vtns: Option<Vec<String>> = vtns.iter().map(|vtn| vtn.as_str().map(str::to_owned)).collect();
    let vtns = vtns.ok_or_else(|| format!("{} carries what is no string", names::GB_MOVED_TO))?;
    let moved = Moved::new(operator, vtns, issued).map_err(|e| format!("{}: {e}", names::GB_MOVED_TO))?;
    let signature = signature_of(event).map_err(|problem| problem.to_string())?;
    Ok(SignedMoved { moved, signature })
}
