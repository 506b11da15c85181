//! Readings that are of no use: marked bad by whoever sent them, or beyond anything that their unit can do. Pure.

use std::collections::BTreeMap;

use crate::dispatch::DispatchUnit;
use crate::power::{Asset, Reading};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

/// A reading is believed this far beyond a unit's limits, as a share of the width between them: meters are not exact.
const BEYOND: f64 = 0.5;

/// Why a reading is not believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Why {
    /// It is marked so.
    Marked,
    /// The unit can do no such thing.
    Impossible {
        /// What it says, net kW.
        kw: f64,
    },
}

/// The last bad minute of each unit that has had no good one since.
#[derive(Default)]
pub(super) struct Untrusted {
    bad: BTreeMap<DispatchUnit, (UtcTime, Why)>,
}

impl Untrusted {
    /// A minute that ended at `end` is bad.
    pub(super) fn bad(&mut self, unit: &DispatchUnit, end: UtcTime, why: Why) {
        if self.bad.get(unit).is_none_or(|(last, _)| *last <= end) {
            self.bad.insert(unit.clone(), (end, why));
        }
    }

    /// A minute that ended at `end` is good.
    pub(super) fn good(&mut self, unit: &DispatchUnit, end: UtcTime) {
        if self.bad.get(unit).is_some_and(|(last, _)| *last < end) {
            self.bad.remove(unit);
        }
    }

    /// The last bad minute of a unit, and why it is.
    pub(super) fn of(&self, unit: &DispatchUnit) -> Option<(UtcTime, Why)> {
        self.bad.get(unit).copied()
    }
}

/// Whether a unit can have done that.
pub(super) fn is_possible(unit: &Unit, reading: Reading) -> bool {
    let baseline_kw = unit.baseline.at(reading.at - 30.0);
    let (least, most) = unit.asset.limits_kw(baseline_kw);
    let (least, most) = (least.min(baseline_kw), most.max(baseline_kw));
    let margin = (most - least) * BEYOND;
    (least - margin - rebound_kw(&unit.asset)..=most + margin).contains(&reading.kw)
}

/// What demand can take on top of everything else when it takes back all that it was ever without.
fn rebound_kw(asset: &Asset) -> f64 {
    let (kwh, share, minutes) = match asset {
        Asset::TurnDown(t) => {
            (t.max_turn_down_kw * t.max_duration_min / 60.0, t.rebound_share, t.rebound_min)
        }
        Asset::HeatPumps(h) => (h.comfort_kwh, h.rebound_share, h.rebound_min),
        _ => return 0.0,
    };
    if minutes > 0.0 { kwh * share * 60.0 / minutes } else { 0.0 }
}

/// The whole second of a reading.
#[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
pub(super) fn end_of(reading: Reading) -> UtcTime {
    UtcTime::from_unix(reading.at.round() as i64)
}
