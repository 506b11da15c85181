//! A long text: its first lines until a person asks for all of them, to be read, selected and copied.

use egui::{RichText, TextEdit, Ui};

use super::pretty::laid_out;
use crate::console::context::{Intent, View};
use crate::console::widgets;
use crate::openadr::exchange::is_cut;

/// So many lines are shown until a person asks for all of them.
const FIRST_LINES: usize = 300;

/// A text laid out.
pub struct Body {
    text: String,
    lines: usize,
    /// Where the first lines end.
    first: usize,
    shows_all: bool,
    is_cut: bool,
}

impl Body {
    /// The body of an exchange.
    pub fn of(body: &str) -> Self {
        Self { is_cut: is_cut(body), ..Self::plain(laid_out(body)) }
    }

    /// A text as it is.
    pub fn plain(text: String) -> Self {
        let lines = text.lines().count();
        let first = text.match_indices('\n').nth(FIRST_LINES - 1).map_or(text.len(), |(at, _)| at);
        Self { lines, first, shows_all: lines <= FIRST_LINES, is_cut: false, text }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Draws it; `name` is what it is called.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, name: &str) {
        ui.horizontal(|ui| {
            let lines = if self.lines == 1 {
                "1 line".to_owned()
            } else {
                format!("{} lines", widgets::count(self.lines))
            };
            ui.label(RichText::new(lines).color(view.tokens.weak));
            copy(ui, view, name, &self.text);
            if !self.shows_all {
                self.shows_all = ui.button("Show all lines").clicked();
            }
        });
        if self.is_cut {
            let text = "It is longer than the 64 KiB that are kept: its end is missing.";
            ui.add(egui::Label::new(RichText::new(text).color(view.tokens.medium)).wrap());
        }
        let shown = if self.shows_all { &self.text } else { &self.text[..self.first] };
        code(ui, name, shown.trim_end_matches('\n'));
    }
}

/// A text to be read and selected, not changed: Tab goes on from it.
pub fn code(ui: &mut Ui, name: &str, text: &str) {
    let mut text = text;
    ui.add(
        TextEdit::multiline(&mut text)
            .code_editor()
            .lock_focus(false)
            .desired_rows(1)
            .desired_width(f32::INFINITY),
    )
    .accessible_name(name);
}

/// A button that copies a text, and says so.
pub fn copy(ui: &mut Ui, view: &mut View<'_>, what: &str, text: &str) {
    if ui.button("Copy").accessible_name(format!("Copy: {what}")).clicked() {
        ui.ctx().copy_text(text.to_owned());
        view.ask(Intent::Tell(format!("Copied: {what}.")));
    }
}
