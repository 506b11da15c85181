//! What the window shows while no session is open: what is being opened, or why it was not.

use egui::{Label, RichText, Spinner, Ui};

use super::{SessionChoice, Wanted};
use crate::console::settings::Settings;
use crate::console::theme::Tokens;
use crate::console::widgets::heading;

/// A window without a session.
#[derive(Default)]
pub(super) struct Front {
    pub(super) settings: Settings,
    /// What could not be opened, and why.
    pub(super) refused: Option<(SessionChoice, String)>,
}

impl Front {
    /// Draws it; answers what a person wants to have opened. `opening` is what is being opened.
    pub(super) fn ui(&self, ui: &mut Ui, tokens: &Tokens, opening: Option<&SessionChoice>) -> Option<Wanted> {
        let mut wanted = None;
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() * 0.3).min(160.0));
            ui.set_max_width(560.0);
            match (opening, &self.refused) {
                (Some(choice), _) => {
                    heading(ui, &format!("Opening {}", choice.words_before(self.settings.trainer)));
                    ui.add(Spinner::new().size(24.0));
                }
                (None, Some((choice, why))) => wanted = refused(ui, tokens, choice, why),
                (None, None) => drop(heading(ui, "No session is open")),
            }
        });
        wanted
    }
}

fn refused(ui: &mut Ui, tokens: &Tokens, choice: &SessionChoice, why: &str) -> Option<Wanted> {
    heading(ui, &format!("Rampdesk could not open {}", choice.words()));
    ui.add(Label::new(RichText::new(why).color(tokens.high)).wrap());
    let mut wanted = None;
    ui.add_space(tokens.gap);
    if ui.button("Try again").clicked() {
        wanted = Some(Wanted::Session(choice.clone()));
    }
    if ui.button("Open a connection …").clicked() {
        wanted = Some(Wanted::Connection);
    }
    if *choice != SessionChoice::Sandbox && ui.button("Open the sandbox").clicked() {
        wanted = Some(Wanted::Session(SessionChoice::Sandbox));
    }
    wanted
}
