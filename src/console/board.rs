//! Board: Every dispatch on a time line.

use super::context::View;
use super::widgets;

/// The Board workspace.
#[derive(Default)]
pub struct BoardView {}

impl BoardView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut egui::Ui, view: &mut View<'_>) {
        widgets::empty_state(ui, view.tokens, "Board", "Every dispatch on a time line.");
    }
}
