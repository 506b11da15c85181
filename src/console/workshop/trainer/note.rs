//! The trainer's note of a workshop, as its file has it.

use egui::Ui;

use crate::console::theme::Tokens;
use crate::console::widgets::{heading, pair};
use crate::workshop::exercise::Exercise;

/// Draws it.
pub fn ui(ui: &mut Ui, tokens: &Tokens, exercise: &Exercise) {
    ui.add_space(tokens.gap);
    heading(ui, "Trainer's note");
    pair(ui, tokens, "Level", exercise.level.to_string());
    pair(ui, tokens, "In the room", format!("{} min at ×{}", exercise.minutes, exercise.rate));
    pair(ui, tokens, "Aim", &exercise.aim);
    pair(ui, tokens, "To know before", &exercise.prior);
    for sentence in &exercise.point_out {
        pair(ui, tokens, "Point out", sentence);
    }
    for sentence in &exercise.questions {
        pair(ui, tokens, "Ask", sentence);
    }
}
