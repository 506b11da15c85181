//! The operators whose keys this desk holds.

use egui::{Align, Layout, RichText, ScrollArea, Ui};
use egui_extras::{Column, TableBuilder};

use super::weak;
use crate::console::context::View;
use crate::console::widgets;

/// Draws them.
pub fn ui(ui: &mut Ui, view: &View<'_>) {
    let operators = &view.snapshot.operators;
    if operators.is_empty() {
        weak(
            ui,
            view,
            "This desk holds no operator's signing key, so it can watch and cannot dispatch. `rampdesk keygen --help` \
             says how one is made.",
        );
        return;
    }
    ScrollArea::horizontal().id_salt("operators").auto_shrink([false, true]).show(ui, |ui| {
        ui.set_min_width(560.0);
        TableBuilder::new(ui)
            .id_salt("operators")
            .striped(true)
            .vscroll(false)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::exact(110.0))
            .column(Column::exact(190.0))
            .column(Column::exact(160.0))
            .column(Column::remainder().at_least(100.0).clip(true))
            .header(view.tokens.row, |mut row| {
                for head in ["Operator", "Name", "Signs with key", "Verified with keys"] {
                    row.col(|ui| {
                        widgets::cell(ui, RichText::new(head).color(view.tokens.weak));
                    });
                }
            })
            .body(|mut body| {
                for operator in operators {
                    body.row(view.tokens.row, |mut row| {
                        let keys: Vec<&str> = operator.keys.keys().map(|k| k.key_id.as_str()).collect();
                        for text in [operator.id.as_str(), &operator.name, &operator.key_id, &keys.join(", ")]
                        {
                            row.col(|ui| {
                                widgets::cell(ui, text).on_hover_text(text);
                            });
                        }
                    });
                }
            });
    });
}
