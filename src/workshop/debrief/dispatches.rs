//! The dispatches of a debrief: of each what was asked and delivered, its ladder, its read-back and its score.

use std::fmt::Write as _;

use super::curve;
use super::page::{escaped, london};
use super::{Debrief, seal};
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::Comparison;
use crate::time::span;
use crate::units::{counted, grouped};

/// All of them, unit by unit.
pub(super) fn written(page: &mut String, debrief: &Debrief<'_>) {
    seal::begin(page, "Dispatches");
    *page += "<section><h2>Dispatches</h2>";
    if debrief.snapshot.dispatches.is_empty() {
        *page += "<p>None was sent.</p>";
    }
    for unit in &debrief.snapshot.units {
        let of_unit = |state: &&DispatchState| state.dispatch().is_some_and(|d| d.unit == unit.unit);
        for state in debrief.snapshot.dispatches.iter().map(AsRef::as_ref).filter(of_unit) {
            seal::begin(page, &format!("Dispatch {}", state.key));
            dispatch(page, state, unit);
        }
    }
    *page += "</section>";
}

fn dispatch(page: &mut String, state: &DispatchState, unit: &UnitState) {
    let Some(document) = state.dispatch() else { return };
    let _ = write!(
        page,
        "<article><h3>{} – {} <span class=\"weak\">{}</span></h3><p>{}, {}: <b>{}</b>. Window {} to {}.</p>",
        unit.unit,
        escaped(&unit.name),
        document.dispatch_ref,
        counted(state.revisions.len(), "revision"),
        document.status,
        state.phase.word(),
        london(document.service_start),
        london(document.service_end),
    );
    *page += &curve::drawn(state, unit);
    ladder(page, state);
    readback(page, state);
    if let Some(score) = state.score.as_deref() {
        let share =
            score.ratio.map_or("no share is known".to_owned(), |r| format!("{} %", grouped(100.0 * r, 1)));
        let _ = write!(
            page,
            "<p>Asked {} kWh, delivered {} kWh ({share}), beyond {} kWh; {} of {} minutes in tolerance{}.</p>",
            grouped(score.asked_kwh, 1),
            grouped(score.delivered_kwh, 1),
            grouped(score.over_kwh, 1),
            score.minutes_in_tolerance,
            score.minutes_metered,
            score.rebound_kwh.map_or(String::new(), |kwh| format!("; rebound {} kWh", grouped(kwh, 1))),
        );
    }
    *page += "</article>";
}

fn ladder(page: &mut String, state: &DispatchState) {
    *page += "<table><tr><th>Stage</th><th>Revision</th><th>By the FSP's clock</th><th>After the instruction</th><th></th></tr>";
    let instructed = |revision| {
        let of = state.revisions.iter().find(|r| r.signed.dispatch.revision == revision);
        of.map(|r| r.signed.dispatch.instruction_time)
    };
    for rung in &state.ladder {
        let reason = rung.reason.map(|reason| reason.to_string());
        let said: Vec<String> =
            reason.into_iter().chain(rung.detail.clone()).chain(rung.signature.clone().err()).collect();
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            rung.stage,
            rung.revision,
            london(rung.at),
            instructed(rung.revision).map_or(String::new(), |at| span(rung.at.since(at))),
            escaped(&said.join("; "))
        );
    }
    *page += "</table>";
}

fn readback(page: &mut String, state: &DispatchState) {
    let Some(fields) = state.readback.as_deref() else {
        *page += "<p>No read-back came.</p>";
        return;
    };
    let other: Vec<_> = fields.iter().filter(|field| field.comparison != Comparison::Matched).collect();
    if other.is_empty() {
        let _ = write!(page, "<p>Read back as sent: {}.</p>", counted(fields.len(), "field"));
        return;
    }
    *page += "<table><tr><th>Field</th><th>Sent</th><th>Read back</th><th></th></tr>";
    for field in other {
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&field.field_in_words()),
            escaped(&field.sent),
            escaped(field.read_back.as_deref().unwrap_or("–")),
            field.comparison.word()
        );
    }
    *page += "</table>";
}
