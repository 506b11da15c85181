//! `/events`: hidden from VENs by their targets, written by business logic.

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
        .route("/events", get(list).post(create))
        .route("/events/{id}", get(read).put(replace).delete(remove))
}

async fn list(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    held: Held,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    let query = Query::parse(raw.as_deref());
    vtn.store.read(|objects| {
        let sight = caller.sight_by_targets(objects)?;
        let targets = query.targets()?;
        let listing = Listing {
            parent: query.id("programID")?,
            targets: &targets,
            modified_since: query.modified_since()?,
            active_at: query.truth("active")?.then(|| objects.now()),
            ..Listing::all(Kind::Event, &sight, query.page()?)
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
    vtn.store.read(|objects| {
        let sight = caller.sight_by_targets(objects)?;
        Ok(answer::read(&held, visible(objects, Kind::Event, &sight, &id)?))
    })
}

async fn create(State(vtn): State<Arc<Shared>>, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteEvents)?;
    let members = shaped(body.object()?, shape::EVENT)?;
    vtn.store.write(|objects| {
        let draft = draft(objects, members)?;
        Ok(answer::json(StatusCode::CREATED, objects.create(&draft)?))
    })
}

async fn replace(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteEvents)?;
    let members = shaped(body.object()?, shape::EVENT)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Event, &caller, &id)?;
        let draft = draft(objects, members)?;
        Ok(answer::json(StatusCode::OK, objects.replace(&stored, &draft)?))
    })
}

/// Deletes an event and its reports.
async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.must_have(Scope::WriteEvents)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Event, &caller, &id)?;
        objects.delete(&stored)?;
        Ok(answer::json(StatusCode::OK, stored.body))
    })
}

fn draft(objects: &Objects<'_>, members: Map<String, Value>) -> Result<Draft, Problem> {
    let program_id = text(&members, "programID").unwrap_or_default();
    let Some(program) = objects.find(Kind::Program, program_id)? else {
        return Err(Problem::bad_request(format!(
            "`programID` must be the id of a program; there is none with id `{program_id}`"
        )));
    };
    Ok(Draft { kind: Kind::Event, parent: Some(program.seq), client: None, members })
}
