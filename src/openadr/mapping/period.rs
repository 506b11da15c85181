//! When an interval is: ISO 8601 durations, and where each interval of a list stands.

use jiff::fmt::temporal::SpanParser;
use jiff::tz::TimeZone;

use crate::dispatch::quoted;
use crate::openadr::wire::{Interval, IntervalPeriod};
use crate::time::UtcTime;

/// Whole seconds as an ISO 8601 duration of hours, minutes and seconds: `PT2H`, `PT1H30M`, `PT45S`.
pub fn duration_text(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let mut text = "PT".to_owned();
    for (amount, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')] {
        if amount > 0 {
            text.push_str(&amount.to_string());
            text.push(unit);
        }
    }
    if seconds == 0 { "PT0S".to_owned() } else { text }
}

/// A period that starts and ends at these instants.
pub fn period(start: UtcTime, end: UtcTime) -> IntervalPeriod {
    IntervalPeriod {
        start: Some(start.to_string()),
        duration: Some(duration_text(end.since(start))),
        ..IntervalPeriod::default()
    }
}

/// The instant an ISO 8601 duration after `start`, in UTC, however the duration is written (`PT30M` or
/// `P0Y0M0DT0H30M0S`). The error is a sentence.
pub fn end_after(start: UtcTime, duration: &str) -> Result<UtcTime, String> {
    let span = SpanParser::new()
        .parse_span(duration.trim())
        .map_err(|_| format!("{} is not an ISO 8601 duration; write PT30M", quoted(duration)))?;
    if span.is_negative() {
        return Err(format!("{} is negative; a duration runs forward", quoted(duration)));
    }
    let end = jiff::Timestamp::from_second(start.unix())
        .and_then(|t| t.to_zoned(TimeZone::UTC).checked_add(span))
        .map_err(|_| format!("{} has no end; the profile asks for a window that ends", quoted(duration)))?
        .timestamp();
    if end.subsec_nanosecond() != 0 {
        return Err(format!("{} has a fraction of a second; times are whole seconds", quoted(duration)));
    }
    Ok(UtcTime::from_unix(end.as_second()))
}

/// A start as written; `None` when there is none, or OpenADR's sentinel for "now" or "after the previous"
/// (3.1: year 1, 3.0: `0000-00-00`).
pub fn start_of(period: Option<&IntervalPeriod>) -> Result<Option<UtcTime>, String> {
    let Some(text) = period.and_then(|p| p.start.as_deref()) else { return Ok(None) };
    if text.starts_with("0001-01-01") || text.starts_with("0000-00-00") {
        return Ok(None);
    }
    UtcTime::parse_tolerant(text).map(Some).map_err(|e| e.to_string())
}

/// An interval and when it starts and ends.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// Its place in the list.
    pub index: usize,
    /// It.
    pub interval: &'a Interval,
    /// Its start.
    pub start: UtcTime,
    /// Its end, where a duration says so.
    pub end: Option<UtcTime>,
}

/// Why an interval stands nowhere: its place in the list and a sentence.
pub type Misplaced = (usize, String);

/// Places each interval: its own start, else the end of the one before, else, for the first, the default start; its
/// own duration, else the default one (OpenADR 3.1 Definition, "intervalPeriod").
pub fn place<'a>(
    intervals: &'a [Interval],
    default: Option<&IntervalPeriod>,
) -> (Vec<Placed<'a>>, Vec<Misplaced>) {
    let (mut placed, mut misplaced) = (Vec::new(), Vec::new());
    let default_duration = default.and_then(|p| p.duration.as_deref());
    let mut follows = start_of(default).ok().flatten();
    for (index, interval) in intervals.iter().enumerate() {
        match place_one(interval, follows, default_duration) {
            Ok((start, end)) => {
                follows = end;
                placed.push(Placed { index, interval, start, end });
            }
            Err(reason) => {
                follows = None;
                misplaced.push((index, reason));
            }
        }
    }
    (placed, misplaced)
}

fn place_one(
    interval: &Interval,
    follows: Option<UtcTime>,
    default_duration: Option<&str>,
) -> Result<(UtcTime, Option<UtcTime>), String> {
    let own = interval.interval_period.as_ref();
    let start = start_of(own)?
        .or(follows)
        .ok_or_else(|| "it has no start, and nothing before it says when it begins".to_owned())?;
    let duration = own.and_then(|p| p.duration.as_deref()).or(default_duration);
    let end = duration.map(|d| end_after(start, d)).transpose()?;
    Ok((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_duration_is_written_the_one_way() {
        for (seconds, text) in [
            (0, "PT0S"),
            (60, "PT1M"),
            (7200, "PT2H"),
            (5400, "PT1H30M"),
            (45, "PT45S"),
            (90_061, "PT25H1M1S"),
        ] {
            assert_eq!(duration_text(seconds), text);
            assert_eq!(end_after(UtcTime::from_unix(0), text), Ok(UtcTime::from_unix(seconds)), "{text}");
        }
    }

    #[test]
    fn a_duration_means_the_same_however_a_server_writes_it() {
        for text in ["PT30M", "P0Y0M0DT0H30M0S", "PT1800S", "PT0.5H", "PT1800.000S", "P0DT30M"] {
            assert_eq!(end_after(UtcTime::from_unix(0), text), Ok(UtcTime::from_unix(1800)), "{text}");
        }
        assert_eq!(end_after(at("2026-12-01T00:00:00Z"), "P1D"), Ok(at("2026-12-02T00:00:00Z")));
        assert_eq!(end_after(at("2026-12-01T00:00:00Z"), "P1W"), Ok(at("2026-12-08T00:00:00Z")));
        assert_eq!(end_after(at("2026-12-01T00:00:00Z"), "P1M"), Ok(at("2027-01-01T00:00:00Z")));
    }

    #[test]
    fn a_duration_that_cannot_be_held_to_is_refused_in_words() {
        for (text, says) in [
            ("30 minutes", "not an ISO 8601 duration"),
            ("", "not an ISO 8601 duration"),
            ("-PT30M", "negative"),
            ("P9999Y", "no end"),
            ("PT0.5S", "fraction of a second"),
        ] {
            let error = end_after(at("2026-12-01T00:00:00Z"), text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn an_interval_without_a_start_follows_the_one_before() {
        let interval = |start: Option<&str>, duration: Option<&str>| Interval {
            interval_period: (start.is_some() || duration.is_some()).then(|| IntervalPeriod {
                start: start.map(str::to_owned),
                duration: duration.map(str::to_owned),
                ..IntervalPeriod::default()
            }),
            ..Interval::default()
        };
        let default = IntervalPeriod {
            start: Some("2026-12-01T16:00:00Z".into()),
            duration: Some("PT10M".into()),
            ..IntervalPeriod::default()
        };
        let intervals = [
            interval(None, Some("PT30M")),
            interval(None, None),
            interval(Some("0001-01-01T00:00:00Z"), None),
            interval(Some("2026-12-01T17:00:00+00:00"), None),
        ];
        let (placed, misplaced) = place(&intervals, Some(&default));
        assert!(misplaced.is_empty());
        let starts: Vec<String> = placed.iter().map(|p| p.start.to_string()).collect();
        assert_eq!(
            starts,
            ["2026-12-01T16:00:00Z", "2026-12-01T16:30:00Z", "2026-12-01T16:40:00Z", "2026-12-01T17:00:00Z"]
        );
        let (_, misplaced) = place(&intervals[..1], None);
        assert!(misplaced[0].1.contains("no start"));
    }
}
