//! The workspace by a person's hands.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::{BATTERY, STORE, delivering, on, snapshot_with};
use crate::console::context::{Intent, Selection, View};
use crate::console::delivery::DeliveryView;
use crate::console::plot::instant::seconds;
use crate::console::saving::Saving;
use crate::console::session::SessionChoice;
use crate::console::testing::{clock, exchanges, key, quiet_snapshot, unit_named};
use crate::console::theme::{Theme, Tokens};
use crate::desk::snapshot::Snapshot;
use crate::dispatch::{Dispatch, ReactiveLevel, Reference};
use crate::openadr::exchange::ExchangeLog;
use crate::power::Reading;
use crate::time::Clock;
use crate::units::Vars;

/// The workspace with a snapshot, and what it asked for.
struct Room {
    delivery: DeliveryView,
    snapshot: Snapshot,
    clock: Clock,
    exchanges: ExchangeLog,
    tokens: Tokens,
    selection: Selection,
    intents: Vec<Intent>,
}

/// A person at the workspace.
struct Person {
    harness: Harness<'static, Room>,
}

impl Person {
    fn at(snapshot: Snapshot, size: [f32; 2]) -> Self {
        let room = Room {
            delivery: DeliveryView::default(),
            snapshot,
            clock: clock(),
            exchanges: exchanges(),
            tokens: Tokens::of(Theme::Dark),
            selection: Selection::default(),
            intents: Vec::new(),
        };
        let harness = Harness::builder().with_size(size).with_step_dt(0.05).build_ui_state(
            |ui, room: &mut Room| {
                room.tokens.apply(ui.ctx());
                let mut view = View {
                    session: &SessionChoice::Sandbox,
                    connections: &[],
                    snapshot: &room.snapshot,
                    clock: &room.clock,
                    exchanges: &room.exchanges,
                    enrolments: None,
                    availabilities: None,
                    faults: None,
                    workshop: None,
                    trainee: None,
                    tokens: &room.tokens,
                    selection: &mut room.selection,
                    intents: &mut room.intents,
                };
                room.delivery.ui(ui, &mut view);
            },
            room,
        );
        let mut person = Self { harness };
        person.settle();
        person
    }

    fn new(snapshot: Snapshot) -> Self {
        Self::at(snapshot, [1140.0, 560.0])
    }

    fn settle(&mut self) {
        self.harness.run_steps(4);
        self.harness.check_accessibility();
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        self.settle();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    #[track_caller]
    fn assert_shows(&self, text: &str) {
        let all: Vec<String> = self
            .harness
            .query_all_by_label_contains("")
            .filter_map(|node| node.accesskit_node().label())
            .collect();
        assert!(self.shows(text), "“{text}” is not shown; there is: {all:#?}");
    }

    fn pick(&mut self, letters: &str) {
        let button = self.harness.get_by(|node| {
            node.role() == Role::Button && node.label().is_some_and(|l| l.starts_with("Shown: "))
        });
        button.click();
        self.settle();
        self.harness.get_by_role_and_label(Role::TextInput, "Find a dispatch or unit").type_text(letters);
        self.settle();
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn cursor(&self) -> String {
        let cursor = self.harness.get_by_role(Role::Slider);
        cursor.accesskit_node().label().unwrap_or_default()
    }
}

fn two() -> Snapshot {
    snapshot_with(vec![
        delivering("EMID-1", BATTERY, 2000, &[("16:50", "17:00", 1000.0), ("17:00", "17:20", 1120.0)]),
        delivering("EMID-2", STORE, 500, &[("17:00", "17:20", -200.0)]),
    ])
}

/// 400 kvar beside 2,000 kW, of which 380 were metered.
fn with_reactive() -> Snapshot {
    let mut state = delivering("EMID-1", BATTERY, 2000, &[("17:00", "17:20", 2000.0)]);
    let revision = Arc::make_mut(&mut state.revisions[0]);
    let mut parts = (*revision.signed.dispatch).clone();
    parts.setpoints[0].reactive =
        Some(ReactiveLevel { reference: Reference::Absolute, vars: Vars(400_000), price: None });
    revision.signed.dispatch = Dispatch::new(parts).unwrap();
    for minute in 1..=20 {
        state.reactive.push(Reading { at: seconds(on("17:00") + 60 * minute), kw: 380.0 });
    }
    snapshot_with(vec![state])
}

#[test]
fn reactive_power_is_told_beside_real_power_where_it_is_asked_and_not_elsewhere() {
    let person = Person::new(with_reactive());
    for words in [
        "Reactive instructed: +400.0 kvar, lagging",
        "Reactive delivered: +380.0 kvar, lagging",
        "Plot of reactive power, positive is exporting (lagging): Reactive instructed +400.0 kvar, lagging, Reactive \
         delivered +380.0 kvar, lagging",
    ] {
        person.assert_shows(words);
    }
    assert!(!Person::new(two()).shows("eactive"), "a dispatch of real power alone has no such plot");
}

#[test]
fn a_shortfall_is_told_live_with_its_energy() {
    let person = Person::new(two());
    person.assert_shows("Minute to 17:20 GMT, live");
    person.assert_shows("Delivery of EMID-1 by BRIGHTFLEX/BESS-07, minute to 17:20 GMT: instructed 2,000 kW, delivered 1,120 kW, 880 kW short");
    for figure in [
        "Instructed: 2,000.0 kW",
        "Reachable: 2,000.0 kW",
        "Delivered: 1,120.0 kW",
        "Baseline: 0.0 kW",
        "Deviation: short, −880.0 kW",
        "State of charge: 64.4 %",
        "Energy asked: 666.7 kWh",
        "Delivered of asked: 56.0 %",
        "started, rev 1: 16:56:40 GMT",
        "Missing data: 0 min",
        "short 293.3 kWh",
        "over 0.0 kWh",
        "State of charge of BRIGHTFLEX/BESS-07: from ",
        "Heartbeat of BRIGHTFLEX's client: ",
        "Heartbeat of BRIGHTFLEX/BESS-07: ",
    ] {
        person.assert_shows(figure);
    }
}

#[test]
fn the_time_cursor_goes_by_keys_and_shows_the_values_of_its_minute_until_now_is_followed_again() {
    let mut person = Person::new(two());
    assert_eq!(person.cursor(), "Time cursor: 17:20 GMT, following now");
    person.harness.get_by_role(Role::Slider).focus();
    person.settle();
    person.press(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(person.cursor(), "Time cursor: 17:19 GMT");
    for _ in 0..4 {
        person.press(Modifiers::SHIFT, Key::ArrowLeft);
    }
    person.assert_shows("Minute to 16:59 GMT");
    person.assert_shows("Instructed: 0.0 kW");
    person.assert_shows("Delivered: 1,000.0 kW");
    person.assert_shows("Deviation: off baseline, +1,000.0 kW");
    person.press(Modifiers::NONE, Key::ArrowRight);
    person.press(Modifiers::NONE, Key::ArrowRight);
    person.assert_shows("Minute to 17:01 GMT");
    person.assert_shows("Up to then 14.7 kWh short, 0.0 kWh over");
    person.press(Modifiers::NONE, Key::End);
    assert_eq!(person.cursor(), "Time cursor: 19:00 GMT");
    person.assert_shows("Delivered: not metered");
    person.press(Modifiers::NONE, Key::Escape);
    assert_eq!(person.cursor(), "Time cursor: 17:20 GMT, following now");
    person.click("Back 1 minute");
    assert_eq!(person.cursor(), "Time cursor: 17:19 GMT");
    person.click("Follow now");
    person.assert_shows("Minute to 17:20 GMT, live");
}

#[test]
fn the_present_moves_on_while_it_is_followed_and_not_while_it_is_not() {
    let mut person = Person::new(two());
    let later = |person: &mut Person, readings: &str| {
        let room = person.harness.state_mut();
        let metered = [("17:00", readings, 1500.0)];
        room.snapshot = snapshot_with(vec![delivering("EMID-1", BATTERY, 2000, &metered)]);
        room.snapshot.sequence += 1;
        room.clock = Clock::training(on(readings), crate::time::Rate::PAUSED);
        person.settle();
    };
    later(&mut person, "17:25");
    person.assert_shows("Minute to 17:25 GMT, live");
    person.assert_shows("Delivered: 1,500.0 kW");
    person.click("Back 1 minute");
    later(&mut person, "17:30");
    person.assert_shows("Minute to 17:24 GMT");
    person.click("Follow now");
    person.assert_shows("Minute to 17:30 GMT, live");
}

#[test]
fn the_cursor_can_be_dragged() {
    let mut person = Person::new(two());
    let centre = person.harness.get_by_role(Role::Slider).rect().center();
    person.harness.hover_at(centre);
    person.harness.step();
    person.harness.drag_at(centre);
    person.harness.step();
    for part in 1..=4_u8 {
        person.harness.hover_at(centre - egui::vec2(20.0 * f32::from(part), 0.0));
        person.harness.step();
    }
    person.harness.drop_at(centre - egui::vec2(80.0, 0.0));
    person.settle();
    let name = person.cursor();
    assert!(name.starts_with("Time cursor: 1") && !name.contains("following"), "{name}");
    assert!(name.as_str() < "Time cursor: 17:20", "{name}");
}

#[test]
fn the_fleet_is_summed_by_a_few_letters_and_a_dispatch_of_it_is_one_click_away() {
    let mut person = Person::new(two());
    person.pick("fleet");
    person.assert_shows("Shown: Fleet, all dispatches summed");
    person.assert_shows("Delivery of the fleet, 2 dispatches summed as change against baseline, minute to 17:20 GMT: instructed 2,500 kW, delivered 1,620 kW, 880 kW short, 0 kW over: BRIGHTFLEX 1,120 kW, COLDCHAIN 500 kW");
    person.assert_shows("Metered: 2 of 2 units");
    person.assert_shows("Heartbeat of COLDCHAIN's client");
    person.click("Show COLDCHAIN/STORE-2 · at setpoint, EMID-2");
    person.assert_shows("Delivery of EMID-2 by COLDCHAIN/STORE-2");
    assert_eq!(person.harness.state().selection.dispatch, Some(key("EMID-2")));
    assert_eq!(person.harness.state().selection.unit, Some(unit_named(STORE)));
}

#[test]
fn the_list_goes_by_arrow_keys_and_escape_leaves_what_was_shown() {
    let mut person = Person::new(two());
    person.click("Shown: EMID-1 · BRIGHTFLEX/BESS-07");
    person.press(Modifiers::NONE, Key::ArrowDown);
    person.press(Modifiers::NONE, Key::ArrowDown);
    person.press(Modifiers::NONE, Key::Enter);
    person.assert_shows("Delivery of EMID-2");
    person.click("Shown: EMID-2 · COLDCHAIN/STORE-2");
    person.press(Modifiers::NONE, Key::Escape);
    assert!(!person.shows("Find a dispatch or unit"));
    person.assert_shows("Delivery of EMID-2");
}

#[test]
fn what_is_picked_elsewhere_is_shown_here() {
    let mut person = Person::new(two());
    person.harness.state_mut().selection.dispatch = Some(key("EMID-2"));
    person.settle();
    person.assert_shows("Delivery of EMID-2");
    person.pick("fleet");
    person.settle();
    person.assert_shows("Delivery of the fleet");
    person.harness.state_mut().delivery.show_selection();
    person.settle();
    person.assert_shows("Delivery of EMID-2");
    person.harness.state_mut().selection.unit = Some(unit_named(BATTERY));
    person.settle();
    person.assert_shows("Delivery of EMID-1");
}

#[test]
fn a_unit_without_a_dispatch_says_what_to_do_next() {
    let mut person = Person::new(two());
    person.pick("bess-01");
    person.assert_shows("Power of BRIGHTFLEX/BESS-01 without a dispatch");
    person.assert_shows("BRIGHTFLEX/BESS-01 has no dispatch, so there is nothing to hold its power against.");
    person.assert_shows("Live: 0.0 kW");
    assert!(!person.shows("Instructed"), "there is nothing to hold it against");
    person.click("Compose a dispatch for it");
    let intents = std::mem::take(&mut person.harness.state_mut().intents);
    assert!(
        matches!(&intents[..], [Intent::ComposeFor(units)] if units[..] == [unit_named("BRIGHTFLEX/BESS-01")]),
        "{intents:?}"
    );
}

#[test]
fn an_empty_desk_says_what_to_do_next() {
    let person = Person::new(quiet_snapshot());
    person.assert_shows("Nothing has been dispatched");
    person.assert_shows("Compose (Ctrl+2)");
}

#[test]
fn an_unknown_unit_shows_what_was_metered_and_invents_no_score() {
    let state = delivering("EMID-7", "ELSEWHERE/UNIT-1", 2000, &[("17:00", "17:20", 900.0)]);
    let person = Person::new(snapshot_with(vec![state]));
    person.assert_shows("Delivered: 900.0 kW");
    person.assert_shows("Baseline: unknown");
    person.assert_shows("Baseline unknown: nothing is held against");
    assert!(!person.shows("Payment factor"));
}

#[test]
fn everything_is_there_on_half_the_screen_too() {
    let person = Person::at(two(), [560.0, 300.0]);
    person.assert_shows("Delivery of EMID-1");
    person.assert_shows("Shown: EMID-1");
    assert!(person.cursor().contains("following now"));
}

#[test]
fn an_export_that_fails_stays_on_the_screen_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not there").join("out.csv");
    let mut person = Person::new(two());
    let saving = Saving::asking(Box::new(move |_| Box::pin(std::future::ready(Some(path.clone())))));
    person.harness.state_mut().delivery = DeliveryView::saving_by(saving);
    person.settle();
    person.click("Export CSV");
    while person.harness.state().intents.is_empty() {
        person.settle();
    }
    let told = &person.harness.state().intents;
    assert!(
        matches!(&told[..], [Intent::Warn(text)] if text.contains("choose a folder that exists")),
        "{told:?}"
    );
}

#[test]
fn an_export_is_written_where_a_person_says_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let mut person = Person::new(two());
    let chosen = path.clone();
    let saving = Saving::asking(Box::new(move |_| Box::pin(std::future::ready(Some(chosen.clone())))));
    person.harness.state_mut().delivery = DeliveryView::saving_by(saving);
    person.settle();
    person.click("Export CSV");
    while person.harness.state().intents.is_empty() {
        person.settle();
    }
    let told = std::mem::take(&mut person.harness.state_mut().intents);
    assert!(matches!(&told[..], [Intent::Tell(text)] if text.contains("out.csv")), "{told:?}");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Mode,SANDBOX\r\n# Unit,BRIGHTFLEX/BESS-07\r\n"), "{text}");
    assert!(text.contains("\r\n2026-11-26T17:20:00Z,2026-11-26 17:20:00 GMT,2000.000,2000.000,1120.000,0.000,880.000,0.000,64.40\r\n"));
    assert!(text.contains("\r\n2026-11-26T16:51:00Z,") && text.contains("\r\n2026-11-26T19:10:00Z,"));
}

/// A workspace whose exports go to one place.
fn exporting_to(path: std::path::PathBuf) -> Person {
    let mut person = Person::new(two());
    let saving = Saving::asking(Box::new(move |_| Box::pin(std::future::ready(Some(path.clone())))));
    person.harness.state_mut().delivery = DeliveryView::saving_by(saving);
    person.settle();
    person
}

/// What a person is told of an export.
fn told(person: &mut Person, button: &str) -> Vec<Intent> {
    person.click(button);
    while person.harness.state().intents.is_empty() {
        person.settle();
    }
    std::mem::take(&mut person.harness.state_mut().intents)
}

#[test]
fn the_plot_is_exported_as_png_and_svg_of_one_unit_and_of_the_fleet() {
    let folder = tempfile::tempdir().unwrap();
    for (button, name, begins) in [
        ("Export PNG", "plot.png", b"\x89PNG\r\n\x1a\n".as_slice()),
        ("Export SVG", "plot.svg", b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg".as_slice()),
    ] {
        let path = folder.path().join(name);
        let mut person = exporting_to(path.clone());
        let mut sizes = Vec::new();
        for subject in ["EMID-1", "fleet"] {
            person.pick(subject);
            let told = told(&mut person, button);
            assert!(matches!(&told[..], [Intent::Tell(text)] if text.contains(name)), "{told:?}");
            let written = std::fs::read(&path).unwrap();
            assert!(written.starts_with(begins), "{button} of {subject}");
            sizes.push(written.len());
        }
        assert_ne!(sizes[0], sizes[1], "the one is not the other");
    }
}

/// A folder that nobody may write to: one without the right, and for a superuser one that the kernel keeps.
fn unwritable() -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let folder = tempfile::tempdir().ok()?;
    let mut rights = std::fs::metadata(folder.path()).ok()?.permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(folder.path(), rights).ok()?;
    let own = folder.path().to_owned();
    [own, "/sys".into()]
        .into_iter()
        .find(|path| {
            let tried = std::fs::File::create(path.join("tried"));
            tried.is_err_and(|fault| {
                let kind = fault.kind();
                matches!(kind, std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem)
            })
        })
        .map(|path| (folder, path))
}

#[test]
fn a_picture_for_a_folder_that_may_not_be_written_to_says_why_and_what_to_do() {
    let Some((_keep, folder)) = unwritable() else { return };
    for (button, name) in [("Export PNG", "plot.png"), ("Export SVG", "plot.svg")] {
        let mut person = exporting_to(folder.join(name));
        let told = told(&mut person, button);
        let format = button.trim_start_matches("Export ");
        assert!(
            matches!(&told[..], [Intent::Warn(text)]
                if text.starts_with(&format!("The {format} was not written to "))
                    && text.ends_with("choose a folder that you may write to, and export again.")),
            "{told:?}"
        );
    }
}
