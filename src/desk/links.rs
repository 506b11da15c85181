//! Signs of life: when each client and each unit was last heard, judged as of the last news from the VTN. While the
//! VTN is silent nothing is known of anyone, and nobody's lamp gets worse.

use std::collections::{BTreeMap, BTreeSet};

use super::lamps::{lamp, unit_lamp};
use super::snapshot::LinkState;
use crate::dispatch::{DispatchUnit, FspId, UnitId};
use crate::time::UtcTime;

/// Intervals after which a client that was never heard counts as lost.
const NEVER_HEARD_INTERVALS: i64 = 3;
/// Intervals within which a client is heard again after the VTN came back: five of back-off and one of its own (profile,
/// section 6).
const COMES_BACK_INTERVALS: i64 = 6;
/// Seconds in which a client that polls again has told what it could not tell before.
const CATCHES_UP_S: i64 = 5;
/// Seconds in which a client that was lost has told what it could not: minutes of readings, each request at its slowest.
const MAKES_GOOD_S: i64 = 10;

/// A silence of the VTN, or of a client.
#[derive(Clone, Copy, Debug)]
struct Gap {
    /// The last news before it.
    from: UtcTime,
    /// The first after it.
    until: UtcTime,
}

impl Gap {
    fn seconds(self) -> i64 {
        self.until.since(self.from)
    }
}

/// All signs of life.
#[derive(Default)]
pub(super) struct Links {
    clients: BTreeMap<FspId, UtcTime>,
    /// Since when those are waited for that came while the desk ran.
    expected: BTreeMap<FspId, UtcTime>,
    /// Those who were lost when an earlier session ended: until they are heard they are.
    lost_before: BTreeSet<FspId>,
    pulses: BTreeMap<FspId, BTreeMap<UnitId, (UtcTime, bool)>>,
    first_news: Option<UtcTime>,
    last_news: Option<UtcTime>,
    known_before: Option<UtcTime>,
    /// Up to when an earlier session may have known everything.
    before_start: Option<UtcTime>,
    gap: Option<Gap>,
    /// When each client was first heard after the gap.
    back: BTreeMap<FspId, UtcTime>,
    /// Each client's own last silence that was longer than it needs to make good.
    silences: BTreeMap<FspId, Gap>,
}

impl Links {
    /// The VTN has told everything that it knew at `now`: when it was asked, not when it answered.
    pub(super) fn news(&mut self, now: UtcTime) {
        self.first_news = self.first_news.or(Some(now));
        self.known_before = self.last_news.replace(now);
    }

    /// The VTN has told some of what is new, and more is to come.
    pub(super) fn news_in_part(&mut self) {
        self.known_before = self.last_news;
    }

    /// An earlier session ended at that time: what happened since could not be heard.
    pub(super) fn began_after(&mut self, ended: UtcTime) {
        self.before_start = Some(ended);
    }

    /// A client was lost when an earlier session ended.
    pub(super) fn was_lost(&mut self, fsp: FspId) {
        self.lost_before.insert(fsp);
    }

    /// The VTN tells again, as of `now`, after a silence in which nobody could be heard. To be followed by its news.
    pub(super) fn came_back(&mut self, now: UtcTime) {
        let last = self.last_news.or(self.before_start);
        self.gap = last.map(|from| Gap { from, until: now });
        self.back.clear();
    }

    /// Up to when everything is known.
    pub(super) fn last_news(&self) -> Option<UtcTime> {
        self.last_news
    }

    /// Up to when everything was known before the last news came.
    pub(super) fn known_before(&self) -> Option<UtcTime> {
        self.known_before
    }

    /// A client that may come from now on.
    pub(super) fn expect(&mut self, fsp: &FspId, now: UtcTime) {
        self.expected.insert(fsp.clone(), now);
    }

    /// Nobody waits for a client any more.
    pub(super) fn forget(&mut self, fsp: &FspId) {
        self.clients.remove(fsp);
        self.expected.remove(fsp);
        self.lost_before.remove(fsp);
        self.back.remove(fsp);
        self.silences.remove(fsp);
        self.pulses.remove(fsp);
    }

    /// A client asked the VTN something, or sent a heartbeat.
    pub(super) fn client_heard(&mut self, fsp: &FspId, at: UtcTime) {
        let last = self.clients.entry(fsp.clone()).or_insert(at);
        let silence = Gap { from: *last, until: at };
        if silence.seconds() > MAKES_GOOD_S {
            self.silences.insert(fsp.clone(), silence);
        }
        *last = at.max(*last);
        if self.gap.is_some_and(|gap| at >= gap.until) {
            self.back.entry(fsp.clone()).or_insert(at);
        }
    }

    /// A client said whether a unit's controller answers it. Answers whether that was news.
    pub(super) fn pulse(&mut self, unit: &DispatchUnit, at: UtcTime, alive: bool) -> bool {
        if let Some(known) = self.pulses.get_mut(&unit.fsp).and_then(|pulses| pulses.get_mut(&unit.unit)) {
            let newer = at >= known.0;
            if newer {
                *known = (at, alive);
            }
            return newer;
        }
        self.pulses.entry(unit.fsp.clone()).or_default().insert(unit.unit.clone(), (at, alive));
        true
    }

    /// When a client was last heard.
    pub(super) fn client_last(&self, fsp: &FspId) -> Option<UtcTime> {
        self.clients.get(fsp).copied()
    }

    /// A client's lamp. After a silence of the VTN nothing is known of a client that was not lost before, until it had
    /// the time to come back.
    pub(super) fn client_state(&self, fsp: &FspId, interval_seconds: u32) -> LinkState {
        let Some(now) = self.last_news else { return LinkState::Unknown };
        let state = self.client_state_at(fsp, now, interval_seconds);
        match self.pending(fsp, interval_seconds) {
            Some(gap) if state != LinkState::Live => {
                not_known_since(self.client_state_at(fsp, gap.from, interval_seconds))
            }
            _ => state,
        }
    }

    fn client_state_at(&self, fsp: &FspId, now: UtcTime, interval_seconds: u32) -> LinkState {
        let patience = NEVER_HEARD_INTERVALS * i64::from(interval_seconds);
        let waited_since =
            self.first_news.map(|first| self.expected.get(fsp).copied().map_or(first, |e| e.max(first)));
        match self.client_last(fsp) {
            None if self.lost_before.contains(fsp) => LinkState::Lost,
            None if waited_since.is_some_and(|since| now.since(since) >= patience) => LinkState::Lost,
            last => lamp(last, now, interval_seconds),
        }
    }

    /// A unit's lamp.
    #[cfg(test)]
    pub(super) fn unit_state(&self, unit: &DispatchUnit, interval_seconds: u32) -> LinkState {
        self.unit_states(&unit.fsp, interval_seconds)(&unit.unit)
    }

    /// The lamp of each of an FSP's units.
    pub(super) fn unit_states(
        &self,
        fsp: &FspId,
        interval_seconds: u32,
    ) -> impl Fn(&UnitId) -> LinkState + '_ {
        let (last_news, pulses) = (self.last_news, self.pulses.get(fsp));
        let pending = self.pending(fsp, interval_seconds);
        move |unit| {
            let Some(now) = last_news else { return LinkState::Unknown };
            let pulse = pulses.and_then(|pulses| pulses.get(unit)).copied();
            let state = unit_lamp(pulse, now, interval_seconds);
            match pending {
                Some(gap) if state != LinkState::Live => {
                    not_known_since(unit_lamp(pulse, gap.from, interval_seconds))
                }
                _ => state,
            }
        }
    }

    /// Up to when an FSP has told everything that it has to say; `None` while the VTN has told nothing. After a silence of
    /// the VTN, or of its own that had it lost, that is before it, until the FSP has polled again and caught up.
    pub(super) fn told_until(&self, fsp: &FspId, interval_seconds: u32) -> Option<UtcTime> {
        let now = self.last_news?;
        if let Some(silence) = self.own_silence(fsp, interval_seconds)
            && now.since(silence.until) < MAKES_GOOD_S
        {
            return Some(silence.from);
        }
        let Some(gap) = self.gap else { return Some(now) };
        let waits = match self.back.get(fsp) {
            Some(back) => now.since(*back) < CATCHES_UP_S,
            None => self.pending(fsp, interval_seconds).is_some(),
        };
        Some(if waits { gap.from } else { now })
    }

    /// A client's last silence, where it was lost by it, and not unheard because the VTN was silent.
    fn own_silence(&self, fsp: &FspId, interval_seconds: u32) -> Option<Gap> {
        let lost_after = NEVER_HEARD_INTERVALS * i64::from(interval_seconds);
        let is_the_vtns = |silence: &Gap| {
            self.gap.is_some_and(|gap| gap.from <= silence.until && silence.from <= gap.until)
        };
        let silence = self.silences.get(fsp).copied().filter(|silence| silence.seconds() >= lost_after);
        silence.filter(|silence| !is_the_vtns(silence))
    }

    /// The silence after which a client still has time to come back.
    fn pending(&self, fsp: &FspId, interval_seconds: u32) -> Option<Gap> {
        let gap = self.gap.filter(|_| !self.back.contains_key(fsp))?;
        let patience = COMES_BACK_INTERVALS * i64::from(interval_seconds);
        (self.last_news?.since(gap.until) < patience).then_some(gap)
    }

    /// An FSP's units of which its client says that their controllers do not answer.
    pub(super) fn silent_units(&self, fsp: &FspId) -> impl Iterator<Item = DispatchUnit> {
        let pulses = self.pulses.get(fsp).into_iter().flatten();
        let silent = pulses.filter(|(_, (_, alive))| !alive);
        silent.map(|(unit, _)| DispatchUnit { fsp: fsp.clone(), unit: unit.clone() })
    }

    /// The next instant after `after` at which silence alone changes what is known of an FSP and its units.
    pub(super) fn next_change(&self, fsp: &FspId, interval_seconds: u32, after: UtcTime) -> Option<UtcTime> {
        let interval = i64::from(interval_seconds);
        let client = self.client_last(fsp);
        let never = client.is_none().then(|| {
            self.first_news.map(|first| self.expected.get(fsp).copied().map_or(first, |e| e.max(first)))
        });
        let pulses = self.pulses.get(fsp).into_iter().flat_map(BTreeMap::values).map(|(at, _)| *at);
        let silences = pulses.chain(client).chain(never.flatten());
        let grow_late = silences.flat_map(|at| [at + 2 * interval, at + NEVER_HEARD_INTERVALS * interval]);
        let comes_back = self.gap.map(|gap| gap.until + COMES_BACK_INTERVALS * interval);
        let has_caught_up = self.back.get(fsp).map(|back| *back + CATCHES_UP_S);
        let has_made_good =
            self.own_silence(fsp, interval_seconds).map(|silence| silence.until + MAKES_GOOD_S);
        grow_late.chain(comes_back).chain(has_caught_up).chain(has_made_good).filter(|at| *at > after).min()
    }
}

/// What is known of someone after a silence in which nobody could be heard, by what was known before it.
fn not_known_since(before: LinkState) -> LinkState {
    if before == LinkState::Lost { LinkState::Lost } else { LinkState::Unknown }
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
    fn after_a_restart_whoever_was_not_lost_has_time_to_come_back_and_whoever_was_is_lost_still() {
        let names = ["BRIGHTFLEX", "COLDSTORE", "TRENTGEN"];
        let [heard, lost, never]: [FspId; 3] = names.map(|name| name.parse().unwrap());
        let mut links = Links::default();
        links.began_after(at(0));
        links.was_lost(lost.clone());
        links.client_heard(&heard, at(-5));
        links.came_back(at(300));
        links.news(at(300));
        let state = |links: &Links| [&heard, &lost, &never].map(|fsp| links.client_state(fsp, 10));
        assert_eq!(state(&links), [LinkState::Unknown, LinkState::Lost, LinkState::Unknown]);
        assert_eq!(
            links.told_until(&heard, 10),
            Some(at(0)),
            "what it could not tell is not held against it"
        );
        links.client_heard(&lost, at(301));
        links.news(at(361));
        assert_eq!(state(&links), [LinkState::Lost; 3]);
        assert_eq!(links.client_last(&lost), Some(at(301)));
    }

    #[test]
    fn a_client_that_came_to_the_fleet_later_is_waited_for_from_then() {
        let fsp: FspId = "NEWFLEX".parse().unwrap();
        let mut links = Links::default();
        links.news(at(0));
        links.expect(&fsp, at(600));
        links.news(at(629));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Unknown);
        links.news(at(630));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Lost);
        links.client_heard(&fsp, at(631));
        links.news(at(632));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Live);
        links.forget(&fsp);
        links.expect(&fsp, at(640));
        links.news(at(641));
        assert_eq!(
            links.client_state(&fsp, 10),
            LinkState::Unknown,
            "what was heard of it before is forgotten"
        );
    }

    #[test]
    fn a_client_has_time_to_come_back_after_the_vtn_did() {
        let (fsp, lost_before): (FspId, FspId) =
            ("BRIGHTFLEX".parse().unwrap(), "COLDSTORE".parse().unwrap());
        let unit: DispatchUnit = "BRIGHTFLEX/BESS-07".parse().unwrap();
        let mut links = Links::default();
        links.client_heard(&lost_before, at(-100));
        links.client_heard(&fsp, at(0));
        links.pulse(&unit, at(0), true);
        links.news(at(5));
        links.came_back(at(300));
        links.news(at(300));
        let state = |links: &Links| {
            (links.client_state(&fsp, 10), links.unit_state(&unit, 10), links.client_state(&lost_before, 10))
        };
        assert_eq!(state(&links), (LinkState::Unknown, LinkState::Unknown, LinkState::Lost));
        assert_eq!(links.told_until(&fsp, 10), Some(at(5)), "what it could not tell is not held against it");
        links.news(at(359));
        assert_eq!(state(&links), (LinkState::Unknown, LinkState::Unknown, LinkState::Lost));
        let mut never = links;
        links = Links { gap: never.gap, ..Links::default() };
        links.client_heard(&fsp, at(340));
        links.news(at(342));
        assert_eq!(
            (links.client_state(&fsp, 10), links.told_until(&fsp, 10)),
            (LinkState::Live, Some(at(5)))
        );
        links.news(at(345));
        assert_eq!(links.told_until(&fsp, 10), Some(at(345)), "it has caught up");
        links.news(at(370));
        assert_eq!(links.client_state(&fsp, 10), LinkState::Lost, "back, and gone again");
        never.news(at(360));
        assert_eq!(
            (never.client_state(&fsp, 10), never.told_until(&fsp, 10)),
            (LinkState::Lost, Some(at(360)))
        );
    }

    /// Else a control room that has just got its FSP back is told that its readings are missing, which are on their way.
    #[test]
    fn a_client_that_was_lost_has_time_to_tell_what_it_could_not() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let mut links = Links::default();
        let told = |links: &mut Links, now| {
            links.news(at(now));
            links.told_until(&fsp, 10)
        };
        links.client_heard(&fsp, at(0));
        assert_eq!(told(&mut links, 200), Some(at(200)), "while it is silent, what it owes is overdue");
        links.client_heard(&fsp, at(202));
        assert_eq!(told(&mut links, 202), Some(at(0)));
        links.client_heard(&fsp, at(204));
        assert_eq!(links.next_change(&fsp, 10, at(204)), Some(at(212)));
        assert_eq!(told(&mut links, 211), Some(at(0)), "a second poll does not say that it has caught up");
        assert_eq!(told(&mut links, 212), Some(at(212)));
        links.client_heard(&fsp, at(225));
        assert_eq!(told(&mut links, 226), Some(at(226)), "late, and not lost");
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
        assert_eq!(links.silent_units(&unit.fsp).count(), 1);
    }
}
