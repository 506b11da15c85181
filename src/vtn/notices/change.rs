//! What a write changed.

use serde_json::{Map, Value};

use crate::vtn::object::{Kind, text};
use crate::vtn::problem::Problem;
use crate::vtn::routes::unreadable;
use crate::vtn::store::{Objects, Stored};

/// What was done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vtn) enum Operation {
    Create,
    Update,
    Delete,
}

impl Operation {
    /// By its name in notifications of 3.0.1.
    pub(in crate::vtn) fn name_in_3_0(self) -> &'static str {
        match self {
            Self::Create => "POST",
            Self::Update => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// By its name in 3.1.
    pub(in crate::vtn) fn name(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }

    /// Whether a subscription that has this word watches it: both sets of names are in the field, in either version.
    pub(super) fn is_called(self, word: &str) -> bool {
        word == self.name() || word == self.name_in_3_0()
    }
}

/// One object's change.
pub(in crate::vtn) struct Change {
    pub(in crate::vtn) kind: Kind,
    pub(super) id: String,
    pub(super) operation: Operation,
    pub(super) before: Option<State>,
    pub(super) after: Option<State>,
}

/// An object at one time.
pub(super) struct State {
    /// As JSON.
    pub(super) body: String,
    pub(super) members: Map<String, Value>,
    /// Id of the program that it belongs to.
    pub(super) program: Option<String>,
}

/// The changes of one write, recorded while somebody watches.
pub(in crate::vtn) struct Changes {
    recording: bool,
    pub(in crate::vtn) list: Vec<Change>,
}

impl Changes {
    pub(in crate::vtn) fn new(recording: bool) -> Self {
        Self { recording, list: Vec::new() }
    }

    /// Notes that an object was made.
    pub(in crate::vtn) fn created(
        &mut self,
        objects: &Objects<'_>,
        kind: Kind,
        body: &str,
    ) -> Result<(), Problem> {
        self.add(objects, kind, Operation::Create, None, Some(body))
    }

    /// Notes that an object was replaced.
    pub(in crate::vtn) fn updated(
        &mut self,
        objects: &Objects<'_>,
        kind: Kind,
        before: &str,
        after: &str,
    ) -> Result<(), Problem> {
        self.add(objects, kind, Operation::Update, Some(before), Some(after))
    }

    /// Notes that an object and all that hangs on it is about to be deleted: what hangs on it first.
    pub(in crate::vtn) fn deleting(
        &mut self,
        objects: &Objects<'_>,
        kind: Kind,
        stored: &Stored,
    ) -> Result<(), Problem> {
        if !self.recording {
            return Ok(());
        }
        for (kind, body) in objects.hanging_on(stored)?.into_iter().rev() {
            self.add(objects, kind, Operation::Delete, Some(&body), None)?;
        }
        self.add(objects, kind, Operation::Delete, Some(&stored.body), None)
    }

    fn add(
        &mut self,
        objects: &Objects<'_>,
        kind: Kind,
        operation: Operation,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Result<(), Problem> {
        if self.recording {
            let state = |body: Option<&str>| body.map(|body| State::of(objects, kind, body)).transpose();
            let (before, after) = (state(before)?, state(after)?);
            let known = after.as_ref().or(before.as_ref());
            let id = known.and_then(|s| text(&s.members, "id")).unwrap_or_default().to_owned();
            self.list.push(Change { kind, id, operation, before, after });
        }
        Ok(())
    }
}

impl State {
    fn of(objects: &Objects<'_>, kind: Kind, body: &str) -> Result<Self, Problem> {
        let members: Map<String, Value> = serde_json::from_str(body).map_err(|error| unreadable(&error))?;
        let member = |name| text(&members, name).map(str::to_owned);
        let program = match kind {
            Kind::Program => member("id"),
            Kind::Event | Kind::Subscription => member("programID"),
            Kind::Report => match text(&members, "eventID") {
                Some(event) => objects.program_of_event(event)?,
                None => None,
            },
            Kind::Ven | Kind::Resource => None,
        };
        Ok(Self { body: body.to_owned(), members, program })
    }
}
