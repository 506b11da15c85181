//! What was before and what was undone: whole texts, as they were.

use std::sync::Arc;

/// At most so many steps can be undone.
const MOST: usize = 1_000;

/// What a run of small changes is about, so that they are undone together: letters typed into one field, an item pushed
/// along minute by minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Topic(pub String);

/// Texts before and after the one at hand.
#[derive(Debug, Default)]
pub(super) struct History {
    past: Vec<Arc<str>>,
    future: Vec<Arc<str>>,
    topic: Option<Topic>,
}

impl History {
    /// Takes the text before a change; not where the change goes on with the one before.
    pub fn changes(&mut self, before: Arc<str>, topic: Option<Topic>) {
        let goes_on = topic.is_some() && self.topic == topic && !self.past.is_empty();
        self.topic = topic;
        self.future.clear();
        if goes_on {
            return;
        }
        if self.past.len() == MOST {
            self.past.remove(0);
        }
        self.past.push(before);
    }

    /// Ends a run of small changes.
    pub fn seal(&mut self) {
        self.topic = None;
    }

    /// The text before, in exchange for the one at hand.
    pub fn undo(&mut self, now: Arc<str>) -> Option<Arc<str>> {
        let before = self.past.pop()?;
        self.topic = None;
        self.future.push(now);
        Some(before)
    }

    /// The text that was undone, in exchange for the one at hand.
    pub fn redo(&mut self, now: Arc<str>) -> Option<Arc<str>> {
        let after = self.future.pop()?;
        self.topic = None;
        self.past.push(now);
        Some(after)
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
