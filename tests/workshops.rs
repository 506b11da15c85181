//! Every workshop that comes with the program: a perfect trainee has full marks, one who does nothing has those that the
//! trainer's note foretells, and the same seed gives the same marks, with the same evidence.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rampdesk::workshop::exercise::{Marks, Trainee};
use rampdesk::workshop::rehearsal::{Rehearsal, rehearse_as};
use rampdesk::workshop::scenario::{Action, Scenario};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops")
}

fn read(name: &str) -> Scenario {
    Scenario::from_file(&folder().join(name)).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"))
}

fn run(scenario: &Scenario, trainee: Trainee) -> Rehearsal {
    let (result, _) = rehearse_as(scenario, trainee).unwrap();
    let undone: Vec<_> = result.steps.iter().filter(|step| !step.done).collect();
    assert!(undone.is_empty(), "{}: {undone:#?}", scenario.name);
    result
}

/// A perfect trainee twice, and one who does nothing.
fn holds(name: &str) {
    let scenario = read(name);
    let exercise = scenario.exercise.as_deref().unwrap();
    let perfect = run(&scenario, Trainee::Perfect);
    let marking = perfect.marking.as_ref().unwrap();
    let lost: Vec<_> = marking.marks.iter().filter(|marked| !marked.met).collect();
    assert!(lost.is_empty() && perfect.passed, "{name}, perfect: {lost:#?}\n{:#?}", perfect.alarms);
    assert_eq!((marking.given, marking.of), (exercise.full_marks(), exercise.full_marks()));
    let unproven = marking.marks.iter().filter(|m| m.of > Marks::NONE && m.evidence.is_empty());
    assert_eq!(unproven.count(), 0, "{name}: a mark is given without evidence");

    let json = |result: &Rehearsal| serde_json::to_string(result).unwrap();
    assert_eq!(
        json(&perfect),
        json(&run(&scenario, Trainee::Perfect)),
        "{name}: the same seed gave other marks"
    );

    let idle = run(&scenario, Trainee::Idle);
    let marking = idle.marking.unwrap();
    assert!(idle.passed, "{name}, idle: {:#?}", marking.marks);
    assert_eq!(marking.given, exercise.idle_marks);
    assert!(marking.given < exercise.full_marks(), "{name}: nothing has to be done for full marks");
}

macro_rules! workshop {
    ($test:ident, $file:literal) => {
        #[test]
        fn $test() {
            holds($file);
        }
    };
}

workshop!(a_first_dispatch, "01-first-dispatch.toml");
workshop!(less_and_then_nothing, "02-less-then-nothing.toml");
workshop!(turned_down_for_up, "03-turned-down-for-up.toml");
workshop!(a_delta_read_as_absolute, "04-delta-read-as-absolute.toml");
workshop!(acknowledged_and_did_nothing, "05-acknowledged-and-did-nothing.toml");
workshop!(a_rebound_that_makes_a_second_peak, "06-rebound.toml");
workshop!(two_silences, "07-two-silences.toml");
workshop!(clocks_that_go_back_during_delivery, "08-clocks-go-back.toml");
workshop!(the_signature_that_covers_only_the_id, "09-signature-of-the-id.toml");
workshop!(an_evening_peak_with_two_outages_and_a_forged_stop, "10-evening-peak.toml");

#[test]
fn there_are_ten_graded_and_each_is_run() {
    let own = include_str!("workshops.rs");
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 10);
    let scenarios: Vec<Scenario> = names.iter().map(|name| read(name)).collect();
    let levels: Vec<u8> = scenarios.iter().map(|s| s.exercise.as_ref().unwrap().level).collect();
    assert!(levels.is_sorted() && (levels[0], levels[9]) == (1, 10), "{levels:?}");
    let seeds: BTreeSet<u64> = scenarios.iter().map(|s| s.seed).collect();
    assert_eq!(seeds.len(), 10);
    for (name, scenario) in names.iter().zip(&scenarios) {
        assert!(own.contains(&format!("\"{name}\"")), "{name} is not run");
        let tells = scenario.steps.iter().filter(|step| matches!(step.action, Action::Tell { .. })).count();
        let notes = scenario.steps.iter().filter(|step| matches!(step.action, Action::Note { .. })).count();
        assert!(tells > 0 && notes > 0, "{name} has no story, or tells the trainer nothing");
    }
}

/// What a trainee does wrong costs what the note says, and what is evidence of it is told.
#[test]
fn a_trainee_who_falls_into_a_trap_loses_its_marks_and_sees_why() {
    let mut scenario = read("02-less-then-nothing.toml");
    let exercise = scenario.exercise.as_mut().unwrap();
    let stop = exercise.trainee.iter_mut().find(|step| matches!(step.action, Action::Stop { .. })).unwrap();
    // Engine 1 in the place of engine 2.
    stop.action = Action::Stop { dispatch_ref: "EMID-20261126-0601".parse().unwrap() };
    let result = run(&scenario, Trainee::Perfect);
    let marking = result.marking.unwrap();
    assert!(!result.passed);
    let of = |words: &str| marking.marks.iter().find(|m| m.words.starts_with(words)).unwrap();
    let wrong = of("Stopped engine 1");
    assert_eq!((wrong.given.number(), wrong.met), (-2.0, false));
    assert!(wrong.evidence[0].text.contains("EMID-20261126-0601 revision 3 (STOP, TRENTGEN/GAS-01)"));
    assert_eq!(of("Stopped engine 2 within").given, Marks::NONE);
    // The amendment was right; what it asked for was then taken back.
    assert_eq!(marking.given.number(), -1.0, "{:#?}", marking.marks);
}
