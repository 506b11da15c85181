//! Times, ages and powers as people read them: always with their zone or unit.

use crate::time::{UtcTime, in_london};
pub use crate::time::{span, utc_time};
use crate::units::grouped;

/// `2026-11-26 17:00:00 UTC`.
pub fn utc(at: UtcTime) -> String {
    let text = at.to_string();
    format!("{} UTC", text.trim_end_matches('Z').replacen('T', " ", 1))
}

/// `17:00:00 GMT` as London reads it.
pub fn london(at: UtcTime) -> String {
    let local = in_london(at);
    format!("{} {}", local.time, local.zone)
}

/// `17:00 GMT`: for times that are whole minutes, and where seconds do not matter.
pub fn london_minute(at: UtcTime) -> String {
    let local = in_london(at);
    let time = local.time.get(..5).unwrap_or(&local.time);
    format!("{time} {}", local.zone)
}

/// `2026-11-26 17:00 to 19:00 GMT`, naming both days or zones where they differ.
pub fn london_span(from: UtcTime, to: UtcTime) -> String {
    let (a, b) = (in_london(from), in_london(to));
    let minute = |time: &str| time.get(..5).unwrap_or(time).to_owned();
    let (start, end) = (minute(&a.time), minute(&b.time));
    match (a.date == b.date, a.zone == b.zone) {
        (true, true) => format!("{} {start} to {end} {}", a.date, a.zone),
        (true, false) => format!("{} {start} {} to {end} {}", a.date, a.zone, b.zone),
        (false, _) => format!("{} {start} {} to {} {end} {}", a.date, a.zone, b.date, b.zone),
    }
}

/// How long ago `at` was: `8 s ago`; `never` for none.
pub fn ago(at: Option<UtcTime>, now: UtcTime) -> String {
    at.map_or_else(|| "never".to_owned(), |at| format!("{} ago", span(now.since(at).max(0))))
}

/// `1,500.0 kW`; `–` for none.
pub fn kilowatts(kw: Option<f64>) -> String {
    kw.map_or_else(|| "–".to_owned(), |kw| format!("{} kW", grouped(kw, 1)))
}

/// `62 %` of a share from 0 to 1; `–` for none.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{} %", grouped(share * 100.0, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UtcTime {
        text.parse().unwrap()
    }

    #[test]
    fn every_time_carries_its_zone() {
        assert_eq!(utc(at("2026-11-26T17:00:09Z")), "2026-11-26 17:00:09 UTC");
        assert_eq!(utc_time(at("2026-11-26T17:00:09Z")), "17:00:09 UTC");
        assert_eq!(london(at("2026-07-01T17:00:09Z")), "18:00:09 BST");
        assert_eq!(london_minute(at("2026-07-01T17:00:09Z")), "18:00 BST");
    }

    #[test]
    fn a_window_names_days_and_zones_that_differ() {
        for (from, to, text) in [
            ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z", "2026-11-26 17:00 to 19:00 GMT"),
            ("2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "2027-03-28 00:30 GMT to 02:30 BST"),
            ("2026-11-26T23:30:00Z", "2026-11-27T00:30:00Z", "2026-11-26 23:30 GMT to 2026-11-27 00:30 GMT"),
        ] {
            assert_eq!(london_span(at(from), at(to)), text);
        }
    }

    #[test]
    fn spans_and_powers_carry_units() {
        for (seconds, text) in
            [(8, "8 s"), (125, "2 min 05 s"), (12_000, "3 h 20 min"), (187_200, "2 d 4 h"), (-8, "−8 s")]
        {
            assert_eq!(span(seconds), text);
        }
        assert_eq!(ago(None, at("2026-11-26T17:00:09Z")), "never");
        assert_eq!(kilowatts(Some(-1500.04)), "−1,500.0 kW");
        assert_eq!(kilowatts(None), "–");
        assert_eq!(percent(Some(0.63)), "63 %");
    }
}
