//! Where the editor is, if it is open: scenarios are read on a thread of their own before they come into it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use egui::{Label, RichText, Ui, ViewportCommand};

use crate::console::context::{Intent, View};
use crate::console::dialog::{Choosing, Wanted};
use crate::workshop::editing::ScenarioEdit;
use crate::workshop::library::ScenarioPlace;
use crate::workshop::recording::Recording;
use crate::workshop::retelling::retell;

use super::{Editor, Next};

/// A scenario that is being read, with what is to be told of it; or why it cannot be.
type Reading = Receiver<Result<(ScenarioEdit, Vec<String>), String>>;

/// As the fleet of a recorded session is called, where it is not the demonstration's.
const FLEET_FILE: &str = "session.fleet.toml";

/// The editor's place in the workspace.
#[derive(Default)]
pub struct EditorPlace {
    editor: Option<Editor>,
    reading: Option<Reading>,
    choosing: Choosing<()>,
    is_wanted: bool,
}

impl EditorPlace {
    /// Opens a new scenario in it.
    pub fn begin(&mut self) {
        self.take(ScenarioEdit::begin());
    }

    /// Has the person pick a file to edit, in the next frame.
    pub fn pick(&mut self) {
        self.is_wanted = true;
    }

    /// Opens a scenario in it once it is read.
    pub fn open(&mut self, ctx: &egui::Context, place: ScenarioPlace) {
        self.read(ctx, move || ScenarioEdit::open(place).map(|edit| (edit, Vec::new())));
    }

    /// Opens a recorded session in it as a scenario, once it is told as one.
    pub fn retell(&mut self, ctx: &egui::Context, recording: Arc<Recording>) {
        self.read(ctx, move || {
            let retold = retell(&recording, FLEET_FILE)?;
            Ok((ScenarioEdit::retold(&retold, FLEET_FILE), retold.left_out))
        });
    }

    fn read(
        &mut self,
        ctx: &egui::Context,
        read: impl FnOnce() -> Result<(ScenarioEdit, Vec<String>), String> + Send + 'static,
    ) {
        let (tell, told) = channel();
        let waker = ctx.clone();
        let work = move || {
            // The window may be gone by now; nobody is left to tell then.
            tell.send(read()).ok();
            waker.request_repaint();
        };
        let begun = thread::Builder::new().name("scenario".to_owned()).spawn(work);
        self.reading = begun.is_ok().then_some(told);
    }

    /// Whether a scenario is in it.
    pub fn is_open(&self) -> bool {
        self.editor.is_some()
    }

    /// What would be lost if the session were left, in a sentence.
    pub fn unsaved(&self) -> Option<String> {
        self.editor.as_ref().and_then(Editor::unsaved)
    }

    /// Has the person asked before the window is closed, where something would be lost by that; whether they are.
    pub fn is_asked_before_closing(&mut self, ctx: &egui::Context) -> bool {
        let Some(editor) = &mut self.editor else { return false };
        if editor.leave_for(Next::Nothing).is_some() {
            return false;
        }
        ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        true
    }

    /// Draws it where it is open; whether it is.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> bool {
        if std::mem::take(&mut self.is_wanted) {
            self.choosing.begin(ui.ctx(), (), Wanted::Toml("Scenario to edit"));
        }
        match self.choosing.settled() {
            Some(((), Ok(path))) => self.open(ui.ctx(), ScenarioPlace::File(path)),
            Some(((), Err(fault))) => view.ask(Intent::Warn(fault.alone())),
            None => {}
        }
        self.take_in(view);
        if let Some(editor) = &mut self.editor {
            match editor.ui(ui, view) {
                Some(Next::List) => self.editor = None,
                Some(Next::Nothing) => {
                    self.editor = None;
                    ui.ctx().send_viewport_cmd(ViewportCommand::Close);
                }
                Some(Next::Other(edit)) => self.editor = Some(Editor::of(*edit)),
                None => {}
            }
            return true;
        }
        if self.reading.is_some() {
            ui.add(Label::new(RichText::new("Reading the scenario…").color(view.tokens.weak)));
        }
        false
    }

    fn take_in(&mut self, view: &mut View<'_>) {
        let Some(reading) = &self.reading else { return };
        let read = match reading.try_recv() {
            Err(TryRecvError::Empty) => return,
            Ok(read) => read,
            Err(TryRecvError::Disconnected) => Err("the reading broke off".to_owned()),
        };
        self.reading = None;
        match read {
            Ok((edit, left_out)) => {
                self.take(edit);
                if !left_out.is_empty() {
                    view.ask(Intent::Warn(format!("Left out of the scenario: {}.", left_out.join("; "))));
                }
            }
            Err(why) => view.ask(Intent::Warn(format!("It cannot be edited: {why}"))),
        }
    }

    fn take(&mut self, edit: ScenarioEdit) {
        let edit = match &mut self.editor {
            None => Some(edit),
            Some(editor) => match editor.leave_for(Next::Other(Box::new(edit))) {
                Some(Next::Other(edit)) => Some(*edit),
                _ => None,
            },
        };
        if let Some(edit) = edit {
            self.editor = Some(Editor::of(edit));
        }
    }
}

#[cfg(test)]
impl EditorPlace {
    /// Puts an editor into it.
    pub(in crate::console) fn put(&mut self, editor: Editor) {
        self.editor = Some(editor);
    }
}
