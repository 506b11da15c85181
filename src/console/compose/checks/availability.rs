//! What the unit's FSP declares that it can give, half-hour by half-hour.

use crate::console::compose::draft::{Draft, Kind, Placed};
use crate::console::compose::repair::Repair;
use crate::console::plot::instant::seconds;
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::dispatch::availability::{Beyond, Declaration, HALF_HOUR_S, first_level_beyond, half_hour_of};
use crate::dispatch::{RealLevel, Reference};
use crate::units::{Watts, grouped};

use super::stand_in::stand_in;
use super::{Check, Context, Field, Findings, Fix, Severity, fix};

/// How far ahead a time of which enough is declared is looked for: two days.
const HALF_HOURS_AHEAD: i64 = 96;

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
            let mut fixes = Vec::from_iter(declared_amount(level, &beyond, unit));
            if fixes.is_empty() {
                fixes.extend(declared_time(draft, unit, declared, context));
                fixes.extend(stand_in(draft, context));
            }
            outside(level, &beyond, unit, fixes, found);
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

/// As much as is declared.
fn declared_amount(level: &Placed, beyond: &Beyond, unit: &UnitState) -> Option<Fix> {
    let declared = beyond.offer.towards(beyond.asked_kw);
    let signed = if beyond.asked_kw < 0.0 { -declared.0 } else { declared.0 };
    let from_kw = match level.reference {
        Some(Reference::Delta) | None => 0.0,
        Some(Reference::Absolute) => unit.baseline.at(seconds(beyond.half_hour.max(level.at))),
    };
    let amount = Watts::from_kilowatts(from_kw).map(|from| from.0 + signed).filter(|_| declared > Watts(0));
    amount.map(|amount| fix(format!("Ask {}", Watts(amount)), Repair::Amount(level.row, amount)))
}

/// The next half-hour from which on all of it is declared.
fn declared_time(
    draft: &Draft,
    unit: &UnitState,
    declared: &Declaration,
    context: &Context<'_>,
) -> Option<Fix> {
    let (start, end) = draft.span()?;
    let levels: Vec<Placed> =
        draft.placed().into_iter().filter(|p| p.kind == Kind::Real && p.reference.is_some()).collect();
    let holds = |begins: &crate::time::UtcTime| {
        let later = begins.since(start);
        let real = |level: &Placed| {
            let reference = level.reference?;
            Some((level.at + later, RealLevel { reference, watts: Watts(level.amount), price: None }))
        };
        let real: Vec<_> = levels.iter().filter_map(real).collect();
        let baseline = |t| unit.baseline.at(seconds(t));
        let span = (context.now, end + later);
        // Of what nothing is known, nothing is promised.
        let is_known = (0..end.since(start).max(1))
            .step_by(usize::try_from(HALF_HOUR_S).unwrap_or(1))
            .all(|after| declared.offer_at(half_hour_of(*begins + after)).is_some());
        is_known
            && first_level_beyond(&real, span, |half_hour| declared.offer_at(half_hour), baseline).is_none()
    };
    let from = half_hour_of(start);
    let at = (1..=HALF_HOURS_AHEAD).map(|half_hours| from + half_hours * HALF_HOUR_S).find(holds)?;
    Some(fix(format!("Start at {}", words::london_minute(at)), Repair::Shift(at)))
}

fn outside(level: &Placed, beyond: &Beyond, unit: &UnitState, fixes: Vec<Fix>, found: &mut Findings) {
    let way = if beyond.asked_kw < 0.0 { "down" } else { "up" };
    let declared = beyond.offer.towards(beyond.asked_kw);
    found.warn(
        Check::Undeclared,
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
