//! A controller whose unit has faults: what it takes on otherwise, and what of it comes out.

use std::sync::Arc;

use crate::dispatch::{Dispatch, Reason, Reference, Stage};
use crate::fleet::fault::{Affected, Borrowed};
use crate::openadr::mapping::MinuteReading;
use crate::profile::faults::{FaultPlan, UnitFault};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

use super::order::Order;
use super::stages::Due;
use super::{Controller, Happened, Refusal, seconds};

impl Controller {
    /// The faults as they are switched, and the changes that this unit makes in the place of others.
    pub(in crate::fleet) fn switched(
        &mut self,
        plan: &Arc<FaultPlan>,
        borrowed: Vec<Borrowed>,
        now: UtcTime,
    ) {
        if self.affected.is_none() && borrowed.is_empty() && !plan.concerns(&self.unit.unit) {
            return;
        }
        self.affected.get_or_insert_with(|| Box::new(Affected::sound(now))).switched(plan, borrowed);
    }

    /// Its own path, for a unit that moves in its place.
    pub(in crate::fleet) fn lent(&self, now: UtcTime) -> Borrowed {
        Borrowed::of(&self.unit, &self.trajectory, now)
    }

    /// Whether it takes no later revision on.
    pub(in crate::fleet) fn ignores_amendments(&self, now: UtcTime) -> bool {
        self.has(now, &UnitFault::IgnoresAmendments)
    }

    /// A minute of its own path as it is reported, and whether it is marked bad; `None` when none comes.
    pub(super) fn reported(&self, believed: MinuteReading, end: UtcTime) -> Option<(MinuteReading, bool)> {
        match &self.affected {
            Some(affected) => affected.minute(&self.unit, end, believed),
            None => Some((believed, false)),
        }
    }

    fn has(&self, now: UtcTime, fault: &UnitFault) -> bool {
        self.affected.as_ref().is_some_and(|affected| affected.has(&self.unit, now, |other| other == fault))
    }

    /// What its controller makes of a dispatch.
    ///
    /// # Errors
    /// When the unit is not there to run.
    pub(super) fn understood(&self, dispatch: &Dispatch, now: UtcTime) -> Result<Order, Refusal> {
        let mut order = Order::of(dispatch, &self.unit);
        let is_tripped = self.affected.as_ref().is_some_and(|affected| affected.is_tripped());
        if is_tripped && !order.status.is_stop() {
            return Err(Refusal::new(Reason::Unavailable, TRIPPED));
        }
        if self.has(now, &UnitFault::DeltaAsAbsolute) {
            for real in order.levels.iter_mut().filter_map(|level| level.real.as_mut()) {
                real.reference = Reference::Absolute;
            }
        }
        Ok(order)
    }

    /// Lets the unit itself live up to `now`.
    pub(super) fn live(&mut self, now: UtcTime) {
        let Some(affected) = &mut self.affected else { return };
        affected.live(&self.unit, &self.trajectory, now);
        let trips = affected.trips(&self.unit, now);
        if trips {
            self.trip(now);
        }
        let is_idle = self.held.values().all(|held| !held.is_open(now));
        let affected = self.affected.as_mut();
        if let Some((kw, soc)) = affected.and_then(|a| a.recovers(&self.unit, &self.trajectory, is_idle)) {
            self.trajectory.stands(&self.unit, seconds(now), kw, soc);
            self.leave_safe_path();
        }
    }

    /// Tells the stages that were kept back and that the unit has come to.
    pub(super) fn release(&mut self, now: UtcTime) {
        let Some(affected) = &mut self.affected else { return };
        let held = &self.held;
        let stands =
            |kept: &Happened| held.get(&kept.key).is_some_and(|held| held.order.revision == kept.revision);
        self.happened.extend(affected.released(&self.unit, &self.trajectory, now, stands));
    }

    /// Everything that the unit was doing or about to do fails.
    fn trip(&mut self, now: UtcTime) {
        for (key, held) in self.held.iter_mut().filter(|(_, held)| held.is_open(now)) {
            if held.delivers() {
                tracing::info!(unit = %self.unit.unit, dispatch = %key, "failed: the unit has tripped");
                let detail = Some(TRIPPED.to_owned());
                held.set_stages(vec![Due { at: now, stage: Stage::Failed, detail }]);
            }
        }
        self.trajectory.keep_until(seconds(now));
        self.trajectory.follow(&self.unit, seconds(now), None, None, None, false);
    }
}

/// What an FSP tells of a stage to which its unit's path has come.
pub(super) fn told(affected: Option<&mut Affected>, unit: &Unit, happened: Happened) -> Option<Happened> {
    match affected {
        Some(affected) => affected.tells(unit, happened),
        None => Some(happened),
    }
}

const TRIPPED: &str = "the unit has tripped and is not available";
