//! What the unit's FSP declares that it can give, half-hour by half-hour.

use crate::console::compose::draft::{Draft, Kind, Placed};
use crate::console::compose::repair::Repair;
use crate::console::plot::instant::seconds;
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::dispatch::availability::{Beyond, Declaration, HALF_HOUR_S, first_level_beyond};
use crate::dispatch::{RealLevel, Reference};
use crate::units::{Watts, grouped};

use super::{Context, Field, Findings, Severity, fix};

/// Each level that lies outside of what is declared, once. What the unit cannot do at all is told elsewhere.
pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some(unit) = context.unit else { return };
    let Some((declared, (_, end))) = unit.availability.as_deref().zip(draft.span()) else { return };
    let levels: Vec<Placed> =
        draft.placed().into_iter().filter(|p| p.kind == Kind::Real && p.reference.is_some()).collect();
    for (place, level) in levels.iter().enumerate() {
        let until = levels.get(place + 1).map_or(end, |next| next.at);
        let is_told =
            |f: &super::Finding| f.severity == Severity::Error && f.field == Field::Volume(level.row);
        if found.0.iter().any(is_told) {
            continue;
        }
        if let Some(beyond) = beyond(level, until, unit, declared, context) {
            outside(level, &beyond, unit, found);
        }
    }
}

fn beyond(
    level: &Placed,
    until: crate::time::UtcTime,
    unit: &UnitState,
    declared: &Declaration,
    context: &Context<'_>,
) -> Option<Beyond> {
    let real = RealLevel { reference: level.reference?, watts: Watts(level.amount), price: None };
    let baseline = |t| unit.baseline.at(seconds(t));
    let offered = |half_hour| declared.offer_at(half_hour);
    first_level_beyond(&[(level.at, real)], (context.now, until), offered, baseline).map(|(_, beyond)| beyond)
}

fn outside(level: &Placed, beyond: &Beyond, unit: &UnitState, found: &mut Findings) {
    let way = if beyond.asked_kw < 0.0 { "down" } else { "up" };
    let declared = beyond.offer.towards(beyond.asked_kw);
    let signed = if beyond.asked_kw < 0.0 { -declared.0 } else { declared.0 };
    let from_kw = match level.reference {
        Some(Reference::Delta) | None => 0.0,
        Some(Reference::Absolute) => unit.baseline.at(seconds(beyond.half_hour.max(level.at))),
    };
    let amount = Watts::from_kilowatts(from_kw).map(|from| from.0 + signed).filter(|_| declared > Watts(0));
    let fixes = amount.map(|amount| fix(format!("Ask {}", Watts(amount)), Repair::Amount(level.row, amount)));
    found.warn(
        Field::Volume(level.row),
        format!(
            "asks {} kW {way} from baseline; {} declares {} kW {way} for {}, and may refuse it",
            grouped(beyond.asked_kw.abs(), 0),
            unit.unit.fsp,
            grouped(declared.kilowatts(), 0),
            words::london_span(beyond.half_hour, beyond.half_hour + HALF_HOUR_S),
        ),
        fixes,
    );
}
