//! What is wrong with the scenario, as `rampdesk check` says it, each with the way to where it is.

use egui::{RichText, ScrollArea, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::heading;
use crate::workshop::editing::{Mistake, ScenarioEdit};

use super::Wish;

/// Draws them, scrolled where there are many.
pub(super) fn ui(ui: &mut Ui, tokens: &Tokens, edit: &ScenarioEdit, wishes: &mut Vec<Wish>) {
    ScrollArea::vertical()
        .id_salt("mistakes")
        .auto_shrink([false, false])
        .show(ui, |ui| rows(ui, tokens, edit, wishes));
}

/// Draws them one below the other.
pub(super) fn rows(ui: &mut Ui, tokens: &Tokens, edit: &ScenarioEdit, wishes: &mut Vec<Wish>) {
    let count = edit.mistakes().len();
    heading(ui, &if count == 1 { "1 mistake".to_owned() } else { format!("{count} mistakes") });
    for mistake in edit.mistakes() {
        let text = RichText::new(sentence(mistake)).color(tokens.high);
        let row = egui::Button::new(text).frame(false).wrap();
        if ui.add(row).on_hover_text("go there").clicked() {
            wishes.push(Wish::GoTo(mistake.item, mistake.fault.line));
        }
    }
}

/// `Line 12, steps[1].unit: …`.
fn sentence(mistake: &Mistake) -> String {
    let fault = &mistake.fault;
    let line = fault.line.map(|line| format!("Line {line}"));
    let field = (!fault.field.is_empty()).then(|| fault.field.clone());
    let place: Vec<String> = line.into_iter().chain(field).collect();
    if place.is_empty() { fault.message.clone() } else { format!("{}: {}", place.join(", "), fault.message) }
}
