//! Shelving the alarm in hand: for how long, why and by whom; or why it cannot be.

use egui::{Align, Label, RichText, TextEdit, Ui};

use super::Kept;
use crate::console::context::{Intent, View};
use crate::console::{widgets, words};
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, ShelfTime};

/// The longest name or reason, characters.
const LONGEST: usize = 200;

/// What a person has written so far.
#[derive(Default)]
pub struct ShelfForm {
    /// Of which alarm.
    of: Option<u64>,
    time: ShelfTime,
    reason: String,
    /// Whether the keyboard is to go there.
    take_focus: bool,
}

impl ShelfForm {
    /// Puts the keyboard on the reason.
    pub fn reach(&mut self) {
        self.take_focus = true;
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, kept: &mut Kept, alarm: &Alarm) {
        if self.of != Some(alarm.id) {
            *self = Self { of: Some(alarm.id), take_focus: self.take_focus, ..Self::default() };
        }
        if let Some(shelved) = &alarm.shelved {
            widgets::heading(ui, "Shelved");
            self.take_focus = false;
            let until = format!("{}, {}", words::utc(shelved.until), words::london(shelved.until));
            for (name, value) in [
                ("By", shelved.by.clone()),
                ("Why", shelved.reason.clone()),
                ("At", words::utc(shelved.at)),
                ("Until", until),
            ] {
                widgets::pair(ui, view.tokens, name, value);
            }
            return;
        }
        widgets::heading(ui, "Shelve");
        if let Some(why) = alarm.never_shelved() {
            self.take_focus = false;
            let why = format!("It cannot be shelved: {why}.");
            ui.add(Label::new(&why).wrap());
            ui.add_enabled(false, egui::Button::new("Shelve"))
                .on_disabled_hover_text(&why)
                .accessible_name(format!("Shelve. {why}"));
            return;
        }
        let means = "It leaves the list, is journalled, and comes back by itself when its time is over or when it becomes graver.";
        ui.add(Label::new(RichText::new(means).color(view.tokens.weak)).wrap());
        self.fields(ui, kept);
        let ready = !self.reason.trim().is_empty() && !kept.person.trim().is_empty();
        let button = ui.add_enabled(ready, egui::Button::new(format!("Shelve for {}", self.time.words())));
        if button.on_disabled_hover_text("Write why, and your name, first.").clicked() {
            view.ask(Intent::Give(Command::ShelveAlarm {
                id: alarm.id,
                time: self.time,
                by: kept.person.trim().to_owned(),
                reason: std::mem::take(&mut self.reason),
            }));
        }
    }

    fn fields(&mut self, ui: &mut Ui, kept: &mut Kept) {
        ui.horizontal_wrapped(|ui| {
            for time in ShelfTime::ALL {
                let text = if time == ShelfTime::Shift { "Rest of the shift (8 h)" } else { time.words() };
                let name = format!("Shelve for {}", time.words());
                let choice = ui.selectable_label(self.time == time, text);
                if choice.accessible_name(format!("Choose to {}", name.to_lowercase())).clicked() {
                    self.time = time;
                }
            }
        });
        let reason =
            TextEdit::singleline(&mut self.reason).hint_text(widgets::hint("Why")).char_limit(LONGEST);
        let reason = ui.add(reason.desired_width(f32::INFINITY)).accessible_name("Reason for shelving");
        if std::mem::take(&mut self.take_focus) {
            reason.request_focus();
            // In the middle, so that what belongs to it is in sight too.
            reason.scroll_to_me(Some(Align::Center));
        }
        let person =
            TextEdit::singleline(&mut kept.person).hint_text(widgets::hint("Your name")).char_limit(LONGEST);
        ui.add(person.desired_width(f32::INFINITY))
            .accessible_name("Your name")
            .on_hover_text("Stands in the journal and beside the alarm; remembered on this machine");
    }
}
