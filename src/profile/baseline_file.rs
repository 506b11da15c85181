//! A unit's baseline as TOML, every problem at its own key.

use std::sync::Arc;

use super::reader::{Node, Reader, Table};
use crate::power::{Baseline, Days, Historical, HistoryFault, Nominated, Weekly};
use crate::time::UtcTime;

/// What stands at `baseline`.
pub(super) const BASELINE_TABLE: &str = "write { kind = \"fixed\", kw = 0 }, say";

const LEVEL: &str = "write net kW, negative for import";
const POINTS: &str = "write local times and net kW, as in [[\"00:00\", -300], [\"07:00\", -700]]";
const POINT: &str = "write a local time and net kW, as in [\"07:00\", -700]";
const DAYS: &str = "write days with local times and net kW, as in { weekdays = [[\"00:00\", -300]], weekend = [[\"00:00\", -100]] }";
const STRETCHES: &str =
    "write from, until and net kW, as in [[\"2026-11-26T17:00:00Z\", \"2026-11-26T19:00:00Z\", -400]]";
const STRETCH: &str =
    "write from, until and net kW, as in [\"2026-11-26T17:00:00Z\", \"2026-11-26T19:00:00Z\", -400]";
const HISTORY: &str =
    "write London dates, each with the net kW of its half-hours, as in { \"2026-11-25\" = [-300, -310] }";
const HALF_HOURS: &str = "write the net kW of the day's half-hours from local midnight, as in [-300, -310]";

/// The mean is of so many days where the file does not say.
const OF_DAYS: u32 = 10;
/// The greatest adjustment where the file does not say.
const SAME_DAY_CAP: f64 = 0.2;

#[derive(Clone, Copy)]
enum Kind {
    Zero,
    Fixed,
    Daily,
    Weekly,
    Nominated,
    Historical,
}

/// Reads a baseline that can be.
pub(super) fn read_baseline(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Baseline> {
    let table = reader.any_table(node, BASELINE_TABLE)?;
    let kinds: [(&str, Kind, &[&str]); 6] = [
        ("zero", Kind::Zero, &["kind"]),
        ("fixed", Kind::Fixed, &["kind", "kw"]),
        ("daily", Kind::Daily, &["kind", "points"]),
        ("weekly", Kind::Weekly, &["kind", "days"]),
        ("nominated", Kind::Nominated, &["kind", "outside_kw", "stretches"]),
        ("historical", Kind::Historical, &["kind", "of_days", "same_day_cap", "days"]),
    ];
    let (kind, table) = reader.of_kind(table, "kind", &kinds)?;
    match kind {
        Kind::Zero => Some(Baseline::Zero),
        Kind::Fixed => {
            let kw = reader.required_number(&table, "kw", LEVEL)?;
            Some(checked(reader, &table, "kw", Baseline::Fixed { kw }))
        }
        Kind::Daily => {
            let node = reader.required(&table, "points", POINTS)?;
            let points = read_points(reader, &node)?;
            Some(checked(reader, &table, "points", Baseline::Daily { points }))
        }
        Kind::Weekly => read_weekly(reader, &table),
        Kind::Nominated => read_nominated(reader, &table),
        Kind::Historical => read_historical(reader, &table),
    }
}

fn checked(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, baseline: Baseline) -> Baseline {
    if let Some(message) = baseline.fault() {
        reader.wrong_in(table, key, message);
    }
    baseline
}

fn read_points(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Vec<(String, f64)>> {
    let list = reader.list(node, POINTS)?;
    let points: Vec<Option<(String, f64)>> = list.iter().map(|point| read_point(reader, point)).collect();
    points.into_iter().collect()
}

pub(super) fn read_point(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<(String, f64)> {
    let [time, kw] = entries(reader, node, POINT)?;
    let time = reader.text(&time, POINT).map(str::to_owned);
    let kw = reader.number(&kw, POINT);
    Some((time?, kw?))
}

fn read_weekly(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Baseline> {
    let node = reader.required(table, "days", DAYS)?;
    let days = reader.table(&node, &Days::ALL.map(Days::word), DAYS)?;
    let mut written = Vec::new();
    let mut is_read = true;
    for of in Days::ALL {
        let Some(node) = days.get(of.word()) else { continue };
        match read_points(reader, &node) {
            Some(points) => written.push((of, points)),
            None => is_read = false,
        }
    }
    match Weekly::new(written) {
        Ok(week) if is_read => Some(Baseline::Weekly(Arc::new(week))),
        Err((Some(of), message)) => {
            reader.wrong_in(&days, of.word(), message);
            None
        }
        // A day that could not be read is not missing.
        Err((None, message)) if is_read => {
            reader.wrong_in(table, "days", message);
            None
        }
        _ => None,
    }
}

fn read_nominated(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Baseline> {
    let outside_kw = reader.required_number(table, "outside_kw", LEVEL);
    let node = reader.required(table, "stretches", STRETCHES)?;
    let nodes = reader.list(&node, STRETCHES)?;
    let stretches: Vec<Option<_>> = nodes.iter().map(|node| read_stretch(reader, node)).collect();
    let stretches = stretches.into_iter().collect::<Option<_>>()?;
    match Nominated::new(outside_kw?, stretches) {
        Ok(nominated) => Some(Baseline::Nominated(Arc::new(nominated))),
        Err((place, message)) => {
            match place.and_then(|place| nodes.get(place)) {
                Some(node) => reader.wrong(node, message),
                None => reader.wrong_in(table, "outside_kw", message),
            }
            None
        }
    }
}

fn read_stretch(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<(UtcTime, UtcTime, f64)> {
    let [from, until, kw] = entries(reader, node, STRETCH)?;
    let (from, until) = (reader.time(&from), reader.time(&until));
    let kw = reader.number(&kw, STRETCH);
    Some((from?, until?, kw?))
}

fn read_historical(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Baseline> {
    let of_days = match table.get("of_days") {
        Some(node) => reader.whole(&node, &(1..=Historical::MOST_DAYS), " of days"),
        None => Some(OF_DAYS),
    };
    let cap = match table.get("same_day_cap") {
        Some(node) => reader.number(&node, "write a share from 0 to 0.5, as in 0.2 for ±20 %"),
        None => Some(SAME_DAY_CAP),
    };
    let node = reader.required(table, "days", HISTORY)?;
    let days = reader.any_table(&node, HISTORY)?;
    let read: Vec<Option<(String, Vec<f64>)>> = days
        .entries()
        .map(|(date, node)| {
            let half_hours = reader.list(&node, HALF_HOURS)?;
            let kw: Vec<Option<f64>> = half_hours.iter().map(|kw| reader.number(kw, HALF_HOURS)).collect();
            Some((date.to_owned(), kw.into_iter().collect::<Option<_>>()?))
        })
        .collect();
    let read = read.into_iter().collect::<Option<_>>()?;
    match Historical::new(of_days?, cap?, read) {
        Ok(history) => Some(Baseline::Historical(Arc::new(history))),
        Err(fault) => {
            match fault {
                HistoryFault::Cap(message) => reader.wrong_in(table, "same_day_cap", message),
                HistoryFault::Day(date, message) => reader.wrong_in(&days, &date, message),
                HistoryFault::Days(message) => reader.wrong_in(table, "days", message),
            }
            None
        }
    }
}

/// A list of so many entries.
fn entries<'t, const N: usize>(
    reader: &mut Reader<'_>,
    node: &Node<'t>,
    right: &str,
) -> Option<[Node<'t>; N]> {
    let entries = reader.list(node, right)?;
    let count = entries.len();
    let exact = <[Node<'t>; N]>::try_from(entries).ok();
    if exact.is_none() {
        let entries = if count == 1 { "entry" } else { "entries" };
        reader.wrong(node, format!("this has {count} {entries}; {right}"));
    }
    exact
}
