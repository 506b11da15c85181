//! Revisions: a counter per dispatch that only ever grows.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::Dispatch;

/// A revision of a dispatch, from 1 (Appendix A: "Monotonically incrementing integer counter").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(NonZeroU32);

impl Revision {
    /// The first.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// A revision number; `None` for 0.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The one after; stays at the greatest number there is.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a dispatch that arrives means against the one already held for its ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// None is held: it is new.
    New,
    /// A greater revision: it supersedes.
    Supersedes,
    /// The same revision and content: acknowledge again, change nothing.
    Duplicate,
    /// The same revision with other content: refuse, alarm.
    Conflicting,
    /// A lower revision: ignore, record.
    Stale,
}

/// Judges an arriving dispatch against the one held. Content is compared in normal form, signatures apart.
pub fn judge_revision(held: Option<&Dispatch>, arriving: &Dispatch) -> Arrival {
    let Some(held) = held else { return Arrival::New };
    match arriving.revision.cmp(&held.revision) {
        std::cmp::Ordering::Greater => Arrival::Supersedes,
        std::cmp::Ordering::Less => Arrival::Stale,
        std::cmp::Ordering::Equal if arriving == held => Arrival::Duplicate,
        std::cmp::Ordering::Equal => Arrival::Conflicting,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{dispatch, parts};
    use super::super::{DispatchParts, Status};
    use super::*;

    #[test]
    fn an_arriving_revision_is_judged_against_the_one_held() {
        let revised = |number: u32, status: Status| {
            let revision = Revision::new(number).unwrap();
            Dispatch::new(DispatchParts { revision, status, ..parts() }).unwrap()
        };
        for (arriving, expected) in [
            (revised(3, Status::Run), Arrival::Duplicate),
            (revised(3, Status::Stop), Arrival::Conflicting),
            (revised(4, Status::Stop), Arrival::Supersedes),
            (revised(u32::MAX, Status::Run), Arrival::Supersedes),
            (revised(2, Status::EmergencyStop), Arrival::Stale),
        ] {
            assert_eq!(judge_revision(Some(&dispatch()), &arriving), expected, "{arriving:?}");
            assert_eq!(judge_revision(None, &arriving), Arrival::New);
        }
    }

    #[test]
    fn a_revision_counts_from_one_and_never_wraps() {
        assert_eq!(Revision::new(0), None);
        assert_eq!(Revision::FIRST.get(), 1);
        assert_eq!(Revision::FIRST.next().get(), 2);
        assert_eq!(Revision::new(u32::MAX).unwrap().next().get(), u32::MAX);
    }
}
