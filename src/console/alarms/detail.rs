//! The alarm in hand in full: what it means, why it matters, what is done and how soon; what it keeps silent and why; and
//! how it is shelved. With none in hand, whether the list as a whole can be dealt with.

use std::sync::Arc;

use egui::{Label, RichText, ScrollArea, Ui};

use super::{AlarmList, InHand, Kept, acknowledge, load, table};
use crate::console::context::{Intent, View, Workspace};
use crate::console::{widgets, words};
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, Silent};

/// So many of those that are silent are told at first, and more with each press.
const SILENT_AT_ONCE: usize = 50;

impl AlarmList {
    /// Draws the pane; whether it was closed.
    pub fn detail(&mut self, ui: &mut Ui, view: &mut View<'_>, kept: &mut Kept) -> bool {
        let alarm = self.alarm_in_hand(view);
        let mut closed = false;
        ui.horizontal(|ui| {
            widgets::heading(ui, "Alarm in hand");
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let close = ui.button("Close").on_hover_text("Enter in the alarm list, or Ctrl+I");
                closed = close.accessible_name("Close the alarm in hand").clicked();
            });
        });
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // No scroll bar lies on a text.
            ui.set_max_width(ui.available_width() - 8.0);
            if let Some(alarm) = alarm {
                self.told(ui, view, kept, &alarm);
            } else {
                let none =
                    "None. Pick a row of the alarm list, or go there with Ctrl+Shift+L and the arrow keys.";
                ui.add(Label::new(RichText::new(none).color(view.tokens.weak)).wrap());
            }
            ui.separator();
            of_all(ui, view);
        });
        closed
    }

    fn alarm_in_hand(&self, view: &View<'_>) -> Option<Arc<Alarm>> {
        let Some(InHand::Alarm(id)) = self.in_hand else { return None };
        view.snapshot.alarms.iter().chain(view.snapshot.shelved.iter()).find(|alarm| alarm.id == id).cloned()
    }

    fn told(&mut self, ui: &mut Ui, view: &mut View<'_>, kept: &mut Kept, alarm: &Alarm) {
        let entry = alarm.kind.rationale();
        ui.horizontal(|ui| {
            table::priority(ui, view, alarm.priority, alarm.acknowledged.is_none());
            ui.add(Label::new(RichText::new(entry.title).strong()).wrap());
        });
        ui.add(Label::new(&alarm.text).wrap());
        actions(ui, view, alarm);
        let tokens = view.tokens;
        for (name, value) in facts(alarm) {
            widgets::pair(ui, tokens, name, value);
        }
        ui.separator();
        widgets::pair(ui, tokens, "Means", entry.means);
        widgets::pair(ui, tokens, "Matters", entry.matters);
        widgets::pair(ui, tokens, "Do", entry.act);
        widgets::pair(ui, tokens, "How soon", entry.within);
        if let Some(when) = entry.when {
            widgets::pair(ui, tokens, "Priority", when);
        }
        self.silent(ui, view, alarm);
        ui.separator();
        self.form.ui(ui, view, kept, alarm);
    }

    fn silent(&mut self, ui: &mut Ui, view: &View<'_>, alarm: &Alarm) {
        if alarm.silent.is_empty() {
            return;
        }
        ui.separator();
        widgets::heading(ui, &format!("{} silent below it", widgets::count(alarm.silent_now())));
        let why = "While this holds nothing is known of them, and acting on this one is acting on them: they speak when it is \
                   over, if they still hold.";
        ui.add(Label::new(RichText::new(why).color(view.tokens.weak)).wrap());
        let told = self.silent_told.max(SILENT_AT_ONCE);
        let in_order = || {
            let still = alarm.silent.iter().filter(|silent| !silent.over);
            still.chain(alarm.silent.iter().filter(|silent| silent.over))
        };
        for silent in in_order().take(told) {
            one_silent(ui, view, silent);
        }
        let left = alarm.silent.len().saturating_sub(told);
        if left > 0 && ui.button(format!("Show more: {} are left", widgets::count(left))).clicked() {
            self.silent_told = told + SILENT_AT_ONCE;
        }
    }
}

fn one_silent(ui: &mut Ui, view: &View<'_>, silent: &Silent) {
    ui.horizontal_top(|ui| {
        table::priority(ui, view, silent.priority, !silent.over);
        let state = if silent.over { "over, or in the list by itself" } else { "silent" };
        let since = words::utc_time(silent.since);
        let ink = if silent.over { view.tokens.weak } else { view.tokens.text };
        let text = format!("{} ({state}, since {since})", silent.text);
        ui.add(Label::new(RichText::new(text).color(ink)).wrap());
    });
}

fn actions(ui: &mut Ui, view: &mut View<'_>, alarm: &Alarm) {
    ui.horizontal_wrapped(|ui| {
        if alarm.acknowledged.is_none() {
            let button = ui.button("Acknowledge").on_hover_text("A in the alarm list");
            if button.accessible_name("Acknowledge the alarm in hand").clicked() {
                acknowledge(view, vec![alarm.id]);
            }
        }
        if let Some(dispatch) = &alarm.dispatch
            && ui.button("Show on Board").clicked()
        {
            view.selection.dispatch = Some(dispatch.clone());
            view.ask(Intent::Show(Workspace::Board));
        }
        if let Some(unit) = &alarm.unit
            && ui.button("Show unit").clicked()
        {
            view.selection.unit = Some(unit.clone());
            view.ask(Intent::Show(Workspace::Fleet));
        }
        if alarm.shelved.is_some() && ui.button("Bring back").clicked() {
            view.ask(Intent::Give(Command::UnshelveAlarm(alarm.id)));
        }
    });
}

fn facts(alarm: &Alarm) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Source", alarm.source.clone())];
    facts.extend(alarm.unit.as_ref().map(|unit| ("Unit", unit.to_string())));
    facts.extend(alarm.dispatch.as_ref().map(|key| ("Dispatch", key.to_string())));
    facts.push(("Since", format!("{}, {}", words::utc(alarm.raised), words::london(alarm.raised))));
    facts.push(("Cause", if alarm.active { "holds still" } else { "is gone" }.to_owned()));
    let noticed =
        alarm.acknowledged.map_or("by nobody".to_owned(), |at| format!("at {}", words::utc_time(at)));
    facts.push(("Acknowledged", noticed));
    if alarm.count > 1 {
        facts.push(("Stands for", format!("{} alarms, itself included", widgets::count(count(alarm)))));
    }
    facts
}

fn count(alarm: &Alarm) -> usize {
    usize::try_from(alarm.count).unwrap_or(usize::MAX)
}

/// Whether the list as a whole can be dealt with.
fn of_all(ui: &mut Ui, view: &View<'_>) {
    widgets::heading(ui, "All alarms");
    for (name, value) in load::figures(&view.snapshot.alarm_load, view.clock.now()) {
        widgets::pair(ui, view.tokens, name, value);
    }
    ui.add(Label::new(RichText::new(load::MANAGEABLE).color(view.tokens.weak)).wrap());
}
