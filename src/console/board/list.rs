//! The dispatches as a list, the latest first: the same as the time line, in rows of text.

use egui::{Response, ScrollArea, Ui};
use egui_extras::{Column, TableRow};

use super::bar::Bar;
use super::index::Index;
use super::say;
use crate::console::context::View;
use crate::console::{widgets, words};
use crate::desk::snapshot::DispatchState;

/// The columns have no less room than that together, points.
const WIDTH: f32 = 740.0;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, index: &Index, reach: &mut bool) {
    let list = widgets::list_anchor(ui, view.tokens, "Dispatches");
    if let Some(row) = widgets::list_step(ui, &list, place_in_list(view, index), index.list.len())
        && let Some(bar) = bar_at(index, row)
    {
        super::pick(view, bar.place);
        *reach = true;
    }
    if list.has_focus()
        && place_in_list(view, index).is_some()
        && ui.input(|i| i.key_pressed(egui::Key::Enter))
    {
        super::show_delivery(view);
    }
    ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(WIDTH);
        table(ui, view, index, &list, reach);
    });
}

fn place_in_list(view: &View<'_>, index: &Index) -> Option<usize> {
    let bar = index.bar_of(view.snapshot, view.selection.dispatch.as_ref()?)?;
    index.list.iter().position(|i| *i == bar)
}

fn bar_at(index: &Index, row: usize) -> Option<&Bar> {
    index.list.get(row).and_then(|i| index.bars.get(*i))
}

fn table(ui: &mut Ui, view: &mut View<'_>, index: &Index, list: &Response, reach: &mut bool) {
    let heads = [
        ("Stands at", false),
        ("Reference", false),
        ("Unit", false),
        ("Rev", true),
        ("Window, London time", false),
        ("Wrong or awaited", false),
    ];
    let mut table = widgets::list_table(ui, "board")
        .column(Column::exact(108.0))
        .column(widgets::text_column(116.0))
        .column(widgets::text_column(148.0))
        .column(Column::exact(32.0))
        .column(widgets::text_column(206.0))
        .column(Column::remainder().at_least(60.0).clip(true));
    if std::mem::take(reach)
        && let Some(row) = place_in_list(view, index)
    {
        table = table.scroll_to_row(row, None);
    }
    table.header(view.tokens.row, |mut row| widgets::heads(&mut row, view.tokens, &heads)).body(|body| {
        body.rows(view.tokens.row, index.list.len(), |mut row| {
            let Some(bar) = bar_at(index, row.index()).copied() else { return };
            let Some(dispatch) = view.snapshot.dispatches.get(bar.place).cloned() else { return };
            row.set_selected(view.selection.dispatch.as_ref() == Some(&dispatch.key));
            one(&mut row, view, &dispatch, &bar);
            if row.response().clicked() {
                super::pick(view, bar.place);
                list.request_focus();
            }
        });
    });
}

fn one(row: &mut TableRow<'_, '_>, view: &View<'_>, dispatch: &DispatchState, bar: &Bar) {
    let Some(document) = dispatch.dispatch() else { return };
    let (tokens, now) = (view.tokens, view.clock.now());
    row.col(|ui| {
        let mark = widgets::phase_mark(tokens, dispatch.phase);
        widgets::marked(ui, mark, &say::phase(dispatch), &say::bar(dispatch, bar, now));
    });
    row.col(|ui| drop(widgets::cell(ui, dispatch.key.dispatch_ref.as_str())));
    row.col(|ui| drop(widgets::cell(ui, document.unit.to_string())));
    row.col(|ui| widgets::number(ui, document.revision.to_string()));
    row.col(|ui| {
        let utc = format!("{} to {}", words::utc(bar.from), words::utc(bar.to));
        widgets::cell(ui, say::window(bar.from, bar.to, now)).on_hover_text(utc);
    });
    row.col(|ui| {
        for trouble in bar.troubles.iter() {
            let mark = super::sketch::trouble_mark(tokens, trouble);
            widgets::marked(ui, mark, trouble.word(), trouble.word());
        }
        widgets::cell(ui, dispatch.awaited.clone().unwrap_or_default());
    });
}
