//! Fleet: Every unit.

use super::context::View;
use super::widgets;

/// The Fleet workspace.
#[derive(Default)]
pub struct FleetView {}

impl FleetView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut egui::Ui, view: &mut View<'_>) {
        widgets::empty_state(ui, view.tokens, "Fleet", "Every unit.");
    }
}
