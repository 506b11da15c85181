//! The units that may take part, as the desk knows them now, and why others cannot.

use std::sync::Arc;

use crate::console::compose::forecast::state_of;
use crate::console::context::{View, turns_to_zero};
use crate::console::plot::instant::seconds;
use crate::console::words;
use crate::desk::snapshot::{ContractState, LinkState, UnitState};
use crate::dispatch::Status;
use crate::portfolio::Member;
use crate::power::UnitPhase;
use crate::time::UtcTime;

/// The contract that a unit is under.
pub fn contract_of<'a>(view: &View<'a>, unit: &UnitState) -> Option<&'a ContractState> {
    let snapshot = view.snapshot;
    snapshot.contracts.iter().find(|c| c.operator == unit.operator && c.contract == unit.contract)
}

/// Why a unit cannot take part in a plan for a time; `None` when it can.
pub fn obstacle(view: &View<'_>, unit: &UnitState, span: Option<(UtcTime, UtcTime)>) -> Option<String> {
    let Some(contract) = contract_of(view, unit) else {
        return Some("this desk does not have its contract".to_owned());
    };
    if turns_to_zero(&contract.product) {
        return Some("its contract turns export to zero, and nothing else".to_owned());
    }
    if unit.state == UnitPhase::Inhibited.word() {
        return Some("held by an EMERGENCY STOP".to_owned());
    }
    let fsp = view.snapshot.fsps.iter().find(|fsp| fsp.id == unit.unit.fsp);
    if fsp.is_some_and(|fsp| fsp.client == LinkState::Lost) {
        return Some(format!("{}'s client is lost", unit.unit.fsp));
    }
    let (from, to) = span?;
    let has_it = view.snapshot.dispatches.iter().filter(|dispatch| dispatch.is_open()).find_map(|dispatch| {
        let sent = dispatch.dispatch()?;
        let serves = matches!(sent.status, Status::Run | Status::RunNow);
        let overlaps = sent.service_start < to && from < sent.service_end;
        (serves && overlaps && sent.unit == unit.unit).then_some((dispatch.key.clone(), sent.service_end))
    });
    has_it.map(|(key, until)| format!("{key} has it until {}", words::london_minute(until)))
}

/// A unit as a part of a plan that is made now.
pub fn member(view: &View<'_>, unit: &UnitState, now: UtcTime) -> Option<Member> {
    let contract = contract_of(view, unit)?;
    let answered = i64::from(contract.poll_seconds) + i64::from(contract.ack_seconds);
    Some(Member {
        unit: unit.unit.clone(),
        asset: Arc::clone(&unit.asset),
        baseline: Arc::clone(&unit.baseline),
        state: state_of(unit, seconds(now)),
        told_at: now + i64::from(contract.poll_seconds),
        earliest: now + i64::from(contract.notice_seconds).max(answered),
        declared: unit.availability.clone(),
        pence_per_mwh: contract.pence_per_mwh,
    })
}
