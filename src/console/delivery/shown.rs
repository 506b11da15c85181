//! What is shown, at the moment at which it is drawn.

use std::sync::Arc;

use crate::console::context::View;
use crate::console::plot::instant::instant;
use crate::desk::snapshot::{FspState, Snapshot, UnitState};
use crate::dispatch::FspId;
use crate::time::UtcTime;

use super::layering::StackBy;
use super::say;
use super::strip::{self, Strip};
use super::subject::Subject;
use super::sum::Sum;
use super::track::{Moment, Track, idle_moment};
use super::tracks::{self, Tracks};

/// Seconds shown before a service begins and after its window.
const AROUND_S: f64 = 600.0;
/// Seconds shown of a unit without a dispatch, before the present and after it.
const IDLE_S: (f64, f64) = (3600.0, 600.0);
/// Lines of the strip for the fleet's FSPs: the first few.
pub const STRIPS: usize = 6;

/// What is shown, with all that is drawn of it.
pub enum Shown {
    /// All dispatches summed.
    Fleet(Arc<Sum>),
    /// One dispatch, and its unit when this desk knows it.
    Dispatch(Arc<Track>, Option<Arc<UnitState>>),
    /// A unit without a dispatch.
    Idle(Arc<UnitState>),
}

impl Shown {
    /// What a subject is at this moment; `None` when it is no longer there.
    pub fn of(view: &View<'_>, subject: &Subject, tracks: &mut Tracks, by: StackBy) -> Option<Self> {
        let (snapshot, now) = (view.snapshot, view.clock.now());
        match subject {
            Subject::Fleet => Some(Self::Fleet(tracks.sum(snapshot, now, by))),
            Subject::Dispatch(key) => {
                let dispatch = snapshot.dispatches.iter().find(|d| d.key == *key)?;
                let track = tracks.of(snapshot, dispatch, now)?;
                Some(Self::Dispatch(track, tracks::unit_of(snapshot, dispatch).cloned()))
            }
            Subject::Unit(unit) => {
                let place = snapshot.units.binary_search_by(|u| u.unit.cmp(unit)).ok()?;
                snapshot.units.get(place).cloned().map(Self::Idle)
            }
        }
    }

    /// The service window; around the present without one. Seconds of UTC.
    pub fn window(&self, now: f64) -> (f64, f64) {
        match self {
            Self::Fleet(sum) => sum.window,
            Self::Dispatch(track, _) => track.window,
            Self::Idle(_) => (now - IDLE_S.0, now),
        }
    }

    /// What of time is shown until a person moves it.
    pub fn fitting(&self, now: f64) -> (f64, f64) {
        let (from, to) = self.window(now);
        match self {
            Self::Idle(_) => (from, to + IDLE_S.1),
            Self::Fleet(sum) => (sum.begins - AROUND_S, to + AROUND_S),
            Self::Dispatch(track, _) => (track.begins - AROUND_S, to + AROUND_S),
        }
    }

    /// The minute to show while the present is followed.
    pub fn live(&self, now: UtcTime) -> UtcTime {
        match self {
            Self::Fleet(sum) => sum.live_minute(now),
            Self::Dispatch(track, _) => track.live_minute(now),
            Self::Idle(_) => now.floor_to_minute(),
        }
    }

    /// In words, for those who do not see it.
    pub fn in_words(&self, at: UtcTime) -> String {
        match self {
            Self::Fleet(sum) => say::of_sum(sum, at),
            Self::Dispatch(track, unit) => say::of_track(track, unit.as_deref(), at),
            Self::Idle(unit) => say::of_idle(unit, &idle_moment(unit, at)),
        }
    }

    /// The unit, when there is one and this desk knows it.
    pub fn unit(&self) -> Option<&UnitState> {
        match self {
            Self::Fleet(_) => None,
            Self::Dispatch(_, unit) => unit.as_deref(),
            Self::Idle(unit) => Some(unit),
        }
    }

    /// The dispatch, when one is shown.
    pub fn track(&self) -> Option<&Track> {
        if let Self::Dispatch(track, _) = self { Some(track) } else { None }
    }

    /// What the minute that ends at `at` held, of one unit.
    pub fn moment(&self, at: UtcTime) -> Option<Moment> {
        match self {
            Self::Fleet(_) => None,
            Self::Dispatch(track, unit) => Some(track.moment(unit.as_deref(), at)),
            Self::Idle(unit) => Some(idle_moment(unit, at)),
        }
    }

    /// The lines of the strip, from the beginning of what is visible to the present.
    pub fn strips(&self, snapshot: &Snapshot, (from, to): (f64, f64), now: f64) -> Vec<Strip> {
        let (from, to) = (instant(from), instant(to.min(now)));
        let client = |fsp: &FspState, name: String| Strip {
            name,
            of: format!("{}'s client", fsp.id),
            beats: strip::beats(&fsp.heard, &snapshot.vtn.news, from, to, fsp.poll_seconds),
        };
        let fsp_of = |id: &FspId| snapshot.fsps.iter().find(|f| f.id == *id);
        match self {
            Self::Fleet(sum) => sum
                .fsps
                .iter()
                .take(STRIPS)
                .filter_map(|id| fsp_of(id).map(|fsp| client(fsp, fsp.id.to_string())))
                .collect(),
            Self::Dispatch(..) | Self::Idle(_) => {
                let Some(unit) = self.unit() else { return Vec::new() };
                let Some(fsp) = fsp_of(&unit.unit.fsp) else { return Vec::new() };
                let beats = strip::beats(&unit.heard, &snapshot.vtn.news, from, to, fsp.poll_seconds);
                vec![
                    client(fsp, "client".to_owned()),
                    Strip { name: "unit".to_owned(), of: unit.unit.to_string(), beats },
                ]
            }
        }
    }
}
