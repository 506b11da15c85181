//! Durations and start times as OpenADR 3.1 writes them.

use jiff::{Span, Timestamp};

/// The length of an interval.
#[derive(Clone, Copy, Debug)]
pub(in crate::vtn) enum Length {
    /// So long.
    Lasting(Span),
    /// Without end: `P9999Y` (OpenADR 3.1 User Guide §7.3), and what is longer than time can be reckoned.
    Endless,
}

/// When an interval starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vtn) enum Start {
    /// At an instant.
    At(Timestamp),
    /// The sentinel `0001-01-01`: now, or after the interval before.
    Now,
}

/// Reads a duration by the pattern of the specification's file: days or weeks, a fraction of seconds only, a sign in
/// front. `None` when it is none.
pub(in crate::vtn) fn length(text: &str) -> Option<Length> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    if date.is_empty() && !time.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = Parts(date);
    let (years, months) = (parts.take('Y'), parts.take('M'));
    let (days, weeks) = match parts.take('D') {
        Some(days) => (Some(days), None),
        None => (None, parts.take('W')),
    };
    parts.end()?;
    let mut parts = Parts(time);
    let (hours, minutes) = (parts.take('H'), parts.take('M'));
    let (seconds, nanoseconds) = parts.take_seconds();
    parts.end()?;

    let units = [years, months, weeks, days, hours, minutes, seconds];
    let span = span([years, months, weeks, days, hours, minutes, seconds, nanoseconds]);
    let endless = units.iter().flatten().any(|n| *n == i64::MAX) || years.is_some_and(|y| y >= 9999);
    Some(match span {
        Some(span) if !endless => Length::Lasting(if negative { span.negate() } else { span }),
        _ => Length::Endless,
    })
}

fn span(
    [years, months, weeks, days, hours, minutes, seconds, nanoseconds]: [Option<i64>; 8],
) -> Option<Span> {
    Span::new()
        .try_years(years.unwrap_or(0))
        .and_then(|s| s.try_months(months.unwrap_or(0)))
        .and_then(|s| s.try_weeks(weeks.unwrap_or(0)))
        .and_then(|s| s.try_days(days.unwrap_or(0)))
        .and_then(|s| s.try_hours(hours.unwrap_or(0)))
        .and_then(|s| s.try_minutes(minutes.unwrap_or(0)))
        .and_then(|s| s.try_seconds(seconds.unwrap_or(0)))
        .and_then(|s| s.try_nanoseconds(nanoseconds.unwrap_or(0)))
        .ok()
}

/// What is left to read of one half of a duration.
struct Parts<'a>(&'a str);

impl Parts<'_> {
    /// Digits that end with `unit`. More digits than a number has: the largest.
    fn take(&mut self, unit: char) -> Option<i64> {
        let digits = self.0.len() - self.0.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest.strip_prefix(unit)?;
        Some(number.parse().unwrap_or(i64::MAX))
    }

    /// Seconds and nanoseconds; digits beyond nanoseconds are dropped.
    fn take_seconds(&mut self) -> (Option<i64>, Option<i64>) {
        let Some((whole, fraction)) = self.0.strip_suffix('S').and_then(|s| s.split_once('.')) else {
            return (self.take('S'), None);
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return (None, None);
        }
        self.0 = "";
        let nanoseconds = format!("{fraction:0<9}")[..9].parse().ok();
        (Some(whole.parse().unwrap_or(i64::MAX)), nanoseconds)
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// Reads a start: RFC 3339, or the sentinel in each form that it is written in. `None` when it is neither.
pub(in crate::vtn) fn start(text: &str) -> Option<Start> {
    if matches!(text, "0001-01-01" | "0001-01-01T00:00:00" | "0001-01-01T00:00:00Z") {
        return Some(Start::Now);
    }
    text.parse::<Timestamp>().ok().map(|at| if is_sentinel(at) { Start::Now } else { Start::At(at) })
}

/// Whether an instant is midnight of the first day of year 1, however it was written.
fn is_sentinel(at: Timestamp) -> bool {
    at.as_second() == -62_135_596_800
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_of_the_specifications_pattern_is_read_and_no_other() {
        for good in [
            "PT0S",
            "PT30M",
            "P1D",
            "P2W",
            "P1Y2M3DT4H5M6.789S",
            "-PT15M",
            "P9999Y",
            "P0Y0M0DT0H30M0S",
            "PT1H",
            "P1DT",
            "PT0.5S",
            "P99999999999999999999Y",
            "PT99999999999999999999S",
            "P1Y2M3W",
        ] {
            assert!(length(good).is_some(), "{good}");
        }
        for bad in [
            "", "P", "PT", "-P", "1H", "P1H", "PT1D", "PT1.5H", "P1.5D", "PT.5S", "PT1.S", "PT1M1H", "P1D1W",
            "P1M1Y", "pt1h", "PT1H ", " PT1H", "+PT1H", "P-1D", "PT1S1", "PT1é", "T1H", "PTS",
        ] {
            assert!(length(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn nine_thousand_nine_hundred_and_ninety_nine_years_have_no_end() {
        for endless in ["P9999Y", "P99999999999999999999D", "PT99999999999999999999S"] {
            assert!(matches!(length(endless), Some(Length::Endless)), "{endless}");
        }
        let Some(Length::Lasting(span)) = length("-PT1.25S") else { panic!() };
        assert_eq!((span.get_seconds(), span.get_nanoseconds()), (-1, -250_000_000));
    }

    #[test]
    fn now_is_read_in_each_form_that_is_written() {
        for text in ["0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"]
        {
            assert_eq!(start(text), Some(Start::Now), "{text}");
        }
        assert!(matches!(start("2026-12-01T16:30:00.250+01:00"), Some(Start::At(_))));
        for bad in ["0000-00-00", "2026-12-01", "2026-12-01T16:30:00", "tomorrow", ""] {
            assert_eq!(start(bad), None, "{bad}");
        }
    }
}
