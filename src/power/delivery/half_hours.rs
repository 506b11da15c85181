//! The half-hours of a window, in which markets settle.

use super::HalfHourScore;
use super::minutes::{MINUTE, Minute};

/// Seconds in a half-hour. London is a whole number of them from UTC, so that settlement periods begin with them.
const HALF_HOUR: f64 = 1800.0;

/// The half-hours that hold these minutes, in order. Within one, a minute above what was asked makes up for one below.
pub(super) fn of(minutes: &[Minute]) -> Vec<HalfHourScore> {
    let start = |minute: &Minute| (minute.start() / HALF_HOUR).floor() * HALF_HOUR;
    minutes.chunk_by(|a, b| start(a) == start(b)).filter_map(|of| Some(one(start(of.first()?), of))).collect()
}

fn one(start: f64, minutes: &[Minute]) -> HalfHourScore {
    let metered = || minutes.iter().filter_map(|minute| Some((minute.asked_change(), minute.change()?)));
    let asked: f64 = metered().map(|(asked, _)| asked).sum();
    let given: f64 = metered().map(|(_, change)| change).sum();
    let hours = MINUTE / 3600.0;
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let minutes_metered = count(metered().count());
    HalfHourScore {
        start,
        asked_kwh: asked.abs() * hours,
        delivered_kwh: (given * asked.signum()).clamp(0.0, asked.abs()) * hours,
        minutes_metered,
        minutes_missing: count(minutes.len()).saturating_sub(minutes_metered),
    }
}
