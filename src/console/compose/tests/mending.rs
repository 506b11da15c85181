//! What a check has no button to mend takes a person to where it is mended.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::console::context::Workspace;
use crate::console::testing::{Bench, quiet_snapshot, unit_named};
use crate::desk::snapshot::LinkState;

fn drawing_up(size: [f32; 2]) -> Bench {
    let mut bench = Bench::new(quiet_snapshot(), size, 1.0);
    bench.press(Modifiers::COMMAND, Key::Num2);
    bench.click(Role::Link, "BRIGHTFLEX/BESS-01");
    bench
}

fn press(bench: &mut Bench, name: &str) {
    let button = bench.harness.get_by_role_and_label(Role::Button, name);
    button.scroll_to_me();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::Button, name).click();
    bench.harness.run_steps(8);
}

#[test]
fn one_press_takes_the_keyboard_to_the_control_that_a_check_names() {
    // In the narrow window the table lies below the plots, and the field is scrolled to.
    for size in [[1280.0, 720.0], [1024.0, 640.0]] {
        let mut bench = drawing_up(size);
        press(&mut bench, "Go to Setpoint 1 volume (finding 1)");
        let volume = bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume");
        assert!(volume.is_focused(), "{size:?}");
        assert!(volume.rect().bottom() < size[1] && volume.rect().top() > 40.0, "{:?}", volume.rect());
        assert!(bench.commands().is_empty());
    }
}

/// The whole name of the button that begins so.
fn named(bench: &Bench, begins: &str) -> String {
    let mut labels = bench.harness.get_all_by_role(Role::Button).filter_map(|n| n.accesskit_node().label());
    labels.find(|label| label.starts_with(begins)).unwrap()
}

#[test]
fn what_is_not_of_the_draft_is_shown_where_it_is() {
    let mut bench = drawing_up([1280.0, 720.0]);
    bench.publish(|s| s.vtn.state = LinkState::Lost);
    let way = named(&bench, "Show the VTN in Connections");
    press(&mut bench, &way);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Connections);

    let mut bench = drawing_up([1280.0, 720.0]);
    bench.publish(|s| {
        for unit in &mut s.units {
            Arc::make_mut(unit).kw = None;
        }
    });
    let way = named(&bench, "Show the unit in Fleet");
    press(&mut bench, &way);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Fleet);
    assert_eq!(bench.harness.state().unit_selected(), Some(unit_named("BRIGHTFLEX/BESS-01")));
}
