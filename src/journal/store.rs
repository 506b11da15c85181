//! The file: SQLite, every entry durable before the act that it records.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, TransactionBehavior, params};

use super::audit::{Audit, Auditor, Kept, Tampering};
use super::chain::{self, Form, NOTHING_BEFORE};
use super::{Entry, EntryKind, JournalError, Query, Recorded};
use crate::dispatch::{DispatchKey, DispatchRef, DispatchUnit, OperatorId, quoted};
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

/// What may not stand in the path of a URI as it is.
const URI_PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%').add(b'?');

/// Where SQLite keeps the form of a file, and what it is for [`Form::InParts`].
const VERSION: &str = "user_version";
const IN_PARTS: i64 = 2;

/// So many entries are read at a time.
const PAGE: usize = 1000;

/// What is said of a database that holds no journal.
const OTHER: &str = "it is a database of something else, and is left as it is; name another file";

/// How SQLite's own order can be broken without its noticing.
const OUT_OF_ORDER: &str = "its entries do not stand in the order of their numbers";

const COLUMNS: &str = "number, at, kind, operator, dispatch_ref, fsp, unit, text, document, previous, hash";

/// A journal.
pub struct Journal {
    connection: Connection,
    path: String,
    file: Option<PathBuf>,
    form: Form,
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

    /// Opens a file that exists, to read and verify it only; appending to it fails. Nothing is written, neither to it nor
    /// beside it, unless another process has it open.
    ///
    /// # Errors
    /// When there is no such file or it is no journal.
    pub fn open_to_read(path: &Path) -> Result<Self, JournalError> {
        let name = path.display().to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = match at_rest(path) {
            Some(uri) => Connection::open_with_flags(uri, flags),
            None => Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY),
        };
        let connection = connection.map_err(|e| fault(&name, &e))?;
        if is_of_another(&connection).map_err(|e| fault(&name, &e))? {
            return Err(JournalError::Store { path: name, reason: OTHER.to_owned() });
        }
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
        let form = self.form;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
        let (mut number, mut previous) = end_of(&transaction).map_err(store)?;
        let mut recorded = Vec::with_capacity(entries.len());
        for entry in entries {
            number += 1;
            let next = chain::link(form, number, entry.clone(), &previous)?;
            insert(&transaction, &next).map_err(store)?;
            previous.clone_from(&next.hash);
            recorded.push(next);
        }
        transaction.commit().map_err(store)?;
        self.last = number;
        Ok(recorded)
    }

    /// Adds entries of another journal as they stand there, all or none.
    ///
    /// # Errors
    /// When they are not the next of this one's chain, or could not be written; the journal is then as it was.
    pub fn append_copies(&mut self, copies: &[Recorded]) -> Result<(), JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let form = self.form;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store)?;
        let (mut number, mut previous) = end_of(&transaction).map_err(store)?;
        for copy in copies {
            number += 1;
            let next = chain::link(form, number, copy.entry.clone(), &previous)?;
            if next != *copy {
                let reason =
                    format!("entry {} is not the one that follows entry {}", copy.number, number - 1);
                return Err(JournalError::Store { path: self.path.clone(), reason });
            }
            insert(&transaction, &next).map_err(store)?;
            previous.clone_from(&next.hash);
        }
        transaction.commit().map_err(store)?;
        self.last = number;
        Ok(())
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
        let mut entries: Vec<Recorded> = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            let entry = read(row, &self.path)?;
            self.assert_in_order(entries.last().map_or(after, |last| last.number), entry.number)?;
            entries.push(entry);
        }
        Ok(entries)
    }

    /// In a damaged file SQLite may answer entries that were not asked for, and whoever reads on behind the last one would
    /// never come to an end.
    fn assert_in_order(&self, before: u64, number: u64) -> Result<(), JournalError> {
        match number > before {
            true => Ok(()),
            false => Err(JournalError::Store { path: self.path.clone(), reason: damaged(OUT_OF_ORDER) }),
        }
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
        let mut entries: Vec<Recorded> = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            let entry = read(row, &self.path)?;
            if let Some(after) = entries.last().map(|last| last.number).or(before) {
                self.assert_in_order(entry.number, after)?;
            }
            entries.push(entry);
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

    /// Shows those of some kinds among the last so many entries one after the other, oldest first.
    ///
    /// # Errors
    /// As for [`Journal::entries`].
    pub fn lately(
        &self,
        kinds: &[EntryKind],
        entries: u64,
        mut show: impl FnMut(&Recorded),
    ) -> Result<(), JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let words: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.word())).collect();
        let words = words.join(", ");
        let sql =
            format!("SELECT {COLUMNS} FROM entries WHERE number > ?1 AND kind IN ({words}) ORDER BY number");
        let mut statement = self.connection.prepare(&sql).map_err(store)?;
        let after = self.last.saturating_sub(entries);
        let mut rows = statement.query(params![number_out(after)]).map_err(store)?;
        while let Some(row) = rows.next().map_err(store)? {
            show(&read(row, &self.path)?);
        }
        Ok(())
    }

    /// Checks the chain from the first entry to the last and answers how many there are.
    ///
    /// # Errors
    /// [`JournalError::Broken`] names the first entry that is not as it was written.
    pub fn verify(&self) -> Result<u64, JournalError> {
        let audit = self.audit()?;
        match audit.findings.into_iter().next() {
            None => Ok(audit.entries),
            Some(first) => Err(JournalError::Broken { entry: first.first, reason: first.to_string() }),
        }
    }

    /// Checks the chain from the first entry to the last and answers everything that is not as it was written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn audit(&self) -> Result<Audit, JournalError> {
        let mut auditor = Auditor::new(self.form, self.last);
        if self.has_below_the_first()? {
            auditor.found(0, 0, Tampering::Changed("entries are numbered from 1".to_owned()));
        }
        let mut number = 0;
        loop {
            let page = self.kept(number, PAGE)?;
            let Some(last) = page.last() else { return auditor.close(|number| self.hash_of(number)) };
            number = last.number;
            for kept in &page {
                auditor.look_at(kept)?;
            }
        }
    }

    /// Whether the place of an entry can be shown without its content: not in a file that an older version began.
    pub(super) fn shows_places(&self) -> bool {
        self.form == Form::InParts
    }

    /// The operators of whom the journal holds a dispatch with this reference.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn operators_of(&self, dispatch_ref: &DispatchRef) -> Result<Vec<OperatorId>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let sql = "SELECT DISTINCT operator FROM entries WHERE dispatch_ref = ?1 ORDER BY operator";
        let mut statement = self.connection.prepare_cached(sql).map_err(store)?;
        let rows = statement.query_map([dispatch_ref.as_str()], |row| row.get::<_, Option<String>>(0));
        let operators: Vec<Option<String>> = rows.and_then(Iterator::collect).map_err(store)?;
        Ok(operators.into_iter().flatten().filter_map(|operator| operator.parse().ok()).collect())
    }

    /// The number and hash of the last entry that is in the file now; 0 and zeros where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn end(&self) -> Result<(u64, String), JournalError> {
        end_of(&self.connection).map_err(|e| fault(&self.path, &e))
    }

    fn has_below_the_first(&self) -> Result<bool, JournalError> {
        self.connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM entries WHERE number < 1)")
            .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
            .map_err(|e| fault(&self.path, &e))
    }

    fn hash_of(&self, number: u64) -> Result<Option<String>, JournalError> {
        self.connection
            .prepare_cached("SELECT hash FROM entries WHERE number = ?1")
            .and_then(|mut statement| statement.query_row([number_out(number)], |row| row.get(0)).optional())
            .map_err(|e| fault(&self.path, &e))
    }

    /// The entries numbered above `after` as they stand in the file, readable or not.
    fn kept(&self, after: u64, limit: usize) -> Result<Vec<Kept>, JournalError> {
        let store = |e: rusqlite::Error| fault(&self.path, &e);
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE number > ?1 ORDER BY number LIMIT ?2");
        let mut statement = self.connection.prepare_cached(&sql).map_err(store)?;
        let mut rows = statement.query(params![number_out(after), number_out(limit)]).map_err(store)?;
        let mut kept: Vec<Kept> = Vec::new();
        while let Some(row) = rows.next().map_err(store)? {
            let recorded = match read(row, &self.path) {
                Ok(recorded) => Ok(recorded),
                Err(JournalError::Broken { reason, .. }) => Err(reason),
                Err(fault) => return Err(fault),
            };
            let number = number_in(row.get(0).map_err(store)?);
            self.assert_in_order(kept.last().map_or(after, |last| last.number), number)?;
            kept.push(Kept { number, hash: row.get(10).map_err(store)?, recorded });
        }
        Ok(kept)
    }

    fn prepare(connection: rusqlite::Result<Connection>, path: String) -> Result<Self, JournalError> {
        let connection = connection.map_err(|e| fault(&path, &e))?;
        if is_of_another(&connection).map_err(|e| fault(&path, &e))? {
            return Err(JournalError::Store { path, reason: OTHER.to_owned() });
        }
        let connection = Ok(connection)
            .and_then(|mut connection: Connection| {
                connection.pragma_update(None, "journal_mode", "WAL")?;
                connection.pragma_update(None, "synchronous", "FULL")?;
                connection.execute_batch(SCHEMA)?;
                begin_in_parts(&mut connection)?;
                Ok(connection)
            })
            .map_err(|e| fault(&path, &e))?;
        Self::at_its_end(connection, path)
    }

    fn at_its_end(connection: Connection, path: String) -> Result<Self, JournalError> {
        let (last, _) = end_of(&connection).map_err(|e| fault(&path, &e))?;
        let form = match version_of(&connection).map_err(|e| fault(&path, &e))? {
            0 => Form::Whole,
            IN_PARTS => Form::InParts,
            other => {
                let reason = format!("a later version of this program began it (format {other})");
                return Err(JournalError::Store { path, reason });
            }
        };
        Ok(Self { connection, path, file: None, form, last })
    }
}

/// The address by which SQLite reads a file that nobody is writing to without a file of its own beside it; `None` while
/// somebody may be.
fn at_rest(path: &Path) -> Option<String> {
    // A drive's letter would pass for the URI's host.
    let path = path.to_str().filter(|_| !cfg!(windows))?;
    let is_written_to = std::fs::metadata(format!("{path}-wal")).is_ok_and(|log| log.len() > 0);
    (!is_written_to).then(|| format!("file:{}?immutable=1", utf8_percent_encode(path, URI_PATH)))
}

/// A file without entries is begun in the present form; another keeps to its own.
fn begin_in_parts(connection: &mut Connection) -> rusqlite::Result<()> {
    if version_of(connection)? != 0 {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if end_of(&transaction)?.0 == 0 {
        transaction.pragma_update(None, VERSION, IN_PARTS)?;
    }
    transaction.commit()
}

fn version_of(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, VERSION, |row| row.get(0))
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
    Ok(last.map_or((0, NOTHING_BEFORE.to_owned()), |(number, hash)| (number_in(number), hash)))
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
    let number = number_in(row.get(0).map_err(store)?);
    let text = |column: usize| row.get::<_, String>(column).map_err(store);
    let optional = |column: usize| row.get::<_, Option<String>>(column).map_err(store);
    let broken = |what: &str, value: &str| JournalError::Broken {
        entry: number,
        reason: format!("{} is no {what}", quoted(value)),
    };
    let at = text(1)?;
    let kind = text(2)?;
    let entry = Entry {
        at: at
            .parse()
            .ok()
            .filter(|time: &UtcTime| time.to_string() == at)
            .ok_or_else(|| broken("time", &at))?,
        kind: EntryKind::from_word(&kind).ok_or_else(|| broken("kind of entry", &kind))?,
        dispatch: both(number, optional(3)?, optional(4)?, |operator, dispatch_ref| {
            Ok(DispatchKey {
                operator: operator.parse().map_err(|_| broken("network operator id", &operator))?,
                dispatch_ref: dispatch_ref.parse().map_err(|_| broken("dispatch ref", &dispatch_ref))?,
            })
        })?,
        unit: both(number, optional(5)?, optional(6)?, |fsp, unit| {
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

/// Two columns that are both there or both empty. Half a name is never written: the hash would not tell it from none.
fn both<T>(
    entry: u64,
    one: Option<String>,
    other: Option<String>,
    make: impl FnOnce(String, String) -> Result<T, JournalError>,
) -> Result<Option<T>, JournalError> {
    match (one, other) {
        (Some(one), Some(other)) => make(one, other).map(Some),
        (None, None) => Ok(None),
        (Some(half), None) | (None, Some(half)) => {
            Err(JournalError::Broken { entry, reason: format!("{} is half a name", quoted(&half)) })
        }
    }
}

fn number_in(number: i64) -> u64 {
    number.try_into().unwrap_or_default()
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
        Some(ErrorCode::DatabaseCorrupt) => damaged(&says),
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

fn damaged(how: &str) -> String {
    format!("it is damaged ({how}), and is left as it is; restore it from a copy, or move it away")
}

#[cfg(test)]
mod tests;
