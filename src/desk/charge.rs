//! State of charge over a session, as it was reported.

use std::sync::Arc;

use crate::time::UtcTime;

/// Seconds between two values that are kept.
const EVERY_S: i64 = 30;
/// How many values are kept: a day and a half at the least.
const VALUES: usize = 4320;

/// State of charge, 0 to 1, at the instants at which it was reported; at most one each half minute. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct ChargeTrail {
    values: Arc<Vec<(UtcTime, f64)>>,
}

impl ChargeTrail {
    /// A value was reported. One that is no number, or not later than the last by half a minute, is left out.
    pub fn reported(&mut self, at: UtcTime, soc: f64) {
        let soon = self.values.last().is_some_and(|(last, _)| at.since(*last) < EVERY_S);
        if soon || !soc.is_finite() {
            return;
        }
        let values = Arc::make_mut(&mut self.values);
        if values.len() >= VALUES {
            values.drain(..VALUES / 8);
        }
        values.push((at, soc));
    }

    /// The values from `from` to `to`, both included, oldest first.
    pub fn between(&self, from: UtcTime, to: UtcTime) -> &[(UtcTime, f64)] {
        let first = self.values.partition_point(|(at, _)| *at < from);
        let end = self.values.partition_point(|(at, _)| *at <= to).max(first);
        &self.values[first..end]
    }

    /// The last value reported within `within_s` seconds up to an instant.
    pub fn at(&self, at: UtcTime, within_s: i64) -> Option<f64> {
        self.between(at - within_s, at).last().map(|(_, soc)| *soc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix(1_795_712_400 + seconds)
    }

    #[test]
    fn the_charge_at_an_instant_is_the_last_reported_and_never_an_old_one() {
        let mut trail = ChargeTrail::default();
        for (second, soc) in [(0, 0.8), (10, 0.79), (30, 0.78), (60, f64::NAN), (90, 0.76), (80, 0.5)] {
            trail.reported(at(second), soc);
        }
        assert_eq!(trail.between(at(0), at(90)), [(at(0), 0.8), (at(30), 0.78), (at(90), 0.76)]);
        assert_eq!(trail.at(at(70), 120), Some(0.78));
        assert_eq!(trail.at(at(1000), 120), None);
        assert_eq!(trail.at(at(-1), 120), None);
        assert!(trail.between(at(90), at(0)).is_empty());
    }

    #[test]
    fn days_of_reports_stay_bounded() {
        let mut trail = ChargeTrail::default();
        (0..100_000).for_each(|i| trail.reported(at(i * 10), 0.5));
        assert!(trail.between(at(0), at(1_000_000)).len() <= VALUES);
        assert!(trail.at(at(999_990), 60).is_some());
    }
}
