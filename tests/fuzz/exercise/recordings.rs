//! A recorded session: a file of SQLite with a row for each change. A line of the input is a row: its part, its id and its fields,
//! with tabs between; each is a second after the one before.
//!
//! A recording is refused, or can be shown at any instant of it, forward and back, to the same pictures.

use std::path::Path;

use rampdesk::desk::snapshot::Snapshot;
use rampdesk::workshop::recording::{Recording, differences};
use rusqlite::{Connection, params};

use super::assert_brief;

/// No more rows than this: what more of them break, fewer do.
const MOST_ROWS: usize = 400;

pub fn exercise(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("session.recording");
    write(&path, text).expect("a file");
    match Recording::open(&path) {
        Ok(recording) => show(&recording),
        Err(fault) => assert_brief(&fault.to_string()),
    }
}

fn write(path: &Path, text: &str) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.execute_batch(
        "CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
         CREATE TABLE changes (number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, part TEXT NOT NULL, id TEXT NOT NULL,
             fields TEXT NOT NULL) STRICT;
         INSERT INTO about VALUES ('format', 'rampdesk-recording/1');",
    )?;
    let transaction = connection.transaction()?;
    for (second, line) in text.lines().take(MOST_ROWS).enumerate() {
        let mut columns = line.splitn(3, '\t');
        let (part, id, fields) = (columns.next(), columns.next(), columns.next());
        let second = i64::try_from(second).expect("few rows");
        let values = params![second * 1000, part.unwrap_or(""), id.unwrap_or(""), fields.unwrap_or("")];
        transaction
            .execute("INSERT INTO changes (at_ms, part, id, fields) VALUES (?1, ?2, ?3, ?4)", values)?;
    }
    transaction.commit()
}

fn show(recording: &Recording) {
    let (first, last) = recording.span_ms();
    assert!(first <= last);
    let instants: Vec<i64> = recording.instants_ms().collect();
    for at in instants.iter().chain([&i64::MIN, &i64::MAX]) {
        let once = recording.at_ms(*at).expect("a picture");
        let again = recording.at_ms(*at).expect("a picture");
        assert_eq!(order(&once), order(&again));
    }
    assert!(recording.moments().is_sorted_by_key(|moment| moment.at_ms));
    assert!(differences(recording, recording).is_empty(), "it differs from itself");
}

fn order(snapshot: &Snapshot) -> (u64, usize, usize, usize) {
    (snapshot.sequence, snapshot.units.len(), snapshot.dispatches.len(), snapshot.alarms.len())
}
