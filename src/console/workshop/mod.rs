//! Workshop: the scenarios that can be run, and the one that runs.

mod debriefing;
mod editor;
mod list;
mod marks;
mod running;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trainee_tests;
mod trainer;

use std::sync::Arc;

#[cfg(test)]
pub(in crate::console) use editor::Editor;
use egui::{Label, RichText, ScrollArea, Ui};

pub use trainer::TrainerView;

use super::context::View;
use super::widgets::heading;
use crate::workshop::recording::Recording;

/// What the workspace holds for itself.
#[derive(Default)]
pub struct WorkshopView {
    list: list::ScenarioList,
    marks: marks::Marks,
    debriefing: debriefing::Debriefing,
    editor: editor::EditorPlace,
}

impl WorkshopView {
    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if self.editor.ui(ui, view) {
            return;
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some(kept) = view.trainee {
                return running::trainee_elsewhere(ui, view, &kept.now());
            }
            match view.workshop {
                // No list either: its titles tell what a scenario is about.
                Some(workshop) if workshop.is_attended() => return running::trainee(ui, view, workshop),
                Some(workshop) => {
                    running::ui(ui, view, workshop);
                    self.debriefing.ui(ui, view, workshop);
                    marks::folded(&mut self.marks, ui, view, workshop);
                }
                None => in_real_time(ui, view),
            }
            ui.add_space(2.0 * view.tokens.gap);
            self.list.ui(ui, view, &mut self.editor);
        });
    }

    /// Opens a new scenario in the editor.
    pub fn begin_a_scenario(&mut self) {
        self.editor.begin();
    }

    /// Has the person pick a scenario file to edit.
    pub fn pick_a_scenario(&mut self) {
        self.editor.pick();
    }

    /// Opens a recorded session in the editor as a scenario.
    pub fn retell(&mut self, ctx: &egui::Context, recording: Arc<Recording>) {
        self.editor.retell(ctx, recording);
    }

    /// Has the person asked before the window is closed, where a scenario would be lost by that; whether they are.
    pub fn is_asked_before_closing(&mut self, ctx: &egui::Context) -> bool {
        self.editor.is_asked_before_closing(ctx)
    }

    /// Whether a scenario is edited.
    pub fn is_editing(&self) -> bool {
        self.editor.is_open()
    }

    /// What would be lost of a scenario that is edited, in a sentence.
    pub fn unsaved(&self) -> Option<String> {
        self.editor.unsaved()
    }
}

#[cfg(test)]
impl WorkshopView {
    /// Puts an editor into it.
    pub(in crate::console) fn edit(&mut self, editor: Editor) {
        self.editor.put(editor);
    }
}

/// Why there is nothing to set the clock by.
fn in_real_time(ui: &mut Ui, view: &View<'_>) {
    heading(ui, "No workshop is running");
    let of_a_recording = "This session is a recording, and goes by the bar above.";
    let why = view.session.only_real_time().unwrap_or(of_a_recording);
    let next =
        "A workshop has a clock of its own, which can be paused, stepped and hurried. Start one below.";
    ui.add(Label::new(RichText::new(format!("{why} {next}")).color(view.tokens.weak)).wrap());
}
