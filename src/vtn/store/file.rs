//! Opening a database: its tables, its settings, and what is refused.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::vtn::VtnError;

/// "RDVN", in the file's header: a database of this program's VTN.
const APPLICATION_ID: i32 = 0x5244_564E;

/// Goes up with every change of [`TABLES`].
const SCHEMA_VERSION: i32 = 1;

/// How many statements stay prepared: more than the combinations of filters in use.
const STATEMENTS: usize = 96;

/// `object` holds every kind: the text that is answered, and beside it the columns that are filtered on. `seq` is the
/// order of creation. `parent` is the program of an event or a subscription, the event of a report, the ven of a resource.
const TABLES: &str = "
    CREATE TABLE object (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE,
        parent INTEGER REFERENCES object (seq) ON DELETE CASCADE,
        name TEXT,
        client TEXT,
        created INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        ends INTEGER,
        targeted INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX object_kind ON object (kind);
    CREATE INDEX object_parent ON object (parent);
    CREATE INDEX object_name ON object (kind, name);
    CREATE INDEX object_client ON object (client, kind);
    CREATE INDEX object_modified ON object (kind, modified);
    CREATE INDEX object_untargeted ON object (kind) WHERE targeted = 0;
    CREATE UNIQUE INDEX program_name ON object (name) WHERE kind = 'PROGRAM';
    CREATE UNIQUE INDEX ven_name ON object (name) WHERE kind = 'VEN';
    CREATE UNIQUE INDEX ven_client ON object (client) WHERE kind = 'VEN';
    CREATE UNIQUE INDEX resource_name ON object (parent, name) WHERE kind = 'RESOURCE';
    CREATE TABLE target (
        object INTEGER NOT NULL REFERENCES object (seq) ON DELETE CASCADE,
        target TEXT NOT NULL,
        PRIMARY KEY (object, target)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX target_object ON target (target, object);
    CREATE TABLE setting (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
";

/// An empty database in memory.
pub(super) fn in_memory() -> Result<Connection, VtnError> {
    let open = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_in_memory()?;
        // With small pages an object that outgrows its own makes SQLite look through its whole cache at the next commit.
        connection.pragma_update(None, "page_size", 16_384)?;
        create_tables(&connection)?;
        settle(&connection)?;
        Ok(connection)
    };
    open().map_err(|error| refusal(Path::new(":memory:"), error.to_string()))
}

/// A database in a file, made when there is none: a connection that writes and one that reads.
pub(super) fn open(path: &Path) -> Result<(Connection, Connection), VtnError> {
    if !path.is_absolute() && path.as_os_str().is_empty() {
        return Err(refusal(path, "the path is empty; name a file".to_owned()));
    }
    let made = make_if_missing(path)?;
    if !made {
        inspect(path)?;
    }
    let connect = || -> rusqlite::Result<(Connection, Connection)> {
        let writer = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
        writer.busy_timeout(Duration::from_secs(5))?;
        writer.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        // Pages of the log after which it is folded into the file. More than by default: under load most pages are
        // written again before long.
        writer.pragma_update(None, "wal_autocheckpoint", 4000)?;
        if made {
            create_tables(&writer)?;
        }
        settle(&writer)?;
        let reader = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
        reader.busy_timeout(Duration::from_secs(5))?;
        settle(&reader)?;
        Ok((writer, reader))
    };
    connect().map_err(|error| refusal(path, in_words(&error)))
}

fn flags(access: OpenFlags) -> OpenFlags {
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn create_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    ))
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    // Else a statement is prepared anew whenever its values change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// Makes an empty file that only this user can read: it will hold the key of the tokens. Answers whether the file is
/// new, or was there and empty.
fn make_if_missing(path: &Path) -> Result<bool, VtnError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let there = fs::metadata(path).map_err(|e| refusal(path, e.to_string()))?;
            if there.is_dir() {
                return Err(refusal(path, "it is a folder; name a file in it".to_owned()));
            }
            Ok(there.len() == 0)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(refusal(path, "its folder does not exist; make the folder first".to_owned()))
        }
        Err(error) => Err(refusal(path, error.to_string())),
    }
}

/// Reads a file that was there before, without writing to it.
fn inspect(path: &Path) -> Result<(), VtnError> {
    let look = || -> rusqlite::Result<Result<(), String>> {
        let connection = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
        if number("application_id")? != APPLICATION_ID {
            return Ok(Err("it is a database of another program; name another file".to_owned()));
        }
        let version = number("user_version")?;
        if version != SCHEMA_VERSION {
            return Ok(Err(format!(
                "it was made by a newer version of this program (its tables are version {version}, this one reads \
                 version {SCHEMA_VERSION}); use that version, or name another file"
            )));
        }
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(if verdict == "ok" { Ok(()) } else { Err(damaged(&verdict)) })
    };
    match look() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(reason)) => Err(refusal(path, reason)),
        Err(error) => Err(refusal(path, in_words(&error))),
    }
}

fn in_words(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is not an SQLite database; it is left as it is".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => damaged(&error.to_string()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process is writing to it; stop that one first".to_owned()
        }
        _ => error.to_string(),
    }
}

fn damaged(how: &str) -> String {
    format!("it is damaged ({how}); it is left as it is: restore it from a copy, or name another file")
}

fn refusal(path: &Path, reason: String) -> VtnError {
    VtnError::Store { path: path.display().to_string(), reason }
}
