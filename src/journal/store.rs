//! The file: SQLite, every entry durable before the act that it records.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};

use super::chain::{self, NOTHING_BEFORE};
use super::{Entry, EntryKind, JournalError, Recorded};
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS entries (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        operator TEXT,
        dispatch_ref TEXT,
        fsp TEXT,
        unit TEXT,
        text TEXT NOT NULL,
        document TEXT,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER IF NOT EXISTS entries_are_never_taken_out BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;";

/// What is said of a database that holds no journal.
const OTHER: &str = "it is a database of something else, and is left as it is; name another file";

const COLUMNS: &str = "number, at, kind, operator, dispatch_ref, fsp, unit, text, document, previous, hash";

/// A journal.
pub struct Journal {
    connection: Connection,
    path: String,
    last: u64,
}

impl Journal {
    /// Opens or creates a file. What it holds already is kept and continued.
    ///
    /// # Errors
    /// When it cannot be opened, is no journal, or its last entry cannot be read.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let connection = Connection::open(path);
        Self::prepare(connection, path.display().to_string())
    }

    /// Opens a file that exists, to read and verify it only; appending to it fails.
    ///
    /// # Errors
    /// When there is no such file or it is no journal.
    pub fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let name = path.display().to_string();
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.map_err(|e| fault(&name, &e))?;
        if is_of_another(&connection).map_err(|e| fault(&name, &e))? {
            return Err(JournalError::Store { path: name, reason: OTHER.to_owned() });
        }
        Self::at_its_end(connection, name)
    }

    /// One that is gone with the process: for rehearsals and tests.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory() -> Result<Self, JournalError> {
        Self::prepare(Connection::open_in_memory(), "in memory".to_owned())
    }

    /// The file's name, or `in memory`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many entries it holds.
    pub fn len(&self) -> u64 {
        self.last
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.last == 0
    }

    /// Adds one entry. When this answers, the entry is on the disk.
    ///
    /// # Errors
    /// When it could not be written; the journal is then as it was.
    pub fn append(&mut self, entry: Entry) -> Result<Recorded, JournalError> {
        let mut recorded = self.append_all(&[entry])?;
        recorded.pop().ok_or_else(|| JournalError::Store {
            path: self.path.clone(),
            reason: "nothing was written".to_owned(),
        })
    }

    /// Adds several at once, all or none, at the cost of one write to the disk. They follow whatever stands last in the
    /// file at that moment, so that two desks on one file still make one chain.
    ///
    /// # Errors
    /// When they could not be written; the journal is then as it was.
    pub fn append_all(&mut self, entries: &[Entry]) -> Result<Vec<Recorded>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
        let (mut number, mut previous) = end_of(&transaction).map_err(store)?;
        let mut recorded = Vec::with_capacity(entries.len());
        for entry in entries {
            number += 1;
            let next = chain::link(number, entry.clone(), &previous)?;
            insert(&transaction, &next).map_err(store)?;
            previous.clone_from(&next.hash);
            recorded.push(next);
        }
        transaction.commit().map_err(store)?;
        self.last = number;
        Ok(recorded)
    }

    /// The entries numbered above `after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the file cannot be read, or an entry cannot be.
    pub fn entries(&self, after: u64, limit: usize) -> Result<Vec<Recorded>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE number > ?1 ORDER BY number LIMIT ?2");
        let mut statement = self.connection.prepare_cached(&sql).map_err(store)?;
        let mut rows = statement.query(params![number_out(after), number_out(limit)]).map_err(store)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            entries.push(read(row, &self.path)?);
        }
        Ok(entries)
    }

    /// The last entries of a kind, the newest first, at most `limit`.
    ///
    /// # Errors
    /// As for [`Journal::entries`].
    pub fn last_of(&self, kind: EntryKind, limit: usize) -> Result<Vec<Recorded>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE kind = ?1 ORDER BY number DESC LIMIT ?2");
        let mut statement = self.connection.prepare_cached(&sql).map_err(store)?;
        let mut rows = statement.query(params![kind.word(), number_out(limit)]).map_err(store)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            entries.push(read(row, &self.path)?);
        }
        Ok(entries)
    }

    /// Those of some kinds among the last so many entries, oldest first.
    ///
    /// # Errors
    /// As for [`Journal::entries`].
    pub fn lately(&self, kinds: &[EntryKind], entries: u64) -> Result<Vec<Recorded>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let words: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.word())).collect();
        let words = words.join(", ");
        let sql =
            format!("SELECT {COLUMNS} FROM entries WHERE number > ?1 AND kind IN ({words}) ORDER BY number");
        let mut statement = self.connection.prepare(&sql).map_err(store)?;
        let after = self.last.saturating_sub(entries);
        let mut rows = statement.query(params![number_out(after)]).map_err(store)?;
        let mut lately = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            lately.push(read(row, &self.path)?);
        }
        Ok(lately)
    }

    /// Checks the chain from the first entry to the last and answers how many there are.
    ///
    /// # Errors
    /// [`JournalError::Broken`] names the first entry that is not as it was written.
    pub fn verify(&self) -> Result<u64, JournalError> {
        let mut number = 0;
        let mut previous = NOTHING_BEFORE.to_owned();
        loop {
            let page = self.entries(number, 1000)?;
            if page.is_empty() {
                return Ok(number);
            }
            for recorded in page {
                number += 1;
                chain::check(&recorded, number, &previous)?;
                previous = recorded.hash;
            }
        }
    }

    fn prepare(connection: rusqlite::Result<Connection>, path: String) -> Result<Self, JournalError> {
        let connection = connection.map_err(|e| fault(&path, &e))?;
        if is_of_another(&connection).map_err(|e| fault(&path, &e))? {
            return Err(JournalError::Store { path, reason: OTHER.to_owned() });
        }
        let connection = Ok(connection)
            .and_then(|connection: Connection| {
                connection.pragma_update(None, "journal_mode", "WAL")?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                connection.execute_batch(SCHEMA)?;
                Ok(connection)
            })
            .map_err(|e| fault(&path, &e))?;
        Self::at_its_end(connection, path)
    }

    fn at_its_end(connection: Connection, path: String) -> Result<Self, JournalError> {
        let (last, _) = end_of(&connection).map_err(|e| fault(&path, &e))?;
        Ok(Self { connection, path, last })
    }
}

/// Whether a database holds something, and no journal.
fn is_of_another(connection: &Connection) -> rusqlite::Result<bool> {
    let tables =
        "SELECT count(*), count(*) FILTER (WHERE name = 'entries') FROM sqlite_schema WHERE type = 'table'";
    let (all, entries): (u32, u32) =
        connection.query_row(tables, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(all > 0 && entries == 0)
}

/// The number and hash of the last entry.
fn end_of(connection: &Connection) -> rusqlite::Result<(u64, String)> {
    let last = connection
        .prepare_cached("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    Ok(last.map_or((0, NOTHING_BEFORE.to_owned()), |(number, hash)| {
        (u64::try_from(number).unwrap_or_default(), hash)
    }))
}

fn insert(connection: &Connection, recorded: &Recorded) -> rusqlite::Result<()> {
    let Recorded { number, entry, previous, hash } = recorded;
    connection
        .prepare_cached(&format!(
            "INSERT INTO entries ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ))?
        .execute(params![
            number_out(*number),
            entry.at.to_string(),
            entry.kind.word(),
            entry.dispatch.as_ref().map(|d| d.operator.as_str()),
            entry.dispatch.as_ref().map(|d| d.dispatch_ref.as_str()),
            entry.unit.as_ref().map(|u| u.fsp.as_str()),
            entry.unit.as_ref().map(|u| u.unit.as_str()),
            entry.text,
            entry.document,
            previous,
            hash,
        ])?;
    Ok(())
}

fn read(row: &Row<'_>, path: &str) -> Result<Recorded, JournalError> {
    let store = |e: rusqlite::Error| fault(path, &e);
    let number = u64::try_from(row.get::<_, i64>(0).map_err(store)?).unwrap_or_default();
    let text = |column: usize| row.get::<_, String>(column).map_err(store);
    let optional = |column: usize| row.get::<_, Option<String>>(column).map_err(store);
    let broken = |what: &str, value: &str| JournalError::Broken {
        entry: number,
        reason: format!("`{value}` is no {what}"),
    };
    let at = text(1)?;
    let kind = text(2)?;
    let entry = Entry {
        at: at.parse::<UtcTime>().map_err(|_| broken("time", &at))?,
        kind: EntryKind::from_word(&kind).ok_or_else(|| broken("kind of entry", &kind))?,
        dispatch: both(optional(3)?, optional(4)?, |operator, dispatch_ref| {
            Ok(DispatchKey {
                operator: operator.parse().map_err(|_| broken("network operator id", &operator))?,
                dispatch_ref: dispatch_ref.parse().map_err(|_| broken("dispatch ref", &dispatch_ref))?,
            })
        })?,
        unit: both(optional(5)?, optional(6)?, |fsp, unit| {
            Ok(DispatchUnit {
                fsp: fsp.parse().map_err(|_| broken("FSP id", &fsp))?,
                unit: unit.parse().map_err(|_| broken("unit id", &unit))?,
            })
        })?,
        text: text(7)?,
        document: optional(8)?,
    };
    Ok(Recorded { number, entry, previous: text(9)?, hash: text(10)? })
}

fn both<T>(
    one: Option<String>,
    other: Option<String>,
    make: impl FnOnce(String, String) -> Result<T, JournalError>,
) -> Result<Option<T>, JournalError> {
    one.zip(other).map(|(one, other)| make(one, other)).transpose()
}

fn number_out(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

fn fault(path: &str, error: &rusqlite::Error) -> JournalError {
    JournalError::Store { path: path.to_owned(), reason: in_words(error) }
}

fn in_words(error: &rusqlite::Error) -> String {
    let says = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            "it is not an SQLite database, and is left as it is; name another file, or move it away"
                .to_owned()
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("it is damaged ({says}), and is left as it is; restore it from a copy, or move it away")
        }
        Some(ErrorCode::CannotOpen) => {
            format!("{says}: see that its folder is there, and that it and the folder may be written")
        }
        Some(ErrorCode::ReadOnly) => format!("{says}: see that it and its folder may be written"),
        Some(ErrorCode::DiskFull) => format!("{says}: make room on its disk"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("another process is writing to it ({says}); end that one first")
        }
        _ => says,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry {
            at: "2026-11-26T15:45:00Z".parse().unwrap(),
            kind: EntryKind::Intent,
            dispatch: Some(DispatchKey {
                operator: "GB-DNO-11".parse().unwrap(),
                dispatch_ref: "EMID-20261126-0417".parse().unwrap(),
            }),
            unit: Some("BRIGHTFLEX/BESS-07".parse().unwrap()),
            text: text.to_owned(),
            document: Some("{\"profile\": \"gb-dispatch/1\"}".to_owned()),
        }
    }

    fn plain(text: &str) -> Entry {
        Entry { dispatch: None, unit: None, document: None, kind: EntryKind::Session, ..entry(text) }
    }

    #[test]
    fn what_was_written_is_read_back_in_order_and_its_chain_holds() {
        let mut journal = Journal::in_memory().unwrap();
        assert!(journal.is_empty());
        let first = journal.append(plain("session began")).unwrap();
        let rest = journal.append_all(&[entry("a"), entry("“b” – £3")]).unwrap();
        assert_eq!((first.number, rest[1].number, journal.len()), (1, 3, 3));
        assert_eq!(rest[0].previous, first.hash);
        assert_eq!(journal.entries(1, 10).unwrap(), rest);
        assert_eq!(journal.entries(0, 1).unwrap(), vec![first]);
        assert_eq!(journal.verify().unwrap(), 3);
    }

    #[test]
    fn what_was_written_lately_is_found_by_its_kind() {
        let mut journal = Journal::in_memory().unwrap();
        journal.append_all(&[entry("a"), plain("b"), entry("c"), plain("d"), entry("e")]).unwrap();
        let texts = |kinds: &[EntryKind], entries| {
            let lately = journal.lately(kinds, entries).unwrap();
            lately.into_iter().map(|recorded| recorded.entry.text).collect::<Vec<_>>()
        };
        assert_eq!(texts(&[EntryKind::Intent], 3), ["c", "e"]);
        assert_eq!(texts(&[EntryKind::Session, EntryKind::Intent], 100), ["a", "b", "c", "d", "e"]);
        assert_eq!(texts(&[EntryKind::Alarm], 100), [""; 0]);
    }

    #[test]
    fn a_journal_goes_on_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        Journal::open(&path).unwrap().append(plain("one")).unwrap();
        let mut again = Journal::open(&path).unwrap();
        assert_eq!(again.append(plain("two")).unwrap().number, 2);
        drop(again);
        let reader = Journal::open_to_read(&path).unwrap();
        assert_eq!(reader.verify().unwrap(), 2);
        let mut reader = reader;
        assert!(reader.append(plain("three")).is_err());
        assert_eq!(reader.len(), 2);
    }

    #[test]
    fn two_desks_on_one_file_still_make_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let mut one = Journal::open(&path).unwrap();
        let mut other = Journal::open(&path).unwrap();
        for journal in [&mut one, &mut other] {
            journal.append(plain("a")).unwrap();
        }
        assert_eq!(one.append(plain("b")).unwrap().number, 3);
        assert_eq!(other.verify().unwrap(), 3);
    }

    #[test]
    fn sqlite_itself_refuses_to_change_or_take_out_an_entry() {
        let mut journal = Journal::in_memory().unwrap();
        journal.append(plain("one")).unwrap();
        for sql in ["UPDATE entries SET text = 'other'", "DELETE FROM entries"] {
            let error = journal.connection.execute(sql, []).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
    }

    #[test]
    fn whoever_changes_the_file_all_the_same_is_found_out_with_the_entry() {
        for (tampering, entry_number, says) in [
            ("UPDATE entries SET text = 'other' WHERE number = 2", 2, "does not match its hash"),
            ("UPDATE entries SET at = '2026-11-26T15:45:01Z' WHERE number = 3", 3, "does not match its hash"),
            ("UPDATE entries SET document = NULL WHERE number = 2", 2, "does not match its hash"),
            ("UPDATE entries SET kind = 'rumour' WHERE number = 2", 2, "`rumour` is no kind of entry"),
            ("UPDATE entries SET at = 'noon' WHERE number = 1", 1, "`noon` is no time"),
            ("DELETE FROM entries WHERE number = 1", 1, "1 is missing"),
            ("DELETE FROM entries WHERE number = 2", 2, "2 is missing"),
            ("UPDATE entries SET previous = hash WHERE number = 3", 3, "the hash of the entry before"),
        ] {
            let mut journal = Journal::in_memory().unwrap();
            journal.append_all(&[plain("one"), entry("two"), entry("three"), plain("four")]).unwrap();
            journal
                .connection
                .execute_batch(&format!(
                    "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_taken_out; {tampering}"
                ))
                .unwrap();
            match journal.verify().unwrap_err() {
                JournalError::Broken { entry, reason } => {
                    assert_eq!(entry, entry_number, "{tampering}: {reason}");
                    assert!(reason.contains(says), "{tampering}: {reason}");
                }
                other => panic!("{tampering}: {other}"),
            }
        }
    }

    #[test]
    fn a_file_that_is_no_journal_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are my notes, and no database at all, whatever the name").unwrap();
        let error = Journal::open(&path).err().unwrap().to_string();
        assert!(error.contains("notes.txt: it is not an SQLite database, and is left as it is"), "{error}");
        assert!(Journal::open_to_read(&folder.path().join("none")).is_err());
        let other = folder.path().join("songs.sqlite");
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE song (name TEXT)").unwrap();
        let before = std::fs::read(&other).unwrap();
        let error = Journal::open(&other).err().unwrap().to_string();
        assert!(error.contains("it is a database of something else, and is left as it is"), "{error}");
        assert_eq!(std::fs::read(&other).unwrap(), before);
        let error = Journal::open(&folder.path().join("no/journal.sqlite")).err().unwrap().to_string();
        assert!(error.contains("see that its folder is there"), "{error}");
    }
}
