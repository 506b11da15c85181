//! At what rate a training clock runs that is asked for more than the machine can do. Pure.
//!
//! A clock that hurries stands whenever somebody has to catch up (see [`crate::time::Clock`]), so that nothing goes wrong while
//! this makes up its mind. It falls to a rate that the machine keeps up with when it stood for more than a fifth of a second
//! or two, and tries one rate more after it has kept well for a while: for twice as long after each attempt that failed.

use std::time::Duration;

use crate::time::Rate;

/// The rates that a person may pick, times real time.
pub const RATES: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];

/// It is judged by so much real time together: one hiccup of the machine is none of its habits.
const JUDGED_BY: Duration = Duration::from_millis(1_500);
/// It does not keep up when it stood for more than this share of that,
const TOO_LONG: f64 = 0.2;
/// and keeps up well when for less than this.
const WELL: f64 = 0.05;
/// It has kept up well for so long before it is hurried again,
const FIRST_TRY_AFTER: Duration = Duration::from_secs(5);
/// and never for longer.
const LAST_TRY_AFTER: Duration = Duration::from_secs(160);
/// A higher rate that was not kept for so long was an attempt that failed.
const PROVEN_AFTER: Duration = Duration::from_secs(10);

/// What it decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// The machine keeps up with no more than this.
    Slower(Rate),
    /// It may keep up with this by now.
    Faster(Rate),
}

/// Decides.
#[derive(Clone, Debug)]
pub struct Governor {
    asked: Rate,
    runs: Rate,
    /// Since it was judged last.
    passed: Duration,
    stood: Duration,
    /// For how long it has kept up well at this rate.
    well_for: Duration,
    /// How long ago it was hurried by itself.
    tried: Option<Duration>,
    try_after: Duration,
}

impl Governor {
    /// Of a clock that runs as it is asked to.
    pub fn asked(rate: Rate) -> Self {
        Self {
            asked: rate,
            runs: rate,
            passed: Duration::ZERO,
            stood: Duration::ZERO,
            well_for: Duration::ZERO,
            tried: None,
            try_after: FIRST_TRY_AFTER,
        }
    }

    /// What was asked for.
    pub fn asks(&self) -> Rate {
        self.asked
    }

    /// What it runs at.
    pub fn runs(&self) -> Rate {
        self.runs
    }

    /// So much real time has passed while the clock ran, and for so much of it the clock stood.
    pub fn look(&mut self, passed: Duration, stood: Duration) -> Option<Turn> {
        self.passed += passed;
        self.stood += stood.min(passed);
        if self.passed < JUDGED_BY {
            return None;
        }
        let (passed, stood) = (std::mem::take(&mut self.passed), std::mem::take(&mut self.stood));
        self.tried = self.tried.map(|tried| tried + passed).filter(|tried| *tried < PROVEN_AFTER);
        let share = stood.as_secs_f64() / passed.as_secs_f64();
        if share > TOO_LONG {
            self.well_for = Duration::ZERO;
            return self.slower(1.0 - share);
        }
        self.well_for = if share < WELL { self.well_for + passed } else { Duration::ZERO };
        if self.runs < self.asked && self.well_for >= self.try_after {
            return self.faster();
        }
        None
    }

    fn slower(&mut self, kept: f64) -> Option<Turn> {
        if self.tried.take().is_some() {
            self.try_after = (self.try_after * 2).min(LAST_TRY_AFTER);
        }
        let kept = self.runs.value() * kept;
        let below = RATES.into_iter().rev().filter(|rate| *rate < self.runs.value());
        let to = below.clone().find(|rate| *rate <= kept).or_else(|| below.min_by(f64::total_cmp))?;
        self.runs = Rate::times(to)?;
        Some(Turn::Slower(self.runs))
    }

    fn faster(&mut self) -> Option<Turn> {
        let above = RATES.into_iter().find(|rate| *rate > self.runs.value())?;
        self.runs = Rate::times(above.min(self.asked.value()))?;
        (self.well_for, self.tried) = (Duration::ZERO, Some(Duration::ZERO));
        Some(Turn::Faster(self.runs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(times: f64) -> Rate {
        Rate::times(times).unwrap()
    }

    /// Looks four times a second, of each stretch as (so many looks, standing for this share); when it turned to what.
    fn turns(asked: f64, stretches: &[(u32, f64)]) -> Vec<(f64, f64)> {
        let mut governor = Governor::asked(rate(asked));
        let look = Duration::from_millis(250);
        let (mut now_s, mut out) = (0.0, Vec::new());
        for (looks, share) in stretches {
            for _ in 0..*looks {
                now_s += 0.25;
                match governor.look(look, look.mul_f64(*share)) {
                    Some(Turn::Slower(to) | Turn::Faster(to)) => out.push((now_s, to.value())),
                    None => {}
                }
            }
        }
        out
    }

    #[test]
    fn the_rate_falls_to_what_the_machine_keeps_up_with_and_comes_back_when_it_can() {
        for (asked, stretches, expected) in [
            (600.0, &[(240, 0.0)][..], &[][..]),
            // One hiccup is no reason.
            (600.0, &[(1, 1.0), (240, 0.0)], &[]),
            // Neither is standing a little all the time.
            (600.0, &[(240, 0.15)], &[]),
            (600.0, &[(6, 0.4)], &[(1.5, 300.0)]),
            (600.0, &[(6, 0.94)], &[(1.5, 30.0)]),
            (5.0, &[(6, 0.95)], &[(1.5, 1.0)]),
            // In real time it waits for nobody; there is nothing slower.
            (1.0, &[(40, 0.9)], &[]),
            // It comes back one rate at a time, and not above what was asked for.
            (300.0, &[(6, 0.85), (120, 0.0)], &[(1.5, 30.0), (7.5, 60.0), (13.5, 120.0), (19.5, 300.0)]),
        ] {
            assert_eq!(turns(asked, stretches), expected, "{asked} {stretches:?}");
        }
    }

    #[test]
    fn what_fails_is_tried_again_later_each_time() {
        let mut governor = Governor::asked(rate(600.0));
        let look = Duration::from_millis(1_500);
        let (mut now_s, mut tries) = (0.0, Vec::new());
        while now_s < 600.0 {
            now_s += 1.5;
            let stood = if governor.runs() > rate(300.0) { look.mul_f64(0.4) } else { Duration::ZERO };
            if let Some(Turn::Faster(_)) = governor.look(look, stood) {
                tries.push(now_s);
            }
        }
        let waits: Vec<f64> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(waits, [12.0, 22.5, 42.0, 82.5, 162.0, 162.0], "of {tries:?}");
    }
}
