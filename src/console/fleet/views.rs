//! Views of the fleet that a person has named: what is sought, shown and in which order. They are remembered from one session
//! to the next.

use std::collections::BTreeMap;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Id, PopupCloseBehavior, TextEdit, Ui};

use super::index::Query;
use crate::console::widgets;

/// The most that are kept: a list that is read at a glance.
const MOST: usize = 20;

type Named = BTreeMap<String, Query>;

/// The menu of views.
#[derive(Default)]
pub struct Views {
    /// A name that is being typed.
    typed: String,
}

impl Views {
    /// Draws its button, and the menu when that is open.
    pub fn ui(&mut self, ui: &mut Ui, query: &mut Query) {
        let mut named: Named = ui.data_mut(|data| data.get_persisted(id())).unwrap_or_default();
        let before = named.clone();
        let in_use = named.iter().find(|(_, saved)| *saved == query).map(|(name, _)| name.as_str());
        let text = in_use.map_or_else(|| "Views".to_owned(), |name| format!("View: {name}"));
        let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let button = Button::new(text);
        let (button, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
            ui.set_min_width(230.0);
            self.list(ui, &mut named, query);
            ui.separator();
            self.save(ui, &mut named, query);
        });
        button.accessible_name("Views of the fleet").on_hover_text("name what is shown, and come back to it");
        if named != before {
            ui.data_mut(|data| data.insert_persisted(id(), named));
        }
    }

    fn list(&mut self, ui: &mut Ui, named: &mut Named, query: &mut Query) {
        if named.is_empty() {
            ui.weak("No view is saved yet.");
        }
        let mut removed = None;
        for (name, saved) in named.iter() {
            ui.horizontal(|ui| {
                let row = ui.selectable_label(saved == query, name);
                if row.accessible_name(format!("Use view {name}")).clicked() {
                    query.clone_from(saved);
                    self.typed.clear();
                }
                widgets::at_the_right(ui, |ui| {
                    let remove = ui.small_button("Remove").accessible_name(format!("Remove view {name}"));
                    if remove.clicked() {
                        removed = Some(name.clone());
                    }
                });
            });
        }
        if let Some(name) = removed {
            named.remove(&name);
        }
    }

    fn save(&mut self, ui: &mut Ui, named: &mut Named, query: &Query) {
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.typed)
                .hint_text(widgets::hint("Name of this view"))
                .desired_width(130.0)
                .char_limit(40);
            let field = ui.add(field).accessible_name("Name of this view");
            let entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            let name = self.typed.trim().to_owned();
            let is_full = named.len() >= MOST && !named.contains_key(&name);
            let text = if named.contains_key(&name) { "Replace" } else { "Save" };
            let button = ui.add_enabled(!name.is_empty() && !is_full, Button::new(text));
            let button = button.accessible_name("Save this view").on_disabled_hover_text(if is_full {
                "20 views are kept; remove one first"
            } else {
                "give it a name first"
            });
            if (button.clicked() || entered) && !name.is_empty() && !is_full {
                named.insert(name, query.clone());
                self.typed.clear();
            }
        });
    }
}

fn id() -> Id {
    Id::unique("views of the fleet")
}
