//! Picking the units to dispatch: search, one or several.

use std::collections::BTreeSet;

use egui::{Align, Id, Label, Layout, RichText, TextEdit, Ui};
use egui_extras::{Column, TableBuilder};

use crate::console::context::View;
use crate::console::landmark::{self, Landmark};
use crate::console::search;
use crate::console::widgets::{hint, lamp, number};
use crate::console::words;
use crate::desk::snapshot::{Snapshot, UnitState};
use crate::dispatch::DispatchUnit;
use crate::units::grouped;

/// What is typed and ticked.
#[derive(Default)]
pub struct Picker {
    search: String,
    ticked: BTreeSet<DispatchUnit>,
    found: Found,
}

/// The places in the snapshot of the units that match, worked out when the snapshot or the search changes.
#[derive(Default)]
struct Found {
    made_of: Option<(u64, String)>,
    places: Vec<usize>,
}

impl Found {
    fn refresh(&mut self, snapshot: &Snapshot, searched: &str) {
        let is_current =
            |(sequence, of): &(u64, String)| *sequence == snapshot.sequence && of.as_str() == searched;
        if self.made_of.as_ref().is_some_and(is_current) {
            return;
        }
        let words: Vec<&str> = searched.split_whitespace().collect();
        let is_wanted = |unit: &UnitState| words.iter().all(|word| search::holds(unit, word));
        let units = snapshot.units.iter().enumerate();
        self.places = units.filter(|(_, unit)| is_wanted(unit)).map(|(place, _)| place).collect();
        self.made_of = Some((snapshot.sequence, searched.to_owned()));
    }
}

/// Units that were picked, and what for.
pub enum Picked {
    /// A dispatch for each.
    ToDrawUp(Vec<DispatchUnit>),
    /// One volume over all of them.
    ToPlan(Vec<DispatchUnit>),
}

impl Picker {
    fn take_ticked(&mut self) -> Vec<DispatchUnit> {
        std::mem::take(&mut self.ticked).into_iter().collect()
    }

    /// Shows the search field and the list; the units that were picked, once they are.
    pub fn show(&mut self, ui: &mut Ui, view: &View<'_>, height: f32) -> Option<Picked> {
        let mut picked = None;
        ui.horizontal_wrapped(|ui| {
            let label = ui.label("Find a unit");
            let search = ui
                .add(
                    TextEdit::singleline(&mut self.search)
                        .id(Id::unique("compose-unit-search"))
                        .hint_text(hint("FSP, unit, name, kind or contract"))
                        .desired_width(260.0),
                )
                .labelled_by(label.id);
            landmark::mark(&search, Landmark::UnitSearch);
            self.ticked.retain(|unit| view.unit(unit).is_some());
            let count = self.ticked.len();
            let text = match count {
                0 => "Draw up for the ticked units".to_owned(),
                1 => "Draw up for 1 unit".to_owned(),
                n => format!("Draw up for {n} units, one dispatch each"),
            };
            if ui.add_enabled(count > 0, egui::Button::new(text)).clicked() {
                picked = Some(Picked::ToDrawUp(self.take_ticked()));
            }
            if count > 0 && ui.button("Plan a volume over them…").clicked() {
                picked = Some(Picked::ToPlan(self.take_ticked()));
            }
        });
        self.found.refresh(view.snapshot, &self.search);
        if self.found.places.is_empty() {
            ui.label(if view.snapshot.units.is_empty() {
                "This desk has no units yet. They come with its fleet profile."
            } else {
                "No unit matches. Search for less."
            });
            return picked;
        }
        if let Some(unit) = self.list(ui, view, height) {
            picked = Some(Picked::ToDrawUp(vec![unit]));
        }
        picked
    }

    fn list(&mut self, ui: &mut Ui, view: &View<'_>, height: f32) -> Option<DispatchUnit> {
        let mut picked = None;
        let Self { ticked, found, .. } = self;
        let unit_in = |row: usize| view.snapshot.units.get(*found.places.get(row)?);
        let tokens = view.tokens;
        let title = |ui: &mut Ui, text: &str| {
            ui.add(Label::new(RichText::new(text).color(tokens.weak)).selectable(false));
        };
        TableBuilder::new(ui)
            .id_salt("compose-units")
            .striped(true)
            .max_scroll_height(height)
            .min_scrolled_height(0.0)
            .auto_shrink([false, true])
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(22.0))
            .column(Column::initial(170.0).at_least(110.0).clip(true))
            .column(Column::remainder().at_least(90.0).clip(true))
            .column(Column::exact(74.0))
            .column(Column::exact(112.0))
            .column(Column::exact(66.0))
            .header(tokens.row, |mut header| {
                for text in ["", "Unit", "Name", "Kind"] {
                    header.col(|ui| title(ui, text));
                }
                header.col(|ui| number(ui, RichText::new("From … to, kW").color(tokens.weak)));
                header.col(|ui| title(ui, "Unit lamp"));
            })
            .body(|body| {
                body.rows(tokens.row, found.places.len(), |mut row| {
                    let Some(unit) = unit_in(row.index()) else { return };
                    row.col(|ui| tick(ui, ticked, unit));
                    row.col(|ui| {
                        if ui.link(unit.unit.to_string()).on_hover_text("Draw up a dispatch for it").clicked()
                        {
                            picked = Some(unit.unit.clone());
                        }
                    });
                    row.col(|ui| {
                        ui.add(Label::new(&unit.name).truncate());
                    });
                    row.col(|ui| {
                        ui.label(&unit.kind);
                    });
                    row.col(|ui| {
                        number(ui, format!("{} … {}", grouped(unit.min_kw, 0), grouped(unit.max_kw, 0)));
                    });
                    row.col(|ui| {
                        let seen = words::ago(unit.reported, view.snapshot.now);
                        lamp(ui, tokens, unit.lamp, &format!("{} unit", unit.unit))
                            .on_hover_text(format!("last report {seen}"));
                    });
                });
            });
        picked
    }
}

fn tick(ui: &mut Ui, ticked: &mut BTreeSet<DispatchUnit>, unit: &UnitState) {
    let mut is_ticked = ticked.contains(&unit.unit);
    let response = ui.checkbox(&mut is_ticked, "").accessible_name(format!("Tick {}", unit.unit));
    if response.changed() {
        if is_ticked {
            ticked.insert(unit.unit.clone());
        } else {
            ticked.remove(&unit.unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::quiet_snapshot;
    use std::sync::Arc;

    #[test]
    fn what_is_found_is_looked_for_again_when_the_search_or_the_units_are_others() {
        let (mut snapshot, mut found) = (quiet_snapshot(), Found::default());
        found.refresh(&snapshot, "bess corby");
        assert_eq!(found.places, [1]);
        found.refresh(&snapshot, "Cold/Store");
        assert!(found.places.is_empty());
        found.refresh(&snapshot, "chain/store");
        assert_eq!(found.places, [3, 4, 5]);
        Arc::make_mut(&mut snapshot.units[3]).name = "Northampton cold store".to_owned();
        snapshot.sequence += 1;
        found.refresh(&snapshot, "northampton");
        assert_eq!(found.places, [3]);
        snapshot.units.remove(0);
        snapshot.sequence += 1;
        found.refresh(&snapshot, "northampton");
        assert_eq!(found.places, [2], "a place is one in the snapshot that is shown");
    }
}
