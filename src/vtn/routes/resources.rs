//! `/resources`: a ven's dispatch units. They belong to the client of their ven; only business logic grants targets.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::answer::{self, Held};
use crate::vtn::body::JsonBody;
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::query::Query;
use crate::vtn::shape::{self, shortened};
use crate::vtn::store::{Listing, Objects, Stored};

use super::grant::{check_request_type, keep_granted_targets};
use super::{Id, changeable, name_is_free, no_such, page, shaped, visible};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/resources", get(list).post(create))
        .route("/resources/{id}", get(read).put(replace).delete(remove))
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
            parent: query.id("venID")?,
            name: query.name("resourceName")?,
            targets: &targets,
            ..Listing::all(Kind::Resource, &sight, query.page()?)
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
    vtn.store.read(|objects| Ok(answer::read(&held, visible(objects, Kind::Resource, &sight, &id)?)))
}

async fn create(State(vtn): State<Arc<Shared>>, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteVens)?;
    let mut members = request(&caller, &body)?;
    keep_granted_targets(&caller, &mut members, None)?;
    vtn.store.write(|objects| {
        let draft = draft(objects, &caller, members)?;
        name_is_free(objects, Kind::Resource, draft.parent, &draft.members, None)?;
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
    let mut members = request(&caller, &body)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Resource, &caller, &id)?;
        keep_granted_targets(&caller, &mut members, Some(&stored))?;
        let draft = draft(objects, &caller, members)?;
        name_is_free(objects, Kind::Resource, draft.parent, &draft.members, Some(&id))?;
        Ok(answer::json(StatusCode::OK, objects.replace(&stored, &draft)?))
    })
}

async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteVens)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Resource, &caller, &id)?;
        objects.delete(&stored)?;
        Ok(answer::json(StatusCode::OK, stored.body))
    })
}

fn request(caller: &Caller, body: &JsonBody) -> Result<Map<String, Value>, Problem> {
    let members = body.object()?;
    check_request_type(caller, &members, Kind::Resource)?;
    let shape = if caller.is_business() { shape::BL_RESOURCE } else { shape::VEN_RESOURCE };
    shaped(members, shape)
}

fn draft(objects: &Objects<'_>, caller: &Caller, mut members: Map<String, Value>) -> Result<Draft, Problem> {
    let ven = ven_of(objects, caller, &members)?;
    if caller.is_business()
        && let Some(claimed) = text(&members, "clientID")
        && ven.client.as_deref() != Some(claimed)
    {
        return Err(Problem::bad_request(format!(
            "`clientID` must be that of the ven, `{}`, or left out; it is `{}`",
            ven.client.as_deref().unwrap_or_default(),
            shortened(claimed)
        )));
    }
    members.insert("venID".to_owned(), Value::String(ven.id));
    Ok(Draft { kind: Kind::Resource, parent: Some(ven.seq), client: ven.client, members })
}

/// The ven that the resource names, or the caller's own when it names none.
fn ven_of(objects: &Objects<'_>, caller: &Caller, members: &Map<String, Value>) -> Result<Stored, Problem> {
    match text(members, "venID") {
        Some(id) => objects
            .find(Kind::Ven, id)?
            .filter(|ven| caller.is_business() || ven.client.as_deref() == Some(caller.client_id.as_str()))
            .ok_or_else(|| no_such(Kind::Ven, id)),
        None => objects.ven_of(&caller.client_id)?.ok_or_else(|| {
            Problem::bad_request("you have no ven for the resource to belong to; POST /vens first")
        }),
    }
}
