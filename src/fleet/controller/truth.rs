//! What a controller's unit truly does beside what the controller believes.

use crate::fleet::truth::{Accepted, UnitTruth};
use crate::time::UtcTime;

use super::{Controller, seconds};

impl Controller {
    /// The unit at an instant.
    pub(in crate::fleet) fn truth(&self, now: UtcTime) -> UnitTruth {
        let t = seconds(now);
        let lived = self.affected.as_ref().and_then(|affected| {
            let mut affected = affected.clone();
            affected.live(&self.unit, &self.trajectory, now);
            affected.stands()
        });
        let (kw, soc) = lived.unwrap_or_else(|| (self.trajectory.delivered_kw_at(&self.unit, t), None));
        let accepted = self.held.iter().filter(|(_, held)| held.is_open(now)).map(|(key, held)| Accepted {
            key: key.clone(),
            revision: held.order.revision,
            status: held.order.status,
            start: held.order.start,
            end: held.order.end,
            levels: held.order.levels.iter().filter_map(|level| Some((level.at, level.real?))).collect(),
        });
        UnitTruth {
            unit: self.unit.unit.clone(),
            kw,
            baseline_kw: self.unit.baseline.curve(t, t + 1.0).at(t),
            soc: soc.or_else(|| self.trajectory.soc_at(t)),
            believes: self.trajectory.phase_at(t),
            accepted: accepted.collect(),
        }
    }
}
