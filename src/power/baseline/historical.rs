//! A baseline from the past: the mean of the last like days, adjusted by the day itself.
//!
//! Weekdays are like weekdays, Saturdays and Sundays like each other. Days on which the unit was dispatched, and bank
//! holidays, are left out by whoever writes the history. Half-hours are compared by what London's clock shows: the hour
//! that comes twice in October is one, by its mean, and the one that March leaves out is no day's.
//!
//! The last day may be one that is still going on, with its half-hours so far. The rest of that day is the mean times
//! what was metered ÷ the mean over its last three hours, between 1 − cap and 1 + cap. So the adjustment is settled by
//! readings from before the dispatch, and plan, desk and marks all go by the same baseline.

use super::clock::{self, Levels};
use super::level_fault;
use super::nominated::HALF_HOUR;
use crate::time::UtcTime;

/// Half-hours that a clock shows in a day.
const SLOTS: usize = 48;
/// So many half-hours adjust the rest of their day.
const ADJUSTING: usize = 6;

/// A history that answers for every day.
#[derive(Clone, Debug, PartialEq)]
pub struct Historical {
    of_days: u32,
    same_day_cap: f64,
    /// In order.
    days: Vec<PastDay>,
    /// The last day, when it is not whole: the second of UTC up to which it is known, where the day ends, and by what
    /// its rest is multiplied.
    today: Option<(i64, i64, f64)>,
}

/// A day of half-hour readings.
#[derive(Clone, Debug, PartialEq)]
struct PastDay {
    /// Local days since 1970-01-01.
    day: i64,
    date: String,
    /// Mean net kW of each half-hour since local midnight.
    kw: Vec<f64>,
    /// By what the clock shows; `None` for what it does not.
    slots: Vec<Option<f64>>,
}

/// Where a history is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryFault {
    /// The cap.
    Cap(String),
    /// A day, by its date.
    Day(String, String),
    /// All of them.
    Days(String),
}

impl Historical {
    /// The most days that a mean is taken of.
    pub const MOST_DAYS: u32 = 60;

    /// From the number of like days (held to 1 to [`Self::MOST_DAYS`]), the greatest adjustment as a share, and London dates (`2026-11-26`) each with the
    /// mean net kW of its half-hours since local midnight.
    ///
    /// # Errors
    /// The first fault.
    pub fn new(of_days: u32, same_day_cap: f64, days: Vec<(String, Vec<f64>)>) -> Result<Self, HistoryFault> {
        if !(0.0..=0.5).contains(&same_day_cap) {
            return Err(HistoryFault::Cap(format!(
                "{same_day_cap} is out of bounds; write a share from 0 to 0.5, as in 0.2 for ±20 %"
            )));
        }
        let mut read: Vec<PastDay> = days.into_iter().map(PastDay::new).collect::<Result<_, _>>()?;
        read.sort_by_key(|day| day.day);
        let of_days = of_days.clamp(1, Self::MOST_DAYS);
        let mut history = Self { of_days, same_day_cap, days: read, today: None };
        let count = history.days.len();
        if let Some(part) = history.days.iter().take(count.saturating_sub(1)).find(|day| !day.is_whole()) {
            let message = format!(
                "has {} and the day has {}; write all of them, fewer for the last day alone",
                half_hours(part.kw.len()),
                part.of()
            );
            return Err(HistoryFault::Day(part.date.clone(), message));
        }
        for (is_weekend, like) in [(false, "weekday"), (true, "Saturday or Sunday")] {
            if !history.days.iter().any(|day| day.is_weekend() == is_weekend && day.is_whole()) {
                return Err(HistoryFault::Days(format!(
                    "there is no whole {like} among them; write at least one, as in \"2026-11-26\" = [48 kW]"
                )));
            }
        }
        history.today = history.adjustment();
        Ok(history)
    }

    /// Of how many like days the mean is.
    pub fn of_days(&self) -> u32 {
        self.of_days
    }

    /// The greatest adjustment, as a share.
    pub fn same_day_cap(&self) -> f64 {
        self.same_day_cap
    }

    /// London dates and their half-hours, net kW, in order.
    pub fn days(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.days.iter().map(|day| (day.date.as_str(), day.kw.as_slice()))
    }

    /// From the beginning of its first day to a week after its last, seconds of UTC.
    pub(super) fn span(&self) -> (i64, i64) {
        let day = |past: Option<&PastDay>| past.map_or(0, |past| past.day);
        (clock::start_of(day(self.days.first())), clock::start_of(day(self.days.last()) + 8))
    }

    /// A local day's levels, before adjustment.
    pub(super) fn levels(&self, day: i64) -> Levels<'static> {
        let slots = self.mean(day);
        let level = |(slot, kw): (usize, f64)| (i64::try_from(slot).unwrap_or(0) * HALF_HOUR, kw);
        slots.into_iter().enumerate().map(level).collect::<Vec<_>>().into()
    }

    /// By what the mean is multiplied at a second of UTC.
    pub(super) fn factor(&self, second: i64) -> f64 {
        let own = self.today.filter(|(from, until, _)| (*from..*until).contains(&second));
        own.map_or(1.0, |(.., factor)| factor)
    }

    /// The mean of each half-hour over the last like days before a day; over the first of them for a day that nothing
    /// precedes. A half-hour that no such day has, is as the one before it.
    fn mean(&self, day: i64) -> Vec<f64> {
        let is_like = |past: &&PastDay| past.is_whole() && past.is_weekend() == is_weekend(day);
        let most = usize::try_from(self.of_days).unwrap_or(1);
        let mut own: Vec<&PastDay> =
            self.days.iter().rev().filter(is_like).filter(|past| past.day < day).take(most).collect();
        if own.is_empty() {
            own.extend(self.days.iter().find(is_like));
        }
        let mut before = 0.0;
        let mut mean = Vec::with_capacity(SLOTS);
        for slot in 0..SLOTS {
            before = mean_of(own.iter().filter_map(|past| past.slots.get(slot).copied().flatten()))
                .unwrap_or(before);
            mean.push(before);
        }
        mean
    }

    fn adjustment(&self) -> Option<(i64, i64, f64)> {
        let today = self.days.last().filter(|day| !day.is_whole() && day.kw.len() >= ADJUSTING)?;
        let mean = self.mean(today.day);
        let known = today.kw.len();
        let (mut metered, mut expected) = (0.0, 0.0);
        for period in known - ADJUSTING..known {
            metered += today.kw.get(period)?;
            expected += mean.get(today.slot(period))?;
        }
        let ratio = metered / expected;
        let (least, most) = (1.0 - self.same_day_cap, 1.0 + self.same_day_cap);
        let until = clock::start_of(today.day + 1);
        ratio.is_finite().then(|| (today.start(known), until, ratio.clamp(least, most)))
    }
}

impl PastDay {
    fn new((date, kw): (String, Vec<f64>)) -> Result<Self, HistoryFault> {
        let wrong = |message: String| HistoryFault::Day(date.clone(), message);
        let noon = (date.len() == 10).then(|| format!("{date}T12:00:00Z").parse::<UtcTime>().ok()).flatten();
        let noon = noon.ok_or_else(|| wrong(format!("`{date}` is not a date; write 2026-11-26")))?;
        if let Some(fault) = kw.iter().find_map(|kw| level_fault(*kw)) {
            return Err(wrong(fault));
        }
        let mut past = Self { day: clock::day_of(noon.unix()), date: date.clone(), kw, slots: Vec::new() };
        if past.kw.len() > past.of() {
            let (count, of) = (half_hours(past.kw.len()), past.of());
            return Err(wrong(format!("has {count} and the day has {of}; write one kW for each")));
        }
        let of_slot = |slot: usize| {
            let own = past.kw.iter().enumerate().filter(|(period, _)| past.slot(*period) == slot);
            mean_of(own.map(|(_, kw)| *kw))
        };
        past.slots = (0..SLOTS).map(of_slot).collect();
        Ok(past)
    }

    /// The second of UTC at which a half-hour begins, counted from 0 at local midnight.
    fn start(&self, period: usize) -> i64 {
        clock::start_of(self.day) + i64::try_from(period).unwrap_or(0) * HALF_HOUR
    }

    /// Where the clock stands when a half-hour begins.
    fn slot(&self, period: usize) -> usize {
        let start = self.start(period);
        let shown = (start + clock::london_offset(start)).rem_euclid(clock::DAY) / HALF_HOUR;
        usize::try_from(shown).unwrap_or(0)
    }

    /// How many half-hours the day has: 46, 48 or 50.
    fn of(&self) -> usize {
        let seconds = clock::start_of(self.day + 1) - clock::start_of(self.day);
        usize::try_from(seconds / HALF_HOUR).unwrap_or(SLOTS)
    }

    fn is_whole(&self) -> bool {
        self.kw.len() == self.of()
    }

    fn is_weekend(&self) -> bool {
        is_weekend(self.day)
    }
}

fn half_hours(count: usize) -> String {
    format!("{count} half-hour{}", if count == 1 { "" } else { "s" })
}

fn is_weekend(day: i64) -> bool {
    clock::weekday(day) >= 5
}

fn mean_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
