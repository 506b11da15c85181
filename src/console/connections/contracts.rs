//! The contracts and their terms. Rows only for what is visible.

use egui::{Align, Layout, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder, TableRow};

use super::{body_height, weak};
use crate::console::context::View;
use crate::console::{widgets, words};
use crate::desk::snapshot::ContractState;
use crate::profile::products::Products;

const HEADS: [(&str, bool); 9] = [
    ("Contract", false),
    ("Operator", false),
    ("Product", false),
    ("Acknowledge within", true),
    ("Notice", true),
    ("Polls every", true),
    ("Baseline", false),
    ("Price", true),
    ("Fail-safe", false),
];

/// Draws them.
pub fn ui(ui: &mut Ui, view: &View<'_>) {
    let contracts = &view.snapshot.contracts;
    if contracts.is_empty() {
        weak(
            ui,
            view,
            "No contract is known. Contracts come from the fleet file that this session was started with.",
        );
        return;
    }
    let row = view.tokens.row;
    let height = body_height(ui, row, contracts.len());
    ScrollArea::horizontal().id_salt("contracts").auto_shrink([false, true]).show(ui, |ui| {
        ui.set_min_width(1_020.0);
        widgets::pass_over_edges(ui, "contracts");
        TableBuilder::new(ui)
            .id_salt("contracts")
            .striped(true)
            .auto_shrink([false, true])
            .min_scrolled_height(height)
            .max_scroll_height(height)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::initial(136.0).at_least(60.0).resizable(true).clip(true))
            .column(Column::exact(84.0))
            .column(Column::remainder().at_least(120.0).clip(true))
            .column(Column::exact(122.0))
            .column(Column::exact(90.0))
            .column(Column::exact(74.0))
            .column(Column::initial(124.0).at_least(60.0).resizable(true).clip(true))
            .column(Column::exact(110.0))
            .column(Column::initial(160.0).at_least(60.0).resizable(true).clip(true))
            .header(row, |mut row| widgets::heads(&mut row, view.tokens, &HEADS))
            .body(|body| {
                body.rows(row, contracts.len(), |mut row| {
                    if let Some(contract) = contracts.get(row.index()) {
                        one(&mut row, contract);
                    }
                });
            });
    });
}

fn one(row: &mut TableRow<'_, '_>, contract: &ContractState) {
    for text in [contract.contract.as_str(), contract.operator.as_str()] {
        row.col(|ui| {
            widgets::cell(ui, text).on_hover_text(text);
        });
    }
    row.col(|ui| {
        let known = Products::built_in().get(&contract.product);
        let words = known.map_or_else(String::new, |product| format!("\n{}", product.words()));
        widgets::cell(ui, &contract.product).on_hover_text(format!("{}{words}", contract.product));
    });
    row.col(|ui| widgets::number(ui, words::span(i64::from(contract.ack_seconds))));
    row.col(|ui| widgets::number(ui, notice(contract)));
    row.col(|ui| widgets::number(ui, format!("{} s", contract.poll_seconds)));
    row.col(|ui| {
        widgets::cell(ui, &contract.baseline).on_hover_text(&contract.baseline);
    });
    row.col(|ui| widgets::number(ui, contract.price.as_deref().unwrap_or("none agreed")));
    row.col(|ui| {
        let words =
            contract.fail_safe.map_or_else(|| "none agreed".to_owned(), |fail_safe| fail_safe.words());
        let hint = match contract.fail_safe {
            None => "without its VTN a unit goes on with what it has accepted",
            Some(_) => "where a unit goes when its VTN has not been heard for so many polls",
        };
        widgets::cell(ui, &words).on_hover_text(format!("{words}: {hint}"));
    });
}

fn notice(contract: &ContractState) -> String {
    match contract.notice_seconds {
        0 => "none agreed".to_owned(),
        seconds => words::span(i64::from(seconds)),
    }
}
