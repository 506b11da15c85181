//! When an FSP polls: on its own phase of a fixed beat, and less often while the VTN does not answer.

use crate::time::UtcTime;

/// Seconds between polls while neither contract nor program says otherwise.
pub(super) const DEFAULT_INTERVAL_S: u32 = 10;
/// Most intervals between two polls while the VTN does not answer.
const MOST_INTERVALS: i64 = 5;

/// The times of polls.
#[derive(Clone, Debug)]
pub(super) struct Cadence {
    interval_s: i64,
    /// Where in the interval this FSP polls, 0 to 1.
    phase: f64,
    failures: u32,
    next: UtcTime,
}

impl Cadence {
    /// A beat of so many seconds, held to 1 s to an hour, whose first poll comes within one of `now`, at `phase` (0 to 1)
    /// of it.
    pub(super) fn new(phase: f64, seconds: u32, now: UtcTime) -> Self {
        let mut cadence = Self { interval_s: held(seconds), phase, failures: 0, next: now };
        cadence.next = cadence.beat_after(now - 1);
        cadence
    }

    /// When to poll next.
    pub(super) fn next(&self) -> UtcTime {
        self.next
    }

    /// Seconds between polls.
    pub(super) fn interval_s(&self) -> i64 {
        self.interval_s
    }

    /// Sets the seconds between polls, held to 1 s to an hour.
    pub(super) fn set_interval(&mut self, seconds: u32) {
        self.interval_s = held(seconds);
    }

    /// The VTN has answered.
    pub(super) fn succeeded(&mut self, now: UtcTime) {
        self.failures = 0;
        self.next = self.beat_after(now);
    }

    /// Another VTN is to be polled, and at once.
    pub(super) fn begin_anew(&mut self, now: UtcTime) {
        self.failures = 0;
        self.next = now;
    }

    /// The VTN has not answered, so often in a row; `jitter` is a draw from 0 to 1.
    pub(super) fn failed(&mut self, now: UtcTime, jitter: f64) -> u32 {
        self.failures = self.failures.saturating_add(1);
        self.next = now + self.back_off_s(jitter);
        self.failures
    }

    /// Seconds until something that has failed is tried again.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most five hours in whole seconds"
    )]
    pub(super) fn back_off_s(&self, jitter: f64) -> i64 {
        let intervals = 2_i64.saturating_pow(self.failures.saturating_sub(1)).min(MOST_INTERVALS);
        let longest = (self.interval_s * intervals) as f64;
        ((longest * (0.5 + 0.5 * jitter)).ceil() as i64).max(1)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most an hour in whole seconds"
    )]
    fn beat_after(&self, now: UtcTime) -> UtcTime {
        let phase = (self.phase * self.interval_s as f64) as i64;
        let since = (now.unix() - phase).rem_euclid(self.interval_s);
        now + (self.interval_s - since)
    }
}

fn held(seconds: u32) -> i64 {
    i64::from(seconds).clamp(1, 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn fsps_poll_at_their_own_moments_and_keep_to_them() {
        for (phase, first, second) in [(0.0, 0, 10), (0.35, 3, 13), (0.999, 9, 19)] {
            let mut cadence = Cadence::new(phase, DEFAULT_INTERVAL_S, at(0));
            assert_eq!(cadence.next(), at(first));
            cadence.succeeded(at(first));
            assert_eq!(cadence.next(), at(second));
            cadence.succeeded(at(second + 4));
            assert_eq!(cadence.next(), at(second + 10), "a slow answer does not shift the beat");
        }
    }

    #[test]
    fn a_silent_vtn_is_asked_less_often_but_never_forgotten() {
        let mut cadence = Cadence::new(0.0, DEFAULT_INTERVAL_S, at(0));
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..6 {
            cadence.failed(now, 1.0);
            waits.push(cadence.next().since(now));
            now = cadence.next();
        }
        assert_eq!(waits, [10, 20, 40, 50, 50, 50]);
        cadence.failed(now, 0.0);
        assert_eq!(cadence.next().since(now), 25, "jitter spreads those who wait");
        cadence.succeeded(now);
        assert!(cadence.next().since(now) <= 10);
    }

    #[test]
    fn a_program_sets_the_interval_within_reason() {
        let mut cadence = Cadence::new(0.5, DEFAULT_INTERVAL_S, at(0));
        for (asked, interval) in [(30, 30), (0, 1), (86_400, 3600)] {
            cadence.set_interval(asked);
            cadence.succeeded(at(0));
            let first = cadence.next();
            cadence.succeeded(first);
            assert_eq!(cadence.next().since(first), interval);
        }
    }
}
