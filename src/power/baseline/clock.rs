//! Levels by the clock that London shows, exact on the days when it changes.

use std::borrow::Cow;

use crate::power::seconds;
use crate::time::{UtcTime, london_offset_s};

/// Seconds in a day that has 24 hours.
pub(super) const DAY: i64 = 86_400;
/// The clocks change at least this many days apart.
const BETWEEN_CHANGES: i64 = 100 * DAY;

/// Seconds of a local day and the net kW from then on, in order.
pub(super) type Levels<'a> = Cow<'a, [(i64, f64)]>;

/// The level at a second of UTC, where `levels_of` answers each local day (counted from 1970-01-01).
pub(super) fn level<'a>(levels_of: impl Fn(i64) -> Levels<'a>, second: i64) -> f64 {
    level_at_local(&levels_of, second + london_offset(second))
}

/// The instants at which the level may change and the level from then on, over seconds `from` to `to`.
pub(super) fn steps<'a>(levels_of: impl Fn(i64) -> Levels<'a>, from: i64, to: i64) -> Vec<(f64, f64)> {
    let mut steps = Vec::new();
    for (start, end, offset) in constant_offsets(from, to) {
        steps.push((start, level_at_local(&levels_of, start + offset)));
        for day in (start + offset).div_euclid(DAY)..=(end + offset).div_euclid(DAY) {
            for (second, kw) in levels_of(day).iter() {
                let t = day * DAY + second - offset;
                if t > start && t < end {
                    steps.push((t, *kw));
                }
            }
        }
    }
    steps.into_iter().map(|(t, kw)| (seconds(t), kw)).collect()
}

/// The level that a local clock shows `local` seconds after 1970-01-01: before the first of a day, the last of the day
/// before.
fn level_at_local<'a>(levels_of: &impl Fn(i64) -> Levels<'a>, local: i64) -> f64 {
    let (day, second_of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let levels = levels_of(day);
    let after = levels.partition_point(|(second, _)| *second <= second_of_day);
    let within = after.checked_sub(1).and_then(|i| levels.get(i)).map(|(_, kw)| *kw);
    within.or_else(|| levels_of(day - 1).last().map(|(_, kw)| *kw)).unwrap_or(0.0)
}

/// `HH:MM` as seconds since local midnight.
pub(super) fn second_of_day(text: &str) -> Option<i64> {
    let digit = |i: usize| text.as_bytes().get(i).filter(|b| b.is_ascii_digit()).map(|b| i64::from(b - b'0'));
    if text.len() != 5 || text.as_bytes().get(2) != Some(&b':') {
        return None;
    }
    let (hours, minutes) = (digit(0)? * 10 + digit(1)?, digit(3)? * 10 + digit(4)?);
    (hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)
}

/// The local day that holds a second of UTC, counted from 1970-01-01.
pub(super) fn day_of(second: i64) -> i64 {
    (second + london_offset(second)).div_euclid(DAY)
}

/// The second of UTC at which a local day begins. The clocks change at 01:00 UTC, so that the offset at midnight UTC is
/// also that of the local midnight beside it.
pub(super) fn start_of(day: i64) -> i64 {
    day * DAY - london_offset(day * DAY)
}

/// From 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
pub(super) fn weekday(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}

/// `from` to `to`, `to` included, in stretches (start, end not included, London's offset from UTC).
fn constant_offsets(from: i64, to: i64) -> Vec<(i64, i64, i64)> {
    let mut stretches = Vec::new();
    let (mut start, mut offset) = (from, london_offset(from));
    while start <= to {
        let reach = start.saturating_add(BETWEEN_CHANGES).min(to + 1);
        let beyond = london_offset(reach);
        let end = if beyond == offset { reach } else { first_with(start, reach, beyond) };
        stretches.push((start, end, offset));
        start = end;
        offset = if end == reach { beyond } else { london_offset(end) };
    }
    stretches
}

/// The first second after `start` at which London's offset is `offset`, when it is so at `reach` and changes once.
fn first_with(mut start: i64, mut reach: i64, offset: i64) -> i64 {
    while reach - start > 1 {
        let middle = start + (reach - start) / 2;
        if london_offset(middle) == offset { reach = middle } else { start = middle }
    }
    reach
}

/// Seconds by which London's clocks are ahead of UTC.
pub(super) fn london_offset(second: i64) -> i64 {
    london_offset_s(UtcTime::from_unix(second))
}

/// The second that holds an instant, within the years that can be written.
#[expect(clippy::cast_possible_truncation, reason = "clamped to years 1 to 9999 first")]
pub(super) fn whole_second(t: f64) -> i64 {
    t.floor().clamp(-62_135_596_800.0, 253_402_207_200.0) as i64
}
