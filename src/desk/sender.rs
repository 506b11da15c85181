//! Sending one revision: a new event, or the same event replaced. Never deleted, never doubled.

use crate::dispatch::{DispatchKey, Revision, SignedDispatch};
use crate::openadr::client::{Client, ClientError};
use crate::openadr::mapping;
use crate::openadr::wire::{Event, Program};

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
    let confirmed = match place {
        Place::Held(held) => return already_held(*held, program_id, &job.signed),
        Place::Nowhere => post(&client, &event, &identity).await.map_err(what)?,
        Place::Event(id) => match client.put_event(&id, &event).await {
            // The event is gone, against the profile; the dispatch must not be.
            Err(ClientError::Refused { status: 404, .. }) => {
                post(&client, &event, &identity).await.map_err(what)?
            }
            other => other.map_err(what)?,
        },
    };
    if mapping::identity_of(&confirmed).as_ref() != Some(&identity) {
        return Err(format!(
            "the VTN confirmed something else than {} revision {}; look at Messages",
            identity.0, identity.1
        ));
    }
    let event_id = confirmed.meta.id.ok_or("the VTN gave the event no id")?;
    if job.look_again {
        let held = client.event(&event_id).await.map_err(what)?;
        if held.as_ref().and_then(mapping::identity_of).as_ref() != Some(&identity) {
            client.put_event(&event_id, &event).await.map_err(what)?;
        }
    }
    Ok(Sent { event_id, program_id, held_instead: None })
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
