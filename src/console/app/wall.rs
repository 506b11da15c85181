//! The second window, for a wall screen: one workspace by itself, which goes its own way beside what the first window
//! shows. What is picked, and whatever is asked for there, is the same in both.

use std::sync::Arc;

use egui::{
    Button, CentralPanel, Context, Frame, IconData, Label, Margin, Panel, RichText, Ui, ViewportBuilder,
    ViewportCommand, ViewportId,
};

use super::{App, Workspaces};
use crate::console::action::Action;
use crate::console::context::{View, Workspace};
use crate::console::icon::icon;
use crate::console::pane;
use crate::console::widgets;
use crate::console::words;

/// Systems make the sizes that they need of it.
const ICON_PIXELS: u32 = 256;

/// What the second window holds for itself.
#[derive(Default)]
pub(super) struct Wall {
    views: Workspaces,
    icon: Option<Arc<IconData>>,
}

impl Wall {
    /// Whether a workspace can stand in a window of its own: where something is drawn up or taken on stays where it is
    /// begun.
    pub(super) fn can_show(workspace: Workspace) -> bool {
        use Workspace::{Board, Compose, Connections, Delivery, Fleet, Journal, Messages, Workshop};
        match workspace {
            Board | Fleet | Delivery | Messages | Journal => true,
            Compose | Workshop | Connections => false,
        }
    }

    /// The program's icon, drawn once.
    pub(super) fn icon(&mut self) -> Arc<IconData> {
        Arc::clone(self.icon.get_or_insert_with(|| Arc::new(icon(ICON_PIXELS))))
    }

    fn builder(&mut self, workspace: Workspace) -> ViewportBuilder {
        ViewportBuilder::default()
            .with_title(format!("{} · Rampdesk", workspace.name()))
            .with_icon(self.icon())
            .with_inner_size([1280.0, 720.0])
            .with_min_inner_size([640.0, 400.0])
    }
}

impl App {
    /// Shows the workspace in hand in the second window as well; closes that when it shows it already.
    pub(super) fn tear_off(&mut self, ctx: &Context) {
        if ctx.embed_viewports() {
            return self.tell(ctx, "This system shows one window alone.".to_owned());
        }
        let workspace = self.settings.workspace;
        self.settings.wall = (self.settings.wall != Some(workspace)).then_some(workspace);
    }

    /// Draws the second window, where there is one.
    pub(super) fn second_window(&mut self, ctx: &Context) {
        let Some(workspace) = self.settings.wall.filter(|_| !ctx.embed_viewports()) else { return };
        let builder = self.wall.builder(workspace);
        let mut actions = Vec::new();
        let closed = ctx.show_viewport_immediate(id(), builder, |ui, _| {
            actions.extend(std::iter::from_fn(|| Action::pressed(ui.ctx())));
            let closed = self.on_the_wall(ui, workspace);
            closed || ui.input(|input| input.viewport().close_requested())
        });
        if closed {
            self.settings.wall = None;
        }
        for action in actions {
            self.act_from_the_wall(ctx, action);
        }
    }

    /// Answers whether it is to be closed.
    fn on_the_wall(&mut self, ui: &mut Ui, workspace: Workspace) -> bool {
        let strip = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(8, 4));
        let head = Panel::top("second window").resizable(false).frame(strip);
        let closed = head.show(ui, |ui| self.head_of_the_wall(ui, workspace)).inner;
        CentralPanel::default().frame(Frame::central_panel(ui.style())).show(ui, |ui| {
            ui.push_id(("second window", workspace.name()), |ui| {
                let mut view = view_of!(self);
                draw(&mut self.wall.views, workspace, ui, &mut view);
            });
        });
        closed
    }

    fn head_of_the_wall(&self, ui: &mut Ui, workspace: Workspace) -> bool {
        let (tokens, mode) = (&self.tokens, self.snapshot.mode);
        ui.horizontal(|ui| {
            let band = Frame::new().fill(tokens.band(mode)).corner_radius(tokens.radius);
            band.inner_margin(Margin::symmetric(10, 4))
                .show(ui, |ui| ui.label(RichText::new(mode.word()).strong().color(tokens.on_band)));
            widgets::heading(ui, workspace.name());
            let now = self.clock.now();
            ui.add(Label::new(format!("{} · {}", words::london(now), words::utc(now))).selectable(false));
            let waiting = self.digest.total();
            if waiting > 0 {
                let words = if waiting == 1 { "alarm waits" } else { "alarms wait" };
                ui.label(format!("{waiting} {words} in the first window"));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.add(Button::new("Close this window")).clicked()
            })
            .inner
        })
        .inner
    }

    /// What is asked for by key in the second window is done in the first, which comes forward for it; how both look is
    /// changed where one is.
    fn act_from_the_wall(&mut self, ctx: &Context, action: Action) {
        let is_of_looks =
            matches!(action, Action::ZoomIn | Action::ZoomOut | Action::ZoomReset | Action::Use(_));
        match action {
            Action::Show(workspace) if Wall::can_show(workspace) => self.settings.wall = Some(workspace),
            Action::TearOff => self.settings.wall = None,
            Action::MovePane => {
                if let Some(workspace) = self.settings.wall.filter(|shown| pane::is_in(*shown)) {
                    pane::move_on(ctx, workspace);
                }
            }
            action if !self.is_asked() || action.is_allowed_over_a_question() => {
                if !is_of_looks {
                    ctx.send_viewport_cmd_to(ViewportId::ROOT, ViewportCommand::Focus);
                }
                self.act(ctx, action);
            }
            _ => {}
        }
    }
}

/// Draws a workspace.
pub(super) fn draw(views: &mut Workspaces, workspace: Workspace, ui: &mut Ui, view: &mut View<'_>) {
    match workspace {
        Workspace::Board => views.board.ui(ui, view),
        Workspace::Compose => views.compose.ui(ui, view),
        Workspace::Fleet => views.fleet.ui(ui, view),
        Workspace::Delivery => views.delivery.ui(ui, view),
        Workspace::Messages => views.messages.ui(ui, view),
        Workspace::Workshop => views.workshop.ui(ui, view),
        Workspace::Journal => views.journal.ui(ui, view),
        Workspace::Connections => views.connections.ui(ui, view),
    }
}

fn id() -> ViewportId {
    ViewportId::from_hash_of("second window")
}
