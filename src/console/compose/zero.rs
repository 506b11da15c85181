//! Turn to zero: all that MW Dispatch asks of a unit, 0 kW net power from the window's start to its end.

use crate::console::context::View;
use crate::dispatch::{DispatchUnit, Reference};

use super::ComposeView;
use super::draft::{Draft, Kind, RowId};

impl Draft {
    /// Asks for 0 kW net power from the window's start on, and for no other real power. Levels of reactive power stay, and
    /// so does a price. The row that asks it; `None`, and nothing done, while the start cannot be read.
    pub fn turn_to_zero(&mut self) -> Option<RowId> {
        let start = self.window().0.ok()?;
        let first = self.rows.iter().find(|row| row.kind == Kind::Real).map(|row| row.id);
        let zero = first.unwrap_or_else(|| self.add(start, Kind::Real));
        self.rows.retain(|row| row.kind != Kind::Real || row.id == zero);
        self.set_time(zero, start);
        self.choose_reference(zero, Reference::Absolute);
        if let Some(row) = self.row_mut(zero) {
            row.set_amount(0);
        }
        self.sort();
        Some(zero)
    }

    /// Whether that is what it asks.
    pub fn is_turned_to_zero(&self) -> bool {
        let real: Vec<_> = self.rows.iter().filter(|row| row.kind == Kind::Real).collect();
        let [row] = real.as_slice() else { return false };
        let start = self.window().0;
        row.reference == Some(Reference::Absolute)
            && row.amount() == Ok(0)
            && start.is_ok()
            && self.at(row) == start
    }
}

impl ComposeView {
    /// Draws up a new dispatch that turns a unit to zero.
    pub fn begin_at_zero(&mut self, view: &View<'_>, unit: DispatchUnit) {
        let drawn_up = self.sheets.len();
        self.begin(view, vec![unit]);
        if let Some(sheet) = self.sheets.get_mut(drawn_up) {
            sheet.selected = sheet.draft.turn_to_zero();
            sheet.history.finish(&sheet.draft);
        }
    }
}
