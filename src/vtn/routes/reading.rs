//! How objects are listed and read: from the answers that are kept, else from the store.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::vtn::Shared;
use crate::vtn::access::Caller;
use crate::vtn::answer::{self, Held, Tagged};
use crate::vtn::answers::{Basis, Question};
use crate::vtn::object::{Kind, with_targets_hidden};
use crate::vtn::problem::Problem;
use crate::vtn::query::Query;
use crate::vtn::stamp::Stamp;
use crate::vtn::store::{Found, Listing, Objects, Part, Sight, Slot, StoreError};

use super::collection::Collection;
use super::{Id, no_such, unreadable};

pub(super) async fn list<C: Collection>(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    held: Held,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    let question = Question::list(C::KIND, &caller, raw.as_deref().unwrap_or_default());
    vtn.read(&held, question, |objects| {
        let query = Query::parse(raw.as_deref());
        let filters = C::FILTERS;
        let seen = Seen::by::<C>(&vtn, &caller, objects)?;
        let id = |name: Option<&'static str>| name.map_or(Ok(None), |name| query.id(name));
        let name = |name: Option<&'static str>| name.map_or(Ok(None), |name| query.name(name));
        let objects_asked = if filters.objects { query.objects()? } else { Vec::new() };
        let targets = if filters.targets { query.targets()? } else { Vec::new() };
        let listing = Listing {
            parent: id(filters.parent)?,
            grandparent: id(filters.grandparent)?,
            name: name(filters.name)?,
            client: name(filters.client)?,
            targets: &targets,
            objects: &objects_asked,
            modified_since: if filters.modified_since { query.modified_since()? } else { None },
            active_at: (filters.active && query.truth("active")?).then(|| objects.now()),
            ..Listing::all(C::KIND, &seen.sight, query.page()?)
        };
        let targets_shown = listing.shown_targets().unwrap_or_default();
        let found = objects.list(&listing)?.into_iter();
        let bodies: Vec<String> =
            found.map(|object| shown::<C>(&caller, object, &targets_shown)).collect::<Result<_, _>>()?;
        let until = match listing.active_at {
            Some(_) => objects.first_end(&listing)?,
            None => None,
        };
        // Whoever asks for what changed since asks for something else each time.
        let basis = seen.basis.filter(|_| listing.modified_since.is_none());
        Ok((answer::list(&bodies), basis.map(|basis| Basis { until, ..basis })))
    })
}

pub(super) async fn one<C: Collection>(
    State(vtn): State<Arc<Shared>>,
    caller: Caller,
    held: Held,
    Id(id): Id,
) -> Result<Response, Problem> {
    vtn.read(&held, Question::one(C::KIND, &caller, &id), |objects| {
        let seen = Seen::by::<C>(&vtn, &caller, objects)?;
        let found = objects.one(C::KIND, &seen.sight, &id)?.ok_or_else(|| no_such(C::KIND, &id))?;
        let targets_shown = match &seen.sight {
            Sight::Granted(granted) => granted.as_slice(),
            Sight::Everything | Sight::Owned(_) => &[],
        };
        Ok((shown::<C>(&caller, found, targets_shown)?, seen.basis))
    })
}

impl Shared {
    /// Answers a question: as it was answered before when that still holds, else as `work_out` says, which is kept
    /// when it says on what it rests.
    fn read(
        &self,
        held: &Held,
        question: Question,
        work_out: impl FnOnce(&Objects<'_>) -> Result<(String, Option<Basis>), Problem>,
    ) -> Result<Response, Problem> {
        let kept = self.answers.find(&question, held, self.store.epochs(), Stamp::now(&self.clock));
        if let Some(answer) = kept {
            return Ok(answer::read(held, &answer));
        }
        let (text, basis) = self.store.read(work_out)?;
        let answer = Tagged::new(text);
        if let Some(basis) = basis {
            self.answers.keep(question, held, &answer, basis);
        }
        Ok(answer::read(held, &answer))
    }
}

/// What a caller sees of a kind, and what an answer to it rests on; nothing when that changed meanwhile.
struct Seen {
    sight: Sight,
    basis: Option<Basis>,
}

impl Seen {
    fn by<C: Collection>(vtn: &Shared, caller: &Caller, objects: &Objects<'_>) -> Result<Self, StoreError> {
        let epochs = vtn.store.epochs();
        let grants = [Part::Grants(&caller.client_id).slot()];
        let before = epochs.of(&grants);
        let sight = C::SEEN_BY.sight(vtn, caller, objects)?;
        let parts = parts::<C>(&sight, &caller.client_id);
        let epoch = epochs.of(&parts);
        let settled = epochs.of(&grants) == before;
        let basis = settled.then(|| Basis { parts, epoch, from: objects.now(), until: None });
        Ok(Self { sight, basis })
    }
}

/// The parts of the store in which all stands that a list of a kind may show to one who sees so much.
fn parts<C: Collection>(sight: &Sight, client: &str) -> Vec<Slot> {
    let kind = C::KIND;
    let mut parts = vec![Part::All.slot()];
    match sight {
        Sight::Everything => parts.push(Part::Kind(kind).slot()),
        Sight::Owned(client) => parts.push(Part::Owned(kind, client).slot()),
        Sight::Granted(targets) => {
            parts.extend([Part::Grants(client), Part::Untargeted(kind)].map(Part::slot));
            parts.extend(targets.iter().map(|target| Part::Targeted(kind, target).slot()));
        }
    }
    // An event may be moved to another program, and its reports with it.
    if C::FILTERS.grandparent.is_some() {
        parts.push(Part::Kind(Kind::Event).slot());
    }
    parts
}

/// An object as it may be shown: of its targets, no others than these when some are to be hidden.
fn shown<C: Collection>(caller: &Caller, object: Found, targets: &[String]) -> Result<String, Problem> {
    let body = match object.has_hidden_targets {
        true => with_targets_hidden(&object.body, targets).map_err(|error| unreadable(&error))?,
        false => object.body,
    };
    C::shown_to(caller, body)
}
