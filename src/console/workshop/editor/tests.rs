//! What a trainer at the window would lose of the editor, by the names that assistive tools read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::Editor;
use super::keeping::Keeping;
use crate::console::session::SessionChoice;
use crate::console::testing::{Bench, snapshot};
use crate::desk::snapshot::Snapshot;
use crate::workshop::editing::ScenarioEdit;
use crate::workshop::library::ScenarioPlace;
use crate::workshop::scenario::Scenario;

const CTRL: Modifiers = Modifiers::COMMAND;

/// A window at the Workshop, with this scenario in the editor; what is saved goes to `to`.
fn editing(path: &'static str, to: Option<PathBuf>) -> Bench {
    editing_in([1280.0, 720.0], ScenarioEdit::open(ScenarioPlace::BuiltIn(path)).unwrap(), to)
}

fn editing_in(size: [f32; 2], edit: ScenarioEdit, to: Option<PathBuf>) -> Bench {
    let mut bench = Bench::new(Snapshot { dispatches: Vec::new(), ..snapshot() }, size, 1.0);
    bench.press(CTRL, Key::Num6);
    bench.settle();
    let keeping = Keeping::asking(Box::new(move |_, _| Box::pin(std::future::ready(to.clone()))));
    bench.harness.state_mut().edit_scenario(Editor::keeping(edit, keeping));
    bench.settle();
    bench
}

const EVENING: &str = "workshops/10-evening-peak.toml";

/// What begins with these words and can be used.
fn item(bench: &Bench, words: &str) -> String {
    let is_it = |label: &String| label.starts_with(words);
    let all = bench.harness.root().children_recursive();
    let found = all
        .filter(|n| n.accesskit_node().role() == Role::Slider)
        .filter_map(|n| n.accesskit_node().label())
        .find(is_it);
    found.unwrap_or_else(|| panic!("nothing on the lanes says “{words}”"))
}

/// By keyboard: goes there, and takes it in hand.
fn focus(bench: &mut Bench, words: &str) {
    let name = item(bench, words);
    bench.harness.get_by_role_and_label(Role::Slider, &name).focus();
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    bench.settle();
}

fn press(bench: &mut Bench, name: &str) {
    bench.harness.get_all_by_role_and_label(Role::Button, name).next().unwrap().click();
    bench.settle();
}

fn until(bench: &mut Bench, what: &str, holds: impl Fn(&Bench) -> bool) {
    for _ in 0..500 {
        bench.settle();
        if holds(bench) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came to this: {what}");
}

fn write(bench: &mut Bench, field: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
    bench.settle();
    bench.press(CTRL, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    bench.settle();
}

fn read(path: &Path) -> Scenario {
    Scenario::from_file(path).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn a_copy_of_one_of_ours_is_moved_by_keys_undone_and_saved_as_a_file_that_the_program_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let mut bench = editing(EVENING, Some(path.clone()));
    bench.harness.get_by_label_contains("a copy; no file holds it yet");
    focus(&mut bench, "Trip: TRENTGEN/GAS-01, from T+01:15:00 on");
    for key in [Key::ArrowRight, Key::ArrowRight, Key::PageDown, Key::ArrowLeft] {
        bench.press(Modifiers::NONE, key);
        bench.settle();
    }
    item(&bench, "Trip: TRENTGEN/GAS-01, from T+01:26:00 on");
    bench.press(CTRL, Key::Z);
    bench.settle();
    bench.press(CTRL, Key::Y);
    bench.settle();
    item(&bench, "Trip: TRENTGEN/GAS-01, from T+01:26:00 on");
    bench.press(CTRL, Key::S);
    until(&mut bench, "it is saved", |b| b.harness.query_by_label_contains("saved in").is_some());
    let saved = read(&path);
    assert_eq!(saved.steps[2].at.to_string(), "T+01:26:00");
    // All of the comments are still there.
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("# Everything at once:"));
    // Started, it is this file.
    press(&mut bench, "Start");
    until(&mut bench, "it is started", |b| {
        b.openings.asked().last() == Some(&SessionChoice::Workshop(ScenarioPlace::File(path.clone())))
    });
}

/// Else an item would be left behind where a key is held, or the machine is slow.
#[test]
fn keys_that_come_together_in_one_frame_all_count() {
    let mut bench = editing(EVENING, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01, from T+01:15:00 on");
    let pressed =
        |modifiers, key| egui::Event::Key { key, physical_key: None, pressed: true, repeat: true, modifiers };
    let keys = [Key::ArrowRight, Key::ArrowRight, Key::PageDown, Key::ArrowLeft, Key::ArrowRight];
    bench.harness.input_mut().events.extend(keys.map(|key| pressed(Modifiers::NONE, key)));
    bench.settle();
    item(&bench, "Trip: TRENTGEN/GAS-01, from T+01:27:00 on");

    bench.press(Modifiers::NONE, Key::Delete);
    bench.settle();
    bench.harness.input_mut().events.extend([pressed(CTRL, Key::Z), pressed(CTRL, Key::Z)]);
    bench.settle();
    item(&bench, "Trip: TRENTGEN/GAS-01, from T+01:15:00 on");
}

#[test]
fn the_fleet_of_one_of_ours_comes_along_into_the_folder_of_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wind.toml");
    let mut bench = editing("scenarios/mw-dispatch.toml", Some(path.clone()));
    press(&mut bench, "Save as…");
    until(&mut bench, "it is saved", |b| b.harness.query_by_label_contains("saved in").is_some());
    assert_eq!(read(&path).fleet.units.len(), 2);
    assert!(folder.path().join("mw-dispatch.toml").is_file());
}

#[test]
fn a_mistake_is_shown_beside_its_item_and_in_the_list_and_goes_when_it_is_mended() {
    let mut bench = editing(EVENING, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    write(&mut bench, "Unit", "TRENTGEN/GAS-99");
    item(&bench, "Trip: TRENTGEN/GAS-99, from T+01:15:00 on. Wrong: the fleet has no unit");
    bench.harness.get_by_label("1 mistake");
    bench.harness.get_by_label_contains("steps[1].unit: the fleet has no unit `TRENTGEN/GAS-99`");
    let start = bench.harness.get_by_role_and_label(Role::Button, "Save and start");
    assert!(start.accesskit_node().is_disabled());
    // Somewhere else, and back by way of the list.
    focus(&mut bench, "Control engineer, East Midlands: “Load");
    bench.harness.get_by_label_contains("steps[1].unit").click();
    bench.settle();
    write(&mut bench, "Unit", "TRENTGEN/GAS-02");
    item(&bench, "Trip: TRENTGEN/GAS-02, from T+01:15:00 on");
    assert!(bench.harness.query_by_label("1 mistake").is_none());
}

#[test]
fn a_text_that_is_no_toml_is_told_of_and_can_be_mended_in_the_text() {
    let mut bench = editing(EVENING, None);
    bench.harness.get_by_label("Text").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the scenario").focus();
    bench.settle();
    bench.press(CTRL, Key::Home);
    bench.harness.get_by_role_and_label(Role::MultilineTextInput, "Text of the scenario").type_text("[[");
    bench.settle();
    bench.harness.get_by_label("Lanes").click();
    bench.settle();
    bench.harness.get_by_label("There are no lanes");
    bench.harness.get_by_label("1 mistake");
    press(&mut bench, "Undo");
    item(&bench, "Trip: TRENTGEN/GAS-01");
}

#[test]
fn something_new_goes_onto_its_lane_and_is_copied_and_removed() {
    let mut bench = editing(EVENING, None);
    press(&mut bench, "Add…");
    press(&mut bench, "Departure from a baseline");
    let of = |bench: &Bench| {
        let all = bench.harness.root().children_recursive();
        let labels = all
            .filter(|n| n.accesskit_node().role() == Role::Slider)
            .filter_map(|n| n.accesskit_node().label());
        labels.filter(|label| label.contains("departs by −100 kW")).count()
    };
    assert_eq!(of(&bench), 1);
    bench.press(CTRL, Key::D);
    bench.settle();
    assert_eq!(of(&bench), 2);
    bench.press(Modifiers::NONE, Key::Delete);
    bench.settle();
    assert_eq!(of(&bench), 1);
    let lane = bench.harness.get_by_label_contains("Baselines, 1: ");
    assert!(lane.accesskit_node().value().unwrap().contains("T+00:10:00 to T+00:40:00"));
}

#[test]
fn an_item_and_its_end_are_dragged_to_whole_minutes() {
    let mut bench = editing(EVENING, None);
    let name = item(&bench, "Messages altered on their way: BRIGHTFLEX, T+01:32:00 to T+01:34:00");
    let rect = bench.harness.get_by_role_and_label(Role::Slider, &name).rect();
    let from = rect.left_center() + egui::vec2(9.0, 0.0);
    bench.harness.drag_at(from);
    bench.harness.run_steps(1);
    for step in 1..=5 {
        bench.harness.hover_at(from + egui::vec2(14.0 * f32::from(u8::try_from(step).unwrap()), 0.0));
        bench.harness.run_steps(1);
    }
    bench.harness.drop_at(from + egui::vec2(70.0, 0.0));
    bench.settle();
    let moved = item(&bench, "Messages altered on their way: BRIGHTFLEX, T+");
    assert_ne!(moved, name);
    assert!(moved.contains(":00 to ") && moved.ends_with(":00"), "whole minutes: {moved}");
    bench.press(CTRL, Key::Z);
    bench.settle();
    item(&bench, &name);
    // By keys its end alone.
    focus(&mut bench, "Messages altered on their way: BRIGHTFLEX");
    bench.press(Modifiers::SHIFT, Key::ArrowRight);
    bench.settle();
    item(&bench, "Messages altered on their way: BRIGHTFLEX, T+01:32:00 to T+01:35:00");
}

#[test]
fn what_is_not_saved_is_told_before_the_editor_or_the_session_is_left() {
    let mut bench = editing(EVENING, None);
    press(&mut bench, "Close the editor");
    bench.harness.get_by_label("Workshops and scenarios");
    let mut bench = editing(EVENING, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    bench.press(Modifiers::NONE, Key::Delete);
    bench.settle();
    press(&mut bench, "Close the editor");
    bench.harness.get_by_label("Leave the editor?");
    bench.harness.get_by_label_contains("has changes that are not saved, and they will be lost");
    bench.press(Modifiers::NONE, Key::Escape);
    bench.settle();
    assert!(bench.harness.query_by_label("Leave the editor?").is_none());
    bench
        .harness
        .state_mut()
        .ask(crate::console::context::Intent::Open(SessionChoice::Recording("/a".into())));
    bench.settle();
    bench.harness.get_by_label_contains("has changes that are not saved, and they will be lost");
    press(&mut bench, "Cancel");
    press(&mut bench, "Close the editor");
    press(&mut bench, "Leave it");
    bench.harness.get_by_label("Workshops and scenarios");
}

#[test]
fn what_is_not_saved_can_be_saved_on_the_way_out_and_whoever_breaks_that_off_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, ScenarioPlace::BuiltIn(EVENING).text().unwrap()).unwrap();
    let edit = ScenarioEdit::open(ScenarioPlace::File(path.clone())).unwrap();
    let mut bench = editing_in([1280.0, 720.0], edit, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    bench.press(Modifiers::NONE, Key::Delete);
    bench.settle();
    press(&mut bench, "Close the editor");
    press(&mut bench, "Save and leave");
    until(&mut bench, "the list is there again", |b| {
        b.harness.query_by_label("Workshops and scenarios").is_some()
    });
    assert!(!std::fs::read_to_string(&path).unwrap().contains("fault = \"trip\""));

    // A copy has no file yet, and no place is given for it.
    let mut bench = editing(EVENING, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    bench.press(Modifiers::NONE, Key::Delete);
    bench.settle();
    press(&mut bench, "Close the editor");
    press(&mut bench, "Save and leave");
    until(&mut bench, "it says why", |b| b.harness.query_by_label_contains("nothing was saved").is_some());
    bench.harness.get_by_label("Edit: Evening peak with two outages and a forged stop");
}

#[test]
fn the_menu_offers_what_this_scenario_can_have() {
    let mut bench = editing(EVENING, None);
    press(&mut bench, "Add…");
    let offered = |bench: &Bench, name: &str| {
        let node = bench.harness.query_by_role_and_label(Role::Button, name);
        node.map(|node| !node.accesskit_node().is_disabled())
    };
    for (name, is_offered) in [
        ("Expected: an alarm shelved", Some(true)),
        ("Expected: a stop", Some(true)),
        // Its fleet has no farm.
        ("Weather at a solar or wind farm", Some(false)),
        // Of scenarios without a trainee.
        ("Stop of a dispatch", None),
    ] {
        assert_eq!(offered(&bench, name), is_offered, "{name}");
    }
}

#[test]
fn the_window_is_not_closed_over_what_is_not_saved() {
    let mut bench = editing(EVENING, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    bench.press(Modifiers::NONE, Key::ArrowRight);
    bench.press(CTRL, Key::Num1);
    bench.settle();
    let window = bench.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
    window.events.push(egui::ViewportEvent::Close);
    bench.settle();
    bench.harness.get_by_label("Leave the editor?");
    press(&mut bench, "Cancel");
    item(&bench, "Trip: TRENTGEN/GAS-01, from T+01:16:00 on");
}

#[test]
fn a_file_that_somebody_else_has_changed_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    std::fs::write(&path, ScenarioPlace::BuiltIn(EVENING).text().unwrap()).unwrap();
    let edit = ScenarioEdit::open(ScenarioPlace::File(path.clone())).unwrap();
    let mut bench = editing_in([1280.0, 720.0], edit, None);
    focus(&mut bench, "Trip: TRENTGEN/GAS-01");
    bench.press(Modifiers::NONE, Key::ArrowRight);
    bench.settle();
    std::fs::write(&path, "name = \"Theirs\"\n").unwrap();
    bench.press(CTRL, Key::S);
    until(&mut bench, "it is refused", |b| {
        b.harness.query_by_label_contains("was changed by something else since it was opened here").is_some()
    });
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "name = \"Theirs\"\n");
}

#[test]
fn at_twice_the_scale_everything_is_there_one_below_the_other() {
    let edit = ScenarioEdit::open(ScenarioPlace::BuiltIn(EVENING)).unwrap();
    let bench = editing_in([640.0, 700.0], edit, None);
    item(&bench, "Trip: TRENTGEN/GAS-01");
    bench.harness.get_by_label("Edit: Evening peak with two outages and a forged stop");
}
