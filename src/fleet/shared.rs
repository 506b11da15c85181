//! The one provider of an FSP, which all of its lines speak for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::provider::Provider;

/// A provider that several lines hold. Never locked while something is waited for.
#[derive(Clone, Debug)]
pub(super) struct Shared(Arc<Mutex<Provider>>);

impl Shared {
    pub(super) fn new(provider: Provider) -> Self {
        Self(Arc::new(Mutex::new(provider)))
    }

    /// The provider. A fault in one line must not silence the others: what it knows outlives it.
    pub(super) fn lock(&self) -> MutexGuard<'_, Provider> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
