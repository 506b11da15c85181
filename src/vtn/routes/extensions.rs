//! What this server has beyond OpenADR 3.1: its clients and the last request of each, and whether it is alive.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::openadr::client::ClientActivity;
use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::problem::Problem;
use crate::vtn::query::Query;

use super::clients;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/rampdesk/clients", clients::registering(get(last_requests)))
        .merge(clients::routes())
        .route("/health", get(health))
}

/// When each client last asked for anything, and for what: to business logic only. With `modifiedSince`, of those alone
/// that asked at that instant or later.
async fn last_requests(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<([(header::HeaderName, HeaderValue); 1], Json<Vec<ClientActivity>>), Problem> {
    caller.must_have(Scope::ReadBl)?;
    let since = Query::parse(query.as_deref()).modified_since()?;
    let told = vtn.activity.since(since);
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(told)))
}

async fn health() -> impl IntoResponse {
    Json::<Value>(json!({ "status": "ok" }))
}
