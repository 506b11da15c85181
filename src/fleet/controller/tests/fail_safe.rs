//! What a unit does while its FSP is left without the operator's VTN, and afterwards.

use proptest::prelude::*;

use super::*;
use crate::fleet::testing::profile;
use crate::profile::fail_safe::{FailSafe, SafeLevel};
use crate::units::Watts;

const BASELINE: SafeLevel = SafeLevel::Baseline;

fn at_kw(kw: i64) -> SafeLevel {
    SafeLevel::Absolute(Watts(kw * 1000))
}

/// Since 15:00, under a contract with that fail-safe after three polls.
fn guarded(unit: &Unit, level: SafeLevel) -> Controller {
    let mut controller = Controller::new(unit, utc("15:00"));
    let contract =
        Contract { fail_safe: Some(FailSafe { level, after_polls: 3 }), ..profile().contracts[0].clone() };
    controller.comes_under(&contract);
    controller
}

/// Not heard since half a minute before.
fn lose(controller: &mut Controller, at: &str) {
    controller.fail_safe(utc(at) - 30, utc(at));
}

fn held_kw(controller: &mut Controller, at: &str) -> f64 {
    controller.advance(utc(at));
    kw(controller, at)
}

#[test]
fn a_silence_is_counted_in_the_contracts_polls_or_in_longer_ones_that_the_fsp_keeps_to() {
    let controller = guarded(&battery(), at_kw(0));
    for (interval_s, at) in [(10, "17:00:30"), (5, "17:00:30"), (60, "17:03")] {
        assert_eq!(controller.fails_safe_at(utc("17:00"), interval_s), Some(utc(at)), "every {interval_s} s");
    }
    let without = Controller::new(&battery(), utc("15:00"));
    assert_eq!(without.fails_safe_at(utc("17:00"), 10), None);
    let mut lost = controller;
    lose(&mut lost, "17:00");
    assert_eq!(lost.fails_safe_at(utc("16:59"), 10), None, "once");
}

#[test]
fn a_delivery_is_left_for_the_fail_safe_level_and_taken_up_again_within_ramps() {
    type Row = (SafeLevel, &'static [(&'static str, f64)]);
    // Up 10 kW/s, down 5 kW/s; an order of its own has the unit's delay of 2 s before it, going home has none.
    let table: &[Row] = &[
        (BASELINE, &[("17:20:00", 500.0), ("17:20:50", 250.0), ("17:21:40", 0.0), ("17:29:59", 0.0)]),
        (at_kw(0), &[("17:20:02", 500.0), ("17:20:52", 250.0), ("17:21:42", 0.0), ("17:29:59", 0.0)]),
        (at_kw(-200), &[("17:21:42", 0.0), ("17:22:22", -200.0), ("17:29:59", -200.0)]),
        (at_kw(800), &[("17:20:02", 500.0), ("17:20:32", 800.0), ("17:29:59", 800.0)]),
    ];
    for (level, levels) in table {
        let unit = battery();
        let mut controller = guarded(&unit, *level);
        take(&mut controller, &hour(&unit), "16:30").unwrap();
        let mut came = stages(&mut controller, "17:20");
        lose(&mut controller, "17:20");
        for (at, kw) in *levels {
            let found = held_kw(&mut controller, at);
            assert!((found - kw).abs() < 1e-6, "{} at {at}: {found}", level.words());
        }
        let (minute, _) = controller.minute_of(&hour(&unit).document().key(), utc("17:29")).unwrap();
        assert!((minute.reading.kw - levels.last().unwrap().1).abs() < 1e-6, "readings tell where it is");
        controller.is_heard(utc("17:30"));
        assert!((held_kw(&mut controller, "17:31:45") - 500.0).abs() < 1e-6, "{}", level.words());
        came.extend(stages(&mut controller, "20:00"));
        let expected =
            ["EMID-1 r1 STARTED 16:59:10", "EMID-1 r1 AT_SETPOINT 17:00:00", "EMID-1 r1 ENDED 18:00:00"];
        assert_eq!(came, expected, "{}: nothing is said twice", level.words());
        assert_eq!(held_kw(&mut controller, "20:00"), 0.0);
    }
}

#[test]
fn a_dispatch_whose_window_ends_before_the_vtn_is_heard_has_failed_and_one_to_come_has_not() {
    let unit = battery();
    let mut controller = guarded(&unit, at_kw(-100));
    take(&mut controller, &hour(&unit), "16:30").unwrap();
    let later = run(&unit, "18:30", "19:00", &[("18:30", Level::Delta(300.0))]).reference("EMID-2");
    take(&mut controller, &later, "16:31").unwrap();
    assert_eq!(stages(&mut controller, "17:20").len(), 2);
    lose(&mut controller, "17:20");
    controller.advance(utc("18:10"));
    let failed = controller.take_happened();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((failed[0].stage, failed[0].at), (Stage::Failed, utc("18:00")));
    assert_eq!(
        failed[0].detail.as_deref(),
        Some(
            "the VTN was not heard from 2026-11-26T17:19:30Z on; by contract the unit went to its fail-safe level, \
             −100 kW, at 2026-11-26T17:20:00Z, and the window ended before the VTN was heard again"
        )
    );
    assert_eq!(held_kw(&mut controller, "18:10"), -100.0, "and the unit stays");
    controller.is_heard(utc("18:10"));
    assert_eq!(held_kw(&mut controller, "18:11"), 0.0, "home: nothing is asked");
    assert_eq!(
        stages(&mut controller, "20:00"),
        ["EMID-2 r1 STARTED 18:29:30", "EMID-2 r1 AT_SETPOINT 18:30:00", "EMID-2 r1 ENDED 19:00:00"]
    );
}

#[test]
fn what_begins_while_the_vtn_is_not_heard_begins_when_it_is() {
    let unit = battery();
    let mut controller = guarded(&unit, BASELINE);
    take(&mut controller, &hour(&unit), "16:30").unwrap();
    lose(&mut controller, "16:50");
    assert_eq!(held_kw(&mut controller, "17:20"), 0.0);
    controller.is_heard(utc("17:20"));
    let came = stages(&mut controller, "20:00");
    let expected =
        ["EMID-1 r1 STARTED 17:20:02", "EMID-1 r1 AT_SETPOINT 17:20:52", "EMID-1 r1 ENDED 18:00:00"];
    assert_eq!(came, expected);
}

#[test]
fn a_unit_without_a_dispatch_goes_there_too_and_stays_for_days() {
    let unit = generator();
    let mut controller = guarded(&unit, at_kw(400));
    lose(&mut controller, "16:00");
    assert_eq!(held_kw(&mut controller, "16:00"), 0.0);
    for hour in 1..=60 {
        let at = utc("16:00") + hour * 3600;
        controller.advance(at);
        assert_eq!(controller.pulse(at).kw, 400.0, "after {hour} h");
    }
    let back = utc("16:00") + 61 * 3600;
    controller.is_heard(back);
    controller.advance(back + 60);
    assert_eq!(controller.pulse(back + 60).kw, 0.0);
}

#[test]
fn a_unit_that_an_emergency_stop_holds_stays_held() {
    let unit = battery();
    for lost in ["17:30:01", "17:40"] {
        let mut controller = guarded(&unit, at_kw(300));
        take(&mut controller, &hour(&unit), "16:30").unwrap();
        let stop = hour(&unit).status(Status::EmergencyStop).revision(2);
        take(&mut controller, &stop, "17:30").unwrap();
        lose(&mut controller, lost);
        assert_eq!(held_kw(&mut controller, "17:50"), 0.0, "lost at {lost}");
        assert_eq!(controller.pulse(utc("17:50")).phase, UnitPhase::Inhibited);
        controller.is_heard(utc("17:50"));
        assert_eq!(held_kw(&mut controller, "17:55"), 0.0);
        assert_eq!(controller.pulse(utc("17:55")).phase, UnitPhase::Inhibited, "until it is released");
        let release = hour(&unit).status(Status::RunNow).revision(3);
        take(&mut controller, &release, "17:55").unwrap();
        assert_eq!(held_kw(&mut controller, "17:57"), 500.0);
    }
}

#[test]
fn a_stop_brings_the_unit_home_before_it_fails_safe_and_what_was_stopped_stays_stopped() {
    let unit = battery();
    for heard in ["17:31:30", "17:50"] {
        let mut controller = guarded(&unit, at_kw(-200));
        take(&mut controller, &hour(&unit), "16:30").unwrap();
        controller.advance(utc("17:30"));
        controller.take_happened();
        take(&mut controller, &hour(&unit).status(Status::Stop).revision(2), "17:30").unwrap();
        lose(&mut controller, "17:31");
        assert!((held_kw(&mut controller, "17:31:20") - 110.0).abs() < 1e-6, "on its way home");
        if heard == "17:50" {
            assert_eq!(held_kw(&mut controller, "17:31:42"), 0.0);
            assert!((held_kw(&mut controller, "17:32:22") - -200.0).abs() < 1e-6, "and from there on");
        }
        controller.advance(utc(heard));
        controller.is_heard(utc(heard));
        assert_eq!(held_kw(&mut controller, "17:55"), 0.0);
        assert_eq!(stages(&mut controller, "20:00"), ["EMID-1 r2 STOPPED 17:31:42"], "heard at {heard}");
    }
}

#[test]
fn a_contract_without_a_fail_safe_has_the_unit_go_on_as_accepted() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "16:30").unwrap();
    controller.fail_safe(utc("17:19"), utc("17:20"));
    controller.is_heard(utc("17:50"));
    assert_eq!(
        stages(&mut controller, "20:00"),
        ["EMID-1 r1 STARTED 16:59:10", "EMID-1 r1 AT_SETPOINT 17:00:00", "EMID-1 r1 ENDED 18:00:00"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_loss_and_no_return_ever_breaks_a_ramp(
        lost in 0_i64..5400,
        away in 1_i64..5400,
        kw in -700_i64..900,
        asked in -700_i32..900,
    ) {
        let unit = battery();
        let mut controller = guarded(&unit, at_kw(kw));
        let levels = [("17:00", Level::Absolute(f64::from(asked)))];
        prop_assume!(take(&mut controller, &run(&unit, "17:00", "18:00", &levels), "16:30").is_ok());
        // Who is heard last, from 900 kW, is home three minutes later.
        let (from, until) = (utc("16:45"), utc("19:50"));
        let (lost, heard) = (from + lost, from + lost + away);
        let mut before: Option<f64> = None;
        let mut now = from;
        while now < until {
            controller.advance(now);
            if now == lost {
                controller.fail_safe(now - 30, now);
            }
            if now == heard {
                controller.is_heard(now);
            }
            let at = controller.pulse(now).kw;
            if let Some(before) = before {
                let step = at - before;
                prop_assert!((-5.0 - 1e-4..=10.0 + 1e-4).contains(&step), "{step} kW in a second at {now}");
            }
            before = Some(at);
            now = now + 1;
        }
        prop_assert!(controller.pulse(until).kw.abs() < 1e-6, "at baseline when all is over");
    }
}
