//! One dispatch from the first click to the level delivered, by a person's hands on the console and with everything
//! real behind it: the sandbox's VTN with its file, HTTP over TCP, the simulated fleet. Only time is hurried.

#![cfg(feature = "console")]
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use rampdesk::console::{App, ConsoleParts, SessionChoice};
use rampdesk::desk::DeskHandle;
use rampdesk::desk::snapshot::{DispatchState, LinkState, Phase};
use rampdesk::dispatch::{Comparison, Reference, Stage, Status};
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::time::{Clock, Rate, UtcTime};
use rampdesk::workshop::sandbox::{Sandbox, SandboxConfig};

const UNIT: &str = "BRIGHTFLEX/BESS-11";

/// The console on a running sandbox whose clock stands still unless the test lets it run.
struct Room {
    runtime: tokio::runtime::Runtime,
    sandbox: Option<Sandbox>,
    desk: DeskHandle,
    clock: Clock,
    harness: Harness<'static, App>,
    _folder: tempfile::TempDir,
}

impl Room {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let origin: UtcTime = "2026-11-26T16:58:30Z".parse().unwrap();
        let clock = runtime.block_on(async { Clock::training(origin, Rate::times(20.0).unwrap()) });
        let config = SandboxConfig {
            folder: folder.path().join("sandbox"),
            fleet: FleetProfile::demo(),
            clock: clock.clone(),
        };
        let sandbox = runtime.block_on(Sandbox::open(config)).unwrap();
        let desk = sandbox.desk();
        let parts = ConsoleParts {
            session: SessionChoice::Sandbox,
            desk: sandbox.desk(),
            clock: sandbox.clock(),
            exchanges: sandbox.exchanges(),
            enrolments: Some(sandbox.enrolments()),
            availabilities: Some(sandbox.availabilities()),
            faults: Some(sandbox.faults()),
            workshop: None,
            trainee: None,
            replay: None,
            drafts: None,
            keep: Box::new(()),
        };
        let harness = Harness::builder()
            .with_size([1280.0, 720.0])
            .with_step_dt(0.05)
            .build_eframe(|cc| App::new(&cc.egui_ctx, None, parts));
        let mut room = Self { runtime, sandbox: Some(sandbox), desk, clock, harness, _folder: folder };
        room.until("every FSP polls", |desk| {
            let snapshot = desk.snapshot();
            snapshot.vtn.state == LinkState::Live && snapshot.fsps.iter().all(|f| f.client == LinkState::Live)
        });
        room.let_time_run(0.0);
        room
    }

    fn let_time_run(&self, times: f64) {
        assert!(self.clock.set_rate(Rate::times(times).unwrap()));
    }

    fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    /// Draws frames until the engine has come to something.
    fn until(&mut self, what: &str, holds: impl Fn(&DeskHandle) -> bool) {
        let begun = Instant::now();
        while !holds(&self.desk) {
            self.harness.step();
            std::thread::sleep(Duration::from_millis(10));
            assert!(begun.elapsed() < Duration::from_secs(90), "it never came to this: {what}");
        }
        self.settle();
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.settle();
    }

    fn fill(&mut self, field: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, field).focus();
        self.settle();
        self.key(Modifiers::COMMAND, Key::A);
        self.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        self.settle();
        self.key(Modifiers::NONE, Key::Tab);
    }

    fn held(&self, field: &str) -> String {
        self.harness.get_by_role_and_label(Role::TextInput, field).value().unwrap_or_default()
    }

    fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    /// The handle of a setpoint on the time line.
    fn handle(&self, named: &str) -> egui::Pos2 {
        let handles = self.harness.query_all_by_role(Role::Slider);
        let handle =
            handles.into_iter().find(|n| n.accesskit_node().label().is_some_and(|l| l.starts_with(named)));
        handle.unwrap().rect().center()
    }

    fn dispatch(&self, dispatch_ref: &str) -> Option<DispatchState> {
        let snapshot = self.desk.snapshot();
        let found = snapshot.dispatches.iter().find(|d| d.key.dispatch_ref.as_str() == dispatch_ref);
        found.map(|d| d.as_ref().clone())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.let_time_run(1.0);
        if let Some(sandbox) = self.sandbox.take() {
            self.runtime.block_on(sandbox.close());
        }
    }
}

fn phase_of(desk: &DeskHandle, dispatch_ref: &str) -> Option<Phase> {
    let snapshot = desk.snapshot();
    snapshot.dispatches.iter().find(|d| d.key.dispatch_ref.as_str() == dispatch_ref).map(|d| d.phase)
}

#[test]
fn what_is_drawn_up_is_sent_acknowledged_and_delivered_and_every_view_says_so() {
    let mut room = Room::open();
    let dispatch_ref = draw_up(&mut room);
    let kilowatts = drag_the_level_down(&mut room);
    send(&mut room);

    room.let_time_run(30.0);
    let awaited = dispatch_ref.clone();
    room.until("at setpoint", move |desk| phase_of(desk, &awaited) == Some(Phase::AtSetpoint));
    engine_holds_what_was_drawn(&room, &dispatch_ref, kilowatts);

    room.key(Modifiers::COMMAND, Key::Num1);
    assert!(room.shows(&dispatch_ref), "Board shows the dispatch");
    let said = room.harness.query_all_by_label_contains(&dispatch_ref);
    let said: Vec<_> = said.filter_map(|n| n.accesskit_node().label()).collect();
    assert!(said.iter().any(|l| l.contains("at setpoint")), "Board says where it stands: {said:?}");

    let unit_delivers = move |desk: &DeskHandle| {
        let snapshot = desk.snapshot();
        let unit = snapshot.units.iter().find(|u| u.unit.to_string() == UNIT);
        unit.and_then(|u| u.kw).is_some_and(|kw| (kw - kilowatts).abs() < 0.5)
    };
    room.until("the meter reads the level", unit_delivers);
    room.let_time_run(0.0);
    room.key(Modifiers::COMMAND, Key::Num4);
    assert!(room.shows(&dispatch_ref), "Delivery shows the same dispatch");
}

fn draw_up(room: &mut Room) -> String {
    room.key(Modifiers::COMMAND, Key::Num2);
    room.harness.get_by_role_and_label(Role::TextInput, "Find a unit").focus();
    room.settle();
    room.harness.get_by_role_and_label(Role::TextInput, "Find a unit").type_text("BESS-11");
    room.settle();
    room.click(Role::Link, UNIT);
    room.click(Role::Button, "RUN_NOW");
    let start = room.clock.now() + 60;
    let start = (start + 60 - start.unix().rem_euclid(60)).to_string()[11..16].to_owned();
    room.fill("Window start", &start);
    room.fill("Window end", "17:30");
    room.fill("Setpoint 1 time", &start);
    room.fill("Setpoint 1 volume", "400");
    room.click(Role::Button, "Delta");
    room.held("Reference")
}

/// Drags the handle and answers with the volume that the table shows then, kW.
fn drag_the_level_down(room: &mut Room) -> f64 {
    let at = room.handle("Setpoint 1");
    room.harness.hover_at(at);
    room.harness.step();
    room.harness.drag_at(at);
    room.harness.step();
    for step in 1..=6_u8 {
        room.harness.hover_at(at + egui::vec2(0.0, 5.0 * f32::from(step)));
        room.harness.step();
    }
    room.harness.drop_at(at + egui::vec2(0.0, 30.0));
    room.settle();
    let kilowatts: f64 = room.held("Setpoint 1 volume").parse().unwrap();
    assert!(kilowatts > 0.0 && kilowatts < 400.0, "the table follows the hand: {kilowatts} kW");
    kilowatts
}

fn send(room: &mut Room) {
    room.click(Role::Button, "Review and send…");
    room.click(Role::CheckBox, "Arm: I have read what will be sent");
    room.click(Role::Button, "Send now");
}

fn engine_holds_what_was_drawn(room: &Room, dispatch_ref: &str, kilowatts: f64) {
    let state = room.dispatch(dispatch_ref).unwrap();
    let sent = state.dispatch().unwrap();
    assert_eq!(sent.unit.to_string(), UNIT);
    assert_eq!(sent.status, Status::RunNow);
    assert_eq!(sent.service_end, "2026-11-26T17:30:00Z".parse().unwrap());
    let [setpoint] = &sent.setpoints[..] else { panic!("{:?}", sent.setpoints) };
    assert_eq!(setpoint.at, sent.service_start);
    let level = setpoint.real.unwrap();
    assert_eq!(level.reference, Reference::Delta);
    assert!((level.watts.kilowatts() - kilowatts).abs() < 1e-9, "{level:?}");
    let stages: Vec<Stage> = state.ladder.iter().map(|rung| rung.stage).collect();
    for stage in [Stage::Received, Stage::Accepted, Stage::Started, Stage::AtSetpoint] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
    assert!(state.ladder.iter().all(|rung| rung.signature.is_ok()), "{:?}", state.ladder);
    let readback = state.readback.unwrap();
    assert!(
        !readback.is_empty() && readback.iter().all(|f| f.comparison == Comparison::Matched),
        "{readback:?}"
    );
}
