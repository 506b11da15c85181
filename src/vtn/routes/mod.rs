//! What each path does. The files of objects have the same five steps for a write: may the caller, is the body right,
//! does what it names exist, is its name free, keep it.

mod auth;
mod events;
mod extensions;
mod grant;
mod notifiers;
mod programs;
mod reports;
mod resources;
mod vens;

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};

use super::Shared;
use super::access::Caller;
use super::answer::{self, Held};
use super::object::{Kind, text, with_targets_hidden};
use super::problem::Problem;
use super::shape::{self, Member, shortened};
use super::store::{Found, Listing, Objects, Sight, Stored};

/// All routes, without the base path.
pub(super) fn all() -> Router<Arc<Shared>> {
    Router::new()
        .merge(programs::routes())
        .merge(events::routes())
        .merge(reports::routes())
        .merge(vens::routes())
        .merge(resources::routes())
        .merge(auth::routes())
        .merge(notifiers::routes())
        .merge(extensions::routes())
}

/// A body that must have this shape.
fn shaped(members: Map<String, Value>, shape: &'static [Member]) -> Result<Map<String, Value>, Problem> {
    shape::check(&members, shape).map_err(Problem::bad_request)?;
    Ok(members)
}

/// The object with this id, when the sight has it.
fn visible(objects: &Objects<'_>, kind: Kind, sight: &Sight, id: &str) -> Result<String, Problem> {
    let listing = Listing::one(kind, sight, id);
    let mut bodies = bodies(objects.list(&listing)?, &listing)?;
    bodies.pop().ok_or_else(|| no_such(kind, id))
}

/// The object with this id, to be changed by a caller that sees all of it or owns it.
fn changeable(objects: &Objects<'_>, kind: Kind, caller: &Caller, id: &str) -> Result<Stored, Problem> {
    let stored = objects.find(kind, id)?;
    let owned = |s: &Stored| caller.is_business() || s.client.as_deref() == Some(caller.client_id.as_str());
    stored.filter(owned).ok_or_else(|| no_such(kind, id))
}

fn no_such(kind: Kind, id: &str) -> Problem {
    let (word, id) = (kind.word(), shortened(id));
    Problem::not_found(format!(
        "there is no {word} with id `{id}` that you can see; GET /{word}s lists those there are"
    ))
}

/// The objects as they may be shown.
fn bodies(found: Vec<Found>, listing: &Listing<'_>) -> Result<Vec<String>, Problem> {
    let shown = listing.shown_targets().unwrap_or_default();
    found
        .into_iter()
        .map(|object| match object.has_hidden_targets {
            true => with_targets_hidden(&object.body, &shown).map_err(|error| unreadable(&error)),
            false => Ok(object.body),
        })
        .collect()
}

/// What is kept is JSON that this program wrote: only damage makes it unreadable.
fn unreadable(error: &serde_json::Error) -> Problem {
    tracing::error!(%error, "an object in the VTN's store is not JSON");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "an object in the VTN's database is damaged; its log has the reason",
    )
}

/// Answers a list.
fn page(objects: &Objects<'_>, listing: &Listing<'_>, held: &Held) -> Result<Response, Problem> {
    let bodies = bodies(objects.list(listing)?, listing)?;
    Ok(answer::read(held, answer::list(bodies.iter().map(String::as_str))))
}

/// Refuses a name that another object has; `own` is the id of the object that is being replaced.
fn name_is_free(
    objects: &Objects<'_>,
    kind: Kind,
    parent: Option<i64>,
    members: &Map<String, Value>,
    own: Option<&str>,
) -> Result<(), Problem> {
    let Some(member) = kind.name_member() else { return Ok(()) };
    let Some(name) = text(members, member) else { return Ok(()) };
    match objects.id_of_name(kind, parent, name)? {
        Some(id) if Some(id.as_str()) != own => {
            let within = if kind == Kind::Resource { "of this ven" } else { "in this VTN" };
            Err(Problem::conflict(format!(
                "another {} {within} has the {member} `{}`; choose another name",
                kind.word(),
                shortened(name)
            )))
        }
        _ => Ok(()),
    }
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
