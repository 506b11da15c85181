//! The mixed-integer program: levels of several units in each stretch, at least cost, within each one's limits. There is
//! always an answer: what cannot be given is short, at a price far above all others.

use std::time::Duration;

use good_lp::constraint::{eq, leq};
use good_lp::solvers::SolutionStatus;
use good_lp::variable::ProblemVariables;
use good_lp::{
    Constraint, Expression, Solution, SolverModel, Variable, WithMipGap, WithTimeLimit, microlp, variable,
};

use super::model::{AllowanceModel, EngineModel, Model, StoreModel};

/// What is wanted in each stretch.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// When each begins, hours from the first; and one more, when the last ends.
    pub(super) starts: Vec<f64>,
    /// MW in each.
    pub(super) mw: Vec<f64>,
}

impl Wanted {
    fn hours(&self, index: usize) -> f64 {
        self.starts[index + 1] - self.starts[index]
    }
}

/// £ per MWh by which an answer is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weights {
    /// Of what nobody gives.
    pub(super) short: f64,
    /// Of what is given and not asked.
    pub(super) over: f64,
}

impl Weights {
    /// Such that first as little as possible is short, then as little as possible too much, and then it costs least.
    pub(super) fn above(prices: impl Iterator<Item = f64>) -> Self {
        let over = prices.map(f64::abs).fold(0.0, f64::max) * 2.0 + 100.0;
        Self { short: 100.0 * over, over }
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// MW of each unit in each stretch.
    pub(super) levels: Vec<Vec<f64>>,
    /// Whether there is provably none better than by [`Nearness::gap`]; else time ran out.
    pub(super) is_proven: bool,
}

/// How near to the best an answer has to be, as a share of all that is bad about it: where nothing need be short, to a
/// thousandth of its cost; else a shortage would hide what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nearness {
    ToCost,
    ToShortage,
}

impl Nearness {
    pub(super) fn gap(self) -> f32 {
        match self {
            Self::ToCost => 1e-3,
            Self::ToShortage => 1e-5,
        }
    }
}

/// £ per MW of a rise: of two schedules that cost the same the steadier.
const RISE: f64 = 1e-3;

/// Solves it; `None` when no answer was found in time.
pub(super) fn solve(
    models: &[&Model],
    wanted: &Wanted,
    weights: Weights,
    (nearness, within): (Nearness, Duration),
) -> Option<Answer> {
    let mut program = Program::default();
    let units: Vec<UnitLevels> = models.iter().map(|model| program.unit(model, wanted)).collect();
    for (index, mw) in wanted.mw.iter().enumerate() {
        let hours = wanted.hours(index);
        let short = program.variables.add(variable().min(0.0).max(*mw));
        let over = program.variables.add(variable().min(0.0));
        program.cost.add_mul(weights.short * hours, short);
        program.cost.add_mul(weights.over * hours, over);
        let mut given = Expression::with_capacity(units.len() + 2);
        for level in units.iter().filter_map(|unit| unit.levels[index]) {
            given.add_mul(1.0, level);
        }
        program.constraints.push(eq(given + short - over, *mw));
    }
    let Program { variables, constraints, cost } = program;
    let problem = variables.minimise(cost).using(microlp).with_time_limit(within.as_secs_f64());
    let mut problem = problem.with_mip_gap(nearness.gap()).ok()?;
    for constraint in constraints {
        problem.add_constraint(constraint);
    }
    let solution = problem.solve().ok()?;
    let level = |level: &Option<Variable>| level.map_or(0.0, |level| solution.value(level));
    let levels: Vec<Vec<f64>> = units.iter().map(|unit| unit.levels.iter().map(level).collect()).collect();
    let is_number = levels.iter().flatten().all(|mw| mw.is_finite());
    is_number.then(|| Answer { is_proven: !matches!(solution.status(), SolutionStatus::TimeLimit), levels })
}

#[derive(Default)]
struct Program {
    variables: ProblemVariables,
    constraints: Vec<Constraint>,
    cost: Expression,
}

/// A unit's variables; none where it can give nothing.
struct UnitLevels {
    levels: Vec<Option<Variable>>,
    /// 1 while it gives something.
    on: Vec<Option<Variable>>,
}

impl Program {
    fn unit(&mut self, model: &Model, wanted: &Wanted) -> UnitLevels {
        let mut unit = UnitLevels { levels: Vec::new(), on: Vec::new() };
        for (index, cell) in model.cells.iter().enumerate() {
            let usable = cell.most > 0.0;
            let level = usable.then(|| self.variables.add(variable().min(0.0).max(cell.most)));
            let switched = usable && (cell.least > 0.0 || model.allowance.is_some());
            let on = switched.then(|| self.variables.add(variable().binary()));
            if let Some(level) = level {
                self.cost.add_mul(model.price * wanted.hours(index), level);
                if let Some(on) = on {
                    self.constraints.push(leq(level, cell.most * on));
                    self.constraints.push(leq(cell.least * on, level));
                }
            }
            unit.levels.push(level);
            unit.on.push(on);
        }
        let rises = self.rises(&unit);
        match &model.engine {
            Some(engine) => self.engine(model, engine, &unit, wanted),
            None => self.ramps(model, &unit, wanted),
        }
        if let Some(store) = &model.store {
            self.store(model, store, &unit, &rises, wanted);
            if store.hold > 0.0 {
                self.hold(model, store.hold, &unit, &rises, wanted);
            }
        }
        if let Some(allowance) = model.allowance {
            self.allowance(model, allowance, &unit, &rises, wanted);
        }
        unit
    }

    /// By how much each level is above the one before.
    fn rises(&mut self, unit: &UnitLevels) -> Vec<Option<Variable>> {
        let mut before: Option<Variable> = None;
        let mut rises = Vec::with_capacity(unit.levels.len());
        for level in &unit.levels {
            let rise = level.map(|level| {
                let rise = self.variables.add(variable().min(0.0));
                self.constraints.push(leq(level - value(before), rise));
                self.cost.add_mul(RISE, rise);
                rise
            });
            rises.push(rise);
            before = *level;
        }
        rises
    }

    /// A level is gone to within the stretch before it.
    fn ramps(&mut self, model: &Model, unit: &UnitLevels, wanted: &Wanted) {
        const STEPS: f64 = 0.002;
        for index in 1..unit.levels.len() {
            let (before, now) = (unit.levels[index - 1], unit.levels[index]);
            let (most_before, most_now) = (model.cells[index - 1].most, model.cells[index].most);
            let hours = wanted.hours(index - 1);
            let (away, back) = (model.away * hours - STEPS, model.back * hours - STEPS);
            // The first that it is asked at all is gone to from as early as it takes.
            let is_first = unit.levels[..index].iter().all(Option::is_none);
            if !is_first && most_now > away {
                self.constraints.push(leq(value(now) - value(before), away.max(0.0)));
            }
            if most_before > back {
                self.constraints.push(leq(value(before) - value(now), back.max(0.0)));
            }
        }
    }

    /// An engine starts with a step to its least level, runs for a while, comes off with a step, and rests.
    fn engine(&mut self, model: &Model, engine: &EngineModel, unit: &UnitLevels, wanted: &Wanted) {
        const STEPS: f64 = 0.002;
        let count = unit.levels.len();
        for index in 0..count {
            let on = value(unit.on[index]);
            let (level_before, on_before) = match index.checked_sub(1) {
                Some(before) => (value(unit.levels[before]), value(unit.on[before])),
                None => (Expression::from(0.0), Expression::from(0.0)),
            };
            let start = self.variables.add(variable().binary());
            let stop = self.variables.add(variable().min(0.0).max(1.0));
            self.constraints.push(eq(on.clone() - on_before.clone(), start - stop));
            self.constraints.push(leq(start + stop, 1.0));
            let hours = if index == 0 { 0.0 } else { wanted.hours(index - 1) };
            let level = value(unit.levels[index]);
            let at_start = engine.at_start[index];
            if at_start <= 0.0 {
                self.constraints.push(leq(start, 0.0));
            }
            let rise = (model.away * hours - STEPS).max(0.0);
            self.constraints.push(leq(
                level.clone() - level_before.clone(),
                rise * on_before + at_start.max(0.0) * start,
            ));
            let least = model.cells.iter().map(|cell| cell.least).fold(0.0, f64::max);
            let fall = (model.back * hours - STEPS).max(0.0);
            self.constraints.push(leq(level_before - level, Expression::from(fall) + least * stop));
            for later in index + 1..count {
                let since = wanted.starts[later] - wanted.starts[index];
                if since < engine.run - 1e-9 {
                    self.constraints.push(leq(start, value(unit.on[later])));
                }
                if wanted.starts[later - 1] - wanted.starts[index] < engine.off - 1e-9 {
                    self.constraints.push(leq(value(unit.on[later]), 1.0 - stop));
                }
            }
        }
    }

    /// What is taken out of a store by the end of each stretch, the way to the next level and the way back from the
    /// present one, is no more than is there.
    fn store(
        &mut self,
        model: &Model,
        store: &StoreModel,
        unit: &UnitLevels,
        rises: &[Option<Variable>],
        wanted: &Wanted,
    ) {
        let most = model.cells.iter().map(|cell| cell.most).fold(0.0, f64::max);
        let (way_there, way_back) = (most / (2.0 * model.away), most / (2.0 * model.back));
        let mut taken = Expression::from(0.0);
        taken += store.rate * way_there * value(rises.first().copied().flatten());
        for index in 0..unit.levels.len() {
            let level = value(unit.levels[index]);
            taken += store.rate * wanted.hours(index) * level.clone();
            if let Some(rise) = rises.get(index + 1) {
                taken += store.rate * way_there * value(*rise);
            }
            if unit.levels[index].is_some() {
                let free = store.free(index, wanted.starts[index + 1]);
                let held = (store.hold - wanted.hours(index)).max(0.0);
                self.constraints.push(leq(taken.clone() + store.rate * (way_back + held) * level, free));
            }
        }
    }

    /// A level that was raised is not lessened for a while.
    fn hold(
        &mut self,
        model: &Model,
        hold: f64,
        unit: &UnitLevels,
        rises: &[Option<Variable>],
        wanted: &Wanted,
    ) {
        let (count, end) = (unit.levels.len(), wanted.starts.last().copied().unwrap_or_default());
        for (index, rise) in rises.iter().enumerate().filter_map(|(index, rise)| Some((index, (*rise)?))) {
            // It must be over before the way to a lesser level begins.
            let until = wanted.starts[index] + hold + model.cells[index].most / model.back;
            if wanted.starts[index + 1] >= until {
                continue;
            }
            if end < until {
                self.constraints.push(leq(rise, 0.0));
                continue;
            }
            let raised = self.variables.add(variable().binary());
            self.constraints.push(leq(rise, model.cells[index].most * raised));
            for later in (index + 1..count).take_while(|later| wanted.starts[*later] < until) {
                let most = model.cells[later - 1].most;
                let fall = value(unit.levels[later - 1]) - value(unit.levels[later]);
                self.constraints.push(leq(fall, most - most * raised));
            }
        }
    }

    /// All time of a reduction, the way to it and the way back from the last, is no longer than it may be.
    fn allowance(
        &mut self,
        model: &Model,
        allowance: AllowanceModel,
        unit: &UnitLevels,
        rises: &[Option<Variable>],
        wanted: &Wanted,
    ) {
        let mut used = Expression::from(0.0);
        for (index, on) in unit.on.iter().enumerate() {
            used += wanted.hours(index) * value(*on);
        }
        for rise in rises {
            used += value(*rise) / model.away;
        }
        used += value(unit.levels.last().copied().flatten()) / model.back;
        self.constraints.push(leq(used, allowance.hours));
        if allowance.once {
            let mut begun = Expression::from(0.0);
            let mut before = None;
            for on in &unit.on {
                let begins = self.variables.add(variable().min(0.0).max(1.0));
                self.constraints.push(leq(value(*on) - value(before), begins));
                begun.add_mul(1.0, begins);
                before = *on;
            }
            self.constraints.push(leq(begun, 1.0));
        }
    }
}

/// A variable where there is one, else 0.
fn value(variable: Option<Variable>) -> Expression {
    variable.map_or_else(|| Expression::from(0.0), Expression::from)
}
