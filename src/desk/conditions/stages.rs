//! What an FSP has not said, or should not have: sending, acknowledgement, read-back, failure.

use super::{Scene, about_dispatch, in_force};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::snapshot::{DispatchState, LinkState, Priority, RevisionState, Rung};
use crate::desk::standing::{stage_of, taken_on};
use crate::desk::words::{clock_words, revision_words};
use crate::dispatch::{Comparison, Dispatch, FieldComparison, Reason, Stage, Status};
use crate::time::UtcTime;

pub(super) fn not_sent(
    scene: &Scene<'_>,
    state: &DispatchState,
    current: &RevisionState,
) -> Option<Condition> {
    let fault = current.fault.as_deref()?;
    let dispatch = &current.signed.dispatch;
    if current.sent.is_some() || scene.now >= dispatch.service_end {
        return None;
    }
    let call = scene.register.telephone(&dispatch.unit.fsp);
    let priority = if dispatch.status.is_stop() { Priority::High } else { Priority::Medium };
    Some(Condition {
        priority,
        text: format!(
            "{} was not sent: {fault}. Send it again, or give it by telephone to {call}.",
            revision_words(dispatch)
        ),
        ..about_dispatch(Cause::NotSent(state.key.clone()), &state.key, dispatch, false)
    })
}

pub(super) fn rejected(
    scene: &Scene<'_>,
    state: &DispatchState,
    current: &RevisionState,
) -> Option<Condition> {
    let dispatch = &current.signed.dispatch;
    let rung = reached(state, dispatch, Stage::Rejected)?;
    if scene.now >= dispatch.service_end {
        return None;
    }
    let unit = &dispatch.unit;
    let call = scene.register.telephone(&unit.fsp);
    let reason = rung.reason.map_or("no reason given".to_owned(), |r| r.to_string());
    let detail = rung.detail.as_ref().map_or(String::new(), |d| format!(", “{d}”"));
    let still = state.in_force.map_or(String::new(), |r| format!(" Revision {r} stays in force."));
    let revision = revision_words(dispatch);
    let (priority, text) = if rung.reason == Some(Reason::BadSignature) {
        (
            Priority::High,
            format!(
                "{} rejected {revision}: it does not accept this desk's signature{detail}. Have key {} pinned there: telephone {call}.{still}",
                unit.fsp, current.signed.signature.key_id
            ),
        )
    } else {
        let priority = if dispatch.status.is_stop() { Priority::High } else { Priority::Medium };
        (
            priority,
            format!(
                "{} rejected {revision}: {reason}{detail}. Correct it and send the next revision, use another unit, or telephone {call}.{still}",
                unit.fsp
            ),
        )
    };
    Some(Condition {
        priority,
        text,
        ..about_dispatch(Cause::Rejected(state.key.clone()), &state.key, dispatch, false)
    })
}

pub(super) fn failed(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    // What an earlier revision failed at is over once a later one was taken on, and no matter once it is to stop.
    if in_force(state).is_some_and(|d| d.status.is_stop()) {
        return None;
    }
    let dispatch = &taken_on(state)?.signed.dispatch;
    let rung = reached(state, dispatch, Stage::Failed)?;
    if scene.now >= dispatch.service_end {
        return None;
    }
    let detail = rung.detail.as_ref().map_or(String::new(), |d| format!(" (“{d}”)"));
    Some(Condition {
        priority: Priority::High,
        text: format!(
            "{} could not go on with {}{detail}: make up the difference with another unit and telephone {}.",
            dispatch.unit,
            revision_words(dispatch),
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Failed(state.key.clone()), &state.key, dispatch, false)
    })
}

pub(super) fn overdue(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let (due, awaited) = (state.due?, state.awaited.as_deref()?);
    let dispatch = in_force(state)?;
    let acknowledged = stage_of(&state.ladder, dispatch.revision).is_some_and(|g| g.stage != Stage::Received);
    let is_emergency = dispatch.status == Status::EmergencyStop && !acknowledged;
    let heard_until =
        if is_emergency { emergency_heard_until(scene) } else { scene.told_until(&dispatch.unit.fsp) };
    if heard_until < due {
        return None;
    }
    let call = scene.register.telephone(&dispatch.unit.fsp);
    let revision = revision_words(dispatch);
    if is_emergency {
        let allowed = state.revision(dispatch.revision)?.sent.map_or(0, |sent| due.since(sent));
        return Some(Condition {
            priority: Priority::High,
            text: format!(
                "EMERGENCY STOP not acknowledged within {allowed} s: {revision} waits for {awaited}. Telephone {call} at once and have {} stopped by hand.",
                dispatch.unit
            ),
            ..about_dispatch(Cause::Emergency(state.key.clone()), &state.key, dispatch, false)
        });
    }
    Some(Condition {
        priority: Priority::Medium,
        text: format!("{revision} waits for {awaited}, due by {}: telephone {call}.", clock_words(due)),
        ..about_dispatch(Cause::Overdue(state.key.clone()), &state.key, dispatch, true)
    })
}

/// Up to when an EMERGENCY_STOP counts as unanswered: the VTN is asked once more while it answers, and not waited for
/// while it does not.
fn emergency_heard_until(scene: &Scene<'_>) -> UtcTime {
    match scene.vtn.state {
        // A desk that has just begun asks for the answers that it may have had before.
        LinkState::Live | LinkState::Unknown => scene.links.last_news().unwrap_or(UtcTime::from_unix(0)),
        LinkState::Late | LinkState::Lost => scene.now,
    }
}

pub(super) fn readback_differs(
    scene: &Scene<'_>,
    state: &DispatchState,
    dispatch: &Dispatch,
) -> Option<Condition> {
    let readback = state.readback.as_deref()?;
    let wrong: Vec<&FieldComparison> =
        readback.iter().filter(|f| matches!(f.comparison, Comparison::Differs | Comparison::Added)).collect();
    let first = wrong.first()?;
    let more = if wrong.len() > 1 { format!(" and {} more", wrong.len() - 1) } else { String::new() };
    let sent = if first.sent.is_empty() { "nothing" } else { &first.sent };
    Some(Condition {
        priority: Priority::Medium,
        text: format!(
            "{} read {} back otherwise than sent: {} is {} and was sent as {sent}{more}. Stop or amend it, and agree by telephone with {}.",
            dispatch.unit.fsp,
            revision_words(dispatch),
            first.field_in_words(),
            first.read_back.as_deref().unwrap_or("nothing"),
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Readback(state.key.clone()), &state.key, dispatch, false)
    })
}

pub(super) fn unreachable(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_force(state)?;
    let rung = reached(state, dispatch, Stage::Unreachable)?;
    let reached_later = reached(state, dispatch, Stage::AtSetpoint).is_some();
    if reached_later || scene.now >= dispatch.service_end {
        return None;
    }
    let when = rung.reached_at.map_or("never".to_owned(), |at| format!("at {} only", clock_words(at)));
    Some(Condition {
        priority: Priority::Medium,
        text: format!(
            "{} will reach the level of {} {when}: cover the difference with another unit, or amend the setpoint.",
            dispatch.unit,
            revision_words(dispatch)
        ),
        ..about_dispatch(Cause::Unreachable(state.key.clone()), &state.key, dispatch, false)
    })
}

fn reached<'a>(state: &'a DispatchState, dispatch: &Dispatch, stage: Stage) -> Option<&'a Rung> {
    state.ladder.iter().rfind(|g| g.stage == stage && g.revision == dispatch.revision && g.signature.is_ok())
}
