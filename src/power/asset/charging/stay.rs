//! A vehicle's stay at a hub, and what is foreseen for it.

use std::cmp::Ordering;

/// A vehicle's stay. Stays are numbered by when they end: the sooner a vehicle leaves, the sooner it is charged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stay {
    pub(super) until: f64,
    /// What it still wanted at `since`.
    pub(super) kwh: f64,
    pub(super) since: f64,
    /// kW since then.
    pub(super) rate: f64,
    pub(super) held_back: bool,
    pub(super) place: Place,
    /// How often its rate has been set: what was foreseen before is void.
    pub(super) version: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Still to come, or gone.
    Away,
    /// At full rate, since there is room under the limit.
    Served,
    /// At less than that, or nothing, until there is.
    Waiting,
    /// At full rate, whatever the limit is.
    Must,
}

/// Something that will happen to a vehicle unless its rate changes before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foreseen {
    pub(super) at: f64,
    pub(super) stay: usize,
    pub(super) version: u32,
}

impl Ord for Foreseen {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then(self.stay.cmp(&other.stay))
    }
}

impl PartialOrd for Foreseen {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Foreseen {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Foreseen {}
