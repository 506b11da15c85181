//! What tests of the whole window set and read of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::App;
use crate::console::Replayed;
use crate::console::context::{Intent, Workspace};
use crate::console::replay::Replay;
use crate::console::theme::Theme;
use crate::console::workshop::Editor;
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::workshop::recording::Recording;

impl App {
    /// Opens the editor as its buttons do.
    pub(in crate::console) fn edit_scenario(&mut self, editor: Editor) {
        self.workspaces.workshop.edit(editor);
    }

    /// The workspace that is open.
    pub fn workspace_shown(&self) -> Workspace {
        self.settings.workspace
    }

    /// The unit in hand.
    pub fn unit_selected(&self) -> Option<DispatchUnit> {
        self.selection.unit.clone()
    }

    /// Uses a set of colours, as its action does.
    pub fn wear(&mut self, ctx: &egui::Context, theme: Theme) {
        self.use_theme(ctx, theme);
    }

    /// Shows the bar of a recording over this session.
    pub fn replay(&mut self, recording: Arc<Recording>) {
        self.replay_with(recording, None);
    }

    /// The same, with another recording laid over it.
    pub fn replay_with(&mut self, recording: Arc<Recording>, with: Option<PathBuf>) {
        self.replay = Some(Replay::of(Replayed { recording, with }));
    }

    /// As if a connection had been opened before.
    pub fn remember(&mut self, connection: &str) {
        self.settings.remember(connection.as_ref());
    }

    /// Asks for something as a view would.
    pub fn ask(&mut self, intent: Intent) {
        self.intents.push(intent);
    }

    /// Picks a dispatch as a click on it would.
    pub fn select(&mut self, key: DispatchKey) {
        self.selection.dispatch = Some(key);
    }
}
