//! What a VEN is granted to see. OpenADR 3.1 leaves open what a request without `targets` shows it: by the User Guide
//! (§8.13) everything granted, and OpenLEADR does so; by the Definition ("Object privacy") only what has no targets, and
//! openadr 0.4.0 does so. OpenADR 3.0 has no such privacy: a VEN sees what is meant for others too.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::object::Object;
use super::{ClientError, Inner};
use crate::dispatch::{DispatchUnit, FspId};
use crate::openadr::version::Version;
use crate::openadr::wire::{Event, Program};

/// An object that may be meant for some only.
pub(super) trait Targeted: Object {
    /// For whom; none: for all.
    fn targets(&self) -> &[String];
}

impl Targeted for Event {
    fn targets(&self) -> &[String] {
        &self.targets
    }
}

impl Targeted for Program {
    fn targets(&self) -> &[String] {
        &self.targets
    }
}

impl Inner {
    /// The objects of a list that these targets were granted for, and those without targets; each once. Target by
    /// target, since several in one request mean "all of them" to one VTN and "any of them" to another; and not at all
    /// once the VTN is seen to show them unasked.
    pub async fn granted<T: Targeted>(
        &self,
        query: &[(&str, &str)],
        targets: &[String],
    ) -> Result<Vec<Arc<T>>, ClientError> {
        let mut objects = self.list_shared::<T>(query).await?;
        if self.version().await? == Version::V3_0 {
            let own: Vec<FspId> = targets.iter().filter_map(|target| fsp_in(target)).collect();
            objects.retain(|object| !is_for_others(object.targets(), &own));
            return Ok(objects);
        }
        if self.shows_granted(&objects).await? {
            return Ok(objects);
        }
        let mut ids: HashSet<String> = objects.iter().filter_map(|o| o.id().map(str::to_owned)).collect();
        for target in targets {
            let query = [query, &[("targets", target.as_str())]].concat();
            let granted = self.list_shared::<T>(&query).await?;
            objects.extend(granted.into_iter().filter(|o| o.id().is_none_or(|id| ids.insert(id.to_owned()))));
        }
        Ok(objects)
    }

    /// Whether a request without targets shows what was granted: this program's own VTN does, and any other that has
    /// done so once.
    async fn shows_granted<T: Targeted>(&self, shown: &[Arc<T>]) -> Result<bool, ClientError> {
        if self.shows_granted.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let shows = shown.iter().any(|o| !o.targets().is_empty()) || self.extended("modified-since").await?;
        self.shows_granted.store(shows, Ordering::Relaxed);
        Ok(shows)
    }
}

/// Whether something is targeted at FSPs, and at none of these.
fn is_for_others(targets: &[String], own: &[FspId]) -> bool {
    let mut named = targets.iter().filter_map(|target| fsp_in(target)).peekable();
    named.peek().is_some() && !named.any(|fsp| own.contains(&fsp))
}

/// The FSP of a dispatch unit's target, or of a ven's own.
fn fsp_in(target: &str) -> Option<FspId> {
    match DispatchUnit::from_target(target) {
        Some(unit) => Some(unit.fsp),
        None => target.strip_prefix("VEN_NAME:")?.parse().ok(),
    }
}
