//! An asset register as CSV: one line for each unit, its FSP's and its contract's terms beside it. Spreadsheets read and
//! write it; the rules are those of a fleet file, and every mistake is told with its line and column.
//!
//! | column | what it holds |
//! |---|---|
//! | `fsp`, `unit` | ids; both must be there |
//! | `fsp_name`, `telephone` | of the FSP; written once is enough |
//! | `name` | the unit's; its id when empty |
//! | `operator`, `contract` | ids; both must be there |
//! | `product`, `poll_seconds`, `ack_seconds`, `notice_seconds`, `gbp_per_mwh` | of the contract; written once is enough |
//! | `fail_safe_kw`, `fail_safe_after_polls` | of the contract's fail-safe, where it has one: kW or `baseline`, and polls |
//! | `kind` | `battery`, `generator`, `turn_down`, `heat_pumps`, `ev_hub`, `solar` or `wind` |
//! | `max_kw`, … | what is declared of the kind, by the names of a fleet file |
//! | `kva`, `power_factor` or `pq_vertices` | reactive power, where the unit controls any: an inverter's kVA, the least power \
//!   factor, or a chart's corners in kW and kvar, as in `0 -300; 900 -300; 900 300; 0 300` |
//! | `pq_priority` | `real` or `reactive`, for `kva` and `pq_vertices` |
//! | `meter_noise`, `meter_resolution_kw`, `meter_seed` | how the unit's minutes are read, where that is not exactly |
//! | `baseline_kw` or `baseline_points` | kW at all times, or `00:00 -300; 07:00 -700`, or by days: `weekdays 00:00 -300; 07:00 -700; weekend 00:00 -100` |
//!
//! A baseline that is nominated or from the past stands in no register: its cells are left empty.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim, WriterBuilder};
use toml::{Table, Value};

use super::availability::Availability;
use super::fault::FileFault;
use super::fleet::{FleetProfile, Unit};
use super::{asset_file, typed};
use crate::dispatch::{DispatchUnit, plain_words};
use crate::power::Baseline;

pub use additions::{Additions, additions};

mod additions;

const FSP: [(&str, &str); 2] = [("fsp_name", "name"), ("telephone", "telephone")];
const CONTRACT: [&str; 5] = ["product", "poll_seconds", "ack_seconds", "notice_seconds", "gbp_per_mwh"];
/// Of a contract's fail-safe: the column, and the key that holds it.
const FAIL_SAFE: [(&str, &str); 2] = [("fail_safe_kw", "kw"), ("fail_safe_after_polls", "after_polls")];
const UNIT: [&str; 4] = ["unit", "name", "operator", "contract"];
const BASELINE: [&str; 2] = ["baseline_kw", "baseline_points"];
/// Of reactive power: the column, the kind that it says, and the key that holds it.
const REACTIVE: [(&str, &str, &str); 3] = [
    ("kva", "inverter", "kva"),
    ("power_factor", "power_factor", "least"),
    ("pq_vertices", "polygon", "vertices"),
];
/// Of a unit's meter: the column, and the key that holds it.
const METER: [(&str, &str); 3] =
    [("meter_noise", "noise"), ("meter_resolution_kw", "resolution_kw"), ("meter_seed", "seed")];
const PRIORITY: &str = "pq_priority";
/// Longest name of a column and longest message that are told, in characters: those of a foreign table may be of any length.
const MAX_HEAD: usize = 100;
const MAX_MESSAGE: usize = 900;
/// Without these there is no unit.
const REQUIRED: [&str; 5] = ["fsp", "unit", "operator", "contract", "kind"];

/// Every column, in the order in which a register is written.
fn columns() -> Vec<&'static str> {
    let mut all = vec!["fsp", "fsp_name", "telephone"];
    all.extend(UNIT);
    all.extend(CONTRACT);
    all.extend(FAIL_SAFE.map(|(column, _)| column));
    all.push("kind");
    all.extend(asset_file::quantities());
    all.extend(BASELINE);
    all.extend(REACTIVE.map(|(column, ..)| column));
    all.push(PRIORITY);
    all.extend(METER.map(|(column, _)| column));
    all
}

/// Writes a fleet's units. Where its operators dispatch stands in no register.
pub fn to_csv(fleet: &FleetProfile) -> String {
    let columns = columns();
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // Memory takes every byte, and every row is as long as the first.
    let _ = writer.write_record(&columns);
    for row in rows(fleet, &columns) {
        let _ = writer.write_record(row);
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Units of which a register does not hold all: a baseline that was nominated or is from the past, or windows of
/// availability.
pub fn held_in_part(fleet: &FleetProfile) -> Vec<&DispatchUnit> {
    let is_in_part = |unit: &&Unit| {
        matches!(unit.baseline, Baseline::Nominated(_) | Baseline::Historical(_))
            || unit.availability != Availability::Always
    };
    fleet.units.iter().filter(is_in_part).map(|unit| &unit.unit).collect()
}

/// The cells of every unit, in the fleet's order.
fn rows(fleet: &FleetProfile, columns: &[&str]) -> Vec<Vec<String>> {
    let written: Table = fleet.to_toml().parse().unwrap_or_default();
    let contracts: Vec<&Table> = tables(&written, "contracts").collect();
    let fsps: Vec<&Table> = tables(&written, "fsps").collect();
    let row = |unit: &Table| {
        let same = |table: &&&Table, pairs: &[(&str, &str)]| {
            pairs.iter().all(|(own, of_unit)| table.get(*own) == unit.get(*of_unit))
        };
        let contract = contracts.iter().find(|c| same(c, &[("operator", "operator"), ("id", "contract")]));
        let fsp = fsps.iter().find(|f| same(f, &[("id", "fsp")]));
        columns.iter().map(|column| cell(column, unit, fsp.copied(), contract.copied())).collect()
    };
    tables(&written, "units").map(row).collect()
}

fn cell(column: &str, unit: &Table, fsp: Option<&Table>, contract: Option<&Table>) -> String {
    let within = |table: &str, key: &str| unit.get(table).and_then(|t| t.get(key));
    let value = match column {
        "fsp" | "unit" | "name" | "operator" | "contract" => unit.get(column),
        "baseline_kw" if within("baseline", "kind").and_then(Value::as_str) == Some("zero") => {
            return "0".to_owned();
        }
        "baseline_kw" => within("baseline", "kw"),
        "pq_vertices" => return within("reactive", "vertices").map(points).unwrap_or_default(),
        PRIORITY => within("reactive", "priority"),
        _ if METER.iter().any(|(name, _)| *name == column) => {
            let key = METER.iter().find(|(name, _)| *name == column).map_or("", |(_, key)| key);
            within("meter", key)
        }
        _ if REACTIVE.iter().any(|(name, ..)| *name == column) => {
            let key = REACTIVE.iter().find(|(name, ..)| *name == column).map_or("", |(.., key)| key);
            within("reactive", key)
        }
        "baseline_points" => {
            let baseline = unit.get("baseline").and_then(Value::as_table);
            return baseline.and_then(|own| typed::baseline_words(own, "; ")).unwrap_or_default();
        }
        _ if CONTRACT.contains(&column) => contract.and_then(|c| c.get(column)),
        _ if FAIL_SAFE.iter().any(|(name, _)| *name == column) => {
            let key = FAIL_SAFE.iter().find(|(name, _)| *name == column).map_or("", |(_, key)| key);
            contract.and_then(|c| c.get("fail_safe")?.get(key))
        }
        _ => match FSP.iter().find(|(name, _)| *name == column) {
            Some((_, key)) => fsp.and_then(|f| f.get(*key)),
            None if column == "available" => return within("asset", column).map(points).unwrap_or_default(),
            None => within("asset", column),
        },
    };
    value.map(plain).unwrap_or_default()
}

/// As a person would type it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Lists of numbers, each parted from the next by a semicolon.
fn points(value: &Value) -> String {
    let point =
        |point: &Value| point.as_array().into_iter().flatten().map(plain).collect::<Vec<_>>().join(" ");
    value.as_array().into_iter().flatten().map(point).collect::<Vec<_>>().join("; ")
}

fn tables<'a>(root: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    root.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

/// Reads a register as a fleet of this name.
///
/// # Errors
/// Every mistake with its line and column.
pub fn from_csv(file: &str, text: &str, name: &str) -> Result<FleetProfile, Vec<FileFault>> {
    read(file, text, name).map(|(fleet, _)| fleet)
}

/// A register as a fleet, and the lines that say it.
fn read(file: &str, text: &str, name: &str) -> Result<(FleetProfile, Register), Vec<FileFault>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text.as_bytes());
    let fault = |line: Option<u64>, field: &str, message: String| FileFault {
        file: file.to_owned(),
        line: line.and_then(|line| usize::try_from(line).ok()),
        field: plain_words(field, MAX_HEAD),
        message: plain_words(&message, MAX_MESSAGE),
    };
    let heads = reader.headers().cloned().map_err(|e| vec![fault(Some(1), "", e.to_string())])?;
    let mut faults = faults_of_heads(&heads, &fault);
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut register = Register::default();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map(csv::Position::line);
                if record.iter().all(str::is_empty) {
                    continue;
                }
                if record.len() != heads.len() {
                    let message = format!(
                        "has {} cells under {} columns; put cells that hold a comma into quotes",
                        record.len(),
                        heads.len()
                    );
                    faults.push(fault(line, "", message));
                    continue;
                }
                for (column, message) in register.take(line.unwrap_or_default(), &heads, &record) {
                    faults.push(fault(line, column, message));
                }
            }
            Err(error) => {
                faults.push(fault(error.position().map(csv::Position::line), "", error.to_string()))
            }
        }
    }
    if register.units.is_empty() && faults.is_empty() {
        faults.push(fault(None, "", "holds no unit; write one on each line below the columns".to_owned()));
    }
    let read = FleetProfile::from_toml(file, &register.written(name));
    match read {
        Ok(fleet) if faults.is_empty() => Ok((fleet, register)),
        Ok(_) => Err(sorted(faults)),
        Err(found) => {
            faults.extend(found.into_iter().map(|found| register.located(found)));
            Err(sorted(faults))
        }
    }
}

fn sorted(mut faults: Vec<FileFault>) -> Vec<FileFault> {
    faults.sort_by_key(|fault| fault.line);
    faults
}

fn faults_of_heads(
    heads: &StringRecord,
    fault: &impl Fn(Option<u64>, &str, String) -> FileFault,
) -> Vec<FileFault> {
    let known = columns();
    let mut faults = Vec::new();
    for (place, head) in heads.iter().enumerate() {
        if !known.contains(&head) {
            let message = format!("no column has this name; known are {}", known.join(", "));
            faults.push(fault(Some(1), head, message));
        } else if heads.iter().take(place).any(|before| before == head) {
            faults.push(fault(Some(1), head, "this column is there twice; keep one".to_owned()));
        }
    }
    let missing = REQUIRED.iter().filter(|required| !heads.iter().any(|head| head == **required));
    faults.extend(missing.map(|missing| fault(Some(1), missing, "this column is missing".to_owned())));
    faults
}

/// What the lines say, by FSP, contract and unit, each with the line that brought it.
#[derive(Default)]
struct Register {
    fsps: Vec<(u64, Table)>,
    contracts: Vec<(u64, Table)>,
    units: Vec<(u64, Table)>,
    /// Places in the lists, by what the cells say.
    fsp_of: BTreeMap<String, usize>,
    contract_of: BTreeMap<(String, String), usize>,
}

impl Register {
    /// Takes in a line; answers where it says something else than a line before, by column.
    fn take(
        &mut self,
        line: u64,
        heads: &StringRecord,
        record: &StringRecord,
    ) -> Vec<(&'static str, String)> {
        let cell = |column: &str| {
            let place = heads.iter().position(|head| head == column);
            place.and_then(|place| record.get(place)).unwrap_or_default()
        };
        let mut faults = Vec::new();
        let place = *self.fsp_of.entry(cell("fsp").to_owned()).or_insert(self.fsps.len());
        if place == self.fsps.len() {
            self.fsps.push((line, table([("id", typed::text(cell("fsp")))])));
        }
        for (column, key) in FSP {
            faults.extend(agree(&mut self.fsps[place], key, column, typed::text(cell(column))));
        }
        let named = (cell("operator").to_owned(), cell("contract").to_owned());
        let place = *self.contract_of.entry(named).or_insert(self.contracts.len());
        if place == self.contracts.len() {
            let ids = [("operator", typed::text(cell("operator"))), ("id", typed::text(cell("contract")))];
            self.contracts.push((line, table(ids)));
        }
        for column in CONTRACT {
            let value =
                if column == "product" { typed::text(cell(column)) } else { typed::number(cell(column)) };
            faults.extend(agree(&mut self.contracts[place], column, column, value));
        }
        let fail_safe = FAIL_SAFE.map(|(column, key)| (column, key, typed::number(cell(column))));
        if fail_safe.iter().any(|(.., value)| value.is_some()) {
            let (line, contract) = &mut self.contracts[place];
            let empty = || Value::Table(Table::new());
            let mut known = match contract.entry("fail_safe").or_insert_with(empty) {
                Value::Table(known) => (*line, std::mem::take(known)),
                _ => (*line, Table::new()),
            };
            for (column, key, value) in fail_safe {
                faults.extend(agree(&mut known, key, column, value));
            }
            contract.insert("fail_safe".to_owned(), Value::Table(known.1));
        }
        let mut asset = table([("kind", typed::text(cell("kind")))]);
        for column in asset_file::quantities() {
            let value = match column {
                "arrive" => typed::text(cell(column)),
                "available" => Some(cell(column)).filter(|cell| !cell.is_empty()).map(typed::corners),
                _ => typed::number(cell(column)),
            };
            put(&mut asset, column, value);
        }
        let mut unit = table([("fsp", typed::text(cell("fsp")))]);
        for column in UNIT {
            put(&mut unit, column, typed::text(cell(column)));
        }
        if unit.get("name").is_none() {
            put(&mut unit, "name", typed::text(cell("unit")));
        }
        unit.insert("asset".to_owned(), Value::Table(asset));
        match (cell("baseline_kw"), cell("baseline_points")) {
            ("", "") => {
                let right = "is missing; write kW here, or times and kW under baseline_points".to_owned();
                faults.push(("baseline_kw", right));
                // What is missing is told once.
                unit.insert("baseline".to_owned(), fixed(Some(Value::Integer(0))));
            }
            (kw, "") => {
                unit.insert("baseline".to_owned(), fixed(typed::number(kw)));
            }
            ("", points) => {
                unit.insert("baseline".to_owned(), Value::Table(typed::baseline(points)));
            }
            _ => {
                faults
                    .push(("baseline_points", "there is a baseline_kw too; keep one of the two".to_owned()));
                unit.insert("baseline".to_owned(), fixed(Some(Value::Integer(0))));
            }
        }
        let meter = table(METER.map(|(column, key)| (key, typed::number(cell(column)))));
        if !meter.is_empty() {
            unit.insert("meter".to_owned(), Value::Table(meter));
        }
        match reactive(cell) {
            Ok(Some(declared)) => put(&mut unit, "reactive", Some(Value::Table(declared))),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
        self.units.push((line, unit));
        faults
    }

    /// The line of each unit, by FSP and unit.
    fn lines<'a>(&'a self) -> BTreeMap<(&'a str, &'a str), u64> {
        let of = |(line, unit): &'a (u64, Table)| {
            Some(((unit.get("fsp")?.as_str()?, unit.get("unit")?.as_str()?), *line))
        };
        self.units.iter().filter_map(of).collect()
    }

    fn written(&self, name: &str) -> String {
        let list = |rows: &[(u64, Table)]| {
            Value::Array(rows.iter().map(|(_, row)| Value::Table(row.clone())).collect())
        };
        let mut root = table([("name", Some(Value::String(name.to_owned())))]);
        root.insert("contracts".to_owned(), list(&self.contracts));
        let mut fsps = self.fsps.clone();
        for (_, fsp) in &mut fsps {
            let id = fsp.get("id").cloned();
            if fsp.get("name").is_none() {
                put(fsp, "name", id);
            }
        }
        root.insert("fsps".to_owned(), list(&fsps));
        root.insert("units".to_owned(), list(&self.units));
        root.to_string()
    }

    /// The column that says what a unit gives of reactive power.
    fn reactive_column_of(&self, place: &str) -> &'static str {
        let unit = place.parse::<usize>().ok().and_then(|place| self.units.get(place));
        let kind = unit.and_then(|(_, unit)| unit.get("reactive")?.get("kind")?.as_str());
        REACTIVE.iter().find(|(_, of, _)| Some(*of) == kind).map_or(PRIORITY, |(column, ..)| column)
    }

    /// A fault of the fleet file as one of the register.
    fn located(&self, fault: FileFault) -> FileFault {
        let (rows, rest) = match fault.field.split_once('[') {
            Some(("units", rest)) => (&self.units, rest),
            Some(("contracts", rest)) => (&self.contracts, rest),
            Some(("fsps", rest)) => (&self.fsps, rest),
            _ => return FileFault { line: None, ..fault },
        };
        let (place, key) = rest.split_once(']').unwrap_or((rest, ""));
        let line = place.parse::<usize>().ok().and_then(|place| rows.get(place)).map(|(line, _)| *line);
        let key = key.trim_start_matches('.');
        let of_units = fault.field.starts_with("units");
        let column = match key {
            "id" if fault.field.starts_with("contracts") => "contract".to_owned(),
            "id" => "fsp".to_owned(),
            _ if fault.field.starts_with("contracts") && key.starts_with("fail_safe") => {
                let own = FAIL_SAFE.iter().find(|(_, name)| key.ends_with(name));
                own.unwrap_or(&FAIL_SAFE[0]).0.to_owned()
            }
            "name" if fault.field.starts_with("fsps") => "fsp_name".to_owned(),
            _ if of_units => match key.split_once('.') {
                Some(("baseline", rest)) if rest.starts_with("points") || rest.starts_with("days") => {
                    "baseline_points".to_owned()
                }
                Some(("baseline", _)) => "baseline_kw".to_owned(),
                Some(("asset", key)) => key.to_owned(),
                Some(("reactive", key)) => reactive_column(key).to_owned(),
                Some(("meter", key)) => format!("meter_{key}"),
                None if key == "reactive" => self.reactive_column_of(place).to_owned(),
                _ => key.to_owned(),
            },
            _ => key.to_owned(),
        };
        FileFault { line: line.and_then(|line| usize::try_from(line).ok()), field: column, ..fault }
    }
}

/// What a line says of reactive power, if anything.
fn reactive<'a>(cell: impl Fn(&str) -> &'a str) -> Result<Option<Table>, (&'static str, String)> {
    let written: Vec<_> = REACTIVE.iter().filter(|(column, ..)| !cell(column).is_empty()).collect();
    let priority = typed::text(cell(PRIORITY));
    match written.as_slice() {
        [] if priority.is_none() => Ok(None),
        [] => Err((
            PRIORITY,
            "there is no reactive power to keep; write kva or pq_vertices, or leave it out".to_owned(),
        )),
        [(column, kind, key)] => {
            let value = match *column {
                "pq_vertices" => Some(typed::corners(cell(column))),
                _ => typed::number(cell(column)),
            };
            Ok(Some(table([("kind", typed::text(kind)), (key, value), ("priority", priority)])))
        }
        [(first, ..), (second, ..), ..] => {
            Err((second, format!("there is a {first} too; keep one of the two")))
        }
    }
}

/// The column of a key of what is declared of reactive power.
fn reactive_column(key: &str) -> &'static str {
    let own = REACTIVE.iter().find(|(.., name)| key == *name || key.starts_with(&format!("{name}[")));
    own.map_or(PRIORITY, |(column, ..)| column)
}

/// What a line says of something that a line before may have spoken of already.
fn agree(
    (line, known): &mut (u64, Table),
    key: &str,
    column: &'static str,
    value: Option<Value>,
) -> Option<(&'static str, String)> {
    let value = value?;
    match known.get(key) {
        Some(before) if *before != value => Some((
            column,
            format!("line {line} says `{}`; they must be the same, or one left empty", plain(before)),
        )),
        Some(_) => None,
        None => {
            known.insert(key.to_owned(), value);
            None
        }
    }
}

fn fixed(kw: Option<Value>) -> Value {
    Value::Table(table([("kind", typed::text("fixed")), ("kw", kw)]))
}

fn table<const N: usize>(values: [(&str, Option<Value>); N]) -> Table {
    let mut table = Table::new();
    for (key, value) in values {
        put(&mut table, key, value);
    }
    table
}

fn put(table: &mut Table, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        table.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
