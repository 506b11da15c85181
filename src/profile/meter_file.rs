//! A unit's meter as TOML: `meter = { noise = 0.005, resolution_kw = 1 }`.

use super::reader::{Reader, Table};
use crate::power::Meter;

const KEYS: [&str; 3] = ["noise", "resolution_kw", "seed"];
const TABLE: &str = "write { noise = 0.005, resolution_kw = 1 }, say";
const NOISE: &str = "write its standard deviation as a share of the reading, as in 0.005";
const STEP: &str = "write the step in which it reads, kW, as in 1";

/// Reads the key; without it a unit is metered exactly.
pub(super) fn read_meter(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Meter> {
    let Some(node) = table.get("meter") else { return Some(Meter::EXACT) };
    let table = reader.table(&node, &KEYS, TABLE)?;
    if table.get("noise").is_none() && table.get("resolution_kw").is_none() {
        let message = "is missing, and so is resolution_kw; write one of the two, or leave the meter out";
        reader.wrong_in(&table, "noise", message);
        return None;
    }
    let noise = match table.get("noise") {
        Some(node) => reader.number(&node, NOISE),
        None => Some(0.0),
    };
    let resolution_kw = match table.get("resolution_kw") {
        Some(node) => reader.number(&node, STEP).map(Some),
        None => Some(None),
    };
    let seed = match table.get("seed") {
        Some(node) => reader.whole(&node, &(0..=i64::MAX.unsigned_abs()), ""),
        None => Some(0),
    };
    let meter = Meter { noise: noise?, resolution_kw: resolution_kw?, seed: seed? };
    meter.faults().into_iter().for_each(|(key, message)| reader.wrong_in(&table, key, message));
    Some(meter)
}
