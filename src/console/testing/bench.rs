//! A window, and the engine's end of it in the test's hands.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, LazyRenderer};

use super::{NOW, Openings, Raster, Remembered, at, clock, exchanges};
use crate::console::{ConsoleParts, ConsoleWindow, SessionChoice, SessionOpener};
use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{Outcome, Snapshot};
use crate::desk::{DeskEnd, connect};
use crate::fleet::{Availabilities, FaultSwitch};
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;
use crate::workshop::enrolment::Enrolments;
use crate::workshop::library::ScenarioPlace;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::remote::Kept;

/// A window on a fixture, and the engine's end of it in the test's hands.
pub struct Bench {
    /// The window.
    pub harness: Harness<'static, ConsoleWindow>,
    /// What desk and FSPs said to the VTN.
    pub exchanges: ExchangeLog,
    /// What other sessions it can open.
    pub openings: Arc<Openings>,
    end: Option<DeskEnd>,
    shown: Snapshot,
}

/// What a session can do beside dispatching.
#[derive(Default)]
pub struct Session {
    /// FSPs come and go.
    pub enrolments: Option<Enrolments>,
    /// It has a fleet of its own.
    pub availabilities: Option<Availabilities>,
    /// Whose faults are switched here.
    pub faults: Option<FaultSwitch>,
    /// The workshop that runs in it.
    pub workshop: Option<WorkshopHandle>,
    /// How it stands with a trainer elsewhere.
    pub trainee: Option<Kept>,
    /// Where its drafts are kept.
    pub drafts: Option<PathBuf>,
    /// Nobody has been in this window before; otherwise the guided run was offered and put aside.
    pub fresh: bool,
}

impl Bench {
    /// Opens a window of this many points at a scale, at an instant that stands still.
    pub fn new(first: Snapshot, size: [f32; 2], scale: f32) -> Self {
        Self::with_clock(first, size, scale, clock())
    }

    /// Opens a window of this many points at a scale.
    pub fn with_clock(first: Snapshot, size: [f32; 2], scale: f32, clock: Clock) -> Self {
        Self::with_enrolments(first, size, scale, clock, None)
    }

    /// Opens a window of this many points at a scale, in a session where FSPs come and go.
    pub fn with_enrolments(
        first: Snapshot,
        size: [f32; 2],
        scale: f32,
        clock: Clock,
        enrolments: Option<Enrolments>,
    ) -> Self {
        Self::with_session(first, size, scale, clock, Session { enrolments, ..Session::default() })
    }

    /// Opens a window of this many points in a session with a simulated fleet whose faults are switched there.
    pub fn with_faults(first: Snapshot, size: [f32; 2], faults: FaultSwitch) -> Self {
        Self::with_session(first, size, 1.0, clock(), Session { faults: Some(faults), ..Session::default() })
    }

    /// Opens a window of this many points at a scale, in a session that can do this.
    pub fn with_session(first: Snapshot, size: [f32; 2], scale: f32, clock: Clock, session: Session) -> Self {
        let Session { enrolments, availabilities, faults, workshop, trainee, drafts, fresh } = session;
        let (desk, end) = connect(first.clone());
        let parts = ConsoleParts {
            session: match &workshop {
                None if trainee.is_some() => SessionChoice::Trainee("/handed/over".into()),
                Some(_) => SessionChoice::Workshop(ScenarioPlace::BuiltIn("scenarios/evening-peak.toml")),
                None => SessionChoice::Sandbox,
            },
            desk,
            clock,
            exchanges: exchanges(),
            enrolments,
            availabilities,
            faults,
            workshop,
            trainee,
            replay: None,
            drafts,
            keep: Box::new(()),
        };
        let mut bench = Self::on(parts, first, size, scale, fresh);
        bench.end = Some(end);
        bench
    }

    /// Opens a window on a session whose engine is not in the test's hands.
    pub fn on(parts: ConsoleParts, shown: Snapshot, size: [f32; 2], scale: f32, fresh: bool) -> Self {
        let exchanges = parts.exchanges.clone();
        let openings = Arc::new(Openings::default());
        let opener = Arc::clone(&openings) as Arc<dyn SessionOpener>;
        let harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(scale)
            .with_step_dt(0.25)
            .renderer(LazyRenderer::new(Raster::default))
            .build_eframe(|cc| {
                let remembered = (!fresh).then(Remembered::with_the_guide_skipped);
                let storage = remembered.as_ref().map(|r| r as &dyn eframe::Storage);
                ConsoleWindow::showing(&cc.egui_ctx, storage, opener, parts)
            });
        let mut bench = Self { harness, exchanges, openings, end: None, shown };
        bench.settle();
        bench
    }

    /// At 1280×720.
    pub fn open(first: Snapshot) -> Self {
        Self::new(first, [1280.0, 720.0], 1.0)
    }

    /// Lets a few frames pass.
    pub fn settle(&mut self) {
        self.harness.run_steps(4);
    }

    fn take(&mut self) -> Vec<(CommandNumber, Command)> {
        let Some(end) = &mut self.end else { return Vec::new() };
        std::iter::from_fn(|| end.commands.try_recv().ok()).collect()
    }

    /// The engine ends.
    pub fn end_engine(&mut self) {
        self.end = None;
    }

    /// The commands given since the last look.
    pub fn commands(&mut self) -> Vec<Command> {
        self.take().into_iter().map(|(_, command)| command).collect()
    }

    /// Publishes a changed snapshot.
    pub fn publish(&mut self, change: impl FnOnce(&mut Snapshot)) {
        change(&mut self.shown);
        self.shown.sequence += 1;
        if let Some(end) = &self.end {
            end.publish(self.shown.clone());
        }
        self.settle();
    }

    /// Answers every command that waits, with the same result.
    pub fn answer(&mut self, result: Result<&str, &str>) {
        let asked = self.take();
        self.publish(|snapshot| {
            for (command, what) in asked {
                snapshot.outcomes.push(Arc::new(Outcome {
                    command,
                    asked: what.words(),
                    at: at(NOW),
                    result: result.map(str::to_owned).map_err(str::to_owned),
                }));
            }
        });
    }

    /// Presses keys.
    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Clicks a thing of this role and name; what that put into the clipboard.
    pub fn click(&mut self, role: Role, name: &str) -> Option<String> {
        self.harness.get_by_role_and_label(role, name).click();
        self.copied()
    }

    /// Lets a few frames pass; what they put into the clipboard.
    pub fn copied(&mut self) -> Option<String> {
        let mut copied = None;
        for _ in 0..4 {
            self.harness.step();
            for command in &self.harness.output().platform_output.commands {
                if let egui::OutputCommand::CopyText(text) = command {
                    copied = Some(text.clone());
                }
            }
        }
        copied
    }

    /// How long the window would sleep if nothing came.
    pub fn sleeps(&self) -> Duration {
        self.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay
    }

    /// Everything that a screen reader could say of the window.
    pub fn said(&self) -> String {
        let everything = self.harness.get_all_by(|_| true);
        everything
            .flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()])
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
    }
}
