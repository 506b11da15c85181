//! The scenario editor: lanes on a time line, what can be written of the item in hand, what is wrong, and the text itself.

mod fields;
mod ink;
mod keeping;
mod lanes;
mod layout;
mod mistakes;
mod opening;
mod piece;
mod say;
#[cfg(test)]
mod tests;
mod toolbar;
mod written;

use egui::{Id, KeyboardShortcut, Label, Modal, Modifiers, Panel, RichText, ScrollArea, Ui};

use crate::console::context::{Intent, View};
use crate::console::session::SessionChoice;
use crate::console::theme::Tokens;
use crate::console::widgets::{at_the_right, beside_a_filled_button, filled_button, heading};
use crate::workshop::editing::{Change, ItemId, ScenarioEdit};
use crate::workshop::library::ScenarioPlace;

use keeping::Keeping;
pub use opening::EditorPlace;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, egui::Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), egui::Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, egui::Key::Y);
const COPY: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, egui::Key::D);
const SAVE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, egui::Key::S);

/// A pane beside the lanes has no room below this width, points.
const WIDE: f32 = 820.0;

/// A scenario that is edited.
pub struct Editor {
    edit: ScenarioEdit,
    selected: Option<ItemId>,
    shown: Shown,
    lanes: lanes::Lanes,
    typing: Option<fields::Typing>,
    /// The line of the text to go to.
    go_to: Option<usize>,
    keeping: Keeping,
    /// What is to be done once the file is kept.
    then: Then,
    /// What comes in its place once the file is kept.
    leaving_for: Option<Next>,
    question: Option<Question>,
}

/// What is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Lanes,
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Stay,
    Start,
}

/// Whether to leave what is not saved.
struct Question {
    for_what: Next,
    is_new: bool,
}

/// What comes after the editor.
#[derive(Debug)]
enum Next {
    /// The list of scenarios.
    List,
    /// Another scenario.
    Other(Box<ScenarioEdit>),
    /// The window is closed.
    Nothing,
}

/// Something that a part of the editor asks for.
enum Wish {
    Change(Change, bool),
    Select(Option<ItemId>),
    GoTo(Option<ItemId>, Option<usize>),
    Show(Shown),
    Undo,
    Redo,
    Save,
    SaveAs,
    Start,
    Close,
}

impl Editor {
    /// Of a scenario.
    pub fn of(edit: ScenarioEdit) -> Self {
        Self::keeping(edit, Keeping::default())
    }

    fn keeping(edit: ScenarioEdit, keeping: Keeping) -> Self {
        Self {
            edit,
            selected: None,
            shown: Shown::Lanes,
            lanes: lanes::Lanes::default(),
            typing: None,
            go_to: None,
            keeping,
            then: Then::Stay,
            leaving_for: None,
            question: None,
        }
    }

    /// What would be lost if it were left, in a sentence.
    pub fn unsaved(&self) -> Option<String> {
        let is_typed = self.typing.as_ref().is_some_and(|typing| typing.is_changed(&self.edit));
        (self.edit.is_changed() || is_typed).then(|| {
            format!(
                "The scenario “{}” has changes that are not saved, and they will be lost.",
                self.edit.name()
            )
        })
    }

    /// Asks for something to come in its place: at once where nothing would be lost.
    fn leave_for(&mut self, next: Next) -> Option<Next> {
        if self.unsaved().is_none() {
            return Some(next);
        }
        self.question = Some(Question { for_what: next, is_new: true });
        None
    }

    /// Draws it. What comes in its place, once the person has agreed to that.
    fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) -> Option<Next> {
        let mut wishes = Vec::new();
        if let Some(next) = self.settle_keeping(view) {
            return Some(next);
        }
        self.keys(ui, &mut wishes);
        let tokens = view.tokens;
        toolbar::ui(ui, tokens, self, &mut wishes);
        ui.separator();
        match ui.available_width() >= WIDE {
            true => self.wide(ui, tokens, &mut wishes),
            false => self.narrow(ui, tokens, &mut wishes),
        }
        let mut next = None;
        for wish in wishes {
            next = self.grant(ui, view, wish).or(next);
        }
        next.or_else(|| self.ask(ui, view))
    }

    fn wide(&mut self, ui: &mut Ui, tokens: &Tokens, wishes: &mut Vec<Wish>) {
        if !self.edit.mistakes().is_empty() {
            Panel::bottom("mistakes of the scenario")
                .resizable(true)
                .default_size(104.0)
                .size_range(48.0..=ui.available_height() * 0.5)
                .show(ui, |ui| mistakes::ui(ui, tokens, &self.edit, wishes));
        }
        if self.shown == Shown::Lanes {
            Panel::right("item in hand").resizable(true).default_size(330.0).size_range(240.0..=520.0).show(
                ui,
                |ui| {
                    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                        fields::ui(ui, tokens, &self.edit, self.selected, &mut self.typing, wishes);
                    });
                },
            );
        }
        self.middle(ui, tokens, wishes);
    }

    /// One below the other.
    fn narrow(&mut self, ui: &mut Ui, tokens: &Tokens, wishes: &mut Vec<Wish>) {
        ScrollArea::vertical().id_salt("a narrow editor").auto_shrink([false, false]).show(ui, |ui| {
            if !self.edit.mistakes().is_empty() {
                mistakes::rows(ui, tokens, &self.edit, wishes);
                ui.separator();
            }
            let height = match self.shown {
                Shown::Lanes => self.lanes.height(&self.edit, ui.available_width()),
                Shown::Text => 320.0,
            };
            ui.allocate_ui(egui::vec2(ui.available_width(), height), |ui| self.middle(ui, tokens, wishes));
            if self.shown == Shown::Lanes {
                ui.separator();
                fields::ui(ui, tokens, &self.edit, self.selected, &mut self.typing, wishes);
            }
        });
    }

    fn middle(&mut self, ui: &mut Ui, tokens: &Tokens, wishes: &mut Vec<Wish>) {
        match self.shown {
            Shown::Text => written::ui(ui, tokens, &self.edit, &mut self.go_to, wishes),
            Shown::Lanes if !self.edit.has_lanes() => {
                heading(ui, "There are no lanes");
                let why = "The text is no TOML, so nothing can be read of it. What is wrong stands below; mend it in the text.";
                ui.add(Label::new(RichText::new(why).color(tokens.weak)).wrap());
                if ui.button("Show the text").clicked() {
                    wishes.push(Wish::Show(Shown::Text));
                }
            }
            Shown::Lanes => self.lanes.ui(ui, tokens, &self.edit, self.selected, wishes),
        }
    }

    fn keys(&mut self, ui: &Ui, wishes: &mut Vec<Wish>) {
        if self.question.is_some() || ui.memory(|memory| memory.top_modal_layer().is_some()) {
            return;
        }
        // egui takes no notice of an extra Shift: the chord with Shift is asked for first. On a slow machine several presses
        // come in one frame, and each counts.
        let (redone, undone, save) = ui.input_mut(|input| {
            let mut pressed =
                |keys: &KeyboardShortcut| input.count_and_consume_key(keys.modifiers, keys.logical_key);
            (pressed(&REDO) + pressed(&REDO_TOO), pressed(&UNDO), pressed(&SAVE) > 0)
        });
        wishes.extend((0..undone).map(|_| Wish::Undo));
        wishes.extend((0..redone).map(|_| Wish::Redo));
        wishes.extend(save.then_some(Wish::Save));
        let Some(id) = self.selected.filter(|_| self.shown == Shown::Lanes) else { return };
        if ui.input_mut(|input| input.consume_shortcut(&COPY)) {
            wishes.push(Wish::Change(Change::Copy(id), false));
        }
    }

    /// Does what is asked for; what comes in the editor's place by it.
    fn grant(&mut self, ui: &Ui, view: &mut View<'_>, wish: Wish) -> Option<Next> {
        match wish {
            Wish::Change(change, goes_on) => self.change(ui, view, &change, goes_on),
            Wish::Select(id) => {
                self.commit(view);
                self.edit.seal();
                self.selected = id;
            }
            Wish::GoTo(id, line) => {
                self.commit(view);
                self.selected = id;
                match id.filter(|id| self.edit.item(*id).is_some()) {
                    Some(id) => {
                        self.shown = Shown::Lanes;
                        self.lanes.reach(id);
                    }
                    None => (self.shown, self.go_to) = (Shown::Text, line.or(Some(1))),
                }
            }
            Wish::Show(shown) => {
                self.commit(view);
                self.shown = shown;
            }
            Wish::Undo => {
                let typed = self.typing.take().filter(|typing| typing.is_changed(&self.edit));
                if typed.is_none() {
                    self.go_back(ScenarioEdit::undo);
                }
            }
            Wish::Redo => self.go_back(ScenarioEdit::redo),
            Wish::Save => self.save(ui, view, Then::Stay, false),
            Wish::SaveAs => self.save(ui, view, Then::Stay, true),
            Wish::Start => self.start(ui, view),
            Wish::Close => {
                self.commit(view);
                return self.leave_for(Next::List);
            }
        }
        None
    }

    fn change(&mut self, ui: &Ui, view: &mut View<'_>, change: &Change, goes_on: bool) {
        let is_of_the_field = matches!(change, Change::Set(..) | Change::SetHead(..));
        if !is_of_the_field {
            self.commit(view);
        }
        match self.edit.apply(change, goes_on) {
            Err(why) => view.ask(Intent::Warn(format!("Nothing was changed: {why}."))),
            Ok(item) => match change {
                Change::Text(_) | Change::SetHead(..) => {}
                Change::Set(..) => self.selected = item.or(self.selected),
                Change::Remove(_) => self.selected = None,
                _ => {
                    self.selected = item;
                    self.lanes.forget_drag();
                    if let Some(id) = item {
                        self.lanes.reach(id);
                    }
                }
            },
        }
        ui.ctx().request_repaint();
    }

    fn go_back(&mut self, step: fn(&mut ScenarioEdit)) {
        self.typing = None;
        step(&mut self.edit);
        self.selected = self.selected.filter(|id| self.edit.item(*id).is_some());
    }

    /// Writes what is being typed.
    fn commit(&mut self, view: &mut View<'_>) {
        let Some(typing) = self.typing.take().filter(|typing| typing.is_changed(&self.edit)) else { return };
        match self.edit.apply(&typing.change(), false) {
            Ok(Some(item)) if Some(item.list) == self.selected.map(|id| id.list) => {
                self.selected = Some(item)
            }
            Ok(_) => {}
            Err(why) => view.ask(Intent::Warn(format!("Nothing was changed: {why}."))),
        }
    }

    fn save(&mut self, ui: &Ui, view: &mut View<'_>, then: Then, elsewhere: bool) {
        self.commit(view);
        self.edit.seal();
        if self.keeping.is_under_way() {
            return;
        }
        self.then = then;
        self.keeping.begin(ui.ctx(), &self.edit, elsewhere);
    }

    fn start(&mut self, ui: &Ui, view: &mut View<'_>) {
        self.commit(view);
        if !self.edit.mistakes().is_empty() {
            view.ask(Intent::Warn("It cannot be started as long as something is wrong with it.".to_owned()));
            return;
        }
        match self.edit.place().clone() {
            place @ ScenarioPlace::File(_) if self.edit.is_saved() => {
                view.ask(Intent::Open(SessionChoice::Workshop(place)));
            }
            _ => self.save(ui, view, Then::Start, false),
        }
    }

    /// Takes in what became of the file. What comes in the editor's place, where that waited for it.
    fn settle_keeping(&mut self, view: &mut View<'_>) -> Option<Next> {
        let settled = self.keeping.settled();
        if self.keeping.is_under_way() {
            return None;
        }
        // Whoever breaks the saving off stays here.
        let (next, then) = (self.leaving_for.take(), std::mem::replace(&mut self.then, Then::Stay));
        match settled? {
            Ok(kept) => {
                let place = kept.path.display().to_string();
                if let Some(fleet) = &kept.fleet {
                    // The fleet is found from another place now.
                    if let Err(why) =
                        self.edit.apply(&Change::SetHead("fleet".to_owned(), fleet.clone()), false)
                    {
                        view.ask(Intent::Warn(format!("The fleet of {place} is to be named anew: {why}.")));
                    }
                }
                self.edit.saved_to(ScenarioPlace::File(kept.path.clone()), &kept.text);
                view.ask(Intent::Tell(format!("Saved to {place}")));
                if then == Then::Start {
                    view.ask(Intent::Open(SessionChoice::Workshop(ScenarioPlace::File(kept.path))));
                }
                next.filter(|_| self.unsaved().is_none())
            }
            Err(why) => {
                view.ask(Intent::Warn(why));
                None
            }
        }
    }

    /// The question before something is lost. Cancel is the default.
    fn ask(&mut self, ui: &Ui, view: &mut View<'_>) -> Option<Next> {
        let tokens = view.tokens;
        let says = self.question.as_ref().map(|_| self.unsaved().unwrap_or_default())?;
        let question = self.question.as_mut()?;
        let is_new = std::mem::take(&mut question.is_new);
        let ctx = ui.ctx();
        let modal = Modal::new(Id::unique("leave the editor")).show(ctx, |ui| {
            ui.set_width(480.0_f32.min(ctx.content_rect().width() - 60.0));
            heading(ui, "Leave the editor?");
            ui.add(Label::new(says).wrap());
            ui.separator();
            ui.horizontal(|ui| {
                beside_a_filled_button(ui);
                at_the_right(ui, |ui| {
                    let cancel = ui.button("Cancel");
                    let leave = ui.button("Leave it");
                    let save = filled_button(ui, true, "Save and leave", tokens.accent, tokens.on_accent);
                    if is_new {
                        cancel.request_focus();
                    }
                    (cancel.clicked(), leave.clicked(), save.clicked())
                })
            })
            .inner
        });
        let (cancelled, left, saved) = modal.inner;
        if left {
            return self.question.take().map(|question| question.for_what);
        }
        if saved && let Some(question) = self.question.take() {
            self.save(ui, view, Then::Stay, false);
            self.leaving_for = Some(question.for_what);
            return None;
        }
        if cancelled || modal.should_close() {
            self.question = None;
        }
        None
    }
}
