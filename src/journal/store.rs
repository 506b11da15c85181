//! The file: SQLite, every entry durable before the act that it records.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};

use super::chain::{self, NOTHING_BEFORE};
use super::{Entry, EntryKind, JournalError, Query, Recorded};
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

const COLUMNS: &str = "number, at, kind, operator, dispatch_ref, fsp, unit, text, document, previous, hash";

/// A journal.
pub struct Journal {
    connection: Connection,
    path: String,
    file: Option<PathBuf>,
    last: u64,
}

impl Journal {
    /// Opens or creates a file. What it holds already is kept and continued.
    ///
    /// # Errors
    /// When it cannot be opened, is no journal, or its last entry cannot be read.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let connection = Connection::open(path);
        let journal = Self::prepare(connection, path.display().to_string())?;
        Ok(Self { file: Some(path.to_owned()), ..journal })
    }

    /// Opens a file that exists, to read and verify it only; appending to it fails.
    ///
    /// # Errors
    /// When there is no such file or it is no journal.
    pub fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let name = path.display().to_string();
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let connection = connection.map_err(|e| fault(&name, &e))?;
        let journal = Self::at_its_end(connection, name)?;
        Ok(Self { file: Some(path.to_owned()), ..journal })
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

    /// The file; `None` for one that is gone with the process.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
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

    /// The entries that a query lets through, the newest first, at most `limit`; only those numbered below `before`, where
    /// that is given.
    ///
    /// # Errors
    /// As for [`Journal::entries`].
    pub fn find(
        &self,
        query: &Query,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Recorded>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let (condition, mut values) = query.condition();
        values.push(Value::from(before.map_or(i64::MAX, number_out)));
        values.push(Value::from(number_out(limit)));
        let sql = format!(
            "SELECT {COLUMNS} FROM entries WHERE {condition} AND number < ? ORDER BY number DESC LIMIT ?"
        );
        let mut statement = self.connection.prepare(&sql).map_err(store)?;
        let mut rows = statement.query(rusqlite::params_from_iter(values)).map_err(store)?;
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
        let connection = connection
            .and_then(|connection| {
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
        Ok(Self { connection, path, file: None, last })
    }
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
    JournalError::Store { path: path.to_owned(), reason: error.to_string() }
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

    /// Else what a person finds hangs on whether an entry was read from the file or came just now.
    #[test]
    fn a_query_finds_in_the_file_what_it_finds_in_memory() {
        let mut journal = Journal::in_memory().unwrap();
        let at = |text: &str| text.parse::<UtcTime>().unwrap();
        let mut all = vec![plain("session began"), entry("Sent to the VTN"), entry("“50 %” of_it – Ärger")];
        all[1].at = at("2026-11-26T15:45:10Z");
        all[2].kind = EntryKind::Acknowledgement;
        all[2].at = at("2026-11-27T00:00:00Z");
        all[2].unit = Some("COLDCHAIN/STORE-2".parse().unwrap());
        journal.append_all(&all).unwrap();
        let words = |words: &[&str]| Query {
            words: words.iter().map(|w| (*w).to_owned()).collect(),
            ..Query::default()
        };
        let kinds =
            |kinds: &[EntryKind]| Query { kinds: kinds.iter().copied().collect(), ..Query::default() };
        let times = |from: Option<&str>, until: Option<&str>| Query {
            from: from.map(at),
            until: until.map(at),
            ..Query::default()
        };
        for (query, found) in [
            (Query::default(), &[3, 2, 1][..]),
            (words(&["emid-20261126-0417"]), &[3, 2]),
            (words(&["brightflex/BESS-07"]), &[2]),
            (words(&["store-2", "0417"]), &[3]),
            (words(&["acknowledgement"]), &[3]),
            (words(&["50 %"]), &[3]),
            (words(&["%"]), &[3]),
            (words(&["f_i"]), &[3]),
            (words(&["Ärger"]), &[3]),
            (words(&["GB-DNO-11/EMID"]), &[3, 2]),
            (words(&["nobody"]), &[]),
            (kinds(&[EntryKind::Session, EntryKind::Intent]), &[2, 1]),
            (times(Some("2026-11-26T15:45:10Z"), None), &[3, 2]),
            (times(None, Some("2026-11-26T15:45:10Z")), &[2, 1]),
            (times(Some("2026-11-26T15:45:01Z"), Some("2026-11-26T23:59:59Z")), &[2]),
        ] {
            let numbers: Vec<u64> =
                journal.find(&query, None, 10).unwrap().iter().map(|r| r.number).collect();
            assert_eq!(numbers, found, "{query:?}");
            let in_memory: Vec<u64> =
                (1..=3).rev().filter(|n| query.holds(&all[usize::try_from(*n - 1).unwrap()])).collect();
            assert_eq!(in_memory, found, "{query:?} in memory");
        }
        let numbers = |before, limit| -> Vec<u64> {
            journal.find(&Query::default(), before, limit).unwrap().iter().map(|r| r.number).collect()
        };
        assert_eq!((numbers(None, 1), numbers(Some(3), 10)), (vec![3], vec![2, 1]));
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
        assert!(error.contains("notes.txt") && error.contains("cannot use the journal"), "{error}");
        assert!(Journal::open_to_read(&folder.path().join("none")).is_err());
    }
}
