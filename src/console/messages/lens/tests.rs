//! Other systems by a person's hands.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::console::context::Workspace;
use crate::console::testing::{Bench, key, snapshot};

const PLAIN: Modifiers = Modifiers::NONE;

/// With the message that carries a dispatch in hand.
fn message_in_hand() -> Bench {
    let mut bench = Bench::open(snapshot());
    bench.press(Modifiers::COMMAND, Key::Num5);
    bench.harness.get_by_label("revision 2 of EMID-0417 is at the VTN").click();
    bench.settle();
    bench
}

fn by_the_palette(bench: &mut Bench) {
    bench.press(Modifiers::COMMAND, Key::K);
    bench.harness.get_by_role_and_label(Role::TextInput, "Find an action").type_text("other systems");
    bench.settle();
    bench.press(PLAIN, Key::Enter);
}

#[test]
fn a_dispatch_of_a_message_is_shown_in_every_system_field_by_field() {
    let mut bench = message_in_hand();
    bench.click(Role::Button, "Other systems: EMID-0417");
    let said = bench.said();
    for text in [
        "EMID-0417 revision 2, RUN, BRIGHTFLEX/BESS-07",
        "None of these 13 systems carries all of it. OpenADR 2.0b keeps most",
        "Revision: Flexible Power lost, Piclo lost, SGS not known, OpenADR 2.0b kept",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    bench.click(Role::Button, "Back to the exchanges");
    assert!(bench.harness.query_by_role_and_label(Role::List, "Exchanges").is_some());
}

#[test]
fn arrow_keys_go_from_system_to_system_and_a_message_is_copied() {
    let mut bench = message_in_hand();
    bench.click(Role::Button, "Other systems: EMID-0417");
    bench.press(PLAIN, Key::ArrowDown);
    assert!(bench.said().contains("Flexible Power: "), "{}", bench.said());
    assert!(bench.harness.query_by_role_and_label(Role::Heading, "Fields").is_some());
    for _ in 0..3 {
        bench.press(PLAIN, Key::ArrowDown);
    }
    let said = bench.said();
    for text in [
        "OpenADR 2.0b: ",
        "Revision: 2, kept as 2: modificationNumber, and the answer repeats it.",
        "oadrCreatedEvent: optIn or optOut with eventID and modificationNumber.",
        "From a published schema.",
    ] {
        assert!(said.contains(text), "{text} in {said}");
    }
    let copied = bench.click(Role::Button, "Copy: oadrDistributeEvent (XML)").unwrap();
    assert!(copied.contains("<ei:eventID>EMID-0417</ei:eventID>"), "{copied}");
    assert!(copied.contains("<ei:value>-2000.0</ei:value>"), "generation is negative there: {copied}");
}

#[test]
fn the_selected_dispatch_is_shown_by_an_action_from_any_workspace() {
    let mut bench = Bench::open(snapshot());
    by_the_palette(&mut bench);
    assert_ne!(bench.harness.state().workspace_shown(), Workspace::Messages, "nothing is selected");
    bench.press(PLAIN, Key::Escape);
    bench.harness.state_mut().select(key("EMID-0418"));
    bench.settle();
    by_the_palette(&mut bench);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Messages);
    assert!(bench.said().contains("EMID-0418 revision 1, RUN, COLDCHAIN/STORE-1"), "{}", bench.said());
}

#[test]
fn what_is_known_of_the_unit_makes_messages_whole() {
    let mut bench = Bench::open(snapshot());
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.settle();
    by_the_palette(&mut bench);
    bench.click(Role::Button, "NESO BOA");
    let said = bench.said();
    assert!(said.contains("NESO BOA: ") && !said.contains("Nothing is sent"), "{said}");
    bench.click(Role::Button, "Shapeshifter");
    assert!(bench.said().contains("ServiceType=\"Scheduled availability\""), "{}", bench.said());
}

#[test]
fn at_200_percent_a_system_is_chosen_from_a_box() {
    let mut bench = Bench::new(snapshot(), [640.0, 360.0], 2.0);
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.settle();
    by_the_palette(&mut bench);
    bench.click(Role::ComboBox, "System");
    bench.click(Role::Button, "Piclo");
    let said = bench.said();
    assert!(said.contains("Piclo: ") && said.contains("\"need_direction\": \"deficit\""), "{said}");
}
