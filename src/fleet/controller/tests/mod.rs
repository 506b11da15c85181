//! What a controller does with each dispatch, and when.

mod fail_safe;
mod meter;
mod reactive;
mod revisions;

use super::*;
use crate::dispatch::Comparison;
use crate::dispatch::compare_readback;
use crate::fleet::testing::{Asked, Level, battery, generator, run, turn_down, utc};

/// Everything that comes until `until`, as `REF STAGE HH:MM:SS`.
fn stages(controller: &mut Controller, until: &str) -> Vec<String> {
    controller.advance(utc(until));
    let words = |h: Happened| {
        format!("{} r{} {} {}", h.key.dispatch_ref, h.revision, h.stage, &h.at.to_string()[11..19])
    };
    controller.take_happened().into_iter().map(words).collect()
}

fn take(controller: &mut Controller, asked: &Asked, at: &str) -> Result<Taken, Refusal> {
    controller.take_on(&asked.document(), utc(at))
}

fn kw(controller: &Controller, at: &str) -> f64 {
    controller.pulse(utc(at)).kw
}

/// Delivers 500 kW (300 kW of turn-down) from 17:00 to 18:00.
fn hour(unit: &Unit) -> Asked {
    let level = if unit.asset.kind() == "turn-down" { 300.0 } else { 500.0 };
    run(unit, "17:00", "18:00", &[("17:00", Level::Delta(level))])
}

#[test]
fn each_status_moves_each_kind_of_unit_at_its_exact_times() {
    use Status::{EmergencyStop, PreNotify, Run, RunNow, Stop};
    type Row = (fn() -> Unit, &'static [(Status, &'static str)], &'static [&'static str]);
    let table: &[Row] = &[
        (battery, &[(PreNotify, "16:30")], &[]),
        (
            battery,
            &[(Run, "16:30")],
            &["r1 STARTED 16:59:10", "r1 AT_SETPOINT 17:00:00", "r1 ENDED 18:00:00"],
        ),
        (
            generator,
            &[(Run, "16:30")],
            &["r1 STARTED 16:59:20", "r1 AT_SETPOINT 17:00:00", "r1 ENDED 18:00:00"],
        ),
        (
            turn_down,
            &[(Run, "16:30")],
            &["r1 STARTED 16:55:00", "r1 AT_SETPOINT 17:00:00", "r1 ENDED 18:00:00"],
        ),
        (
            battery,
            &[(RunNow, "16:30")],
            &["r1 STARTED 16:30:02", "r1 AT_SETPOINT 16:30:52", "r1 ENDED 18:00:00"],
        ),
        (
            generator,
            &[(RunNow, "16:30")],
            &["r1 STARTED 16:32:00", "r1 AT_SETPOINT 16:32:40", "r1 ENDED 18:00:00"],
        ),
        (
            turn_down,
            &[(RunNow, "16:50")],
            &["r1 STARTED 16:51:00", "r1 AT_SETPOINT 16:56:00", "r1 ENDED 18:00:00"],
        ),
        // A notice, then the run.
        (
            battery,
            &[(PreNotify, "16:00"), (Run, "16:30")],
            &["r2 STARTED 16:59:10", "r2 AT_SETPOINT 17:00:00", "r2 ENDED 18:00:00"],
        ),
        // A run taken back before it began.
        (battery, &[(Run, "16:00"), (PreNotify, "16:30")], &[]),
        // Stops before anything was known, before the move, and under way.
        (battery, &[(Stop, "16:30")], &["r1 STOPPED 16:30:00"]),
        (battery, &[(Run, "16:00"), (Stop, "16:30")], &["r2 STOPPED 16:30:00"]),
        (
            battery,
            &[(Run, "16:30"), (Stop, "17:30")],
            &["r1 STARTED 16:59:10", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:31:42"],
        ),
        (
            generator,
            &[(Run, "16:30"), (Stop, "17:30")],
            &["r1 STARTED 16:59:20", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:30:25"],
        ),
        (
            turn_down,
            &[(Run, "16:30"), (Stop, "17:30")],
            &["r1 STARTED 16:55:00", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:33:30"],
        ),
        // After its end, while it returns.
        (
            battery,
            &[(Run, "16:30"), (Stop, "18:00:40")],
            &["r1 STARTED 16:59:10", "r1 AT_SETPOINT 17:00:00", "r1 ENDED 18:00:00", "r2 STOPPED 18:01:40"],
        ),
        // Emergency stops: after no more than the unit's delay, with or without a dispatch.
        (battery, &[(EmergencyStop, "16:30")], &["r1 STOPPED 16:30:02"]),
        (
            battery,
            &[(Run, "16:30"), (EmergencyStop, "17:30")],
            &["r1 STARTED 16:59:10", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:30:02"],
        ),
        (
            generator,
            &[(Run, "16:30"), (EmergencyStop, "17:30")],
            &["r1 STARTED 16:59:20", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:30:05"],
        ),
        (
            turn_down,
            &[(Run, "16:30"), (EmergencyStop, "17:30")],
            &["r1 STARTED 16:55:00", "r1 AT_SETPOINT 17:00:00", "r2 STOPPED 17:31:00"],
        ),
        // Stopped, then asked again by a greater revision.
        (
            battery,
            &[(Run, "16:30"), (Stop, "17:10"), (RunNow, "17:20")],
            &[
                "r1 STARTED 16:59:10",
                "r1 AT_SETPOINT 17:00:00",
                "r2 STOPPED 17:11:42",
                "r3 STARTED 17:20:02",
                "r3 AT_SETPOINT 17:20:52",
                "r3 ENDED 18:00:00",
            ],
        ),
        (
            battery,
            &[(EmergencyStop, "16:30"), (RunNow, "17:20")],
            &["r1 STOPPED 16:30:02", "r2 STARTED 17:20:02", "r2 AT_SETPOINT 17:20:52", "r2 ENDED 18:00:00"],
        ),
    ];
    for (unit, statuses, expected) in table {
        let unit = unit();
        let mut controller = Controller::new(&unit, utc("15:00"));
        let mut came = Vec::new();
        for (revision, (status, at)) in (1..).zip(*statuses) {
            came.extend(stages(&mut controller, at));
            let asked = hour(&unit).status(*status).revision(revision);
            let taken = take(&mut controller, &asked, at).unwrap();
            assert_eq!(taken.stage, Stage::Accepted, "{} {statuses:?}: {:?}", unit.name, taken.detail);
        }
        came.extend(stages(&mut controller, "20:00"));
        let expected: Vec<String> = expected.iter().map(|e| format!("EMID-1 {e}")).collect();
        assert_eq!(came, expected, "{} {statuses:?}", unit.name);
        assert_eq!(controller.next_stage(), None);
    }
}

#[test]
fn what_is_read_back_is_what_the_unit_acts_on() {
    for unit in [battery(), generator(), turn_down()] {
        for status in Status::ALL {
            let asked = hour(&unit).status(status).document();
            let mut controller = Controller::new(&unit, utc("16:30"));
            let taken = controller.take_on(&asked, utc("16:30")).unwrap();
            assert!(
                compare_readback(&asked, &taken.readback).iter().all(|f| f.comparison == Comparison::Matched),
                "{status}"
            );
            let held = &controller.held[&asked.key()];
            assert_eq!(taken.readback, held.order.readback());
        }
    }
}

#[test]
fn reactive_power_that_no_unit_controls_is_not_read_back_as_if_it_were() {
    let unit = battery();
    let mut asked = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(500.0))]);
    asked.0.setpoints[0].reactive =
        run(&unit, "17:00", "18:00", &[("17:00", Level::Reactive(400.0))]).0.setpoints[0].reactive;
    let asked = asked.document();
    let taken = Controller::new(&unit, utc("16:30")).take_on(&asked, utc("16:30")).unwrap();
    assert_eq!(taken.stage, Stage::Accepted);
    assert!(taken.detail.unwrap().contains("reactive power is not controlled"));
    let not_matched: Vec<_> = compare_readback(&asked, &taken.readback)
        .into_iter()
        .filter(|f| f.comparison != Comparison::Matched)
        .map(|f| (f.field, f.comparison))
        .collect();
    assert_eq!(not_matched.len(), 1, "{not_matched:?}");
    assert!(not_matched[0].0.contains("reactive") && not_matched[0].1 == Comparison::Absent);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_value_and_what_would_be_right() {
    use Level::{Absolute, Delta, Reactive};
    type Row = (fn() -> Unit, &'static str, Level, Reason, &'static str);
    let table: &[Row] = &[
        (battery, "16:30", Delta(1000.001), Reason::BeyondCapability, "−800.0 to 1,000.0 kW"),
        (battery, "16:30", Absolute(-900.0), Reason::BeyondCapability, "net −900.0 kW"),
        (generator, "16:30", Absolute(299.0), Reason::BeyondCapability, "runs at 300.0 kW or more"),
        (generator, "16:30", Delta(-1.0), Reason::BeyondCapability, "0.0 to 1,000.0 kW"),
        (turn_down, "16:30", Delta(401.0), Reason::BeyondCapability, "−700.0 to −300.0 kW"),
        (turn_down, "16:30", Delta(-1.0), Reason::BeyondCapability, "net −701.0 kW"),
        (battery, "16:30", Reactive(100.0), Reason::BeyondCapability, "only reactive power"),
        (battery, "18:00", Delta(500.0), Reason::Unavailable, "ended at 2026-11-26T18:00:00Z"),
    ];
    for (unit, at, level, reason, says) in table {
        let unit = unit();
        for status in [Status::PreNotify, Status::Run, Status::RunNow] {
            let mut controller = Controller::new(&unit, utc("15:00"));
            let asked = run(&unit, "17:00", "18:00", &[("17:00", *level)]).status(status);
            let refusal = take(&mut controller, &asked, at).unwrap_err();
            assert_eq!(refusal.reason, *reason, "{level:?}");
            assert!(refusal.detail.contains(says), "{level:?}: {}", refusal.detail);
            assert!(controller.held.is_empty() && controller.next_stage().is_none());
        }
    }
    for (unit, level) in [(battery(), 1000.0), (generator(), 300.0), (turn_down(), 400.0)] {
        let asked = run(&unit, "17:00", "18:00", &[("17:00", Delta(level))]);
        assert!(
            take(&mut Controller::new(&unit, utc("15:00")), &asked, "15:00").is_ok(),
            "exactly its rating"
        );
    }
}

#[test]
fn a_promised_window_is_not_promised_twice_but_a_stop_always_gets_through() {
    let unit = battery();
    let level: &[(&str, Level)] = &[("17:30", Level::Delta(100.0))];
    let second = |start, end| run(&unit, start, end, level).reference("EMID-2");
    let table = [
        (second("17:30", "17:40"), Some("EMID-1 from 2026-11-26T17:00:00Z to 2026-11-26T18:00:00Z")),
        (second("16:00", "17:31"), Some("EMID-1")),
        (second("17:30", "19:00").status(Status::RunNow), Some("EMID-1")),
        (second("17:30", "19:00").status(Status::PreNotify), Some("EMID-1")),
        (run(&unit, "18:00", "19:00", &[("18:00", Level::Delta(100.0))]).reference("EMID-2"), None),
        (run(&unit, "16:00", "17:00", &[("16:50", Level::Delta(100.0))]).reference("EMID-2"), None),
        (second("17:30", "19:00").status(Status::Stop), None),
        (second("17:30", "19:00").status(Status::EmergencyStop), None),
    ];
    for (asked, says) in table {
        let mut controller = Controller::new(&unit, utc("15:00"));
        take(&mut controller, &hour(&unit), "15:30").unwrap();
        match (take(&mut controller, &asked, "15:40"), says) {
            (Ok(_), None) => {}
            (Err(refusal), Some(says)) => {
                assert_eq!(refusal.reason, Reason::Unavailable);
                assert!(refusal.detail.contains(says), "{}", refusal.detail);
            }
            (got, _) => panic!("{asked:?}: {got:?}"),
        }
    }
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit).status(Status::PreNotify), "15:30").unwrap();
    take(&mut controller, &second("17:30", "17:40"), "15:40").expect("a notice promises nothing");
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "15:30").unwrap();
    take(&mut controller, &hour(&unit).status(Status::Stop).revision(2), "17:10").unwrap();
    take(&mut controller, &second("17:30", "17:40"), "17:20").expect("a stopped dispatch frees its window");
}

#[test]
fn a_level_that_comes_late_is_said_with_its_time() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let taken = take(&mut controller, &hour(&unit), "16:59:30").unwrap();
    assert_eq!((taken.stage, taken.reached_at), (Stage::Unreachable, Some(utc("17:00:22"))));
    let detail = taken.detail.unwrap();
    assert!(detail.contains("220.0 kW short") && detail.contains("22 s late"), "{detail}");
    assert_eq!(
        stages(&mut controller, "19:00"),
        ["EMID-1 r1 STARTED 16:59:32", "EMID-1 r1 AT_SETPOINT 17:00:22", "EMID-1 r1 ENDED 18:00:00"]
    );
}

#[test]
fn a_unit_that_runs_out_says_so_before_and_when_it_does() {
    // 800 kWh to give; 1,000 kW are asked for an hour.
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let taken =
        take(&mut controller, &run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(1000.0))]), "16:00")
            .unwrap();
    assert_eq!((taken.stage, taken.reached_at), (Stage::Accepted, None));
    assert!(taken.detail.as_deref().is_some_and(|d| d.contains("cannot be held")), "{:?}", taken.detail);
    let came = stages(&mut controller, "19:00");
    assert_eq!(came.len(), 3, "{came:?}");
    assert!(came[2].starts_with("EMID-1 r1 FAILED 17:4"), "{came:?}");
}

#[test]
fn a_second_dispatch_follows_the_first_without_a_gap() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let after = run(&unit, "18:00", "18:30", &[("18:00", Level::Delta(500.0))]).reference("EMID-2");
    let later = run(&unit, "20:00", "21:00", &[("20:00", Level::Delta(-800.0))]).reference("EMID-3");
    for asked in [&later, &hour(&unit), &after] {
        assert_eq!(take(&mut controller, asked, "16:00").unwrap().stage, Stage::Accepted);
    }
    for (at, expected) in [
        ("17:59", 500.0),
        ("18:00:30", 500.0),
        ("18:29", 500.0),
        ("19:30", 0.0),
        ("20:00", -800.0),
        ("21:30", 0.0),
    ] {
        assert!((kw(&controller, at) - expected).abs() < 1e-6, "{} kW at {at}", kw(&controller, at));
    }
    let came = stages(&mut controller, "22:00");
    assert_eq!(
        came[2..5],
        ["EMID-1 r1 ENDED 18:00:00", "EMID-2 r1 STARTED 18:00:00", "EMID-2 r1 AT_SETPOINT 18:00:00"]
    );
    assert_eq!(came.last().unwrap(), "EMID-3 r1 ENDED 21:00:00");
    assert_eq!(came.len(), 9, "{came:?}");
}

#[test]
fn an_emergency_stop_ends_everything_that_the_unit_has_promised() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let later = run(&unit, "20:00", "21:00", &[("20:00", Level::Delta(100.0))]).reference("EMID-2");
    take(&mut controller, &hour(&unit), "16:00").unwrap();
    take(&mut controller, &later, "16:00").unwrap();
    let _ = stages(&mut controller, "17:20");
    let stop = hour(&unit).status(Status::EmergencyStop).reference("STOP-1");
    take(&mut controller, &stop, "17:20").unwrap();
    assert_eq!(
        stages(&mut controller, "22:00"),
        ["EMID-1 r1 FAILED 17:20:00", "EMID-2 r1 FAILED 17:20:00", "STOP-1 r1 STOPPED 17:20:02"]
    );
    let pulse = controller.pulse(utc("21:59"));
    assert_eq!((pulse.kw, pulse.phase), (0.0, UnitPhase::Inhibited), "held until something new releases it");
    let days_later = utc("21:59") + 5 * 86_400;
    controller.advance(days_later);
    assert_eq!(controller.pulse(days_later).phase, UnitPhase::Inhibited);
}

#[test]
fn every_minute_is_metered_exactly_from_the_move_to_an_hour_after_the_end() {
    let unit = turn_down();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "16:00").unwrap();
    let spans: Vec<_> = controller.metered().map(|(_, from, until)| (from, until)).collect();
    assert_eq!(spans, [(utc("16:55"), utc("19:00"))]);
    for (end, expected) in
        [("16:55", -700.0), ("16:56", -670.0), ("17:00", -430.0), ("17:30", -400.0), ("18:01", -460.0)]
    {
        let minute = controller.minute(utc(end));
        assert!((minute.reading.kw - expected).abs() < 1e-6, "{end}: {} kW", minute.reading.kw);
        assert_eq!((minute.baseline_kw, minute.soc), (Some(-700.0), None));
    }
    assert!(controller.minute(utc("18:30")).reading.kw < -700.0, "the rebound is metered");

    let mut stopped = Controller::new(&unit, utc("15:00"));
    take(&mut stopped, &hour(&unit).status(Status::Stop), "16:00").unwrap();
    assert_eq!(stopped.metered().count(), 0, "nothing moved, so nothing is metered");
}

#[test]
fn what_is_long_over_is_forgotten_and_the_path_goes_on() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    take(&mut controller, &hour(&unit), "16:00").unwrap();
    let later = utc("18:00") + 30 * 86_400;
    controller.advance(later);
    assert_eq!(controller.take_happened().len(), 3);
    controller.forget_before(later - 7200);
    assert!(controller.held.is_empty());
    assert_eq!(controller.pulse(later).phase, UnitPhase::Off);
    assert!(controller.pulse(later).soc.unwrap() < 0.3, "what was taken out stays out");
}

#[test]
fn what_lies_outside_of_what_is_declared_is_refused_with_its_half_hour_and_what_was_declared() {
    use crate::profile::availability::{Availability, Limits, Window};
    use crate::units::Watts;
    let mut unit = battery();
    let limits = Limits { up: Some(Watts(400_000)), down: Some(Watts(0)) };
    unit.availability = Availability::Windows(vec![Window { from: 960, to: 1080, limits }]);
    for (start, end, levels, half_hour, declared) in [
        ("16:00", "18:00", vec![("16:00", Level::Delta(400.0))], None, ""),
        ("16:00", "18:00", vec![("16:00", Level::Delta(401.0))], Some("16:00"), "400.0 kW up is declared"),
        ("16:00", "18:30", vec![("16:00", Level::Absolute(400.0))], Some("18:00"), "0.0 kW up is declared"),
        ("16:00", "17:00", vec![("16:10", Level::Delta(-100.0))], Some("16:00"), "0.0 kW down is declared"),
        ("18:00", "19:00", vec![("18:00", Level::Absolute(0.0))], None, ""),
        (
            "17:00",
            "18:30",
            vec![("17:00", Level::Delta(300.0)), ("18:00", Level::Delta(1.0))],
            Some("18:00"),
            "1.0 kW up from baseline is asked",
        ),
    ] {
        let mut controller = Controller::new(&unit, utc("15:00"));
        let refused = take(&mut controller, &run(&unit, start, end, &levels), "15:30").err();
        assert_eq!(refused.as_ref().map(|r| r.reason), half_hour.map(|_| Reason::Unavailable), "{levels:?}");
        let said = refused.map_or(String::new(), |r| r.detail);
        let named = half_hour.map_or(String::new(), |time| format!("half-hour from 2026-11-26T{time}:00Z"));
        assert!(said.contains(&named) && said.contains(declared), "{said}");
    }
}

#[test]
fn run_now_is_held_to_what_is_declared_from_its_moment_on_and_a_change_to_the_next_dispatch() {
    use crate::profile::availability::Limits;
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let evening = hour(&unit);
    assert!(take(&mut controller, &evening, "15:30").is_ok(), "offered as a whole");
    controller.offered.change(utc("16:30")..utc("18:30"), Some(Limits::NOTHING));
    controller.advance(utc("17:30"));
    assert_eq!(kw(&controller, "17:30"), 500.0, "what it accepted it goes on with");
    let now = run(&unit, "18:00", "19:00", &[("18:40", Level::Delta(100.0))])
        .reference("EMID-2")
        .status(Status::RunNow);
    let refused = take(&mut controller, &now, "18:10").unwrap_err();
    assert!(refused.detail.contains("half-hour from 2026-11-26T18:00:00Z"), "{}", refused.detail);
    let later = run(&unit, "18:30", "19:00", &[("18:30", Level::Delta(100.0))]).reference("EMID-3");
    assert!(take(&mut controller, &later, "18:10").is_ok());
    let stop = evening.revision(2).status(Status::Stop);
    assert!(take(&mut controller, &stop, "18:11").is_ok(), "a stop is never refused for it");
}

#[test]
fn a_unit_serves_one_dispatch_at_a_time_whichever_contract_and_operator_it_is_of() {
    let unit = battery();
    let other = |operator: &str, contract: &str, start: &str, end: &str| {
        let mut asked = run(&unit, start, end, &[(start, Level::Delta(100.0))]).reference("OTHER-1");
        asked.0.network_operator = operator.parse().unwrap();
        asked.0.contract = contract.parse().unwrap();
        asked
    };
    for (operator, contract) in
        [("GB-DNO-11", "EMID-C-2026-0193"), ("GB-DNO-11", "EMID-C-2"), ("GB-DNO-14", "WMID-C-1")]
    {
        for (start, end, refused) in [
            ("16:00", "17:00", false),
            ("16:30", "17:00:01", true),
            ("17:30", "17:45", true),
            ("16:00", "19:00", true),
            ("18:00", "19:00", false),
        ] {
            let mut controller = Controller::new(&unit, utc("15:00"));
            assert!(take(&mut controller, &hour(&unit), "15:30").is_ok());
            let found = take(&mut controller, &other(operator, contract, start, end), "15:31").err();
            assert_eq!(
                found.as_ref().map(|r| r.reason),
                refused.then_some(Reason::Unavailable),
                "{operator} {start}"
            );
            if let Some(found) = found {
                assert!(
                    found.detail.contains("the unit has taken on GB-DNO-11/EMID-1 from"),
                    "{}",
                    found.detail
                );
            }
            let amended = hour(&unit).revision(2);
            assert!(take(&mut controller, &amended, "15:32").is_ok(), "a revision of its own is no overlap");
        }
    }
    let mut controller = Controller::new(&unit, utc("15:00"));
    assert!(take(&mut controller, &hour(&unit), "15:30").is_ok());
    assert!(take(&mut controller, &hour(&unit).revision(2).status(Status::Stop), "15:31").is_ok());
    assert!(
        take(&mut controller, &other("GB-DNO-14", "WMID-C-1", "17:00", "18:00"), "15:32").is_ok(),
        "stopped: free"
    );
}
