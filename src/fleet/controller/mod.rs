//! One unit's controller: it takes dispatches on or refuses them, holds its own model of each, and knows its unit's
//! exact path. Pure: time is passed in, nothing is sent.

mod order;
mod refusal;
mod stages;
#[cfg(test)]
mod tests;
mod trajectory;

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::{Dispatch, DispatchKey, Readback, Reason, Revision, Stage, Status};
use crate::openadr::mapping::{MinuteReading, UnitPulse};
use crate::power::{Follow, Instruction, Miss, Plan, Reading, UnitPhase};
use crate::profile::fleet::Unit;
use crate::time::UtcTime;
use crate::units::grouped;

use order::Order;
pub(super) use refusal::Refusal;
pub(super) use stages::seconds;
use stages::{Due, whole_second};
use trajectory::Trajectory;

/// For how long after the end of a dispatch its unit is metered, seconds: long enough to see a rebound.
const METERED_AFTER_S: i64 = 3600;

/// How a dispatch was taken on (Appendix A's acknowledgement).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    /// ACCEPTED, or UNREACHABLE when a level will be late.
    pub(super) stage: Stage,
    /// From the controller's own model.
    pub(super) readback: Readback,
    /// In words, when there is something to say.
    pub(super) detail: Option<String>,
    /// When the first late level will be delivered.
    pub(super) reached_at: Option<UtcTime>,
}

/// A stage that the unit has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Happened {
    pub(super) at: UtcTime,
    pub(super) key: DispatchKey,
    pub(super) revision: Revision,
    pub(super) status: Status,
    pub(super) stage: Stage,
    pub(super) detail: Option<String>,
}

/// A dispatch that the unit has taken on.
#[derive(Clone, Debug)]
struct Held {
    order: Order,
    /// What moves the unit; `None` for a notice and for a stop that finds nothing to stop.
    instruction: Option<Instruction>,
    /// When this revision was taken on.
    taken_at: UtcTime,
    /// Stages still to come, in order of time.
    pending: Vec<Due>,
    /// Stages of this revision that have come.
    reported: BTreeSet<Stage>,
    /// When its last stage comes, once that is known.
    closes: Option<UtcTime>,
    /// When the unit first moved for it, through all revisions.
    metered_from: Option<UtcTime>,
}

impl Held {
    /// Whether it asks something of the unit at `now` or later.
    fn is_open(&self, now: UtcTime) -> bool {
        self.instruction.is_some() && self.closes.is_none_or(|closes| closes > now)
    }

    /// From when on it asks something of the unit.
    fn begins(&self) -> UtcTime {
        match self.order.status {
            Status::Run | Status::PreNotify => self.order.start,
            Status::RunNow => self.order.start.min(self.taken_at),
            Status::Stop | Status::EmergencyStop => self.taken_at,
        }
    }

    fn set_stages(&mut self, stages: Vec<Due>) {
        self.closes = stages.last().map(|due| due.at);
        self.pending = stages.into_iter().filter(|due| !self.reported.contains(&due.stage)).collect();
    }
}

/// A unit's controller.
#[derive(Clone, Debug)]
pub(super) struct Controller {
    unit: Unit,
    held: BTreeMap<DispatchKey, Held>,
    trajectory: Trajectory,
    happened: Vec<Happened>,
}

impl Controller {
    /// A unit at baseline.
    pub(super) fn new(unit: &Unit, now: UtcTime) -> Self {
        Self {
            unit: unit.clone(),
            held: BTreeMap::new(),
            trajectory: Trajectory::idle(unit, seconds(now)),
            happened: Vec::new(),
        }
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
        let order = Order::of(dispatch);
        match order.status {
            Status::PreNotify => self.note(order, now),
            Status::Run | Status::RunNow => self.schedule(order, now),
            Status::Stop => self.stop(order, now),
            Status::EmergencyStop => self.cease(order, now),
        }
    }

    /// Lets time pass up to `now`; stages that come by then can be taken with [`Controller::take_happened`].
    pub(super) fn advance(&mut self, now: UtcTime) {
        self.trajectory.cover(&self.unit, seconds(now));
        for (key, held) in &mut self.held {
            let come = held.pending.partition_point(|due| due.at <= now);
            for due in held.pending.drain(..come) {
                held.reported.insert(due.stage);
                self.happened.push(Happened {
                    at: due.at,
                    key: key.clone(),
                    revision: held.order.revision,
                    status: held.order.status,
                    stage: due.stage,
                    detail: due.detail,
                });
            }
        }
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

    /// The minute that ends at `end`.
    pub(super) fn minute(&self, end: UtcTime) -> MinuteReading {
        let (from, to) = (seconds(end - 60), seconds(end));
        MinuteReading {
            reading: Reading { at: to, kw: self.trajectory.mean_kw(from, to) },
            baseline_kw: Some(self.unit.baseline.curve(from, to).integral_hours(from, to) * 60.0),
            soc: self.trajectory.state_at(to).soc,
        }
    }

    /// The unit's sign of life.
    pub(super) fn pulse(&self, now: UtcTime) -> UnitPulse {
        let state = self.trajectory.state_at(seconds(now));
        UnitPulse {
            unit: self.unit.unit.clone(),
            phase: self.trajectory.phase_at(seconds(now)),
            kw: state.kw,
            soc: state.soc,
            alive: true,
        }
    }

    /// Forgets what is over and was metered by `before`.
    pub(super) fn forget_before(&mut self, before: UtcTime) {
        self.held.retain(|_, held| {
            let over = held.closes.unwrap_or(held.order.end).max(held.taken_at);
            !held.pending.is_empty() || over + METERED_AFTER_S > before
        });
        self.trajectory.forget_before(seconds(before));
    }

    fn note(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
        refusal::of_window(&order, now)?;
        refusal::of_rating(&self.unit, &order)?;
        self.refuse_overlap(&order, now)?;
        let key = order.key();
        if self.is_under_way(&key, seconds(now)) {
            let detail =
                format!("{key} is being delivered and cannot become a notice; send STOP to end the delivery");
            return Err(Refusal::new(Reason::WrongStatus, detail));
        }
        let taken = Taken {
            stage: Stage::Accepted,
            readback: order.readback(),
            detail: reactive_words(&order),
            reached_at: None,
        };
        self.hold(order, None, now);
        self.reroute(now);
        Ok(taken)
    }

    fn schedule(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
        refusal::of_window(&order, now)?;
        refusal::of_rating(&self.unit, &order)?;
        self.refuse_overlap(&order, now)?;
        let instruction = order
            .instruction(&self.unit.baseline)
            .map_err(|problems| {
                let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Refusal::new(Reason::Malformed, words.join("; "))
            })?
            .ok_or_else(|| Refusal::new(Reason::Malformed, "there is no setpoint of real power to go to"))?;
        let (key, readback, reactive) = (order.key(), order.readback(), reactive_words(&order));
        self.hold(order, Some(instruction.clone()), now);
        let plan = self.reroute(now).remove(&key);
        let lateness = plan.map(|(from, plan)| Lateness::of(&instruction, &plan, from)).unwrap_or_default();
        let words: Vec<String> = lateness.words.into_iter().chain(reactive).collect();
        Ok(Taken {
            stage: if lateness.is_late { Stage::Unreachable } else { Stage::Accepted },
            readback,
            detail: (!words.is_empty()).then(|| words.join("; ")),
            reached_at: lateness.reached_at,
        })
    }

    fn stop(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
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
        Ok(Taken { stage: Stage::Accepted, readback, detail, reached_at: None })
    }

    fn cease(&mut self, order: Order, now: UtcTime) -> Result<Taken, Refusal> {
        let (key, readback) = (order.key(), order.readback());
        for (other, held) in self.held.iter_mut().filter(|(k, held)| **k != key && held.is_open(now)) {
            tracing::warn!(unit = %self.unit.unit, dispatch = %other, by = %key, "ended by an emergency stop");
            held.set_stages(vec![Due {
                at: now,
                stage: Stage::Failed,
                detail: Some(format!(
                    "the unit is held by the emergency stop {key}; a greater revision or a new dispatch releases it"
                )),
            }]);
        }
        let instruction = stop_instruction(&order, Follow::EmergencyStop);
        self.hold(order, Some(instruction), now);
        if let Some(held) = self.held.get_mut(&key) {
            held.metered_from.get_or_insert(now);
        }
        self.reroute(now);
        Ok(Taken { stage: Stage::Accepted, readback, detail: None, reached_at: None })
    }

    /// Refuses a window in which the unit has promised something else.
    fn refuse_overlap(&self, order: &Order, now: UtcTime) -> Result<(), Refusal> {
        let key = order.key();
        let begins = if order.status == Status::RunNow { order.start.min(now) } else { order.start };
        let other = self.held.iter().find(|(k, held)| {
            let delivers = matches!(held.order.status, Status::Run | Status::RunNow) && held.is_open(now);
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
        let metered_from = self.held.get(&key).and_then(|held| held.metered_from).filter(|from| *from <= now);
        let held = Held {
            order,
            instruction,
            taken_at: now,
            pending: Vec::new(),
            reported: BTreeSet::new(),
            closes: None,
            metered_from,
        };
        self.held.insert(key, held);
    }

    /// Plans the unit's path anew where what is asked has changed, and the stages with it. Answers the plans made, by
    /// dispatch, each with the instant from which it counts.
    fn reroute(&mut self, now: UtcTime) -> BTreeMap<DispatchKey, (f64, Plan)> {
        let mut asked: Vec<DispatchKey> =
            self.held.iter().filter(|(_, held)| held.is_open(now)).map(|(key, _)| key.clone()).collect();
        asked.sort_by_key(|key| self.held.get(key).map(Held::begins));

        let t = seconds(now);
        self.trajectory.keep_until(t);
        let mut from = t;
        let mut next = asked.into_iter().peekable();
        if let Some(first) = next.next_if(|key| self.is_followed(key, t)) {
            from = self.held.get(&first).map_or(t, |held| leaves_at(held, t));
        } else if next.peek().is_none() && self.follows_nothing_open(t, now) {
            return BTreeMap::new();
        }
        let mut planned = BTreeMap::new();
        for key in next {
            if let Some(plan) = self.plan_leg(&key, from, t) {
                planned.insert(key.clone(), (from, plan));
            }
            from = self.held.get(&key).map_or(from, |held| leaves_at(held, from));
        }
        if planned.is_empty() && from == t {
            self.trajectory.follow(&self.unit, t, None, None, false);
        }
        planned
    }

    /// Whether the unit follows the revision held of this dispatch at `t` already.
    fn is_followed(&self, key: &DispatchKey, t: f64) -> bool {
        let leg = self.trajectory.leg_at(t);
        let revision = self.held.get(key).map(|held| held.order.revision);
        leg.follows.as_ref().is_some_and(|(followed, of)| followed == key && Some(*of) == revision)
    }

    /// Whether what the unit follows at `t` is over or nothing, so that it can be left to run out.
    fn follows_nothing_open(&self, t: f64, now: UtcTime) -> bool {
        let Some((key, revision)) = &self.trajectory.leg_at(t).follows else { return true };
        let held = self.held.get(key);
        held.is_none_or(|held| {
            held.order.revision == *revision && held.closes.is_some_and(|closes| closes <= now)
        })
    }

    /// Plans one dispatch's leg and its stages.
    fn plan_leg(&mut self, key: &DispatchKey, from: f64, now: f64) -> Option<Plan> {
        let under_way = self.is_under_way(key, now) && self.trajectory.phase_at(now) != UnitPhase::Starting;
        let held = self.held.get_mut(key)?;
        let instruction = held.instruction.as_ref()?;
        let follows = Some((key.clone(), held.order.revision));
        let was_told = from > now;
        let plan = self.trajectory.follow(&self.unit, from, follows, Some(instruction), was_told).clone();
        held.set_stages(stages::of_plan(instruction, &self.unit.baseline, &plan, from, under_way));
        let moves = held.pending.iter().find(|due| due.stage == Stage::Started).map(|due| due.at);
        if !held.order.status.is_stop() {
            let begins = whole_second(seconds(held.begins()).max(now));
            let from = moves.map_or(begins, |moves| moves.min(begins));
            held.metered_from = Some(held.metered_from.map_or(from, |earlier| earlier.min(from)));
        }
        Some(plan)
    }
}

/// When the unit is free for the next dispatch, once it follows this one from `from`.
fn leaves_at(held: &Held, from: f64) -> f64 {
    let over = match (held.order.status.is_stop(), held.closes, &held.instruction) {
        (true, Some(closes), _) => seconds(closes),
        (_, _, Some(instruction)) => instruction.end,
        _ => from,
    };
    over.max(from)
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

/// How an accepted plan falls short of what was asked.
#[derive(Default)]
struct Lateness {
    is_late: bool,
    reached_at: Option<UtcTime>,
    words: Vec<String>,
}

impl Lateness {
    /// What of a plan made at `from` comes late or not at all. RUN_NOW asks for the first level as fast as the ramp
    /// allows, so that level is never late.
    fn of(instruction: &Instruction, plan: &Plan, from: f64) -> Self {
        let in_force = stages::target_in_force(instruction, from);
        let counts = |miss: &&Miss| {
            let at_once =
                instruction.follow == Follow::Now && miss.target == in_force && miss.late_s.is_some();
            miss.target >= in_force && !at_once
        };
        let misses: Vec<&Miss> = plan.misses.iter().filter(counts).collect();
        let late: Vec<&&Miss> = misses.iter().filter(|m| m.late_s.is_none_or(|s| s >= 0.5)).collect();
        let reached_at = late.iter().find_map(|m| Some(instruction.targets.get(m.target)?.at + m.late_s?));
        Self {
            is_late: !late.is_empty(),
            reached_at: reached_at.map(whole_second),
            words: misses.iter().filter_map(|m| miss_words(instruction, m)).collect(),
        }
    }
}

fn miss_words(instruction: &Instruction, miss: &Miss) -> Option<String> {
    let at = whole_second(instruction.targets.get(miss.target)?.at);
    let (kw, kwh, why) = (grouped(miss.short_kw, 1), grouped(miss.short_kwh, 1), miss.because);
    Some(match miss.late_s {
        None => {
            format!("the level at {at} is never reached: {kw} kW short at its time, {kwh} kWh in all ({why})")
        }
        Some(late) if late >= 0.5 => {
            format!(
                "the level at {at} is {kw} kW short at its time and reached {} s late ({why})",
                grouped(late, 0)
            )
        }
        Some(_) => format!("the level at {at} cannot be held: {kwh} kWh short ({why})"),
    })
}
