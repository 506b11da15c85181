//! Signing on and off by a person's hands.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::Signer;
use crate::console::testing::{
    Bench, NOW, at, key, quiet_snapshot, signing_key, snapshot, with_ada_on, with_people,
};
use crate::desk::command::Command;
use crate::desk::snapshot::Snapshot;
use crate::dispatch::Status;
use crate::journal::{Entry, EntryKind, Recorded};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn peopled(mut snapshot: Snapshot) -> Snapshot {
    with_people(&mut snapshot);
    snapshot
}

fn choose(bench: &mut Bench, name: &str) {
    bench.click(Role::RadioButton, name);
}

fn type_proof(bench: &mut Bench, word: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::PasswordInput, word).focus();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::PasswordInput, word).type_text(text);
    bench.settle();
}

/// The sign-on that was given: who, for whom, with what.
fn given(bench: &mut Bench) -> (String, Vec<String>, String) {
    let commands = bench.commands();
    let [Command::SignOn { person, operators, proof }] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert!(!format!("{commands:?}").contains(proof.reveal()), "told in a log");
    let operators = operators.iter().map(ToString::to_string).collect();
    (person.clone(), operators, proof.reveal().to_owned())
}

#[test]
fn who_is_signed_on_is_always_in_sight_where_somebody_has_to_be() {
    let mut bench = Bench::open(quiet_snapshot());
    assert!(!bench.said().contains("Signed on"), "the machine's keys sign everything");
    bench.press(CTRL, Key::J);
    assert!(bench.said().contains("the machine's keys sign everything"), "{}", bench.said());
    // The last is the first on a screen at 200 %.
    for size in [[1280.0, 720.0], [1024.0, 640.0], [640.0, 360.0]] {
        let mut bench = Bench::new(peopled(quiet_snapshot()), size, 1.0);
        assert!(bench.said().contains("Signed on: nobody"), "{}", bench.said());
        bench.publish(with_ada_on);
        let on = bench.harness.get_by_role_and_label(Role::Button, "Signed on: Ada Winter until 18:30 GMT");
        assert!(on.rect().left() >= 0.0 && on.rect().right() <= size[0], "{:?}", on.rect());
    }
}

#[test]
fn a_person_signs_on_with_the_keyboard_and_what_they_type_is_seen_nowhere() {
    let mut bench = Bench::open(peopled(quiet_snapshot()));
    bench.press(CTRL, Key::J);
    assert!(bench.harness.query_by_role(Role::PasswordInput).is_none(), "nobody has said who they are");
    choose(&mut bench, "Ada Winter");
    assert!(bench.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase").is_focused());
    type_proof(&mut bench, "Passphrase", "three plain words");
    assert!(!bench.said().contains("three plain words"));
    bench.press(Modifiers::NONE, Key::Enter);
    assert!(bench.said().contains("The key is being opened"), "{}", bench.said());
    bench.press(CTRL, Key::Num3);
    bench.answer(Ok("Ada Winter is signed on as operator of GB-DNO-11"));
    assert!(bench.harness.query_by_role(Role::PasswordInput).is_none(), "{}", bench.said());
    assert!(bench.said().contains("Ada Winter is signed on as operator of GB-DNO-11."));
}

#[test]
fn a_wrong_passphrase_says_so_keeps_the_choice_and_forgets_what_was_typed() {
    let mut bench = Bench::open(peopled(quiet_snapshot()));
    bench.harness.get_by_role_and_label(Role::Button, "Signed on: nobody").click();
    bench.settle();
    choose(&mut bench, "Ben Marsh");
    bench.click(Role::CheckBox, "GB-DNO-14 (West Midlands)");
    type_proof(&mut bench, "PIN", "1234");
    bench.click(Role::Button, "Sign on");
    assert_eq!(given(&mut bench), ("Ben Marsh".to_owned(), vec!["GB-DNO-11".to_owned()], "1234".to_owned()));
    // The number of the command that was taken is the first of this desk.
    bench.publish(|snapshot| {
        snapshot.outcomes.push(Arc::new(crate::desk::snapshot::Outcome {
            command: crate::desk::command::CommandNumber(1),
            asked: "sign on Ben Marsh".to_owned(),
            at: at(NOW),
            result: Err("Ben Marsh is not signed on: the PIN is wrong".to_owned()),
        }));
    });
    let said = bench.said();
    assert!(said.contains("Ben Marsh is not signed on: the PIN is wrong."), "{said}");
    let field = bench.harness.get_by_role_and_label(Role::PasswordInput, "PIN");
    assert!(field.is_focused() && field.value().unwrap_or_default().is_empty());
    type_proof(&mut bench, "PIN", "4321");
    bench.press(Modifiers::NONE, Key::Enter);
    assert_eq!(given(&mut bench).1, ["GB-DNO-11"], "the choice of operators is kept");
}

#[test]
fn whoever_is_signed_on_signs_off_by_keys_and_who_comes_next_is_told_whose_place_they_take() {
    let mut bench = Bench::open(peopled(quiet_snapshot()));
    bench.press(CTRL_SHIFT, Key::J);
    assert!(bench.commands().is_empty() && bench.said().contains("nobody is signed on"));
    bench.publish(with_ada_on);
    bench.press(CTRL, Key::J);
    choose(&mut bench, "Ben Marsh");
    assert!(bench.said().contains("Ada Winter is signed on now, and will be signed off."));
    bench.press(Modifiers::NONE, Key::Escape);
    bench.press(CTRL_SHIFT, Key::J);
    assert!(matches!(bench.commands().as_slice(), [Command::SignOff]));
}

fn signed_off(bench: &mut Bench, text: &str) {
    let text = text.to_owned();
    bench.publish(|snapshot| {
        Arc::make_mut(&mut snapshot.presence).on = None;
        let mut recorded = (*snapshot.journal_tail[0]).clone();
        recorded.entry = Entry { kind: EntryKind::Key, text, ..recorded.entry };
        snapshot.journal_tail.push(Arc::new(Recorded { number: 2, ..recorded }));
    });
}

#[test]
fn a_person_who_is_signed_off_by_time_is_told_until_it_is_read_and_by_hand_not_twice() {
    let mut bench = Bench::open(peopled(quiet_snapshot()));
    bench.publish(with_ada_on);
    signed_off(&mut bench, "Ada Winter signed off as operator of GB-DNO-11");
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Dismiss").is_none());
    bench.publish(with_ada_on);
    let by_time = "Ada Winter signed off as operator of GB-DNO-11 by time: no command for 480 minutes";
    signed_off(&mut bench, by_time);
    assert!(bench.said().contains(&format!("{by_time}. Sign on again to send.")), "{}", bench.said());
    bench.click(Role::Button, "Dismiss");
}

fn draw_up(bench: &mut Bench) {
    bench.press(CTRL, Key::Num2);
    bench.harness.get_by_role_and_label(Role::Link, "BRIGHTFLEX/BESS-07").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume").focus();
    bench.settle();
    bench.press(CTRL, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume").type_text("300");
    bench.settle();
    bench.press(Modifiers::NONE, Key::Tab);
    bench.click(Role::Button, "Delta");
}

#[test]
fn sending_has_a_person_sign_on_first_and_then_only_shows_the_review_with_their_name() {
    let mut bench = Bench::open(peopled(quiet_snapshot()));
    draw_up(&mut bench);
    bench.click(Role::Button, "Review and send…");
    assert!(bench.said().contains("nothing is sent by signing on"), "{}", bench.said());
    bench.press(Modifiers::NONE, Key::Escape);
    assert!(!bench.said().contains("Arm: I have read"), "broken off, nothing goes on");
    bench.click(Role::Button, "Review and send…");
    choose(&mut bench, "Ada Winter");
    type_proof(&mut bench, "Passphrase", "three plain words");
    bench.press(Modifiers::NONE, Key::Enter);
    bench.publish(with_ada_on);
    bench.answer(Ok("Ada Winter is signed on as operator of GB-DNO-11"));
    bench.settle();
    let said = bench.said();
    for text in ["Arm: I have read what will be sent", "Ada Winter, with their own key dno-ada of GB-DNO-11"]
    {
        assert!(said.contains(text), "{text} in {said}");
    }
    assert!(bench.commands().is_empty(), "sent by itself");
    bench.click(Role::CheckBox, "Arm: I have read what will be sent");
    // She is signed off before it is sent.
    bench.publish(|snapshot| Arc::make_mut(&mut snapshot.presence).on = None);
    assert!(bench.said().contains("who signs it is another now"), "{}", bench.said());
    bench.click(Role::Button, "Send now");
    assert!(bench.commands().is_empty(), "sent with nobody's key");
    bench.publish(with_ada_on);
    bench.click(Role::Button, "Send now");
    assert!(matches!(bench.commands().as_slice(), [Command::Send(_)]));
}

#[test]
fn neither_a_stop_nor_the_emergency_stop_waits_for_a_person() {
    let mut bench = Bench::open(peopled(snapshot()));
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.press(CTRL_SHIFT, Key::S);
    assert!(bench.said().contains("It is signed by the machine's key gb-dno-11-2026."), "{}", bench.said());
    bench.click(Role::CheckBox, "Arm");
    bench.click(Role::Button, "Send STOP");
    assert!(matches!(bench.commands().as_slice(), [Command::Stop(_)]));
    // Over the dialog too.
    bench.press(CTRL, Key::J);
    bench.harness.event(egui::Event::ModifiersChanged(CTRL_SHIFT));
    bench.harness.key_down(Key::E);
    bench.harness.run_steps(12);
    assert!(matches!(bench.commands().as_slice(), [Command::EmergencyStop { .. }]));
}

#[test]
fn it_is_told_who_signs_what() {
    let mut snapshot = peopled(quiet_snapshot());
    let words = |snapshot: &Snapshot, status| Signer::of(snapshot, &snapshot.operators[0], status).words();
    assert_eq!(words(&snapshot, Status::Run), "nobody: sign on first; Ada Winter or Ben Marsh may");
    assert_eq!(words(&snapshot, Status::Stop), "the machine's key gb-dno-11-2026");
    snapshot.operators[0].stops_with = None;
    assert_eq!(words(&snapshot, Status::Stop), "nobody: sign on first; Ada Winter or Ben Marsh may");
    with_ada_on(&mut snapshot);
    assert_eq!(words(&snapshot, Status::Stop), "Ada Winter, with their own key dno-ada");
    assert_eq!(words(&quiet_snapshot(), Status::Run), "the machine's key gb-dno-11-2026");
}

#[test]
fn board_and_compose_say_who_sent_a_revision() {
    let mut bench = Bench::open(peopled(snapshot()));
    bench.publish(|snapshot| {
        let place = snapshot.dispatches.iter().position(|d| d.key == key("EMID-0417")).unwrap();
        let dispatch = Arc::make_mut(&mut snapshot.dispatches[place]);
        let last = Arc::make_mut(dispatch.revisions.last_mut().unwrap());
        last.signed = last.signed.dispatch.clone().sign(&signing_key("dno-ada")).unwrap();
    });
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.press(CTRL, Key::Num1);
    assert!(bench.said().contains("sent by Ada Winter"), "{}", bench.said());
    bench.press(CTRL_SHIFT, Key::M);
    assert!(bench.said().contains("sent by Ada Winter"), "{}", bench.said());
}
