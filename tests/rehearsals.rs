//! Every scenario that comes with the program runs as it says, and runs the same twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;

use rampdesk::profile::faults::{Affliction, FspFault, UnitFault};
use rampdesk::workshop::offset::Offset;
use rampdesk::workshop::rehearsal::rehearse;
use rampdesk::workshop::scenario::{Action, Expectation, Scenario};

fn run(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios").join(name);
    let scenario = Scenario::from_file(&path).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (result, _) = rehearse(&scenario).unwrap();
    let unmet: Vec<_> = result.expectations.iter().filter(|f| !f.met).collect();
    assert!(unmet.is_empty(), "{name}: {unmet:#?}\nalarms: {:#?}", result.alarms);
    let undone: Vec<_> = result.steps.iter().filter(|s| !s.done).collect();
    assert!(undone.is_empty(), "{name}: {undone:#?}");
    assert!(!result.expectations.is_empty() && !result.units.is_empty(), "{name} expects nothing");
    serde_json::to_string(&result).unwrap()
}

macro_rules! scenario {
    ($test:ident, $file:literal) => {
        #[test]
        fn $test() {
            assert_eq!(run($file), run($file), "the same scenario gave two results");
        }
    };
}

scenario!(the_evening_peak_is_acknowledged_and_delivered, "evening-peak.toml");
scenario!(a_stop_in_mid_delivery_brings_the_unit_back_to_baseline, "stop-mid-delivery.toml");
scenario!(an_unreachable_setpoint_is_said_before_and_met_late, "unreachable-setpoint.toml");
scenario!(an_emergency_stop_reaches_every_unit, "emergency-stop.toml");
scenario!(export_turned_to_zero_is_delivered_whatever_the_weather_gives, "mw-dispatch.toml");
scenario!(a_charge_that_will_not_last_is_told_in_time_to_do_something, "state-of-charge.toml");
scenario!(the_three_answers_to_an_order_are_told_apart, "semantics/acknowledgement.toml");
scenario!(a_misunderstanding_is_read_back_in_time_to_stop, "semantics/read-back.toml");
scenario!(the_last_revision_holds_however_often_it_is_said, "semantics/revision.toml");
scenario!(a_stop_comes_down_and_an_emergency_stop_drops, "semantics/stop.toml");
scenario!(what_was_accepted_goes_on_without_a_line, "semantics/loss-of-communications.toml");
scenario!(a_change_and_a_level_of_one_number_are_two_things, "semantics/sign-and-delta.toml");
scenario!(a_unit_leaves_early_enough_to_be_there, "semantics/ramp.toml");
scenario!(the_last_level_holds_to_the_end_of_the_window, "semantics/end-of-service.toml");
scenario!(an_fsp_that_is_not_heard_in_service_is_told, "faults/loss-of-comms.toml");
scenario!(a_unit_without_its_vtn_goes_where_its_contract_says_and_back, "fail-safe.toml");
scenario!(a_slow_unit_is_called_short, "faults/slow.toml");
scenario!(a_late_start_is_called_overdue_and_short, "faults/late-start.toml");
scenario!(a_part_of_what_was_asked_is_called_short, "faults/partial.toml");
scenario!(the_wrong_direction_is_named, "faults/wrong-direction.toml");
scenario!(the_unit_that_moved_in_anothers_place_is_named, "faults/wrong-unit.toml");
scenario!(a_stuck_unit_is_called_over_when_less_is_asked, "faults/stuck.toml");
scenario!(a_trip_fails_and_refuses_until_it_is_over, "faults/trip.toml");
scenario!(missing_readings_are_missed, "faults/metering-gap.toml");
scenario!(bad_readings_are_not_counted, "faults/bad-data.toml");
scenario!(an_acknowledgement_without_deeds_is_found_out, "faults/does-nothing.toml");
scenario!(a_delta_read_as_absolute_shows_in_the_read_back, "faults/delta-as-absolute.toml");
scenario!(an_ignored_amendment_is_called_overdue, "faults/ignores-amendments.toml");
scenario!(a_wrong_clock_is_told, "faults/clock-skew.toml");
scenario!(a_doubled_acknowledgement_is_told, "faults/duplicates.toml");
scenario!(an_acknowledgement_out_of_order_is_told, "faults/reordered.toml");
scenario!(a_forged_signature_is_not_believed, "faults/forged-signature.toml");
scenario!(a_missing_signature_is_not_believed, "faults/missing-signature.toml");
scenario!(an_expired_token_is_told_as_silence, "faults/expired-token.toml");
scenario!(a_unit_that_departs_from_its_baseline_is_called_short, "faults/off-baseline.toml");
scenario!(a_wind_that_drops_is_seen_in_what_is_delivered, "faults/weather.toml");
scenario!(a_message_that_was_altered_is_refused_and_told, "faults/altered.toml");
scenario!(a_signature_checked_over_the_id_only_shows_in_the_read_back, "faults/checks-id-only.toml");
scenario!(a_battery_that_is_empty_too_early_is_called_short, "faults/energy-exhausted.toml");

#[test]
fn every_fault_has_a_scenario_that_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios/faults");
    let words = UnitFault::ALL.iter().map(UnitFault::word).chain(FspFault::ALL.iter().map(FspFault::word));
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let scenarios: Vec<Scenario> = files.iter().map(|path| Scenario::from_file(path).unwrap()).collect();
    let gives = |scenario: &Scenario, word: &str| {
        scenario.steps.iter().any(|step| match &step.action {
            Action::Fault { affliction: Affliction::Unit(_, fault), .. } => fault.word() == word,
            Action::Fault { affliction: Affliction::Fsp(_, fault), .. } => fault.word() == word,
            _ => false,
        })
    };
    for word in words {
        assert!(scenarios.iter().any(|scenario| gives(scenario, word)), "no scenario shows `{word}`");
    }
    let own = include_str!("rehearsals.rs");
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(own.contains(&format!("faults/{name}")), "{name} is not run");
    }
}

scenario!(a_night_of_46_half_hours_keeps_london_time, "clocks-forward.toml");
scenario!(a_night_of_50_half_hours_keeps_london_time, "clocks-back.toml");

#[test]
fn without_its_fault_no_scenario_sees_what_it_is_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios/faults");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut scenario = Scenario::from_file(&path).unwrap();
        scenario.steps.retain(|step| !matches!(step.action, Action::Fault { .. }));
        scenario
            .expectations
            .retain(|expectation| matches!(expectation, Expectation::Alarms { count, .. } if *count > 0));
        let (result, _) = rehearse(&scenario).unwrap();
        assert!(!result.expectations.is_empty(), "{} notices nothing", path.display());
        let met: Vec<_> = result.expectations.iter().filter(|f| f.met).collect();
        assert!(met.is_empty(), "{}: {met:#?}", path.display());
    }
}

#[test]
fn an_emergency_stop_calls_nobody_late_wherever_in_its_interval_an_fsp_polls() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios/emergency-stop.toml");
    let mut scenario = Scenario::from_file(&path).unwrap_or_else(|faults| panic!("{faults:?}"));
    scenario.steps.retain(|step| matches!(step.action, Action::EmergencyStop { .. }));
    scenario.steps[0].at = Offset::seconds(120);
    scenario.run_for = Offset::seconds(300);
    scenario.expectations.clear();
    let mut slowest = 0;
    for (seed, poll_seconds) in [(1, 10), (2, 10), (3, 10), (4, 10), (5, 10), (6, 10), (7, 30), (8, 60)] {
        scenario.seed = seed;
        scenario.poll_seconds = Some(poll_seconds);
        let (result, _) = rehearse(&scenario).unwrap();
        assert_eq!(result.alarms, [], "seed {seed}, a poll every {poll_seconds} s");
        let stages = result.units.iter().flat_map(|u| &u.dispatches).flat_map(|d| &d.stages);
        slowest = stages.map(|s| s.after_s).fold(slowest, i64::max);
    }
    assert!(slowest > 10, "no FSP was asked for longer than ten seconds: {slowest} s");
}

#[test]
fn the_scenario_that_is_built_in_is_the_one_in_the_folder() {
    let built_in = Scenario::evening_peak().unwrap_or_else(|faults| panic!("{faults:?}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/scenarios/evening-peak.toml");
    assert_eq!(built_in, Scenario::from_file(&path).unwrap());
}

#[test]
fn another_seed_gives_another_journal_but_the_same_delivery() {
    let mut scenario = Scenario::evening_peak().unwrap();
    let (first, _) = rehearse(&scenario).unwrap();
    scenario.seed += 1;
    let (second, _) = rehearse(&scenario).unwrap();
    assert_ne!(first.journal_head, second.journal_head);
    let energy = |r: &rampdesk::workshop::rehearsal::Rehearsal| {
        r.units.iter().flat_map(|u| &u.dispatches).map(|d| d.energy.clone()).collect::<Vec<_>>()
    };
    assert_eq!(energy(&first), energy(&second));
}
