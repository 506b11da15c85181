//! Lamps: how old the last sign of life may be (profile, section 6).

use super::snapshot::LinkState;
use crate::time::UtcTime;

/// Intervals of silence after which a lamp is late, and lost.
const LATE_AFTER: i64 = 2;
const LOST_AFTER: i64 = 3;

/// A lamp by the age of the last sign of life at `now`: live below two intervals, late from two, lost from three.
pub(super) fn lamp(last: Option<UtcTime>, now: UtcTime, interval_seconds: u32) -> LinkState {
    let Some(last) = last else { return LinkState::Unknown };
    let (age, interval) = (now.since(last), i64::from(interval_seconds.max(1)));
    if age >= LOST_AFTER * interval {
        LinkState::Lost
    } else if age >= LATE_AFTER * interval {
        LinkState::Late
    } else {
        LinkState::Live
    }
}

/// A unit's lamp: its own pulse. A client that says its unit does not answer says that the unit is lost.
pub(super) fn unit_lamp(pulse: Option<(UtcTime, bool)>, now: UtcTime, interval_seconds: u32) -> LinkState {
    match pulse {
        Some((_, false)) => LinkState::Lost,
        other => lamp(other.map(|(at, _)| at), now, interval_seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_client_is_late_after_two_intervals_and_lost_after_three() {
        let last: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        for (age, interval, state) in [
            (0, 10, LinkState::Live),
            (-5, 10, LinkState::Live),
            (19, 10, LinkState::Live),
            (20, 10, LinkState::Late),
            (29, 10, LinkState::Late),
            (30, 10, LinkState::Lost),
            (100_000, 10, LinkState::Lost),
            (2, 0, LinkState::Late),
        ] {
            assert_eq!(lamp(Some(last), last + age, interval), state, "{age} s of {interval} s");
        }
        assert_eq!(lamp(None, last, 10), LinkState::Unknown);
    }

    #[test]
    fn a_unit_that_its_client_cannot_reach_is_lost_however_fresh_the_news() {
        let at: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        assert_eq!(unit_lamp(Some((at, false)), at, 10), LinkState::Lost);
        assert_eq!(unit_lamp(Some((at, true)), at + 25, 10), LinkState::Late);
        assert_eq!(unit_lamp(None, at, 10), LinkState::Unknown);
    }
}
