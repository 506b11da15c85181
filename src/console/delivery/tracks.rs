//! The tracks of the dispatches that are shown, kept until what they follow from has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::desk::snapshot::{DispatchState, Snapshot, UnitState};
use crate::dispatch::DispatchKey;
use crate::time::UtcTime;

use super::layering::StackBy;
use super::sum::{Sum, summed};
use super::track::Track;

/// Tracks by dispatch, and their sum.
#[derive(Default)]
pub struct Tracks {
    tracks: BTreeMap<DispatchKey, Arc<Track>>,
    sum: Option<Arc<Sum>>,
    of: Vec<Arc<Track>>,
    /// Of which publication the sum is, as of which minute, and by what it is stacked.
    summed_at: Option<(u64, UtcTime, StackBy)>,
}

/// The unit of a dispatch, when this desk knows it.
pub fn unit_of<'a>(snapshot: &'a Snapshot, dispatch: &DispatchState) -> Option<&'a Arc<UnitState>> {
    let unit = &dispatch.dispatch()?.unit;
    let place = snapshot.units.binary_search_by(|u| u.unit.cmp(unit)).ok()?;
    snapshot.units.get(place)
}

impl Tracks {
    /// The track of a dispatch.
    pub fn of(
        &mut self,
        snapshot: &Snapshot,
        dispatch: &Arc<DispatchState>,
        now: UtcTime,
    ) -> Option<Arc<Track>> {
        let unit = unit_of(snapshot, dispatch).map(AsRef::as_ref);
        let track = Track::of(dispatch, unit, now, self.tracks.get(&dispatch.key))?;
        self.tracks.insert(dispatch.key.clone(), Arc::clone(&track));
        Some(track)
    }

    /// The fleet's dispatches summed.
    pub fn sum(&mut self, snapshot: &Snapshot, now: UtcTime, by: StackBy) -> Arc<Sum> {
        let at = Some((snapshot.sequence, now.floor_to_minute(), by));
        if let Some(sum) = self.sum.as_ref().filter(|_| self.summed_at == at) {
            return Arc::clone(sum);
        }
        self.summed_at = at;
        let dispatches = summed(&snapshot.dispatches, now);
        let tracks: Vec<_> = dispatches.iter().filter_map(|d| self.of(snapshot, d, now)).collect();
        let is_same = self.sum.as_ref().is_some_and(|sum| sum.by == by)
            && tracks.len() == self.of.len()
            && tracks.iter().zip(&self.of).all(|(a, b)| Arc::ptr_eq(a, b));
        // What a unit's product is may change without its dispatches.
        if let Some(sum) = self.sum.as_ref().filter(|_| is_same && by == StackBy::Fsp) {
            return Arc::clone(sum);
        }
        let before = self.sum.take().map(Arc::unwrap_or_clone);
        let sum = Arc::new(Sum::after(tracks.clone(), before, by, |units| {
            by.layers(snapshot, units.iter().copied())
        }));
        self.of = tracks;
        self.sum = Some(Arc::clone(&sum));
        sum
    }

    /// Forgets dispatches that are no longer in the snapshot.
    pub fn prune(&mut self, snapshot: &Snapshot) {
        if self.tracks.len() > snapshot.dispatches.len() {
            self.tracks.retain(|key, _| snapshot.dispatches.iter().any(|d| d.key == *key));
        }
    }
}
