//! What becomes of a field, and how many fields that becomes of.

use crate::units::counted;

/// What becomes of a field on the way into another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// It arrives as it was.
    Kept,
    /// It arrives in part, rounded, or meaning something else.
    Changed,
    /// It does not arrive.
    Lost,
    /// No public document tells.
    Unknown,
    /// This dispatch has none, so there is nothing to carry.
    NotAsked,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Kept, Self::Changed, Self::Lost, Self::Unknown, Self::NotAsked];

    /// One letter for a narrow column.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Kept => "K",
            Self::Changed => "C",
            Self::Lost => "L",
            Self::Unknown => "?",
            Self::NotAsked => "–",
        }
    }

    /// A word or two for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Lost => "lost",
            Self::Unknown => "not known",
            Self::NotAsked => "not asked",
        }
    }

    /// A name for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Lost => "lost",
            Self::Unknown => "unknown",
            Self::NotAsked => "not-asked",
        }
    }
}

/// How many fields have which mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// That arrive as they were.
    pub kept: usize,
    /// That arrive otherwise.
    pub changed: usize,
    /// That do not arrive.
    pub lost: usize,
    /// Of which no public document tells.
    pub unknown: usize,
    /// That this dispatch does not have.
    pub not_asked: usize,
}

impl Tally {
    /// Counts marks.
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Self {
        let mut tally = Self::default();
        for mark in marks {
            match mark {
                Mark::Kept => tally.kept += 1,
                Mark::Changed => tally.changed += 1,
                Mark::Lost => tally.lost += 1,
                Mark::Unknown => tally.unknown += 1,
                Mark::NotAsked => tally.not_asked += 1,
            }
        }
        tally
    }

    /// `7 kept, 3 changed, 4 lost`; what is not known and what the dispatch does not have only when there is any.
    pub fn words(&self) -> String {
        let mut words = format!("{} kept, {} changed, {} lost", self.kept, self.changed, self.lost);
        if self.unknown > 0 {
            words += &format!(", {} not known", self.unknown);
        }
        if self.not_asked > 0 {
            words += &format!("; {} not asked", counted(self.not_asked, "field"));
        }
        words
    }
}
