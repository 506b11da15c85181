//! What has changed since: a count of changes for each part of what the store holds, so that whoever keeps an answer
//! learns, without looking at an object, whether it still holds.
//!
//! The counts stand in a table of fixed size, each kind's in a region of its own: reports change all the time, and that is
//! not to touch what is known of events. Two parts of a region may share a count: then a change of either is taken for a
//! change of both, and an answer is worked out once more than it need be.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::vtn::object::Kind;

/// How many kinds of object there are.
const KINDS: u32 = 6;

/// How many counts a region has: a few for each of ten thousand clients.
const REGION: u32 = 32_768;

/// How many counts there are: one for all, one for each kind, a region for each kind, and one for grants.
const COUNTS: u32 = 1 + KINDS + (KINDS + 1) * REGION;

/// A part of what the store holds.
#[derive(Clone, Copy, Hash)]
pub(in crate::vtn) enum Part<'a> {
    /// All of it. An object that is deleted takes others with it, so that each deletion changes all.
    All,
    /// The objects of a kind.
    Kind(Kind),
    /// Those without a target.
    Untargeted(Kind),
    /// Those with this target.
    Targeted(Kind, &'a str),
    /// Those that belong to a client.
    Owned(Kind, &'a str),
    /// The targets that are granted to a client.
    Grants(&'a str),
}

/// Where the count of a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vtn) struct Slot(u32);

impl Part<'_> {
    pub(in crate::vtn) fn slot(self) -> Slot {
        let region = match self {
            Self::All => return Slot(0),
            Self::Kind(kind) => return Slot(1 + kind as u32),
            Self::Untargeted(kind) | Self::Targeted(kind, _) | Self::Owned(kind, _) => kind as u32,
            Self::Grants(_) => KINDS,
        };
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        let place = u32::try_from(hasher.finish() % u64::from(REGION)).unwrap_or_default();
        Slot(1 + KINDS + region * REGION + place)
    }
}

/// The counts. They only ever rise.
pub(in crate::vtn) struct Epochs {
    counts: Box<[AtomicU64]>,
}

impl Epochs {
    pub(super) fn new() -> Self {
        Self { counts: (0..COUNTS).map(|_| AtomicU64::new(0)).collect() }
    }

    /// A number that is the same as before only if none of these parts has changed. Whoever is to keep what it reads
    /// asks before it reads.
    pub(in crate::vtn) fn of(&self, slots: &[Slot]) -> u64 {
        let count = |slot: &Slot| self.counts[slot.0 as usize].load(Ordering::Acquire);
        slots.iter().map(count).fold(0, u64::wrapping_add)
    }

    /// Says that these have changed: once it is kept, and before its writer is told.
    pub(super) fn changed(&self, slots: &[Slot]) {
        for slot in slots {
            self.counts[slot.0 as usize].fetch_add(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_any_part_of_an_answer_shows_and_a_change_of_another_does_not() {
        let epochs = Epochs::new();
        let parts = [
            Part::All,
            Part::Kind(Kind::Event),
            Part::Untargeted(Kind::Event),
            Part::Targeted(Kind::Event, "A"),
            Part::Owned(Kind::Report, "A"),
            Part::Grants("A"),
        ];
        let slots = parts.map(Part::slot);
        for (index, slot) in slots.iter().enumerate() {
            assert_eq!(
                slots.iter().position(|s| s == slot),
                Some(index),
                "these parts happen to share a count"
            );
            let before = epochs.of(&slots);
            epochs.changed(&[Part::Targeted(Kind::Program, "A").slot(), Part::Kind(Kind::Report).slot()]);
            assert_eq!(epochs.of(&slots), before);
            epochs.changed(&[*slot]);
            assert_ne!(epochs.of(&slots), before);
        }
    }
}
