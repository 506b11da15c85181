//! What a unit can do and would do with a draft: computed when the draft or the unit's state changes, not per frame.

use crate::console::plot::instant::{instant, seconds};
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::dispatch::Dispatch;
use crate::power::{self, AssetState, Curve, Envelope, Instruction, Miss, Plan, UnitPhase};
use crate::time::UtcTime;
use crate::units::grouped;

use super::document::Sketch;
use super::draft::RowId;

/// Drawn after the window, so that the return to baseline shows.
const AFTERWARDS_S: f64 = 1800.0;

/// What a forecast is made from.
pub struct Basis<'a> {
    /// The unit as last reported.
    pub unit: &'a UnitState,
    /// Seconds until the FSP has fetched a dispatch that is sent now, at worst.
    pub fetched_after_s: f64,
    /// The draft as far as it can be read.
    pub sketch: Option<&'a Sketch>,
    /// The revisions that the draft supersedes, each with the instant from which it counts, ascending.
    pub before: &'a [(f64, &'a Dispatch)],
    /// The draft's window, when it can be read.
    pub span: Option<(UtcTime, UtcTime)>,
    /// The present, seconds of UTC.
    pub now: f64,
}

/// A level that would not be delivered as asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// Which row asks for it.
    pub row: RowId,
    /// When.
    pub at: UtcTime,
    /// Net kW asked.
    pub asked_kw: f64,
    /// By how much.
    pub miss: Miss,
}

impl Missed {
    /// Whether the level is reached in time and then not kept.
    pub fn is_not_kept(&self) -> bool {
        self.miss.late_s.is_some_and(|late| late <= 0.0)
    }

    /// By how much it is missed, in a sentence; `exhausted_at` is when the unit has no more to give.
    pub fn words(&self, exhausted_at: Option<UtcTime>) -> String {
        let Miss { short_kw, late_s, short_kwh, because, .. } = self.miss;
        let missing = format!("{} kWh missing ({because})", grouped(short_kwh, 1));
        if self.is_not_kept() {
            let until = exhausted_at.map_or_else(String::new, |at| format!(" after {}", words::london(at)));
            return format!("delivered at {} but not kept{until}: {missing}", words::london(self.at));
        }
        let late = match late_s {
            Some(late) => format!("{} late", words::span(instant(late.ceil()).unix())),
            None => "never reached".to_owned(),
        };
        format!("{} kW short at {}, {late}, {missing}", grouped(short_kw, 0), words::london(self.at))
    }

    /// When the level would be reached; `None` when never.
    pub fn reached_at(&self) -> Option<f64> {
        self.miss.late_s.map(|late| seconds(self.at) + late)
    }
}

/// Curves in net kW over seconds of UTC, and what follows from them.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// Drawn from here,
    pub from: f64,
    /// to here.
    pub until: f64,
    /// Without a dispatch.
    pub baseline: Curve,
    /// How far the unit can go.
    pub envelope: Envelope,
    /// What the draft asks, when anything can be read.
    pub asked: Option<Curve>,
    /// What the revisions before it asked.
    pub before: Option<Curve>,
    /// What the unit would do.
    pub plan: Option<Plan>,
    /// Levels that would not be delivered as asked.
    pub missed: Vec<Missed>,
    /// kWh of change against baseline that the draft asks within its window, positive = turn up generation.
    pub asked_kwh: Option<f64>,
    /// kWh of change against baseline that the unit would deliver within the window.
    pub predicted_kwh: Option<f64>,
    /// Whether the unit's power was ever reported; it is taken to be at baseline when not.
    pub is_reported: bool,
}

impl Forecast {
    /// Computes it.
    pub fn of(basis: &Basis<'_>) -> Self {
        let Basis { unit, span, now, .. } = *basis;
        let (start, end) = span.map_or((now, now), |(start, end)| (seconds(start), seconds(end)));
        let from = now.min(start);
        let until = end.max(now + 3600.0) + AFTERWARDS_S;
        let baseline = unit.baseline.curve(from, until);
        let state = state_of(unit, now);
        let fetched = now + basis.fetched_after_s;
        let envelope = power::envelope(&unit.asset, &unit.baseline, &state, fetched, until);

        let instruction = basis.sketch.and_then(|s| Instruction::of(&s.dispatch, &unit.baseline));
        let plan = instruction
            .as_ref()
            .map(|i| power::plan(&unit.asset, &unit.baseline, &state, Some(i), fetched, until));
        let asked = basis.sketch.filter(|_| instruction.is_some()).map(|s| {
            let mut revisions = basis.before.to_vec();
            revisions.push((now, &s.dispatch));
            Instruction::asked_curve(&revisions, &unit.baseline, from, until)
        });
        let before = (!basis.before.is_empty())
            .then(|| Instruction::asked_curve(basis.before, &unit.baseline, from, until));
        let missed = match (&plan, &instruction, basis.sketch) {
            (Some(plan), Some(instruction), Some(sketch)) => missed(plan, instruction, sketch),
            _ => Vec::new(),
        };
        let counted_from = start.max(now.min(end));
        let change = |curve: &Curve| curve.minus(&baseline).integral_hours(counted_from, end);
        let asked_kwh = asked.as_ref().map(&change);
        let predicted_kwh = plan.as_ref().map(|plan| change(&plan.curve));
        Self {
            from,
            until,
            envelope,
            asked_kwh,
            predicted_kwh,
            asked,
            before,
            plan,
            missed,
            is_reported: unit.kw.is_some(),
            baseline,
        }
    }

    /// When the unit would run out of energy or time within the window.
    pub fn exhausted_at(&self) -> Option<UtcTime> {
        let mark = self.plan.as_ref()?.marks.iter().find(|m| m.phase == UnitPhase::Exhausted)?;
        Some(instant(mark.at.floor()))
    }
}

/// Where a unit stands as far as it was reported; at baseline where it was not.
pub fn state_of(unit: &UnitState, now: f64) -> AssetState {
    let mut state = unit.asset.initial_state(unit.baseline_kw.unwrap_or_else(|| unit.baseline.at(now)));
    if let Some(kw) = unit.kw {
        state.kw = kw;
        if matches!(*unit.asset, power::Asset::Generator(_)) {
            state.running = kw > 0.0;
        }
    }
    state.soc = state.soc.map(|initial| unit.soc.unwrap_or(initial));
    state.inhibited = unit.state == UnitPhase::Inhibited.word();
    state
}

fn missed(plan: &Plan, instruction: &Instruction, sketch: &Sketch) -> Vec<Missed> {
    plan.misses
        .iter()
        .filter_map(|miss| {
            let target = instruction.targets.get(miss.target)?;
            let row = *sketch.real.get(miss.target)?;
            Some(Missed { row, at: instant(target.at), asked_kw: target.kw, miss: *miss })
        })
        .collect()
}
