//! Fleet: every unit, in a table that stays smooth at ten thousand rows, with a page for the one in hand.

mod availability;
mod faults;
mod gauge;
mod index;
mod physics;
mod register;
mod side;
mod table;
mod trial;
mod views;

#[cfg(test)]
mod tests;

use egui::{Panel, RichText, TextEdit, Ui};

use super::context::{View, Workspace};
use super::pane;
use super::widgets;
use crate::desk::snapshot::UnitState;
use crate::units::grouped;
use crate::workshop::enrolment::AssetKind;
use index::{Index, Query, Show};

/// Below this height list and unit do not stand one below the other.
const LOW: f32 = 360.0;

/// The Fleet workspace.
#[derive(Default)]
pub struct FleetView {
    query: Query,
    index: Index,
    hands: side::Hands,
    register: register::RegisterDesk,
    views: views::Views,
    /// The row to bring into view, after the keyboard moved.
    reach: Option<usize>,
}

impl FleetView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        if view.snapshot.units.is_empty() {
            widgets::empty_state(
                ui,
                view.tokens,
                "No unit is known",
                "Units come from the fleet file that this session was started with. Start Rampdesk with one that \
                 lists FSPs and their units; `rampdesk fleet --help` says how it is written.",
            );
            return;
        }
        self.hands.availability.ui(ui, view);
        self.hands.trial.ui(ui, view);
        self.register.ui(ui, view);
        self.index.refresh(view.snapshot, &self.query);
        let narrow = ui.available_width() < 760.0;
        let in_hand = view.selection.unit.as_ref().and_then(|u| view.unit(u)).cloned();
        if let Some(state) = in_hand.as_ref().filter(|_| narrow && ui.available_height() < LOW) {
            // There is room for the list or for the unit in hand, not for both.
            self.page(ui, view, state);
            return;
        }
        self.controls(ui, view);
        if let Some(state) = in_hand {
            let pane = if narrow {
                Panel::bottom("unit").resizable(true).default_size(170.0).size_range(120.0..=560.0)
            } else {
                pane::panel(ui, Workspace::Fleet, "unit", 330.0, 120.0..=560.0)
            };
            pane.show(ui, |ui| {
                self.page(ui, view, &state);
            });
        }
        table::ui(ui, view, &mut self.query, &self.index, &mut self.reach);
    }

    fn page(&mut self, ui: &mut Ui, view: &mut View<'_>, unit: &UnitState) {
        side::ui(ui, view, unit, &mut self.hands);
    }

    fn controls(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut self.query.search)
                .hint_text(widgets::hint("Search units"))
                .desired_width(200.0);
            ui.add(field)
                .accessible_name("Search units")
                .on_hover_text("FSP, unit, name, kind, state or contract");
            for show in Show::ALL {
                let chosen = self.query.show == show;
                if ui.selectable_label(chosen, show.name()).on_hover_text(show.means()).clicked() {
                    self.query.show = show;
                }
            }
            let name = |kind: Option<AssetKind>| kind.map_or("Any kind", AssetKind::name);
            let kinds = egui::ComboBox::from_id_salt("kind").selected_text(name(self.query.kind));
            let kinds = kinds.show_ui(ui, |ui| {
                for kind in std::iter::once(None).chain(AssetKind::ALL.map(Some)) {
                    ui.selectable_value(&mut self.query.kind, kind, name(kind));
                }
            });
            kinds.response.accessible_name("Kind");
            ui.checkbox(&mut self.query.grouped, "Group by FSP");
            self.views.ui(ui, &mut self.query);
            ui.add(egui::Label::new(RichText::new(self.count(view)).color(view.tokens.weak)).extend());
            self.register.buttons(ui, view);
        });
    }

    fn count(&self, view: &View<'_>) -> String {
        let number = |n: usize| {
            #[expect(clippy::cast_precision_loss, reason = "a count of units")]
            grouped(n as f64, 0)
        };
        format!("{} of {} units", number(self.index.units), number(view.snapshot.units.len()))
    }
}
