//! A workshop: what a trainer has to know of a scenario, what a perfect trainee does in it, and what is marked.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::dispatch::DispatchUnit;
use crate::units::Watts;

use super::offset::Offset;
use super::scenario::Step;

/// The hardest workshop's level.
pub const MOST_LEVEL: u8 = 10;

/// What makes a scenario a workshop.
#[derive(Clone, Debug, PartialEq)]
pub struct Exercise {
    /// How hard it is: 1, for a first day, to 10.
    pub level: u8,
    /// What the trainee can do afterwards, for people.
    pub aim: String,
    /// What the trainee has to know before.
    pub prior: String,
    /// How long it takes in the room, minutes,
    pub minutes: u32,
    /// when the clock goes so many times as fast as time, between the trainee's decisions.
    pub rate: u32,
    /// What the trainer points out.
    pub point_out: Vec<String>,
    /// What the trainer asks.
    pub questions: Vec<String>,
    /// The marks of a trainee who does nothing.
    pub idle_marks: Marks,
    /// What a perfect trainee does, in time order.
    pub trainee: Vec<Step>,
    /// What is marked, in the file's order.
    pub marks: Vec<MarkRule>,
}

impl Exercise {
    /// What a trainee can come to at most: all that is given, and nothing that is taken.
    pub fn full_marks(&self) -> Marks {
        self.marks.iter().map(|rule| rule.marks.max(Marks::NONE)).sum()
    }

    /// What a trainee can come to at least: nothing that is given, and all that is taken.
    pub fn least_marks(&self) -> Marks {
        self.marks.iter().map(|rule| rule.marks.min(Marks::NONE)).sum()
    }
}

/// Who acts in a rehearsal of a workshop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trainee {
    /// Does what the file's `[[trainee]]` says.
    Perfect,
    /// Does nothing.
    Idle,
}

impl Trainee {
    /// As the command line writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Perfect => "perfect",
            Self::Idle => "idle",
        }
    }
}

/// Marks, whole or half; below 0 what is taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Marks(i32);

impl Marks {
    /// None.
    pub const NONE: Self = Self(0);
    /// The most that anything is worth, either way.
    pub const MOST: f64 = 1000.0;

    /// From a number; `None` when it is not whole or half, or beyond [`Marks::MOST`].
    pub fn from_number(number: f64) -> Option<Self> {
        let halves = number * 2.0;
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most 2,000")]
        (halves.fract() == 0.0 && number.abs() <= Self::MOST).then_some(Self(halves as i32))
    }

    /// As a number.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 2.0
    }
}

impl fmt::Display for Marks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

impl std::iter::Sum for Marks {
    fn sum<I: Iterator<Item = Self>>(marks: I) -> Self {
        Self(marks.map(|marks| marks.0).fold(0, i32::saturating_add))
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Marks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number)
            .ok_or_else(|| serde::de::Error::custom(format!("{number} is no whole or half number of marks")))
    }
}

/// What is expected of the trainee, and what it is worth: a positive number is given when it comes true, a negative one
/// is taken away when it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkRule {
    /// What it is worth; never none.
    pub marks: Marks,
    /// For what, for people.
    pub words: String,
    /// What is expected.
    pub expected: Expected,
}

/// What can be expected of a trainee.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// Took notice of an alarm.
    Noticed(After),
    /// Asked at least so much of some units over a whole window.
    Sent(Asked),
    /// Stopped each of some units.
    Stopped(Stopping),
    /// Sent a later revision of a dispatch for one of some units.
    Amended {
        /// Of which.
        units: Units,
        /// Not before then.
        after: Option<Offset>,
        /// And by then.
        by: Offset,
    },
    /// Stopped none of some units.
    NeverStopped {
        /// Of which.
        units: Units,
        /// In which stretch of the scenario.
        within: Window,
    },
    /// Sent nothing to any of some units.
    NeverSent {
        /// Of which.
        units: Units,
        /// With a service window that overlaps this one.
        within: Window,
    },
    /// Kept the sum over some units within bounds.
    Limit(Bound),
    /// Spent no more.
    Cost {
        /// On which.
        units: Units,
        /// By what was asked, or by what was delivered.
        measure: Measure,
        /// Pence at most.
        at_most_pence: i64,
    },
    /// So much of a change was delivered over a window.
    Delivered {
        /// By which, together.
        units: Units,
        /// The change from baseline; its sign is its direction. Never 0.
        change: Watts,
        /// Over which window.
        window: Window,
        /// Share of its energy, above 0 and up to 1.
        share_at_least: f64,
    },
    /// No more than so many of the trainee's revisions were rejected by an FSP.
    Rejected {
        /// So many.
        at_most: u32,
    },
}

impl Expected {
    /// As the file writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Noticed(_) => "noticed",
            Self::Sent(_) => "sent",
            Self::Stopped(_) => "stopped",
            Self::Amended { .. } => "amended",
            Self::NeverStopped { .. } => "never_stopped",
            Self::NeverSent { .. } => "never_sent",
            Self::Limit(_) => "limit",
            Self::Cost { .. } => "cost",
            Self::Delivered { .. } => "delivered",
            Self::Rejected { .. } => "rejected",
        }
    }
}

/// A stretch of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From then,
    pub from: Offset,
    /// until before then.
    pub until: Offset,
}

/// Units of the fleet, and how the file names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// All of them, in the file's or the fleet's order; never none.
    pub all: Vec<DispatchUnit>,
    /// For people: `BRIGHTFLEX/BESS-07`, `the units of GB-DNO-11`, `all units`.
    pub words: String,
}

impl Units {
    /// Whether a unit is one of them.
    pub fn has(&self, unit: &DispatchUnit) -> bool {
        self.all.contains(unit)
    }
}

/// Soon after an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Words of the alarm's text.
    pub alarm: String,
    /// Seconds after it first said so.
    pub within_s: u32,
}

/// What is asked of units.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Of which, together.
    pub units: Units,
    /// The change from baseline, at least; its sign is its direction. Never 0.
    pub change: Watts,
    /// Over which window, in each whole minute.
    pub window: Window,
    /// By revisions that were signed by then.
    pub by: Offset,
}

/// A stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Stopping {
    /// Of which, each.
    pub units: Units,
    /// Not before then.
    pub after: Option<Offset>,
    /// By when.
    pub deadline: Deadline,
}

/// By when something is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Deadline {
    /// By an instant of the scenario.
    By(Offset),
    /// Soon after an alarm, and not before it.
    After(After),
}

/// Bounds of a sum over units.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Over which.
    pub units: Units,
    /// Of what was asked, or of what was delivered.
    pub measure: Measure,
    /// Change from baseline, at least.
    pub at_least: Option<Watts>,
    /// Change from baseline, at most.
    pub at_most: Option<Watts>,
    /// In each whole minute of this window.
    pub window: Window,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// What was asked.
    Instructed,
    /// What was metered.
    Delivered,
}

impl Measure {
    /// As files write them.
    pub const WORDS: [(&str, Self); 2] = [("instructed", Self::Instructed), ("delivered", Self::Delivered)];

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Instructed => "instructed",
            Self::Delivered => "delivered",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_whole_or_half_and_nothing_else() {
        for (number, shown) in [(0.0, Some("0")), (2.0, Some("2")), (0.5, Some("0.5")), (-1.5, Some("-1.5"))]
        {
            assert_eq!(Marks::from_number(number).map(|m| m.to_string()).as_deref(), shown);
        }
        for number in [0.25, 1000.5, f64::NAN, f64::INFINITY, -1001.0] {
            assert_eq!(Marks::from_number(number), None, "{number}");
        }
        let sum: Marks = [1.5, -0.5, 2.0].into_iter().filter_map(Marks::from_number).sum();
        assert_eq!(serde_json::to_string(&sum).unwrap(), "3.0");
        assert_eq!(serde_json::from_str::<Marks>("3").unwrap(), sum);
        assert!(serde_json::from_str::<Marks>("0.3").is_err());
    }
}
