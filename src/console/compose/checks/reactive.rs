//! What the unit can give of reactive power: at all, at any real power, and beside the real power that is asked.

use crate::console::compose::draft::{Draft, Kind, Placed};
use crate::console::compose::repair::Repair;
use crate::console::plot::instant::seconds;
use crate::desk::snapshot::UnitState;
use crate::units::{Vars, grouped};

use super::unit::net_kw;
use super::{Check, Context, Field, Findings, fix};

pub(super) fn check(draft: &Draft, context: &Context<'_>, found: &mut Findings) {
    let Some(unit) = context.unit else { return };
    for level in draft.placed().into_iter().filter(|p| p.kind == Kind::Reactive && p.reference.is_some()) {
        if unit.reactive.is_none() {
            let says = "the unit controls no reactive power; its FSP will leave this out, or refuse it alone";
            let remove = fix("Remove it", Repair::Remove(level.row));
            found.warn(Check::NoReactive, Field::Volume(level.row), says.to_owned(), [remove]);
        } else if !beyond(&level, unit, found) {
            beside_real_power(&level, draft, unit, found);
        }
    }
}

/// Reactive power that the unit gives at no real power.
fn beyond(level: &Placed, unit: &UnitState, found: &mut Findings) -> bool {
    let Some(capability) = unit.reactive.as_deref() else { return false };
    let (least_kw, most_kw) = unit.asset.limits_kw(unit.baseline.at(seconds(level.at)));
    let (least, most) = capability.reach_kvar(least_kw, most_kw);
    let asked = Vars(level.amount).kilovars();
    if (least - 1e-6..=most + 1e-6).contains(&asked) {
        return false;
    }
    let limit = if asked > most { most } else { least };
    found.error(
        Check::ReactiveRating,
        Field::Volume(level.row),
        format!(
            "is {} kvar beyond what the unit gives at any real power ({} to {} kvar)",
            grouped((asked - limit).abs(), 0),
            grouped(least, 0),
            grouped(most, 0)
        ),
        ask(level, limit),
    );
    true
}

/// Reactive power that does not fit beside the real power that is asked at its time. It can be sent: one of them gives
/// way, as the unit's priority has it.
fn beside_real_power(level: &Placed, draft: &Draft, unit: &UnitState, found: &mut Findings) {
    let Some(capability) = unit.reactive.as_deref() else { return };
    let placed = draft.placed();
    let real = placed.iter().filter(|p| p.kind == Kind::Real && p.at <= level.at).max_by_key(|p| p.at);
    let kw = real.map_or_else(|| unit.baseline.at(seconds(level.at)), |real| net_kw(real, unit));
    let asked = Vars(level.amount).kilovars();
    let (kept_kw, kept_kvar) = capability.clip(kw, asked);
    let says = if (kept_kvar - asked).abs() > 0.5 {
        format!("only {} kvar can be had beside {} kW net", grouped(kept_kvar.trunc(), 0), grouped(kw, 0))
    } else if (kept_kw - kw).abs() > 0.5 {
        format!("leaves room for {} kW net, and {} kW are asked", grouped(kept_kw, 0), grouped(kw, 0))
    } else {
        return;
    };
    let (least, most) = capability.range_kvar(kw).unwrap_or((0.0, 0.0));
    let fits = ask(level, asked.max(least).min(most));
    found.warn(Check::ReactiveBeside, Field::Volume(level.row), says, fits);
}

/// Asking a reactive power instead, in whole kvar towards 0; none at all where that is all there is.
fn ask(level: &Placed, kvar: f64) -> [super::Fix; 1] {
    #[expect(clippy::cast_possible_truncation, reason = "a cast of f64 to i64 saturates")]
    let vars = (kvar.trunc() as i64).saturating_mul(1000);
    match vars {
        0 => [fix("Remove it", Repair::Remove(level.row))],
        vars => [fix(format!("Ask {}", Vars(vars)), Repair::Amount(level.row, vars))],
    }
}
