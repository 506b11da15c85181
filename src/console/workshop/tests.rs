//! What a trainer at the window can do with a workshop's clock, by the names that assistive tools read.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::session::SessionChoice;
use crate::console::testing::{Bench, NOW, Session, at, clock, snapshot};
use crate::desk::snapshot::{Mode, Snapshot};
use crate::time::Rate;
use crate::workshop::library::ScenarioPlace;
use crate::workshop::live::{WorkshopEnd, connect};
use crate::workshop::rehearsal::StepOutcome;
use crate::workshop::remote::Kept;
use crate::workshop::scenario::Scenario;
use crate::workshop::timekeeper::{ClockOrder, Pace, Standing};

/// A window in which the evening peak is run, opened at the Workshop.
fn running() -> (Bench, WorkshopEnd) {
    let scenario = Arc::new(Scenario::evening_peak().unwrap());
    let (handle, end) = connect(scenario, Some("/data/workshops/evening-peak".into()));
    let mut shown = snapshot();
    shown.mode = Mode::Training;
    let session = Session { workshop: Some(handle), ..Session::default() };
    let mut bench = Bench::with_session(shown, [1280.0, 900.0], 1.0, clock(), session);
    bench.press(Modifiers::COMMAND, Key::Num6);
    bench.settle();
    (bench, end)
}

fn rate(times: f64) -> Rate {
    Rate::times(times).unwrap()
}

fn pace(standing: Standing, asked: f64, runs: f64) -> Pace {
    Pace { standing, asked: rate(asked), runs: rate(runs) }
}

fn orders(end: &mut WorkshopEnd) -> Vec<ClockOrder> {
    std::iter::from_fn(|| end.clock.orders.try_recv().ok()).collect()
}

fn press(bench: &mut Bench, name: &str) {
    bench.harness.get_all_by_role_and_label(Role::Button, name).next().unwrap().click();
    bench.settle();
}

#[test]
fn every_control_of_the_clock_asks_for_what_it_says() {
    let (mut bench, mut end) = running();
    for (name, order) in [
        ("Resume the clock", ClockOrder::Resume),
        ("Resume the workshop", ClockOrder::Resume),
        ("1 minute on", ClockOrder::Step(60)),
        ("5 minutes on", ClockOrder::Step(300)),
        ("To the next event", ClockOrder::NextEvent),
        ("Run the clock at ×60", ClockOrder::Run(rate(60.0))),
        ("Run the clock at ×600", ClockOrder::Run(rate(600.0))),
    ] {
        press(&mut bench, name);
        assert_eq!(orders(&mut end), [order], "{name}");
    }
    end.clock.show(pace(Standing::Running, 60.0, 60.0));
    bench.settle();
    press(&mut bench, "Pause the clock");
    assert_eq!(orders(&mut end), [ClockOrder::Pause]);
}

#[test]
fn the_keys_of_the_clock_work_in_every_workspace() {
    let (mut bench, mut end) = running();
    end.clock.show(pace(Standing::Running, 60.0, 60.0));
    bench.press(Modifiers::COMMAND, Key::Num1);
    for (modifiers, key, order) in [
        (Modifiers::NONE, Key::Space, ClockOrder::Pause),
        (Modifiers::NONE, Key::F8, ClockOrder::Pause),
        (Modifiers::SHIFT, Key::F8, ClockOrder::NextEvent),
        (Modifiers::NONE, Key::F9, ClockOrder::Step(60)),
        (Modifiers::SHIFT, Key::F9, ClockOrder::Step(300)),
        (Modifiers::COMMAND, Key::Period, ClockOrder::Run(rate(120.0))),
        (Modifiers::COMMAND, Key::Comma, ClockOrder::Run(rate(30.0))),
    ] {
        bench.press(modifiers, key);
        bench.settle();
        assert_eq!(orders(&mut end), [order], "{modifiers:?} {key:?}");
    }
}

/// A space in a search must not set time going.
#[test]
fn space_in_a_text_field_is_a_space() {
    let (mut bench, mut end) = running();
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.settle();
    bench.harness.query_all_by_role(Role::TextInput).next().unwrap().focus();
    bench.settle();
    bench.press(Modifiers::NONE, Key::Space);
    bench.settle();
    assert_eq!(orders(&mut end), []);
}

#[test]
fn a_machine_that_cannot_keep_up_is_said_in_the_strip_and_in_the_workspace() {
    let (mut bench, end) = running();
    end.clock.show(pace(Standing::Running, 600.0, 120.0));
    bench.settle();
    bench.harness.get_by_label("Clock: ×120 of ×600");
    assert!(bench.harness.query_all_by_label_contains("this machine keeps up with no more").count() >= 1);
}

#[test]
fn what_has_happened_is_shown_and_what_is_to_come_is_not() {
    let (mut bench, end) = running();
    bench.harness.get_by_label("Nothing has happened yet.");
    let said = |asked: &str, said: &str| StepOutcome {
        at: at(NOW),
        asked: asked.to_owned(),
        done: true,
        said: said.to_owned(),
    };
    end.story.send_modify(|story| {
        let story = Arc::make_mut(story);
        story.done.push(said("Send EMID-1", "sent"));
        story.hidden.push(said("Fault: loss of comms", "on"));
    });
    bench.settle();
    bench.harness.get_by_label("Send EMID-1. sent");
    let texts = |bench: &Bench| -> Vec<String> {
        let all = bench.harness.root().children_recursive();
        all.filter_map(|node| node.accesskit_node().label()).collect()
    };
    let shown = texts(&bench);
    assert!(!shown.iter().any(|text| text.contains("loss of comms")), "the trainer's: {shown:#?}");
    assert!(!shown.iter().any(|text| text.contains("EMID-20261126-0417")), "to come: {shown:#?}");
}

#[test]
fn at_the_end_the_clock_can_be_set_no_more_and_it_can_be_begun_again_or_left() {
    let (mut bench, mut end) = running();
    end.clock.show(pace(Standing::Ended, 60.0, 60.0));
    bench.settle();
    assert!(bench.harness.query_all_by_label_contains("The workshop is at its end").count() >= 1);
    bench.press(Modifiers::NONE, Key::F8);
    bench.settle();
    assert_eq!(orders(&mut end), []);
    press(&mut bench, "Start again");
    let again = SessionChoice::Workshop(ScenarioPlace::BuiltIn("scenarios/evening-peak.toml"));
    wait_for(&bench, &again);
}

/// The opener works on a thread of its own.
fn wait_for(bench: &Bench, choice: &SessionChoice) {
    for _ in 0..200 {
        if bench.openings.asked().last() == Some(choice) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{choice:?} was not asked for, but {:?}", bench.openings.asked());
}

#[test]
fn a_session_in_real_time_has_no_clock_to_set_and_says_why_and_how_to_come_to_one() {
    let mut bench = Bench::open(Snapshot { dispatches: Vec::new(), ..snapshot() });
    bench.press(Modifiers::COMMAND, Key::Num6);
    bench.settle();
    assert!(bench.harness.query_by_label("Resume the clock").is_none());
    assert!(bench.harness.query_all_by_label_contains("goes by real time").count() >= 1);
    for _ in 0..200 {
        if bench.harness.query_by_label("Start First dispatch").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        bench.settle();
    }
    press(&mut bench, "Start First dispatch");
    let choice = SessionChoice::Workshop(ScenarioPlace::BuiltIn("workshops/01-first-dispatch.toml"));
    wait_for(&bench, &choice);
}

/// A trainer who presses it and hears nothing would go into the debrief without one.
#[test]
fn the_debrief_so_far_is_asked_for_by_a_button_and_what_came_of_it_is_told() {
    let (mut bench, _end) = running();
    bench.click(Role::Button, "Debrief so far");
    for _ in 0..200 {
        bench.settle();
        if bench.said().contains("The debrief was not written (this run has no key to sign by)") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("nothing is said of it:\n{}", bench.said());
}

/// A trainer looks for the next harder one, and not through forty files.
#[test]
fn workshops_are_listed_by_level_and_number_with_their_aim_before_plain_scenarios() {
    let mut bench = Bench::new(Snapshot { dispatches: Vec::new(), ..snapshot() }, [1280.0, 4000.0], 1.0);
    bench.press(Modifiers::COMMAND, Key::Num6);
    for _ in 0..500 {
        bench.settle();
        if bench.harness.query_by_label("Start First dispatch").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let said = bench.said();
    let place = |text: &str| said.find(text).unwrap_or_else(|| panic!("`{text}` is not in:\n{said}"));
    let order = [
        "Level 1",
        "Start First dispatch",
        "Send one dispatch from a spoken order",
        "Level 5",
        "Start Acknowledged and did nothing",
        "Start Rebound makes a second peak",
        "Level 6",
        "Level 10",
        "Scenarios without marks",
        "Start Evening peak\n",
    ];
    let places: Vec<usize> = order.iter().map(|text| place(text)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// Else a trainee would wait at a screen that stands still, and not know that it is not theirs to mend.
#[test]
fn a_trainee_elsewhere_is_told_what_is_said_to_them_and_when_the_trainer_is_not_reached_and_sets_no_clock() {
    let (kept, shown) = Kept::connect();
    let session = Session { trainee: Some(kept), ..Session::default() };
    let mut bench = Bench::with_session(snapshot(), [1280.0, 900.0], 1.0, clock(), session);
    bench.press(Modifiers::COMMAND, Key::Num6);
    let step = StepOutcome {
        at: at(NOW),
        asked: "The shift leader tells the trainee".to_owned(),
        done: true,
        said: "Look at the ring.".to_owned(),
    };
    shown.send_modify(|following| Arc::make_mut(&mut following.story).told.push(step));
    bench.settle();
    let told = "Look at the ring.";
    assert_eq!(bench.harness.query_all_by_label_contains(told).count(), 2, "in the workspace and as a note");
    shown.send_modify(|following| following.fault = Some("connection refused".to_owned()));
    bench.settle();
    let said = "is not reached, and the clock stands";
    assert_eq!(bench.harness.query_all_by_label_contains(said).count(), 2);
    shown.send_modify(|following| (following.fault, following.ended) = (None, true));
    bench.settle();
    assert!(bench.harness.query_all_by_label_contains("at its end").count() >= 1);
    bench.press(Modifiers::NONE, Key::F8);
    bench.settle();
    assert!(bench.harness.query_all_by_label_contains("the trainer has the workshop in hand").count() >= 1);
    assert!(bench.harness.query_by_label_contains("Open a scenario file").is_none());
}
