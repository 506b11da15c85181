//! Another unit that could be asked instead: of the same contract, there, free, and able to do what is asked.

use crate::console::compose::draft::{Draft, Kind, Placed};
use crate::console::compose::repair::Repair;
use crate::desk::snapshot::{LinkState, UnitState};
use crate::power::UnitPhase;

use super::unit::is_within_rating;
use super::{Context, Fix, fix};

/// Asks another unit instead; the first that could, those of the same kind before all others. An amendment is of its unit.
pub(super) fn stand_in(draft: &Draft, context: &Context<'_>) -> Option<Fix> {
    if context.amends.is_some() {
        return None;
    }
    let levels: Vec<Placed> = draft.placed().into_iter().filter(|p| p.reference.is_some()).collect();
    let could = |unit: &&UnitState| {
        is_there(unit, context) && is_free(unit, draft, context) && is_able(unit, &levels)
    };
    let of_contract = || {
        let units = context.units.iter().map(AsRef::as_ref);
        units.filter(|u| u.operator == draft.operator && u.contract == draft.contract && u.unit != draft.unit)
    };
    let kind = context.unit.map(|unit| unit.kind.as_str());
    let alike = of_contract().filter(|unit| Some(unit.kind.as_str()) == kind).find(could);
    let unit = alike.or_else(|| of_contract().find(could))?;
    Some(fix(format!("Ask {} instead", unit.unit), Repair::Unit(unit.unit.clone())))
}

fn is_there(unit: &UnitState, context: &Context<'_>) -> bool {
    let fsp = context.fsps.iter().find(|fsp| fsp.id == unit.unit.fsp);
    fsp.is_some_and(|fsp| fsp.client == LinkState::Live)
        && unit.lamp == LinkState::Live
        && unit.kw.is_some()
        && unit.state != UnitPhase::Inhibited.word()
}

fn is_free(unit: &UnitState, draft: &Draft, context: &Context<'_>) -> bool {
    let Some((start, end)) = draft.span() else { return true };
    !context
        .dispatches
        .iter()
        .filter(|d| d.is_open())
        .filter_map(|d| d.dispatch())
        .any(|other| other.unit == unit.unit && other.service_start < end && other.service_end > start)
}

fn is_able(unit: &UnitState, levels: &[Placed]) -> bool {
    levels.iter().all(|level| match level.kind {
        Kind::Real => is_within_rating(level, unit),
        Kind::Reactive => unit.reactive.is_some(),
    })
}
