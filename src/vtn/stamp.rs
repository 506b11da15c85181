//! Times as the VTN writes and keeps them: milliseconds since 1970, written as RFC 3339 with `Z`.

use jiff::Timestamp;

use crate::time::Clock;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(i64);

impl Stamp {
    /// The clock's present, rounded down.
    pub(super) fn now(clock: &Clock) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of years 1 to 9999 fit an i64")]
        Self((clock.now_seconds() * 1000.0).floor() as i64)
    }

    pub(super) fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub(super) fn millis(self) -> i64 {
        self.0
    }

    /// This one, or the first millisecond after `earlier` when that is later: an object that is changed twice within a
    /// millisecond still shows that it changed.
    pub(super) fn after(self, earlier: Self) -> Self {
        self.max(Self(earlier.0.saturating_add(1)))
    }
}

impl From<Timestamp> for Stamp {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_with_milliseconds_even_when_they_are_zero() {
        assert_eq!(Stamp(1_795_712_400_000).to_string(), "2026-11-26T17:00:00.000Z");
        assert_eq!(Stamp(1_795_712_400_070).to_string(), "2026-11-26T17:00:00.070Z");
    }

    #[test]
    fn a_second_change_in_the_same_millisecond_has_a_later_time() {
        assert_eq!(Stamp(5).after(Stamp(5)), Stamp(6));
        assert_eq!(Stamp(9).after(Stamp(5)), Stamp(9));
    }
}
