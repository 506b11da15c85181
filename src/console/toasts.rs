//! What came of commands, shown beside the work: what was done fades, what went wrong stays until it is read.

use std::collections::BTreeMap;

use egui::{
    Align, Align2, Area, Button, Frame, Id, Label, Layout, Order, RichText, Role, ScrollArea, Ui, vec2,
};
use egui_material_icons::icons;

use super::theme::Tokens;
use super::widgets::{self, Outline};
use super::words;
use crate::desk::command::CommandNumber;
use crate::desk::snapshot::{Outcome, Snapshot};

/// The bar at the foot of a workspace, from which things are sent, is left free, points.
const FOOT: f32 = 40.0;
/// Seconds of the window's own time for which good news is shown.
const SHOWN_FOR: f64 = 6.0;

#[derive(Clone, Debug)]
struct Toast {
    text: String,
    failed: bool,
    /// When it goes by itself.
    until: Option<f64>,
}

/// The commands that wait for their outcome, and what is to be told of the others.
#[derive(Default)]
pub struct Toasts {
    waiting: BTreeMap<CommandNumber, String>,
    shown: Vec<Toast>,
    sequence: Option<u64>,
}

impl Toasts {
    /// A command was given in these words, under this number; `None` when the engine has ended.
    pub fn given(&mut self, number: Option<CommandNumber>, words: String) {
        match number {
            Some(number) => {
                self.waiting.insert(number, words);
            }
            None => self.fail(format!(
                "Not done: {words}. The engine behind this window has ended; start Rampdesk again."
            )),
        }
    }

    /// Tells something briefly.
    pub fn tell(&mut self, text: String, now: f64) {
        self.shown.retain(|t| t.failed || t.text != text);
        self.shown.push(Toast { text, failed: false, until: Some(now + SHOWN_FOR) });
    }

    /// Tells what went wrong, until it is dismissed.
    pub fn fail(&mut self, text: String) {
        self.shown.push(Toast { text, failed: true, until: None });
    }

    /// Whether a command waits for its outcome.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What went wrong and has not been dismissed.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().filter(|toast| toast.failed).map(|toast| toast.text.as_str())
    }

    /// Takes in what a new snapshot says of the commands given here.
    pub fn take_in(&mut self, snapshot: &Snapshot, now: f64) {
        if self.sequence == Some(snapshot.sequence) {
            return;
        }
        self.sequence = Some(snapshot.sequence);
        for outcome in &snapshot.outcomes {
            if self.waiting.remove(&outcome.command).is_none() {
                continue;
            }
            match &outcome.result {
                Ok(words) => self.tell(sentence(&outcome.asked, words), now),
                Err(words) => self.fail(sentence(&outcome.asked, words)),
            }
        }
    }

    /// Draws them above the lower right corner, `above` points from the bottom.
    pub fn ui(&mut self, ctx: &egui::Context, tokens: &Tokens, above: f32) {
        let now = ctx.input(|i| i.time);
        self.shown.retain(|t| t.until.is_none_or(|until| now < until));
        if let Some(next) = self.shown.iter().filter_map(|t| t.until).min_by(f64::total_cmp) {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64((next - now).max(0.05)));
        }
        if self.shown.is_empty() && self.waiting.is_empty() {
            return;
        }
        let corner = vec2(-12.0, -12.0 - FOOT - above);
        let area =
            Area::new(Id::unique("toasts")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, corner);
        area.show(ctx, |ui| {
            for words in self.waiting.values() {
                toast(
                    ui,
                    tokens,
                    (Outline::Circle, tokens.weak, false),
                    &format!("Waiting for the engine: {words}"),
                    None,
                );
            }
            let mut dismissed = None;
            let mut failures = 0_usize;
            for (index, shown) in self.shown.iter().enumerate() {
                let mark = if shown.failed {
                    (Outline::Cross, tokens.high, true)
                } else {
                    (Outline::Check, tokens.normal, true)
                };
                let dismiss = shown.failed.then(|| {
                    failures += 1;
                    if failures == 1 { "Dismiss".to_owned() } else { format!("Dismiss failure {failures}") }
                });
                if toast(ui, tokens, mark, &shown.text, dismiss.as_deref()) {
                    dismissed = Some(index);
                }
            }
            if let Some(index) = dismissed {
                self.shown.remove(index);
            }
        });
    }
}

/// One of them; whether it was dismissed, which is what `dismiss` names. What has no such name goes by itself.
fn toast(
    ui: &mut Ui,
    tokens: &Tokens,
    mark: (Outline, egui::Color32, bool),
    text: &str,
    dismiss: Option<&str>,
) -> bool {
    let failed = dismiss.is_some();
    let stroke = egui::Stroke::new(1.0, if failed { tokens.high } else { tokens.line });
    let width = 380.0_f32.min(ui.ctx().content_rect().width() - 40.0);
    let mut dismissed = false;
    Frame::popup(ui.style()).fill(tokens.panel).stroke(stroke).show(ui, |ui| {
        ui.set_width(width);
        ui.horizontal_top(|ui| {
            let name = if failed { "failed" } else { "told" };
            widgets::marked(ui, mark, "", name);
            ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
                if let Some(name) = dismiss {
                    let close = Button::new(icons::ICON_CLOSE.rich_text().size(16.0)).frame(false);
                    let close = ui.add(close).accessible_name(name);
                    widgets::focus_ring(ui, tokens, &close, close.rect);
                    dismissed = close.clicked();
                }
                ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
                    let response = ui.add(Label::new(text).wrap());
                    let role = if failed { Role::Alert } else { Role::Status };
                    response.widget_info(|| egui::WidgetInfo::labeled(role, true, text));
                });
            });
        });
    });
    dismissed
}

fn sentence(asked: &str, words: &str) -> String {
    let mut asked = asked.chars();
    let first: String = asked.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}: {words}", asked.as_str())
}

/// The window with what came of the last commands, newest first. It stays within `area`.
pub fn outcomes(
    ctx: &egui::Context,
    tokens: &Tokens,
    outcomes: &[std::sync::Arc<Outcome>],
    area: egui::Rect,
    open: &mut bool,
) {
    if !*open {
        return;
    }
    widgets::window_within(ctx, area, "outcomes", "What came of the last commands", vec2(560.0, 320.0))
        .open(open)
        .show(ctx, |ui| {
            if outcomes.is_empty() {
                ui.label(RichText::new("No command has been given in this session.").color(tokens.weak));
            }
            ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
                for outcome in outcomes.iter().rev() {
                    one(ui, tokens, outcome);
                }
            });
        });
    widgets::leave_by_escape(ctx, "outcomes", open);
}

fn one(ui: &mut Ui, tokens: &Tokens, outcome: &Outcome) {
    let (mark, words) = match &outcome.result {
        Ok(words) => ((Outline::Check, tokens.normal, true), words),
        Err(words) => ((Outline::Cross, tokens.high, true), words),
    };
    let text = format!("{}  {}", words::utc_time(outcome.at), sentence(&outcome.asked, words));
    ui.horizontal_top(|ui| {
        widgets::marked(ui, mark, "", if outcome.result.is_ok() { "done" } else { "failed" });
        ui.add(Label::new(&text).wrap().selectable(true));
    });
}
