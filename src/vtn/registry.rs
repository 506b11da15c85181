//! The clients that may have a token: those that the VTN was opened with (seeds), and those that business logic
//! registers while it runs. Digests of their secrets are held, never the secrets.
//!
//! What is registered, replaced or removed while it runs is kept in the VTN's file and outlives a restart. A seed rules
//! where it is new or has changed; where it is as it was when its client got another secret or was removed, that stays
//! so, and a secret that was taken back does not come back with the next start. A client of the seeds that is no seed
//! any more is none.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::stamp::Stamp;
use super::store::{ClientRow, Clients, Store, StoreError};
use super::token::Claims;
use super::{ClientSeed, Role, VtnError};
use crate::entropy::Entropy;
use crate::openadr::secret::Secret;

/// Bytes of a digest.
pub(super) const DIGEST_LENGTH: usize = 32;

type Digest = [u8; DIGEST_LENGTH];

/// The clients that the VTN is opened with, by id.
pub(super) struct Seeds(BTreeMap<String, (Digest, Role)>);

impl Seeds {
    /// # Errors
    /// When two clients have one id, or an id is not 1 to 128 characters long (`clientID` of OpenADR 3.1).
    pub(super) fn of(seeds: &[ClientSeed]) -> Result<Self, VtnError> {
        let mut clients = BTreeMap::new();
        for seed in seeds {
            let wrong = |reason: &str| VtnError::Client { id: seed.id.clone(), reason: reason.to_owned() };
            if !is_client_id(&seed.id) {
                return Err(wrong("a client id is 1 to 128 characters long"));
            }
            if clients.insert(seed.id.clone(), (digest(seed.secret.reveal()), seed.role)).is_some() {
                return Err(wrong("the id is given twice; each client has its own"));
            }
        }
        Ok(Self(clients))
    }
}

/// Whether a text can be a client's id.
pub(super) fn is_client_id(text: &str) -> bool {
    (1..=128).contains(&text.chars().count())
}

/// The clients that may have a token.
pub(super) struct Registry {
    clients: Arc<RwLock<BTreeMap<String, Registered>>>,
    /// The digest of each seed, for what is kept beside it.
    seeds: BTreeMap<String, Digest>,
    /// Held while one is changed: on the disk first, then for all to see. From when the last change holds.
    changing: Mutex<Stamp>,
    entropy: Entropy,
}

#[derive(Clone, Copy)]
struct Registered {
    secret: Digest,
    role: Role,
    /// Tokens from before do not hold.
    since: Stamp,
}

/// What may be told of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) role: Role,
    /// Tokens from before do not hold.
    pub(super) since: Stamp,
}

/// Why a client was not registered, changed or removed.
#[derive(Debug)]
pub(super) enum RegistryError {
    /// Another has the id.
    Taken,
    /// There is none of that id.
    Unknown,
    /// It is business logic, which is set up where the VTN is started.
    Business,
    /// The database.
    Store(StoreError),
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Registry {
    /// The clients that the seeds and the store have between them.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn open(
        seeds: Seeds,
        kept: &Clients<'_>,
        entropy: Entropy,
        now: Stamp,
    ) -> Result<Self, StoreError> {
        let Seeds(seeds) = seeds;
        let (clients, last) = merge(&seeds, kept, now)?;
        let seeds = seeds.into_iter().map(|(id, (digest, _))| (id, digest)).collect();
        Ok(Self { clients: Arc::new(RwLock::new(clients)), seeds, changing: Mutex::new(last), entropy })
    }

    /// What the client may do, when id and secret are right. Takes as long for an unknown id as for a wrong secret.
    pub(super) fn authenticate(&self, client_id: &str, secret: &str) -> Option<Grant> {
        let known = self.read().get(client_id).copied();
        let expected = known.map_or([0; DIGEST_LENGTH], |c| c.secret);
        let right: bool = digest(secret).ct_eq(&expected).into();
        known.filter(|_| right).map(|c| Grant { role: c.role, since: c.since })
    }

    /// What a client may do; `None` when there is no such client.
    pub(super) fn role_of(&self, client_id: &str) -> Option<Role> {
        self.read().get(client_id).map(|client| client.role)
    }

    /// Whether a token of these claims still holds: its client is there, and has had no other secret since.
    pub(super) fn admits(&self, claims: &Claims) -> bool {
        let clients = self.read();
        clients.get(&claims.client_id).is_some_and(|c| c.role == claims.role && claims.issued >= c.since)
    }

    /// Registers a VEN; answers its secret, which nobody can be told again.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub(super) async fn register(
        &self,
        store: &Store,
        id: &str,
        now: Stamp,
    ) -> Result<Secret, RegistryError> {
        let mut last = self.changing.lock().await;
        if self.read().contains_key(id) {
            return Err(RegistryError::Taken);
        }
        self.give_secret(store, id, after(now, &mut last)).await
    }

    /// Gives a VEN another secret; the one before, and every token had with it, are refused from now on.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub(super) async fn replace(&self, store: &Store, id: &str, now: Stamp) -> Result<Secret, RegistryError> {
        let mut last = self.changing.lock().await;
        self.must_be_a_ven(id)?;
        self.give_secret(store, id, after(now, &mut last)).await
    }

    /// Removes a VEN's client; its secret and its tokens are refused from now on.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub(super) async fn remove(&self, store: &Store, id: &str, now: Stamp) -> Result<(), RegistryError> {
        let mut last = self.changing.lock().await;
        self.must_be_a_ven(id)?;
        let seed = self.seeds.get(id).copied();
        // Kept as removed: tokens of a client that is registered again under this id must not hold.
        let since = after(now, &mut last);
        self.keep(store, ClientRow { id: id.to_owned(), digest: None, role: Role::Ven, since, seed }).await?;
        Ok(())
    }

    fn must_be_a_ven(&self, id: &str) -> Result<(), RegistryError> {
        match self.role_of(id) {
            Some(Role::Ven) => Ok(()),
            Some(Role::Business) => Err(RegistryError::Business),
            None => Err(RegistryError::Unknown),
        }
    }

    async fn give_secret(&self, store: &Store, id: &str, since: Stamp) -> Result<Secret, RegistryError> {
        let bytes = Zeroizing::new(self.entropy.bytes::<32>());
        let secret = Secret::new(URL_SAFE_NO_PAD.encode(*bytes));
        let digest = Some(digest(secret.reveal()));
        let seed = self.seeds.get(id).copied();
        self.keep(store, ClientRow { id: id.to_owned(), digest, role: Role::Ven, since, seed }).await?;
        Ok(secret)
    }

    /// On the disk, and then for all to see, also when whoever asked has hung up meanwhile.
    async fn keep(&self, store: &Store, row: ClientRow) -> Result<(), StoreError> {
        let clients = Arc::clone(&self.clients);
        let (id, role, since, digest) = (row.id.clone(), row.role, row.since, row.digest);
        let then = move |(): &mut ()| {
            let mut clients = clients.write().unwrap_or_else(PoisonError::into_inner);
            match digest {
                Some(secret) => clients.insert(id, Registered { secret, role, since }),
                None => clients.remove(&id),
            };
        };
        store.write(move |objects| objects.keep_client(&row), then).await
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Registered>> {
        self.clients.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From when a change that is made now holds: later than every token that was had before, also one of this millisecond
/// or of a clock that was ahead.
fn after(now: Stamp, last: &mut Stamp) -> Stamp {
    *last = now.after(now).after(*last);
    *last
}

/// The clients, and from when the last change among them holds.
fn merge(
    seeds: &BTreeMap<String, (Digest, Role)>,
    kept: &Clients<'_>,
    now: Stamp,
) -> Result<(BTreeMap<String, Registered>, Stamp), StoreError> {
    let ever = Stamp::from_millis(i64::MIN);
    let mut last = ever;
    let mut clients: BTreeMap<String, Registered> = seeds
        .iter()
        .map(|(id, (secret, role))| (id.clone(), Registered { secret: *secret, role: *role, since: ever }))
        .collect();
    for row in kept.all()? {
        last = last.max(row.since);
        match (seeds.get(&row.id), row.seed) {
            (Some((seed, role)), before) if before != Some(*seed) => {
                let since = after(now, &mut last);
                let changed = ClientRow { digest: Some(*seed), role: *role, since, seed: Some(*seed), ..row };
                kept.keep(&changed)?;
                clients.insert(changed.id, Registered { secret: *seed, role: *role, since });
            }
            (None, Some(_)) => kept.forget(&row.id)?,
            _ => match row.digest {
                Some(secret) => {
                    let registered = Registered { secret, role: row.role, since: row.since };
                    clients.insert(row.id, registered);
                }
                None => {
                    clients.remove(&row.id);
                }
            },
        }
    }
    Ok((clients, last))
}

fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}
