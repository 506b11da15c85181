//! A battery.

use super::{assert_levels, assert_near, assert_phases, first_told, run};
use crate::power::UnitPhase::{Exhausted, Holding, Off, Ramping, Returning, Starting};
use crate::power::testing::{battery, second};
use crate::power::{Asset, Battery};

#[test]
fn a_battery_is_at_each_level_at_its_time_and_leaves_at_the_last_moment() {
    // Up 10 kW/s, down 5 kW/s, 2 s delay. To 300 kW: 30 s. To 100 kW: 40 s. Back: 20 s.
    let asset = Asset::Battery(battery());
    let plan = first_told(&asset, &run("19:00", &[("17:00", 300.0), ("18:00", 100.0)]), "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", Off),
            ("16:59:28", Starting),
            ("16:59:30", Ramping),
            ("17:00", Holding),
            ("17:59:20", Ramping),
            ("18:00", Holding),
            ("19:00", Returning),
            ("19:00:20", Off),
        ],
    );
    assert_levels(
        &plan.curve,
        &[
            ("16:59:30", 0.0),
            ("16:59:45", 150.0),
            ("17:00", 300.0),
            ("17:59:20", 300.0),
            ("17:59:40", 200.0),
            ("18:00", 100.0),
            ("19:00:10", 50.0),
            ("20:00", 0.0),
        ],
    );
    assert_eq!(plan.misses, []);
    // kW·s: 300×30/2 + 300×3560 + 200×40 + 100×3600 + 100×20/2 = 1,441,500 = 400.41667 kWh at the terminals,
    // ÷ 0.9 out of the store, ÷ 2,000 kWh.
    assert_near(plan.state_at(second("20:00")).soc.unwrap(), 0.5 - 1_441_500.0 / 3600.0 / 0.9 / 2000.0);
}

#[test]
fn a_battery_that_runs_out_ramps_to_end_at_zero_just_when_it_is_empty() {
    // 800 kWh above the minimum give 720 kWh. Ramp up 100 s: 13.8889 kWh; ramp down 200 s: 27.7778 kWh; so 678.3333 kWh
    // of hold at 1,000 kW = 2,442 s.
    let asset = Asset::Battery(battery());
    let plan = first_told(&asset, &run("19:00", &[("17:00", 1000.0)]), "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", Off),
            ("16:58:18", Starting),
            ("16:58:20", Ramping),
            ("17:00", Holding),
            ("17:40:42", Exhausted),
            ("19:00", Off),
        ],
    );
    assert_levels(
        &plan.curve,
        &[("17:40:42", 1000.0), ("17:42:22", 500.0), ("17:44:02", 0.0), ("18:30", 0.0)],
    );
    assert_near(plan.state_at(second("17:44:02")).soc.unwrap(), 0.1);
    let miss = plan.misses[0];
    assert_eq!((plan.misses.len(), miss.target, miss.late_s, miss.because), (1, 0, Some(0.0), "energy"));
    assert_near(miss.short_kw, 0.0);
    // 2,000 kWh asked, less 678.3333 of hold and 27.7778 of the way down.
    assert_near(miss.short_kwh, 2000.0 - 678.333_333_3 - 27.777_777_8);
}

#[test]
fn a_battery_with_too_little_for_the_level_turns_back_on_the_way_up() {
    // 10 kWh above the minimum give 9 kWh = 32,400 kW·s. Up at 10 and down at 5 to a peak P: P²/20 + P²/10 = 32,400,
    // P = 464.758 kW, reached 46.4758 s after leaving at 16:58:20.
    let asset = Asset::Battery(Battery { initial_soc: 0.105, ..battery() });
    let plan = first_told(&asset, &run("19:00", &[("17:00", 1000.0)]), "16:00");
    let peak = plan.curve.points().iter().map(|p| p.1).fold(0.0, f64::max);
    assert_near(peak, 216_000.0_f64.sqrt());
    assert_near(plan.state_at(second("18:00")).soc.unwrap(), 0.1);
    assert_eq!(plan.misses[0].because, "energy");
    assert_eq!(plan.misses[0].late_s, None);
}

#[test]
fn a_battery_that_is_full_stops_charging_in_time() {
    // Room 800 kWh takes 1,000 kWh at the terminals (efficiency 0.8): down at 5 kW/s to −800 (160 s, 17.7778 kWh), up
    // at 10 kW/s (80 s, 8.8889 kWh); so 973.3333 kWh of hold = 4,380 s = 73 min.
    let asset = Asset::Battery(battery());
    let plan = first_told(&asset, &run("19:00", &[("17:00", -800.0)]), "16:00");
    assert_levels(
        &plan.curve,
        &[("17:00", -800.0), ("18:13", -800.0), ("18:13:40", -400.0), ("18:14:20", 0.0)],
    );
    assert_near(plan.state_at(second("18:14:20")).soc.unwrap(), 0.9);
}
