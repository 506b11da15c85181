use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::Queryable;

use super::Desk;

const BATTERY: &str = "BRIGHTFLEX/BESS-01";

#[test]
fn an_empty_workspace_says_what_to_do_and_a_picked_unit_is_drawn_up() {
    let mut desk = Desk::new(crate::console::testing::quiet_snapshot());
    assert!(desk.shows("No dispatch is being drawn up"));
    desk.fill("Find a unit", "kettering");
    assert!(!desk.shows("COLDCHAIN/STORE-1"), "the search leaves others out");
    desk.click(Role::Link, BATTERY);
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:00");
    assert_eq!(desk.text_of("Reference"), "EMID-20261126-0001");
}

#[test]
fn several_ticked_units_are_drawn_up_one_dispatch_each_with_references_of_their_own() {
    let mut desk = Desk::new(crate::console::testing::quiet_snapshot());
    desk.click(Role::CheckBox, "Tick BRIGHTFLEX/BESS-01");
    desk.click(Role::CheckBox, "Tick COLDCHAIN/STORE-1");
    desk.click(Role::Button, "Draw up for 2 units, one dispatch each");
    assert_eq!(desk.text_of("Reference"), "EMID-20261126-0001");
    desk.click(Role::Button, "COLDCHAIN/STORE-1");
    assert_eq!(desk.text_of("Reference"), "EMID-20261126-0002");
}

#[test]
fn a_time_and_a_volume_that_are_typed_move_the_handle() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    assert_eq!(desk.handles(), ["Setpoint 1: +2,000 kW DELTA at 18:00:00 UTC"]);
    desk.fill("Setpoint 1 time", "18:15");
    desk.fill("Setpoint 1 volume", "1500");
    assert_eq!(desk.handles(), ["Setpoint 1: +1,500 kW DELTA at 18:15:00 UTC"]);
    assert!(desk.shows("turn up generation / turn down demand"));
}

#[test]
fn a_handle_that_is_dragged_changes_the_table_and_is_one_undo_step() {
    let mut desk = Desk::drawn_up(BATTERY, "2000");
    desk.fill("Setpoint 1 time", "18:15");
    let from = desk.handle("Setpoint 1").center();
    desk.drag(from, from + vec2(60.0, 70.0));
    let (time, volume) = (desk.text_of("Setpoint 1 time"), desk.text_of("Setpoint 1 volume"));
    assert_ne!(time, "18:15");
    assert!(time.len() == 5, "whole minutes: {time}");
    let kw: f64 = volume.replace(',', "").parse().unwrap();
    assert!(kw < 2000.0 && kw.rem_euclid(50.0) == 0.0, "whole steps: {volume}");
    desk.click(Role::Button, "Undo");
    assert_eq!(
        (desk.text_of("Setpoint 1 time"), desk.text_of("Setpoint 1 volume")),
        ("18:15".into(), "2000".into())
    );
    desk.click(Role::Button, "Redo");
    assert_eq!((desk.text_of("Setpoint 1 time"), desk.text_of("Setpoint 1 volume")), (time, volume));
}

#[test]
fn a_handle_that_is_dragged_upwards_stays_at_its_time() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    let from = desk.handle("Setpoint 1").center();
    desk.drag(from, from + vec2(2.0, -40.0));
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:00");
    assert_ne!(desk.text_of("Setpoint 1 volume"), "1000");
}

#[test]
fn a_handle_stays_within_the_window_the_limits_and_its_neighbours() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.click(Role::Button, "Add setpoint");
    desk.fill("Setpoint 2 volume", "500");
    let second = desk.handle("Setpoint 2").center();
    let first = desk.handle("Setpoint 1").center();
    desk.drag(second, Pos2::new(first.x - 200.0, -300.0));
    assert_eq!(desk.text_of("Setpoint 2 time"), "18:01");
    assert_eq!(desk.text_of("Setpoint 2 volume"), "2,500");
    let second = desk.handle("Setpoint 2").center();
    desk.drag(second, second + vec2(700.0, 0.0));
    assert_eq!(desk.text_of("Setpoint 2 time"), "18:59");
}

#[test]
fn escape_breaks_a_drag_off() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    let from = desk.handle("Setpoint 1").center();
    desk.press_at(from);
    desk.move_to(from + vec2(30.0, -50.0));
    assert_ne!(desk.text_of("Setpoint 1 volume"), "1000");
    desk.press(Modifiers::NONE, Key::Escape);
    desk.release_at(from + vec2(30.0, -50.0));
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1000");
}

#[test]
fn arrow_keys_move_a_handle_finely_with_shift() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.focus_handle("Setpoint 1");
    desk.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:01");
    desk.press(Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:01:01");
    desk.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,050");
    desk.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,049");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,050", "each press is a step");
}

#[test]
fn an_assistive_tool_can_turn_a_level_up() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.focus_handle("Setpoint 1");
    desk.harness.get_by_label_contains("Setpoint 1: +1,000 kW").increment_accesskit();
    desk.settle();
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1,050");
}

#[test]
fn delete_removes_the_setpoint_whose_handle_has_the_keyboard_and_undo_brings_it_back() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.click(Role::Button, "Duplicate setpoint 1");
    assert_eq!(desk.handles().len(), 2);
    desk.focus_handle("Setpoint 2");
    desk.press(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.handles(), ["Setpoint 1: +1,000 kW DELTA at 18:00:00 UTC"]);
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.handles().len(), 2);
}

#[test]
fn a_double_click_on_the_plot_asks_what_it_is_measured_from_and_adds_a_setpoint() {
    let mut desk = Desk::drawing_up(BATTERY);
    desk.double_click(desk.plot().center());
    assert!(desk.handles().is_empty(), "nothing is measured from a guess");
    desk.click(Role::Button, "Absolute: net power");
    assert_eq!(desk.handles().len(), 1);
    assert!(desk.handles()[0].contains("ABSOLUTE"));
    desk.double_click(desk.plot().center() + vec2(60.0, -50.0));
    assert_eq!(desk.handles().len(), 2, "the choice is kept");
}

#[test]
fn a_window_end_is_dragged_with_the_keyboard() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.focus_handle("Window end");
    desk.press(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(desk.text_of("Window end"), "18:59");
}

#[test]
fn a_column_pasted_from_a_spreadsheet_fills_the_table() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 time").focus();
    desk.settle();
    desk.harness.event(Event::Paste("18:00\t500\n18:20\t1,500\n18:40\t900\n".to_owned()));
    desk.settle();
    assert_eq!(
        desk.handles(),
        [
            "Setpoint 1: +500 kW DELTA at 18:00:00 UTC",
            "Setpoint 2: +1,500 kW DELTA at 18:20:00 UTC",
            "Setpoint 3: +900 kW DELTA at 18:40:00 UTC",
        ]
    );
}

#[test]
fn half_typed_input_is_never_lost_and_says_what_would_be_right() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.fill("Setpoint 1 time", "18:");
    assert_eq!(desk.text_of("Setpoint 1 time"), "18:");
    assert!(desk.shows("is not a time of day"));
    assert!(!desk.can_send());
    desk.fill("Setpoint 1 volume", "2,5");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "2,5");
    assert!(desk.shows("write a point for the decimals"));
}

#[test]
fn the_hour_that_repeats_in_october_is_asked_in_the_table() {
    let mut desk = Desk::drawn_up(BATTERY, "1000");
    desk.fill("Window date", "2027-10-31");
    desk.fill("Window start", "00:30");
    desk.fill("Window end", "03:00");
    desk.fill("Setpoint 1 time", "01:30");
    assert!(desk.shows("happens twice"));
    desk.click(Role::Button, "GMT");
    assert_eq!(desk.handles().len(), 1);
    assert!(desk.handles()[0].ends_with("at 01:30:00 UTC"), "{:?}", desk.handles());
}

#[test]
fn a_volume_typed_in_another_unit_stays_the_same_power() {
    let mut desk = Desk::drawn_up(BATTERY, "1500");
    desk.click(Role::ComboBox, "Setpoint 1 unit");
    desk.click(Role::Button, "MW");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1.5");
    assert_eq!(desk.handles(), ["Setpoint 1: +1,500 kW DELTA at 18:00:00 UTC"]);
}

#[test]
fn a_draft_that_was_discarded_can_be_brought_back() {
    let mut desk = Desk::drawn_up(BATTERY, "1500");
    desk.click(Role::Button, "Discard");
    assert!(desk.shows("No dispatch is being drawn up"));
    desk.click(Role::Button, "Bring back the draft for BRIGHTFLEX/BESS-01");
    assert_eq!(desk.text_of("Setpoint 1 volume"), "1500");
}

#[test]
fn the_plot_has_a_text_alternative() {
    let desk = Desk::drawn_up(BATTERY, "1500");
    assert!(desk.shows("Plot of net power of BRIGHTFLEX/BESS-01: 1 setpoints, from 1,500 to 1,500 kW net"));
    assert!(desk.shows("all of it can be delivered"));
}

#[test]
fn reactive_power_has_a_plot_and_handles_of_its_own() {
    let mut desk = Desk::drawn_up(BATTERY, "1500");
    desk.click(Role::Button, "Add reactive");
    desk.fill("Setpoint 2 volume", "400");
    desk.click(Role::Button, "Absolute");
    assert!(desk.shows("Plot of reactive power"));
    assert!(desk.handles().iter().any(|h| h.contains("+400 kvar ABSOLUTE")), "{:?}", desk.handles());
}

#[test]
fn reactive_power_shows_what_can_be_had_beside_the_real_power_asked() {
    let mut desk = Desk::drawn_up(BATTERY, "1500");
    desk.click(Role::Button, "Add reactive");
    desk.fill("Setpoint 2 volume", "2700");
    desk.click(Role::Button, "Absolute");
    // √(2,750² − 1,500²) = 2,304.9.
    assert!(desk.shows("reachable throughout the window: −2,304 to 2,304 kvar"));
    assert!(desk.shows("only 2,304 kvar can be had beside 1,500 kW net"));
    desk.fill("Setpoint 2 volume", "2800");
    assert!(desk.shows("is 50 kvar beyond what the unit gives at any real power (−2,750 to 2,750 kvar)"));
}

impl Desk {
    fn handle(&self, name: &str) -> egui::Rect {
        let found = self.harness.get_all_by_role(Role::Slider).find(|node| {
            use egui_kittest::kittest::NodeT as _;
            node.accesskit_node().label().is_some_and(|label| label.starts_with(name))
        });
        found.unwrap().rect()
    }

    fn focus_handle(&mut self, name: &str) {
        let found = self.harness.get_all_by_role(Role::Slider).find(|node| {
            use egui_kittest::kittest::NodeT as _;
            node.accesskit_node().label().is_some_and(|label| label.starts_with(name))
        });
        found.unwrap().focus();
        self.settle();
    }

    fn plot(&self) -> egui::Rect {
        self.harness.get_by_label_contains("Plot of net power").rect()
    }

    fn press_at(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.settle();
        self.harness.drag_at(at);
        self.settle();
    }

    fn move_to(&mut self, to: Pos2) {
        self.harness.hover_at(to);
        self.settle();
    }

    fn release_at(&mut self, at: Pos2) {
        self.harness.drop_at(at);
        self.settle();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.press_at(from);
        self.move_to(from + (to - from) * 0.5);
        self.move_to(to);
        self.release_at(to);
    }

    fn double_click(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.settle();
        for _ in 0..2 {
            for pressed in [true, false] {
                self.harness.event(Event::PointerButton {
                    pos: at,
                    button: PointerButton::Primary,
                    pressed,
                    modifiers: Modifiers::NONE,
                });
            }
            self.harness.step();
        }
        self.settle();
    }
}
