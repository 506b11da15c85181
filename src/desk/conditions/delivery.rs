//! What a unit does not deliver, will not, or does not tell.

use super::{Scene, about_dispatch, in_service};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::marks;
use crate::desk::snapshot::{DispatchState, Priority};
use crate::desk::standing::taken_on;
use crate::desk::words::{clock_words, kw_words, kwh_words, london_words, revision_words};

pub(super) fn short(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_service(state, scene.now).filter(|_| taken_on(state).is_some())?;
    let baseline = scene.register.baseline(&dispatch.unit)?;
    let found = marks::shortfall(state, baseline, scene.now)?;
    Some(Condition {
        priority: Priority::High,
        text: format!(
            "{} delivers {} of the {} change asked by {}, more than 20 % short for 5 minutes: make up the difference with another unit and telephone {}.",
            dispatch.unit,
            kw_words(found.delivered_kw),
            kw_words(found.asked_kw),
            dispatch.dispatch_ref,
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Short(state.key.clone()), &state.key, dispatch, true)
    })
}

pub(super) fn metering(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_service(state, scene.now).filter(|_| taken_on(state).is_some())?;
    let last = marks::metered_until(state, dispatch);
    if scene.told_until(&dispatch.unit.fsp).since(last) <= marks::METERING_AFTER_S {
        return None;
    }
    Some(Condition {
        priority: Priority::Medium,
        text: format!(
            "No metering of {} for more than 5 minutes (since {}) while {} is in service: telephone {} and ask for its readings.",
            dispatch.unit,
            clock_words(last),
            dispatch.dispatch_ref,
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Metering(state.key.clone()), &state.key, dispatch, true)
    })
}

/// A battery that will be empty, or full, before the end of what it is asked.
pub(super) fn charge(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let found = scene.endurance.of(&state.key)?;
    let dispatch = &taken_on(state)?.signed.dispatch;
    let unit = &dispatch.unit;
    let how = if found.is_full { "will be full" } else { "will run out of charge" };
    Some(Condition {
        text: format!(
            "{unit} {how} at {}: {} of what {} asks until {} will be missing. Cover it with another unit, amend the dispatch, or telephone {}.",
            london_words(found.at),
            kwh_words(found.missing_kwh),
            revision_words(dispatch),
            london_words(dispatch.service_end),
            scene.register.telephone(&unit.fsp)
        ),
        ..about_dispatch(Cause::Charge(state.key.clone()), &state.key, dispatch, true)
    })
}
