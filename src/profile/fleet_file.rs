//! The fleet as TOML: read strictly, references and physics checked, every problem with its line.

mod addition;
mod recipe;

use std::collections::{BTreeMap, BTreeSet};

use super::address::read_address;
use super::asset_file::{ASSET_TABLE, read_asset};
use super::availability_file::read_availability;
use super::baseline_file::{BASELINE_TABLE, read_baseline};
use super::fail_safe::FailSafe;
use super::fail_safe_file::read_fail_safe;
use super::fault::FileFault;
use super::fleet::{Contract, Endpoints, FleetProfile, Fsp, Unit};
use super::meter_file::read_meter;
use super::operators::Operators;
use super::reactive_file::read_reactive;
use super::reader::{self, Reader, Table};
use super::secrets::DESK_CLIENT;
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId, UnitId};
use crate::power::{Asset, Baseline};

pub(super) use addition::read_addition;
use recipe::read_made;

const CONTRACT: [&str; 8] = [
    "operator",
    "id",
    "product",
    "poll_seconds",
    "ack_seconds",
    "notice_seconds",
    "gbp_per_mwh",
    "fail_safe",
];
const OPERATOR: [&str; 3] = ["id", "vtn", "client_id"];
const FSP: [&str; 3] = ["id", "name", "telephone"];
const UNIT: [&str; 10] =
    ["fsp", "unit", "name", "operator", "contract", "asset", "baseline", "reactive", "meter", "availability"];

const OPERATOR_ID: &str = "write the operator's id, as in \"GB-DNO-11\"";
const CONTRACT_ID: &str = "write the contract's id, as in \"EMID-C-2026-0193\"";
const FSP_ID: &str = "write the FSP's id, as in \"BRIGHTFLEX\"";

/// What the file declares by a readable id, complete or not: references to it hold.
#[derive(Default)]
struct Declared {
    contracts: BTreeSet<(OperatorId, ContractId)>,
    /// Of those contracts that have one.
    fail_safes: BTreeMap<(OperatorId, ContractId), FailSafe>,
    fsps: BTreeSet<FspId>,
    /// Each contract's FSP, by the first unit under it.
    parties: BTreeMap<(OperatorId, ContractId), FspId>,
    units: BTreeSet<DispatchUnit>,
    /// The one FSP of all units, where it is known without the file.
    newcomer: Option<FspId>,
    /// Whether a contract's or an FSP's id is itself a mistake: then a reference that leads nowhere may be right.
    is_uncertain: bool,
}

const ROOT: [&str; 6] = ["name", "operators", "contracts", "fsps", "units", "generate"];

pub(super) fn read(file: &str, text: &str) -> Result<FleetProfile, Vec<FileFault>> {
    reader::read(file, text, &ROOT, read_fleet)
}

fn read_fleet(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<FleetProfile> {
    let mut declared = Declared::default();
    let name = reader.required_text(root, "name", "write the fleet's name, for people");
    let mut contracts: Vec<Contract> = reader
        .tables(root, "contracts", &CONTRACT)
        .iter()
        .filter_map(|table| read_contract(reader, table, &mut declared))
        .collect();
    let mut fsps: Vec<Fsp> = reader
        .tables(root, "fsps", &FSP)
        .iter()
        .filter_map(|table| read_fsp(reader, table, &mut declared))
        .collect();
    let mut units: Vec<Unit> = reader
        .tables(root, "units", &UNIT)
        .iter()
        .filter_map(|table| read_unit(reader, table, &mut declared))
        .collect();
    if let Some(node) = root.get("generate") {
        if ["contracts", "fsps", "units"].iter().any(|key| root.get(key).is_some()) {
            let message =
                "stands beside units that are written; a fleet is either written or made: leave one out";
            reader.wrong(&node, message);
        }
        let made = read_made(reader, &node)?;
        declared.contracts.extend(made.contracts.iter().map(|c| (c.operator.clone(), c.id.clone())));
        (contracts, fsps, units) = (made.contracts, made.fsps, made.units);
    }
    let mut endpoints: Vec<Endpoints> = reader
        .tables(root, "operators", &OPERATOR)
        .iter()
        .filter_map(|table| read_endpoints(reader, table, &declared, &units))
        .collect();
    endpoints.sort_by(|a, b| a.operator.cmp(&b.operator));
    for twice in endpoints.windows(2).filter(|pair| pair[0].operator == pair[1].operator) {
        reader.wrong_in(root, "operators", format!("`{}` is there twice; keep one", twice[0].operator));
    }
    contracts.sort_by(|a, b| (&a.operator, &a.id).cmp(&(&b.operator, &b.id)));
    fsps.sort_by(|a, b| a.id.cmp(&b.id));
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    Some(FleetProfile { name: name?, contracts, fsps, units, endpoints })
}

/// An operator's addresses. A client id of its own is one FSP's.
fn read_endpoints(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    declared: &Declared,
    units: &[Unit],
) -> Option<Endpoints> {
    let operator: Option<OperatorId> = reader.required_parsed(table, "id", OPERATOR_ID);
    let has_contract = |id: &OperatorId| declared.contracts.iter().any(|(of, _)| of == id);
    if let Some(id) = operator.as_ref().filter(|id| !declared.is_uncertain && !has_contract(id)) {
        let message =
            format!("`{id}` has no contract in this file; add one under [[contracts]], or leave it out");
        reader.wrong_in(table, "id", message);
    }
    let vtns = read_addresses(reader, table);
    let client_id = match table.get("client_id") {
        Some(node) => Some(reader.text(&node, "write the FSP's OAuth client id there")?.to_owned()),
        None => None,
    };
    let of_operator = units.iter().filter(|unit| Some(&unit.operator) == operator.as_ref());
    let fsps: BTreeSet<&FspId> = of_operator.map(|unit| &unit.unit.fsp).collect();
    if client_id.is_some() && fsps.len() > 1 {
        let message = format!(
            "{} FSPs have contracts with this operator and cannot all be one client; leave it out, then each goes by its id",
            fsps.len()
        );
        reader.wrong_in(table, "client_id", message);
    }
    Some(Endpoints { operator: operator?, vtns: vtns?, client_id })
}

/// Base URLs in order of preference.
fn read_addresses(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Vec<String>> {
    let right = "write base URLs in order of preference, as in [\"https://HOST/openadr3/3.1.0\"]";
    let node = reader.required(table, "vtn", right)?;
    let mut vtns: Vec<String> = Vec::new();
    for entry in reader.list(&node, right)? {
        let vtn = read_address(reader, &entry, "write https://HOST/openadr3/3.1.0")?;
        if vtns.contains(&vtn) {
            reader.wrong(&entry, format!("`{vtn}` is there twice; keep one"));
        }
        vtns.push(vtn);
    }
    if vtns.is_empty() {
        reader.wrong(&node, format!("there is none in it; {right}"));
        return None;
    }
    Some(vtns)
}

fn read_contract(reader: &mut Reader<'_>, table: &Table<'_>, declared: &mut Declared) -> Option<Contract> {
    let operator: Option<OperatorId> = reader.required_parsed(table, "operator", OPERATOR_ID);
    if let Some(id) = operator.as_ref().filter(|id| Operators::built_in().get(id).is_none()) {
        declared.is_uncertain = true;
        let message = format!(
            "`{id}` is not in the well-known list, profiles/operators.toml; write one that is, as in GB-DNO-11"
        );
        reader.wrong_in(table, "operator", message);
    }
    let id: Option<ContractId> = reader.required_parsed(table, "id", CONTRACT_ID);
    if let (Some(operator), Some(id)) = (&operator, &id)
        && !declared.contracts.insert((operator.clone(), id.clone()))
    {
        reader.wrong_in(table, "id", format!("`{id}` is a contract of {operator} twice; keep one"));
        declared.is_uncertain = true;
    }
    declared.is_uncertain |= operator.is_none() || id.is_none();
    let product = reader.required_text(table, "product", "write the product's name, for people");
    let poll_seconds = seconds(reader, table, "poll_seconds", 1, 10);
    let ack_seconds = seconds(reader, table, "ack_seconds", 1, 30);
    let notice_seconds = seconds(reader, table, "notice_seconds", 0, 0);
    let price_pence_per_mwh = match table.get("gbp_per_mwh") {
        Some(node) => Some(reader.pence(&node)?),
        None => None,
    };
    let fail_safe = read_fail_safe(reader, table);
    if let (Some(operator), Some(id), Some(Some(fail_safe))) = (&operator, &id, fail_safe) {
        declared.fail_safes.insert((operator.clone(), id.clone()), fail_safe);
    }
    Some(Contract {
        operator: operator?,
        id: id?,
        product: product?,
        poll_seconds: poll_seconds?,
        ack_seconds: ack_seconds?,
        notice_seconds: notice_seconds?,
        price_pence_per_mwh,
        fail_safe: fail_safe?,
    })
}

/// Longest poll interval and acknowledgement time, and longest notice: an hour, and a week.
const HOUR: u32 = 3_600;
const WEEK: u32 = 604_800;

fn seconds(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, least: u32, default: u32) -> Option<u32> {
    let most = if least == 0 { WEEK } else { HOUR };
    match table.get(key) {
        Some(node) => reader.whole(&node, &(least..=most), " of seconds"),
        None => Some(default),
    }
}

fn read_fsp(reader: &mut Reader<'_>, table: &Table<'_>, declared: &mut Declared) -> Option<Fsp> {
    let id: Option<FspId> = reader.required_parsed(table, "id", FSP_ID);
    if let Some(id) = &id {
        if id.as_str() == DESK_CLIENT {
            declared.is_uncertain = true;
            let message = format!("`{id}` is the operator's own client id; give the FSP another");
            reader.wrong_in(table, "id", message);
        }
        if !declared.fsps.insert(id.clone()) {
            reader.wrong_in(table, "id", format!("`{id}` is an FSP twice; keep one"));
            declared.is_uncertain = true;
        }
    }
    declared.is_uncertain |= id.is_none();
    let name = reader.required_text(table, "name", "write the FSP's name, for people");
    let telephone = reader.required_text(table, "telephone", "write its control point's telephone number");
    Some(Fsp { id: id?, name: name?, telephone: telephone? })
}

fn read_unit(reader: &mut Reader<'_>, table: &Table<'_>, declared: &mut Declared) -> Option<Unit> {
    let fsp = read_fsp_of_unit(reader, table, declared);
    let unknown = |id: &&FspId| !declared.is_uncertain && !declared.fsps.contains(*id);
    if let Some(id) = fsp.as_ref().filter(unknown) {
        let message = format!("there is no FSP `{id}` in this file; add it under [[fsps]] or name another");
        reader.wrong_in(table, "fsp", message);
    }
    let unit: Option<UnitId> =
        reader.required_parsed(table, "unit", "write the FSP's own name of the unit, as in \"BESS-07\"");
    let named = fsp.zip(unit).map(|(fsp, unit)| DispatchUnit { fsp, unit });
    if let Some(named) = named.as_ref().filter(|named| !declared.units.insert((*named).clone())) {
        reader.wrong_in(table, "unit", format!("`{named}` is a unit twice; keep one"));
    }
    let name = reader.required_text(table, "name", "write the unit's name, for people");
    let operator: Option<OperatorId> = reader.required_parsed(table, "operator", OPERATOR_ID);
    let contract: Option<ContractId> = reader.required_parsed(table, "contract", CONTRACT_ID);
    let contract = operator.zip(contract);
    if let (Some(contract), Some(named)) = (&contract, &named) {
        check_contract(reader, table, declared, contract, &named.fsp);
    }
    let asset = reader.required(table, "asset", ASSET_TABLE);
    let asset = asset.and_then(|node| read_asset(reader, &node));
    let baseline = reader.required(table, "baseline", BASELINE_TABLE);
    let baseline = baseline.and_then(|node| read_baseline(reader, &node));
    let reactive = match table.get("reactive") {
        Some(node) => Some(read_reactive(reader, &node, asset.as_ref(), baseline.as_ref())?),
        None => None,
    };
    let meter = read_meter(reader, table);
    let availability = read_availability(reader, table);
    if let (Some(contract), Some(asset), Some(baseline)) = (&contract, &asset, &baseline) {
        check_fail_safe(reader, table, declared, contract, (asset, baseline));
    }
    let (operator, contract) = contract?;
    Some(Unit {
        unit: named?,
        name: name?,
        operator,
        contract,
        asset: asset?,
        baseline: baseline?,
        reactive,
        meter: meter?,
        availability: availability?,
    })
}

fn read_fsp_of_unit(reader: &mut Reader<'_>, table: &Table<'_>, declared: &Declared) -> Option<FspId> {
    let Some(newcomer) = &declared.newcomer else { return reader.required_parsed(table, "fsp", FSP_ID) };
    let Some(node) = table.get("fsp") else { return Some(newcomer.clone()) };
    let fsp: FspId = reader.parsed(&node, FSP_ID)?;
    if fsp != *newcomer {
        reader.wrong(&node, format!("`{fsp}` is not {newcomer}, whom this is for; leave it out"));
        return None;
    }
    Some(fsp)
}

/// A unit's contract is in the file, and with the unit's FSP.
fn check_contract(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    declared: &mut Declared,
    contract: &(OperatorId, ContractId),
    fsp: &FspId,
) {
    let (operator, id) = contract;
    if !declared.is_uncertain && !declared.contracts.contains(contract) {
        let message = format!(
            "{operator} has no contract `{id}` in this file; add it under [[contracts]] or name another"
        );
        reader.wrong_in(table, "contract", message);
    }
    let party = declared.parties.entry(contract.clone()).or_insert_with(|| fsp.clone());
    if party != fsp {
        let message = format!("`{id}` is with {party} already; a contract is with one FSP");
        reader.wrong_in(table, "contract", message);
    }
}

/// The fail-safe level of a unit's contract is one at which the unit can be.
fn check_fail_safe(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    declared: &Declared,
    contract: &(OperatorId, ContractId),
    (asset, baseline): (&Asset, &Baseline),
) {
    let Some(FailSafe { level, .. }) = declared.fail_safes.get(contract) else { return };
    if let Some(can) = level.is_beyond(asset, baseline) {
        let message = format!(
            "`{}` has a fail-safe level of {}, and this unit {can}; give the contract one that each of its units can be \
             at, or \"baseline\"",
            contract.1,
            level.words()
        );
        reader.wrong_in(table, "contract", message);
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
    fn an_operators_addresses_keep_their_order_of_preference() {
        let named =
            "[[operators]]\nid = \"GB-DNO-11\"\nvtn = [\"https://b.example/v\", \"https://a.example/v\"]\n\n";
        let text = DEMO.replacen("[[contracts]]", &format!("{named}[[contracts]]"), 1);
        let fleet = read("demo.toml", &text).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let operator = "GB-DNO-11".parse().unwrap();
        assert_eq!(
            fleet.endpoints_of(&operator).unwrap().vtns,
            ["https://b.example/v", "https://a.example/v"]
        );
        assert_eq!(FleetProfile { endpoints: Vec::new(), ..fleet }, FleetProfile::demo());
    }

    #[test]
    fn each_mistake_is_named_with_line_field_and_what_would_be_right() {
        for (old, new, says) in [
            (
                "operator = \"GB-DNO-11\"",
                "operator = \"GB-DNO-99\"",
                "contracts[0].operator: `GB-DNO-99` is not in the well-known list, profiles/operators.toml",
            ),
            (
                "id = \"EMID-C-2026-0207\"",
                "id = \"EMID-C-2026-0193\"",
                "contracts[1].id: `EMID-C-2026-0193` is a contract of GB-DNO-11 twice",
            ),
            (
                "notice_seconds = 900",
                "poll_seconds = 0",
                "contracts[0].poll_seconds: `0` is out of bounds; write a whole number of seconds, 1 to 3600",
            ),
            (
                "gbp_per_mwh = 300.00",
                "gbp_per_mwh = 300.001",
                "contracts[0].gbp_per_mwh: `300.001` is finer than one penny",
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
            (
                "capacity_kwh = 5000",
                "capacity = 5000",
                "units[0].asset.capacity: no key has this name here; known are kind, max_discharge_kw",
            ),
            (
                "kind = \"battery\"",
                "kind = \"flywheel\"",
                "units[0].asset.kind: `flywheel` is not known; write battery, generator, turn_down, heat_pumps, ev_hub, solar or wind",
            ),
            (
                "[[contracts]]",
                "[[operators]]\nid = \"GB-DNO-10\"\nvtn = [\"https://a.example\"]\n\n[[contracts]]",
                "operators[0].id: `GB-DNO-10` has no contract in this file",
            ),
            (
                "[[contracts]]",
                "[[operators]]\nid = \"GB-DNO-11\"\nvtn = []\n\n[[contracts]]",
                "operators[0].vtn: there is none in it",
            ),
            (
                "[[contracts]]",
                "[[operators]]\nid = \"GB-DNO-11\"\nvtn = [\"https://a.example\", \"a.example\"]\n\n[[contracts]]",
                "operators[0].vtn[1]: `a.example` is not the base URL of a VTN",
            ),
            (
                "[[contracts]]",
                "[[operators]]\nid = \"GB-DNO-11\"\nvtn = [\"https://a.example\", \"https://a.example\"]\n\n[[contracts]]",
                "operators[0].vtn[1]: `https://a.example` is there twice",
            ),
            (
                "[[contracts]]",
                "[[operators]]\nid = \"GB-DNO-11\"\nvtn = [\"https://a.example\"]\nclient_id = \"x\"\n\n[[contracts]]",
                "operators[0].client_id: ",
            ),
            ("[\"06:00\", -900]", "[\"26:00\", -900]", "units[6].baseline.points: "),
            ("product = \"Scheduled Utilisation\"", "", "contracts[2].product: is missing"),
        ] {
            assert!(DEMO.contains(old), "{old}");
            let faults = read("demo.toml", &DEMO.replacen(old, new, 1)).unwrap_err();
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert!(said.iter().any(|s| s.starts_with("demo.toml:") && s.contains(says)), "{says}: {said:?}");
        }
    }
}
