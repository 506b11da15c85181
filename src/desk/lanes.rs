//! Lanes: revisions of one dispatch go to the VTN one after the other, revisions of different ones side by side. A stop
//! waits for nobody: what is under way for its dispatch is given up for it. Pure but for the handle that gives up.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures::future::AbortHandle;

use super::command::CommandNumber;
use crate::dispatch::{DispatchKey, Revision, SignedDispatch, Status};

/// The most revisions on their way at one time, but for stops: a VTN that is sent thousands at once answers none of them
/// sooner.
const MOST_UNDER_WAY: usize = 256;

/// Of an FSP's poll interval so much passes before its next poll, or that comes too soon for what must wait: one part of
/// so many. What waits for the poll after it is answered last of all, so it should be little; but who chases polls that
/// come as fast as it can send misses every one of them, and is slowed down by the answers meanwhile.
const TOO_SOON: i64 = 10;

/// One part of so many is too soon for what goes now, for the VTN has still to take it.
const ON_ITS_WAY: i64 = 50;

/// A revision on its way, and who asked for it.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub signed: SignedDispatch,
    /// `None` for what the desk sends of itself.
    pub command: Option<CommandNumber>,
    /// An earlier revision was given up half-way for this one.
    pub after_one_given_up: bool,
    /// `None` for an FSP that was not heard yet.
    pub polls: Option<Polls>,
}

/// When an FSP asks for what there is for it, in milliseconds since 1970: whole seconds are too coarse for polls that are
/// ten of them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Polls {
    pub last_ms: i64,
    pub interval_ms: i64,
}

impl Polls {
    /// The first poll later than an instant.
    fn next_after(self, instant_ms: i64) -> i64 {
        let interval = self.interval_ms.max(1);
        self.last_ms + ((instant_ms - self.last_ms).div_euclid(interval) + 1) * interval
    }

    /// The first poll that something which has to wait its turn may still be in time for.
    pub(super) fn next_in_time(self, now_ms: i64) -> i64 {
        self.next_after(now_ms + self.interval_ms / TOO_SOON)
    }

    /// The first poll that something which goes now is in time for.
    fn next_within_reach(self, now_ms: i64) -> i64 {
        self.next_after(now_ms + self.interval_ms / ON_ITS_WAY)
    }
}

/// All dispatches on their way.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<DispatchKey, Lane>,
    attempted: BTreeSet<DispatchKey>,
    /// Those where something waits and nothing is under way.
    ready: BTreeSet<(Place, DispatchKey)>,
    under_way: usize,
    /// Counts errands, so that of two of one urgency the first goes first.
    added: u64,
}

#[derive(Default)]
struct Lane {
    running: Option<Running>,
    waiting: VecDeque<Errand>,
    /// Under which it stands among those that are ready.
    place: Option<Place>,
}

/// In which order those go that are ready: by how urgent they are, then those first whose FSP asks first, of which the
/// answer can come first, then as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    urgency: Reverse<u8>,
    asked_for_ms: Option<i64>,
    number: u64,
}

struct Running {
    errand: Errand,
    handle: AbortHandle,
}

impl Lanes {
    /// Queues an errand. Answers those that it takes the place of before they began.
    pub(super) fn add(&mut self, mut errand: Errand, now_ms: i64) -> Vec<Errand> {
        let key = errand.signed.dispatch.key();
        let lane = self.lanes.entry(key.clone()).or_default();
        let urgency = urgency(&errand);
        if urgency == 0 {
            lane.waiting.push_back(errand);
            self.note_ready(&key, now_ms);
            return Vec::new();
        }
        if let Some(running) = lane.running.as_ref().filter(|r| self::urgency(&r.errand) < urgency) {
            running.handle.abort();
            errand.after_one_given_up = true;
        }
        let (kept, dropped): (VecDeque<Errand>, VecDeque<Errand>) =
            lane.waiting.drain(..).partition(|w| self::urgency(w) >= urgency);
        lane.waiting = kept;
        lane.waiting.push_back(errand);
        self.note_ready(&key, now_ms);
        dropped.into()
    }

    /// Puts a lane among those that are ready, or takes it from them.
    fn note_ready(&mut self, key: &DispatchKey, now_ms: i64) {
        let Some(lane) = self.lanes.get_mut(key) else { return };
        if let Some(place) = lane.place.take() {
            self.ready.remove(&(place, key.clone()));
        }
        let Some(next) = lane.waiting.front().filter(|_| lane.running.is_none()) else { return };
        self.added += 1;
        let place = Place {
            urgency: Reverse(urgency(next)),
            asked_for_ms: next.polls.map(|polls| polls.next_in_time(now_ms)),
            number: self.added,
        };
        lane.place = Some(place);
        self.ready.insert((place, key.clone()));
    }

    /// The next that is ready. One that was not in time for its FSP's poll is in time for the one after it, and lets those
    /// go before that ask sooner.
    fn take_ready(&mut self, now_ms: i64) -> Option<DispatchKey> {
        loop {
            let (place, key) = self.ready.pop_first()?;
            let lane = self.lanes.get_mut(&key);
            let polls = lane.as_ref().and_then(|lane| lane.waiting.front()?.polls);
            let within_reach = polls.map(|polls| polls.next_within_reach(now_ms));
            let is_missed = within_reach > place.asked_for_ms;
            match (within_reach, lane) {
                (Some(_), Some(lane)) if is_missed => {
                    let place = Place { asked_for_ms: within_reach, ..place };
                    lane.place = Some(place);
                    self.ready.insert((place, key));
                }
                _ => return Some(key),
            }
        }
    }

    /// The errands that can go now, the most urgent first: the first of every lane where nothing is under way, as many as
    /// may be under way at one time; stops however many there are. Each of them is to begin.
    pub(super) fn ready(&mut self, now_ms: i64) -> Vec<Errand> {
        let mut errands = Vec::new();
        while let Some((Place { urgency: Reverse(urgency), .. }, _)) = self.ready.first() {
            if *urgency == 0 && self.under_way + errands.len() >= MOST_UNDER_WAY {
                break;
            }
            let Some(key) = self.take_ready(now_ms) else { break };
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            lane.place = None;
            errands.extend(lane.waiting.pop_front());
        }
        errands
    }

    /// An errand is under way.
    pub(super) fn began(&mut self, errand: Errand, handle: AbortHandle) {
        let key = errand.signed.dispatch.key();
        self.attempted.insert(key.clone());
        self.under_way += 1;
        self.lanes.entry(key).or_default().running = Some(Running { errand, handle });
    }

    /// An errand that was ready does not begin.
    pub(super) fn let_go(&mut self, key: &DispatchKey, now_ms: i64) {
        let is_done = self.lanes.get(key).is_some_and(|l| l.running.is_none() && l.waiting.is_empty());
        if is_done {
            self.lanes.remove(key);
        }
        self.note_ready(key, now_ms);
    }

    /// An errand has come back, with whatever result.
    pub(super) fn ended(&mut self, key: &DispatchKey, revision: Revision, now_ms: i64) -> Option<Errand> {
        let lane = self.lanes.get_mut(key)?;
        let running = lane.running.take_if(|r| r.errand.signed.dispatch.revision == revision)?;
        self.under_way = self.under_way.saturating_sub(1);
        if lane.waiting.is_empty() {
            self.lanes.remove(key);
        }
        self.note_ready(key, now_ms);
        Some(running.errand)
    }

    /// Gives up everything that is under way or waits.
    pub(super) fn give_up_all(&mut self) -> Vec<Errand> {
        self.ready.clear();
        self.under_way = 0;
        let lanes = std::mem::take(&mut self.lanes).into_values();
        lanes
            .flat_map(|lane| {
                let running = lane.running.map(|r| {
                    r.handle.abort();
                    r.errand
                });
                running.into_iter().chain(lane.waiting)
            })
            .collect()
    }

    /// The VTN may hold something of a dispatch by an earlier session's doing.
    pub(super) fn attempted_before(&mut self, key: DispatchKey) {
        self.attempted.insert(key);
    }

    /// Whether the VTN may hold something of a dispatch by this desk's own doing.
    pub(super) fn was_attempted(&self, key: &DispatchKey) -> bool {
        self.attempted.contains(key)
    }

    /// Whether something of a dispatch is under way.
    pub(super) fn is_busy(&self, key: &DispatchKey) -> bool {
        self.lanes.contains_key(key)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }
}

fn urgency(errand: &Errand) -> u8 {
    match errand.signed.dispatch.status {
        Status::EmergencyStop => 2,
        Status::Stop => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, key_of, parts, signed};

    /// In milliseconds, as all of it.
    fn now() -> i64 {
        at("15:45").unix() * 1000
    }

    fn errand(revision: u32, status: Status) -> Errand {
        let command = Some(CommandNumber(u64::from(revision)));
        Errand { signed: signed(parts(revision, status)), command, after_one_given_up: false, polls: None }
    }

    fn begin(lanes: &mut Lanes) -> Option<(u32, bool, AbortHandle)> {
        let errand = lanes.ready(now()).pop()?;
        let (handle, _) = AbortHandle::new_pair();
        let seen = (errand.signed.dispatch.revision.get(), errand.after_one_given_up, handle.clone());
        lanes.began(errand, handle);
        Some(seen)
    }

    #[test]
    fn amendments_of_one_dispatch_never_overtake_each_other() {
        let mut lanes = Lanes::default();
        let key = key_of("EMID-1");
        assert!(!lanes.was_attempted(&key));
        assert!(lanes.add(errand(1, Status::Run), now()).is_empty());
        assert!(lanes.add(errand(2, Status::Run), now()).is_empty());
        assert_eq!(begin(&mut lanes).unwrap().0, 1);
        assert!(begin(&mut lanes).is_none(), "2 waits for 1");
        assert!(lanes.was_attempted(&key));
        assert!(lanes.ended(&key, Revision::FIRST, now()).is_some());
        assert_eq!(begin(&mut lanes).unwrap().0, 2);
        assert!(lanes.ended(&key, Revision::FIRST, now()).is_none(), "not its own");
        assert!(lanes.ended(&key, Revision::FIRST.next(), now()).is_some());
        assert!(lanes.is_empty());
    }

    fn of_ref(number: usize, status: Status) -> Errand {
        let mut parts = parts(1, status);
        parts.dispatch_ref = format!("EMID-{number}").parse().unwrap();
        Errand { signed: signed(parts), command: None, after_one_given_up: false, polls: None }
    }

    #[test]
    fn many_go_out_one_after_the_other_and_stops_before_them() {
        let mut lanes = Lanes::default();
        for number in 0..MOST_UNDER_WAY + 10 {
            lanes.add(of_ref(number, Status::RunNow), now());
        }
        let first = lanes.ready(now());
        assert_eq!(first.len(), MOST_UNDER_WAY);
        let names: Vec<String> = first.iter().map(|e| e.signed.dispatch.dispatch_ref.to_string()).collect();
        assert_eq!(names[..3], ["EMID-0", "EMID-1", "EMID-2"], "in the order in which they were given");
        for errand in first {
            lanes.began(errand, AbortHandle::new_pair().0);
        }
        assert!(lanes.ready(now()).is_empty());
        lanes.add(of_ref(900, Status::EmergencyStop), now());
        assert_eq!(lanes.ready(now()).len(), 1, "a stop finds its way past all of them");
        lanes.ended(&key_of("EMID-0"), Revision::FIRST, now());
        let next: Vec<String> =
            lanes.ready(now()).iter().map(|e| e.signed.dispatch.dispatch_ref.to_string()).collect();
        assert_eq!(next, [format!("EMID-{MOST_UNDER_WAY}")]);
    }

    #[test]
    fn of_many_those_go_first_whose_fsp_asks_first_so_that_all_have_answered_soonest() {
        // A dispatch for FSPs that polled so many seconds ago, as far apart as is said.
        let apart = |interval_s: i64, ago: &[i64]| {
            let mut lanes = Lanes::default();
            for (number, ago) in ago.iter().enumerate() {
                let polls = Some(Polls { last_ms: now() - ago * 1000, interval_ms: interval_s * 1000 });
                lanes.add(Errand { polls, ..of_ref(number, Status::RunNow) }, now());
            }
            lanes
        };
        let order = |ago: &[i64]| apart(10, ago);
        let refs = |errands: &[Errand]| {
            let refs = errands.iter().map(|e| e.signed.dispatch.dispatch_ref.to_string());
            refs.map(|name| name.trim_start_matches("EMID-").to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            refs(&order(&[0, 9, 4, 27, 8]).ready(now())),
            "4 3 2 0 1",
            "a poll within a second is too soon"
        );
        assert_eq!(
            refs(&apart(60, &[0, 57, 24, 52]).ready(now())),
            "3 2 0 1",
            "and of a minute one within six"
        );
        // Those that were not in time are in time for the next poll, and others go before them.
        assert_eq!(refs(&order(&[0, 9, 4, 27, 8]).ready(now() + 4_000)), "2 0 1 4 3");
        // What goes at the instant of a poll comes too late for it.
        assert_eq!(refs(&order(&[0, 7]).ready(now() + 2_900)), "0 1");
        // Nobody is left behind: hours later all go.
        assert_eq!(order(&[0, 9, 4, 27, 8]).ready(now() + 7_200_000).len(), 5);
        let mut lanes = order(&[0, 4]);
        lanes.add(of_ref(7, Status::RunNow), now());
        lanes.add(of_ref(8, Status::Stop), now());
        assert_eq!(refs(&lanes.ready(now())), "8 7 1 0", "who was never heard is not kept waiting");
    }

    #[test]
    fn what_does_not_begin_keeps_nobody_waiting() {
        let mut lanes = Lanes::default();
        lanes.add(of_ref(1, Status::Run), now());
        assert_eq!(lanes.ready(now()).len(), 1);
        lanes.let_go(&key_of("EMID-1"), now());
        assert!(lanes.is_empty());
    }

    #[test]
    fn a_stop_waits_for_nobody() {
        let mut lanes = Lanes::default();
        lanes.add(errand(1, Status::Run), now());
        let (_, _, handle) = begin(&mut lanes).unwrap();
        lanes.add(errand(2, Status::Run), now());
        let dropped = lanes.add(errand(3, Status::Stop), now());
        assert_eq!(dropped.iter().map(|e| e.signed.dispatch.revision.get()).collect::<Vec<_>>(), [2]);
        assert!(handle.is_aborted());
        lanes.ended(&key_of("EMID-1"), Revision::FIRST, now());
        let (revision, after_one_given_up, stop) = begin(&mut lanes).unwrap();
        assert_eq!((revision, after_one_given_up), (3, true));
        lanes.add(errand(4, Status::Stop), now());
        assert!(!stop.is_aborted(), "a stop does not give up a stop");
        lanes.add(errand(5, Status::EmergencyStop), now());
        assert!(stop.is_aborted(), "an emergency stop does");
    }
}
