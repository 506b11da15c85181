//! Time as a dispatch knows it: whole seconds of UTC, a clock that can be real or a training clock, and London
//! local time for people.

mod clock;
mod local;
mod training;

pub use clock::{Clock, ClockChanges, Face, Rate};
pub use local::{
    LocalEntry, LocalTime, SettlementPeriod, in_london, london_day, london_minute, london_offset_s,
    parse_london, settlement_period,
};
pub use training::{ClockChange, Engagement, Keeping};

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant of UTC in whole seconds, the only resolution the dispatch profile has (Appendix A: "UTC Datetime").
///
/// Written as RFC 3339 with `Z`: `2026-11-26T17:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(i64);

/// Why a text is not a [`UtcTime`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UtcTimeError {
    /// Not an RFC 3339 date and time.
    #[error("`{}` is not a date and time; write UTC as 2026-11-26T17:00:00Z", shown(.0))]
    Malformed(String),
    /// A date and time, but written with an offset other than `Z` or with none.
    #[error("`{}` is not written in UTC; end it with Z, as in 2026-11-26T17:00:00Z", shown(.0))]
    NotUtc(String),
    /// A real instant with a fraction of a second.
    #[error("`{}` has a fraction of a second; times are whole seconds", shown(.0))]
    Fraction(String),
}

/// A text as an error shows it: on one line, at most 60 characters, however long it came.
fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(60) {
        // Marks of the direction of writing and separators of lines move what stands after them.
        let moves_others = matches!(
            character,
            '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        if moves_others || character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

impl UtcTime {
    /// From seconds since 1970-01-01T00:00:00Z. Held to years 1 to 9999, the range that RFC 3339 can write.
    pub fn from_unix(seconds: i64) -> Self {
        Self(seconds.clamp(-62_135_596_800, 253_402_207_200))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to `self`; negative when `self` is before it.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Reads any RFC 3339 instant, whatever its offset, dropping a fraction: for what a VTN has rewritten.
    /// What a person writes goes through [`FromStr`], which is strict.
    ///
    /// # Errors
    /// When the text is no date and time at all.
    pub fn parse_tolerant(text: &str) -> Result<Self, UtcTimeError> {
        text.trim()
            .parse::<jiff::Timestamp>()
            .map(|t| Self::from_unix(t.as_second()))
            .map_err(|_| UtcTimeError::Malformed(text.to_owned()))
    }

    /// The start of the minute that holds this instant.
    pub fn floor_to_minute(self) -> Self {
        Self(self.0 - self.0.rem_euclid(60))
    }

    pub(crate) fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl FromStr for UtcTime {
    type Err = UtcTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let at: jiff::Timestamp = text.parse().map_err(|_| {
            let lacks_zone = text.contains('T') && text.parse::<jiff::civil::DateTime>().is_ok();
            if lacks_zone && !text.ends_with('Z') {
                UtcTimeError::NotUtc(text.to_owned())
            } else {
                UtcTimeError::Malformed(text.to_owned())
            }
        })?;
        if !text.ends_with('Z') {
            return Err(UtcTimeError::NotUtc(text.to_owned()));
        }
        if at.subsec_nanosecond() != 0 {
            return Err(UtcTimeError::Fraction(text.to_owned()));
        }
        Ok(Self::from_unix(at.as_second()))
    }
}

impl Add<i64> for UtcTime {
    type Output = Self;
    /// Adds whole seconds.
    fn add(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }
}

impl Sub<i64> for UtcTime {
    type Output = Self;
    /// Takes away whole seconds.
    fn sub(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_sub(seconds))
    }
}

impl Serialize for UtcTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// `17:00:00 UTC`.
pub fn utc_time(at: UtcTime) -> String {
    let text = at.to_string();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time);
    format!("{} UTC", time.trim_end_matches('Z'))
}

/// A span of time in seconds: `8 s`, `2 min 05 s`, `3 h 20 min`, `2 d 4 h`.
pub fn span(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    let sign = if seconds < 0 { "−" } else { "" };
    match s {
        0..60 => format!("{sign}{s} s"),
        60..3600 => format!("{sign}{} min {:02} s", s / 60, s % 60),
        3600..86_400 => format!("{sign}{} h {:02} min", s / 3600, s % 3600 / 60),
        _ => format!("{sign}{} d {} h", s / 86_400, s % 86_400 / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        let at: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        assert_eq!(at.to_string(), "2026-11-26T17:00:00Z");
        assert_eq!(at.unix(), 1_795_712_400);
    }

    #[test]
    fn what_is_not_whole_second_utc_is_refused_with_the_form_to_write() {
        for (text, says) in [
            ("2026-11-26 17:00", "not a date and time"),
            ("2026-11-26T17:00:00+01:00", "not written in UTC"),
            ("2026-11-26T17:00:00", "not written in UTC; end it with Z"),
            ("2026-11-26T17:00:00.5Z", "fraction of a second"),
            ("2026-02-30T17:00:00Z", "not a date and time"),
            ("", "not a date and time"),
        ] {
            let error = text.parse::<UtcTime>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn a_rewritten_instant_is_read_tolerantly() {
        let at = UtcTime::parse_tolerant("2026-11-26T17:00:00.000+00:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-26T17:00:00Z");
    }
}
