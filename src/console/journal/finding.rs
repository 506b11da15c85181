//! The entries that a query lets through, the newest first: from the file, and whatever has come since.

use std::path::Path;
use std::sync::Arc;

use crate::console::errand::Errand;
use crate::desk::snapshot::Snapshot;
use crate::journal::{Journal, JournalError, Query, Recorded};

/// So many are read from the file at once.
const PAGE: usize = 1000;
/// So many are kept; older ones are read again when they are asked for.
const MOST_KEPT: usize = 20_000;

/// What was found, and what is being sought.
#[derive(Default)]
pub struct Finding {
    query: Query,
    rows: Vec<Arc<Recorded>>,
    /// Everything up to this entry was looked at.
    seen: Option<u64>,
    /// Whether the file may hold older ones.
    has_older: bool,
    search: Option<(Request, Errand<Result<Page, JournalError>>)>,
    fault: Option<String>,
    looked_at: u64,
}

/// What was asked of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Request {
    query: Query,
    before: Option<u64>,
}

/// What the file answered.
struct Page {
    rows: Vec<Arc<Recorded>>,
    has_older: bool,
    /// The number of its last entry.
    last: u64,
}

impl Finding {
    /// Goes on with the search for `query`.
    pub fn go_on(&mut self, ctx: &egui::Context, snapshot: &Snapshot, query: &Query) {
        if self.query != *query {
            *self = Self { query: query.clone(), ..Self::default() };
        }
        let Some(file) = &snapshot.journal_file else {
            self.take_all(snapshot);
            return;
        };
        self.settle();
        if self.search.is_none() && self.fault.is_none() {
            if self.is_behind(snapshot) {
                self.ask(ctx, file, None);
            } else {
                self.take_in(snapshot);
            }
        }
    }

    /// What is kept in memory alone: the last entries are all there are.
    fn take_all(&mut self, snapshot: &Snapshot) {
        if self.looked_at == snapshot.sequence && self.seen.is_some() {
            return;
        }
        self.looked_at = snapshot.sequence;
        let found = snapshot.journal_tail.iter().rev().filter(|r| self.query.holds(&r.entry));
        self.rows = found.cloned().collect();
        self.seen = Some(snapshot.journal_tail.last().map_or(0, |last| last.number));
    }

    /// Whether entries came that neither the search saw nor the snapshot still shows.
    fn is_behind(&self, snapshot: &Snapshot) -> bool {
        let oldest_shown = snapshot.journal_tail.first().map_or(1, |first| first.number);
        self.seen.is_none_or(|seen| seen + 1 < oldest_shown)
    }

    /// Puts in front what came since.
    fn take_in(&mut self, snapshot: &Snapshot) {
        let Some(seen) = self.seen else { return };
        let from = snapshot.journal_tail.partition_point(|r| r.number <= seen);
        let news = &snapshot.journal_tail[from..];
        let Some(last) = news.last() else { return };
        self.seen = Some(last.number);
        let found: Vec<_> = news.iter().rev().filter(|r| self.query.holds(&r.entry)).cloned().collect();
        self.rows.splice(0..0, found);
        if self.rows.len() > MOST_KEPT {
            self.rows.truncate(MOST_KEPT);
            self.has_older = true;
        }
    }

    /// Asks the file for the ones that follow the last shown.
    pub fn ask_older(&mut self, ctx: &egui::Context, snapshot: &Snapshot) {
        if let (Some(file), None) = (&snapshot.journal_file, &self.search) {
            self.ask(ctx, file, self.rows.last().map(|r| r.number));
        }
    }

    /// Asks again after a fault.
    pub fn try_again(&mut self) {
        self.fault = None;
    }

    fn ask(&mut self, ctx: &egui::Context, file: &Arc<Path>, before: Option<u64>) {
        let request = Request { query: self.query.clone(), before };
        let (file, sought) = (Arc::clone(file), request.clone());
        match Errand::begin(ctx, move || read(&file, &sought)) {
            Ok(errand) => self.search = Some((request, errand)),
            Err(fault) => self.fault = Some(fault),
        }
    }

    fn settle(&mut self) {
        let Some((request, errand)) = &self.search else { return };
        let Some(settled) = errand.settled() else { return };
        let is_first = request.before.is_none();
        self.search = None;
        match settled {
            Ok(Ok(page)) => {
                if is_first {
                    self.rows = page.rows;
                    self.seen = Some(page.last);
                } else {
                    self.rows.extend(page.rows);
                }
                self.has_older = page.has_older;
            }
            Ok(Err(fault)) => self.fault = Some(fault.to_string()),
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// Found so far, the newest first.
    pub fn rows(&self) -> &[Arc<Recorded>] {
        &self.rows
    }

    /// The row of an entry by its number.
    pub fn row_of(&self, number: u64) -> Option<usize> {
        // Newest first: numbers fall.
        self.rows.binary_search_by(|row| number.cmp(&row.number)).ok()
    }

    /// Whether the file is being read.
    pub fn is_searching(&self) -> bool {
        self.search.is_some()
    }

    /// Whether the file may hold older ones that are not shown.
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Why the file cannot be read.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

fn read(file: &Path, request: &Request) -> Result<Page, JournalError> {
    let journal = Journal::open_to_read(file)?;
    let mut rows = journal.find(&request.query, request.before, PAGE + 1)?;
    let has_older = rows.len() > PAGE;
    rows.truncate(PAGE);
    // What was written between opening it and reading is among the rows already; what comes later comes with the snapshots.
    let last = rows.first().map_or(0, |newest| newest.number).max(journal.len());
    Ok(Page { rows: rows.into_iter().map(Arc::new).collect(), has_older, last })
}
