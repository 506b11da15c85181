//! What a later revision changes, and when it comes at an awkward moment.

use super::*;
use crate::power::Baseline;

#[test]
fn an_amendment_under_way_goes_on_from_the_present_power() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "15:30").unwrap();
    assert_eq!(stages(&mut controller, "17:20").len(), 2);
    let levels: &[(&str, Level)] = &[("17:00", Level::Delta(500.0)), ("17:45", Level::Delta(200.0))];
    let amended = run(&unit, "17:00", "18:30", levels).revision(2);
    assert_eq!(take(&mut controller, &amended, "17:20").unwrap().stage, Stage::Accepted);
    for (at, expected) in [("17:20", 500.0), ("17:43:59", 500.0), ("17:45", 200.0), ("18:29", 200.0)] {
        assert!((kw(&controller, at) - expected).abs() < 1e-6, "{} kW at {at}", kw(&controller, at));
    }
    assert_eq!(
        stages(&mut controller, "20:00"),
        ["EMID-1 r2 STARTED 17:20:00", "EMID-1 r2 AT_SETPOINT 17:20:00", "EMID-1 r2 ENDED 18:30:00"]
    );
    let mean = controller.minute(utc("17:21")).reading.kw;
    assert!((mean - 500.0).abs() < 1e-6, "no gap where the plans meet: {mean} kW");
}

/// Else the operator reads "at setpoint" of a level that the unit is still on its way to.
#[test]
fn an_amended_level_is_reached_when_the_unit_is_there_and_not_when_it_takes_it_on() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "15:30").unwrap();
    assert_eq!(stages(&mut controller, "17:20").len(), 2);
    let amended = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(100.0))]).revision(2);
    take(&mut controller, &amended, "17:20").unwrap();
    let told = stages(&mut controller, "17:59");
    assert_eq!(told[0], "EMID-1 r2 STARTED 17:20:00");
    let reached = told[1].strip_prefix("EMID-1 r2 AT_SETPOINT ").unwrap();
    assert!((kw(&controller, reached) - 100.0).abs() < 0.01, "{} kW at {reached}", kw(&controller, reached));
    let before = utc(reached) + -2;
    assert!(controller.pulse(before).kw > 100.5, "{} kW two seconds before", controller.pulse(before).kw);
}

#[test]
fn a_refused_amendment_leaves_the_unit_on_what_it_took_on() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "15:30").unwrap();
    let too_much = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(5000.0))]).revision(2);
    assert!(take(&mut controller, &too_much, "16:00").is_err());
    let _ = stages(&mut controller, "17:20");
    let notice = hour(&unit).status(Status::PreNotify).revision(3);
    let refusal = take(&mut controller, &notice, "17:20").unwrap_err();
    assert_eq!(refusal.reason, Reason::WrongStatus);
    assert!(refusal.detail.contains("send STOP"), "{}", refusal.detail);
    assert!((kw(&controller, "17:30") - 500.0).abs() < 1e-6);
    assert_eq!(stages(&mut controller, "19:00"), ["EMID-1 r1 ENDED 18:00:00"]);
}

/// The greatest steps up and down from one second to the next, kW.
fn steps(controller: &Controller, from: &str, to: &str) -> (f64, f64) {
    let (mut up, mut down) = (0.0_f64, 0.0_f64);
    for second in 0..utc(to).since(utc(from)) {
        let at = |s: i64| controller.pulse(utc(from) + s).kw;
        let step = at(second + 1) - at(second);
        (up, down) = (up.max(step), down.max(-step));
    }
    (up, down)
}

#[test]
fn an_amendment_while_it_ramps_bends_the_path_and_breaks_no_ramp() {
    let unit = battery();
    for (level, expected) in [
        (700.0, ["STARTED 16:59:30", "AT_SETPOINT 17:00:20", "ENDED 18:00:00"]),
        (100.0, ["STARTED 16:59:59", "AT_SETPOINT 17:00:00", "ENDED 18:00:00"]),
    ] {
        let mut controller = Controller::new(&unit, utc("15:00"));
        take(&mut controller, &hour(&unit), "15:30").unwrap();
        assert_eq!(stages(&mut controller, "16:59:30"), ["EMID-1 r1 STARTED 16:59:10"]);
        assert!((kw(&controller, "16:59:30") - 200.0).abs() < 1e-6);
        let amended = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(level))]).revision(2);
        take(&mut controller, &amended, "16:59:30").unwrap();
        assert!((kw(&controller, "16:59:30") - 200.0).abs() < 1e-6, "from where it is");
        assert!((kw(&controller, "17:02") - level).abs() < 1e-6);
        let (up, down) = steps(&controller, "16:59:20", "17:02");
        assert!(up <= 10.0 + 1e-6 && down <= 5.0 + 1e-6, "{up} kW up, {down} kW down in a second");
        let expected: Vec<String> = expected.iter().map(|e| format!("EMID-1 r2 {e}")).collect();
        assert_eq!(stages(&mut controller, "19:00"), expected, "{level} kW");
    }
}

#[test]
fn an_amendment_while_it_starts_does_not_start_it_anew() {
    let unit = generator();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit).status(Status::RunNow), "16:30").unwrap();
    let amended = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(800.0))]).status(Status::RunNow);
    take(&mut controller, &amended.revision(2), "16:31").unwrap();
    assert_eq!(
        stages(&mut controller, "19:00"),
        ["EMID-1 r2 STARTED 16:32:00", "EMID-1 r2 AT_SETPOINT 16:33:40", "EMID-1 r2 ENDED 18:00:00"]
    );
}

#[test]
fn a_window_that_is_moved_to_later_under_way_brings_the_unit_home_until_then() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "15:30").unwrap();
    assert_eq!(stages(&mut controller, "17:20").len(), 2);
    let later = run(&unit, "19:00", "20:00", &[("19:00", Level::Delta(500.0))]).revision(2);
    take(&mut controller, &later, "17:20").unwrap();
    for (at, expected) in [("17:20", 500.0), ("17:25", 0.0), ("18:58", 0.0), ("19:00", 500.0), ("20:30", 0.0)]
    {
        assert!((kw(&controller, at) - expected).abs() < 1e-6, "{} kW at {at}", kw(&controller, at));
    }
    assert_eq!(
        stages(&mut controller, "21:00"),
        ["EMID-1 r2 STARTED 18:59:10", "EMID-1 r2 AT_SETPOINT 19:00:00", "EMID-1 r2 ENDED 20:00:00"]
    );
}

#[test]
fn a_stop_before_the_start_leaves_the_unit_where_it_is_whatever_it_was_about_to_do() {
    // Told and waiting, starting its engine, and ramping before the window.
    for (unit, at, moves, stopped) in [
        (battery(), "16:59:05", false, "STOPPED 16:59:05"),
        (generator(), "16:58:30", false, "STOPPED 16:58:30"),
        (turn_down(), "16:54:30", false, "STOPPED 16:54:30"),
        (battery(), "16:59:30", true, "STOPPED 17:00:16"),
    ] {
        let mut controller = Controller::new(&unit, utc("15:00"));
        take(&mut controller, &hour(&unit), "15:30").unwrap();
        assert_eq!(stages(&mut controller, at).len(), usize::from(moves), "{}", unit.name);
        let home = kw(&Controller::new(&unit, utc("15:00")), "15:00");
        take(&mut controller, &hour(&unit).status(Status::Stop).revision(2), at).unwrap();
        let came = stages(&mut controller, "19:00");
        assert_eq!(came.len(), 1, "{}: {came:?}", unit.name);
        if unit.asset.kind() == "battery" {
            assert_eq!(came, [format!("EMID-1 r2 {stopped}")]);
        }
        for at in ["17:03", "17:30", "18:30"] {
            assert!((kw(&controller, at) - home).abs() < 1e-6, "{}: {} kW", unit.name, kw(&controller, at));
        }
    }
}

#[test]
fn a_revision_after_the_end_is_refused_unless_it_reaches_beyond_it() {
    let unit = battery();
    let ended = || {
        let mut controller = Controller::new(&unit, utc("15:00"));
        take(&mut controller, &hour(&unit), "15:30").unwrap();
        assert_eq!(stages(&mut controller, "18:05").len(), 3);
        controller
    };
    let mut controller = ended();
    let refusal = take(&mut controller, &hour(&unit).revision(2), "18:05").unwrap_err();
    assert_eq!(refusal.reason, Reason::Unavailable);
    assert_eq!(stages(&mut controller, "19:30"), [""; 0], "nothing is delivered a second time");
    assert!(kw(&controller, "18:10").abs() < 1e-6);

    let mut controller = ended();
    let longer = run(&unit, "17:00", "18:30", &[("17:00", Level::Delta(500.0))]).revision(2);
    let taken = take(&mut controller, &longer, "18:05").unwrap();
    assert_eq!((taken.stage, taken.reached_at), (Stage::Unreachable, Some(utc("18:05:52"))));
    assert_eq!(
        stages(&mut controller, "19:30"),
        ["EMID-1 r2 STARTED 18:05:02", "EMID-1 r2 AT_SETPOINT 18:05:52", "EMID-1 r2 ENDED 18:30:00"]
    );
}

#[test]
fn a_delta_follows_its_baseline_over_a_step_and_an_absolute_level_does_not() {
    let mut unit = battery();
    let step = |time: &str, kw: f64| (time.to_owned(), kw);
    unit.baseline = Baseline::Daily { points: vec![step("00:00", -100.0), step("17:30", -300.0)] };
    for (level, before, after) in
        [(Level::Delta(400.0), 300.0, 100.0), (Level::Absolute(300.0), 300.0, 300.0)]
    {
        let mut controller = Controller::new(&unit, utc("15:00"));
        let asked = run(&unit, "17:00", "18:00", &[("17:00", level)]);
        take(&mut controller, &asked, "16:00").unwrap();
        for (at, expected) in [("16:30", -100.0), ("17:10", before), ("17:45", after), ("18:30", -300.0)] {
            assert!(
                (kw(&controller, at) - expected).abs() < 1e-6,
                "{level:?}: {} at {at}",
                kw(&controller, at)
            );
        }
        let minute = controller.minute(utc("17:45"));
        assert_eq!(minute.baseline_kw, Some(-300.0), "{level:?}");
        assert_eq!(stages(&mut controller, "19:00").len(), 3, "{level:?}");
    }
}

#[test]
fn two_emergency_stops_of_one_unit_both_end_stopped() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let later = run(&unit, "20:00", "21:00", &[("20:00", Level::Delta(100.0))]).reference("EMID-2");
    take(&mut controller, &hour(&unit), "16:00").unwrap();
    take(&mut controller, &later, "16:00").unwrap();
    let _ = stages(&mut controller, "17:20");
    for reference in ["EMID-1", "EMID-2"] {
        let stop = hour(&unit).status(Status::EmergencyStop).reference(reference).revision(2);
        take(&mut controller, &stop, "17:20").unwrap();
    }
    let came = stages(&mut controller, "22:00");
    let failed: Vec<_> = came.iter().filter(|c| c.contains("FAILED") && c.contains(" r2 ")).collect();
    assert!(failed.is_empty(), "a stop that was obeyed has not failed: {came:?}");
    for reference in ["EMID-1", "EMID-2"] {
        assert!(came.contains(&format!("{reference} r2 STOPPED 17:20:02")), "{came:?}");
    }
    assert_eq!(controller.pulse(utc("21:59")).phase, UnitPhase::Inhibited);
}

#[test]
fn a_stop_and_then_an_emergency_stop_of_another_dispatch_both_end_stopped() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "16:00").unwrap();
    let _ = stages(&mut controller, "17:20");
    take(&mut controller, &hour(&unit).status(Status::Stop).revision(2), "17:20").unwrap();
    take(&mut controller, &hour(&unit).status(Status::EmergencyStop).reference("ES-1"), "17:20:30").unwrap();
    assert_eq!(
        stages(&mut controller, "22:00"),
        ["EMID-1 r2 STOPPED 17:20:32", "ES-1 r1 STOPPED 17:20:32"],
        "the unit is back at baseline when it has ceased"
    );
}
