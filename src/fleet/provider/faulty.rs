//! An FSP with faults: which are on, and which of its units moves in the place of another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dispatch::{Dispatch, DispatchParts, RealLevel, Setpoint, SignedDispatch, Status, UnitId};
use crate::fleet::FaultSwitch;
use crate::fleet::fault::{Affected, Borrowed, Manner};
use crate::fleet::truth::UnitTruth;
use crate::openadr::wire::Event;
use crate::profile::faults::{Alteration, FspFault};
use crate::time::UtcTime;
use crate::units::Watts;

use super::{Arrived, Provider};

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

    /// What comes to it while it is altered on its way. Of what came before the fault began, what it is altered into now
    /// comes anew.
    pub(super) fn altered(
        &mut self,
        mut arrived: Vec<Arrived>,
        events: &[Arc<Event>],
        now: UtcTime,
    ) -> Vec<Arrived> {
        let into = self.faults.plan().of_fsp(&self.id, now).find_map(|fault| match fault {
            FspFault::Altered { into } => Some(*into),
            _ => None,
        });
        let began = std::mem::replace(&mut self.altered_into, into) != into;
        let Some(into) = into else { return arrived };
        if began && into == Alteration::Stop {
            let known: BTreeSet<String> = arrived.iter().map(|one| one.event_id.clone()).collect();
            let before = events.iter().filter_map(Arrived::of);
            arrived.extend(before.filter(|one| !known.contains(&one.event_id)));
        }
        for one in &mut arrived {
            if let Ok(signed) = &mut one.content
                && signed.dispatch.unit.fsp == self.id
                && let Some(dispatch) = altered_into(into, &signed.dispatch, now)
            {
                *signed = SignedDispatch { dispatch, signature: signed.signature.clone() };
            }
        }
        arrived
    }

    /// Whether its client looks at no more of a signature than whose it says that it is.
    pub(super) fn checks_id_only(&self, now: UtcTime) -> bool {
        self.faults.plan().of_fsp(&self.id, now).any(|fault| *fault == FspFault::ChecksIdOnly)
    }

    /// What its units truly do at an instant.
    pub(in crate::fleet) fn truths(&self, now: UtcTime) -> Vec<UnitTruth> {
        self.controllers.values().map(|controller| controller.truth(now)).collect()
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

/// What a dispatch is altered into on its way; `None` where that leaves it as it is.
fn altered_into(into: Alteration, dispatch: &Dispatch, now: UtcTime) -> Option<Dispatch> {
    if dispatch.status.is_stop() || dispatch.service_end <= now {
        return None;
    }
    let parts = dispatch.parts().clone();
    let altered = match into {
        Alteration::Reversed => {
            let reversed = |setpoint: &Setpoint| {
                let real = setpoint.real.map(|real| RealLevel { watts: Watts(-real.watts.0), ..real });
                Setpoint { real, ..*setpoint }
            };
            DispatchParts { setpoints: parts.setpoints.iter().map(reversed).collect(), ..parts }
        }
        Alteration::Stop => DispatchParts {
            status: Status::Stop,
            revision: parts.revision.next(),
            instruction_time: now,
            ..parts
        },
    };
    Dispatch::new(altered).ok()
}
