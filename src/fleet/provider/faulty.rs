//! An FSP with faults: which are on, and which of its units moves in the place of another.

use std::collections::BTreeMap;

use crate::dispatch::{Dispatch, UnitId};
use crate::fleet::FaultSwitch;
use crate::fleet::fault::{Affected, Borrowed, Manner};
use crate::time::UtcTime;

use super::Provider;

impl Provider {
    /// Its faults are switched here from now on.
    pub(in crate::fleet) fn obeys(&mut self, faults: FaultSwitch) {
        self.faults = faults;
    }

    /// How its client speaks at an instant.
    pub(in crate::fleet) fn manner(&self, now: UtcTime) -> Manner {
        Manner::of(&self.faults.plan(), &self.id, now)
    }

    /// Whether the unit of a later revision takes none on. Stops are obeyed.
    pub(super) fn ignores(&self, dispatch: &Dispatch, now: UtcTime) -> bool {
        let controller = self.controllers.get(&dispatch.unit.unit);
        !dispatch.status.is_stop() && controller.is_some_and(|c| c.ignores_amendments(now))
    }

    /// Hands each unit the faults as they are switched.
    pub(super) fn look_at_faults(&mut self, now: UtcTime) {
        let plan = self.faults.plan();
        // Once more after the last one has ended, so that every unit hears of it.
        let was_faulty = std::mem::replace(&mut self.is_faulty, !plan.faults.is_empty());
        if !self.is_faulty && !was_faulty {
            return;
        }
        let mut lent: BTreeMap<UnitId, Vec<Borrowed>> = BTreeMap::new();
        for (unit, controller) in &self.controllers {
            if let Some(named) = Affected::lends_to(&plan, controller.unit(), now)
                && let Some(instead) = named.or_else(|| self.next_after(unit))
            {
                lent.entry(instead.clone()).or_default().push(controller.lent(now));
            }
        }
        for (unit, controller) in &mut self.controllers {
            controller.switched(&plan, lent.remove(unit).unwrap_or_default(), now);
        }
    }

    /// The next of its units in order of name, the first after the last.
    fn next_after(&self, unit: &UnitId) -> Option<&UnitId> {
        let after = self.controllers.keys().find(|other| *other > unit);
        after.or_else(|| self.controllers.keys().next()).filter(|other| *other != unit)
    }
}
