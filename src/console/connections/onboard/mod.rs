//! The wizard that onboards an FSP: what is written is checked as it is typed, shown as a whole before anything is done,
//! and done step by step by the sandbox's registrar. What is written is kept while a person looks elsewhere.

mod access;
mod contracts;
mod enrolled;
mod form;
mod progress;
mod review;
mod rows;
#[cfg(test)]
mod tests;
mod units;
mod who;

pub use enrolled::EnrolledView;
pub use review::newcomer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use egui::{Panel, RichText, ScrollArea, Sense, Ui, vec2};

use super::super::context::{Intent, View};
use super::super::dialog::{Choosing, Wanted};
use super::super::widgets::{self, Outline};
use crate::dispatch::DispatchUnit;
use crate::profile::fleet::{FleetProfile, Newcomer};
use crate::profile::text_file;
use crate::workshop::enrolment::{Application, Enrolments, Progress, Request};

use access::Folder;
use form::{Form, Page};
use units::Pressed;

/// How often a window looks how far the registrar is.
const LOOK_EVERY: Duration = Duration::from_millis(150);

/// What is chosen with the system's dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    Folder(Folder),
    Units,
}

/// Where a person goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// Nowhere.
    Stay,
    /// Elsewhere; what is written is kept.
    Close,
    /// Elsewhere, and what is written is of no use any more.
    Finish,
}

/// The wizard.
pub struct Wizard {
    form: Form,
    page: Page,
    open_unit: usize,
    step: units::StepOf,
    choosing: Choosing<Chosen>,
    sent: Option<Box<Application>>,
    /// The field that gets the keyboard when it is next drawn.
    focus: Option<String>,
    /// The button that goes on gets it.
    focus_button: bool,
}

impl Wizard {
    /// On an empty form, for an FSP of this operator.
    pub fn new(operator: &str) -> Self {
        Self {
            form: Form::new(operator),
            page: Page::Fsp,
            open_unit: 0,
            step: units::StepOf::default(),
            choosing: Choosing::default(),
            sent: None,
            focus: Some("fsp".to_owned()),
            focus_button: false,
        }
    }

    /// Whether anything would be lost with it.
    pub fn is_begun(&self) -> bool {
        self.form.is_begun()
    }

    /// The FSP's id as it is typed.
    pub fn fsp(&self) -> &str {
        self.form.fsp()
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) -> Go {
        let picture = enrolments.picture();
        self.form.refresh(&picture.fleet);
        self.take_choice(view);
        if let Some(sent) = &self.sent {
            let own = picture.errands.get(&sent.fsp).filter(|errand| !errand.is_withdrawal);
            return self.progress(ui, view, enrolments, own.map(Arc::as_ref));
        }
        let mut go = Go::Stay;
        Panel::bottom("onboarding buttons").resizable(false).show(ui, |ui| {
            go = self.buttons(ui, view, enrolments);
        });
        widgets::heading(ui, "Onboard an FSP");
        self.steps(ui, view);
        ui.separator();
        ScrollArea::vertical().id_salt(self.page.name()).auto_shrink([false, false]).show(ui, |ui| {
            // The scroll bar lies over the right edge.
            ui.set_max_width((ui.available_width() - 10.0).min(760.0));
            self.page(ui, view, enrolments);
        });
        if let Some(field) = self.focus.take() {
            ui.memory_mut(|memory| memory.request_focus(rows::id_of(&field)));
        }
        if self.form.take_entered() {
            self.go_on();
        }
        go
    }

    fn steps(&mut self, ui: &mut Ui, view: &View<'_>) {
        ui.horizontal_wrapped(|ui| {
            for page in Page::ALL {
                let text = format!("{} {}", page.number(), page.name());
                let wrong = self.form.shows_faults_on(page) && page != Page::Review;
                let name = format!(
                    "Step {} of {}: {}{}",
                    page.number(),
                    Page::ALL.len(),
                    page.name(),
                    if wrong { ", something to mend" } else { "" }
                );
                if wrong {
                    let (rect, _) = ui.allocate_exact_size(vec2(12.0, view.tokens.row), Sense::hover());
                    let centre = rect.center();
                    widgets::paint_mark(ui.painter(), centre, 4.5, Outline::Cross, view.tokens.high, true);
                }
                let step = ui.selectable_label(self.page == page, text).accessible_name(name);
                if step.clicked() {
                    self.show(page);
                }
            }
        });
    }

    fn page(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        let tokens = view.tokens;
        match self.page {
            Page::Fsp => who::ui(ui, tokens, &mut self.form),
            Page::Contracts => contracts::ui(ui, view, &mut self.form),
            Page::Units => {
                self.step.now = view.clock.now_seconds();
                let (form, open) = (&mut self.form, &mut self.open_unit);
                if units::ui(ui, tokens, form, open, &mut self.step) == Pressed::ReadFile {
                    self.choosing.begin(ui.ctx(), Chosen::Units, Wanted::Toml("Contracts and units"));
                }
            }
            Page::Access => {
                if let Some(folder) = access::ui(ui, tokens, &mut self.form, enrolments.places()) {
                    self.choosing.begin(ui.ctx(), Chosen::Folder(folder), Wanted::Folder("Choose a folder"));
                }
            }
            Page::Review => {
                if let Some(page) = review::ui(ui, tokens, &self.form, enrolments.places()) {
                    self.show(page);
                    self.form.reveal(page);
                    self.focus_fault();
                }
            }
        }
    }

    fn buttons(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) -> Go {
        let mut go = Go::Stay;
        ui.horizontal(|ui| {
            widgets::beside_a_filled_button(ui);
            if let Some(before) = self.page.before()
                && ui.button("Back").clicked()
            {
                self.show(before);
            }
            if self.page.next().is_some() {
                let next = ui.button("Next").on_hover_text("Enter in any field does it too");
                if std::mem::take(&mut self.focus_button) {
                    next.request_focus();
                }
                if next.clicked() {
                    self.go_on();
                }
            } else {
                self.onboard(ui, view, enrolments);
            }
            widgets::at_the_right(ui, |ui| {
                if self.is_begun() && ui.button("Discard").clicked() {
                    go = Go::Finish;
                }
                if ui.button("Close").on_hover_text("what is written is kept while Rampdesk runs").clicked() {
                    go = Go::Close;
                }
            });
        });
        go
    }

    /// The one button that does something.
    fn onboard(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        let application = self.form.application(enrolments.places());
        let text = match &application {
            Some(application) => format!("Onboard {}", application.fsp),
            None => "Onboard".to_owned(),
        };
        let enabled = application.is_some();
        let (fill, ink) = if enabled {
            (view.tokens.accent, view.tokens.on_accent)
        } else {
            (view.tokens.panel, view.tokens.weak)
        };
        let button = widgets::filled_button(ui, enabled, &text, fill, ink);
        let button =
            button.on_hover_text("by pointer or Space; Enter, which goes from page to page, does not do it");
        if std::mem::take(&mut self.focus_button) && enabled {
            button.request_focus();
        }
        let is_meant = widgets::clicked_but_not_by_enter(&button);
        if let Some(application) = application.filter(|_| is_meant) {
            self.send(view, enrolments, Box::new(application));
        }
    }

    fn send(&mut self, view: &mut View<'_>, enrolments: &Enrolments, application: Box<Application>) {
        if enrolments.ask(Request::Onboard(application.clone())) {
            self.sent = Some(application);
        } else {
            let words = "Nothing was done: the sandbox has ended. Start Rampdesk again.".to_owned();
            view.ask(Intent::Warn(words));
        }
    }

    fn show(&mut self, page: Page) {
        self.page = page;
        self.focus = match page {
            Page::Fsp => Some("fsp".to_owned()),
            Page::Contracts => Some("contracts[0].id".to_owned()),
            Page::Units => Some(format!("units[{}].unit", self.open_unit)),
            Page::Access | Page::Review => None,
        };
        self.focus_button = self.focus.is_none();
    }

    /// To the next page, unless something on this one has to be mended: then the keyboard goes there.
    fn go_on(&mut self) {
        self.form.reveal(self.page);
        if self.form.faults_on(self.page).next().is_some() {
            self.focus_fault();
        } else if let Some(next) = self.page.next() {
            self.show(next);
        }
    }

    fn focus_fault(&mut self) {
        let Some(field) = self.form.faults_on(self.page).next().map(|fault| fault.field.clone()) else {
            return;
        };
        if let Some(unit) = unit_of(&field) {
            self.open_unit = unit;
        }
        self.focus = Some(field);
    }

    /// What a person chose with the dialog.
    fn take_choice(&mut self, view: &mut View<'_>) {
        let Some((chosen, path)) = self.choosing.settled() else { return };
        let path = match path {
            Ok(path) => path,
            Err(fault) => {
                return view.ask(Intent::Warn(match chosen {
                    Chosen::Folder(_) => fault.beside_a_field(),
                    Chosen::Units => fault.alone(),
                }));
            }
        };
        match chosen {
            Chosen::Folder(Folder::HandOver) => self.form.typed.folder = path.display().to_string(),
            Chosen::Folder(Folder::Authority) => self.form.typed.authority = path.display().to_string(),
            Chosen::Units => match units_in(&path, self.form.fsp(), view) {
                Ok(fleet) => {
                    self.form.typed.draft.take_in(&fleet);
                    self.form.moved();
                    self.open_unit = 0;
                    view.ask(Intent::Tell(format!("Read: {}.", path.display())));
                }
                Err(words) => view.ask(Intent::Warn(words)),
            },
        }
    }

    fn progress(
        &mut self,
        ui: &mut Ui,
        view: &mut View<'_>,
        enrolments: &Enrolments,
        progress: Option<&Progress>,
    ) -> Go {
        let Some(sent) = self.sent.clone() else { return Go::Stay };
        let mut go = Go::Stay;
        widgets::heading(ui, &format!("Onboarding {}", sent.fsp));
        ui.separator();
        let Some(progress) = progress else {
            ui.ctx().request_repaint_after(LOOK_EVERY);
            ui.label("It begins …");
            return go;
        };
        Panel::bottom("onboarded buttons").resizable(false).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| go = self.after(ui, view, enrolments, progress, &sent));
        });
        ScrollArea::vertical().auto_shrink([false, false]).stick_to_bottom(true).show(ui, |ui| {
            ui.set_max_width((ui.available_width() - 10.0).min(760.0));
            progress::ui(ui, view.tokens, progress);
        });
        go
    }

    /// What can be done now.
    fn after(
        &mut self,
        ui: &mut Ui,
        view: &mut View<'_>,
        enrolments: &Enrolments,
        progress: &Progress,
        sent: &Application,
    ) -> Go {
        let fault = match &progress.end {
            None => {
                ui.ctx().request_repaint_after(LOOK_EVERY);
                ui.label(
                    RichText::new("What is done stays done, whatever you look at meanwhile.")
                        .color(view.tokens.weak),
                );
                return Go::Stay;
            }
            Some(Ok(_)) => return done(ui, view, sent),
            Some(Err(fault)) => fault,
        };
        if ui.button("Try again").clicked() {
            self.send(view, enrolments, Box::new(sent.clone()));
        }
        if fault.wants_new_secret && ui.button("Give its client a new secret").clicked() {
            let application = Application { new_secret: true, ..sent.clone() };
            self.send(view, enrolments, Box::new(application));
        }
        if ui.button("Back to what was written").clicked() {
            self.sent = None;
        }
        if ui.button("Close").clicked() { Go::Close } else { Go::Stay }
    }
}

/// What can be done with an FSP that has been onboarded.
fn done(ui: &mut Ui, view: &mut View<'_>, sent: &Application) -> Go {
    let mut go = Go::Stay;
    if let crate::workshop::enrolment::Answers::Elsewhere(folder) = &sent.answers
        && ui.button("Copy the folder's path").clicked()
    {
        ui.ctx().copy_text(folder.display().to_string());
        view.ask(Intent::Tell("Copied: the folder's path.".to_owned()));
    }
    let unit: Option<&DispatchUnit> = sent.addition.units.first().map(|unit| &unit.unit);
    if let Some(unit) = unit
        && ui.button(format!("Compose a dispatch for {unit}")).clicked()
    {
        view.ask(Intent::ComposeFor(vec![unit.clone()]));
        go = Go::Finish;
    }
    if ui.button("Close").clicked() {
        go = Go::Finish;
    }
    go
}

/// The unit whose field it is.
fn unit_of(field: &str) -> Option<usize> {
    field.strip_prefix("units[")?.split(']').next()?.parse().ok()
}

/// An FSP's contracts and units as a file says them.
fn units_in(path: &Path, fsp: &str, view: &View<'_>) -> Result<FleetProfile, String> {
    let text = text_file::read(path).map_err(|fault| fault.to_string())?;
    let known = view.enrolments.map(|enrolments| enrolments.picture().fleet.clone());
    let Some(known) = known else { return Err("this session onboards nobody".to_owned()) };
    let id = fsp
        .parse()
        .map_err(|_| "Write the FSP's id on the first page, then read the file again.".to_owned())?;
    let newcomer = Newcomer { id, name: Some(String::new()), telephone: Some(String::new()) };
    let read = FleetProfile::addition_from_toml(&path.display().to_string(), &text, &newcomer, &known);
    read.map_err(|faults| {
        let more = faults.len().saturating_sub(1);
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        if more == 0 { first } else { format!("{first} (and {more} more)") }
    })
}
