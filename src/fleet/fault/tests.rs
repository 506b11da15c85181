//! What each fault does to a unit and to what its FSP says, and that all is well again after it.

use std::sync::Arc;

use super::*;
use crate::dispatch::{Comparison, DispatchKey, DispatchUnit, Reason, Stage, Status, compare_readback};
use crate::fleet::controller::Controller;
use crate::fleet::testing::{Level, battery, generator, run, turn_down, utc};
use crate::openadr::mapping::{MinuteReading, UnitPulse};
use crate::power::{Asset, Available, Baseline, EvHub, HeatPumps, Renewable};
use crate::profile::faults::{Affliction, BadData, FaultPlan, FspFault, TimedFault, UnitFault};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

fn timed(unit: &Unit, fault: UnitFault, from: &str, until: Option<&str>) -> TimedFault {
    let affliction = Affliction::Unit(unit.unit.clone(), fault);
    TimedFault { affliction, from: Some(utc(from)), until: until.map(utc) }
}

fn plan(faults: Vec<TimedFault>) -> Arc<FaultPlan> {
    Arc::new(FaultPlan { faults })
}

/// A controller that was asked for 500 kW (300 kW of turn-down) from 17:00 to 18:00, with a fault.
fn asked(unit: &Unit, faults: Vec<TimedFault>) -> Controller {
    let mut controller = Controller::new(unit, utc("15:00"));
    controller.switched(&plan(faults), Vec::new(), utc("15:00"));
    let level = if unit.asset.kind() == "turn-down" { 300.0 } else { 500.0 };
    let hour = run(unit, "17:00", "18:00", &[("17:00", Level::Delta(level))]);
    controller.take_on(&hour.document(), utc("16:30")).unwrap();
    controller
}

fn kw(controller: &mut Controller, at: &str) -> f64 {
    controller.advance(utc(at));
    controller.pulse(utc(at)).kw
}

fn reported(controller: &Controller, end: UtcTime) -> Option<(MinuteReading, bool)> {
    let key = DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: "EMID-1".parse().unwrap() };
    controller.minute_of(&key, end)
}

fn minute_kw(controller: &mut Controller, end: &str) -> Option<f64> {
    controller.advance(utc(end));
    reported(controller, utc(end)).map(|(minute, _)| minute.reading.kw)
}

/// `STAGE HH:MM:SS`, looked at every ten seconds.
fn stages(controller: &mut Controller, from: &str, until: &str) -> Vec<String> {
    let (mut at, mut told) = (utc(from), Vec::new());
    while at <= utc(until) {
        controller.advance(at);
        let happened = controller.take_happened().into_iter();
        told.extend(happened.map(|h| format!("{} {}", h.stage, &h.at.to_string()[11..19])));
        at = at + 10;
    }
    told
}

#[test]
fn a_fault_changes_the_power_that_the_meter_reads_and_ends_where_the_unit_stands() {
    let believed = 500.0;
    for (fault, during) in [
        (UnitFault::Partial { share: 0.5 }, 250.0),
        (UnitFault::WrongDirection, -500.0),
        (UnitFault::DoesNothing, 0.0),
        (UnitFault::WrongUnit { instead: None }, 0.0),
        (UnitFault::Stuck, 500.0),
        (UnitFault::MeteringGap, 500.0),
    ] {
        let unit = battery();
        let mut controller = asked(&unit, vec![timed(&unit, fault.clone(), "17:10", Some("17:30"))]);
        assert!((kw(&mut controller, "17:10") - believed).abs() < 1e-6, "{fault:?} before");
        assert!((kw(&mut controller, "17:29") - during).abs() < 1e-6, "{fault:?} during");
        assert!((kw(&mut controller, "17:35") - believed).abs() < 1e-6, "{fault:?} after");
        assert!(
            (minute_kw(&mut controller, "17:40").unwrap() - believed).abs() < 1e-6,
            "{fault:?} metered after"
        );
        assert!(kw(&mut controller, "18:10").abs() < 1e-6, "{fault:?} at baseline when all is over");
    }
}

#[test]
fn a_minute_is_the_mean_of_what_was_truly_delivered() {
    let unit = battery();
    let half = UnitFault::Partial { share: 0.5 };
    let mut controller = asked(&unit, vec![timed(&unit, half, "17:10:30", None)]);
    // 30 s at 500 kW, 50 s down to 250 kW at 5 kW/s: 30 of them in this minute.
    let mean = minute_kw(&mut controller, "17:11").unwrap();
    assert!((mean - (500.0 * 30.0 + 425.0 * 30.0) / 60.0).abs() < 0.1, "{mean}");
    assert!(
        (minute_kw(&mut controller, "17:12").unwrap() - (300.0 * 20.0 + 250.0 * 40.0) / 60.0).abs() < 0.1
    );
    assert!((minute_kw(&mut controller, "17:13").unwrap() - 250.0).abs() < 1e-6);
}

#[test]
fn what_an_fsp_would_know_of_its_unit_it_tells_and_what_it_would_not_it_does_not() {
    let late = "STARTED 17:09:20";
    for (fault, told) in [
        (
            UnitFault::Partial { share: 0.5 },
            &["STARTED 16:59:10", "AT_SETPOINT 17:00:00", "ENDED 18:00:00"][..],
        ),
        (UnitFault::WrongDirection, &["STARTED 16:59:10", "AT_SETPOINT 17:00:00", "ENDED 18:00:00"]),
        (UnitFault::DoesNothing, &["ENDED 18:00:00"]),
        (UnitFault::LateStart { seconds: 600 }, &[late, "AT_SETPOINT 17:10:00", "ENDED 18:00:00"]),
        (UnitFault::Slow { factor: 0.1 }, &["STARTED 16:59:10", "AT_SETPOINT 17:07:30", "ENDED 18:00:00"]),
        (UnitFault::Stuck, &[]),
    ] {
        let unit = battery();
        let mut controller = asked(&unit, vec![timed(&unit, fault.clone(), "16:40", None)]);
        let found = stages(&mut controller, "16:40", "18:20");
        assert_eq!(found, told, "{fault:?}");
    }
}

#[test]
fn every_kind_of_unit_drops_out_when_it_trips_and_takes_nothing_on_until_it_is_back() {
    for unit in [battery(), generator(), turn_down()] {
        let mut controller = asked(&unit, vec![timed(&unit, UnitFault::Trip, "17:10", Some("17:20"))]);
        let told = stages(&mut controller, "16:50", "17:12");
        assert!(told.last().unwrap().starts_with("FAILED 17:10"), "{told:?}");
        let base = unit.baseline.at(0.0);
        assert!((kw(&mut controller, "17:12") - base).abs() < 1e-6);
        let later = run(&unit, "17:30", "17:50", &[("17:30", Level::Delta(400.0))]).reference("EMID-2");
        let refused = controller.take_on(&later.document(), utc("17:15")).unwrap_err();
        assert_eq!(refused.reason, Reason::Unavailable);
        assert!(controller.take_on(&later.document(), utc("17:25")).is_ok(), "it is back");
        assert!((kw(&mut controller, "17:40") - base - 400.0).abs() < 1e-6, "{}", unit.unit);
    }
}

#[test]
fn readings_stop_come_marked_or_come_absurd() {
    let unit = battery();
    for (fault, comes) in [
        (UnitFault::MeteringGap, None),
        (UnitFault::BadData { how: BadData::Flagged }, Some((500.0, true))),
        (UnitFault::BadData { how: BadData::Absurd }, Some((500_000.0, false))),
    ] {
        let mut controller = asked(&unit, vec![timed(&unit, fault, "17:10", Some("17:20"))]);
        controller.advance(utc("17:30"));
        let at = |end: &str| reported(&controller, utc(end)).map(|(m, bad)| (m.reading.kw.round(), bad));
        assert_eq!(at("17:09"), Some((500.0, false)));
        assert_eq!(at("17:15"), comes);
        assert_eq!(at("17:25"), Some((500.0, false)));
    }
}

#[test]
fn a_battery_that_is_emptier_than_it_says_stops_early_and_says_nothing_of_it() {
    let unit = battery();
    let exhausted = UnitFault::EnergyExhausted { share: 0.1 };
    let mut controller = asked(&unit, vec![timed(&unit, exhausted, "16:40", Some("18:30"))]);
    // 0.4 of 2,000 kWh is left to it by what it says, and a tenth of that in truth: 80 kWh are gone after ten minutes.
    assert!((kw(&mut controller, "17:05") - 500.0).abs() < 1e-6);
    assert!(kw(&mut controller, "17:15").abs() < 1e-6);
    let UnitPulse { soc, .. } = controller.pulse(utc("17:15"));
    assert!(soc.unwrap() > 0.4, "by what it reports it is far from empty: {soc:?}");
    controller.advance(utc("18:31"));
    assert!(controller.pulse(utc("18:31")).soc.unwrap() < 0.11, "afterwards the truth is out");
}

#[test]
fn a_delta_read_as_absolute_is_read_back_so() {
    let unit = battery();
    let mut controller = Controller::new(&unit, utc("15:00"));
    let misread = plan(vec![timed(&unit, UnitFault::DeltaAsAbsolute, "15:00", None)]);
    controller.switched(&misread, Vec::new(), utc("15:00"));
    let sent = run(&unit, "17:00", "18:00", &[("17:00", Level::Delta(500.0))]).document();
    let taken = controller.take_on(&sent, utc("16:30")).unwrap();
    let compared = compare_readback(&sent, &taken.readback);
    let differs: Vec<&str> =
        compared.iter().filter(|f| f.comparison == Comparison::Differs).map(|f| f.field.as_str()).collect();
    assert_eq!(differs.len(), 1, "{differs:?}");
    assert!(differs[0].starts_with("setpoints"), "{differs:?}");
}

#[test]
fn the_same_faults_give_the_same_readings_however_often_the_unit_is_looked_at() {
    let unit = battery();
    let faults = || {
        vec![
            timed(&unit, UnitFault::Slow { factor: 0.3 }, "16:50", Some("17:20")),
            timed(&unit, UnitFault::Partial { share: 0.7 }, "17:05:07", Some("17:40")),
        ]
    };
    let mut seldom = asked(&unit, faults());
    seldom.advance(utc("18:30"));
    let mut often = asked(&unit, faults());
    stages(&mut often, "16:30", "18:30");
    for minute in 0..60 {
        let end = utc("17:00") + minute * 60;
        assert_eq!(reported(&seldom, end), reported(&often, end), "{end}");
    }
}

#[test]
fn an_fsp_speaks_by_its_faults() {
    let unit: DispatchUnit = "BRIGHTFLEX/BESS-07".parse().unwrap();
    let manner = |fault: FspFault| {
        let affliction = Affliction::Fsp(unit.fsp.clone(), fault);
        let plan = FaultPlan { faults: vec![TimedFault { affliction, from: None, until: None }] };
        Manner::of(&plan, &unit.fsp, utc("17:00"))
    };
    assert_eq!(manner(FspFault::ClockSkew { seconds: -90 }).says(utc("17:00")), utc("16:58:30"));
    assert!(manner(FspFault::Duplicates).repeats && manner(FspFault::Reordered).reorders);
    let key = crate::dispatch::SigningKey::from_seed("brightflex-2026".parse().unwrap(), &[3; 32]);
    let ring = crate::dispatch::KeyRing::new([key.public(None, None)]);
    let said = crate::dispatch::Acknowledgement {
        key: DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: "EMID-1".parse().unwrap() },
        unit: unit.clone(),
        revision: crate::dispatch::Revision::FIRST,
        status: Some(Status::Run),
        stage: Stage::Received,
        at: utc("17:00"),
        readback: None,
        reason: None,
        detail: None,
        reached_at: None,
    };
    let holds = |manner: Manner| manner.sign(&said, &key).unwrap().verify(&ring, utc("17:00")).is_ok();
    assert!(holds(Manner::default()) && holds(manner(FspFault::ClockSkew { seconds: 60 })));
    assert!(!holds(manner(FspFault::ForgedSignature)) && !holds(manner(FspFault::MissingSignature)));
}

fn of_kind(asset: Asset, baseline_kw: f64) -> Unit {
    Unit { asset, baseline: Baseline::Fixed { kw: baseline_kw }, ..battery() }
}

/// 2 MW of wind.
fn farm() -> Unit {
    let farm = Renewable {
        max_kw: 2000.0,
        available: Available::Wind { seed: 5, mean_m_per_s: 9.0 },
        delay_s: 5.0,
        ramp_up_kw_per_min: 2400.0,
        ramp_down_kw_per_min: 2400.0,
    };
    of_kind(Asset::Renewable(farm), 900.0)
}

/// Free, it makes the weather's share; under a limit that is above that, the same; under one below it, what it was asked.
#[test]
fn a_farm_makes_what_other_weather_gives_it_and_no_more_than_its_limit() {
    let mut unit = farm();
    let Asset::Renewable(farm) = &mut unit.asset else { panic!("no farm") };
    farm.available = Available::Daily { points: vec![("00:00".to_owned(), 1600.0)], is_windy: true };
    for (share, free, limited) in
        [(0.25, 400.0, 400.0), (1.0, 1600.0, 1000.0), (2.0, 2000.0, 1000.0), (0.0, 0.0, 0.0)]
    {
        let mut controller = Controller::new(&unit, utc("15:00"));
        let faults = vec![
            timed(&unit, UnitFault::Weather { share }, "16:00", Some("16:30")),
            timed(&unit, UnitFault::Weather { share }, "17:20", Some("17:40")),
        ];
        controller.switched(&plan(faults), Vec::new(), utc("15:00"));
        let hold = |controller: &mut Controller, at: &str, expected: f64| {
            let made = kw(controller, at);
            assert!((made - expected).abs() < 1e-6, "share {share} at {at}: {made} kW, not {expected}");
        };
        for (at, expected) in [("15:59", 1600.0), ("16:20", free), ("16:40", 1600.0)] {
            hold(&mut controller, at, expected);
        }
        let hour = run(&unit, "17:00", "18:00", &[("17:00", Level::Absolute(1000.0))]);
        controller.take_on(&hour.document(), utc("16:45")).unwrap();
        for (at, expected) in [("17:15", 1000.0), ("17:35", limited), ("17:50", 1000.0)] {
            hold(&mut controller, at, expected);
        }
    }
}

/// Forty charge points behind 140 kW.
fn hub() -> Unit {
    let hub = EvHub {
        charge_points: 40,
        point_kw: 7.0,
        connection_kw: 140.0,
        step_kw: 1.4,
        delay_s: 5.0,
        random_delay_s: 60.0,
        sessions_per_week: 7.0,
        arrive: "16:00".to_owned(),
        arrive_spread_min: 30.0,
        stay_hours: 10.0,
        session_kwh: 30.0,
        seed: 11,
    };
    of_kind(Asset::EvHub(hub), -100.0)
}

/// 250 kW less and 100 kW more of 400.
fn heat_pumps() -> Unit {
    let pumps = HeatPumps {
        max_turn_down_kw: 250.0,
        max_pre_heat_kw: 100.0,
        comfort_kwh: 500.0,
        pre_heat_kwh: 200.0,
        min_off_min: 3.0,
        delay_s: 30.0,
        ramp_up_kw_per_min: 600.0,
        ramp_down_kw_per_min: 600.0,
        rebound_share: 0.7,
        rebound_min: 120.0,
    };
    of_kind(Asset::HeatPumps(pumps), -400.0)
}

#[test]
fn every_kind_of_unit_does_under_a_fault_what_its_plant_would() {
    let by_itself = |unit: &Unit| kw(&mut Controller::new(unit, utc("15:00")), "17:29");
    let (wind_kw, load_kw) = (by_itself(&farm()), by_itself(&hub()));
    assert!(wind_kw > 100.0 && load_kw < -30.0, "{wind_kw} {load_kw}");
    let exhausted = || UnitFault::EnergyExhausted { share: 0.0 };
    let half = || UnitFault::Partial { share: 0.5 };
    for (unit, level, fault, during) in [
        (farm(), Level::Absolute(0.0), UnitFault::DoesNothing, wind_kw),
        (farm(), Level::Absolute(0.0), half(), wind_kw / 2.0),
        (farm(), Level::Absolute(0.0), UnitFault::WrongDirection, wind_kw),
        (farm(), Level::Absolute(wind_kw / 2.0), exhausted(), 0.0),
        (farm(), Level::Absolute(wind_kw / 2.0), UnitFault::Trip, 0.0),
        (hub(), Level::Absolute(-14.0), UnitFault::DoesNothing, load_kw),
        (hub(), Level::Absolute(-14.0), exhausted(), load_kw),
        (hub(), Level::Absolute(-14.0), UnitFault::Trip, 0.0),
        (heat_pumps(), Level::Delta(200.0), UnitFault::DoesNothing, -400.0),
        (heat_pumps(), Level::Delta(200.0), half(), -300.0),
        (heat_pumps(), Level::Delta(200.0), UnitFault::WrongDirection, -500.0),
        (heat_pumps(), Level::Delta(200.0), exhausted(), -400.0),
        (heat_pumps(), Level::Delta(200.0), UnitFault::Trip, -400.0),
        (turn_down(), Level::Delta(300.0), exhausted(), -700.0),
        (generator(), Level::Delta(800.0), exhausted(), 0.0),
    ] {
        let kind = unit.asset.kind();
        let mut controller = Controller::new(&unit, utc("15:00"));
        let faults = plan(vec![timed(&unit, fault.clone(), "17:10", Some("17:30"))]);
        controller.switched(&faults, Vec::new(), utc("15:00"));
        let hour = run(&unit, "17:00", "18:00", &[("17:00", level)]).document();
        controller.take_on(&hour, utc("16:30")).unwrap();
        let before = kw(&mut controller, "17:09");
        let found = kw(&mut controller, "17:29");
        assert!((found - during).abs() < 1.5, "{kind}, {fault:?}: {found} and not {during}");
        assert!((before - found).abs() > 1.5, "{kind}, {fault:?}: it has no effect");
    }
}

#[test]
fn a_unit_that_nothing_is_wrong_with_is_the_same_with_the_switchboard_and_without() {
    let (unit, other) = (battery(), generator());
    let elsewhere = timed(&other, UnitFault::Stuck, "16:00", None);
    let mut beside = asked(&unit, vec![elsewhere]);
    let mut alone = asked(&unit, Vec::new());
    assert_eq!(stages(&mut beside, "16:30", "18:10"), stages(&mut alone, "16:30", "18:10"));
    for minute in 0..60 {
        let end = utc("17:00") + minute * 60;
        assert_eq!(reported(&beside, end), reported(&alone, end));
    }
}

#[test]
fn what_an_fsp_does_that_runs_its_own_client_is_not_switched() {
    let (switch, fsp) = (FaultSwitch::default(), battery().unit.fsp);
    assert!(!switch.reaches(&fsp));
    let (first, second) = (switch.obeyed_by(&fsp), switch.obeyed_by(&fsp));
    drop(first);
    assert!(switch.reaches(&fsp), "another agent of it runs");
    drop(second);
    assert!(!switch.reaches(&fsp), "it has gone");
}
