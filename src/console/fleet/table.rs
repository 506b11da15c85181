//! The table of units: rows only for what is visible.

use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};
use egui_material_icons::icons;

use super::index::{Index, Query, Row, Sort, client};
use super::{availability, gauge};
use crate::console::context::View;
use crate::console::{widgets, words};
use crate::desk::snapshot::UnitState;
use crate::dispatch::FspId;

/// Head, order and whether its numbers stand at the right, in order of columns.
const HEADS: [(&str, Option<Sort>, bool); 12] = [
    ("Client", Some(Sort::Client), false),
    ("Unit lamp", Some(Sort::Lamp), false),
    ("FSP/unit", Some(Sort::Unit), false),
    ("Name", Some(Sort::Name), false),
    ("Kind", Some(Sort::Kind), false),
    ("State", Some(Sort::State), false),
    ("Power", Some(Sort::Power), true),
    ("Within limits, 15 min", None, false),
    ("Declared", None, true),
    ("Charge", Some(Sort::Charge), true),
    ("Last poll", Some(Sort::Poll), true),
    ("Revision seen", None, false),
];

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, query: &mut Query, index: &Index, reach: &mut Option<usize>) {
    if index.rows.is_empty() {
        widgets::empty_state(
            ui,
            view.tokens,
            "No unit is like that",
            "Search for less, or show all units of any kind.",
        );
        return;
    }
    let list = widgets::list_anchor(ui, view.tokens, "Units");
    keys(ui, view, index, &list, reach);
    ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(1140.0);
        let mut table = columns(ui);
        if let Some(row) = reach.take() {
            table = table.scroll_to_row(row, None);
        }
        let height = view.tokens.row;
        table.header(height, |row| head(row, view, query)).body(|body| {
            body.rows(height, index.rows.len(), |mut row| match index.rows.get(row.index()) {
                Some(Row::Group { fsp, units }) => group(&mut row, view, fsp, *units),
                Some(Row::Unit(place)) => {
                    if let Some(unit) = view.snapshot.units.get(*place).cloned() {
                        one(&mut row, view, &unit);
                        if row.response().clicked() {
                            view.selection.unit = Some(unit.unit.clone());
                            list.request_focus();
                        }
                    }
                }
                None => {}
            });
        });
    });
}

fn columns(ui: &mut Ui) -> TableBuilder<'_> {
    widgets::list_table(ui, "units")
        .column(Column::exact(74.0))
        .column(Column::exact(74.0))
        .column(widgets::text_column(146.0))
        .column(widgets::text_column(140.0))
        .column(widgets::text_column(68.0))
        .column(widgets::text_column(72.0))
        .column(Column::exact(88.0))
        .column(Column::initial(156.0).at_least(80.0).resizable(true))
        .column(widgets::text_column(124.0))
        .column(Column::exact(60.0))
        .column(Column::exact(90.0))
        .column(Column::remainder().at_least(80.0).clip(true))
}

fn head(mut row: TableRow<'_, '_>, view: &View<'_>, query: &mut Query) {
    for (name, sort, right) in HEADS {
        row.col(|ui| {
            let layout = if right {
                Layout::right_to_left(Align::Center)
            } else {
                Layout::left_to_right(Align::Center)
            };
            ui.with_layout(layout, |ui| {
                if right {
                    ui.add_space(widgets::AFTER_NUMBER);
                }
                let Some(sort) = sort else {
                    ui.add(
                        Label::new(RichText::new(name).color(view.tokens.weak)).selectable(false).truncate(),
                    );
                    return;
                };
                let sorted = query.sort == sort;
                let (arrow, order) = match (sorted, query.descending) {
                    (false, _) => (None, "not sorted by it"),
                    (true, false) => (Some(icons::ICON_ARROW_UPWARD), "ascending"),
                    (true, true) => (Some(icons::ICON_ARROW_DOWNWARD), "descending"),
                };
                let ink = if sorted { view.tokens.text } else { view.tokens.weak };
                let text = RichText::new(name).color(ink);
                let button = match arrow {
                    Some(arrow) => Button::new((text, arrow.rich_text().size(12.0).color(ink))),
                    None => Button::new(text),
                };
                let response = ui
                    .add(button.frame(false).truncate())
                    .accessible_name(format!("Sort by {name}, {order}"));
                widgets::focus_ring(ui, view.tokens, &response, response.rect);
                if response.clicked() {
                    query.sort_by(sort);
                }
            });
        });
    }
}

fn group(row: &mut TableRow<'_, '_>, view: &View<'_>, fsp: &FspId, units: usize) {
    let state = view.snapshot.fsps.iter().find(|f| f.id == *fsp);
    row.set_overline(true);
    row.col(|ui| {
        widgets::lamp(ui, view.tokens, client(view.snapshot, fsp).0, &format!("{fsp} client"));
    });
    row.col(|_| {});
    row.col(|ui| {
        widgets::cell(ui, RichText::new(fsp.as_str()).strong());
    });
    row.col(|ui| {
        widgets::cell(ui, RichText::new(state.map_or("", |s| &s.name)).strong());
    });
    row.col(|ui| {
        widgets::cell(ui, format!("{units} units"));
    });
    for _ in 5..HEADS.len() {
        row.col(|_| {});
    }
}

fn one(row: &mut TableRow<'_, '_>, view: &View<'_>, unit: &UnitState) {
    let tokens = view.tokens;
    let (lamp, polled) = client(view.snapshot, &unit.unit.fsp);
    row.set_selected(view.selection.unit.as_ref() == Some(&unit.unit));
    row.col(|ui| {
        widgets::lamp(ui, tokens, lamp, &format!("{} client", unit.unit.fsp));
    });
    row.col(|ui| {
        widgets::lamp(ui, tokens, unit.lamp, &format!("{} unit", unit.unit));
    });
    row.col(|ui| {
        widgets::cell(ui, unit.unit.to_string());
    });
    row.col(|ui| {
        widgets::cell(ui, &unit.name);
    });
    row.col(|ui| {
        widgets::cell(ui, &unit.kind);
    });
    row.col(|ui| {
        let abnormal = matches!(unit.state.as_str(), "INHIBITED" | "EXHAUSTED");
        let ink = if abnormal { tokens.medium } else { tokens.text };
        widgets::cell(ui, RichText::new(unit.state.to_lowercase()).color(ink));
    });
    row.col(|ui| widgets::number(ui, words::kilowatts(unit.kw)));
    row.col(|ui| gauge::power_and_trend(ui, tokens, unit, view.clock.now_seconds()));
    row.col(|ui| widgets::number(ui, availability::now_words(unit, view.clock.now())));
    row.col(|ui| widgets::number(ui, unit.soc.map_or_else(String::new, |soc| words::percent(Some(soc)))));
    row.col(|ui| widgets::number(ui, words::ago(polled, view.clock.now())));
    row.col(|ui| {
        widgets::cell(ui, revision_seen(unit)).on_hover_text(every_revision(unit));
    });
}

/// The revision of the dispatch in force that the FSP says it has seen.
fn revision_seen(unit: &UnitState) -> String {
    let Some(active) = &unit.active else { return String::new() };
    match unit.revisions.get(active.dispatch_ref.as_str()) {
        Some(revision) => format!("{revision} of {}", active.dispatch_ref),
        None => format!("none of {}", active.dispatch_ref),
    }
}

fn every_revision(unit: &UnitState) -> String {
    if unit.revisions.is_empty() {
        return "its FSP has not reported any revision".to_owned();
    }
    let each: Vec<String> = unit.revisions.iter().map(|(name, r)| format!("{name}: revision {r}")).collect();
    each.join("\n")
}

/// Arrow keys, Page Up and Down, Home and End go through the units.
fn keys(ui: &Ui, view: &mut View<'_>, index: &Index, list: &egui::Response, reach: &mut Option<usize>) {
    let selected = view.selection.unit.as_ref();
    let units = &view.snapshot.units;
    let place =
        selected.filter(|_| list.has_focus()).and_then(|s| units.binary_search_by(|u| u.unit.cmp(s)).ok());
    let present = place.and_then(|place| index.row_of(place));
    let Some(mut row) = widgets::list_step(ui, list, present, index.rows.len()) else { return };
    let back = present.is_some_and(|p| row < p);
    while let Some(Row::Group { .. }) = index.rows.get(row) {
        row = if back && row > 0 { row - 1 } else { row + 1 };
    }
    if let Some(Row::Unit(place)) = index.rows.get(row) {
        view.selection.unit = view.snapshot.units.get(*place).map(|u| u.unit.clone());
        *reach = Some(row);
    }
}
