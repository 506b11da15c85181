//! How many alarms come in ten minutes, an hour and a shift, and whether that is a flood. Pure.

use std::collections::VecDeque;

use crate::desk::snapshot::{AlarmLoad, Priority};
use crate::time::UtcTime;

/// More in ten minutes are a flood (EEMUA 191).
const FLOOD_ABOVE: u32 = 10;
/// It is over once fewer come in ten minutes (ISA-18.2): between the two nothing changes, so that the list does not
/// change its form with each alarm.
const OVER_BELOW: u32 = 5;

const TEN_MINUTES_S: i64 = 600;
const HOUR_S: i64 = 3600;
const SHIFT_S: i64 = 8 * HOUR_S;

/// What came, by the clock.
pub(super) struct Load {
    ten_minutes: Window,
    hour: Window,
    shift: Window,
    since: Option<UtcTime>,
    flood: Option<UtcTime>,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            ten_minutes: Window::new(TEN_MINUTES_S, 1),
            hour: Window::new(HOUR_S, 10),
            shift: Window::new(SHIFT_S, 60),
            since: None,
            flood: None,
        }
    }
}

impl Load {
    /// An alarm calls for a person.
    pub(super) fn count(&mut self, now: UtcTime, priority: Priority) {
        self.since.get_or_insert(now);
        for window in [&mut self.ten_minutes, &mut self.hour, &mut self.shift] {
            window.count(now, priority);
        }
    }

    /// Time has passed. Answers whether a flood began or ended.
    pub(super) fn pass(&mut self, now: UtcTime) -> bool {
        self.since.get_or_insert(now);
        for window in [&mut self.ten_minutes, &mut self.hour, &mut self.shift] {
            window.pass(now);
        }
        let lately = self.ten_minutes.all();
        let before = self.flood;
        self.flood = match before {
            None if lately > FLOOD_ABOVE => Some(now),
            Some(_) if lately < OVER_BELOW => None,
            as_it_is => as_it_is,
        };
        before != self.flood
    }

    /// All of it, as of the last [`Self::pass`].
    pub(super) fn shown(&self) -> AlarmLoad {
        AlarmLoad {
            ten_minutes: self.ten_minutes.all(),
            hour: self.hour.all(),
            shift: self.shift.sum,
            counted_since: self.since,
            flood: self.flood,
        }
    }
}

/// Counts of the last so many seconds. What it holds is bound by its length, however many alarms come.
struct Window {
    seconds: i64,
    grain: i64,
    counts: VecDeque<(i64, [u32; 3])>,
    sum: [u32; 3],
}

impl Window {
    fn new(seconds: i64, grain: i64) -> Self {
        Self { seconds, grain, counts: VecDeque::new(), sum: [0; 3] }
    }

    fn count(&mut self, now: UtcTime, priority: Priority) {
        let slot = now.unix().div_euclid(self.grain);
        if self.counts.back().is_none_or(|(last, _)| *last != slot) {
            self.counts.push_back((slot, [0; 3]));
        }
        let place = priority.place();
        if let Some((_, counts)) = self.counts.back_mut() {
            counts[place] = counts[place].saturating_add(1);
            self.sum[place] = self.sum[place].saturating_add(1);
        }
    }

    /// Forgets what is too old, and on a clock that was set back what has not come yet.
    fn pass(&mut self, now: UtcTime) {
        let last = now.unix().div_euclid(self.grain);
        let first = (now.unix() - self.seconds).div_euclid(self.grain) + 1;
        while self.counts.front().is_some_and(|(slot, _)| !(first..=last).contains(slot)) {
            if let Some((_, counts)) = self.counts.pop_front() {
                for (sum, count) in self.sum.iter_mut().zip(counts) {
                    *sum = sum.saturating_sub(count);
                }
            }
        }
    }

    fn all(&self) -> u32 {
        self.sum.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    fn count(load: &mut Load, seconds: i64, many: u32) {
        for _ in 0..many {
            load.count(at(seconds), Priority::Low);
        }
    }

    #[test]
    fn an_eleventh_alarm_in_ten_minutes_is_a_flood_until_fewer_than_five_come() {
        let mut load = Load::default();
        count(&mut load, 0, 6);
        count(&mut load, 300, 4);
        assert!(!load.pass(at(300)));
        assert_eq!(load.shown().flood, None, "ten can be dealt with");
        count(&mut load, 301, 1);
        assert!(load.pass(at(301)));
        assert_eq!(load.shown().flood, Some(at(301)));
        assert!(!load.pass(at(600)), "five of eleven are left, and it is not over yet");
        assert_eq!((load.shown().ten_minutes, load.shown().flood), (5, Some(at(301))));
        assert!(load.pass(at(901)));
        assert_eq!((load.shown().ten_minutes, load.shown().flood), (0, None));
    }

    #[test]
    fn each_window_counts_what_came_in_it() {
        let mut load = Load::default();
        load.pass(at(0));
        for minute in 0..9 * 60 {
            let priority = if minute % 20 == 0 { Priority::High } else { Priority::Low };
            load.count(at(minute * 60), priority);
        }
        load.pass(at(9 * 3600 - 1));
        let shown = load.shown();
        assert_eq!((shown.ten_minutes, shown.hour, shown.of_shift()), (10, 60, 480));
        assert_eq!(shown.shift, [24, 0, 456]);
        assert_eq!(shown.counted_since, Some(at(0)));
    }

    #[test]
    fn a_thousand_alarms_a_minute_for_a_shift_take_no_more_room_than_one_a_second() {
        let mut load = Load::default();
        for second in 0..SHIFT_S {
            count(&mut load, second, 17);
            load.pass(at(second));
        }
        assert!(load.ten_minutes.counts.len() <= 600);
        assert!(load.hour.counts.len() <= 361 && load.shift.counts.len() <= 481);
        assert_eq!(load.shown().ten_minutes, 10_200);
    }

    #[test]
    fn a_clock_that_is_set_back_forgets_what_has_not_come_yet() {
        let mut load = Load::default();
        count(&mut load, 7200, 20);
        load.pass(at(7200));
        load.pass(at(0));
        assert_eq!(load.shown().ten_minutes, 0);
    }
}
