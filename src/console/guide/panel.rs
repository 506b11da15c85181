//! The run on the screen: between the workspace and the alarm list, so that it covers nothing that it speaks of.

use egui::{Label, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::console::theme::Tokens;
use crate::console::widgets::{self, Outline};

use super::{Guide, NAME, Observed, Step};

/// What is said at the end.
const END: &str = "You have drawn up, rehearsed, sent, followed, amended and stopped a dispatch. F1 explains each workspace, and \
                   Ctrl+K finds every action. This run is found again there.";

/// What is said where the dispatch is over and the step needs one.
const LOST_TRACK: &str =
    "There is no open dispatch to do this with. Send another from Compose: the run goes on with that one.";

/// The answer to the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// None yet.
    Waiting,
    /// Begin.
    Begin,
    /// Not now.
    Decline,
}

/// What a person wants of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing but what the run does by itself.
    None,
    /// To be taken to what the step speaks of.
    Show,
}

/// Offers the run.
pub fn offer(ui: &mut Ui, tokens: &Tokens) -> Answer {
    let mut answer = Answer::Waiting;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(format!("{NAME}:")).strong());
        let says =
            "a guided run of five minutes in this sandbox, from a setpoint to a stop. It stays in the menu.";
        ui.label(RichText::new(says).color(tokens.weak));
        if ui.button("Begin").accessible_name("Begin the guided run").clicked() {
            answer = Answer::Begin;
        }
        if ui.button("Not now").accessible_name("No guided run now").clicked() {
            answer = Answer::Decline;
        }
    });
    answer
}

/// Shows the step.
pub fn ui(ui: &mut Ui, tokens: &Tokens, guide: &mut Guide, seen: &Observed, room: &mut Room<'_>) -> Wish {
    let Some(step) = guide.step() else {
        end(ui, tokens, guide);
        return Wish::None;
    };
    let mut wish = Wish::None;
    ui.horizontal_wrapped(|ui| {
        widgets::heading(ui, NAME);
        standing(ui, tokens, guide, step);
        wish = buttons(ui, guide, step);
        if room.low {
            ui.toggle_value(room.told, "Why and where").on_hover_text("why this matters and where it is");
        }
    });
    let words = step.words();
    ScrollArea::vertical().id_salt(words.title).max_height(room.most).auto_shrink([false, true]).show(
        ui,
        |ui| {
            ui.add(Label::new(RichText::new(words.task).strong()).wrap());
            if guide.has_lost_track(seen) {
                ui.add(Label::new(LOST_TRACK).wrap());
            }
            if !room.low || *room.told {
                ui.add(Label::new(RichText::new(format!("Why: {}", words.why)).color(tokens.weak)).wrap());
                ui.add(
                    Label::new(RichText::new(format!("Where: {}", words.place)).color(tokens.weak)).wrap(),
                );
            }
        },
    );
    wish
}

/// How much room there is for the run.
pub struct Room<'a> {
    /// Whether the window has none to give away.
    pub low: bool,
    /// Whether a person asked for all of it even so.
    pub told: &'a mut bool,
    /// How high its text may be, points.
    pub most: f32,
}

/// Which step it is, which are done.
fn standing(ui: &mut Ui, tokens: &Tokens, guide: &Guide, step: Step) {
    let done = Step::ALL.into_iter().filter(|step| guide.is_done(*step)).count();
    let of = Step::ALL.len();
    #[expect(clippy::cast_precision_loss, reason = "a dozen")]
    let width = of as f32 * 11.0;
    let (rect, marks) = ui.allocate_exact_size(vec2(width, tokens.row), Sense::hover());
    for (place, each) in Step::ALL.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let centre = rect.left_center() + vec2(5.5 + 11.0 * place as f32, 0.0);
        let (outline, ink) = match (guide.is_done(each), each == step) {
            (true, here) => (Outline::Check, if here { tokens.accent } else { tokens.text }),
            (false, true) => (Outline::Arrow, tokens.accent),
            (false, false) => (Outline::Circle, tokens.weak),
        };
        widgets::paint_mark(ui.painter(), centre, 4.0, outline, ink, each == step);
    }
    marks.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{done} of {of} steps are done")));
    let state = if guide.is_done(step) { ", done" } else { "" };
    ui.label(
        RichText::new(format!("Step {} of {of}: {}{state}", step.number(), step.words().title)).strong(),
    );
}

fn buttons(ui: &mut Ui, guide: &mut Guide, step: Step) -> Wish {
    let mut wish = Wish::None;
    let back = ui.add_enabled(step.before().is_some(), egui::Button::new("Back"));
    if back.accessible_name("Back to the step before").clicked() {
        guide.back();
    }
    let show = ui.button("Show me").on_hover_text("Takes the keyboard there");
    if show.accessible_name("Show me where this step is done").clicked() {
        wish = Wish::Show;
    }
    let (text, name) = match guide.is_done(step) {
        true => ("Continue", "Continue with the next step"),
        false => ("Skip", "Skip this step"),
    };
    if ui.button(text).accessible_name(name).clicked() {
        guide.pass();
    }
    let leave = ui.button("Leave").on_hover_text("It goes on here when you come back: Ctrl+K, or the menu");
    if leave.accessible_name("Leave the guided run").clicked() {
        guide.leave();
    }
    wish
}

fn end(ui: &mut Ui, tokens: &Tokens, guide: &mut Guide) {
    ui.horizontal_wrapped(|ui| {
        widgets::heading(ui, NAME);
        widgets::marked(ui, (Outline::Check, tokens.text, true), "finished", "The guided run is finished");
        if ui.button("Back").accessible_name("Back to the step before").clicked() {
            guide.back();
        }
        if ui.button("Close").accessible_name("Close the guided run").clicked() {
            guide.leave();
        }
    });
    ui.add(Label::new(END).wrap());
}
