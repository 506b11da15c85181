//! State of charge over a session, as it was reported.

use super::marks::seconds;
use crate::power::{Reading, Series};
use crate::time::UtcTime;

/// Seconds between two values that are kept.
const EVERY_S: f64 = 30.0;
/// How many values are kept at the most: a day and a half of them, the oldest going some hours at a time.
const VALUES: usize = 4320;

/// State of charge, 0 to 1, at the instants at which it was reported; at most one each half minute. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct ChargeTrail {
    /// The charge in the place of power.
    values: Series,
}

impl ChargeTrail {
    /// A value was reported. One that is no number, or not later than the last by half a minute, is left out.
    pub fn reported(&mut self, at: UtcTime, soc: f64) {
        let at = seconds(at);
        if self.values.last().is_some_and(|last| at - last.at < EVERY_S) {
            return;
        }
        self.values.push(Reading { at, kw: soc });
        self.values.shorten_to(VALUES);
    }

    /// A trail of these values, with the charge in the place of power, as [`ChargeTrail::values`] gave them.
    pub fn of(values: Series) -> Self {
        Self { values }
    }

    /// The values, with the charge in the place of power.
    pub fn values(&self) -> &Series {
        &self.values
    }

    /// The values from `from` to `to`, both included, oldest first.
    pub fn between(&self, from: UtcTime, to: UtcTime) -> impl Iterator<Item = (UtcTime, f64)> + '_ {
        let values = self.values.range(seconds(from), seconds(to));
        values.map(|value| (UtcTime::from_unix(whole(value.at)), value.kw))
    }

    /// The last value reported within `within_s` seconds up to an instant.
    pub fn at(&self, at: UtcTime, within_s: i64) -> Option<f64> {
        self.between(at - within_s, at).last().map(|(_, soc)| soc)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit an i64")]
fn whole(at: f64) -> i64 {
    at.floor() as i64
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
        let values: Vec<(UtcTime, f64)> = trail.between(at(0), at(90)).collect();
        assert_eq!(values, [(at(0), 0.8), (at(30), 0.78), (at(90), 0.76)]);
        assert_eq!(trail.at(at(70), 120), Some(0.78));
        assert_eq!(trail.at(at(1000), 120), None);
        assert_eq!(trail.at(at(-1), 120), None);
        assert_eq!(trail.between(at(90), at(0)).count(), 0);
    }

    #[test]
    fn days_of_reports_stay_bounded() {
        let mut trail = ChargeTrail::default();
        (0..100_000).for_each(|i| trail.reported(at(i * 10), 0.5));
        let kept = trail.between(at(0), at(1_000_000)).count();
        assert!((VALUES - 256..=VALUES).contains(&kept), "{kept}");
        assert!(trail.at(at(999_990), 60).is_some());
    }
}
