//! The clock that the desk goes by: which one it is, that it was set, paused, hurried or jumped, and how far the VTN's is from
//! it. What is noteworthy is answered in words, once. Pure.

use crate::openadr::client::ClockGap;
use crate::time::{Face, Rate};
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

    /// Looks at the clock again; what happened to it since, if anything did.
    pub(super) fn look(&mut self, face: Face) -> Option<String> {
        let before = std::mem::replace(&mut self.last, face);
        let passed_s = face.steady.saturating_duration_since(before.steady).as_secs_f64();
        // Where the rate changed in between, only a going back is sure to be none of its own.
        let (least, most) = match face.rate.value().total_cmp(&before.rate.value()).is_lt() {
            true => (face.rate, before.rate),
            false => (before.rate, face.rate),
        };
        let went_s = face.shows_s - before.shows_s;
        let (behind_s, ahead_s) = (went_s - passed_s * least.value(), went_s - passed_s * most.value());
        let rate = (before.rate != face.rate).then(|| {
            format!("the training clock {} ({} before)", running(face.rate), rate_words(before.rate))
        });
        let jump = if ahead_s >= JUMP_S {
            Some(self.jumped("ahead", ahead_s))
        } else if behind_s <= -JUMP_S {
            Some(self.jumped("back", -behind_s))
        } else {
            None
        };
        let told: Vec<String> = rate.into_iter().chain(jump).collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    fn jumped(&self, way: &str, by_s: f64) -> String {
        let by = seconds_words(by_s);
        match self.is_training {
            true => format!("the training clock was set {way} by {by}"),
            false => format!(
                "this machine's clock went {way} by {by} against its own measure of time: it was set, or the machine slept"
            ),
        }
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

    /// Looks at a clock: as `passed` (seconds), `shows` (seconds), rate.
    fn told(is_training: bool, looks: &[(f64, f64, f64)]) -> Vec<String> {
        let began = Instant::now();
        let face = |(passed, shows, rate): (f64, f64, f64)| Face {
            shows_s: 1_795_712_400.0 + shows,
            steady: began + Duration::from_secs_f64(passed),
            rate: Rate::times(rate).unwrap(),
        };
        let mut keeping = Timekeeping::beginning(is_training, face(looks[0]));
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
            (&[(0.0, 0.0, 1.0), (10.0, 10.2, 1.0), (3600.0, 3601.5, 1.0)][..], vec![]),
            (
                &[(0.0, 0.0, 1.0), (10.0, -3590.0, 1.0), (20.0, -3580.0, 1.0)],
                vec![went("back", "3,600 seconds")],
            ),
            (&[(0.0, 0.0, 1.0), (5.0, 9.0, 1.0), (10.0, 14.0, 1.0)], vec![went("ahead", "4 seconds")]),
            (&[(0.0, 0.0, 1.0), (5.0, 7.9, 1.0)], vec![]),
        ] {
            assert_eq!(told(false, looks), words, "{looks:?}");
        }
    }

    #[test]
    fn a_training_clock_that_is_paused_hurried_or_stepped_is_told() {
        let looks = [
            (0.0, 0.0, 1.0),
            (10.0, 10.0, 0.0),
            (20.0, 10.0, 0.0),
            (30.0, 10.0, 60.0),
            (40.0, 610.0, 60.0),
            (41.0, 1270.0, 60.0),
        ];
        assert_eq!(
            told(true, &looks),
            [
                "the training clock stands still (×1 before)",
                "the training clock runs ×60 (×0 before)",
                "the training clock was set ahead by 600 seconds",
            ]
        );
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
