//! A unit's path through time: one plan after another, each followed until the next begins.

use crate::dispatch::{DispatchKey, Revision};
use crate::power::{AssetState, Instruction, Plan, UnitPhase, plan};
use crate::profile::fleet::Unit;

/// How far beyond the last thing asked a plan is made, seconds.
const HORIZON_S: f64 = 26.0 * 3600.0;

/// A plan that is followed from `from` until the next leg begins.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) from: f64,
    /// Whose plan it is; `None` while nothing is asked.
    pub(super) follows: Option<(DispatchKey, Revision)>,
    pub(super) plan: Plan,
    /// The plan is known until then.
    covered_to: f64,
}

/// The legs in time order; never empty.
#[derive(Clone, Debug)]
pub(super) struct Trajectory {
    first: Leg,
    rest: Vec<Leg>,
}

impl Trajectory {
    /// At baseline from `from` on.
    pub(super) fn idle(unit: &Unit, from: f64) -> Self {
        let state = unit.asset.initial_state(unit.baseline.at(from));
        let covered_to = from + HORIZON_S;
        let plan = plan(&unit.asset, &unit.baseline, &state, None, from, covered_to);
        Self { first: Leg { from, follows: None, plan, covered_to }, rest: Vec::new() }
    }

    /// The leg that is followed at an instant.
    pub(super) fn leg_at(&self, t: f64) -> &Leg {
        self.rest.iter().rev().find(|leg| leg.from <= t).unwrap_or(&self.first)
    }

    /// Where the unit stands at an instant.
    pub(super) fn state_at(&self, t: f64) -> AssetState {
        self.leg_at(t).plan.state_at(t)
    }

    /// What the unit is doing at an instant.
    pub(super) fn phase_at(&self, t: f64) -> UnitPhase {
        self.leg_at(t).plan.phase_at(t)
    }

    /// Mean net kW from `from` to `to`, exactly.
    pub(super) fn mean_kw(&self, from: f64, to: f64) -> f64 {
        let mut kwh = 0.0;
        let mut legs = std::iter::once(&self.first).chain(&self.rest).peekable();
        let mut is_first = true;
        while let Some(leg) = legs.next() {
            let begins = if is_first { from } else { leg.from.max(from) };
            let ends = legs.peek().map_or(to, |next| next.from.min(to));
            if ends > begins {
                kwh += leg.plan.curve.integral_hours(begins, ends);
            }
            is_first = false;
        }
        kwh * 3600.0 / (to - from)
    }

    /// Forgets every leg that begins after `t`.
    pub(super) fn keep_until(&mut self, t: f64) {
        self.rest.retain(|leg| leg.from <= t);
    }

    /// From `from` on the unit follows `instruction` for `follows`; legs that would begin then or later are gone. What
    /// the unit `was_told` before then takes effect at once; else its delay runs first. Answers the new plan.
    pub(super) fn follow(
        &mut self,
        unit: &Unit,
        from: f64,
        follows: Option<(DispatchKey, Revision)>,
        instruction: Option<&Instruction>,
        was_told: bool,
    ) -> &Plan {
        let mut state = self.state_at(from);
        if was_told {
            state.under_way.following = instruction.map(Instruction::fingerprint);
            state.under_way.toward_kw = None;
            state.under_way.wait_s = 0.0;
        }
        self.rest.retain(|leg| leg.from < from);
        let covered_to = instruction.map_or(from, |i| i.end.max(from)) + HORIZON_S;
        let plan = plan(&unit.asset, &unit.baseline, &state, instruction, from, covered_to);
        let leg = Leg { from, follows, plan, covered_to };
        if self.first.from >= from {
            self.first = leg;
            return &self.first.plan;
        }
        &self.rest.push_mut(leg).plan
    }

    /// Makes sure that the path is known for some time after `t`.
    pub(super) fn cover(&mut self, unit: &Unit, t: f64) {
        loop {
            let covered_to = self.rest.last().unwrap_or(&self.first).covered_to;
            if covered_to >= t + HORIZON_S / 2.0 {
                return;
            }
            self.follow(unit, covered_to, None, None, true);
        }
    }

    /// Forgets what was followed before `t` only.
    pub(super) fn forget_before(&mut self, t: f64) {
        while self.rest.first().is_some_and(|next| next.from <= t) {
            self.first = self.rest.remove(0);
        }
    }
}
