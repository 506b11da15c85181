//! Compose: draw up, check, amend and send a dispatch.

mod approving;
mod checks;
mod confirm;
mod difference;
mod document;
mod draft;
pub mod entry;
mod forecast;
mod handles;
mod header;
mod history;
mod kept;
mod notes;
mod parts;
mod paste;
mod picker;
mod plan;
mod progress;
mod refs;
mod rehearsed;
mod repair;
mod sent;
mod sheet;
mod table;
mod templates;
mod timeline;
mod workbench;
mod zero;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use egui::{RichText, Ui};

use crate::console::context::{Intent, View};
use crate::console::sign_on;
use crate::console::widgets::{heading, marked, phase_mark};
use crate::desk::approval::Need;
use crate::desk::command::{Command, Together};
use crate::desk::snapshot::RevisionState;
use crate::dispatch::{Approval, DispatchKey, DispatchParts, DispatchUnit, OperatorId};

pub use document::parts;
pub use draft::Draft;
pub use kept::KeptDrafts;
pub use paste::lines as pasted_lines;

use approving::Request;
use confirm::{Decision, Frozen, Review};
use draft::Subject;
use picker::{Picked, Picker};
use plan::{Planner, Taken};
use sent::{Next, Sent};
use sheet::{Sheet, Stage, contract_of};
use templates::{Choice, Templates};

/// The Compose workspace: drafts, one for each unit, and the one that is open.
#[derive(Default)]
pub struct ComposeView {
    sheets: Vec<Sheet>,
    open: usize,
    next_id: u64,
    picker: Picker,
    place: Place,
    planner: Option<Planner>,
    taken: Option<Taken>,
    discarded: Option<Sheet>,
    /// What was armed and waits for a second person.
    requests: Vec<Request>,
    /// Drafts of an earlier session that amend what the desk does not show yet.
    waiting: Vec<kept::KeptDraft>,
    templates: Templates,
    /// What is reviewed once somebody has signed on.
    after_sign_on: Option<workbench::Wish>,
    /// Somebody has: it is reviewed now.
    is_signed_on: bool,
    focus: Option<egui::Id>,
}

/// What of the workspace a person is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// The open draft.
    #[default]
    Draft,
    /// Picking units.
    Picker,
    /// Planning a volume over several.
    Planner,
}

impl ComposeView {
    /// Draws up a new dispatch for each of these units.
    pub fn begin(&mut self, view: &View<'_>, units: Vec<DispatchUnit>) {
        let first = self.sheets.len();
        for unit in units {
            if let Some(draft) = self.blank(view, &unit) {
                self.push(draft, None);
            }
        }
        if self.sheets.len() > first {
            self.open = first;
            self.place = Place::Draft;
        }
    }

    /// Draws up the next revision of a dispatch, or goes back to the draft of it that there is.
    pub fn amend(&mut self, view: &View<'_>, key: &DispatchKey) {
        let drawn_up = self.sheets.iter().position(|s| {
            let is_unsent = matches!(s.stage, Stage::Editing | Stage::Asked(_));
            s.amends.is_some() && is_unsent && s.key().as_ref() == Some(key)
        });
        if let Some(index) = drawn_up {
            self.open = index;
            self.place = Place::Draft;
            return;
        }
        let Some(latest) = view.dispatch(key).and_then(|d| d.revisions.last()) else { return };
        self.push(Draft::amending(&latest.signed.dispatch), Some(Arc::clone(latest)));
        self.open = self.sheets.len() - 1;
        self.place = Place::Draft;
    }

    fn push(&mut self, draft: Draft, amends: Option<Arc<RevisionState>>) {
        self.next_id += 1;
        self.sheets.push(Sheet::new(self.next_id, draft, amends));
    }

    /// A new draft for a unit: from the next whole half-hour that gives the contract's notice, for an hour.
    fn blank(&self, view: &View<'_>, unit: &DispatchUnit) -> Option<Draft> {
        let state = view.unit(unit)?;
        let subject = Subject {
            operator: state.operator.clone(),
            contract: state.contract.clone(),
            unit: unit.clone(),
        };
        let now = view.clock.now();
        let taken = self.taken(None);
        let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
        let free = refs::next(&subject.operator, &subject.contract, &view.snapshot.dispatches, &taken, now);
        let mut draft = Draft::new(subject, free, now, now + 3600);
        let notice = contract_of(view, &draft).map_or(0, |c| i64::from(c.notice_seconds));
        let earliest = now + notice.max(300);
        let start = earliest + (1800 - earliest.unix().rem_euclid(1800)) % 1800;
        draft.set_window(start, start + 3600);
        if let Some(row) = draft.rows.first().map(|r| r.id) {
            draft.set_time(row, start);
        }
        Some(draft)
    }

    /// The references that other drafts have.
    fn taken(&self, except: Option<u64>) -> Vec<String> {
        self.sheets
            .iter()
            .filter(|s| Some(s.id) != except && s.amends.is_none())
            .map(|s| s.draft.dispatch_ref.clone())
            .collect()
    }

    /// Draws the workspace.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        self.take_up_waiting(view);
        if std::mem::take(&mut self.is_signed_on)
            && let Some(wish) = self.after_sign_on.take()
        {
            self.grant(view, wish);
        }
        if self.place == Place::Planner {
            self.tabs(ui, view);
            self.planning(ui, view);
            return;
        }
        if self.sheets.is_empty() {
            self.nothing_yet(ui, view);
            return;
        }
        self.open = self.open.min(self.sheets.len() - 1);
        self.tabs(ui, view);
        if self.place == Place::Picker {
            self.pick(ui, view);
            return;
        }
        // Taking a plan back may have left no draft.
        if self.place == Place::Planner {
            return;
        }
        let taken = self.taken(self.sheets.get(self.open).map(|s| s.id));
        let several = self.sheets.iter().filter(|s| matches!(s.stage, Stage::Editing)).count() > 1;
        let Some(sheet) = self.sheets.get_mut(self.open) else { return };
        // What was typed before the pointer takes hold of something is a step of its own.
        if ui.input(|i| i.pointer.any_pressed()) {
            sheet.history.finish(&sheet.draft);
        }
        sheet.outlook(view, &taken);
        match &mut sheet.stage {
            Stage::Asked(request) => {
                let request = *request;
                self.waiting_for_approval(ui, view, request);
            }
            Stage::Sent(sent) => {
                let next = sent.show(ui, view);
                self.after_sending(view, next);
            }
            Stage::Editing | Stage::Review(_) => {
                let wish = workbench::show(ui, view, sheet, &mut self.templates, several);
                self.finish_edits(ui);
                self.grant(view, wish);
                self.confirm(ui, view);
            }
        }
    }

    /// Whether a person has what would be sent before them.
    pub fn is_under_review(&self) -> bool {
        self.place == Place::Draft
            && self.sheets.get(self.open).is_some_and(|sheet| matches!(sheet.stage, Stage::Review(_)))
    }

    /// Plans a volume over these units, over all of an operator when none is named; what is typed already stays.
    pub fn plan(&mut self, view: &View<'_>, units: Vec<DispatchUnit>) {
        match &mut self.planner {
            Some(planner) if units.is_empty() => planner.refresh(view),
            Some(planner) => planner.set_units(units),
            None => self.planner = Some(Planner::new(view, units)),
        }
        self.place = Place::Planner;
    }

    fn planning(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let planner = self.planner.get_or_insert_with(|| Planner::new(view, Vec::new()));
        match planner.ui(ui, view) {
            plan::Wish::None => {}
            plan::Wish::PickUnits => self.place = Place::Picker,
            plan::Wish::Take(offer) => self.take(view, &offer),
        }
    }

    /// Whoever was asked to sign on has done so, or broken it off.
    pub fn signed_on(&mut self, is_on: bool) {
        self.is_signed_on = is_on;
        if !is_on {
            self.after_sign_on = None;
        }
    }

    /// The operators of what would be reviewed for whom somebody has to sign on first.
    fn unsigned(&self, view: &View<'_>, wish: &workbench::Wish) -> Vec<OperatorId> {
        let is_asked = |(place, sheet): &(usize, &Sheet)| match wish {
            workbench::Wish::Review => *place == self.open,
            workbench::Wish::ReviewAll => matches!(sheet.stage, Stage::Editing),
            _ => false,
        };
        let sheets = self.sheets.iter().enumerate().filter(is_asked);
        let moving = sheets.map(|(_, sheet)| &sheet.draft).filter(|draft| !draft.status.is_stop());
        sign_on::unsigned(view.snapshot, moving.map(|draft| &draft.operator))
    }

    fn grant(&mut self, view: &mut View<'_>, wish: workbench::Wish) {
        let unsigned = self.unsigned(view, &wish);
        if !unsigned.is_empty() {
            self.after_sign_on = Some(wish);
            view.ask(Intent::SignOn(unsigned));
            return;
        }
        match wish {
            workbench::Wish::None => {}
            workbench::Wish::Discard => {
                self.discarded = Some(self.sheets.remove(self.open));
                self.open = self.open.saturating_sub(1);
            }
            workbench::Wish::Review => {
                let frozen = self.sheets.get(self.open).and_then(|s| Frozen::of(s, view));
                self.review(frozen.into_iter().collect());
            }
            workbench::Wish::ReviewAll => self.review_all(view),
            workbench::Wish::PickUnits => self.place = Place::Picker,
            workbench::Wish::Template(choice) => self.template(view, choice),
        }
    }

    fn template(&mut self, view: &mut View<'_>, choice: Choice) {
        let (place, open_alone) = match choice {
            Choice::Fill(place) => (place, true),
            Choice::FillAll(place) => (place, false),
            Choice::Keep => {
                if let Some(sheet) = self.sheets.get(self.open) {
                    self.templates.keep(&sheet.draft);
                }
                return;
            }
            Choice::LetGo(place) => return self.templates.let_go(place),
            Choice::BringBack => return self.templates.bring_back(),
        };
        let Some(template) = self.templates.draft(place) else { return };
        for (index, sheet) in self.sheets.iter_mut().enumerate() {
            if !matches!(sheet.stage, Stage::Editing) || (open_alone && index != self.open) {
                continue;
            }
            // A step of its own, whatever was typed before.
            sheet.history.finish(&sheet.draft);
            if let Err(why) = sheet.draft.ask_as(template) {
                view.ask(Intent::Tell(format!("The draft for {} is as it was: {why}", sheet.draft.unit)));
            }
            sheet.history.finish(&sheet.draft);
            sheet.selected = None;
        }
    }

    fn review_all(&mut self, view: &mut View<'_>) {
        let mut frozen = Vec::new();
        for index in 0..self.sheets.len() {
            let taken = self.taken(self.sheets.get(index).map(|s| s.id));
            let Some(sheet) = self.sheets.get_mut(index) else { continue };
            if !matches!(sheet.stage, Stage::Editing) {
                continue;
            }
            sheet.outlook(view, &taken);
            match Frozen::of(sheet, view) {
                Some(one) => frozen.push(one),
                None => {
                    self.open = index;
                    let unit = self.sheets[index].draft.unit.clone();
                    view.ask(Intent::Tell(format!("The draft for {unit} has errors: mend them first")));
                    return;
                }
            }
        }
        self.review(frozen);
    }

    fn review(&mut self, frozen: Vec<Frozen>) {
        if !frozen.is_empty()
            && let Some(sheet) = self.sheets.get_mut(self.open)
        {
            sheet.stage = Stage::Review(Box::new(Review::of(frozen)));
        }
    }

    fn confirm(&mut self, ui: &Ui, view: &mut View<'_>) {
        let reviewed = match self.sheets.get(self.open).map(|s| &s.stage) {
            Some(Stage::Review(review)) => review.dispatches.iter().map(|f| f.sheet).collect::<Vec<_>>(),
            _ => return,
        };
        let obstacle = self.obstacle(view, &reviewed);
        let Some(sheet) = self.sheets.get_mut(self.open) else { return };
        let Stage::Review(review) = &mut sheet.stage else { return };
        let obstacle = obstacle.or_else(|| confirm::signed_otherwise(view, &review.dispatches));
        let need = approving::need_of(view, &review.dispatches);
        let decision = review.show(ui, view, obstacle.as_deref(), need.as_ref());
        if decision == Decision::None {
            return;
        }
        let Stage::Review(review) = std::mem::replace(&mut sheet.stage, Stage::Editing) else { return };
        let dispatches = review.dispatches;
        match (decision, need) {
            (Decision::Send, Some(need)) => self.send_stops_and_ask(view, dispatches, need),
            (Decision::Send, None) => {
                let parts = dispatches.into_iter().map(|frozen| (frozen.sheet, frozen.parts)).collect();
                self.send(view, parts, None);
            }
            (Decision::None | Decision::Cancel, _) => {}
        }
    }

    /// Sends the stops at once, and has the rest wait for a second person.
    fn send_stops_and_ask(&mut self, view: &mut View<'_>, dispatches: Vec<Frozen>, need: Need) {
        let (stops, moving): (Vec<_>, Vec<_>) =
            dispatches.into_iter().partition(|frozen| frozen.parts.status.is_stop());
        self.send(view, stops.into_iter().map(|frozen| (frozen.sheet, frozen.parts)).collect(), None);
        self.ask_for_approval(moving, need);
    }

    /// An error in what is under review that has come up since it was frozen.
    fn obstacle(&mut self, view: &View<'_>, reviewed: &[u64]) -> Option<String> {
        for index in 0..self.sheets.len() {
            let id = self.sheets[index].id;
            if !reviewed.contains(&id) {
                continue;
            }
            let taken = self.taken(Some(id));
            let sheet = &mut self.sheets[index];
            let findings = &sheet.outlook(view, &taken).findings;
            if let Some(error) = findings.iter().find(|f| f.severity == checks::Severity::Error) {
                return Some(error.reason.clone());
            }
        }
        None
    }

    /// Gives these to the desk: a stop by itself and first, the rest together, all of it or nothing.
    fn send(&mut self, view: &mut View<'_>, parts: Vec<(u64, DispatchParts)>, approval: Option<Approval>) {
        let (stops, mut moving): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(_, parts)| parts.status.is_stop());
        for stop in stops {
            self.give(view, &[stop.0], vec![stop.1.clone()], Command::Send(Box::new(stop.1)));
        }
        match (moving.len(), approval) {
            (0, _) => {}
            (1, None) => {
                let (id, parts) = moving.remove(0);
                self.give(view, &[id], vec![parts.clone()], Command::Send(Box::new(parts)));
            }
            (_, approval) => {
                let (ids, dispatches): (Vec<u64>, Vec<DispatchParts>) = moving.into_iter().unzip();
                let together = Together { dispatches: dispatches.clone(), approval };
                self.give(view, &ids, dispatches, Command::SendTogether(Box::new(together)));
            }
        }
    }

    fn give(&mut self, view: &mut View<'_>, ids: &[u64], all: Vec<DispatchParts>, command: Command) {
        let (now, asked) = (view.clock.now(), command.words());
        for (id, parts) in ids.iter().zip(all) {
            if let Some(sheet) = self.sheets.iter_mut().find(|s| s.id == *id) {
                sheet.stage = Stage::Sent(Sent::of(&parts, asked.clone(), now));
            }
        }
        view.ask(Intent::Give(command));
    }

    fn after_sending(&mut self, view: &View<'_>, next: Next) {
        let Some(sheet) = self.sheets.get_mut(self.open) else { return };
        match next {
            Next::None => {}
            Next::Edit => sheet.stage = Stage::Editing,
            Next::Close => {
                self.sheets.remove(self.open);
                self.open = self.open.saturating_sub(1);
            }
            Next::Another => {
                let unit = sheet.draft.unit.clone();
                self.sheets.remove(self.open);
                self.begin(view, vec![unit]);
            }
        }
    }

    /// Keeps a finished edit as one step of the history: when nothing is being typed, dragged or held down, or the
    /// keyboard goes elsewhere.
    fn finish_edits(&mut self, ui: &Ui) {
        let focus = ui.memory(|m| m.focused());
        let moved = std::mem::replace(&mut self.focus, focus) != focus;
        let arrows = [egui::Key::ArrowUp, egui::Key::ArrowDown, egui::Key::ArrowLeft, egui::Key::ArrowRight];
        let held = ui.input(|i| i.pointer.any_down() || arrows.iter().any(|key| i.key_down(*key)));
        let typing = ui.ctx().text_edit_focused() && !moved;
        if !held
            && !typing
            && let Some(sheet) = self.sheets.get_mut(self.open)
        {
            sheet.history.finish(&sheet.draft);
        }
    }

    fn tabs(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        ui.horizontal_wrapped(|ui| {
            for (index, sheet) in self.sheets.iter().enumerate() {
                let state = match &sheet.stage {
                    Stage::Sent(sent) if sent.has_landed(view) => ", sent",
                    Stage::Sent(_) => ", sending",
                    Stage::Asked(request) => self.request_words(*request),
                    _ if sheet.amends.is_some() => ", amending",
                    _ => "",
                };
                let text = format!("{}{state}", sheet.draft.unit);
                if ui.selectable_label(index == self.open && self.place == Place::Draft, text).clicked() {
                    self.open = index;
                    self.place = Place::Draft;
                }
            }
            if ui.selectable_label(self.place == Place::Picker, "New dispatch…").clicked() {
                let is_open = self.place == Place::Picker && !self.sheets.is_empty();
                self.place = if is_open { Place::Draft } else { Place::Picker };
            }
            if ui.selectable_label(self.place == Place::Planner, "Plan…").clicked() {
                self.plan(view, Vec::new());
            }
            self.take_back(ui, view);
            self.bring_back(ui);
            self.waiting_ones(ui, view);
        });
    }

    fn bring_back(&mut self, ui: &mut Ui) {
        let Some(discarded) = self.discarded.take() else { return };
        let text = format!("Bring back the draft for {}", discarded.draft.unit);
        if ui.button(text).clicked() {
            self.sheets.push(discarded);
            self.open = self.sheets.len() - 1;
            self.place = Place::Draft;
        } else {
            self.discarded = Some(discarded);
        }
    }

    fn pick(&mut self, ui: &mut Ui, view: &View<'_>) {
        let height = ui.available_height() - 60.0;
        if let Some(picked) = self.picker.show(ui, view, height.max(120.0)) {
            self.go_on_with(view, picked);
        }
    }

    fn go_on_with(&mut self, view: &View<'_>, picked: Picked) {
        match picked {
            Picked::ToDrawUp(units) => self.begin(view, units),
            Picked::ToPlan(units) => self.plan(view, units),
        }
    }

    fn nothing_yet(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let height = (ui.available_height() * 0.6 - 40.0).max(140.0);
        egui::ScrollArea::vertical()
            .id_salt("compose-nothing")
            .auto_shrink([false, false])
            .show(ui, |ui| self.beginnings(ui, view, height));
    }

    /// What can be begun or taken up again; the list of units takes `height`.
    fn beginnings(&mut self, ui: &mut Ui, view: &mut View<'_>, height: f32) {
        heading(ui, "No dispatch is being drawn up");
        ui.label(
            RichText::new(
                "Pick a unit below to draw up a dispatch for it, or tick several. Its setpoints are then drawn on a \
                 time line against what the unit can do.",
            )
            .color(view.tokens.weak),
        );
        let unit = view.selection.unit.clone().filter(|u| view.unit(u).is_some());
        if unit.is_some() || self.discarded.is_some() || !self.waiting.is_empty() {
            ui.horizontal_wrapped(|ui| {
                if let Some(unit) = unit
                    && ui.button(format!("Draw up for {unit}")).clicked()
                {
                    self.begin(view, vec![unit]);
                }
                self.bring_back(ui);
                self.waiting_ones(ui, view);
            });
        }
        if ui.button("Plan a volume over several units…").clicked() {
            self.plan(view, Vec::new());
        }
        if let Some(picked) = self.picker.show(ui, view, height) {
            self.go_on_with(view, picked);
        }
        open_dispatches(ui, view);
    }
}

/// The dispatches that can be amended or stopped.
fn open_dispatches(ui: &mut Ui, view: &mut View<'_>) {
    let open: Vec<_> = view.snapshot.dispatches.iter().filter(|d| d.is_open()).take(50).cloned().collect();
    if open.is_empty() {
        return;
    }
    ui.add_space(8.0);
    heading(ui, "Open dispatches");
    egui::ScrollArea::vertical().id_salt("compose-open").auto_shrink([false, true]).show(ui, |ui| {
        for dispatch in open {
            ui.horizontal(|ui| {
                if ui.button("Amend").accessible_name(format!("Amend {}", dispatch.key)).clicked() {
                    view.ask(Intent::Amend(dispatch.key.clone()));
                }
                if ui.button("Stop…").accessible_name(format!("Stop {}", dispatch.key)).clicked() {
                    view.ask(Intent::AskStop(dispatch.key.clone()));
                }
                let phase = dispatch.phase;
                marked(
                    ui,
                    phase_mark(view.tokens, phase),
                    phase.word(),
                    &format!("{}: {}", dispatch.key, phase.word()),
                );
                let unit = dispatch.dispatch().map_or_else(String::new, |d| d.unit.to_string());
                ui.label(format!("{} · {unit}", dispatch.key));
            });
        }
    });
}
