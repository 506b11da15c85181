//! The order in which a person sees alarms, kept from one picture to the next: what did not change is neither placed nor
//! listed anew. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cause::Cause;
use super::held::Held;
use crate::desk::snapshot::{Alarm, Priority};
use crate::time::UtcTime;

/// The alarms in their places.
#[derive(Default)]
pub(super) struct Order {
    touched: BTreeSet<Cause>,
    places: BTreeMap<Cause, Place>,
    in_list: BTreeMap<Listed, Arc<Alarm>>,
    on_shelf: BTreeMap<Aside, Arc<Alarm>>,
    listed: Arc<[Arc<Alarm>]>,
    shelved: Arc<[Arc<Alarm>]>,
    /// How many alarms were placed.
    #[cfg(test)]
    pub(super) placed: usize,
    /// How often a list was made.
    #[cfg(test)]
    pub(super) made: usize,
}

/// Unacknowledged and active, unacknowledged, the rest; by priority; newest first.
type Listed = (u8, Priority, Reverse<UtcTime>, Reverse<u64>);
/// The next to come back first.
type Aside = (UtcTime, u64);

#[derive(Clone, Copy, PartialEq)]
enum Place {
    InList(Listed),
    OnShelf(Aside),
}

impl Order {
    /// Something became of an alarm.
    pub(super) fn touch(&mut self, cause: &Cause) {
        if !self.touched.contains(cause) {
            self.touched.insert(cause.clone());
        }
    }

    /// Takes in whatever became of alarms since the last time.
    pub(super) fn take_in(&mut self, held: &mut BTreeMap<Cause, Held>) {
        let (mut list, mut shelf) = (false, false);
        for cause in std::mem::take(&mut self.touched) {
            match self.places.remove(&cause) {
                Some(Place::InList(place)) => list |= self.in_list.remove(&place).is_some(),
                Some(Place::OnShelf(place)) => shelf |= self.on_shelf.remove(&place).is_some(),
                None => {}
            }
            let Some(held) = held.get_mut(&cause) else { continue };
            #[cfg(test)]
            {
                self.placed += 1;
            }
            held.show_children();
            let alarm = Arc::clone(held.alarm());
            let place = place_of(&alarm);
            match place {
                Place::InList(place) => list |= self.in_list.insert(place, alarm).is_none(),
                Place::OnShelf(place) => shelf |= self.on_shelf.insert(place, alarm).is_none(),
            }
            self.places.insert(cause, place);
        }
        #[cfg(test)]
        {
            self.made += usize::from(list) + usize::from(shelf);
        }
        if list {
            self.listed = self.in_list.values().cloned().collect();
        }
        if shelf {
            self.shelved = self.on_shelf.values().cloned().collect();
        }
    }

    pub(super) fn listed(&self) -> Arc<[Arc<Alarm>]> {
        Arc::clone(&self.listed)
    }

    pub(super) fn shelved(&self) -> Arc<[Arc<Alarm>]> {
        Arc::clone(&self.shelved)
    }
}

fn place_of(alarm: &Alarm) -> Place {
    if let Some(shelved) = &alarm.shelved {
        return Place::OnShelf((shelved.until, alarm.id));
    }
    let group = match (alarm.acknowledged.is_some(), alarm.active) {
        (false, true) => 0,
        (false, false) => 1,
        (true, _) => 2,
    };
    Place::InList((group, alarm.priority, Reverse(alarm.raised), Reverse(alarm.id)))
}
