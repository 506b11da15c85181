//! Delivered power as reports, and back.

use serde_json::Value;

use crate::dispatch::DispatchUnit;
use crate::openadr::wire::{Interval, PayloadDescriptor, Report, ReportResource, ValuesMap};
use crate::power::Reading;
use crate::time::UtcTime;

use super::payload::{payload, text, units_of};
use super::{names, number, period};

/// One minute of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteReading {
    /// Mean net kW of the minute that ends at `reading.at`, generation convention.
    pub reading: Reading,
    /// Baseline, net kW.
    pub baseline_kw: Option<f64>,
    /// State of charge, 0 to 1.
    pub soc: Option<f64>,
    /// Mean kvar of the minute, positive = exporting (lagging), for a dispatch of reactive power.
    pub kvar: Option<f64>,
}

/// Delivered power as a report on the dispatch's event (or on the anchor, for standing telemetry): one interval for
/// each minute, power to the watt, state of charge to 0.01 %, import positive. A power that is no number is written
/// as a minute of DATA_QUALITY `MISSING`.
pub fn report_from_readings(event_id: &str, unit: &DispatchUnit, minutes: &[MinuteReading]) -> Report {
    let intervals: Vec<Interval> = minutes.iter().enumerate().map(|(id, m)| interval(id, m)).collect();
    Report {
        event_id: event_id.to_owned(),
        client_name: unit.fsp.to_string(),
        report_name: Some("GB_DELIVERY".to_owned()),
        payload_descriptors: descriptors(&intervals),
        resources: vec![ReportResource {
            resource_name: unit.unit.to_string(),
            interval_period: intervals.first().and_then(|i| i.interval_period.clone()),
            intervals,
            ..ReportResource::default()
        }],
        ..Report::default()
    }
}

fn interval(id: usize, minute: &MinuteReading) -> Interval {
    #[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
    let end = UtcTime::from_unix(minute.reading.at.round() as i64);
    let reading = consumed(minute.reading.kw);
    let quality = if reading.is_some() { "OK" } else { "MISSING" };
    let mut payloads = Vec::new();
    payloads.extend(reading.map(|kw| payload(names::READING, vec![kw])));
    payloads.extend(minute.baseline_kw.and_then(consumed).map(|kw| payload(names::BASELINE, vec![kw])));
    payloads.extend(
        minute
            .soc
            .and_then(|soc| number::rounded(soc, 4))
            .map(|soc| payload(names::STORAGE_CHARGE_LEVEL, vec![soc])),
    );
    payloads
        .extend(minute.kvar.and_then(consumed).map(|kvar| payload(names::GB_REACTIVE_READING, vec![kvar])));
    payloads.push(text(names::DATA_QUALITY, quality));
    Interval {
        id: id.into(),
        interval_period: Some(period::period(end - 60, end)),
        payloads,
        ..Interval::default()
    }
}

/// Marks minutes of a report of readings, counted from 0, as DATA_QUALITY `BAD`.
pub fn mark_bad(report: &mut Report, minutes: &[usize]) {
    for resource in &mut report.resources {
        for index in minutes {
            let Some(interval) = resource.intervals.get_mut(*index) else { continue };
            interval.payloads.retain(|p| p.kind != names::DATA_QUALITY);
            interval.payloads.push(text(names::DATA_QUALITY, "BAD"));
        }
    }
}

/// The minutes of a report that are marked `BAD`, by unit and the instant at which each ends.
pub fn bad_minutes_from(report: &Report) -> Vec<(DispatchUnit, UtcTime)> {
    let Ok(fsp) = report.client_name.parse::<crate::dispatch::FspId>() else { return Vec::new() };
    let mut bad = Vec::new();
    for resource in report.resources.iter().filter(|r| r.resource_name != names::AGGREGATED_REPORT) {
        let Ok(unit) = resource.resource_name.parse() else { continue };
        let unit = DispatchUnit { fsp: fsp.clone(), unit };
        let (placed, _) = period::place(&resource.intervals, resource.interval_period.as_ref());
        let is_bad = |payloads: &[ValuesMap]| {
            let of_quality = payloads.iter().find(|p| p.kind == names::DATA_QUALITY);
            of_quality.and_then(|p| p.values.first()).and_then(Value::as_str) == Some("BAD")
        };
        bad.extend(
            placed
                .iter()
                .filter(|place| is_bad(&place.interval.payloads))
                .map(|place| (unit.clone(), place.end.unwrap_or(place.start + 60))),
        );
    }
    bad
}

/// The wire counts consumption.
pub(super) fn consumed(kw: f64) -> Option<Value> {
    number::rounded(-kw, 3)
}

/// And back: 0 stays +0.
pub(super) fn generated(value: &Value) -> Option<f64> {
    value.as_f64().filter(|kw| kw.is_finite()).map(|kw| 0.0 - kw)
}

fn descriptors(intervals: &[Interval]) -> Vec<PayloadDescriptor> {
    [
        (names::READING, names::KW, Some("MEAN")),
        (names::BASELINE, names::KW, Some("MEAN")),
        (names::STORAGE_CHARGE_LEVEL, "PERCENT", None),
        (names::GB_REACTIVE_READING, names::KVAR, Some("MEAN")),
    ]
    .into_iter()
    .filter(|(kind, ..)| intervals.iter().flat_map(|i| &i.payloads).any(|p| p.kind == *kind))
    .map(|(kind, units, reading_type)| PayloadDescriptor {
        object_type: Some("REPORT_PAYLOAD_DESCRIPTOR".to_owned()),
        payload_type: kind.to_owned(),
        units: Some(units.to_owned()),
        reading_type: reading_type.map(str::to_owned),
        ..PayloadDescriptor::default()
    })
    .collect()
}

/// The readings of a report, by unit; empty when it carries none. Minutes marked `MISSING` or `BAD`, and units whose
/// power is not in KW, are passed over; so is reactive power that is not in KVAR.
pub fn readings_from(report: &Report) -> Vec<(DispatchUnit, MinuteReading)> {
    let in_kw =
        |kind: &str| units_of(&report.payload_descriptors, kind).is_none_or(|units| units == names::KW);
    let Ok(fsp) = report.client_name.parse::<crate::dispatch::FspId>() else { return Vec::new() };
    if !in_kw(names::READING) {
        return Vec::new();
    }
    let with_baseline = in_kw(names::BASELINE);
    let with_reactive = units_of(&report.payload_descriptors, names::GB_REACTIVE_READING)
        .is_none_or(|units| units == names::KVAR);
    let mut readings = Vec::new();
    for resource in report.resources.iter().filter(|r| r.resource_name != names::AGGREGATED_REPORT) {
        let Ok(unit) = resource.resource_name.parse() else { continue };
        let unit = DispatchUnit { fsp: fsp.clone(), unit };
        let (placed, _) = period::place(&resource.intervals, resource.interval_period.as_ref());
        for place in placed {
            let end = place.end.unwrap_or(place.start + 60);
            if let Some(mut minute) = minute_of(&place.interval.payloads, end) {
                minute.baseline_kw = minute.baseline_kw.filter(|_| with_baseline);
                minute.kvar = minute.kvar.filter(|_| with_reactive);
                readings.push((unit.clone(), minute));
            }
        }
    }
    readings
}

fn minute_of(payloads: &[ValuesMap], end: UtcTime) -> Option<MinuteReading> {
    let first = |kind: &str| payloads.iter().find(|p| p.kind == kind)?.values.first();
    let quality = first(names::DATA_QUALITY).and_then(Value::as_str);
    if matches!(quality, Some("MISSING" | "BAD")) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
    let at = end.unix() as f64;
    Some(MinuteReading {
        reading: Reading { at, kw: generated(first(names::READING)?)? },
        baseline_kw: first(names::BASELINE).and_then(generated),
        kvar: first(names::GB_REACTIVE_READING).and_then(generated),
        soc: first(names::STORAGE_CHARGE_LEVEL).and_then(Value::as_f64).filter(|s| (0.0..=1.0).contains(s)),
    })
}
