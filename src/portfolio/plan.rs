//! Who gives what at least cost, as far as physics allows.

use std::time::Duration;

use crate::units::Watts;

use super::ask::{Ask, Interval};
use super::judge::{Judged, judge};
use super::member::{Able, Member};
use super::model::Model;
use super::program::{Nearness, Wanted, Weights, solve};
use super::rounding::{Answered, in_steps};
use super::schedule::Schedule;
use super::split::{Rule, Share, split};

/// Units that one plan or split is made over at most.
pub const MOST_MEMBERS: usize = 500;
/// Units times stretches up to which the least cost is looked for; above, units are asked in order of price.
pub const LARGEST_CELLS: usize = 1000;
/// How often what physics does not allow is taken back and looked for anew.
const ROUNDS: usize = 3;
/// For one unit alone.
const ALONE: (Nearness, Duration) = (Nearness::ToCost, Duration::from_millis(250));

/// How a schedule was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Provably none that gives as much costs less by more than a thousandth.
    LeastCost,
    /// The best that was found before time ran out.
    BestInTime,
    /// Unit by unit in order of price: it is too large to look for the least cost, or nothing better was found.
    InOrderOfPrice,
    /// By a rule.
    Shared(Rule),
}

impl Method {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::LeastCost => "least cost: provably none costs less by more than a thousandth",
            Self::BestInTime => "the best that was found in the time given",
            Self::InOrderOfPrice => {
                "unit by unit in order of price: nothing better was found in the time given"
            }
            Self::Shared(rule) => rule.name(),
        }
    }
}

/// How long is looked for the least cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// At most so long at a time; it is looked for up to three times.
    pub within: Duration,
}

impl Default for Effort {
    fn default() -> Self {
        Self { within: Duration::from_secs(5) }
    }
}

/// It was broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// A schedule that may be offered, with what is to be known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Who gives what when.
    pub schedule: Schedule,
    /// The production prediction's word on it.
    pub judged: Judged,
    /// How it was found.
    pub method: Method,
    /// What each unit could hold from beginning to end, and why no more; in the order of the lines.
    pub able: Vec<Able>,
}

/// Shares out each level that is asked by a rule, within what each unit can hold from beginning to end.
///
/// # Errors
/// When `stop` says so.
pub fn shared(
    ask: &Ask,
    members: &[Member],
    rule: Rule,
    stop: &dyn Fn() -> bool,
) -> Result<Planned, Stopped> {
    let able = all_able(ask, members, stop)?;
    let schedule = by_rule(ask, members, &able, rule, ask.levels());
    let judged = judge(&schedule, members);
    Ok(Planned { schedule, judged, method: Method::Shared(rule), able })
}

fn by_rule(ask: &Ask, members: &[Member], able: &[Able], rule: Rule, stretches: Vec<Interval>) -> Schedule {
    let share = |(member, able): (&Member, &Able)| Share {
        unit: member.unit.clone(),
        room: able.room,
        pence_per_mwh: member.pence_per_mwh,
    };
    let shares: Vec<Share> = members.iter().zip(able).map(share).collect();
    let mut schedule = Schedule::empty(ask, stretches, members);
    for (index, stretch) in schedule.stretches.iter().enumerate() {
        let part = split(stretch.asked, &shares, rule, ask.step());
        for line in &mut schedule.lines {
            line.levels[index] = part.of(&line.unit);
        }
    }
    schedule
}

fn all_able(ask: &Ask, members: &[Member], stop: &dyn Fn() -> bool) -> Result<Vec<Able>, Stopped> {
    let able = |member: &Member| if stop() { Err(Stopped) } else { Ok(member.able(ask, ask.step())) };
    members.iter().map(able).collect()
}

/// Finds who gives what at least cost, so that as little as possible is short of what is asked, within each unit's
/// ramps, energy, minimum level, runs and rests, declared availability and notice. What comes out is what the production
/// prediction says of it: what that would miss is taken back and looked for anew, and what it still misses is told.
///
/// # Errors
/// When `stop` says so: it is asked before each step, of which none takes longer than [`Effort::within`].
pub fn plan(
    ask: &Ask,
    members: &[Member],
    effort: Effort,
    stop: &dyn Fn() -> bool,
) -> Result<Planned, Stopped> {
    let able = all_able(ask, members, stop)?;
    let mut search = Search::new(ask, members);
    // What can be held from beginning to end is exact where straight lines stay on the safe side.
    let steady = by_rule(ask, members, &able, Rule::MeritOrder, ask.intervals());
    let steady = Found { judged: judge(&steady, members), schedule: steady, method: Method::InOrderOfPrice };
    let mut proven: Option<f64> = None;
    let mut best = (search.loss(&steady), steady);
    for _ in 0..ROUNDS {
        let mut clean = false;
        for found in search.candidates(effort, stop)? {
            let loss = search.loss(&found);
            clean |= found.judged.missed.is_empty();
            search.take_back(&found);
            if found.method == Method::LeastCost {
                proven = Some(proven.map_or(loss, |least| loss.min(least)));
            }
            if loss < best.0 - 1e-9 {
                best = (loss, found);
            }
        }
        if clean && best.1.judged.missed.is_empty() {
            break;
        }
    }
    let (loss, found) = best;
    // As good as what is provably the best: then it is that, however it was found.
    let is_least = proven.is_some_and(|least| loss <= least * (1.0 + f64::from(Nearness::ToShortage.gap())));
    let method = if is_least { Method::LeastCost } else { found.method };
    Ok(Planned { schedule: found.schedule, judged: found.judged, method, able })
}

/// A schedule that was found.
struct Found {
    schedule: Schedule,
    judged: Judged,
    method: Method,
}

struct Search<'a> {
    ask: &'a Ask,
    members: &'a [Member],
    stretches: Vec<Interval>,
    models: Vec<Model>,
    /// Cheapest first.
    order: Vec<usize>,
    weights: Weights,
}

impl<'a> Search<'a> {
    fn new(ask: &'a Ask, members: &'a [Member]) -> Self {
        let stretches = ask.intervals();
        let mut models: Vec<Model> =
            members.iter().map(|member| Model::of(member, ask, &stretches)).collect();
        // What is not known to be cheap is taken to be dear.
        let dearest = members.iter().zip(&models).filter(|(m, _)| m.pence_per_mwh.is_some());
        let dearest = dearest.map(|(_, model)| model.price).fold(0.0, f64::max);
        for (model, _) in models.iter_mut().zip(members).filter(|(_, m)| m.pence_per_mwh.is_none()) {
            model.price = dearest + 1.0;
        }
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(|a, b| {
            let price = models[*a].price.total_cmp(&models[*b].price);
            price.then_with(|| members[*a].unit.cmp(&members[*b].unit))
        });
        let weights = Weights::above(models.iter().map(|model| model.price));
        Self { ask, members, stretches, models, order, weights }
    }

    fn candidates(&self, effort: Effort, stop: &dyn Fn() -> bool) -> Result<Vec<Found>, Stopped> {
        let in_order = self.found(self.in_order(stop)?, Method::InOrderOfPrice);
        let is_whole = in_order.schedule.worth().short_mwh <= 0.0;
        let nearness = if is_whole { Nearness::ToCost } else { Nearness::ToShortage };
        let mut found = Vec::with_capacity(2);
        let able: Vec<usize> = (0..self.models.len()).filter(|unit| self.models[*unit].is_able()).collect();
        if !able.is_empty() && able.len() * self.stretches.len() <= LARGEST_CELLS {
            if stop() {
                return Err(Stopped);
            }
            found.extend(self.least_cost(&able, (nearness, effort.within)));
        }
        found.push(in_order);
        Ok(found)
    }

    fn least_cost(&self, able: &[usize], search: (Nearness, Duration)) -> Option<Found> {
        let models: Vec<&Model> = able.iter().map(|unit| &self.models[*unit]).collect();
        let answer = solve(&models, &self.wanted(&self.asked()), self.weights, search)?;
        let answered: Vec<Answered<'_>> =
            models.iter().zip(&answer.levels).map(|(model, found)| model.answered(found)).collect();
        let parts = in_steps(&answered, &self.asked(), self.ask.step());
        let mut levels = vec![vec![Watts(0); self.stretches.len()]; self.models.len()];
        for (unit, part) in able.iter().zip(parts) {
            levels[*unit] = part;
        }
        let method = if answer.is_proven { Method::LeastCost } else { Method::BestInTime };
        Some(self.found(levels, method))
    }

    /// Unit by unit, the cheapest first, each as much of what is still wanted as it can; at first none that would give
    /// more than that.
    fn in_order(&self, stop: &dyn Fn() -> bool) -> Result<Vec<Vec<Watts>>, Stopped> {
        let mut levels = vec![vec![Watts(0); self.stretches.len()]; self.models.len()];
        let mut left = self.asked();
        let exactly = Weights { over: self.weights.short * 10.0, ..self.weights };
        for weights in [exactly, self.weights] {
            for unit in self.order.iter().copied().filter(|unit| self.models[*unit].is_able()) {
                if left.iter().all(|watts| watts.0 <= 0) {
                    return Ok(levels);
                }
                if levels[unit].iter().any(|level| level.0 > 0) {
                    continue;
                }
                if stop() {
                    return Err(Stopped);
                }
                let model = &self.models[unit];
                let wanted: Vec<Watts> = left.iter().map(|watts| Watts(watts.0.max(0))).collect();
                let Some(answer) = solve(&[model], &self.wanted(&wanted), weights, ALONE) else { continue };
                let answered: Vec<Answered<'_>> =
                    answer.levels.iter().map(|found| model.answered(found)).collect();
                for part in in_steps(&answered, &wanted, self.ask.step()) {
                    left.iter_mut().zip(&part).for_each(|(left, level)| left.0 -= level.0);
                    levels[unit] = part;
                }
            }
        }
        Ok(levels)
    }

    fn asked(&self) -> Vec<Watts> {
        self.stretches.iter().map(|stretch| stretch.asked).collect()
    }

    fn wanted(&self, asked: &[Watts]) -> Wanted {
        let first = self.ask.from();
        let hours = |at: crate::time::UtcTime| hours(at.since(first));
        let ends = self.stretches.last().map(|stretch| hours(stretch.to));
        let starts = self.stretches.iter().map(|stretch| hours(stretch.from)).chain(ends).collect();
        Wanted { starts, mw: asked.iter().map(|watts| watts.kilowatts() / 1000.0).collect() }
    }

    fn found(&self, levels: Vec<Vec<Watts>>, method: Method) -> Found {
        let mut schedule = Schedule::empty(self.ask, self.stretches.clone(), self.members);
        for (line, levels) in schedule.lines.iter_mut().zip(levels) {
            line.levels = levels;
        }
        Found { judged: judge(&schedule, self.members), schedule, method }
    }

    /// What is bad about a schedule, £: what would be missed counts as short.
    fn loss(&self, found: &Found) -> f64 {
        let worth = found.schedule.worth();
        let short = worth.short_mwh + found.judged.missed_mwh();
        let cost = |(line, model): (&super::schedule::Line, &Model)| line.mwh(&self.stretches) * model.price;
        let cost: f64 = found.schedule.lines.iter().zip(&self.models).map(cost).sum();
        self.weights.short * short + self.weights.over * worth.over_mwh + cost
    }

    /// Takes from the limits what a schedule asked within them and physics would not give.
    fn take_back(&mut self, found: &Found) {
        for missed in &found.judged.missed {
            let Some(unit) = self.members.iter().position(|member| member.unit == missed.unit) else {
                continue;
            };
            let levels = &found.schedule.lines[unit].levels;
            let Some(first) = self.stretches.iter().position(|stretch| stretch.from == missed.at) else {
                continue;
            };
            let run = levels[first..].iter().take_while(|level| **level == levels[first]).count();
            let level_mw = levels[first].kilowatts() / 1000.0;
            let short = (missed.miss.short_kw, missed.miss.short_kwh);
            self.models[unit].take_back(first..first + run, level_mw, short);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds of two days fit a double exactly")]
fn hours(seconds: i64) -> f64 {
    seconds as f64 / 3600.0
}
