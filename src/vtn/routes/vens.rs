//! `/vens`: one for each client. Business logic writes any of them and grants targets; a VEN writes its own.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;

use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::answer::{self, Held};
use crate::vtn::body::JsonBody;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::query::Query;
use crate::vtn::shape::{self, shortened};
use crate::vtn::store::{Listing, Objects};

use super::grant::{check_request_type, keep_granted_targets};
use super::{Id, changeable, name_is_free, page, shaped, visible};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/vens", get(list).post(create))
        .route("/vens/{id}", get(read).put(replace).delete(remove))
}

async fn list(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    held: Held,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(raw.as_deref());
    vtn.store.read(|objects| {
        let sight = caller.sight_by_owner();
        let targets = query.targets()?;
        let listing = Listing {
            name: query.name("venName")?,
            targets: &targets,
            ..Listing::all(Kind::Ven, &sight, query.page()?)
        };
        page(objects, &listing, &held)
    })
}

async fn read(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    held: Held,
    Id(id): Id,
) -> Result<Response, Problem> {
    let sight = caller.sight_by_owner();
    vtn.store.read(|objects| Ok(answer::read(&held, visible(objects, Kind::Ven, &sight, &id)?)))
}

async fn create(State(vtn): State<Arc<Shared>>, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteVens)?;
    let mut draft = draft(&caller, &body)?;
    keep_granted_targets(&caller, &mut draft.members, None)?;
    vtn.store.write(|objects| {
        client_is_free(objects, &draft)?;
        name_is_free(objects, Kind::Ven, None, &draft.members, None)?;
        Ok(answer::json(StatusCode::CREATED, objects.create(&draft)?))
    })
}

async fn replace(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteVens)?;
    let mut draft = draft(&caller, &body)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Ven, &caller, &id)?;
        if stored.client != draft.client {
            return Err(Problem::conflict(format!(
                "the ven belongs to the client `{}`, and `clientID` cannot be changed to `{}`; delete the ven and create \
                 it for the other client",
                stored.client.as_deref().unwrap_or_default(),
                shortened(draft.client.as_deref().unwrap_or_default())
            )));
        }
        keep_granted_targets(&caller, &mut draft.members, Some(&stored))?;
        name_is_free(objects, Kind::Ven, None, &draft.members, Some(&id))?;
        Ok(answer::json(StatusCode::OK, objects.replace(&stored, &draft)?))
    })
}

/// Deletes a ven and its resources.
async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteVens)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Ven, &caller, &id)?;
        objects.delete(&stored)?;
        Ok(answer::json(StatusCode::OK, stored.body))
    })
}

fn draft(caller: &Caller, body: &JsonBody) -> Result<Draft, Problem> {
    let members = body.object()?;
    check_request_type(caller, &members, Kind::Ven)?;
    let (members, client) = if caller.is_business() {
        let members = shaped(members, shape::BL_VEN)?;
        let client = text(&members, "clientID").unwrap_or_default().to_owned();
        (members, client)
    } else {
        (shaped(members, shape::VEN_VEN)?, caller.client_id.clone())
    };
    Ok(Draft { kind: Kind::Ven, parent: None, client: Some(client), members })
}

fn client_is_free(objects: &Objects<'_>, draft: &Draft) -> Result<(), Problem> {
    let client = draft.client.as_deref().unwrap_or_default();
    match objects.ven_of(client)? {
        Some(ven) => Err(Problem::conflict(format!(
            "the client `{}` has a ven already, with id `{}`, and a client has one; PUT that one",
            shortened(client),
            ven.id
        ))),
        None => Ok(()),
    }
}
