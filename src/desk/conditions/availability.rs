//! A unit that is declared to give less than was agreed with it.

use super::{Scene, about_dispatch};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::marks::seconds;
use crate::desk::snapshot::{DispatchState, Priority};
use crate::desk::standing::taken_on;
use crate::desk::words::{kw_words, london_words, revision_words};
use crate::dispatch::Status;
use crate::dispatch::availability::{first_level_beyond, levels_of};

/// What a unit has taken on and is declared not to give in full, from now on. A declaration that bears on nothing that
/// is dispatched asks nobody for anything, and is no alarm.
pub(super) fn below(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = &taken_on(state)?.signed.dispatch;
    if !matches!(dispatch.status, Status::Run | Status::RunNow) {
        return None;
    }
    let unit = &dispatch.unit;
    let declared = scene.units.availability(unit)?;
    let baseline = scene.register.baseline(unit)?;
    let (_, beyond) = first_level_beyond(
        &levels_of(dispatch),
        (scene.now, dispatch.service_end),
        |half_hour| declared.offer_at(half_hour),
        |t| baseline.at(seconds(t)),
    )?;
    let way = if beyond.asked_kw < 0.0 { "down" } else { "up" };
    Some(Condition {
        priority: Priority::Low,
        text: format!(
            "Declared availability is below contract: {unit} is declared for {} {way} from {}, and {} asks {} {way}. Cover the difference with another unit, amend the dispatch, or telephone {}.",
            kw_words(beyond.offer.towards(beyond.asked_kw).kilowatts()),
            london_words(beyond.half_hour),
            revision_words(dispatch),
            kw_words(beyond.asked_kw.abs()),
            scene.register.telephone(&unit.fsp)
        ),
        ..about_dispatch(Cause::Availability(state.key.clone()), &state.key, dispatch, true)
    })
}
