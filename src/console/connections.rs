//! Connections: The VTN, its operators and clients.

use super::context::View;
use super::widgets;

/// The Connections workspace.
#[derive(Default)]
pub struct ConnectionsView {}

impl ConnectionsView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut egui::Ui, view: &mut View<'_>) {
        widgets::empty_state(ui, view.tokens, "Connections", "The VTN, its operators and clients.");
    }
}
