//! Compose as a person uses it: by the names of things, with keyboard and pointer.

mod approving;
mod editing;
mod kept;
mod mending;
mod planning;
mod rehearsing;
mod sending;
mod templates;
mod zero;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};

use super::ComposeView;
use crate::console::context::{Intent, Selection, View};
use crate::console::session::SessionChoice;
use crate::console::testing::{clock, exchanges, quiet_snapshot, unit_named};
use crate::console::theme::{Theme, Tokens};
use crate::desk::snapshot::Snapshot;
use crate::dispatch::DispatchKey;
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;

/// The workspace with a snapshot, and what it asked for.
struct Room {
    compose: ComposeView,
    snapshot: Snapshot,
    clock: Clock,
    exchanges: ExchangeLog,
    tokens: Tokens,
    selection: Selection,
    intents: Vec<Intent>,
}

impl Room {
    fn with<R>(&mut self, act: impl FnOnce(&mut ComposeView, &mut View<'_>) -> R) -> R {
        let mut view = View {
            session: &SessionChoice::Sandbox,
            connections: &[],
            snapshot: &self.snapshot,
            clock: &self.clock,
            exchanges: &self.exchanges,
            enrolments: None,
            availabilities: None,
            faults: None,
            workshop: None,
            trainee: None,
            tokens: &self.tokens,
            selection: &mut self.selection,
            intents: &mut self.intents,
        };
        act(&mut self.compose, &mut view)
    }
}

/// A person at the workspace.
struct Desk {
    harness: Harness<'static, Room>,
}

impl Desk {
    fn new(snapshot: Snapshot) -> Self {
        let room = Room {
            compose: ComposeView::default(),
            snapshot,
            clock: clock(),
            exchanges: exchanges(),
            tokens: Tokens::of(Theme::Dark),
            selection: Selection::default(),
            intents: Vec::new(),
        };
        let harness = Harness::builder().with_size([1280.0, 720.0]).with_step_dt(0.05).build_ui_state(
            |ui, room: &mut Room| {
                room.tokens.apply(ui.ctx());
                room.with(|compose, view| compose.ui(ui, view));
            },
            room,
        );
        let mut desk = Self { harness };
        desk.settle();
        desk
    }

    /// With a draft for one unit, nothing of it filled in.
    fn drawing_up(unit: &str) -> Self {
        let mut desk = Self::new(quiet_snapshot());
        let units = unit.split(' ').map(unit_named).collect();
        desk.harness.state_mut().with(|compose, view| compose.begin(view, units));
        desk.settle();
        desk
    }

    /// With a draft that asks one level against baseline, good to be sent.
    fn drawn_up(unit: &str, volume: &str) -> Self {
        let mut desk = Self::drawing_up(unit);
        desk.fill("Setpoint 1 volume", volume);
        desk.click(Role::Button, "Delta");
        desk
    }

    fn amending(snapshot: Snapshot, key: &DispatchKey) -> Self {
        let mut desk = Self::new(snapshot);
        desk.harness.state_mut().with(|compose, view| compose.amend(view, key));
        desk.settle();
        desk
    }

    fn settle(&mut self) {
        self.harness.run_steps(4);
        self.harness.check_accessibility();
    }

    fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.settle();
    }

    /// Types over what a field holds and goes on to the next.
    fn fill(&mut self, field: &str, text: &str) {
        self.type_into(field, text);
        self.press(egui::Modifiers::NONE, egui::Key::Tab);
    }

    /// Types over what a field holds and stays in it.
    fn type_into(&mut self, field: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, field).focus();
        self.settle();
        self.press(egui::Modifiers::COMMAND, egui::Key::A);
        self.harness.get_by_role_and_label(Role::TextInput, field).type_text(text);
        self.settle();
    }

    fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn text_of(&self, field: &str) -> String {
        self.harness.get_by_role_and_label(Role::TextInput, field).value().unwrap_or_default()
    }

    /// The names of the handles of levels, in order.
    fn handles(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .harness
            .query_all_by_role(Role::Slider)
            .filter_map(|node| node.accesskit_node().label())
            .filter(|name| name.starts_with("Setpoint"))
            .collect();
        names.sort();
        names
    }

    fn shows(&self, text: &str) -> bool {
        self.harness.query_all_by_label_contains(text).next().is_some()
    }

    fn can_send(&self) -> bool {
        !self.harness.get_by_role_and_label(Role::Button, "Review and send…").accesskit_node().is_disabled()
    }

    fn is_disabled(&self, label: &str) -> bool {
        self.harness.get_by_label(label).accesskit_node().is_disabled()
    }

    fn intents(&mut self) -> Vec<Intent> {
        std::mem::take(&mut self.harness.state_mut().intents)
    }
}
