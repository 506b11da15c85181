//! The scenarios that can be run: those that the program comes with, and any file.

use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use egui::{Label, RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::dialog::{Choosing, Wanted};
use crate::console::session::SessionChoice;
use crate::console::widgets::heading;
use crate::workshop::library::{self, Listed, ScenarioPlace};

use super::editor::EditorPlace;
use super::running::length;

/// The list. It is read on a thread of its own when it is first shown.
#[derive(Default)]
pub struct ScenarioList {
    reading: Option<Receiver<Vec<Listed>>>,
    read: Option<Vec<Listed>>,
    choosing: Choosing<Chosen>,
}

/// What a file is chosen for.
#[derive(Clone, Copy)]
enum Chosen {
    /// To be run.
    Scenario,
    /// To be gone through again.
    Recording,
}

impl ScenarioList {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, editor: &mut EditorPlace) {
        heading(ui, "Workshops and scenarios");
        ui.horizontal_wrapped(|ui| {
            if ui.button("Open a scenario file…").clicked() {
                self.choosing.begin(ui.ctx(), Chosen::Scenario, Wanted::Toml("Scenario to run"));
            }
            if ui.button("New scenario").clicked() {
                editor.begin();
            }
            if ui.button("Edit a scenario file…").clicked() {
                editor.pick();
            }
            if ui.button("Open a recording…").clicked() {
                let wanted = Wanted::Recording("Recording to go through again");
                self.choosing.begin(ui.ctx(), Chosen::Recording, wanted);
            }
        });
        match self.choosing.settled() {
            Some((Chosen::Scenario, Ok(path))) => start(view, ScenarioPlace::File(path)),
            Some((Chosen::Recording, Ok(path))) => view.ask(Intent::Open(SessionChoice::Recording(path))),
            Some((_, Err(fault))) => view.ask(Intent::Warn(fault.alone())),
            None => {}
        }
        ui.add_space(view.tokens.gap);
        self.take_in(ui.ctx());
        match &self.read {
            None => drop(ui.add(Label::new(RichText::new("Reading them…").color(view.tokens.weak)))),
            Some(all) => listed(ui, view, all, editor),
        }
    }

    fn take_in(&mut self, ctx: &egui::Context) {
        if self.read.is_some() {
            return;
        }
        let Some(reading) = &self.reading else {
            let (tell, told) = channel();
            let ctx = ctx.clone();
            let work = move || {
                // The window may be gone by now; nobody is left to tell then.
                tell.send(library::built_in()).ok();
                ctx.request_repaint();
            };
            match thread::Builder::new().name("scenarios".to_owned()).spawn(work) {
                Ok(_) => self.reading = Some(told),
                // No thread to be had: a moment's wait is better than no list.
                Err(_) => self.read = Some(library::built_in()),
            }
            return;
        };
        match reading.try_recv() {
            Ok(all) => self.read = Some(all),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => self.read = Some(Vec::new()),
        }
    }
}

/// The workshops by level and number, and what else can be run below them.
fn listed(ui: &mut Ui, view: &mut View<'_>, all: &[Listed], editor: &mut EditorPlace) {
    let graded = |listed: &'_ Listed| listed.graded.as_ref().map(|graded| (graded.level, graded.number));
    let mut workshops: Vec<&Listed> = all.iter().filter(|listed| listed.graded.is_some()).collect();
    workshops.sort_by_key(|listed| graded(listed));
    let mut level = None;
    for listed in workshops {
        let Some(graded) = &listed.graded else { continue };
        if level.replace(graded.level) != Some(graded.level) {
            ui.add_space(view.tokens.gap / 2.0);
            heading(ui, &format!("Level {}", graded.level));
        }
        row(ui, view, listed, editor);
    }
    ui.add_space(view.tokens.gap);
    heading(ui, "Scenarios without marks");
    all.iter().filter(|listed| listed.graded.is_none()).for_each(|listed| row(ui, view, listed, editor));
}

fn row(ui: &mut Ui, view: &mut View<'_>, listed: &Listed, editor: &mut EditorPlace) {
    ui.horizontal_top(|ui| {
        let name = format!("Start {}", listed.name);
        if ui.button("Start").accessible_name(name).clicked() {
            start(view, listed.place.clone());
        }
        let name = format!("Edit a copy of {}", listed.name);
        if ui.button("Edit").accessible_name(name).on_hover_text("a copy of it").clicked() {
            editor.open(ui.ctx(), listed.place.clone());
        }
        ui.vertical(|ui| {
            let number = listed.graded.as_ref().and_then(|graded| graded.number);
            ui.horizontal_wrapped(|ui| {
                if let Some(number) = number {
                    ui.add(Label::new(RichText::new(number.to_string()).color(view.tokens.weak)));
                }
                ui.add(Label::new(RichText::new(&listed.name).color(view.tokens.text)));
                ui.add(Label::new(RichText::new(length(listed.lasts_s)).color(view.tokens.weak)));
            });
            match &listed.graded {
                // What happens in it, the trainee is not to read beforehand.
                Some(graded) => drop(ui.add(Label::new(&graded.aim).truncate())),
                None => drop(ui.add(Label::new(&listed.about).wrap())),
            }
        });
    });
    ui.add_space(view.tokens.gap / 2.0);
}

fn start(view: &mut View<'_>, place: ScenarioPlace) {
    view.ask(Intent::Open(SessionChoice::Workshop(place)));
}
