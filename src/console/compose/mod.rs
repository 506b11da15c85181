//! Compose: draw up, check, amend and send a dispatch.

use crate::console::context::View;
use crate::dispatch::{DispatchKey, DispatchUnit};

/// The Compose workspace.
#[derive(Default)]
pub struct ComposeView {
    units: Vec<DispatchUnit>,
}

impl ComposeView {
    /// Draws up a new dispatch for these units.
    pub fn begin(&mut self, _view: &View<'_>, units: Vec<DispatchUnit>) {
        self.units = units;
    }

    /// Draws up the next revision of a dispatch.
    pub fn amend(&mut self, view: &View<'_>, key: &DispatchKey) {
        self.units =
            view.dispatch(key).and_then(|d| d.dispatch()).map(|d| d.unit.clone()).into_iter().collect();
    }

    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut egui::Ui, _view: &mut View<'_>) {
        if self.units.is_empty() {
            ui.label("Pick a unit to draw up a dispatch.");
        }
        for unit in &self.units {
            ui.label(unit.to_string());
        }
    }
}
