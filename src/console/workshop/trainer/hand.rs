//! The trainer's hand in the story: faults laid on and ended with a click, and what is told to the trainee or noted.

use egui::{DragValue, Label, RichText, ScrollArea, TextEdit, Ui};

use crate::console::context::View;
use crate::console::theme::Tokens;
use crate::console::widgets::{self, heading};
use crate::console::words;
use crate::power::Asset;
use crate::profile::faults::{Affliction, Alteration, BadData, FspFault, TimedFault, UnitFault};
use crate::time::UtcTime;
use crate::workshop::backstage::Backstage;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::timekeeper::Standing;

/// The longest that a fault is laid on for, minutes; without one it lasts until it is ended.
const LONGEST_MIN: u32 = 24 * 60;

/// What the trainer is about to do.
pub struct Hand {
    /// One of each, with the numbers that it will have.
    of_unit: Vec<UnitFault>,
    of_fsp: Vec<FspFault>,
    /// For how long; 0 until it is ended.
    minutes: u32,
    from: String,
    text: String,
    note: String,
}

impl Default for Hand {
    fn default() -> Self {
        let (of_unit, of_fsp) = (UnitFault::ALL.to_vec(), FspFault::ALL.to_vec());
        let (from, text, note) = Default::default();
        Self { of_unit, of_fsp, minutes: 0, from, text, note }
    }
}

impl Hand {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle) {
        let (backstage, now) = (workshop.backstage(), view.clock.now());
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if workshop.control().pace().standing == Standing::Ended {
                let says = "The workshop is at its end; nothing can be laid on any more.";
                ui.add(Label::new(RichText::new(says).color(view.tokens.weak)));
                return;
            }
            ui.add_space(view.tokens.gap / 2.0);
            on_now(ui, view.tokens, backstage, now);
            self.words(ui, backstage, now);
            ui.add_space(view.tokens.gap);
            self.faults(ui, view, workshop, now);
        });
    }

    fn words(&mut self, ui: &mut Ui, backstage: &Backstage, now: UtcTime) {
        ui.horizontal_wrapped(|ui| {
            let from = TextEdit::singleline(&mut self.from).hint_text(widgets::hint("Who says it"));
            ui.add(from.desired_width(180.0)).accessible_name("Who tells the trainee");
            let text = TextEdit::singleline(&mut self.text).hint_text(widgets::hint("What is said"));
            ui.add(text.desired_width(300.0)).accessible_name("What the trainee is told");
            let may = !self.from.trim().is_empty() && !self.text.trim().is_empty();
            if ui.add_enabled(may, egui::Button::new("Tell the trainee")).clicked() {
                backstage.tell(self.from.trim(), std::mem::take(&mut self.text).trim(), now);
            }
        });
        ui.horizontal_wrapped(|ui| {
            let note =
                TextEdit::singleline(&mut self.note).hint_text(widgets::hint("A note, for the debrief"));
            ui.add(note.desired_width(486.0)).accessible_name("Note of the trainer");
            let may = !self.note.trim().is_empty();
            if ui.add_enabled(may, egui::Button::new("Note it")).clicked() {
                backstage.note(std::mem::take(&mut self.note).trim(), now);
            }
        });
    }

    fn faults(&mut self, ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle, now: UtcTime) {
        let Some(unit) = &view.selection.unit else {
            let says = "Pick a unit above to lay a fault on it, or on its FSP.";
            ui.add(Label::new(RichText::new(says).color(view.tokens.weak)));
            return;
        };
        ui.horizontal_wrapped(|ui| {
            ui.add(Label::new("For so many minutes; 0 until it is ended:").selectable(false));
            ui.add(DragValue::new(&mut self.minutes).range(0..=LONGEST_MIN).suffix(" min"))
                .accessible_name("For how many minutes");
        });
        let until = (self.minutes > 0).then(|| now + i64::from(self.minutes) * 60);
        let lay_on = |affliction| workshop.backstage().lay_on(affliction, now, until);
        let asset = workshop.scenario().fleet.unit(unit).map(|unit| &unit.asset);
        let is_farm = matches!(asset, Some(Asset::Renewable(_)));
        heading(ui, &format!("Lay on {unit}"));
        ui.horizontal_wrapped(|ui| {
            // Sun and wind move nothing but farms.
            let of_it = |fault: &&mut UnitFault| is_farm || !matches!(fault, UnitFault::Weather { .. });
            for fault in self.of_unit.iter_mut().filter(of_it) {
                let asked = ui.button(fault.name()).on_hover_text(fault.seen());
                if asked.accessible_name(format!("Lay on {unit}: {}", fault.name())).clicked() {
                    lay_on(Affliction::Unit(unit.clone(), fault.clone()));
                }
                number_of_unit(ui, fault);
            }
        });
        heading(ui, &format!("Lay on {}", unit.fsp));
        ui.horizontal_wrapped(|ui| {
            for fault in &mut self.of_fsp {
                let asked = ui.button(fault.name()).on_hover_text(fault.seen());
                if asked.accessible_name(format!("Lay on {}: {}", unit.fsp, fault.name())).clicked() {
                    lay_on(Affliction::Fsp(unit.fsp.clone(), fault.clone()));
                }
                number_of_fsp(ui, fault);
            }
        });
    }
}

/// What is on, each with its way out.
fn on_now(ui: &mut Ui, tokens: &Tokens, backstage: &Backstage, now: UtcTime) {
    heading(ui, "Faults on now");
    let plan = backstage.faults();
    let on: Vec<&TimedFault> = plan.faults.iter().filter(|fault| fault.is_on(now)).collect();
    if on.is_empty() {
        ui.add(Label::new(RichText::new("None.").color(tokens.weak)));
    }
    for fault in on {
        ui.horizontal_wrapped(|ui| {
            let what = fault.affliction.words();
            let name = format!("End now: {what}");
            if ui.button("End now").accessible_name(name).clicked() {
                backstage.end(&fault.affliction, now);
            }
            let until = fault.until.map_or("until it is ended".to_owned(), |until| {
                format!("until {}, in {}", words::utc_time(until), words::span(until.since(now)))
            });
            ui.label(format!("{what}, {until}"));
        });
    }
    ui.add_space(tokens.gap);
}

fn number_of_unit(ui: &mut Ui, fault: &mut UnitFault) {
    let name = format!("{}: how much", fault.name());
    match fault {
        UnitFault::Slow { factor } => share(ui, factor, 0.01, &name),
        UnitFault::Partial { share: of } | UnitFault::EnergyExhausted { share: of } => {
            share(ui, of, 0.0, &name)
        }
        UnitFault::LateStart { seconds } => {
            let value = DragValue::new(seconds).range(1..=86_400).suffix(" s");
            ui.add(value).accessible_name(name);
        }
        UnitFault::OffBaseline { kw } => {
            let value = DragValue::new(kw).range(-1e6..=1e6).speed(10.0).max_decimals(1).suffix(" kW");
            let value = value.custom_formatter(|kw, _| with_its_sign(kw));
            ui.add(value).accessible_name(name);
        }
        UnitFault::BadData { how } => {
            for (word, is) in BadData::WORDS {
                ui.selectable_value(how, is, word);
            }
        }
        _ => {}
    }
}

/// As elsewhere in the window: with a minus, not a hyphen. Both are read.
fn with_its_sign(number: f64) -> String {
    number.to_string().replace('-', "\u{2212}")
}

fn number_of_fsp(ui: &mut Ui, fault: &mut FspFault) {
    let name = format!("{}: how much", fault.name());
    match fault {
        FspFault::ClockSkew { seconds } => {
            let value = DragValue::new(seconds).range(-86_400..=86_400).suffix(" s");
            let value = value.custom_formatter(|seconds, _| with_its_sign(seconds));
            ui.add(value).accessible_name(name);
        }
        FspFault::Altered { into } => {
            for (word, is) in Alteration::WORDS {
                ui.selectable_value(into, is, word);
            }
        }
        _ => {}
    }
}

fn share(ui: &mut Ui, share: &mut f64, least: f64, name: &str) {
    let value = DragValue::new(share).range(least..=1.0).speed(0.01).max_decimals(2);
    ui.add(value).accessible_name(name);
}
