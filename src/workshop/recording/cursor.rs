//! A place in a recording: going on from it is cheap, going back begins at a place that was remembered.

use std::sync::Arc;

use super::picture::Picture;
use super::{Recording, take};
use crate::desk::snapshot::Snapshot;

/// A place in a recording.
pub struct Cursor {
    recording: Arc<Recording>,
    picture: Picture,
    /// So many rows are in the picture.
    rows: usize,
    /// Which publication was given last.
    given: Option<usize>,
}

impl Cursor {
    /// Before the first picture.
    pub fn at_start_of(recording: Arc<Recording>) -> Self {
        Self { recording, picture: Picture::default(), rows: 0, given: None }
    }

    /// The recording.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Goes to the last picture up to an instant, domain time in milliseconds since 1970; before the first, to that. Answers
    /// it; `None` when it was given already.
    pub fn go_to_ms(&mut self, at_ms: i64) -> Option<Arc<Snapshot>> {
        let index = self.recording.publication_at_ms(at_ms);
        if self.given == Some(index) {
            return None;
        }
        let end = self.recording.publications.get(index)?.end;
        let place = self.recording.place_before(end)?;
        if end < self.rows || place.rows > self.rows {
            (self.picture, self.rows) = (place.picture.clone(), place.rows);
        }
        for row in self.recording.rows.get(self.rows..end)? {
            take(&mut self.picture, row).ok()?;
        }
        (self.rows, self.given) = (end, Some(index));
        self.picture.snapshot().map(Arc::new)
    }

    /// When the next picture comes, domain time in milliseconds since 1970; `None` after the last.
    pub fn next_ms(&self) -> Option<i64> {
        let next = self.given.map_or(0, |index| index + 1);
        self.recording.publications.get(next).map(|publication| publication.at_ms)
    }
}
