//! What a VEN is granted to see. OpenADR 3.1 leaves open what a request without `targets` shows it: by the User Guide
//! (§8.13) everything granted, and OpenLEADR does so; by the Definition ("Object privacy") only what has no targets, and
//! openadr 0.4.0 does so. OpenADR 3.0 has no such privacy: a VEN sees what is meant for others too.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::{ClientError, Inner};
use crate::dispatch::{DispatchUnit, FspId};
use crate::openadr::version::Version;
use crate::openadr::wire::Event;

impl Inner {
    /// The events of a list that these targets were granted for, and those without targets; each once. Target by
    /// target, since several in one request mean "all of them" to one VTN and "any of them" to another; and not at all
    /// once the VTN is seen to show them unasked.
    pub async fn events_granted(
        &self,
        query: &[(&str, &str)],
        targets: &[String],
    ) -> Result<Vec<Event>, ClientError> {
        let mut events = self.list::<Event>(query).await?;
        if self.version().await? == Version::V3_0 {
            let own: Vec<FspId> = targets.iter().filter_map(|target| fsp_in(target)).collect();
            events.retain(|event| !is_for_others(event, &own));
            return Ok(events);
        }
        if self.shows_granted(&events).await? {
            return Ok(events);
        }
        let mut ids: HashSet<String> = events.iter().filter_map(|e| e.meta.id.clone()).collect();
        for target in targets {
            let query = [query, &[("targets", target.as_str())]].concat();
            let granted = self.list::<Event>(&query).await?;
            events.extend(granted.into_iter().filter(|e| e.meta.id.clone().is_none_or(|id| ids.insert(id))));
        }
        Ok(events)
    }

    /// Whether a request without targets shows what was granted: this program's own VTN does, and any other that has
    /// done so once.
    async fn shows_granted(&self, shown: &[Event]) -> Result<bool, ClientError> {
        if self.shows_granted.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let shows = shown.iter().any(|e| !e.targets.is_empty()) || self.extended("modified-since").await?;
        self.shows_granted.store(shows, Ordering::Relaxed);
        Ok(shows)
    }
}

/// Whether an event is targeted at FSPs, and at none of these.
fn is_for_others(event: &Event, own: &[FspId]) -> bool {
    let mut named = event.targets.iter().filter_map(|target| fsp_in(target)).peekable();
    named.peek().is_some() && !named.any(|fsp| own.contains(&fsp))
}

/// The FSP of a dispatch unit's target, or of a ven's own.
fn fsp_in(target: &str) -> Option<FspId> {
    match DispatchUnit::from_target(target) {
        Some(unit) => Some(unit.fsp),
        None => target.strip_prefix("VEN_NAME:")?.parse().ok(),
    }
}
