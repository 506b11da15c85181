//! A generator.

use super::{assert_levels, assert_near, assert_phases, first_told, instruction, run, told};
use crate::power::UnitPhase::{Holding, Off, Ramping, Returning, Starting};
use crate::power::testing::{generator, second};
use crate::power::{Asset, Follow};

#[test]
fn a_generator_synchronises_in_time_to_be_at_its_level() {
    // 300 kW at synchronising, then 5 kW/s: 100 s to 800 kW, so synchronised at 16:58:20, started 120 s before. From the
    // end 50 s down to 300 kW, then off.
    let asset = Asset::Generator(generator());
    let plan = first_told(&asset, &run("18:00", &[("17:00", 800.0)]), "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", Off),
            ("16:56:20", Starting),
            ("16:58:20", Ramping),
            ("17:00", Holding),
            ("18:00", Returning),
            ("18:00:50", Off),
        ],
    );
    assert_levels(
        &plan.curve,
        &[("16:58:19", 0.0), ("16:58:20", 300.0), ("17:00", 800.0), ("18:00:49", 310.0), ("18:00:50", 0.0)],
    );
    assert_eq!(plan.misses, []);
    assert!(!plan.state_at(second("16:58:19")).running && plan.state_at(second("16:58:20")).running);
}

#[test]
fn a_generator_cannot_be_between_off_and_its_minimum_stable_level() {
    let asset = Asset::Generator(generator());
    for (asked, reachable, short_kwh) in [(200.0, 300.0, 100.0), (100.0, 0.0, 100.0)] {
        let plan = first_told(&asset, &run("18:00", &[("17:00", asked)]), "16:00");
        assert_levels(&plan.curve, &[("17:00", reachable), ("17:59", reachable)]);
        let miss = plan.misses[0];
        assert_eq!((miss.because, miss.late_s), ("minimum stable level", None));
        assert_near(miss.short_kwh, short_kwh);
    }
    assert_eq!(first_told(&asset, &run("18:00", &[("17:00", -50.0)]), "16:00").misses[0].because, "rating");
}

#[test]
fn a_generator_told_too_late_says_that_it_is_still_starting() {
    // Told two minutes before: synchronised at 17:00, at 800 kW 100 s later.
    let asset = Asset::Generator(generator());
    let plan = first_told(&asset, &run("18:00", &[("17:00", 800.0)]), "16:58");
    let miss = plan.misses[0];
    assert_eq!(miss.because, "start");
    assert_near(miss.short_kw, 500.0);
    assert_near(miss.late_s.unwrap(), 100.0);
    assert_near(miss.short_kwh, 500.0 * 100.0 / 2.0 / 3600.0);
}

#[test]
fn a_start_under_way_is_kept_for_a_new_instruction_that_needs_it_and_given_up_otherwise() {
    let asset = Asset::Generator(generator());
    let starting = first_told(&asset, &run("18:00", &[("17:00", 300.0)]), "16:00");
    let state = starting.state_at(second("16:59"));
    assert_eq!(state.under_way.start_s, Some(60.0));
    // Needed half a minute later than it will be ready: it waits, ready.
    let later = told(&asset, &state, &run("18:00", &[("17:00:30", 300.0)]), "16:59");
    assert_phases(&later, &[("16:59", Starting), ("17:00:30", Holding), ("18:00", Off)]);
    let much_later = told(&asset, &state, &run("18:00", &[("17:30", 300.0)]), "16:59");
    assert_eq!(much_later.phase_at(second("17:00")), Off);
    assert_eq!(much_later.misses, []);
    let stopped = told(&asset, &state, &instruction(Follow::Stop, 2, "18:00", &[]), "16:59");
    assert_eq!((stopped.phase_at(second("16:59")), stopped.curve.at(second("17:30"))), (Off, 0.0));
}

#[test]
fn a_generator_that_could_not_start_again_in_time_stays_at_its_minimum() {
    // Returning from 400 kW at 17:00 it would be off at 17:00:10; it is needed at 300 kW at 17:01, and a start takes two
    // minutes.
    let asset = Asset::Generator(generator());
    let first = first_told(&asset, &run("17:00", &[("16:30", 400.0)]), "16:00");
    let state = first.state_at(second("17:00:01"));
    let again = told(&asset, &state, &run("18:00", &[("17:01", 300.0)]), "17:00:01");
    assert_levels(&again.curve, &[("17:00:30", 300.0), ("17:01", 300.0), ("17:59", 300.0)]);
    assert_eq!(again.misses, []);
    assert_eq!(again.phase_at(second("17:00:30")), Starting);
}
