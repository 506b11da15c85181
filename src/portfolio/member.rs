//! A unit that may give some of what is asked.

use std::sync::Arc;

use crate::dispatch::availability::{Declaration, HALF_HOUR_S, half_hour_of};
use crate::dispatch::{DispatchUnit, Revision};
use crate::power::{self, Asset, AssetState, Baseline, Follow, Instruction, Target};
use crate::time::UtcTime;
use crate::units::Watts;

use super::ask::{Ask, Interval, Way};
use super::split::Room;

/// A unit that may give some of what is asked, and what bears on how much.
#[derive(Clone, Debug)]
pub struct Member {
    /// Which.
    pub unit: DispatchUnit,
    /// Its declared physics.
    pub asset: Arc<Asset>,
    /// What its contract measures from.
    pub baseline: Arc<Baseline>,
    /// Where it stands when it is told.
    pub state: AssetState,
    /// When it is told, at the latest.
    pub told_at: UtcTime,
    /// It is not asked for anything before: the notice that its contract gives.
    pub earliest: UtcTime,
    /// What its FSP declares; `None` when it has declared nothing.
    pub declared: Option<Arc<Declaration>>,
    /// What its contract pays, pence per MWh; `None` when no price is agreed.
    pub pence_per_mwh: Option<i64>,
}

/// What a unit can give and hold over all of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Able {
    /// How much.
    pub room: Room,
    /// What keeps it from giving more: `notice`, `availability`, or what the prediction calls a miss (`rating`, `energy`,
    /// `duration`, …).
    pub because: &'static str,
}

/// Seconds of UTC as curves have them.
#[expect(clippy::cast_precision_loss, reason = "seconds of years 1 to 9999 are far below 2^53")]
pub(super) fn seconds(at: UtcTime) -> f64 {
    at.unix() as f64
}

impl Member {
    /// What it may be asked for in a stretch, whatever it gives before and after: its rating over its baseline, its
    /// declared availability and its notice, in whole steps.
    pub(super) fn able_in(&self, stretch: &Interval, way: Way, step: Watts) -> Able {
        if stretch.from < self.earliest {
            return Able { room: Room::NOTHING, because: "notice" };
        }
        let (least_kw, most_kw) = self.rated_kw(stretch, way);
        let most = floor_to(watts((most_kw.max(0.0) * 1000.0 + NEAR_W).floor()), step);
        let least = ceil_to(watts((least_kw.max(0.0) * 1000.0 - NEAR_W).ceil()), step);
        let offered = self.offered_in(stretch, way).map(|offered| floor_to(offered, step));
        let (most, because) = match offered {
            Some(offered) if offered < most => (offered, "availability"),
            _ => (most, "rating"),
        };
        let room = if most < least || most.0 <= 0 { Room::NOTHING } else { Room { least, most } };
        Able { room, because }
    }

    /// Least and greatest distance from baseline, kW, other than 0.
    fn rated_kw(&self, stretch: &Interval, way: Way) -> (f64, f64) {
        let (from, to) = (seconds(stretch.from), seconds(stretch.to));
        let curve = self.baseline.curve(from, to);
        let levels: Vec<f64> = curve.points().iter().filter(|p| p.0 < to).map(|p| p.1).collect();
        let (low, high) = levels
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), kw| (low.min(*kw), high.max(*kw)));
        let least_room =
            |room: &dyn Fn(f64) -> f64| levels.iter().map(|kw| room(*kw)).fold(f64::INFINITY, f64::min);
        match (self.asset.as_ref(), way) {
            // A limit keeps power back; it makes none.
            (Asset::Renewable(_), Way::Up) | (Asset::EvHub(_), Way::Down) => (0.0, 0.0),
            // At standstill it has to start, however little it can make.
            (Asset::Generator(engine), Way::Up) => {
                (engine.min_stable_kw.max(LEAST_KW) - low, engine.max_kw - high)
            }
            // One that runs by its baseline is turned down as far as it runs at all; it is not stopped.
            (Asset::Generator(engine), Way::Down) => (0.0, low - engine.min_stable_kw),
            (asset, Way::Up) => (0.0, least_room(&|kw| asset.limits_kw(kw).1 - kw)),
            (asset, Way::Down) => (0.0, least_room(&|kw| kw - asset.limits_kw(kw).0)),
        }
    }

    /// The least that is declared of any half-hour of a stretch; `None` where nothing is declared of any.
    fn offered_in(&self, stretch: &Interval, way: Way) -> Option<Watts> {
        let declared = self.declared.as_deref()?;
        let mut half_hour = half_hour_of(stretch.from);
        let mut least: Option<Watts> = None;
        while half_hour < stretch.to {
            if let Some(offer) = declared.offer_at(half_hour) {
                let offered = if way == Way::Up { offer.up } else { offer.down };
                least = Some(least.map_or(offered, |least| least.min(offered)));
            }
            half_hour = half_hour + HALF_HOUR_S;
        }
        least
    }

    /// The greatest level that it can hold over all of what is asked, by the production prediction.
    pub fn able(&self, ask: &Ask, step: Watts) -> Able {
        let whole = Interval { from: ask.from(), to: ask.until(), asked: Watts(0) };
        let rated = self.able_in(&whole, ask.way(), step);
        if rated.room == Room::NOTHING {
            return rated;
        }
        let miss = |level: Watts| {
            let setpoints = [(whole.from, ask.way().signed(level))];
            self.predicted(&setpoints, whole.to).misses.first().map(|miss| miss.because)
        };
        if miss(rated.room.most).is_none() {
            return rated;
        }
        // What is held at one level is held at every lesser one, down to the least: halving finds the greatest.
        let (mut held, mut missed) = (rated.room.least.0 / step.0 - 1, rated.room.most.0 / step.0);
        let mut because = rated.because;
        while missed - held > 1 {
            let middle = held + (missed - held) / 2;
            match miss(Watts(middle * step.0)).filter(|_| middle > 0) {
                Some(reason) => (missed, because) = (middle, reason),
                None => held = middle,
            }
        }
        because = miss(Watts(missed * step.0)).unwrap_or(because);
        let most = Watts(held * step.0);
        let room =
            if most < rated.room.least || most.0 <= 0 { Room::NOTHING } else { Room { most, ..rated.room } };
        Able { room, because }
    }

    /// What it would do with these changes from baseline (generation convention), each from its time on.
    pub fn predicted(&self, setpoints: &[(UtcTime, Watts)], end: UtcTime) -> power::Plan {
        let instruction = self.instruction(setpoints, end);
        let (from, until) = (seconds(self.told_at), seconds(end) + AFTERWARDS_S);
        power::plan(&self.asset, &self.baseline, &self.state, Some(&instruction), from, until)
    }

    fn instruction(&self, setpoints: &[(UtcTime, Watts)], end: UtcTime) -> Instruction {
        let target = |(at, change): &(UtcTime, Watts)| {
            let (at, delta) = (seconds(*at), change.kilowatts());
            Target { at, kw: self.baseline.at(at) + delta, delta_kw: Some(delta) }
        };
        Instruction {
            follow: Follow::Schedule,
            start: setpoints.first().map_or(seconds(end), |(at, _)| seconds(*at)),
            end: seconds(end),
            targets: setpoints.iter().map(target).collect(),
            revision: Revision::FIRST,
        }
    }

    /// Whether it takes back what it gave as soon as nothing is asked of it any more.
    pub(super) fn takes_back(&self) -> bool {
        match self.asset.as_ref() {
            Asset::TurnDown(demand) => demand.rebounds(),
            Asset::HeatPumps(pumps) => pumps.rebound_share > 0.0,
            Asset::EvHub(_) => true,
            Asset::Battery(_) | Asset::Generator(_) | Asset::Renewable(_) => false,
        }
    }
}

/// Looked at after the end, so that the return to baseline is seen, seconds.
const AFTERWARDS_S: f64 = 1800.0;

/// Below this an engine does not run, kW: a watt.
const LEAST_KW: f64 = 0.001;
/// A rating this near to a whole watt is that.
const NEAR_W: f64 = 1e-4;

fn watts(whole: f64) -> Watts {
    Watts::from_kilowatts(whole / 1000.0).unwrap_or_default()
}

/// The greatest whole number of steps that is no more.
pub(super) fn floor_to(level: Watts, step: Watts) -> Watts {
    Watts(level.0.div_euclid(step.0) * step.0)
}

/// The least whole number of steps that is no less.
fn ceil_to(level: Watts, step: Watts) -> Watts {
    Watts(-(-level.0).div_euclid(step.0) * step.0)
}
