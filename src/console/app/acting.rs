//! What a person picked by key, palette or menu, and why it cannot be done now where it cannot.

use super::{App, trainer, wall};
use crate::console::action::Action;
use crate::console::context::{Intent, Workspace, is_turned_to_zero};
use crate::console::session::{SessionChoice, Wanted};
use crate::console::theme::{Theme, Tokens};
use crate::console::{alarms, guide, help, pane, status};
use crate::desk::command::Command;

impl App {
    /// Does what a person picked by key, palette or menu.
    pub(super) fn act(&mut self, ctx: &egui::Context, action: Action) {
        if let Some(obstacle) = self.obstacle(action) {
            self.tell(ctx, format!("{}: {obstacle}.", action.name()));
            return;
        }
        match action {
            Action::Show(workspace) => {
                self.settings.workspace = workspace;
                if let Some(replay) = &mut self.replay {
                    replay.show_workspaces();
                }
            }
            Action::Palette => self.palette.toggle(),
            Action::Help => {
                self.settings.help_open = !self.settings.help_open;
                self.help_topic = match self.alarm_list.has_focus() {
                    true => help::Topic::Alarms,
                    false => help::Topic::Workspace,
                };
            }
            Action::Guide if self.settings.guide.is_open() => self.settings.guide.leave(),
            Action::Guide => self.begin_the_guide(),
            Action::Alarms => self.settings.alarms_open = !self.settings.alarms_open,
            Action::ReachAlarms => {
                self.settings.alarms_open = true;
                self.alarm_list.reach();
                self.guided.alarms_reached = true;
            }
            Action::AlarmDetail => self.alarm_list.detail_open = !self.alarm_list.detail_open,
            Action::GroupAlarms => {
                let load = &self.snapshot.alarm_load;
                self.alarm_list.toggle_groups(load, &mut self.settings.alarm_list);
            }
            Action::AcknowledgeAll => {
                let ids = alarms::unacknowledged(&self.snapshot.alarms);
                self.give(Command::AcknowledgeAlarms(ids));
            }
            Action::Outcomes => self.outcomes_open = !self.outcomes_open,
            Action::ComposeForUnit => {
                self.intents.extend(self.selection.unit.clone().map(|unit| Intent::ComposeFor(vec![unit])));
            }
            Action::TurnToZero => self.intents.extend(self.selection.unit.clone().map(Intent::TurnToZero)),
            Action::Plan => self.intents.push(Intent::Plan),
            Action::Amend => self.intents.extend(self.selection.dispatch.clone().map(Intent::Amend)),
            Action::Stop => self.intents.extend(self.selection.dispatch.clone().map(Intent::AskStop)),
            Action::ShowDelivery => self.show(Workspace::Delivery),
            Action::OtherSystems => {
                self.intents.extend(self.selection.dispatch.clone().map(Intent::OtherSystems));
            }
            Action::ReachEmergencyStop => ctx.memory_mut(|m| m.request_focus(status::emergency_stop_id())),
            Action::PauseClock
            | Action::StepClock
            | Action::StepClockFar
            | Action::NextEvent
            | Action::Faster
            | Action::Slower
            | Action::RunClock(_) => self.act_on_the_clock(action),
            Action::Use(theme) => self.use_theme(ctx, theme),
            Action::TearOff => self.tear_off(ctx),
            Action::TrainersWindow => self.toggle_the_trainers_window(ctx),
            Action::MovePane => self.move_pane(ctx),
            Action::NewScenario => {
                self.show(Workspace::Workshop);
                self.workspaces.workshop.begin_a_scenario();
            }
            Action::EditScenario => {
                self.show(Workspace::Workshop);
                self.workspaces.workshop.pick_a_scenario();
            }
            Action::OpenConnection => self.wanted = Some(Wanted::Connection),
            Action::OpenSandbox => self.wanted = Some(Wanted::Session(SessionChoice::Sandbox)),
            Action::SignOn => self.ask_to_sign_on(),
            Action::SignOff => self.sign_off(),
            Action::ZoomIn => self.settings.zoom_in(),
            Action::ZoomOut => self.settings.zoom_out(),
            Action::ZoomReset => self.settings.zoom = 1.0,
        }
        ctx.set_zoom_factor(self.settings.zoom);
    }

    /// Why an action cannot be done now.
    pub(super) fn obstacle(&self, action: Action) -> Option<&'static str> {
        let dispatch = || {
            let key = self.selection.dispatch.as_ref()?;
            self.snapshot.dispatches.iter().find(|d| d.key == *key)
        };
        match action {
            action if action.is_the_trainers() && self.is_attended() => Some(trainer::THE_TRAINERS),
            Action::Guide if !guide::is_allowed(self.snapshot.mode) => {
                Some("it sends dispatches, and this session is LIVE")
            }
            Action::ComposeForUnit if self.selection.unit.is_none() => Some("no unit is selected"),
            Action::TurnToZero => match &self.selection.unit {
                None => Some("no unit is selected"),
                Some(unit) if !is_turned_to_zero(&self.snapshot, unit) => {
                    Some("the selected unit's contract is not for MW Dispatch")
                }
                Some(_) => None,
            },
            Action::Amend | Action::Stop => match dispatch() {
                None => Some("no dispatch is selected"),
                Some(dispatch) if !dispatch.is_open() => Some("the selected dispatch is over"),
                Some(_) => None,
            },
            Action::ShowDelivery | Action::OtherSystems if dispatch().is_none() => {
                Some("no dispatch is selected")
            }
            Action::TearOff if !wall::Wall::can_show(self.settings.workspace) => {
                Some("what is drawn up or taken on here stays in this window")
            }
            Action::MovePane if !pane::is_in(self.settings.workspace) => {
                Some("this workspace has no such pane")
            }
            action if action.is_of_the_clock() => self.clock_obstacle(action),
            Action::TrainersWindow if self.workshop.is_none() => Some("no workshop runs here"),
            Action::OpenSandbox if self.session == SessionChoice::Sandbox => Some("this is the sandbox"),
            Action::SignOn if self.snapshot.presence.people.is_empty() => {
                Some("nobody signs on in this session; the machine's keys sign everything")
            }
            Action::SignOff if self.snapshot.presence.on.is_none() => Some("nobody is signed on"),
            Action::AcknowledgeAll if self.digest.total() == 0 => Some("every alarm is acknowledged"),
            _ => None,
        }
    }

    pub(super) fn move_pane(&mut self, ctx: &egui::Context) {
        let workspace = self.settings.workspace;
        if pane::is_in(workspace) {
            let place = pane::move_on(ctx, workspace);
            let text = format!("In {} what is in hand stands {} now.", workspace.name(), place.words());
            self.toasts.tell(text, ctx.input(|i| i.time));
        }
    }

    /// Goes to a workspace, to see there what is picked.
    pub(super) fn show(&mut self, workspace: Workspace) {
        if workspace == Workspace::Delivery {
            self.workspaces.delivery.show_selection();
        }
        self.settings.workspace = workspace;
    }

    pub(super) fn give(&mut self, command: Command) {
        let words = command.words();
        self.toasts.given(self.desk.give(command), words);
    }

    pub(in crate::console) fn tell(&mut self, ctx: &egui::Context, text: String) {
        self.toasts.tell(text, ctx.input(|i| i.time));
    }

    pub(super) fn use_theme(&mut self, ctx: &egui::Context, theme: Theme) {
        self.settings.theme = theme;
        self.tokens = Tokens::of(theme);
        self.tokens.apply(ctx);
    }
}
