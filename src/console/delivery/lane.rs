//! One unit's share of a sum, minute by minute, kept until one of its dispatches has changed. Pure.

use std::sync::Arc;

use crate::dispatch::DispatchUnit;

use super::planned::{MINUTE_S, Means};
use super::track::{Track, metered};

/// Changes smaller than this are none, kW.
pub const SAME_KW: f64 = 1e-6;

/// One unit's dispatches, and what they come to in each minute that they reach.
#[derive(Debug)]
pub struct Lane {
    /// Whose.
    pub unit: DispatchUnit,
    /// Its dispatches, in order of start.
    pub tracks: Vec<Arc<Track>>,
    /// Which minute is the first, in minutes since 1970.
    first: i64,
    shares: Vec<Option<Share>>,
}

/// One unit's share of a minute: kW of change against its baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Asked.
    pub instructed: f64,
    /// By the unit's physics; nothing before it took the dispatch on.
    pub reachable: f64,
    /// Net kW without a dispatch.
    pub baseline: f64,
    /// Metered.
    pub delivered: Option<f64>,
    /// kW missing.
    pub short: f64,
    /// kW too much.
    pub over: f64,
}

impl Lane {
    /// Of a unit's dispatches, in order of start; `before` is given back when they are the same as its.
    pub fn of(unit: DispatchUnit, tracks: Vec<Arc<Track>>, before: Option<&Arc<Self>>) -> Arc<Self> {
        let is_same = |before: &&Arc<Self>| {
            before.unit == unit
                && before.tracks.len() == tracks.len()
                && before.tracks.iter().zip(&tracks).all(|(a, b)| Arc::ptr_eq(a, b))
        };
        if let Some(same) = before.filter(is_same) {
            return Arc::clone(same);
        }
        let reaches = tracks.iter().filter_map(|t| t.planned.as_ref()).map(|p| (p.from + MINUTE_S, p.until));
        let (from, until) = reaches.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((1.0, 0.0));
        let first = first_minute_from(from);
        let shares =
            (first..=last_minute_to(until)).map(|minute| Share::of(&tracks, end_of(minute))).collect();
        Arc::new(Self { unit, tracks, first, shares })
    }

    /// The shares of the minutes from one to another, both included, each with its minute.
    pub fn shares(&self, from: i64, to: i64) -> impl Iterator<Item = (i64, &Share)> {
        let minutes = (self.first..).zip(&self.shares);
        let inside = minutes.filter(move |(minute, _)| (from..=to).contains(minute));
        inside.filter_map(|(minute, share)| Some((minute, share.as_ref()?)))
    }

    /// The share of one minute.
    pub fn share(&self, minute: i64) -> Option<&Share> {
        let place = usize::try_from(minute.checked_sub(self.first)?).ok()?;
        self.shares.get(place)?.as_ref()
    }

    /// The minutes from one to another, both included, in which this has not the share that another lane has.
    pub fn unlike(&self, other: &Self, from: i64, to: i64) -> Vec<i64> {
        (from..=to).filter(|minute| self.share(*minute) != other.share(*minute)).collect()
    }
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

    /// Whether anything is asked.
    pub fn is_asked(&self) -> bool {
        self.instructed.abs() > SAME_KW
    }
}

/// The first whole minute that ends at or after an instant, in minutes since 1970.
#[expect(clippy::cast_possible_truncation, reason = "minutes since 1970 are whole and fit")]
pub fn first_minute_from(at: f64) -> i64 {
    (at / MINUTE_S).ceil() as i64
}

/// The last whole minute that ends at or before an instant.
#[expect(clippy::cast_possible_truncation, reason = "minutes since 1970 are whole and fit")]
pub fn last_minute_to(at: f64) -> i64 {
    (at / MINUTE_S).floor() as i64
}

/// The minute that ends at an instant, in minutes since 1970.
#[expect(clippy::cast_possible_truncation, reason = "minutes since 1970 are whole and fit")]
pub fn minute_of(end: f64) -> i64 {
    (end / MINUTE_S).round() as i64
}

/// When a minute ends, seconds of UTC.
#[expect(clippy::cast_precision_loss, reason = "minutes since 1970 fit a double")]
pub fn end_of(minute: i64) -> f64 {
    minute as f64 * MINUTE_S
}
