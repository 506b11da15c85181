//! `/reports`: a VEN's own, on events that it can see; business logic reads all and writes none.

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
use crate::vtn::shape;
use crate::vtn::store::{Listing, Objects};

use super::{Id, changeable, page, shaped, visible};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/reports", get(list).post(create))
        .route("/reports/{id}", get(read).put(replace).delete(remove))
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
        let listing = Listing {
            parent: query.id("eventID")?,
            grandparent: query.id("programID")?,
            name: query.name("clientName")?,
            modified_since: query.modified_since()?,
            ..Listing::all(Kind::Report, &sight, query.page()?)
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
    vtn.store.read(|objects| Ok(answer::read(&held, visible(objects, Kind::Report, &sight, &id)?)))
}

async fn create(State(vtn): State<Arc<Shared>>, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteReports)?;
    let members = shaped(body.object()?, shape::REPORT)?;
    vtn.store.write(|objects| {
        let draft = draft(objects, &caller, members)?;
        Ok(answer::json(StatusCode::CREATED, objects.create(&draft)?))
    })
}

async fn replace(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteReports)?;
    let members = shaped(body.object()?, shape::REPORT)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Report, &caller, &id)?;
        let draft = draft(objects, &caller, members)?;
        Ok(answer::json(StatusCode::OK, objects.replace(&stored, &draft)?))
    })
}

async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteReports)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Report, &caller, &id)?;
        objects.delete(&stored)?;
        Ok(answer::json(StatusCode::OK, stored.body))
    })
}

fn draft(objects: &Objects<'_>, caller: &Caller, members: Map<String, Value>) -> Result<Draft, Problem> {
    let event_id = text(&members, "eventID").unwrap_or_default();
    let sight = caller.sight_by_targets(objects)?;
    let seen = !objects.list(&Listing::one(Kind::Event, &sight, event_id))?.is_empty();
    let Some(event) = objects.find(Kind::Event, event_id)?.filter(|_| seen) else {
        return Err(Problem::bad_request(format!(
            "`eventID` must be the id of an event that you can see; there is none with id `{event_id}`"
        )));
    };
    Ok(Draft { kind: Kind::Report, parent: Some(event.seq), client: Some(caller.client_id.clone()), members })
}
