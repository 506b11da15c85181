//! Signs of life: when each client and each unit was last heard, judged as of the last news from the VTN. While the
//! VTN is silent nothing is known of anyone, and nobody's lamp gets worse.

use std::collections::BTreeMap;

use super::lamps::{lamp, unit_lamp};
use super::snapshot::LinkState;
use crate::dispatch::{DispatchUnit, FspId};
use crate::time::UtcTime;

/// Intervals after which a client that was never heard counts as lost.
const NEVER_HEARD_INTERVALS: i64 = 3;

/// All signs of life.
#[derive(Default)]
pub(super) struct Links {
    clients: BTreeMap<FspId, UtcTime>,
    pulses: BTreeMap<DispatchUnit, (UtcTime, bool)>,
    first_news: Option<UtcTime>,
    last_news: Option<UtcTime>,
    known_before: Option<UtcTime>,
}

impl Links {
    /// The VTN has told everything that it knew at `now`: when it was asked, not when it answered.
    pub(super) fn news(&mut self, now: UtcTime) {
        self.first_news = self.first_news.or(Some(now));
        self.known_before = self.last_news.replace(now);
    }

    /// Up to when everything is known.
    pub(super) fn last_news(&self) -> Option<UtcTime> {
        self.last_news
    }

    /// Up to when everything was known before the last news came.
    pub(super) fn known_before(&self) -> Option<UtcTime> {
        self.known_before
    }

    /// A client asked the VTN something, or sent a heartbeat.
    pub(super) fn client_heard(&mut self, fsp: &FspId, at: UtcTime) {
        let last = self.clients.entry(fsp.clone()).or_insert(at);
        *last = at.max(*last);
    }

    /// A client said whether a unit's controller answers it. Answers whether that was news.
    pub(super) fn pulse(&mut self, unit: &DispatchUnit, at: UtcTime, alive: bool) -> bool {
        let newer = self.pulses.get(unit).is_none_or(|(last, _)| at >= *last);
        if newer {
            self.pulses.insert(unit.clone(), (at, alive));
        }
        newer
    }

    /// When a client was last heard.
    pub(super) fn client_last(&self, fsp: &FspId) -> Option<UtcTime> {
        self.clients.get(fsp).copied()
    }

    /// A client's lamp.
    pub(super) fn client_state(&self, fsp: &FspId, interval_seconds: u32) -> LinkState {
        let (Some(first), Some(now)) = (self.first_news, self.last_news) else { return LinkState::Unknown };
        match self.client_last(fsp) {
            None if now.since(first) >= NEVER_HEARD_INTERVALS * i64::from(interval_seconds) => {
                LinkState::Lost
            }
            last => lamp(last, now, interval_seconds),
        }
    }

    /// A unit's lamp.
    pub(super) fn unit_state(&self, unit: &DispatchUnit, interval_seconds: u32) -> LinkState {
        let Some(now) = self.last_news else { return LinkState::Unknown };
        unit_lamp(self.pulses.get(unit).copied(), now, interval_seconds)
    }

    /// Units whose clients say that their controllers do not answer.
    pub(super) fn silent_units(&self) -> impl Iterator<Item = &DispatchUnit> {
        self.pulses.iter().filter(|(_, (_, alive))| !alive).map(|(unit, _)| unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn nobody_gets_lost_because_the_vtn_is_silent() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let mut links = Links::default();
        assert_eq!(links.client_state(&fsp, 10), LinkState::Unknown);
        links.client_heard(&fsp, at(0));
        links.client_heard(&fsp, at(-50));
        links.news(at(5));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Live);
        assert_eq!(links.client_last(&fsp), Some(at(0)), "an older sign of life changes nothing");
        links.news(at(25));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Late);
        links.news(at(30));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Lost);
    }

    #[test]
    fn a_client_that_never_came_is_unknown_and_then_lost() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let mut links = Links::default();
        links.news(at(0));
        links.news(at(29));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Unknown);
        links.news(at(30));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Lost);
    }

    #[test]
    fn a_unit_has_a_lamp_of_its_own() {
        let unit: DispatchUnit = "BRIGHTFLEX/BESS-07".parse().unwrap();
        let mut links = Links::default();
        assert!(links.pulse(&unit, at(0), true));
        links.news(at(1));
        assert_eq!(links.unit_state(&unit, 10), LinkState::Live);
        assert!(links.pulse(&unit, at(2), false));
        assert!(!links.pulse(&unit, at(1), true), "older news is no news");
        assert_eq!(links.unit_state(&unit, 10), LinkState::Lost);
        assert_eq!(links.silent_units().count(), 1);
    }
}
