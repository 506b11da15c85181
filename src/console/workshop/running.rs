//! The workshop that runs: its clock, and what has come to pass. Nothing of what is to come.

use egui::{Label, RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::pace;
use crate::console::session::SessionChoice;
use crate::console::theme::Tokens;
use crate::console::widgets::{heading, pair};
use crate::console::words;
use crate::workshop::live::{RECORDING, WorkshopHandle};
use crate::workshop::rehearsal::StepOutcome;
use crate::workshop::remote::Following;
use crate::workshop::timekeeper::Standing;

/// Draws it for whoever sits at it alone, and has its clock.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
    facts(ui, view, workshop);
    if let Some(order) = pace::controls(ui, view.tokens, &workshop.control().pace()) {
        view.ask(Intent::Clock(order));
    }
    ui.add_space(view.tokens.gap);
    ui.horizontal_wrapped(|ui| {
        let trainer = ui.button("Open the trainer's window");
        let what = "what is to come, faults on a click, and the truth of every unit; this window is the trainee's then";
        if trainer.on_hover_text(what).clicked() {
            view.ask(Intent::TrainersWindow);
        }
    });
    ways_on(ui, view, workshop);
    ui.add_space(view.tokens.gap);
    so_far(ui, view, workshop, has_ended(workshop));
}

/// Draws it for a trainee: what was said to them, and at the end all of it.
pub fn trainee(ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle) {
    heading(ui, "A workshop");
    let says = match workshop.backstage().line() {
        Some(_) => {
            "The trainee's control room is at another machine. This window follows it, and sends nothing."
        }
        None => "The trainer has it in hand, and its clock. This window shows what a control room knows.",
    };
    ui.add(Label::new(RichText::new(says).color(view.tokens.weak)).wrap());
    ui.add_space(view.tokens.gap);
    if has_ended(workshop) {
        ui.label("It is at its end. This is what went on:");
        so_far(ui, view, workshop, true);
    } else {
        let title = if workshop.backstage().line().is_some() { "Said to the trainee" } else { "Said to you" };
        heard(ui, view.tokens, title, &workshop.story().told);
    }
}

/// Draws it for a trainee whose trainer sits elsewhere.
pub fn trainee_elsewhere(ui: &mut Ui, view: &View<'_>, following: &Following) {
    heading(ui, "A workshop");
    let says = "The trainer has it in hand at another machine, and its clock, which this one follows.";
    ui.add(Label::new(RichText::new(says).color(view.tokens.weak)).wrap());
    ui.add_space(view.tokens.gap);
    if let Some(fault) = &following.fault {
        let says = format!("The trainer's machine is not reached, and the clock stands until it is: {fault}");
        ui.add(Label::new(RichText::new(says).color(view.tokens.high)).wrap());
    } else if following.ended {
        ui.label("It is at its end, and its clock stands still.");
    }
    heard(ui, view.tokens, "Said to you", &following.story.told);
}

fn has_ended(workshop: &WorkshopHandle) -> bool {
    workshop.control().pace().standing == Standing::Ended
}

/// What it is, and how long it lasts.
pub fn facts(ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle) {
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
    if let Some(line) = workshop.backstage().line() {
        let stands = match line.attendance().borrow().came {
            true => "at another machine, and goes by this clock",
            false => "at another machine, and not there yet",
        };
        pair(ui, tokens, "Trainee's console", stands);
    }
    ui.add_space(tokens.gap);
}

/// What can be done with it but for its clock.
pub fn ways_on(ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
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
}

/// What has come to pass; with what is hidden from a trainee where that is asked for.
pub fn so_far(ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle, with_hidden: bool) {
    let (story, now) = (workshop.story(), view.clock.now());
    // The end of a fault that is laid on for a time stands there before it comes.
    let hidden = story.hidden.iter().filter(|step| with_hidden && step.at <= now);
    list(ui, view.tokens, "So far", story.done.iter().chain(&story.told).chain(hidden).collect());
}

fn list(ui: &mut Ui, tokens: &Tokens, title: &str, mut past: Vec<&StepOutcome>) {
    heading(ui, title);
    past.sort_by_key(|step| step.at.unix());
    if past.is_empty() {
        ui.add(Label::new(RichText::new("Nothing has happened yet.").color(tokens.weak)));
    }
    past.into_iter().for_each(|step| said(ui, tokens, step));
}

fn said(ui: &mut Ui, tokens: &Tokens, step: &StepOutcome) {
    let came = if step.done { step.said.clone() } else { format!("not done: {}", step.said) };
    pair(ui, tokens, &time(step), format!("{}. {came}", step.asked));
}

/// What was said to whoever reads it.
fn heard(ui: &mut Ui, tokens: &Tokens, title: &str, told: &[StepOutcome]) {
    heading(ui, title);
    if told.is_empty() {
        ui.add(Label::new(RichText::new("Nothing yet.").color(tokens.weak)));
    }
    told.iter().for_each(|step| pair(ui, tokens, &time(step), step.as_heard()));
}

fn time(step: &StepOutcome) -> String {
    let utc = words::utc(step.at);
    utc.split_once(' ').map_or(utc.clone(), |(_, time)| time.to_owned())
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
