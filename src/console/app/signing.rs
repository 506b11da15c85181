//! Signing on and off in the window: the dialog, what comes of it, and what is told of who is signed on.

use egui::Context;

use super::App;
use crate::console::sign_on::{self, Answer, SignOnDialog};
use crate::desk::command::Command;
use crate::desk::snapshot::Snapshot;
use crate::dispatch::OperatorId;

impl App {
    /// Opens the dialog, unless it is open.
    pub(super) fn ask_to_sign_on(&mut self) {
        let last = self.settings.signed_on.as_deref();
        self.sign_on.get_or_insert_with(|| SignOnDialog::new(&self.snapshot, last));
    }

    /// Opens the dialog before something is sent for these operators.
    pub(super) fn ask_to_sign_on_for(&mut self, operators: &[OperatorId]) {
        let last = self.settings.signed_on.as_deref();
        self.sign_on = Some(SignOnDialog::to_send_for(&self.snapshot, last, operators));
    }

    /// Draws the dialog, where it is open.
    pub(super) fn signing_on(&mut self, ctx: &Context) {
        let Some(dialog) = &mut self.sign_on else { return };
        match dialog.ui(ctx, &self.tokens, &self.snapshot) {
            Answer::Waiting => {}
            Answer::Give(command) => dialog.given(self.desk.give(command)),
            Answer::Cancel(under_way) => {
                // What comes of it is told all the same.
                if under_way.is_some() {
                    self.toasts.given(under_way, "sign on".to_owned());
                }
                self.sign_on = None;
                self.workspaces.compose.signed_on(false);
            }
            Answer::Done(words) => {
                self.settings.signed_on = dialog.person().map(ToString::to_string);
                self.sign_on = None;
                self.tell(ctx, format!("{words}."));
                self.workspaces.compose.signed_on(true);
            }
        }
    }

    pub(super) fn sign_off(&mut self) {
        self.give(Command::SignOff);
    }

    /// Tells that somebody was signed off otherwise than by hand, until it is read.
    pub(super) fn follow_who_is_on(&mut self, before: &Snapshot) {
        if let Some(news) = sign_on::news(before, &self.snapshot) {
            self.toasts.fail(news);
        }
    }
}
