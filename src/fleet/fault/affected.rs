//! What faults do to one unit: its true power beside its controller's path, the stages that its FSP does not tell, and
//! the readings that do not come.

use std::sync::Arc;

use crate::dispatch::{Stage, UnitId};
use crate::fleet::controller::{Happened, Trajectory, seconds};
use crate::openadr::mapping::MinuteReading;
use crate::power::Reading;
use crate::profile::faults::{BadData, FaultPlan, UnitFault};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;

use super::plant::{Asked, Minute, Plant};
use super::unasked::Unasked;

/// A level nearer than this, or nearer than its share of the change asked, is reached, kW.
const THERE_KW: f64 = 1.0;
const THERE_SHARE: f64 = 0.01;
/// States of charge nearer than this are the same.
const SAME_SOC: f64 = 1e-4;

/// A change that another unit was asked for and this one makes.
#[derive(Clone, Debug)]
pub(in crate::fleet) struct Borrowed {
    unit: Unit,
    trajectory: Trajectory,
    unasked: Unasked,
}

impl Borrowed {
    /// Of the unit that was asked, by its path.
    pub(in crate::fleet) fn of(unit: &Unit, path: &Trajectory, now: UtcTime) -> Self {
        Self { unit: unit.clone(), trajectory: path.clone(), unasked: Unasked::of(unit, seconds(now)) }
    }

    fn change_kw(&self, plan: &FaultPlan, at: UtcTime) -> f64 {
        let is_wrong = |fault: &UnitFault| matches!(fault, UnitFault::WrongUnit { .. });
        if !plan.of_unit(&self.unit.unit, at).any(is_wrong) {
            return 0.0;
        }
        let t = seconds(at);
        self.trajectory.delivered_kw_at(&self.unit, t) - self.unasked.kw_at(&self.unit, t)
    }
}

/// How faults stand with one unit.
#[derive(Clone, Debug)]
pub(in crate::fleet) struct Affected {
    plan: Arc<FaultPlan>,
    plant: Option<Plant>,
    /// What it would be doing by itself; `None` for as long as there is no plant.
    unasked: Option<Unasked>,
    /// What it was before it recovered: its last minutes may still be to be read.
    former: Option<Plant>,
    borrowed: Vec<Borrowed>,
    /// Everything up to then has been lived through.
    lived_to: UtcTime,
    /// Stages that the controller's path has come to and the unit has not.
    withheld: Vec<Happened>,
    is_tripped: bool,
}

impl Affected {
    /// Nothing is wrong.
    pub(in crate::fleet) fn sound(now: UtcTime) -> Self {
        Self {
            plan: Arc::default(),
            plant: None,
            unasked: None,
            former: None,
            borrowed: Vec::new(),
            lived_to: now,
            withheld: Vec::new(),
            is_tripped: false,
        }
    }

    /// The faults as they are switched, and the changes that this unit makes in the place of others.
    pub(in crate::fleet) fn switched(&mut self, plan: &Arc<FaultPlan>, borrowed: Vec<Borrowed>) {
        if !Arc::ptr_eq(&self.plan, plan) {
            self.plan = Arc::clone(plan);
        }
        self.borrowed = borrowed;
    }

    /// Whether a fault is on.
    pub(in crate::fleet) fn has(&self, unit: &Unit, at: UtcTime, is_it: impl Fn(&UnitFault) -> bool) -> bool {
        self.plan.of_unit(&unit.unit, at).any(is_it)
    }

    /// Which unit moves in this one's place at an instant, when one does: `Some(None)` for the next of its FSP.
    pub(in crate::fleet) fn lends_to<'p>(
        plan: &'p FaultPlan,
        unit: &Unit,
        at: UtcTime,
    ) -> Option<Option<&'p UnitId>> {
        plan.of_unit(&unit.unit, at).find_map(|fault| match fault {
            UnitFault::WrongUnit { instead } => Some(instead.as_ref()),
            _ => None,
        })
    }

    /// Lives through every second up to `now`.
    pub(in crate::fleet) fn live(&mut self, unit: &Unit, path: &Trajectory, now: UtcTime) {
        let concerned = self.plant.is_some() || !self.borrowed.is_empty() || self.plan.concerns(&unit.unit);
        if let Some(unasked) = &mut self.unasked {
            unasked.cover(unit, seconds(now));
        }
        while concerned && self.lived_to < now {
            let at = self.lived_to + 1;
            self.pass(unit, path, at);
            self.lived_to = at;
        }
        self.lived_to = self.lived_to.max(now);
    }

    fn pass(&mut self, unit: &Unit, path: &Trajectory, at: UtcTime) {
        let before = at - 1;
        let faults: Vec<&UnitFault> =
            self.plan.of_unit(&unit.unit, before).filter(|fault| moves(fault)).collect();
        let borrowed_kw: f64 = self.borrowed.iter().map(|b| b.change_kw(&self.plan, before)).sum();
        if self.plant.is_none() && faults.is_empty() && borrowed_kw == 0.0 {
            return;
        }
        let (t, t0) = (seconds(at), seconds(before));
        let plant = self.plant.get_or_insert_with(|| {
            let minute = seconds(before.floor_to_minute());
            let sum =
                if t0 > minute { path.delivered_mean_kw(unit, minute, t0) * (t0 - minute) } else { 0.0 };
            Plant::begins(path.delivered_kw_at(unit, t0), path.state_at(t0).soc, sum)
        });
        let unasked = self.unasked.get_or_insert_with(|| Unasked::of(unit, t0));
        let asked = Asked {
            at,
            kw: path.delivered_kw_at(unit, t),
            before_kw: path.delivered_kw_at(unit, t0),
            base_kw: unasked.kw_at(unit, t),
            base_before_kw: unasked.kw_at(unit, t0),
            borrowed_kw,
        };
        plant.pass(unit, &asked, &faults);
    }

    /// The unit's true power and the state of charge that it reports, where they are not as its controller believes.
    pub(in crate::fleet) fn truth(&self, unit: &Unit, at: UtcTime) -> Option<(f64, Option<f64>)> {
        let plant = self.plant.as_ref()?;
        let hides = self.has(unit, at, |fault| matches!(fault, UnitFault::EnergyExhausted { .. }));
        Some((plant.kw, plant.soc.filter(|_| !hides)))
    }

    /// What the unit truly does at the end of what it has lived through, kW and state of charge; `None` where that is what its
    /// controller believes.
    pub(in crate::fleet) fn stands(&self) -> Option<(f64, Option<f64>)> {
        self.plant.as_ref().map(|plant| (plant.kw, plant.soc))
    }

    /// A minute as it is reported, whether it is marked bad with it; `None` when it is not. `believed` is what the
    /// controller's path says.
    pub(in crate::fleet) fn minute(
        &self,
        unit: &Unit,
        end: UtcTime,
        believed: MinuteReading,
    ) -> Option<(MinuteReading, bool)> {
        let mut minute = believed;
        let plants = [&self.plant, &self.former];
        let lived = plants.into_iter().flatten().find_map(|plant| plant.minute(end));
        if let Some(Minute { kw, soc }) = lived {
            let hides = self.has(unit, end, |fault| matches!(fault, UnitFault::EnergyExhausted { .. }));
            minute.reading = Reading { kw, ..minute.reading };
            minute.soc = if hides { minute.soc } else { soc };
        }
        let mut is_bad = false;
        for fault in self.plan.of_unit(&unit.unit, end) {
            match fault {
                UnitFault::MeteringGap => return None,
                UnitFault::BadData { how: BadData::Flagged } => is_bad = true,
                UnitFault::BadData { how: BadData::Absurd } => minute.reading.kw *= 1000.0,
                UnitFault::DoesNothing | UnitFault::WrongUnit { .. } => {
                    minute.kvar = minute.kvar.map(|_| 0.0);
                }
                UnitFault::Partial { share } => minute.kvar = minute.kvar.map(|kvar| kvar * share),
                _ => {}
            }
        }
        Some((minute, is_bad))
    }

    /// Keeps a stage back that the unit has not come to, although its controller's path has. Answers it when it is told.
    pub(in crate::fleet) fn tells(&mut self, unit: &Unit, happened: Happened) -> Option<Happened> {
        if matches!(happened.stage, Stage::Ended | Stage::Stopped | Stage::Failed) {
            self.withheld.retain(|kept| kept.key != happened.key);
        }
        let keeps = |fault: &UnitFault| match fault {
            UnitFault::Stuck => !matches!(happened.stage, Stage::Failed),
            UnitFault::DoesNothing | UnitFault::LateStart { .. } => {
                matches!(happened.stage, Stage::Started | Stage::AtSetpoint)
            }
            UnitFault::Slow { .. } => matches!(happened.stage, Stage::AtSetpoint | Stage::Stopped),
            _ => false,
        };
        if self.has(unit, happened.at, keeps) {
            self.withheld.push(happened);
            return None;
        }
        Some(happened)
    }

    /// The stages kept back that the unit has come to by `now`; `stands` says of which revisions it still is.
    pub(in crate::fleet) fn released(
        &mut self,
        unit: &Unit,
        path: &Trajectory,
        now: UtcTime,
        stands: impl Fn(&Happened) -> bool,
    ) -> Vec<Happened> {
        self.withheld.retain(stands);
        // A unit that is stuck says nothing, wherever its path comes to meet it.
        if self.withheld.is_empty() || self.has(unit, now, |fault| *fault == UnitFault::Stuck) {
            return Vec::new();
        }
        let t = seconds(now);
        let asked = path.delivered_kw_at(unit, t);
        let base = self.unasked.as_ref().map_or_else(|| unit.baseline.at(t), |own| own.kw_at(unit, t));
        let kw = self.plant.as_ref().map_or(asked, |plant| plant.kw);
        let has_moved = (kw - base).abs() > THERE_KW;
        let is_there = (kw - asked).abs() <= THERE_KW.max(THERE_SHARE * (asked - base).abs());
        let has_come = |kept: &Happened| match kept.stage {
            Stage::Started => has_moved,
            _ => is_there,
        };
        let (come, waits) = std::mem::take(&mut self.withheld).into_iter().partition(has_come);
        self.withheld = waits;
        let late = |kept: Happened| Happened { at: now.max(kept.at), ..kept };
        Vec::into_iter(come).map(late).collect()
    }

    /// Whether the unit has tripped since it was last asked.
    pub(in crate::fleet) fn trips(&mut self, unit: &Unit, now: UtcTime) -> bool {
        let is = self.has(unit, now, |fault| *fault == UnitFault::Trip);
        let was = std::mem::replace(&mut self.is_tripped, is);
        self.is_tripped && !was
    }

    /// Whether it has tripped and is not back.
    pub(in crate::fleet) fn is_tripped(&self) -> bool {
        self.is_tripped
    }

    /// Where the unit truly stands, once nothing is wrong any more and it is where its controller asks it to be: from
    /// then on its controller's path is true again, begun anew there when its charge is another.
    pub(in crate::fleet) fn recovers(
        &mut self,
        unit: &Unit,
        path: &Trajectory,
        is_idle: bool,
    ) -> Option<(f64, f64)> {
        let (plant, now) = (self.plant.as_ref()?, self.lived_to);
        if self.has(unit, now, moves) || self.borrowed.iter().any(|b| b.change_kw(&self.plan, now) != 0.0) {
            return None;
        }
        let believed = path.state_at(seconds(now));
        let believed_kw = path.delivered_kw_at(unit, seconds(now));
        if (plant.kw - believed_kw).abs() > THERE_KW || now.unix().rem_euclid(60) != 0 {
            return None;
        }
        let is_same = match (plant.soc, believed.soc) {
            (Some(soc), Some(by_path)) => (soc - by_path).abs() < SAME_SOC,
            _ => true,
        };
        let found = plant.soc.filter(|_| !is_same).map(|soc| (plant.kw, soc));
        if found.is_some() && !is_idle {
            return None;
        }
        (self.former, self.unasked) = (self.plant.take(), None);
        found
    }

    /// Forgets what was metered before `at`. Answers whether nothing is wrong any more and nothing of it is remembered.
    pub(in crate::fleet) fn is_over(&mut self, unit: &Unit, at: UtcTime) -> bool {
        for plant in [&mut self.plant, &mut self.former].into_iter().flatten() {
            plant.forget_before(at);
        }
        self.former.take_if(|former| !former.has_minutes());
        let is_sound = self.plant.is_none() && self.former.is_none() && self.withheld.is_empty();
        is_sound && self.borrowed.is_empty() && !self.is_tripped && !self.plan.concerns(&unit.unit)
    }
}

/// Whether a fault changes the unit's power.
fn moves(fault: &UnitFault) -> bool {
    !matches!(
        fault,
        UnitFault::MeteringGap
            | UnitFault::BadData { .. }
            | UnitFault::DeltaAsAbsolute
            | UnitFault::IgnoresAmendments
    )
}
