//! The fleet summed: every dispatch's change against baseline, minute by minute, by FSP. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::console::plot::instant::{instant, seconds};
use crate::desk::snapshot::DispatchState;
use crate::dispatch::{DispatchUnit, FspId};
use crate::time::UtcTime;

use super::lane::{Lane, SAME_KW, Share, end_of, first_minute_from, last_minute_to, minute_of};
use super::layering::StackBy;
use super::track::{LATE_READING_S, Totals, Track};

/// Minutes are summed this far before the first window and after the last, seconds.
const AROUND_S: f64 = 1800.0;
/// Open dispatches further from the present than this are not summed, seconds.
const NEAR_S: f64 = 43_200.0;
/// When none is open, those that ended within this of the last are summed, seconds.
const LAST_DAY_S: f64 = 86_400.0;

/// All dispatches of a time, summed. Powers are kW of change against each unit's own baseline, positive = turn up.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// What is summed, in order of unit and start.
    pub tracks: Vec<Arc<Track>>,
    /// Units left out: nothing can be held against an unknown baseline.
    pub left_out: Vec<DispatchUnit>,
    /// Who answers, in order.
    pub fsps: Vec<FspId>,
    /// What a layer stands for.
    pub by: StackBy,
    /// The layers, in order of name.
    pub layers: Vec<String>,
    /// The first start and the last end, seconds of UTC.
    pub window: (f64, f64),
    /// When the first of them begins to move: the first start, or before it.
    pub begins: f64,
    /// Every minute from then on, of the window and around it, in order.
    pub minutes: Vec<SumMinute>,
    /// Each unit's part of it, in order of unit.
    lanes: Vec<Arc<Lane>>,
    /// In which layer each of them is.
    layer_of: Vec<usize>,
}

/// One minute of all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SumMinute {
    /// Its end, seconds of UTC.
    pub end: f64,
    /// kW of change asked.
    pub instructed: f64,
    /// kW of change that the units could deliver; one that has not taken its dispatch on counts for nothing.
    pub reachable: f64,
    /// Net kW of the units' baselines.
    pub baseline: f64,
    /// kW of change delivered, by layer; `None` where a unit of it that is asked something was not metered.
    pub by_layer: Vec<Option<f64>>,
    /// Units asked something.
    pub asked: usize,
    /// Of them, metered.
    pub metered: usize,
    /// kW missing of what was asked upwards, and of what was asked downwards.
    pub short: (f64, f64),
    /// kW beyond what was asked upwards, and downwards.
    pub over: (f64, f64),
}

impl SumMinute {
    /// kW of change delivered by all; `None` when it is not known of all, or nobody was metered.
    pub fn delivered(&self) -> Option<f64> {
        let whole = self.by_layer.iter().copied().sum::<Option<f64>>()?;
        (self.metered > 0 || whole.abs() > SAME_KW).then_some(whole)
    }

    /// kW missing, whichever way.
    pub fn short_kw(&self) -> f64 {
        self.short.0 + self.short.1
    }

    /// kW beyond what was asked, whichever way.
    pub fn over_kw(&self) -> f64 {
        self.over.0 + self.over.1
    }
}

/// The dispatches that are summed at an instant: those that are open and near; when none is, the last day's.
pub fn summed(dispatches: &[Arc<DispatchState>], now: UtcTime) -> Vec<Arc<DispatchState>> {
    let window =
        |d: &DispatchState| d.dispatch().map(|doc| (seconds(doc.service_start), seconds(doc.service_end)));
    let now = seconds(now);
    let asked: Vec<_> = dispatches
        .iter()
        .filter(|d| d.in_effect().iter().any(|(_, doc)| !doc.status.is_stop()))
        .filter_map(|d| Some((d, window(d)?)))
        .collect();
    let open = asked
        .iter()
        .filter(|(d, (start, end))| d.is_open() && *start < now + NEAR_S && *end > now - NEAR_S)
        .map(|(_, window)| *window);
    let span = open.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).or_else(|| {
        let last = asked.iter().map(|(_, (_, end))| *end).max_by(f64::total_cmp)?;
        Some((last - LAST_DAY_S, last))
    });
    let Some((from, to)) = span else { return Vec::new() };
    let near = |(start, end): (f64, f64)| start < to + AROUND_S && end > from - AROUND_S;
    asked.into_iter().filter(|(_, window)| near(*window)).map(|(d, _)| Arc::clone(d)).collect()
}

impl Sum {
    /// Of these, which may come in any order.
    #[cfg(test)]
    #[cfg(test)]
    pub fn of(tracks: Vec<Arc<Track>>) -> Self {
        let by_fsp = |units: &[&DispatchUnit]| units.iter().map(|unit| unit.fsp.to_string()).collect();
        Self::after(tracks, None, StackBy::Fsp, by_fsp)
    }

    /// Of these, which may come in any order. `before` is the last one made: of a unit whose dispatches are as they
    /// were then, nothing is worked out anew. `layers_of` tells the layer of each unit.
    pub fn after(
        tracks: Vec<Arc<Track>>,
        before: Option<Self>,
        by: StackBy,
        layers_of: impl FnOnce(&[&DispatchUnit]) -> Vec<String>,
    ) -> Self {
        let mut by_unit: BTreeMap<DispatchUnit, Vec<Arc<Track>>> = BTreeMap::new();
        let mut left_out = Vec::new();
        for track in tracks {
            let Some(document) = track.dispatch.dispatch() else { continue };
            if track.planned.is_some() {
                by_unit.entry(document.unit.clone()).or_default().push(track);
            } else {
                left_out.push(document.unit.clone());
            }
        }
        left_out.sort();
        left_out.dedup();
        let lanes: Vec<Arc<Lane>> = by_unit
            .into_iter()
            .map(|(unit, mut tracks)| {
                tracks.sort_by(|a, b| a.window.0.total_cmp(&b.window.0));
                let before = before.as_ref().and_then(|before| before.lane(&unit));
                Lane::of(unit, tracks, before)
            })
            .collect();
        let mut fsps: Vec<FspId> = lanes.iter().map(|lane| lane.unit.fsp.clone()).collect();
        fsps.dedup();
        let names = layers_of(&lanes.iter().map(|lane| &lane.unit).collect::<Vec<_>>());
        let mut layers = names.clone();
        layers.sort();
        layers.dedup();
        let layer_of: Vec<usize> =
            names.iter().map(|name| layers.binary_search(name).unwrap_or_default()).collect();
        let tracks: Vec<Arc<Track>> = lanes.iter().flat_map(|lane| lane.tracks.iter().cloned()).collect();
        let begins = tracks.iter().map(|track| track.begins).reduce(f64::min).unwrap_or_default();
        let windows = tracks.iter().map(|track| track.window);
        let window = windows.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
        let minutes = match before {
            _ if lanes.is_empty() => Vec::new(),
            Some(before)
                if (before.by, &before.layers, &before.layer_of) == (by, &layers, &layer_of)
                    && (before.begins, before.window) == (begins, window) =>
            {
                minutes_after(before.minutes, &before.lanes, &lanes, &layer_of)
            }
            _ => minutes(&lanes, &layer_of, layers.len(), (begins, window.1)),
        };
        Self { tracks, left_out, fsps, by, layers, window, begins, minutes, lanes, layer_of }
    }

    fn lane(&self, unit: &DispatchUnit) -> Option<&Arc<Lane>> {
        let place = self.lanes.binary_search_by(|lane| lane.unit.cmp(unit)).ok()?;
        self.lanes.get(place)
    }

    /// Whether there is nothing to sum.
    pub fn is_empty(&self) -> bool {
        self.tracks.is_empty()
    }

    /// The minute that ends at `end`, where it is summed.
    pub fn minute_at(&self, end: UtcTime) -> Option<&SumMinute> {
        let end = seconds(end);
        let place = self.minutes.partition_point(|m| m.end < end);
        self.minutes.get(place).filter(|m| m.end == end)
    }

    /// The energies of the minutes that end up to an instant, of all of them.
    pub fn totals(&self, up_to: UtcTime) -> Totals {
        self.tracks.iter().map(|track| track.totals(up_to)).fold(Totals::default(), Totals::plus)
    }

    /// The minute to show while the present is followed: the last of which all is known, when the readings of later
    /// ones may still come.
    pub fn live_minute(&self, now: UtcTime) -> UtcTime {
        let present = now.floor_to_minute().min(instant(self.window.1).floor_to_minute());
        let end = seconds(present);
        let before = self.minutes.partition_point(|m| m.end <= end);
        let whole = self.minutes[..before].iter().rev().find(|m| m.delivered().is_some());
        let whole = whole.map(|m| instant(m.end)).filter(|at| present.since(*at) <= LATE_READING_S);
        whole.unwrap_or(present)
    }
}

/// The same minutes once some lanes are others: those alone are summed anew in which a lane's share is not what it was.
fn minutes_after(
    mut minutes: Vec<SumMinute>,
    before: &[Arc<Lane>],
    lanes: &[Arc<Lane>],
    layer_of: &[usize],
) -> Vec<SumMinute> {
    let are_alike = before.len() == lanes.len() && before.iter().zip(lanes).all(|(a, b)| a.unit == b.unit);
    let (Some(first), Some(last)) =
        (minutes.first().map(|m| minute_of(m.end)), minutes.last().map(|m| minute_of(m.end)))
    else {
        return minutes;
    };
    let changed = before.iter().zip(lanes).filter(|(a, b)| !Arc::ptr_eq(a, b));
    let changed: BTreeSet<i64> = changed.flat_map(|(a, b)| a.unlike(b, first, last)).collect();
    for minute in if are_alike { changed } else { (first..=last).collect() } {
        let summed = usize::try_from(minute - first).ok().and_then(|index| minutes.get_mut(index));
        let Some(summed) = summed else { continue };
        let mut by_layer = std::mem::take(&mut summed.by_layer);
        by_layer.fill(Some(0.0));
        *summed = SumMinute { end: end_of(minute), by_layer, ..SumMinute::default() };
        for (lane, layer) in lanes.iter().zip(layer_of) {
            if let Some(share) = lane.share(minute) {
                summed.add(*layer, share);
            }
        }
    }
    minutes
}

/// Every minute of a window and around it, summed over the units in their order.
fn minutes(lanes: &[Arc<Lane>], layer_of: &[usize], layers: usize, window: (f64, f64)) -> Vec<SumMinute> {
    let (first, last) = (first_minute_from(window.0 - AROUND_S), last_minute_to(window.1 + AROUND_S));
    let by_layer = vec![Some(0.0); layers];
    let empty =
        |minute| SumMinute { end: end_of(minute), by_layer: by_layer.clone(), ..SumMinute::default() };
    let mut minutes: Vec<SumMinute> = (first..=last).map(empty).collect();
    for (lane, layer) in lanes.iter().zip(layer_of) {
        for (minute, share) in lane.shares(first, last) {
            let summed = usize::try_from(minute - first).ok().and_then(|index| minutes.get_mut(index));
            if let Some(summed) = summed {
                summed.add(*layer, share);
            }
        }
    }
    minutes
}

impl SumMinute {
    /// Adds one unit's share, which is in the layer of that place.
    fn add(&mut self, layer: usize, share: &Share) {
        if let Some(of_layer) = self.by_layer.get_mut(layer) {
            *of_layer = match (*of_layer, share.delivered) {
                (Some(sum), Some(kw)) => Some(sum + kw),
                (sum, None) if !share.is_asked() => sum,
                _ => None,
            };
        }
        self.instructed += share.instructed;
        self.reachable += share.reachable;
        self.baseline += share.baseline;
        self.asked += usize::from(share.is_asked());
        self.metered += usize::from(share.is_asked() && share.delivered.is_some());
        let upwards = if share.is_asked() { share.instructed } else { share.delivered.unwrap_or(0.0) } >= 0.0;
        let (short, over) = (share.short, share.over);
        if upwards {
            (self.short.0, self.over.0) = (self.short.0 + short, self.over.0 + over);
        } else {
            (self.short.1, self.over.1) = (self.short.1 + short, self.over.1 + over);
        }
    }
}
