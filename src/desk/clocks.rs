//! FSPs' clocks against the VTN's, by their heartbeats: each says when it was written, the VTN when it arrived. Pure.

use std::collections::BTreeMap;

use crate::dispatch::FspId;
use crate::time::UtcTime;

/// Seconds that a clock may be off: a heartbeat is tried for some seconds when the VTN hesitates.
const TOLERANCE_S: i64 = 15;

/// All clocks.
#[derive(Default)]
pub(super) struct Clocks {
    /// Seconds that each was ahead by its last two heartbeats, the newest last.
    ahead: BTreeMap<FspId, [i64; 2]>,
}

impl Clocks {
    /// A heartbeat written at `says` by the FSP's clock reached the VTN at `reached` by the VTN's.
    pub(super) fn told(&mut self, fsp: &FspId, says: UtcTime, reached: UtcTime) {
        let [_, last] = self.ahead.get(fsp).copied().unwrap_or_default();
        self.ahead.insert(fsp.clone(), [last, says.since(reached)]);
    }

    /// Seconds that an FSP's clock is ahead of the VTN's, below 0 when it is behind. `None` while it is right, or off by
    /// one heartbeat alone.
    pub(super) fn ahead_s(&self, fsp: &FspId) -> Option<i64> {
        let [before, last] = *self.ahead.get(fsp)?;
        let is_off = |ahead: i64| ahead.abs() > TOLERANCE_S;
        (is_off(before) && is_off(last) && before.signum() == last.signum()).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_when_two_heartbeats_in_a_row_say_so() {
        let fsp: FspId = "BRIGHTFLEX".parse().unwrap();
        let at = |seconds: i64| UtcTime::from_unix(1_795_712_400 + seconds);
        for (offsets, ahead) in [
            (&[][..], None),
            (&[60], None),
            (&[60, 62], Some(62)),
            (&[-16, -3700], Some(-3700)),
            (&[15, 15], None),
            (&[60, -60], None),
            (&[60, 0, 60], None),
            (&[0, 60, 60, 2], None),
        ] {
            let mut clocks = Clocks::default();
            for (index, offset) in (0..).zip(offsets) {
                clocks.told(&fsp, at(index * 10 + offset), at(index * 10));
            }
            assert_eq!(clocks.ahead_s(&fsp), ahead, "{offsets:?}");
        }
    }
}
