//! A subscription as the notifier keeps it, and what its client is told of a change.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::openadr::secret::Secret;
use crate::vtn::notices::change::{Change, Operation, State};
use crate::vtn::notices::notification;
use crate::vtn::notices::sight::{Grants, Seer, turn};
use crate::vtn::object::{Kind, targets, text};
use crate::vtn::shape::legacy;
use crate::vtn::store::StoreError;

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
        if !self.entries.iter().any(|entry| entry.watches(change.kind)) {
            return Ok(Ok(Vec::new()));
        }
        let Some(seer) = grants.of(&self.client)? else { return Ok(Ok(Vec::new())) };
        let seen = |state: &'_ Option<State>| {
            state.as_ref().is_some_and(|s| self.shown(change.kind, s, &seer).is_some())
        };
        let before = change.before.as_ref().filter(|_| seen(&change.before));
        let after = change.after.as_ref().filter(|_| seen(&change.after));
        Ok(match turn(change.operation, before, after) {
            Some((operation, state)) => self.told(change.kind, operation, state, &seer),
            None => Ok(Vec::new()),
        })
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

    /// The targets of an object that its client is shown; `None` when its client does not see it, or it asks for others.
    fn shown<'s>(&self, kind: Kind, state: &'s State, seer: &Seer) -> Option<Vec<&'s str>> {
        if let (Some(wanted), Some(own)) = (&self.program, &state.program)
            && wanted != own
        {
            return None;
        }
        let mut shown = seer.shown(kind, state)?;
        let has_targets = matches!(kind, Kind::Program | Kind::Event | Kind::Ven | Kind::Resource);
        if has_targets && !self.targets.is_empty() {
            let asked = |target: &&str| self.targets.iter().any(|t| t == target);
            if !shown.iter().any(asked) {
                return None;
            }
            if matches!((kind, seer), (Kind::Program | Kind::Event, Seer::Ven { .. })) {
                shown.retain(asked);
            }
        }
        Some(shown)
    }

    /// `notification` in the version that its client speaks, with what its client may not see taken out.
    fn notification(
        &self,
        kind: Kind,
        operation: Operation,
        state: &State,
        seer: &Seer,
    ) -> Result<Bytes, serde_json::Error> {
        let shown = self.shown(kind, state, seer).unwrap_or_default();
        if !self.in_3_0 {
            return Ok(notification::in_3_1(kind, operation, state, &shown)?.into());
        }
        let object = serde_json::from_str(&notification::object(kind, state, &shown)?)?;
        let object = legacy::to_3_0(kind, object, state.program.clone(), None).to_string();
        let targets = (!shown.is_empty()).then(|| legacy::targets_to_3_0(&shown).to_string());
        Ok(notification::text(kind, operation.name_in_3_0(), &object, targets.as_deref()).into())
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
