//! Numbers worked out on paper, one story each.

use crate::dispatch::Revision;
use crate::power::testing::{battery, generator, second, turn_down};
use crate::power::{
    Asset, AssetState, Baseline, Battery, Curve, Follow, Instruction, Plan, Target, UnitPhase, envelope, plan,
};

const ZERO: Baseline = Baseline::Fixed { kw: 0.0 };

fn instruction(follow: Follow, revision: u32, end: &str, targets: &[(&str, f64)]) -> Instruction {
    Instruction {
        follow,
        start: targets.first().map_or(second("17:00"), |t| second(t.0)),
        end: second(end),
        targets: targets.iter().map(|(at, kw)| Target { at: second(at), kw: *kw, delta_kw: None }).collect(),
        revision: Revision::new(revision).unwrap(),
    }
}

fn run(end: &str, targets: &[(&str, f64)]) -> Instruction {
    instruction(Follow::Schedule, 1, end, targets)
}

fn told(asset: &Asset, state: &AssetState, instruction: &Instruction, at: &str) -> Plan {
    plan(asset, &ZERO, state, Some(instruction), second(at), second("21:00"))
}

fn first_told(asset: &Asset, instruction: &Instruction, at: &str) -> Plan {
    told(asset, &asset.initial_state(0.0), instruction, at)
}

#[track_caller]
fn assert_phases(plan: &Plan, want: &[(&str, UnitPhase)]) {
    let phases: Vec<_> = plan.marks.iter().map(|m| (m.at, m.phase)).collect();
    let want: Vec<_> = want.iter().map(|(at, phase)| (second(at), *phase)).collect();
    let same = phases.len() == want.len()
        && phases.iter().zip(&want).all(|(a, b)| a.1 == b.1 && (a.0 - b.0).abs() < 1e-5);
    let relative = |list: &[(f64, UnitPhase)]| -> Vec<_> {
        list.iter().map(|(at, p)| format!("17:00 {:+.6} s {p:?}", at - second("17:00"))).collect()
    };
    assert!(same, "phases {:#?}\nwanted {:#?}", relative(&phases), relative(&want));
}

#[track_caller]
fn assert_levels(curve: &Curve, want: &[(&str, f64)]) {
    for (at, kw) in want {
        assert!((curve.at(second(at)) - kw).abs() < 1e-6, "{} kW at {at}, not {kw}", curve.at(second(at)));
    }
}

#[track_caller]
fn assert_near(value: f64, want: f64) {
    assert!((value - want).abs() < 1e-6 * want.abs().max(1.0), "{value}, not {want}");
}

use UnitPhase::{Exhausted, Holding, Inhibited, Off, Ramping, Rebound, Returning, Starting};

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
fn the_envelope_opens_with_the_ramp_after_the_delay_up_to_the_limits() {
    let asset = Asset::Battery(battery());
    let reach = envelope(&asset, &ZERO, &asset.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(
        &reach.upper,
        &[("16:00:02", 0.0), ("16:00:12", 100.0), ("16:01:42", 1000.0), ("17:59", 1000.0)],
    );
    assert_levels(
        &reach.lower,
        &[("16:00:02", 0.0), ("16:00:12", -50.0), ("16:02:42", -800.0), ("17:59", -800.0)],
    );
    // 10 kWh above the minimum give 32,400 kW·s: L²/20 + L²/10 + 60 L = 32,400, L = −200 + √256,000 = 305.96 kW.
    let low = Asset::Battery(Battery { initial_soc: 0.105, ..battery() });
    let reach = envelope(&low, &ZERO, &low.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(&reach.upper, &[("16:00:12", 100.0)]);
    // A hair less, so that no rounding breaks the promise.
    let most = reach.upper.at(second("17:00"));
    let exact = 256_000.0_f64.sqrt() - 200.0;
    assert!(most <= exact && most > exact - 1e-3, "{most}");
}

#[test]
fn the_envelope_of_a_generator_waits_for_its_start() {
    let asset = Asset::Generator(generator());
    let reach = envelope(&asset, &ZERO, &asset.initial_state(0.0), second("16:00"), second("18:00"));
    assert_levels(
        &reach.upper,
        &[("16:01:59", 0.0), ("16:02", 300.0), ("16:02:20", 400.0), ("16:04:20", 1000.0)],
    );
    assert_levels(&reach.lower, &[("16:01:59", 0.0), ("17:00", 0.0)]);
}

#[test]
fn the_envelope_of_demand_is_bounded_by_how_long_it_may_last() {
    // Two minutes at most: 120 − 60 = L (1/1 + 1/2), L = 40 kW.
    let mut short = turn_down();
    short.max_duration_min = 2.0;
    let asset = Asset::TurnDown(short);
    let baseline = Baseline::Fixed { kw: -700.0 };
    let reach = envelope(&asset, &baseline, &asset.initial_state(-700.0), second("16:00"), second("17:00"));
    assert_levels(&reach.upper, &[("16:01", -700.0), ("16:01:20", -680.0)]);
    let most = reach.upper.at(second("16:30"));
    assert!(most <= -660.0 && most > -660.001, "{most}");
    assert_levels(&reach.lower, &[("16:01", -700.0), ("16:30", -700.0)]);
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
