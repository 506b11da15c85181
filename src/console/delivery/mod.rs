//! Delivery: what was instructed against what is delivered.

use crate::console::context::View;

/// The Delivery workspace.
#[derive(Default)]
pub struct DeliveryView {}

impl DeliveryView {
    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut egui::Ui, view: &mut View<'_>) {
        if view.snapshot.dispatches.is_empty() {
            ui.label("Nothing has been dispatched yet. Draw up a dispatch in Compose.");
        }
    }
}
