//! The window in which a person tries other physics of a unit than are declared, and sees its answer to a step at once.
//! Nothing of the unit changes.

use std::collections::BTreeMap;

use egui::{Id, Label, RichText, ScrollArea, Ui, vec2};

use crate::console::context::{Intent, View};
use crate::console::fields::Field;
use crate::console::response::{Response, Subject};
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::desk::snapshot::UnitState;
use crate::dispatch::DispatchUnit;
use crate::power::Asset;
use crate::profile::physics::asset_to_toml;
use crate::workshop::enrolment::{PhysicsDraft, Quantity};

/// The width of the fields with their names, points.
const FIELDS: f32 = 330.0;
/// Narrower than this, the plot stands below the fields.
const NARROW: f32 = 620.0;

/// The window, open or not.
#[derive(Debug, Default)]
pub struct Trial {
    open: Option<Tried>,
}

/// What is tried of one unit.
#[derive(Debug)]
struct Tried {
    unit: DispatchUnit,
    draft: PhysicsDraft,
    /// What was read of it last, and of what it was read.
    read: Option<(PhysicsDraft, Read)>,
    response: Response,
}

/// The asset, or what is wrong, by field.
type Read = Result<Asset, BTreeMap<String, String>>;

impl Trial {
    /// Opens it on a unit, as it is declared.
    pub fn open(&mut self, unit: &UnitState) {
        self.open = Some(Tried {
            unit: unit.unit.clone(),
            draft: PhysicsDraft::of(&unit.asset),
            read: None,
            response: Response::default(),
        });
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        let Some(tried) = &mut self.open else { return };
        let Some(unit) = view.unit(&tried.unit).cloned() else {
            self.open = None;
            return;
        };
        let mut stays = true;
        let area = ui.available_rect_before_wrap();
        let title = format!("Other physics of {}", tried.unit);
        widgets::window_within(ui.ctx(), area, "physics of a unit", title, vec2(780.0, 470.0))
            .open(&mut stays)
            .show(ui.ctx(), |ui| {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| tried.ui(ui, view, &unit));
            });
        widgets::leave_by_escape(ui.ctx(), "physics of a unit", &mut stays);
        if !stays {
            self.open = None;
        }
    }
}

impl Tried {
    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, unit: &UnitState) {
        let note = "Nothing of the unit changes: what it can do is for its FSP to declare. Copy what you find for the fleet \
                    file or the FSP.";
        ui.add(Label::new(RichText::new(note).color(view.tokens.weak)).wrap());
        let read = self.read();
        self.buttons(ui, view, unit, &read);
        ui.separator();
        if ui.available_width() < NARROW {
            self.fields(ui, view.tokens, &read);
            self.answer(ui, view, unit, &read);
            return;
        }
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(FIELDS, 0.0), |ui| {
                ui.vertical(|ui| {
                    ui.set_width(FIELDS);
                    self.fields(ui, view.tokens, &read);
                });
            });
            ui.vertical(|ui| self.answer(ui, view, unit, &read));
        });
    }

    fn read(&mut self) -> Read {
        if let Some((_, read)) = self.read.as_ref().filter(|(of, _)| *of == self.draft) {
            return read.clone();
        }
        let read = self.draft.read();
        let read =
            read.map_err(|faults| faults.into_iter().map(|fault| (fault.field, fault.message)).collect());
        self.read = Some((self.draft.clone(), read.clone()));
        read
    }

    fn buttons(&mut self, ui: &mut Ui, view: &mut View<'_>, unit: &UnitState, read: &Read) {
        ui.horizontal_wrapped(|ui| {
            let declared = PhysicsDraft::of(&unit.asset);
            let button = ui.add_enabled(self.draft != declared, egui::Button::new("As declared"));
            if button.on_hover_text("every field as its FSP declares it").clicked() {
                self.draft = declared;
            }
            let button = ui.add_enabled(read.is_ok(), egui::Button::new("Copy for a fleet file"));
            let button = button.on_hover_text("the line of a fleet file that declares it");
            if let (true, Ok(asset)) = (button.clicked(), read) {
                ui.ctx().copy_text(asset_to_toml(asset));
                view.ask(Intent::Tell(format!("Copied: the physics tried of {}.", unit.unit)));
            }
        });
    }

    fn fields(&mut self, ui: &mut Ui, tokens: &Tokens, read: &Read) {
        let faults = read.as_ref().err();
        let fields: Vec<&'static Quantity> = self.draft.fields().collect();
        for Quantity { key, label, .. } in fields {
            let fault = faults.and_then(|faults| faults.get(*key));
            let Some(text) = self.draft.quantities.get_mut(key) else { continue };
            field(ui, tokens, (key, label), text, fault.map(String::as_str));
        }
        // What is wrong between fields, if anything is.
        let of_none = |key: &&String| !self.draft.quantities.contains_key(key.as_str());
        for key in faults.into_iter().flat_map(|faults| faults.keys().filter(of_none)) {
            if let Some(message) = faults.and_then(|faults| faults.get(key)) {
                wrong(ui, tokens, message);
            }
        }
    }

    fn answer(&mut self, ui: &mut Ui, view: &View<'_>, unit: &UnitState, read: &Read) {
        let name = format!("{} with these physics", unit.unit);
        let subject = Subject {
            name: &name,
            physics: read.as_ref().ok().map(|asset| (asset, unit.baseline.as_ref())),
            declared: Some(&unit.asset),
            now: view.clock.now_seconds(),
        };
        self.response.ui(ui, view.tokens, &subject);
    }
}

/// A name, its field, and below it what is wrong with it.
fn field(ui: &mut Ui, tokens: &Tokens, (key, label): (&str, &str), text: &mut String, fault: Option<&str>) {
    ui.horizontal(|ui| {
        let names = ui.available_width() - 110.0;
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(vec2(names, tokens.row), layout, |ui| {
            ui.set_width(names);
            ui.add(Label::new(RichText::new(label).color(tokens.weak)).truncate().selectable(false));
        });
        let shown = Field {
            id: Id::unique(("tried physics", key)),
            name: label.to_owned(),
            width: 100.0,
            hint: "",
            wrong: fault.is_some(),
            changed: false,
            number: true,
        };
        shown.show(ui, tokens, text);
    });
    if let Some(fault) = fault {
        wrong(ui, tokens, fault);
    }
}

fn wrong(ui: &mut Ui, tokens: &Tokens, fault: &str) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 14.0), egui::Sense::hover());
        widgets::paint_mark(ui.painter(), rect.center(), 4.5, Outline::Cross, tokens.high, true);
        ui.add(Label::new(RichText::new(fault).color(tokens.text)).wrap());
    });
}
