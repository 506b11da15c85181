//! What the journal is told of the desk's surroundings: its clock, the VTN's, and over what the VTN is spoken to.

use super::connection::Connection;
use super::engine::Engine;
use super::timekeeping;
use crate::journal::{Entry, EntryKind};
use crate::openadr::mapping;
use crate::time::UtcTime;

/// So many of the desk's programs are named.
const NAMED: usize = 3;

impl Engine {
    /// Looks whether the clock jumped; of a training clock, what was done to it.
    pub(super) fn mind_clock(&mut self, now: UtcTime) {
        let told = match self.clock.is_training() {
            true => self.clock_changes.take().iter().filter_map(timekeeping::words_of).collect(),
            false => Vec::from_iter(self.timekeeping.look(self.clock.face())),
        };
        self.changed |= !told.is_empty();
        for words in told {
            self.state.record.say(now, EntryKind::Clock, words);
        }
    }

    /// The VTN has answered: notes over what it was spoken to, when that is another way than before, and how far its clock is
    /// from the desk's.
    pub(super) fn mind_connection(&mut self, now: UtcTime) {
        if let Some(words) = self.client.clock_gap().and_then(|gap| self.timekeeping.compare(gap)) {
            self.state.record.say(now, EntryKind::Clock, words);
        }
        let Some(connection) = Connection::of(&self.client) else { return };
        let text = match &self.connection {
            Some(before) => {
                let Some(otherwise) = connection.otherwise_than(before) else { return };
                format!("the VTN is spoken to otherwise than before: {otherwise}")
            }
            None => self.first_words(&connection),
        };
        let document = connection.to_json();
        let (dispatch, unit) = (None, None);
        self.state.record.note(Entry {
            at: now,
            kind: EntryKind::Connection,
            dispatch,
            unit,
            text,
            document,
        });
        self.connection = Some(connection);
    }

    /// All of it, how news is come by, for which programs, and what was otherwise in the session before.
    fn first_words(&self, connection: &Connection) -> String {
        let hinted = match &self.listening {
            Some(_) => ", and a broker is asked to tell at once",
            None => "",
        };
        let names: Vec<String> = self
            .programs
            .keys()
            .map(|(operator, contract)| mapping::program_name(operator, contract))
            .collect();
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let before = self.connected_before.as_ref().and_then(|before| connection.otherwise_than(before));
        let before = before.map_or_else(String::new, |otherwise| {
            format!("; otherwise than in the session before: {otherwise}")
        });
        format!(
            "{}; it is polled every {} s{hinted}; programs {named}{more}{before}",
            connection.words(),
            self.follow_every_s
        )
    }
}
