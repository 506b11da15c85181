//! Lanes: revisions of one dispatch go to the VTN one after the other, revisions of different ones side by side. A stop
//! waits for nobody: what is under way for its dispatch is given up for it. Pure but for the handle that gives up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures::future::AbortHandle;

use super::command::CommandNumber;
use crate::dispatch::{DispatchKey, Revision, SignedDispatch, Status};

/// A revision on its way, and who asked for it.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    pub signed: SignedDispatch,
    /// `None` for what the desk sends of itself.
    pub command: Option<CommandNumber>,
    /// An earlier revision was given up half-way for this one.
    pub after_one_given_up: bool,
}

/// All dispatches on their way.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<DispatchKey, Lane>,
    attempted: BTreeSet<DispatchKey>,
}

#[derive(Default)]
struct Lane {
    running: Option<Running>,
    waiting: VecDeque<Errand>,
}

struct Running {
    errand: Errand,
    handle: AbortHandle,
}

impl Lanes {
    /// Queues an errand. Answers those that it takes the place of before they began.
    pub(super) fn add(&mut self, mut errand: Errand) -> Vec<Errand> {
        let lane = self.lanes.entry(errand.signed.dispatch.key()).or_default();
        let urgency = urgency(&errand);
        if urgency == 0 {
            lane.waiting.push_back(errand);
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
        dropped.into()
    }

    /// The errands that can go now: the first of every lane where nothing is under way.
    pub(super) fn ready(&mut self) -> Vec<Errand> {
        let free = self.lanes.values_mut().filter(|l| l.running.is_none());
        free.filter_map(|l| l.waiting.pop_front()).collect()
    }

    /// An errand is under way.
    pub(super) fn began(&mut self, errand: Errand, handle: AbortHandle) {
        let key = errand.signed.dispatch.key();
        self.attempted.insert(key.clone());
        self.lanes.entry(key).or_default().running = Some(Running { errand, handle });
    }

    /// An errand has come back, with whatever result.
    pub(super) fn ended(&mut self, key: &DispatchKey, revision: Revision) -> Option<Errand> {
        let lane = self.lanes.get_mut(key)?;
        let running = lane.running.take_if(|r| r.errand.signed.dispatch.revision == revision)?;
        if lane.waiting.is_empty() {
            self.lanes.remove(key);
        }
        Some(running.errand)
    }

    /// Gives up everything that is under way or waits.
    pub(super) fn give_up_all(&mut self) -> Vec<Errand> {
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
    use crate::desk::testing::{key_of, parts, signed};

    fn errand(revision: u32, status: Status) -> Errand {
        let command = Some(CommandNumber(u64::from(revision)));
        Errand { signed: signed(parts(revision, status)), command, after_one_given_up: false }
    }

    fn begin(lanes: &mut Lanes) -> Option<(u32, bool, AbortHandle)> {
        let errand = lanes.ready().pop()?;
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
        assert!(lanes.add(errand(1, Status::Run)).is_empty());
        assert!(lanes.add(errand(2, Status::Run)).is_empty());
        assert_eq!(begin(&mut lanes).unwrap().0, 1);
        assert!(begin(&mut lanes).is_none(), "2 waits for 1");
        assert!(lanes.was_attempted(&key));
        assert!(lanes.ended(&key, Revision::FIRST).is_some());
        assert_eq!(begin(&mut lanes).unwrap().0, 2);
        assert!(lanes.ended(&key, Revision::FIRST).is_none(), "not its own");
        assert!(lanes.ended(&key, Revision::FIRST.next()).is_some());
        assert!(lanes.is_empty());
    }

    #[test]
    fn a_stop_waits_for_nobody() {
        let mut lanes = Lanes::default();
        lanes.add(errand(1, Status::Run));
        let (_, _, handle) = begin(&mut lanes).unwrap();
        lanes.add(errand(2, Status::Run));
        let dropped = lanes.add(errand(3, Status::Stop));
        assert_eq!(dropped.iter().map(|e| e.signed.dispatch.revision.get()).collect::<Vec<_>>(), [2]);
        assert!(handle.is_aborted());
        lanes.ended(&key_of("EMID-1"), Revision::FIRST);
        let (revision, after_one_given_up, stop) = begin(&mut lanes).unwrap();
        assert_eq!((revision, after_one_given_up), (3, true));
        lanes.add(errand(4, Status::Stop));
        assert!(!stop.is_aborted(), "a stop does not give up a stop");
        lanes.add(errand(5, Status::EmergencyStop));
        assert!(stop.is_aborted(), "an emergency stop does");
    }
}
