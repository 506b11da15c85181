//! What was asked and metered, minute by minute.

use crate::power::{Curve, Series};

/// A whole minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Minute {
    /// Its end, seconds of UTC.
    pub(super) end: f64,
    /// Mean net kW asked.
    pub(super) asked: f64,
    /// Least and greatest net kW asked within it; a step at its end is within.
    pub(super) asked_between: (f64, f64),
    /// Greatest change from baseline asked within it, kW.
    pub(super) greatest_change: f64,
    /// Mean net kW of the baseline.
    pub(super) baseline: f64,
    /// Mean net kW metered.
    pub(super) metered: Option<f64>,
}

/// Within this share of the change asked is delivered.
pub const TOLERANCE: f64 = 0.05;
/// Within this of what was asked is delivered, whatever the share, kW.
pub const LEAST_TOLERANCE_KW: f64 = 1.0;
/// Seconds in a minute.
pub(super) const MINUTE: f64 = 60.0;

/// The deviation that is tolerated of a change from baseline asked, kW: 5 % of it, at least 1 kW.
pub fn tolerance_kw(change: f64) -> f64 {
    (TOLERANCE * change.abs()).max(LEAST_TOLERANCE_KW)
}

impl Minute {
    /// Change from baseline asked, kW.
    pub(super) fn asked_change(&self) -> f64 {
        self.asked - self.baseline
    }

    /// Change from baseline metered, kW.
    pub(super) fn change(&self) -> Option<f64> {
        Some(self.metered? - self.baseline)
    }

    /// Whether what was metered is what was asked.
    pub(super) fn is_within_tolerance(&self) -> Option<bool> {
        let within = tolerance_kw(self.greatest_change);
        let (least, most) = self.asked_between;
        self.metered.map(|kw| kw >= least - within && kw <= most + within)
    }

    /// Its beginning, seconds of UTC.
    pub(super) fn start(&self) -> f64 {
        self.end - MINUTE
    }
}

/// Curves and readings over which minutes are taken.
pub(super) struct Meter<'a> {
    pub(super) asked: &'a Curve,
    pub(super) baseline: &'a Curve,
    pub(super) readings: &'a Series,
    /// A step then or later is no setpoint but the end of the window.
    pub(super) window_end: f64,
}

impl Meter<'_> {
    /// The whole minutes within a time, in order.
    pub(super) fn minutes(&self, from: f64, to: f64) -> impl Iterator<Item = Minute> + '_ {
        let first = whole_minute_from(from) + MINUTE;
        let ends =
            std::iter::successors(Some(first), |end| Some(end + MINUTE)).take_while(move |end| *end <= to);
        ends.map(|end| self.minute(end))
    }

    /// When the first whole minute from an instant on begins that has a reading.
    pub(super) fn first_metered_minute(&self, from: f64) -> Option<f64> {
        let from = whole_minute_from(from);
        let first = self.readings.range(from, f64::MAX).find(|reading| reading.at > from)?;
        Some(whole_minute_from(first.at) - MINUTE)
    }

    fn minute(&self, end: f64) -> Minute {
        let start = end - MINUTE;
        let mean = |curve: &Curve| curve.integral_hours(start, end) * 3600.0 / MINUTE;
        let mut asked_between = (f64::INFINITY, f64::NEG_INFINITY);
        let mut greatest_change = 0.0_f64;
        let mut see = |asked: f64, baseline: f64| {
            asked_between = (asked_between.0.min(asked), asked_between.1.max(asked));
            greatest_change = greatest_change.max((asked - baseline).abs());
        };
        see(self.asked.at(start), self.baseline.at(start));
        for step in self.asked.steps_within(start, end) {
            see(self.asked.just_before(step), self.baseline.just_before(step));
            if step < self.window_end {
                see(self.asked.at(step), self.baseline.at(step));
            }
        }
        Minute {
            end,
            asked: mean(self.asked),
            asked_between,
            greatest_change,
            baseline: mean(self.baseline),
            metered: self.metered(start, end),
        }
    }

    /// The mean of the readings of a minute: one, as a rule.
    fn metered(&self, start: f64, end: f64) -> Option<f64> {
        let of_minute = self.readings.range(start, end).filter(|reading| reading.at > start);
        let (sum, count) = of_minute.fold((0.0, 0.0), |(sum, count), r| (sum + r.kw, count + 1.0));
        (count > 0.0).then(|| sum / count)
    }
}

/// The first instant from `t` on at which a minute of UTC begins.
pub(super) fn whole_minute_from(t: f64) -> f64 {
    (t / MINUTE).ceil() * MINUTE
}
