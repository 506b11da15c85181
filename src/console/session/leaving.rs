//! Asks before a session is left in which something is not finished: what it is, and what becomes of it. Cancel is the default.

use egui::{Context, Id, Label, Modal};

use super::SessionChoice;
use crate::console::theme::Tokens;
use crate::console::widgets::{at_the_right, beside_a_filled_button, filled_button, heading};

/// A question that waits for its answer.
pub(super) struct Leaving {
    pub(super) choice: SessionChoice,
    words: String,
    unfinished: Vec<String>,
    is_new: bool,
}

/// The answer to a question of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Waiting,
    Cancel,
    GoOn,
}

impl Leaving {
    /// For another session, in words, of what stands unfinished, a sentence each.
    pub(super) fn new(choice: SessionChoice, words: String, unfinished: Vec<String>) -> Self {
        Self { choice, words, unfinished, is_new: true }
    }

    pub(super) fn ui(&mut self, ctx: &Context, tokens: &Tokens) -> Answer {
        let modal = Modal::new(Id::unique("leave the session")).show(ctx, |ui| {
            ui.set_width(520.0_f32.min(ctx.content_rect().width() - 60.0));
            heading(ui, &format!("Leave this session for {}?", self.words));
            for line in &self.unfinished {
                ui.add(Label::new(line).wrap());
            }
            ui.separator();
            let (mut answer, is_new) = (Answer::Waiting, std::mem::take(&mut self.is_new));
            ui.horizontal(|ui| {
                beside_a_filled_button(ui);
                at_the_right(ui, |ui| {
                    let cancel = ui.button("Cancel");
                    let leave = filled_button(ui, true, "Leave it", tokens.accent, tokens.on_accent);
                    if is_new {
                        cancel.request_focus();
                    }
                    if cancel.clicked() {
                        answer = Answer::Cancel;
                    } else if leave.clicked() {
                        answer = Answer::GoOn;
                    }
                });
            });
            answer
        });
        if modal.inner == Answer::Waiting && modal.should_close() { Answer::Cancel } else { modal.inner }
    }
}
