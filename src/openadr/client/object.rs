//! The objects of OpenADR: where each kind lives, what it is called, and how one is created, replaced or made sure
//! of.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, TryFutureExt};
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attempt::{Answer, Outgoing, Reading, Wish};
use super::retry::Read;
use super::speech::{collection, is_plain, spoken, understood};
use super::{ClientError, Inner};
use crate::openadr::legacy::Kind;
use crate::openadr::version::Version;
use crate::openadr::wire::{Event, Metadata, Program, Report, Resource, Ven};

/// How many requests of one kind are on their way together: a VTN that keeps its objects on a disk then writes several
/// at once.
const AT_ONCE: usize = 16;
/// So many of them are got ready together.
const IN_HAND: usize = 16 * AT_ONCE;

/// A kind of object.
pub(super) trait Object: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The last part of its path.
    const PATH: &'static str;
    /// What it is called.
    const NOUN: &'static str;
    /// What it is, for its shape in other versions.
    const KIND: Kind;
    /// The `objectType` of a request by business logic, where requests have one.
    const REQUEST_TYPE: Option<&'static str> = None;

    fn meta(&self) -> &Metadata;
    fn meta_mut(&mut self) -> &mut Metadata;

    /// The ven that it belongs to, where it belongs to one.
    fn parent(&self) -> Option<&str> {
        None
    }

    /// Its id, as the VTN gave it.
    fn id(&self) -> Option<&str> {
        self.meta().id.as_deref()
    }

    /// As a request carries it: without what the server adds. What this program has made itself is so already.
    fn as_request(&self) -> Cow<'_, Self> {
        let object_type = Self::REQUEST_TYPE.map(str::to_owned);
        let meta = Metadata { object_type, ..Metadata::default() };
        if *self.meta() == meta {
            return Cow::Borrowed(self);
        }
        let mut request = self.clone();
        *request.meta_mut() = meta;
        Cow::Owned(request)
    }
}

macro_rules! object {
    ($kind:ident, $path:literal, $noun:literal $(, $request:literal $(, $parent:ident)?)?) => {
        impl Object for $kind {
            const PATH: &'static str = $path;
            const NOUN: &'static str = $noun;
            const KIND: Kind = Kind::$kind;
            $(const REQUEST_TYPE: Option<&'static str> = Some($request);)?

            $($(fn parent(&self) -> Option<&str> {
                Some(&self.$parent)
            })?)?

            fn meta(&self) -> &Metadata {
                &self.meta
            }

            fn meta_mut(&mut self) -> &mut Metadata {
                &mut self.meta
            }
        }
    };
}

object!(Program, "programs", "program");
object!(Event, "events", "event");
object!(Report, "reports", "report");
object!(Ven, "vens", "ven", "BL_VEN_REQUEST");
object!(Resource, "resources", "resource", "BL_RESOURCE_REQUEST", ven_id);

/// An object that a VTN holds once by name, and whose targets the business logic sets.
pub(super) trait Named: Object {
    /// The query that finds it.
    fn query(&self) -> Vec<(&str, &str)>;
    /// The id of what it belongs to, when it belongs to something, and its name within that.
    fn name(&self) -> (String, String);
    /// Whether `held`, of the VTN, is the same thing.
    fn is_same(&self, held: &Self) -> bool {
        self.name() == held.name()
    }
    /// What to put in the place of `held`; `None` when that will do.
    fn update(&self, held: &Self) -> Option<Self>;
}

impl Named for Program {
    fn query(&self) -> Vec<(&str, &str)> {
        Vec::new()
    }

    fn name(&self) -> (String, String) {
        (String::new(), self.program_name.clone())
    }

    /// A contract's program stays as it was made; only who sees it follows the contract's units.
    fn update(&self, held: &Self) -> Option<Self> {
        (!same_targets(&self.targets, &held.targets))
            .then(|| Self { targets: self.targets.clone(), ..held.clone() }.as_request().into_owned())
    }
}

impl Named for Ven {
    fn query(&self) -> Vec<(&str, &str)> {
        vec![("venName", &self.ven_name)]
    }

    fn name(&self) -> (String, String) {
        (String::new(), self.ven_name.clone())
    }

    fn update(&self, held: &Self) -> Option<Self> {
        (!same_targets(&self.targets, &held.targets)).then(|| Self {
            client_id: self.client_id.clone().or_else(|| held.client_id.clone()),
            attributes: if self.attributes.is_empty() {
                held.attributes.clone()
            } else {
                self.attributes.clone()
            },
            ..self.clone()
        })
    }
}

impl Named for Resource {
    fn query(&self) -> Vec<(&str, &str)> {
        vec![("venID", &self.ven_id), ("resourceName", &self.resource_name)]
    }

    fn name(&self) -> (String, String) {
        (self.ven_id.clone(), self.resource_name.clone())
    }

    fn update(&self, held: &Self) -> Option<Self> {
        (!same_targets(&self.targets, &held.targets)).then(|| Self {
            client_id: self.client_id.clone().or_else(|| held.client_id.clone()),
            attributes: if self.attributes.is_empty() {
                held.attributes.clone()
            } else {
                self.attributes.clone()
            },
            ..self.clone()
        })
    }
}

fn same_targets(a: &[String], b: &[String]) -> bool {
    a.iter().all(|t| b.contains(t)) && b.iter().all(|t| a.contains(t))
}

fn read_one<T: Object>(answer: &Answer, version: Version, parent: Option<&str>, done: &str) -> Reading<T> {
    let plain = is_plain(version, &answer.body).then(|| serde_json::from_slice(&answer.body).ok()).flatten();
    let object: T = match plain {
        Some(object) => object,
        None => understood(version, parent, answer.json()?).map_err(|e| e.to_string())?,
    };
    let words = format!("{done}{} {}", T::NOUN, object.id().unwrap_or("without an id"));
    Ok((object, words))
}

impl Inner {
    /// One object; `None` when there is none or it is hidden.
    pub async fn get<T: Object>(&self, id: &str) -> Result<Option<T>, ClientError> {
        let version = self.version().await?;
        let outgoing = Outgoing::get(self.address.url(&[T::PATH, id], &[]));
        let read = |answer: &Answer| read_one::<T>(answer, version, None, "");
        match self.idempotent(&outgoing, &read).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces an object. Answers it as the VTN holds it.
    pub async fn put<T: Object>(&self, id: &str, object: &T) -> Result<T, ClientError> {
        let (version, parent) = (self.version().await?, object.parent());
        let read = |answer: &Answer| read_one::<T>(answer, version, parent, "replaced ");
        self.replace(id, object, Wish::Whole, &read).await
    }

    /// Replaces an object, where the answer need not bring it back. A VTN that does not know the wish brings it all the
    /// same.
    pub async fn put_quietly<T: Object>(&self, id: &str, object: &T) -> Result<(), ClientError> {
        let (version, parent) = (self.version().await?, object.parent());
        let read = |answer: &Answer| match answer.status {
            StatusCode::NO_CONTENT => Ok(((), format!("replaced {} {id}", T::NOUN))),
            _ => read_one::<T>(answer, version, parent, "replaced ").map(|(_, words)| ((), words)),
        };
        self.replace(id, object, Wish::Minimal, &read).await
    }

    /// Takes an object away that hangs on no other; one that is gone already is no error.
    pub async fn delete<T: Object>(&self, id: &str) -> Result<(), ClientError> {
        let version = self.version().await?;
        let url = self.address.url(&[&collection::<T>(version, None)[..], &[id]].concat(), &[]);
        let outgoing = Outgoing { method: Method::DELETE, ..Outgoing::get(url) };
        let read = |_: &Answer| Ok(((), format!("took away {} {id}", T::NOUN)));
        match self.idempotent(&outgoing, &read).await {
            Err(error) if error.status() == Some(404) => Ok(()),
            other => other,
        }
    }

    async fn replace<T: Object, A>(
        &self,
        id: &str,
        object: &T,
        wish: Wish,
        read: Read<'_, A>,
    ) -> Result<A, ClientError> {
        let version = self.version().await?;
        let url = self.address.url(&[&collection::<T>(version, object.parent())[..], &[id]].concat(), &[]);
        let mut body = self.body_of(version, object)?;
        loop {
            let outgoing = Outgoing::json(Method::PUT, url.clone(), body).wishing(wish);
            let done = self.idempotent(&outgoing, read).await;
            match self.tastes.other_body(T::KIND, version, &done, &outgoing.body) {
                Some(other) => body = other,
                None => return done,
            }
        }
    }

    /// Creates an object; when the answer is lost it looks through the list first for one that `is_same` holds for.
    pub async fn post<T: Object>(
        &self,
        object: &T,
        query: &[(&str, &str)],
        is_same: &(dyn Fn(&T) -> bool + Send + Sync),
    ) -> Result<T, ClientError> {
        let version = self.version().await?;
        let parent = object.parent();
        let url = self.address.url(&collection::<T>(version, parent), &[]);
        let read = |answer: &Answer| read_one::<T>(answer, version, parent, "created ");
        let find =
            || -> BoxFuture<'_, Result<Option<T>, ClientError>> { Box::pin(self.find(query, is_same)) };
        let kind = format!("{} {query:?}", T::PATH);
        let mut body = self.body_of(version, object)?;
        loop {
            let outgoing = Outgoing::json(Method::POST, url.clone(), body);
            let done = self.once(&outgoing, &read, &find, &kind).await;
            match self.tastes.other_body(T::KIND, version, &done, &outgoing.body) {
                Some(other) => body = other,
                None => return done,
            }
        }
    }

    /// A request's body as this VTN is known to want it.
    fn body_of<T: Object>(&self, version: Version, object: &T) -> Result<Bytes, ClientError> {
        let body = match version == Version::V3_1 && self.tastes.is_plain(T::KIND) {
            true => serde_json::to_vec(&object.as_request()),
            false => {
                spoken(version, object).and_then(|b| serde_json::to_vec(&self.tastes.suited(T::KIND, b)))
            }
        };
        body.map(Bytes::from).map_err(|error| ClientError::NotUnderstood {
            what: T::PATH.to_owned(),
            reason: format!("the request itself cannot be written: {error}"),
        })
    }

    async fn find<T: Object>(
        &self,
        query: &[(&str, &str)],
        is_same: &(dyn Fn(&T) -> bool + Send + Sync),
    ) -> Result<Option<T>, ClientError> {
        Ok(self.list::<T>(query).await?.into_iter().find(|held| is_same(held)))
    }

    /// Makes sure that the VTN holds an object of that name: looks, else creates; what another made meanwhile (409) is
    /// taken. Its targets are set where they differ.
    pub async fn ensure<T: Named>(&self, object: &T) -> Result<T, ClientError> {
        let held = self.find(&object.query(), &|held: &T| object.is_same(held)).await?;
        self.ensure_where(object, held).await
    }

    /// The same, where it is known what the VTN holds of that name.
    pub async fn ensure_where<T: Named>(&self, object: &T, held: Option<T>) -> Result<T, ClientError> {
        let query = object.query();
        let is_same = |held: &T| object.is_same(held);
        let held = match held {
            Some(held) => held,
            None => match self.post(object, &query, &is_same).await {
                Err(conflict) if conflict.status() == Some(409) => {
                    self.find(&query, &is_same).await?.ok_or(conflict)?
                }
                created => return created,
            },
        };
        match (object.update(&held), held.id()) {
            (Some(update), Some(id)) => self.put(id, &update).await,
            _ => Ok(held),
        }
    }

    /// Makes sure of many objects, several at a time, which are looked for in one list of all that the VTN holds. Answers
    /// them in the same order.
    pub async fn ensure_all<T: Named>(&self, objects: &[T]) -> Result<Vec<T>, (usize, ClientError)> {
        let all =
            if objects.is_empty() { Vec::new() } else { self.list::<T>(&[]).await.map_err(|e| (0, e))? };
        let mut held: HashMap<(String, String), T> = all.into_iter().map(|o| (o.name(), o)).collect();
        let mut ensured = Vec::with_capacity(objects.len());
        // What waits takes memory: of tens of thousands, some wait at a time.
        for (some, objects) in objects.chunks(IN_HAND).enumerate() {
            let mut in_hand: Vec<BoxFuture<'_, Result<T, (usize, ClientError)>>> = Vec::new();
            for (number, object) in objects.iter().enumerate() {
                let (index, held) = (some * IN_HAND + number, held.remove(&object.name()));
                in_hand.push(self.ensure_where(object, held).map_err(move |e| (index, e)).boxed());
            }
            ensured.extend(stream::iter(in_hand).buffered(AT_ONCE).try_collect::<Vec<T>>().await?);
        }
        Ok(ensured)
    }
}
