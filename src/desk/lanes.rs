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
    pub command: CommandNumber,
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

    /// Whether the VTN may hold something of a dispatch by this desk's own doing.
    pub(super) fn was_attempted(&self, key: &DispatchKey) -> bool {
        self.attempted.contains(key)
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
