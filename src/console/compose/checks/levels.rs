//! The levels as typed: readable, said what they are measured from, in the window, in order, one of a kind at a time.

use crate::console::compose::draft::{Draft, Kind, Row};
use crate::console::compose::entry::{Fold, TimeFault};
use crate::console::compose::repair::Repair;
use crate::console::words;
use crate::dispatch::Reference;
use crate::time::UtcTime;
use crate::units::{Vars, Watts};

use super::{Check, Field, Findings, fix};

pub(super) fn check(draft: &Draft, found: &mut Findings) {
    if draft.rows.is_empty() {
        let fixes = draft.span().map(|(start, _)| fix("Add one at the start", Repair::Add(start)));
        found.error(
            Check::NoLevel,
            Field::Levels,
            "there is no setpoint; a dispatch asks at least one level".to_owned(),
            fixes,
        );
        return;
    }
    for row in &draft.rows {
        entries(row, found);
        match draft.at(row) {
            Ok(at) => placed_in_window(draft, row, at, found),
            Err(fault) => unreadable_time(row, &fault, found),
        }
    }
    if !draft.is_sorted() {
        found.warn(
            Check::Unsorted,
            Field::Levels,
            "the table is not in time order; it is sent in time order".to_owned(),
            [fix("Sort by time", Repair::Sort)],
        );
    }
    begins_late(draft, found);
}

fn entries(row: &Row, found: &mut Findings) {
    if let Err(says) = row.amount() {
        let near = row.nearest_amount();
        let ask = near.map(|amount| {
            fix(format!("Ask {}", in_its_unit(row.kind, amount)), Repair::Amount(row.id, amount))
        });
        found.error(Check::VolumeUnread, Field::Volume(row.id), says, ask);
    }
    if row.reference.is_none() {
        found.error(
            Check::Unreferenced,
            Field::Reference(row.id),
            "say whether the volume is a change from baseline (delta) or net power at the connection point \
             (absolute)"
                .to_owned(),
            [
                fix("Delta", Repair::Reference(row.id, Reference::Delta)),
                fix("Absolute", Repair::Reference(row.id, Reference::Absolute)),
            ],
        );
    }
    if let Err(says) = row.price() {
        let without = fix("Leave out the price", Repair::NoPrice(row.id));
        found.error(Check::PriceUnread, Field::Price(row.id), says, [without]);
    }
}

fn unreadable_time(row: &Row, fault: &TimeFault, found: &mut Findings) {
    let (check, fixes) = match fault {
        TimeFault::Twice { .. } => (
            Check::TimeTwice,
            vec![
                fix("BST, the first", Repair::RowFold(row.id, Fold::Bst)),
                fix("GMT, the second", Repair::RowFold(row.id, Fold::Gmt)),
            ],
        ),
        TimeFault::Never { later, .. } => {
            let write = |at| fix(format!("Write {}", words::london_minute(at)), Repair::Move(row.id, at));
            (Check::TimeSkipped, later.map(write).into_iter().collect())
        }
        TimeFault::Unread(_) => (Check::TimeUnread, Vec::new()),
    };
    found.error(check, Field::Time(row.id), fault.words(), fixes);
}

fn in_its_unit(kind: Kind, amount: i64) -> String {
    match kind {
        Kind::Real => Watts(amount).to_string(),
        Kind::Reactive => Vars(amount).to_string(),
    }
}

fn placed_in_window(draft: &Draft, row: &Row, at: UtcTime, found: &mut Findings) {
    let Some((start, end)) = draft.span() else { return };
    if at < start {
        found.error(
            Check::BeforeWindow,
            Field::Time(row.id),
            format!("{} is before the window, which starts at {}", words::london(at), words::london(start)),
            [fix(format!("Move to {}", words::london_minute(start)), Repair::Move(row.id, start))],
        );
    } else if at >= end {
        let to = if end.since(start) > 60 { end - 60 } else { start };
        let fixes = [fix(format!("Move to {}", words::london_minute(to)), Repair::Move(row.id, to))];
        found.error(
            Check::AfterWindow,
            Field::Time(row.id),
            format!("{} is not within the window, which ends at {}", words::london(at), words::london(end)),
            fixes,
        );
    }
    let earlier = draft
        .rows
        .iter()
        .take_while(|other| other.id != row.id)
        .find(|other| other.kind == row.kind && draft.at(other) == Ok(at));
    if let Some(earlier) = earlier {
        let kind = if row.kind == Kind::Real { "real" } else { "reactive" };
        found.error(
            Check::SameTime,
            Field::Time(row.id),
            format!("setpoint {} asks {kind} power at the same time", draft.number_of(earlier.id)),
            [fix(format!("Remove setpoint {}", draft.number_of(row.id)), Repair::Remove(row.id))],
        );
    }
}

/// Nothing is asked between the window's start and the first level: perhaps not what was meant.
fn begins_late(draft: &Draft, found: &mut Findings) {
    let (Some((start, _)), Some(first)) = (draft.span(), draft.placed().first().copied()) else { return };
    if first.at > start {
        found.warn(
            Check::BeginsLate,
            Field::Time(first.row),
            format!("nothing is asked from the window's start until {}", words::london(first.at)),
            [fix(format!("Move to {}", words::london_minute(start)), Repair::Move(first.row, start))],
        );
    }
}
