//! A dispatch being drawn up: every field as typed. Pure: no window, no clock.

mod row;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::dispatch::{
    ContractId, Dispatch, DispatchUnit, OperatorId, Price, PricePer, Reference, Revision, Status,
};
use crate::time::{UtcTime, in_london, parse_london};

pub use row::{Kind, Row, RowId, Scale};

use super::entry::{self, TimeEntry, TimeFault};

/// A window that ends at or before its start means the next day when it is then no longer than this.
const LONGEST_OVER_MIDNIGHT_S: i64 = 12 * 3600;

/// A row whose time and volume can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which row.
    pub row: RowId,
    /// When.
    pub at: UtcTime,
    /// Of what.
    pub kind: Kind,
    /// From what, when chosen.
    pub reference: Option<Reference>,
    /// Watts or vars.
    pub amount: i64,
}

/// A dispatch being drawn up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Who dispatches.
    pub operator: OperatorId,
    /// Under which contract.
    pub contract: ContractId,
    /// Of which unit.
    pub unit: DispatchUnit,
    /// The operator's reference, as typed.
    pub dispatch_ref: String,
    /// The revision that this will be.
    pub revision: Revision,
    /// What is asked: PRE_NOTIFY, RUN or RUN_NOW.
    pub status: Status,
    /// The London date that times without a date of their own are on, as typed.
    pub date: String,
    /// Start of the window.
    pub start: TimeEntry,
    /// End of the window.
    pub end: TimeEntry,
    /// The levels, in the order shown.
    pub rows: Vec<Row>,
    /// What levels of real power are measured from: chosen once, kept for new rows.
    remembered_real: Option<Reference>,
    /// The same of reactive power.
    remembered_reactive: Option<Reference>,
    next_row: u64,
}

/// What a draft is for.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Who dispatches.
    pub operator: OperatorId,
    /// Under which contract.
    pub contract: ContractId,
    /// Of which unit.
    pub unit: DispatchUnit,
}

impl Draft {
    /// A new dispatch with its first level at the window's start, still to be filled in.
    pub fn new(subject: Subject, dispatch_ref: String, start: UtcTime, end: UtcTime) -> Self {
        let date = in_london(start).date;
        let mut draft = Self {
            operator: subject.operator,
            contract: subject.contract,
            unit: subject.unit,
            dispatch_ref,
            revision: Revision::FIRST,
            status: Status::Run,
            start: TimeEntry::of(start, &date),
            end: TimeEntry::of(end, &date),
            date,
            rows: Vec::new(),
            remembered_real: None,
            remembered_reactive: None,
            next_row: 1,
        };
        draft.add(start, Kind::Real);
        draft
    }

    /// The next revision of a dispatch, as yet the same.
    pub fn amending(dispatch: &Dispatch) -> Self {
        let date = in_london(dispatch.service_start).date;
        let mut draft = Self {
            operator: dispatch.network_operator.clone(),
            contract: dispatch.contract.clone(),
            unit: dispatch.unit.clone(),
            dispatch_ref: dispatch.dispatch_ref.to_string(),
            revision: dispatch.revision.next(),
            status: if dispatch.status.is_stop() { Status::Run } else { dispatch.status },
            start: TimeEntry::of(dispatch.service_start, &date),
            end: TimeEntry::of(dispatch.service_end, &date),
            date,
            rows: Vec::new(),
            remembered_real: None,
            remembered_reactive: None,
            next_row: 1,
        };
        for setpoint in &dispatch.setpoints {
            if let Some(level) = setpoint.real {
                draft.put(setpoint.at, Kind::Real, level.watts.0, level.reference, level.price);
            }
            if let Some(level) = setpoint.reactive {
                draft.put(setpoint.at, Kind::Reactive, level.vars.0, level.reference, level.price);
            }
        }
        draft
    }

    fn put(&mut self, at: UtcTime, kind: Kind, amount: i64, reference: Reference, price: Option<Price>) {
        let id = self.add(at, kind);
        self.choose_reference(id, reference);
        if let Some(row) = self.row_mut(id) {
            row.scale = Scale::Kilo;
            row.set_amount(amount);
            row.price = price.map_or_else(String::new, |p| entry::typed(p.pence, 100));
            row.per = price.map_or(row.per, |p| p.per);
        }
    }

    /// Start and end of the window.
    pub fn window(&self) -> (Result<UtcTime, TimeFault>, Result<UtcTime, TimeFault>) {
        let start = self.start.read(&self.date);
        let end = self.end.read(&self.date);
        if let (Ok(start_at), Ok(end_at)) = (&start, &end)
            && end_at <= start_at
            && let Some(tomorrow) = day_after(&self.date)
            && let Ok(rolled) = self.end.read(&tomorrow)
            && rolled > *start_at
            && rolled.since(*start_at) <= LONGEST_OVER_MIDNIGHT_S
        {
            return (start, Ok(rolled));
        }
        (start, end)
    }

    /// The window, when both ends can be read and are in order.
    pub fn span(&self) -> Option<(UtcTime, UtcTime)> {
        match self.window() {
            (Ok(start), Ok(end)) if start < end => Some((start, end)),
            _ => None,
        }
    }

    /// Writes the window anew; levels typed without a date stay on the day that they are on.
    pub fn set_window(&mut self, start: UtcTime, end: UtcTime) {
        let instants: Vec<_> = self.rows.iter().map(|row| (row.id, self.at(row).ok())).collect();
        self.date = in_london(start).date;
        self.start = TimeEntry::of(start, &self.date);
        self.end = TimeEntry::of(end, &self.date);
        for (row, at) in instants {
            if let Some(at) = at {
                self.set_time(row, at);
            }
        }
    }

    /// When a row's level is to be delivered. A time without a date that comes before the window belongs to the next
    /// day when the window runs past midnight.
    pub fn at(&self, row: &Row) -> Result<UtcTime, TimeFault> {
        let at = row.time.read(&self.date)?;
        if let Some((start, end)) = self.span()
            && at < start
            && let Some(tomorrow) = day_after(&self.date)
            && let Ok(rolled) = row.time.read(&tomorrow)
            && rolled < end
        {
            return Ok(rolled);
        }
        Ok(at)
    }

    /// The rows whose time and volume can be read, in time order.
    pub fn placed(&self) -> Vec<Placed> {
        let mut placed: Vec<Placed> = self
            .rows
            .iter()
            .filter_map(|row| {
                let (at, amount) = (self.at(row).ok()?, row.amount().ok()?);
                Some(Placed { row: row.id, at, kind: row.kind, reference: row.reference, amount })
            })
            .collect();
        placed.sort_by_key(|p| (p.at, p.row));
        placed
    }

    /// A row.
    pub fn row(&self, id: RowId) -> Option<&Row> {
        self.rows.iter().find(|r| r.id == id)
    }

    /// A row, to edit.
    pub fn row_mut(&mut self, id: RowId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|r| r.id == id)
    }

    /// The number that stands before a row: from 1, in the order shown.
    pub fn number_of(&self, id: RowId) -> usize {
        self.rows.iter().position(|r| r.id == id).map_or(0, |i| i + 1)
    }

    /// Adds a level with nothing typed but its time, in its place in time, with unit, reference and price of the last
    /// of its kind.
    pub fn add(&mut self, at: UtcTime, kind: Kind) -> RowId {
        let row = Row { time: TimeEntry::of(at, &self.date), ..self.blank(kind) };
        let id = row.id;
        let place = self
            .rows
            .iter()
            .position(|r| self.at(r).is_ok_and(|other| other > at))
            .unwrap_or(self.rows.len());
        self.rows.insert(place, row);
        id
    }

    /// Adds a level with nothing typed at all, after the others.
    pub fn add_last(&mut self, kind: Kind) {
        let row = self.blank(kind);
        self.rows.push(row);
    }

    /// The id of a row to come. A file of drafts may hold any number as the next one.
    fn fresh(&mut self) -> RowId {
        while self.rows.iter().any(|row| row.id == RowId(self.next_row)) {
            self.next_row = self.next_row.wrapping_add(1);
        }
        let id = RowId(self.next_row);
        self.next_row = self.next_row.wrapping_add(1);
        id
    }

    fn blank(&mut self, kind: Kind) -> Row {
        let id = self.fresh();
        let like = self.rows.iter().rev().find(|r| r.kind == kind);
        Row {
            id,
            time: TimeEntry::default(),
            volume: String::new(),
            scale: like.map_or(Scale::Kilo, |r| r.scale),
            reference: self.remembered(kind),
            kind,
            price: like.map_or_else(String::new, |r| r.price.clone()),
            per: like.map_or(if kind == Kind::Real { PricePer::Mwh } else { PricePer::Mvarh }, |r| r.per),
        }
    }

    /// Adds the same level half an hour later, or as late as the window allows.
    pub fn duplicate(&mut self, id: RowId) -> Option<RowId> {
        let row = self.row(id)?.clone();
        let at = self.at(&row).ok();
        let latest = self.span().map(|(_, end)| end - 60);
        let new = self.fresh();
        let mut copy = Row { id: new, ..row };
        if let Some(at) = at {
            let later = at + 1800;
            let later = latest.map_or(later, |latest| later.min(latest).max(at + 1));
            copy.time = TimeEntry::of(later, &self.date);
        }
        let place = self.number_of(id);
        self.rows.insert(place, copy);
        Some(new)
    }

    /// Takes a row out.
    pub fn remove(&mut self, id: RowId) {
        self.rows.retain(|r| r.id != id);
    }

    /// Moves a row in time.
    pub fn set_time(&mut self, id: RowId, at: UtcTime) {
        let entry = TimeEntry::of(at, &self.date);
        if let Some(row) = self.row_mut(id) {
            row.time = entry;
        }
    }

    /// Says what a row's level is measured from; the first choice is kept for rows to come.
    pub fn choose_reference(&mut self, id: RowId, reference: Reference) {
        let Some(row) = self.row_mut(id) else { return };
        row.reference = Some(reference);
        let remembered = match row.kind {
            Kind::Real => &mut self.remembered_real,
            Kind::Reactive => &mut self.remembered_reactive,
        };
        remembered.get_or_insert(reference);
    }

    /// What levels of a kind are measured from, once that was chosen.
    pub fn remembered(&self, kind: Kind) -> Option<Reference> {
        match kind {
            Kind::Real => self.remembered_real,
            Kind::Reactive => self.remembered_reactive,
        }
    }

    /// Puts the rows in time order; those without a time stay last.
    pub fn sort(&mut self) {
        let keys: std::collections::BTreeMap<RowId, (bool, Option<UtcTime>)> = self
            .rows
            .iter()
            .map(|r| {
                let at = self.at(r).ok();
                (r.id, (at.is_none(), at))
            })
            .collect();
        self.rows.sort_by_key(|r| keys.get(&r.id).copied());
    }

    /// Whether another draft can ask what this one does.
    ///
    /// # Errors
    /// What is missing, in a sentence.
    pub fn to_be_asked_again(&self) -> Result<(), String> {
        if self.span().is_none() {
            return Err("Write a window that can be read first.".to_owned());
        }
        match self.rows.iter().find(|row| self.at(row).is_err()) {
            Some(row) => Err(format!("Write a time for setpoint {} first.", self.number_of(row.id))),
            None => Ok(()),
        }
    }

    /// Asks what another draft does, of the own unit and from the own start on: status, length of the window and levels,
    /// each as long after the start as there.
    ///
    /// # Errors
    /// What is missing, in a sentence; then nothing is changed.
    pub fn ask_as(&mut self, other: &Self) -> Result<(), String> {
        other.to_be_asked_again()?;
        let (Some((from, until)), Ok(start)) = (other.span(), self.window().0) else {
            return Err("Write when the window starts first.".to_owned());
        };
        let levels: Vec<(i64, &Row)> =
            other.rows.iter().filter_map(|row| Some((other.at(row).ok()?.since(from), row))).collect();
        self.rows.clear();
        self.status = other.status;
        self.set_window(start, start + until.since(from));
        for (after, level) in levels {
            let id = self.add(start + after, level.kind);
            if let Some(row) = self.row_mut(id) {
                *row = Row { id, time: row.time.clone(), ..level.clone() };
            }
            if let Some(reference) = level.reference {
                self.choose_reference(id, reference);
            }
        }
        Ok(())
    }

    /// Whether the rows stand in time order.
    pub fn is_sorted(&self) -> bool {
        let times: Vec<UtcTime> = self.rows.iter().filter_map(|r| self.at(r).ok()).collect();
        times.is_sorted()
    }
}

/// The London date after `date`; `None` when it is no date.
pub fn day_after(date: &str) -> Option<String> {
    match parse_london(date, "12:00").ok()? {
        crate::time::LocalEntry::Once(noon) => Some(in_london(noon + 86_400).date),
        _ => None,
    }
}
