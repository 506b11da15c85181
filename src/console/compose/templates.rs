//! Templates: what was drawn up once is asked again, of another unit or on another day, from the start that a draft has.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Id, PopupCloseBehavior, RichText, Ui};
use serde::{Deserialize, Serialize};

use crate::console::fields::Field;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::units::counted;

use super::draft::Draft;

/// The longest name.
const LONGEST_NAME: usize = 60;

/// A draft under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    name: String,
    draft: Draft,
}

impl Template {
    /// What is asked again.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// What it asks, in a line.
    fn words(&self) -> String {
        let lasts = self.draft.span().map_or_else(String::new, |(start, end)| {
            format!(", {} from the draft's own start", words::span(end.since(start)))
        });
        let levels = counted(self.draft.rows.len(), "setpoint");
        format!("{}{lasts}, {levels}; kept from {}", self.draft.status.word(), self.draft.unit)
    }
}

/// Templates in order of name, and the name that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    kept: Vec<Template>,
    name: String,
    /// The one let go of last.
    gone: Option<Template>,
}

/// What a person picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Fill in the open draft from one.
    Fill(usize),
    /// Fill in every draft from one.
    FillAll(usize),
    /// Keep the open draft under the name typed.
    Keep,
    /// Let go of one.
    LetGo(usize),
    /// Have the last one back.
    BringBack,
}

impl Templates {
    /// Those that were kept before.
    pub fn of(mut kept: Vec<Template>) -> Self {
        kept.sort_by(|a, b| a.name.cmp(&b.name));
        kept.dedup_by(|a, b| a.name == b.name);
        Self { kept, ..Self::default() }
    }

    /// All of them.
    pub fn kept(&self) -> &[Template] {
        &self.kept
    }

    /// What one asks.
    pub fn draft(&self, place: usize) -> Option<&Draft> {
        self.kept.get(place).map(|template| &template.draft)
    }

    /// Keeps a draft under the name typed, in the place of one of that name.
    pub fn keep(&mut self, draft: &Draft) {
        let name = std::mem::take(&mut self.name).trim().to_owned();
        self.put(Template { name, draft: draft.clone() });
    }

    /// Lets go of one, which can be had back until the next is let go of.
    pub fn let_go(&mut self, place: usize) {
        if place < self.kept.len() {
            self.gone = Some(self.kept.remove(place));
        }
    }

    /// Has the last one back.
    pub fn bring_back(&mut self) {
        if let Some(template) = self.gone.take() {
            self.put(template);
        }
    }

    fn put(&mut self, template: Template) {
        match self.kept.binary_search_by(|other| other.name.cmp(&template.name)) {
            Ok(place) => self.gone = Some(std::mem::replace(&mut self.kept[place], template)),
            Err(place) => self.kept.insert(place, template),
        }
    }

    /// The menu over the open draft; `several`: there are others beside it.
    pub fn menu(&mut self, ui: &mut Ui, tokens: &Tokens, draft: &Draft, several: bool) -> Option<Choice> {
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let mut choice = None;
        let (button, _) = MenuButton::new("Templates").config(config).ui(ui, |ui| {
            choice = self.fill(ui, tokens, several);
            ui.separator();
            choice = choice.or(self.keeping(ui, tokens, draft));
            choice = choice.or(self.parting(ui));
            if choice.is_some() {
                ui.close();
            }
        });
        button.on_hover_text("Ask again what was drawn up before, or keep this draft to be asked again");
        choice
    }

    fn fill(&self, ui: &mut Ui, tokens: &Tokens, several: bool) -> Option<Choice> {
        if self.kept.is_empty() {
            ui.label(RichText::new("No template is kept yet.").color(tokens.weak));
        }
        let mut choice = None;
        for (place, template) in self.kept.iter().enumerate() {
            let name = &template.name;
            if ui.button(format!("Fill in from {name}")).on_hover_text(template.words()).clicked() {
                choice = Some(Choice::Fill(place));
            }
            if several && ui.button(format!("Fill in every draft from {name}")).clicked() {
                choice = Some(Choice::FillAll(place));
            }
        }
        choice
    }

    fn keeping(&mut self, ui: &mut Ui, tokens: &Tokens, draft: &Draft) -> Option<Choice> {
        let name = Field {
            id: Id::unique("compose-template-name"),
            name: "Name of the template".to_owned(),
            width: 220.0,
            hint: "Evening peak, two steps",
            wrong: false,
            changed: false,
            number: false,
        };
        ui.label(RichText::new("Keep this draft as").color(tokens.weak));
        name.show(ui, tokens, &mut self.name);
        let typed = self.name.trim();
        let obstacle = obstacle(typed, draft);
        let is_known = self.kept.iter().any(|template| template.name == typed);
        let says =
            if is_known { format!("Replace {typed}") } else { "Keep this draft as a template".to_owned() };
        let button = ui.add_enabled(obstacle.is_none(), Button::new(says));
        let pressed = button.clicked();
        if let Some(why) = obstacle {
            button.on_disabled_hover_text(why);
        }
        pressed.then_some(Choice::Keep)
    }

    fn parting(&self, ui: &mut Ui) -> Option<Choice> {
        let mut choice = None;
        if !self.kept.is_empty() {
            ui.separator();
        }
        for (place, template) in self.kept.iter().enumerate() {
            if ui.button(format!("Let go of {}", template.name)).clicked() {
                choice = Some(Choice::LetGo(place));
            }
        }
        if let Some(gone) = &self.gone
            && ui.button(format!("Bring back {}", gone.name)).on_hover_text(gone.words()).clicked()
        {
            choice = Some(Choice::BringBack);
        }
        choice
    }
}

/// Why a draft cannot be kept under a name.
fn obstacle(name: &str, draft: &Draft) -> Option<String> {
    if name.is_empty() {
        return Some("Write a name for it first.".to_owned());
    }
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("A name has at most {LONGEST_NAME} characters."));
    }
    draft.to_be_asked_again().err()
}
