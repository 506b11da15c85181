//! A unit's declared reactive power as TOML, every problem at its own key.

use super::reader::{Node, Reader, Table};
use crate::power::reactive::{Capability, Priority};
use crate::power::{Asset, Baseline};

const TABLE: &str = "write { kind = \"inverter\", kva = 2500 }, say";
const VERTICES: &str =
    "write the corners of the chart as kW and kvar, as in [[0, -300], [900, -300], [900, 300], [0, 300]]";
const POLYGON: [&str; 3] = ["kind", "vertices", "priority"];
const INVERTER: [&str; 3] = ["kind", "kva", "priority"];
const POWER_FACTOR: [&str; 2] = ["kind", "least"];

#[derive(Clone, Copy)]
enum Kind {
    Polygon,
    Inverter,
    PowerFactor,
}

/// Reads a capability that can be, and that takes in all the real power of the unit's asset, where that is known.
pub(super) fn read_reactive(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    asset: Option<&Asset>,
    baseline: Option<&Baseline>,
) -> Option<Capability> {
    let table = reader.any_table(node, TABLE)?;
    let kinds: [(&str, Kind, &[&str]); 3] = [
        ("polygon", Kind::Polygon, &POLYGON),
        ("inverter", Kind::Inverter, &INVERTER),
        ("power_factor", Kind::PowerFactor, &POWER_FACTOR),
    ];
    let (kind, table) = reader.of_kind(table, "kind", &kinds)?;
    let declared = match kind {
        Kind::Polygon => {
            let vertices = reader.required(&table, "vertices", VERTICES);
            let vertices = vertices.and_then(|node| read_vertices(reader, &node));
            let priority = read_priority(reader, &table);
            Capability::polygon(vertices?, priority?)
        }
        Kind::Inverter => {
            let kva = reader.required_number(&table, "kva", "write a number of kVA");
            let priority = read_priority(reader, &table);
            Capability::inverter(kva?, priority?)
        }
        Kind::PowerFactor => {
            let right = "write the least power factor, as in 0.95";
            Capability::power_factor(reader.required_number(&table, "least", right)?)
        }
    };
    match declared {
        Ok(capability) => {
            if let Some(kw) = asset.zip(baseline).and_then(|(asset, base)| left_out(&capability, asset, base))
            {
                let message = format!(
                    "leaves out {kw} kW, which the unit's asset goes to; write one that takes in all of its real power"
                );
                reader.wrong(node, message);
            }
            Some(capability)
        }
        Err(faults) => {
            faults.into_iter().for_each(|(key, message)| reader.wrong_in(&table, key, message));
            None
        }
    }
}

/// A real power of the asset that the capability has no room for.
fn left_out(capability: &Capability, asset: &Asset, baseline: &Baseline) -> Option<f64> {
    baseline.levels().into_iter().find_map(|kw| {
        let (least, most) = asset.limits_kw(kw);
        capability.leaves_out(least, most)
    })
}

/// Which of real and reactive power is kept: real power where nothing is said.
fn read_priority(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Priority> {
    let Some(node) = table.get("priority") else { return Some(Priority::Real) };
    reader.word(&node, &[Priority::Real, Priority::Reactive].map(|p| (p.word(), p)))
}

fn read_vertices(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Vec<(f64, f64)>> {
    let corners = reader.list(node, VERTICES)?;
    let corners: Vec<Option<(f64, f64)>> = corners.iter().map(|corner| read_vertex(reader, corner)).collect();
    corners.into_iter().collect()
}

fn read_vertex(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<(f64, f64)> {
    let right = "write kW and kvar, as in [900, -300]";
    let entries = reader.list(node, right)?;
    let [kw, kvar] = entries.as_slice() else {
        let count = entries.len();
        let entries = if count == 1 { "entry" } else { "entries" };
        reader.wrong(node, format!("this has {count} {entries}; {right}"));
        return None;
    };
    let kw = reader.number(kw, right);
    let kvar = reader.number(kvar, right);
    Some((kw?, kvar?))
}
