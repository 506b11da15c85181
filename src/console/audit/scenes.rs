//! Every place of the window that a person can come to, with something of everything in it.

mod filled;
mod ways;
mod workshops;

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

use filled::{busy, journal};
use ways::{
    alarm_in_hand, amend, click, click_any, delivery_list, draft, faulty_draft, fill, flood, go_to,
    guided_to_its_end, looked_back, message, nobody_on, open_connection, open_live, open_sealed,
    other_systems, outcomes, pick, planned, replayed, review, trial, turned_to_zero, unit_page, until,
    wizard,
};
use workshops::{
    compared, editor, trainers_window, with_a_mistake, workshop_marks, workshop_running, workshops,
};

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
