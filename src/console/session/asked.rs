//! What an opener asks, in front of the person: a secret, or whether what will be opened is what they mean.

use std::sync::mpsc::Sender;

use egui::{Context, Frame, Id, Key, Label, Margin, Modal, Modifiers, RichText, Ui};

use super::leaving::Answer;
use super::opening::Question;
use super::person::{Prospect, SecretWanted};
use crate::console::secret_field::SecretField;
use crate::console::theme::Tokens;
use crate::console::widgets::{
    at_the_right, beside_a_filled_button, clicked_but_not_by_enter, filled_button, heading, pair,
};
use crate::desk::snapshot::Mode;
use crate::openadr::secret::Secret;

/// A question of an opener on the screen.
pub(super) enum Asked {
    Secret { wanted: SecretWanted, answer: Sender<Secret>, field: SecretField, is_new: bool },
    Agreement { to: Prospect, answer: Sender<()>, is_armed: bool, is_new: bool },
}

impl From<Question> for Asked {
    fn from(question: Question) -> Self {
        match question {
            Question::Secret(wanted, answer) => {
                Self::Secret { wanted, answer, field: SecretField::new("of a session"), is_new: true }
            }
            Question::Agreement(to, answer) => Self::Agreement { to, answer, is_armed: false, is_new: true },
        }
    }
}

impl Asked {
    /// Draws it. Answered, it is over; broken off, so is the opening.
    pub(super) fn ui(&mut self, ctx: &Context, tokens: &Tokens) -> Answer {
        let modal = Modal::new(Id::unique("an opener asks")).show(ctx, |ui| {
            ui.set_width(520.0_f32.min(ctx.content_rect().width() - 60.0));
            match self {
                Self::Secret { wanted, answer, field, is_new } => {
                    secret(ui, tokens, wanted, (field, answer), is_new)
                }
                Self::Agreement { to, answer, is_armed, is_new } => {
                    agreement(ui, tokens, to, answer, (is_armed, is_new))
                }
            }
        });
        if modal.inner == Answer::Waiting && modal.should_close() { Answer::Cancel } else { modal.inner }
    }
}

fn secret(
    ui: &mut Ui,
    tokens: &Tokens,
    wanted: &SecretWanted,
    (field, answer): (&mut SecretField, &Sender<Secret>),
    is_new: &mut bool,
) -> Answer {
    heading(ui, &format!("{} of {}", wanted.word, wanted.opens));
    if let Some(before) = &wanted.before {
        ui.add(Label::new(RichText::new(before).color(tokens.high)).wrap());
    }
    let mut is_entered = false;
    ui.horizontal(|ui| {
        let label = ui.label(wanted.word);
        let typed = field.ui(ui, label.id, 320.0);
        if std::mem::take(is_new) {
            typed.request_focus();
        }
        is_entered =
            typed.lost_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    });
    ui.add(Label::new(RichText::new(KEPT).color(tokens.weak)).wrap());
    ui.separator();
    let mut given = Answer::Waiting;
    ui.horizontal(|ui| {
        beside_a_filled_button(ui);
        at_the_right(ui, |ui| {
            let cancel = ui.button("Cancel");
            let is_ready = !field.is_empty();
            let (fill, ink) =
                if is_ready { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
            let open = filled_button(ui, is_ready, "Open it", fill, ink);
            if cancel.clicked() {
                given = Answer::Cancel;
            } else if is_ready && (open.clicked() || is_entered) {
                // Who asked may have given it up meanwhile; that is told by itself.
                answer.send(field.take()).ok();
                given = Answer::GoOn;
            }
        });
    });
    given
}

const KEPT: &str = "It stays in this program's memory while it runs, and is written nowhere.";

fn agreement(
    ui: &mut Ui,
    tokens: &Tokens,
    to: &Prospect,
    answer: &Sender<()>,
    (is_armed, is_new): (&mut bool, &mut bool),
) -> Answer {
    heading(ui, &format!("Open {}?", to.name));
    band(ui, tokens, to.mode);
    pair(ui, tokens, "Network operator", to.operators.join(", "));
    pair(ui, tokens, "VTN", to.vtn.as_str());
    pair(ui, tokens, "Secured by", to.secured.as_str());
    ui.separator();
    let mut given = Answer::Waiting;
    ui.horizontal_wrapped(|ui| {
        beside_a_filled_button(ui);
        let mut ticked = *is_armed;
        let arm = ui.checkbox(&mut ticked, "This is the one that I mean");
        // Enter ticks a box that has the keyboard; it must not arm.
        if arm.changed() && !ui.input(|input| input.key_pressed(Key::Enter)) {
            *is_armed = ticked;
        }
        at_the_right(ui, |ui| {
            let cancel = ui.button("Cancel");
            let (fill, ink) =
                if *is_armed { (tokens.band(to.mode), tokens.on_band) } else { (tokens.panel, tokens.weak) };
            let open = filled_button(ui, *is_armed, &format!("Open {}", to.mode.word()), fill, ink)
                .on_disabled_hover_text("Read it and tick the box first");
            if std::mem::take(is_new) {
                cancel.request_focus();
            }
            if cancel.clicked() {
                given = Answer::Cancel;
            } else if *is_armed && clicked_but_not_by_enter(&open) {
                answer.send(()).ok();
                given = Answer::GoOn;
            }
        });
    });
    given
}

/// The mode, in its colour and its word, with what that means.
fn band(ui: &mut Ui, tokens: &Tokens, mode: Mode) {
    ui.horizontal(|ui| {
        Frame::new()
            .fill(tokens.band(mode))
            .corner_radius(tokens.radius)
            .inner_margin(Margin::symmetric(10, 4))
            .show(ui, |ui| ui.label(RichText::new(mode.word()).strong().color(tokens.on_band)));
        ui.add(Label::new(RichText::new(mode.means()).strong()).wrap());
    });
}
