//! What stands around the workspace and over it: the strip, the rail, the alarms, a question, the palette.

use egui::{Frame, Margin, Panel};

use super::App;
use crate::console::action::Action;
use crate::console::context::View;
use crate::console::hold::HOLD_SECONDS;
use crate::console::status::Strip;
use crate::console::{alarms, rail, stop};
use crate::desk::command::Command;

impl App {
    pub(super) fn strip(&mut self, ui: &mut egui::Ui) {
        let strip = Strip {
            snapshot: &self.snapshot,
            digest: &self.digest,
            clock: &self.clock,
            running: self.desk.is_running(),
            // A trainee sees the rate that the clock shows by itself.
            pace: self
                .workshop
                .as_ref()
                .filter(|workshop| !workshop.is_attended())
                .map(|workshop| workshop.control().pace()),
            is_over: self.attending.ended,
            tokens: &self.tokens,
        };
        let answer = strip.ui(ui, &mut self.emergency_stop);
        if answer.emergency_stop {
            self.give(Command::EmergencyStop { units: Vec::new(), operator: None });
        }
        if answer.let_go_early {
            self.tell(ui.ctx(), format!("Nothing was sent: hold EMERGENCY STOP for {HOLD_SECONDS} s."));
        }
        if let Some(order) = answer.clock {
            self.order(order);
        }
        if answer.sign_on {
            self.ask_to_sign_on();
        }
        if answer.alarms {
            self.settings.alarms_open = !self.settings.alarms_open;
            self.guided.alarms_reached = true;
        }
    }

    pub(super) fn rail(&mut self, ui: &mut egui::Ui, narrow: bool, low: bool) {
        let panel = Panel::left("rail").resizable(false).exact_size(if narrow { 52.0 } else { 136.0 });
        if let Some(action) = panel.show(ui, |ui| rail::ui(ui, self.settings.workspace, narrow, low)).inner {
            self.act(ui.ctx(), action);
        }
    }

    pub(super) fn alarms(&mut self, ui: &mut egui::Ui, low: bool) {
        let open = self.settings.alarms_open;
        let mut view = view_of!(self);
        let (digest, list, kept) = (&self.digest, &mut self.alarm_list, &mut self.settings.alarm_list);
        let margin = Margin::symmetric(8, 3);
        let frame = Frame::side_top_panel(ui.style()).inner_margin(margin);
        let width = ui.available_width() - margin.sum().x;
        let of_rows = |rows| alarms::height(&self.tokens, width, rows) + margin.sum().y;
        let least = of_rows(1.0);
        let most = (ui.available_height() * 0.5).max(least);
        let panel = if open {
            let (name, rows) = if low { ("alarms in a low window", 1.0) } else { ("alarms open", 3.0) };
            // Rows are not as high in every set of colours; each has a height of the list of its own.
            Panel::bottom(egui::Id::unique((name, self.tokens.theme.name())))
                .resizable(true)
                .default_size(of_rows(rows))
                .size_range(least..=most)
        } else {
            Panel::bottom("alarms").resizable(false)
        };
        let shown = panel.frame(frame).show(ui, |ui| {
            let toggled = list.bar(ui, &mut view, digest, kept, open);
            if open {
                list.ui(ui, &mut view, kept);
            }
            toggled
        });
        if shown.inner {
            self.settings.alarms_open = !open;
        }
    }

    pub(super) fn alarm_detail(&mut self, ui: &mut egui::Ui) {
        let mut view = view_of!(self);
        let (list, kept) = (&mut self.alarm_list, &mut self.settings.alarm_list);
        let pane =
            Panel::right("alarm in hand").resizable(true).default_size(330.0).size_range(220.0..=560.0);
        if pane.show(ui, |ui| list.detail(ui, &mut view, kept)).inner {
            self.alarm_list.detail_open = false;
        }
    }

    pub(super) fn question(&mut self, ctx: &egui::Context) {
        let Some(question) = &mut self.stop_question else { return };
        let answer = question.ui(ctx, &self.tokens, &self.snapshot, self.clock.now());
        if answer == stop::Answer::Waiting {
            return;
        }
        if let Some(question) = self.stop_question.take()
            && answer == stop::Answer::Confirm
        {
            self.give(Command::Stop(question.key().clone()));
        }
    }

    pub(super) fn palette(&mut self, ctx: &egui::Context) {
        let mut palette = std::mem::take(&mut self.palette);
        let is_offered = |action: Action| !(self.is_attended() && action.is_the_trainers());
        let picked = palette.ui(ctx, &self.tokens, is_offered, |action| self.obstacle(action));
        self.palette = palette;
        if let Some(action) = picked {
            self.act(ctx, action);
        }
    }
}
