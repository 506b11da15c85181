//! Connections: the VTN, the operators that this desk signs for, the FSPs' clients and the contracts.

mod contracts;
mod fsps;
mod operators;
mod vtn;

#[cfg(test)]
mod tests;

use egui::{Label, RichText, ScrollArea, Ui};

use super::context::View;
use super::widgets;
use fsps::FspTable;

/// So many rows of a table are shown before it scrolls by itself.
const ROWS_SHOWN: usize = 10;

/// The Connections workspace.
#[derive(Default)]
pub struct ConnectionsView {
    fsps: FspTable,
}

impl ConnectionsView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // The scroll bar lies over the right edge.
            ui.set_max_width(ui.available_width() - 10.0);
            vtn::ui(ui, view);
            section(ui, view, "Network operators that this desk signs for");
            operators::ui(ui, view);
            section(ui, view, &format!("FSPs: {}", widgets::count(view.snapshot.fsps.len())));
            self.fsps.ui(ui, view);
            section(ui, view, &format!("Contracts: {}", widgets::count(view.snapshot.contracts.len())));
            contracts::ui(ui, view);
            ui.add_space(view.tokens.gap);
            ui.separator();
            weak(
                ui,
                view,
                "All of this comes from the files that this session was started with: the fleet, the pinned keys, the \
                 connection. Nothing of it can be changed in this window: change the files, and start Rampdesk again.",
            );
        });
    }
}

fn section(ui: &mut Ui, view: &View<'_>, title: &str) {
    ui.add_space(view.tokens.gap);
    ui.separator();
    widgets::heading(ui, title);
}

fn weak(ui: &mut Ui, view: &View<'_>, text: &str) {
    ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).wrap());
}

/// The height of a table's body: all of its rows when they are few.
fn body_height(ui: &Ui, row: f32, rows: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most ten")]
    let shown = rows.min(ROWS_SHOWN) as f32;
    shown * (row + ui.spacing().item_spacing.y)
}
