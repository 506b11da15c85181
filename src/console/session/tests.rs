//! Going from one session to another by a person's hands.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::{Prospect, SecretWanted, SessionChoice};
use crate::console::context::{Intent, Workspace};
use crate::console::testing::{Bench, Openings, clock, exchanges, key, quiet_snapshot, snapshot};
use crate::console::theme::Theme;
use crate::console::{ConsoleParts, ConsoleWindow, SessionOpener};
use crate::desk::command::Command;
use crate::desk::snapshot::{Mode, Snapshot};
use crate::desk::{DeskEnd, connect};

const CTRL: Modifiers = Modifiers::COMMAND;

fn trial() -> SessionChoice {
    SessionChoice::Connection(PathBuf::from("/trial/connection.toml"))
}

/// A session whose end the test sees.
fn parts(choice: SessionChoice, first: Snapshot) -> (ConsoleParts, DeskEnd, Receiver<()>) {
    let (desk, end) = connect(first);
    let (keep, ended) = channel::<()>();
    let parts = ConsoleParts {
        session: choice,
        desk,
        clock: clock(),
        exchanges: exchanges(),
        enrolments: None,
        availabilities: None,
        faults: None,
        workshop: None,
        trainee: None,
        replay: None,
        drafts: None,
        keep: Box::new(keep),
    };
    (parts, end, ended)
}

fn training() -> Snapshot {
    Snapshot { mode: Mode::Training, dispatches: Vec::new(), ..quiet_snapshot() }
}

/// Draws frames until that is so.
fn until(bench: &mut Bench, what: &str, holds: impl Fn(&Bench) -> bool) {
    let begun = Instant::now();
    while !holds(bench) {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came to this: {what}; {}", bench.said());
        std::thread::sleep(Duration::from_millis(5));
        bench.settle();
    }
}

fn ask_for(bench: &mut Bench, choice: SessionChoice) {
    bench.harness.state_mut().ask(Intent::Open(choice));
    bench.settle();
}

fn says(text: &'static str) -> impl Fn(&Bench) -> bool {
    move |bench| bench.said().contains(text)
}

#[test]
fn another_session_takes_the_place_of_this_one_and_only_the_settings_of_the_person_stay() {
    let mut bench = Bench::open(quiet_snapshot());
    let ctx = bench.harness.ctx.clone();
    bench.harness.state_mut().wear(&ctx, Theme::Light);
    bench.press(CTRL, Key::Num3);
    bench.harness.get_all_by_label("BRIGHTFLEX/BESS-07").next().unwrap().click();
    bench.settle();
    assert!(bench.harness.state().unit_selected().is_some());
    ask_for(&mut bench, trial());
    assert!(bench.said().contains("Opening the connection /trial/connection.toml"), "{}", bench.said());
    assert!(bench.said().contains("mode: SANDBOX"), "what is open stays until the other is there");
    let (parts, end, ended) = parts(trial(), training());
    bench.openings.next(move |_| Ok(parts));
    until(&mut bench, "the other session", says("mode: TRAINING"));
    let window = bench.harness.state();
    assert_eq!((window.unit_selected(), window.workspace_shown()), (None, Workspace::Fleet));
    assert_eq!(window.session(), &trial());
    assert!(!ctx.global_style().visuals.dark_mode, "the colours of before");
    // The command numbers of the two desks are the same; the answer of one is not taken for the other's.
    bench.press(CTRL | Modifiers::SHIFT, Key::A);
    assert!(bench.commands().is_empty(), "given to the desk that was left");
    assert!(matches!(ended.try_recv(), Err(std::sync::mpsc::TryRecvError::Empty)), "the open one runs");
    drop((bench, end));
    assert!(ended.recv().is_err(), "the window is gone, and the session not ended");
}

#[test]
fn what_cannot_be_opened_says_why_and_leaves_the_session_as_it_was() {
    let mut bench = Bench::open(snapshot());
    bench.harness.state_mut().select(key("EMID-0417"));
    bench.openings.next(|_| Err("/trial/connection.toml: cannot be read; name one that is there".to_owned()));
    ask_for(&mut bench, trial());
    // Something is under way.
    bench.click(Role::Button, "Leave it");
    until(&mut bench, "the refusal", says("name one that is there"));
    let said = bench.said();
    assert!(said.contains("could not open the connection /trial/connection.toml; this session goes on"));
    assert!(said.contains("mode: SANDBOX") && !said.contains("Opening the"), "{said}");
    bench.click(Role::Button, "Dismiss");
    bench.press(CTRL | Modifiers::SHIFT, Key::A);
    assert!(!bench.commands().is_empty(), "the session goes on");
}

#[test]
fn what_is_unfinished_is_told_before_a_session_is_left_and_enter_leaves_nothing() {
    let mut bench = Bench::open(snapshot());
    bench.press(CTRL, Key::Num2);
    bench.harness.get_by_role_and_label(Role::Link, "BRIGHTFLEX/BESS-07").click();
    bench.settle();
    for leave in [Key::Enter, Key::Escape] {
        ask_for(&mut bench, trial());
        let said = bench.said();
        for text in
            ["Leave this session for the connection", "1 draft in Compose is not sent, and will be lost"]
        {
            assert!(said.contains(text), "{text} in {said}");
        }
        assert!(said.contains("under way. Nobody follows "), "{said}");
        // Neither do the keys of the window reach past it.
        bench.press(CTRL, Key::Num3);
        assert_eq!(bench.harness.state().workspace_shown(), Workspace::Compose);
        bench.press(Modifiers::NONE, leave);
        assert!(bench.harness.query_by_label_contains("Leave this session").is_none(), "{leave:?}");
    }
    assert!(bench.openings.asked().is_empty(), "opened all the same");
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Review and send…").is_some());
}

#[test]
fn a_command_that_was_given_is_carried_through_before_its_session_is_left() {
    let mut bench = Bench::open(quiet_snapshot());
    ask_for(&mut bench, trial());
    bench.press(CTRL | Modifiers::SHIFT, Key::A);
    let (parts, _end, _ended) = parts(trial(), training());
    bench.openings.next(move |_| Ok(parts));
    until(&mut bench, "it waits", says("is gone to once what was given here is done"));
    bench.settle();
    assert!(bench.said().contains("mode: SANDBOX"));
    bench.answer(Err("the journal cannot be written"));
    until(&mut bench, "the other session", says("mode: TRAINING"));
    // What went wrong there is not lost with it.
    assert!(bench.said().contains("In the sandbox: Acknowledge"), "{}", bench.said());
}

#[test]
fn an_opening_that_is_cancelled_is_closed_again() {
    let mut bench = Bench::open(quiet_snapshot());
    ask_for(&mut bench, trial());
    bench.click(Role::Button, "Do not open another session");
    assert!(!bench.said().contains("Opening the connection"));
    let (parts, _end, ended) = parts(trial(), training());
    bench.openings.next(move |_| Ok(parts));
    assert!(ended.recv_timeout(Duration::from_secs(20)).is_err());
    bench.settle();
    assert!(bench.said().contains("mode: SANDBOX"));
}

#[test]
fn an_opener_that_falls_over_costs_only_that_opening() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.openings.next(|_| panic!("in the test"));
    ask_for(&mut bench, trial());
    until(&mut bench, "the refusal", says("a fault of its own"));
    assert!(bench.said().contains("mode: SANDBOX"));
}

#[test]
fn a_passphrase_that_is_asked_for_is_typed_unseen_and_asked_for_again_when_it_is_wrong() {
    let mut bench = Bench::open(quiet_snapshot());
    let (tell, told) = channel();
    bench.openings.next(move |person| {
        let wanted = |before: Option<&str>| SecretWanted {
            word: "Passphrase",
            opens: "desk.sealed.toml".to_owned(),
            before: before.map(str::to_owned),
        };
        let first = person.secret(wanted(None)).map(|secret| secret.reveal().to_owned());
        let second = person.secret(wanted(Some("That does not open it."))).is_none();
        tell.send((first, second)).unwrap();
        Err("nobody said the passphrase of desk.sealed.toml".to_owned())
    });
    ask_for(&mut bench, trial());
    until(&mut bench, "the question", says("Passphrase of desk.sealed.toml"));
    let field = bench.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase");
    assert!(field.is_focused(), "whoever is asked can type at once");
    field.type_text("three plain words");
    bench.settle();
    assert!(!bench.said().contains("three plain words"), "{}", bench.said());
    bench.press(Modifiers::NONE, Key::Enter);
    until(&mut bench, "it is asked again", says("That does not open it."));
    let field = bench.harness.get_by_role_and_label(Role::PasswordInput, "Passphrase");
    assert_eq!(field.value().unwrap_or_default(), "", "what was typed is gone");
    bench.press(Modifiers::NONE, Key::Escape);
    assert_eq!(told.recv().unwrap(), (Some("three plain words".to_owned()), true));
    assert!(bench.said().contains("mode: SANDBOX") && !bench.said().contains("Opening"), "{}", bench.said());
}

fn live() -> Prospect {
    Prospect {
        mode: Mode::Live,
        name: "East Midlands, control room".to_owned(),
        operators: vec!["East Midlands (GB-DNO-11)".to_owned()],
        vtn: "https://vtn.example/openadr3/3.1.0".to_owned(),
        secured: "TLS: the authority in ca.pem vouches for the VTN".to_owned(),
    }
}

#[test]
fn what_may_move_real_assets_is_opened_only_by_who_has_read_and_ticked_it() {
    for agrees in [false, true] {
        let mut bench = Bench::open(quiet_snapshot());
        let (tell, told) = channel();
        bench.openings.next(move |person| {
            tell.send(person.agrees(live())).unwrap();
            Err("over".to_owned())
        });
        ask_for(&mut bench, trial());
        until(&mut bench, "the question", says("Open East Midlands, control room?"));
        let said = bench.said();
        for text in
            ["LIVE", "real assets may move", "East Midlands (GB-DNO-11)", "https://vtn.example", "ca.pem"]
        {
            assert!(said.contains(text), "{text} in {said}");
        }
        // Not ticked, it cannot be pressed.
        bench.click(Role::Button, "Open LIVE");
        assert!(bench.said().contains("Open East Midlands, control room?"));
        bench.click(Role::CheckBox, "This is the one that I mean");
        if agrees {
            bench.click(Role::Button, "Open LIVE");
        } else {
            bench.press(Modifiers::NONE, Key::Escape);
        }
        assert_eq!(told.recv().unwrap(), agrees);
    }
}

#[test]
fn the_emergency_stop_goes_out_over_whatever_the_opening_of_another_session_asks() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.openings.next(|person| {
        person.agrees(live());
        Err("over".to_owned())
    });
    ask_for(&mut bench, trial());
    until(&mut bench, "the question", says("Open East Midlands, control room?"));
    bench.harness.event(egui::Event::ModifiersChanged(CTRL | Modifiers::SHIFT));
    bench.harness.key_down(Key::E);
    bench.harness.run_steps(12);
    assert!(matches!(bench.commands().as_slice(), [Command::EmergencyStop { .. }]));
}

#[test]
fn a_connection_is_picked_by_its_path_and_the_last_ones_are_a_press_away() {
    let mut bench = Bench::open(quiet_snapshot());
    bench.press(CTRL, Key::O);
    let field = bench.harness.get_by_role_and_label(Role::TextInput, "Connection file");
    assert!(field.is_focused());
    field.type_text("/trial/connection.toml");
    bench.settle();
    let (opened, _end, _ended) = parts(trial(), training());
    bench.openings.next(move |_| Ok(opened));
    bench.press(Modifiers::NONE, Key::Enter);
    until(&mut bench, "the other session", says("mode: TRAINING"));
    assert_eq!(bench.openings.asked(), [trial()]);
    bench.press(CTRL, Key::Num8);
    let said = bench.said();
    for text in ["/trial/connection.toml", "rampdesk onboard", "Go back to the sandbox"] {
        assert!(said.contains(text), "{text} in {said}");
    }
    // What is open is not opened again.
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Open /trial/connection.toml").is_none());
    let (sandbox, _end, _ended) = parts(SessionChoice::Sandbox, quiet_snapshot());
    bench.openings.next(move |_| Ok(sandbox));
    bench.click(Role::Button, "Go back to the sandbox");
    until(&mut bench, "the sandbox", says("mode: SANDBOX"));
    bench.openings.next(|_| Err("it is gone".to_owned()));
    bench.click(Role::Button, "Open /trial/connection.toml");
    until(&mut bench, "the refusal", says("it is gone"));
    assert_eq!(bench.openings.asked(), [trial(), SessionChoice::Sandbox, trial()]);
}

#[test]
fn what_a_connection_does_not_have_says_so_where_it_would_be() {
    let mut bench = Bench::open(quiet_snapshot());
    ask_for(&mut bench, trial());
    let (opened, _end, _ended) = parts(trial(), training());
    bench.openings.next(move |_| Ok(opened));
    until(&mut bench, "the other session", says("mode: TRAINING"));
    bench.press(CTRL, Key::Num6);
    assert!(bench.said().contains("goes by real time and cannot be paused or hurried"), "{}", bench.said());
    bench.press(CTRL, Key::Num3);
    bench.harness.get_all_by_label("BRIGHTFLEX/BESS-07").next().unwrap().click();
    bench.settle();
    let said = bench.said();
    for text in ["It is changed where BRIGHTFLEX runs, not here", "rampdesk fleet --faults FILE"] {
        assert!(said.contains(text), "{text} in {said}");
    }
}

#[test]
fn a_first_session_that_cannot_be_opened_says_why_in_the_window_and_what_else_there_is() {
    let openings = Arc::new(Openings::default());
    let opener = Arc::clone(&openings) as Arc<dyn SessionOpener>;
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .build_eframe(|cc| ConsoleWindow::opening(&cc.egui_ctx, None, opener, trial()));
    harness.run_steps(4);
    assert!(harness.query_by_label("Opening the connection /trial/connection.toml").is_some());
    openings.next(|_| Err("/trial/connection.toml: cannot be read".to_owned()));
    let begun = Instant::now();
    while harness.query_by_label_contains("cannot be read").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing is told");
        std::thread::sleep(Duration::from_millis(5));
        harness.run_steps(4);
    }
    for button in ["Try again", "Open a connection …", "Open the sandbox"] {
        assert!(harness.query_by_role_and_label(Role::Button, button).is_some(), "{button}");
    }
    let (sandbox, _end, _ended) = parts(SessionChoice::Sandbox, quiet_snapshot());
    openings.next(move |_| Ok(sandbox));
    harness.get_by_role_and_label(Role::Button, "Open the sandbox").click();
    while harness.query_by_label_contains("mode: SANDBOX").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the sandbox never came");
        std::thread::sleep(Duration::from_millis(5));
        harness.run_steps(4);
    }
}
