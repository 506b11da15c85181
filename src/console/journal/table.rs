//! The entries, newest first: rows only for what is visible.

use egui::{RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::finding::Finding;
use crate::console::context::View;
use crate::console::{widgets, words};
use crate::journal::{EntryKind, Recorded};

const HEADS: [(&str, bool); 5] =
    [("No.", true), ("Time", false), ("Kind", false), ("About", false), ("What", false)];

/// Draws them; the number of the one that was picked by pointer or key.
pub fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    found: &Finding,
    in_hand: Option<u64>,
    reach: &mut Option<usize>,
) -> Option<u64> {
    let anchor = widgets::list_anchor(ui, view.tokens, "Entries");
    let row_in_hand = in_hand.and_then(|number| found.row_of(number));
    let entries = found.rows();
    let mut picked = None;
    if let Some(row) = widgets::list_step(ui, &anchor, row_in_hand, entries.len()) {
        picked = entries.get(row).map(|entry| entry.number);
        *reach = Some(row);
    }
    ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(640.0);
        let mut table = columns(ui);
        if let Some(row) = reach.take() {
            table = table.scroll_to_row(row, None);
        }
        table.header(view.tokens.row, |mut row| widgets::heads(&mut row, view.tokens, &HEADS)).body(|body| {
            body.rows(view.tokens.row, entries.len(), |mut row| {
                let Some(entry) = entries.get(row.index()) else { return };
                row.set_selected(in_hand == Some(entry.number));
                one(&mut row, view, entry);
                if row.response().clicked() {
                    anchor.request_focus();
                    picked = Some(entry.number);
                }
            });
        });
    });
    picked
}

fn columns(ui: &mut Ui) -> TableBuilder<'_> {
    widgets::list_table(ui, "entries")
        .column(Column::exact(64.0))
        .column(Column::exact(168.0))
        .column(widgets::text_column(112.0))
        .column(widgets::text_column(210.0))
        .column(Column::remainder().at_least(80.0).clip(true))
}

fn one(row: &mut TableRow<'_, '_>, view: &View<'_>, recorded: &Recorded) {
    let entry = &recorded.entry;
    let number = usize::try_from(recorded.number).unwrap_or(usize::MAX);
    row.col(|ui| widgets::number(ui, widgets::count(number)));
    row.col(|ui| {
        widgets::cell(ui, words::utc(entry.at)).on_hover_text(words::london(entry.at));
    });
    row.col(|ui| {
        let ink = if entry.kind == EntryKind::Alarm { view.tokens.medium } else { view.tokens.text };
        widgets::cell(ui, RichText::new(entry.kind.word()).color(ink)).on_hover_text(entry.kind.means());
    });
    row.col(|ui| {
        let about = about(recorded);
        widgets::cell(ui, &about).on_hover_text(&about);
    });
    row.col(|ui| {
        widgets::cell(ui, &entry.text).on_hover_text(&entry.text);
    });
}

/// The reference and the unit, as far as it is about any.
fn about(recorded: &Recorded) -> String {
    let dispatch = recorded.entry.dispatch.as_ref().map(|d| d.dispatch_ref.to_string());
    let unit = recorded.entry.unit.as_ref().map(ToString::to_string);
    [dispatch, unit].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
