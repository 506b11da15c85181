//! What instructions mean, whatever the unit.

use super::{ZERO, assert_levels, assert_near, assert_phases, first_told, instruction, run, told};
use crate::power::UnitPhase::{Holding, Inhibited, Off, Ramping, Returning, Starting};
use crate::power::testing::{battery, generator, second, turn_down};
use crate::power::{Asset, AssetState, Baseline, Follow, Instruction, Target, envelope, plan};

#[test]
fn a_setpoint_told_too_late_is_gone_to_at_once_and_its_lateness_is_said() {
    // Told 30 s before: moves after 2 s, 100 s of ramp, there at 17:01:12. At 17:00 it is at 280 kW.
    let asset = Asset::Battery(battery());
    let late = first_told(&asset, &run("17:30", &[("17:00", 1000.0)]), "16:59:30");
    let miss = late.misses[0];
    assert_eq!((miss.target, miss.because), (0, "ramp"));
    assert_near(miss.short_kw, 720.0);
    assert_near(miss.late_s.unwrap(), 72.0);
    assert_near(miss.short_kwh, 720.0 * 72.0 / 2.0 / 3600.0);
    // Told 101 s before: the 2 s of delay alone make it 1 s late.
    let by_delay = first_told(&asset, &run("17:30", &[("17:00", 1000.0)]), "16:58:19").misses[0];
    assert_eq!(by_delay.because, "delay");
    assert_near(by_delay.late_s.unwrap(), 1.0);
    // Told after its time.
    let after = first_told(&asset, &run("17:30", &[("17:00", 1000.0)]), "17:05").misses[0];
    assert_eq!(after.because, "notice");
    assert_near(after.short_kw, 1000.0);
    assert_near(after.late_s.unwrap(), 402.0);
}

#[test]
fn a_level_beyond_the_rating_is_clipped_and_said() {
    let asset = Asset::Battery(battery());
    let plan = first_told(&asset, &run("17:30", &[("17:00", 1200.0)]), "16:00");
    let miss = plan.misses[0];
    assert_eq!((miss.because, miss.late_s), ("rating", None));
    assert_near(miss.short_kw, 200.0);
    assert_near(miss.short_kwh, 100.0);
}

#[test]
fn a_setpoint_is_kept_to_its_time_even_when_the_next_is_then_late() {
    // 500 kW at 17:00; −500 kW a minute later takes 200 s down.
    let asset = Asset::Battery(battery());
    let plan = first_told(&asset, &run("17:30", &[("17:00", 500.0), ("17:01", -500.0)]), "16:00");
    assert_levels(&plan.curve, &[("17:00", 500.0), ("17:01", 200.0), ("17:03:20", -500.0)]);
    assert_eq!(plan.misses.len(), 1);
    assert_eq!(plan.misses[0].target, 1);
    assert_near(plan.misses[0].late_s.unwrap(), 140.0);
}

#[test]
fn run_now_goes_at_once_and_is_not_late_for_going_as_fast_as_it_can() {
    let asset = Asset::Battery(battery());
    let now = instruction(Follow::Now, 1, "17:30", &[("16:30", 500.0), ("17:00", 200.0)]);
    let plan = first_told(&asset, &now, "16:00");
    assert_phases(
        &plan,
        &[
            ("16:00", Starting),
            ("16:00:02", Ramping),
            ("16:00:52", Holding),
            ("16:59", Ramping),
            ("17:00", Holding),
            ("17:30", Returning),
            ("17:30:40", Off),
        ],
    );
    let after_its_time = first_told(&asset, &now, "16:40");
    assert_levels(&after_its_time.curve, &[("16:40:52", 500.0)]);
    assert_eq!((plan.misses, after_its_time.misses), (vec![], vec![]));
}

#[test]
fn a_stop_returns_at_the_ramp_after_the_delay() {
    let asset = Asset::Battery(battery());
    let running = first_told(&asset, &run("19:00", &[("17:00", 500.0)]), "16:00");
    let stop = instruction(Follow::Stop, 2, "19:00", &[]);
    let plan = told(&asset, &running.state_at(second("17:10")), &stop, "17:10");
    assert_phases(&plan, &[("17:10", Holding), ("17:10:02", Returning), ("17:11:42", Off)]);
    assert_levels(&plan.curve, &[("17:10:02", 500.0), ("17:10:52", 250.0), ("17:11:42", 0.0)]);
}

#[test]
fn an_emergency_stop_cuts_at_once_and_holds_until_a_new_instruction() {
    let stop = instruction(Follow::EmergencyStop, 2, "19:00", &[]);
    for (asset, delay_s) in [
        (Asset::Battery(battery()), 2.0),
        (Asset::Generator(generator()), 5.0),
        (Asset::TurnDown(turn_down()), 60.0),
    ] {
        let running = first_told(&asset, &run("19:00", &[("17:00", 350.0)]), "16:00");
        let cut = told(&asset, &running.state_at(second("17:10")), &stop, "17:10");
        let at = second("17:10") + delay_s;
        assert_near(cut.curve.just_before(at), 350.0);
        assert_near(cut.curve.at(at), 0.0);
        assert_near(cut.curve.at(second("20:00")), 0.0);
        assert_eq!(cut.phase_at(at), Inhibited, "{}", asset.kind());
        let state = cut.state_at(second("17:20"));
        assert!(state.inhibited);
        // Told the same again, or nothing: still inhibited.
        for instruction in [Some(&stop), None] {
            let still = plan(&asset, &ZERO, &state, instruction, second("17:20"), second("18:00"));
            assert_eq!(still.phase_at(second("18:00")), Inhibited);
        }
        // A greater revision releases it.
        let again = told(&asset, &state, &run("19:00", &[("18:00", 350.0)]), "17:20");
        assert_levels(&again.curve, &[("17:50", 0.0), ("18:00", 350.0)]);
        assert_eq!(again.phase_at(second("18:30")), Holding);
        assert!(!again.state_at(second("18:00")).inhibited);
    }
}

#[test]
fn a_new_revision_takes_effect_after_the_delay_and_the_old_level_is_gone_to_until_then() {
    // Reduction 200 kW by 17:00, told early: leaves at 16:56:40. At 16:58 it is at 80 kW and is told 50 kW: it goes on
    // for the minute of its delay, to 140 kW, then returns at 2 kW/s.
    let asset = Asset::TurnDown(turn_down());
    let first = first_told(&asset, &run("19:00", &[("17:00", 200.0)]), "16:00");
    let state = first.state_at(second("16:58"));
    assert_near(state.kw, 80.0);
    let second_revision = instruction(Follow::Schedule, 2, "19:00", &[("16:58", 50.0)]);
    let plan = told(&asset, &state, &second_revision, "16:58");
    assert_levels(&plan.curve, &[("16:59", 140.0), ("16:59:45", 50.0), ("17:30", 50.0)]);
}

#[test]
fn a_delta_level_follows_a_baseline_that_moves_and_an_absolute_one_stays() {
    let daily = |kw: f64, later: f64| Baseline::Daily {
        points: vec![("00:00".to_owned(), kw), ("17:30".to_owned(), later)],
    };
    let mut delta = run("17:55", &[("17:00", 0.0)]);
    let mut absolute = delta.clone();
    delta.targets[0] = Target { at: second("17:00"), kw: -500.0, delta_kw: Some(200.0) };
    absolute.targets[0] = Target { at: second("17:00"), kw: -500.0, delta_kw: None };
    let go = |asset: &Asset, baseline: &Baseline, told: &Instruction| {
        let state = asset.initial_state(baseline.at(second("16:00")));
        plan(asset, baseline, &state, Some(told), second("16:00"), second("19:00"))
    };
    // Demand moves with its baseline by itself.
    let (demand, load) = (Asset::TurnDown(turn_down()), daily(-700.0, -800.0));
    let with_delta = go(&demand, &load, &delta);
    assert_levels(&with_delta.curve, &[("17:29:59", -500.0), ("17:30", -600.0), ("17:50", -600.0)]);
    assert_eq!(with_delta.misses, []);
    // An absolute level needs 100 kW more of reduction from the step on: 100 s of ramp before it.
    let with_absolute = go(&demand, &load, &absolute);
    assert_levels(&with_absolute.curve, &[("17:28:20", -500.0), ("17:29:59", -401.0), ("17:30", -500.0)]);
    // A battery must move itself: 20 s down at 5 kW/s, to be there at the step.
    let (store, load) = (Asset::Battery(battery()), daily(-100.0, -200.0));
    delta.targets[0].kw = 100.0;
    let moved = go(&store, &load, &delta);
    assert_levels(&moved.curve, &[("17:29:40", 100.0), ("17:29:50", 50.0), ("17:30", 0.0), ("17:54", 0.0)]);
    assert_eq!(moved.misses, []);
    // At 17:55 the battery returns to the baseline as it is then.
    assert_levels(&moved.curve, &[("17:55:40", -200.0), ("18:30", -200.0)]);
}

#[test]
fn numbers_that_no_asset_has_never_break_the_console() {
    let mut bad = battery();
    bad.ramp_up_kw_per_min = f64::NAN;
    bad.max_charge_kw = -5.0;
    let asset = Asset::Battery(bad);
    let state = AssetState { kw: f64::NAN, ..asset.initial_state(0.0) };
    let plan = first_told(&asset, &run("18:00", &[("17:00", 300.0)]), "16:00");
    assert_eq!(plan.curve.at(second("17:30")), 0.0);
    let still = envelope(&asset, &ZERO, &state, second("16:00"), second("17:00"));
    assert_eq!((still.upper.at(0.0), still.lower.at(0.0)), (0.0, 0.0));
    let good = Asset::Battery(battery());
    let state = AssetState { kw: f64::NAN, soc: Some(f64::INFINITY), ..good.initial_state(0.0) };
    let plan = told(&good, &state, &run("18:00", &[("17:00", 300.0)]), "16:00");
    assert_levels(&plan.curve, &[("17:00", 300.0)]);
}
