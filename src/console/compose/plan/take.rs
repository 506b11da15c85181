//! Taking a plan: a draft for each unit that gives something, and taking them back.

use egui::Ui;

use crate::console::compose::ComposeView;
use crate::console::compose::draft::{Draft, Kind};
use crate::console::compose::sheet::Stage;
use crate::console::context::{Intent, View};
use crate::dispatch::Reference;
use crate::time::UtcTime;
use crate::units::Watts;

use super::offer::Offer;

/// The drafts that a plan was taken into, as they were then.
pub struct Taken {
    drafts: Vec<(u64, Draft)>,
}

impl Draft {
    /// Asks for these changes from baseline and no other real power, each from its time on, until the window's end.
    fn ask_changes(&mut self, changes: &[(UtcTime, Watts)], end: UtcTime) {
        let Some((start, _)) = changes.first() else { return };
        self.rows.clear();
        self.set_window(*start, end);
        for (at, change) in changes {
            let row = self.add(*at, Kind::Real);
            self.choose_reference(row, Reference::Delta);
            if let Some(row) = self.row_mut(row) {
                row.set_amount(change.0);
            }
        }
    }
}

impl ComposeView {
    /// Draws up a dispatch for each unit that gives something; each can be undone to an empty one, and all be taken back.
    pub(in super::super) fn take(&mut self, view: &mut View<'_>, offer: &Offer) {
        let schedule = &offer.planned.schedule;
        let first = self.sheets.len();
        let mut drafts = Vec::new();
        for line in &schedule.lines {
            let Some(part) = schedule.timeline(line) else { continue };
            let Some(draft) = self.blank(view, &line.unit) else { continue };
            self.push(draft, None);
            let Some(sheet) = self.sheets.last_mut() else { continue };
            sheet.draft.ask_changes(&part.changes, part.end);
            sheet.history.finish(&sheet.draft);
            drafts.push((sheet.id, sheet.draft.clone()));
        }
        let count = drafts.len();
        if count > 0 {
            self.open = first;
            self.place = super::super::Place::Draft;
            self.taken = Some(Taken { drafts });
            view.ask(Intent::Tell(format!("{count} drafts: look through them, then review and send all")));
        }
    }

    /// Offers to take the drafts of the last plan back, as long as none of them was sent.
    pub(in super::super) fn take_back(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let Some(taken) = &self.taken else { return };
        let sheet_of = |id: u64| self.sheets.iter().find(|sheet| sheet.id == id);
        let sheets: Vec<_> = taken.drafts.iter().filter_map(|(id, _)| sheet_of(*id)).collect();
        if sheets.is_empty() || !sheets.iter().all(|sheet| matches!(sheet.stage, Stage::Editing)) {
            if !sheets.iter().any(|sheet| matches!(sheet.stage, Stage::Review(_) | Stage::Asked(_))) {
                self.taken = None;
            }
            return;
        }
        let count = sheets.len();
        let text = if count == 1 {
            "Take back the plan: 1 draft".to_owned()
        } else {
            format!("Take back the plan: {count} drafts")
        };
        if ui.button(text).on_hover_text("What was changed by hand stays").clicked()
            && let Some(taken) = self.taken.take()
        {
            let as_taken =
                |id: u64, draft: &Draft| taken.drafts.iter().any(|(of, was)| *of == id && was == draft);
            let before = self.sheets.len();
            self.sheets.retain(|sheet| !as_taken(sheet.id, &sheet.draft));
            let kept = count - (before - self.sheets.len());
            if kept > 0 {
                view.ask(Intent::Tell(format!("{kept} drafts were changed by hand and stay")));
            }
            self.open = self.open.min(self.sheets.len().saturating_sub(1));
            self.place = super::super::Place::Planner;
        }
    }
}
