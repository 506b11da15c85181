//! Where objects are kept: SQLite, in memory or in a file.
//!
//! In memory, statements run on the thread that asks, behind a lock: they take microseconds, and a rehearsal, which
//! runs on one thread under a paused clock, must not wait for another thread. In a file, reads do so too, on a
//! connection of their own that no write holds up; writes wait for the disk (`synchronous=FULL`) and have a thread of
//! their own ([`writer`]).

mod clients;
mod epochs;
mod file;
mod listing;
mod objects;
mod suspensions;
mod writer;

pub(super) use clients::{ClientRow, Clients};
pub(super) use epochs::{Epochs, Part, Slot};
pub(super) use listing::{Found, Listing, Sight};
pub(super) use objects::{Objects, Stored};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use crate::entropy::Entropy;
use crate::time::Clock;

use super::stamp::Stamp;
use super::token::KEY_LENGTH;
use super::{StorePlace, VtnError};

use writer::Writer;

/// The database failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error("an object cannot be written as JSON: {0}")]
    Unwritable(#[from] serde_json::Error),
    #[error("the write broke off, and nothing of it was kept")]
    BrokeOff,
}

impl StoreError {
    /// Whether something unique is there already.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Database(error) => error
                .sqlite_error()
                .is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE),
            Self::Unwritable(_) | Self::BrokeOff => false,
        }
    }

    /// Whether there is no room on the disk.
    pub(super) fn is_full(&self) -> bool {
        let code = match self {
            Self::Database(error) => error.sqlite_error_code(),
            Self::Unwritable(_) | Self::BrokeOff => None,
        };
        code == Some(rusqlite::ErrorCode::DiskFull)
    }

    /// The same, for another whom it befell.
    fn again(&self) -> Self {
        match self {
            Self::Database(rusqlite::Error::SqliteFailure(error, words)) => {
                Self::Database(rusqlite::Error::SqliteFailure(*error, words.clone()))
            }
            Self::Database(_) | Self::Unwritable(_) | Self::BrokeOff => Self::BrokeOff,
        }
    }
}

/// The objects of one VTN.
pub(super) struct Store {
    connections: Connections,
    epochs: Arc<Epochs>,
    name: String,
    clock: Clock,
    ids: Entropy,
}

enum Connections {
    Memory(Mutex<Writing>),
    /// The reader is closed before the writer, which then folds the write-ahead log into the file.
    File {
        reader: Mutex<Connection>,
        writer: Writer,
    },
}

/// What a write needs.
struct Writing {
    connection: Connection,
    epochs: Arc<Epochs>,
    clock: Clock,
    ids: Entropy,
}

impl Writing {
    /// The objects, for one write.
    ///
    /// The time is taken once the store is this writer's alone, so that what is committed later is stamped later, and
    /// a reader who asks for all that changed since the last time it saw misses nothing.
    fn objects(&self) -> Objects<'_> {
        Objects::new(&self.connection, Stamp::now(&self.clock), &self.ids)
    }
}

impl Store {
    /// With the key that tokens are signed with, which is drawn from `keys` at the first opening, and what `first` makes
    /// of the clients that are kept.
    ///
    /// # Errors
    /// When the file cannot be opened, is no database of a VTN, is damaged, or was made by a newer version.
    pub(super) fn open<T>(
        place: &StorePlace,
        clock: Clock,
        ids: Entropy,
        keys: &Entropy,
        first: impl FnOnce(&Clients<'_>) -> Result<T, StoreError>,
    ) -> Result<(Self, [u8; KEY_LENGTH], T), VtnError> {
        let (connection, reader, name) = match place {
            StorePlace::Memory => (file::in_memory()?, None, ":memory:".to_owned()),
            StorePlace::File(path) => {
                let (writer, reader) = file::open(path)?;
                (writer, Some(Mutex::new(reader)), path.display().to_string())
            }
        };
        let refused = |reason: String| VtnError::Store { path: name.clone(), reason };
        let token_key = token_key(&connection, keys).map_err(|error| refused(error.to_string()))?;
        let found = Clients::of(&connection).and_then(|clients| first(&clients));
        let found = found.map_err(|error| refused(error.to_string()))?;
        let epochs = Arc::new(Epochs::new());
        let writing =
            Writing { connection, epochs: Arc::clone(&epochs), clock: clock.clone(), ids: ids.clone() };
        let connections = match reader {
            None => Connections::Memory(Mutex::new(writing)),
            Some(reader) => {
                let writer = Writer::start(writing).map_err(|error| refused(error.to_string()))?;
                Connections::File { reader, writer }
            }
        };
        Ok((Self { connections, epochs, name, clock, ids }, token_key, found))
    }

    /// Why a VTN cannot open on this store.
    pub(super) fn refusal(&self, error: &StoreError) -> VtnError {
        VtnError::Store { path: self.name.clone(), reason: error.to_string() }
    }

    /// What has changed since.
    pub(super) fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// Reads.
    ///
    /// # Errors
    /// What `work` answers.
    pub(super) fn read<T, E>(&self, work: impl FnOnce(&Objects<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.connections {
            Connections::Memory(writing) => work(&lock(writing).objects()),
            Connections::File { reader, .. } => {
                work(&Objects::new(&lock(reader), Stamp::now(&self.clock), &self.ids))
            }
        }
    }

    /// Writes: all of it or, when `work` answers an error, nothing. On return it is on the disk. What comes `then` sees
    /// writes in the order in which they were kept.
    ///
    /// # Errors
    /// What `work` answers, and when the database fails.
    pub(super) async fn write<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        &self,
        work: impl FnOnce(&Objects<'_>) -> Result<T, E> + Send + 'static,
        then: impl FnOnce(&mut T) + Send + 'static,
    ) -> Result<T, E> {
        match &self.connections {
            Connections::Memory(writing) => write_at_once(&lock(writing), work, then),
            Connections::File { writer, .. } => writer.write(work, then).await,
        }
    }
}

fn write_at_once<T, E: From<StoreError>>(
    writing: &Writing,
    work: impl FnOnce(&Objects<'_>) -> Result<T, E>,
    then: impl FnOnce(&mut T),
) -> Result<T, E> {
    let whole = Whole::begin(&writing.connection)?;
    let objects = writing.objects();
    let mut done = work(&objects)?;
    whole.commit()?;
    writing.epochs.changed(&objects.into_changed());
    then(&mut done);
    Ok(done)
}

/// A write of which all is kept or nothing, as [`rusqlite::Transaction`] is one: but its statements are prepared once, and not
/// with each of the thousand small writes of a minute.
struct Whole<'c>(&'c Connection);

impl<'c> Whole<'c> {
    fn begin(connection: &'c Connection) -> Result<Self, StoreError> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(Self(connection))
    }

    fn commit(self) -> Result<(), StoreError> {
        self.0.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a write that broke off could not be undone");
        }
    }
}

fn token_key(connection: &Connection, keys: &Entropy) -> rusqlite::Result<[u8; KEY_LENGTH]> {
    let kept = connection
        .query_row("SELECT value FROM setting WHERE name = 'token key'", [], |row| row.get(0))
        .optional()?;
    if let Some(key) = kept {
        return Ok(key);
    }
    let key = keys.bytes::<KEY_LENGTH>();
    connection.execute("INSERT INTO setting (name, value) VALUES ('token key', ?)", [key])?;
    Ok(key)
}

/// A panic while the lock was held has rolled its transaction back: the connection is as good as before.
fn lock<T>(connection: &Mutex<T>) -> MutexGuard<'_, T> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
