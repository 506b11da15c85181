//! Every place of the window that a person can come to, with something of everything in it.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::console::ConsoleParts;
use crate::console::context::Intent;
use crate::console::plot::instant::seconds;
use crate::console::session::{Prospect, SecretWanted, SessionChoice};
use crate::console::testing::{
    Bench, Marked, NOW, Session, alarm, at, clock, exchanges, key, put_aside, signing_key, snapshot,
    unit_named, with_people, with_wind_farm,
};
use crate::console::theme::Theme;
use crate::desk;
use crate::desk::lifeline::Lifeline;
use crate::desk::rationale::AlarmKind;
use crate::desk::snapshot::{Alarm, AlarmLoad, DispatchState, Mode, Priority, Snapshot};
use crate::dispatch::availability::{Declaration, Offer, OfferRun};
use crate::dispatch::{Dispatch, ReactiveLevel, Reference};
use crate::fleet::{Availabilities, FaultSwitch, declared_days};
use crate::journal::{Entry, EntryKind, Journal};
use crate::power::{Observed, PaymentRules, Reading, score};
use crate::profile::faults::{Affliction, FspFault};
use crate::profile::fleet::FleetProfile;
use crate::time::{Rate, UtcTime};
use crate::units::{Vars, Watts};
use crate::workshop::enrolment::{Enrolled, EnrolmentsEnd, Picture, Places, connect};
use crate::workshop::library::ScenarioPlace;
use crate::workshop::live::{self, WorkshopHandle};
use crate::workshop::recording::testing::{later, recording};
use crate::workshop::rehearsal::StepOutcome;
use crate::workshop::scenario::Scenario;
use crate::workshop::timekeeper::{Pace, Standing};

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const PLAIN: Modifiers = Modifiers::NONE;

/// A window in one of the scenes, with all that must live as long.
pub struct Stage {
    pub bench: Bench,
    _registrar: EnrolmentsEnd,
    _obedience: Box<dyn Any>,
}

/// A place, and how a person comes there from the first frame.
pub struct Scene {
    pub name: &'static str,
    go: fn(&mut Bench),
}

impl Scene {
    /// A window of this many points in a set of colours, in which a person has come here.
    pub fn open(&self, theme: Theme, size: [f32; 2]) -> Stage {
        self.open_at(theme, size, 1.0)
    }

    /// The same on a screen with this many pixels in a point.
    pub fn open_at(&self, theme: Theme, size: [f32; 2], scale: f32) -> Stage {
        let switch = FaultSwitch::default();
        let obedience = Box::new(switch.obeyed_by(&"BRIGHTFLEX".parse().unwrap()));
        let fleet = FleetProfile::demo();
        let enrolled = Enrolled {
            fsp: "NEWFLEX".parse().unwrap(),
            name: "New Flex Ltd".to_owned(),
            units: 1,
            is_here: true,
        };
        let picture =
            Picture { fleet: Arc::new(fleet.clone()), enrolled: vec![enrolled], errands: BTreeMap::new() };
        let vtn = "http://127.0.0.1:8080/openadr3/3.1.0".to_owned();
        let (ours, registrar) = connect(picture, Places::new(vtn, PathBuf::from("/sandbox")));
        let session = Session {
            enrolments: Some(ours),
            availabilities: Some(Availabilities::at_rest(&fleet, at(NOW))),
            faults: Some(switch),
            workshop: None,
            trainee: None,
            drafts: None,
            fresh: false,
        };
        let mut bench = Bench::with_session(busy(), size, scale, clock(), session);
        let ctx = bench.harness.ctx.clone();
        bench.harness.state_mut().wear(&ctx, theme);
        (self.go)(&mut bench);
        bench.harness.remove_cursor();
        bench.settle();
        Stage { bench, _registrar: registrar, _obedience: obedience }
    }
}

/// All of them.
pub const SCENES: &[Scene] = &[
    Scene { name: "Board", go: |b| b.press(CTRL, Key::Num1) },
    Scene {
        name: "Board, a list",
        go: |b| {
            b.press(CTRL, Key::Num1);
            click(b, "List");
        },
    },
    Scene {
        name: "Board, one in hand",
        go: |b| {
            pick(b, "EMID-0417");
            b.press(CTRL, Key::Num1);
        },
    },
    Scene {
        name: "Board, one mismatched",
        go: |b| {
            pick(b, "EMID-0419");
            b.press(CTRL, Key::Num1);
        },
    },
    Scene { name: "Compose", go: |b| b.press(CTRL, Key::Num2) },
    Scene { name: "Compose, a draft", go: draft },
    Scene { name: "Compose, a draft with faults", go: faulty_draft },
    Scene { name: "Compose, an amendment", go: amend },
    Scene { name: "Compose, turned to zero", go: turned_to_zero },
    Scene { name: "Compose, the review", go: review },
    Scene { name: "Compose, a plan", go: |b| b.press(CTRL_SHIFT, Key::P) },
    Scene { name: "Compose, a plan worked out", go: planned },
    Scene { name: "Fleet", go: |b| b.press(CTRL, Key::Num3) },
    Scene { name: "Fleet, a unit's page", go: unit_page },
    Scene {
        name: "Fleet, availability",
        go: |b| {
            unit_page(b);
            click(b, "Change availability …");
        },
    },
    Scene {
        name: "Fleet, other physics tried",
        go: |b| {
            unit_page(b);
            click(b, "Try other physics …");
        },
    },
    Scene {
        name: "Fleet, physics that cannot be",
        go: |b| {
            unit_page(b);
            click(b, "Try other physics …");
            fill(b, "Capacity, kWh", "none");
        },
    },
    Scene {
        name: "Fleet, faults",
        go: |b| {
            unit_page(b);
            click_any(b, "Faults of BRIGHTFLEX/BESS-07");
        },
    },
    Scene {
        name: "Fleet, the register",
        go: |b| {
            b.press(CTRL, Key::Num3);
            click(b, "Import a register");
        },
    },
    Scene { name: "Delivery", go: |b| b.press(CTRL, Key::Num4) },
    Scene {
        name: "Delivery of a dispatch",
        go: |b| {
            pick(b, "EMID-0417");
            b.press(CTRL_SHIFT, Key::D);
        },
    },
    Scene { name: "Delivery, looked back on", go: looked_back },
    Scene { name: "Delivery, the list", go: delivery_list },
    Scene { name: "Messages", go: |b| b.press(CTRL, Key::Num5) },
    Scene { name: "Messages, one in hand", go: |b| message(b, "GREENLEAF") },
    Scene { name: "Messages, other systems", go: other_systems },
    Scene {
        name: "Messages, one other system",
        go: |b| {
            other_systems(b);
            for _ in 0..4 {
                b.press(PLAIN, Key::ArrowDown);
            }
        },
    },
    Scene { name: "Workshop", go: workshops },
    Scene { name: "Workshop, one that runs", go: workshop_running },
    Scene { name: "Workshop, its marks", go: workshop_marks },
    Scene { name: "Trainer's window", go: trainers_window },
    Scene {
        name: "Trainer's window, the units",
        go: |b| {
            trainers_window(b);
            b.harness.set_size(egui::vec2(640.0, 360.0));
            b.settle();
            click(b, "The units");
        },
    },
    Scene {
        name: "Trainer's window, the messages",
        go: |b| {
            trainers_window(b);
            click(b, "Messages of the FSPs");
        },
    },
    Scene { name: "Workshop, the editor", go: editor },
    Scene {
        name: "Workshop, the editor with a mistake",
        go: |b| {
            editor(b);
            with_a_mistake(b);
        },
    },
    Scene {
        name: "Workshop, the editor's text",
        go: |b| {
            editor(b);
            click(b, "Text");
        },
    },
    Scene {
        name: "Leave the editor",
        go: |b| {
            editor(b);
            with_a_mistake(b);
            click(b, "Close the editor");
        },
    },
    Scene { name: "Journal", go: |b| b.press(CTRL, Key::Num7) },
    Scene { name: "Journal, one in hand", go: journal },
    Scene { name: "Connections", go: |b| b.press(CTRL, Key::Num8) },
    Scene {
        name: "Connections, a withdrawal",
        go: |b| {
            b.press(CTRL, Key::Num8);
            click(b, "Withdraw NEWFLEX …");
        },
    },
    Scene { name: "Onboarding, who", go: |b| wizard(b, 0) },
    Scene {
        name: "Onboarding, contracts",
        go: |b| {
            wizard(b, 1);
            click(b, "Add a contract");
        },
    },
    Scene {
        name: "Onboarding, units",
        go: |b| {
            wizard(b, 2);
            click(b, "Add a unit");
        },
    },
    Scene { name: "Onboarding, access", go: |b| wizard(b, 3) },
    Scene { name: "Onboarding, review", go: |b| wizard(b, 4) },
    Scene { name: "Alarms, one in hand", go: alarm_in_hand },
    Scene {
        name: "Alarms, shelving",
        go: |b| {
            alarm_in_hand(b);
            b.press(PLAIN, Key::S);
        },
    },
    Scene { name: "Alarms, the shelf", go: |b| click_any(b, "Shelved (1)") },
    Scene { name: "Alarms, grouped", go: |b| b.press(CTRL_SHIFT, Key::G) },
    Scene { name: "Alarms, a flood", go: flood },
    Scene { name: "Alarms, folded", go: |b| b.press(CTRL, Key::L) },
    Scene { name: "Guided run", go: |b| b.press(Modifiers::SHIFT, Key::F1) },
    Scene { name: "Guided run, its end", go: guided_to_its_end },
    Scene { name: "A recording gone through again", go: replayed },
    Scene { name: "Two runs", go: compared },
    Scene { name: "Palette", go: |b| b.press(CTRL, Key::K) },
    Scene { name: "Help", go: |b| b.press(PLAIN, Key::F1) },
    Scene { name: "Menu", go: |b| click(b, "Menu") },
    Scene { name: "Outcomes", go: outcomes },
    Scene {
        name: "A question before a STOP",
        go: |b| {
            pick(b, "EMID-0417");
            b.press(CTRL_SHIFT, Key::S);
        },
    },
    Scene { name: "Leave the session", go: |b| go_to(b, trial()) },
    Scene { name: "Open a connection", go: open_connection },
    Scene { name: "Open LIVE", go: open_live },
    Scene { name: "Open with a passphrase", go: open_sealed },
    Scene { name: "Nobody signed on", go: nobody_on },
    Scene {
        name: "Sign on",
        go: |b| {
            b.publish(with_people);
            b.press(CTRL, Key::J);
            b.click(Role::RadioButton, "Ada Winter");
        },
    },
    Scene {
        name: "What went wrong",
        go: |b| {
            b.press(CTRL_SHIFT, Key::A);
            b.answer(Err("the disc is full"));
        },
    },
];

/// What a look at every scene finds, each with the colours and the scene. A scene to which a person does not come is
/// a finding too.
pub fn findings(themes: &[Theme], look: impl FnMut(&mut Bench) -> Vec<String>) -> Vec<String> {
    findings_of(&SCENES, themes, look)
}

/// The same of some scenes.
pub fn findings_of<'a>(
    scenes: &(impl IntoIterator<Item = &'a Scene> + Clone),
    themes: &[Theme],
    mut look: impl FnMut(&mut Bench) -> Vec<String>,
) -> Vec<String> {
    let mut all = Vec::new();
    for theme in themes {
        for scene in scenes.clone() {
            let found = panic::catch_unwind(AssertUnwindSafe(|| {
                let mut stage = scene.open(*theme, [1440.0, 900.0]);
                look(&mut stage.bench)
            }));
            let found = found.unwrap_or_else(|cause| {
                let words = cause.downcast_ref::<String>().map_or("it panicked", String::as_str);
                vec![format!("a person does not come here: {words}")]
            });
            all.extend(found.into_iter().map(|what| format!("{}, {}: {what}", theme.name(), scene.name)));
        }
    }
    all
}

fn trial() -> SessionChoice {
    SessionChoice::Connection("/trial/connection.toml".into())
}

fn go_to(bench: &mut Bench, choice: SessionChoice) {
    bench.harness.state_mut().ask(Intent::Open(choice));
    bench.settle();
}

/// Goes there, up to where the opener asks something in these words.
fn asked(bench: &mut Bench, words: &str) {
    go_to(bench, trial());
    click(bench, "Leave it");
    let begun = Instant::now();
    while !bench.said().contains(words) {
        assert!(begun.elapsed() < Duration::from_secs(20), "never asked: {words}");
        std::thread::sleep(Duration::from_millis(2));
        bench.settle();
    }
}

fn open_connection(bench: &mut Bench) {
    bench.harness.state_mut().remember("/control-room/east-midlands/connection.toml");
    bench.harness.state_mut().remember("/trial/connection.toml");
    bench.press(CTRL, Key::O);
}

fn open_live(bench: &mut Bench) {
    bench.openings.next(|person| {
        person.agrees(Prospect {
            mode: Mode::Live,
            name: "East Midlands, control room".to_owned(),
            operators: vec!["East Midlands (GB-DNO-11)".to_owned()],
            vtn: "https://vtn.example/openadr3/3.1.0".to_owned(),
            secured:
                "TLS: the authority in /control-room/ca.pem vouches for the VTN, and this desk shows the \
                      certificate in /control-room/desk.pem"
                    .to_owned(),
        });
        Err("the scene is over".to_owned())
    });
    asked(bench, "Open East Midlands, control room?");
}

fn open_sealed(bench: &mut Bench) {
    bench.openings.next(|person| {
        person.secret(SecretWanted {
            word: "Passphrase",
            opens: "/trial/gb-dno-11-2026.sealed.toml".to_owned(),
            before: Some("That does not open it.".to_owned()),
        });
        Err("the scene is over".to_owned())
    });
    asked(bench, "Passphrase of /trial");
}

fn nobody_on(bench: &mut Bench) {
    bench.publish(with_people);
    bench.press(CTRL, Key::Num8);
}

fn click(bench: &mut Bench, name: &str) {
    bench.harness.get_by_role_and_label(Role::Button, name).scroll_to_me();
    bench.settle();
    bench.click(Role::Button, name);
}

fn click_any(bench: &mut Bench, name: &str) {
    bench.harness.get_by_label(name).scroll_to_me();
    bench.settle();
    bench.harness.get_by_label(name).click();
    bench.settle();
}

fn pick(bench: &mut Bench, dispatch: &str) {
    bench.harness.state_mut().select(key(dispatch));
    bench.settle();
}

fn fill(bench: &mut Bench, field: &str, text: &str) {
    bench.harness.get_by_role_and_label(Role::TextInput, field).focus();
    bench.settle();
    bench.press(CTRL, Key::A);
    bench.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
    bench.settle();
    bench.press(PLAIN, Key::Tab);
}

fn draft(bench: &mut Bench) {
    bench.press(CTRL, Key::Num2);
    bench.click(Role::Link, "BRIGHTFLEX/BESS-01");
    fill(bench, "Setpoint 1 volume", "1,000");
    click(bench, "Delta");
}

/// More than the unit can give, a time that cannot be read, and a second unit's draft beside it.
fn faulty_draft(bench: &mut Bench) {
    draft(bench);
    click(bench, "Add setpoint");
    click(bench, "Add reactive");
    fill(bench, "Setpoint 1 volume", "90,000");
    fill(bench, "Setpoint 2 volume", "much");
}

fn amend(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL_SHIFT, Key::M);
    fill(bench, "Setpoint 1 volume", "1,750");
    click(bench, "Rehearse");
}

fn turned_to_zero(bench: &mut Bench) {
    bench.press(CTRL, Key::Num3);
    click_any(bench, crate::console::testing::WIND_FARM);
    click(bench, "Turn to zero");
}

fn review(bench: &mut Bench) {
    draft(bench);
    click(bench, "Review and send…");
}

fn planned(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::P);
    fill(bench, "Plan from", "18:00");
    fill(bench, "Plan to", "19:00");
    fill(bench, "Plan volume, MW", "2");
    click_any(bench, "Equal shares");
    click_any(bench, "Work it out");
    for _ in 0..500 {
        bench.harness.run_steps(1);
        if bench.harness.query_by_label("Break off").is_none() {
            return bench.settle();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no plan was worked out in 10 s");
}

/// The list is read on a thread of its own.
fn workshops(bench: &mut Bench) {
    bench.press(CTRL, Key::Num6);
    until(bench, "the scenarios are listed", |b| b.harness.query_by_label("Start Evening peak").is_some());
}

/// A copy of a workshop in the editor, with one of its faults in hand.
fn editor(bench: &mut Bench) {
    workshops(bench);
    click(bench, "Edit a copy of Evening peak with two outages and a forged stop");
    until(bench, "the editor is open", |b| b.harness.query_by_label("Close the editor").is_some());
    let fault = bench.harness.get_by(|node| {
        node.role() == Role::Slider && node.label().is_some_and(|label| label.starts_with("Trip: "))
    });
    fault.focus();
    bench.settle();
    bench.press(PLAIN, Key::Enter);
    bench.settle();
}

/// The unit of that fault is none of the fleet's.
fn with_a_mistake(bench: &mut Bench) {
    bench.harness.get_by_role_and_label(Role::TextInput, "Unit").focus();
    bench.settle();
    bench.press(PLAIN, Key::End);
    bench.harness.get_by_role_and_label(Role::TextInput, "Unit").type_text("X");
    bench.settle();
    bench.press(PLAIN, Key::Enter);
    bench.settle();
}

/// The evening peak in the place of the session, hurried by more than the machine can do.
fn workshop_running(bench: &mut Bench) {
    let scenario = Arc::new(Scenario::evening_peak().unwrap());
    let start = scenario.start;
    let (handle, end) = live::connect(scenario, Some(PathBuf::from("/data/workshops/evening-peak")));
    let said = |minutes: i64, asked: &str, said: &str| StepOutcome {
        at: start + minutes * 60,
        asked: asked.to_owned(),
        done: true,
        said: said.to_owned(),
    };
    end.story.send_modify(|story| {
        let story = Arc::make_mut(story);
        story.done.push(said(15, "Send RUN EMID-20261126-0417 revision 1 for BRIGHTFLEX/BESS-07", "sent"));
        story.told.push(said(20, "The shift leader tells the trainee", "Watch the battery at 17:00."));
        story.hidden.push(said(45, "Fault: BRIGHTFLEX: loss of comms", "on"));
    });
    let rate = |times| Rate::times(times).unwrap();
    end.clock.show(Pace { standing: Standing::Running, asked: rate(600.0), runs: rate(120.0) });
    let (desk, desk_end) = desk::connect(Snapshot { mode: Mode::Training, ..busy() });
    let session = SessionChoice::Workshop(ScenarioPlace::BuiltIn("scenarios/evening-peak.toml"));
    let parts = ConsoleParts {
        session: session.clone(),
        desk,
        clock: clock(),
        exchanges: exchanges(),
        enrolments: None,
        availabilities: None,
        faults: None,
        workshop: Some(handle),
        trainee: None,
        replay: None,
        drafts: None,
        keep: Box::new((end, desk_end)),
    };
    bench.openings.next(move |_| Ok(parts));
    bench.harness.state_mut().ask(Intent::Open(session));
    bench.settle();
    click(bench, "Leave it");
    until(bench, "the workshop is open", |b| b.harness.query_by_label("mode: TRAINING").is_some());
    workshops(bench);
}

/// The fifth workshop part of the way through, with its marks unfolded and one of them being given others.
fn workshop_marks(bench: &mut Bench) {
    open_fifth(bench);
    workshops(bench);
    bench.harness.get_by_label("Marks, for the trainer").click();
    until(bench, "the marks are reckoned up", |b| b.harness.query_by_label("Override mark 1…").is_some());
    click(bench, "Override mark 1…");
    // Where text is written a caret comes and goes.
    (0..3).for_each(|_| bench.press(PLAIN, Key::Tab));
}

/// The fifth workshop in its trainer's hands: a fault laid on, a word told and a note taken.
fn trainers_window(bench: &mut Bench) {
    let (handle, now) = open_fifth(bench);
    let backstage = handle.backstage();
    let fault = Affliction::Fsp("BRIGHTFLEX".parse().unwrap(), FspFault::LossOfComms);
    backstage.lay_on(fault, now, Some(now + 600));
    backstage.tell("Control engineer, East Midlands", "Newark is still at nothing. What now?", now);
    backstage.note("Looked at the alarm list before the unit.", now);
    let ctx = bench.harness.ctx.clone();
    bench.harness.state_mut().look_at_the_trainers_room(&ctx);
    until(bench, "the marks are reckoned up", |b| b.harness.query_by_label("Override mark 1…").is_some());
    click_any(bench, "BRIGHTFLEX/BESS-07");
}

/// Puts the fifth workshop, part of the way through, in the place of the session.
fn open_fifth(bench: &mut Bench) -> (WorkshopHandle, UtcTime) {
    let journal = tempfile::tempdir().unwrap();
    let marked = Marked::after(45, Path::new("/data/workshops/fifth"), journal.path());
    let Marked { handle, end, clock, snapshot, .. } = marked;
    let (handle, now) = (handle.with_units_at_rest(), clock.now());
    let (desk, desk_end) = desk::connect(snapshot);
    let session =
        SessionChoice::Workshop(ScenarioPlace::BuiltIn("workshops/05-acknowledged-and-did-nothing.toml"));
    let parts = ConsoleParts {
        session: session.clone(),
        desk,
        clock,
        exchanges: exchanges(),
        enrolments: None,
        availabilities: None,
        faults: None,
        workshop: Some(handle.clone()),
        trainee: None,
        replay: None,
        drafts: None,
        keep: Box::new((end, desk_end, journal)),
    };
    bench.openings.next(move |_| Ok(parts));
    bench.harness.state_mut().ask(Intent::Open(session));
    bench.settle();
    click(bench, "Leave it");
    until(bench, "the workshop is open", |b| b.harness.query_by_label("mode: TRAINING").is_some());
    (handle, now)
}

/// A recording with another run laid over it, one difference in hand.
fn compared(bench: &mut Bench) {
    bench.harness.state_mut().replay_with(recording(), Some(later().to_owned()));
    until(bench, "both are on one plot", |b| b.said().contains("Plot of two runs"));
}

fn until(bench: &mut Bench, what: &str, holds: impl Fn(&Bench) -> bool) {
    for _ in 0..1_000 {
        bench.harness.run_steps(1);
        if holds(bench) {
            return bench.settle();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it never came to this: {what}");
}

fn unit_page(bench: &mut Bench) {
    bench.press(CTRL, Key::Num3);
    click_any(bench, "BRIGHTFLEX/BESS-07");
}

fn looked_back(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL_SHIFT, Key::D);
    for _ in 0..8 {
        click(bench, "Back 1 minute");
    }
}

fn delivery_list(bench: &mut Bench) {
    bench.press(CTRL, Key::Num4);
    let shown = bench.harness.get_by(|node| {
        node.role() == Role::Button && node.label().is_some_and(|label| label.starts_with("Shown: "))
    });
    shown.click();
    bench.settle();
}

fn message(bench: &mut Bench, client: &str) {
    bench.press(CTRL, Key::Num5);
    bench.harness.get_by_role_and_label(Role::List, "Exchanges").focus();
    bench.settle();
    for _ in 0..3 {
        bench.press(PLAIN, Key::ArrowDown);
    }
    assert!(bench.said().contains(client));
}

/// By the list of all actions.
fn other_systems(bench: &mut Bench) {
    pick(bench, "EMID-0417");
    bench.press(CTRL, Key::K);
    bench.harness.get_by_role_and_label(Role::TextInput, "Find an action").type_text("other systems");
    bench.settle();
    bench.press(PLAIN, Key::Enter);
}

/// In the wizard, so many pages on.
fn wizard(bench: &mut Bench, pages: usize) {
    bench.press(CTRL, Key::Num8);
    click(bench, "Onboard an FSP …");
    let written: [&[(&str, &str)]; 3] = [
        &[
            ("Id", "NEXTFLEX"),
            ("Name, for people", "Next Flex Ltd"),
            ("Telephone of its control point", "0116 496 0100"),
        ],
        &[("Contract id", "EMID-C-2026-0300")],
        &[("Unit id", "BESS-01")],
    ];
    for page in 0..pages {
        for (field, text) in written.get(page).copied().unwrap_or_default() {
            fill(bench, field, text);
        }
        click(bench, "Next");
    }
}

fn flood(bench: &mut Bench) {
    bench.publish(|snapshot| {
        snapshot.alarm_load = AlarmLoad {
            ten_minutes: 37,
            hour: 40,
            shift: [2, 6, 32],
            counted_since: Some(at(NOW) - 3600),
            flood: Some(at(NOW) - 60),
        };
    });
}

fn alarm_in_hand(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::L);
    bench.press(PLAIN, Key::ArrowDown);
    bench.press(PLAIN, Key::ArrowDown);
    bench.press(PLAIN, Key::Enter);
}

fn guided_to_its_end(bench: &mut Bench) {
    bench.press(Modifiers::SHIFT, Key::F1);
    for _ in crate::console::guide::Step::ALL {
        click(bench, "Skip this step");
    }
}

fn replayed(bench: &mut Bench) {
    bench.harness.state_mut().replay(recording());
    bench.settle();
}

fn outcomes(bench: &mut Bench) {
    bench.press(CTRL_SHIFT, Key::A);
    bench.answer(Ok("3 acknowledged"));
    bench.press(CTRL_SHIFT, Key::A);
    bench.answer(Err("the disc is full"));
    bench.press(CTRL_SHIFT, Key::O);
}

/// Everything at once: dispatches of every kind with what they deliver, alarms of every kind, signs of life.
fn busy() -> Snapshot {
    let mut snapshot = with_wind_farm(snapshot());
    deliver(&mut snapshot);
    let mut alarms: Vec<Arc<Alarm>> = snapshot.alarms.to_vec();
    for id in 10..13 {
        let text = format!("EMID-05{id} waits for acknowledgement from BRIGHTFLEX");
        alarms.push(alarm(id, AlarmKind::Overdue, Priority::Low, &text, ("BRIGHTFLEX", None)));
    }
    snapshot.alarms = alarms.into();
    snapshot.shelved = vec![put_aside(30)].into();
    snapshot.vtn.news = heard(&[("16:30", "17:20")]);
    for fsp in &mut snapshot.fsps {
        Arc::make_mut(fsp).heard = heard(&[("16:40", "17:04"), ("17:12", "17:20")]);
    }
    for unit in &mut snapshot.units {
        let unit = Arc::make_mut(unit);
        unit.heard = heard(&[("16:40", "17:02"), ("17:13", "17:20")]);
        for minute in 0..40_i32 {
            let when = at(NOW) - 2400 + i64::from(minute) * 60;
            if unit.soc.is_some() {
                unit.charge.reported(when, 0.80 - f64::from(minute) * 0.004);
            }
            if let Some(kw) = unit.kw {
                unit.readings.push(Reading { at: seconds(when), kw: kw - f64::from(minute % 7) });
            }
        }
    }
    for unit in &mut snapshot.units {
        if unit.unit == unit_named("BRIGHTFLEX/BESS-07") {
            let unit = Arc::make_mut(unit);
            let days = declared_days(at(NOW));
            let offer = Offer { up: Watts(2_500_000), down: Watts(1_500_000) };
            let run = OfferRun { from: days.start, until: days.end, offer };
            let (operator, contract) = (unit.operator.clone(), unit.contract.clone());
            let declared = Declaration::new(operator, contract, unit.unit.clone(), at(NOW) - 60, [run]);
            unit.availability = Some(Arc::new(declared));
        }
    }
    snapshot
}

/// Signs of life from the first to the second time of each pair, and a silence between the pairs.
fn heard(times: &[(&str, &str)]) -> Lifeline {
    let on = |time: &str| at(&format!("2026-11-26T{time}:00Z"));
    let mut line = Lifeline::default();
    for (from, to) in times {
        let mut second = on(from);
        while second <= on(to) {
            line.heard(second, true, None, 10);
            second = second + 10;
        }
    }
    line
}

/// Gives the first dispatch minutes of real and reactive power, short of what was asked, and its marks.
fn deliver(snapshot: &mut Snapshot) {
    let Some(place) = snapshot.dispatches.iter().position(|d| d.key == key("EMID-0417")) else { return };
    let mut state: DispatchState = (*snapshot.dispatches[place]).clone();
    let last = Arc::make_mut(state.revisions.last_mut().unwrap());
    let mut parts = (*last.signed.dispatch).clone();
    parts.setpoints[0].reactive =
        Some(ReactiveLevel { reference: Reference::Absolute, vars: Vars(400_000), price: None });
    last.signed = Dispatch::new(parts).unwrap().sign(&signing_key("gb-dno-11-2026")).unwrap();
    let opens = at("2026-11-26T16:50:00Z");
    for minute in 1..=30_i32 {
        let when = seconds(opens + i64::from(minute) * 60);
        let kw = if minute > 20 { 2400.0 } else { 1120.0 };
        state.readings.push(Reading { at: when, kw });
        state.reactive.push(Reading { at: when, kw: 380.0 });
    }
    let unit = unit_named("BRIGHTFLEX/BESS-07");
    let Some(unit) = snapshot.units.iter().find(|u| u.unit == unit) else { return };
    let observed = Observed {
        readings: state.readings.clone(),
        acknowledged_after_s: Some(10.0),
        until: seconds(at(NOW)),
        stopped_at: None,
    };
    let marks = score(&state.in_effect(), &unit.baseline, &observed, &PaymentRules::default());
    state.score = marks.map(Arc::new);
    snapshot.dispatches[place] = Arc::new(state);
}

/// A dispatch from its intent to its acknowledgement, and the signed document of the first.
fn journal(b: &mut Bench) {
    let mut journal = Journal::in_memory().unwrap();
    let entry = |after: i64, kind, text: &str, about: Option<&str>| Entry {
        at: at(NOW) + after,
        kind,
        dispatch: about.map(|_| key("EMID-0417")),
        unit: about.map(unit_named),
        text: text.to_owned(),
        document: (kind == EntryKind::Intent)
            .then(|| "{\"dispatch_ref\":\"EMID-0417\",\"revision\":2,\"status\":\"RUN\"}".to_owned()),
    };
    let unit = Some("BRIGHTFLEX/BESS-07");
    let entries = [
        entry(-600, EntryKind::Session, "session began with http://127.0.0.1:8080/openadr3/3.1.0", None),
        entry(-600, EntryKind::Clock, "times are those of this machine's clock", None),
        entry(-599, EntryKind::Connection, "the VTN is spoken to over plain HTTP on this machine", None),
        entry(-480, EntryKind::Intent, "signed, about to be sent: EMID-0417 revision 2", unit),
        entry(-480, EntryKind::Sent, "the VTN has EMID-0417 revision 2", unit),
        entry(-471, EntryKind::Acknowledgement, "ACCEPTED by BRIGHTFLEX, every field as sent", unit),
        entry(-90, EntryKind::Alarm, "raised: NORTHGEN has not polled for 35 s", None),
        entry(-60, EntryKind::Link, "NORTHGEN's client is lost", None),
        entry(-30, EntryKind::Delivery, "EMID-0416, ended: 980.0 of 1,000.0 kWh delivered (98.0 %)", unit),
    ];
    let recorded = journal.append_all(&entries).unwrap();
    b.publish(|snapshot| snapshot.journal_tail = recorded.into_iter().map(Arc::new).collect());
    b.press(CTRL, Key::Num7);
    b.harness.get_by_label("signed, about to be sent: EMID-0417 revision 2").click();
    b.settle();
}
