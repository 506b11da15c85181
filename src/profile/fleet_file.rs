//! The fleet as TOML: read strictly, references and physics checked, every problem with its line.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::fault::{Faults, FileFault};
use super::fleet::{Contract, FleetProfile, Fsp, Unit};
use super::operators::Operators;
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId, UnitId};
use crate::power::{Asset, Baseline};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    contracts: Vec<FileContract>,
    #[serde(default)]
    fsps: Vec<FileFsp>,
    #[serde(default)]
    units: Vec<FileUnit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileContract {
    operator: Spanned<String>,
    id: Spanned<String>,
    product: String,
    poll_seconds: Option<Spanned<u32>>,
    ack_seconds: Option<Spanned<u32>>,
    #[serde(default)]
    notice_seconds: u32,
    gbp_per_mwh: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileFsp {
    id: Spanned<String>,
    name: String,
    telephone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileUnit {
    fsp: Spanned<String>,
    unit: Spanned<String>,
    name: String,
    operator: Spanned<String>,
    contract: Spanned<String>,
    asset: Spanned<Asset>,
    baseline: Spanned<Baseline>,
}

pub(super) fn read(file: &str, text: &str) -> Result<FleetProfile, Vec<FileFault>> {
    let mut faults = Faults::of(file, text);
    let Some(raw) = faults.toml::<File>() else { return faults.end(None) };
    let mut contracts = read_contracts(&mut faults, &raw.contracts);
    let mut fsps = read_fsps(&mut faults, &raw.fsps);
    let mut units = read_units(&mut faults, raw.units, &contracts, &fsps);
    contracts.sort_by(|a, b| (&a.operator, &a.id).cmp(&(&b.operator, &b.id)));
    fsps.sort_by(|a, b| a.id.cmp(&b.id));
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    faults.end(Some(FleetProfile { name: raw.name, contracts, fsps, units }))
}

fn read_contracts(faults: &mut Faults<'_>, raw: &[FileContract]) -> Vec<Contract> {
    let known = Operators::built_in();
    let mut contracts: Vec<Contract> = Vec::new();
    for (index, contract) in raw.iter().enumerate() {
        let field = |name: &str| format!("contracts[{index}].{name}");
        let operator: Option<OperatorId> = faults.parse(&contract.operator, &field("operator"));
        if let Some(id) = operator.as_ref().filter(|id| known.get(id).is_none()) {
            let message =
                format!("`{id}` is not in the well-known list of operators, profiles/operators.toml");
            faults.add(Some(contract.operator.span()), &field("operator"), message);
        }
        let id: Option<ContractId> = faults.parse(&contract.id, &field("id"));
        let poll_seconds = seconds(faults, contract.poll_seconds.as_ref(), &field("poll_seconds"), 10);
        let ack_seconds = seconds(faults, contract.ack_seconds.as_ref(), &field("ack_seconds"), 30);
        let price = contract.gbp_per_mwh.as_ref().and_then(|p| pence(faults, p, &field("gbp_per_mwh")));
        let (Some(operator), Some(id)) = (operator, id) else { continue };
        if contracts.iter().any(|c| c.operator == operator && c.id == id) {
            faults.add(
                Some(contract.id.span()),
                &field("id"),
                format!("`{id}` is a contract of {operator} twice"),
            );
        }
        contracts.push(Contract {
            operator,
            id,
            product: contract.product.clone(),
            poll_seconds,
            ack_seconds,
            notice_seconds: contract.notice_seconds,
            price_pence_per_mwh: price,
        });
    }
    contracts
}

fn seconds(faults: &mut Faults<'_>, value: Option<&Spanned<u32>>, field: &str, default: u32) -> u32 {
    let Some(value) = value else { return default };
    if !(1..=3600).contains(value.get_ref()) {
        faults.add(Some(value.span()), field, format!("{} is not between 1 and 3600 s", value.get_ref()));
    }
    *value.get_ref()
}

fn pence(faults: &mut Faults<'_>, value: &Spanned<f64>, field: &str) -> Option<i64> {
    let pence = value.get_ref() * 100.0;
    if !pence.is_finite() || pence.abs() > 1e9 || (pence - pence.round()).abs() > 1e-6 {
        faults.add(
            Some(value.span()),
            field,
            format!("{} is not a price in pounds and pence", value.get_ref()),
        );
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "held to ±1e9 above")]
    Some(pence.round() as i64)
}

fn read_fsps(faults: &mut Faults<'_>, raw: &[FileFsp]) -> Vec<Fsp> {
    let mut fsps: Vec<Fsp> = Vec::new();
    for (index, fsp) in raw.iter().enumerate() {
        let field = format!("fsps[{index}].id");
        let Some(id) = faults.parse::<FspId>(&fsp.id, &field) else { continue };
        if fsps.iter().any(|f| f.id == id) {
            faults.add(Some(fsp.id.span()), &field, format!("`{id}` is an FSP twice"));
        }
        fsps.push(Fsp { id, name: fsp.name.clone(), telephone: fsp.telephone.clone() });
    }
    fsps
}

fn read_units(
    faults: &mut Faults<'_>,
    raw: Vec<FileUnit>,
    contracts: &[Contract],
    fsps: &[Fsp],
) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(raw.len());
    let mut names: BTreeSet<DispatchUnit> = BTreeSet::new();
    for (index, unit) in raw.into_iter().enumerate() {
        let field = |name: &str| format!("units[{index}].{name}");
        physics(faults, &unit.asset, &unit.baseline, &field);
        let fsp: Option<FspId> = faults.parse(&unit.fsp, &field("fsp"));
        if let Some(id) = fsp.as_ref().filter(|id| !fsps.iter().any(|f| f.id == **id)) {
            faults.add(Some(unit.fsp.span()), &field("fsp"), format!("there is no FSP `{id}` in this file"));
        }
        let name: Option<UnitId> = faults.parse(&unit.unit, &field("unit"));
        let operator: Option<OperatorId> = faults.parse(&unit.operator, &field("operator"));
        let contract: Option<ContractId> = faults.parse(&unit.contract, &field("contract"));
        let (Some(fsp), Some(name), Some(operator), Some(contract)) = (fsp, name, operator, contract) else {
            continue;
        };
        if !contracts.iter().any(|c| c.operator == operator && c.id == contract) {
            let message = format!("{operator} has no contract `{contract}` in this file");
            faults.add(Some(unit.contract.span()), &field("contract"), message);
        }
        let named = DispatchUnit { fsp, unit: name };
        if !names.insert(named.clone()) {
            faults.add(Some(unit.unit.span()), &field("unit"), format!("`{named}` is a unit twice"));
        }
        units.push(Unit {
            unit: named,
            name: unit.name,
            operator,
            contract,
            asset: unit.asset.into_inner(),
            baseline: unit.baseline.into_inner(),
        });
    }
    units
}

fn physics(
    faults: &mut Faults<'_>,
    asset: &Spanned<Asset>,
    baseline: &Spanned<Baseline>,
    field: &dyn Fn(&str) -> String,
) {
    let span = |range: Range<usize>| Some(range);
    for (name, message) in asset.get_ref().faults() {
        faults.add(span(asset.span()), &format!("{}.{name}", field("asset")), message);
    }
    if let Some(message) = baseline.get_ref().fault() {
        faults.add(span(baseline.span()), &field("baseline"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = include_str!("../../profiles/fleets/demo.toml");

    #[test]
    fn the_demonstration_fleet_has_twelve_units_of_three_kinds_at_four_fsps_under_two_operators() {
        let fleet = read("demo.toml", DEMO).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let kinds: BTreeSet<&str> = fleet.units.iter().map(|u| u.asset.kind()).collect();
        assert_eq!(
            (fleet.units.len(), kinds.len(), fleet.fsps.len(), fleet.operators().len()),
            (12, 3, 4, 2)
        );
        assert_eq!(fleet, FleetProfile::demo());
        let unit = fleet.unit(&"BRIGHTFLEX/BESS-07".parse().unwrap()).unwrap();
        assert!(fleet.contract(&unit.operator, &unit.contract).is_some());
    }

    #[test]
    fn each_mistake_is_named_with_line_field_and_what_would_be_right() {
        for (old, new, says) in [
            (
                "operator = \"GB-DNO-11\"",
                "operator = \"GB-DNO-99\"",
                "contracts[0].operator: `GB-DNO-99` is not in the well-known list",
            ),
            (
                "id = \"EMID-C-2026-0207\"",
                "id = \"EMID-C-2026-0193\"",
                "contracts[1].id: `EMID-C-2026-0193` is a contract of GB-DNO-11 twice",
            ),
            (
                "notice_seconds = 900",
                "poll_seconds = 0",
                "contracts[0].poll_seconds: 0 is not between 1 and 3600 s",
            ),
            (
                "gbp_per_mwh = 300.00",
                "gbp_per_mwh = 300.001",
                "contracts[0].gbp_per_mwh: 300.001 is not a price",
            ),
            ("id = \"TRENTGEN\"", "id = \"BRIGHTFLEX\"", "fsps[1].id: `BRIGHTFLEX` is an FSP twice"),
            ("id = \"TRENTGEN\"", "id = \"TRENT_GEN\"", "fsps[1].id: `_` is not allowed in an FSP id"),
            (
                "unit = \"BESS-08\"",
                "unit = \"BESS-07\"",
                "units[1].unit: `BRIGHTFLEX/BESS-07` is a unit twice",
            ),
            (
                "fsp = \"BRIGHTFLEX\"",
                "fsp = \"DIMFLEX\"",
                "units[0].fsp: there is no FSP `DIMFLEX` in this file",
            ),
            (
                "contract = \"EMID-C-2026-0193\"",
                "contract = \"X\"",
                "units[0].contract: GB-DNO-11 has no contract `X`",
            ),
            ("min_soc = 0.05", "min_soc = 0.99", "units[0].asset."),
            ("capacity_kwh = 5000", "capacity_kwh = -1", "units[0].asset.capacity_kwh"),
            ("capacity_kwh = 5000", "capacity = 5000", "unknown field `capacity`"),
            ("kind = \"battery\"", "kind = \"flywheel\"", "unknown variant `flywheel`"),
            ("[\"06:00\", -900]", "[\"26:00\", -900]", "units[6].baseline"),
            ("product = \"Scheduled Utilisation\"", "", "missing field `product`"),
        ] {
            assert!(DEMO.contains(old), "{old}");
            let faults = read("demo.toml", &DEMO.replacen(old, new, 1)).unwrap_err();
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert!(said.iter().any(|s| s.starts_with("demo.toml:") && s.contains(says)), "{says}: {said:?}");
        }
    }
}
