//! From a draft to the document that is sent, and to the sketch of it that can be drawn while it is unfinished.

use std::collections::BTreeMap;

use crate::dispatch::{
    Dispatch, DispatchParts, DispatchRef, ReactiveLevel, RealLevel, Reference, Setpoint, Status,
};
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::draft::{Draft, Kind, RowId};

/// What of a draft can be drawn.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The readable levels within the window, as a dispatch.
    pub dispatch: Dispatch,
    /// The rows of its real levels, in time order: the order of an instruction's targets.
    pub real: Vec<RowId>,
}

/// The document's fields as they will be sent; `None` while any of them cannot be read.
pub fn parts(draft: &Draft, instruction_time: UtcTime) -> Option<DispatchParts> {
    let (service_start, service_end) = draft.window();
    let mut setpoints = BTreeMap::new();
    for row in &draft.rows {
        let at = draft.at(row).ok()?;
        let level = Level { kind: row.kind, reference: row.reference?, amount: row.amount().ok()? };
        let placed = place(&mut setpoints, at, level, row.price().ok()?);
        if !placed {
            return None;
        }
    }
    Some(DispatchParts {
        network_operator: draft.operator.clone(),
        dispatch_ref: DispatchRef::new(draft.dispatch_ref.trim()).ok()?,
        revision: draft.revision,
        status: draft.status,
        contract: draft.contract.clone(),
        unit: draft.unit.clone(),
        instruction_time,
        service_start: service_start.ok()?,
        service_end: service_end.ok()?,
        setpoints: setpoints.into_values().collect(),
    })
}

/// What of the draft can be drawn: its window and the levels in it that can be read. A pre-notified dispatch is drawn
/// as if it were to run.
pub fn sketch(draft: &Draft, now: UtcTime) -> Option<Sketch> {
    let (service_start, service_end) = draft.span()?;
    let mut setpoints = BTreeMap::new();
    let mut real = Vec::new();
    for p in draft.placed() {
        let Some(reference) = p.reference else { continue };
        if p.at < service_start || p.at >= service_end {
            continue;
        }
        let level = Level { kind: p.kind, reference, amount: p.amount };
        if place(&mut setpoints, p.at, level, None) && p.kind == Kind::Real {
            real.push(p.row);
        }
    }
    let dispatch = Dispatch::new(DispatchParts {
        network_operator: draft.operator.clone(),
        dispatch_ref: DispatchRef::new(draft.dispatch_ref.trim())
            .or_else(|_| DispatchRef::new("DRAFT"))
            .ok()?,
        revision: draft.revision,
        status: if draft.status == Status::PreNotify { Status::Run } else { draft.status },
        contract: draft.contract.clone(),
        unit: draft.unit.clone(),
        instruction_time: now.min(service_start),
        service_start,
        service_end,
        setpoints: setpoints.into_values().collect(),
    });
    Some(Sketch { dispatch: dispatch.ok()?, real })
}

#[derive(Clone, Copy)]
struct Level {
    kind: Kind,
    reference: Reference,
    amount: i64,
}

/// Puts a level at its time; `false` when that time has one of its kind already.
fn place(
    setpoints: &mut BTreeMap<UtcTime, Setpoint>,
    at: UtcTime,
    level: Level,
    price: Option<crate::dispatch::Price>,
) -> bool {
    let setpoint = setpoints.entry(at).or_insert(Setpoint { at, real: None, reactive: None });
    let Level { kind, reference, amount } = level;
    match kind {
        Kind::Real if setpoint.real.is_none() => {
            setpoint.real = Some(RealLevel { reference, watts: Watts(amount), price });
        }
        Kind::Reactive if setpoint.reactive.is_none() => {
            setpoint.reactive = Some(ReactiveLevel { reference, vars: Vars(amount), price });
        }
        _ => return false,
    }
    true
}
