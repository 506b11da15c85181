//! The workshop that runs: its clock, and what has come to pass. Nothing of what is to come.

use egui::{CollapsingHeader, Label, RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::pace;
use crate::console::session::SessionChoice;
use crate::console::theme::Tokens;
use crate::console::widgets::{heading, pair};
use crate::console::words;
use crate::workshop::live::{RECORDING, WorkshopHandle};
use crate::workshop::rehearsal::StepOutcome;

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
    let (tokens, scenario) = (view.tokens, workshop.scenario());
    heading(ui, &scenario.name);
    ui.add(Label::new(&scenario.about).wrap());
    ui.add_space(tokens.gap);
    let left_s = workshop.ends().since(view.clock.now()).max(0);
    pair(ui, tokens, "Begins", words::utc(scenario.start));
    pair(ui, tokens, "Ends", words::utc(workshop.ends()));
    pair(ui, tokens, "Left", length(left_s));
    if let Some(folder) = workshop.folder() {
        pair(ui, tokens, "Record", folder.display().to_string());
    }
    ui.add_space(tokens.gap);
    if let Some(order) = pace::controls(ui, tokens, &workshop.control().pace()) {
        view.ask(Intent::Clock(order));
    }
    ui.add_space(tokens.gap);
    ui.horizontal_wrapped(|ui| {
        if ui.button("Start again").on_hover_text("from the beginning, with a record of its own").clicked() {
            view.ask(Intent::Open(view.session.clone()));
        }
        if let Some(recording) = workshop.folder().map(|folder| folder.join(RECORDING)) {
            let again =
                ui.button("Go through it again").on_hover_text("leaves it, and shows what was recorded");
            if again.clicked() {
                view.ask(Intent::Open(SessionChoice::Recording(recording)));
            }
        }
        if ui.button("Leave for the sandbox").clicked() {
            view.ask(Intent::Open(SessionChoice::Sandbox));
        }
    });
    ui.add_space(tokens.gap);
    story(ui, tokens, workshop);
}

fn story(ui: &mut Ui, tokens: &Tokens, workshop: &WorkshopHandle) {
    let story = workshop.story();
    heading(ui, "So far");
    let mut past: Vec<&StepOutcome> = story.done.iter().chain(&story.told).collect();
    past.sort_by_key(|step| step.at.unix());
    if past.is_empty() {
        ui.add(Label::new(RichText::new("Nothing has happened yet.").color(tokens.weak)));
    }
    past.into_iter().for_each(|step| said(ui, tokens, step));
    CollapsingHeader::new("For the trainer: faults and notes so far").show(ui, |ui| {
        if story.hidden.is_empty() {
            ui.add(Label::new(RichText::new("None yet.").color(tokens.weak)));
        }
        story.hidden.iter().for_each(|step| said(ui, tokens, step));
    });
}

fn said(ui: &mut Ui, tokens: &Tokens, step: &StepOutcome) {
    let came = if step.done { step.said.clone() } else { format!("not done: {}", step.said) };
    let utc = words::utc(step.at);
    let time = utc.split_once(' ').map_or(utc.as_str(), |(_, time)| time);
    pair(ui, tokens, time, format!("{}. {came}", step.asked));
}

/// `2 h 05 min`, `12 min 30 s`.
pub fn length(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) if seconds > 0 => format!("{minutes} min {seconds:02} s"),
        (0, _) => format!("{minutes} min"),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {minutes:02} min"),
    }
}
