//! The rows of the form: a name, a field, and below it what is wrong with what it holds.

use egui::{Align, Id, Label, Layout, Response, RichText, Ui, vec2};

use super::form::Form;
use crate::console::fields::Field;
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};

/// The width of the names, points.
const NAMES: f32 = 172.0;

/// A row with a text field.
pub struct Row<'a> {
    /// As faults name it.
    pub field: &'a str,
    /// What stands before it.
    pub label: &'a str,
    /// Its name, for those who do not see where it stands.
    pub name: String,
    /// Its width, points.
    pub width: f32,
    /// What to write, shown while it is empty.
    pub hint: &'a str,
    /// Whether it holds a number.
    pub number: bool,
}

impl Row<'_> {
    /// Draws it.
    pub fn show(
        self,
        ui: &mut Ui,
        tokens: &Tokens,
        form: &mut Form,
        text: impl Fn(&mut Form) -> &mut String,
    ) -> Response {
        let Self { field, label, name, width, hint, number } = self;
        let fault = form.fault(field).map(str::to_owned);
        let response = beside(ui, tokens, label, |ui| {
            let shown = Field {
                id: id_of(field),
                name,
                width: width.min(ui.available_width()),
                hint,
                wrong: fault.is_some(),
                changed: false,
                number,
            };
            let mut value = text(form).clone();
            let response = shown.show(ui, tokens, &mut value);
            if response.changed() {
                *text(form) = value;
            }
            if let Some(fault) = &fault {
                wrong(ui, tokens, fault);
            }
            response
        });
        if response.changed() || response.lost_focus() {
            form.touch(field);
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            form.enter();
        }
        response
    }
}

/// The id of a field, to give it the keyboard.
pub fn id_of(field: &str) -> Id {
    Id::unique(("onboard", field))
}

/// A name in the column of names, and something beside it.
pub fn beside<R>(ui: &mut Ui, tokens: &Tokens, label: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let names = NAMES.min(ui.available_width() * 0.4);
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(names, tokens.row), Layout::left_to_right(Align::Center), |ui| {
            ui.set_width(names);
            ui.add(Label::new(RichText::new(label).color(tokens.weak)).wrap().selectable(false));
        });
        ui.vertical(add).inner
    })
    .inner
}

/// What is wrong, marked by shape too.
pub fn wrong(ui: &mut Ui, tokens: &Tokens, fault: &str) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 14.0), egui::Sense::hover());
        let centre = rect.center();
        widgets::paint_mark(ui.painter(), centre, 4.5, Outline::Cross, tokens.high, true);
        ui.add(Label::new(RichText::new(fault).color(tokens.text)).wrap());
    });
}

/// Words that explain.
pub fn weak(ui: &mut Ui, tokens: &Tokens, text: &str) {
    ui.add(Label::new(RichText::new(text).color(tokens.weak)).wrap());
}
