//! Marks of whole London days on which the clocks change: 46 and 50 half-hours, each with its own baseline.

use std::sync::Arc;

use super::*;
use crate::dispatch::{Dispatch, DispatchParts, RealLevel, Reference, Revision, Setpoint, Status};
use crate::power::{Baseline, Days, Reading, Weekly, seconds};
use crate::time::{UtcTime, settlement_period};
use crate::units::Watts;

fn utc(text: &str) -> UtcTime {
    text.parse().unwrap()
}

/// 50 kW more than baseline from midnight to midnight in London.
fn all_day(from: UtcTime, to: UtcTime) -> Dispatch {
    let watts = Watts::from_kilowatts(50.0).unwrap();
    let real = RealLevel { reference: Reference::Delta, watts, price: None };
    let parts = DispatchParts {
        network_operator: "GB-DNO-11".parse().unwrap(),
        dispatch_ref: "EMID-20270328-0001".parse().unwrap(),
        revision: Revision::new(1).unwrap(),
        status: Status::Run,
        contract: "EMID-C-2026-0193".parse().unwrap(),
        unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
        instruction_time: from - 7200,
        service_start: from,
        service_end: to,
        setpoints: vec![Setpoint { at: from, real: Some(real), reactive: None }],
    };
    Dispatch::new(parts).unwrap()
}

/// Sundays: −100 kW from midnight, −150 kW from 01:00, −200 kW from 02:00.
fn sundays() -> Baseline {
    let point = |(time, kw): (&str, f64)| (time.to_owned(), kw);
    let sunday = [("00:00", -100.0), ("01:00", -150.0), ("02:00", -200.0)].map(point).to_vec();
    let days = vec![(Days::Weekend, sunday), (Days::Weekdays, vec![point(("00:00", -999.0))])];
    Baseline::Weekly(Arc::new(Weekly::new(days).unwrap()))
}

/// Marks readings that are 50 kW above these levels, each from its instant of UTC until the next.
fn marked(levels: &[(&str, f64)], end: &str) -> Scorecard {
    let mut readings = Series::default();
    let ends = levels.iter().skip(1).map(|(at, _)| *at).chain([end]);
    for ((from, kw), to) in levels.iter().zip(ends) {
        let mut at = utc(from) + 60;
        while at <= utc(to) {
            readings.push(Reading { at: seconds(at.unix()), kw: kw + 50.0 });
            at = at + 60;
        }
    }
    let (from, to) = (utc(levels[0].0), utc(end));
    let dispatch = all_day(from, to);
    let observed = Observed { readings, until: seconds(to.unix()), ..Observed::default() };
    let told = seconds(from.unix()) - 3600.0;
    score(&[(told, &dispatch)], &sundays(), &observed, &PaymentRules::default()).unwrap()
}

#[expect(clippy::cast_possible_truncation, reason = "whole seconds")]
fn periods(marks: &Scorecard) -> Vec<(u8, u8)> {
    let period = |half: &HalfHourScore| settlement_period(UtcTime::from_unix(half.start as i64));
    marks.half_hours.iter().map(|half| (period(half).number, period(half).of)).collect()
}

#[test]
fn the_sunday_of_46_half_hours_is_marked_and_settled_in_46() {
    let marks =
        marked(&[("2027-03-28T00:00:00Z", -100.0), ("2027-03-28T01:00:00Z", -200.0)], "2027-03-28T23:00:00Z");
    assert_eq!((marks.minutes_metered, marks.minutes_in_tolerance, marks.minutes_missing), (1380, 1380, 0));
    assert_eq!(periods(&marks), (1..=46).map(|number| (number, 46)).collect::<Vec<_>>());
    in_full(&marks, 1_150.0);
}

#[test]
fn the_sunday_of_50_half_hours_is_marked_and_settled_in_50() {
    let levels = [
        ("2027-10-30T23:00:00Z", -100.0),
        // 01:00 BST, and until 02:00 GMT.
        ("2027-10-31T00:00:00Z", -150.0),
        ("2027-10-31T02:00:00Z", -200.0),
    ];
    let marks = marked(&levels, "2027-11-01T00:00:00Z");
    assert_eq!((marks.minutes_metered, marks.minutes_in_tolerance, marks.minutes_missing), (1500, 1500, 0));
    assert_eq!(periods(&marks), (1..=50).map(|number| (number, 50)).collect::<Vec<_>>());
    in_full(&marks, 1_250.0);
}

#[test]
fn an_hour_of_baseline_that_slips_is_seen_in_the_marks() {
    // As if October's second 01:00 were 02:00 already.
    let slipped = [
        ("2027-10-30T23:00:00Z", -100.0),
        ("2027-10-31T00:00:00Z", -150.0),
        ("2027-10-31T01:00:00Z", -200.0),
    ];
    let marks = marked(&slipped, "2027-11-01T00:00:00Z");
    // All but the hour; its last minute ends with the step, and either level is within.
    assert_eq!(marks.minutes_in_tolerance, 1441);
    let short: Vec<(u8, u8)> = periods(&marks)
        .into_iter()
        .zip(&marks.half_hours)
        .filter(|(_, h)| h.share() == Some(0.0))
        .map(|(p, _)| p)
        .collect();
    assert_eq!(short, [(5, 50), (6, 50)]);
}

#[track_caller]
fn in_full(marks: &Scorecard, kwh: f64) {
    assert!((marks.asked_kwh - kwh).abs() < 1e-6 && (marks.delivered_kwh - kwh).abs() < 1e-6, "{marks:?}");
    for half in &marks.half_hours {
        assert_eq!((half.minutes_metered, half.minutes_missing), (30, 0));
        assert!((half.asked_kwh - 25.0).abs() < 1e-9 && (half.delivered_kwh - 25.0).abs() < 1e-9, "{half:?}");
    }
}
