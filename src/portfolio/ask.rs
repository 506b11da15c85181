//! What is wanted of several units together.

use std::collections::BTreeSet;

use crate::dispatch::availability::HALF_HOUR_S;
use crate::time::UtcTime;
use crate::units::Watts;

/// The longest time that one plan is for, seconds.
pub const LONGEST_S: i64 = 48 * 3600;
/// The most that can be asked: 10 GW, more than all flexibility of Great Britain.
const MOST: Watts = Watts(10_000_000_000);

/// Which way from baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// More export or less import.
    Up,
    /// Less export or more import.
    Down,
}

impl Way {
    /// A distance from baseline with its sign (generation convention).
    pub fn signed(self, distance: Watts) -> Watts {
        match self {
            Self::Up => distance,
            Self::Down => Watts(-distance.0),
        }
    }
}

/// Why nothing can be planned for what is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskFault {
    /// No level other than 0.
    #[error("nothing is asked; write at least one level other than 0")]
    Nothing,
    /// Both signs.
    #[error(
        "{0}: asks the other way from baseline than what comes before it; a plan goes one way, so make one for each"
    )]
    BothWays(UtcTime),
    /// Not in order of time.
    #[error("{0}: is not after the level before it; write each time once, in order")]
    OutOfOrder(UtcTime),
    /// The end comes before a level.
    #[error("{0}: the end is not after the last level; write a later end")]
    EndsEarly(UtcTime),
    /// More than a plan is for.
    #[error("{0}: the end is more than 48 hours after the start; make a plan for each day")]
    TooLong(UtcTime),
    /// More than there is.
    #[error("{0}: asks more than 10 GW; write at most 10000 MW")]
    TooMuch(UtcTime),
}

/// What is wanted of several units together: a change from their baselines, held from each time until the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    way: Way,
    /// Distances from baseline, none negative.
    steps: Vec<(UtcTime, Watts)>,
    until: UtcTime,
}

/// A stretch of time in which one level is asked, never across a settlement half-hour's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Its beginning.
    pub from: UtcTime,
    /// Its end.
    pub to: UtcTime,
    /// The distance from baseline that is asked, not negative.
    pub asked: Watts,
}

impl Interval {
    /// Its length, seconds.
    pub fn seconds(&self) -> i64 {
        self.to.since(self.from)
    }
}

impl Ask {
    /// Levels by the times from which they are wanted, generation convention, all of one sign, until an end.
    ///
    /// # Errors
    /// What cannot be planned for, naming the time.
    pub fn new(levels: &[(UtcTime, Watts)], until: UtcTime) -> Result<Self, AskFault> {
        let Some(first) = levels.iter().find(|(_, level)| level.0 != 0) else {
            return Err(AskFault::Nothing);
        };
        if let Some(pair) = levels.windows(2).find(|pair| pair[1].0 <= pair[0].0) {
            return Err(AskFault::OutOfOrder(pair[1].0));
        }
        if let Some((at, _)) = levels.iter().find(|(_, level)| level.0.signum() == -first.1.0.signum()) {
            return Err(AskFault::BothWays(*at));
        }
        if let Some((at, _)) = levels.iter().find(|(_, level)| level.0.unsigned_abs() > MOST.0.unsigned_abs())
        {
            return Err(AskFault::TooMuch(*at));
        }
        if levels.last().is_some_and(|(at, _)| *at >= until) {
            return Err(AskFault::EndsEarly(until));
        }
        if until.since(levels[0].0) > LONGEST_S {
            return Err(AskFault::TooLong(until));
        }
        let way = if first.1.0 > 0 { Way::Up } else { Way::Down };
        let steps = levels.iter().map(|(at, level)| (*at, Watts(level.0.abs()))).collect();
        Ok(Self { way, steps, until })
    }

    /// Which way from baseline.
    pub fn way(&self) -> Way {
        self.way
    }

    /// When it begins.
    pub fn from(&self) -> UtcTime {
        self.steps[0].0
    }

    /// When it ends.
    pub fn until(&self) -> UtcTime {
        self.until
    }

    /// The distance from baseline that is asked at an instant within it.
    fn at(&self, t: UtcTime) -> Watts {
        let after = self.steps.partition_point(|(at, _)| *at <= t);
        after.checked_sub(1).map_or(Watts(0), |index| self.steps[index].1)
    }

    /// The stretches of it, in order: cut at each new level and at each settlement half-hour, so that one unit may take
    /// over from another and each half-hour's declaration holds for whole stretches.
    pub fn intervals(&self) -> Vec<Interval> {
        let mut cuts: BTreeSet<UtcTime> = self.steps.iter().map(|(at, _)| *at).collect();
        let mut half_hour = self.from() - self.from().unix().rem_euclid(HALF_HOUR_S) + HALF_HOUR_S;
        while half_hour < self.until {
            cuts.insert(half_hour);
            half_hour = half_hour + HALF_HOUR_S;
        }
        cuts.insert(self.until);
        let cuts: Vec<UtcTime> = cuts.into_iter().collect();
        cuts.windows(2).map(|pair| Interval { from: pair[0], to: pair[1], asked: self.at(pair[0]) }).collect()
    }

    /// The stretches of it at each of which one level is asked, not cut any further.
    pub fn levels(&self) -> Vec<Interval> {
        let ends = self.steps.iter().skip(1).map(|(at, _)| *at).chain([self.until]);
        self.steps
            .iter()
            .zip(ends)
            .map(|((from, asked), to)| Interval { from: *from, to, asked: *asked })
            .collect()
    }

    /// The step in which levels are written: whole kilowatts where all that is asked is in whole kilowatts, else watts.
    pub fn step(&self) -> Watts {
        if self.steps.iter().all(|(_, level)| level.0 % 1000 == 0) { Watts(1000) } else { Watts(1) }
    }
}
