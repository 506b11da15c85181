//! Whether a battery's state of charge lasts for the rest of what it is asked: its declared physics, planned on from
//! what it last reported.

use std::collections::BTreeMap;

use super::book::Book;
use super::marks::seconds;
use super::snapshot::{DispatchState, UnitState};
use super::standing::taken_on;
use super::units::Units;
use crate::dispatch::{Dispatch, DispatchKey, DispatchUnit, FspId, Revision, Status};
use crate::power::{Asset, Instruction, UnitPhase, plan};
use crate::time::UtcTime;

/// Seconds before a service from which the charge for it is looked at: earlier it may still be filled.
pub(super) const BEFOREHAND_S: i64 = 1800;
/// Less than this is nothing that anybody need be called for, kWh.
const LEAST_KWH: f64 = 1.0;
/// Less than this share of what is still asked, neither.
const LEAST_SHARE: f64 = 0.01;
/// What was called stays called until it has fallen below this part of what calls it, so that it does not come and go
/// with the last digit of a state of charge.
const STAYS_ABOVE: f64 = 0.5;

/// A charge that does not last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RunsOut {
    /// When it is at its end.
    pub at: UtcTime,
    /// At the upper end: it was asked to charge.
    pub is_full: bool,
    /// kWh of what is asked that will not come.
    pub missing_kwh: f64,
}

/// All batteries in service, as last judged.
#[derive(Default)]
pub(super) struct Endurance {
    judged: BTreeMap<DispatchUnit, Judged>,
}

struct Judged {
    key: DispatchKey,
    /// Of which report and which revision.
    by: (UtcTime, Revision),
    found: Option<RunsOut>,
}

impl Endurance {
    /// Looks at every unit of an FSP that has reported or been told something since the last look.
    pub(super) fn look_at(&mut self, fsp: &FspId, now: UtcTime, book: &Book, units: &Units) {
        for unit in units.of_fsp(fsp) {
            let before = self.judged.remove(&unit.unit);
            let active = unit.active.as_ref().and_then(|key| book.get(key));
            let Some((state, dispatch)) = active.and_then(|s| Some((s, followed(s, now)?))) else { continue };
            let Some(reported) = unit.reported else { continue };
            let by = (reported, dispatch.revision);
            let this = match before.filter(|before| before.key == state.key) {
                Some(before) if before.by == by => before,
                before => {
                    let called = before.is_some_and(|b| b.found.is_some());
                    Judged { key: state.key.clone(), by, found: runs_out(unit, dispatch, reported, called) }
                }
            };
            self.judged.insert(unit.unit.clone(), this);
        }
    }

    /// Whether, and when, the charge of a unit for a dispatch runs out.
    pub(super) fn of(&self, unit: &DispatchUnit, key: &DispatchKey) -> Option<&RunsOut> {
        self.judged.get(unit).filter(|judged| judged.key == *key)?.found.as_ref()
    }
}

/// What the unit has taken on and delivers, or is about to.
fn followed(state: &DispatchState, now: UtcTime) -> Option<&Dispatch> {
    let dispatch = &taken_on(state)?.signed.dispatch;
    let runs = matches!(dispatch.status, Status::Run | Status::RunNow);
    let in_time = dispatch.service_start - BEFOREHAND_S <= now && now < dispatch.service_end;
    (runs && in_time && state.is_open()).then_some(dispatch)
}

/// Plans a unit on from what it reported. `called`: it was found to run out before.
fn runs_out(unit: &UnitState, dispatch: &Dispatch, reported: UtcTime, called: bool) -> Option<RunsOut> {
    let Asset::Battery(battery) = &*unit.asset else { return None };
    let instruction = Instruction::of(dispatch, &unit.baseline)?;
    let from = seconds(reported);
    let mut state = unit.asset.initial_state(unit.baseline.at(from));
    state.kw = unit.kw?;
    state.soc = Some(unit.soc?.clamp(battery.min_soc, battery.max_soc));
    state.under_way.following = Some(instruction.fingerprint());
    let plan = plan(&unit.asset, &unit.baseline, &state, Some(&instruction), from, instruction.end);
    let missing_kwh: f64 = plan.misses.iter().filter(|m| m.because == "energy").map(|m| m.short_kwh).sum();
    let least = LEAST_KWH.max(LEAST_SHARE * asked_kwh(unit, dispatch, from, instruction.end));
    if missing_kwh < least * if called { STAYS_ABOVE } else { 1.0 } {
        return None;
    }
    let ends = plan.marks.iter().find(|m| m.phase == UnitPhase::Exhausted).map_or(from, |m| m.at);
    let soc = plan.soc_at(ends)?;
    let middle = (battery.min_soc + battery.max_soc) / 2.0;
    Some(RunsOut { at: whole(ends), is_full: soc > middle, missing_kwh })
}

/// kWh of change against baseline that are still asked, either way.
fn asked_kwh(unit: &UnitState, dispatch: &Dispatch, from: f64, until: f64) -> f64 {
    let asked = Instruction::asked_curve(&[(from, dispatch)], &unit.baseline, from, until);
    let (up, down) = asked.minus(&unit.baseline.curve(from, until)).parts_hours(from, until);
    up - down
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
fn whole(at: f64) -> UtcTime {
    UtcTime::from_unix(at.floor() as i64)
}

#[cfg(test)]
#[path = "endurance_tests.rs"]
mod tests;
