//! The clock: real time, or a training clock with an origin and a rate.
//!
//! Everything sleeps through [`Clock::sleep_until`], so under tokio's paused time a rehearsal jumps from one due
//! instant to the next, and a training clock can be paused or hurried while tasks are waiting on it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::UtcTime;
use super::training::{ClockChange, Engagement, Keeping, Training, seconds, wait};

/// How fast a training clock runs: 0 is paused, 1 is real time, at most 600.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(f64);

impl Rate {
    /// Standing still.
    pub const PAUSED: Self = Self(0.0);
    /// As fast as any may.
    pub(super) const FASTEST: Self = Self(600.0);
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

/// Tells when a training clock is paused, hurried or stepped, and what was done to it.
#[derive(Debug)]
pub struct ClockChanges(Option<Watching>);

#[derive(Debug)]
struct Watching {
    told: watch::Receiver<u64>,
    clock: Arc<Training>,
    taken: u64,
}

impl ClockChanges {
    /// Waits for the next change; a real clock has none. Loses nothing when dropped before it is ready.
    pub async fn next(&mut self) {
        if let Some(Watching { told, .. }) = &mut self.0
            && told.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    /// What was done to it since this was last asked, in order.
    pub fn take(&mut self) -> Vec<ClockChange> {
        let watching = self.0.as_mut();
        watching.map_or_else(Vec::new, |w| w.clock.changes_since(&mut w.taken))
    }
}

/// A shared source of domain time. Clones share the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Real,
    Training(Arc<Training>),
}

impl Clock {
    /// The machine's own UTC clock: the only one allowed with a VTN that is not embedded.
    pub fn real() -> Self {
        Self(Source::Real)
    }

    /// A training clock that shows `origin` now and runs at `rate`. Call it inside a tokio runtime: it follows the
    /// runtime's time, so that a paused runtime makes it virtual.
    pub fn training(origin: UtcTime, rate: Rate) -> Self {
        Self(Source::Training(Arc::new(Training::new(origin, rate))))
    }

    /// The present whole second.
    pub fn now(&self) -> UtcTime {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
        UtcTime::from_unix(self.now_seconds().floor() as i64)
    }

    /// Milliseconds since 1970.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
    pub fn now_millis(&self) -> i64 {
        // Doubles near here lie a quarter of a microsecond apart: an instant that was set must not read as the one before.
        (self.now_seconds() * 1000.0 + 0.001).floor() as i64
    }

    /// The present as seconds since 1970 with a fraction.
    pub fn now_seconds(&self) -> f64 {
        match &self.0 {
            Source::Real => std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0.0, |d| d.as_secs_f64()),
            Source::Training(clock) => clock.face().shows_s,
        }
    }

    /// How fast the clock is to run. It may stand all the same: at its stop, or until somebody has caught up.
    pub fn rate(&self) -> Rate {
        match &self.0 {
            Source::Real => Rate::REAL,
            Source::Training(clock) => clock.rate(),
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
            Source::Training(clock) => clock.face(),
        }
    }

    /// Tells of the changes from now on.
    pub fn changes(&self) -> ClockChanges {
        match &self.0 {
            Source::Real => ClockChanges(None),
            Source::Training(clock) => ClockChanges(Some(Watching {
                told: clock.subscribe(),
                taken: clock.changes_by_now(),
                clock: Arc::clone(clock),
            })),
        }
    }

    /// Whether this is a training clock, whose rate can be set.
    pub fn is_training(&self) -> bool {
        matches!(self.0, Source::Training(_))
    }

    /// Sets a training clock's rate from this instant on; tasks that wait on it adjust. A real clock stays as it is
    /// and answers `false`.
    pub fn set_rate(&self, rate: Rate) -> bool {
        self.set_rate_because(rate, "")
    }

    /// As [`Clock::set_rate`]; `why` says who did it or what for, in a few words that follow a rate.
    pub fn set_rate_because(&self, rate: Rate, why: &str) -> bool {
        self.change(rate, None, 0, why)
    }

    /// Has a training clock run at `rate` until it shows `until`, where it stops at that very second; one that is there
    /// already stops at once. A real clock answers `false`.
    pub fn run_until(&self, until: UtcTime, rate: Rate, why: &str) -> bool {
        self.change(rate, Some(until), 0, why)
    }

    /// Has a training clock go on to an instant that another clock shows, which runs at `rate`; whatever is due on the way is
    /// lived through as in a hurry, and it stands there until it is told of a later one. A real clock answers `false`.
    pub fn follow(&self, until: UtcTime, rate: Rate, why: &str) -> bool {
        match &self.0 {
            Source::Real => false,
            Source::Training(clock) => {
                clock.follow(until, rate, why);
                true
            }
        }
    }

    /// Moves a training clock forward by `seconds` at once: what was due in between becomes due all together. A real clock
    /// answers `false`.
    pub fn step(&self, seconds: u32) -> bool {
        let Source::Training(clock) = &self.0 else { return false };
        self.change(clock.rate(), clock.until(), seconds, "")
    }

    fn change(&self, rate: Rate, until: Option<UtcTime>, ahead_s: u32, why: &str) -> bool {
        let Source::Training(clock) = &self.0 else { return false };
        clock.change(rate, until, ahead_s, why);
        true
    }

    /// Where a training clock is to stop by itself.
    pub fn stops_at(&self) -> Option<UtcTime> {
        match &self.0 {
            Source::Real => None,
            Source::Training(clock) => clock.until(),
        }
    }

    /// Waits until a training clock has come to where it is to stop.
    pub async fn come_to_stop(&self) {
        match &self.0 {
            Source::Real => std::future::pending().await,
            Source::Training(clock) => clock.come_to_stop().await,
        }
    }

    /// How a training clock has kept to its rate.
    pub fn keeping(&self) -> Option<Keeping> {
        match &self.0 {
            Source::Real => None,
            Source::Training(clock) => Some(clock.keeping()),
        }
    }

    /// Says that something is being done which takes next to no domain time, however long it takes this machine: a clock that
    /// hurries waits for it.
    pub fn engage(&self) -> Engagement {
        match &self.0 {
            Source::Real => Engagement::none(),
            Source::Training(clock) => clock.engage(),
        }
    }

    /// Sets a training clock to an instant, forward or back, in milliseconds since 1970. A real clock answers `false`. Whoever
    /// waits for an instant that lies before it goes on; nobody is called back.
    pub fn set_millis(&self, millis: i64) -> bool {
        let Source::Training(clock) = &self.0 else { return false };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
        clock.set(millis as f64 / 1000.0);
        true
    }

    /// Waits until the clock shows `at` or later.
    pub async fn sleep_until(&self, at: UtcTime) {
        self.sleep_until_seconds(seconds(at)).await;
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
            Source::Training(clock) => clock.sleep_until(until).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_to_stop_shows_that_very_second_and_wakes_who_is_due_then() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::PAUSED);
        let waiter = |until: &str| {
            let (clock, until) = (clock.clone(), at(until));
            tokio::spawn(async move { clock.sleep_until(until).await })
        };
        let (due, later) = (waiter("2026-11-26T17:05:00Z"), waiter("2026-11-26T17:05:01Z"));
        assert!(clock.run_until(at("2026-11-26T17:05:00Z"), Rate::times(600.0).unwrap(), "a step"));
        clock.come_to_stop().await;
        due.await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(clock.face().shows_s, seconds(at("2026-11-26T17:05:00Z")));
        assert!(!later.is_finished(), "what is due after it is not begun");
        assert!(clock.set_rate(Rate::REAL));
        later.await.unwrap();
        assert_eq!(clock.now(), at("2026-11-26T17:05:01Z"), "it goes on from where it stood");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hurried_clock_waits_for_who_is_in_the_middle_of_something_and_loses_none_of_it() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::times(600.0).unwrap());
        let shows = |clock: &Clock| clock.now_seconds() - seconds(at("2026-11-26T17:00:00Z"));
        let engaged = clock.engage();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(shows(&clock), 2.0, "a slow answer took two seconds, not five minutes");
        let stood = clock.keeping().unwrap().stood.as_secs_f64();
        assert!((0.49..0.5).contains(&stood), "{stood}");
        drop(engaged);
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!((shows(&clock) - 8.0).abs() < 1e-3, "{}", shows(&clock));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hurried_clock_gives_up_on_what_does_not_come_and_real_time_waits_for_nobody() {
        for (rate, least, most) in [(600.0, 100.0, 601.0 * 9.0), (1.0, 9.99, 10.2)] {
            let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::times(rate).unwrap());
            let engaged = clock.engage();
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let _ = clock.keeping();
            }
            let shows = clock.now_seconds() - seconds(at("2026-11-26T17:00:00Z"));
            assert!((least..=most).contains(&shows), "×{rate}: {shows} s");
            drop(engaged);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_done_to_a_clock_is_told_in_order_with_who_and_why() {
        let clock = Clock::training(at("2026-11-26T17:00:00Z"), Rate::PAUSED);
        let mut changes = clock.changes();
        assert!(clock.set_rate_because(Rate::times(60.0).unwrap(), "by hand"));
        assert!(clock.set_rate_because(Rate::times(30.0).unwrap(), "the machine keeps up with no more"));
        assert!(clock.step(60));
        changes.next().await;
        let told: Vec<_> = changes
            .take()
            .into_iter()
            .map(|c| (c.before.value(), c.after.value(), c.ahead_s, c.why))
            .collect();
        let expected = [
            (0.0, 60.0, 0, "by hand".to_owned()),
            (60.0, 30.0, 0, "the machine keeps up with no more".to_owned()),
            (30.0, 30.0, 60, String::new()),
        ];
        assert_eq!(told, expected);
        assert!(changes.take().is_empty(), "each is told once");
    }
}
