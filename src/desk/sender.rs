//! Sending one revision: a new event, or the same event replaced. Never deleted, never doubled.

use crate::dispatch::{DispatchKey, Revision, SignedDispatch};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::{Event, Program};

/// So often it is looked whether the VTN holds what was sent.
const LOOKS: u32 = 3;

/// One revision to be sent, and what is known of its place at the VTN.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub signed: SignedDispatch,
    /// Its contract's program.
    pub program: Program,
    /// The program's id, when it is known.
    pub program_id: Option<String>,
    /// The event that holds an earlier revision, when it is known.
    pub event_id: Option<String>,
    /// It is certain that the VTN holds no revision of it.
    pub is_new: bool,
    /// An earlier revision was given up half-way for this one and may still arrive: look again afterwards.
    pub look_again: bool,
}

/// The VTN holds it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub event_id: String,
    pub program_id: String,
    /// What the VTN holds, when that is not what was to be sent but an earlier attempt at the same revision.
    pub held_instead: Option<SignedDispatch>,
}

/// Hands a revision to the VTN.
///
/// # Errors
/// In words, with what to do, when the VTN did not confirm it.
pub(super) async fn send(client: Client, job: Job) -> Result<Sent, String> {
    let what = |error: ClientError| error.to_string();
    let program_id = match &job.program_id {
        Some(id) => id.clone(),
        None => {
            let program = client.ensure_program(&job.program).await.map_err(what)?;
            program.meta.id.ok_or("the VTN gave the contract's program no id")?
        }
    };
    let identity = (job.signed.dispatch.key(), job.signed.dispatch.revision);
    let event = mapping::event_from(&job.signed, &program_id);
    let place = match (&job.event_id, job.is_new) {
        (Some(id), _) => Place::Event(id.clone()),
        (None, true) => Place::Nowhere,
        (None, false) => look_up(&client, &program_id, &identity).await.map_err(what)?,
    };
    let (confirmed, known_id) = match place {
        Place::Held(held) => return already_held(*held, program_id, &job.signed),
        Place::Nowhere => (post(&client, &event, &identity).await.map_err(what)?, None),
        Place::Event(id) => match client.put_event(&id, &event).await {
            // The event is gone, against the profile; the dispatch must not be.
            Err(ClientError::Refused { status: 404, .. }) => {
                (post(&client, &event, &identity).await.map_err(what)?, None)
            }
            other => (other.map_err(what)?, Some(id)),
        },
    };
    let event_id = known_id.or_else(|| confirmed.meta.id.clone()).ok_or("the VTN gave the event no id")?;
    // Most VTNs give back what they were given: then there is nothing to read in it.
    let is_confirmed = confirmed.says_the_same(&event) || holds(&confirmed, &job.signed);
    if job.look_again || !is_confirmed {
        make_sure(&client, &event_id, &event, &job.signed).await?;
    }
    Ok(Sent { event_id, program_id, held_instead: None })
}

/// Whether an event is a dispatch as it was signed.
fn holds(event: &Event, signed: &SignedDispatch) -> bool {
    mapping::dispatch_from(event).is_ok_and(|held| held == *signed)
}

/// Looks what the VTN holds, and puts it right where that is something else: the request or its answer may have been altered
/// on its way, or an earlier revision, given up half-way, has arrived after this one.
async fn make_sure(
    client: &Client,
    event_id: &str,
    event: &Event,
    signed: &SignedDispatch,
) -> Result<(), String> {
    let what = |error: ClientError| error.to_string();
    for _ in 0..LOOKS {
        let held = client.event(event_id).await.map_err(what)?;
        if held.is_some_and(|held| holds(&held, signed)) {
            return Ok(());
        }
        let confirmed = client.put_event(event_id, event).await.map_err(what)?;
        if holds(&confirmed, signed) {
            return Ok(());
        }
    }
    Err(format!(
        "the VTN confirmed something else than {} revision {}; look at Messages",
        signed.dispatch.key(),
        signed.dispatch.revision
    ))
}

/// Where a dispatch is at the VTN.
enum Place {
    Nowhere,
    /// An event holds an earlier revision of it.
    Event(String),
    /// An event holds this very revision.
    Held(Box<Event>),
}

async fn look_up(
    client: &Client,
    program_id: &str,
    (key, revision): &(DispatchKey, Revision),
) -> Result<Place, ClientError> {
    let mut place = Place::Nowhere;
    for event in client.events(Some(program_id)).await? {
        match (mapping::identity_of(&event), &event.meta.id) {
            (Some((k, r)), Some(_)) if k == *key && r == *revision => {
                return Ok(Place::Held(Box::new(event)));
            }
            (Some((k, _)), Some(id)) if k == *key => place = Place::Event(id.clone()),
            _ => {}
        }
    }
    Ok(place)
}

async fn post(
    client: &Client,
    event: &Event,
    identity: &(DispatchKey, Revision),
) -> Result<Event, ClientError> {
    client.post_event(event, |other| mapping::identity_of(other).as_ref() == Some(identity)).await
}

fn already_held(event: Event, program_id: String, wanted: &SignedDispatch) -> Result<Sent, String> {
    let held = mapping::dispatch_from(&event).map_err(|_| {
        format!(
            "the VTN holds an event of {} revision {} that cannot be read; send the next revision",
            wanted.dispatch.key(),
            wanted.dispatch.revision
        )
    })?;
    let event_id = event.meta.id.ok_or("the VTN gave the event no id")?;
    let held_instead = (held.dispatch != wanted.dispatch).then_some(held);
    Ok(Sent { event_id, program_id, held_instead })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::Value;

    use super::*;
    use crate::desk::testing::{parts, register, signed};
    use crate::dispatch::Status;
    use crate::openadr::client::tests::{Fake, answer, bench};

    /// A VTN that holds one event; on the way to it or back the first write is altered.
    fn altering(request: bool, from: &'static str, to: &'static str) -> (Client, impl Fn() -> Option<Event>) {
        let held: &'static Mutex<Option<Value>> = Box::leak(Box::default());
        let is_first = Mutex::new(true);
        let vtn = Fake::open(move |asked| {
            if asked.method == "GET" {
                let held = held.lock().unwrap().clone();
                return held.map_or_else(|| answer(404, Value::Null), |held| answer(200, held));
            }
            let altered = asked.body.replacen(from, to, 1);
            let is_first = std::mem::take(&mut *is_first.lock().unwrap());
            assert!(altered != asked.body || !is_first, "`{from}` is not in {}", asked.body);
            let (arrived, told) = match (is_first, request) {
                (true, true) => (&altered, &altered),
                (true, false) => (&asked.body, &altered),
                (false, _) => (&asked.body, &asked.body),
            };
            let with_id = |text: &str| {
                let mut event: Value = serde_json::from_str(text).unwrap();
                event["id"] = "event-1".into();
                event
            };
            *held.lock().unwrap() = Some(with_id(arrived));
            answer(200, with_id(told))
        });
        let stands = || held.lock().unwrap().clone().and_then(|held| serde_json::from_value(held).ok());
        (bench(&vtn).client, stands)
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_altered_on_its_way_is_put_right_before_it_is_called_sent() {
        let register = register();
        let stop = signed(parts(2, Status::Stop));
        for request in [true, false] {
            for event_id in [None, Some("event-1".to_owned())] {
                let (client, stands) = altering(request, "GB_REVISION", "GB_REVISIO0");
                let contract = &stop.dispatch.contract;
                let job = Job {
                    program: register.program(&stop.dispatch.network_operator, contract).unwrap(),
                    program_id: Some("program-1".to_owned()),
                    is_new: event_id.is_none(),
                    event_id,
                    look_again: false,
                    signed: stop.clone(),
                };
                let sent = send(client, job).await.unwrap();
                assert_eq!(sent.event_id, "event-1");
                assert!(holds(&stands().unwrap(), &stop), "altered request: {request}");
            }
        }
    }
}
