//! The HTTP exchanges of a recorded session, masked as people see them: beside the changes in the same file, each header list and body
//! once, and no more of them than there is room for.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest, Sha256};

use crate::openadr::exchange::{Exchange, ExchangeLog};
use crate::time::UtcTime;

/// Tables of their own: a recording without them has no exchanges.
const SCHEMA: &str = "
    CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE TABLE exchanges (
        number INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        client TEXT NOT NULL,
        method TEXT NOT NULL,
        target TEXT NOT NULL,
        url TEXT NOT NULL,
        status INTEGER,
        took_ms REAL NOT NULL,
        request_headers INTEGER NOT NULL,
        request_body INTEGER NOT NULL,
        response_headers INTEGER NOT NULL,
        response_body INTEGER NOT NULL,
        understood TEXT NOT NULL
    ) STRICT;";

/// The longest that all exchanges of a recording together may be, bytes.
pub const MOST_BYTES: usize = 24 << 20;
/// Of a row, beside its texts, bytes.
const ROW_BYTES: usize = 160;
/// What is told of where they end, in the recording itself.
const UNTIL: &str = "exchanges_until";
/// No recording has more of them.
const MOST_READ: usize = 2_000_000;
/// Nor more bytes of them: the room, and what the last one was longer.
const MOST_READ_BYTES: usize = MOST_BYTES + (1 << 20);

/// Writes exchanges down.
pub(super) struct Scribe {
    log: ExchangeLog,
    /// The number of the last one that was looked at.
    last: u64,
    written: i64,
    texts: HashMap<[u8; 32], i64>,
    bytes: usize,
    room: usize,
    is_full: bool,
}

impl Scribe {
    /// Of a session's log, with what was said in it before, into a recording that has just begun. `room` is how many bytes of
    /// them there may be.
    ///
    /// # Errors
    /// When its tables cannot be made.
    pub fn begin(log: ExchangeLog, connection: &Connection, room: usize) -> rusqlite::Result<Self> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self { log, last: 0, written: 0, texts: HashMap::new(), bytes: 0, room, is_full: false })
    }

    /// Writes those that are new.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, connection: &mut Connection) -> rusqlite::Result<()> {
        if self.is_full || self.log.recorded() == self.last {
            return Ok(());
        }
        let news = self.log.since(self.last);
        self.last = news.last().map_or_else(|| self.log.recorded(), |last| last.number);
        let transaction = connection.transaction()?;
        for exchange in news {
            if self.bytes >= self.room {
                self.is_full = true;
                let until = exchange.at.to_string();
                transaction.execute("INSERT INTO about VALUES (?1, ?2)", [UNTIL, until.as_str()])?;
                break;
            }
            self.one(&transaction, &exchange)?;
        }
        transaction.commit()
    }

    fn one(&mut self, connection: &Connection, exchange: &Exchange) -> rusqlite::Result<()> {
        let headers = |headers: &[(String, String)]| serde_json::to_string(headers).unwrap_or_default();
        let request_headers = self.text(connection, &headers(&exchange.request_headers))?;
        let request_body = self.text(connection, &exchange.request_body)?;
        let response_headers = self.text(connection, &headers(&exchange.response_headers))?;
        let response_body = self.text(connection, &exchange.response_body)?;
        self.written += 1;
        self.bytes += ROW_BYTES + exchange.target.len() + exchange.url.len() + exchange.understood.len();
        let mut insert = connection.prepare_cached(
            "INSERT INTO exchanges VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        insert.execute(params![
            self.written,
            exchange.at.unix(),
            exchange.client,
            exchange.method,
            exchange.target,
            exchange.url,
            exchange.status,
            exchange.took_ms,
            request_headers,
            request_body,
            response_headers,
            response_body,
            exchange.understood
        ])?;
        Ok(())
    }

    /// The number of a text, which is written the first time.
    fn text(&mut self, connection: &Connection, text: &str) -> rusqlite::Result<i64> {
        let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if let Some(number) = self.texts.get(&hash) {
            return Ok(*number);
        }
        let number = i64::try_from(self.texts.len()).unwrap_or(i64::MAX) + 1;
        connection.prepare_cached("INSERT INTO texts VALUES (?1, ?2)")?.execute(params![number, text])?;
        self.texts.insert(hash, number);
        self.bytes += text.len() + 16;
        Ok(number)
    }
}

/// The exchanges of a recording.
#[derive(Default)]
pub(super) struct Messages {
    /// In order, numbered from 1.
    pub all: Vec<Arc<Exchange>>,
    /// What is to be told of them: that there are none, or where they end.
    pub remark: Option<String>,
}

impl Messages {
    /// How many had been sent at an instant, domain time in milliseconds since 1970.
    pub fn sent_by_ms(&self, at_ms: i64) -> usize {
        self.all.partition_point(|exchange| exchange.at.unix() * 1000 <= at_ms)
    }
}

/// Reads them.
///
/// # Errors
/// What is wrong with them, in words.
pub(super) fn read(connection: &Connection) -> Result<Messages, String> {
    let sql = |error: rusqlite::Error| format!("its messages: {error}");
    let is_there =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('exchanges', 'texts')";
    let tables: i64 = connection.query_row(is_there, [], |row| row.get(0)).map_err(sql)?;
    if tables != 2 {
        let remark = Some("This recording has no messages.".to_owned());
        return Ok(Messages { all: Vec::new(), remark });
    }
    let texts = texts(connection)?;
    let text = |number: i64| {
        texts.get(&number).cloned().ok_or_else(|| format!("its messages: text {number} is not there"))
    };
    let mut select = connection.prepare("SELECT * FROM exchanges ORDER BY number").map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    let (mut all, mut at) = (Vec::new(), i64::MIN);
    while let Some(row) = rows.next().map_err(sql)? {
        if all.len() >= MOST_READ {
            return Err("its messages: there are more than in any recording".to_owned());
        }
        let texts: rusqlite::Result<[i64; 4]> =
            (8..12).map(|column| row.get(column)).collect::<rusqlite::Result<Vec<i64>>>().map(|numbers| {
                let mut of = [0; 4];
                of.copy_from_slice(&numbers);
                of
            });
        let [request_headers, request_body, response_headers, response_body] = texts.map_err(sql)?;
        // Whoever was answered later may have asked before.
        at = at.max(row.get(1).map_err(sql)?);
        let exchange = || -> rusqlite::Result<Exchange> {
            Ok(Exchange {
                number: 0,
                at: UtcTime::from_unix(at),
                client: row.get(2)?,
                method: row.get(3)?,
                target: row.get(4)?,
                url: row.get(5)?,
                status: row.get(6)?,
                took_ms: row.get(7)?,
                request_headers: Vec::new(),
                request_body: "".into(),
                response_headers: Vec::new(),
                response_body: "".into(),
                understood: row.get(12)?,
            })
        };
        let mut exchange = exchange().map_err(sql)?;
        exchange.number = all.len() as u64 + 1;
        exchange.request_headers = headers(&text(request_headers)?)?;
        exchange.request_body = text(request_body)?;
        exchange.response_headers = headers(&text(response_headers)?)?;
        exchange.response_body = text(response_body)?;
        all.push(Arc::new(exchange));
    }
    Ok(Messages { all, remark: remark(connection).map_err(sql)? })
}

fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    serde_json::from_str(text).map_err(|error| format!("its messages: headers: {error}"))
}

fn texts(connection: &Connection) -> Result<HashMap<i64, Arc<str>>, String> {
    let sql = |error: rusqlite::Error| format!("its messages: {error}");
    let mut select = connection.prepare("SELECT number, text FROM texts").map_err(sql)?;
    let mut rows = select.query([]).map_err(sql)?;
    let (mut texts, mut bytes) = (HashMap::new(), 0);
    while let Some(row) = rows.next().map_err(sql)? {
        let (number, text): (i64, String) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        bytes += text.len();
        if bytes > MOST_READ_BYTES {
            return Err("its messages: they are longer than in any recording".to_owned());
        }
        texts.insert(number, Arc::from(text));
    }
    Ok(texts)
}

/// Where they end before the recording does.
fn remark(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let until = connection
        .query_row("SELECT value FROM about WHERE name = ?1", [UNTIL], |row| row.get::<_, String>(0));
    let until: Option<String> = until.optional()?;
    // Nothing but an instant is told of what stands in a file.
    let until: Option<UtcTime> = until.and_then(|until| until.parse().ok());
    Ok(until.map(|until| {
        format!(
            "The recording has room for {} MiB of messages; those from {until} on are not in it.",
            MOST_BYTES >> 20
        )
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{kept, recording};
    use super::*;

    fn exchange(at: i64, body: &str) -> Exchange {
        Exchange {
            number: 0,
            at: UtcTime::from_unix(at),
            client: "desk".to_owned(),
            method: "GET".to_owned(),
            target: "/events".to_owned(),
            url: "http://vtn/events".to_owned(),
            status: Some(200),
            took_ms: 1.5,
            request_headers: vec![("Authorization".to_owned(), "Bearer hush-hush".to_owned())],
            request_body: "".into(),
            response_headers: Vec::new(),
            response_body: body.into(),
            understood: "1 event".to_owned(),
        }
    }

    fn file() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;")
            .unwrap();
        connection
    }

    #[test]
    fn what_was_said_comes_back_as_it_was_masked_and_each_text_is_kept_once() {
        let (mut connection, log) = (file(), ExchangeLog::keeping(100));
        log.record(exchange(1, "before it was recorded"));
        let mut scribe = Scribe::begin(log.clone(), &connection, MOST_BYTES).unwrap();
        for at in [5, 4, 9] {
            log.record(exchange(at, "the same"));
            scribe.write(&mut connection).unwrap();
        }
        let read = read(&connection).unwrap();
        assert_eq!(read.remark, None);
        assert_eq!(read.all.len(), 4, "a session speaks before anybody takes it down");
        assert_eq!(read.all[0].request_headers[0].1, "Bearer •••");
        assert_eq!((&*read.all[3].response_body, read.all[3].number), ("the same", 4));
        assert_eq!([3_999, 5_000, 9_000].map(|ms| read.sent_by_ms(ms)), [1, 3, 4], "in order of time");
        let texts: i64 = connection.query_row("SELECT count(*) FROM texts", [], |row| row.get(0)).unwrap();
        assert_eq!(texts, 5, "two lists of headers and three bodies");
    }

    /// A trainer who finds no message at the end would take it that none was sent.
    #[test]
    fn where_there_is_no_room_any_more_it_is_said_so() {
        let (mut connection, log) = (file(), ExchangeLog::keeping(100));
        let mut scribe = Scribe::begin(log.clone(), &connection, 2_000).unwrap();
        for at in 0..20 {
            log.record(exchange(at, &format!("{at} {}", "x".repeat(500))));
            scribe.write(&mut connection).unwrap();
        }
        let read = read(&connection).unwrap();
        assert!((2..6).contains(&read.all.len()), "{}", read.all.len());
        let remark = read.remark.unwrap();
        assert!(remark.contains("are not in it") && remark.contains("1970-01-01T00:00:0"), "{remark}");
    }

    #[test]
    fn a_recording_without_messages_says_so_and_one_whose_texts_are_missing_is_refused() {
        let connection = file();
        assert_eq!(read(&connection).unwrap().remark.as_deref(), Some("This recording has no messages."));
        let (mut connection, log) = (file(), ExchangeLog::keeping(100));
        let mut scribe = Scribe::begin(log.clone(), &connection, MOST_BYTES).unwrap();
        log.record(exchange(1, "it"));
        scribe.write(&mut connection).unwrap();
        connection.execute("DELETE FROM texts", []).unwrap();
        assert!(read(&connection).is_err());
    }

    /// Else whoever goes through a session again whose program was killed misses what was said at the last.
    #[tokio::test(start_paused = true)]
    async fn what_is_said_while_no_picture_changes_is_written_when_it_is_said() {
        use super::super::recorder::{Recorder, Sources};
        use crate::desk;
        use crate::fleet::FaultSwitch;
        use crate::time::{Clock, Rate};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.recording");
        let first = (*recording().at_ms(i64::MIN).unwrap()).clone();
        let (desk, _end) = desk::connect(first);
        let log = ExchangeLog::keeping(100);
        let clock = Clock::training(UtcTime::from_unix(0), Rate::PAUSED);
        let sources = Sources { desk, clock, faults: FaultSwitch::default(), exchanges: log.clone() };
        let recorder = Recorder::begin(sources, &path, "It").unwrap();
        for at in [1, 2] {
            log.record(exchange(at, "said"));
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let read = read(&Connection::open(&path).unwrap()).unwrap();
            assert_eq!(read.all.len() as i64, at);
        }
        recorder.end().await.unwrap();
    }

    #[test]
    fn a_played_session_has_all_of_its_messages() {
        let connection = Connection::open(&kept().0).unwrap();
        let read = read(&connection).unwrap();
        assert!(read.all.len() > 100, "{}", read.all.len());
        assert!(
            read.all.iter().any(|exchange| exchange.method == "POST" && exchange.target.contains("events"))
        );
        assert_eq!(recording().messages().len(), read.all.len());
    }
}
