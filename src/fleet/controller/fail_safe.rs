//! A unit whose FSP is left without the operator's VTN: it goes to the fail-safe level of its contract, and back to what
//! is asked once the VTN is heard again.
//!
//! A dispatch that is under way or begins meanwhile is not delivered for as long: metering goes on, stages that its plan
//! would have come to do not come, and it is FAILED when its window ends before the VTN is heard. Stops win: a unit that an
//! EMERGENCY_STOP holds stays where it is, and one that a STOP brings home is brought home first.

use crate::dispatch::{Revision, Stage, Status};
use crate::power::{Follow, Instruction, Target};
use crate::profile::fail_safe::{FailSafe, SafeLevel};
use crate::profile::fleet::Contract;
use crate::time::UtcTime;

use super::Controller;
use super::stages::{Due, seconds};

/// For how long ahead a level is planned, seconds; planned anew when half of that is over.
const AHEAD_S: f64 = 26.0 * 3600.0;

/// What a contract says of a unit without its operator's VTN, and whether it is without it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watchdog {
    terms: FailSafe,
    /// As agreed.
    poll_seconds: u32,
    lost: Option<Lost>,
}

/// A unit that has failed safe.
#[derive(Clone, Copy, Debug)]
struct Lost {
    /// The way to its level; `None` while something else holds it.
    path: Option<SafePath>,
}

/// The part of a unit's trajectory that leads to its fail-safe level, seconds of UTC.
#[derive(Clone, Copy, Debug)]
struct SafePath {
    from: f64,
    until: f64,
}

impl Watchdog {
    /// Of a contract, where that has a fail-safe.
    pub(super) fn of(contract: &Contract) -> Option<Self> {
        contract.fail_safe.map(|terms| Self { terms, poll_seconds: contract.poll_seconds, lost: None })
    }

    fn path(&self) -> Option<SafePath> {
        self.lost.and_then(|lost| lost.path)
    }

    fn takes(&mut self, path: Option<SafePath>) {
        if let Some(lost) = &mut self.lost {
            lost.path = path;
        }
    }
}

impl Controller {
    /// When it fails safe after so long a silence; `None` when it has no fail-safe or has failed safe already. An FSP that
    /// polls less often than the contract says, since the operator's program asks it to, is given its own intervals.
    pub(in crate::fleet) fn fails_safe_at(&self, since: UtcTime, interval_s: i64) -> Option<UtcTime> {
        let watchdog = self.watchdog.as_ref().filter(|watchdog| watchdog.lost.is_none())?;
        Some(since + watchdog.terms.after_s(interval_s.max(i64::from(watchdog.poll_seconds))))
    }

    /// It has not been heard since then that its VTN is there: from `now` on it goes to its fail-safe level.
    pub(in crate::fleet) fn fail_safe(&mut self, since: UtcTime, now: UtcTime) {
        self.advance(now);
        let Some(watchdog) = &mut self.watchdog else { return };
        watchdog.lost = Some(Lost { path: None });
        let level = watchdog.terms.level.words();
        for held in self.held.values_mut().filter(|held| held.is_open(now) && held.delivers()) {
            let detail = format!(
                "the VTN was not heard from {since} on; by contract the unit went to its fail-safe level, {level}, at {now}, \
                 and the window ended before the VTN was heard again"
            );
            let fails = Due { at: held.order.end, stage: Stage::Failed, detail: Some(detail) };
            held.set_stages(vec![fails]);
        }
        self.keep_safe(now);
    }

    /// Its VTN is heard: it goes back to what is asked then.
    pub(in crate::fleet) fn is_heard(&mut self, now: UtcTime) {
        if self.watchdog.as_ref().is_none_or(|watchdog| watchdog.lost.is_none()) {
            return;
        }
        self.advance(now);
        let Some(watchdog) = &mut self.watchdog else { return };
        let path = watchdog.path();
        watchdog.lost = None;
        tracing::info!(unit = %self.unit.unit, "its VTN is heard again; it goes back to what is asked");
        let t = seconds(now);
        self.trajectory.keep_until(t);
        if path.is_some_and(|path| path.from <= t) {
            self.trajectory.follow(&self.unit, t, None, None, None, false);
        }
        self.reroute(now);
    }

    /// Keeps a unit that has failed safe on its way to its level or at it.
    pub(super) fn keep_safe(&mut self, now: UtcTime) {
        let Some(watchdog) = self.watchdog.filter(|watchdog| watchdog.lost.is_some()) else { return };
        if self.affected.as_ref().is_some_and(|affected| affected.is_tripped()) {
            self.leave_safe_path();
            return;
        }
        let t = seconds(now);
        let is_kept = watchdog.path().is_some_and(|path| t + AHEAD_S / 2.0 < path.until);
        if is_kept || self.is_ceased(now) {
            return;
        }
        // A STOP brings the unit home before.
        let stops = self.held.values().filter(|held| held.is_open(now) && held.order.status.is_stop());
        let from = stops.filter_map(|held| held.closes).map(seconds).fold(t, f64::max);
        let instruction = match watchdog.terms.level {
            SafeLevel::Baseline => None,
            SafeLevel::Absolute(watts) => Some(order_to(watts.kilowatts(), from)),
        };
        let was_told = watchdog.path().is_some() || from > t;
        self.trajectory.follow(&self.unit, from, None, instruction.as_ref(), None, was_told);
        let until = instruction.map_or(f64::INFINITY, |instruction| instruction.end);
        if let Some(watchdog) = &mut self.watchdog {
            watchdog.takes(Some(SafePath { from, until }));
        }
    }

    /// Something else has become of its trajectory: the way to its level is to be planned anew.
    pub(super) fn leave_safe_path(&mut self) {
        if let Some(watchdog) = &mut self.watchdog {
            watchdog.takes(None);
        }
    }

    /// Whether an emergency stop has it cease or holds it.
    fn is_ceased(&self, now: UtcTime) -> bool {
        let ceases = |status| status == Status::EmergencyStop;
        self.trajectory.state_at(seconds(now)).inhibited
            || self.held.values().any(|held| held.is_open(now) && ceases(held.order.status))
    }
}

/// The order that a unit gives itself: to a level at once, and to stay there.
fn order_to(kw: f64, from: f64) -> Instruction {
    Instruction {
        follow: Follow::Now,
        start: from,
        end: from + AHEAD_S,
        targets: vec![Target { at: from, kw, delta_kw: None }],
        revision: Revision::FIRST,
    }
}
