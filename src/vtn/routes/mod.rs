//! What each path does.

mod auth;
mod clients;
mod collection;
mod events;
mod extensions;
mod grant;
mod legacy;
mod notifiers;
mod programs;
mod reading;
mod reports;
mod resources;
mod subscriptions;
mod vens;

pub(super) use legacy::Legacy;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};

use super::Shared;
use super::object::Kind;
use super::problem::Problem;
use super::shape::{self, Member, shortened};

/// All routes, without the base path.
pub(super) fn all() -> Router<Arc<Shared>> {
    Router::new()
        .merge(collection::routes::<programs::Programs>())
        .merge(collection::routes::<events::Events>())
        .merge(collection::routes::<reports::Reports>())
        .merge(collection::routes::<subscriptions::Subscriptions>())
        .merge(collection::routes::<vens::Vens>())
        .merge(collection::routes::<resources::Resources>())
        .merge(auth::routes())
        .merge(notifiers::routes())
        .merge(extensions::routes())
}

/// A body that must have this shape, without the nulls that the specification does not allow.
fn shaped(mut members: Map<String, Value>, shape: &'static [Member]) -> Result<Map<String, Value>, Problem> {
    shape::check(&members, shape).map_err(Problem::bad_request)?;
    shape::leave_out_nulls(&mut members, shape);
    Ok(members)
}

fn no_such(kind: Kind, id: &str) -> Problem {
    let (word, id) = (kind.word(), shortened(id));
    Problem::not_found(format!(
        "there is no {word} with id `{id}` that you can see; GET /{word}s lists those there are"
    ))
}

/// What is kept is JSON that this program wrote: only damage makes it unreadable.
pub(super) fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "an object in the VTN's store is not JSON");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "an object in the VTN's database is damaged; its log has the reason",
    )
}

/// The id in a path.
struct Id(String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::bad_request(
                "the path is not UTF-8 text; an object id is letters, digits, `_` or `-`",
            )),
        }
    }
}
