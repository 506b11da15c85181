//! London local time for people: what a UTC instant is called, which settlement period holds it, and what a local
//! entry means on the two days a year when the clocks change.

use std::sync::LazyLock;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::{UtcTime, shown};

/// A UTC instant as London reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Date as `2026-11-26`.
    pub date: String,
    /// Time as `17:00:00`.
    pub time: String,
    /// `GMT` or `BST`.
    pub zone: String,
}

/// A half-hour of the GB settlement day, numbered from 1 at local midnight. A day has 46, 48 or 50.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementPeriod {
    /// From 1.
    pub number: u8,
    /// How many the local day has: 46, 48 or 50.
    pub of: u8,
}

/// What a London local entry means in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalEntry {
    /// One instant.
    Once(UtcTime),
    /// An hour that happens twice in October: the person must say which.
    Twice {
        /// The first, in BST.
        bst: UtcTime,
        /// The second, in GMT.
        gmt: UtcTime,
    },
    /// An hour that the clocks skip in March: there is no such time.
    Never,
}

fn london() -> TimeZone {
    static LONDON: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC));
    LONDON.clone()
}

/// The instant as a clock in London shows it.
pub fn in_london(at: UtcTime) -> LocalTime {
    // Plots ask for each label on their axes in every frame: formats that are read first would cost most of that.
    let zone = london();
    let info = zone.to_offset_info(at.timestamp());
    let local = info.offset().to_datetime(at.timestamp());
    let time = local.time();
    LocalTime {
        date: local.date().to_string(),
        time: format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second()),
        zone: info.abbreviation().to_owned(),
    }
}

/// Seconds by which London's clocks are ahead of UTC: 0 or 3600.
pub fn london_offset_s(at: UtcTime) -> i64 {
    i64::from(london().to_offset(at.timestamp()).seconds())
}

/// The settlement period that holds the instant (Elexon: numbered from local midnight; 46 or 50 on the days the
/// clocks change).
pub fn settlement_period(at: UtcTime) -> SettlementPeriod {
    let zoned = at.timestamp().to_zoned(london());
    let (Ok(start), Ok(end)) = (zoned.start_of_day(), zoned.tomorrow().and_then(|t| t.start_of_day())) else {
        return SettlementPeriod { number: 1, of: 48 };
    };
    let half_hours = |from: &jiff::Zoned, to: &jiff::Zoned| {
        u8::try_from((to.timestamp().as_second() - from.timestamp().as_second()) / 1800).unwrap_or(u8::MAX)
    };
    SettlementPeriod { number: half_hours(&start, &zoned).saturating_add(1), of: half_hours(&start, &end) }
}

/// The London day that holds an instant: its local midnight and the next.
pub fn london_day(at: UtcTime) -> (UtcTime, UtcTime) {
    let zoned = at.timestamp().to_zoned(london());
    let instant = |zoned: jiff::Zoned| UtcTime::from_unix(zoned.timestamp().as_second());
    let start = zoned.start_of_day().map_or(at, instant);
    let end = zoned.tomorrow().and_then(|t| t.start_of_day()).map_or(start + 86_400, instant);
    (start, end)
}

/// Minutes since midnight as a clock in London shows them.
pub fn london_minute(at: UtcTime) -> u16 {
    let time = at.timestamp().to_zoned(london()).time();
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// Reads a London local time `HH:MM` or `HH:MM:SS` on the London date `YYYY-MM-DD`.
///
/// # Errors
/// A sentence that says what would be right, when either text is no date or no time.
pub fn parse_london(date: &str, time: &str) -> Result<LocalEntry, String> {
    let date: civil::Date =
        date.trim().parse().map_err(|_| format!("`{}` is not a date; write 2026-11-26", shown(date)))?;
    let time: civil::Time = time
        .trim()
        .parse()
        .map_err(|_| format!("`{}` is not a time of day; write 17:00 or 17:00:30", shown(time)))?;
    if time.subsec_nanosecond() != 0 {
        return Err(format!("`{time}` has a fraction of a second; times are whole seconds"));
    }
    let ambiguous = london().to_ambiguous_timestamp(date.to_datetime(time));
    let instant = |offset: jiff::tz::Offset| {
        offset
            .to_timestamp(date.to_datetime(time))
            .map(|t| UtcTime::from_unix(t.as_second()))
            .map_err(|_| format!("{date} is outside the years that can be written"))
    };
    Ok(match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => LocalEntry::Once(instant(offset)?),
        AmbiguousOffset::Fold { before, after } => {
            LocalEntry::Twice { bst: instant(before)?, gmt: instant(after)? }
        }
        AmbiguousOffset::Gap { .. } => LocalEntry::Never,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn the_settlement_day_has_46_48_or_50_periods() {
        for (utc, number, of) in [
            ("2026-11-26T17:00:00Z", 35, 48),
            ("2027-03-28T00:00:00Z", 1, 46),
            ("2027-03-28T22:59:59Z", 46, 46),
            ("2027-10-30T23:00:00Z", 1, 50),
            ("2027-10-31T23:59:59Z", 50, 50),
        ] {
            assert_eq!(settlement_period(at(utc)), SettlementPeriod { number, of }, "{utc}");
        }
    }

    #[test]
    fn a_london_day_begins_at_its_own_midnight_and_lasts_23_24_or_25_hours() {
        for (within, start, hours) in [
            ("2026-11-26T17:00:00Z", "2026-11-26T00:00:00Z", 24),
            ("2027-03-28T12:00:00Z", "2027-03-28T00:00:00Z", 23),
            ("2027-03-28T23:30:00Z", "2027-03-28T23:00:00Z", 24),
            ("2027-10-31T23:30:00Z", "2027-10-30T23:00:00Z", 25),
        ] {
            let (from, to) = london_day(at(within));
            assert_eq!((from, to.since(from)), (at(start), hours * 3600), "{within}");
        }
        for (utc, minute) in [
            ("2026-11-26T17:30:00Z", 1050),
            ("2026-07-01T23:30:00Z", 30),
            ("2027-10-31T00:30:00Z", 90),
            ("2027-10-31T01:30:00Z", 90),
        ] {
            assert_eq!(london_minute(at(utc)), minute, "{utc}");
        }
    }

    #[test]
    fn every_half_hour_of_a_day_of_the_change_has_its_own_number() {
        for (midnight, of) in [("2027-03-28T00:00:00Z", 46), ("2027-10-30T23:00:00Z", 50)] {
            for number in 1..=of {
                let start = at(midnight) + 1800 * (i64::from(number) - 1);
                assert_eq!(settlement_period(start), SettlementPeriod { number, of }, "{start}");
                assert_eq!(settlement_period(start + 1799), SettlementPeriod { number, of }, "{start}");
            }
            let next = settlement_period(at(midnight) + 1800 * i64::from(of));
            assert_eq!(next, SettlementPeriod { number: 1, of: 48 });
        }
    }

    #[test]
    fn the_hour_that_comes_twice_is_told_apart_by_its_zone() {
        for (utc, time, zone, number) in [
            ("2027-10-31T00:30:00Z", "01:30:00", "BST", 4),
            ("2027-10-31T01:30:00Z", "01:30:00", "GMT", 6),
            ("2027-03-28T00:59:59Z", "00:59:59", "GMT", 2),
            ("2027-03-28T01:00:00Z", "02:00:00", "BST", 3),
        ] {
            let local = in_london(at(utc));
            assert_eq!((local.time.as_str(), local.zone.as_str()), (time, zone), "{utc}");
            assert_eq!(settlement_period(at(utc)).number, number, "{utc}");
        }
    }

    #[test]
    fn a_local_entry_is_one_instant_two_or_none() {
        assert_eq!(parse_london("2026-11-26", "17:00"), Ok(LocalEntry::Once(at("2026-11-26T17:00:00Z"))));
        assert_eq!(parse_london("2026-07-01", "17:00"), Ok(LocalEntry::Once(at("2026-07-01T16:00:00Z"))));
        assert_eq!(
            parse_london("2027-10-31", "01:30"),
            Ok(LocalEntry::Twice { bst: at("2027-10-31T00:30:00Z"), gmt: at("2027-10-31T01:30:00Z") })
        );
        assert_eq!(parse_london("2027-03-28", "01:30"), Ok(LocalEntry::Never));
        assert!(parse_london("2027-03-28", "25:00").unwrap_err().contains("not a time of day"));
    }

    #[test]
    fn london_names_its_zone() {
        assert_eq!(in_london(at("2026-07-01T12:00:00Z")).zone, "BST");
        assert_eq!(in_london(at("2026-11-26T17:00:00Z")).time, "17:00:00");
        assert_eq!(in_london(at("2026-11-26T17:00:00Z")).zone, "GMT");
    }
}
