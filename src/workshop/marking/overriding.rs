//! A trainer's word on a mark: kept beside what the journal gives, with who says it and why, never in its place.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::time::UtcTime;
use crate::workshop::exercise::Marks;

use super::Marking;

/// The longest name and the longest reason, characters.
const LONGEST: usize = 400;

/// A trainer gives other marks than the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Of which mark, from 1.
    pub number: u32,
    /// What counts from now on: between none and what the mark is worth.
    pub marks: Marks,
    /// Who says so.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: UtcTime,
}

/// Why a trainer's word is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideFault {
    /// There is no such mark.
    #[error("there is no mark {number}; they are numbered from 1 to {last}")]
    NoMark {
        /// What was named.
        number: u32,
        /// The last one.
        last: usize,
    },
    /// More, or less, than it is worth.
    #[error("mark {number} is worth {of}, and cannot be {marks}; write from {least} to {most}")]
    Beyond {
        /// Which.
        number: u32,
        /// What it is worth.
        of: Marks,
        /// What was written.
        marks: Marks,
        /// The least that can be written.
        least: Marks,
        /// The most that can be written.
        most: Marks,
    },
    /// Nobody, or no reason.
    #[error(
        "{what} is missing, or longer than {LONGEST} characters; a mark is changed by name and with a reason"
    )]
    Unsaid {
        /// `by` or `reason`.
        what: &'static str,
    },
    /// It cannot be written down, and does not count.
    #[error("{} cannot be written: {reason}; the mark stays as it was", path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
        /// In words.
        reason: String,
    },
}

impl Marking {
    /// Takes a trainer's word on one mark, in the place of an earlier one on it.
    ///
    /// # Errors
    /// Why it is not taken; all stays as it was.
    pub fn take(&mut self, word: Override) -> Result<(), OverrideFault> {
        let last = self.marks.len();
        let number = word.number;
        let found = self.marks.iter_mut().find(|marked| marked.number == number);
        let marked = found.ok_or(OverrideFault::NoMark { number, last })?;
        let (least, most) = (marked.of.min(Marks::NONE), marked.of.max(Marks::NONE));
        if !(least..=most).contains(&word.marks) {
            return Err(OverrideFault::Beyond { number, of: marked.of, marks: word.marks, least, most });
        }
        for (what, said) in [("by", &word.by), ("reason", &word.reason)] {
            if said.trim().is_empty() || said.chars().count() > LONGEST {
                return Err(OverrideFault::Unsaid { what });
            }
        }
        marked.overridden = Some(word);
        self.count();
        Ok(())
    }

    /// Takes a trainer's word back: the journal's counts again. Answers whether there was one.
    pub fn take_back(&mut self, number: u32) -> bool {
        let found = self.marks.iter_mut().find(|marked| marked.number == number);
        let had = found.is_some_and(|marked| marked.overridden.take().is_some());
        self.count();
        had
    }

    fn count(&mut self) {
        self.counted = self.marks.iter().map(super::Marked::counted).sum();
    }
}
