//! Faults as TOML: the keys of a `[[faults]]` table, and of a scenario's `fault` step.

use crate::dispatch::{DispatchUnit, FspId, UnitId};
use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::reader::{self, Node, Reader, Table};
use crate::units::Watts;

use super::{Affliction, Alteration, BadData, FaultPlan, FspFault, TimedFault, UnitFault};

/// The keys of a fault apart from its time.
const FAULT_KEYS: [&str; 10] =
    ["unit", "fsp", "fault", "factor", "share", "seconds", "instead", "quality", "into", "kw"];

const KEYS: [&str; 12] = [
    "unit", "fsp", "fault", "factor", "share", "seconds", "instead", "quality", "into", "kw", "from", "until",
];

const UNIT: &str = "write a unit of the fleet, as in \"BRIGHTFLEX/BESS-07\"";
const FSP: &str = "write an FSP of the fleet, as in \"BRIGHTFLEX\"";

pub(super) fn read(
    file: &str,
    text: &str,
    fleet: Option<&FleetProfile>,
) -> Result<FaultPlan, Vec<FileFault>> {
    reader::read(file, text, &["faults"], |reader, root| {
        let tables = reader.tables(root, "faults", &KEYS);
        let faults = tables.iter().map(|table| read_timed(reader, table, fleet));
        faults.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map(|faults| FaultPlan { faults })
    })
}

fn read_timed(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    fleet: Option<&FleetProfile>,
) -> Option<TimedFault> {
    let affliction = read_fault(reader, table, fleet);
    let mut time = |key: &str| match table.get(key) {
        Some(node) => reader.time(&node).map(Some),
        None => Some(None),
    };
    let (from, until) = (time("from"), time("until"));
    if let (Some(Some(from)), Some(Some(until))) = (from, until)
        && until <= from
    {
        reader.wrong_in(
            table,
            "until",
            format!("{until} is not after from, {from}; a fault ends after it begins"),
        );
    }
    Some(TimedFault { affliction: affliction?, from: from?, until: until? })
}

/// Reads what a fault is, and whose. Without a fleet no unit can be said to be unknown.
pub(crate) fn read_fault(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    fleet: Option<&FleetProfile>,
) -> Option<Affliction> {
    match (table.get("unit"), table.get("fsp")) {
        (Some(node), None) => {
            let unit = known_unit(reader, &node, fleet);
            let words = UnitFault::ALL.each_ref().map(UnitFault::word);
            let kind =
                of_words(reader, table, &words, "an FSP", FspFault::ALL.each_ref().map(FspFault::word))?;
            let fault = numbers_of_unit(reader, table, UnitFault::ALL[kind].clone(), unit.as_ref(), fleet);
            Some(Affliction::Unit(unit?, fault?))
        }
        (None, Some(node)) => {
            let fsp = known_fsp(reader, &node, fleet);
            let words = FspFault::ALL.each_ref().map(FspFault::word);
            let kind =
                of_words(reader, table, &words, "a unit", UnitFault::ALL.each_ref().map(UnitFault::word))?;
            let fault = numbers_of_fsp(reader, table, FspFault::ALL[kind].clone());
            Some(Affliction::Fsp(fsp?, fault?))
        }
        (None, None) => {
            reader.wrong_in(table, "", "this says not whose fault it is; give `unit` or `fsp`");
            None
        }
        (Some(_), Some(_)) => {
            reader.wrong_in(table, "fsp", "a fault is of a unit or of an FSP; keep one of `unit` and `fsp`");
            None
        }
    }
}

/// Which of the words the fault is; one that is somebody else's is called by that.
fn of_words<const N: usize, const M: usize>(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    words: &[&'static str; N],
    other: &str,
    others: [&'static str; M],
) -> Option<usize> {
    let node = reader.required(table, "fault", &format!("write one of {}", words.join(", ")))?;
    let written = reader.text(&node, &format!("write one of {}", words.join(", ")))?;
    if others.contains(&written) {
        let message = format!("`{written}` is a fault of {other}; write one of {}", words.join(", "));
        reader.wrong(&node, message);
        return None;
    }
    let numbered: Vec<(&str, usize)> = words.iter().copied().zip(0..).collect();
    reader.word(&node, &numbered)
}

const SHARE: &str = "write a share from 0 to 1, as in 0.5";

fn numbers_of_unit(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    fault: UnitFault,
    unit: Option<&DispatchUnit>,
    fleet: Option<&FleetProfile>,
) -> Option<UnitFault> {
    let takes = fault.number_key();
    refuse_others(reader, table, fault.word(), takes);
    if matches!(fault, UnitFault::Weather { .. }) {
        has_weather(reader, table, unit, fleet)?;
    }
    let Some(node) = takes.and_then(|key| table.get(key)) else { return Some(fault) };
    Some(match fault {
        UnitFault::Slow { .. } => {
            let factor = share(reader, &node)?;
            if factor <= 0.0 {
                reader.wrong(&node, "at 0 it never moves: write `stuck` for that, or more than 0");
                return None;
            }
            UnitFault::Slow { factor }
        }
        UnitFault::LateStart { .. } => {
            UnitFault::LateStart { seconds: reader.whole(&node, &(1..=86_400), " of seconds")? }
        }
        UnitFault::Partial { .. } => UnitFault::Partial { share: share(reader, &node)? },
        UnitFault::EnergyExhausted { .. } => UnitFault::EnergyExhausted { share: share(reader, &node)? },
        UnitFault::OffBaseline { .. } => UnitFault::OffBaseline { kw: departure(reader, &node)? },
        UnitFault::Weather { .. } => UnitFault::Weather { share: weather_share(reader, &node)? },
        UnitFault::BadData { .. } => UnitFault::BadData { how: reader.word(&node, &BadData::WORDS)? },
        UnitFault::WrongUnit { .. } => {
            UnitFault::WrongUnit { instead: Some(instead(reader, &node, unit, fleet)?) }
        }
        other => other,
    })
}

fn numbers_of_fsp(reader: &mut Reader<'_>, table: &Table<'_>, fault: FspFault) -> Option<FspFault> {
    let takes = fault.number_key();
    refuse_others(reader, table, fault.word(), takes);
    match (fault, takes.and_then(|key| table.get(key))) {
        (FspFault::ClockSkew { .. }, Some(node)) => {
            let seconds = reader.whole(&node, &(-86_400..=86_400), " of seconds, ahead of the true time")?;
            Some(FspFault::ClockSkew { seconds })
        }
        (FspFault::Altered { .. }, Some(node)) => {
            Some(FspFault::Altered { into: reader.word(&node, &Alteration::WORDS)? })
        }
        (fault, _) => Some(fault),
    }
}

/// Numbers that another fault has.
fn refuse_others(reader: &mut Reader<'_>, table: &Table<'_>, word: &str, takes: Option<&str>) {
    for key in FAULT_KEYS.iter().skip(3).filter(|key| Some(**key) != takes && table.get(key).is_some()) {
        let takes = takes.map_or("none".to_owned(), |takes| format!("`{takes}`"));
        reader.wrong_in(table, key, format!("`{word}` has no such number; it takes {takes}"));
    }
}

/// kW by which a unit departs from its baseline.
pub(crate) fn departure(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<f64> {
    let watts = reader.watts(node)?;
    if watts == 0 {
        reader.wrong(node, "0 kW is no departure; write kW, below 0 for less export or more import");
        return None;
    }
    Some(Watts(watts).kilowatts())
}

/// The share of its own weather that a farm has.
pub(crate) fn weather_share(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<f64> {
    let right = "write a share of what was forecast, from 0 to 5, as in 0.3";
    let number = reader.number(node, right)?;
    if (0.0..=5.0).contains(&number) {
        return Some(number);
    }
    reader.wrong(node, format!("`{number}` is out of bounds; {right}"));
    None
}

/// Sees to it that a unit is a solar or wind farm; `None`, and said, where it is none.
pub(crate) fn has_weather(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    unit: Option<&DispatchUnit>,
    fleet: Option<&FleetProfile>,
) -> Option<()> {
    let Some(unit) = unit.and_then(|unit| fleet?.unit(unit)) else { return Some(()) };
    if (UnitFault::Weather { share: 1.0 }).can_befall(&unit.asset) {
        return Some(());
    }
    let (name, kind) = (&unit.unit, unit.asset.kind());
    let message =
        format!("`{name}` is a {kind} and goes by no weather; write a solar or wind farm of the fleet");
    reader.wrong_in(table, "unit", message);
    None
}

fn share(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<f64> {
    let number = reader.number(node, SHARE)?;
    if (0.0..=1.0).contains(&number) {
        return Some(number);
    }
    reader.wrong(node, format!("`{number}` is out of bounds; {SHARE}"));
    None
}

/// The other unit, by its name within its FSP.
fn instead(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    unit: Option<&DispatchUnit>,
    fleet: Option<&FleetProfile>,
) -> Option<UnitId> {
    let instead: UnitId = reader.parsed(node, "write a unit of the same FSP, as in \"BESS-08\"")?;
    if let (Some(unit), Some(fleet)) = (unit, fleet) {
        let other = DispatchUnit { fsp: unit.fsp.clone(), unit: instead.clone() };
        if other == *unit || fleet.unit(&other).is_none() {
            reader.wrong(node, format!("{} has no other unit `{instead}`; write one of its units", unit.fsp));
            return None;
        }
    }
    Some(instead)
}

fn known_unit(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    fleet: Option<&FleetProfile>,
) -> Option<DispatchUnit> {
    let unit: DispatchUnit = reader.parsed(node, UNIT)?;
    if fleet.is_some_and(|fleet| fleet.unit(&unit).is_none()) {
        reader.wrong(node, format!("the fleet has no unit `{unit}`; {UNIT}"));
        return None;
    }
    Some(unit)
}

fn known_fsp(reader: &mut Reader<'_>, node: &Node<'_>, fleet: Option<&FleetProfile>) -> Option<FspId> {
    let fsp: FspId = reader.parsed(node, FSP)?;
    if fleet.is_some_and(|fleet| fleet.fsps.iter().all(|known| known.id != fsp)) {
        reader.wrong(node, format!("the fleet has no FSP `{fsp}`; {FSP}"));
        return None;
    }
    Some(fsp)
}
