//! The frame around the workspaces: what is always on the screen, and where everything a view asks for is done.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use egui::{CentralPanel, Frame, Panel};

use super::ConsoleParts;
use super::action::Action;
use super::board::BoardView;
use super::compose::ComposeView;
use super::connections::ConnectionsView;
use super::context::{Intent, Selection, View, Workspace};
use super::delivery::DeliveryView;
use super::fleet::FleetView;
use super::messages::MessagesView;
use super::settings::Settings;
use super::theme::{Theme, Tokens};
use super::wake::Wake;
use super::{journal, rail, workshop};
use crate::desk::DeskHandle;
use crate::desk::snapshot::Snapshot;
use crate::openadr::exchange::ExchangeLog;
use crate::time::Clock;

/// The window's contents.
pub struct App {
    desk: DeskHandle,
    clock: Clock,
    exchanges: ExchangeLog,
    snapshot: Arc<Snapshot>,
    settings: Settings,
    tokens: Tokens,
    selection: Selection,
    intents: Vec<Intent>,
    workspaces: Workspaces,
    _wake: Option<Wake>,
    // Last, so that the engine is dropped after all that looks at it.
    _keep: Box<dyn Any>,
}

#[derive(Default)]
struct Workspaces {
    board: BoardView,
    compose: ComposeView,
    fleet: FleetView,
    delivery: DeliveryView,
    messages: MessagesView,
    connections: ConnectionsView,
}

impl App {
    /// Makes the contents, with what the last session left in `storage`.
    pub fn new(ctx: &egui::Context, storage: Option<&dyn eframe::Storage>, parts: ConsoleParts) -> Self {
        egui_material_icons::initialize(ctx);
        let settings = Settings::load(storage);
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        ctx.set_zoom_factor(settings.zoom);
        let tokens = Tokens::of(settings.theme);
        tokens.apply(ctx);
        let wake = Wake::start(parts.desk.clone(), ctx.clone())
            .inspect_err(|e| tracing::warn!("the window will only be refreshed once a second: {e}"))
            .ok();
        Self {
            snapshot: parts.desk.snapshot(),
            desk: parts.desk,
            clock: parts.clock,
            exchanges: parts.exchanges,
            selection: settings.selection(),
            settings,
            tokens,
            intents: Vec::new(),
            workspaces: Workspaces::default(),
            _wake: wake,
            _keep: parts.keep,
        }
    }

    fn act(&mut self, ctx: &egui::Context, action: Action) {
        match action {
            Action::Show(workspace) => self.settings.workspace = workspace,
            Action::Use(theme) => self.use_theme(ctx, theme),
            Action::ZoomIn => self.settings.zoom_in(),
            Action::ZoomOut => self.settings.zoom_out(),
            Action::ZoomReset => self.settings.zoom = 1.0,
            _ => {}
        }
        ctx.set_zoom_factor(self.settings.zoom);
    }

    fn use_theme(&mut self, ctx: &egui::Context, theme: Theme) {
        self.settings.theme = theme;
        self.tokens = Tokens::of(theme);
        self.tokens.apply(ctx);
    }

    fn workspace(&mut self, ui: &mut egui::Ui) {
        let mut view = View {
            snapshot: &self.snapshot,
            clock: &self.clock,
            exchanges: &self.exchanges,
            tokens: &self.tokens,
            selection: &mut self.selection,
            intents: &mut self.intents,
        };
        let views = &mut self.workspaces;
        match self.settings.workspace {
            Workspace::Board => views.board.ui(ui, &mut view),
            Workspace::Compose => views.compose.ui(ui, &mut view),
            Workspace::Fleet => views.fleet.ui(ui, &mut view),
            Workspace::Delivery => views.delivery.ui(ui, &mut view),
            Workspace::Messages => views.messages.ui(ui, &mut view),
            Workspace::Workshop => workshop::ui(ui, &view),
            Workspace::Journal => journal::ui(ui, &view),
            Workspace::Connections => views.connections.ui(ui, &mut view),
        }
    }

    fn settle_intents(&mut self) {
        for intent in std::mem::take(&mut self.intents) {
            match intent {
                Intent::Show(workspace) => self.settings.workspace = workspace,
                Intent::ComposeFor(units) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.begin(view, units));
                }
                Intent::Amend(key) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.amend(view, &key));
                }
                Intent::Give(command) => {
                    self.desk.give(command);
                }
                Intent::AskStop(_) | Intent::Tell(_) => {}
            }
        }
    }

    fn with_compose(&mut self, act: impl FnOnce(&mut ComposeView, &View<'_>)) {
        let view = View {
            snapshot: &self.snapshot,
            clock: &self.clock,
            exchanges: &self.exchanges,
            tokens: &self.tokens,
            selection: &mut self.selection,
            intents: &mut self.intents,
        };
        act(&mut self.workspaces.compose, &view);
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.snapshot = self.desk.snapshot();
        if let Some(action) = Action::pressed(ui.ctx()) {
            self.act(&ui.ctx().clone(), action);
        }
        let narrow = ui.available_width() < 1000.0;
        Panel::left("rail").resizable(false).exact_size(if narrow { 44.0 } else { 128.0 }).show(ui, |ui| {
            if let Some(workspace) = rail::ui(ui, self.settings.workspace, narrow) {
                self.settings.workspace = workspace;
            }
        });
        CentralPanel::default().frame(Frame::central_panel(ui.style())).show(ui, |ui| {
            ui.push_id(self.settings.workspace.name(), |ui| self.workspace(ui));
        });
        self.settle_intents();
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.settings.save(storage, &self.selection);
    }
}
