//! What a unit does not deliver, will not, or does not tell.

use super::{Scene, about_dispatch, in_service};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::marks::{self, Delivered, Stray};
use crate::desk::snapshot::{DispatchState, Priority, UnitState};
use crate::desk::standing::taken_on;
use crate::desk::untrusted::Why;
use crate::desk::words::{clock_words, kw_words, kwh_words, london_words, revision_words};
use crate::dispatch::{Dispatch, DispatchUnit};
use crate::power::UnitPhase;

/// A unit that does this share of what another lacks stands in for it.
const STANDS_IN: f64 = 0.5;

/// A unit that delivers too little, too much or the other way, and the one that seems to have been moved in its place.
pub(super) fn stray(scene: &Scene<'_>, state: &DispatchState) -> Vec<Condition> {
    let found = in_service(state, scene.now).filter(|_| taken_on(state).is_some()).and_then(|dispatch| {
        let baseline = scene.register.baseline(&dispatch.unit)?;
        Some((dispatch, marks::stray(state, baseline, scene.now)?))
    });
    let Some((dispatch, stray)) = found else { return Vec::new() };
    // Less wind than the limit allows is no fault of a farm's.
    if matches!(stray, Stray::Over(_)) && keeps_to_a_limit(scene, &dispatch.unit) {
        return Vec::new();
    }
    let itself = strays(scene, state, dispatch, stray);
    std::iter::once(itself).chain(unasked(scene, state, dispatch, stray)).collect()
}

fn keeps_to_a_limit(scene: &Scene<'_>, unit: &DispatchUnit) -> bool {
    scene.register.unit(unit).is_some_and(|unit| unit.asset.keeps_to_a_limit())
}

fn strays(scene: &Scene<'_>, state: &DispatchState, dispatch: &Dispatch, stray: Stray) -> Condition {
    let unit = &dispatch.unit;
    let call = scene.register.telephone(&unit.fsp);
    let of_asked = |found: Delivered| {
        let (delivered, asked) = (kw_words(found.delivered_kw), kw_words(found.asked_kw));
        format!("{unit} delivers {delivered} of the {asked} change asked by {}", dispatch.dispatch_ref)
    };
    let (cause, priority, text) = match stray {
        Stray::Short(found) => (
            Cause::Short(state.key.clone()),
            Priority::High,
            format!(
                "{}, more than 20 % short for 5 minutes: make up the difference with another unit and telephone {call}.",
                of_asked(found)
            ),
        ),
        Stray::Over(found) => (
            Cause::Over(state.key.clone()),
            Priority::Medium,
            format!(
                "{}, more than 20 % beyond it for 5 minutes: see that the network bears it, amend or stop the dispatch, and telephone {call}.",
                of_asked(found)
            ),
        ),
        Stray::WrongWay(found) => (
            Cause::WrongWay(state.key.clone()),
            Priority::High,
            format!(
                "{unit} goes the wrong way: it changes by {} where {} asks for {}. Stop it, cover it with another unit, and telephone {call}.",
                kw_words(found.delivered_kw),
                dispatch.dispatch_ref,
                kw_words(found.asked_kw)
            ),
        ),
    };
    Condition { priority, text, ..about_dispatch(cause, &state.key, dispatch, true) }
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

/// A unit of the same FSP that does, unasked, what this one does not. The power of farms and EV hubs is the weather's and
/// their vehicles': nobody need have moved them.
fn unasked(scene: &Scene<'_>, state: &DispatchState, dispatch: &Dispatch, stray: Stray) -> Option<Condition> {
    let (Stray::Short(found) | Stray::WrongWay(found)) = stray else { return None };
    let missing_kw = found.asked_kw - found.delivered_kw;
    let moved = |unit: &UnitState| {
        let is_other = unit.unit.fsp == dispatch.unit.fsp && unit.unit != dispatch.unit;
        let is_natures = keeps_to_a_limit(scene, &unit.unit);
        let is_idle = unit.active.is_none() && unit.state != UnitPhase::Rebound.word();
        let change_kw = unit.kw? - unit.baseline_kw?;
        let stands_in = change_kw * missing_kw.signum() >= missing_kw.abs() * STANDS_IN;
        (is_other && is_idle && !is_natures && stands_in).then(|| (unit.unit.clone(), change_kw))
    };
    let (other, change_kw) = scene.units.of_fsp(&dispatch.unit.fsp).find_map(moved)?;
    Some(Condition {
        priority: Priority::High,
        text: format!(
            "{other} changes by {} although nothing is asked of it, while {} is short of what {} asks: the wrong unit seems to have been moved. Telephone {} and name {}.",
            kw_words(change_kw),
            dispatch.unit,
            dispatch.dispatch_ref,
            scene.register.telephone(&dispatch.unit.fsp),
            dispatch.unit
        ),
        ..about_dispatch(Cause::Unasked(other), &state.key, dispatch, true)
    })
}

/// Readings of a unit in service that are of no use.
pub(super) fn untrusted(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_service(state, scene.now).filter(|_| taken_on(state).is_some())?;
    let (end, why) = scene.untrusted.of(&dispatch.unit)?;
    let what = match why {
        Why::Marked => "are marked bad".to_owned(),
        Why::Impossible { kw } => format!("cannot be: {}", kw_words(kw)),
    };
    Some(Condition {
        text: format!(
            "Readings of {} {what} (of the minute until {}) while {} is in service: they are not counted. Telephone {} and have its meter looked at.",
            dispatch.unit,
            clock_words(end),
            dispatch.dispatch_ref,
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Readings(dispatch.unit.clone()), &state.key, dispatch, true)
    })
}

/// A battery that will be empty, or full, before the end of what it is asked.
pub(super) fn charge(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = &taken_on(state)?.signed.dispatch;
    let unit = &dispatch.unit;
    let found = scene.endurance.of(unit, &state.key)?;
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
