//! The help in the window: beside the workspace, and above a dialogue that lies over it.

use egui::{Align2, Area, Context, Frame, Id, Order, Panel, Ui, vec2};

use super::App;
use crate::console::context::Workspace;
use crate::console::guide;
use crate::console::help::{self, Topic};

/// The status strip with EMERGENCY STOP stays free, points.
const BELOW_THE_STRIP: f32 = 72.0;
/// Width of the help on a dialogue, points.
const WIDTH: f32 = 280.0;

impl App {
    /// The pane beside the workspace.
    pub(super) fn help(&mut self, ui: &mut Ui) {
        let pane = Panel::right("help").resizable(true).default_size(300.0).size_range(200.0..=480.0);
        let of = self.help_is_of();
        match pane.show(ui, |ui| help::ui(ui, &self.tokens, &of, &mut self.help_topic)).inner {
            help::Wish::None => {}
            help::Wish::Close => self.settings.help_open = false,
            help::Wish::Guide => self.begin_the_guide(),
        }
    }

    fn help_is_of(&self) -> help::Of {
        help::Of {
            workspace: self.settings.workspace,
            load: self.snapshot.alarm_load,
            now: self.clock.now(),
            is_editing: self.settings.workspace == Workspace::Workshop
                && self.workspaces.workshop.is_editing(),
            guided: guide::is_allowed(self.snapshot.mode) && !self.settings.guide.is_open(),
        }
    }

    /// What the help is about while a dialogue lies over the window.
    pub(super) fn topic_in_front(&self) -> Option<Topic> {
        let is_composing = self.settings.workspace == Workspace::Compose;
        if self.stop_question.is_some() {
            Some(Topic::Stop)
        } else if self.sign_on.is_some() {
            Some(Topic::SignOn)
        } else if self.palette.is_open() {
            Some(Topic::Palette)
        } else if is_composing && self.workspaces.compose.is_under_review() {
            Some(Topic::Review)
        } else {
            None
        }
    }

    /// The help on a dialogue, above it and at its side, where it is asked for.
    pub(super) fn help_in_front(&mut self, ctx: &Context) {
        let Some(mut topic) = self.topic_in_front().filter(|_| self.settings.help_open) else { return };
        let screen = ctx.content_rect();
        let of = self.help_is_of();
        let area = Area::new(Id::unique("help in front"))
            .order(Order::Tooltip)
            .anchor(Align2::RIGHT_TOP, vec2(-8.0, BELOW_THE_STRIP));
        let shown = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH.min(screen.width() * 0.5));
                ui.set_height((screen.height() - BELOW_THE_STRIP - 40.0).max(80.0));
                help::ui(ui, &self.tokens, &of, &mut topic)
            })
        });
        if shown.inner.inner == help::Wish::Close {
            self.settings.help_open = false;
        }
    }
}
