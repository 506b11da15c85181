//! Where objects are kept: SQLite, in memory or in a file.
//!
//! Statements run on the thread that asks, behind a lock. In memory they take microseconds, and a rehearsal, which
//! runs on one thread under a paused clock, must not wait for another thread. In a file a write waits for the disk
//! (`synchronous=FULL`), so there a write tells a multi-threaded runtime that it blocks, and reads have a connection of
//! their own that no write holds up.

mod file;
mod listing;
mod objects;

pub(super) use listing::{Found, Listing, Sight};
pub(super) use objects::{Objects, Stored};

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::entropy::Entropy;
use crate::time::Clock;

use super::stamp::Stamp;
use super::token::KEY_LENGTH;
use super::{StorePlace, VtnError};

/// The database failed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) struct StoreError(#[from] rusqlite::Error);

impl StoreError {
    /// Whether something unique is there already.
    pub(super) fn is_conflict(&self) -> bool {
        self.0.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE)
    }
}

/// The objects of one VTN.
pub(super) struct Store {
    // Closed before the writer, which then folds the write-ahead log into the file.
    reader: Option<Mutex<Connection>>,
    writer: Mutex<Connection>,
    name: String,
    clock: Clock,
    ids: Entropy,
}

impl Store {
    /// # Errors
    /// When the file cannot be opened, is no database of a VTN, is damaged, or was made by a newer version.
    pub(super) fn open(place: &StorePlace, clock: Clock, ids: Entropy) -> Result<Self, VtnError> {
        let (writer, reader, name) = match place {
            StorePlace::Memory => (file::in_memory()?, None, ":memory:".to_owned()),
            StorePlace::File(path) => {
                let (writer, reader) = file::open(path)?;
                (writer, Some(Mutex::new(reader)), path.display().to_string())
            }
        };
        Ok(Self { reader, writer: Mutex::new(writer), name, clock, ids })
    }

    /// The key that tokens are signed with, drawn at the first opening.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn token_key(&self, entropy: &Entropy) -> Result<[u8; KEY_LENGTH], VtnError> {
        let connection = lock(&self.writer);
        let kept = connection
            .query_row("SELECT value FROM setting WHERE name = 'token key'", [], |row| row.get(0))
            .optional();
        let key = kept.and_then(|kept: Option<[u8; KEY_LENGTH]>| match kept {
            Some(key) => Ok(key),
            None => {
                let key = entropy.bytes::<KEY_LENGTH>();
                connection.execute("INSERT INTO setting (name, value) VALUES ('token key', ?)", [key])?;
                Ok(key)
            }
        });
        key.map_err(|error| self.refusal(&StoreError(error)))
    }

    /// Why a VTN cannot open on this store.
    pub(super) fn refusal(&self, error: &StoreError) -> VtnError {
        VtnError::Store { path: self.name.clone(), reason: error.to_string() }
    }

    /// Reads.
    ///
    /// # Errors
    /// What `work` answers.
    pub(super) fn read<T, E>(&self, work: impl FnOnce(&Objects<'_>) -> Result<T, E>) -> Result<T, E> {
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        work(&Objects::new(&connection, Stamp::now(&self.clock), &self.ids))
    }

    /// Writes: all of it or, when `work` answers an error, nothing. On return it is on the disk. What comes `then` sees
    /// writes in the order in which they were kept.
    ///
    /// The time is taken once the store is this writer's alone, so that what is committed later is stamped later, and
    /// a reader who asks for all that changed since the last time it saw misses nothing.
    ///
    /// # Errors
    /// What `work` answers, and when the database fails.
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Objects<'_>) -> Result<T, E>,
        then: impl FnOnce(&mut T),
    ) -> Result<T, E> {
        self.blocking(|| {
            let connection = lock(&self.writer);
            let transaction = Transaction::new_unchecked(&connection, TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            let mut done = work(&Objects::new(&transaction, Stamp::now(&self.clock), &self.ids))?;
            transaction.commit().map_err(StoreError::from)?;
            then(&mut done);
            Ok(done)
        })
    }

    fn blocking<T>(&self, work: impl FnOnce() -> T) -> T {
        let threads = Handle::try_current().map(|handle| handle.runtime_flavor());
        match threads {
            Ok(RuntimeFlavor::MultiThread) if self.reader.is_some() => tokio::task::block_in_place(work),
            _ => work(),
        }
    }
}

/// A panic while the lock was held has rolled its transaction back: the connection is as good as before.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
