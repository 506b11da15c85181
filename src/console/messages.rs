//! Messages: Both sides of every exchange.

use super::context::View;
use super::widgets;

/// The Messages workspace.
#[derive(Default)]
pub struct MessagesView {}

impl MessagesView {
    /// Shows the exchanges of one client alone.
    pub fn show_client(&mut self, _client: String) {}

    /// Draws it.
    pub fn ui(&mut self, ui: &mut egui::Ui, view: &mut View<'_>) {
        widgets::empty_state(ui, view.tokens, "Messages", "Both sides of every exchange.");
    }
}
