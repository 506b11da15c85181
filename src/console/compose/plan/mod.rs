//! Planning a volume over several units: what is wanted, who gives what, and taking it into drafts.

mod form;
mod members;
mod offer;
mod table;
mod take;
mod work;

use std::collections::BTreeSet;

use egui::{Button, Id, Label, RichText, ScrollArea, Ui};

use crate::console::context::View;
use crate::console::fields::Field;
use crate::console::theme::Tokens;
use crate::console::widgets::{count, filled_button, heading};
use crate::dispatch::{DispatchUnit, OperatorId};
use crate::portfolio::{Ask, MOST_MEMBERS};
use crate::time::UtcTime;
use crate::units::delta_in_words;

use super::entry::Fold;
use form::{By, Fault, Form, Place};
use members::{member, obstacle};
use offer::Offer;
use work::{Job, Work};

pub use take::Taken;

/// What a person wants of a plan.
pub enum Wish {
    /// Nothing.
    None,
    /// To pick other units.
    PickUnits,
    /// To have it as drafts.
    Take(Box<Offer>),
}

/// A plan while it is made.
pub struct Planner {
    form: Form,
    units: Vec<DispatchUnit>,
    left_out: BTreeSet<DispatchUnit>,
    work: Option<Work>,
    offer: Option<Offer>,
    trouble: Option<String>,
}

impl Planner {
    /// Over these units; over all of one operator when none is named.
    pub fn new(view: &View<'_>, units: Vec<DispatchUnit>) -> Self {
        let mut planner = Self {
            form: Form::new(view.clock.now(), view.clock.now() + 7200),
            units: Vec::new(),
            left_out: BTreeSet::new(),
            work: None,
            offer: None,
            trouble: None,
        };
        match operators(view).first() {
            Some(operator) if units.is_empty() => planner.take_all_of(view, operator),
            _ => planner.units = units,
        }
        let from = planner.earliest(view);
        planner.form = Form::new(from, from + 7200);
        planner
    }

    /// Over other units; what is typed stays.
    pub fn set_units(&mut self, units: Vec<DispatchUnit>) {
        self.units = units;
        self.left_out.clear();
    }

    /// Back at it after a while: a beginning that has passed is set to the next that can be met.
    pub fn refresh(&mut self, view: &View<'_>) {
        let now = view.clock.now();
        if let Some((from, to)) = self.form.span()
            && from < now
            && self.form.levels.len() == 1
        {
            let from_now = self.earliest(view);
            self.form.move_to(from_now, from_now + to.since(from));
        }
    }

    fn take_all_of(&mut self, view: &View<'_>, operator: &OperatorId) {
        let of_operator = view.snapshot.units.iter().filter(|unit| unit.operator == *operator);
        self.set_units(of_operator.map(|unit| unit.unit.clone()).collect());
    }

    /// The next whole half-hour that gives the notice of every contract.
    fn earliest(&self, view: &View<'_>) -> UtcTime {
        let now = view.clock.now();
        let of_units = self.units.iter().filter_map(|unit| view.unit(unit));
        let notice =
            of_units.filter_map(|unit| members::contract_of(view, unit)).map(|c| c.notice_seconds).max();
        let earliest = now + i64::from(notice.unwrap_or_default()).max(300);
        earliest + (1800 - earliest.unix().rem_euclid(1800)) % 1800
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> Wish {
        self.settle();
        self.units.retain(|unit| view.unit(unit).is_some());
        let mut wish = Wish::None;
        ScrollArea::both().id_salt("compose-plan").auto_shrink([false, false]).show(ui, |ui| {
            // The scroll bar lies over the right edge.
            ui.set_max_width(ui.available_width() - 10.0);
            heading(ui, "Plan a volume over several units");
            self.whose(ui, view, &mut wish);
            let asked = self.form.ask(view.clock.now());
            let faults = asked.as_ref().err().cloned().unwrap_or_default();
            self.wanted(ui, view, &faults);
            self.buttons(ui, view, &mut wish);
            self.told(ui, view);
            ui.add_space(view.tokens.gap);
            self.table(ui, view);
        });
        wish
    }

    /// Takes in what the thread has found.
    fn settle(&mut self) {
        let Some(work) = &self.work else { return };
        let Some(settled) = work.settled() else { return };
        let Job { ask, by, wanted, .. } = work.job().clone();
        self.work = None;
        match settled {
            Ok(planned) => self.offer = Some(Offer { ask, by, wanted, planned }),
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    fn whose(&mut self, ui: &mut Ui, view: &View<'_>, wish: &mut Wish) {
        let operators = operators(view);
        ui.horizontal_wrapped(|ui| {
            let picked = self.units.len() - self.left_out.len().min(self.units.len());
            ui.label(format!("Over {} of {} units", count(picked), count(self.units.len())));
            for operator in &operators {
                let all = || view.snapshot.units.iter().filter(|unit| unit.operator == *operator);
                let is_all = all().count() == self.units.len()
                    && self.units.iter().all(|unit| view.unit(unit).is_some_and(|u| u.operator == *operator));
                let text = format!("All of {operator}");
                if ui.selectable_label(is_all, text).clicked() && !is_all {
                    self.take_all_of(view, operator);
                }
            }
            if ui.button("Pick units…").clicked() {
                *wish = Wish::PickUnits;
            }
        });
    }

    /// What is typed, each field with its mark where it cannot be used.
    fn wanted(&mut self, ui: &mut Ui, view: &View<'_>, faults: &[Fault]) {
        let tokens = view.tokens;
        let is_typed = self.form.levels.iter().any(|level| !level.mw.trim().is_empty());
        let wrong = |place| is_typed && faults.iter().any(|fault| fault.place == place);
        let mut removed = None;
        let only = self.form.levels.len() == 1;
        for index in 0..self.form.levels.len() {
            ui.horizontal_wrapped(|ui| {
                if index == 0 {
                    ui.label(RichText::new("London date").color(tokens.weak));
                    text_field(("date", 0), "Plan date", 100.0, "2026-11-26").show(
                        ui,
                        tokens,
                        &mut self.form.date,
                    );
                }
                let volume = self.form.volume(index);
                let level = &mut self.form.levels[index];
                let (name, of) = if index == 0 {
                    (String::new(), "Plan".to_owned())
                } else {
                    ("then ".to_owned(), format!("Level {}", index + 1))
                };
                ui.label(RichText::new(format!("{name}MW from baseline")).color(tokens.weak));
                Field {
                    wrong: wrong(Place::Volume(index)),
                    number: true,
                    ..text_field(("mw", level.id), &format!("{of} volume, MW"), 80.0, "12")
                }
                .show(ui, tokens, &mut level.mw);
                ui.label(RichText::new("from").color(tokens.weak));
                Field {
                    wrong: wrong(Place::From(index)),
                    ..text_field(("from", level.id), &format!("{of} from"), 86.0, "17:00")
                }
                .show(ui, tokens, &mut level.from.text);
                if index == 0 {
                    ui.label(RichText::new("to").color(tokens.weak));
                    Field { wrong: wrong(Place::To), ..text_field(("to", 0), "Plan to", 86.0, "19:00") }
                        .show(ui, tokens, &mut self.form.to.text);
                }
                if !only
                    && index > 0
                    && ui.button("Remove").accessible_name(format!("Remove level {}", index + 1)).clicked()
                {
                    removed = Some(index);
                }
                if let Ok(volume) = volume {
                    ui.label(RichText::new(delta_in_words(volume.kilowatts())).color(tokens.weak));
                }
            });
        }
        if let Some(index) = removed {
            self.form.levels.remove(index);
        }
        ui.horizontal_wrapped(|ui| {
            if ui.button("Add a level").on_hover_text("Another volume from a later time on").clicked() {
                self.form.add();
            }
            ui.separator();
            ui.label(RichText::new("Shared out by").color(tokens.weak));
            for by in By::ALL {
                if ui.selectable_label(self.form.by == by, by.name()).on_hover_text(by.meaning()).clicked() {
                    self.form.by = by;
                }
            }
        });
        for fault in faults.iter().filter(|_| is_typed) {
            self.fault(ui, tokens, fault);
        }
    }

    fn fault(&mut self, ui: &mut Ui, tokens: &Tokens, fault: &Fault) {
        let at = match fault.place {
            Place::Volume(0) => "Volume: ".to_owned(),
            Place::Volume(index) => format!("Volume of level {}: ", index + 1),
            Place::From(0) => "From: ".to_owned(),
            Place::From(index) => format!("Time of level {}: ", index + 1),
            Place::To => "To: ".to_owned(),
            Place::Whole => String::new(),
        };
        ui.horizontal_wrapped(|ui| {
            ui.add(Label::new(RichText::new(format!("{at}{}", fault.says)).color(tokens.high)).wrap());
            if fault.is_twice {
                for (text, fold) in [("BST, the first", Fold::Bst), ("GMT, the second", Fold::Gmt)] {
                    if ui.button(text).clicked() {
                        self.form.choose(fault.place, fold);
                    }
                }
            }
        });
    }

    fn buttons(&mut self, ui: &mut Ui, view: &View<'_>, wish: &mut Wish) {
        let tokens = view.tokens;
        ui.horizontal_wrapped(|ui| {
            if self.work.is_some() {
                ui.spinner();
                ui.label("Working it out …");
                if ui.button("Break off").clicked() {
                    self.work = None;
                    self.trouble = Some("It was broken off".to_owned());
                }
                return;
            }
            let ready = self.ready(view);
            let (fill, ink) =
                if ready.is_ok() { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
            let button = filled_button(ui, ready.is_ok(), "Work it out", fill, ink);
            let button = button.on_disabled_hover_text(ready.as_ref().err().cloned().unwrap_or_default());
            if let Ok(ask) = ready
                && button.clicked()
            {
                self.begin(ui.ctx(), view, ask);
            }
            let Some(offer) = &self.offer else { return };
            let used = offer.used();
            let stale = self.is_stale(view);
            let text = match used {
                1 => "Take it: 1 draft".to_owned(),
                many => format!("Take it: {many} drafts"),
            };
            let says = match (&stale, used) {
                (true, _) => "What is asked, or of whom, has changed since: work it out again",
                (false, _) => "Nobody gives anything",
            };
            let take = ui.add_enabled(!stale && used > 0, Button::new(text));
            if take
                .on_hover_text("A draft for each unit, to be edited, checked and sent")
                .on_disabled_hover_text(says)
                .clicked()
            {
                *wish = Wish::Take(Box::new(offer.clone()));
            }
            if stale {
                ui.label(
                    RichText::new("What is asked has changed since: work it out again").color(tokens.medium),
                );
            }
        });
    }

    /// What can be worked out now.
    ///
    /// # Errors
    /// What has to be done first.
    fn ready(&self, view: &View<'_>) -> Result<Ask, String> {
        if self.units.len() > MOST_MEMBERS {
            return Err(format!("A plan is made over at most {MOST_MEMBERS} units: pick fewer"));
        }
        self.form.ask(view.clock.now()).map_err(|faults| {
            faults.first().map_or_else(String::new, |fault| format!("Mend this first: {}", fault.says))
        })
    }

    fn begin(&mut self, ctx: &egui::Context, view: &View<'_>, ask: Ask) {
        let now = view.clock.now();
        let span = Some((ask.from(), ask.until()));
        let wanted = self.wanted_units();
        let units = wanted.iter().filter_map(|unit| view.unit(unit));
        let able = units.filter(|unit| obstacle(view, unit, span).is_none());
        let members: Vec<_> = able.filter_map(|unit| member(view, unit, now)).collect();
        self.trouble = None;
        if members.is_empty() {
            self.trouble = Some("No unit takes part: pick others, or see in the table why not".to_owned());
            return;
        }
        match Work::begin(ctx, Job { ask, members, by: self.form.by, wanted }) {
            Ok(work) => self.work = Some(work),
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// The units that a person wants to ask.
    fn wanted_units(&self) -> Vec<DispatchUnit> {
        self.units.iter().filter(|unit| !self.left_out.contains(unit)).cloned().collect()
    }

    /// Whether something else is asked by now than what was worked out, or of others.
    fn is_stale(&self, view: &View<'_>) -> bool {
        let Some(offer) = &self.offer else { return false };
        let is_same = self.form.ask(view.clock.now()).is_ok_and(|ask| ask == offer.ask);
        !is_same || self.form.by != offer.by || self.wanted_units() != offer.wanted
    }

    fn told(&self, ui: &mut Ui, view: &View<'_>) {
        if let Some(trouble) = &self.trouble {
            ui.add(Label::new(RichText::new(trouble.as_str()).color(view.tokens.medium)).wrap());
        }
        if let Some(offer) = &self.offer {
            offer::tell(ui, view.tokens, offer);
            offer.plot(ui, view.tokens);
        }
    }
}

/// The operators that have units here, in order.
fn operators(view: &View<'_>) -> Vec<OperatorId> {
    let ids: BTreeSet<&OperatorId> = view.snapshot.units.iter().map(|unit| &unit.operator).collect();
    ids.into_iter().cloned().collect()
}

fn text_field<'a>(key: (&str, u64), name: &str, width: f32, hint: &'a str) -> Field<'a> {
    Field {
        id: Id::unique(("compose-plan", key)),
        name: name.to_owned(),
        width,
        hint,
        wrong: false,
        changed: false,
        number: false,
    }
}

#[cfg(test)]
impl Planner {
    /// The units of the plan that is offered.
    pub fn planned_units(&self) -> Vec<DispatchUnit> {
        let lines = self.offer.iter().flat_map(|offer| &offer.planned.schedule.lines);
        lines.map(|line| line.unit.clone()).collect()
    }
}
