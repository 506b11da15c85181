//! The marks of a workshop while it runs, for its trainer: what each is for, how it stands and by which entries of the journal, and the
//! trainer's own word on it. A function of its state, so that it can stand in any window.

mod following;
mod form;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use egui::{CollapsingHeader, Frame, Label, Margin, RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::errand::Errand;
use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};
use crate::console::words;
use crate::workshop::live::WorkshopHandle;
use crate::workshop::marking::{Evidence, Followed, Marked, OverrideFault, Standing};
use following::Following;
use form::Form;

/// So many entries of a mark are shown before a person asks for the others.
const FIRST_ENTRIES: usize = 2;

/// What is on the screen of the marks.
#[derive(Default)]
pub struct Marks {
    following: Following,
    /// Who marks, as they sign.
    trainer: String,
    /// The mark that is being given other marks.
    form: Option<Form>,
    /// The word that is being kept.
    keeping: Option<Errand<Result<String, OverrideFault>>>,
    /// The marks of which every entry is shown.
    unfolded: BTreeSet<u32>,
}

/// What a person asked for.
enum Asked {
    /// To see an entry.
    Entry(Evidence),
    /// All entries of this mark, or the first ones again.
    Unfold(u32),
    /// To give this mark other marks.
    Override(u32),
    /// To take back the trainer's word on it.
    TakeBack(u32),
}

/// The marks folded away, for a window that the trainee sees as well. What is folded is not computed.
pub fn folded(marks: &mut Marks, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
    if workshop.scenario().exercise.is_none() {
        return;
    }
    ui.add_space(view.tokens.gap);
    let header = CollapsingHeader::new("Marks, for the trainer");
    let shown = header.show(ui, |ui| self::ui(marks, ui, view, workshop));
    if shown.openness > 0.0 && shown.openness < 1.0 {
        // What is unfolded at the end of a page would be out of sight.
        let at_once = egui::style::ScrollAnimation::none();
        shown.header_response.scroll_to_me_animation(Some(egui::Align::Min), at_once);
    }
}

/// The marks of a workshop.
pub fn ui(marks: &mut Marks, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
    settle(marks, view);
    marks.following.go_on(ui.ctx(), view, workshop);
    if let Some(fault) = marks.following.fault() {
        widgets::marked(ui, (Outline::Cross, view.tokens.high, true), fault, fault);
        if ui.button("Read the journal again").clicked() {
            marks.following = Following::default();
        }
        return;
    }
    let Some(followed) = marks.following.followed() else {
        ui.add(Label::new(RichText::new("Reading the journal…").color(view.tokens.weak)));
        return;
    };
    sum(ui, followed);
    let mut asked = None;
    for (marked, standing) in followed.marking.marks.iter().zip(&followed.standings) {
        let is_unfolded = marks.unfolded.contains(&marked.number);
        asked = one(ui, view.tokens, marked, (*standing, is_unfolded)).or(asked);
        if let Some(form) = marks.form.as_mut().filter(|form| form.number() == marked.number) {
            match form.ui(ui, view.tokens, &mut marks.trainer, view.clock.now()) {
                form::Answer::Waiting => {}
                form::Answer::Cancel => marks.form = None,
                form::Answer::Give(word) => {
                    let words = workshop.overrides().clone();
                    let said = format!("Mark {}: your word is kept, and counts.", word.number);
                    begin(&mut marks.keeping, ui, view, move || words.give(word).map(|()| said));
                }
            }
        }
        ui.add_space(view.tokens.gap / 2.0);
    }
    if let Some(asked) = asked {
        answer(marks, ui, view, workshop, asked);
    }
}

/// So many of the last commands are shown.
const LAST_COMMANDS: usize = 8;

/// What whoever sits in the control room had done, the newest first.
pub fn commanded(marks: &mut Marks, ui: &mut Ui, view: &View<'_>, workshop: &WorkshopHandle) {
    marks.following.go_on(ui.ctx(), view, workshop);
    let tokens = view.tokens;
    let all = marks.following.commanded();
    widgets::heading(ui, "Done in the control room");
    if all.is_empty() {
        ui.add(Label::new(RichText::new("Nothing yet.").color(tokens.weak)));
    }
    for command in all.iter().rev().take(LAST_COMMANDS) {
        widgets::pair(ui, tokens, &words::utc_time(command.at), command.words.as_str());
    }
    if let Some(earlier) = all.len().checked_sub(LAST_COMMANDS).filter(|earlier| *earlier > 0) {
        let more =
            format!("{} before that; the Journal has them all.", crate::units::counted(earlier, "command"));
        ui.add(Label::new(RichText::new(more).color(tokens.weak)).wrap());
    }
}

/// What is decided so far, and what can still be given.
fn sum(ui: &mut Ui, followed: &Followed) {
    let (decided, of, open) = (followed.decided(), followed.marking.of, followed.open());
    let text = match followed.standings.contains(&Standing::Open) {
        true => format!("{decided} of {of} marks so far; {open} can still be earned"),
        false => format!("{decided} of {of} marks"),
    };
    widgets::heading(ui, &text);
}

/// A mark: how it stands, what it is for, what was found, and where that stands in the journal.
fn one(
    ui: &mut Ui,
    tokens: &Tokens,
    marked: &Marked,
    (standing, is_unfolded): (Standing, bool),
) -> Option<Asked> {
    let mut asked = None;
    let number = marked.number;
    Frame::new().fill(tokens.panel).corner_radius(tokens.radius).inner_margin(Margin::same(8)).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            let worth = worth(marked, standing);
            ui.horizontal_wrapped(|ui| {
                let (outline, word) = said(tokens, marked, standing);
                let name = format!("Mark {number}: {}, {worth}", word.to_lowercase());
                widgets::marked(ui, outline, word, &name);
                ui.add(Label::new(RichText::new(&marked.words).strong().color(tokens.text)).wrap());
                ui.add(Label::new(RichText::new(&worth).color(tokens.weak)));
            });
            ui.add(Label::new(RichText::new(&marked.expected).color(tokens.weak)).wrap());
            let found = if standing == Standing::Open { "So far" } else { "Found" };
            widgets::pair(ui, tokens, found, marked.why.as_str());
            asked = evidence(ui, tokens, marked, is_unfolded);
            asked = trainers_word(ui, tokens, marked).or(asked.take());
        },
    );
    asked
}

/// Of a mark that is decided what it came to, else what it is worth.
fn worth(marked: &Marked, standing: Standing) -> String {
    match (&marked.overridden, standing) {
        (Some(_), _) => format!("{} of {}", marked.counted(), marked.of),
        (None, Standing::Open) => format!("worth {}", marked.of),
        (None, _) => format!("{} of {}", marked.given, marked.of),
    }
}

/// Whose word counts, and how it came out where that is the journal's: what a trainer has given is not missed any more.
fn said(
    tokens: &Tokens,
    marked: &Marked,
    standing: Standing,
) -> ((Outline, egui::Color32, bool), &'static str) {
    match marked.overridden {
        Some(_) => ((Outline::Diamond, tokens.text, true), "By the trainer"),
        None => (outline(tokens, standing), standing.word()),
    }
}

fn outline(tokens: &Tokens, standing: Standing) -> (Outline, egui::Color32, bool) {
    match standing {
        Standing::Open => (Outline::Circle, tokens.weak, false),
        Standing::Earned => (Outline::Check, tokens.text, true),
        Standing::Missed => (Outline::Cross, tokens.high, true),
    }
}

fn evidence(ui: &mut Ui, tokens: &Tokens, marked: &Marked, is_unfolded: bool) -> Option<Asked> {
    let mut asked = None;
    let shown = if is_unfolded { marked.evidence.len() } else { FIRST_ENTRIES };
    for entry in marked.evidence.iter().take(shown) {
        ui.horizontal_wrapped(|ui| {
            let link = ui.link(format!("Entry {}", entry.entry));
            let link = link.on_hover_text("Show it in the Journal");
            let name = format!("Entry {} of mark {} in the Journal", entry.entry, marked.number);
            if link.accessible_name(name).clicked() {
                asked = Some(Asked::Entry(entry.clone()));
            }
            ui.add(Label::new(RichText::new(words::london(entry.at)).color(tokens.weak)));
            ui.add(Label::new(&entry.text).wrap());
        });
    }
    let more = marked.evidence.len().saturating_sub(FIRST_ENTRIES);
    if more > 0 {
        let text = if is_unfolded { "Fewer entries".to_owned() } else { format!("{more} more entries") };
        let name = format!("{text} of mark {}", marked.number);
        if ui.small_button(text).accessible_name(name).clicked() {
            asked = Some(Asked::Unfold(marked.number));
        }
    }
    asked
}

/// What the trainer said of it, and by what more is said.
fn trainers_word(ui: &mut Ui, tokens: &Tokens, marked: &Marked) -> Option<Asked> {
    let number = marked.number;
    if let Some(word) = &marked.overridden {
        let said = format!(
            "{} gives {} at {}: {}. By the journal it is {}.",
            word.by,
            word.marks,
            words::london(word.at),
            word.reason.trim_end_matches('.'),
            marked.given
        );
        widgets::pair(ui, tokens, "The trainer", said);
    }
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        if ui.button("Override…").accessible_name(format!("Override mark {number}…")).clicked() {
            asked = Some(Asked::Override(number));
        }
        let back = || format!("Take back the word on mark {number}");
        if marked.overridden.is_some() && ui.button("Take back").accessible_name(back()).clicked() {
            asked = Some(Asked::TakeBack(number));
        }
    });
    asked
}

fn answer(marks: &mut Marks, ui: &Ui, view: &mut View<'_>, workshop: &WorkshopHandle, asked: Asked) {
    match asked {
        Asked::Entry(entry) => view.ask(Intent::JournalEntry { number: entry.entry, at: entry.at }),
        Asked::Unfold(number) => {
            if !marks.unfolded.remove(&number) {
                marks.unfolded.insert(number);
            }
        }
        Asked::Override(number) => {
            let found =
                marks.following.followed().and_then(|f| f.marking.marks.iter().find(|m| m.number == number));
            marks.form = found.map(Form::of);
        }
        Asked::TakeBack(number) => {
            let said = workshop.overrides().all();
            let last = said.iter().rev().find(|word| word.said.number == number && word.taken_back.is_none());
            // Whoever has not signed anything here takes back what they find in their own name there.
            let by = match (marks.trainer.trim(), last) {
                ("", Some(word)) => word.said.by.clone(),
                (name, _) => name.to_owned(),
            };
            let (words, at) = (workshop.overrides().clone(), view.clock.now());
            let told = format!("Mark {number}: the word is taken back.");
            begin(&mut marks.keeping, ui, view, move || words.take_back(number, &by, at).map(|_| told));
        }
    }
}

/// Writing it down takes its time: not in a frame.
fn begin(
    keeping: &mut Option<Errand<Result<String, OverrideFault>>>,
    ui: &Ui,
    view: &mut View<'_>,
    work: impl FnOnce() -> Result<String, OverrideFault> + Send + 'static,
) {
    match Errand::begin(ui.ctx(), work) {
        Ok(errand) => *keeping = Some(errand),
        Err(fault) => view.ask(Intent::Warn(format!("The mark stays as it was: {fault}."))),
    }
}

/// Takes in what became of a word.
fn settle(marks: &mut Marks, view: &mut View<'_>) {
    let Some(settled) = marks.keeping.as_ref().and_then(Errand::settled) else { return };
    marks.keeping = None;
    match settled {
        Ok(Ok(said)) => {
            marks.form = None;
            view.ask(Intent::Tell(said));
        }
        Ok(Err(fault)) => view.ask(Intent::Warn(format!("The mark stays as it was: {fault}."))),
        Err(fault) => view.ask(Intent::Warn(format!("The mark stays as it was: {fault}."))),
    }
}
