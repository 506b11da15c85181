//! `/notifiers`: which ways of being notified there are; and the topics of MQTT.

use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::vtn::access::{Caller, Scope};
use crate::vtn::notices::{Audience, Operation, topics};
use crate::vtn::object::{Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::{Push, PushAuthentication, Shared};

use super::{Id, no_such, unreadable};

pub(super) fn routes() -> Router<Arc<Shared>> {
    let topics = "/notifiers/mqtt/topics";
    let mut routes = Router::new()
        .route("/notifiers", get(list))
        .route(&format!("{topics}/programs"), get(of_all_programs))
        .route(&format!("{topics}/programs/{{id}}"), get(of_a_program))
        .route(&format!("{topics}/programs/{{id}}/events"), get(of_a_programs_events))
        .route(&format!("{topics}/vens/{{id}}"), get(of_a_ven));
    for kind in [Kind::Event, Kind::Report, Kind::Subscription, Kind::Ven, Kind::Resource] {
        let answer =
            move |State(vtn): State<Arc<Shared>>, caller: Caller| async move { of_all(&vtn, &caller, kind) };
        routes = routes.route(&format!("{topics}/{}s", kind.word()), get(answer));
    }
    for kind in [Kind::Event, Kind::Program, Kind::Resource] {
        let answer = move |State(vtn): State<Arc<Shared>>, caller: Caller, Id(id): Id| async move {
            let client = client_of(&vtn, &caller, &id)?;
            named(&vtn, &topics::of_ven_objects(&client, kind), true)
        };
        routes = routes.route(&format!("{topics}/vens/{{id}}/{}s", kind.word()), get(answer));
    }
    routes
}

/// The key `WEBHOOK` must be there. The specification says that it must be true; it is false when no webhook is ever
/// called, so that a client polls. The key `MQTT` is there when this server publishes to a broker.
async fn list(State(vtn): State<Arc<Shared>>, caller: Caller) -> Result<Response, Problem> {
    let notifier = vtn.notifier.as_ref();
    let mut bindings = Map::new();
    bindings.insert("WEBHOOK".to_owned(), Value::from(notifier.is_some_and(|n| n.calls_back())));
    if let Some(push) = notifier.and_then(|n| n.push()) {
        bindings.insert("MQTT".to_owned(), binding(push, &caller.client_id).await?);
    }
    // It may hold a private key.
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([no_store], Json(bindings)).into_response())
}

async fn binding(push: &Push, client: &str) -> Result<Value, Problem> {
    let authentication = match &push.authentication {
        PushAuthentication::Anonymous => json!({"method": "ANONYMOUS"}),
        PushAuthentication::BearerToken { username } => {
            json!({"method": "OAUTH2_BEARER_TOKEN", "username": username})
        }
        PushAuthentication::Certificate { ca, certificates } => {
            let (certificate, key) = match certificates {
                Some(folder) => handed_out(folder, client).await?,
                None => (String::new(), String::new()),
            };
            json!({"method": "CERTIFICATE", "caCert": ca, "clientCert": certificate, "clientKey": key})
        }
    };
    Ok(json!({"URIS": push.uris, "serialization": "JSON", "authentication": authentication}))
}

/// A client's certificate and key, empty where there are none for it.
async fn handed_out(folder: &Path, client: &str) -> Result<(String, String), Problem> {
    // No id leads out of the folder.
    let is_a_name = client.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_a_name || client.starts_with('.') {
        return Ok(Default::default());
    }
    let mut texts = [String::new(), String::new()];
    for (text, ending) in texts.iter_mut().zip(["crt", "key"]) {
        *text = match tokio::fs::read_to_string(folder.join(format!("{client}.{ending}"))).await {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
            Err(error) => {
                tracing::error!(client, %error, "the client's certificate for the MQTT broker cannot be read");
                return Err(Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "your certificate for the MQTT broker cannot be read; the VTN's log has the reason",
                ));
            }
        };
    }
    Ok(texts.into())
}

/// What is answered with topics, or why there are none. One object has no topic of its creation.
fn named(vtn: &Shared, of: &str, with_create: bool) -> Result<Json<Value>, Problem> {
    vtn.notifier.as_ref().and_then(|n| n.push()).ok_or_else(|| {
        // The specification's file lists 404 for these paths, and no 501.
        Problem::not_found(
            "this VTN has no MQTT broker, as GET /notifiers says; subscribe by POST /subscriptions, or poll",
        )
    })?;
    let operations = [Operation::Create, Operation::Update, Operation::Delete];
    let mut topics: Map<String, Value> = operations
        .into_iter()
        .filter(|operation| with_create || *operation != Operation::Create)
        .map(|operation| (operation.name().to_owned(), topics::of_operation(of, operation).into()))
        .collect();
    topics.insert("ALL".to_owned(), format!("{of}/+").into());
    Ok(Json(json!({ "topics": topics })))
}

/// Whose topics a caller is told: business logic hears of everything, a VEN of what every VEN sees. What a VEN sees by
/// its targets it hears on its own topics.
fn audience(caller: &Caller) -> Audience {
    if caller.is_business() { Audience::Business } else { Audience::Public }
}

/// The specification's file asks for `read_all` here, which VENs have not, although the topics are theirs too.
async fn of_all_programs(State(vtn): State<Arc<Shared>>, caller: Caller) -> Result<Json<Value>, Problem> {
    named(&vtn, &topics::of_all(audience(&caller), Kind::Program), true)
}

fn of_all(vtn: &Shared, caller: &Caller, kind: Kind) -> Result<Json<Value>, Problem> {
    caller.must_have(Scope::ReadBl)?;
    named(vtn, &topics::of_all(Audience::Business, kind), true)
}

async fn of_a_program(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Value>, Problem> {
    visible(&vtn, &caller, Kind::Program, &id)?;
    named(&vtn, &topics::of_program(audience(&caller), &id), false)
}

async fn of_a_programs_events(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Value>, Problem> {
    visible(&vtn, &caller, Kind::Program, &id)?;
    named(&vtn, &topics::of_program_events(audience(&caller), &id), true)
}

async fn of_a_ven(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Value>, Problem> {
    named(&vtn, &topics::of_ven(&client_of(&vtn, &caller, &id)?), false)
}

/// The client of a ven that the caller sees.
fn client_of(vtn: &Shared, caller: &Caller, id: &str) -> Result<String, Problem> {
    let body = visible(vtn, caller, Kind::Ven, id)?;
    let ven: Map<String, Value> = serde_json::from_str(&body).map_err(|error| unreadable(&error))?;
    text(&ven, "clientID").map(str::to_owned).ok_or_else(|| no_such(Kind::Ven, id))
}

/// An object that the caller sees.
fn visible(vtn: &Shared, caller: &Caller, kind: Kind, id: &str) -> Result<String, Problem> {
    vtn.store.read(|objects| {
        let sight = match kind {
            Kind::Program => caller.sight_by_targets(objects)?,
            _ => caller.sight_by_owner(),
        };
        let found = objects.seen(kind, &sight, id)?;
        found.map(|found| found.body).ok_or_else(|| no_such(kind, id))
    })
}
