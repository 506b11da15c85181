//! What the steps read so far come to: each dispatch with its window and setpoints as last amended, and what stops it.

use std::collections::BTreeMap;

use crate::dispatch::{DispatchRef, DispatchUnit, OperatorId};
use crate::profile::fleet::FleetProfile;
use crate::workshop::offset::Offset;
use crate::workshop::scenario::SetpointAt;

/// Where a scenario stands after the steps above.
pub(super) struct Plan<'f> {
    /// `None` when it cannot be read: then no unit can be said to be unknown.
    pub fleet: Option<&'f FleetProfile>,
    /// `None` when it cannot be read.
    pub run_for: Option<Offset>,
    /// Whether a step could not be read that may send a dispatch.
    is_uncertain: bool,
    drawn: BTreeMap<DispatchRef, Drawn>,
}

/// A dispatch as far as it could be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    pub unit: Option<DispatchUnit>,
    pub service_start: Option<Offset>,
    pub service_end: Option<Offset>,
    pub setpoints: Option<Vec<SetpointAt>>,
    /// Setpoints of all revisions together; `None` when some could not be read.
    pub asked: Option<usize>,
    /// Whether the last revision could be read whole and keeps the rules.
    pub is_sound: bool,
    /// Whether a STOP or an EMERGENCY STOP goes out for it.
    pub is_stopped: bool,
}

impl<'f> Plan<'f> {
    pub fn new(fleet: Option<&'f FleetProfile>, run_for: Option<Offset>) -> Self {
        Self { fleet, run_for, is_uncertain: false, drawn: BTreeMap::new() }
    }

    /// The dispatch that a step above sends.
    pub fn sent(&self, dispatch_ref: &DispatchRef) -> Option<&Drawn> {
        self.drawn.get(dispatch_ref)
    }

    /// Whether no step above sends it; `false` too when one of them could not be read and may be the one.
    pub fn surely_lacks(&self, dispatch_ref: &DispatchRef) -> bool {
        !self.is_uncertain && self.sent(dispatch_ref).is_none()
    }

    /// A step that may send a dispatch could not be read.
    pub fn doubt(&mut self) {
        self.is_uncertain = true;
    }

    /// Takes a first or a next revision.
    pub fn draw(&mut self, dispatch_ref: DispatchRef, drawn: Drawn) {
        self.drawn.insert(dispatch_ref, drawn);
    }

    /// Takes a STOP.
    pub fn stop(&mut self, dispatch_ref: &DispatchRef) {
        if let Some(drawn) = self.drawn.get_mut(dispatch_ref) {
            drawn.is_stopped = true;
        }
    }

    /// Takes an EMERGENCY STOP for these units, for all when there is none, and for one operator's only when it is
    /// given.
    pub fn stop_units(&mut self, units: &[DispatchUnit], operator: Option<&OperatorId>) {
        let fleet = self.fleet;
        let of_operator = |unit: &DispatchUnit| {
            operator.is_none_or(|id| fleet.and_then(|f| f.unit(unit)).is_none_or(|u| u.operator == *id))
        };
        for drawn in self.drawn.values_mut() {
            drawn.is_stopped |= drawn
                .unit
                .as_ref()
                .is_none_or(|unit| (units.is_empty() || units.contains(unit)) && of_operator(unit));
        }
    }
}
