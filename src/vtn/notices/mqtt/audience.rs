//! Which topics a change is told on, and what each is told: nothing that one of its readers may not see.

use bytes::Bytes;

use crate::vtn::notices::change::{Change, Operation, State};
use crate::vtn::notices::notification;
use crate::vtn::notices::sight::{Grants, Seer, turn};
use crate::vtn::object::{Kind, targets, text};
use crate::vtn::store::StoreError;

use super::publisher::Message;
use super::topics::{self, Audience};

/// Adds what is to be published of a change.
///
/// # Errors
/// When the store fails, or what is kept is not JSON.
pub(in crate::vtn::notices) fn messages(
    change: &Change,
    grants: &mut Grants<'_, '_>,
    out: &mut Vec<Message>,
) -> Result<Result<(), serde_json::Error>, StoreError> {
    let mut audiences = vec![(Seer::Business, of_everyone(change, Audience::Business))];
    if matches!(change.kind, Kind::Program | Kind::Event) {
        audiences.push((Seer::Public, of_everyone(change, Audience::Public)));
    }
    for client in concerned(change, grants)? {
        if let Some(seer @ Seer::Ven { .. }) = grants.of(&client)? {
            let topics = match change.kind {
                Kind::Ven => topics::of_ven(&client),
                kind => topics::of_ven_objects(&client, kind),
            };
            audiences.push((seer, vec![topics]));
        }
    }
    let told = audiences.iter().try_for_each(|(seer, topics)| tell(change, seer, topics, out));
    Ok(told)
}

/// The topics of all, and of the one object or its program.
fn of_everyone(change: &Change, audience: Audience) -> Vec<String> {
    let state = change.after.as_ref().or(change.before.as_ref());
    let program = state.and_then(|state| state.program.as_deref());
    let of_one = match (change.kind, program) {
        (Kind::Program, Some(program)) => Some(topics::of_program(audience, program)),
        (Kind::Event, Some(program)) => Some(topics::of_program_events(audience, program)),
        _ => None,
    };
    // There are no topics of all events for everybody: what everybody sees of them is told by program.
    let of_all = match (change.kind, audience) {
        (Kind::Event, Audience::Public) => None,
        (kind, audience) => Some(topics::of_all(audience, kind)),
    };
    of_all.into_iter().chain(of_one).collect()
}

/// The clients whose own topics a change may be told on: those that were granted its targets, or whose object it is.
fn concerned(change: &Change, grants: &Grants<'_, '_>) -> Result<Vec<String>, StoreError> {
    let states = || change.before.iter().chain(&change.after);
    match change.kind {
        Kind::Program | Kind::Event => {
            let mut all: Vec<&str> = states().flat_map(|state| targets(&state.members)).collect();
            all.sort_unstable();
            all.dedup();
            grants.clients_granted(&all)
        }
        Kind::Ven | Kind::Resource => {
            let mut owners: Vec<String> =
                states().filter_map(|state| text(&state.members, "clientID")).map(str::to_owned).collect();
            owners.dedup();
            Ok(owners)
        }
        Kind::Report | Kind::Subscription => Ok(Vec::new()),
    }
}

fn tell(
    change: &Change,
    seer: &Seer,
    topics: &[String],
    out: &mut Vec<Message>,
) -> Result<(), serde_json::Error> {
    fn seen<'s>(state: &'s Option<State>, kind: Kind, seer: &Seer) -> Option<(&'s State, Vec<&'s str>)> {
        let state = state.as_ref()?;
        Some((state, seer.shown(kind, state)?))
    }
    let kind = change.kind;
    let before = seen(&change.before, kind, seer);
    let after = seen(&change.after, kind, seer);
    let Some((operation, (state, shown))) = turn(change.operation, before, after) else { return Ok(()) };
    let body = Bytes::from(notification::in_3_1(kind, operation, state, &shown)?);
    let is_of_one = |topics: &str| kind == Kind::Program && !topics.ends_with("/programs");
    for topics in topics {
        // Nobody can have asked for the topics of one object before there was one.
        if operation == Operation::Create && is_of_one(topics) {
            continue;
        }
        out.push(Message { topic: topics::of_operation(topics, operation), body: body.clone() });
    }
    Ok(())
}
