//! The programs of an FSP's contracts, and its heartbeats: one report on each program's anchor event, renewed at every
//! poll (Appendix A: "Dispatch Poll").

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::{ContractId, OperatorId};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping::{self, Terms};
use crate::openadr::wire::{Event, Program};
use crate::time::UtcTime;

use super::provider::Provider;
use super::route::Route;
use super::shared::Shared;

/// Seconds between two looks at the programs while a contract has none.
const LOOK_AGAIN_S: i64 = 60;
/// Seconds between two looks at the programs while each contract has one.
const LOOK_FOR_CHANGES_S: i64 = 300;

/// An anchor event and this FSP's report on it.
#[derive(Debug)]
struct Anchor {
    event_id: String,
    report_id: Option<String>,
    /// Whether a report of an earlier run was looked for.
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
    pub(super) fn misses(&self, events: &[Event]) -> bool {
        events.iter().any(|e| !self.known.contains(&e.program_id))
    }

    /// Takes in the programs that the VTN lists.
    pub(super) fn listed(&mut self, programs: &[Program], events: &[Event], now: UtcTime) {
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
    pub(super) fn notice_anchors(&mut self, events: &[Event]) {
        let mut anchors = BTreeMap::new();
        for event in events.iter().filter(|e| self.own.contains_key(&e.program_id)) {
            let Some(event_id) = event.meta.id.clone().filter(|_| mapping::is_anchor(event)) else {
                continue;
            };
            let anchor = match self.anchors.remove(&event.program_id) {
                Some(known) if known.event_id == event_id => known,
                _ => Anchor { event_id, report_id: None, has_looked: false },
            };
            anchors.entry(event.program_id.clone()).or_insert(anchor);
        }
        self.anchors = anchors;
    }

    /// Renews the heartbeat of every contract.
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
                anchor.beat(client, provider, terms, now).await?;
            }
        }
        Ok(())
    }
}

impl Anchor {
    async fn beat(
        &mut self,
        client: &Client,
        provider: &Shared,
        terms: &Terms,
        now: UtcTime,
    ) -> Result<(), ClientError> {
        let heartbeat = provider.lock().heartbeat(terms, now);
        let is_own = |report: &_| {
            mapping::heartbeat_from(report)
                .is_some_and(|beat| beat.fsp == heartbeat.fsp && beat.operator == terms.operator)
        };
        if !self.has_looked {
            let reports = client.reports(Some(&self.event_id), None).await?;
            self.report_id = reports.into_iter().find(|r| is_own(r)).and_then(|r| r.meta.id);
            self.has_looked = true;
        }
        let report = mapping::report_from_heartbeat(&heartbeat, &self.event_id);
        let sent = match &self.report_id {
            Some(id) => client.put_report(id, &report).await,
            None => client.post_report(&report, is_own).await,
        };
        match sent {
            Ok(report) => {
                self.report_id = report.meta.id.or(self.report_id.take());
                Ok(())
            }
            Err(ClientError::Refused { status: 404, .. }) => {
                // The VTN has lost it: filed anew at the next poll.
                self.report_id = None;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
