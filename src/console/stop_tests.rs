//! The question before a STOP by a person's hands: what each of these would cost them stands in its name.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::console::testing::{Bench, NOW, at, key, snapshot};
use crate::desk::command::Command;
use crate::desk::snapshot::Phase;

const NONE: Modifiers = Modifiers::NONE;

fn ask(dispatch_ref: &str) -> Bench {
    let mut bench = Bench::open(snapshot());
    bench.harness.state_mut().select(key(dispatch_ref));
    bench.settle();
    bench.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S);
    assert!(is_asking(&bench));
    bench
}

fn is_asking(bench: &Bench) -> bool {
    bench.harness.query_by_label("Send STOP").is_some()
}

fn click(bench: &mut Bench, name: &str) {
    bench.harness.get_by_label(name).click();
    bench.settle();
}

fn is_enabled(bench: &Bench, name: &str) -> bool {
    !bench.harness.get_by_role_and_label(Role::Button, name).accesskit_node().is_disabled()
}

#[test]
fn the_question_says_what_stops_and_what_is_lost_in_words_and_numbers() {
    let bench = ask("EMID-0417");
    for sentence in [
        "Stop GB-DNO-11/EMID-0417?",
        "Revision 3 with status STOP goes to BRIGHTFLEX/BESS-07 (Wellingborough battery). It is asked for 2.000 MW \
         against baseline (turn up generation / turn down demand) now.",
        "The last 1 h 40 min of its window, until 19:00 GMT, will not be delivered.",
        "It returns from 2.000 MW to its baseline of 0.000 MW at its declared ramp, in about 3 min 20 s.",
        "Rebound: none by itself; recharging is up to its provider.",
        "Mode: SANDBOX",
    ] {
        assert!(bench.harness.query_by_label(sentence).is_some(), "{sentence}");
    }
}

#[test]
fn cancel_is_the_default_and_enter_takes_it() {
    let mut bench = ask("EMID-0417");
    assert!(bench.harness.get_by_label("Cancel").is_focused());
    bench.press(NONE, Key::Enter);
    assert!(!is_asking(&bench));
    assert!(bench.commands().is_empty());
}

#[test]
fn escape_leaves_it_running() {
    let mut bench = ask("EMID-0417");
    click(&mut bench, "Arm");
    bench.press(NONE, Key::Escape);
    assert!(!is_asking(&bench));
    assert!(bench.commands().is_empty());
}

#[test]
fn nothing_can_be_sent_before_it_is_armed() {
    let mut bench = ask("EMID-0417");
    assert!(!is_enabled(&bench, "Send STOP"));
    click(&mut bench, "Send STOP");
    bench.harness.get_by_label("Send STOP").click_accesskit();
    bench.settle();
    assert!(is_asking(&bench));
    assert!(bench.commands().is_empty());
    click(&mut bench, "Arm");
    assert!(is_enabled(&bench, "Send STOP"));
    click(&mut bench, "Arm");
    assert!(!is_enabled(&bench, "Send STOP"), "what was armed can be made safe again");
}

#[test]
fn enter_never_confirms_wherever_the_keyboard_is() {
    let mut bench = ask("EMID-0417");
    click(&mut bench, "Arm");
    bench.harness.get_by_label("Send STOP").focus();
    bench.settle();
    assert!(bench.harness.get_by_label("Send STOP").is_focused());
    for _ in 0..3 {
        bench.press(NONE, Key::Enter);
    }
    assert!(bench.commands().is_empty());
    assert!(is_asking(&bench), "it still asks");
    bench.press(NONE, Key::Space);
    let sent = bench.commands();
    assert!(matches!(sent.as_slice(), [Command::Stop(stopped)] if *stopped == key("EMID-0417")), "{sent:?}");
}

#[test]
fn armed_and_confirmed_it_sends_one_stop_of_that_dispatch_and_closes() {
    let mut bench = ask("EMID-0419");
    click(&mut bench, "Arm");
    click(&mut bench, "Send STOP");
    let sent = bench.commands();
    assert!(matches!(sent.as_slice(), [Command::Stop(stopped)] if *stopped == key("EMID-0419")), "{sent:?}");
    assert!(!is_asking(&bench));
}

#[test]
fn a_question_asked_again_is_not_armed_any_more() {
    let mut bench = ask("EMID-0417");
    click(&mut bench, "Arm");
    click(&mut bench, "Cancel");
    bench.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::S);
    assert!(is_asking(&bench) && !is_enabled(&bench, "Send STOP"));
}

#[test]
fn a_dispatch_that_ends_meanwhile_takes_its_question_with_it() {
    let mut bench = ask("EMID-0417");
    click(&mut bench, "Arm");
    bench.publish(|s| {
        let found = s.dispatches.iter_mut().find(|d| d.key == key("EMID-0417")).unwrap();
        let state = Arc::make_mut(found);
        (state.phase, state.in_force) = (Phase::Ended, None);
    });
    assert!(!is_asking(&bench));
    assert!(bench.commands().is_empty());
}

#[test]
fn no_other_action_slips_through_under_the_question() {
    let mut bench = ask("EMID-0417");
    bench.press(Modifiers::COMMAND, Key::Num3);
    bench.press(Modifiers::COMMAND, Key::K);
    assert!(is_asking(&bench));
    assert_eq!(bench.harness.state().workspace_shown(), crate::console::context::Workspace::Board);
    assert!(bench.commands().is_empty());
}

#[test]
fn the_consequences_follow_the_unit_and_the_time() {
    let said = |dispatch_ref: &str, now: &str| {
        let snapshot = snapshot();
        let state = snapshot.dispatches.iter().find(|d| d.key == key(dispatch_ref)).unwrap();
        consequences(&snapshot, state, at(now))
    };
    for (dispatch_ref, now, line, sentence) in [
        (
            "EMID-0420",
            NOW,
            0,
            "Revision 2 with status STOP goes to NORTHGEN/GEN-1 (Nottingham engine 1). It is asked for 3.500 MW \
             against baseline (turn up generation / turn down demand) from 17:22 GMT.",
        ),
        (
            "EMID-0420",
            NOW,
            1,
            "It has not begun: the whole window, 2026-11-26 17:22 to 18:52 GMT, will not be delivered.",
        ),
        ("EMID-0420", NOW, 2, "It stands at its baseline of 0.000 MW and stays there."),
        ("EMID-0420", NOW, 3, "Rebound: none."),
        (
            "EMID-0417",
            "2026-11-26T18:30:00Z",
            1,
            "The last 30 min 00 s of its window, until 19:00 GMT, will not be delivered.",
        ),
        (
            "EMID-0419",
            NOW,
            2,
            "It returns from −0.220 MW to its baseline of −0.700 MW at its declared ramp, in about 4 min 48 s.",
        ),
        (
            "EMID-0419",
            NOW,
            3,
            "Rebound: about 60 % of the energy shed so far comes back as demand over the 45 min that follow.",
        ),
        (
            "EMID-0416",
            NOW,
            2,
            "It returns to its baseline at its declared ramp; where it stands now has not been reported.",
        ),
    ] {
        assert_eq!(
            said(dispatch_ref, now).get(line).map(String::as_str),
            Some(sentence),
            "{dispatch_ref} {now}"
        );
    }
}

#[test]
fn what_was_told_to_run_now_is_under_way_before_its_window() {
    let mut snapshot = snapshot();
    let found = snapshot.dispatches.iter_mut().find(|d| d.key == key("EMID-0420")).unwrap();
    let state = Arc::make_mut(found);
    let revision = Arc::make_mut(&mut state.revisions[0]);
    let mut parts = revision.signed.dispatch.parts().clone();
    parts.status = Status::RunNow;
    revision.signed.dispatch = Dispatch::new(parts).unwrap();
    let state = state.clone();
    let said = consequences(&snapshot, &state, at(NOW));
    assert!(said[0].ends_with("(turn up generation / turn down demand) now."), "{}", said[0]);
    assert!(said[1].starts_with("The last 1 h 32 min of its window"), "{}", said[1]);
    let unheard = DispatchState { ladder: Vec::new(), ..state };
    let said = consequences(&snapshot, &unheard, at(NOW));
    assert!(said[1].starts_with("It has not begun"), "{}", said[1]);
}
