//! The trainer's room: the clock, what is to come, what has come to pass with all that is hidden, the truth of every unit, and
//! a hand in the story. It stands in a window of its own; nothing of it is drawn in the trainee's.

mod coming;
mod hand;
mod note;
mod truth;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::{debriefing, marks, running};
use crate::console::context::{Intent, View};
use crate::console::messages::MessagesView;
use crate::console::pace;
use crate::console::widgets::heading;
use crate::workshop::live::WorkshopHandle;

/// Points below which the story and the units do not stand side by side.
const NARROW: f32 = 900.0;

/// The share of the height that a hand in the story takes at most: the rest is the units'.
const HAND: f32 = 0.5;

/// Which page is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Workshop,
    /// In a narrow window alone: elsewhere they stand beside the story.
    Units,
    Messages,
}

/// What the room holds for itself.
#[derive(Default)]
pub struct TrainerView {
    page: Page,
    hand: hand::Hand,
    marks: marks::Marks,
    debriefing: debriefing::Debriefing,
    truth: truth::TruthTable,
    messages: MessagesView,
}

impl TrainerView {
    /// Draws it. The view's exchanges are those of the FSPs, its selection is the trainer's own.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        let narrow = ui.available_width() < NARROW;
        if !narrow && self.page == Page::Units {
            self.page = Page::Workshop;
        }
        ui.horizontal(|ui| {
            ui.selectable_value(&mut self.page, Page::Workshop, "The workshop");
            if narrow {
                ui.selectable_value(&mut self.page, Page::Units, "The units");
            }
            ui.selectable_value(&mut self.page, Page::Messages, "Messages of the FSPs");
        });
        ui.add_space(view.tokens.gap);
        match self.page {
            Page::Workshop if narrow => self.story(ui, view, workshop),
            Page::Workshop => self.workshop(ui, view, workshop),
            Page::Units => self.units(ui, view, workshop),
            Page::Messages => self.messages.ui(ui, view),
        }
    }

    fn workshop(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        let story =
            Panel::left("what is to come").resizable(true).default_size(480.0).size_range(260.0..=900.0);
        story.show(ui, |ui| self.story(ui, view, workshop));
        self.units(ui, view, workshop);
    }

    fn story(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            clock(ui, view, workshop);
            coming::ui(ui, view.tokens, workshop, view.clock.now());
            running::so_far(ui, view, workshop, true);
            if workshop.scenario().exercise.is_some() {
                ui.add_space(view.tokens.gap);
                marks::commanded(&mut self.marks, ui, view, workshop);
                ui.add_space(view.tokens.gap);
                heading(ui, "Marks");
                marks::ui(&mut self.marks, ui, view, workshop);
            }
            self.debriefing.ui(ui, view, workshop);
            if let Some(exercise) = &workshop.scenario().exercise {
                note::ui(ui, view.tokens, exercise);
            }
        });
    }

    fn units(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        let bare = Frame::central_panel(ui.style()).inner_margin(Margin { left: 8, ..Margin::ZERO });
        let most = HAND * ui.available_height();
        let hand = Panel::bottom("a hand in the story").resizable(true).default_size(280.0_f32.min(most));
        hand.size_range(most.min(120.0)..=most).show(ui, |ui| self.hand.ui(ui, view, workshop));
        CentralPanel::default().frame(bare).show(ui, |ui| self.truth.ui(ui, view, workshop));
    }
}

fn clock(ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
    running::facts(ui, view, workshop);
    if let Some(order) = pace::controls(ui, view.tokens, &workshop.control().pace()) {
        view.ask(Intent::Clock(order));
    }
    ui.add_space(view.tokens.gap);
    running::ways_on(ui, view, workshop);
    ui.add_space(view.tokens.gap);
}
