//! A contract whose product turns export to zero, as MW Dispatch does: that this is what is asked, and that there is export.

use crate::console::compose::draft::Draft;
use crate::console::compose::repair::Repair;
use crate::console::context::turns_to_zero;
use crate::console::plot::instant::seconds;
use crate::units::grouped;

use super::{Context, Field, Findings, fix};

/// Below this export there is nothing to turn to zero, kW.
const EXPORT_KW: f64 = 1e-6;

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some(contract) = context.contract.filter(|contract| turns_to_zero(&contract.product)) else {
        return;
    };
    if !draft.is_turned_to_zero() {
        let can = draft.window().0.is_ok();
        found.warn(
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
    let baseline = unit.baseline.curve(seconds(start), seconds(end));
    let most_kw = baseline.points().iter().map(|point| point.1).fold(f64::NEG_INFINITY, f64::max);
    if most_kw <= EXPORT_KW {
        found.warn(
            Field::Levels,
            format!(
                "by its baseline the unit exports nothing in this window ({} kW at most): there is nothing to turn to zero",
                grouped(most_kw, 0)
            ),
            [],
        );
    }
}
