//! The programs of an FSP's contracts, and what it reports on each program's anchor event: its heartbeat, renewed at every
//! poll (Appendix A: "Dispatch Poll"), and the declared availability of its units, renewed when that is another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dispatch::{ContractId, FspId, OperatorId};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping::{self, Terms};
use crate::openadr::wire::{Event, Program, Report};
use crate::time::UtcTime;

use super::availability::Edition;
use super::provider::Provider;
use super::route::Route;
use super::shared::Shared;

/// Seconds between two looks at the programs while a contract has none.
const LOOK_AGAIN_S: i64 = 60;
/// Seconds between two looks at the programs while each contract has one.
const LOOK_FOR_CHANGES_S: i64 = 300;

/// An anchor event and this FSP's reports on it.
#[derive(Debug)]
struct Anchor {
    event_id: String,
    heartbeat_id: Option<String>,
    availability_id: Option<String>,
    /// What was declared last on this anchor.
    declared: Option<Edition>,
    /// Whether reports of an earlier run were looked for.
    has_looked: bool,
}

/// The programs of an FSP's contracts, with their anchors.
#[derive(Debug)]
pub(super) struct Programs {
    contracts: BTreeSet<(OperatorId, ContractId)>,
    /// The terms of those that are an FSP's contract, by program id.
    own: BTreeMap<String, Terms>,
    /// Every program id that was listed, or looked for in vain.
    known: BTreeSet<String>,
    anchors: BTreeMap<String, Anchor>,
    look_at: UtcTime,
}

impl Programs {
    /// Those of an FSP's contracts that are dispatched over a line; none is known yet.
    pub(super) fn of(provider: &Provider, route: &Route, now: UtcTime) -> Self {
        Self {
            contracts: provider.units(route).map(|u| (u.operator.clone(), u.contract.clone())).collect(),
            own: BTreeMap::new(),
            known: BTreeSet::new(),
            anchors: BTreeMap::new(),
            look_at: now,
        }
    }

    /// Whether it is time to look at the programs.
    pub(super) fn is_due(&self, now: UtcTime) -> bool {
        now >= self.look_at
    }

    /// Whether an event is of a program that was never listed.
    pub(super) fn misses(&self, events: &[Arc<Event>]) -> bool {
        events.iter().any(|e| !self.known.contains(&e.program_id))
    }

    /// Takes in the programs that the VTN lists.
    pub(super) fn listed(&mut self, programs: &[Program], events: &[Arc<Event>], now: UtcTime) {
        self.own = programs
            .iter()
            .filter_map(|p| Some((p.meta.id.clone()?, mapping::terms_from(p)?)))
            .filter(|(_, terms)| self.contracts.contains(&(terms.operator.clone(), terms.contract.clone())))
            .collect();
        self.known = programs.iter().filter_map(|p| p.meta.id.clone()).collect();
        self.known.extend(events.iter().map(|e| e.program_id.clone()));
        let is_whole = self.own.len() >= self.contracts.len();
        self.look_at = now + if is_whole { LOOK_FOR_CHANGES_S } else { LOOK_AGAIN_S };
    }

    /// The shortest poll interval that any of them asks for, seconds.
    pub(super) fn poll_seconds(&self) -> Option<u32> {
        self.own.values().map(|terms| terms.poll_seconds).min()
    }

    /// Takes notice of the anchors among the events.
    pub(super) fn notice_anchors(&mut self, events: &[Arc<Event>]) {
        let mut anchors = BTreeMap::new();
        for event in events.iter().filter(|e| self.own.contains_key(&e.program_id)) {
            let Some(event_id) = event.meta.id.clone().filter(|_| mapping::is_anchor(event)) else {
                continue;
            };
            let anchor = match self.anchors.remove(&event.program_id) {
                Some(known) if known.event_id == event_id => known,
                _ => Anchor::on(event_id),
            };
            anchors.entry(event.program_id.clone()).or_insert(anchor);
        }
        self.anchors = anchors;
    }

    /// Renews the heartbeat of every contract, and declares anew what its units can give where that is due.
    ///
    /// # Errors
    /// The first failure; the rest is left for the next poll.
    pub(super) async fn beat(
        &mut self,
        client: &Client,
        provider: &Shared,
        now: UtcTime,
    ) -> Result<(), ClientError> {
        for (program_id, anchor) in &mut self.anchors {
            if let Some(terms) = self.own.get(program_id) {
                anchor.look(client, provider, terms).await?;
                anchor.beat(client, provider, terms, now).await?;
                anchor.declare(client, provider, terms, now).await?;
            }
        }
        Ok(())
    }
}

impl Anchor {
    /// An anchor on which nothing was reported yet, as far as is known.
    fn on(event_id: String) -> Self {
        Self { event_id, heartbeat_id: None, availability_id: None, declared: None, has_looked: false }
    }

    /// Finds this FSP's reports of an earlier run, once.
    async fn look(&mut self, client: &Client, provider: &Shared, terms: &Terms) -> Result<(), ClientError> {
        if self.has_looked {
            return Ok(());
        }
        let fsp = provider.lock().id().clone();
        let reports = client.reports(Some(&self.event_id), None).await?;
        let id = |is_own: &dyn Fn(&Report) -> bool| {
            reports.iter().find(|report| is_own(report)).and_then(|report| report.meta.id.clone())
        };
        self.heartbeat_id = id(&|report| is_heartbeat(report, &fsp, terms));
        self.availability_id = id(&|report| is_declaration(report, &fsp, terms));
        self.has_looked = true;
        Ok(())
    }

    async fn beat(
        &mut self,
        client: &Client,
        provider: &Shared,
        terms: &Terms,
        now: UtcTime,
    ) -> Result<(), ClientError> {
        let heartbeat = provider.lock().heartbeat(terms, now);
        let report = mapping::report_from_heartbeat(&heartbeat, &self.event_id);
        let is_own = |report: &_| is_heartbeat(report, &heartbeat.fsp, terms);
        if !file(client, &mut self.heartbeat_id, &report, is_own).await? {
            // The VTN has lost what was filed: all of it goes there anew.
            (self.availability_id, self.declared) = (None, None);
        }
        Ok(())
    }

    /// Declares what the units can give, when this anchor does not have that yet.
    async fn declare(
        &mut self,
        client: &Client,
        provider: &Shared,
        terms: &Terms,
        now: UtcTime,
    ) -> Result<(), ClientError> {
        let (edition, declared) = {
            let provider = provider.lock();
            let edition = provider.edition(now);
            if self.declared == Some(edition) {
                return Ok(());
            }
            (edition, provider.declaration(terms, now))
        };
        let report = mapping::report_from_availability(&declared, &self.event_id);
        let is_own = |report: &_| is_declaration(report, &declared.fsp, terms);
        let is_filed = file(client, &mut self.availability_id, &report, is_own).await?;
        self.declared = is_filed.then_some(edition);
        Ok(())
    }
}

fn is_heartbeat(report: &Report, fsp: &FspId, terms: &Terms) -> bool {
    mapping::heartbeat_from(report).is_some_and(|beat| beat.fsp == *fsp && beat.operator == terms.operator)
}

fn is_declaration(report: &Report, fsp: &FspId, terms: &Terms) -> bool {
    mapping::availability_from(report).is_some_and(|said| {
        said.fsp == *fsp && said.operator == terms.operator && said.contract == terms.contract
    })
}

/// Files a report in the place of the one of this id, or as a new one. Answers whether it is filed: one that the VTN has
/// lost is filed anew at the next poll.
async fn file(
    client: &Client,
    id: &mut Option<String>,
    report: &Report,
    is_own: impl Fn(&Report) -> bool + Send + Sync,
) -> Result<bool, ClientError> {
    let sent = match id {
        Some(id) => client.put_report(id, report).await,
        None => client.post_report(report, is_own).await.map(|report| *id = report.meta.id),
    };
    match sent {
        Ok(()) => Ok(true),
        Err(ClientError::Refused { status: 404, .. }) => {
            *id = None;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
