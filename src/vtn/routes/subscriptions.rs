//! `/subscriptions`: what a client wants to be told of, and where. Each belongs to the client that made it; business
//! logic reads and deletes those of others, without the tokens in them.

use serde_json::{Map, Value};

use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::belongings::Belongings;
use crate::vtn::object::{Draft, Kind, text, without_bearer_tokens};
use crate::vtn::problem::Problem;
use crate::vtn::shape;
use crate::vtn::store::{Objects, Stored};

use super::collection::{Collection, Filters, SeenBy, changeable};
use super::{shaped, unreadable};

/// The most that are kept for one client: each is looked at with every change of any object.
const MOST: u32 = 64;

pub(super) struct Subscriptions;

impl Collection for Subscriptions {
    const KIND: Kind = Kind::Subscription;
    const WRITTEN_WITH: Scope = Scope::WriteSubscriptions;
    const SEEN_BY: SeenBy = SeenBy::Owner;
    const FILTERS: Filters = Filters {
        parent: Some("programID"),
        client: Some("clientID"),
        name: Some("clientName"),
        objects: true,
        ..Filters::NONE
    };

    fn members(_caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem> {
        shaped(members, shape::SUBSCRIPTION)
    }

    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        _own: &Belongings,
        members: Map<String, Value>,
        stored: Option<&Stored>,
    ) -> Result<Draft, Problem> {
        if let Some(Stored { id, client: Some(owner), .. }) = stored
            && *owner != caller.client_id
        {
            return Err(Problem::forbidden(format!(
                "subscription `{id}` belongs to the client `{owner}`, and only that client changes it; business logic \
                 may delete it"
            )));
        }
        if stored.is_none() && objects.count_of(Kind::Subscription, &caller.client_id)? >= MOST {
            return Err(Problem::conflict(format!(
                "the client `{}` has {MOST} subscriptions, and no more are kept for one client; delete one, or PUT one \
                 of them",
                caller.client_id
            )));
        }
        let parent = match text(&members, "programID") {
            Some(id) => Some(program(objects, caller, id)?.seq),
            None => None,
        };
        let client = Some(caller.client_id.clone());
        Ok(Draft { kind: Kind::Subscription, parent, client, members, written: None })
    }

    async fn before_keeping(
        vtn: &Shared,
        caller: &Caller,
        id: Option<&str>,
        members: &Map<String, Value>,
    ) -> Result<(), Problem> {
        let Some(notifier) = vtn.notifier.as_ref().filter(|n| n.calls_back()) else { return Ok(()) };
        // Nobody is called on behalf of a request that will be refused for what is known already.
        vtn.store.read(|objects| {
            let stored = id.map(|id| changeable(objects, Kind::Subscription, caller, id)).transpose()?;
            Self::draft(objects, caller, &Belongings::default(), members.clone(), stored.as_ref()).map(drop)
        })?;
        notifier.check_callbacks(members).await
    }

    fn shown_to(caller: &Caller, body: String) -> Result<String, Problem> {
        let members: Map<String, Value> = serde_json::from_str(&body).map_err(|error| unreadable(&error))?;
        match text(&members, "clientID") == Some(caller.client_id.as_str()) {
            true => Ok(body),
            false => without_bearer_tokens(&body).map_err(|error| unreadable(&error)),
        }
    }
}

fn program(objects: &Objects<'_>, caller: &Caller, id: &str) -> Result<Stored, Problem> {
    let sight = caller.sight_by_targets(objects)?;
    objects.seen(Kind::Program, &sight, id)?.ok_or_else(|| {
        Problem::bad_request(format!(
            "`programID` must be the id of a program that you can see, or left out; there is none with id `{id}`"
        ))
    })
}
