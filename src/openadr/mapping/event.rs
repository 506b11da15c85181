//! A signed dispatch as an event, and the anchor event of a program. Written strictly.

use serde_json::Value;

use crate::dispatch::{
    Dispatch, DispatchKey, Price, PricePer, ReactiveLevel, RealLevel, Reference, Revision, Setpoint,
    SignedDispatch, Status,
};
use crate::openadr::wire::{Event, Interval, PayloadDescriptor, ValuesMap};

use super::payload::{one_text, only_one, payload, report_descriptor, signature, text};
use super::{names, number, period};

/// The name of an anchor event.
const ANCHOR_NAME: &str = "GB_ANCHOR";

/// The anchor event of a program: without intervals, asks for heartbeats, standing telemetry and availability. Its
/// targets are to be set: those of the contract's units.
pub fn anchor_event(program_id: &str) -> Event {
    Event {
        program_id: program_id.to_owned(),
        event_name: Some(ANCHOR_NAME.to_owned()),
        report_descriptors: vec![
            report_descriptor(names::GB_HEARTBEAT, 0, None),
            report_descriptor(names::READING, 0, Some(("MEAN", names::KW))),
            report_descriptor(names::GB_AVAILABILITY, 0, None),
        ],
        ..Event::default()
    }
}

/// Whether an event is an anchor: it asks for heartbeats and dispatches nothing.
pub fn is_anchor(event: &Event) -> bool {
    let is_dispatch = |payload: &ValuesMap| {
        matches!(payload.kind.as_str(), names::DISPATCH_INSTRUCTION | names::GB_DISPATCH_REF)
    };
    event.report_descriptors.iter().any(|d| d.payload_type == names::GB_HEARTBEAT)
        && !event.intervals.iter().flat_map(|i| &i.payloads).any(is_dispatch)
}

/// A signed dispatch as an event of its contract's program.
pub fn event_from(signed: &SignedDispatch, program_id: &str) -> Event {
    let dispatch = &signed.dispatch;
    Event {
        program_id: program_id.to_owned(),
        event_name: Some(dispatch.dispatch_ref.to_string()),
        duration: Some(period::duration_text(dispatch.service_end.since(dispatch.service_start))),
        priority: Some(priority(dispatch.status)),
        targets: vec![dispatch.unit.target()],
        report_descriptors: vec![
            report_descriptor(names::GB_ACK_STAGE, 0, None),
            report_descriptor(names::READING, 1, Some(("MEAN", names::KW))),
        ],
        payload_descriptors: payload_descriptors(&dispatch.setpoints),
        interval_period: Some(period::period(dispatch.service_start, dispatch.service_end)),
        intervals: intervals(signed),
        ..Event::default()
    }
}

/// The ref and revision that an event carries, without reading the rest: for the look-up before a retried POST.
pub fn identity_of(event: &Event) -> Option<(DispatchKey, Revision)> {
    let text_of = |kind: &str| {
        let values = only_one(&event.intervals, kind, kind).ok()??;
        one_text(values, kind, kind).ok()
    };
    let key = DispatchKey {
        operator: text_of(names::GB_OPERATOR)?.parse().ok()?,
        dispatch_ref: text_of(names::GB_DISPATCH_REF)?.parse().ok()?,
    };
    let revision = only_one(&event.intervals, names::GB_REVISION, names::GB_REVISION).ok()??.first()?;
    let revision = u32::try_from(number::units(revision, 0).ok()?).ok().and_then(Revision::new)?;
    Some((key, revision))
}

/// 0 is OpenADR's highest.
fn priority(status: Status) -> u32 {
    match status {
        Status::EmergencyStop => 0,
        Status::RunNow | Status::Stop => 1,
        Status::Run => 2,
        Status::PreNotify => 3,
    }
}

/// One interval for each setpoint, until the next or the end of the window; before the first, where it comes later
/// than the window's start, one of headers alone. The headers stand in interval 0.
fn intervals(signed: &SignedDispatch) -> Vec<Interval> {
    let dispatch = &signed.dispatch;
    let mut starts: Vec<(_, Option<&Setpoint>)> =
        dispatch.setpoints.iter().map(|s| (s.at, Some(s))).collect();
    if starts.first().is_none_or(|(at, _)| *at > dispatch.service_start) {
        starts.insert(0, (dispatch.service_start, None));
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([dispatch.service_end]);
    let mut intervals: Vec<Interval> = starts
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(id, ((start, setpoint), end))| Interval {
            id: id.into(),
            interval_period: Some(period::period(*start, end)),
            payloads: setpoint.map(level_payloads).unwrap_or_default(),
            ..Interval::default()
        })
        .collect();
    if let Some(first) = intervals.first_mut() {
        first.payloads.splice(0..0, headers(signed));
    }
    intervals
}

fn headers(signed: &SignedDispatch) -> Vec<ValuesMap> {
    let dispatch: &Dispatch = &signed.dispatch;
    let unit = [dispatch.unit.fsp.as_str(), dispatch.unit.unit.as_str()];
    vec![
        text(names::DISPATCH_INSTRUCTION, dispatch.status.word()),
        text(names::GB_DISPATCH_REF, dispatch.dispatch_ref.as_str()),
        payload(names::GB_REVISION, vec![dispatch.revision.get().into()]),
        text(names::GB_OPERATOR, dispatch.network_operator.as_str()),
        text(names::GB_CONTRACT, dispatch.contract.as_str()),
        payload(names::GB_UNIT, unit.map(Value::from).to_vec()),
        text(names::GB_INSTRUCTION_TIME, dispatch.instruction_time.to_string()),
        signature(&signed.signature),
    ]
}

fn level_payloads(setpoint: &Setpoint) -> Vec<ValuesMap> {
    let mut payloads = Vec::new();
    if let Some(level) = &setpoint.real {
        payloads.push(payload(real_kind(level), vec![number::exact(-i128::from(level.watts.0), 3)]));
        payloads.extend(level.price.map(|p| price("REAL", p)));
    }
    if let Some(level) = &setpoint.reactive {
        payloads.push(payload(reactive_kind(level), vec![number::exact(-i128::from(level.vars.0), 3)]));
        payloads.extend(level.price.map(|p| price("REACTIVE", p)));
    }
    payloads
}

fn real_kind(level: &RealLevel) -> &'static str {
    match level.reference {
        Reference::Absolute => names::DISPATCH_SETPOINT,
        Reference::Delta => names::DISPATCH_SETPOINT_RELATIVE,
    }
}

fn reactive_kind(level: &ReactiveLevel) -> &'static str {
    match level.reference {
        Reference::Absolute => names::GB_REACTIVE_SETPOINT,
        Reference::Delta => names::GB_REACTIVE_SETPOINT_RELATIVE,
    }
}

/// OpenADR's PRICE is per kWh: pence per MWh ÷ 100,000. It has no word for the other prices.
fn price(service_type: &str, price: Price) -> ValuesMap {
    let pence = i128::from(price.pence);
    if service_type == "REAL" && price.per == PricePer::Mwh {
        return payload(names::PRICE, vec![number::exact(pence, 5)]);
    }
    payload(names::GB_PRICE, vec![service_type.into(), number::exact(pence, 2), price.per.word().into()])
}

/// One for each type of payload that has a unit, in the order in which they first come.
fn payload_descriptors(setpoints: &[Setpoint]) -> Vec<PayloadDescriptor> {
    let mut descriptors = vec![descriptor(names::DISPATCH_INSTRUCTION, None, None)];
    for payload in setpoints.iter().flat_map(level_payloads) {
        if descriptors.iter().any(|d| d.payload_type == payload.kind) {
            continue;
        }
        let (units, currency) = match payload.kind.as_str() {
            names::PRICE => (Some(names::KWH), Some(names::GBP)),
            names::GB_PRICE => (None, Some(names::GBP)),
            names::GB_REACTIVE_SETPOINT | names::GB_REACTIVE_SETPOINT_RELATIVE => (Some(names::KVAR), None),
            _ => (Some(names::KW), None),
        };
        descriptors.push(descriptor(&payload.kind, units, currency));
    }
    descriptors
}

fn descriptor(kind: &str, units: Option<&str>, currency: Option<&str>) -> PayloadDescriptor {
    PayloadDescriptor {
        object_type: Some("EVENT_PAYLOAD_DESCRIPTOR".to_owned()),
        payload_type: kind.to_owned(),
        units: units.map(str::to_owned),
        currency: currency.map(str::to_owned),
        ..PayloadDescriptor::default()
    }
}
