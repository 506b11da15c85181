//! The guided run in the window: what it observes, where it stands, and where it points.

use egui::{Panel, Ui};

use super::App;
use crate::console::context::Workspace;
use crate::console::guide::{self, Answer, Followed, Observed, Room, Wish};
use crate::console::landmark;
use crate::console::status;

/// The share of what is left of the window that the run may take.
const SHARE: f32 = 0.6;

/// The run while the window is open.
#[derive(Default)]
pub(super) struct Guided {
    seen: Observed,
    /// Whether a person went to the alarm list in this frame.
    pub(super) alarms_reached: bool,
    /// Whether a person asked for all that is said in a low window.
    told: bool,
}

impl App {
    /// Whether the run is on the screen.
    fn is_guided(&self) -> bool {
        self.settings.guide.is_open() && guide::is_allowed(self.snapshot.mode)
    }

    /// Takes in how far a person has come, and has what the step speaks of stand out.
    pub(super) fn follow_the_guide(&mut self, ctx: &egui::Context) {
        let reached = std::mem::take(&mut self.guided.alarms_reached);
        let mut places = Vec::new();
        if self.is_guided() {
            let seen = self.observed(ctx, reached);
            let before = self.settings.guide.clone();
            self.settings.guide.observe(&seen);
            if before != self.settings.guide {
                ctx.request_repaint();
            }
            let step = self.settings.guide.step();
            places =
                step.map_or_else(Vec::new, |step| guide::landmarks(step, self.settings.workspace, &seen));
            self.guided.seen = seen;
        }
        landmark::begin(ctx, &places, self.tokens.accent);
    }

    fn observed(&self, ctx: &egui::Context, alarms_reached: bool) -> Observed {
        let followed = self.settings.guide.followed();
        let progress = self.workspaces.compose.progress();
        let is_in_hand = followed.is_some() && self.selection.dispatch.as_ref() == followed;
        let shown = self.settings.workspace;
        let stop = status::emergency_stop_id();
        let is_pointed_at = ctx.read_response(stop).is_some_and(|stop| stop.hovered() || stop.has_focus());
        Observed {
            draft: progress.draft,
            given: progress.given,
            followed: followed.and_then(|key| Followed::of(&self.snapshot, key)),
            is_on_board: shown == Workspace::Board && is_in_hand,
            is_in_delivery: shown == Workspace::Delivery
                && followed.is_some_and(|key| self.workspaces.delivery.shows(key)),
            alarms_reached: alarms_reached || self.alarm_list.has_focus(),
            emergency_stop_reached: is_pointed_at,
        }
    }

    /// The offer, or the step, between the workspace and the alarm list.
    pub(super) fn guide(&mut self, ui: &mut Ui, low: bool) {
        if self.settings.guide.is_offered() {
            let panel = Panel::bottom("guided run, an offer").resizable(false);
            match panel.show(ui, |ui| guide::offer(ui, &self.tokens)).inner {
                Answer::Waiting => {}
                Answer::Begin => self.begin_the_guide(),
                Answer::Decline => self.settings.guide.leave(),
            }
        } else if self.is_guided() {
            let most = ui.available_height() * SHARE;
            let mut room = Room { low, told: &mut self.guided.told, most };
            let (guide, seen) = (&mut self.settings.guide, &self.guided.seen);
            let panel = Panel::bottom("guided run").resizable(false);
            if panel.show(ui, |ui| guide::ui(ui, &self.tokens, guide, seen, &mut room)).inner == Wish::Show {
                self.show_where(ui.ctx());
            }
        }
    }

    /// Goes on with the run, in the workspace where its step is done.
    pub(super) fn begin_the_guide(&mut self) {
        self.settings.guide.go_on();
        if let Some(workspace) = self.settings.guide.step().and_then(guide::Step::workspace) {
            self.settings.workspace = workspace;
        }
    }

    /// Takes a person to what the step speaks of.
    fn show_where(&mut self, ctx: &egui::Context) {
        let Some(step) = self.settings.guide.step() else { return };
        // The dispatch that is followed is taken in hand where the step is of it.
        if step.follows_a_dispatch()
            && let Some(key) = self.settings.guide.followed().filter(|_| self.guided.seen.followed.is_some())
        {
            self.selection.dispatch = Some(key.clone());
        }
        if step == guide::Step::Alarms {
            self.settings.alarms_open = true;
            self.alarm_list.reach();
        }
        if let Some(workspace) = step.workspace() {
            self.show(workspace);
        }
        landmark::go_to(ctx, guide::landmarks(step, self.settings.workspace, &self.guided.seen));
    }
}
