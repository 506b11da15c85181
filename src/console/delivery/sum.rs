//! The fleet summed: every dispatch's change against baseline, minute by minute, by FSP. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::console::plot::instant::{instant, seconds};
use crate::desk::snapshot::DispatchState;
use crate::dispatch::{DispatchUnit, FspId};
use crate::time::UtcTime;

use super::planned::{MINUTE_S, Means};
use super::track::{LATE_READING_S, Totals, Track, metered};

/// Minutes are summed this far before the first window and after the last, seconds.
const AROUND_S: f64 = 1800.0;
/// Open dispatches further from the present than this are not summed, seconds.
const NEAR_S: f64 = 43_200.0;
/// When none is open, those that ended within this of the last are summed, seconds.
const LAST_DAY_S: f64 = 86_400.0;
/// Changes smaller than this are none, kW.
const SAME_KW: f64 = 1e-6;

/// All dispatches of a time, summed. Powers are kW of change against each unit's own baseline, positive = turn up.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// What is summed, in order of unit and start.
    pub tracks: Vec<Arc<Track>>,
    /// Units left out: nothing can be held against an unknown baseline.
    pub left_out: Vec<DispatchUnit>,
    /// Who answers, in order.
    pub fsps: Vec<FspId>,
    /// The first start and the last end, seconds of UTC.
    pub window: (f64, f64),
    /// Every minute of it and around it, in order.
    pub minutes: Vec<SumMinute>,
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
    /// kW of change delivered, by FSP; `None` where a unit of it that is asked something was not metered.
    pub by_fsp: Vec<Option<f64>>,
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
        let whole = self.by_fsp.iter().copied().sum::<Option<f64>>()?;
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
    pub fn of(tracks: Vec<Arc<Track>>) -> Self {
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
        by_unit.values_mut().for_each(|tracks| tracks.sort_by(|a, b| a.window.0.total_cmp(&b.window.0)));
        let mut fsps: Vec<FspId> = by_unit.keys().map(|unit| unit.fsp.clone()).collect();
        fsps.dedup();
        let windows = by_unit.values().flatten().map(|track| track.window);
        let window = windows.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or_default();
        let mut sum = Self { tracks: Vec::new(), left_out, fsps, window, minutes: Vec::new() };
        let to = window.1 + AROUND_S;
        let mut end = ((window.0 - AROUND_S) / MINUTE_S).ceil() * MINUTE_S;
        while end <= to && !by_unit.is_empty() {
            sum.minutes.push(sum.minute(&by_unit, end));
            end += MINUTE_S;
        }
        sum.tracks = by_unit.into_values().flatten().collect();
        sum
    }

    fn minute(&self, by_unit: &BTreeMap<DispatchUnit, Vec<Arc<Track>>>, end: f64) -> SumMinute {
        let mut minute = SumMinute { end, by_fsp: vec![Some(0.0); self.fsps.len()], ..SumMinute::default() };
        for (unit, tracks) in by_unit {
            let Some(share) = Share::of(tracks, end) else { continue };
            let place = self.fsps.binary_search(&unit.fsp).ok();
            if let Some(of_fsp) = place.and_then(|place| minute.by_fsp.get_mut(place)) {
                *of_fsp = match (*of_fsp, share.delivered) {
                    (Some(sum), Some(kw)) => Some(sum + kw),
                    (sum, None) if !share.is_asked() => sum,
                    _ => None,
                };
            }
            minute.instructed += share.instructed;
            minute.reachable += share.reachable;
            minute.baseline += share.baseline;
            minute.asked += usize::from(share.is_asked());
            minute.metered += usize::from(share.is_asked() && share.delivered.is_some());
            let upwards =
                if share.is_asked() { share.instructed } else { share.delivered.unwrap_or(0.0) } >= 0.0;
            let (short, over) = (share.short, share.over);
            if upwards {
                (minute.short.0, minute.over.0) = (minute.short.0 + short, minute.over.0 + over);
            } else {
                (minute.short.1, minute.over.1) = (minute.short.1 + short, minute.over.1 + over);
            }
        }
        minute
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

/// One unit's share of a minute: kW of change against its baseline.
struct Share {
    instructed: f64,
    reachable: f64,
    baseline: f64,
    delivered: Option<f64>,
    short: f64,
    over: f64,
}

impl Share {
    /// By the one dispatch of the unit that counts in that minute: which asks something, else was metered, else moves
    /// it.
    fn of(tracks: &[Arc<Track>], end: f64) -> Option<Self> {
        let shares = tracks.iter().filter_map(|track| {
            let means = track.planned.as_ref()?.means(end)?;
            Some(Self::of_track(track, means, end))
        });
        let weight = |share: &Self| (share.is_asked(), share.delivered.is_some(), share.reachable.abs());
        shares.reduce(|a, b| if weight(&b) > weight(&a) { b } else { a })
    }

    fn of_track(track: &Track, means: Means, end: f64) -> Self {
        let score = track.score_of(end);
        Self {
            instructed: means.asked - means.baseline,
            reachable: means.reachable.map_or(0.0, |kw| kw - means.baseline),
            baseline: means.baseline,
            delivered: metered(&track.dispatch.readings, end).map(|kw| kw - means.baseline),
            short: score.map_or(0.0, |s| s.short_kw),
            over: score.map_or(0.0, |s| s.over_kw),
        }
    }

    fn is_asked(&self) -> bool {
        self.instructed.abs() > SAME_KW
    }
}
