//! How many alarms come, in words, against what one person can deal with (EEMUA 191 and ISA-18.2). Pure.

use crate::console::widgets::count;
use crate::console::words;
use crate::desk::snapshot::{AlarmLoad, Priority};
use crate::time::UtcTime;

/// What is manageable, for the help.
pub const MANAGEABLE: &str = "One person can deal with about 1 alarm in 10 min, 2 at most for long. More than 10 in 10 min \
                              are a flood. Of all alarms about 5 % should be of priority 1, 15 % of 2 and 80 % of 3.";

/// A shift, seconds.
const SHIFT_S: i64 = 8 * 3600;

/// `Flood: 37 alarms in 10 min`, while there is one.
pub fn flood(load: &AlarmLoad) -> Option<String> {
    load.flood.map(|_| format!("Flood: {} alarms in 10 min", many(load.ten_minutes)))
}

/// The figures of a shift: each with its name.
pub fn figures(load: &AlarmLoad, now: UtcTime) -> Vec<(&'static str, String)> {
    let judged = match load.ten_minutes {
        _ if load.flood.is_some() => "a flood",
        0..=2 => "manageable",
        _ => "more than one person can deal with for long",
    };
    let watched_s = load.counted_since.map_or(0, |since| now.since(since).clamp(0, SHIFT_S));
    let counted =
        if watched_s < SHIFT_S { format!(", counted for {}", words::span(watched_s)) } else { String::new() };
    vec![
        ("Last 10 min", format!("{}: {judged}", many(load.ten_minutes))),
        ("Last hour", format!("{}, {} in 10 min", many(load.hour), a_sixth(load.hour))),
        ("Last 8 h", format!("{}{counted}", many(load.of_shift()))),
        ("Of priority 1, 2, 3", mix(load)),
    ]
}

/// `5 %, 15 %, 80 %`.
fn mix(load: &AlarmLoad) -> String {
    let all = load.of_shift();
    if all == 0 {
        return "none came".to_owned();
    }
    Priority::ALL
        .map(|priority| words::percent(Some(f64::from(load.shift[priority.place()]) / f64::from(all))))
        .join(", ")
}

fn a_sixth(of_hour: u32) -> String {
    crate::units::grouped(f64::from(of_hour) / 6.0, 1)
}

fn many(of: u32) -> String {
    count(usize::try_from(of).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::{NOW, at};

    #[test]
    fn figures_say_whether_the_list_can_be_dealt_with() {
        let since = Some(at(NOW) - 5400);
        for (load, expected) in [
            (
                AlarmLoad { ten_minutes: 2, hour: 9, shift: [1, 3, 16], counted_since: since, flood: None },
                ["2: manageable", "9, 1.5 in 10 min", "20, counted for 1 h 30 min", "5 %, 15 %, 80 %"],
            ),
            (
                AlarmLoad {
                    ten_minutes: 1037,
                    hour: 1200,
                    shift: [0, 1200, 0],
                    counted_since: Some(at(NOW) - 40_000),
                    flood: Some(at(NOW)),
                },
                ["1,037: a flood", "1,200, 200.0 in 10 min", "1,200", "0 %, 100 %, 0 %"],
            ),
            (
                AlarmLoad { ten_minutes: 3, counted_since: since, ..AlarmLoad::default() },
                [
                    "3: more than one person can deal with for long",
                    "0, 0.0 in 10 min",
                    "0, counted for 1 h 30 min",
                    "none came",
                ],
            ),
        ] {
            let shown: Vec<String> = figures(&load, at(NOW)).into_iter().map(|(_, text)| text).collect();
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn a_flood_is_said_with_its_number_while_it_lasts() {
        let mut load = AlarmLoad { ten_minutes: 37, ..AlarmLoad::default() };
        assert_eq!(flood(&load), None);
        load.flood = Some(at(NOW));
        assert_eq!(flood(&load).as_deref(), Some("Flood: 37 alarms in 10 min"));
    }
}
