//! Declarations of availability as a report on a program's anchor event, and back.

use serde_json::Value;

use crate::dispatch::availability::{Declaration, HALF_HOUR_S, Offer, OfferRun};
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId};
use crate::openadr::wire::{Interval, PayloadDescriptor, Report, ReportResource};
use crate::time::UtcTime;
use crate::units::Watts;

use super::payload::{payload, units_of};
use super::{names, number, period};

/// What an FSP declares of all its units under a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// To whom.
    pub operator: OperatorId,
    /// Under which contract.
    pub contract: ContractId,
    /// By whom.
    pub fsp: FspId,
    /// When, by the FSP's clock.
    pub at: UtcTime,
    /// Of each unit.
    pub units: Vec<Declaration>,
}

/// A declaration as a report on the anchor event: a resource named as the FSP, then one for each of its units. Both
/// numbers of an interval are kW from baseline and never negative: first up (more export or less import), then down. An
/// interval of several half-hours says the same of each.
pub fn report_from_availability(declared: &Availability, anchor_event_id: &str) -> Report {
    let own = vec![payload(
        names::GB_DECLARED,
        vec![
            declared.at.to_string().into(),
            declared.operator.as_str().into(),
            declared.contract.as_str().into(),
            declared.fsp.as_str().into(),
        ],
    )];
    let own = Interval { id: 0.into(), payloads: own, ..Interval::default() };
    let of_unit = |unit: &Declaration| ReportResource {
        resource_name: unit.unit.unit.to_string(),
        intervals: unit.runs().iter().enumerate().map(interval).collect(),
        ..ReportResource::default()
    };
    let fsp = ReportResource {
        resource_name: declared.fsp.to_string(),
        intervals: vec![own],
        ..ReportResource::default()
    };
    Report {
        event_id: anchor_event_id.to_owned(),
        client_name: declared.fsp.to_string(),
        report_name: Some(names::GB_AVAILABILITY.to_owned()),
        payload_descriptors: vec![PayloadDescriptor {
            object_type: Some("REPORT_PAYLOAD_DESCRIPTOR".to_owned()),
            payload_type: names::GB_AVAILABILITY.to_owned(),
            units: Some(names::KW.to_owned()),
            ..PayloadDescriptor::default()
        }],
        resources: std::iter::once(fsp).chain(declared.units.iter().map(of_unit)).collect(),
        ..Report::default()
    }
}

fn interval((id, run): (usize, &OfferRun)) -> Interval {
    let kw = |watts: Watts| number::exact(i128::from(watts.0), 3);
    Interval {
        id: id.into(),
        interval_period: Some(period::period(run.from, run.until)),
        payloads: vec![payload(names::GB_AVAILABILITY, vec![kw(run.offer.up), kw(run.offer.down)])],
        ..Interval::default()
    }
}

/// Declarations from a report; `None` when it is of another kind, cannot be read or does not count in kW. A unit or a
/// half-hour in it that cannot be read is left out: nothing is known of it then.
pub fn availability_from(report: &Report) -> Option<Availability> {
    let payloads = || report.resources.iter().flat_map(|r| &r.intervals).flat_map(|i| &i.payloads);
    let own = payloads().find(|p| p.kind == names::GB_DECLARED)?;
    let [Value::String(at), Value::String(operator), Value::String(contract), Value::String(fsp)] =
        own.values.as_slice()
    else {
        return None;
    };
    if units_of(&report.payload_descriptors, names::GB_AVAILABILITY).is_some_and(|units| units != names::KW) {
        return None;
    }
    let (operator, contract): (OperatorId, ContractId) = (operator.parse().ok()?, contract.parse().ok()?);
    let (fsp, at): (FspId, UtcTime) = (fsp.parse().ok()?, UtcTime::parse_tolerant(at).ok()?);
    let declares = |r: &&ReportResource| {
        r.intervals.iter().flat_map(|i| &i.payloads).any(|p| p.kind == names::GB_AVAILABILITY)
    };
    let units = report.resources.iter().filter(declares).filter_map(|resource| {
        let unit = DispatchUnit { fsp: fsp.clone(), unit: resource.resource_name.parse().ok()? };
        Some(Declaration::new(operator.clone(), contract.clone(), unit, at, runs(resource)))
    });
    let units = units.collect();
    Some(Availability { operator, contract, fsp, at, units })
}

fn runs(resource: &ReportResource) -> Vec<OfferRun> {
    let (placed, _) = period::place(&resource.intervals, resource.interval_period.as_ref());
    placed
        .iter()
        .filter_map(|place| {
            let said = place.interval.payloads.iter().find(|p| p.kind == names::GB_AVAILABILITY)?;
            let [up, down] = said.values.as_slice() else { return None };
            let watts = |value: &Value| Watts::from_kilowatts(value.as_f64()?);
            let offer = Offer { up: watts(up)?, down: watts(down)? };
            Some(OfferRun { from: place.start, until: place.end.unwrap_or(place.start + HALF_HOUR_S), offer })
        })
        .collect()
}
