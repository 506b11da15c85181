//! The command palette: every action by name, with its keys.

use egui::{Align, Button, Id, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::action::Action;
use super::theme::Tokens;
use super::widgets::hint;

/// The palette while it is open.
#[derive(Default)]
pub struct Palette {
    open: bool,
    query: String,
    chosen: usize,
}

impl Palette {
    /// Opens it anew, or closes it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }

    /// Whether it is on the screen.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it when open; the action that was picked in this frame. `is_offered` says which actions stand in it, `obstacle`
    /// why one cannot be done now.
    pub fn ui(
        &mut self,
        ctx: &egui::Context,
        tokens: &Tokens,
        is_offered: impl Fn(Action) -> bool,
        obstacle: impl Fn(Action) -> Option<&'static str>,
    ) -> Option<Action> {
        if !self.open {
            return None;
        }
        let found: Vec<Action> = find(&self.query).into_iter().filter(|action| is_offered(*action)).collect();
        let go = self.keys(ctx, found.len());
        let area =
            Modal::default_area(Id::unique("palette")).anchor(egui::Align2::CENTER_TOP, vec2(0.0, 64.0));
        let modal = Modal::new(Id::unique("palette")).area(area).show(ctx, |ui| {
            ui.set_width(480.0_f32.min(ctx.content_rect().width() - 40.0));
            self.entry(ui);
            self.list(ui, tokens, &found, &obstacle)
        });
        let picked = modal.inner.or_else(|| go.then(|| found.get(self.chosen).copied()).flatten());
        let picked = picked.filter(|action| obstacle(*action).is_none());
        if picked.is_some() || modal.should_close() {
            *self = Self::default();
        }
        picked
    }

    /// Arrow keys move, Enter picks: taken from the input before the text field sees them.
    fn keys(&mut self, ctx: &egui::Context, count: usize) -> bool {
        let last = count.saturating_sub(1);
        let pressed = |key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.chosen = if self.chosen >= last { 0 } else { self.chosen + 1 };
        }
        if pressed(Key::ArrowUp) {
            self.chosen = self.chosen.checked_sub(1).unwrap_or(last);
        }
        self.chosen = self.chosen.min(last);
        pressed(Key::Enter)
    }

    fn entry(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.query)
            .hint_text(hint("Find an action"))
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Find an action");
        response.request_focus();
        if response.changed() {
            self.chosen = 0;
        }
    }

    fn list(
        &self,
        ui: &mut Ui,
        tokens: &Tokens,
        found: &[Action],
        obstacle: &impl Fn(Action) -> Option<&'static str>,
    ) -> Option<Action> {
        let mut picked = None;
        if found.is_empty() {
            ui.label(RichText::new("No action has these letters in its name.").color(tokens.weak));
        }
        let height = (ui.ctx().content_rect().height() - 160.0).max(80.0);
        // Without a least height the list would stay as short as it once was, for a query that found little.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            for (index, action) in found.iter().copied().enumerate() {
                let hindrance = obstacle(action);
                let keys = action.shortcut().map(|s| ui.ctx().format_shortcut(&s)).unwrap_or_default();
                let side = hindrance.map_or(keys, str::to_owned);
                let ink = if hindrance.is_some() { tokens.weak } else { tokens.text };
                let button =
                    Button::selectable(index == self.chosen, RichText::new(action.name()).color(ink))
                        .right_text(RichText::new(side).color(tokens.weak))
                        .min_size(vec2(ui.available_width(), tokens.row + 2.0));
                let response = ui.add(button).accessible_name(action.name());
                if index == self.chosen {
                    response.scroll_to_me(None::<Align>);
                }
                if response.clicked() {
                    picked = Some(action);
                }
            }
        });
        picked
    }
}

/// The actions whose names hold the letters of `query` in order, best first.
fn find(query: &str) -> Vec<Action> {
    let mut scored: Vec<(i32, Action)> = Action::ALL
        .into_iter()
        .filter(|a| *a != Action::Palette)
        .filter_map(|a| Some((score(query, a.name())?, a)))
        .collect();
    scored.sort_by_key(|(score, _)| -score);
    scored.into_iter().map(|(_, action)| action).collect()
}

/// How well a name matches: letters in a row and at the start of words count more. `None` when a letter is missing.
fn score(query: &str, name: &str) -> Option<i32> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    let mut score = 0;
    let mut from = 0;
    for letter in query.to_lowercase().chars().filter(|c| !c.is_whitespace()) {
        let found = from + name.get(from..)?.iter().position(|c| *c == letter)?;
        let starts_word = found == 0 || !name[found - 1].is_alphanumeric();
        let follows = from > 0 && found == from;
        score += 1 + if starts_word { 6 } else { 0 } + if follows { 4 } else { 0 };
        from = found + 1;
    }
    Some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_an_action() {
        for (query, first) in [
            ("board", Action::Show(super::super::context::Workspace::Board)),
            ("ack", Action::AcknowledgeAll),
            ("emst", Action::ReachEmergencyStop),
            ("amend", Action::Amend),
            ("help", Action::Help),
        ] {
            assert_eq!(find(query).first(), Some(&first), "{query}");
        }
        assert!(find("zzzz").is_empty());
    }

    #[test]
    fn nothing_typed_shows_every_action_in_its_order() {
        let all: Vec<Action> = Action::ALL.into_iter().filter(|a| *a != Action::Palette).collect();
        assert_eq!(find(""), all);
    }
}
