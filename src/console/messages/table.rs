//! The list of exchanges, newest first: rows only for what is visible.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::list::List;
use crate::console::context::View;
use crate::console::{widgets, words};
use crate::openadr::exchange::Exchange;
use crate::units::grouped;

const HEADS: [(&str, bool); 7] = [
    ("Time", false),
    ("Client", false),
    ("Method", false),
    ("Path", false),
    ("Status", false),
    ("Took", true),
    ("Understood", false),
];

/// Draws it; the exchange that was picked by pointer or key.
pub fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    list: &List,
    present: Option<u64>,
    reach: &mut Option<usize>,
) -> Option<Arc<Exchange>> {
    let anchor = widgets::list_anchor(ui, view.tokens, "Exchanges");
    let row_in_hand = present.and_then(|number| list.row_of(number));
    let mut picked = None;
    if let Some(row) = widgets::list_step(ui, &anchor, row_in_hand, list.len()) {
        picked = list.row(row).cloned();
        *reach = Some(row);
    }
    let base = base_path(&view.snapshot.vtn.url);
    ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(640.0);
        let mut table = columns(ui);
        if let Some(row) = reach.take() {
            table = table.scroll_to_row(row, None);
        }
        table.header(view.tokens.row, |mut row| widgets::heads(&mut row, view.tokens, &HEADS)).body(|body| {
            body.rows(view.tokens.row, list.len(), |mut row| {
                let Some(exchange) = list.row(row.index()) else { return };
                row.set_selected(present == Some(exchange.number));
                one(&mut row, view, exchange, base);
                if row.response().clicked() {
                    anchor.request_focus();
                    picked = Some(Arc::clone(exchange));
                }
            });
        });
    });
    picked
}

fn columns(ui: &mut Ui) -> TableBuilder<'_> {
    widgets::list_table(ui, "exchanges")
        .column(Column::exact(84.0))
        .column(widgets::text_column(86.0))
        .column(Column::exact(48.0))
        .column(widgets::text_column(156.0))
        .column(Column::exact(44.0))
        .column(Column::exact(64.0))
        .column(Column::remainder().at_least(80.0).clip(true))
}

fn one(row: &mut TableRow<'_, '_>, view: &View<'_>, exchange: &Exchange, base: &str) {
    row.col(|ui| {
        widgets::cell(ui, words::utc_time(exchange.at));
    });
    row.col(|ui| {
        widgets::cell(ui, &exchange.client);
    });
    row.col(|ui| {
        widgets::cell(ui, &exchange.method);
    });
    row.col(|ui| {
        let path = exchange.target.strip_prefix(base).filter(|p| p.starts_with('/'));
        widgets::cell(ui, path.unwrap_or(&exchange.target)).on_hover_text(&exchange.url);
    });
    row.col(|ui| {
        let ink = if exchange.has_failed() { view.tokens.medium } else { view.tokens.text };
        widgets::cell(ui, RichText::new(status(exchange)).color(ink));
    });
    row.col(|ui| widgets::number(ui, took(exchange)));
    row.col(|ui| {
        widgets::cell(ui, &exchange.understood).on_hover_text(&exchange.understood);
    });
}

/// The status in digits; `none` when no answer came.
pub fn status(exchange: &Exchange) -> String {
    exchange.status.map_or_else(|| "none".to_owned(), |s| s.to_string())
}

/// How long it took.
pub fn took(exchange: &Exchange) -> String {
    format!("{} ms", grouped(exchange.took_ms, 1))
}

/// What stands before every path of a VTN: the path of its base URL.
fn base_path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::base_path;

    #[test]
    fn the_base_of_a_vtn_is_not_repeated_in_every_row() {
        for (url, base) in [
            ("http://127.0.0.1:8080/openadr3/3.1.0", "/openadr3/3.1.0"),
            ("https://vtn.example/api/", "/api"),
            ("https://vtn.example", ""),
            ("https://vtn.example/", ""),
            ("", ""),
        ] {
            assert_eq!(base_path(url), base, "{url}");
        }
    }
}
