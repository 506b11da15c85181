//! The clock that the desk goes by: which one it is, what was done to it or that it jumped, and how far the VTN's is from it.
//! What is noteworthy is answered in words, once. Pure.

use crate::openadr::client::ClockGap;
use crate::time::{ClockChange, Face, Rate};
use crate::units::counted;

/// A clock is not said to have jumped for less than so many seconds,
const JUMP_S: f64 = 3.0;
/// and the VTN's not to stand otherwise than it was said to.
const GAP_S: f64 = 5.0;

/// What is known of the clock.
#[derive(Debug)]
pub(super) struct Timekeeping {
    is_training: bool,
    last: Face,
    /// By how much the VTN's clock was said to be ahead, seconds.
    told_gap_s: Option<f64>,
}

impl Timekeeping {
    /// Begins with what the clock shows now.
    pub(super) fn beginning(is_training: bool, face: Face) -> Self {
        Self { is_training, last: face, told_gap_s: None }
    }

    /// By which clock the desk goes.
    pub(super) fn words(&self) -> String {
        match self.is_training {
            true => {
                format!("times are those of a training clock, which {}", running(self.last.rate))
            }
            false => "times are those of this machine's clock".to_owned(),
        }
    }

    /// Looks at this machine's clock again; whether it jumped since.
    pub(super) fn look(&mut self, face: Face) -> Option<String> {
        let before = std::mem::replace(&mut self.last, face);
        let passed_s = face.steady.saturating_duration_since(before.steady).as_secs_f64();
        let ahead_s = face.shows_s - before.shows_s - passed_s;
        let way = if ahead_s > 0.0 { "ahead" } else { "back" };
        let by = seconds_words(ahead_s.abs());
        (ahead_s.abs() >= JUMP_S).then(|| {
            format!(
                "this machine's clock went {way} by {by} against its own measure of time: it was set, or the machine slept"
            )
        })
    }

    /// How far the VTN's clock is from the desk's, where that is to be told: at first, and whenever it is another. A
    /// training clock is held against none.
    pub(super) fn compare(&mut self, gap: ClockGap) -> Option<String> {
        if self.is_training {
            return None;
        }
        let is_known =
            self.told_gap_s.is_some_and(|told| (gap.ahead_s - told).abs() < GAP_S + gap.give_or_take_s);
        if is_known {
            return None;
        }
        self.told_gap_s = Some(gap.ahead_s);
        let ahead = gap.ahead_s.abs();
        Some(if ahead <= gap.give_or_take_s.max(1.0) {
            "the VTN's clock shows the same, to a second or two".to_owned()
        } else {
            let way = if gap.ahead_s > 0.0 { "ahead of" } else { "behind" };
            format!("the VTN's clock is {} {way} this machine's", seconds_words(ahead))
        })
    }
}

/// What was done to a training clock; `None` when that changed nothing.
pub(super) fn words_of(change: &ClockChange) -> Option<String> {
    let mut told = Vec::new();
    // Until when is not said: it may be just before what a trainee does not see coming.
    if change.before != change.after || change.until.is_some() {
        let before = rate_words(change.before);
        told.push(format!("the training clock {} ({before} before)", running(change.after)));
    }
    if change.ahead_s > 0 {
        told.push(format!(
            "the training clock was set ahead by {}",
            seconds_words(f64::from(change.ahead_s))
        ));
    }
    let why = if change.why.is_empty() { String::new() } else { format!(": {}", change.why) };
    (!told.is_empty()).then(|| format!("{}{why}", told.join("; ")))
}

fn running(rate: Rate) -> String {
    if rate.is_paused() { "stands still".to_owned() } else { format!("runs {}", rate_words(rate)) }
}

/// `×60`.
fn rate_words(rate: Rate) -> String {
    format!("×{}", rate.value())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of f64 to usize saturates"
)]
fn seconds_words(seconds: f64) -> String {
    counted(seconds.round() as usize, "second")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    /// Looks at this machine's clock: as `passed` (seconds), `shows` (seconds).
    fn told(looks: &[(f64, f64)]) -> Vec<String> {
        let began = Instant::now();
        let face = |(passed, shows): (f64, f64)| Face {
            shows_s: 1_795_712_400.0 + shows,
            steady: began + Duration::from_secs_f64(passed),
            rate: Rate::REAL,
        };
        let mut keeping = Timekeeping::beginning(false, face(looks[0]));
        looks[1..].iter().filter_map(|look| keeping.look(face(*look))).collect()
    }

    #[test]
    fn a_clock_that_is_set_is_told_once_with_by_how_much() {
        let went = |way: &str, by: &str| {
            format!(
                "this machine's clock went {way} by {by} against its own measure of time: it was set, or the machine slept"
            )
        };
        for (looks, words) in [
            (&[(0.0, 0.0), (10.0, 10.2), (3600.0, 3601.5)][..], vec![]),
            (&[(0.0, 0.0), (10.0, -3590.0), (20.0, -3580.0)], vec![went("back", "3,600 seconds")]),
            (&[(0.0, 0.0), (5.0, 9.0), (10.0, 14.0)], vec![went("ahead", "4 seconds")]),
            (&[(0.0, 0.0), (5.0, 7.9)], vec![]),
        ] {
            assert_eq!(told(looks), words, "{looks:?}");
        }
    }

    /// Else a mark could not be traced to who hurried the clock, or to the machine that could not keep up.
    #[test]
    fn what_is_done_to_a_training_clock_is_told_with_who_did_it_or_why() {
        let rate = |times| Rate::times(times).unwrap();
        let change = |before, after, ahead_s, until: Option<&str>, why: &str| ClockChange {
            at_s: 1_795_712_400.0,
            before: rate(before),
            after: rate(after),
            ahead_s,
            until: until.map(|until| until.parse().unwrap()),
            why: why.to_owned(),
        };
        for (change, words) in [
            (change(1.0, 0.0, 0, None, ""), Some("the training clock stands still (×1 before)")),
            (change(0.0, 60.0, 0, None, "by hand"), Some("the training clock runs ×60 (×0 before): by hand")),
            (
                change(600.0, 300.0, 0, None, "this machine keeps up with no more"),
                Some("the training clock runs ×300 (×600 before): this machine keeps up with no more"),
            ),
            (
                change(0.0, 600.0, 0, Some("2026-11-26T17:05:00Z"), "a step of 5 minutes"),
                Some("the training clock runs ×600 (×0 before): a step of 5 minutes"),
            ),
            (change(1.0, 1.0, 600, None, ""), Some("the training clock was set ahead by 600 seconds")),
            (change(60.0, 60.0, 0, None, "by hand"), None),
        ] {
            assert_eq!(words_of(&change).as_deref(), words, "{change:?}");
        }
        let face = Face { shows_s: 0.0, steady: Instant::now(), rate: Rate::REAL };
        assert_eq!(
            Timekeeping::beginning(true, face).words(),
            "times are those of a training clock, which runs ×1"
        );
    }

    #[test]
    fn the_vtns_clock_is_told_at_first_and_when_it_is_another() {
        let face = Face { shows_s: 0.0, steady: Instant::now(), rate: Rate::REAL };
        let mut keeping = Timekeeping::beginning(false, face);
        let mut told = |ahead_s: f64| keeping.compare(ClockGap { ahead_s, give_or_take_s: 0.6 });
        assert_eq!(told(0.4).unwrap(), "the VTN's clock shows the same, to a second or two");
        assert_eq!(told(-0.5), None);
        assert_eq!(told(5.2), None);
        assert_eq!(told(61.0).unwrap(), "the VTN's clock is 61 seconds ahead of this machine's");
        assert_eq!(told(60.0), None);
        assert_eq!(told(-3600.0).unwrap(), "the VTN's clock is 3,600 seconds behind this machine's");
        let mut training = Timekeeping::beginning(true, face);
        assert_eq!(training.compare(ClockGap { ahead_s: 1e6, give_or_take_s: 0.6 }), None);
    }
}
