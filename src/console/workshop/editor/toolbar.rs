//! What can be done with the whole of a scenario, and with the item in hand.

use egui::{Button, RichText, Ui};

use crate::console::theme::Tokens;
use crate::console::widgets::heading;
use crate::workshop::editing::{Change, ScenarioEdit, Template};
use crate::workshop::library::ScenarioPlace;
use crate::workshop::offset::Offset;

use super::{Editor, Shown, Wish};

/// Draws it.
pub(super) fn ui(ui: &mut Ui, tokens: &Tokens, editor: &mut Editor, wishes: &mut Vec<Wish>) {
    let edit = &editor.edit;
    ui.horizontal_wrapped(|ui| {
        heading(ui, &format!("Edit: {}", edit.name()));
        ui.label(RichText::new(state(edit)).color(tokens.weak));
    });
    ui.horizontal_wrapped(|ui| {
        for (shown, text) in [(Shown::Lanes, "Lanes"), (Shown::Text, "Text")] {
            if ui.selectable_label(editor.shown == shown, text).clicked() {
                wishes.push(Wish::Show(shown));
            }
        }
        ui.separator();
        button(ui, wishes, ("Undo", "Ctrl+Z"), edit.can_undo(), Wish::Undo);
        button(ui, wishes, ("Redo", "Ctrl+Y"), edit.can_redo(), Wish::Redo);
        ui.separator();
        add(ui, edit, editor.lanes.cursor(), wishes);
        let item = editor.selected.filter(|id| edit.item(*id).is_some());
        for (name, keys, change) in
            [("Copy", "Ctrl+D", item.map(Change::Copy)), ("Remove", "Delete", item.map(Change::Remove))]
        {
            let is_enabled = change.is_some();
            let wish = change.map_or(Wish::Select(None), |change| Wish::Change(change, false));
            button(ui, wishes, (name, keys), is_enabled, wish);
        }
        ui.separator();
        let is_free = !editor.keeping.is_under_way();
        button(ui, wishes, ("Save", "Ctrl+S"), is_free && !edit.is_saved(), Wish::Save);
        button(ui, wishes, ("Save as…", ""), is_free, Wish::SaveAs);
        let start = if edit.is_saved() { "Start" } else { "Save and start" };
        button(ui, wishes, (start, ""), is_free && edit.mistakes().is_empty(), Wish::Start);
        button(ui, wishes, ("Close the editor", ""), true, Wish::Close);
    });
}

fn state(edit: &ScenarioEdit) -> String {
    match (edit.is_changed(), edit.place()) {
        (true, _) => "not saved".to_owned(),
        (false, ScenarioPlace::File(path)) => format!("saved in {}", path.display()),
        (false, ScenarioPlace::BuiltIn(_)) => "a copy; no file holds it yet".to_owned(),
    }
}

fn button(ui: &mut Ui, wishes: &mut Vec<Wish>, (name, keys): (&str, &str), is_enabled: bool, wish: Wish) {
    let shown = ui.add_enabled(is_enabled, Button::new(name));
    let shown = if keys.is_empty() { shown } else { shown.on_hover_text(keys) };
    if shown.clicked() {
        wishes.push(wish);
    }
}

/// What can be added, at the place that was last clicked on the time line.
fn add(ui: &mut Ui, edit: &ScenarioEdit, at: Offset, wishes: &mut Vec<Wish>) {
    ui.add_enabled_ui(edit.has_lanes(), |ui| {
        let menu = ui.menu_button("Add…", |ui| {
            let is_workshop = edit.is_workshop();
            for template in Template::ALL.into_iter().filter(|template| template.is_of(is_workshop)) {
                let lacks = edit.may_add(template, at).err();
                let entry = ui.add_enabled(lacks.is_none(), Button::new(template.name()));
                let entry = match lacks {
                    Some(lacks) => entry.on_disabled_hover_text(format!("Not yet: {lacks}.")),
                    None => entry,
                };
                if entry.clicked() {
                    wishes.push(Wish::Change(Change::Add(template, at), false));
                    ui.close();
                }
            }
        });
        menu.response.on_hover_text(format!("at {at}; click on a lane for another time"));
    });
}
