//! What the unit can do: rating, minimum stable level, ramp, energy.

use crate::console::compose::draft::{Draft, Kind, Placed};
use crate::console::compose::forecast::{Forecast, Missed};
use crate::console::compose::repair::Repair;
use crate::console::plot::instant::{instant, seconds};
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::dispatch::Reference;
use crate::power::Asset;
use crate::units::{Watts, grouped};

use super::{Check, Context, Field, Findings, Fix, fix};

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some(unit) = context.unit else { return };
    let real = draft.placed().into_iter().filter(|p| p.kind == Kind::Real && p.reference.is_some());
    for level in real {
        let beyond = rating(&level, unit, found);
        if !beyond {
            minimum_stable_level(&level, unit, found);
        }
    }
    if let Some(forecast) = context.forecast {
        for missed in &forecast.missed {
            unreachable(draft, unit, missed, forecast, found);
        }
        if !forecast.is_reported {
            found.warn(
                Check::Unreported,
                Field::Unit,
                "the unit has not reported its power yet; the prediction starts from its baseline".to_owned(),
                [],
            );
        }
    }
}

/// Net kW of a level.
pub(super) fn net_kw(level: &Placed, unit: &UnitState) -> f64 {
    let kw = Watts(level.amount).kilowatts();
    match level.reference {
        Some(Reference::Delta) => unit.baseline.at(seconds(level.at)) + kw,
        _ => kw,
    }
}

/// The watts to type so that the unit's net power is `kw`, rounded towards the baseline.
fn amount_for(level: &Placed, unit: &UnitState, kw: f64) -> Option<i64> {
    let from = match level.reference {
        Some(Reference::Delta) => unit.baseline.at(seconds(level.at)),
        _ => 0.0,
    };
    let kilowatts = kw - from;
    let whole = kilowatts.trunc();
    // Whole kilowatts, unless that would come to nothing.
    Watts::from_kilowatts(if whole == 0.0 { kilowatts } else { whole }).map(|w| w.0)
}

/// The least and the greatest net kW that a unit can be asked for at an instant.
fn limits_kw(unit: &UnitState, at: crate::time::UtcTime) -> (f64, f64) {
    let baseline = unit.baseline.at(seconds(at));
    let (least, most) = unit.asset.limits_kw(baseline);
    (least.max(unit.min_kw.min(baseline)), most.min(unit.max_kw.max(baseline)))
}

/// Whether a unit can stand at a level of real power.
pub(super) fn is_within_rating(level: &Placed, unit: &UnitState) -> bool {
    let (least, most) = limits_kw(unit, level.at);
    let kw = net_kw(level, unit);
    let is_stable = match unit.asset.as_ref() {
        Asset::Generator(generator) => kw <= 1e-6 || kw >= generator.min_stable_kw - 1e-6,
        _ => true,
    };
    (least - 1e-6..=most + 1e-6).contains(&kw) && is_stable
}

fn rating(level: &Placed, unit: &UnitState, found: &mut Findings) -> bool {
    let (least, most) = limits_kw(unit, level.at);
    let kw = net_kw(level, unit);
    let (limit, side) = if kw > most + 1e-6 {
        (most, "above the most")
    } else if kw < least - 1e-6 {
        (least, "below the least")
    } else {
        return false;
    };
    let fixes = amount_for(level, unit, limit)
        .map(|amount| fix(format!("Ask {}", Watts(amount)), Repair::Amount(level.row, amount)));
    found.error(
        Check::Rating,
        Field::Volume(level.row),
        format!(
            "comes to {} kW net, {} kW {side} that the unit can do ({} kW)",
            grouped(kw, 0),
            grouped((kw - limit).abs(), 0),
            grouped(limit, 0)
        ),
        fixes,
    );
    true
}

fn minimum_stable_level(level: &Placed, unit: &UnitState, found: &mut Findings) {
    let Asset::Generator(generator) = unit.asset.as_ref() else { return };
    let kw = net_kw(level, unit);
    if kw <= 1e-6 || kw >= generator.min_stable_kw - 1e-6 {
        return;
    }
    let stable = generator.min_stable_kw;
    let asks = |kw: f64| {
        let amount = amount_for(level, unit, kw)?;
        Some(fix(format!("Ask {}", Watts(amount)), Repair::Amount(level.row, amount)))
    };
    found.error(
        Check::MinimumStable,
        Field::Volume(level.row),
        format!(
            "comes to {} kW net, below the minimum stable level of {} kW; the unit can only stand still or run above \
             it",
            grouped(kw, 0),
            grouped(stable, 0)
        ),
        asks(stable),
    );
}

/// A level that will be missed. It can be sent: the unit then goes as fast as it can.
fn unreachable(draft: &Draft, unit: &UnitState, missed: &Missed, forecast: &Forecast, found: &mut Findings) {
    let miss = &missed.miss;
    let mut fixes: Vec<Fix> = Vec::new();
    if let Some(at) = earliest(draft, missed) {
        fixes.push(fix(format!("Move to {}", words::london(at)), Repair::Move(missed.row, at)));
    }
    if miss.late_s.is_none_or(|late| late <= 0.0)
        && let (Some((start, end)), Some(out)) = (draft.span(), forecast.exhausted_at())
        && out > start + 60
        && out > missed.at
        && out < end
    {
        let out = out.floor_to_minute();
        fixes.push(fix(
            format!("End the window at {}", words::london_minute(out)),
            Repair::Window(start, out),
        ));
    }
    fixes.extend(less(draft, unit, missed));
    found.warn(Check::Missed, Field::Volume(missed.row), missed.words(forecast.exhausted_at()), fixes);
}

/// As much of the level as there is at its time, or as lasts until the next one.
fn less(draft: &Draft, unit: &UnitState, missed: &Missed) -> Option<Fix> {
    let placed = draft.placed();
    let level = placed.iter().find(|level| level.row == missed.row)?;
    let baseline = unit.baseline.at(seconds(level.at));
    let change = missed.asked_kw - baseline;
    let share = if missed.is_not_kept() {
        let (_, end) = draft.span()?;
        let until = next_real(&placed, missed).unwrap_or(end);
        let asked_kwh = change.abs() * (seconds(until) - seconds(level.at)) / 3600.0;
        1.0 - missed.miss.short_kwh / asked_kwh
    } else {
        1.0 - missed.miss.short_kw / change.abs()
    };
    let amount = amount_for(level, unit, baseline + change * share).filter(|_| share > 0.0 && share < 1.0)?;
    let of_the_change = match level.reference {
        Some(Reference::Delta) => amount,
        _ => Watts::from_kilowatts(baseline).map_or(amount, |from| amount - from.0),
    };
    // Nothing is no less: it is another dispatch.
    (of_the_change.abs() >= 1000)
        .then(|| fix(format!("Ask {}", Watts(amount)), Repair::Amount(level.row, amount)))
}

/// When the next level of real power is asked.
fn next_real(placed: &[Placed], missed: &Missed) -> Option<crate::time::UtcTime> {
    let later = placed.iter().filter(|p| p.kind == Kind::Real && p.at > missed.at && p.row != missed.row);
    later.map(|p| p.at).min()
}

/// The first half minute at which the level can be delivered, when that is still before the next level and the end.
fn earliest(draft: &Draft, missed: &Missed) -> Option<crate::time::UtcTime> {
    let reached = instant((missed.reached_at()? / 30.0).ceil() * 30.0);
    let (_, end) = draft.span()?;
    let next = next_real(&draft.placed(), missed).unwrap_or(end);
    (reached > missed.at && reached < next.min(end)).then_some(reached)
}
