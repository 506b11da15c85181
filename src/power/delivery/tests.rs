//! Marks worked out on paper.

use super::*;
use crate::dispatch::{Dispatch, Status};
use crate::power::testing::{Level, battery, dispatch, second};
use crate::power::{Asset, Baseline, Instruction, Reading, plan};

/// Marks by the published rules of payment.
fn scored(revisions: &[(f64, &Dispatch)], baseline: &Baseline, observed: &Observed) -> Option<Scorecard> {
    score(revisions, baseline, observed, &PaymentRules::default())
}

const ZERO: Baseline = Baseline::Fixed { kw: 0.0 };

fn run(levels: &[(&str, Level)]) -> Dispatch {
    dispatch(Status::Run, 1, "17:00", "18:00", levels)
}

/// One reading a minute, each for the minute that ends then: from the first (not included) up to the last.
fn metered(parts: &[(&str, &str, f64)]) -> Series {
    let mut readings = Series::default();
    for (from, to, kw) in parts {
        let mut at = second(from) + 60.0;
        while at <= second(to) {
            readings.push(Reading { at, kw: *kw });
            at += 60.0;
        }
    }
    readings
}

fn observed(readings: Series, until: &str) -> Observed {
    Observed { readings, until: second(until), ..Observed::default() }
}

fn marked(dispatch: &Dispatch, readings: Series) -> Scorecard {
    scored(&[(second("16:00"), dispatch)], &ZERO, &observed(readings, "18:00")).unwrap()
}

#[track_caller]
fn assert_near(value: f64, want: f64) {
    assert!((value - want).abs() < 1e-9 * want.abs().max(1.0), "{value}, not {want}");
}

#[test]
fn a_dispatch_delivered_as_asked_is_paid_in_full() {
    let run = run(&[("17:00", Level::Delta(600.0)), ("17:30", Level::Delta(300.0))]);
    let marks = marked(
        &run,
        metered(&[
            ("16:00", "16:58", 0.0),
            ("16:58", "16:59", 200.0),
            ("16:59", "17:30", 600.0),
            ("17:30", "18:00", 300.0),
            ("18:00", "19:00", 0.0),
        ]),
    );
    // 600 kW for half an hour and 300 kW for half an hour.
    assert_near(marks.asked_kwh, 450.0);
    assert_near(marks.delivered_kwh, 450.0);
    assert_eq!((marks.minutes_in_tolerance, marks.minutes_metered, marks.minutes_missing), (60, 60, 0));
    let paid = PaymentFactors { flexible_power: 1.0, transition: 1.0, one_sided: 1.0 };
    assert_eq!((marks.ratio, marks.payment), (Some(1.0), Some(paid)));
    assert_eq!(marks.over_kwh, 0.0);
    // First off baseline in the minute that began at 16:58.
    assert_eq!(marks.moved_before_start_s, Some(120.0));
    assert_eq!(marks.rebound_kwh, Some(0.0));
    for (setpoint, kw) in marks.setpoints.iter().zip([600.0, 300.0]) {
        assert_eq!(setpoint.asked_kw, kw);
        assert_eq!((setpoint.delivered_kw, setpoint.missed_by_kw), (Some(kw), Some(0.0)));
        assert_eq!((setpoint.reached, setpoint.reached_after_s), (Some(true), Some(0.0)));
    }
}

#[test]
fn a_turn_down_counts_in_its_own_direction() {
    // 200 kW less export asked, 160 kW given for an hour: 80 %, paid 0.55.
    let run = run(&[("17:00", Level::Delta(-200.0))]);
    let marks = marked(&run, metered(&[("16:00", "17:00", 0.0), ("17:00", "18:00", -160.0)]));
    assert_near(marks.asked_kwh, 200.0);
    assert_near(marks.delivered_kwh, 160.0);
    let paid = marks.payment.unwrap();
    assert_near(paid.flexible_power, 0.55);
    assert_near(paid.transition, 0.8);
    assert_near(paid.one_sided, 0.8 - 0.2 * 11.0 / 7.0);
    assert_eq!(marks.minutes_in_tolerance, 0);
    assert_eq!(marks.setpoints[0].missed_by_kw, Some(40.0));
    assert_eq!((marks.setpoints[0].reached, marks.setpoints[0].reached_after_s), (Some(false), None));
}

#[test]
fn more_than_asked_is_not_paid_and_the_wrong_way_is_nothing() {
    let run = run(&[("17:00", Level::Delta(600.0))]);
    let over = marked(&run, metered(&[("17:00", "17:30", 900.0), ("17:30", "18:00", 300.0)]));
    // Half an hour capped at 600, half an hour at 300: 450 of 600 kWh, and 150 kWh too much.
    assert_near(over.delivered_kwh, 450.0);
    assert_near(over.over_kwh, 150.0);
    assert_near(over.ratio.unwrap(), 0.75);
    assert_eq!(over.setpoints[0].reached, Some(false));
    assert_eq!(over.setpoints[0].missed_by_kw, Some(0.0), "nothing is missing");
    let wrong = marked(&run, metered(&[("17:00", "18:00", -600.0)]));
    assert_eq!((wrong.delivered_kwh, wrong.over_kwh), (0.0, 0.0));
    let paid = wrong.payment.unwrap();
    assert_eq!((wrong.ratio, paid.flexible_power, paid.transition), (Some(0.0), 0.0, 0.0));
    assert_near(paid.one_sided, -11.0 / 7.0);
}

#[test]
fn half_hours_are_those_of_the_clock_and_settle_as_a_whole() {
    // From 17:10 to 18:10, 600 kW: the half-hours hold 20, 30 and 10 minutes of it.
    let run = dispatch(Status::Run, 1, "17:10", "18:10", &[("17:10", Level::Delta(600.0))]);
    let readings = metered(&[
        ("17:00", "17:10", 0.0),
        ("17:10", "17:20", 900.0),
        ("17:20", "17:30", 300.0),
        ("17:30", "17:50", 240.0),
        ("17:50", "17:55", 600.0),
        ("18:00", "18:10", 600.0),
    ]);
    let marks = scored(&[(second("16:00"), &run)], &ZERO, &observed(readings, "18:10")).unwrap();
    let halves: Vec<_> = marks
        .half_hours
        .iter()
        .map(|h| (h.start, h.asked_kwh, h.delivered_kwh, h.minutes_metered, h.minutes_missing))
        .collect();
    let half =
        |start: &str, asked, delivered, metered, missing| (second(start), asked, delivered, metered, missing);
    // In the first, what is too much makes up for what is too little, which no minute does.
    // In the second, 20 min at 240 kW and 5 min at 600 kW of 25 min metered at 600 kW: 130 of 250 kWh.
    let want = [
        half("17:00", 200.0, 200.0, 20, 0),
        half("17:30", 250.0, 130.0, 25, 5),
        half("18:00", 100.0, 100.0, 10, 0),
    ];
    for (found, want) in halves.iter().zip(want) {
        assert!(
            (found.1 - want.1).abs() < 1e-9 && (found.2 - want.2).abs() < 1e-9,
            "{found:?}, not {want:?}"
        );
        assert_eq!((found.0, found.3, found.4), (want.0, want.3, want.4));
    }
    assert_eq!(halves.len(), 3);
    assert_near(marks.payment.unwrap().transition, 430.0 / 550.0);
    // Minute by minute 50 kWh less: (430 − 50) of 550.
    assert_near(marks.ratio.unwrap(), 380.0 / 550.0);
}

#[test]
fn a_late_unit_is_told_how_late_it_was() {
    let run = run(&[("17:00", Level::Delta(600.0))]);
    let readings = metered(&[
        ("16:50", "17:00", 0.0),
        ("17:00", "17:01", 100.0),
        ("17:01", "17:02", 400.0),
        ("17:02", "18:00", 590.0),
    ]);
    let marks = marked(&run, readings);
    assert_eq!(marks.setpoints[0].delivered_kw, Some(100.0));
    assert_eq!(marks.setpoints[0].missed_by_kw, Some(500.0));
    assert_eq!(marks.setpoints[0].reached_after_s, Some(120.0));
    assert_eq!(marks.moved_before_start_s, Some(0.0));
    assert_eq!(marks.minutes_in_tolerance, 58);
}

#[test]
fn a_minute_without_a_reading_is_missing_and_not_a_failure() {
    let run = run(&[("17:00", Level::Delta(600.0))]);
    let readings = metered(&[("16:50", "17:20", 600.0), ("17:30", "18:00", 600.0)]);
    let marks = marked(&run, readings);
    assert_eq!((marks.minutes_metered, marks.minutes_missing), (50, 10));
    assert_eq!((marks.asked_kwh, marks.ratio), (600.0, Some(1.0)));
    let nothing = marked(&run, Series::default());
    assert_eq!((nothing.ratio, nothing.payment, nothing.minutes_missing), (None, None, 60));
    assert_eq!(nothing.setpoints[0].reached, None);
    assert_eq!(nothing.rebound_kwh, None);
}

#[test]
fn while_it_is_in_progress_only_what_has_passed_is_marked() {
    let run = run(&[("17:00", Level::Delta(600.0)), ("17:30", Level::Delta(300.0))]);
    let readings = metered(&[("16:50", "17:10", 600.0)]);
    let marks = scored(&[(second("16:00"), &run)], &ZERO, &observed(readings, "17:12")).unwrap();
    // 17:11 and 17:12 may still be reported.
    assert_eq!((marks.minutes_metered, marks.minutes_missing), (10, 0));
    assert_near(marks.asked_kwh, 100.0);
    assert_eq!(marks.ratio, Some(1.0));
    assert_eq!(marks.setpoints[1].reached, None);
    assert_eq!(marks.rebound_kwh, None);
    let readings = metered(&[("16:50", "17:10", 600.0)]);
    let silent = scored(&[(second("16:00"), &run)], &ZERO, &observed(readings, "17:15")).unwrap();
    assert_eq!((silent.minutes_metered, silent.minutes_missing), (10, 3));
    let before = scored(&[(second("16:00"), &run)], &ZERO, &observed(Series::default(), "16:30")).unwrap();
    assert_eq!((before.asked_kwh, before.ratio, before.minutes_missing), (0.0, None, 0));
}

#[test]
fn the_ramp_before_a_setpoint_is_within_tolerance_but_half_a_step_after_it_is_not() {
    let run = run(&[("17:00", Level::Delta(600.0)), ("17:30", Level::Delta(300.0))]);
    let marks = marked(
        &run,
        metered(&[
            ("16:50", "17:29", 600.0),
            ("17:29", "17:30", 450.0),
            ("17:30", "17:31", 450.0),
            ("17:31", "18:00", 300.0),
        ]),
    );
    assert_eq!(marks.minutes_in_tolerance, 59);
    assert_eq!(marks.setpoints[1].reached, Some(false));
    assert_eq!(marks.setpoints[1].reached_after_s, Some(60.0));
    // A step within a minute: its exact mean is asked, 600×20/60 + 300×40/60 = 400 kW.
    let within = dispatch(
        Status::Run,
        1,
        "17:00",
        "18:00",
        &[("17:00", Level::Delta(600.0)), ("17:30:20", Level::Delta(300.0))],
    );
    let marks = scored(
        &[(second("16:00"), &within)],
        &ZERO,
        &observed(
            metered(&[("16:50", "17:30", 600.0), ("17:30", "17:31", 400.0), ("17:31", "18:00", 300.0)]),
            "18:00",
        ),
    )
    .unwrap();
    assert_eq!((marks.ratio, marks.minutes_in_tolerance), (Some(1.0), 60));
    assert_eq!(marks.setpoints[1].reached, Some(true));
    assert_near(marks.over_kwh, 0.0);
}

#[test]
fn revisions_are_marked_each_for_its_time_and_a_stop_ends_the_window() {
    let one = run(&[("17:00", Level::Delta(600.0))]);
    let two = dispatch(
        Status::Run,
        2,
        "17:00",
        "18:00",
        &[("17:00", Level::Delta(600.0)), ("17:30", Level::Delta(200.0))],
    );
    let stop = dispatch(Status::Stop, 3, "17:00", "18:00", &[]);
    let revisions = [(second("16:00"), &one), (second("17:10"), &two), (second("17:40"), &stop)];
    let readings = metered(&[
        ("16:50", "17:30", 600.0),
        ("17:30", "17:40", 200.0),
        ("17:40", "17:42", 100.0),
        ("17:42", "18:40", 0.0),
    ]);
    let mut seen = observed(readings, "18:00");
    seen.stopped_at = Some(second("17:40"));
    seen.acknowledged_after_s = Some(11.0);
    let marks = scored(&revisions, &ZERO, &seen).unwrap();
    assert_near(marks.asked_kwh, 300.0 + 200.0 / 6.0);
    assert_eq!((marks.ratio, marks.minutes_metered), (Some(1.0), 40));
    assert_eq!(marks.stopped_after_s, Some(120.0));
    assert_eq!(marks.acknowledged_after_s, Some(11.0));
    let at: Vec<_> = marks.setpoints.iter().map(|s| s.at).collect();
    assert_eq!(at, [second("17:00"), second("17:30")], "a level carried on is no new setpoint");
}

#[test]
fn run_now_is_marked_from_when_it_counts() {
    let now = dispatch(Status::RunNow, 1, "17:00", "18:00", &[("17:00", Level::Delta(600.0))]);
    let readings = metered(&[("16:50", "17:02", 0.0), ("17:02", "18:00", 600.0)]);
    let marks = scored(&[(second("17:00:20"), &now)], &ZERO, &observed(readings, "18:00")).unwrap();
    // Whole minutes from 17:01.
    assert_eq!((marks.minutes_metered, marks.minutes_in_tolerance), (59, 58));
    let first = marks.setpoints[0];
    assert_eq!((first.at, first.reached, first.reached_after_s), (second("17:00"), Some(false), Some(120.0)));
}

#[test]
fn rebound_is_what_comes_back_in_the_hour_after() {
    let run = run(&[("17:00", Level::Delta(300.0))]);
    let readings = metered(&[
        ("17:00", "18:00", 300.0),
        ("18:00", "18:02", 100.0),
        ("18:02", "18:32", -120.0),
        ("18:32", "20:00", 0.5),
    ]);
    assert_near(marked(&run, readings).rebound_kwh.unwrap(), 60.0);
}

#[test]
fn the_baseline_that_moves_is_the_one_held_against() {
    let baseline =
        Baseline::Daily { points: vec![("00:00".to_owned(), -300.0), ("17:30".to_owned(), -700.0)] };
    let run = run(&[("17:00", Level::Delta(100.0))]);
    let readings =
        metered(&[("16:00", "17:00", -300.0), ("17:00", "17:30", -200.0), ("17:30", "18:00", -600.0)]);
    let marks = scored(&[(second("16:00"), &run)], &baseline, &observed(readings, "18:00")).unwrap();
    assert_near(marks.asked_kwh, 100.0);
    assert_eq!((marks.ratio, marks.minutes_in_tolerance), (Some(1.0), 60));
    assert_eq!(marks.setpoints[0].asked_kw, -200.0);
}

#[test]
fn a_dispatch_of_no_real_power_has_no_marks() {
    for status in [Status::PreNotify, Status::Run] {
        let reactive = dispatch(status, 1, "17:00", "18:00", &[("17:00", Level::Reactive(50.0))]);
        assert_eq!(scored(&[(0.0, &reactive)], &ZERO, &Observed::default()), None);
    }
    let stop = dispatch(Status::Stop, 1, "17:00", "18:00", &[]);
    assert_eq!(scored(&[(0.0, &stop)], &ZERO, &Observed::default()), None);
    assert_eq!(scored(&[], &ZERO, &Observed::default()), None);
}

#[test]
fn a_dispatch_stopped_before_it_starts_asks_and_delivers_nothing() {
    let one = run(&[("17:00", Level::Delta(600.0))]);
    let stop = dispatch(Status::Stop, 2, "17:00", "18:00", &[]);
    let revisions = [(second("16:00"), &one), (second("16:30"), &stop)];
    let marks = scored(&revisions, &ZERO, &observed(metered(&[("16:00", "18:00", 0.0)]), "18:00")).unwrap();
    assert_eq!((marks.asked_kwh, marks.ratio), (0.0, None));
    assert_eq!((marks.setpoints.len(), marks.minutes_metered), (0, 0));
}

#[test]
fn a_unit_that_does_what_was_planned_is_marked_in_full() {
    let run = run(&[("17:00", Level::Delta(500.0)), ("17:20", Level::Delta(-300.0))]);
    let asset = Asset::Battery(battery());
    let told = Instruction::of(&run, &ZERO).unwrap();
    let (from, to) = (second("16:00"), second("19:00"));
    let done = plan(&asset, &ZERO, &asset.initial_state(0.0), Some(&told), from, to);
    let mut readings = Series::default();
    let mut at = from + 60.0;
    while at <= to {
        readings.push(Reading { at, kw: done.curve.integral_hours(at - 60.0, at) * 60.0 });
        at += 60.0;
    }
    let marks = marked(&run, readings);
    assert!(marks.setpoints.iter().all(|s| s.reached == Some(true) && s.reached_after_s == Some(0.0)));
    // It leaves at 17:17:20 to be at −300 kW at 17:20. The three minutes before are 433.333, 150 and −150 kW in the mean: 66.667,
    // 350 and (the wrong way is nothing) 500 kW less than asked, of 500/3 + 200 kWh. The last of them ends with the step.
    assert_near(
        marks.ratio.unwrap(),
        1.0 - (66.0 + 2.0 / 3.0 + 350.0 + 500.0) / 60.0 / (500.0 / 3.0 + 200.0),
    );
    assert_eq!((marks.minutes_in_tolerance, marks.minutes_metered), (58, 60));
}

#[test]
fn the_minutes_add_up_to_the_marks_and_a_minute_is_short_or_over_but_never_both() {
    let run =
        run(&[("17:00", Level::Delta(600.0)), ("17:30", Level::Delta(-300.0)), ("17:45", Level::Delta(0.0))]);
    let readings = metered(&[
        ("17:00", "17:20", 300.0),
        ("17:25", "17:30", 700.0),
        ("17:30", "17:40", 100.0),
        ("17:40", "17:45", -330.0),
        ("17:45", "18:00", 20.0),
    ]);
    let seen = observed(readings, "18:00");
    let revisions = [(second("16:00"), &run)];
    let marks = scored(&revisions, &ZERO, &seen).unwrap();
    let minutes = score_by_minute(&revisions, &ZERO, &seen, &PaymentRules::default()).unwrap().1;
    let kwh = |of: &dyn Fn(&MinuteScore) -> f64| minutes.iter().map(of).sum::<f64>() / 60.0;
    assert_eq!(minutes.len(), 60);
    assert_near(kwh(&|m| m.over_kw), marks.over_kwh);
    // 300 kW for 20 minutes, and all of the 300 kW for the ten in which it went the wrong way.
    assert_near(kwh(&|m| m.short_kw), 100.0 + 50.0);
    assert_near(kwh(&|m| m.over_kw), 100.0 * 5.0 / 60.0 + 30.0 * 5.0 / 60.0 + 20.0 * 15.0 / 60.0);
    assert_near(marks.asked_kwh - marks.delivered_kwh - kwh(&|m| m.short_kw), 600.0 * 5.0 / 60.0);
    assert!(minutes.iter().all(|m| m.short_kw == 0.0 || m.over_kw == 0.0));
    let gap: Vec<_> = minutes.iter().filter(|m| m.delivered_kw.is_none()).collect();
    assert_eq!(gap.len(), 5);
    assert!(gap.iter().all(|m| (m.short_kw, m.over_kw, m.is_within_tolerance) == (0.0, 0.0, None)));
    assert_eq!(
        marks.minutes_in_tolerance as usize,
        minutes.iter().filter(|m| m.is_within_tolerance == Some(true)).count()
    );
}
