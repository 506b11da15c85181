//! The unit's path through everything that it has taken on: one dispatch's plan after another.

use std::collections::BTreeMap;

use crate::dispatch::{DispatchKey, Stage};
use crate::power::{Plan, UnitPhase};
use crate::time::UtcTime;

use super::Controller;
use super::held::Held;
use super::reactive;
use super::stages::{self, seconds, whole_second};

impl Controller {
    /// Plans the unit's path anew where what is asked has changed, and the stages with it. Answers the plans made, by
    /// dispatch, each with the instant from which it counts.
    pub(super) fn reroute(&mut self, now: UtcTime) -> BTreeMap<DispatchKey, (f64, Plan)> {
        let mut asked: Vec<DispatchKey> =
            self.held.iter().filter(|(_, held)| held.is_open(now)).map(|(key, _)| key.clone()).collect();
        asked.sort_by_key(|key| self.held.get(key).map(|held| held.begins()));

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
            self.trajectory.follow(&self.unit, t, None, None, None, false);
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
        let request = held.order.request();
        let plan = self
            .trajectory
            .follow(&self.unit, from, follows, Some(instruction), request.as_ref(), was_told)
            .clone();
        let mut stages = stages::of_plan(instruction, &self.unit.baseline, &plan, from, under_way);
        if request.is_some() {
            let short = reactive::shortfalls(&self.trajectory, &self.unit, from, instruction.end);
            reactive::put_off(&mut stages, &short, instruction);
        }
        held.set_stages(stages);
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
