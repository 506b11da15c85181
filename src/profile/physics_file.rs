//! A unit's declared physics as TOML, every problem at its own key.

use super::reader::{Node, Reader, Table};
use crate::power::{Asset, Battery, Generator, TurnDown};

const BATTERY: [&str; 12] = [
    "kind",
    "max_discharge_kw",
    "max_charge_kw",
    "capacity_kwh",
    "discharge_efficiency",
    "charge_efficiency",
    "min_soc",
    "max_soc",
    "initial_soc",
    "delay_s",
    "ramp_up_kw_per_min",
    "ramp_down_kw_per_min",
];
const GENERATOR: [&str; 7] = [
    "kind",
    "max_kw",
    "min_stable_kw",
    "start_delay_s",
    "delay_s",
    "ramp_up_kw_per_min",
    "ramp_down_kw_per_min",
];
const TURN_DOWN: [&str; 8] = [
    "kind",
    "max_turn_down_kw",
    "delay_s",
    "ramp_up_kw_per_min",
    "ramp_down_kw_per_min",
    "max_duration_min",
    "rebound_share",
    "rebound_min",
];

/// What is declared of any kind, each once, by its name.
pub(super) fn quantities() -> Vec<&'static str> {
    let mut all: Vec<&str> = Vec::new();
    for key in BATTERY.iter().chain(&GENERATOR).chain(&TURN_DOWN).filter(|key| **key != "kind") {
        if !all.contains(key) {
            all.push(key);
        }
    }
    all
}

/// What stands at `asset`.
pub(super) const ASSET_TABLE: &str = "write { kind = \"battery\", … }";
#[derive(Clone, Copy)]
enum Kind {
    Battery,
    Generator,
    TurnDown,
}

/// Reads an asset whose declared numbers can be.
pub(super) fn read_asset(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Asset> {
    let table = reader.any_table(node, ASSET_TABLE)?;
    let kinds: [(&str, Kind, &[&str]); 3] = [
        ("battery", Kind::Battery, &BATTERY),
        ("generator", Kind::Generator, &GENERATOR),
        ("turn_down", Kind::TurnDown, &TURN_DOWN),
    ];
    let (kind, table) = reader.of_kind(table, "kind", &kinds)?;
    let asset = match kind {
        Kind::Battery => read_battery(reader, &table).map(Asset::Battery),
        Kind::Generator => read_generator(reader, &table).map(Asset::Generator),
        Kind::TurnDown => read_turn_down(reader, &table).map(Asset::TurnDown),
    }?;
    for (key, message) in asset.faults() {
        reader.wrong_in(&table, key, message);
    }
    Some(asset)
}

/// A declared number; its unit is in its name.
fn number(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<f64> {
    let right = match key {
        _ if key.ends_with("_kw_per_min") => "write a number of kW per minute",
        _ if key.ends_with("_kwh") => "write a number of kWh",
        _ if key.ends_with("_kw") => "write a number of kW",
        _ if key.ends_with("_min") => "write a number of minutes",
        _ if key.ends_with("_s") => "write a number of seconds",
        _ => "write a share from 0 to 1, as in 0.9 for 90 %",
    };
    reader.required_number(table, key, right)
}

fn read_battery(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Battery> {
    let [max_discharge_kw, max_charge_kw, capacity_kwh] =
        ["max_discharge_kw", "max_charge_kw", "capacity_kwh"].map(|key| number(reader, table, key));
    let [discharge_efficiency, charge_efficiency] =
        ["discharge_efficiency", "charge_efficiency"].map(|key| number(reader, table, key));
    let [min_soc, max_soc, initial_soc] =
        ["min_soc", "max_soc", "initial_soc"].map(|key| number(reader, table, key));
    let [delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min] =
        ["delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"].map(|key| number(reader, table, key));
    Some(Battery {
        max_discharge_kw: max_discharge_kw?,
        max_charge_kw: max_charge_kw?,
        capacity_kwh: capacity_kwh?,
        discharge_efficiency: discharge_efficiency?,
        charge_efficiency: charge_efficiency?,
        min_soc: min_soc?,
        max_soc: max_soc?,
        initial_soc: initial_soc?,
        delay_s: delay_s?,
        ramp_up_kw_per_min: ramp_up_kw_per_min?,
        ramp_down_kw_per_min: ramp_down_kw_per_min?,
    })
}

fn read_generator(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Generator> {
    let [max_kw, min_stable_kw, start_delay_s] =
        ["max_kw", "min_stable_kw", "start_delay_s"].map(|key| number(reader, table, key));
    let [delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min] =
        ["delay_s", "ramp_up_kw_per_min", "ramp_down_kw_per_min"].map(|key| number(reader, table, key));
    Some(Generator {
        max_kw: max_kw?,
        min_stable_kw: min_stable_kw?,
        start_delay_s: start_delay_s?,
        delay_s: delay_s?,
        ramp_up_kw_per_min: ramp_up_kw_per_min?,
        ramp_down_kw_per_min: ramp_down_kw_per_min?,
    })
}

fn read_turn_down(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<TurnDown> {
    let [max_turn_down_kw, delay_s] = ["max_turn_down_kw", "delay_s"].map(|key| number(reader, table, key));
    let [ramp_up_kw_per_min, ramp_down_kw_per_min] =
        ["ramp_up_kw_per_min", "ramp_down_kw_per_min"].map(|key| number(reader, table, key));
    let [max_duration_min, rebound_share, rebound_min] =
        ["max_duration_min", "rebound_share", "rebound_min"].map(|key| number(reader, table, key));
    Some(TurnDown {
        max_turn_down_kw: max_turn_down_kw?,
        delay_s: delay_s?,
        ramp_up_kw_per_min: ramp_up_kw_per_min?,
        ramp_down_kw_per_min: ramp_down_kw_per_min?,
        max_duration_min: max_duration_min?,
        rebound_share: rebound_share?,
        rebound_min: rebound_min?,
    })
}
