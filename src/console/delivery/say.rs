//! Delivery in words and figures: what a moment held, what is short and over. Pure.

use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::time::UtcTime;
use crate::units::grouped;

use super::sum::{Sum, SumMinute};
use super::track::{Moment, Totals, Track};

/// A change smaller than this is none, kW.
const SAME_KW: f64 = 1e-6;
/// Off baseline by more than this is something, kW.
const OFF_BASELINE_KW: f64 = 1.0;

/// `minute to 17:05 GMT`.
pub fn minute(end: UtcTime) -> String {
    format!("minute to {}", words::london_minute(end))
}

/// What was delivered less what was asked, kW, and what to call it.
pub fn deviation(moment: &Moment) -> Option<(f64, &'static str)> {
    let (asked, delivered, baseline) = (moment.instructed?, moment.delivered?, moment.baseline?);
    let deviation = delivered - asked;
    let word = match &moment.score {
        Some(score) if score.is_within_tolerance == Some(true) => "within tolerance",
        Some(score) if score.short_kw > score.over_kw => "short",
        Some(score) if score.over_kw > 0.0 => "over",
        _ if (asked - baseline).abs() > SAME_KW => "not marked",
        _ if deviation.abs() > OFF_BASELINE_KW => "off baseline",
        _ => "at baseline",
    };
    Some((deviation, word))
}

/// The figures of a moment, each with its name and unit.
pub fn figures(moment: &Moment) -> Vec<(&'static str, String)> {
    let deviation = deviation(moment);
    let mut figures = vec![
        ("Instructed", words::kilowatts(moment.instructed)),
        ("Reachable", words::kilowatts(moment.reachable)),
        (
            "Delivered",
            moment.delivered.map_or_else(|| "not metered".to_owned(), |kw| words::kilowatts(Some(kw))),
        ),
        ("Baseline", moment.baseline.map_or_else(|| "unknown".to_owned(), |kw| words::kilowatts(Some(kw)))),
        (
            "Deviation",
            deviation.map_or_else(|| "–".to_owned(), |(kw, word)| format!("{word}, {}", signed(kw))),
        ),
    ];
    figures.extend(moment.live.map(|live| ("Live", words::kilowatts(Some(live)))));
    figures.extend(charge(moment));
    figures
}

/// The figures of a moment of a unit without a dispatch.
pub fn idle_figures(moment: &Moment) -> Vec<(&'static str, String)> {
    let baseline = moment.baseline.map_or_else(|| "unknown".to_owned(), |kw| words::kilowatts(Some(kw)));
    let live = moment.live.map_or_else(|| "not reported".to_owned(), |kw| words::kilowatts(Some(kw)));
    [("Live", live), ("Baseline", baseline)].into_iter().chain(charge(moment)).collect()
}

fn charge(moment: &Moment) -> Option<(&'static str, String)> {
    moment.charge.map(|charge| ("State of charge", format!("{} %", grouped(charge * 100.0, 1))))
}

/// The figures of a moment of the fleet.
pub fn fleet_figures(minute: Option<&SumMinute>) -> Vec<(&'static str, String)> {
    let kw = |of: &dyn Fn(&SumMinute) -> Option<f64>| words::kilowatts(minute.and_then(of));
    let delivered = minute.and_then(SumMinute::delivered);
    let metered = minute.map_or_else(|| "–".to_owned(), |m| format!("{} of {} units", m.metered, m.asked));
    vec![
        ("Instructed", kw(&|m| Some(m.instructed))),
        ("Reachable", kw(&|m| Some(m.reachable))),
        (
            "Delivered",
            delivered.map_or_else(|| "not metered of all".to_owned(), |kw| words::kilowatts(Some(kw))),
        ),
        ("Short", kw(&|m| m.delivered().map(|_| m.short_kw()))),
        ("Over", kw(&|m| m.delivered().map(|_| m.over_kw()))),
        ("Baselines", kw(&|m| Some(m.baseline))),
        ("Metered", metered),
    ]
}

/// `+12.0 kW`, `−12.0 kW`, `0.0 kW`.
fn signed(kw: f64) -> String {
    let plus = if kw >= 0.05 { "+" } else { "" };
    format!("{plus}{} kW", grouped(kw, 1))
}

/// `12.3 kWh short, 0.0 kWh over` and what is missing.
pub fn energies(totals: &Totals) -> String {
    let missing = match totals.missing {
        0 => String::new(),
        1 => ", 1 minute without a reading".to_owned(),
        n => format!(", {n} minutes without a reading"),
    };
    format!("{} kWh short, {} kWh over{missing}", grouped(totals.short_kwh, 1), grouped(totals.over_kwh, 1))
}

/// `instructed 5,000 kW, delivered 4,120 kW, 880 kW short`.
fn against(moment: &Moment) -> String {
    let whole = |kw: f64| format!("{} kW", grouped(kw, 0));
    let instructed = moment
        .instructed
        .map_or_else(|| "baseline unknown".to_owned(), |kw| format!("instructed {}", whole(kw)));
    let Some(delivered) = moment.delivered else { return format!("{instructed}, not metered") };
    let deviation = match deviation(moment) {
        Some((kw, word @ ("short" | "over" | "off baseline"))) => format!(", {} {word}", whole(kw.abs())),
        Some((_, word)) => format!(", {word}"),
        None => String::new(),
    };
    format!("{instructed}, delivered {}{deviation}", whole(delivered))
}

/// The plot of a dispatch in words, for those who do not see it.
pub fn of_track(track: &Track, unit: Option<&UnitState>, at: UtcTime) -> String {
    let moment = track.moment(unit, at);
    let mut text = format!("Delivery of {}", track.dispatch.key.dispatch_ref);
    if let Some(document) = track.dispatch.dispatch() {
        text += &format!(" by {}", document.unit);
    }
    text += &format!(", {}: {}", minute(at), against(&moment));
    if let Some(kw) = moment.reachable {
        text += &format!(", reachable {} kW", grouped(kw, 0));
    }
    if let Some(kw) = moment.baseline {
        text += &format!(", baseline {} kW", grouped(kw, 0));
    }
    if let Some(charge) = moment.charge {
        text += &format!(", charge {} %", grouped(charge * 100.0, 0));
    }
    text += &format!("; up to then {}; {}", energies(&track.totals(at)), track.dispatch.phase.word());
    text
}

/// The plot of the fleet in words.
pub fn of_sum(sum: &Sum, at: UtcTime) -> String {
    let whole = |kw: f64| format!("{} kW", grouped(kw, 0));
    let minute_at = sum.minute_at(at);
    let instructed = minute_at.map_or(0.0, |m| m.instructed);
    let delivered = minute_at.and_then(SumMinute::delivered);
    let delivered = delivered.map_or_else(
        || "not metered of all units".to_owned(),
        |kw| {
            let (short, over) = minute_at.map_or((0.0, 0.0), |m| (m.short_kw(), m.over_kw()));
            format!("delivered {}, {} short, {} over", whole(kw), whole(short), whole(over))
        },
    );
    let shares: Vec<String> = sum
        .layers
        .iter()
        .zip(minute_at.into_iter().flat_map(|m| &m.by_layer))
        .map(|(layer, kw)| format!("{layer} {}", kw.map_or_else(|| "not metered".to_owned(), whole)))
        .collect();
    let shares = if shares.is_empty() { String::new() } else { format!(": {}", shares.join(", ")) };
    format!(
        "Delivery of the fleet, {} dispatches summed as change against baseline, {}: instructed {}, {delivered}{shares}; up to then {}",
        sum.tracks.len(),
        minute(at),
        whole(instructed),
        energies(&sum.totals(at))
    )
}

/// The plot of a unit without a dispatch in words.
pub fn of_idle(unit: &UnitState, moment: &Moment) -> String {
    let live =
        moment.live.map_or_else(|| "not reported".to_owned(), |kw| format!("at {} kW net", grouped(kw, 0)));
    let baseline =
        moment.baseline.map_or_else(|| "unknown".to_owned(), |kw| format!("{} kW", grouped(kw, 0)));
    format!("Power of {} without a dispatch, {}: {live}, baseline {baseline}", unit.unit, minute(moment.end))
}
