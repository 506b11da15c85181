//! What the six kinds of object have in common: how each is listed, read, created, replaced and deleted. A kind says
//! in its own file what sets it apart.
//!
//! A write has the same five steps for all: may the caller, is the body right, does what it names exist, is its name
//! free, keep it.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::vtn::Shared;
use crate::vtn::access::{Caller, Scope};
use crate::vtn::answer::{self, Wish};
use crate::vtn::belongings::Belongings;
use crate::vtn::body::JsonBody;
use crate::vtn::notices::{Changes, Deliveries};
use crate::vtn::object::{Draft, Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::shape::shortened;
use crate::vtn::store::{Objects, Sight, StoreError, Stored};

use super::{Id, no_such, reading};

/// A kind of object, with what sets it apart.
pub(super) trait Collection: 'static {
    const KIND: Kind;
    /// What a caller must have to write one.
    const WRITTEN_WITH: Scope;
    /// Who sees it.
    const SEEN_BY: SeenBy;
    /// What its list can be narrowed down by.
    const FILTERS: Filters;

    /// The members of a request, when `caller` may send such a request and its shape is right.
    fn members(caller: &Caller, members: Map<String, Value>) -> Result<Map<String, Value>, Problem>;

    /// What a request asks for, when it is as [`Collection::members`] says.
    fn asked(caller: &Caller, body: &JsonBody) -> Result<Asked, Problem> {
        Ok(Asked { members: Self::members(caller, body.object()?)?, written: None })
    }

    /// The object that the members ask for, when what they name exists and the caller may ask for it. `own`
    /// is what is the caller's, `stored` the object whose place it takes.
    fn draft(
        objects: &Objects<'_>,
        caller: &Caller,
        own: &Belongings,
        members: Map<String, Value>,
        stored: Option<&Stored>,
    ) -> Result<Draft, Problem>;

    /// Finds out what takes time, before an object is kept: `id` is that of the one whose place it takes.
    fn before_keeping(
        _vtn: &Shared,
        _caller: &Caller,
        _id: Option<&str>,
        _members: &Map<String, Value>,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        std::future::ready(Ok(()))
    }

    /// The object as `caller`, who sees it, may see it.
    fn shown_to(_caller: &Caller, body: String) -> Result<String, Problem> {
        Ok(body)
    }
}

/// What a request asks an object to be, its shape being right.
pub(super) struct Asked {
    /// As [`Draft`] has it.
    pub(super) members: Map<String, Value>,
    /// As [`Draft`] has it.
    pub(super) written: Option<String>,
}

/// By what a VEN sees an object; business logic sees all.
pub(super) enum SeenBy {
    /// By the targets that it was granted.
    Targets,
    /// By being its owner.
    Owner,
}

impl SeenBy {
    /// What a caller sees of such objects, within a read.
    pub(super) fn sight(
        &self,
        vtn: &Shared,
        caller: &Caller,
        objects: &Objects<'_>,
    ) -> Result<Sight, StoreError> {
        Ok(match self {
            Self::Targets if caller.is_business() => Sight::Everything,
            Self::Targets => Sight::Granted(vtn.belongings_within(objects, caller)?.granted()),
            Self::Owner => caller.sight_by_owner(),
        })
    }
}

/// The query parameters of a list, apart from `skip` and `limit`.
pub(super) struct Filters {
    /// The one that names what an object hangs on.
    pub(super) parent: Option<&'static str>,
    /// The one that names what that hangs on.
    pub(super) grandparent: Option<&'static str>,
    /// The one that names the client that it belongs to.
    pub(super) client: Option<&'static str>,
    /// The one that is the object's own name.
    pub(super) name: Option<&'static str>,
    /// `targets`.
    pub(super) targets: bool,
    /// `active`.
    pub(super) active: bool,
    /// `modifiedSince`.
    pub(super) modified_since: bool,
    /// `objects`.
    pub(super) objects: bool,
}

impl Filters {
    /// None.
    pub(super) const NONE: Self = Self {
        parent: None,
        grandparent: None,
        client: None,
        name: None,
        targets: false,
        active: false,
        modified_since: false,
        objects: false,
    };
}

/// The two paths of a kind: `/events` and `/events/{id}`.
pub(super) fn routes<C: Collection>() -> Router<Arc<Shared>> {
    let path = format!("/{}s", C::KIND.word());
    Router::new()
        .route(&path, get(reading::list::<C>).post(create::<C>))
        .route(&format!("{path}/{{id}}"), get(reading::one::<C>).put(replace::<C>).delete(remove::<C>))
}

async fn create<C: Collection>(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(C::WRITTEN_WITH)?;
    let Asked { members, written } = C::asked(&caller, &body)?;
    C::before_keeping(&vtn, &caller, None, &members).await?;
    let own = vtn.belongings(&caller)?;
    let change = move |objects: &Objects<'_>, changes: &mut Changes| {
        let draft = Draft { written, ..C::draft(objects, &caller, &own, members, None)? };
        name_is_free(objects, &draft, None)?;
        let body = objects.create(&draft)?;
        changes.created(objects, C::KIND, &body)?;
        Ok(body)
    };
    Ok(answer::json(StatusCode::CREATED, vtn.change(C::KIND, change).await?))
}

async fn replace<C: Collection>(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
    wish: Wish,
    body: JsonBody,
) -> Result<Response, Problem> {
    caller.must_have(C::WRITTEN_WITH)?;
    let Asked { members, written } = C::asked(&caller, &body)?;
    C::before_keeping(&vtn, &caller, Some(&id), &members).await?;
    let own = vtn.belongings(&caller)?;
    let change = move |objects: &Objects<'_>, changes: &mut Changes| {
        let stored = changeable(objects, C::KIND, &caller, &id)?;
        let draft = Draft { written, ..C::draft(objects, &caller, &own, members, Some(&stored))? };
        name_is_free(objects, &draft, Some(&id))?;
        let body = objects.replace(&stored, &draft)?;
        changes.updated(objects, C::KIND, &stored.body, &body)?;
        Ok(body)
    };
    Ok(answer::replaced(&wish, vtn.change(C::KIND, change).await?))
}

/// Deletes an object and all that hangs on it: a program's events, an event's reports, a ven's resources.
async fn remove<C: Collection>(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Response, Problem> {
    caller.must_have(C::WRITTEN_WITH)?;
    let change = move |objects: &Objects<'_>, changes: &mut Changes| {
        let stored = changeable(objects, C::KIND, &caller, &id)?;
        changes.deleting(objects, C::KIND, &stored)?;
        objects.delete(&stored)?;
        C::shown_to(&caller, stored.body)
    };
    Ok(answer::json(StatusCode::OK, vtn.change(C::KIND, change).await?))
}

impl Shared {
    /// Changes objects, and has those told who watch; answers the object that it is about, as JSON.
    async fn change(
        self: Arc<Self>,
        kind: Kind,
        work: impl FnOnce(&Objects<'_>, &mut Changes) -> Result<String, Problem> + Send + 'static,
    ) -> Result<String, Problem> {
        let (working, telling) = (Arc::clone(&self), Arc::clone(&self));
        let work = move |objects: &Objects<'_>| {
            let notifier = working.notifier.as_ref();
            let mut changes = Changes::new(notifier.is_some_and(|notifier| notifier.records(kind)));
            let body = work(objects, &mut changes)?;
            let deliveries = match notifier {
                Some(notifier) => notifier.deliveries(objects, &working.registry, &changes.list)?,
                None => Deliveries::default(),
            };
            Ok::<_, Problem>((body, changes.list, deliveries))
        };
        let kept = self.store.write(work, move |(_, changes, deliveries)| {
            if let Some(notifier) = &telling.notifier {
                notifier.kept(changes, std::mem::take(deliveries));
            }
        });
        kept.await.map(|(body, ..)| body)
    }
}

/// The object with this id, to be changed by a caller that sees all of it or owns it.
pub(super) fn changeable(
    objects: &Objects<'_>,
    kind: Kind,
    caller: &Caller,
    id: &str,
) -> Result<Stored, Problem> {
    let stored = objects.find(kind, id)?;
    let owned = |s: &Stored| caller.is_business() || s.client.as_deref() == Some(caller.client_id.as_str());
    stored.filter(owned).ok_or_else(|| no_such(kind, id))
}

/// Refuses a name that another object has; `own` is the id of the object that is being replaced.
fn name_is_free(objects: &Objects<'_>, draft: &Draft, own: Option<&str>) -> Result<(), Problem> {
    let kind = draft.kind;
    let Some(member) = kind.unique_member() else { return Ok(()) };
    let Some(name) = text(&draft.members, member) else { return Ok(()) };
    match objects.id_of_name(kind, draft.parent, name)? {
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
