//! What can be written of the item in hand; of the scenario itself where none is.

use egui::{Label, RichText, TextEdit, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::{heading, hint};
use crate::workshop::editing::{Change, Field, ItemId, Mistake, ScenarioEdit};

use super::Wish;

/// Fields that hold sentences.
const SENTENCES: [&str; 6] = ["text", "for", "about", "reason", "workshop.aim", "workshop.prior"];

/// What is being typed, until it is written: a time that is half typed would send its step across the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typing {
    item: Option<ItemId>,
    path: String,
    input: String,
}

impl Typing {
    /// Whether it is not what stands in the text.
    pub fn is_changed(&self, edit: &ScenarioEdit) -> bool {
        let fields = all(edit, self.item);
        fields.iter().any(|field| field.path == self.path && field.input != self.input)
    }

    /// The change that writes it.
    pub fn change(&self) -> Change {
        match self.item {
            Some(id) => Change::Set(id, self.path.clone(), self.input.clone()),
            None => Change::SetHead(self.path.clone(), self.input.clone()),
        }
    }
}

fn all(edit: &ScenarioEdit, item: Option<ItemId>) -> Vec<Field> {
    item.map_or_else(|| edit.head(), |id| edit.fields(id))
}

/// Draws them.
pub(super) fn ui(
    ui: &mut Ui,
    tokens: &Tokens,
    edit: &ScenarioEdit,
    selected: Option<ItemId>,
    typing: &mut Option<Typing>,
    wishes: &mut Vec<Wish>,
) {
    let item = selected.and_then(|id| edit.item(id));
    heading(ui, item.map_or("The scenario", |item| item.lane.name()));
    match item {
        Some(item) => drop(ui.add(Label::new(&item.words).wrap())),
        None if edit.has_lanes() => {
            let says = "Pick something on a lane to write what it says.";
            ui.add(Label::new(RichText::new(says).color(tokens.weak)).wrap());
        }
        None => {}
    }
    ui.add_space(tokens.gap);
    let id = item.map(|item| item.id);
    let faults: Vec<&Mistake> =
        edit.mistakes().iter().filter(|mistake| id.is_some() && mistake.item == id).collect();
    let fields = all(edit, id);
    for field in &fields {
        row(ui, tokens, edit, id, field, typing, wishes);
        faults.iter().filter(|fault| is_of(fault, id, &field.path)).for_each(|fault| said(ui, tokens, fault));
    }
    let of_none = |fault: &&&Mistake| !fields.iter().any(|field| is_of(fault, id, &field.path));
    faults.iter().filter(of_none).for_each(|fault| said(ui, tokens, fault));
}

fn said(ui: &mut Ui, tokens: &Tokens, mistake: &Mistake) {
    let text = format!("Wrong: {}", mistake.fault.message);
    ui.add(Label::new(RichText::new(text).color(tokens.high)).wrap());
    ui.add_space(tokens.gap / 2.0);
}

/// Whether a mistake is of a field.
fn is_of(mistake: &Mistake, id: Option<ItemId>, path: &str) -> bool {
    let Some(id) = id else { return false };
    let own = format!("{}[{}].{path}", id.list.key(), id.index);
    let field = &mistake.fault.field;
    *field == own || field.starts_with(&format!("{own}["))
}

fn row(
    ui: &mut Ui,
    tokens: &Tokens,
    edit: &ScenarioEdit,
    id: Option<ItemId>,
    field: &Field,
    typing: &mut Option<Typing>,
    wishes: &mut Vec<Wish>,
) {
    let is_it = |typing: &Typing| typing.item == id && typing.path == field.path;
    let mut input =
        typing.as_ref().filter(|t| is_it(t)).map_or_else(|| field.input.clone(), |t| t.input.clone());
    let has_choices = field.has_choices && id.is_some();
    let label = ui.add(Label::new(RichText::new(&field.label).color(tokens.weak)).selectable(false));
    ui.horizontal(|ui| {
        let room = ui.available_width() - if has_choices { 84.0 } else { 8.0 };
        let is_long = SENTENCES.contains(&field.path.as_str()) || field.input.contains('\n');
        let text = match is_long {
            true => TextEdit::multiline(&mut input).desired_rows(2),
            false => TextEdit::singleline(&mut input),
        };
        let widget = egui::Id::unique("a field of the editor").with((id, &field.path));
        let shown = ui
            .add(text.id(widget).desired_width(room.max(60.0)).hint_text(hint("not said")))
            .labelled_by(label.id)
            .accessible_name(field.label.clone());
        if shown.changed() {
            // On one line, as sentences of a scenario are.
            let input = if is_long && !field.input.contains('\n') { input.replace('\n', " ") } else { input };
            *typing = Some(Typing { item: id, path: field.path.clone(), input });
        }
        if shown.lost_focus()
            && let Some(typed) = typing.take_if(|t| is_it(t))
            && typed.input != field.input
        {
            wishes.push(Wish::Change(typed.change(), false));
        }
        if let Some(id) = id.filter(|_| has_choices) {
            choose(ui, edit, id, field, typing, wishes);
        }
    });
}

fn choose(
    ui: &mut Ui,
    edit: &ScenarioEdit,
    id: ItemId,
    field: &Field,
    typing: &mut Option<Typing>,
    wishes: &mut Vec<Wish>,
) {
    let menu = ui.menu_button("Choose…", |ui| {
        let choices = edit.choices(id, &field.path);
        let row = ui.text_style_height(&egui::TextStyle::Button) + 2.0 * ui.spacing().button_padding.y;
        egui::ScrollArea::vertical().max_height(260.0).show_rows(ui, row, choices.len(), |ui, rows| {
            for choice in &choices[rows] {
                if ui.selectable_label(*choice == field.input, choice).clicked() {
                    *typing = None;
                    let (path, input) = (field.path.clone(), choice.clone());
                    wishes.push(Wish::Change(Typing { item: Some(id), path, input }.change(), false));
                    ui.close();
                }
            }
        });
    });
    menu.response.accessible_name(format!("Choose: {}", field.label));
}
