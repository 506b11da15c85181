//! `/notifiers`: which ways of being notified there are; and the topics of MQTT, which is not among them.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::object::Kind;
use crate::vtn::problem::Problem;

use super::{Id, no_such};

pub(super) fn routes() -> Router<Arc<Shared>> {
    let topics = "/notifiers/mqtt/topics";
    let mut routes = Router::new()
        .route("/notifiers", get(list))
        .route(&format!("{topics}/programs"), get(of_all_programs))
        .route(&format!("{topics}/programs/{{id}}"), get(of_a_program))
        .route(&format!("{topics}/programs/{{id}}/events"), get(of_a_program))
        .route(&format!("{topics}/vens/{{id}}"), get(of_a_ven));
    for kind in ["events", "reports", "subscriptions", "vens", "resources"] {
        routes = routes.route(&format!("{topics}/{kind}"), get(of_all));
    }
    for kind in ["events", "programs", "resources"] {
        routes = routes.route(&format!("{topics}/vens/{{id}}/{kind}"), get(of_a_ven));
    }
    routes
}

/// The key `WEBHOOK` must be there. The specification says that it must be true; it is false when no webhook is ever
/// called, so that a client polls. There is no key `MQTT`, since no broker belongs to this server.
async fn list(State(vtn): State<Arc<Shared>>, _caller: Caller) -> Json<Value> {
    Json(json!({ "WEBHOOK": vtn.notifier.is_some() }))
}

/// What every topic is answered with, to those who might have been told it.
fn no_broker() -> Problem {
    Problem::new(
        StatusCode::NOT_IMPLEMENTED,
        "this VTN has no MQTT broker, as GET /notifiers says; subscribe by POST /subscriptions, or poll",
    )
}

/// The specification's file asks for `read_all` here, which VENs have not, although the topics are theirs too.
async fn of_all_programs(_caller: Caller) -> Problem {
    no_broker()
}

async fn of_all(caller: Caller) -> Problem {
    caller.must_have(Scope::ReadBl).err().unwrap_or_else(no_broker)
}

async fn of_a_program(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Problem {
    of_one(&vtn, &caller, Kind::Program, &id).unwrap_or_else(|refusal| refusal)
}

async fn of_a_ven(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Problem {
    of_one(&vtn, &caller, Kind::Ven, &id).unwrap_or_else(|refusal| refusal)
}

fn of_one(vtn: &Shared, caller: &Caller, kind: Kind, id: &str) -> Result<Problem, Problem> {
    vtn.store.read(|objects| {
        let sight = match kind {
            Kind::Program => caller.sight_by_targets(objects)?,
            _ => caller.sight_by_owner(),
        };
        match objects.seen(kind, &sight, id)? {
            Some(_) => Ok(no_broker()),
            None => Err(no_such(kind, id)),
        }
    })
}
