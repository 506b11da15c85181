//! What is sought in a journal, the same in a file and in memory.

use std::collections::BTreeSet;

use rusqlite::types::Value;

use super::{Entry, EntryKind};
use crate::time::UtcTime;

/// What is sought. An empty one lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Each must stand somewhere in an entry's dispatch, unit, kind or words, in any case of (ASCII) letters.
    pub words: Vec<String>,
    /// One of these kinds; any when there is none.
    pub kinds: BTreeSet<EntryKind>,
    /// At this instant or later.
    pub from: Option<UtcTime>,
    /// At this instant or earlier.
    pub until: Option<UtcTime>,
}

impl Query {
    /// Whether it lets an entry through.
    pub fn holds(&self, entry: &Entry) -> bool {
        let in_time =
            self.from.is_none_or(|from| entry.at >= from) && self.until.is_none_or(|until| entry.at <= until);
        if !in_time || (!self.kinds.is_empty() && !self.kinds.contains(&entry.kind)) {
            return false;
        }
        let text = searched(entry);
        self.words.iter().all(|word| text.contains(&word.to_ascii_lowercase()))
    }

    /// The same as a condition of SQL, with what stands for its question marks.
    pub(super) fn condition(&self) -> (String, Vec<Value>) {
        let mut parts = Vec::new();
        let mut values = Vec::new();
        if let Some(from) = self.from {
            parts.push("at >= ?".to_owned());
            values.push(Value::from(from.to_string()));
        }
        if let Some(until) = self.until {
            parts.push("at <= ?".to_owned());
            values.push(Value::from(until.to_string()));
        }
        if !self.kinds.is_empty() {
            parts.push(format!("kind IN ({})", vec!["?"; self.kinds.len()].join(", ")));
            values.extend(self.kinds.iter().map(|kind| Value::from(kind.word().to_owned())));
        }
        for word in &self.words {
            parts.push(format!("instr({SEARCHED}, ?) > 0"));
            values.push(Value::from(word.to_ascii_lowercase()));
        }
        (if parts.is_empty() { "TRUE".to_owned() } else { parts.join(" AND ") }, values)
    }
}

/// [`searched`] in SQL.
const SEARCHED: &str = "lower(ifnull(operator || '/' || dispatch_ref, '') || char(10) || ifnull(fsp || '/' || unit, '') \
     || char(10) || kind || char(10) || text)";

/// All that words are sought in.
fn searched(entry: &Entry) -> String {
    let dispatch =
        entry.dispatch.as_ref().map_or_else(String::new, |d| format!("{}/{}", d.operator, d.dispatch_ref));
    let unit = entry.unit.as_ref().map_or_else(String::new, ToString::to_string);
    let mut text = format!("{dispatch}\n{unit}\n{}\n{}", entry.kind, entry.text);
    text.make_ascii_lowercase();
    text
}
