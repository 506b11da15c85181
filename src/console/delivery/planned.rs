//! What a dispatch asks of its unit, and what the unit could deliver of it by its declared physics. Pure.

use std::sync::Arc;

use crate::console::plot::instant::{instant, seconds};
use crate::desk::snapshot::{DispatchState, UnitState};
use crate::dispatch::{Dispatch, Stage};
use crate::power::{self, Asset, AssetState, Baseline, Curve, Instruction};

/// Curves reach this far before the window and after it, seconds: the approach, and the hour of rebound.
const AROUND_S: f64 = 5400.0;
/// Seconds up to an instant within which a reading says how a unit stood then.
const STOOD_S: f64 = 600.0;
/// A unit that begins to move earlier than this before its window is shown from here on, seconds.
const APPROACH_S: f64 = 3600.0;
/// Changes smaller than this are not seen, kW.
const SEEN_KW: f64 = 0.5;
/// Seconds in a minute.
pub const MINUTE_S: f64 = 60.0;

/// What is asked of a unit and could be delivered, by the revisions that took effect.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The curves reach from here,
    pub from: f64,
    /// to here, seconds of UTC.
    pub until: f64,
    /// Net kW asked: baseline where nothing is.
    pub asked: Curve,
    /// Net kW without a dispatch.
    pub baseline: Curve,
    /// What the unit could deliver, once it has taken the dispatch on.
    pub reach: Option<Reach>,
    /// When anything is asked first, or the unit first moves for it; seconds of UTC. RUN_NOW asks before the window, a slow
    /// ramp moves before it.
    pub begins: f64,
    basis: Basis,
    /// Of the minute that ends at `first_end`, and of each after it.
    means: Vec<Means>,
    first_end: f64,
}

/// What a unit could deliver by its declared physics, from when it took the dispatch on.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Net kW.
    pub curve: Curve,
    /// State of charge, where it has one.
    pub charge: Option<Curve>,
    /// Seconds of UTC.
    pub from: f64,
}

/// Means of a minute, net kW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Means {
    /// Asked.
    pub asked: f64,
    /// Without a dispatch.
    pub baseline: f64,
    /// By the unit's physics; `None` before it took the dispatch on.
    pub reachable: Option<f64>,
}

/// All that the curves follow from.
#[derive(Clone, Debug)]
struct Basis {
    revisions: Vec<(u64, u32)>,
    is_taken_on: bool,
    asset: Arc<Asset>,
    baseline: Arc<Baseline>,
}

impl Basis {
    fn of(dispatch: &DispatchState, unit: &UnitState) -> Self {
        let revisions = dispatch.in_effect();
        Self {
            revisions: revisions.iter().map(|(at, d)| (at.to_bits(), d.revision.get())).collect(),
            is_taken_on: is_taken_on(dispatch),
            asset: Arc::clone(&unit.asset),
            baseline: Arc::clone(&unit.baseline),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        self.revisions == other.revisions
            && self.is_taken_on == other.is_taken_on
            && Arc::ptr_eq(&self.asset, &other.asset)
            && Arc::ptr_eq(&self.baseline, &other.baseline)
    }
}

impl Planned {
    /// For a dispatch and its unit; `before` is given back when nothing that it follows from has changed.
    pub fn of(dispatch: &DispatchState, unit: &UnitState, before: Option<&Arc<Self>>) -> Option<Arc<Self>> {
        let basis = Basis::of(dispatch, unit);
        if let Some(same) = before.filter(|before| before.basis.is_same(&basis)) {
            return Some(Arc::clone(same));
        }
        let document = dispatch.dispatch()?;
        let revisions = dispatch.in_effect();
        let (start, end) = (seconds(document.service_start), seconds(document.service_end));
        let first = revisions.first().map_or(start, |(at, _)| at.min(start));
        let (from, until) = (first - AROUND_S, end + AROUND_S);
        let asked = Instruction::asked_curve(&revisions, &unit.baseline, from, until);
        let baseline = unit.baseline.curve(from, until);
        let reach = basis.is_taken_on.then(|| Reach::of(&revisions, unit, until)).flatten();
        let moves = reach.as_ref().and_then(|reach| departs(&reach.curve, &baseline, reach.from));
        let begins = departs(&asked, &baseline, from)
            .into_iter()
            .chain(moves.map(|at| at.max(start - APPROACH_S)))
            .fold(start, f64::min);
        let mut planned = Self {
            from,
            until,
            asked,
            baseline,
            reach,
            begins,
            basis,
            means: Vec::new(),
            first_end: (begins - AROUND_S / 3.0).div_euclid(MINUTE_S) * MINUTE_S,
        };
        let mut at = planned.first_end;
        while at <= until {
            planned.means.push(planned.mean(at));
            at += MINUTE_S;
        }
        Some(Arc::new(planned))
    }

    /// The means of the minute that ends at `end`; `None` where the curves do not reach.
    pub fn means(&self, end: f64) -> Option<Means> {
        if end - MINUTE_S < self.from || end > self.until {
            return None;
        }
        let index = (end - self.first_end) / MINUTE_S;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 on"
        )]
        let kept = (index >= 0.0 && index.fract() == 0.0).then(|| self.means.get(index as usize)).flatten();
        Some(kept.copied().unwrap_or_else(|| self.mean(end)))
    }

    /// Whether it follows from the physics and the baseline that a unit has now.
    pub fn is_of(&self, unit: &UnitState) -> bool {
        Arc::ptr_eq(&self.basis.asset, &unit.asset) && Arc::ptr_eq(&self.basis.baseline, &unit.baseline)
    }

    fn mean(&self, end: f64) -> Means {
        let start = end - MINUTE_S;
        let mean = |curve: &Curve| curve.integral_hours(start, end) * 60.0;
        let reach = self.reach.as_ref().filter(|reach| start >= reach.from);
        Means {
            asked: mean(&self.asked),
            baseline: mean(&self.baseline),
            reachable: reach.map(|r| mean(&r.curve)),
        }
    }

    /// The tolerated band around what is asked: the lower and the upper edge.
    pub fn tolerance(&self) -> (Curve, Curve) {
        let change = self.asked.minus(&self.baseline);
        let width = change.points().iter().map(|(t, kw)| (*t, power::tolerance_kw(*kw))).collect();
        let width = Curve::new(width).unwrap_or_default();
        (self.asked.minus(&width), self.asked.plus(&width))
    }
}

/// When a curve first leaves another, from an instant on.
fn departs(curve: &Curve, other: &Curve, from: f64) -> Option<f64> {
    let difference = curve.minus(other);
    let points = difference.points();
    let away = points.iter().position(|(at, kw)| *at >= from && kw.abs() > SEEN_KW)?;
    // It leaves where it was last together with it.
    points.get(away.saturating_sub(1)).map(|(at, _)| at.max(from))
}

impl Reach {
    /// From one revision to the next: each is planned from where the one before had brought the unit.
    fn of(revisions: &[(f64, &Dispatch)], unit: &UnitState, until: f64) -> Option<Self> {
        let (asset, baseline) = (&unit.asset, &unit.baseline);
        let from = revisions.first()?.0;
        let mut state = stood(unit, from);
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut charge: Vec<(f64, f64)> = Vec::new();
        for (index, (at, dispatch)) in revisions.iter().enumerate() {
            let next = revisions.get(index + 1).map_or(until, |(next, _)| *next);
            if next <= *at {
                continue;
            }
            let instruction = Instruction::of(dispatch, baseline);
            let plan = power::plan(asset, baseline, &state, instruction.as_ref(), *at, next);
            points.extend(plan.curve.between(*at, next).points());
            charge.extend(plan.soc.iter().flat_map(|soc| soc.between(*at, next).points().to_vec()));
            state = plan.state_at(next);
        }
        let charge = (!charge.is_empty()).then(|| Curve::new(charge)).flatten();
        Some(Self { curve: Curve::new(points)?, charge, from })
    }
}

/// Whether the unit's controller has taken any revision on.
fn is_taken_on(dispatch: &DispatchState) -> bool {
    let mut rungs = dispatch.ladder.iter().filter(|rung| rung.signature.is_ok());
    rungs.any(|rung| !matches!(rung.stage, Stage::Received | Stage::Rejected))
}

/// How a unit stood at an instant, as far as it was reported: at baseline where it was not.
fn stood(unit: &UnitState, at: f64) -> AssetState {
    let mut state = unit.asset.initial_state(unit.baseline.at(at));
    if let Some(reading) = unit.readings.range(at - STOOD_S, at).last() {
        state.kw = reading.kw;
        if matches!(*unit.asset, Asset::Generator(_)) {
            state.running = reading.kw > 0.0;
        }
    }
    let reported = |from: f64, to: f64| {
        let mut values = unit.charge.between(instant(from), instant(to)).map(|(_, soc)| soc);
        let first = values.next();
        (values.last().or(first), first)
    };
    let soon = || reported(at, at + STOOD_S).1;
    state.soc = state.soc.map(|initial| reported(at - STOOD_S, at).0.or_else(soon).unwrap_or(initial));
    state
}
