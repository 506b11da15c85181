//! What the frame counts in a snapshot, counted once a publication and not once a frame.

use crate::desk::snapshot::{LinkState, Priority, Snapshot};

/// Counts for the status strip and the alarm bar.
#[derive(Clone, Debug, Default)]
pub struct Digest {
    sequence: Option<u64>,
    /// Unacknowledged alarms by priority: high, medium, low.
    pub unacknowledged: [usize; 3],
    /// FSPs whose client is live.
    pub fsps_live: usize,
}

impl Digest {
    /// Counts anew when the snapshot is another one.
    pub fn refresh(&mut self, snapshot: &Snapshot) {
        if self.sequence == Some(snapshot.sequence) {
            return;
        }
        *self = Self {
            sequence: Some(snapshot.sequence),
            unacknowledged: Priority::ALL.map(|priority| {
                snapshot.alarms.iter().filter(|a| a.acknowledged.is_none() && a.priority == priority).count()
            }),
            fsps_live: snapshot.fsps.iter().filter(|f| f.client == LinkState::Live).count(),
        };
    }

    /// Unacknowledged alarms of every priority.
    pub fn total(&self) -> usize {
        self.unacknowledged.iter().sum()
    }
}
