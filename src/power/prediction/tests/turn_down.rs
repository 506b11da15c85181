//! Demand that is turned down.

use super::{assert_levels, assert_near, assert_phases, first_told, run};
use crate::power::UnitPhase::{Exhausted, Holding, Off, Ramping, Rebound, Returning, Starting};
use crate::power::testing::{second, turn_down};
use crate::power::{Asset, Baseline, plan};

#[test]
fn demand_comes_back_after_it_was_turned_down() {
    // From −700 kW: 200 kW less import at 1 kW/s takes 200 s, back at 2 kW/s 100 s. Shed 200×200/2 + 200×1,800 + 200×100/2
    // = 390,000 kW·s = 108.3333 kWh; half of it over half an hour is 108.3333 kW.
    let asset = Asset::TurnDown(turn_down());
    let baseline = Baseline::Fixed { kw: -700.0 };
    let run = run("17:30", &[("17:00", -500.0)]);
    let state = asset.initial_state(-700.0);
    let plan = plan(&asset, &baseline, &state, Some(&run), second("16:00"), second("19:00"));
    assert_phases(
        &plan,
        &[
            ("16:00", Off),
            ("16:55:40", Starting),
            ("16:56:40", Ramping),
            ("17:00", Holding),
            ("17:30", Returning),
            ("17:31:40", Rebound),
            ("18:01:40", Off),
        ],
    );
    assert_levels(
        &plan.curve,
        &[
            ("16:56:40", -700.0),
            ("17:00", -500.0),
            ("17:31:39", -698.0),
            ("17:31:40", -700.0 - 108.333_333_3),
            ("18:01:39", -700.0 - 108.333_333_3),
            ("18:01:40", -700.0),
        ],
    );
    assert_eq!(plan.misses, []);
    assert_near(plan.state_at(second("17:31:40")).shed_kwh, 108.333_333_3);
    assert_near(plan.state_at(second("17:46:40")).shed_kwh, 108.333_333_3 / 2.0);
    assert_eq!(plan.state_at(second("18:30")).shed_s, 0.0);
}

#[test]
fn demand_is_back_at_baseline_when_its_longest_reduction_is_over() {
    // 400 s up from 16:53:20; an hour later, at 17:53:20, it must be back, so it returns at 17:50. It shed 80,000 +
    // 1,200,000 + 40,000 kW·s = 366.6667 kWh, of which half comes back within the window, by 18:23:20.
    let asset = Asset::TurnDown(turn_down());
    let plan = first_told(&asset, &run("19:00", &[("17:00", 400.0)]), "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", Off),
            ("16:52:20", Starting),
            ("16:53:20", Ramping),
            ("17:00", Holding),
            ("17:50", Exhausted),
            ("17:53:20", Rebound),
            ("18:23:20", Exhausted),
            ("19:00", Off),
        ],
    );
    assert_levels(&plan.curve, &[("17:50", 400.0), ("17:51:40", 200.0), ("18:00", -366.666_666_7)]);
    let miss = plan.misses[0];
    assert_eq!((miss.because, miss.late_s), ("duration", Some(0.0)));
    assert_near(miss.short_kwh, 800.0 - 333.333_333_3 - 11.111_111_1 + 183.333_333_3);
}

#[test]
fn more_demand_than_baseline_cannot_be_asked_of_a_turn_down() {
    let asset = Asset::TurnDown(turn_down());
    let plan = first_told(&asset, &run("18:00", &[("17:00", -50.0)]), "16:00");
    assert_eq!(plan.misses[0].because, "rating");
    assert_levels(&plan.curve, &[("17:30", 0.0)]);
}
