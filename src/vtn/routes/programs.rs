//! `/programs`: hidden from VENs by their targets, written by business logic.

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
use crate::vtn::object::{Draft, Kind};
use crate::vtn::problem::Problem;
use crate::vtn::query::Query;
use crate::vtn::shape;
use crate::vtn::store::Listing;

use super::{Id, changeable, name_is_free, page, shaped, visible};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/programs", get(list).post(create))
        .route("/programs/{id}", get(read).put(replace).delete(remove))
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
            name: query.name("programName")?,
            targets: &targets,
            ..Listing::all(Kind::Program, &sight, query.page()?)
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
        Ok(answer::read(&held, visible(objects, Kind::Program, &sight, &id)?))
    })
}

async fn create(State(vtn): State<Arc<Shared>>, caller: Caller, body: JsonBody) -> Result<Response, Problem> {
    caller.must_have(Scope::WritePrograms)?;
    let draft = draft(&body)?;
    vtn.store.write(|objects| {
        name_is_free(objects, Kind::Program, None, &draft.members, None)?;
        Ok(answer::json(StatusCode::CREATED, objects.create(&draft)?))
    })
}

async fn replace(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(Scope::WritePrograms)?;
    let draft = draft(&body)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Program, &caller, &id)?;
        name_is_free(objects, Kind::Program, None, &draft.members, Some(&id))?;
        Ok(answer::json(StatusCode::OK, objects.replace(&stored, &draft)?))
    })
}

/// Deletes a program, its events and their reports.
async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    caller.must_have(Scope::WritePrograms)?;
    vtn.store.write(|objects| {
        let stored = changeable(objects, Kind::Program, &caller, &id)?;
        objects.delete(&stored)?;
        Ok(answer::json(StatusCode::OK, stored.body))
    })
}

fn draft(body: &JsonBody) -> Result<Draft, Problem> {
    let members = shaped(body.object()?, shape::PROGRAM)?;
    Ok(Draft { kind: Kind::Program, parent: None, client: None, members })
}
