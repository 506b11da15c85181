//! `/rampdesk/clients`, beyond OpenADR: business logic registers the client of an FSP while the VTN runs, gives it
//! another secret, and removes it. A secret is answered once and kept nowhere but with who asked.
//!
//! A new secret takes the place of the old one at once: no overlap, since the usual reason is that the old one is no
//! secret any more. Removing a client leaves its ven and its resources, which business logic deletes if it wants to.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::openadr::secret::Secret;
use crate::vtn::access::Caller;
use crate::vtn::body::JsonBody;
use crate::vtn::object::text;
use crate::vtn::problem::Problem;
use crate::vtn::registry::{RegistryError, is_client_id};
use crate::vtn::shape::{shortened, shown};
use crate::vtn::stamp::Stamp;
use crate::vtn::{Role, Shared};

use super::Id;

/// Those below `/rampdesk/clients/{id}`.
pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/rampdesk/clients/{id}", get(read).delete(remove))
        .route("/rampdesk/clients/{id}/secret", post(replace_secret))
}

/// With the registration of a client, for `/rampdesk/clients` itself.
pub(super) fn registering(methods: MethodRouter<Arc<Shared>>) -> MethodRouter<Arc<Shared>> {
    methods.post(register)
}

async fn register(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    body: JsonBody,
) -> Result<Response, Problem> {
    only_business(&caller)?;
    let members = body.object()?;
    let id = match members.get("clientID") {
        Some(Value::String(id)) if is_client_id(id) && !id.chars().any(char::is_control) => id.as_str(),
        Some(other) => {
            return Err(Problem::bad_request(format!(
                "`clientID` must be text of 1 to 128 characters; it is {}",
                shown(other)
            )));
        }
        None => return Err(Problem::bad_request("`clientID` is missing; name the client to be registered")),
    };
    let secret = vtn.registry.register(&vtn.store, id, Stamp::now(&vtn.clock)).await;
    let secret = secret.map_err(|error| refusal(text(&members, "clientID").unwrap_or_default(), error))?;
    Ok(told(StatusCode::CREATED, id, &secret))
}

async fn read(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    only_business(&caller)?;
    let role = match vtn.registry.role_of(&id) {
        Some(Role::Business) => "BUSINESS",
        Some(Role::Ven) => "VEN",
        None => return Err(refusal(&id, RegistryError::Unknown)),
    };
    Ok(unkept(StatusCode::OK, json!({ "clientID": id, "role": role })))
}

async fn replace_secret(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Problem> {
    only_business(&caller)?;
    let secret = vtn.registry.replace(&vtn.store, &id, Stamp::now(&vtn.clock)).await;
    Ok(told(StatusCode::OK, &id, &secret.map_err(|error| refusal(&id, error))?))
}

async fn remove(State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    only_business(&caller)?;
    vtn.registry
        .remove(&vtn.store, &id, Stamp::now(&vtn.clock))
        .await
        .map_err(|error| refusal(&id, error))?;
    Ok(unkept(StatusCode::OK, json!({ "clientID": id })))
}

fn told(status: StatusCode, id: &str, secret: &Secret) -> Response {
    unkept(status, json!({ "clientID": id, "client_secret": secret.reveal() }))
}

fn unkept(status: StatusCode, body: Value) -> Response {
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}

fn only_business(caller: &Caller) -> Result<(), Problem> {
    match caller.is_business() {
        true => Ok(()),
        false => Err(Problem::forbidden(format!(
            "only business logic registers clients; client `{}` is a VEN",
            caller.client_id
        ))),
    }
}

fn refusal(id: &str, error: RegistryError) -> Problem {
    let id = shortened(id);
    match error {
        RegistryError::Taken => Problem::conflict(format!(
            "there is a client `{id}` already; choose another id, or POST /rampdesk/clients/{id}/secret for a new secret"
        )),
        RegistryError::Unknown => {
            Problem::not_found(format!("there is no client `{id}`; POST /rampdesk/clients registers one"))
        }
        RegistryError::Business => Problem::forbidden(format!(
            "client `{id}` is business logic: its secret is set where the VTN is started, and only there"
        )),
        RegistryError::Store(error) => error.into(),
    }
}
