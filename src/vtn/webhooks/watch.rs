//! A subscription as the notifier keeps it, and what its client is told of a change.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::openadr::secret::Secret;
use crate::vtn::Role;
use crate::vtn::access::Registry;
use crate::vtn::object::{Kind, targets, text, with_targets_hidden, without_bearer_tokens};
use crate::vtn::shape::legacy;
use crate::vtn::store::{Objects, StoreError};

use super::change::{Change, Operation, State};
use super::courier::Delivery;

/// A subscription.
pub(super) struct Watch {
    pub(super) id: String,
    client: String,
    program: Option<String>,
    targets: Vec<String>,
    /// Whether its client is told in 3.0.1's shape.
    in_3_0: bool,
    entries: Vec<Entry>,
}

/// One of its `objectOperations`.
struct Entry {
    objects: Vec<String>,
    operations: Vec<String>,
    callback: String,
    token: Option<Secret>,
}

/// What each client may see, looked up once.
pub(super) struct Grants<'a, 'c> {
    objects: &'a Objects<'c>,
    registry: &'a Registry,
    known: BTreeMap<String, Option<Seer>>,
}

/// A client by what it may see.
#[derive(Clone)]
enum Seer {
    All,
    /// Programs and events by these targets, all else by owning it.
    Granted(Vec<String>),
}

impl<'a, 'c> Grants<'a, 'c> {
    pub(super) fn new(objects: &'a Objects<'c>, registry: &'a Registry) -> Self {
        Self { objects, registry, known: BTreeMap::new() }
    }

    /// `None` for a client that may have no token any more.
    fn of(&mut self, client: &str) -> Result<Option<Seer>, StoreError> {
        if let Some(known) = self.known.get(client) {
            return Ok(known.clone());
        }
        let seer = match self.registry.role_of(client) {
            Some(Role::Business) => Some(Seer::All),
            Some(Role::Ven) => Some(Seer::Granted(self.objects.granted(client)?)),
            None => None,
        };
        self.known.insert(client.to_owned(), seer.clone());
        Ok(seer)
    }
}

impl Watch {
    /// Reads one that is kept; `None` when it is damaged.
    pub(super) fn of(body: &str) -> Option<Self> {
        let members: Map<String, Value> = serde_json::from_str(body).ok()?;
        let entries = members.get("objectOperations").and_then(Value::as_array)?;
        Some(Self {
            id: text(&members, "id")?.to_owned(),
            client: text(&members, "clientID")?.to_owned(),
            program: text(&members, "programID").map(str::to_owned),
            targets: targets(&members).into_iter().map(str::to_owned).collect(),
            in_3_0: legacy::is_notified_in_3_0(&members),
            entries: entries.iter().filter_map(Value::as_object).filter_map(Entry::of).collect(),
        })
    }

    /// What its client is to be told of a change: nothing of what it may not see or does not watch.
    pub(super) fn deliveries(
        &self,
        change: &Change,
        grants: &mut Grants<'_, '_>,
    ) -> Result<Result<Vec<Delivery>, serde_json::Error>, StoreError> {
        let kind = change.kind;
        if !self.entries.iter().any(|entry| entry.watches(kind)) {
            return Ok(Ok(Vec::new()));
        }
        let Some(seer) = grants.of(&self.client)? else { return Ok(Ok(Vec::new())) };
        let before = change.before.as_ref().filter(|state| self.sees(kind, state, &seer));
        let after = change.after.as_ref().filter(|state| self.sees(kind, state, &seer));
        let (operation, state) = match (before, after) {
            (_, Some(after)) => (change.operation, after),
            // Taken out of sight: to this client it is gone.
            (Some(before), None) => (Operation::Delete, before),
            (None, None) => return Ok(Ok(Vec::new())),
        };
        Ok(self.told(kind, operation, state, &seer))
    }

    fn told(
        &self,
        kind: Kind,
        operation: Operation,
        state: &State,
        seer: &Seer,
    ) -> Result<Vec<Delivery>, serde_json::Error> {
        let mut out: Vec<Delivery> = Vec::new();
        let mut body = None;
        for entry in &self.entries {
            let again = out.iter().any(|delivery| delivery.callback == entry.callback);
            if again || !entry.watches(kind) || !entry.operations.iter().any(|o| operation.is_called(o)) {
                continue;
            }
            let body = match &body {
                Some(body) => Bytes::clone(body),
                None => body.insert(self.notification(kind, operation, state, seer)?).clone(),
            };
            out.push(Delivery {
                subscription: self.id.clone(),
                client: self.client.clone(),
                callback: entry.callback.clone(),
                token: entry.token.clone(),
                body,
            });
        }
        Ok(out)
    }

    fn sees(&self, kind: Kind, state: &State, seer: &Seer) -> bool {
        if let (Some(wanted), Some(own)) = (&self.program, &state.program)
            && wanted != own
        {
            return false;
        }
        let own = targets(&state.members);
        let asked = |target: &&str| self.targets.iter().any(|t| t == target);
        match (kind, seer) {
            (Kind::Program | Kind::Event, Seer::Granted(granted)) => {
                let mut visible = own.iter().filter(|target| granted.iter().any(|g| g == *target));
                if self.targets.is_empty() {
                    own.is_empty() || visible.next().is_some()
                } else {
                    visible.any(asked)
                }
            }
            (Kind::Program | Kind::Event, Seer::All) => self.targets.is_empty() || own.iter().any(asked),
            (Kind::Ven | Kind::Resource, _) if !self.targets.is_empty() && !own.iter().any(asked) => false,
            (_, Seer::All) => true,
            (_, Seer::Granted(_)) => text(&state.members, "clientID") == Some(self.client.as_str()),
        }
    }

    /// `notification`, with what its client may not see taken out.
    fn notification(
        &self,
        kind: Kind,
        operation: Operation,
        state: &State,
        seer: &Seer,
    ) -> Result<Bytes, serde_json::Error> {
        let mut shown = targets(&state.members);
        let object = match (kind, seer) {
            (Kind::Program | Kind::Event, Seer::Granted(granted)) => {
                let before = shown.len();
                let asked =
                    |target: &str| self.targets.is_empty() || self.targets.iter().any(|t| t == target);
                shown.retain(|target| granted.iter().any(|g| g == target) && asked(target));
                match shown.len() == before {
                    true => state.body.clone(),
                    false => {
                        let seen: Vec<String> = shown.iter().map(|&t| t.to_owned()).collect();
                        with_targets_hidden(&state.body, &seen)?
                    }
                }
            }
            (Kind::Subscription, _) => without_bearer_tokens(&state.body)?,
            _ => state.body.clone(),
        };
        let object = match self.in_3_0 {
            true => {
                let object = serde_json::from_str(&object)?;
                legacy::to_3_0(kind, object, state.program.clone(), None).to_string()
            }
            false => object,
        };
        let mut text = format!(
            r#"{{"objectType":"{}","operation":"{}","object":{object}"#,
            kind.object_type(),
            if self.in_3_0 { operation.name_in_3_0() } else { operation.name() }
        );
        if !shown.is_empty() {
            text.push_str(r#","targets":"#);
            let targets = if self.in_3_0 { legacy::targets_to_3_0(&shown) } else { Value::from(shown) };
            text.push_str(&targets.to_string());
        }
        text.push('}');
        Ok(text.into())
    }
}

impl Entry {
    fn of(members: &Map<String, Value>) -> Option<Self> {
        let texts = |name| {
            let list = members.get(name).and_then(Value::as_array)?;
            Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        Some(Self {
            objects: texts("objects")?,
            operations: texts("operations")?,
            callback: text(members, "callbackUrl")?.to_owned(),
            token: text(members, "bearerToken").map(Secret::new),
        })
    }

    fn watches(&self, kind: Kind) -> bool {
        self.objects.iter().any(|o| o == kind.object_type())
    }
}
