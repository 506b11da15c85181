//! What the registrar has done so far, and how it ended.

use egui::{Align, Label, Layout, RichText, Sense, Spinner, Ui, vec2};

use super::rows::wrong;
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::workshop::enrolment::{Fault, Progress};
use crate::workshop::onboarding::{Standing, Step};

/// The width of the column of standings, points.
const WORDS: f32 = 92.0;

/// Draws the steps, and below them the end in words. A fault is drawn as one.
pub fn ui(ui: &mut Ui, tokens: &Tokens, progress: &Progress) {
    progress.steps.iter().for_each(|step| one(ui, tokens, step));
    match &progress.end {
        None => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(14.0));
                ui.label("The next step is being taken …");
            });
        }
        Some(Ok(words)) => {
            ui.add_space(tokens.gap);
            ui.add(Label::new(RichText::new(words).strong()).wrap());
        }
        Some(Err(Fault { words, .. })) => {
            ui.add_space(tokens.gap);
            wrong(ui, tokens, words);
            ui.add(Label::new(RichText::new("What was done before stays done.").color(tokens.weak)).wrap());
        }
    }
}

fn one(ui: &mut Ui, tokens: &Tokens, step: &Step) {
    let (outline, colour, word) = match step.standing {
        Standing::Done => (Outline::Check, tokens.text, "done"),
        Standing::Ready => (Outline::Circle, tokens.weak, "was so before"),
        Standing::Due => (Outline::Circle, tokens.weak, "to do"),
        Standing::Left => (Outline::Triangle, tokens.medium, "left for others"),
    };
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        widgets::paint_mark(ui.painter(), rect.center(), 5.0, outline, colour, true);
        ui.allocate_ui_with_layout(vec2(WORDS, 16.0), Layout::left_to_right(Align::Min), |ui| {
            ui.set_width(WORDS);
            ui.add(Label::new(RichText::new(word).color(tokens.weak)).selectable(false));
        });
        ui.add(Label::new(&step.what).wrap());
    });
}
