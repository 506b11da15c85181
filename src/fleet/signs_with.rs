//! The keys that an FSP signs with. They may be others after a while: each of its lines sees the same.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::dispatch::{KeyRing, OwnKeys, SigningFault, SigningKey};
use crate::time::UtcTime;

/// An FSP's own keys, as they are pinned for it.
#[derive(Clone, Debug)]
pub(super) struct SignsWith(Arc<ArcSwap<(OwnKeys, KeyRing)>>);

impl SignsWith {
    pub(super) fn new(own: OwnKeys, pinned: KeyRing) -> Self {
        Self(Arc::new(ArcSwap::from_pointee((own, pinned))))
    }

    /// Signs with these from now on.
    pub(super) fn replace(&self, own: OwnKeys, pinned: KeyRing) {
        self.0.store(Arc::new((own, pinned)));
    }

    /// Signs with the keys that it has, which are pinned so from now on.
    pub(super) fn pinned_as(&self, pinned: KeyRing) {
        let own = self.0.load().0.clone();
        self.replace(own, pinned);
    }

    /// The key that signs at an instant.
    ///
    /// # Errors
    /// Why none does.
    pub(super) fn at(&self, now: UtcTime) -> Result<SigningKey, SigningFault> {
        let held = self.0.load();
        held.0.in_force(&held.1, now).cloned()
    }

    /// Every key with which it may have signed, in force or not.
    pub(super) fn ring(&self) -> KeyRing {
        let held = self.0.load();
        KeyRing::new(held.1.keys().cloned().chain(held.0.public()))
    }
}
