//! Contracts against the products that they name: what lies outside of a product's published parameters. None of it is
//! refused: an operator may agree on other terms, and then knows it.

use super::fleet::{Contract, FleetProfile, Unit};
use super::products::{Product, Products};
use crate::power::Asset;
use crate::units::grouped;

/// Shorter than this over, a time is met, seconds.
const TOLERANCE_S: f64 = 0.5;

/// Every contract of a fleet that lies outside of its product, in sentences. A product that is not in the list has no
/// parameters.
pub fn outside(fleet: &FleetProfile, products: &Products) -> Vec<String> {
    let of = |contract: &Contract| {
        let under = |u: &&Unit| u.operator == contract.operator && u.contract == contract.id;
        let units: Vec<&Unit> = fleet.units.iter().filter(under).collect();
        products
            .get(&contract.product)
            .map_or_else(Vec::new, |product| of_contract(contract, product, &units))
    };
    fleet.contracts.iter().flat_map(of).collect()
}

fn of_contract(contract: &Contract, product: &Product, units: &[&Unit]) -> Vec<String> {
    let found =
        [capacity(product, units), notice(contract, product), response(product, units), hold(product, units)];
    let named = |what: String| {
        format!("contract {} of {} is for {}: {what}", contract.id, contract.operator, product.name)
    };
    found.into_iter().flatten().map(named).collect()
}

/// All units together offer less than the least. Where export is turned to zero, what they can export counts.
fn capacity(product: &Product, units: &[&Unit]) -> Option<String> {
    let least = product.minimum_kw.filter(|_| !units.is_empty())?;
    let of_unit =
        |unit: &&Unit| if product.turns_to_zero() { limits_kw(unit).1.max(0.0) } else { change_kw(unit) };
    let offered: f64 = units.iter().map(of_unit).sum();
    (offered < least).then(|| {
        format!(
            "its units offer {} kW together, and the product is from {} kW",
            grouped(offered, 0),
            grouped(least, 0)
        )
    })
}

/// More notice is agreed than the product has from signal to full delivery.
fn notice(contract: &Contract, product: &Product) -> Option<String> {
    let minutes = product.response_minutes?;
    (contract.notice_seconds > minutes * 60).then(|| {
        let agreed = grouped(f64::from(contract.notice_seconds) / 60.0, 0);
        format!("a notice of {agreed} min is agreed, and the product responds within {minutes} min")
    })
}

/// Units that need longer from the signal to their whole change.
fn response(product: &Product, units: &[&Unit]) -> Option<String> {
    let minutes = product.response_minutes?;
    let late = |unit: &Unit| {
        let needs = response_s(unit);
        (needs > f64::from(minutes) * 60.0 + TOLERANCE_S).then_some(needs / 60.0)
    };
    told(units, late, |unit, needs| {
        format!(
            "{unit} needs {} min to its whole change, and the product responds within {minutes} min",
            grouped(needs, 1)
        )
    })
}

/// Units that cannot hold their whole change for as long as the product asks.
fn hold(product: &Product, units: &[&Unit]) -> Option<String> {
    let minutes = product.hold_minutes?;
    let short = |unit: &Unit| held_min(unit).filter(|held| *held < f64::from(minutes) - TOLERANCE_S / 60.0);
    told(units, short, |unit, held| {
        format!(
            "{unit} holds its whole change for {} min, and the product asks for at least {minutes} min",
            grouped(held, 0)
        )
    })
}

/// The first unit of which it is true, and how many more there are.
fn told(
    units: &[&Unit],
    number: impl Fn(&Unit) -> Option<f64>,
    words: impl Fn(String, f64) -> String,
) -> Option<String> {
    let mut found = units.iter().filter_map(|unit| Some((unit.unit.to_string(), number(unit)?)));
    let (unit, first) = found.next()?;
    let said = words(unit, first);
    Some(match found.count() {
        0 => said,
        more => format!("{said} ({more} more like it)"),
    })
}

fn limits_kw(unit: &Unit) -> (f64, f64) {
    unit.asset.limits_kw(unit.baseline.at(0.0))
}

/// The greatest change from baseline, either way.
fn change_kw(unit: &Unit) -> f64 {
    let baseline_kw = unit.baseline.at(0.0);
    let (least, most) = unit.asset.limits_kw(baseline_kw);
    (most - baseline_kw).max(baseline_kw - least).max(0.0)
}

/// Seconds from the signal to the greatest change, at rest before it.
fn response_s(unit: &Unit) -> f64 {
    let baseline_kw = unit.baseline.at(0.0);
    let (least, most) = unit.asset.limits_kw(baseline_kw);
    let (up, down) = unit.asset.ramps_kw_per_s();
    let is_up = most - baseline_kw >= baseline_kw - least;
    let ramp_s = if is_up { (most - baseline_kw) / up } else { (baseline_kw - least) / down };
    unit.asset.delay_s(&unit.asset.initial_state(baseline_kw)) + ramp_s
}

/// Minutes for which a unit holds its whole change at best; `None` when nothing limits them.
fn held_min(unit: &Unit) -> Option<f64> {
    match &unit.asset {
        Asset::Battery(battery) => {
            let kwh =
                battery.capacity_kwh * (battery.max_soc - battery.min_soc) * battery.discharge_efficiency;
            Some(kwh / battery.max_discharge_kw * 60.0)
        }
        Asset::TurnDown(turn_down) => Some(turn_down.max_duration_min),
        Asset::HeatPumps(pumps) => Some(pumps.comfort_kwh / pumps.max_turn_down_kw * 60.0),
        Asset::Generator(_) | Asset::EvHub(_) | Asset::Renewable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The demonstration fleet's first contract under another product and other terms, with its batteries alone.
    fn with(product: &str, change: impl Fn(&mut Contract, &mut Unit)) -> Vec<String> {
        let demo = FleetProfile::demo();
        let mut contract = demo.contracts[0].clone();
        product.clone_into(&mut contract.product);
        let mut unit = demo.unit(&"BRIGHTFLEX/BESS-07".parse().unwrap()).unwrap().clone();
        change(&mut contract, &mut unit);
        let fleet = FleetProfile { contracts: vec![contract], units: vec![unit], ..demo };
        outside(&fleet, Products::built_in())
    }

    fn battery(unit: &mut Unit) -> &mut crate::power::Battery {
        match &mut unit.asset {
            Asset::Battery(battery) => battery,
            _ => panic!("a battery"),
        }
    }

    #[test]
    fn each_parameter_of_a_product_is_held_against_the_contract() {
        type Change = fn(&mut Contract, &mut Unit);
        let table: &[(&str, Change, &[&str])] = &[
            ("Secure", |_, unit| battery(unit).capacity_kwh = 9_000.0, &[]),
            (
                "Secure",
                |_, _| {},
                &[
                    "BRIGHTFLEX/BESS-07 holds its whole change for 102 min, and the product asks for at least 120 min",
                ],
            ),
            ("Secure of another name", |_, _| {}, &[]),
            ("Operational Utilisation", |_, _| {}, &[]),
            (
                "Operational Utilisation",
                |_, unit| (battery(unit).max_discharge_kw, battery(unit).max_charge_kw) = (9.0, 5.0),
                &["its units offer 9 kW together, and the product is from 10 kW"],
            ),
            (
                "Dynamic",
                |contract, unit| {
                    contract.notice_seconds = 1800;
                    battery(unit).capacity_kwh = 9_000.0;
                },
                &["a notice of 30 min is agreed, and the product responds within 15 min"],
            ),
            (
                "Restore",
                |_, unit| {
                    battery(unit).capacity_kwh = 9_000.0;
                    battery(unit).ramp_up_kw_per_min = 100.0;
                },
                &[
                    "BRIGHTFLEX/BESS-07 needs 25.0 min to its whole change, and the product responds within 15 min",
                ],
            ),
            ("MW Dispatch", |_, _| {}, &[]),
            (
                "MW Dispatch",
                |_, unit| battery(unit).max_discharge_kw = 999.0,
                &["its units offer 999 kW together, and the product is from 1,000 kW"],
            ),
        ];
        for (product, change, says) in table {
            let found = with(product, change);
            assert_eq!(found.len(), says.len(), "{product}: {found:#?}");
            for (found, says) in found.iter().zip(*says) {
                assert!(found.starts_with("contract EMID-C-2026-0193 of GB-DNO-11 is for "), "{found}");
                assert!(found.contains(says), "{says}: {found}");
            }
        }
    }

    #[test]
    fn many_units_alike_are_one_sentence() {
        let demo = FleetProfile::demo();
        let mut fleet = demo.clone();
        fleet.contracts.truncate(1);
        "Secure".clone_into(&mut fleet.contracts[0].product);
        let pattern = demo.unit(&"BRIGHTFLEX/BESS-07".parse().unwrap()).unwrap();
        let named = |n: usize| {
            let unit = format!("BRIGHTFLEX/B-{n:03}").parse().unwrap();
            Unit { unit, contract: fleet.contracts[0].id.clone(), ..pattern.clone() }
        };
        fleet.units = (0..500).map(named).collect();
        let found = outside(&fleet, Products::built_in());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].ends_with("(499 more like it)"), "{}", found[0]);
    }
}
