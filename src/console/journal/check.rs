//! Whether the chain holds: every hash of the file worked out anew, when a person asks for it.

use std::sync::Arc;

use egui::{Button, Label, RichText, Ui};

use crate::console::context::View;
use crate::console::errand::Errand;
use crate::console::widgets::{self, Outline};
use crate::console::words;
use crate::journal::{Journal, JournalError};
use crate::time::UtcTime;

/// What a check came to.
#[derive(Default)]
pub enum Check {
    /// Nobody asked.
    #[default]
    None,
    /// It is under way.
    UnderWay(Errand<Result<u64, JournalError>>),
    /// So many entries hold, as of an instant; or what does not.
    Done(Result<u64, String>, UtcTime),
}

impl Check {
    /// Takes in what came of it.
    pub fn settle(&mut self, now: UtcTime) {
        let Self::UnderWay(errand) = self else { return };
        let Some(settled) = errand.settled() else { return };
        let result = settled.and_then(|checked| checked.map_err(|fault| fault.to_string()));
        *self = Self::Done(result, now);
    }

    /// The button, and what came of it.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) {
        let Some(file) = &view.snapshot.journal_file else {
            let text = "This journal is kept in memory alone: its last 500 entries are shown.";
            ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).wrap());
            return;
        };
        let is_under_way = matches!(self, Self::UnderWay(_));
        let button = ui.add_enabled(!is_under_way, Button::new("Check the chain"));
        let hint = "Works out the hash of every entry anew, from the first to the last";
        if button.on_hover_text(hint).clicked() {
            let path = Arc::clone(file);
            let errand = Errand::begin(ui.ctx(), move || Journal::open_to_read(&path)?.verify());
            *self = match errand {
                Ok(errand) => Self::UnderWay(errand),
                Err(fault) => Self::Done(Err(fault), view.clock.now()),
            };
        }
        match self {
            Self::None => {
                let text = format!("Each entry holds the hash of the one before. File: {}", file.display());
                ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).truncate());
            }
            Self::UnderWay(_) => {
                ui.spinner();
                ui.label("Checking every entry …");
            }
            Self::Done(Ok(entries), at) => {
                let many = widgets::count(usize::try_from(*entries).unwrap_or(usize::MAX));
                let text = format!("The chain holds: {many} entries as of {}", words::london(*at));
                widgets::marked(ui, (Outline::Check, view.tokens.text, true), &text, &text);
            }
            Self::Done(Err(fault), at) => {
                let text = format!("Checked at {}: {fault}", words::london(*at));
                widgets::marked(ui, (Outline::Cross, view.tokens.high, true), &text, &text);
            }
        }
    }
}
