//! What is wrong at this moment, in sentences that say what to do (alarm list of the domain, by priority). Pure.

use super::alarms::{Cause, Condition};
use super::links::Links;
use super::marks;
use super::register::Register;
use super::snapshot::{DispatchState, LinkState, Phase, Priority, RevisionState, Rung, VtnHealth};
use super::standing::stage_of;
use super::words::{clock_words, kw_words, named, revision_words};
use crate::dispatch::{
    Comparison, Dispatch, DispatchKey, DispatchUnit, FieldComparison, FspId, Reason, Stage, Status,
};
use crate::profile::fleet::Fsp;
use crate::time::UtcTime;

/// All that is looked at.
pub(super) struct Scene<'a> {
    pub now: UtcTime,
    pub register: &'a Register,
    pub dispatches: &'a [&'a DispatchState],
    pub links: &'a Links,
    pub vtn: &'a VtnHealth,
    /// Why the journal cannot be written, when it cannot.
    pub journal_fault: Option<&'a str>,
}

/// Everything that is wrong, one condition for each cause.
pub(super) fn conditions(scene: &Scene<'_>) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    found.extend(vtn_lost(scene));
    found.extend(scene.journal_fault.map(journal));
    found.extend(scene.register.fsps().iter().filter_map(|fsp| client(scene, fsp)));
    found.extend(scene.links.silent_units().filter_map(|unit| unit_silent(scene, unit)));
    for state in scene.dispatches {
        found.extend(of_dispatch(scene, state));
    }
    found
}

/// Whether a dispatch asks its unit to deliver at this moment.
pub(super) fn in_service(state: &DispatchState, now: UtcTime) -> Option<&Dispatch> {
    let dispatch = in_force(state)?;
    let runs = matches!(dispatch.status, Status::Run | Status::RunNow);
    (runs && state.is_open() && dispatch.service_start <= now && now < dispatch.service_end)
        .then_some(dispatch)
}

fn in_force(state: &DispatchState) -> Option<&Dispatch> {
    state.revision(state.in_force?).map(|r| &r.signed.dispatch)
}

fn service_of<'a>(scene: &'a Scene<'_>, fsp: &FspId) -> Option<&'a Dispatch> {
    scene.dispatches.iter().filter_map(|s| in_service(s, scene.now)).find(|d| d.unit.fsp == *fsp)
}

fn vtn_lost(scene: &Scene<'_>) -> Option<Condition> {
    if scene.vtn.state != LinkState::Lost {
        return None;
    }
    let active = scene.dispatches.iter().filter(|s| in_service(s, scene.now).is_some()).count();
    let meanwhile = match active {
        0 => "nothing can be sent or followed until it answers".to_owned(),
        n => format!(
            "{n} service(s) under way cannot be followed or stopped through it: instruct their FSPs by telephone"
        ),
    };
    let since = scene.vtn.last_answer.map_or("it has not answered yet".to_owned(), |at| {
        format!("it last answered at {}", clock_words(at))
    });
    let fault = scene.vtn.fault.as_deref().unwrap_or("no answer");
    Some(Condition {
        cause: Cause::Vtn,
        priority: if active > 0 { Priority::High } else { Priority::Medium },
        text: format!(
            "The VTN at {} does not answer ({since}): {fault}. Check that it runs and the way to it; {meanwhile}.",
            scene.vtn.url
        ),
        source: "VTN".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: true,
    })
}

fn journal(fault: &str) -> Condition {
    Condition {
        cause: Cause::Journal,
        priority: Priority::High,
        text: format!(
            "The journal cannot be written: {fault}. Make room or restore the file; until then only stops are sent."
        ),
        source: "desk".to_owned(),
        unit: None,
        dispatch: None,
        heard_through: None,
        silences: false,
    }
}

fn client(scene: &Scene<'_>, fsp: &Fsp) -> Option<Condition> {
    let seconds = scene.register.poll_seconds(&fsp.id);
    let state = scene.links.client_state(&fsp.id, seconds);
    if !matches!(state, LinkState::Late | LinkState::Lost) {
        return None;
    }
    let last = scene
        .links
        .client_last(&fsp.id)
        .map_or("not at all so far".to_owned(), |at| format!("last at {}", clock_words(at)));
    let service = service_of(scene, &fsp.id);
    let call = scene.register.telephone(&fsp.id);
    let (priority, text) = match (state, service) {
        (LinkState::Lost, Some(dispatch)) => (
            Priority::High,
            format!(
                "{} has stopped polling ({last}) while {} is in service: telephone {call}. Its unit goes on with what it has accepted.",
                fsp.id,
                named(dispatch)
            ),
        ),
        (LinkState::Lost, None) => (
            Priority::Low,
            format!(
                "{} has stopped polling ({last}; asked every {seconds} s) while nothing of it is in service: telephone {call} before it is dispatched.",
                fsp.id
            ),
        ),
        (LinkState::Late, None) => (
            Priority::Low,
            format!(
                "{} is late to poll ({last}; asked every {seconds} s): watch it, and telephone {call} if it does not come back.",
                fsp.id
            ),
        ),
        _ => return None,
    };
    Some(Condition {
        cause: Cause::Client(fsp.id.clone()),
        priority,
        text,
        source: fsp.id.to_string(),
        unit: None,
        dispatch: service.map(Dispatch::key),
        heard_through: Some(fsp.id.clone()),
        silences: state == LinkState::Lost,
    })
}

fn unit_silent(scene: &Scene<'_>, unit: &DispatchUnit) -> Option<Condition> {
    scene.register.unit(unit)?;
    let service = scene.dispatches.iter().filter_map(|s| in_service(s, scene.now)).find(|d| d.unit == *unit);
    let call = scene.register.telephone(&unit.fsp);
    let (priority, during) = match service {
        Some(dispatch) => (Priority::Medium, format!(" while {} is in service", named(dispatch))),
        None => (Priority::Low, String::new()),
    };
    Some(Condition {
        priority,
        text: format!(
            "{unit}'s controller does not answer its own client{during}: telephone {call} and ask for the unit's state."
        ),
        unit: Some(unit.clone()),
        dispatch: service.map(Dispatch::key),
        ..about(Cause::Unit(unit.clone()), unit, true)
    })
}

fn of_dispatch(scene: &Scene<'_>, state: &DispatchState) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    let Some(current) = state.current() else { return found };
    found.extend(not_sent(scene, state, current));
    found.extend(rejected(scene, state, current));
    found.extend(failed(scene, state, current));
    if state.is_open() {
        found.extend(overdue(scene, state));
        found.extend(readback_differs(scene, state, &current.signed.dispatch));
        found.extend(unreachable(scene, state));
        found.extend(short(scene, state));
        found.extend(metering(scene, state));
    }
    found
}

fn not_sent(scene: &Scene<'_>, state: &DispatchState, current: &RevisionState) -> Option<Condition> {
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

fn rejected(scene: &Scene<'_>, state: &DispatchState, current: &RevisionState) -> Option<Condition> {
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

fn failed(scene: &Scene<'_>, state: &DispatchState, current: &RevisionState) -> Option<Condition> {
    let dispatch = &current.signed.dispatch;
    if scene.now >= dispatch.service_end {
        return None;
    }
    let rung = state.ladder.iter().rfind(|g| g.stage == Stage::Failed && g.signature.is_ok())?;
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

fn overdue(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let (due, awaited) = (state.due?, state.awaited.as_deref()?);
    // What came in time may not have been heard yet: the VTN is asked once more before anybody is called late.
    let heard_until = match scene.vtn.state {
        LinkState::Live => scene.links.last_news().unwrap_or(scene.now),
        _ => scene.now,
    };
    if heard_until < due {
        return None;
    }
    let dispatch = in_force(state)?;
    let call = scene.register.telephone(&dispatch.unit.fsp);
    let revision = revision_words(dispatch);
    let acknowledged = stage_of(&state.ladder, dispatch.revision).is_some_and(|g| g.stage != Stage::Received);
    if dispatch.status == Status::EmergencyStop && !acknowledged {
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

fn readback_differs(scene: &Scene<'_>, state: &DispatchState, dispatch: &Dispatch) -> Option<Condition> {
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
            first.field,
            first.read_back.as_deref().unwrap_or("nothing"),
            scene.register.telephone(&dispatch.unit.fsp)
        ),
        ..about_dispatch(Cause::Readback(state.key.clone()), &state.key, dispatch, false)
    })
}

fn unreachable(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
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

fn short(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_service(state, scene.now)?;
    if matches!(state.phase, Phase::Sent | Phase::Received) {
        return None;
    }
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

fn metering(scene: &Scene<'_>, state: &DispatchState) -> Option<Condition> {
    let dispatch = in_service(state, scene.now)?;
    if matches!(state.phase, Phase::Sent | Phase::Received) {
        return None;
    }
    let last = marks::metered_until(state, dispatch);
    if scene.now.since(last) <= marks::METERING_AFTER_S {
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

fn reached<'a>(state: &'a DispatchState, dispatch: &Dispatch, stage: Stage) -> Option<&'a Rung> {
    state.ladder.iter().rfind(|g| g.stage == stage && g.revision == dispatch.revision && g.signature.is_ok())
}

fn about_dispatch(cause: Cause, key: &DispatchKey, dispatch: &Dispatch, through: bool) -> Condition {
    Condition { dispatch: Some(key.clone()), ..about(cause, &dispatch.unit, through) }
}

/// A condition of one unit, its text and priority still to be said.
pub(super) fn about(cause: Cause, unit: &DispatchUnit, heard_through: bool) -> Condition {
    Condition {
        cause,
        priority: Priority::Medium,
        text: String::new(),
        source: unit.fsp.to_string(),
        unit: Some(unit.clone()),
        dispatch: None,
        heard_through: heard_through.then(|| unit.fsp.clone()),
        silences: false,
    }
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
