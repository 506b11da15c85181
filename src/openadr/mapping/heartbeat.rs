//! Heartbeats as reports on a program's anchor event, and back.

use serde_json::Value;

use crate::dispatch::{DispatchKey, DispatchUnit, FspId, OperatorId, Revision};
use crate::openadr::wire::{Interval, Report, ReportResource, ValuesMap};
use crate::power::UnitPhase;
use crate::time::UtcTime;

use super::payload::payload;
use super::reading::{consumed, generated};
use super::{names, number};

/// What an FSP says of itself with each heartbeat (Appendix A: "Dispatch Poll").
#[derive(Clone, Debug, PartialEq)]
pub struct Heartbeat {
    /// To whom.
    pub operator: OperatorId,
    /// From whom.
    pub fsp: FspId,
    /// When, by the FSP's clock.
    pub at: UtcTime,
    /// The last revision seen of each dispatch.
    pub seen: Vec<(DispatchKey, Revision)>,
    /// Each unit.
    pub units: Vec<UnitPulse>,
}

/// A unit's own sign of life.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitPulse {
    /// The unit.
    pub unit: DispatchUnit,
    /// What it is doing.
    pub phase: UnitPhase,
    /// Net kW now.
    pub kw: f64,
    /// State of charge, 0 to 1.
    pub soc: Option<f64>,
    /// Whether the unit's own controller answered the client.
    pub alive: bool,
}

/// A heartbeat as a report on the anchor event: a resource named as the FSP, then one for each of its units. Power is
/// written to the watt, import positive; state of charge to 0.01 %. A unit whose power is no number is left out: it
/// shows no sign of life.
pub fn report_from_heartbeat(heartbeat: &Heartbeat, anchor_event_id: &str) -> Report {
    let mut own = vec![payload(
        names::GB_HEARTBEAT,
        vec![
            heartbeat.at.to_string().into(),
            heartbeat.operator.as_str().into(),
            heartbeat.fsp.as_str().into(),
        ],
    )];
    own.extend(heartbeat.seen.iter().map(|(key, revision)| {
        payload(
            names::GB_SEEN,
            vec![key.operator.as_str().into(), key.dispatch_ref.as_str().into(), revision.get().into()],
        )
    }));
    let units = heartbeat.units.iter().filter(|p| p.unit.fsp == heartbeat.fsp);
    let units = units.filter_map(|pulse| Some(resource(pulse.unit.unit.as_str(), vec![state(pulse)?])));
    Report {
        event_id: anchor_event_id.to_owned(),
        client_name: heartbeat.fsp.to_string(),
        report_name: Some(names::GB_HEARTBEAT.to_owned()),
        resources: [resource(heartbeat.fsp.as_str(), own)].into_iter().chain(units).collect(),
        ..Report::default()
    }
}

fn resource(name: &str, payloads: Vec<ValuesMap>) -> ReportResource {
    ReportResource {
        resource_name: name.to_owned(),
        intervals: vec![Interval { id: 0.into(), payloads, ..Interval::default() }],
        ..ReportResource::default()
    }
}

fn state(pulse: &UnitPulse) -> Option<ValuesMap> {
    let mut values = vec![pulse.phase.word().into(), pulse.alive.into(), consumed(pulse.kw)?];
    values.extend(pulse.soc.and_then(|soc| number::rounded(soc, 4)));
    Some(payload(names::GB_UNIT_STATE, values))
}

/// A heartbeat from a report; `None` when it is of another kind or cannot be read. A unit or a dispatch in it that
/// cannot be read is left out.
pub fn heartbeat_from(report: &Report) -> Option<Heartbeat> {
    let payloads = || report.resources.iter().flat_map(|r| &r.intervals).flat_map(|i| &i.payloads);
    let own = payloads().find(|p| p.kind == names::GB_HEARTBEAT)?;
    let [Value::String(at), Value::String(operator), Value::String(fsp)] = own.values.as_slice() else {
        return None;
    };
    let fsp: FspId = fsp.parse().ok()?;
    let units = report
        .resources
        .iter()
        .flat_map(|r| r.intervals.iter().flat_map(|i| &i.payloads).map(|p| (r.resource_name.as_str(), p)))
        .filter(|(_, p)| p.kind == names::GB_UNIT_STATE)
        .filter_map(|(name, p)| pulse(&fsp, name, &p.values))
        .collect();
    Some(Heartbeat {
        operator: operator.parse().ok()?,
        at: UtcTime::parse_tolerant(at).ok()?,
        seen: payloads().filter(|p| p.kind == names::GB_SEEN).filter_map(|p| seen(&p.values)).collect(),
        units,
        fsp,
    })
}

fn seen(values: &[Value]) -> Option<(DispatchKey, Revision)> {
    let [Value::String(operator), Value::String(dispatch_ref), revision] = values else { return None };
    let key = DispatchKey { operator: operator.parse().ok()?, dispatch_ref: dispatch_ref.parse().ok()? };
    let revision = u32::try_from(number::units(revision, 0).ok()?).ok()?;
    Some((key, Revision::new(revision)?))
}

fn pulse(fsp: &FspId, unit: &str, values: &[Value]) -> Option<UnitPulse> {
    let [Value::String(phase), Value::Bool(alive), kw, rest @ ..] = values else { return None };
    Some(UnitPulse {
        unit: DispatchUnit { fsp: fsp.clone(), unit: unit.parse().ok()? },
        phase: UnitPhase::from_word(phase)?,
        kw: generated(kw)?,
        soc: rest.first().and_then(Value::as_f64).filter(|soc| (0.0..=1.0).contains(soc)),
        alive: *alive,
    })
}
