//! When an event has transpired (`active=true` leaves those out; OpenADR 3.1 Definition, "event", and User Guide §7.3).

use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Map, Value};

use super::shape::{self, Length, Start};
use super::stamp::Stamp;

/// The instant at which an event is over for every client; `None` when it has no end or its end cannot be told, so
/// that a poller never misses an event for want of a time.
pub(super) fn end(event: &Map<String, Value>) -> Option<Stamp> {
    let window = Period::of(event.get("intervalPeriod"));
    if window.is_cancelled() {
        return Some(Stamp::from_millis(i64::MIN));
    }
    let shift = window.randomize.unwrap_or_default();
    let end = match length_of(event.get("duration")) {
        // Loops the intervals, or cuts them.
        Some(whole) => plus(first_start(event, &window)?, whole)?,
        None => end_of_intervals(event, &window)?,
    };
    plus(end, Length::Lasting(shift)).map(Stamp::from)
}

struct Period {
    start: Option<Start>,
    length: Option<Length>,
    randomize: Option<Span>,
}

impl Period {
    fn of(value: Option<&Value>) -> Self {
        let member = |name| value.and_then(|v| v.get(name));
        Self {
            start: member("start").and_then(Value::as_str).and_then(shape::start),
            length: length_of(member("duration")),
            randomize: match length_of(member("randomizeStart")) {
                Some(Length::Lasting(span)) => Some(span.abs()),
                _ => None,
            },
        }
    }

    /// Cancelled as the User Guide has it: moved to 0001-01-01 with no length.
    fn is_cancelled(&self) -> bool {
        self.start == Some(Start::Now) && matches!(self.length, Some(Length::Lasting(span)) if span.is_zero())
    }
}

fn length_of(value: Option<&Value>) -> Option<Length> {
    value.and_then(Value::as_str).and_then(shape::length)
}

fn intervals(event: &Map<String, Value>) -> &[Value] {
    event.get("intervals").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn first_start(event: &Map<String, Value>, window: &Period) -> Option<Timestamp> {
    let own = intervals(event).first().and_then(|i| Period::of(i.get("intervalPeriod")).start);
    instant(own.or(window.start))
}

fn instant(start: Option<Start>) -> Option<Timestamp> {
    match start {
        Some(Start::At(at)) => Some(at),
        Some(Start::Now) | None => None,
    }
}

/// The latest end of an interval. One without a start follows the one before it.
fn end_of_intervals(event: &Map<String, Value>, window: &Period) -> Option<Timestamp> {
    let mut cursor = instant(window.start);
    if intervals(event).is_empty() {
        return plus(cursor?, window.length?);
    }
    let mut latest = None;
    for interval in intervals(event) {
        let own = Period::of(interval.get("intervalPeriod"));
        let start = instant(own.start).or(cursor)?;
        let end = plus(start, own.length.or(window.length)?)?;
        cursor = Some(end);
        latest = latest.max(Some(end));
    }
    latest
}

fn plus(at: Timestamp, length: Length) -> Option<Timestamp> {
    match length {
        Length::Endless => None,
        Length::Lasting(span) => {
            at.to_zoned(TimeZone::UTC).checked_add(span).ok().map(|zoned| zoned.timestamp())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "reads better in a table")]
    fn ends(event: Value) -> Option<String> {
        end(event.as_object().unwrap()).map(|at| at.to_string())
    }

    #[test]
    fn an_event_is_over_when_its_last_interval_is() {
        let window = json!({"start": "2026-12-01T16:30:00Z", "duration": "PT30M"});
        for (event, expected) in [
            (json!({"intervalPeriod": window}), Some("2026-12-01T17:00:00.000Z")),
            (
                json!({"intervalPeriod": window, "intervals": [{"id": 0}, {"id": 1}, {"id": 2}]}),
                Some("2026-12-01T18:00:00.000Z"),
            ),
            (
                json!({"intervalPeriod": window, "intervals": [
                    {"intervalPeriod": {"start": "2026-12-01T20:00:00Z"}},
                    {"intervalPeriod": {"start": "2026-12-01T16:30:00Z", "duration": "PT1H"}}]}),
                Some("2026-12-01T20:30:00.000Z"),
            ),
            (
                json!({"intervalPeriod": window, "duration": "P1M", "intervals": [{"id": 0}]}),
                Some("2027-01-01T16:30:00.000Z"),
            ),
            (
                json!({"intervalPeriod": {"start": "2026-12-01T16:30:00Z", "duration": "PT30M",
                    "randomizeStart": "-PT5M"}}),
                Some("2026-12-01T17:05:00.000Z"),
            ),
            (json!({"intervalPeriod": {"start": "2026-12-01T16:30:00Z", "duration": "P9999Y"}}), None),
            (json!({"intervalPeriod": window, "duration": "P9999Y"}), None),
            (json!({"intervalPeriod": {"start": "2026-12-01T16:30:00Z"}}), None),
            (json!({"intervalPeriod": {"start": "0001-01-01", "duration": "PT30M"}}), None),
            (json!({"intervalPeriod": {"duration": "PT30M"}, "intervals": [{"id": 0}]}), None),
            (json!({"intervals": []}), None),
            (json!({}), None),
        ] {
            assert_eq!(ends(event.clone()).as_deref(), expected, "{event}");
        }
    }

    #[test]
    fn an_event_that_was_cancelled_as_the_guide_says_is_over() {
        let event = json!({"intervalPeriod": {"start": "0001-01-01T00:00:00Z", "duration": "PT0S"}});
        assert_eq!(end(event.as_object().unwrap()), Some(Stamp::from_millis(i64::MIN)));
    }
}
