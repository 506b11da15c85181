//! Other marks than the journal gives: how many, who says so and why.

use egui::{Button, Frame, Id, Label, Margin, RichText, Ui};

use crate::console::fields::Field;
use crate::console::theme::Tokens;
use crate::time::UtcTime;
use crate::workshop::exercise::Marks;
use crate::workshop::marking::{Marked, Override};

/// What is being written.
pub struct Form {
    number: u32,
    least: Marks,
    most: Marks,
    marks: String,
    reason: String,
    is_new: bool,
}

/// What a person does with it.
pub enum Answer {
    /// Writes on.
    Waiting,
    /// Leaves it.
    Cancel,
    /// Says it.
    Give(Override),
}

impl Form {
    /// Of a mark, as it counts now.
    pub fn of(marked: &Marked) -> Self {
        Self {
            number: marked.number,
            least: marked.of.min(Marks::NONE),
            most: marked.of.max(Marks::NONE),
            marks: marked.counted().to_string(),
            reason: String::new(),
            is_new: true,
        }
    }

    /// Which mark.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Draws it. `trainer` is who signs; `now` is when.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, trainer: &mut String, now: UtcTime) -> Answer {
        let frame = Frame::new().fill(tokens.well).corner_radius(tokens.radius).inner_margin(Margin::same(8));
        frame.show(ui, |ui| self.fields(ui, tokens, trainer, now)).inner
    }

    fn fields(&mut self, ui: &mut Ui, tokens: &Tokens, trainer: &mut String, now: UtcTime) -> Answer {
        let given = self.read();
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Marks").color(tokens.weak));
            let name = format!("Marks for mark {}", self.number);
            let typed = field("marks", name, 56.0, (given.is_none(), true)).show(ui, tokens, &mut self.marks);
            if std::mem::take(&mut self.is_new) {
                typed.request_focus();
            }
            ui.label(
                RichText::new(format!("{} to {}, whole or half", self.least, self.most)).color(tokens.weak),
            );
        });
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Your name").color(tokens.weak));
            field("trainer", "Your name".to_owned(), 160.0, (false, false)).show(ui, tokens, trainer);
        });
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Reason").color(tokens.weak));
            let width = (ui.available_width() - 8.0).clamp(120.0, 520.0);
            field("reason", "Reason".to_owned(), width, (false, false)).show(ui, tokens, &mut self.reason);
        });
        let is_said = !trainer.trim().is_empty() && !self.reason.trim().is_empty();
        let mut answer = Answer::Waiting;
        ui.horizontal_wrapped(|ui| {
            let give = ui.add_enabled(given.is_some() && is_said, Button::new("Give these marks"));
            let give = give.on_disabled_hover_text("Write marks, your name and a reason first");
            if ui.button("Cancel").clicked() {
                answer = Answer::Cancel;
            }
            if let Some(marks) = given.filter(|_| give.clicked()) {
                let (by, reason) = (trainer.trim().to_owned(), self.reason.trim().to_owned());
                answer = Answer::Give(Override { number: self.number, marks, by, reason, at: now });
            }
            let kept =
                "It is kept with your name and the workshop's time. What the journal gives stays beside it.";
            ui.add(Label::new(RichText::new(kept).color(tokens.weak)).wrap());
        });
        answer
    }

    /// What is written, where the mark can be given that.
    fn read(&self) -> Option<Marks> {
        let number = self.marks.trim().replace('−', "-").parse().ok();
        number.and_then(Marks::from_number).filter(|marks| (self.least..=self.most).contains(marks))
    }
}

fn field(id: &str, name: String, width: f32, (wrong, number): (bool, bool)) -> Field<'static> {
    Field { id: Id::unique(("override", id)), name, width, hint: "", wrong, changed: false, number }
}
