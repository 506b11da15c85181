//! The systems to pick from: a list that arrow keys go through, or a choice where there is no room for one.

use egui::{Button, ComboBox, RichText, ScrollArea, Ui, vec2};

use super::Carried;
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::interop::Tally;

const ALL: &str = "All, field by field";

/// The list.
pub fn list(ui: &mut Ui, tokens: &Tokens, all: &[Carried], present: &mut Option<usize>, is_fresh: &mut bool) {
    let anchor = widgets::list_anchor(ui, tokens, "Systems");
    if std::mem::take(is_fresh) {
        anchor.request_focus();
    }
    let row_in_hand = present.map_or(0, |index| index + 1);
    let mut picked = widgets::list_step(ui, &anchor, Some(row_in_hand), all.len() + 1);
    let moved = picked.is_some();
    ScrollArea::vertical().id_salt("systems").auto_shrink([false, false]).show(ui, |ui| {
        for row in 0..=all.len() {
            let carried = row.checked_sub(1).and_then(|index| all.get(index));
            let name = carried.map_or(ALL, |one| one.translation.system.name());
            let side = carried.map(|one| figures(one.translation.tally())).unwrap_or_default();
            let button = Button::selectable(row == row_in_hand, name)
                .sense(egui::Sense::CLICK)
                .right_text(RichText::new(side).color(tokens.weak).small())
                .min_size(vec2(ui.available_width(), tokens.row));
            let response = ui.add(button).accessible_name(name);
            let response = match carried {
                Some(one) => response.on_hover_text(format!(
                    "{} {}",
                    one.translation.system.is(),
                    one.translation.tally().words()
                )),
                None => response.on_hover_text("what becomes of every field in every system"),
            };
            if moved && picked == Some(row) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                anchor.request_focus();
                picked = Some(row);
            }
        }
    });
    if let Some(row) = picked {
        *present = row.checked_sub(1);
    }
}

/// Kept, changed, lost; how many are not known where that is all.
pub fn figures(tally: Tally) -> String {
    if tally.unknown > 0 && tally.kept + tally.changed + tally.lost == 0 {
        format!("{} ?", tally.unknown)
    } else {
        format!("{} {} {}", tally.kept, tally.changed, tally.lost)
    }
}

/// The choice.
pub fn choice(ui: &mut Ui, all: &[Carried], present: &mut Option<usize>) {
    let name = |index: Option<usize>| {
        index.and_then(|index| all.get(index)).map_or(ALL, |one| one.translation.system.name())
    };
    ComboBox::from_id_salt("system")
        .width(180.0)
        .selected_text(name(*present))
        .show_ui(ui, |ui| {
            for index in std::iter::once(None).chain((0..all.len()).map(Some)) {
                ui.selectable_value(present, index, name(index));
            }
        })
        .response
        .accessible_name("System");
}
