//! What is a client's own at the VTN: the names of its ven and its resources, and the targets that are granted on them. Each
//! poll and each report asks for it, and it changes when a client is onboarded; so it is kept for as long as it stays.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::access::Caller;
use super::store::{Epochs, Objects, Part, Slot, StoreError};
use super::{Role, Shared};

/// What is one client's own. Both lists are in order.
#[derive(Debug, Default)]
pub(super) struct Belongings {
    names: Box<[Box<str>]>,
    granted: Box<[Box<str>]>,
}

impl Belongings {
    fn of(objects: &Objects<'_>, client: &str) -> Result<Self, StoreError> {
        let in_order = |mut texts: Vec<String>| {
            texts.sort_unstable();
            texts.dedup();
            texts.into_iter().map(String::into_boxed_str).collect()
        };
        Ok(Self { names: in_order(objects.names_of(client)?), granted: in_order(objects.granted(client)?) })
    }

    /// Whether its ven or one of its resources has this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.names.binary_search_by(|own| (**own).cmp(name)).is_ok()
    }

    /// Whether this target is granted to it.
    pub(super) fn is_granted(&self, target: &str) -> bool {
        self.granted.binary_search_by(|own| (**own).cmp(target)).is_ok()
    }

    /// The targets that are granted to it.
    pub(super) fn granted(&self) -> Vec<String> {
        self.granted.iter().map(|target| target.to_string()).collect()
    }
}

/// What is known of clients' belongings: no more entries than clients that have asked.
#[derive(Default)]
pub(super) struct KnownBelongings(Mutex<HashMap<String, Known>>);

struct Known {
    /// The epoch of the parts of the store in which it stands, before it was read.
    epoch: u64,
    belongings: Arc<Belongings>,
}

impl KnownBelongings {
    /// A client's, as they are kept.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn of(
        &self,
        client: &str,
        epochs: &Epochs,
        read: impl FnOnce() -> Result<Belongings, StoreError>,
    ) -> Result<Arc<Belongings>, StoreError> {
        let epoch = epochs.of(&parts(client));
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(client).filter(|known| known.epoch == epoch) {
            return Ok(Arc::clone(&known.belongings));
        }
        drop(known);
        let belongings = Arc::new(read()?);
        let known = Known { epoch, belongings: Arc::clone(&belongings) };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(client.to_owned(), known);
        Ok(belongings)
    }
}

/// The parts of the store in which a client's belongings stand.
fn parts(client: &str) -> [Slot; 2] {
    [Part::All.slot(), Part::Grants(client).slot()]
}

impl Shared {
    /// What is a VEN's own, within a read; business logic has nothing of its own.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn belongings_within(
        &self,
        objects: &Objects<'_>,
        caller: &Caller,
    ) -> Result<Arc<Belongings>, StoreError> {
        let read = || Belongings::of(objects, &caller.client_id);
        match caller.role {
            Role::Business => Ok(Arc::default()),
            Role::Ven => self.belongings.of(&caller.client_id, self.store.epochs(), read),
        }
    }

    /// What is a VEN's own, before a write: what others that are under way make of it does not count yet.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn belongings(&self, caller: &Caller) -> Result<Arc<Belongings>, StoreError> {
        let read = || self.store.read(|objects| Belongings::of(objects, &caller.client_id));
        match caller.role {
            Role::Business => Ok(Arc::default()),
            Role::Ven => self.belongings.of(&caller.client_id, self.store.epochs(), read),
        }
    }
}
