//! Who sees which state of an object, and so what a change is to them.

use std::collections::BTreeMap;

use crate::vtn::Role;
use crate::vtn::object::{Kind, targets, text};
use crate::vtn::registry::Registry;
use crate::vtn::store::{Objects, StoreError};

use super::change::{Operation, State};

/// Somebody by what it may see.
#[derive(Clone)]
pub(super) enum Seer {
    /// All: business logic.
    Business,
    /// A VEN: programs and events by what it was granted, all else by owning it.
    Ven { client: String, granted: Vec<String> },
    /// What every VEN sees: programs and events without targets.
    Public,
}

impl Seer {
    /// The targets of an object that it is shown; `None` when it does not see the object.
    pub(super) fn shown<'s>(&self, kind: Kind, state: &'s State) -> Option<Vec<&'s str>> {
        let own = targets(&state.members);
        match (self, kind) {
            (Self::Business, _) => Some(own),
            (Self::Ven { granted, .. }, Kind::Program | Kind::Event) => {
                let hidden_by_targets = !own.is_empty();
                let shown: Vec<&str> =
                    own.into_iter().filter(|target| granted.iter().any(|g| g == target)).collect();
                (!hidden_by_targets || !shown.is_empty()).then_some(shown)
            }
            (Self::Ven { client, .. }, _) => {
                (text(&state.members, "clientID") == Some(client)).then_some(own)
            }
            (Self::Public, Kind::Program | Kind::Event) => own.is_empty().then_some(own),
            (Self::Public, _) => None,
        }
    }
}

/// What a change is to somebody who sees it before, after, or both: taken out of sight, an object is gone.
pub(super) fn turn<T>(operation: Operation, before: Option<T>, after: Option<T>) -> Option<(Operation, T)> {
    match (before, after) {
        (_, Some(after)) => Some((operation, after)),
        (Some(before), None) => Some((Operation::Delete, before)),
        (None, None) => None,
    }
}

/// What each client may see, looked up once.
pub(super) struct Grants<'a, 'c> {
    objects: &'a Objects<'c>,
    registry: &'a Registry,
    known: BTreeMap<String, Option<Seer>>,
}

impl<'a, 'c> Grants<'a, 'c> {
    pub(super) fn new(objects: &'a Objects<'c>, registry: &'a Registry) -> Self {
        Self { objects, registry, known: BTreeMap::new() }
    }

    /// `None` for a client that may have no token any more.
    pub(super) fn of(&mut self, client: &str) -> Result<Option<Seer>, StoreError> {
        if let Some(known) = self.known.get(client) {
            return Ok(known.clone());
        }
        let seer = match self.registry.role_of(client) {
            Some(Role::Business) => Some(Seer::Business),
            Some(Role::Ven) => {
                Some(Seer::Ven { client: client.to_owned(), granted: self.objects.granted(client)? })
            }
            None => None,
        };
        self.known.insert(client.to_owned(), seer.clone());
        Ok(seer)
    }

    /// The clients that were granted any of these targets, in order.
    pub(super) fn clients_granted(&self, targets: &[&str]) -> Result<Vec<String>, StoreError> {
        self.objects.clients_granted(targets)
    }
}
