//! What a unit does when it is told at rest to go to a level at once, and is let go after a while.

use crate::dispatch::Revision;
use crate::power::{Asset, Baseline, Curve, Follow, Instruction, Target};

use super::phase::UnitPhase;
use super::plan::plan;

/// How long a level is looked at for an end of energy or time, seconds.
const KEPT_FOR_S: f64 = 86_400.0;
/// How long the way back is looked at, seconds.
const BACK_WITHIN_S: f64 = 21_600.0;
/// A level is held for as long as it took to reach it, but between these, seconds.
const HELD_S: (f64, f64) = (300.0, 3600.0);
/// How long a level that is never reached is asked, seconds.
const TRIED_S: f64 = 1800.0;
/// Powers nearer than this are the same, kW.
const SAME_KW: f64 = 1e-6;

/// A unit's answer to a step, by its declared physics.
#[derive(Clone, Debug, PartialEq)]
pub struct StepResponse {
    /// Net kW before anything is asked.
    pub rest_kw: f64,
    /// Net kW asked.
    pub level_kw: f64,
    /// The instant of the instruction, seconds of UTC.
    pub from: f64,
    /// The instant at which the unit is let go, seconds of UTC.
    pub released: f64,
    /// The curves reach to here, seconds of UTC.
    pub until: f64,
    /// Net kW that it delivers.
    pub curve: Curve,
    /// Net kW that it would deliver if nothing were asked.
    pub rest: Curve,
    /// Seconds from the instruction to the first movement; `None` when it does not move.
    pub delay_s: Option<f64>,
    /// Seconds from the instruction until nine tenths of the way are done; `None` when they never are.
    pub to_90_s: Option<f64>,
    /// Seconds from the instruction until the level is reached; `None` when it never is.
    pub to_level_s: Option<f64>,
    /// kW by which it goes beyond the level; 0 when it does not, or when its power is nature's and the level a limit.
    pub overshoot_kw: f64,
    /// Seconds from the instruction until it leaves the level, or stops short of it, because its energy or its time is at
    /// an end; `None` when it keeps the level for a day.
    pub kept_s: Option<f64>,
    /// Seconds from the release until it first is as if nothing had been asked; `None` when that takes over six hours.
    pub back_s: Option<f64>,
}

/// The whole way that a unit can be told to go from rest, net kW; `None` for a way that it cannot go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FullSteps {
    /// More export or less import.
    pub up: Option<f64>,
    /// Less export or more import.
    pub down: Option<f64>,
}

impl FullSteps {
    /// From a baseline of so many kW. A farm is limited downwards alone, an EV hub upwards alone.
    pub fn of(asset: &Asset, baseline_kw: f64) -> Self {
        let (least, most) = asset.limits_kw(baseline_kw);
        let up = (most > baseline_kw + SAME_KW && !matches!(asset, Asset::Renewable(_))).then_some(most);
        let down = (least < baseline_kw - SAME_KW && !matches!(asset, Asset::EvHub(_))).then_some(least);
        Self { up, down }
    }

    /// The first of them that there is: up before down.
    pub fn first(self) -> Option<f64> {
        self.up.or(self.down)
    }
}

/// The answer to a step to `level_kw` (net) that is told at `from`, seconds of UTC, to a unit at rest: as it stands before
/// anything was asked. `None` for an asset that [`Asset::faults`] names a fault of, and for numbers that are none.
pub fn step_response(asset: &Asset, baseline: &Baseline, level_kw: f64, from: f64) -> Option<StepResponse> {
    if !(asset.faults().is_empty() && baseline.fault().is_none() && level_kw.is_finite() && from.is_finite())
    {
        return None;
    }
    let step = Step::new(asset, baseline, level_kw, from);
    let long = step.planned(from + KEPT_FOR_S, from + KEPT_FOR_S);
    let rise = step.reached(&long.curve, 1.0);
    let exhausted = long.marks.iter().find(|mark| mark.phase == UnitPhase::Exhausted).map(|mark| mark.at);
    let left = rise.and_then(|rise| step.left(&long.curve, from + rise));
    let kept_s = exhausted.map(|at| left.map_or(at, |left| left.min(at)) - from);

    let held = rise.map_or(TRIED_S, |rise| rise + rise.clamp(HELD_S.0, HELD_S.1));
    let released = from + held;
    let short = step.planned(released, released + BACK_WITHIN_S);
    let rest = step.at_rest(released + BACK_WITHIN_S);
    let change = short.curve.minus(&rest);
    let back_s = back_after(&change, released).map(|at| at - released);
    let moves = |pair: &&[(f64, f64)]| pair.iter().any(|p| p.1.abs() > SAME_KW);
    let settled = change.points().windows(2).rfind(moves).map_or(released, |pair| pair[1].0);
    // What it takes back afterwards belongs to it, but must not press the step together.
    let after = (settled - released).min(back_s.unwrap_or(BACK_WITHIN_S).max(held * 2.0));
    let until = released + after.max(60.0) * 1.08;
    Some(StepResponse {
        rest_kw: rest.at(from),
        level_kw,
        from,
        released,
        until,
        delay_s: change.points().windows(2).find(|w| w[1].1.abs() > SAME_KW).map(|w| w[0].0 - from),
        to_90_s: step.reached(&long.curve, 0.9),
        to_level_s: rise,
        overshoot_kw: step.overshoot(&short.curve, released),
        kept_s,
        back_s,
        curve: short.curve.between(from, until),
        rest: rest.between(from, until),
    })
}

/// A step and who is told it.
struct Step<'a> {
    asset: &'a Asset,
    baseline: &'a Baseline,
    level_kw: f64,
    from: f64,
    /// The level is a limit, and what is below it nature's.
    is_limit: bool,
    /// From where to where, in kW against baseline, or net kW for a limit.
    start: f64,
    goal: f64,
}

impl<'a> Step<'a> {
    fn new(asset: &'a Asset, baseline: &'a Baseline, level_kw: f64, from: f64) -> Self {
        let is_limit = asset.keeps_to_a_limit();
        let mut step = Self { asset, baseline, level_kw, from, is_limit, start: 0.0, goal: 0.0 };
        let base = if is_limit { 0.0 } else { baseline.at(from) };
        step.goal = level_kw - base;
        step.start = step.at_rest(from).at(from) - base;
        step
    }

    fn planned(&self, end: f64, until: f64) -> super::Plan {
        // A level against baseline goes with it, wherever that goes.
        let delta_kw = (!self.is_limit).then_some(self.goal);
        let target = Target { at: self.from, kw: self.level_kw, delta_kw };
        let instruction = Instruction {
            follow: Follow::Now,
            start: self.from,
            end,
            targets: vec![target],
            revision: Revision::FIRST,
        };
        let state = self.asset.initial_state(self.baseline.at(self.from));
        plan(self.asset, self.baseline, &state, Some(&instruction), self.from, until)
    }

    fn at_rest(&self, until: f64) -> Curve {
        let state = self.asset.initial_state(self.baseline.at(self.from));
        plan(self.asset, self.baseline, &state, None, self.from, until).curve
    }

    /// The curve in the terms of the goal.
    fn own(&self, curve: &Curve) -> Curve {
        if self.is_limit {
            return curve.clone();
        }
        let until = curve.points().last().map_or(self.from, |p| p.0);
        curve.minus(&self.baseline.curve(self.from, until))
    }

    fn direction(&self) -> f64 {
        if self.goal >= self.start { 1.0 } else { -1.0 }
    }

    fn near(&self) -> f64 {
        self.asset.step_kw().max(SAME_KW)
    }

    /// Seconds until this share of the way is done; `None` when it never is, or there is no way to go.
    fn reached(&self, curve: &Curve, share: f64) -> Option<f64> {
        let (way, direction) = (self.goal - self.start, self.direction());
        if way.abs() <= SAME_KW {
            return None;
        }
        let near = if share < 1.0 { SAME_KW } else { self.near() };
        let goal = (self.start + way * share) * direction - near;
        let own = self.own(curve);
        let points = own.points().iter().filter(|p| p.0 >= self.from).map(|p| (p.0, p.1 * direction));
        let mut before: Option<(f64, f64)> = None;
        for (at, value) in points {
            if value >= goal {
                let crossed = before.map_or(at, |(t, v)| crossing((t, v), (at, value), goal));
                return Some(crossed - self.from);
            }
            before = Some((at, value));
        }
        None
    }

    /// When it is no longer at the level, having been there at `reached`.
    fn left(&self, curve: &Curve, reached: f64) -> Option<f64> {
        let own = self.own(curve);
        let direction = self.direction();
        let short = |p: &(f64, f64)| (self.goal - p.1) * direction > self.near() + SAME_KW;
        let later = || own.points().iter().filter(|p| p.0 > reached);
        let place = later().position(short)?;
        let there = place.checked_sub(1).and_then(|before| later().nth(before)).map_or(reached, |p| p.0);
        Some(there)
    }

    fn overshoot(&self, curve: &Curve, released: f64) -> f64 {
        if self.is_limit {
            return 0.0;
        }
        let own = self.own(curve);
        let direction = self.direction();
        let beyond = own.points().iter().filter(|p| p.0 <= released).map(|p| (p.1 - self.goal) * direction);
        beyond.fold(0.0, f64::max)
    }
}

/// Where a line between two points is at a value.
fn crossing((t, v): (f64, f64), (at, value): (f64, f64), goal: f64) -> f64 {
    let rise = value - v;
    if rise.abs() < f64::EPSILON { at } else { t + (at - t) * ((goal - v) / rise).clamp(0.0, 1.0) }
}

/// When a change is first none after an instant, or turns into its opposite.
fn back_after(change: &Curve, from: f64) -> Option<f64> {
    let first = change.at(from);
    let sign = if first < 0.0 { -1.0 } else { 1.0 };
    if first.abs() <= SAME_KW {
        return Some(from);
    }
    let mut before = (from, first * sign);
    for (at, value) in change.points().iter().filter(|p| p.0 > from) {
        let value = value * sign;
        if value <= SAME_KW {
            return Some(crossing(before, (*at, value), 0.0));
        }
        before = (*at, value);
    }
    None
}
