//! The state behind a training clock: what it showed when, how fast it runs, and who holds it back.
//!
//! A clock that hurries goes through minutes while the machine does what was due in them. Whoever is due and was not woken
//! yet, or is in the middle of something that takes no domain time to speak of (a request, a turn of the desk), is
//! *engaged*: the clock goes on for [`SLACK_S`] of domain time and then stands until they have done. So the order of things,
//! and what is late, are the same at every rate; a machine that cannot keep up makes a slower clock, not a wrong one. At ×1
//! and below nobody holds it back: there lateness is what it is in real time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{Rate, UtcTime};

/// Domain seconds that a clock which hurries goes on for while somebody is engaged.
pub(super) const SLACK_S: f64 = 2.0;

/// Who is engaged for longer than this in real time waits for something that does not come: the clock goes on without them.
const PATIENCE: Duration = Duration::from_secs(5);

/// So many of the last changes are kept for those who ask what they were.
const CHANGES_KEPT: usize = 1_000;

/// What was done to a training clock.
#[derive(Clone, Debug, PartialEq)]
pub struct ClockChange {
    /// What the clock showed, seconds of UTC.
    pub at_s: f64,
    /// How fast it ran before,
    pub before: Rate,
    /// and runs since.
    pub after: Rate,
    /// By how many seconds it was set ahead.
    pub ahead_s: u32,
    /// When it is to stop by itself.
    pub until: Option<UtcTime>,
    /// Who did it or why, in a few words; empty where that was not said.
    pub why: String,
}

/// How a training clock has kept to its rate.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// How fast it is to run.
    pub rate: Rate,
    /// The machine's own measure of time.
    pub steady: Instant,
    /// How long it stood by now because somebody had to catch up, since it was made.
    pub stood: Duration,
    /// Whether it has come to where it was to stop.
    pub at_stop: bool,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    domain_s: f64,
    instant: Instant,
    rate: Rate,
    /// It goes no further by itself.
    until: Option<UtcTime>,
}

impl Anchor {
    fn free_at(&self, instant: Instant) -> f64 {
        self.domain_s + instant.saturating_duration_since(self.instant).as_secs_f64() * self.rate.value()
    }

    fn stop_s(&self) -> f64 {
        self.until.map_or(f64::INFINITY, seconds)
    }
}

/// When somebody was or is due, and who. Seconds since 1970 are never below 0, so that their bits are in their order.
type Engaged = (u64, u64);

#[derive(Debug)]
struct State {
    anchor: Anchor,
    /// The rate of the clock that it follows, where it follows one: it is the one that people see.
    followed: Option<Rate>,
    engaged: BTreeMap<Engaged, ()>,
    count: u64,
    /// Since when the first of the engaged has kept it standing.
    standing: Option<Instant>,
    stood: Duration,
    changes: VecDeque<ClockChange>,
    /// How many changes there were.
    changed: u64,
}

impl State {
    /// The clock stands there until the first of the engaged has done.
    fn limit_s(&self) -> f64 {
        if self.anchor.rate.value() <= 1.0 {
            return f64::INFINITY;
        }
        let first = self.engaged.first_key_value();
        first.map_or(f64::INFINITY, |((due, _), ())| f64::from_bits(*due) + SLACK_S)
    }

    fn shows_at(&self, instant: Instant) -> f64 {
        let bound = self.limit_s().min(self.anchor.stop_s()).max(self.anchor.domain_s);
        self.anchor.free_at(instant).min(bound)
    }

    /// Since when it stands for somebody who is engaged.
    fn stands_since(&self, instant: Instant) -> Option<Instant> {
        let limit = self.limit_s();
        let free = self.anchor.free_at(instant);
        if free <= limit.max(self.anchor.domain_s) || limit >= self.anchor.stop_s() {
            return None;
        }
        let went_s = (limit - self.anchor.domain_s).max(0.0) / self.anchor.rate.value();
        let came = self.anchor.instant + Duration::from_secs_f64(went_s.min(1e9));
        Some(self.standing.unwrap_or(came).min(instant))
    }

    /// Makes what it shows now the ground of all that follows, where it is not what it would show without those who hold it.
    fn settle(&mut self, instant: Instant) {
        let Some(since) = self.stands_since(instant) else {
            self.standing = None;
            let free = self.anchor.free_at(instant);
            if free > self.anchor.stop_s() {
                (self.anchor.domain_s, self.anchor.instant) = (self.shows_at(instant), instant);
            }
            return;
        };
        let from = since.max(self.anchor.instant);
        self.stood += instant.saturating_duration_since(from);
        (self.anchor.domain_s, self.anchor.instant) = (self.shows_at(instant), instant);
        self.standing = Some(since);
        if instant.saturating_duration_since(since) > PATIENCE {
            // It has not moved meanwhile: all that were due before it came to stand have had as long.
            self.engaged = self.engaged.split_off(&(self.anchor.domain_s.max(0.0).to_bits(), 0));
            self.standing = None;
        }
    }

    fn stood_by(&self, instant: Instant) -> Duration {
        let since = self.stands_since(instant).map(|since| since.max(self.anchor.instant));
        self.stood + since.map_or(Duration::ZERO, |since| instant.saturating_duration_since(since))
    }

    /// The rate that people see.
    fn rate(&self) -> Rate {
        self.followed.unwrap_or(self.anchor.rate)
    }

    fn note(&mut self, change: ClockChange) {
        if self.changes.len() == CHANGES_KEPT {
            self.changes.pop_front();
        }
        self.changes.push_back(change);
        self.changed += 1;
    }

    fn engage(&mut self, due_s: f64) -> Engaged {
        self.count += 1;
        let key = (due_s.max(0.0).to_bits(), self.count);
        self.engaged.insert(key, ());
        key
    }
}

/// A training clock's state, shared by all that go by it.
#[derive(Debug)]
pub(super) struct Training {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Training {
    pub(super) fn new(origin: UtcTime, rate: Rate) -> Self {
        let anchor = Anchor { domain_s: seconds(origin), instant: Instant::now(), rate, until: None };
        let state = State {
            anchor,
            followed: None,
            engaged: BTreeMap::new(),
            count: 0,
            standing: None,
            stood: Duration::ZERO,
            changes: VecDeque::new(),
            changed: 0,
        };
        Self { state: Mutex::new(state), changed: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn face(&self) -> super::Face {
        let steady = Instant::now();
        let state = self.lock();
        super::Face { shows_s: state.shows_at(steady), steady, rate: state.rate() }
    }

    pub(super) fn rate(&self) -> Rate {
        self.lock().rate()
    }

    pub(super) fn until(&self) -> Option<UtcTime> {
        self.lock().anchor.until
    }

    pub(super) fn keeping(&self) -> Keeping {
        let steady = Instant::now();
        let mut state = self.lock();
        state.settle(steady);
        Keeping {
            rate: state.anchor.rate,
            steady,
            stood: state.stood_by(steady),
            at_stop: state.shows_at(steady) >= state.anchor.stop_s(),
        }
    }

    /// Sets rate and stop from this instant on, and moves it ahead.
    pub(super) fn change(&self, rate: Rate, until: Option<UtcTime>, ahead_s: u32, why: &str) {
        {
            let mut state = self.lock();
            let instant = Instant::now();
            state.settle(instant);
            let (before, at_s) = (state.rate(), state.shows_at(instant));
            let domain_s = at_s + f64::from(ahead_s);
            state.anchor = Anchor { domain_s, instant, rate, until };
            (state.standing, state.followed) = (None, None);
            state.note(ClockChange { at_s, before, after: rate, ahead_s, until, why: why.to_owned() });
        }
        self.changed.send_modify(|count| *count += 1);
    }

    /// Lives on to an instant that another clock shows, as fast as any may, and stands there; back it never goes. It shows that
    /// clock's rate, and only another rate is a change that is told.
    pub(super) fn follow(&self, until: UtcTime, rate: Rate, why: &str) {
        {
            let mut state = self.lock();
            let instant = Instant::now();
            state.settle(instant);
            let (before, domain_s) = (state.rate(), state.shows_at(instant));
            state.anchor = Anchor { domain_s, instant, rate: Rate::FASTEST, until: Some(until) };
            (state.standing, state.followed) = (None, Some(rate));
            if before != rate {
                let why = why.to_owned();
                state.note(ClockChange { at_s: domain_s, before, after: rate, ahead_s: 0, until: None, why });
            }
        }
        self.changed.send_modify(|count| *count += 1);
    }

    /// Sets it to an instant, forward or back; what was due in between is not called.
    pub(super) fn set(&self, domain_s: f64) {
        {
            let mut state = self.lock();
            let instant = Instant::now();
            state.settle(instant);
            state.anchor = Anchor { domain_s, instant, ..state.anchor };
            state.standing = None;
        }
        self.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    pub(super) fn changes_by_now(&self) -> u64 {
        self.lock().changed
    }

    /// The changes since there were so many; `since` counts on.
    pub(super) fn changes_since(&self, since: &mut u64) -> Vec<ClockChange> {
        let state = self.lock();
        let new = usize::try_from(state.changed - *since).unwrap_or(usize::MAX).min(state.changes.len());
        *since = state.changed;
        state.changes.iter().skip(state.changes.len() - new).cloned().collect()
    }

    /// Holds the clock back from now on.
    pub(super) fn engage(self: &Arc<Self>) -> Engagement {
        let mut state = self.lock();
        let instant = Instant::now();
        state.settle(instant);
        let now_s = state.shows_at(instant);
        let key = state.engage(now_s);
        drop(state);
        Engagement(Some((Arc::clone(self), key)))
    }

    /// Waits until it shows `until_s` or later. From then on whoever waits is engaged until they are woken.
    pub(super) async fn sleep_until(self: &Arc<Self>, until_s: f64) {
        let mut changes = self.subscribe();
        let waiting = {
            let mut state = self.lock();
            let instant = Instant::now();
            state.settle(instant);
            if state.shows_at(instant) >= until_s {
                return;
            }
            Engagement(Some((Arc::clone(self), state.engage(until_s))))
        };
        loop {
            changes.mark_unchanged();
            let (left_s, rate) = {
                let mut state = self.lock();
                let instant = Instant::now();
                state.settle(instant);
                let stop_s = state.anchor.stop_s();
                let stands = stop_s < until_s && state.shows_at(instant) >= stop_s;
                let rate = if stands { Rate::PAUSED } else { state.anchor.rate };
                (until_s - state.shows_at(instant), rate)
            };
            if left_s <= 0.0 {
                drop(waiting);
                return;
            }
            if rate.is_paused() {
                if changes.changed().await.is_err() {
                    return;
                }
                continue;
            }
            tokio::select! {
                biased;
                changed = changes.changed() => if changed.is_err() { return },
                () = tokio::time::sleep(wait(left_s / rate.value())) => {}
            }
        }
    }

    /// Waits until it has come to where it is to stop, and for ever where it is not to stop.
    pub(super) async fn come_to_stop(self: &Arc<Self>) {
        let mut changes = self.subscribe();
        loop {
            changes.mark_unchanged();
            match self.until() {
                Some(until) => tokio::select! {
                    biased;
                    changed = changes.changed() => if changed.is_err() { return },
                    () = self.sleep_until(seconds(until)) => return,
                },
                None if changes.changed().await.is_err() => return,
                None => {}
            }
        }
    }
}

/// Whoever holds this is in the middle of something: a training clock that hurries goes on for two seconds of its time and then
/// waits for them, for five seconds of real time at most. A real clock waits for nobody.
#[derive(Debug)]
#[must_use = "it holds the clock for as long as it is kept"]
pub struct Engagement(Option<(Arc<Training>, Engaged)>);

impl Engagement {
    /// Of a clock that waits for nobody.
    pub(super) fn none() -> Self {
        Self(None)
    }
}

impl Drop for Engagement {
    fn drop(&mut self) {
        if let Some((clock, key)) = self.0.take() {
            let mut state = clock.lock();
            state.settle(Instant::now());
            if state.engaged.first_key_value().is_some_and(|(first, ())| *first == key) {
                state.standing = None;
            }
            state.engaged.remove(&key);
        }
    }
}

/// Rounded up to tokio's millisecond, so that a waiter never wakes a hair too early and spins.
pub(super) fn wait(seconds: f64) -> Duration {
    Duration::from_secs_f64((seconds * 1000.0).ceil().clamp(1.0, 1e12) / 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
pub(super) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}
