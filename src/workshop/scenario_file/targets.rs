//! Which units a mark is of, and over which stretch of the scenario.

use crate::dispatch::{DispatchUnit, FspId};
use crate::profile::reader::{Reader, Table};
use crate::units::Watts;
use crate::workshop::exercise::{Units, Window};
use crate::workshop::offset::Offset;

use super::actions::{known_operator, known_unit};
use super::plan::Plan;

const UNITS: &str = "write a list of units, as in [\"BRIGHTFLEX/BESS-07\"]";

/// The units of `units`, `fsp` or `operator`; where none of them is given, all of the fleet, or none when `is_named`.
pub(super) fn units(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plan: &Plan<'_>,
    is_named: bool,
) -> Option<Units> {
    let given: Vec<&str> =
        ["units", "fsp", "operator"].into_iter().filter(|k| table.get(k).is_some()).collect();
    match given[..] {
        [] if is_named => {
            reader.wrong_in(table, "units", format!("is missing; {UNITS}, or give `fsp` or `operator`"));
            None
        }
        [] => of_fleet(plan, "all units".to_owned(), |_| true),
        ["units"] => listed(reader, table, plan),
        ["fsp"] => of_fsp(reader, table, plan),
        ["operator"] => {
            let node = table.get("operator")?;
            let operator = known_operator(reader, &node, plan)?;
            of_fleet(plan, format!("the units of {operator}"), |unit| {
                plan.fleet.and_then(|fleet| fleet.unit(unit)).is_some_and(|unit| unit.operator == operator)
            })
        }
        [_, second, ..] => {
            reader.wrong_in(table, second, "keep one of `units`, `fsp` and `operator`");
            None
        }
        [_] => None,
    }
}

fn listed(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Units> {
    let node = table.get("units")?;
    let nodes = reader.list(&node, UNITS)?;
    let mut all: Vec<DispatchUnit> = Vec::new();
    let mut is_sound = true;
    for node in nodes {
        match known_unit(reader, &node, plan) {
            Some(unit) if all.contains(&unit) => {
                reader.wrong(&node, format!("`{unit}` is here twice; keep one"));
                is_sound = false;
            }
            Some(unit) => all.push(unit),
            None => is_sound = false,
        }
    }
    if all.is_empty() && is_sound {
        reader.wrong(&node, format!("there is none; {UNITS}"));
        return None;
    }
    let words = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    is_sound.then_some(Units { all, words })
}

fn of_fsp(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Units> {
    let node = table.get("fsp")?;
    let right = "write an FSP of the fleet, as in \"BRIGHTFLEX\"";
    let fsp: FspId = reader.parsed(&node, right)?;
    let found = of_fleet(plan, format!("the units of {fsp}"), |unit| unit.fsp == fsp);
    if found.is_none() && plan.fleet.is_some() {
        reader.wrong(&node, format!("the fleet has no FSP `{fsp}`; {right}"));
    }
    found
}

fn of_fleet(plan: &Plan<'_>, words: String, is_one: impl Fn(&DispatchUnit) -> bool) -> Option<Units> {
    let units = plan.fleet?.units.iter().map(|unit| &unit.unit);
    let all: Vec<DispatchUnit> = units.filter(|unit| is_one(unit)).cloned().collect();
    (!all.is_empty()).then_some(Units { all, words })
}

/// The stretch from `from` until `until`, both of which must be there.
pub(super) fn required_window(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Window> {
    let from = super::required_offset(reader, table, "from");
    let until = super::required_offset(reader, table, "until");
    let window = checked(reader, table, plan, Window { from: from?, until: until? })?;
    if window.until < window.from.later(60) {
        let message =
            format!("{} is less than a minute after from, {}; minutes are marked", window.until, window.from);
        reader.wrong_in(table, "until", message);
        return None;
    }
    Some(window)
}

/// The same; where one is not given, from the beginning and until the end of the scenario.
pub(super) fn window(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Window> {
    let from = optional_time(reader, table, "from", plan)?.unwrap_or_default();
    let end = plan.run_for.unwrap_or(Offset::seconds(u32::MAX));
    let until = optional_time(reader, table, "until", plan)?.unwrap_or(end);
    checked(reader, table, plan, Window { from, until })
}

fn checked(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>, window: Window) -> Option<Window> {
    let Window { from, until } = window;
    if until <= from {
        let message = format!("{until} is not after from, {from}; a stretch ends after it begins");
        reader.wrong_in(table, "until", message);
        return None;
    }
    if let Some(end) = plan.run_for.filter(|end| until > *end) {
        let message =
            format!("{until} is after the scenario's end, {end}; write an earlier time, or a longer run_for");
        reader.wrong_in(table, "until", message);
        return None;
    }
    Some(window)
}

/// An instant within the scenario; `Some(None)` when it is not given.
pub(super) fn optional_time(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    plan: &Plan<'_>,
) -> Option<Option<Offset>> {
    let Some(node) = table.get(key) else { return Some(None) };
    let at = super::offset(reader, &node)?;
    if let Some(end) = plan.run_for.filter(|end| at > *end) {
        reader.wrong(&node, format!("{at} is after the scenario's end, {end}; write an earlier time"));
        return None;
    }
    Some(Some(at))
}

/// An instant within the scenario that must be there.
pub(super) fn required_time(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    plan: &Plan<'_>,
) -> Option<Offset> {
    reader.required(table, key, super::OFFSET)?;
    optional_time(reader, table, key, plan)?
}

/// A change from baseline, whose sign is its direction.
pub(super) fn change(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<Watts> {
    let right =
        "write kW of change from baseline, positive for more export or less import, as in 500 or -250";
    let node = reader.required(table, key, right)?;
    let watts = reader.watts(&node)?;
    if watts == 0 {
        reader.wrong(&node, format!("0 kW is no change; {right}"));
        return None;
    }
    Some(Watts(watts))
}
