//! What of the journal a person wants to see, as typed.

use std::collections::BTreeSet;

use crate::console::compose::entry::{TimeEntry, TimeFault};
use crate::journal::{EntryKind, Query};
use crate::time::{UtcTime, in_london};

/// So many seconds before and after an entry those beside it are shown.
const BESIDE_S: i64 = 10;

/// An hour, seconds.
const HOUR_S: i64 = 3600;

/// As typed and ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that must all occur.
    pub words: String,
    /// These kinds alone; any when none is ticked.
    pub kinds: BTreeSet<EntryKind>,
    /// From this London time on.
    pub from: TimeEntry,
    /// Up to this London time.
    pub until: TimeEntry,
}

/// Which of the two times cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Whether it is the first.
    pub is_from: bool,
    /// What would be right.
    pub reason: String,
}

impl Filter {
    /// All around an instant.
    pub fn around(at: UtcTime) -> Self {
        // The day is written, so that it stays the same one after midnight.
        let entry = |at| TimeEntry::of(at, "");
        Self { from: entry(at - BESIDE_S), until: entry(at + BESIDE_S), ..Self::default() }
    }

    /// What is sought. A time without a date is on the London day of `now`; one that happens twice is the first of the two
    /// where the search begins, and the second where it ends.
    ///
    /// # Errors
    /// Which time cannot be read.
    pub fn query(&self, now: UtcTime) -> Result<Query, Unread> {
        let today = in_london(now).date;
        let read = |entry: &TimeEntry, is_from: bool| match entry.read(&today) {
            _ if entry.text.trim().is_empty() => Ok(None),
            Ok(at) => Ok(Some(at)),
            Err(TimeFault::Twice { bst, gmt }) => Ok(Some(if is_from { bst } else { gmt })),
            Err(fault) => Err(Unread { is_from, reason: fault.words() }),
        };
        Ok(Query {
            words: self.words.split_whitespace().map(str::to_owned).collect(),
            kinds: self.kinds.clone(),
            from: read(&self.from, true)?,
            until: read(&self.until, false)?,
        })
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// From an hour ago on.
    pub fn last_hour(&mut self, now: UtcTime) {
        self.from = TimeEntry::of(now - HOUR_S, &in_london(now).date);
        self.until = TimeEntry::default();
    }

    /// From midnight in London on.
    pub fn today(&mut self) {
        self.from = TimeEntry { text: "00:00".to_owned(), fold: None };
        self.until = TimeEntry::default();
    }

    /// The kinds in a word or two.
    pub fn kinds_in_words(&self) -> String {
        match (self.kinds.len(), self.kinds.first()) {
            (0, _) => "Any kind".to_owned(),
            (1, Some(kind)) => kind.word().to_owned(),
            (many, _) => format!("{many} kinds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::at;

    fn typed(from: &str, until: &str) -> Filter {
        let entry = |text: &str| TimeEntry { text: text.to_owned(), fold: None };
        Filter { from: entry(from), until: entry(until), ..Filter::default() }
    }

    #[test]
    fn times_are_those_of_london_on_the_day_of_the_search() {
        let july = at("2026-07-01T12:00:00Z");
        for (from, until, times) in [
            ("", "", (None, None)),
            ("09:00", "", (Some("2026-07-01T08:00:00Z"), None)),
            ("2026-06-30 22:30", "00:15:30", (Some("2026-06-30T21:30:00Z"), Some("2026-06-30T23:15:30Z"))),
            // The hour that happens twice is in it whole.
            (
                "2026-10-25 01:00",
                "2026-10-25 01:30",
                (Some("2026-10-25T00:00:00Z"), Some("2026-10-25T01:30:00Z")),
            ),
        ] {
            let query = typed(from, until).query(july).unwrap();
            assert_eq!((query.from, query.until), (times.0.map(at), times.1.map(at)), "{from} {until}");
        }
        let unread = typed("", "noon").query(july).unwrap_err();
        assert!(!unread.is_from && unread.reason.contains("noon"), "{unread:?}");
        let mut filter = Filter::default();
        filter.last_hour(july);
        assert_eq!(filter.query(july).unwrap().from, Some(at("2026-07-01T11:00:00Z")));
        filter.today();
        assert_eq!(filter.query(july).unwrap().from, Some(at("2026-06-30T23:00:00Z")));
    }
}
