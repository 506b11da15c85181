//! What a simulated FSP declares of its units, and a person's hand on it.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::dispatch::availability::{Declaration, HALF_HOUR_S, Offer, OfferRun, half_hour_of};
use crate::dispatch::{DispatchUnit, FspId};
use crate::openadr::mapping::{Availability, Terms};
use crate::profile::availability::Limits;
use crate::profile::fleet::Unit;
use crate::time::{UtcTime, london_day};

use super::provider::Provider;
use super::shared::Shared;

/// How many London days are declared: today and the two after it.
pub const DECLARED_DAYS: usize = 3;

/// What a unit is offered for: as its fleet file has it, but for the half-hours that a person changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Offered {
    changed: BTreeMap<UtcTime, Limits>,
}

impl Offered {
    /// Whether it is offered as a whole at all times.
    fn is_whole(&self, unit: &Unit) -> bool {
        self.changed.is_empty() && unit.availability == crate::profile::availability::Availability::Always
    }

    /// What is offered of a unit in the half-hour that begins at `half_hour`.
    pub(super) fn in_half_hour(&self, unit: &Unit, half_hour: UtcTime) -> Offer {
        let limits = self.changed.get(&half_hour).copied();
        unit.offer(limits.unwrap_or_else(|| unit.availability.limits(half_hour)), half_hour)
    }

    /// As [`Offered::in_half_hour`], where it can be less than the unit's rating.
    pub(super) fn limited(&self, unit: &Unit, half_hour: UtcTime) -> Option<Offer> {
        (!self.is_whole(unit)).then(|| self.in_half_hour(unit, half_hour))
    }

    /// Offers these half-hours within other limits; `None` sets them back to what the fleet file says.
    pub(super) fn change(&mut self, half_hours: Range<UtcTime>, limits: Option<Limits>) {
        for half_hour in each(half_hours) {
            match limits {
                Some(limits) => self.changed.insert(half_hour, limits),
                None => self.changed.remove(&half_hour),
            };
        }
    }

    /// What is offered of a unit on the days that are declared at `now`.
    fn runs(&self, unit: &Unit, now: UtcTime) -> Vec<OfferRun> {
        let run = |from: UtcTime| OfferRun {
            from,
            until: from + HALF_HOUR_S,
            offer: self.in_half_hour(unit, from),
        };
        each(declared_days(now)).map(run).collect()
    }

    /// Forgets what was changed of half-hours that are over.
    pub(super) fn forget_before(&mut self, now: UtcTime) {
        self.changed = self.changed.split_off(&half_hour_of(now));
    }
}

fn each(half_hours: Range<UtcTime>) -> impl Iterator<Item = UtcTime> {
    let first = half_hour_of(half_hours.start);
    std::iter::successors(Some(first), |at| Some(*at + HALF_HOUR_S))
        .take_while(move |at| *at < half_hours.end)
}

/// From the beginning of the London day that holds `now` to the end of the last day that is declared then.
pub fn declared_days(now: UtcTime) -> Range<UtcTime> {
    let (start, mut end) = london_day(now);
    for _ in 1..DECLARED_DAYS {
        end = london_day(end).1;
    }
    start..end
}

/// Tells whether what was declared last still says all: another day, or a change, asks for another declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edition {
    day: UtcTime,
    changes: u64,
}

impl Provider {
    /// What a declaration would be of at `now`.
    pub(super) fn edition(&self, now: UtcTime) -> Edition {
        Edition { day: london_day(now).0, changes: self.changes() }
    }

    /// What it declares to the buyer of a contract.
    pub(super) fn declaration(&self, terms: &Terms, now: UtcTime) -> Availability {
        let declared = |(unit, offered): (&Unit, &Offered)| {
            let (operator, contract) = (terms.operator.clone(), terms.contract.clone());
            Declaration::new(operator, contract, unit.unit.clone(), now, offered.runs(unit, now))
        };
        Availability {
            operator: terms.operator.clone(),
            contract: terms.contract.clone(),
            fsp: self.id().clone(),
            at: now,
            units: self.offered(terms).map(declared).collect(),
        }
    }
}

/// The availability of a running fleet's units, for a person to look at and to change.
#[derive(Clone, Debug, Default)]
pub struct Availabilities {
    providers: BTreeMap<FspId, Shared>,
}

impl Availabilities {
    pub(super) fn of(providers: impl IntoIterator<Item = Shared>) -> Self {
        let by_id = |provider: Shared| {
            let id = provider.lock().id().clone();
            (id, provider)
        };
        Self { providers: providers.into_iter().map(by_id).collect() }
    }

    /// Of a fleet that runs nowhere.
    #[cfg(test)]
    pub(crate) fn at_rest(profile: &crate::profile::fleet::FleetProfile, now: UtcTime) -> Self {
        let provider = |fsp: &crate::profile::fleet::Fsp| {
            Shared::new(Provider::new(fsp.id.clone(), profile, BTreeMap::new(), now))
        };
        Self::of(profile.fsps.iter().map(provider))
    }

    /// Whether a unit is of this fleet.
    pub fn has(&self, unit: &DispatchUnit) -> bool {
        self.providers.get(&unit.fsp).is_some_and(|provider| provider.lock().has(unit))
    }

    /// What is offered of a unit in each half-hour from one instant until another; `None` when it is not of this fleet.
    pub fn offers(&self, unit: &DispatchUnit, half_hours: Range<UtcTime>) -> Option<Vec<(UtcTime, Offer)>> {
        let provider = self.providers.get(&unit.fsp)?.lock();
        each(half_hours).map(|at| Some((at, provider.offer(unit, at)?))).collect()
    }

    /// Offers half-hours of a unit within other limits from now on, or as the fleet file says again. Its FSP declares it
    /// with its next poll; what the unit has accepted it goes on with. Answers whether the unit is of this fleet.
    pub fn change(&self, unit: &DispatchUnit, half_hours: Range<UtcTime>, limits: Option<Limits>) -> bool {
        self.providers
            .get(&unit.fsp)
            .is_some_and(|provider| provider.lock().offer_anew(unit, half_hours, limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::testing::battery;
    use crate::profile::availability::{Availability as FileAvailability, Window};
    use crate::units::Watts;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn today_and_two_days_more_are_declared_however_long_they_are() {
        for (now, half_hours) in [
            ("2026-11-26T17:00:00Z", 144),
            ("2027-03-26T17:00:00Z", 142),
            ("2027-03-28T00:10:00Z", 142),
            ("2027-10-30T22:30:00Z", 146),
            ("2027-10-31T23:30:00Z", 146),
        ] {
            assert_eq!(each(declared_days(at(now))).count(), half_hours, "{now}");
        }
    }

    #[test]
    fn a_change_holds_for_its_half_hours_until_it_is_set_back() {
        let mut unit = battery();
        let limits = Limits { up: Some(Watts(300_000)), down: None };
        unit.availability = FileAvailability::Windows(vec![Window { from: 960, to: 1200, limits }]);
        let mut offered = Offered::default();
        let up = |offered: &Offered, time: &str| {
            offered.in_half_hour(&unit, at(&format!("2026-11-26T{time}:00Z"))).up.0 / 1000
        };
        assert_eq!([up(&offered, "15:30"), up(&offered, "16:00"), up(&offered, "19:30")], [0, 300, 300]);
        let evening = at("2026-11-26T16:30:00Z")..at("2026-11-26T17:30:00Z");
        offered.change(evening.clone(), Some(Limits { up: Some(Watts(100_000)), down: Some(Watts(0)) }));
        assert_eq!([up(&offered, "16:00"), up(&offered, "16:30"), up(&offered, "17:00")], [300, 100, 100]);
        assert_eq!(up(&offered, "17:30"), 300);
        offered.forget_before(at("2026-11-26T17:10:00Z"));
        assert_eq!([up(&offered, "16:30"), up(&offered, "17:00")], [300, 100], "what is over is forgotten");
        offered.change(evening, None);
        assert_eq!(up(&offered, "17:00"), 300);
    }
}
