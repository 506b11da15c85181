//! What must stand at the VTN before anything is sent: a ven for each FSP, a resource with its target for each unit, a
//! program and an anchor event for each contract, both targeted at the contract's units: what an FSP has agreed is no
//! other FSP's business. Idempotent: what is there already is left or corrected. Few requests, however many there are:
//! what the VTN holds is listed once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::{BoxFuture, FutureExt, TryFutureExt};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::register::Register;
use crate::dispatch::{ContractId, DispatchUnit, FspId, OperatorId};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::{Event, Metadata, Program, Resource, Ven};
use crate::profile::fleet::FleetProfile;
use crate::profile::operators::Operators;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;

/// Up to so many programs, the events of each are listed by themselves; beyond, those of the whole VTN at once.
const FEW_PROGRAMS: usize = 16;

/// So many anchors are made sure of together.
const ANCHORS_AT_ONCE: usize = 16;

/// What is to stand at the VTN.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    contracts: Vec<((OperatorId, ContractId), Program)>,
    fsps: Vec<FspId>,
    units: Vec<DispatchUnit>,
}

/// The id of each contract's program at the VTN.
pub type Programs = BTreeMap<(OperatorId, ContractId), String>;

/// What stands there.
#[derive(Clone, Debug, Default)]
pub(super) struct Provisioned {
    /// Each contract's program.
    pub programs: Programs,
    /// Every event of these programs that is no anchor.
    pub events: Vec<Event>,
}

impl Wanted {
    /// Everything of the operators that this desk signs for.
    pub(super) fn of(register: &Register) -> Self {
        let own = |operator: &OperatorId| register.signs_for(operator);
        let contracts = register.contracts().iter().filter(|c| own(&c.operator));
        let units: Vec<DispatchUnit> =
            register.units().iter().filter(|u| own(&u.operator)).map(|u| u.unit.clone()).collect();
        let mut fsps: Vec<FspId> = units.iter().map(|u| u.fsp.clone()).collect();
        fsps.sort();
        fsps.dedup();
        let program = |operator: &OperatorId, contract: &ContractId| {
            Some(((operator.clone(), contract.clone()), register.program(operator, contract)?))
        };
        Self { contracts: contracts.filter_map(|c| program(&c.operator, &c.id)).collect(), fsps, units }
    }
}

/// Makes sure at the VTN of everything of a fleet, for the operators whose keys the secrets hold.
///
/// # Errors
/// What went wrong and with what, in words.
pub async fn provision_fleet(
    client: Client,
    fleet: FleetProfile,
    secrets: &Secrets,
) -> Result<Programs, String> {
    let register = Register::of(&Arc::new(fleet), &Operators::built_in(), secrets, Trust::default());
    provision(client, Wanted::of(&register)).await.map(|provisioned| provisioned.programs)
}

/// Makes sure of everything.
///
/// # Errors
/// What went wrong and with what, in words.
pub(super) async fn provision(client: Client, wanted: Wanted) -> Result<Provisioned, String> {
    let vens = vens(&client, &wanted.fsps).await?;
    resources(&client, &wanted.units, &vens).await?;
    let programs = programs(&client, &wanted.contracts).await?;
    let (anchors, events) = events_of(&client, &programs).await.map_err(|e| format!("the events: {e}"))?;
    let anchors = first_of_each(&anchors);
    let mut made_sure_of: Vec<BoxFuture<'_, Result<(), String>>> = Vec::new();
    for program in &programs {
        let held = program.meta.id.as_deref().and_then(|id| anchors.get(id).copied());
        let in_words = |e: ClientError| format!("the anchor of {}: {e}", program.program_name);
        made_sure_of.push(anchor(&client, program, held).map_err(in_words).boxed());
    }
    stream::iter(made_sure_of).buffered(ANCHORS_AT_ONCE).try_collect::<()>().await?;
    let ids = programs.into_iter().filter_map(|p| p.meta.id);
    Ok(Provisioned { programs: wanted.contracts.into_iter().map(|(key, _)| key).zip(ids).collect(), events })
}

/// Each FSP's ven id.
async fn vens<'a>(client: &Client, fsps: &'a [FspId]) -> Result<BTreeMap<&'a FspId, String>, String> {
    let wanted: Vec<Ven> = fsps.iter().map(ven_of).collect();
    let vens =
        client.ensure_vens(&wanted).await.map_err(|(index, e)| format!("the ven of {}: {e}", fsps[index]))?;
    let id = |(fsp, ven): (&'a FspId, Ven)| {
        Ok((fsp, ven.meta.id.ok_or_else(|| format!("the ven of {fsp}: the VTN gave it no id"))?))
    };
    fsps.iter().zip(vens).map(id).collect()
}

async fn resources(
    client: &Client,
    units: &[DispatchUnit],
    vens: &BTreeMap<&FspId, String>,
) -> Result<(), String> {
    let ven_id = |unit: &DispatchUnit| vens.get(&unit.fsp).cloned().unwrap_or_default();
    let wanted: Vec<Resource> = units.iter().map(|unit| resource_of(unit, ven_id(unit))).collect();
    let sure = client.ensure_resources(&wanted).await;
    sure.map(|_| ()).map_err(|(index, e)| format!("the resource of {}: {e}", units[index]))
}

/// Each contract's program, in the same order; every one with an id.
async fn programs(
    client: &Client,
    contracts: &[((OperatorId, ContractId), Program)],
) -> Result<Vec<Program>, String> {
    let of = |index: usize| contracts.get(index).map_or("", |(_, p)| &p.program_name);
    let wanted: Vec<Program> = contracts.iter().map(|(_, program)| program.clone()).collect();
    let programs = client
        .ensure_programs(&wanted)
        .await
        .map_err(|(index, e)| format!("the program {}: {e}", of(index)))?;
    match programs.iter().position(|program| program.meta.id.is_none()) {
        Some(index) => Err(format!("the program {}: the VTN gave it no id", of(index))),
        None => Ok(programs),
    }
}

/// The anchors of these programs, and their other events.
async fn events_of(client: &Client, programs: &[Program]) -> Result<(Vec<Event>, Vec<Event>), ClientError> {
    let ids: Vec<&str> = programs.iter().filter_map(|p| p.meta.id.as_deref()).collect();
    let mut events = Vec::new();
    if ids.len() <= FEW_PROGRAMS {
        for id in &ids {
            events.extend(client.events(Some(id)).await?);
        }
    } else {
        let own: BTreeSet<&str> = ids.into_iter().collect();
        events = client.events(None).await?;
        events.retain(|event| own.contains(event.program_id.as_str()));
    }
    Ok(events.into_iter().partition(mapping::is_anchor))
}

/// The first anchor of each program, by the program's id.
fn first_of_each(anchors: &[Event]) -> BTreeMap<&str, &Event> {
    let mut first = BTreeMap::new();
    for anchor in anchors {
        first.entry(anchor.program_id.as_str()).or_insert(anchor);
    }
    first
}

/// Makes sure of a program's anchor: that there is one, and that the program's units see it.
async fn anchor(client: &Client, program: &Program, held: Option<&Event>) -> Result<(), ClientError> {
    let program_id = program.meta.id.clone().unwrap_or_default();
    let targets = program.targets.clone();
    match held {
        None => {
            let is_same = |e: &Event| mapping::is_anchor(e) && e.program_id == program_id;
            let anchor = Event { targets, ..mapping::anchor_event(&program_id) };
            client.post_event(&anchor, is_same).await?;
        }
        Some(held) if !is_same_set(&held.targets, &targets) => {
            let id = held.meta.id.as_deref().unwrap_or_default();
            client.put_event(id, &Event { targets, ..held.clone() }).await?;
        }
        Some(_) => {}
    }
    Ok(())
}

fn is_same_set(a: &[String], b: &[String]) -> bool {
    a.iter().collect::<BTreeSet<_>>() == b.iter().collect::<BTreeSet<_>>()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_anchors_of_a_program_the_first_is_held() {
        let anchor = |program: &str, id: &str| Event {
            meta: Metadata { id: Some(id.to_owned()), ..Metadata::default() },
            ..mapping::anchor_event(program)
        };
        let anchors = [anchor("p", "1"), anchor("q", "2"), anchor("p", "3")];
        let held = first_of_each(&anchors);
        let id = |program: &str| held.get(program).and_then(|event| event.meta.id.as_deref());
        assert_eq!((id("p"), id("q"), id("r")), (Some("1"), Some("2"), None));
    }
}
