//! What the frame counts in a snapshot, counted once a publication and not once a frame.

use std::sync::Arc;

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

/// Whether a publication changed more than what units and FSPs last said of themselves: things came, went or changed
/// their words.
pub fn is_more_than_readings(before: &Snapshot, now: &Snapshot) -> bool {
    let are_same = |before: &[Arc<_>], now: &[Arc<_>]| {
        before.len() == now.len() && before.iter().zip(now).all(|(a, b)| Arc::ptr_eq(a, b))
    };
    let last = |s: &Snapshot| (s.outcomes.len(), s.journal_tail.len(), s.units.len(), s.fsps.len());
    before.sequence != now.sequence
        && (last(before) != last(now)
            || before.vtn.state != now.vtn.state
            || !Arc::ptr_eq(&before.alarms, &now.alarms)
            || !are_same(&before.dispatches, &now.dispatches))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::testing::quiet_snapshot;

    #[test]
    fn a_reading_alone_is_drawn_once_and_whatever_comes_or_goes_until_it_stands() {
        let before = quiet_snapshot();
        let changed = |change: fn(&mut Snapshot)| {
            let mut now = before.clone();
            now.sequence += 1;
            change(&mut now);
            is_more_than_readings(&before, &now)
        };
        assert!(!changed(|s| Arc::make_mut(&mut s.units[0]).kw = Some(12.0)));
        assert!(!changed(|s| s.now = s.now + 1));
        assert!(changed(|s| s.alarms = Arc::from(s.alarms.to_vec())));
        assert!(changed(|s| s.vtn.state = LinkState::Lost));
        assert!(changed(|s| s.units.truncate(1)));
        assert!(changed(|s| s.fsps.truncate(1)));
    }
}
