//! Who is not heard: the VTN, an FSP's client, a unit's controller; and whose clock is wrong.

use super::{Scene, about, in_service};
use crate::desk::alarms::{Cause, Condition};
use crate::desk::snapshot::{LinkState, Priority};
use crate::desk::words::{clock_words, named};
use crate::dispatch::{Dispatch, DispatchUnit, FspId};

pub(super) fn vtn_lost(scene: &Scene<'_>) -> Option<Condition> {
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

pub(super) fn client(scene: &Scene<'_>, fsp: &FspId) -> Option<Condition> {
    let seconds = scene.register.poll_seconds(fsp);
    let state = scene.links.client_state(fsp, seconds);
    if !matches!(state, LinkState::Late | LinkState::Lost) {
        return None;
    }
    let last = scene
        .links
        .client_last(fsp)
        .map_or("not at all so far".to_owned(), |at| format!("last at {}", clock_words(at)));
    let service = service_of(scene, fsp);
    let call = scene.register.telephone(fsp);
    let (priority, text) = match (state, service) {
        (LinkState::Lost, Some(dispatch)) => (
            Priority::High,
            format!(
                "{} has stopped polling ({last}) while {} is in service: telephone {call}. {}",
                fsp,
                named(dispatch),
                meanwhile(scene, dispatch)
            ),
        ),
        (LinkState::Lost, None) => (
            Priority::Low,
            format!(
                "{} has stopped polling ({last}; asked every {seconds} s) while nothing of it is in service: telephone {call} before it is dispatched.",
                fsp
            ),
        ),
        (LinkState::Late, None) => (
            Priority::Low,
            format!(
                "{} is late to poll ({last}; asked every {seconds} s): watch it, and telephone {call} if it does not come back.",
                fsp
            ),
        ),
        _ => return None,
    };
    Some(Condition {
        cause: Cause::Client(fsp.clone()),
        priority,
        text,
        source: fsp.to_string(),
        unit: None,
        dispatch: service.map(Dispatch::key),
        heard_through: Some(fsp.clone()),
        silences: state == LinkState::Lost,
    })
}

/// What the unit of a dispatch does without its VTN.
fn meanwhile(scene: &Scene<'_>, dispatch: &Dispatch) -> String {
    let contract = scene.register.contract(&dispatch.network_operator, &dispatch.contract);
    match contract.and_then(|contract| Some((contract, contract.fail_safe?))) {
        None => "Its unit goes on with what it has accepted.".to_owned(),
        Some((contract, fail_safe)) => format!(
            "By contract {} its unit goes to its fail-safe level, {}, when the VTN has not been heard for {} s, and back \
             to what is asked when it is heard again.",
            contract.id,
            fail_safe.level.words(),
            fail_safe.after_s(i64::from(contract.poll_seconds))
        ),
    }
}

pub(super) fn unit_silent(scene: &Scene<'_>, unit: &DispatchUnit) -> Option<Condition> {
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

fn service_of<'a>(scene: &'a Scene<'_>, fsp: &FspId) -> Option<&'a Dispatch> {
    scene.dispatches.iter().filter_map(|s| in_service(s, scene.now)).find(|d| d.unit.fsp == *fsp)
}

/// An FSP whose clock tells another time than the VTN's.
pub(super) fn clock(scene: &Scene<'_>, fsp: &FspId) -> Option<Condition> {
    let ahead_s = scene.clocks.ahead_s(fsp)?;
    let (by, way) = (ahead_s.unsigned_abs(), if ahead_s > 0 { "ahead of" } else { "behind" });
    Some(Condition {
        cause: Cause::Clock(fsp.clone()),
        priority: Priority::Low,
        text: format!(
            "The clock of {} is {by} s {way} the VTN's, and with it the times of its stages and readings: telephone {} and have it set.",
            fsp,
            scene.register.telephone(fsp)
        ),
        source: fsp.to_string(),
        unit: None,
        dispatch: None,
        heard_through: Some(fsp.clone()),
        silences: false,
    })
}
