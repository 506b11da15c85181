//! The text of the scenario as it is written.

use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Event, Id, Key, ScrollArea, TextEdit, Ui};

use crate::console::theme::Tokens;
use crate::workshop::editing::{Change, ScenarioEdit};

use super::Wish;

/// Draws it, with the cursor in a line that is to be gone to.
pub(super) fn ui(
    ui: &mut Ui,
    tokens: &Tokens,
    edit: &ScenarioEdit,
    go_to: &mut Option<usize>,
    wishes: &mut Vec<Wish>,
) {
    let id = Id::unique("the text of the scenario");
    let line = go_to.take();
    if let Some(line) = line {
        let before: usize =
            edit.text().split_inclusive('\n').take(line.saturating_sub(1)).map(|l| l.chars().count()).sum();
        let length = edit.text().lines().nth(line.saturating_sub(1)).map_or(0, |l| l.chars().count());
        let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        state
            .cursor
            .set_char_range(Some(CCursorRange::two(CCursor::new(before), CCursor::new(before + length))));
        state.store(ui.ctx(), id);
    }
    ScrollArea::both().id_salt("text of the scenario").auto_shrink([false, false]).show(ui, |ui| {
        let mut text = edit.text().to_owned();
        let shown = ui
            .add(
                TextEdit::multiline(&mut text)
                    .id(id)
                    .font(egui::TextStyle::Monospace)
                    .desired_width(f32::INFINITY)
                    .desired_rows(12)
                    .background_color(tokens.well),
            )
            .accessible_name("Text of the scenario");
        if line.is_some() {
            shown.request_focus();
        }
        if shown.changed() && text != edit.text() {
            // Words and lines are undone one by one.
            let goes_on = !ui.input(|input| input.events.iter().any(ends_a_word));
            wishes.push(Wish::Change(Change::Text(text), goes_on));
        }
    });
}

fn ends_a_word(event: &Event) -> bool {
    match event {
        Event::Text(typed) => typed.trim().is_empty(),
        Event::Key { key: Key::Enter, pressed, .. } => *pressed,
        Event::Paste(_) | Event::Cut => true,
        _ => false,
    }
}
