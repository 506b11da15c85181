//! The clock: real time, or a training clock with an origin and a rate.
//!
//! Everything sleeps through [`Clock::sleep_until`], so under tokio's paused time a rehearsal jumps from one due
//! instant to the next, and a training clock can be paused or hurried while tasks are waiting on it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::UtcTime;

/// How fast a training clock runs: 0 is paused, 1 is real time, at most 600.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// Standing still.
    pub const PAUSED: Self = Self(0.0);
    /// As fast as the wall clock.
    pub const REAL: Self = Self(1.0);

    /// A rate of `times` real time; `None` outside 0 to 600.
    pub fn times(times: f64) -> Option<Self> {
        (0.0..=600.0).contains(&times).then_some(Self(times))
    }

    /// Domain seconds in one second of waiting.
    pub fn value(self) -> f64 {
        self.0
    }

    /// Whether the clock stands still.
    pub fn is_paused(self) -> bool {
        self.0 == 0.0
    }
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    domain_seconds: f64,
    instant: Instant,
    rate: Rate,
}

/// What a clock shows at a moment, beside a measure of time that nobody can set.
#[derive(Clone, Copy, Debug)]
pub struct Face {
    /// Seconds of UTC.
    pub shows_s: f64,
    /// The machine's own measure, which only ever goes forward.
    pub steady: Instant,
    /// How fast it runs.
    pub rate: Rate,
}

/// Tells when a training clock is paused, hurried or stepped.
#[derive(Debug)]
pub struct ClockChanges(Option<watch::Receiver<Anchor>>);

impl ClockChanges {
    /// Waits for the next change; a real clock has none. Loses nothing when dropped before it is ready.
    pub async fn next(&mut self) {
        if let Some(changes) = &mut self.0
            && changes.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

/// A shared source of domain time. Clones share the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Real,
    Training(Arc<watch::Sender<Anchor>>),
}

impl Clock {
    /// The machine's own UTC clock: the only one allowed with a VTN that is not embedded.
    pub fn real() -> Self {
        Self(Source::Real)
    }

    /// A training clock that shows `origin` now and runs at `rate`. Call it inside a tokio runtime: it follows the
    /// runtime's time, so that a paused runtime makes it virtual.
    pub fn training(origin: UtcTime, rate: Rate) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
        let anchor = Anchor { domain_seconds: origin.unix() as f64, instant: Instant::now(), rate };
        Self(Source::Training(Arc::new(watch::Sender::new(anchor))))
    }

    /// The present whole second.
    pub fn now(&self) -> UtcTime {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
        UtcTime::from_unix(self.now_seconds().floor() as i64)
    }

    /// Milliseconds since 1970.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
    pub fn now_millis(&self) -> i64 {
        (self.now_seconds() * 1000.0) as i64
    }

    /// The present as seconds since 1970 with a fraction.
    pub fn now_seconds(&self) -> f64 {
        match &self.0 {
            Source::Real => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0.0, |d| d.as_secs_f64()),
            Source::Training(anchor) => seconds_at(*anchor.borrow(), Instant::now()),
        }
    }

    /// How fast the clock runs.
    pub fn rate(&self) -> Rate {
        match &self.0 {
            Source::Real => Rate::REAL,
            Source::Training(anchor) => anchor.borrow().rate,
        }
    }

    /// What it shows now.
    pub fn face(&self) -> Face {
        match &self.0 {
            // Tokio's time may be a test's; the machine's is not.
            Source::Real => {
                let steady = Instant::from_std(std::time::Instant::now());
                Face { shows_s: self.now_seconds(), steady, rate: Rate::REAL }
            }
            Source::Training(anchor) => {
                let (anchor, steady) = (*anchor.borrow(), Instant::now());
                Face { shows_s: seconds_at(anchor, steady), steady, rate: anchor.rate }
            }
        }
    }

    /// Tells of the changes from now on.
    pub fn changes(&self) -> ClockChanges {
        match &self.0 {
            Source::Real => ClockChanges(None),
            Source::Training(anchor) => ClockChanges(Some(anchor.subscribe())),
        }
    }

    /// Whether this is a training clock, whose rate can be set.
    pub fn is_training(&self) -> bool {
        matches!(self.0, Source::Training(_))
    }

    /// Sets a training clock's rate from this instant on; tasks that wait on it adjust. A real clock stays as it is
    /// and answers `false`.
    pub fn set_rate(&self, rate: Rate) -> bool {
        let Source::Training(anchor) = &self.0 else { return false };
        anchor.send_modify(|a| {
            let instant = Instant::now();
            *a = Anchor { domain_seconds: seconds_at(*a, instant), instant, rate };
        });
        true
    }

    /// Moves a training clock forward by `seconds` at once, as a trainer's step does. A real clock answers `false`.
    pub fn step(&self, seconds: u32) -> bool {
        let Source::Training(anchor) = &self.0 else { return false };
        anchor.send_modify(|a| a.domain_seconds += f64::from(seconds));
        true
    }

    /// Waits until the clock shows `at` or later.
    pub async fn sleep_until(&self, at: UtcTime) {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
        self.sleep_until_seconds(at.unix() as f64).await;
    }

    /// Waits for `seconds` of domain time.
    pub async fn sleep(&self, seconds: f64) {
        let until = self.now_seconds() + seconds.max(0.0);
        self.sleep_until_seconds(until).await;
    }

    async fn sleep_until_seconds(&self, until: f64) {
        match &self.0 {
            Source::Real => {
                // In steps, so that a machine's clock being set, or a long sleep of the machine, is noticed.
                loop {
                    let left = until - self.now_seconds();
                    if left <= 0.0 {
                        return;
                    }
                    tokio::time::sleep(wait(left.min(30.0))).await;
                }
            }
            Source::Training(anchor) => {
                let mut changes = anchor.subscribe();
                loop {
                    let now = *changes.borrow_and_update();
                    let left = until - seconds_at(now, Instant::now());
                    if left <= 0.0 {
                        return;
                    }
                    if now.rate.is_paused() {
                        if changes.changed().await.is_err() {
                            return;
                        }
                        continue;
                    }
                    tokio::select! {
                        biased;
                        changed = changes.changed() => if changed.is_err() { return },
                        () = tokio::time::sleep(wait(left / now.rate.value())) => {}
                    }
                }
            }
        }
    }
}

/// Rounded up to tokio's millisecond, so that a waiter never wakes a hair too early and spins.
fn wait(seconds: f64) -> Duration {
    Duration::from_secs_f64((seconds * 1000.0).ceil().clamp(1.0, 1e12) / 1000.0)
}

fn seconds_at(anchor: Anchor, instant: Instant) -> f64 {
    anchor.domain_seconds + instant.duration_since(anchor.instant).as_secs_f64() * anchor.rate.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_training_clock_sleeps_in_its_own_time() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::times(60.0).unwrap());
        let began = Instant::now();
        clock.sleep_until(at("2026-11-26T18:00:00Z")).await;
        assert_eq!(clock.now(), at("2026-11-26T18:00:00Z"));
        assert_eq!(began.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_change_reaches_who_is_already_waiting() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::PAUSED);
        let waiter = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(at("2026-11-26T17:10:00Z")).await }
        });
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(clock.now(), at("2026-11-26T17:00:00Z"), "a paused clock stands still");
        assert!(clock.set_rate(Rate::times(600.0).unwrap()));
        let began = Instant::now();
        waiter.await.unwrap();
        assert_eq!(began.elapsed().as_secs(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_wakes_who_is_due() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::PAUSED);
        let waiter = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(at("2026-11-26T17:10:00Z")).await }
        });
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(clock.step(600));
        waiter.await.unwrap();
        assert_eq!(clock.now(), at("2026-11-26T17:10:00Z"));
    }

    #[test]
    fn a_real_clock_takes_no_rate() {
        assert!(!Clock::real().set_rate(Rate::PAUSED));
        assert!(Rate::times(601.0).is_none());
    }
}
