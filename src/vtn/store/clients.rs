//! The clients that were registered, changed or removed while the VTN ran, beside the objects in the same file.

use rusqlite::{Connection, Row, named_params};

use crate::vtn::Role;
use crate::vtn::registry::DIGEST_LENGTH;
use crate::vtn::stamp::Stamp;

use super::{Objects, StoreError};

/// Made when it is first needed: a file from before it had one is as good as any.
const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS client (
        id TEXT PRIMARY KEY,
        digest BLOB,
        role TEXT NOT NULL,
        since INTEGER NOT NULL,
        seed BLOB
    ) STRICT, WITHOUT ROWID;
";

/// A client that is not, or not only, as the VTN was opened with it.
pub(in crate::vtn) struct ClientRow {
    pub(in crate::vtn) id: String,
    /// Of its secret; `None` when it was removed.
    pub(in crate::vtn) digest: Option<[u8; DIGEST_LENGTH]>,
    pub(in crate::vtn) role: Role,
    /// Tokens from before do not hold.
    pub(in crate::vtn) since: Stamp,
    /// The digest of the secret that the VTN was opened with for it, when it was.
    pub(in crate::vtn) seed: Option<[u8; DIGEST_LENGTH]>,
}

impl ClientRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let role: String = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            digest: row.get(1)?,
            role: if role == BUSINESS { Role::Business } else { Role::Ven },
            since: Stamp::from_millis(row.get(3)?),
            seed: row.get(4)?,
        })
    }

    fn role_word(&self) -> &'static str {
        match self.role {
            Role::Business => BUSINESS,
            Role::Ven => "VEN",
        }
    }
}

const BUSINESS: &str = "BUSINESS";

/// Those that are kept, while nobody else has the file: at the opening.
pub(in crate::vtn) struct Clients<'c> {
    connection: &'c Connection,
}

impl<'c> Clients<'c> {
    pub(super) fn of(connection: &'c Connection) -> Result<Self, StoreError> {
        connection.execute_batch(TABLE)?;
        Ok(Self { connection })
    }

    /// All, in order of id.
    pub(in crate::vtn) fn all(&self) -> Result<Vec<ClientRow>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT id, digest, role, since, seed FROM client ORDER BY id")?;
        let rows = statement.query_map([], ClientRow::of)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps one, in the place of what was kept under its id.
    pub(in crate::vtn) fn keep(&self, client: &ClientRow) -> Result<(), StoreError> {
        keep(self.connection, client)
    }

    /// Keeps nothing of one any more.
    pub(in crate::vtn) fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM client WHERE id = ?", [id])?;
        Ok(())
    }
}

impl Objects<'_> {
    /// Keeps a client, in the place of what was kept under its id.
    pub(in crate::vtn) fn keep_client(&self, client: &ClientRow) -> Result<(), StoreError> {
        keep(self.connection, client)
    }
}

fn keep(connection: &Connection, client: &ClientRow) -> Result<(), StoreError> {
    connection.execute(
        "INSERT OR REPLACE INTO client (id, digest, role, since, seed) VALUES (:id, :digest, :role, :since, :seed)",
        named_params! {
            ":id": client.id,
            ":digest": client.digest,
            ":role": client.role_word(),
            ":since": client.since.millis(),
            ":seed": client.seed,
        },
    )?;
    Ok(())
}
