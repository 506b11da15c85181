//! The router, and what happens around every request.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::{Method, StatusCode, Uri};

use super::access::{Caller, Identified};
use super::arrival::Arrival;
use super::problem::Problem;
use super::routes::Legacy;
use super::shape::shortened;
use super::stamp::Stamp;
use super::{BASE_PATH, LEGACY_BASE_PATH, Shared, routes};

/// Where the routes of others stand that are served beside its own, for business logic alone.
const BESIDE: &str = "rampdesk/beside";

/// All routes, each request accompanied by [`accompany`]; those of others `beside` them.
pub(super) fn router(shared: &Arc<Shared>, beside: Router) -> Router {
    let answering: Router = Router::new()
        .nest(BASE_PATH, routes::all())
        .nest(&format!("{BASE_PATH}/{BESIDE}"), beside.with_state(()).layer(from_fn(only_business)))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::clone(shared));
    let legacy = Legacy::new(Arc::clone(shared), answering.clone());
    answering
        .route(&format!("{LEGACY_BASE_PATH}/{{*path}}"), any(move |request| legacy.clone().answer(request)))
        .layer(from_fn_with_state(Arc::clone(shared), accompany))
}

/// Lets business logic through, and nobody else.
async fn only_business(caller: Caller, request: Request, next: Next) -> Response {
    if caller.is_business() {
        return next.run(request).await;
    }
    let client = &caller.client_id;
    Problem::forbidden(format!("this is for business logic; client `{client}` is a VEN")).into_response()
}

async fn unknown_path(uri: Uri) -> Problem {
    let path = shortened(uri.path());
    Problem::not_found(format!(
        "nothing is served at `{path}`; this VTN serves {BASE_PATH}/ followed by programs, events, reports, \
         subscriptions, vens, resources, auth/server, auth/token or notifiers"
    ))
}

async fn wrong_method(method: Method, uri: Uri) -> Problem {
    let path = shortened(uri.path());
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{method} is not for `{path}`; the Allow header names what is"),
    )
}

/// Finds out who asks, notes that they did, has the request answered, and writes the body of a refusal.
async fn accompany(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let caller = shared.identify(request.headers(), &Arrival::of(request.extensions()));
    let client = caller.as_ref().map_or_else(|_| String::new(), |c| c.client_id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    if !client.is_empty() {
        let below = path.strip_prefix(BASE_PATH).or_else(|| path.strip_prefix(LEGACY_BASE_PATH));
        let below = below.unwrap_or(&path);
        shared.activity.record(&client, method.as_str(), &shortened(below), Stamp::now(&shared.clock));
    }
    request.extensions_mut().insert(Identified(caller));

    let mut response = next.run(request).await;

    let status = response.status().as_u16();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let instance = instance(shared.occurrences.bytes());
        tracing::debug!(client, %method, path, status, instance, detail = problem.detail, "refused");
        problem.write_into(&mut response, &instance);
    } else {
        tracing::debug!(client, %method, path, status, "answered");
    }
    response
}

/// 128 random bits as a URI: a UUID of version 4 (RFC 9562).
fn instance(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let [a, b, c, d, e] = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    format!("urn:uuid:{a}-{b}-{c}-{d}-{e}")
}
