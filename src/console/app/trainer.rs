//! The trainer's window. The first window has all that is done by dispatching (drafts, questions, alarms, the EMERGENCY STOP),
//! and so is the trainee's control room; the trainer's stands beside it, on a second screen, and has what nobody in a control
//! room knows. While it is open the first one is shown nothing of that, and sets no clock.

use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui, ViewportBuilder, ViewportId};

use super::App;
use crate::console::action::Action;
use crate::console::context::{Intent, Selection, View};
use crate::console::widgets;
use crate::console::words;
use crate::console::workshop::TrainerView;
use crate::workshop::live::WorkshopHandle;

/// What the trainer's window holds for itself.
#[derive(Default)]
pub(super) struct TrainersRoom {
    view: TrainerView,
    /// What the trainer has picked moves nothing in the trainee's window.
    selection: Selection,
    /// What was told the trainer last, until they have read it.
    told: Option<String>,
}

/// Why the trainee's window does not do it.
pub(super) const THE_TRAINERS: &str = "the trainer has the workshop in hand";

impl App {
    /// Whether the first window is a trainee's.
    pub(in crate::console) fn is_attended(&self) -> bool {
        self.workshop.as_ref().is_some_and(WorkshopHandle::is_attended)
    }

    /// Opens the trainer's window, or closes it.
    pub(super) fn toggle_the_trainers_window(&mut self, ctx: &Context) {
        if ctx.embed_viewports() {
            let text = "This system shows one window alone: a trainer needs a second one.";
            return self.tell(ctx, text.to_owned());
        }
        self.settings.trainer = !self.settings.trainer;
        self.give_the_trainer_their_room(ctx);
    }

    /// Who has the workshop in hand, before anything of a frame is drawn.
    pub(super) fn give_the_trainer_their_room(&self, ctx: &Context) {
        if let Some(workshop) = &self.workshop {
            workshop.attend(self.settings.trainer && !ctx.embed_viewports());
        }
    }

    /// Draws the trainer's window, where there is one.
    pub(super) fn trainers_window(&mut self, ctx: &Context) {
        let Some(workshop) = self.workshop.clone().filter(WorkshopHandle::is_attended) else { return };
        let builder = ViewportBuilder::default()
            .with_title("Trainer · Rampdesk")
            .with_icon(self.wall.icon())
            .with_inner_size([1440.0, 860.0])
            .with_min_inner_size([720.0, 480.0]);
        let (mut actions, mut intents) = (Vec::new(), Vec::new());
        let closed = ctx.show_viewport_immediate(id(), builder, |ui, _| {
            actions.extend(std::iter::from_fn(|| Action::pressed(ui.ctx())));
            let closed = self.in_the_trainers_room(ui, &workshop, &mut intents);
            closed || ui.input(|input| input.viewport().close_requested())
        });
        for action in actions {
            self.act_from_the_trainers_room(ctx, action);
        }
        for intent in intents {
            self.settle_the_trainers(ctx, intent);
        }
        if closed {
            self.settings.trainer = false;
            self.give_the_trainer_their_room(ctx);
        }
    }

    /// Answers whether it is to be closed.
    fn in_the_trainers_room(
        &mut self,
        ui: &mut Ui,
        workshop: &WorkshopHandle,
        intents: &mut Vec<Intent>,
    ) -> bool {
        let strip = Frame::side_top_panel(ui.style()).inner_margin(Margin::symmetric(8, 4));
        let head = Panel::top("head of the trainer's window").resizable(false).frame(strip);
        let closed = head.show(ui, |ui| self.head_of_the_trainers_room(ui, workshop)).inner;
        CentralPanel::default().frame(Frame::central_panel(ui.style())).show(ui, |ui| {
            let backstage = workshop.backstage();
            let mut view = View {
                session: &self.session,
                connections: &[],
                snapshot: &self.snapshot,
                clock: &self.clock,
                exchanges: backstage.exchanges(),
                enrolments: None,
                availabilities: Some(backstage.availabilities()),
                faults: None,
                workshop: Some(workshop),
                trainee: None,
                tokens: &self.tokens,
                selection: &mut self.trainer.selection,
                intents,
            };
            self.trainer.view.ui(ui, &mut view, workshop);
        });
        closed
    }

    fn head_of_the_trainers_room(&mut self, ui: &mut Ui, workshop: &WorkshopHandle) -> bool {
        ui.horizontal(|ui| {
            widgets::heading(ui, "Trainer");
            let now = self.clock.now();
            let clock = workshop.control().pace().words();
            ui.label(format!("{} · {} · {clock}", words::london(now), words::utc(now)));
            if let Some(told) = &self.trainer.told {
                ui.label(told);
                if ui.button("Dismiss").accessible_name("Dismiss what was told the trainer").clicked() {
                    self.trainer.told = None;
                }
            }
            widgets::at_the_right(ui, |ui| {
                let close = ui.button("Close this window");
                close.on_hover_text("whoever sits at the first window has the clock then").clicked()
            })
        })
        .inner
    }

    /// The clock is set there, and how both windows look. All else is the trainee's.
    fn act_from_the_trainers_room(&mut self, ctx: &Context, action: Action) {
        match action {
            Action::TrainersWindow => {
                self.settings.trainer = false;
                self.give_the_trainer_their_room(ctx);
            }
            action if action.is_of_the_clock() && self.clock_obstacle(action).is_none() => {
                self.act_on_the_clock(action);
            }
            Action::ZoomIn | Action::ZoomOut | Action::ZoomReset | Action::Use(_) => self.act(ctx, action),
            _ => {}
        }
    }

    fn settle_the_trainers(&mut self, ctx: &Context, intent: Intent) {
        match intent {
            Intent::Clock(order) => self.order(order),
            Intent::Open(session) => self.wanted = Some(super::Wanted::Session(session)),
            // The first window is the trainee's: what there is to tell is told here.
            Intent::Tell(text) | Intent::Warn(text) => self.trainer.told = Some(text),
            Intent::JournalEntry { number, at } => {
                let text = format!("Entry {number} of the journal, at {}", words::utc(at));
                self.trainer.told = Some(text);
            }
            _ => {}
        }
        ctx.request_repaint();
    }
}

fn id() -> ViewportId {
    ViewportId::from_hash_of("trainer's window")
}
