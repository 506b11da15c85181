//! The frame by a person's hands: what each of these would cost them stands in its name.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::action::Action;
use super::drafts::DRAFTS;
use super::testing::{Bench, NOW, Session, at, clock, key, quiet_snapshot, snapshot};
use crate::console::context::Workspace;
use crate::desk::command::Command;
use crate::desk::snapshot::{LinkState, Mode};
use crate::time::{Clock, Rate};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

#[test]
fn every_workspace_is_one_click_and_one_chord_away() {
    let mut bench = Bench::open(quiet_snapshot());
    let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
    for (workspace, key) in Workspace::ALL.into_iter().zip(keys) {
        bench.harness.get_by_role_and_label(Role::Button, workspace.name()).click();
        bench.settle();
        assert_eq!(bench.harness.state().workspace_shown(), workspace);
        bench.press(CTRL, Key::Num7);
        bench.press(CTRL, key);
        assert_eq!(bench.harness.state().workspace_shown(), workspace);
    }
}

/// Else who reads long tables has to live with a narrow one.
#[test]
fn the_pane_of_what_is_in_hand_goes_to_the_right_below_and_to_the_left_and_stays_there() {
    for (workspace, key, pane) in [
        (Workspace::Board, Key::Num1, "EMID-0417"),
        (Workspace::Compose, Key::Num2, "Setpoints"),
        (Workspace::Fleet, Key::Num3, "BRIGHTFLEX/BESS-07"),
        (Workspace::Delivery, Key::Num4, "Scorecard"),
    ] {
        let mut bench = Bench::open(snapshot());
        bench.press(CTRL, Key::Num3);
        bench.harness.get_all_by_label("BRIGHTFLEX/BESS-07").next().unwrap().click();
        bench.settle();
        bench.press(CTRL, Key::Num2);
        bench.harness.get_by_role_and_label(Role::Link, "BRIGHTFLEX/BESS-07").click();
        bench.settle();
        bench.press(CTRL, Key::Num1);
        let bar = "EMID-0417, BRIGHTFLEX/BESS-07, at setpoint";
        bench.harness.get_all_by_label_contains(bar).next().unwrap().click();
        bench.settle();
        bench.press(CTRL, key);
        let middle = |bench: &Bench| {
            let place = bench.harness.get_by_role_and_label(Role::Heading, pane).rect().center();
            (place.x > 640.0, place.y > 330.0)
        };
        let right = middle(&bench);
        assert!(right.0, "{workspace:?} begins with it at the right");
        let mut places = Vec::new();
        for _ in 0..3 {
            bench.press(CTRL_SHIFT, Key::B);
            bench.press(CTRL, Key::Num7);
            bench.press(CTRL, key);
            places.push(middle(&bench));
        }
        assert!(!places[1].0, "{workspace:?} has it at the left: {places:?}");
        assert_eq!(places[2], right, "{workspace:?} has it at the right again");
        assert_ne!(places[0], places[1], "{workspace:?} has it below: {places:?}");
    }
}

#[test]
fn where_there_is_no_such_pane_moving_it_says_so_and_changes_nothing() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL, Key::Num8);
    bench.press(CTRL_SHIFT, Key::B);
    assert!(bench.said().contains("this workspace has no such pane"), "{}", bench.said());
}

#[test]
fn a_volume_is_planned_from_anywhere_by_one_chord() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL_SHIFT, Key::P);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Compose);
    bench.harness.get_by_role_and_label(Role::Heading, "Plan a volume over several units");
    bench.harness.get_by_role_and_label(Role::TextInput, "Plan volume, MW");
}

#[test]
fn what_was_drawn_up_is_there_after_the_window_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let session = Session { drafts: Some(folder.path().join(DRAFTS)), ..Session::default() };
        Bench::with_session(quiet_snapshot(), [1280.0, 720.0], 1.0, clock(), session)
    };
    let mut bench = open();
    bench.press(CTRL, Key::Num2);
    bench.harness.get_by_role_and_label(Role::Link, "BRIGHTFLEX/BESS-01").click();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume").focus();
    bench.settle();
    bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume").type_text("1,2");
    bench.settle();
    drop(bench);

    let mut bench = open();
    bench.harness.get_by_label("1 draft of the last session in Compose.");
    bench.press(CTRL, Key::Num2);
    let volume = bench.harness.get_by_role_and_label(Role::TextInput, "Setpoint 1 volume");
    assert_eq!(volume.value().as_deref(), Some("1,2"));
    drop(bench);

    std::fs::write(folder.path().join(DRAFTS), "{").unwrap();
    let bench = open();
    bench.harness.get_by_label_contains("The drafts of the last session cannot be read");
    assert!(folder.path().join("drafts.unreadable-1.json").exists());
}

#[test]
fn the_strip_says_mode_time_and_health_in_words() {
    let mut bench = Bench::open(quiet_snapshot());
    for label in [
        "mode: SANDBOX",
        "UTC: 17:20:00 UTC",
        "London: 17:20:00 GMT",
        "Period: 35 of 48",
        "FSPs: 2 of 4 live",
        "VTN http://127.0.0.1:8080/openadr3/3.1.0: live",
        "Network operators: East Midlands (GB-DNO-11), West Midlands (GB-DNO-14)",
        "unacknowledged alarms: 2 of priority 1, 1 of priority 2, 0 of priority 3",
        "Clock: paused",
    ] {
        bench.harness.get_by_label(label);
    }
    bench.publish(|s| s.vtn.state = LinkState::Lost);
    bench.harness.get_by_label("VTN http://127.0.0.1:8080/openadr3/3.1.0: lost");
}

#[test]
fn the_band_says_where_else_a_training_session_may_reach() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.publish(|s| {
        s.mode = Mode::Training;
        s.vtn.security.beyond = vec!["vtn.example:443".to_owned()];
    });
    bench.harness.get_by_label("mode: TRAINING, may reach vtn.example:443");
}

#[test]
fn the_strip_stays_inside_the_window_at_100_and_200_percent() {
    let mut reaching = quiet_snapshot();
    reaching.vtn.security.beyond = vec!["vtn.example:443".to_owned()];
    for (size, scale, snapshot) in [
        ([1280.0, 720.0], 1.0, quiet_snapshot()),
        ([640.0, 360.0], 2.0, quiet_snapshot()),
        ([1024.0, 640.0], 1.0, quiet_snapshot()),
        ([1280.0, 720.0], 1.0, reaching.clone()),
        ([640.0, 360.0], 2.0, reaching.clone()),
        ([1024.0, 640.0], 1.0, reaching),
    ] {
        let bench = Bench::new(snapshot, size, scale);
        let mut seen: Vec<(String, egui::Rect)> = Vec::new();
        for part in [
            "mode: ",
            "UTC: ",
            "London: ",
            "Period: ",
            "FSPs: ",
            "VTN ",
            "Network operators: ",
            "EMERGENCY STOP of every unit",
        ] {
            let node = bench.harness.get_by_label_contains(part);
            let rect = node.rect();
            assert!(rect.left() >= 0.0 && rect.right() <= size[0], "{part} at {rect:?} in {size:?}");
            assert!(rect.top() >= 0.0 && rect.bottom() <= 64.0, "{part} at {rect:?} in {size:?}");
            for (other, there) in &seen {
                assert!(!there.shrink(0.5).intersects(rect.shrink(0.5)), "{part} covers {other} in {size:?}");
            }
            seen.push((part.to_owned(), rect));
        }
    }
}

#[test]
fn acknowledging_one_alarm_or_all_asks_the_engine_for_exactly_those() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.harness.get_by_label("Acknowledge: no acknowledgement of EMID-0418 within 30 s").click();
    bench.settle();
    assert!(matches!(bench.commands().as_slice(), [Command::AcknowledgeAlarms(ids)] if ids == &[3]));
    bench.harness.get_by_label("Acknowledge all").click();
    bench.settle();
    assert!(matches!(bench.commands().as_slice(), [Command::AcknowledgeAlarms(ids)] if ids == &[1, 2, 3]));
    bench.press(CTRL_SHIFT, Key::A);
    assert!(matches!(bench.commands().as_slice(), [Command::AcknowledgeAlarms(ids)] if ids.len() == 3));
}

#[test]
fn the_alarm_list_folds_and_unfolds() {
    let mut bench = Bench::open(quiet_snapshot());
    assert!(bench.harness.query_by_label("no acknowledgement of EMID-0418 within 30 s").is_some());
    bench.press(CTRL, Key::L);
    assert!(bench.harness.query_by_label("Unfold the alarm list").is_some());
    assert!(
        bench.harness.query_by_label("Acknowledge: no acknowledgement of EMID-0418 within 30 s").is_none()
    );
    bench.harness.get_by_label("Unfold the alarm list").click();
    bench.settle();
    assert!(bench.harness.query_by_label("Fold the alarm list").is_some());
}

#[test]
fn the_first_alarm_of_a_session_is_shown_whole() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 360.0], 2.0)] {
        let mut quiet = quiet_snapshot();
        let all = std::mem::take(&mut quiet.alarms);
        let mut bench = Bench::new(quiet, size, scale);
        bench.publish(|s| s.alarms = all);
        let first = bench.harness.get_by_label_contains("Acknowledge: NORTHGEN has not polled").rect();
        assert!(first.height() > 15.0 && first.bottom() <= size[1], "{first:?} in {size:?}");
    }
}

#[test]
fn the_palette_shows_every_action_again_after_a_query_that_found_one() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL, Key::K);
    bench.harness.get_by_label("Find an action").type_text("light");
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    bench.press(CTRL, Key::K);
    bench.harness.get_by_label("Show Connections");
    bench.harness.get_by_label("Amend the selected dispatch");
}

#[test]
fn emergency_stop_needs_the_hold() {
    let mut bench = Bench::open(quiet_snapshot());
    let stop = bench.harness.get_by_label_contains("EMERGENCY STOP of every unit");
    let place = stop.rect().center();
    stop.click();
    bench.settle();
    assert!(bench.commands().is_empty(), "a click sends nothing");

    bench.harness.hover_at(place);
    bench.harness.step();
    bench.harness.drag_at(place);
    bench.harness.run_steps(4);
    assert!(bench.commands().is_empty(), "one second is not enough");
    bench.harness.drop_at(place);
    bench.settle();
    assert!(bench.commands().is_empty(), "let go too early, it sends nothing");

    bench.harness.hover_at(place);
    bench.harness.step();
    bench.harness.drag_at(place);
    bench.harness.run_steps(12);
    let sent = bench.commands();
    assert!(
        matches!(sent.as_slice(), [Command::EmergencyStop { units, operator: None }] if units.is_empty()),
        "{sent:?}"
    );
    bench.harness.run_steps(12);
    assert!(bench.commands().is_empty(), "held on, it sends once");
}

#[test]
fn emergency_stop_works_by_keys_alone_even_over_a_dialogue() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL, Key::K);
    bench.harness.event(egui::Event::ModifiersChanged(CTRL_SHIFT));
    bench.harness.key_down(Key::E);
    bench.harness.run_steps(12);
    bench.harness.key_up(Key::E);
    bench.harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    bench.settle();
    assert_eq!(bench.commands().len(), 1);

    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL_SHIFT, Key::E);
    assert!(bench.harness.get_by_label_contains("EMERGENCY STOP of every unit").is_focused());
    assert!(bench.commands().is_empty(), "a brief press only reaches for it");
    bench.harness.key_down(Key::Space);
    bench.harness.run_steps(12);
    bench.harness.key_up(Key::Space);
    bench.settle();
    assert_eq!(bench.commands().len(), 1);
}

#[test]
fn the_palette_finds_an_action_and_does_it() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL, Key::K);
    bench.harness.get_by_label("Find an action").type_text("deliv");
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Delivery);
    assert!(bench.harness.query_by_label("Find an action").is_none(), "it closes");

    bench.press(CTRL, Key::K);
    for _ in 0..2 {
        bench.press(Modifiers::NONE, Key::ArrowDown);
    }
    bench.press(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.state().workspace_shown(), Workspace::Fleet);

    bench.press(CTRL, Key::K);
    bench.press(Modifiers::NONE, Key::Escape);
    assert!(bench.harness.query_by_label("Find an action").is_none(), "Escape closes it");
}

#[test]
fn what_cannot_be_done_now_says_why_and_does_nothing() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL_SHIFT, Key::S);
    assert!(bench.harness.query_by_label_contains("no dispatch is selected").is_some());
    assert!(bench.commands().is_empty());
}

#[test]
fn every_action_is_found_in_the_palette_by_its_name() {
    let mut bench = Bench::open(quiet_snapshot());
    for action in Action::ALL.into_iter().filter(|a| *a != Action::Palette) {
        bench.press(CTRL, Key::K);
        bench.harness.get_by_label("Find an action").type_text(action.name());
        bench.settle();
        let found = bench.harness.query_by_role_and_label(Role::Button, action.name());
        assert!(found.is_some(), "{action:?}");
        bench.press(Modifiers::NONE, Key::Escape);
    }
}

#[test]
fn two_chords_struck_in_one_frame_both_count() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.harness.key_press_modifiers(Modifiers::NONE, Key::F1);
    bench.harness.key_press_modifiers(CTRL, Key::Num3);
    bench.settle();
    assert!(bench.harness.query_by_label("Help: Fleet").is_some());
}

#[test]
fn help_says_in_every_workspace_what_it_shows() {
    let mut bench = Bench::open(quiet_snapshot());
    for workspace in Workspace::ALL {
        bench.harness.get_by_role_and_label(Role::Button, workspace.name()).click();
        bench.settle();
        bench.press(Modifiers::NONE, Key::F1);
        let title = format!("Help: {}", workspace.name());
        assert!(bench.harness.query_by_role_and_label(Role::Heading, &title).is_some(), "{workspace:?}");
        bench.press(Modifiers::NONE, Key::F1);
        assert!(bench.harness.query_by_role_and_label(Role::Heading, &title).is_none(), "{workspace:?}");
    }
}

#[test]
fn help_says_over_each_dialogue_what_it_asks_and_names_the_guided_run_elsewhere() {
    let mut bench = Bench::open(snapshot());
    bench.press(Modifiers::NONE, Key::F1);
    bench.harness.get_by_role_and_label(Role::Button, crate::console::guide::NAME);
    bench.press(CTRL, Key::K);
    bench.harness.get_by_role_and_label(Role::Heading, "Help: Actions");
    bench.press(Modifiers::NONE, Key::Escape);
    bench.press(Modifiers::NONE, Key::F1);
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.press(CTRL_SHIFT, Key::S);
    bench.press(Modifiers::NONE, Key::F1);
    bench.harness.get_by_role_and_label(Role::Heading, "Help: Stop");
    bench.harness.get_by_role_and_label(Role::Button, "Close the help").click();
    bench.settle();
    assert!(bench.harness.query_by_label("Help: Stop").is_none());
    bench.harness.get_by_role_and_label(Role::Button, "Send STOP");
    assert!(bench.commands().is_empty());
}

/// Until the list of scenarios, which is read on a thread of its own, is there.
fn wait_for_the_scenarios(bench: &mut Bench) {
    for _ in 0..2_000 {
        if bench.harness.query_by_label("Start Evening peak").is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
        bench.harness.run_steps(1);
    }
    bench.harness.run_steps(4);
}

#[test]
fn a_window_on_which_nothing_happens_sleeps_until_the_clock_moves() {
    for rate in [Rate::PAUSED, Rate::REAL] {
        let clock = Clock::training(at(NOW), rate);
        let mut bench = Bench::with_clock(snapshot(), [1280.0, 720.0], 1.0, clock.clone());
        for workspace in Workspace::ALL {
            bench.harness.get_by_role_and_label(Role::Button, workspace.name()).click();
            bench.harness.remove_cursor();
            bench.harness.run_steps(8);
            if workspace == Workspace::Workshop {
                wait_for_the_scenarios(&mut bench);
            }
            let before = clock.now_seconds();
            bench.harness.step();
            let next_second = before.floor() + 1.0;
            let wakes = clock.now_seconds() + bench.sleeps().as_secs_f64();
            assert!(wakes >= next_second, "{workspace:?} at {rate:?}: sleeps {:?} only", bench.sleeps());
            if rate.is_paused() {
                assert!(
                    bench.sleeps().as_secs_f64() >= 1.0,
                    "{workspace:?}: sleeps {:?} only",
                    bench.sleeps()
                );
            }
        }
    }
}

#[test]
fn the_mode_and_the_emergency_stop_are_never_covered() {
    for (size, scale) in [([1280.0, 720.0], 1.0), ([640.0, 360.0], 2.0)] {
        let mut bench = Bench::new(quiet_snapshot(), size, scale);
        let names = ["mode: SANDBOX", "EMERGENCY STOP of every unit: hold for 1.5 s"];
        let band = bench.harness.get_by_label(names[0]).rect();
        for chord in [(CTRL, Key::K), (CTRL_SHIFT, Key::O)] {
            bench.press(chord.0, chord.1);
            for name in names {
                let place = bench.harness.get_by_label(name).rect().center();
                let layer = bench.harness.ctx.layer_id_at(place).map(|l| l.order);
                assert_eq!(layer, Some(egui::Order::Tooltip), "{name} after {chord:?} in {size:?}");
            }
        }
        bench.press(Modifiers::NONE, Key::Escape);
        bench.settle();
        let title = bench.harness.get_by_label_contains("What came of the last commands").rect();
        assert!(title.top() >= band.bottom(), "{title:?} covers {band:?} in {size:?}");
    }
}

#[test]
fn at_200_percent_every_workspace_and_the_help_are_reached_by_the_rail() {
    let bench = Bench::new(quiet_snapshot(), [640.0, 360.0], 2.0);
    for name in Workspace::ALL.map(Workspace::name).into_iter().chain(["Actions", "Help", "Menu"]) {
        let rect = bench.harness.get_by_role_and_label(Role::Button, name).rect();
        assert!(rect.bottom() <= 360.0 && rect.right() <= 60.0, "{name} at {rect:?}");
    }
}

#[test]
fn help_opens_for_the_workspace_in_hand() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(Modifiers::NONE, Key::F1);
    assert!(bench.harness.query_by_label("Help: Board").is_some());
    bench.press(CTRL, Key::Num3);
    assert!(bench.harness.query_by_label("Help: Fleet").is_some());
    bench.press(Modifiers::NONE, Key::F1);
    assert!(bench.harness.query_by_label("Help: Fleet").is_none());
}

#[test]
fn a_failed_command_stays_on_the_screen_until_it_is_dismissed_and_can_be_read_again() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.harness.get_by_label("Acknowledge all").click();
    bench.settle();
    assert!(bench.harness.query_by_label_contains("Waiting for the engine: acknowledge 3 alarms").is_some());
    bench.answer(Err("the journal cannot be written; free space on the disc"));
    bench.harness.run_steps(80);
    assert!(bench.harness.query_by_label_contains("free space on the disc").is_some());
    bench.harness.get_by_label("Dismiss").click();
    bench.settle();
    assert!(bench.harness.query_by_label_contains("free space on the disc").is_none());
    bench.press(CTRL_SHIFT, Key::O);
    assert!(bench.harness.query_by_label_contains("free space on the disc").is_some());
}

#[test]
fn good_news_goes_by_itself() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.harness.get_by_label("Acknowledge all").click();
    bench.settle();
    bench.answer(Ok("3 alarms acknowledged"));
    assert!(bench.harness.query_by_label_contains("3 alarms acknowledged").is_some());
    bench.harness.run_steps(40);
    assert!(bench.harness.query_by_label_contains("3 alarms acknowledged").is_none());
}

#[test]
fn zoom_and_theme_follow_their_keys_and_names() {
    let mut bench = Bench::open(quiet_snapshot());
    for _ in 0..9 {
        bench.press(CTRL, Key::Plus);
    }
    assert_eq!(bench.harness.ctx.zoom_factor(), 2.0);
    bench.press(CTRL, Key::Num0);
    assert_eq!(bench.harness.ctx.zoom_factor(), 1.0);
    bench.press(CTRL, Key::K);
    bench.harness.get_by_label("Find an action").type_text("light");
    bench.settle();
    bench.press(Modifiers::NONE, Key::Enter);
    assert!(!bench.harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn every_button_has_a_name() {
    let bench = Bench::open(quiet_snapshot());
    for button in bench.harness.get_all_by_role(Role::Button) {
        let label = button.accesskit_node().label().unwrap_or_default();
        assert!(
            label.chars().any(|c| c.is_ascii_alphanumeric()),
            "a button at {:?} is called {label:?}",
            button.rect()
        );
    }
}

#[test]
fn an_engine_that_has_ended_is_said_in_words() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.end_engine();
    bench.settle();
    assert!(bench.harness.query_by_label_contains("engine ended").is_some());
    bench.harness.get_by_label("Acknowledge all").click();
    bench.settle();
    assert!(bench.harness.query_by_label_contains("Not done: acknowledge 3 alarms").is_some());
}

#[test]
fn a_second_window_that_cannot_be_says_why() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL_SHIFT, Key::W);
    bench.harness.get_by_label_contains("one window alone");
    // What is being drawn up is in one place alone.
    bench.press(CTRL, Key::Num2);
    bench.press(CTRL_SHIFT, Key::W);
    bench.harness.get_by_label_contains("stays in this window");
}
