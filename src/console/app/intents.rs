//! What a view asked for in a frame, done once it is drawn.

use super::App;
use crate::console::action::Action;
use crate::console::compose::ComposeView;
use crate::console::context::{Intent, View, Workspace};
use crate::console::session::Wanted;
use crate::console::stop::StopQuestion;
use crate::dispatch::DispatchKey;

impl App {
    pub(super) fn settle_intents(&mut self, ctx: &egui::Context) {
        for intent in std::mem::take(&mut self.intents) {
            match intent {
                Intent::Clock(_) | Intent::Open(_) | Intent::OpenConnection if self.is_attended() => {
                    self.tell(ctx, "The trainer has this workshop in hand.".to_owned());
                }
                Intent::TrainersWindow => self.act(ctx, Action::TrainersWindow),
                Intent::Give(command) => self.give(command),
                Intent::Show(workspace) => self.show(workspace),
                Intent::ComposeFor(units) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.begin(view, units));
                }
                Intent::TurnToZero(unit) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.begin_at_zero(view, unit));
                }
                Intent::Plan => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.plan(view, Vec::new()));
                }
                Intent::Amend(key) => {
                    self.settings.workspace = Workspace::Compose;
                    self.with_compose(|compose, view| compose.amend(view, &key));
                }
                Intent::AskStop(key) => self.stop_question = Some(StopQuestion::new(key)),
                Intent::MessagesOf(client) => {
                    self.settings.workspace = Workspace::Messages;
                    self.workspaces.messages.show_client(client);
                }
                Intent::JournalOf(name) => {
                    self.settings.workspace = Workspace::Journal;
                    self.workspaces.journal.show_of(name);
                }
                Intent::JournalEntry { number, at } => {
                    self.settings.workspace = Workspace::Journal;
                    self.workspaces.journal.show_entry(number, at);
                }
                Intent::OtherSystems(key) => self.show_in_other_systems(&key),
                Intent::Clock(order) => self.order(order),
                Intent::Open(session) => self.wanted = Some(Wanted::Session(session)),
                Intent::OpenConnection => self.wanted = Some(Wanted::Connection),
                Intent::SignOn(operators) if operators.is_empty() => self.ask_to_sign_on(),
                Intent::SignOn(operators) => self.ask_to_sign_on_for(&operators),
                Intent::Tell(text) => self.tell(ctx, text),
                Intent::Warn(text) => self.toasts.fail(text),
            }
        }
    }

    pub(super) fn show_in_other_systems(&mut self, key: &DispatchKey) {
        let view = view_of!(self);
        if let Some(revision) = view.dispatch(key).and_then(|dispatch| dispatch.current()) {
            self.workspaces.messages.show_in_other_systems(&view, &revision.signed);
            self.settings.workspace = Workspace::Messages;
        }
    }

    pub(super) fn with_compose(&mut self, act: impl FnOnce(&mut ComposeView, &View<'_>)) {
        let view = view_of!(self);
        act(&mut self.workspaces.compose, &view);
    }
}
