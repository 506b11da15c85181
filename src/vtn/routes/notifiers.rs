//! `/notifiers`: which ways of being notified there are.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::vtn::Shared;
use crate::vtn::access::Caller;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/notifiers", get(list))
}

/// The key `WEBHOOK` must be there. The specification says that it must be true; it is false when no webhook is ever
/// called, so that a client polls.
async fn list(State(vtn): State<Arc<Shared>>, _caller: Caller) -> Json<Value> {
    Json(json!({ "WEBHOOK": vtn.notifier.is_some() }))
}
