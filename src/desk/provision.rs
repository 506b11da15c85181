//! What must stand at the VTN before anything is sent: a program and an anchor event for each contract, a ven for each
//! FSP, a resource with its target for each unit. Idempotent: what is there already is left or corrected.

use std::collections::BTreeMap;

use super::register::Register;
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping::{self, Terms};
use crate::openadr::wire::{Event, Metadata, Resource, Ven};

/// What is to stand at the VTN.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    contracts: Vec<Terms>,
    fsps: Vec<FspId>,
    units: Vec<DispatchUnit>,
}

/// What stands there.
#[derive(Clone, Debug, Default)]
pub(super) struct Provisioned {
    /// Each contract's program.
    pub programs: BTreeMap<(OperatorId, ContractId), String>,
    /// Every event of these programs that is no anchor.
    pub events: Vec<Event>,
}

impl Wanted {
    /// Everything of the operators that this desk signs for.
    pub(super) fn of(register: &Register) -> Self {
        let own = |operator: &OperatorId| register.key(operator).is_some();
        let contracts = register.contracts().iter().filter(|c| own(&c.operator));
        let units: Vec<DispatchUnit> =
            register.units().iter().filter(|u| own(&u.operator)).map(|u| u.unit.clone()).collect();
        let mut fsps: Vec<FspId> = units.iter().map(|u| u.fsp.clone()).collect();
        fsps.sort();
        fsps.dedup();
        Self {
            contracts: contracts.filter_map(|c| register.terms(&c.operator, &c.id)).collect(),
            fsps,
            units,
        }
    }
}

/// Makes sure of everything, one after the other.
///
/// # Errors
/// What went wrong and with what, in words.
pub(super) async fn provision(client: Client, wanted: Wanted) -> Result<Provisioned, String> {
    let mut done = Provisioned::default();
    for terms in &wanted.contracts {
        let (program_id, events) = contract(&client, terms)
            .await
            .map_err(|e| format!("the program of contract {} of {}: {e}", terms.contract, terms.operator))?;
        done.programs.insert((terms.operator.clone(), terms.contract.clone()), program_id);
        done.events.extend(events);
    }
    let mut vens: BTreeMap<&FspId, String> = BTreeMap::new();
    for fsp in &wanted.fsps {
        let ven = client.ensure_ven(&ven_of(fsp)).await.map_err(|e| format!("the ven of {fsp}: {e}"))?;
        vens.insert(fsp, ven.meta.id.ok_or_else(|| format!("the ven of {fsp}: the VTN gave it no id"))?);
    }
    for unit in &wanted.units {
        let ven_id = vens.get(&unit.fsp).cloned().unwrap_or_default();
        let resource = resource_of(unit, ven_id);
        client.ensure_resource(&resource).await.map_err(|e| format!("the resource of {unit}: {e}"))?;
    }
    Ok(done)
}

async fn contract(client: &Client, terms: &Terms) -> Result<(String, Vec<Event>), String> {
    let what = |e: ClientError| e.to_string();
    let program = client.ensure_program(&mapping::program_from(terms)).await.map_err(what)?;
    let program_id = program.meta.id.ok_or("the VTN gave it no id")?;
    let (anchors, events): (Vec<Event>, Vec<Event>) =
        client.events(Some(&program_id)).await.map_err(what)?.into_iter().partition(mapping::is_anchor);
    if anchors.is_empty() {
        let is_same = |e: &Event| mapping::is_anchor(e) && e.program_id == program_id;
        client.post_event(&mapping::anchor_event(&program_id), is_same).await.map_err(what)?;
    }
    Ok((program_id, events))
}

/// One OAuth client = one ven, named as the FSP. Targets are granted on its resources.
fn ven_of(fsp: &FspId) -> Ven {
    Ven {
        meta: Metadata { object_type: Some("BL_VEN_REQUEST".to_owned()), ..Metadata::default() },
        client_id: Some(fsp.to_string()),
        ven_name: fsp.to_string(),
        ..Ven::default()
    }
}

fn resource_of(unit: &DispatchUnit, ven_id: String) -> Resource {
    Resource {
        meta: Metadata { object_type: Some("BL_RESOURCE_REQUEST".to_owned()), ..Metadata::default() },
        client_id: Some(unit.fsp.to_string()),
        resource_name: unit.unit.to_string(),
        ven_id,
        targets: vec![unit.target()],
        ..Resource::default()
    }
}
