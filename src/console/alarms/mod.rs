//! The alarm list at the bottom: what is abnormal, how soon a person must act, who has taken notice, and what is shelved.
//! One alarm in hand is told in full beside the workspace.

mod bar;
mod detail;
mod load;
mod rows;
mod shelving;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use load::{MANAGEABLE, figures};

use super::context::{Intent, View};
use super::theme::Tokens;
use crate::desk::command::Command;
use crate::desk::snapshot::{Alarm, AlarmLoad};
use crate::time::UtcTime;
use rows::{Form, Group, Row};
use shelving::ShelfForm;

/// Height of the column heads, points.
const HEADER: f32 = 20.0;
/// Space between two rows, points.
const BETWEEN_ROWS: f32 = 2.0;

/// Below this width an alarm takes two lines, and what is least needed goes into other columns.
const ROOMY: f32 = 760.0;

/// Height of one alarm in a list of this width.
fn row_height(tokens: &Tokens, width: f32) -> f32 {
    if width < ROOMY { 2.0 * tokens.row - 6.0 } else { tokens.row + 2.0 }
}

/// What the bar and a list of this width and this many rows take together, points.
pub fn height(tokens: &Tokens, width: f32, rows: f32) -> f32 {
    let line = 1.0;
    line + tokens.row + tokens.gap + HEADER + rows * (row_height(tokens, width) + BETWEEN_ROWS)
}

/// Every alarm that nobody has acknowledged.
pub fn unacknowledged(alarms: &[Arc<Alarm>]) -> Vec<u64> {
    alarms.iter().filter(|a| a.acknowledged.is_none()).map(|a| a.id).collect()
}

/// What is remembered of the list from one session to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whether the alarms of one FSP stand in one row.
    pub grouped: bool,
    /// Who sits here, as they call themselves: who shelved an alarm is journalled.
    pub person: String,
}

/// Which alarms are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    /// Those to be acted on.
    #[default]
    List,
    /// Those that were put aside.
    Shelf,
}

/// The row that a person is at.
#[derive(Clone, Debug, PartialEq, Eq)]
enum InHand {
    Alarm(u64),
    Group(String),
}

/// The list, and what of it is on the screen.
#[derive(Default)]
pub struct AlarmList {
    /// Whether the alarm in hand is told in full.
    pub detail_open: bool,
    shown: Shown,
    in_hand: Option<InHand>,
    /// Whether the row in hand is to be brought into view.
    reach: bool,
    /// Whether the keyboard is to go there.
    take_focus: bool,
    /// Whether it was there in the last frame.
    has_focus: bool,
    /// The sources whose alarms are shown below their group, and how often that changed.
    open_groups: BTreeSet<String>,
    folds: u64,
    /// The flood in which a person wants no groups.
    ungrouped_in: Option<UtcTime>,
    rows: Vec<Row>,
    made_for: Option<(u64, Shown, Form, u64)>,
    form: ShelfForm,
    /// How many of those that are silent below the alarm in hand are told.
    silent_told: usize,
}

impl AlarmList {
    /// Puts the keyboard on the list.
    pub fn reach(&mut self) {
        self.take_focus = true;
        self.shown = Shown::List;
    }

    /// Whether the keyboard is there.
    pub fn has_focus(&self) -> bool {
        self.has_focus
    }

    /// One row for an FSP, or one for an alarm. In a flood, which groups by itself, it is for that flood alone.
    pub fn toggle_groups(&mut self, load: &AlarmLoad, kept: &mut Kept) {
        match load.flood {
            None => kept.grouped = !kept.grouped,
            Some(_) if self.form(load, kept) == Form::Single => self.ungrouped_in = None,
            Some(since) => self.ungrouped_in = Some(since),
        }
    }

    fn form(&self, load: &AlarmLoad, kept: &Kept) -> Form {
        match load.flood {
            _ if self.shown == Shown::Shelf => Form::Single,
            Some(since) if self.ungrouped_in == Some(since) => Form::Single,
            Some(_) => Form::Flood,
            None if kept.grouped => Form::Grouped,
            None => Form::Single,
        }
    }

    fn alarms(&self, view: &View<'_>) -> Arc<[Arc<Alarm>]> {
        match self.shown {
            Shown::List => Arc::clone(&view.snapshot.alarms),
            Shown::Shelf => Arc::clone(&view.snapshot.shelved),
        }
    }

    /// Makes the rows anew when there is another picture or another way to show it.
    fn refresh(&mut self, view: &View<'_>, kept: &Kept) {
        let form = self.form(&view.snapshot.alarm_load, kept);
        let wanted = (view.snapshot.sequence, self.shown, form, self.folds);
        if self.made_for != Some(wanted) {
            self.rows = rows::rows(&self.alarms(view), form, &self.open_groups);
            self.made_for = Some(wanted);
        }
    }

    /// The row that a person is at, by its place.
    fn row_in_hand(&self, alarms: &[Arc<Alarm>]) -> Option<usize> {
        let in_hand = self.in_hand.as_ref()?;
        self.rows.iter().position(|row| self.handle(alarms, row).as_ref() == Some(in_hand))
    }

    fn handle(&self, alarms: &[Arc<Alarm>], row: &Row) -> Option<InHand> {
        match row {
            Row::Alarm { place, .. } => alarms.get(*place).map(|alarm| InHand::Alarm(alarm.id)),
            Row::Group(group) => Some(InHand::Group(group.source.clone())),
        }
    }

    /// A person goes to a row: the alarm's unit and dispatch become the ones in hand.
    fn take_in_hand(&mut self, view: &mut View<'_>, alarms: &[Arc<Alarm>], row: &Row) {
        let handle = self.handle(alarms, row);
        if self.in_hand != handle {
            self.silent_told = 0;
        }
        self.in_hand = handle;
        let Row::Alarm { place, .. } = row else { return };
        let Some(alarm) = alarms.get(*place) else { return };
        if alarm.unit.is_some() {
            view.selection.unit.clone_from(&alarm.unit);
        }
        if alarm.dispatch.is_some() {
            view.selection.dispatch.clone_from(&alarm.dispatch);
        }
    }

    fn fold(&mut self, source: &str) {
        if !self.open_groups.remove(source) {
            self.open_groups.insert(source.to_owned());
        }
        self.folds += 1;
    }
}

/// Asks the desk to note that a person has seen these.
fn acknowledge(view: &mut View<'_>, ids: Vec<u64>) {
    if !ids.is_empty() {
        view.ask(Intent::Give(Command::AcknowledgeAlarms(ids)));
    }
}

/// Those of a group that nobody has acknowledged.
fn waiting_of(group: &Group, alarms: &[Arc<Alarm>]) -> Vec<u64> {
    let members = group.places.iter().filter_map(|place| alarms.get(*place));
    members.filter(|a| a.acknowledged.is_none()).map(|a| a.id).collect()
}
