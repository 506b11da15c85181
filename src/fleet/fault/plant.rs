//! A faulty unit's true power, second by second: it goes after what its controller asks as the fault lets it.

use std::collections::BTreeMap;

use crate::power::Asset;
use crate::profile::faults::UnitFault;
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

/// A change from baseline smaller than this is none, kW.
const NEAR_KW: f64 = 1e-3;

/// What a controller asks of its unit in one second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// The end of the second.
    pub(super) at: UtcTime,
    /// Net kW by the controller's own path, at the end of the second and of the one before.
    pub(super) kw: f64,
    pub(super) before_kw: f64,
    /// What it would be at with nothing asked, at the same instants.
    pub(super) base_kw: f64,
    pub(super) base_before_kw: f64,
    /// A change that is another unit's, kW.
    pub(super) borrowed_kw: f64,
}

/// A whole minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Minute {
    pub(super) kw: f64,
    pub(super) soc: Option<f64>,
}

/// A unit that does not do what its controller believes.
#[derive(Clone, Debug)]
pub(super) struct Plant {
    pub(super) kw: f64,
    pub(super) soc: Option<f64>,
    stuck_kw: Option<f64>,
    away_since: Option<UtcTime>,
    is_drained: bool,
    /// kW · s of the minute under way.
    sum: f64,
    /// By the second in which each ends.
    minutes: BTreeMap<i64, Minute>,
}

impl Plant {
    /// Where the unit stands when its fault begins; `sum` is the kW · s of the minute under way.
    pub(super) fn begins(kw: f64, soc: Option<f64>, sum: f64) -> Self {
        Self { kw, soc, stuck_kw: None, away_since: None, is_drained: false, sum, minutes: BTreeMap::new() }
    }

    /// Whether any minute is remembered.
    pub(super) fn has_minutes(&self) -> bool {
        !self.minutes.is_empty()
    }

    /// A minute that has been read whole.
    pub(super) fn minute(&self, end: UtcTime) -> Option<Minute> {
        self.minutes.get(&end.unix()).copied()
    }

    pub(super) fn forget_before(&mut self, at: UtcTime) {
        self.minutes = self.minutes.split_off(&at.unix());
    }

    /// One second passes.
    pub(super) fn pass(&mut self, unit: &Unit, asked: &Asked, faults: &[&UnitFault]) {
        self.take_on(unit, faults);
        let before = self.kw;
        self.kw = self.next_kw(unit, asked, faults);
        self.store(&unit.asset);
        self.sum += f64::midpoint(before, self.kw);
        if asked.at.unix().rem_euclid(60) == 0 {
            self.minutes.insert(asked.at.unix(), Minute { kw: self.sum / 60.0, soc: self.soc });
            self.sum = 0.0;
        }
    }

    /// What a fault changes once, when it begins and when it ends.
    fn take_on(&mut self, unit: &Unit, faults: &[&UnitFault]) {
        if faults.contains(&&UnitFault::Stuck) {
            self.stuck_kw.get_or_insert(self.kw);
        } else {
            self.stuck_kw = None;
        }
        let left = faults.iter().find_map(|fault| match fault {
            UnitFault::EnergyExhausted { share } => Some(*share),
            _ => None,
        });
        if let (Some(share), false, Asset::Battery(battery), Some(soc)) =
            (left, self.is_drained, &unit.asset, self.soc)
        {
            self.soc = Some(battery.min_soc + (soc - battery.min_soc).max(0.0) * share);
        }
        self.is_drained = left.is_some();
    }

    fn next_kw(&mut self, unit: &Unit, asked: &Asked, faults: &[&UnitFault]) -> f64 {
        if faults.contains(&&UnitFault::Trip) {
            return tripped_kw(&unit.asset, asked.base_kw);
        }
        if let Some(kw) = self.stuck_kw {
            return kw;
        }
        let change_kw = self.change_kw(unit, asked, faults) + asked.borrowed_kw;
        let (least, most) = bounds_kw(&unit.asset, asked);
        // What it does by itself is within no limit that was declared for it, nor asked of it.
        let target = (asked.base_kw + change_kw).clamp(least, most);
        let target = weathered_kw(&unit.asset, target, asked.base_kw, faults) + departure_kw(faults);
        let is_moved_beneath = !matches!(unit.asset, Asset::Battery(_) | Asset::Generator(_));
        // What moves beneath a unit moves it at once.
        let (here, asked_move) = if is_moved_beneath {
            let own_move = (asked.kw - asked.base_kw) - (asked.before_kw - asked.base_before_kw);
            (self.kw + asked.base_kw - asked.base_before_kw, own_move)
        } else {
            (self.kw, asked.kw - asked.before_kw)
        };
        let slowed = faults.iter().find_map(|fault| match fault {
            UnitFault::Slow { factor } => Some(*factor),
            _ => None,
        });
        let (up, down) = unit.asset.ramps_kw_per_s();
        let (up, down) = match slowed {
            Some(factor) => (up * factor, down * factor),
            // What it can do in an emergency is beyond its declared ramp.
            None => (up.max(asked_move), down.max(-asked_move)),
        };
        target.clamp(here - down, here + up)
    }

    /// The change from baseline that the unit goes to.
    fn change_kw(&mut self, unit: &Unit, asked: &Asked, faults: &[&UnitFault]) -> f64 {
        let mut change_kw = asked.kw - asked.base_kw;
        let is_away = change_kw.abs() > NEAR_KW;
        self.away_since = is_away.then(|| self.away_since.unwrap_or(asked.at));
        for fault in faults {
            match fault {
                UnitFault::Partial { share } => change_kw *= share,
                UnitFault::WrongDirection => change_kw = -change_kw,
                UnitFault::DoesNothing | UnitFault::WrongUnit { .. } => change_kw = 0.0,
                UnitFault::LateStart { seconds } => {
                    let away_s = self.away_since.map_or(0, |since| asked.at.since(since));
                    if away_s < i64::from(*seconds) {
                        change_kw = 0.0;
                    }
                }
                UnitFault::EnergyExhausted { .. } => match unit.asset {
                    // It stops by itself when it is empty.
                    Asset::Battery(_) => {}
                    Asset::Generator(_) | Asset::Renewable(_) => change_kw = -asked.base_kw,
                    Asset::TurnDown(_) | Asset::HeatPumps(_) | Asset::EvHub(_) => change_kw = 0.0,
                },
                _ => {}
            }
        }
        change_kw
    }

    /// What a second takes out of a battery, or puts in; at its end it gives or takes no more.
    fn store(&mut self, asset: &Asset) {
        let (Asset::Battery(battery), Some(soc)) = (asset, self.soc) else { return };
        let kwh = (self.kw + battery.idling_loss_kw) / 3600.0;
        let stored_kwh =
            if kwh > 0.0 { kwh / battery.discharge_efficiency } else { kwh * battery.charge_efficiency };
        let next = soc - stored_kwh / battery.capacity_kwh;
        let is_spent = kwh > 0.0 && next < battery.min_soc;
        let is_full = kwh < 0.0 && next > battery.max_soc;
        if is_spent || is_full {
            self.kw = -battery.idling_loss_kw;
        } else {
            self.soc = Some(next);
        }
    }
}

/// kW by which it departs from its baseline by itself.
fn departure_kw(faults: &[&UnitFault]) -> f64 {
    let departs = |fault: &&UnitFault| match fault {
        UnitFault::OffBaseline { kw } => Some(*kw),
        _ => None,
    };
    faults.iter().filter_map(departs).sum()
}

/// What a farm makes in other weather than its own: under the same limit, where it is under one.
fn weathered_kw(asset: &Asset, target: f64, base_kw: f64, faults: &[&UnitFault]) -> f64 {
    let Asset::Renewable(farm) = asset else { return target };
    let share = |fault: &&UnitFault| match fault {
        UnitFault::Weather { share } => Some(*share),
        _ => None,
    };
    let Some(share) = faults.iter().find_map(share) else { return target };
    let given_kw = (base_kw * share).min(farm.max_kw);
    let is_limited = target < base_kw - NEAR_KW;
    if is_limited { target.min(given_kw) } else { given_kw }
}

/// Where a unit is whose protection has opened: off the network; demand that can no longer be turned down, at baseline.
fn tripped_kw(asset: &Asset, base_kw: f64) -> f64 {
    match asset {
        Asset::TurnDown(_) | Asset::HeatPumps(_) => base_kw,
        Asset::Battery(_) | Asset::Generator(_) | Asset::EvHub(_) | Asset::Renewable(_) => 0.0,
    }
}

/// Least and greatest net kW: what it is asked or does by itself may lie beyond its declared limits, and no farm makes more
/// than the weather gives.
fn bounds_kw(asset: &Asset, asked: &Asked) -> (f64, f64) {
    let (least, most) = asset.limits_kw(asked.base_kw);
    let (low, high) = (asked.base_kw.min(asked.kw), asked.base_kw.max(asked.kw));
    let most = if matches!(asset, Asset::Renewable(_)) { high } else { most.max(high) };
    (least.min(low), most)
}
