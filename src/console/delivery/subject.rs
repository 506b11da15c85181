//! What is shown: one dispatch, one unit, or the fleet.

use std::sync::Arc;

use crate::console::context::{Selection, View};
use crate::desk::snapshot::{DispatchState, Snapshot};
use crate::dispatch::{DispatchKey, DispatchUnit};

/// What a person wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All dispatches summed.
    Fleet,
    /// What a unit does, and its dispatch if it has one.
    Unit(DispatchUnit),
    /// One dispatch.
    Dispatch(DispatchKey),
}

/// What was chosen here, and what was picked elsewhere when it was.
#[derive(Default)]
pub struct Choice {
    chosen: Option<Subject>,
    seen: Selection,
}

impl Choice {
    /// What is to be shown; `None` when there is nothing. What a person picked last counts, here or elsewhere; then
    /// the first dispatch that is under way.
    pub fn settle(&mut self, view: &View<'_>) -> Option<Subject> {
        let picked = &view.selection;
        if picked.dispatch.is_some() && picked.dispatch != self.seen.dispatch {
            self.chosen = picked.dispatch.clone().map(Subject::Dispatch);
        } else if picked.unit.is_some() && picked.unit != self.seen.unit {
            self.chosen = picked.unit.clone().map(Subject::Unit);
        }
        self.seen = (**picked).clone();
        let chosen = self.chosen.clone().filter(|subject| is_there(view.snapshot, subject));
        chosen.map(|subject| dispatch_of(view.snapshot, subject)).or_else(|| first(view.snapshot))
    }

    /// Picks what is shown, and tells the other workspaces of it.
    pub fn pick(&mut self, view: &mut View<'_>, subject: Subject) {
        match &subject {
            Subject::Fleet => {}
            Subject::Unit(unit) => view.selection.unit = Some(unit.clone()),
            Subject::Dispatch(key) => {
                view.selection.dispatch = Some(key.clone());
                let unit = view.dispatch(key).and_then(DispatchState::dispatch).map(|d| d.unit.clone());
                view.selection.unit = unit.or(view.selection.unit.take());
            }
        }
        self.seen = view.selection.clone();
        self.chosen = Some(subject);
    }

    /// What is picked elsewhere counts again, although it was there before something was chosen here.
    pub fn show_selection(&mut self) {
        self.seen = Selection::default();
    }
}

fn is_there(snapshot: &Snapshot, subject: &Subject) -> bool {
    match subject {
        Subject::Fleet => true,
        Subject::Unit(unit) => snapshot.units.binary_search_by(|u| u.unit.cmp(unit)).is_ok(),
        Subject::Dispatch(key) => snapshot.dispatches.iter().any(|d| d.key == *key),
    }
}

/// A unit's dispatch stands for the unit: the one in force, else the one touched last.
fn dispatch_of(snapshot: &Snapshot, subject: Subject) -> Subject {
    let Subject::Unit(unit) = &subject else { return subject };
    let place = snapshot.units.binary_search_by(|u| u.unit.cmp(unit)).ok();
    let active = place.and_then(|place| snapshot.units.get(place)?.active.clone());
    let of_unit = |d: &&Arc<DispatchState>| d.dispatch().is_some_and(|doc| doc.unit == *unit);
    let key = active.or_else(|| snapshot.dispatches.iter().find(of_unit).map(|d| d.key.clone()));
    key.map_or(subject, Subject::Dispatch)
}

fn first(snapshot: &Snapshot) -> Option<Subject> {
    let dispatches = &snapshot.dispatches;
    let metered = dispatches.iter().find(|d| d.is_open() && !d.readings.is_empty());
    let open = || dispatches.iter().find(|d| d.is_open());
    metered.or_else(open).or_else(|| dispatches.first()).map(|d| Subject::Dispatch(d.key.clone()))
}
