//! How a workshop's clock stands, for people.

use crate::time::{Rate, UtcTime};

/// How the clock stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Whether it runs.
    pub standing: Standing,
    /// The rate that a person asked for last.
    pub asked: Rate,
    /// The rate at which it runs when it does: lower where the machine keeps up with no more.
    pub runs: Rate,
}

/// Whether a workshop's clock runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// It stands still.
    Paused,
    /// It runs.
    Running,
    /// It is being taken through a step, up to then.
    Stepping(UtcTime),
    /// It is being taken to just before the next event: up to then.
    ToEvent(UtcTime),
    /// The workshop is over, and the clock stands still.
    Ended,
}

impl Standing {
    /// Whether it goes on by itself.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Running | Self::Stepping(_) | Self::ToEvent(_))
    }
}

impl Pace {
    /// Whether the machine keeps up with less than was asked for.
    pub fn is_slowed(&self) -> bool {
        self.standing == Standing::Running && self.runs < self.asked
    }

    /// In a word or two: `paused`, `×60`, `×120 of ×600`.
    pub fn words(&self) -> String {
        match self.standing {
            Standing::Paused => "paused".to_owned(),
            Standing::Ended => "ended".to_owned(),
            Standing::Stepping(_) => "stepping".to_owned(),
            Standing::ToEvent(_) => "to the next event".to_owned(),
            Standing::Running if self.is_slowed() => {
                format!("×{} of ×{}", self.runs.value(), self.asked.value())
            }
            Standing::Running => format!("×{}", self.runs.value()),
        }
    }
}
