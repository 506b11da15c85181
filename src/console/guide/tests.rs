//! The run by what a person does: which step is shown, what ticks, and what is never asked of them.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::console::testing::{Bench, NOW, Session, at, clock, dispatch, quiet_snapshot, rung, signing_key};
use crate::desk::command::Command;
use crate::desk::snapshot::{Phase, RevisionState, Snapshot};
use crate::dispatch::{Dispatch, DispatchParts, Stage, Status};

fn key() -> DispatchKey {
    DispatchKey { operator: "GB-DNO-11".parse().unwrap(), dispatch_ref: "EMID-1".parse().unwrap() }
}

/// What is seen once a person has done a step and all before it.
fn after(step: Step) -> Observed {
    let mut seen = Observed::default();
    for done in Step::ALL.into_iter().filter(|done| *done <= step) {
        let draft = seen.draft.get_or_insert_default();
        let followed = seen.followed.get_or_insert_default();
        match done {
            Step::Unit => {
                seen.draft = Some(Drawn { errors: 1, ..Drawn::default() });
                seen.followed = None;
            }
            Step::Setpoint => (draft.has_volume, draft.has_level) = (true, true),
            Step::Now => draft.is_run_now = true,
            Step::Checks => draft.errors = 0,
            Step::Rehearse => draft.is_rehearsed = true,
            Step::Send => {
                seen.given = Some(key());
                (followed.is_sent, followed.is_open) = (true, true);
                seen.draft = None;
            }
            Step::Watch => (followed.at_setpoint, seen.is_on_board) = (true, true),
            Step::Delivery => (seen.is_on_board, seen.is_in_delivery) = (false, true),
            Step::Amend => followed.is_amended = true,
            Step::Stop => (followed.is_stopped, followed.is_open) = (true, false),
            Step::Alarms => seen.alarms_reached = true,
            Step::EmergencyStop => (seen.alarms_reached, seen.emergency_stop_reached) = (false, true),
        }
        if done < Step::Send {
            seen.followed = None;
        }
    }
    seen
}

fn begun() -> Guide {
    let mut guide = Guide::default();
    guide.go_on();
    guide
}

/// As many frames as the run needs to take it in.
fn see(guide: &mut Guide, seen: &Observed) {
    for _ in 0..3 {
        guide.observe(seen);
    }
}

#[test]
fn each_step_ticks_itself_when_it_is_done_and_the_next_is_shown() {
    let mut guide = begun();
    see(&mut guide, &Observed::default());
    for step in Step::ALL {
        assert_eq!(guide.step(), Some(step), "{step:?} is shown");
        assert!(!guide.is_done(step), "{step:?} is not ticked before it is done");
        see(&mut guide, &after(step));
        assert!(guide.is_done(step), "{step:?} is ticked");
    }
    assert_eq!((guide.step(), guide.standing()), (None, Standing::Finished));
}

#[test]
fn what_was_so_already_is_ticked_and_stays_to_be_read() {
    let mut guide = begun();
    see(&mut guide, &Observed::default());
    let mut seen = after(Step::Setpoint);
    seen.draft.as_mut().unwrap().errors = 0;
    see(&mut guide, &seen);
    assert_eq!(guide.step(), Some(Step::Setpoint), "one step at a time");
    assert!(guide.is_done(Step::Setpoint));
    guide.pass();
    see(&mut guide, &seen);
    see(&mut guide, &after(Step::Now));
    assert_eq!(guide.step(), Some(Step::Checks));
    guide.back();
    guide.pass();
    see(&mut guide, &after(Step::Checks));
    assert!(guide.is_done(Step::Checks), "nothing was wrong with it from the beginning");
    assert_eq!(guide.step(), Some(Step::Checks), "and a person still reads why that matters");
}

#[test]
fn who_sends_at_once_is_led_on_from_there_and_what_was_left_out_is_not_ticked() {
    let mut guide = begun();
    see(&mut guide, &after(Step::Unit));
    see(&mut guide, &Observed { draft: None, ..after(Step::Send) });
    assert_eq!(guide.step(), Some(Step::Watch));
    assert!(guide.is_done(Step::Send) && !guide.is_done(Step::Rehearse));
}

#[test]
fn what_happens_by_chance_does_not_count_before_it_is_asked_for() {
    let mut guide = begun();
    let by_chance = Observed { alarms_reached: true, emergency_stop_reached: true, ..Observed::default() };
    see(&mut guide, &by_chance);
    assert_eq!(guide.step(), Some(Step::Unit));
    assert!(!guide.is_done(Step::Alarms) && !guide.is_done(Step::EmergencyStop));
}

#[test]
fn a_dispatch_that_is_over_is_said_and_another_one_is_followed() {
    let mut guide = begun();
    see(&mut guide, &after(Step::Send));
    let mut over = after(Step::Send);
    over.followed.as_mut().unwrap().is_open = false;
    see(&mut guide, &over);
    assert!(guide.has_lost_track(&over));
    let other = DispatchKey { dispatch_ref: "EMID-2".parse().unwrap(), ..key() };
    let mut again = after(Step::Watch);
    again.given = Some(other.clone());
    guide.observe(&again);
    assert_eq!(guide.followed(), Some(&other));
    assert!(!guide.is_done(Step::Watch), "what was seen was of the one before");
    assert!(!guide.has_lost_track(&again));
}

#[test]
fn it_is_left_and_taken_up_and_gone_back_in_and_begun_anew() {
    let mut guide = begun();
    see(&mut guide, &Observed::default());
    see(&mut guide, &after(Step::Unit));
    guide.leave();
    see(&mut guide, &after(Step::Setpoint));
    assert!(!guide.is_done(Step::Setpoint), "while it is left nothing is watched");
    guide.go_on();
    assert_eq!(guide.step(), Some(Step::Setpoint));
    guide.back();
    assert_eq!(guide.step(), Some(Step::Unit));
    assert!(guide.is_done(Step::Unit), "going back undoes nothing");
    for _ in Step::ALL {
        guide.pass();
    }
    assert_eq!(guide.standing(), Standing::Finished);
    guide.leave();
    guide.go_on();
    assert_eq!((guide.step(), guide.is_done(Step::Unit)), (Some(Step::Unit), false));
}

#[test]
fn it_is_offered_once_in_a_sandbox_and_nowhere_else() {
    for (mode, offered) in [(Mode::Sandbox, true), (Mode::Training, false), (Mode::Live, false)] {
        let mut guide = Guide::default();
        guide.enter(mode);
        assert_eq!(guide.is_offered(), offered, "{mode:?}");
    }
    let mut guide = Guide::default();
    guide.enter(Mode::Sandbox);
    let mut next_session = Guide { offering: false, ..guide };
    next_session.enter(Mode::Sandbox);
    assert!(!next_session.is_offered(), "whether it was answered or not");
    assert!(is_allowed(Mode::Training) && !is_allowed(Mode::Live));
}

#[test]
fn every_step_says_what_to_do_why_and_where() {
    for step in Step::ALL {
        let words = step.words();
        assert_eq!(Step::ALL[step.number() - 1], step);
        for text in [words.task, words.why, words.place] {
            assert!(text.len() > 10 && text.ends_with('.'), "{step:?}: {text}");
        }
        let seen = after(step);
        let shown = step.workspace().unwrap_or(crate::console::context::Workspace::Board);
        assert!(!landmarks(step, shown, &seen).is_empty(), "{step:?} points at something");
    }
}

const CTRL: Modifiers = Modifiers::COMMAND;

fn open(fresh: bool, size: [f32; 2], scale: f32) -> Bench {
    let session = Session { fresh, ..Session::default() };
    Bench::with_session(quiet_snapshot(), size, scale, clock(), session)
}

fn shows(bench: &Bench, step: Step) -> bool {
    let text = format!("Step {} of 12: {}", step.number(), step.words().title);
    bench.said().contains(&text)
}

fn press(bench: &mut Bench, name: &str) {
    bench.harness.get_by_role_and_label(Role::Button, name).click();
    bench.settle();
}

#[test]
fn a_fresh_sandbox_offers_it_and_takes_no_for_an_answer() {
    let mut bench = open(true, [1280.0, 720.0], 1.0);
    press(&mut bench, "No guided run now");
    assert!(bench.harness.query_by_label("Begin the guided run").is_none());
    bench.press(Modifiers::SHIFT, Key::F1);
    assert!(shows(&bench, Step::Unit), "found again by its keys");
    press(&mut bench, "Leave the guided run");
    bench.press(Modifiers::NONE, Key::F1);
    press(&mut bench, NAME);
    assert!(shows(&bench, Step::Unit), "and from the help");
    assert!(open(false, [1280.0, 720.0], 1.0).harness.query_by_label("Begin the guided run").is_none());
}

#[test]
fn where_real_assets_may_move_it_cannot_be_had() {
    let mut bench = open(false, [1280.0, 720.0], 1.0);
    bench.press(Modifiers::SHIFT, Key::F1);
    bench.publish(|snapshot| snapshot.mode = Mode::Live);
    assert!(!shows(&bench, Step::Unit), "it goes when the mode is LIVE");
    let mut bench = open(false, [1280.0, 720.0], 1.0);
    bench.publish(|snapshot| snapshot.mode = Mode::Live);
    bench.press(Modifiers::SHIFT, Key::F1);
    assert!(bench.said().contains("this session is LIVE"));
    bench.press(Modifiers::NONE, Key::F1);
    assert!(bench.harness.query_by_label(NAME).is_none());
}

/// What the desk shows of what was sent.
fn follow(snapshot: &mut Snapshot, parts: &DispatchParts, phase: Phase, stages: &[Stage]) {
    let document = Dispatch::new(parts.clone()).unwrap();
    let key = document.key();
    let sent = RevisionState {
        signed: document.sign(&signing_key("gb-dno-11-2026")).unwrap(),
        event_id: Some("event".to_owned()),
        sent: Some(at(NOW)),
        fault: None,
        approved: None,
    };
    let number = parts.revision.get();
    let before = snapshot.dispatches.iter().position(|d| d.key == key);
    let mut revisions =
        before.map_or_else(Vec::new, |place| snapshot.dispatches.remove(place).revisions.clone());
    revisions.retain(|revision| revision.signed.dispatch.revision != parts.revision);
    revisions.push(Arc::new(sent));
    let ladder = stages.iter().map(|stage| rung(*stage, number, NOW)).collect();
    snapshot.dispatches.insert(0, Arc::new(dispatch(revisions, phase, ladder)));
}

fn sent(bench: &mut Bench) -> DispatchParts {
    match bench.commands().into_iter().next() {
        Some(Command::Send(parts)) => *parts,
        other => panic!("nothing was sent: {other:?}"),
    }
}

fn arm_and_send(bench: &mut Bench) -> DispatchParts {
    press(bench, "Review and send…");
    bench.click(Role::CheckBox, "Arm: I have read what will be sent");
    press(bench, "Send now");
    sent(bench)
}

fn type_into(bench: &mut Bench, field: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
    bench.settle();
    bench.press(CTRL, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    bench.settle();
    bench.press(Modifiers::NONE, Key::Tab);
}

#[test]
fn a_person_who_does_what_it_says_is_led_from_a_unit_to_the_emergency_stop() {
    let mut bench = open(true, [1280.0, 720.0], 1.0);
    press(&mut bench, "Begin the guided run");
    bench.click(Role::Link, "BRIGHTFLEX/BESS-01");
    assert!(shows(&bench, Step::Setpoint));
    press(&mut bench, "Show me where this step is done");
    bench.harness.run_steps(6);
    let volume = bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume");
    assert!(volume.is_focused(), "it takes the keyboard to the control");
    type_into(&mut bench, "Setpoint 1 volume", "300");
    press(&mut bench, "Delta");
    assert!(shows(&bench, Step::Now));
    bench.click(Role::Button, "RUN_NOW");
    assert!(shows(&bench, Step::Checks));
    press(&mut bench, "Continue with the next step");
    press(&mut bench, "Skip this step");
    assert!(shows(&bench, Step::Send), "rehearsing can be skipped");
    let parts = arm_and_send(&mut bench);
    assert_eq!(parts.status, Status::RunNow);
    bench.publish(|s| follow(s, &parts, Phase::Sent, &[]));
    assert!(shows(&bench, Step::Watch));
    press(&mut bench, "Show on Board");
    assert!(shows(&bench, Step::Watch), "not before the unit is there");
    let stages = [Stage::Received, Stage::Accepted, Stage::AtSetpoint];
    bench.publish(|s| follow(s, &parts, Phase::AtSetpoint, &stages));
    assert!(shows(&bench, Step::Delivery));
    press(&mut bench, "Show delivery");
    assert!(shows(&bench, Step::Amend));
    bench.press(CTRL, Key::Num1);
    press(&mut bench, "Amend");
    type_into(&mut bench, "Setpoint 1 volume", "200");
    let amended = arm_and_send(&mut bench);
    bench.publish(|s| follow(s, &amended, Phase::Accepted, &[Stage::Accepted]));
    assert!(shows(&bench, Step::Stop));
    let stop = DispatchParts {
        revision: amended.revision.next(),
        status: Status::Stop,
        setpoints: Vec::new(),
        ..amended
    };
    bench.publish(|s| follow(s, &stop, Phase::Stopped, &[Stage::Stopped]));
    assert!(shows(&bench, Step::Alarms));
    bench.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::L);
    assert!(shows(&bench, Step::EmergencyStop));
    bench.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);
    assert!(bench.said().contains("The guided run is finished"));
    assert!(bench.commands().is_empty(), "to know where it is stops nothing");
    press(&mut bench, "Close the guided run");
    assert!(!bench.said().contains(NAME));
}

#[test]
fn it_is_kept_with_the_settings_where_a_person_left_it() {
    let mut guide = begun();
    see(&mut guide, &after(Step::Setpoint));
    let kept = ron_like(&guide);
    assert_eq!(kept.step(), guide.step());
    assert_eq!((kept.is_open(), kept.is_done(Step::Unit)), (true, true));
}

/// As the settings keep it.
fn ron_like(guide: &Guide) -> Guide {
    serde_json::from_str(&serde_json::to_string(guide).unwrap()).unwrap()
}

#[test]
fn at_200_percent_all_of_a_step_can_be_read_and_nothing_lies_over_it() {
    let mut bench = open(true, [640.0, 360.0], 2.0);
    press(&mut bench, "Begin the guided run");
    for step in Step::ALL {
        let whole = |bench: &Bench, text: &str| {
            let rect = bench.harness.get_by_label_contains(text).rect();
            assert!(rect.left() >= 0.0 && rect.right() <= 640.0, "{step:?}: {text} at {rect:?}");
            assert!(rect.top() >= 0.0 && rect.bottom() <= 360.0, "{step:?}: {text} at {rect:?}");
        };
        whole(&bench, step.words().task);
        whole(&bench, &format!("Step {} of 12", step.number()));
        press(&mut bench, if step == Step::Unit { "Why and where" } else { "Skip this step" });
        if step == Step::Unit {
            whole(&bench, step.words().why);
            press(&mut bench, "Why and where");
            press(&mut bench, "Skip this step");
        }
    }
}
