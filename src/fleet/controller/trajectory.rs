//! A unit's path through time: one plan after another, each followed until the next begins.

use crate::dispatch::{DispatchKey, Revision};
use crate::power::reactive::{Path, Request};
use crate::power::{AssetState, Curve, Instruction, Plan, UnitPhase, plan};
use crate::profile::fleet::Unit;

use super::reactive;

/// How far beyond the last thing asked a plan is made, seconds.
const HORIZON_S: f64 = 26.0 * 3600.0;

/// A plan that is followed from `from` until the next leg begins.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) from: f64,
    /// Whose plan it is; `None` while nothing is asked.
    pub(super) follows: Option<(DispatchKey, Revision)>,
    pub(super) plan: Plan,
    /// The kvar that it is to give meanwhile, as steps.
    pub(super) kvar: Curve,
    /// The plan is known until then.
    covered_to: f64,
}

/// The legs in time order; never empty.
#[derive(Clone, Debug)]
pub(in crate::fleet) struct Trajectory {
    first: Leg,
    rest: Vec<Leg>,
}

impl Trajectory {
    /// At baseline from `from` on.
    pub(in crate::fleet) fn idle(unit: &Unit, from: f64) -> Self {
        let state = unit.asset.initial_state(unit.baseline.at(from));
        let covered_to = from + HORIZON_S;
        let plan = plan(&unit.asset, &unit.baseline, &state, None, from, covered_to);
        Self {
            first: Leg { from, follows: None, plan, kvar: Curve::default(), covered_to },
            rest: Vec::new(),
        }
    }

    /// The leg that is followed at an instant.
    pub(super) fn leg_at(&self, t: f64) -> &Leg {
        self.rest.iter().rev().find(|leg| leg.from <= t).unwrap_or(&self.first)
    }

    /// Where the unit stands at an instant.
    pub(in crate::fleet) fn state_at(&self, t: f64) -> AssetState {
        self.leg_at(t).plan.state_at(t)
    }

    /// Net kW at an instant: as planned, less what reactive power leaves no room for.
    pub(in crate::fleet) fn delivered_kw_at(&self, unit: &Unit, t: f64) -> f64 {
        let leg = self.leg_at(t);
        reactive::kw_beside(unit, leg.plan.curve.at(t), leg.kvar.at(t))
    }

    /// Mean net kW from `from` to `to`, beside reactive power.
    pub(in crate::fleet) fn delivered_mean_kw(&self, unit: &Unit, from: f64, to: f64) -> f64 {
        let path = self.path(unit, from, to);
        path.as_ref().map_or_else(|| self.mean_kw(from, to), Path::mean_kw)
    }

    /// From `t` on it stands there with nothing asked, whatever its path said: found to be so.
    pub(super) fn stands(&mut self, unit: &Unit, t: f64, kw: f64, soc: f64) {
        let state = AssetState { kw, soc: Some(soc), ..self.state_at(t) };
        let covered_to = t + HORIZON_S;
        let plan = plan(&unit.asset, &unit.baseline, &state, None, t, covered_to);
        self.rest.retain(|leg| leg.from < t);
        let leg = Leg { from: t, follows: None, plan, kvar: Curve::default(), covered_to };
        if self.first.from >= t {
            self.first = leg;
        } else {
            self.rest.push(leg);
        }
    }

    /// The state of charge (0 to 1) at an instant, where the unit has one.
    pub(super) fn soc_at(&self, t: f64) -> Option<f64> {
        self.leg_at(t).plan.soc_at(t)
    }

    /// What the unit is doing at an instant.
    pub(super) fn phase_at(&self, t: f64) -> UnitPhase {
        self.leg_at(t).plan.phase_at(t)
    }

    /// Mean net kW from `from` to `to` as planned, exactly.
    pub(super) fn mean_kw(&self, from: f64, to: f64) -> f64 {
        let legs = self.legs_within(from, to);
        let kwh: f64 = legs.map(|(leg, begins, ends)| leg.plan.curve.integral_hours(begins, ends)).sum();
        kwh * 3600.0 / (to - from)
    }

    /// The legs that are followed from `from` to `to`, each with the part of that time.
    fn legs_within(&self, from: f64, to: f64) -> impl Iterator<Item = (&Leg, f64, f64)> {
        let begins = std::iter::once(from).chain(self.rest.iter().map(move |leg| leg.from.max(from)));
        let ends = self.rest.iter().map(move |leg| leg.from.min(to)).chain([to]);
        let legs = std::iter::once(&self.first).chain(&self.rest);
        legs.zip(begins.zip(ends)).map(|(leg, (begins, ends))| (leg, begins, ends)).filter(|(_, b, e)| e > b)
    }

    /// The kvar that the unit is to give at an instant.
    pub(super) fn asked_kvar(&self, t: f64) -> f64 {
        self.leg_at(t).kvar.at(t)
    }

    /// Real and reactive power from `from` to `to`; `None` when the unit is to give no reactive power in that time, so
    /// that its real power is as planned.
    pub(super) fn path(&self, unit: &Unit, from: f64, to: f64) -> Option<Path> {
        let capability = unit.reactive.as_ref()?;
        let (mut planned, mut asked) = (Vec::new(), Vec::new());
        for (leg, begins, ends) in self.legs_within(from, to) {
            planned.extend_from_slice(leg.plan.curve.between(begins, ends).points());
            asked.extend_from_slice(leg.kvar.between(begins, ends).points());
        }
        if asked.iter().all(|(_, kvar)| *kvar == 0.0) {
            return None;
        }
        Some(Path::of(capability, &Curve::new(planned)?, &Curve::new(asked)?, from, to))
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
        request: Option<&Request>,
        was_told: bool,
    ) -> &Plan {
        let mut state = self.state_at(from);
        let kvar = match instruction {
            Some(_) if unit.reactive.is_some() => {
                let delay_s = if was_told { 0.0 } else { unit.asset.delay_s(&state) };
                asked_from(from, delay_s, self.asked_kvar(from), request)
            }
            _ => Curve::default(),
        };
        if was_told {
            state.under_way.following = instruction.map(Instruction::fingerprint);
            state.under_way.toward_kw = None;
            state.under_way.wait_s = 0.0;
        }
        self.rest.retain(|leg| leg.from < from);
        let covered_to = instruction.map_or(from, |i| i.end.max(from)) + HORIZON_S;
        let plan = plan(&unit.asset, &unit.baseline, &state, instruction, from, covered_to);
        let leg = Leg { from, follows, plan, kvar, covered_to };
        if self.first.from >= from {
            self.first = leg;
            return &self.first.plan;
        }
        &self.rest.push_mut(leg).plan
    }

    /// Makes sure that the path is known for some time after `t`.
    pub(in crate::fleet) fn cover(&mut self, unit: &Unit, t: f64) {
        loop {
            let covered_to = self.rest.last().unwrap_or(&self.first).covered_to;
            if covered_to >= t + HORIZON_S / 2.0 {
                return;
            }
            self.follow(unit, covered_to, None, None, None, true);
        }
    }

    /// Forgets what was followed before `t` only.
    pub(super) fn forget_before(&mut self, t: f64) {
        while self.rest.first().is_some_and(|next| next.from <= t) {
            self.first = self.rest.remove(0);
        }
    }
}

/// The kvar that a unit is to give from `from` on: `before` until what it is told takes effect.
fn asked_from(from: f64, delay_s: f64, before: f64, request: Option<&Request>) -> Curve {
    let acts_at = from + delay_s;
    match request {
        Some(request) => request.steps(from, acts_at, before),
        None => Curve::new(vec![(from, before), (acts_at, before), (acts_at, 0.0)]).unwrap_or_default(),
    }
}
