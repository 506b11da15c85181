//! What a trainee would be told of a workshop before its time: their whole window is read, in every workspace, before and after
//! faults begin, and held against the scenario's own words. The trainer's window is read in the same way, and has them all.

use std::cell::RefCell;
use std::path::Path;

use egui::accesskit::{Role, TreeUpdate};
use egui::{Context, Key, Modifiers, RawInput, Rect, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokio::runtime::Runtime;

use crate::console::session::SessionChoice;
use crate::console::settings::Settings;
use crate::console::testing::Bench;
use crate::console::{App, ConsoleParts};
use crate::profile::faults::{Affliction, FspFault, UnitFault};
use crate::time::{Clock, Rate};
use crate::workshop::library::ScenarioPlace;
use crate::workshop::live::{Workshop, WorkshopConfig};
use crate::workshop::offset::Offset;
use crate::workshop::scenario::{Action, Scenario, Step};
use crate::workshop::testing::act;
use crate::workshop::timekeeper::ClockOrder;

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const WORKSPACES: [Key; 8] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];

thread_local! {
    /// Everything that a screen reader could say of the second windows of the last frame.
    static BESIDE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Draws every second window of this thread by itself, as a system with several windows does.
fn with_second_windows(bench: &Bench) {
    bench.harness.ctx.set_embed_viewports(false);
    let beside = Context::default();
    App::dress(&beside, &Settings::default());
    beside.enable_accesskit();
    Context::set_immediate_viewport_renderer(move |_, mut viewport| {
        let screen_rect = Some(Rect::from_min_max(pos2(0.0, 0.0), pos2(1440.0, 4000.0)));
        let mut output = beside.run_ui(RawInput { screen_rect, ..RawInput::default() }, |ui| {
            (viewport.viewport_ui_cb)(ui);
        });
        output.textures_delta.clear();
        let said = output.platform_output.accesskit_update.as_ref().map(text_of).unwrap_or_default();
        BESIDE.with_borrow_mut(|beside| *beside = said);
    });
}

fn text_of(update: &TreeUpdate) -> String {
    let texts = update.nodes.iter().flat_map(|(_, node)| {
        [node.label(), node.value(), node.description()].map(|text| text.map(str::to_owned))
    });
    texts.flatten().collect::<Vec<_>>().join("\n")
}

/// A workshop with its trainer's window open, in virtual time.
struct Room {
    scenario: Scenario,
    workshop: Option<Workshop>,
    bench: Bench,
    runtime: Runtime,
}

impl Room {
    fn open(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/workshops").join(file);
        let scenario = Scenario::from_file(&path).unwrap();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let within = runtime.enter();
        let config = WorkshopConfig {
            scenario: scenario.clone(),
            folder: None,
            opened: Clock::real().now(),
            away: None,
        };
        let workshop = Workshop::open(config).unwrap();
        let parts = ConsoleParts {
            session: SessionChoice::Workshop(ScenarioPlace::File(path)),
            desk: workshop.desk(),
            clock: workshop.clock(),
            exchanges: workshop.exchanges(),
            enrolments: None,
            availabilities: None,
            faults: None,
            workshop: Some(workshop.handle()),
            trainee: None,
            replay: None,
            drafts: None,
            keep: Box::new(()),
        };
        let shown = (*workshop.desk().snapshot()).clone();
        let mut bench = Bench::on(parts, shown, [1440.0, 1000.0], 1.0, false);
        with_second_windows(&bench);
        bench.press(CTRL_SHIFT, Key::T);
        drop(within);
        Self { scenario, workshop: Some(workshop), bench, runtime }
    }

    fn workshop(&self) -> &Workshop {
        self.workshop.as_ref().unwrap()
    }

    /// Lives on to an instant, with what the perfect trainee does on the way.
    fn live_to(&mut self, at: Offset) {
        let (clock, mut desk) = (self.workshop().clock(), self.workshop().desk());
        let control = self.workshop().handle().control().clone();
        let (scenario, start) = (&self.scenario, self.scenario.start);
        let trainee = scenario.exercise.as_ref().map(|exercise| exercise.trainee.as_slice());
        let now = clock.now();
        let due = |step: &&Step| (now..at.after(start)).contains(&step.at.after(start));
        let steps: Vec<&Step> = trainee.unwrap_or_default().iter().filter(due).collect();
        self.runtime.block_on(async {
            control.order(ClockOrder::Run(Rate::times(600.0).unwrap()));
            for step in steps {
                clock.sleep_until(step.at.after(start)).await;
                act(step, scenario, &clock, &mut desk).await;
            }
            clock.sleep_until(at.after(start)).await;
            control.order(ClockOrder::Pause);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        });
    }

    /// Everything that can be read in the trainee's window: every workspace, with the page of every unit that a fault is of, with
    /// what is asked by keys, with the palette and with F1.
    fn trainees(&mut self) -> String {
        let within = self.runtime.enter();
        let (bench, mut read) = (&mut self.bench, String::new());
        bench.settle();
        for workspace in WORKSPACES {
            bench.press(CTRL, workspace);
            read += &everything(bench);
            bench.press(Modifiers::NONE, Key::F1);
            read += &everything(bench);
            bench.press(Modifiers::NONE, Key::F1);
        }
        for affliction in self.scenario.steps.iter().filter_map(affliction) {
            let Affliction::Unit(unit, _) = affliction else { continue };
            bench.press(CTRL, Key::Num3);
            if let Some(row) = bench.harness.query_all_by_label(&unit.to_string()).next() {
                row.click();
            }
            bench.settle();
            read += &everything(bench);
        }
        for (modifiers, key) in [
            (CTRL, Key::K),
            (Modifiers::NONE, Key::Escape),
            (Modifiers::SHIFT, Key::F8),
            (CTRL_SHIFT, Key::T),
        ] {
            bench.press(modifiers, key);
            read += &everything(bench);
        }
        drop(within);
        read
    }

    /// Everything that can be read in the trainer's.
    fn trainers(&mut self) -> String {
        let within = self.runtime.enter();
        self.bench.settle();
        drop(within);
        BESIDE.with_borrow(Clone::clone)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(workshop) = self.workshop.take() {
            drop(self.runtime.block_on(workshop.close()));
        }
    }
}

fn everything(bench: &Bench) -> String {
    let all = bench.harness.root().children_recursive();
    let texts = all.flat_map(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value(), node.description()]
    });
    texts.flatten().map(|text| text + "\n").collect()
}

fn affliction(step: &Step) -> Option<&Affliction> {
    match &step.action {
        Action::Fault { affliction, .. } => Some(affliction),
        _ => None,
    }
}

fn seen(affliction: &Affliction) -> &'static str {
    match affliction {
        Affliction::Unit(_, fault) => fault.seen(),
        Affliction::Fsp(_, fault) => fault.seen(),
    }
}

/// What a trainee must not read at an instant: whatever is to come, and whatever is hidden to the end.
fn secrets(scenario: &Scenario, file: &str, at: Offset) -> Vec<String> {
    let mut words = vec![scenario.name.clone(), scenario.about.clone(), file.to_owned()];
    for step in &scenario.steps {
        match &step.action {
            Action::Fault { affliction, .. } => {
                words.extend([affliction.words(), seen(affliction).to_owned(), "Fault:".to_owned()]);
            }
            Action::Note { text } => words.push(text.clone()),
            Action::Tell { text, .. } if step.at > at => words.push(text.clone()),
            _ => {}
        }
        words.extend((step.at > at).then(|| step.at.to_string()));
    }
    if let Some(exercise) = &scenario.exercise {
        words.extend([exercise.aim.clone(), exercise.prior.clone()]);
        words.extend(exercise.point_out.iter().chain(&exercise.questions).cloned());
        words.extend(exercise.marks.iter().map(|rule| rule.words.clone()));
    }
    words.extend(
        ["The truth of every unit", "Simulated faults", "\ndue in ", "To the trainer"].map(str::to_owned),
    );
    words
}

/// Those of them that a text holds.
fn leaks(secrets: &[String], text: &str) -> Vec<String> {
    secrets.iter().filter(|secret| text.contains(secret.as_str())).cloned().collect()
}

fn nothing_leaks(file: &str, instants: &[&str]) {
    let mut room = Room::open(file);
    for instant in instants {
        let at: Offset = instant.parse().unwrap();
        room.live_to(at);
        let secrets = secrets(&room.scenario, file, at);
        let read = room.trainees();
        assert!(read.contains("The trainer has it in hand"), "{file} at {at}: this is no trainee's window");
        assert_eq!(leaks(&secrets, &read), Vec::<String>::new(), "{file} at {at}");
        // The same reading finds them where they are.
        let trainers = room.trainers();
        let found = leaks(&secrets, &trainers);
        let missed = |step: &&Step| step.at > at && !found.contains(&step.at.to_string());
        let missed: Vec<&Step> = room.scenario.steps.iter().filter(missed).collect();
        assert!(missed.is_empty(), "{file} at {at}, the trainer is not told of {missed:?}: {trainers}");
        for secret in [&room.scenario.about, &room.scenario.exercise.as_ref().unwrap().aim] {
            assert!(found.contains(secret), "{file} at {at}: {secret} is not in {trainers}");
        }
    }
}

#[test]
fn a_trainees_window_tells_nothing_of_two_outages_and_a_forged_stop() {
    nothing_leaks("10-evening-peak.toml", &["T+00:01", "T+01:14", "T+01:16", "T+01:33", "T+01:50"]);
}

#[test]
fn a_trainees_window_tells_nothing_of_a_unit_that_goes_the_other_way() {
    nothing_leaks("03-turned-down-for-up.toml", &["T+00:01", "T+00:40"]);
}

#[test]
fn a_trainees_window_tells_nothing_of_an_engine_that_accepts_and_does_nothing() {
    nothing_leaks("05-acknowledged-and-did-nothing.toml", &["T+00:01", "T+00:50"]);
}

#[test]
fn a_trainees_window_tells_nothing_of_a_signature_that_covers_only_the_id() {
    nothing_leaks("09-signature-of-the-id.toml", &["T+00:01", "T+00:50"]);
}

/// What a trainer does by hand in front of the class is as hidden as what the file says.
#[test]
fn a_fault_laid_on_by_hand_stands_in_the_trainers_window_and_not_in_the_trainees() {
    let mut room = Room::open("01-first-dispatch.toml");
    room.live_to("T+00:05".parse().unwrap());
    let backstage = room.workshop().handle().backstage().clone();
    let now = room.workshop().clock().now();
    let by_hand = [
        Affliction::Unit("BRIGHTFLEX/BESS-07".parse().unwrap(), UnitFault::WrongDirection),
        Affliction::Fsp("TRENTGEN".parse().unwrap(), FspFault::Reordered),
    ];
    by_hand.iter().for_each(|affliction| backstage.lay_on(affliction.clone(), now, None));
    backstage.note("Watch who calls whom.", now);
    backstage.tell("Shift leader", "Look at the ring.", now);
    room.live_to("T+00:07".parse().unwrap());
    let mut secrets: Vec<String> = by_hand.iter().map(Affliction::words).collect();
    secrets.push("Watch who calls whom.".to_owned());
    let (trainees, trainers) = (room.trainees(), room.trainers());
    assert_eq!(leaks(&secrets, &trainees), Vec::<String>::new());
    assert_eq!(leaks(&secrets, &trainers), secrets);
    assert!(trainees.contains("Look at the ring."), "what is said to a trainee is for them");
}

/// Else the trainee could look up what is to come by setting the clock, or leave the workshop in the middle of it.
#[test]
fn a_trainees_window_sets_no_clock_and_closes_no_window_of_the_trainer() {
    let mut room = Room::open("01-first-dispatch.toml");
    let handle = room.workshop().handle();
    let stood = room.workshop().clock().now();
    let within = room.runtime.enter();
    for (modifiers, key) in [
        (Modifiers::NONE, Key::F8),
        (Modifiers::NONE, Key::Space),
        (Modifiers::SHIFT, Key::F8),
        (Modifiers::NONE, Key::F9),
        (CTRL_SHIFT, Key::T),
    ] {
        room.bench.press(modifiers, key);
    }
    assert!(handle.is_attended());
    room.bench.press(CTRL, Key::K);
    for name in ["Take the clock 1 minute on", "Open the trainer's window of a workshop, or close it"] {
        assert!(room.bench.harness.query_by_role_and_label(Role::Button, name).is_none(), "{name}");
    }
    room.bench.harness.get_by_role_and_label(Role::Button, "Show the Board");
    drop(within);
    room.runtime.block_on(async { tokio::time::sleep(std::time::Duration::from_secs(2)).await });
    assert_eq!(room.workshop().clock().now(), stood);
}
