//! The file of a recording: one SQLite database, a row for each change, in order.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params};

use super::RecordingError;
use super::change::{Change, Part};
use super::messages::{self, MOST_BYTES, Messages, Scribe};
use crate::openadr::exchange::ExchangeLog;

/// What stands in every recording that this version writes and reads.
const FORMAT: &str = "rampdesk-recording/1";

const SCHEMA: &str = "
    CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE changes (
        number INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        part TEXT NOT NULL,
        id TEXT NOT NULL,
        fields TEXT NOT NULL
    ) STRICT;";

/// No recording has more changes than this: a day of a large fleet.
const MOST_ROWS: usize = 20_000_000;
/// Nor one of more bytes: a fleet file of ten thousand units has some three million.
const LONGEST_FIELDS: usize = 64 << 20;

/// A recording that is being written.
pub(super) struct Pen {
    connection: Connection,
    path: PathBuf,
    scribe: Scribe,
}

/// A change as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Domain time, milliseconds since 1970.
    pub at_ms: i64,
    pub part: Part,
    pub id: String,
    /// JSON.
    pub fields: String,
}

impl Pen {
    /// Begins a new recording.
    ///
    /// # Errors
    /// When the file is there already, or cannot be written.
    pub fn begin(path: &Path, name: &str, exchanges: ExchangeLog) -> Result<Self, RecordingError> {
        let unusable = |reason: String| RecordingError::File { path: path.to_path_buf(), reason };
        if path.exists() {
            return Err(unusable("it is there already; name a new file".to_owned()));
        }
        let begun = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(path)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // Whoever is killed loses the last moments, never the whole.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.execute_batch(SCHEMA)?;
            for (name, value) in
                [("format", FORMAT), ("name", name), ("written_by", env!("CARGO_PKG_VERSION"))]
            {
                connection.execute("INSERT INTO about VALUES (?1, ?2)", [name, value])?;
            }
            Ok(connection)
        };
        let connection = begun().map_err(|error| unusable(error.to_string()))?;
        let scribe =
            Scribe::begin(exchanges, &connection, MOST_BYTES).map_err(|error| unusable(error.to_string()))?;
        Ok(Self { connection, path: path.to_path_buf(), scribe })
    }

    /// Writes the changes of one publication, all or none, and what was said since the last.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, at_ms: i64, changes: &[Change]) -> Result<(), RecordingError> {
        let mut written = || -> rusqlite::Result<()> {
            let transaction = self.connection.transaction()?;
            let mut insert = transaction
                .prepare_cached("INSERT INTO changes (at_ms, part, id, fields) VALUES (?1, ?2, ?3, ?4)")?;
            for change in changes {
                let fields = serde_json::Value::Object(change.fields.clone()).to_string();
                insert.execute(params![at_ms, change.part.word(), change.id, fields])?;
            }
            drop(insert);
            transaction.commit()?;
            self.scribe.write(&mut self.connection)
        };
        let path = self.path.clone();
        written().map_err(|error| RecordingError::File { path, reason: error.to_string() })
    }

    /// Writes what was said since the last time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_messages(&mut self) -> Result<(), RecordingError> {
        self.scribe
            .write(&mut self.connection)
            .map_err(|error| RecordingError::File { path: self.path.clone(), reason: error.to_string() })
    }

    /// Ends it: what was written stands in the one file.
    pub fn end(self) -> Result<(), RecordingError> {
        let Self { connection, path, .. } = self;
        let unusable =
            |error: rusqlite::Error| RecordingError::File { path: path.clone(), reason: error.to_string() };
        connection.pragma_update(None, "journal_mode", "DELETE").map_err(unusable)?;
        connection.close().map_err(|(_, error)| unusable(error))
    }
}

/// Reads a recording: its name, its changes in order, and what was said in it.
///
/// # Errors
/// When it cannot be read, is of another version, or is no recording.
pub(super) fn read(path: &Path) -> Result<(String, Vec<Row>, Messages), RecordingError> {
    let unusable = |reason: String| RecordingError::File { path: path.to_path_buf(), reason };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|e| unusable(e.to_string()))?;
    let about = |name: &str| {
        connection.query_row("SELECT value FROM about WHERE name = ?1", [name], |row| row.get::<_, String>(0))
    };
    let format = about("format").map_err(|_| unusable("it is no recording of a session".to_owned()))?;
    if format != FORMAT {
        let format: String = format.chars().filter(|c| !c.is_control()).take(40).collect();
        return Err(unusable(format!(
            "it is of the form `{format}`, and this version reads `{FORMAT}`; open it with the version that wrote it"
        )));
    }
    let name = about("name").unwrap_or_default();
    let rows = rows(&connection).map_err(|error| match error {
        Fault::Sql(error) => unusable(error.to_string()),
        Fault::Row(change, reason) => RecordingError::Change { path: path.to_path_buf(), change, reason },
    })?;
    let messages = messages::read(&connection).map_err(unusable)?;
    Ok((name, rows, messages))
}

enum Fault {
    Sql(rusqlite::Error),
    Row(usize, String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

fn rows(connection: &Connection) -> Result<Vec<Row>, Fault> {
    let mut select = connection.prepare("SELECT at_ms, part, id, fields FROM changes ORDER BY number")?;
    let mut found = select.query([])?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(row) = found.next()? {
        let number = rows.len() + 1;
        let word: String = row.get(1)?;
        let part = Part::from_word(&word).ok_or_else(|| {
            Fault::Row(number, "it is of a part that this version does not know".to_owned())
        })?;
        let row = Row { at_ms: row.get(0)?, part, id: row.get(2)?, fields: row.get(3)? };
        if row.fields.len() > LONGEST_FIELDS || number > MOST_ROWS {
            return Err(Fault::Row(number, "it is longer than any recording".to_owned()));
        }
        if rows.last().is_some_and(|last: &Row| row.at_ms < last.at_ms) {
            return Err(Fault::Row(number, "it is of an earlier instant than the one before".to_owned()));
        }
        rows.push(row);
    }
    Ok(rows)
}
