//! The axis above the time line: whole steps of London's clock, and the London days they belong to. Pure.

use jiff::civil::Date;

use super::span::Span;
use crate::console::plot::instant::instant;
use crate::time::{LocalEntry, UtcTime, in_london, parse_london};

/// Steps that people count in, seconds.
const STEPS: [i64; 12] = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 7 * 86_400];
/// The least room for a step, points.
const STEP_ROOM: f64 = 58.0;
const DAY: i64 = 86_400;

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where.
    pub at: UtcTime,
    /// `17:00`; `01:30 BST` where a time of day comes twice; `26 Nov` where steps are days.
    pub label: String,
}

/// A London day, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// Midnight, or where the screen begins.
    pub from: UtcTime,
    /// The next midnight, or where the screen ends.
    pub to: UtcTime,
    /// Whether it begins at a midnight that is shown.
    pub begins: bool,
    date: Date,
    /// `GMT`, `BST`; on the days that the clocks change `GMT, then BST`.
    zone: String,
}

impl Day {
    /// The day's name, as much of it as fits into so many points: `Thursday 26 November 2026, GMT` down to `26`.
    pub fn label(&self, points: f32) -> String {
        let format = match points {
            210.0.. => "%A %-d %B %Y",
            130.0.. => "%a %-d %b %Y",
            66.0.. => "%a %-d %b",
            20.0.. => "%-d",
            _ => return String::new(),
        };
        let date = self.date.strftime(format);
        if points >= 130.0 { format!("{date}, {}", self.zone) } else { date.to_string() }
    }
}

/// The marks of what is shown on so many points.
pub fn ticks(span: Span, points: f32) -> Vec<Tick> {
    let least = span.length() / f64::from(points.max(1.0)) * STEP_ROOM;
    #[expect(clippy::cast_precision_loss, reason = "steps are small")]
    let step = STEPS.into_iter().find(|s| *s as f64 >= least).unwrap_or(28 * DAY);
    let days = days(span);
    if step < DAY {
        return days.iter().flat_map(|day| ticks_of_day(day, step)).collect();
    }
    days.iter()
        .filter(|d| d.begins && day_number(d.date).rem_euclid(step / DAY) == 0)
        .map(|d| Tick { at: d.from, label: d.date.strftime("%-d %b").to_string() })
        .collect()
}

/// The London days of what is shown, in order.
pub fn days(span: Span) -> Vec<Day> {
    let (first, last) = (instant(span.from.ceil()), instant(span.to.floor()));
    let mut days = Vec::new();
    let Some(mut date) = date_of(first) else { return days };
    loop {
        let Ok(tomorrow) = date.tomorrow() else { return days };
        let (Some(begin), Some(end)) = (midnight(date), midnight(tomorrow)) else { return days };
        let (from, to) = (begin.max(first), end.min(last));
        if begin >= last && !days.is_empty() || from > to {
            return days;
        }
        let (zone, after) = (in_london(from).zone, in_london(to - 1).zone);
        let zone = if zone == after { zone } else { format!("{zone}, then {after}") };
        days.push(Day { from, to, begins: begin >= first, date, zone });
        date = tomorrow;
    }
}

/// The zones of London that are shown: `GMT`, or `GMT and BST`.
pub fn zones(span: Span) -> String {
    let (from, to) = (in_london(instant(span.from)).zone, in_london(instant(span.to)).zone);
    if from == to { from } else { format!("{from} and {to}") }
}

/// Whole steps of the clock within a part of a day. On the days that the clocks change, an hour that is skipped has
/// none and an hour that comes twice has them twice, each with its zone.
fn ticks_of_day(day: &Day, step: i64) -> Vec<Tick> {
    let (Some(begin), Some(end)) = (midnight(day.date), day.date.tomorrow().ok().and_then(midnight)) else {
        return Vec::new();
    };
    let within = |tick: &Tick| tick.at >= day.from && tick.at < day.to;
    let steps = (0..DAY / step).map(|n| n * step);
    if end.since(begin) == DAY {
        let first = day.from.since(begin) / step * step;
        return steps
            .skip_while(|s| *s < first)
            .take_while(|s| begin + *s < day.to)
            .map(|s| Tick { at: begin + s, label: clock_face(s) })
            .filter(within)
            .collect();
    }
    steps
        .flat_map(|s| {
            let label = clock_face(s);
            match parse_london(&day.date.to_string(), &label) {
                Ok(LocalEntry::Once(at)) => vec![Tick { at, label }],
                Ok(LocalEntry::Twice { bst, gmt }) => vec![
                    Tick { at: bst, label: format!("{label} BST") },
                    Tick { at: gmt, label: format!("{label} GMT") },
                ],
                Ok(LocalEntry::Never) | Err(_) => Vec::new(),
            }
        })
        .filter(within)
        .collect()
}

/// `17:30` of so many seconds after midnight.
fn clock_face(seconds: i64) -> String {
    format!("{:02}:{:02}", seconds / 3600, seconds % 3600 / 60)
}

fn date_of(at: UtcTime) -> Option<Date> {
    in_london(at).date.parse().ok()
}

/// London's clocks never change at midnight.
fn midnight(date: Date) -> Option<UtcTime> {
    match parse_london(&date.to_string(), "00:00") {
        Ok(LocalEntry::Once(at)) => Some(at),
        _ => None,
    }
}

/// Counts days, so that every seventh is a Monday.
fn day_number(date: Date) -> i64 {
    let monday = Date::constant(2024, 1, 1);
    date.since(monday).map_or(0, |span| i64::from(span.get_days()))
}

/// The midnights that are shown.
pub fn midnights(days: &[Day]) -> impl Iterator<Item = UtcTime> {
    days.iter().filter(|d| d.begins).map(|d| d.from)
}

/// A span of UTC instants.
#[cfg(test)]
pub fn span(from: &str, to: &str) -> Span {
    let at = |text: &str| crate::console::plot::instant::seconds(text.parse().unwrap());
    Span { from: at(from), to: at(to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str, points: f32) -> String {
        ticks(span(from, to), points).into_iter().map(|t| t.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn marks_stand_at_whole_steps_of_a_london_clock_with_room_to_read_them() {
        for (from, to, points, marks) in [
            ("2026-11-26T16:50:00Z", "2026-11-26T18:10:00Z", 400.0, "17:00 17:15 17:30 17:45 18:00"),
            ("2026-11-26T16:50:00Z", "2026-11-26T17:10:00Z", 1400.0, "16:50 16:51 16:52 16:53 16:54 16:55"),
            (
                "2026-07-01T16:10:00Z",
                "2026-07-01T20:10:00Z",
                500.0,
                "17:30 18:00 18:30 19:00 19:30 20:00 20:30 21:00",
            ),
            ("2026-11-26T21:30:00Z", "2026-11-27T02:30:00Z", 400.0, "22:00 23:00 00:00 01:00 02:00"),
            (
                "2026-07-01T00:00:00Z",
                "2026-07-02T23:00:00Z",
                500.0,
                "06:00 12:00 18:00 00:00 06:00 12:00 18:00",
            ),
            (
                "2026-11-20T12:00:00Z",
                "2026-11-26T12:00:00Z",
                600.0,
                "21 Nov 22 Nov 23 Nov 24 Nov 25 Nov 26 Nov",
            ),
            (
                "2026-11-01T12:00:00Z",
                "2026-12-20T12:00:00Z",
                600.0,
                "2 Nov 9 Nov 16 Nov 23 Nov 30 Nov 7 Dec 14 Dec",
            ),
        ] {
            let got = labels(from, to, points);
            assert!(got.starts_with(marks), "{from} to {to} on {points}: {got}");
            let longer = got.len() > marks.len();
            assert!(!longer || points > 1000.0, "{from} to {to} on {points}: {got}");
        }
    }

    #[test]
    fn on_the_days_the_clocks_change_no_mark_lies_where_no_clock_shows_it() {
        assert_eq!(labels("2027-03-27T23:30:00Z", "2027-03-28T03:30:00Z", 300.0), "00:00 02:00 03:00 04:00");
        assert_eq!(
            labels("2027-10-30T22:30:00Z", "2027-10-31T02:30:00Z", 300.0),
            "00:00 01:00 BST 01:00 GMT 02:00"
        );
    }

    #[test]
    fn a_midnight_divides_the_days_and_each_is_named() {
        let days = days(span("2026-11-26T21:30:00Z", "2026-11-27T02:30:00Z"));
        let names: Vec<_> = days.iter().map(|d| d.label(160.0)).collect();
        assert_eq!(names, ["Thu 26 Nov 2026, GMT", "Fri 27 Nov 2026, GMT"]);
        assert_eq!(midnights(&days).map(|m| m.to_string()).collect::<Vec<_>>(), ["2026-11-27T00:00:00Z"]);
        assert_eq!((days[0].begins, days[1].begins), (false, true));
        assert_eq!(days[0].to, days[1].from);
    }

    #[test]
    fn a_day_says_as_much_as_there_is_room_for() {
        let days = days(span("2027-10-31T00:30:00Z", "2027-10-31T20:00:00Z"));
        assert_eq!(days.len(), 1);
        for (points, label) in [
            (300.0, "Sunday 31 October 2027, BST, then GMT"),
            (140.0, "Sun 31 Oct 2027, BST, then GMT"),
            (80.0, "Sun 31 Oct"),
            (30.0, "31"),
            (10.0, ""),
        ] {
            assert_eq!(days[0].label(points), label);
        }
    }

    #[test]
    fn the_corner_names_every_zone_that_is_shown() {
        for (from, to, words) in [
            ("2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z", "GMT"),
            ("2026-07-01T17:00:00Z", "2026-07-01T19:00:00Z", "BST"),
            ("2027-03-28T00:00:00Z", "2027-03-28T04:00:00Z", "GMT and BST"),
        ] {
            assert_eq!(zones(span(from, to)), words);
        }
    }

    #[test]
    fn two_months_of_summer_nights_have_one_day_each_and_no_more() {
        let days = days(span("2026-06-01T12:00:00Z", "2026-07-31T12:00:00Z"));
        assert_eq!(days.len(), 61);
        assert!(days.windows(2).all(|d| d[0].to == d[1].from));
    }
}
