//! A contract whose product turns export to zero, as MW Dispatch does: that this is what is asked, and that there is export.

use crate::console::compose::draft::Draft;
use crate::console::compose::repair::Repair;
use crate::console::context::turns_to_zero;
use crate::console::plot::instant::seconds;
use crate::console::words;
use crate::dispatch::availability::HALF_HOUR_S;
use crate::time::UtcTime;
use crate::units::grouped;

use super::{Check, Context, Field, Findings, fix};

/// Below this export there is nothing to turn to zero, kW.
const EXPORT_KW: f64 = 1e-6;

/// How far ahead a time with export is looked for: a day.
const HALF_HOURS_AHEAD: i64 = 48;

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some(contract) = context.contract.filter(|contract| turns_to_zero(&contract.product)) else {
        return;
    };
    if !draft.is_turned_to_zero() {
        let can = draft.window().0.is_ok();
        found.warn(
            Check::NotTurnedToZero,
            Field::Levels,
            format!(
                "contract {} is for {}, which turns export to zero: it asks for 0 kW absolute from the window's start on, and \
                 for no other level",
                contract.contract, contract.product
            ),
            can.then(|| fix("Turn to zero", Repair::TurnToZero)),
        );
        return;
    }
    let (Some(unit), Some((start, end))) = (context.unit, draft.span()) else { return };
    let most_kw = |start: UtcTime, end: UtcTime| {
        let baseline = unit.baseline.curve(seconds(start), seconds(end));
        baseline.points().iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max)
    };
    let most = most_kw(start, end);
    if most <= EXPORT_KW {
        let length = end.since(start);
        let later = (1..=HALF_HOURS_AHEAD).map(|half_hours| start + half_hours * HALF_HOUR_S);
        let exports = later.into_iter().find(|start| most_kw(*start, *start + length) > EXPORT_KW);
        found.warn(
            Check::NothingToTurnToZero,
            Field::Levels,
            format!(
                "by its baseline the unit exports nothing in this window ({} kW at most): there is nothing to turn to zero",
                grouped(most, 0)
            ),
            exports.map(|at| fix(format!("Start at {}", words::london_minute(at)), Repair::Shift(at))),
        );
    }
}
