//! What each newer kind of asset does, worked out on paper.

use super::{ZERO, assert_near, assert_phases, run, told};
use crate::power::testing::{battery, ev_hub, generator, heat_pumps, second, turn_down, wind_farm};
use crate::power::{
    Asset, Available, Baseline, Battery, Curve, EvHub, Generator, Renewable, TurnDown, UnitPhase, envelope,
    plan,
};

#[test]
fn a_battery_loses_what_opendss_documents_of_its_storage_element() {
    // OpenDSS, Storage element, defaults: 25 kW, 50 kWh, 90 % charging and discharging (81 % round trip), idling losses of
    // 1 % of the rating, a reserve of 20 %.
    let opendss = Battery {
        max_discharge_kw: 25.0,
        max_charge_kw: 25.0,
        capacity_kwh: 50.0,
        discharge_efficiency: 0.9,
        charge_efficiency: 0.9,
        min_soc: 0.2,
        max_soc: 1.0,
        initial_soc: 0.6,
        idling_loss_kw: 0.25,
        delay_s: 0.0,
        ramp_up_kw_per_min: 60_000.0,
        ramp_down_kw_per_min: 60_000.0,
    };
    let asset = Asset::Battery(opendss);
    let hour = |kw: f64| {
        let told_to = run("18:00", &[("17:00", kw)]);
        let plan = told(&asset, &asset.initial_state(-0.25), &told_to, "17:00");
        let (before, after) =
            (plan.state_at(second("17:00")).soc.unwrap(), plan.state_at(second("18:00")).soc.unwrap());
        (after - before) * 50.0
    };
    // Discharging 10 kW for an hour takes 10.25 / 0.9 kWh; charging 10 kW puts 9.75 × 0.9 in; idling takes none.
    assert!((hour(10.0) + 10.25 / 0.9).abs() < 2e-3, "{}", hour(10.0));
    assert!((hour(-10.0) - 9.75 * 0.9).abs() < 2e-3, "{}", hour(-10.0));
    assert!(hour(-0.25).abs() < 1e-9);
    // Out of 1 kWh put in at the terminals, 0.81 come out again.
    let Asset::Battery(b) = &asset else { unreachable!() };
    assert_near(b.charge_efficiency * b.discharge_efficiency, 0.81);
}

#[test]
fn a_battery_that_is_asked_for_nothing_at_the_meter_feeds_itself_and_stops_at_its_limit() {
    let asset = Asset::Battery(Battery { idling_loss_kw: 10.0, initial_soc: 0.101, ..battery() });
    let plan = plan(&asset, &ZERO, &asset.initial_state(0.0), None, second("16:00"), second("20:00"));
    // 2 kWh to give at 10 kW / 0.9: 648 s, then what it takes comes from the network.
    assert_near(plan.curve.at(second("16:05")), 0.0);
    assert_near(plan.curve.at(second("17:00")), -10.0);
    assert_near(plan.state_at(second("20:00")).soc.unwrap(), 0.1);
}

#[test]
fn an_engine_runs_for_its_shortest_run_and_rests_before_it_starts_again() {
    let asset = Asset::Generator(Generator { min_run_min: 30.0, min_rest_min: 10.0, ..generator() });
    let first = run("17:10", &[("17:00", 300.0)]);
    let plan = told(&asset, &asset.initial_state(0.0), &first, "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", UnitPhase::Off),
            ("16:58", UnitPhase::Starting),
            ("17:00", UnitPhase::Holding),
            ("17:10", UnitPhase::Returning),
            ("17:30", UnitPhase::Off),
        ],
    );
    assert_near(plan.curve.at(second("17:29")), 300.0);
    assert_near(plan.curve.at(second("17:30")), 0.0);
    // Asked again at 17:32 it starts when it has rested, at 17:40, and is there two minutes later.
    let again = run("19:00", &[("17:33", 300.0)]);
    let next = told(&asset, &plan.state_at(second("17:32")), &again, "17:32");
    assert_eq!(next.misses[0].because, "rest");
    assert_near(next.misses[0].late_s.unwrap(), 9.0 * 60.0);
    assert_near(next.curve.just_before(second("17:42")), 0.0);
    assert_near(next.curve.at(second("17:42")), 300.0);
}

#[test]
fn an_engine_that_is_asked_for_nothing_too_soon_says_why_it_runs_on() {
    let asset = Asset::Generator(Generator { min_run_min: 30.0, ..generator() });
    let told_to = run("19:00", &[("17:00", 300.0), ("17:10", 0.0)]);
    let plan = told(&asset, &asset.initial_state(0.0), &told_to, "16:00");
    assert_eq!((plan.misses[0].target, plan.misses[0].because), (1, "minimum run"));
    assert_near(plan.misses[0].late_s.unwrap(), 20.0 * 60.0);
}

#[test]
fn demand_is_left_alone_for_its_interval_between_two_reductions() {
    let asset = Asset::TurnDown(TurnDown {
        interval_min: 30.0,
        rebound_share: 0.0,
        rebound_min: 0.0,
        delay_s: 0.0,
        ..turn_down()
    });
    let base = Baseline::Fixed { kw: -700.0 };
    let plan_of =
        |told: &_, state: &_, at: &str| plan(&asset, &base, state, Some(told), second(at), second("21:00"));
    let first = plan_of(&run("17:10", &[("17:00", -600.0)]), &asset.initial_state(-700.0), "16:50");
    // 100 kW down at 2 kW/s: back at 17:10:50, free again at 17:40:50.
    assert_near(first.curve.at(second("17:10:50")), -700.0);
    let again = plan_of(&run("18:30", &[("17:20", -600.0)]), &first.state_at(second("17:15")), "17:15");
    assert_eq!(again.misses[0].because, "interval");
    assert_near(again.curve.at(second("17:40:50")), -700.0);
    assert_near(again.curve.at(second("17:42:30")), -600.0);
}

#[test]
fn heat_pumps_hold_for_as_long_as_homes_stay_warm_and_heat_up_again_afterwards() {
    let asset = Asset::HeatPumps(heat_pumps());
    let base = Baseline::Fixed { kw: -600.0 };
    let told_to = run("20:00", &[("17:00", -350.0)]);
    let told =
        plan(&asset, &base, &asset.initial_state(-600.0), Some(&told_to), second("16:00"), second("23:00"));
    // 250 kW at 2 kW/s: from 16:57:55. 150 kWh = 540,000 kW·s: 15,625 on the way up, 31,250 on the way back, the rest at
    // 250 kW: 1,972.5 s, until 17:32:52.5; back at baseline 250 s later.
    let [up, held, back] = [15_625.0, 540_000.0 - 15_625.0 - 31_250.0, 31_250.0];
    assert_near((up + held + back) / 3600.0, 150.0);
    let turns = second("17:00") + held / 250.0;
    assert_near(told.curve.at(turns - 1.0), -350.0);
    assert_near(told.curve.at(turns + 250.0), -600.0 - 0.7 * 150.0 / 2.0);
    assert_eq!(told.phase_at(turns + 251.0), UnitPhase::Rebound);
    assert_eq!(told.misses[0].because, "comfort");
    // Seven tenths of it over two hours.
    let paid =
        told.curve.minus(&Curve::constant(-600.0)).parts_hours(turns + 250.0, turns + 250.0 + 7200.0).1;
    assert_near(paid, -105.0);
}

#[test]
fn homes_that_were_heated_ahead_hold_longer_and_take_less_afterwards() {
    let asset = Asset::HeatPumps(heat_pumps());
    let base = Baseline::Fixed { kw: -600.0 };
    let of = |targets: &[(&str, f64)], end: &str| {
        plan(
            &asset,
            &base,
            &asset.initial_state(-600.0),
            Some(&run(end, targets)),
            second("15:00"),
            second("23:00"),
        )
    };
    let ahead = of(&[("16:00", -700.0), ("16:30", -600.0), ("17:00", -350.0)], "20:00");
    let alone = of(&[("17:00", -350.0)], "20:00");
    let holds =
        |plan: &crate::power::Plan| plan.marks.iter().find(|m| m.phase == UnitPhase::Exhausted).unwrap().at;
    assert!(holds(&ahead) > holds(&alone) + 600.0);
    // Only heated ahead, and then left alone: they take less than baseline for two hours.
    let left = of(&[("16:00", -700.0)], "16:30");
    assert!(left.curve.at(second("17:30")) > -600.0);
    assert_near(left.curve.at(second("19:00")), -600.0);
}

#[test]
fn a_compressor_that_is_off_stays_off_for_its_minimum() {
    let asset = Asset::HeatPumps(heat_pumps());
    let base = Baseline::Fixed { kw: -600.0 };
    let told_to = run("17:01", &[("17:00", -400.0)]);
    let told =
        plan(&asset, &base, &asset.initial_state(-600.0), Some(&told_to), second("16:00"), second("20:00"));
    // Released after a minute, it returns after three.
    assert_near(told.curve.at(second("17:03")), -400.0);
    assert_near(told.curve.at(second("17:03:50")), -450.0);
}

#[test]
fn a_farm_turns_to_zero_and_back_to_what_the_weather_gives() {
    let points = vec![("00:00".to_owned(), 1500.0), ("17:30".to_owned(), 900.0)];
    let farm = Renewable { available: Available::Daily { points, is_windy: true }, ..wind_farm() };
    let asset = Asset::Renewable(farm);
    let state = asset.initial_state(1500.0);
    let told_to = run("18:00", &[("17:00", 0.0)]);
    let told = plan(
        &asset,
        &Baseline::Fixed { kw: 1500.0 },
        &state,
        Some(&told_to),
        second("16:00"),
        second("20:00"),
    );
    assert_eq!(told.misses, []);
    assert_near(told.curve.at(second("16:58")), 1500.0);
    assert_near(told.curve.at(second("17:00")), 0.0);
    // The limit is raised by 10 kW/s, and the wind gives 900.
    assert_near(told.curve.at(second("18:01")), 600.0);
    assert_near(told.curve.at(second("19:00")), 900.0);
    // More than the wind gives cannot be had, and that is said.
    let more = run("18:00", &[("17:00", 1200.0)]);
    let told =
        plan(&asset, &Baseline::Fixed { kw: 1500.0 }, &state, Some(&more), second("16:00"), second("20:00"));
    assert_eq!(told.misses[0].because, "weather");
    assert_near(told.misses[0].short_kwh, 150.0);
    let reach = envelope(&asset, &Baseline::Fixed { kw: 1500.0 }, &state, second("16:00"), second("18:00"));
    assert_near(reach.upper.at(second("17:45")), 900.0);
    assert_near(reach.lower.at(second("17:45")), 0.0);
}

#[test]
fn a_hub_stays_within_its_limit_to_a_step_and_catches_up_afterwards() {
    let hub = EvHub { sessions_per_week: 7.0, ..ev_hub() };
    let asset = Asset::EvHub(hub);
    let base = Baseline::Fixed { kw: -100.0 };
    let (from, until) = (second("16:00"), second("21:00") + 8.0 * 3600.0);
    let alone = plan(&asset, &base, &asset.initial_state(-100.0), None, from, until);
    assert!(alone.curve.at(second("19:00")) < -60.0, "{} kW in the evening", alone.curve.at(second("19:00")));
    let told_to = run("20:00", &[("18:30", -35.0)]);
    let told = plan(&asset, &base, &asset.initial_state(-100.0), Some(&told_to), from, until);
    assert_eq!(told.misses, []);
    for minute in 0..89 {
        let kw = told.curve.at(second("18:30") + 60.0 * f64::from(minute) + 30.0);
        assert!((-35.0..=-33.6).contains(&kw), "{kw} kW");
    }
    // Freed, it takes more than it would have, and in the end as much.
    assert_eq!(told.phase_at(second("20:10")), UnitPhase::Rebound);
    let later = |plan: &crate::power::Plan| plan.curve.integral_hours(second("20:00"), until);
    assert!(later(&told) < later(&alone) - 50.0, "{} kWh, and {} else", later(&told), later(&alone));
    let (all, as_much) = (alone.curve.integral_hours(from, until), told.curve.integral_hours(from, until));
    assert!((all - as_much).abs() < 0.01 * all.abs(), "{as_much} kWh, not {all}");
    // It never takes more than its connection.
    assert!(told.curve.points().iter().all(|p| p.1 >= -140.0 - 1e-6));
}

#[test]
fn planning_a_hub_or_a_farm_again_at_any_moment_changes_nothing() {
    for asset in [Asset::EvHub(EvHub { sessions_per_week: 7.0, ..ev_hub() }), Asset::Renewable(wind_farm())] {
        let base = Baseline::Fixed { kw: 0.0 };
        let (from, until) = (second("16:00"), second("23:00"));
        let (least, most) = asset.limits_kw(0.0);
        let told_to =
            run("20:00", &[("17:00", least + 0.3 * (most - least)), ("18:30", least + 0.7 * (most - least))]);
        let whole = plan(&asset, &base, &asset.initial_state(0.0), Some(&told_to), from, until);
        for again_at in ["16:40", "16:57:13", "17:20", "18:28", "19:59:59", "20:03", "21:00"] {
            let state = whole.state_at(second(again_at));
            let again = plan(&asset, &base, &state, Some(&told_to), second(again_at), until);
            let mut t = second(again_at) + 0.7;
            while t < until {
                let (a, b) = (whole.curve.at(t), again.curve.at(t));
                assert!(
                    (a - b).abs() < 1e-3,
                    "{a} and then {b} kW {} s after {again_at}",
                    t - second(again_at)
                );
                assert_eq!(
                    whole.phase_at(t),
                    again.phase_at(t),
                    "{} s after {again_at}",
                    t - second(again_at)
                );
                t += 61.3;
            }
        }
    }
}

#[test]
fn an_emergency_stop_leaves_vehicles_alone_and_takes_a_farm_off() {
    use crate::power::{Follow, Instruction};
    for (asset, is_farm) in [
        (Asset::EvHub(EvHub { sessions_per_week: 7.0, ..ev_hub() }), false),
        (Asset::Renewable(wind_farm()), true),
    ] {
        let stop = Instruction {
            follow: Follow::EmergencyStop,
            targets: Vec::new(),
            ..run("20:00", &[("17:00", 0.0)])
        };
        let state = asset.initial_state(0.0);
        let told = plan(&asset, &ZERO, &state, Some(&stop), second("18:00"), second("21:00"));
        let alone = plan(&asset, &ZERO, &state, None, second("18:00"), second("21:00"));
        assert_eq!(told.phase_at(second("18:10")), UnitPhase::Inhibited);
        let want = if is_farm { 0.0 } else { alone.curve.at(second("19:00")) };
        assert_near(told.curve.at(second("19:00")), want);
    }
}
