//! Delivery: what was asked against what is delivered, live, and how it is marked.

mod scorecard;
mod trace;

use std::sync::Arc;

use egui::{ComboBox, Panel, ScrollArea, Ui};

use crate::console::context::View;
use crate::console::plot::range::Range;
use crate::console::widgets;
use crate::desk::snapshot::DispatchState;
use crate::dispatch::DispatchKey;

/// The Delivery workspace.
#[derive(Default)]
pub struct DeliveryView {
    range: Range,
    shown: Option<DispatchKey>,
}

impl DeliveryView {
    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(dispatch) = self.in_hand(view) else {
            let next = "Draw up a dispatch in Compose (Ctrl+2); what the unit delivers is drawn here as it is metered.";
            widgets::empty_state(ui, view.tokens, "Nothing has been dispatched", next);
            return;
        };
        if self.shown.as_ref() != Some(&dispatch.key) {
            self.range.fit();
            self.shown = Some(dispatch.key.clone());
        }
        self.header(ui, view, &dispatch);
        let Some(unit) = dispatch.dispatch().and_then(|d| view.unit(&d.unit)).cloned() else {
            ui.label("The unit is no longer among those of this desk; nothing can be drawn.");
            return;
        };
        Panel::right("scorecard").default_size(300.0).show(ui, |ui| {
            ScrollArea::vertical()
                .auto_shrink([false, false])
                .show(ui, |ui| scorecard::ui(ui, view.tokens, &dispatch));
        });
        trace::ui(ui, view, &dispatch, &unit, &mut self.range);
    }

    /// The dispatch that is picked, else the first open one, else the latest.
    fn in_hand(&self, view: &View<'_>) -> Option<Arc<DispatchState>> {
        let dispatches = &view.snapshot.dispatches;
        let picked = view.selection.dispatch.as_ref().or(self.shown.as_ref());
        picked
            .and_then(|key| dispatches.iter().find(|d| d.key == *key))
            .or_else(|| dispatches.iter().find(|d| d.is_open() && !d.readings.is_empty()))
            .or_else(|| dispatches.iter().find(|d| d.is_open()))
            .or_else(|| dispatches.first())
            .cloned()
    }

    fn header(&mut self, ui: &mut Ui, view: &mut View<'_>, dispatch: &DispatchState) {
        let name = |d: &DispatchState| {
            let unit = d.dispatch().map(|doc| doc.unit.to_string()).unwrap_or_default();
            format!("{} · {unit} · {}", d.key.dispatch_ref, d.phase.word())
        };
        ui.horizontal(|ui| {
            let label = ui.label("Dispatch");
            let combo =
                ComboBox::from_id_salt("delivery dispatch").width(420.0).selected_text(name(dispatch));
            let response = combo.show_ui(ui, |ui| {
                for other in &view.snapshot.dispatches {
                    if ui.selectable_label(other.key == dispatch.key, name(other)).clicked() {
                        view.selection.dispatch = Some(other.key.clone());
                    }
                }
            });
            response.response.labelled_by(label.id);
            if ui.add_enabled(self.range.is_chosen(), egui::Button::new("Fit")).clicked() {
                self.range.fit();
            }
        });
    }
}
