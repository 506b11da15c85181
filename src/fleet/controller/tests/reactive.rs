//! Reactive power of a unit that controls it: taken on, followed, metered, and refused where it cannot be.

use super::*;
use crate::power::reactive::{Capability, Priority};

/// The battery of 1,000 kW behind an inverter of 1,000 kVA.
fn with_vars(priority: Priority) -> Unit {
    Unit { reactive: Some(Capability::inverter(1000.0, priority).unwrap()), ..battery() }
}

fn both(unit: &Unit, kw: f64, kvar: f64) -> Asked {
    let mut asked = run(unit, "17:00", "18:00", &[("17:00", Level::Absolute(kw))]);
    asked.0.setpoints[0].reactive =
        run(unit, "17:00", "18:00", &[("17:00", Level::Reactive(kvar))]).0.setpoints[0].reactive;
    asked
}

fn minute_to(controller: &Controller, asked: &Asked, end: &str) -> (i64, Option<i64>) {
    let (minute, _) = controller.minute_of(&asked.document().key(), utc(end)).unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand")]
    let whole = |value: f64| value.round() as i64;
    (whole(minute.reading.kw), minute.kvar.map(whole))
}

#[test]
fn both_are_held_read_back_followed_and_left_at_the_end() {
    let unit = with_vars(Priority::Real);
    let mut controller = Controller::new(&unit, utc("15:00"));
    let asked = both(&unit, 600.0, 400.0);
    let taken = take(&mut controller, &asked, "16:30").unwrap();
    assert_eq!((taken.stage, taken.detail), (Stage::Accepted, None));
    let compared = compare_readback(&asked.document(), &taken.readback);
    assert!(compared.iter().all(|c| c.comparison == Comparison::Matched), "{compared:?}");
    assert_eq!(
        stages(&mut controller, "18:30"),
        ["EMID-1 r1 STARTED 16:59:00", "EMID-1 r1 AT_SETPOINT 17:00:00", "EMID-1 r1 ENDED 18:00:00"]
    );
    for (end, kw, kvar) in [("17:00", 300, 0), ("17:01", 600, 400), ("18:00", 600, 400), ("18:03", 0, 0)] {
        let (metered_kw, metered_kvar) = minute_to(&controller, &asked, end);
        assert_eq!((metered_kw, metered_kvar), (kw, Some(kvar)), "the minute to {end}");
    }
}

#[test]
fn reactive_power_alone_leaves_real_power_at_baseline() {
    let unit = with_vars(Priority::Real);
    let mut controller = Controller::new(&unit, utc("15:00"));
    let asked = run(
        &unit,
        "17:00",
        "18:00",
        &[("17:00", Level::Reactive(-700.0)), ("17:30", Level::Reactive(1000.0))],
    );
    let taken = take(&mut controller, &asked, "16:30").unwrap();
    assert_eq!(taken.stage, Stage::Accepted, "{:?}", taken.detail);
    assert_eq!(
        stages(&mut controller, "18:30"),
        ["EMID-1 r1 STARTED 17:00:00", "EMID-1 r1 AT_SETPOINT 17:00:00", "EMID-1 r1 ENDED 18:00:00"]
    );
    for (end, kvar) in [("17:00", 0), ("17:01", -700), ("17:30", -700), ("17:31", 1000), ("18:01", 0)] {
        assert_eq!(minute_to(&controller, &asked, end), (0, Some(kvar)), "the minute to {end}");
    }
}

#[test]
fn when_both_are_too_much_the_one_that_gives_way_is_named_and_never_left_in_silence() {
    // 800 kW leave room for 600 kvar, and 800 kvar for 600 kW.
    for (priority, kw, kvar, says, reaches) in [
        (Priority::Real, 800, 600, "600.0 of 800.0 kvar from 2026-11-26T17:00:00Z", false),
        (Priority::Reactive, 600, 800, "net 600.0 of 800.0 kW from 2026-11-26T17:00:00Z", true),
    ] {
        let unit = with_vars(priority);
        let mut controller = Controller::new(&unit, utc("15:00"));
        let asked = both(&unit, 800.0, 800.0);
        let taken = take(&mut controller, &asked, "16:30").unwrap();
        let detail = taken.detail.unwrap();
        assert_eq!(taken.stage, Stage::Unreachable, "{detail}");
        assert!(detail.contains(says) && detail.contains("leaves room for"), "{detail}");
        let compared = compare_readback(&asked.document(), &taken.readback);
        assert!(
            compared.iter().all(|c| c.comparison == Comparison::Matched),
            "what was understood is read back"
        );
        let stages = stages(&mut controller, "18:30");
        assert_eq!(stages.iter().any(|s| s.contains("AT_SETPOINT")), reaches, "{priority:?}: {stages:?}");
        assert_eq!(minute_to(&controller, &asked, "17:30"), (kw, Some(kvar)), "{priority:?}");
    }
}

#[test]
fn what_no_operating_point_gives_is_refused_with_what_would_be_right() {
    let g99 = Unit { reactive: Some(Capability::power_factor(0.95).unwrap()), ..generator() };
    for (unit, kvar, says) in [
        (
            with_vars(Priority::Reactive),
            1001.0,
            "asks for 1,001.0 kvar; the unit goes from −1,000.0 to 1,000.0 kvar",
        ),
        (
            with_vars(Priority::Real),
            -2000.0,
            "asks for −2,000.0 kvar; the unit goes from −1,000.0 to 1,000.0 kvar",
        ),
        (g99, 400.0, "asks for 400.0 kvar; the unit goes from −328.7 to 328.7 kvar"),
    ] {
        let mut controller = Controller::new(&unit, utc("15:00"));
        let refusal = take(&mut controller, &both(&unit, 500.0, kvar), "16:30").unwrap_err();
        assert_eq!(refusal.reason, Reason::BeyondCapability);
        assert!(refusal.detail.contains(says), "{}", refusal.detail);
        assert_eq!(minute_to(&controller, &both(&unit, 500.0, kvar), "17:30"), (0, None), "nothing changes");
    }
}

#[test]
fn a_stop_an_emergency_stop_and_an_amendment_take_effect_after_the_delay() {
    for (status, second_before, after) in
        [(Status::Stop, "17:30:01", 0.0), (Status::EmergencyStop, "17:30:01", 0.0)]
    {
        let unit = with_vars(Priority::Real);
        let mut controller = Controller::new(&unit, utc("15:00"));
        let asked = both(&unit, 300.0, 500.0);
        take(&mut controller, &asked, "16:30").unwrap();
        let stop = run(&unit, "17:00", "18:00", &[]).status(status).revision(2);
        take(&mut controller, &stop, "17:30").unwrap();
        controller.advance(utc("17:40"));
        assert_eq!(controller.trajectory.asked_kvar(seconds(utc(second_before))), 500.0, "{status}");
        assert_eq!(controller.trajectory.asked_kvar(seconds(utc("17:30:02"))), after, "{status}");
        // Two seconds of sixty.
        assert_eq!(minute_to(&controller, &asked, "17:31").1, Some(17), "{status}");
        assert_eq!(minute_to(&controller, &asked, "17:35").1, Some(0), "{status}: it is metered on");
    }
    let unit = with_vars(Priority::Real);
    let mut controller = Controller::new(&unit, utc("15:00"));
    let asked = both(&unit, 300.0, 500.0);
    take(&mut controller, &asked, "16:30").unwrap();
    let amended = both(&unit, 300.0, -500.0).revision(2);
    take(&mut controller, &amended, "17:30").unwrap();
    assert_eq!(minute_to(&controller, &asked, "17:32").1, Some(-500));
}

#[test]
fn at_once_means_after_the_delay_and_a_real_dispatch_is_metered_without_reactive_power() {
    let unit = with_vars(Priority::Real);
    let mut controller = Controller::new(&unit, utc("15:00"));
    let asked = both(&unit, 300.0, 500.0).status(Status::RunNow);
    take(&mut controller, &asked, "16:50").unwrap();
    assert_eq!(minute_to(&controller, &asked, "16:51").1, Some(483), "58 s of 60");
    let engine = Unit { reactive: Some(Capability::power_factor(0.95).unwrap()), ..generator() };
    let mut controller = Controller::new(&engine, utc("15:00"));
    let asked = both(&engine, 900.0, 200.0).status(Status::RunNow);
    let taken = take(&mut controller, &asked, "16:50").unwrap();
    assert_eq!((taken.stage, taken.detail), (Stage::Accepted, None), "as fast as it can is not late");
    assert_eq!(minute_to(&controller, &asked, "16:51").1, Some(0), "an engine that stands gives none");
    assert_eq!(minute_to(&controller, &asked, "17:00").1, Some(200));
    let mut controller = Controller::new(&unit, utc("15:00"));
    let real = hour(&unit);
    take(&mut controller, &real, "16:30").unwrap();
    assert_eq!(minute_to(&controller, &real, "17:30"), (500, None));
}
