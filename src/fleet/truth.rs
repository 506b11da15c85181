//! What the units of a simulated fleet truly do, whatever their FSPs report of them: for who trains people, and never for a
//! desk.

use crate::dispatch::{DispatchKey, DispatchUnit, RealLevel, Revision, Status};
use crate::power::UnitPhase;
use crate::time::UtcTime;

use super::shared::Shared;

/// What one unit truly does.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitTruth {
    /// Which.
    pub unit: DispatchUnit,
    /// Its power now, kW; positive = export.
    pub kw: f64,
    /// What it would be at with nothing asked, by its declared baseline, kW.
    pub baseline_kw: f64,
    /// Its energy, as a share of its capacity; `None` for a unit that stores none.
    pub soc: Option<f64>,
    /// What its own controller believes that it does.
    pub believes: UnitPhase,
    /// What its controller has taken on and is not over.
    pub accepted: Vec<Accepted>,
}

/// A dispatch as a unit's controller holds it, which need not be what was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// Whose.
    pub key: DispatchKey,
    /// Which revision is acted on.
    pub revision: Revision,
    /// What it says.
    pub status: Status,
    /// Start of the service window,
    pub start: UtcTime,
    /// and its end.
    pub end: UtcTime,
    /// The levels of real power, in order of time.
    pub levels: Vec<(UtcTime, RealLevel)>,
}

/// The units of a running fleet, to be looked at. Looking changes nothing: what is lived through meanwhile is lived through by
/// a copy.
#[derive(Clone, Debug, Default)]
pub struct Truths {
    providers: Vec<Shared>,
}

impl Truths {
    pub(super) fn of(providers: Vec<Shared>) -> Self {
        Self { providers }
    }

    /// Of a fleet that runs nowhere.
    #[cfg(test)]
    pub(crate) fn at_rest(profile: &crate::profile::fleet::FleetProfile, now: UtcTime) -> Self {
        let provider = |fsp: &crate::profile::fleet::Fsp| {
            let operators = std::collections::BTreeMap::new();
            Shared::new(super::provider::Provider::new(fsp.id.clone(), profile, operators, now))
        };
        Self::of(profile.fsps.iter().map(provider).collect())
    }

    /// All units in order of name, as they are at an instant.
    pub fn at(&self, now: UtcTime) -> Vec<UnitTruth> {
        let mut all: Vec<UnitTruth> =
            self.providers.iter().flat_map(|provider| provider.lock().truths(now)).collect();
        all.sort_by(|a, b| a.unit.cmp(&b.unit));
        all
    }
}
