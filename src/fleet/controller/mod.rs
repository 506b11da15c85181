//! One unit's controller: it takes dispatches on or refuses them, holds its own model of each, and knows its unit's
//! exact path. Pure: time is passed in, nothing is sent.

mod fail_safe;
mod faulty;
mod held;
mod lateness;
mod order;
mod planning;
mod reactive;
mod recall;
mod refusal;
mod stages;
#[cfg(test)]
mod tests;
mod trajectory;
mod truth;

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::{Dispatch, DispatchKey, Reason, Stage, Status};
use crate::fleet::fault::Affected;
use crate::openadr::mapping::{MinuteReading, UnitPulse};
use crate::power::reactive::Path;
use crate::power::{Follow, Instruction, Metered, Reading, UnitPhase};
use crate::profile::fleet::{Contract, Unit};
use crate::time::UtcTime;

use fail_safe::Watchdog;
use held::Held;
pub(super) use held::{Happened, Taken};
use lateness::Lateness;
use order::Order;
pub(super) use refusal::Refusal;
use stages::Due;
pub(super) use stages::seconds;
pub(super) use trajectory::Trajectory;

use super::availability::Offered;

/// For how long after the end of a dispatch its unit is metered, seconds: long enough to see a rebound.
const METERED_AFTER_S: i64 = 3600;

/// A unit's controller.
#[derive(Clone, Debug)]
pub(super) struct Controller {
    unit: Unit,
    held: BTreeMap<DispatchKey, Box<Held>>,
    trajectory: Trajectory,
    /// What its FSP declares of it.
    pub(super) offered: Offered,
    happened: Vec<Happened>,
    /// `None` for as long as no fault has been its own.
    affected: Option<Box<Affected>>,
    /// `None` for a unit whose contract has no fail-safe.
    watchdog: Option<Watchdog>,
}

impl Controller {
    /// A unit at baseline.
    pub(super) fn new(unit: &Unit, now: UtcTime) -> Self {
        Self {
            unit: unit.clone(),
            held: BTreeMap::new(),
            trajectory: Trajectory::idle(unit, seconds(now)),
            offered: Offered::default(),
            happened: Vec::new(),
            affected: None,
            watchdog: None,
        }
    }

    /// The terms of its unit's contract hold from now on.
    pub(super) fn comes_under(&mut self, contract: &Contract) {
        self.watchdog = Watchdog::of(contract);
    }

    /// The unit that it controls.
    pub(super) fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Takes a dispatch of this unit on at `now`, in place of the revision held of the same ref. What is under way is
    /// continued from the present power.
    ///
    /// # Errors
    /// Why not; nothing changes then.
    pub(super) fn take_on(&mut self, dispatch: &Dispatch, now: UtcTime) -> Result<Taken, Refusal> {
        self.advance(now);
        let order = self.understood(dispatch, now)?;
        if !order.status.is_stop() {
            self.refuse(&order, now)?;
        }
        self.carry_out(order, now)
    }

    /// Takes an order on that nothing stands against.
    fn carry_out(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
        match order.status {
            Status::PreNotify => Ok(self.note(order, now)),
            Status::Run | Status::RunNow => self.schedule(order, now),
            Status::Stop => Ok(self.stop(order, now)),
            Status::EmergencyStop => Ok(self.cease(order, now)),
        }
    }

    /// Lets time pass up to `now`; stages that come by then can be taken with [`Controller::take_happened`].
    pub(super) fn advance(&mut self, now: UtcTime) {
        self.trajectory.cover(&self.unit, seconds(now));
        self.live(now);
        self.keep_safe(now);
        for (key, held) in &mut self.held {
            let come = held.pending.partition_point(|due| due.at <= now);
            for due in held.pending.drain(..come) {
                held.reported.insert(due.stage);
                let happened = Happened {
                    at: due.at,
                    key: key.clone(),
                    revision: held.order.revision,
                    status: held.order.status,
                    stage: due.stage,
                    detail: due.detail,
                };
                self.happened.extend(faulty::told(self.affected.as_deref_mut(), &self.unit, happened));
            }
        }
        self.release(now);
        self.happened.sort_by(|a, b| (a.at, &a.key, a.stage).cmp(&(b.at, &b.key, b.stage)));
    }

    /// The stages that have come since it was last asked, in order of time.
    pub(super) fn take_happened(&mut self) -> Vec<Happened> {
        std::mem::take(&mut self.happened)
    }

    /// When the next stage comes.
    pub(super) fn next_stage(&self) -> Option<UtcTime> {
        self.held.values().filter_map(|held| held.pending.first()).map(|due| due.at).min()
    }

    /// The dispatches during whose minutes the unit is metered, each from and until when.
    pub(super) fn metered(&self) -> impl Iterator<Item = (&DispatchKey, UtcTime, UtcTime)> {
        self.held.iter().filter_map(|(key, held)| {
            let over = held.closes.unwrap_or(held.order.end);
            let from = held.metered_from.filter(|from| *from <= over)?;
            Some((key, from, over + METERED_AFTER_S))
        })
    }

    /// The minute that ends at `end`, by the controller's own path.
    fn minute(&self, end: UtcTime) -> MinuteReading {
        let (from, to) = (seconds(end - 60), seconds(end));
        let path = self.trajectory.path(&self.unit, from, to);
        let kw = path.as_ref().map_or_else(|| self.trajectory.mean_kw(from, to), Path::mean_kw);
        MinuteReading {
            reading: Reading { at: to, kw },
            baseline_kw: Some(self.unit.baseline.curve(from, to).integral_hours(from, to) * 60.0),
            soc: self.trajectory.soc_at(to),
            kvar: self.unit.reactive.as_ref().map(|_| path.as_ref().map_or(0.0, Path::mean_kvar)),
        }
    }

    /// The minute that ends at `end` as it is reported for a dispatch, and whether it is marked bad: reactive power only
    /// where that has asked any. `None` when no reading comes.
    pub(super) fn minute_of(&self, key: &DispatchKey, end: UtcTime) -> Option<(MinuteReading, bool)> {
        let minute = self.minute(end);
        let meters_reactive = self.held.get(key).is_some_and(|held| held.meters_reactive);
        let minute = MinuteReading { kvar: minute.kvar.filter(|_| meters_reactive), ..minute };
        self.reported(minute, end).map(|(minute, is_bad)| (self.read(minute), is_bad))
    }

    /// A minute as the unit's meter reads it.
    fn read(&self, minute: MinuteReading) -> MinuteReading {
        let Unit { unit, meter, .. } = &self.unit;
        let Reading { at, kw } = minute.reading;
        MinuteReading {
            reading: Reading { at, kw: meter.reads(unit, Metered::Real, at, kw) },
            kvar: minute.kvar.map(|kvar| meter.reads(unit, Metered::Reactive, at, kvar)),
            ..minute
        }
    }

    /// The unit's sign of life.
    pub(super) fn pulse(&self, now: UtcTime) -> UnitPulse {
        let t = seconds(now);
        let truth = self.affected.as_ref().and_then(|affected| affected.truth(&self.unit, now));
        let (kw, soc) = truth.unwrap_or_else(|| (self.trajectory.delivered_kw_at(&self.unit, t), None));
        UnitPulse {
            unit: self.unit.unit.clone(),
            phase: self.trajectory.phase_at(t),
            kw,
            soc: soc.or_else(|| self.trajectory.soc_at(t)),
            alive: true,
        }
    }

    /// Forgets what is over and was metered by `before`.
    pub(super) fn forget_before(&mut self, before: UtcTime) {
        self.held.retain(|_, held| {
            let over = held.closes.unwrap_or(held.order.end).max(held.taken_at);
            !held.pending.is_empty() || over + METERED_AFTER_S > before
        });
        self.offered.forget_before(before);
        self.trajectory.forget_before(seconds(before));
        if self.affected.as_mut().is_some_and(|affected| affected.is_over(&self.unit, before)) {
            self.affected = None;
        }
    }

    /// Refuses what the unit cannot take on.
    fn refuse(&self, order: &Order, now: UtcTime) -> Result<(), Refusal> {
        refusal::of_window(order, now)?;
        refusal::of_rating(&self.unit, order)?;
        refusal::of_availability(&self.unit, &self.offered, order, now)?;
        self.refuse_overlap(order, now)?;
        let key = order.key();
        if order.status == Status::PreNotify && self.is_under_way(&key, seconds(now)) {
            let detail =
                format!("{key} is being delivered and cannot become a notice; send STOP to end the delivery");
            return Err(Refusal::new(Reason::WrongStatus, detail));
        }
        Ok(())
    }

    fn note(&mut self, order: Order, now: UtcTime) -> Taken {
        let taken = Taken {
            stage: Stage::Accepted,
            readback: order.readback(),
            detail: reactive_words(&order),
            reached_at: None,
        };
        self.hold(order, None, now);
        self.reroute(now);
        taken
    }

    fn schedule(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
        let instruction = order
            .instruction(&self.unit)
            .map_err(|problems| {
                let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Refusal::new(Reason::Malformed, words.join("; "))
            })?
            .ok_or_else(|| Refusal::new(Reason::Malformed, "there is no setpoint of real power to go to"))?;
        let (key, readback, reactive) = (order.key(), order.readback(), reactive_words(&order));
        let own = order.asks_reactive().then(|| order.document().ok()).flatten();
        self.hold(order, Some(instruction.clone()), now);
        let plan = self.reroute(now).remove(&key);
        let from = plan.as_ref().map_or_else(|| seconds(now), |(from, _)| *from);
        let mut lateness =
            plan.map(|(from, plan)| Lateness::of(&instruction, &plan, from)).unwrap_or_default();
        if let Some(own) = own {
            let short = reactive::shortfalls(&self.trajectory, &self.unit, from, instruction.end);
            lateness.add_reactive(&self.unit, &own, &short);
        }
        let words: Vec<String> = lateness.words.into_iter().chain(reactive).collect();
        Ok(Taken {
            stage: if lateness.is_late { Stage::Unreachable } else { Stage::Accepted },
            readback,
            detail: (!words.is_empty()).then(|| words.join("; ")),
            reached_at: lateness.reached_at,
        })
    }

    fn stop(&mut self, order: Order, now: UtcTime) -> Taken {
        let (key, readback) = (order.key(), order.readback());
        let (instruction, detail) = if self.is_under_way(&key, seconds(now)) {
            (Some(stop_instruction(&order, Follow::Stop)), None)
        } else if self.held.contains_key(&key) {
            (None, Some("the unit was not delivering it; nothing is to be stopped".to_owned()))
        } else {
            (None, Some("the unit holds no such dispatch; nothing is to be stopped".to_owned()))
        };
        let is_moving = instruction.is_some();
        self.hold(order, instruction, now);
        if let Some(held) = self.held.get_mut(&key).filter(|_| !is_moving) {
            held.set_stages(vec![Due::new(now, Stage::Stopped)]);
        }
        self.reroute(now);
        Taken { stage: Stage::Accepted, readback, detail, reached_at: None }
    }

    fn cease(&mut self, order: Order, now: UtcTime) -> Taken {
        let (key, readback) = (order.key(), order.readback());
        let stopping = self.end_others(&key, now);
        let instruction = stop_instruction(&order, Follow::EmergencyStop);
        self.hold(order, Some(instruction), now);
        if let Some(held) = self.held.get_mut(&key) {
            held.metered_from.get_or_insert(now);
        }
        self.reroute(now);
        let ceased = self.held.get(&key).and_then(|held| held.closes).unwrap_or(now);
        for other in stopping {
            if let Some(held) = self.held.get_mut(&other) {
                held.set_stages(vec![Due::new(ceased, Stage::Stopped)]);
            }
        }
        Taken { stage: Stage::Accepted, readback, detail: None, reached_at: None }
    }

    /// Ends everything else that the unit was doing or about to do, for an emergency stop. Answers the stops among it:
    /// they are obeyed by this one, and are over when it is.
    fn end_others(&mut self, stop: &DispatchKey, now: UtcTime) -> Vec<DispatchKey> {
        let mut stopping = Vec::new();
        for (other, held) in self.held.iter_mut().filter(|(k, held)| *k != stop && held.is_open(now)) {
            if held.order.status.is_stop() {
                held.instruction = None;
                stopping.push(other.clone());
                continue;
            }
            tracing::info!(unit = %self.unit.unit, dispatch = %other, by = %stop, "ended by an emergency stop");
            held.set_stages(vec![Due {
                at: now,
                stage: Stage::Failed,
                detail: Some(format!(
                    "the unit is held by the emergency stop {stop}; a greater revision or a new dispatch releases it"
                )),
            }]);
        }
        stopping
    }

    /// Refuses a window in which the unit has promised something else.
    fn refuse_overlap(&self, order: &Order, now: UtcTime) -> Result<(), Refusal> {
        let key = order.key();
        let begins = if order.status == Status::RunNow { order.start.min(now) } else { order.start };
        let other = self.held.iter().find(|(k, held)| {
            let delivers = held.delivers() && held.is_open(now);
            **k != key && delivers && begins < held.order.end && held.begins() < order.end
        });
        other.map_or(Ok(()), |(k, held)| {
            let detail = format!(
                "the unit has taken on {k} from {} to {}; stop that one, or choose another window",
                held.begins(),
                held.order.end
            );
            Err(Refusal::new(Reason::Unavailable, detail))
        })
    }

    /// Whether the unit is away from baseline, or on its way, for this dispatch.
    fn is_under_way(&self, key: &DispatchKey, t: f64) -> bool {
        let leg = self.trajectory.leg_at(t);
        let is_its = leg.follows.as_ref().is_some_and(|(followed, _)| followed == key);
        is_its && !matches!(leg.plan.phase_at(t), UnitPhase::Off | UnitPhase::Rebound | UnitPhase::Inhibited)
    }

    /// Puts an order in the place of the one held of the same ref.
    fn hold(&mut self, order: Order, instruction: Option<Instruction>, now: UtcTime) {
        let key = order.key();
        let before = self.held.get(&key);
        let metered_from = before.and_then(|held| held.metered_from).filter(|from| *from <= now);
        let meters_reactive = order.asks_reactive() || before.is_some_and(|held| held.meters_reactive);
        let held = Held {
            order,
            instruction,
            taken_at: now,
            pending: Vec::new(),
            reported: BTreeSet::new(),
            closes: None,
            metered_from,
            meters_reactive,
        };
        self.held.insert(key, Box::new(held));
    }
}

/// A stop from the controller's own model.
fn stop_instruction(order: &Order, follow: Follow) -> Instruction {
    Instruction {
        follow,
        start: seconds(order.start),
        end: seconds(order.end),
        targets: Vec::new(),
        revision: order.revision,
    }
}

fn reactive_words(order: &Order) -> Option<String> {
    order
        .leaves_out_reactive
        .then(|| "reactive power is not controlled by this unit and is not acted on".to_owned())
}
