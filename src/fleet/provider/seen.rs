//! What has been seen of the events at a VTN: which of a list are news.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::openadr::mapping;
use crate::openadr::wire::Event;

/// What has been seen over a line at a VTN.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Events as they were when they were last judged, by id.
    judged: BTreeMap<String, Arc<Event>>,
    /// The last list of which nothing was left for later.
    listed: Vec<Arc<Event>>,
    /// Whether a whole list of events has been seen: what comes later is news.
    pub(super) has_listened: bool,
}

impl Seen {
    /// Whether these are the very events of the last list, all of them judged.
    fn is_all_of(&self, events: &[Arc<Event>]) -> bool {
        self.has_listened
            && self.listed.len() == events.len()
            && self.listed.iter().zip(events).all(|(listed, event)| Arc::ptr_eq(listed, event))
    }

    /// Forgets what was judged: all of it is to be judged again.
    pub(super) fn forget(&mut self) {
        self.judged.clear();
        self.listed.clear();
    }

    /// Takes in a list of events. Answers those that are to be judged: none while there is no room for more news, which
    /// then waits for the next list.
    pub(super) fn take(
        &mut self,
        events: &[Arc<Event>],
        has_room: impl Fn() -> bool,
    ) -> Vec<(String, Arc<Event>)> {
        if self.is_all_of(events) {
            return Vec::new();
        }
        let ids: BTreeSet<&str> = events.iter().filter_map(|e| e.meta.id.as_deref()).collect();
        self.judged.retain(|id, _| ids.contains(id.as_str()));
        let mut news = Vec::new();
        self.listed.clear();
        for event in events {
            let Some(event_id) = event.meta.id.clone() else { continue };
            if mapping::is_anchor(event) || self.judged.get(&event_id) == Some(event) {
                continue;
            }
            if !has_room() {
                return news;
            }
            self.judged.insert(event_id.clone(), Arc::clone(event));
            news.push((event_id, Arc::clone(event)));
        }
        self.listed.extend_from_slice(events);
        news
    }
}
