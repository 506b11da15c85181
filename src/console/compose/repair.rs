//! One-click fixes: what each does to a draft.

use crate::dispatch::{DispatchUnit, Reference, Revision, Status};
use crate::time::UtcTime;

use super::draft::{Draft, Kind, RowId};
use super::entry::{Fold, TimeEntry};

/// A change to a draft that mends what a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// Use this reference.
    Ref(String),
    /// Be this revision.
    Revision(Revision),
    /// Ask this.
    Status(Status),
    /// Ask this unit.
    Unit(DispatchUnit),
    /// Be a new dispatch of this reference.
    AsNew(String),
    /// Start then, as long as before, with all levels as long after the start.
    Shift(UtcTime),
    /// Start then.
    Start(UtcTime),
    /// End then.
    End(UtcTime),
    /// Have this window.
    Window(UtcTime, UtcTime),
    /// Say which of two instants the start is.
    StartFold(Fold),
    /// Say which of two instants the end is.
    EndFold(Fold),
    /// Say which of two instants a row's time is.
    RowFold(RowId, Fold),
    /// Deliver a row's level at another time.
    Move(RowId, UtcTime),
    /// Ask another volume of a row, in watts or vars.
    Amount(RowId, i64),
    /// Measure a row's level from this.
    Reference(RowId, Reference),
    /// Leave out a row's price.
    NoPrice(RowId),
    /// Take a row out.
    Remove(RowId),
    /// Add a level of real power.
    Add(UtcTime),
    /// Put the rows in time order.
    Sort,
    /// Ask for 0 kW and nothing else of real power.
    TurnToZero,
}

impl Draft {
    /// Applies a fix.
    pub fn mend(&mut self, repair: &Repair) {
        match repair {
            Repair::Ref(text) => self.dispatch_ref.clone_from(text),
            Repair::Revision(revision) => self.revision = *revision,
            Repair::Status(status) => self.status = *status,
            Repair::Unit(unit) => self.unit = unit.clone(),
            Repair::AsNew(text) => {
                self.dispatch_ref.clone_from(text);
                self.revision = Revision::FIRST;
            }
            Repair::Shift(start) => self.shift_to(*start),
            Repair::Start(at) => self.start = TimeEntry::of(*at, &self.date),
            Repair::End(at) => self.end = TimeEntry::of(*at, &self.date),
            Repair::Window(start, end) => self.set_window(*start, *end),
            Repair::StartFold(fold) => self.start.fold = Some(*fold),
            Repair::EndFold(fold) => self.end.fold = Some(*fold),
            Repair::RowFold(row, fold) => {
                if let Some(row) = self.row_mut(*row) {
                    row.time.fold = Some(*fold);
                }
            }
            Repair::Move(row, at) => {
                self.set_time(*row, *at);
                self.sort();
            }
            Repair::Amount(row, amount) => {
                if let Some(row) = self.row_mut(*row) {
                    row.set_amount(*amount);
                }
            }
            Repair::Reference(row, reference) => self.choose_reference(*row, *reference),
            Repair::NoPrice(row) => {
                if let Some(row) = self.row_mut(*row) {
                    row.price.clear();
                }
            }
            Repair::Remove(row) => self.remove(*row),
            Repair::Add(at) => {
                self.add(*at, Kind::Real);
            }
            Repair::Sort => self.sort(),
            Repair::TurnToZero => {
                self.turn_to_zero();
            }
        }
    }

    /// Moves the window to another start, and every level with it.
    fn shift_to(&mut self, start: UtcTime) {
        let Some((before, end)) = self.span() else { return };
        let later = start.since(before);
        let levels: Vec<_> =
            self.rows.iter().filter_map(|row| Some((row.id, self.at(row).ok()? + later))).collect();
        self.set_window(start, end + later);
        for (row, at) in levels {
            self.set_time(row, at);
        }
    }
}
