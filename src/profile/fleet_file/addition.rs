//! What is added to a fleet for one FSP.

use super::{CONTRACT, Declared, FSP, FSP_ID, ROOT, UNIT, read_contract, read_unit};
use crate::dispatch::FspId;
use crate::profile::fault::FileFault;
use crate::profile::fleet::{Contract, FleetProfile, Fsp, Newcomer, Unit};
use crate::profile::reader::{self, Reader, Table};
use crate::profile::secrets::DESK_CLIENT;

/// Reads what is added to a fleet for one FSP. What is known without the file may be left out of it: the FSP, its id at
/// each unit, a name, the contracts that the fleet has.
pub(in crate::profile) fn read_addition(
    file: &str,
    text: &str,
    newcomer: &Newcomer,
    fleet: &FleetProfile,
) -> Result<FleetProfile, Vec<FileFault>> {
    reader::read(file, text, &ROOT, |reader, root| read_added(reader, root, newcomer, fleet))
}

fn read_added(
    reader: &mut Reader<'_>,
    root: &Table<'_>,
    newcomer: &Newcomer,
    fleet: &FleetProfile,
) -> Option<FleetProfile> {
    let id = &newcomer.id;
    let mut declared = Declared { newcomer: Some(id.clone()), ..Declared::default() };
    let contract_tables = reader.tables(root, "contracts", &CONTRACT);
    let own: Vec<Contract> =
        contract_tables.iter().filter_map(|table| read_contract(reader, table, &mut declared)).collect();
    let fsp = read_newcomer(reader, root, newcomer);
    declared.fsps.insert(id.clone());
    let key = |c: &Contract| (c.operator.clone(), c.id.clone());
    declared.contracts.extend(fleet.contracts.iter().map(key));
    for contract in &fleet.contracts {
        if let Some(fail_safe) = contract.fail_safe {
            declared.fail_safes.entry(key(contract)).or_insert(fail_safe);
        }
    }
    let party = |u: &Unit| ((u.operator.clone(), u.contract.clone()), u.unit.fsp.clone());
    declared.parties.extend(fleet.units.iter().filter(|u| u.unit.fsp != *id).map(party));
    let unit_tables = reader.tables(root, "units", &UNIT);
    if unit_tables.is_empty() {
        reader.wrong_in(root, "units", "there is no unit; write at least one, each under [[units]]");
    }
    let mut units: Vec<Unit> =
        unit_tables.iter().filter_map(|table| read_unit(reader, table, &mut declared)).collect();
    units.sort_by(|a, b| a.unit.cmp(&b.unit));
    let of = |c: &&Contract| units.iter().any(|u| u.operator == c.operator && u.contract == c.id);
    for contract in &own {
        match fleet.contract(&contract.operator, &contract.id) {
            Some(known) if known != contract => {
                let message = format!(
                    "{} has contract `{}` on other terms already; leave it out here, and the terms known hold",
                    contract.operator, contract.id
                );
                reader.wrong_in(root, "contracts", message);
            }
            _ if !of(&contract) && units.len() == unit_tables.len() => {
                let message = format!("no unit is under contract `{}`; leave it out", contract.id);
                reader.wrong_in(root, "contracts", message);
            }
            _ => {}
        }
    }
    let known = fleet.contracts.iter().filter(|c| fleet.contract(&c.operator, &c.id).is_some());
    let known = known.filter(|c| !own.iter().any(|o| key(o) == key(c)));
    let mut contracts: Vec<Contract> = own.iter().chain(known).filter(of).cloned().collect();
    contracts.sort_by(|a, b| (&a.operator, &a.id).cmp(&(&b.operator, &b.id)));
    let fsp = fsp?;
    Some(FleetProfile { name: fsp.name.clone(), contracts, fsps: vec![fsp], units, endpoints: Vec::new() })
}

/// The FSP: as it is given, else as the file has it.
fn read_newcomer(reader: &mut Reader<'_>, root: &Table<'_>, newcomer: &Newcomer) -> Option<Fsp> {
    let id = &newcomer.id;
    let (mut name, mut telephone) = (newcomer.name.clone(), newcomer.telephone.clone());
    for table in reader.tables(root, "fsps", &FSP) {
        let found: Option<FspId> = reader.required_parsed(&table, "id", FSP_ID);
        if let Some(other) = found.as_ref().filter(|found| *found != id) {
            reader.wrong_in(&table, "id", format!("`{other}` is not {id}, whom this is for; leave it out"));
            continue;
        }
        let text = |reader: &mut Reader<'_>, key| {
            table.get(key).and_then(|n| Some(reader.text(&n, "write it in quotes")?.to_owned()))
        };
        name = name.or_else(|| text(reader, "name"));
        telephone = telephone.or_else(|| text(reader, "telephone"));
    }
    if id.as_str() == DESK_CLIENT {
        reader.wrong_in(
            root,
            "fsps",
            format!("`{id}` is the operator's own client id; give the FSP another"),
        );
    }
    if telephone.is_none() {
        let message = format!(
            "the telephone of {id}'s control point is missing; give it, or nobody can be called when its link is lost"
        );
        reader.wrong_in(root, "fsps", message);
    }
    Some(Fsp { id: id.clone(), name: name.unwrap_or_else(|| id.to_string()), telephone: telephone? })
}
