//! Who was onboarded while the sandbox ran, and how one is taken out again.

use egui::{Id, Label, Modal, RichText, Ui};

use super::{LOOK_EVERY, progress};
use crate::console::context::{Intent, View};
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::dispatch::FspId;
use crate::workshop::enrolment::{Enrolled, Enrolments, Request};

/// The list, and the question that waits for its answer.
#[derive(Default)]
pub struct EnrolledView {
    question: Option<Question>,
    /// Whose withdrawal is shown.
    shown: Option<FspId>,
}

struct Question {
    fsp: FspId,
    is_fresh: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Waiting,
    Cancel,
    Withdraw,
}

impl EnrolledView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        let picture = enrolments.picture();
        let is_busy = picture.is_busy();
        for enrolled in &picture.enrolled {
            ui.horizontal_wrapped(|ui| {
                ui.label(format!("{}: {}", enrolled.fsp, enrolled.name));
                ui.label(RichText::new(words(enrolled)).color(view.tokens.weak));
                let name = format!("Withdraw {} …", enrolled.fsp);
                let button = ui.add_enabled(!is_busy, egui::Button::new("Withdraw …")).accessible_name(name);
                if button.clicked() {
                    self.question = Some(Question { fsp: enrolled.fsp.clone(), is_fresh: true });
                }
            });
        }
        let shown = self.shown.as_ref().and_then(|fsp| picture.errands.get(fsp));
        if let Some(progress) = shown.filter(|errand| errand.is_withdrawal) {
            ui.label(RichText::new(format!("Withdrawal of {}", progress.fsp)).strong());
            progress::ui(ui, view.tokens, progress);
            if progress.end.is_none() {
                ui.ctx().request_repaint_after(LOOK_EVERY);
            } else if ui.button("Close").accessible_name("Close the withdrawal").clicked() {
                self.shown = None;
            }
        }
        self.ask(ui, view, enrolments);
    }

    fn ask(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        let Some(question) = &mut self.question else { return };
        let answer = question.ui(ui.ctx(), view.tokens);
        if answer == Answer::Waiting {
            return;
        }
        let Some(Question { fsp, .. }) = self.question.take().filter(|_| answer == Answer::Withdraw) else {
            return;
        };
        if enrolments.ask(Request::Withdraw(fsp.clone())) {
            self.shown = Some(fsp);
            ui.ctx().request_repaint_after(LOOK_EVERY);
        } else {
            let words = "Nothing was done: the sandbox has ended. Start Rampdesk again.".to_owned();
            view.ask(Intent::Warn(words));
        }
    }
}

fn words(enrolled: &Enrolled) -> String {
    let units = if enrolled.units == 1 { "1 unit".to_owned() } else { format!("{} units", enrolled.units) };
    let who = if enrolled.is_here { "the simulated fleet answers" } else { "a client of its own answers" };
    format!("{units}, {who}")
}

impl Question {
    fn ui(&mut self, ctx: &egui::Context, tokens: &Tokens) -> Answer {
        let modal = Modal::new(Id::unique("withdraw question")).show(ctx, |ui| {
            ui.set_width(480.0_f32.min(ctx.content_rect().width() - 60.0));
            widgets::heading(ui, &format!("Withdraw {}?", self.fsp));
            for line in [
                "Its client is removed from the VTN: its secret and the tokens that it holds are refused at once.",
                "Its contracts and units leave this desk. What is in the journal stays.",
                "It can be onboarded again later, with new secrets and a new key.",
            ] {
                ui.add(Label::new(line).wrap());
            }
            ui.add_space(tokens.gap);
            ui.separator();
            self.buttons(ui, tokens)
        });
        if modal.inner == Answer::Waiting && modal.should_close() { Answer::Cancel } else { modal.inner }
    }

    fn buttons(&mut self, ui: &mut Ui, tokens: &Tokens) -> Answer {
        let mut answer = Answer::Waiting;
        ui.horizontal(|ui| {
            widgets::beside_a_filled_button(ui);
            widgets::at_the_right(ui, |ui| {
                let cancel = ui.button("Cancel");
                let text = format!("Withdraw {}", self.fsp);
                let withdraw = widgets::filled_button(ui, true, &text, tokens.live, tokens.on_band);
                if std::mem::take(&mut self.is_fresh) {
                    cancel.request_focus();
                }
                if cancel.clicked() {
                    answer = Answer::Cancel;
                } else if widgets::clicked_but_not_by_enter(&withdraw) {
                    answer = Answer::Withdraw;
                }
            });
        });
        answer
    }
}
