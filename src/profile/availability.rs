//! What an FSP declares of a unit day by day, as a fleet file has it: windows of London local time.

use std::fmt::Write as _;

use super::fleet::Unit;
use crate::dispatch::availability::{HALF_HOUR_S, Offer};
use crate::time::{UtcTime, london_minute};
use crate::units::{Watts, grouped};

/// Minutes of a London day on which the clocks do not change.
pub const DAY_MINUTES: u16 = 1440;

/// When a unit is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Availability {
    /// Its whole range, always.
    #[default]
    Always,
    /// In these windows of every day, and not at all outside of them; in order, none over another.
    Windows(Vec<Window>),
}

/// Half-hours of a London day, from one local time until before another. On the two days when the clocks change it is
/// what a clock in London shows that counts: an hour that comes twice is offered twice, one that is skipped is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Minutes since local midnight, a multiple of 30.
    pub from: u16,
    /// The same, greater; [`DAY_MINUTES`] is the midnight at the day's end.
    pub to: u16,
    /// How much is offered.
    pub limits: Limits,
}

/// How much of a unit is offered; all that it can do on a side without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// At most so much more export or less import than baseline.
    pub up: Option<Watts>,
    /// At most so much less export or more import than baseline.
    pub down: Option<Watts>,
}

impl Limits {
    /// Nothing either way.
    pub const NOTHING: Self = Self { up: Some(Watts(0)), down: Some(Watts(0)) };
}

impl Availability {
    /// How much is offered in the half-hour that begins at `half_hour`.
    pub fn limits(&self, half_hour: UtcTime) -> Limits {
        let Self::Windows(windows) = self else { return Limits::default() };
        let minute = london_minute(half_hour);
        let window = windows.iter().find(|window| window.from <= minute && minute < window.to);
        window.map_or(Limits::NOTHING, |window| window.limits)
    }

    /// For people: `always`, `16:00 to 20:00 up to 500 kW up`.
    pub fn words(&self) -> String {
        let Self::Windows(windows) = self else { return "always, its whole range".to_owned() };
        if windows.is_empty() {
            return "never".to_owned();
        }
        windows.iter().map(Window::words).collect::<Vec<_>>().join("; ")
    }
}

impl Window {
    fn words(&self) -> String {
        let mut text = format!("{} to {}", clock_text(self.from), clock_text(self.to));
        for (limit, side) in [(self.limits.up, "up"), (self.limits.down, "down")] {
            if let Some(watts) = limit {
                let _ = write!(text, ", at most {} kW {side}", grouped(watts.kilowatts(), 0));
            }
        }
        text
    }
}

/// Minutes of a day as `16:30`.
pub fn clock_text(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl Unit {
    /// What it offers under these limits in the half-hour that begins at `half_hour`, within what it can do over its
    /// baseline.
    pub fn offer(&self, limits: Limits, half_hour: UtcTime) -> Offer {
        let whole = self.whole_range(half_hour);
        let least = |limit: Option<Watts>, whole: Watts| limit.map_or(whole, |limit| limit.min(whole));
        Offer { up: least(limits.up, whole.up), down: least(limits.down, whole.down) }
    }

    /// All that it can do in a half-hour. Where its baseline moves, that is what it can do at the best moment: its
    /// rating says what it can do at any other.
    fn whole_range(&self, half_hour: UtcTime) -> Offer {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
        let (from, to) = (half_hour.unix() as f64, (half_hour.unix() + HALF_HOUR_S) as f64);
        let curve = self.baseline.curve(from, to);
        let instants = std::iter::once(from).chain(curve.steps()).filter(|t| *t < to);
        let mut whole = Offer::NOTHING;
        for t in instants {
            let baseline_kw = self.baseline.at(t);
            let (least, most) = self.asset.limits_kw(baseline_kw);
            let watts = |kw: f64| Watts::from_kilowatts(kw.max(0.0)).unwrap_or_default();
            whole.up = whole.up.max(watts(most - baseline_kw));
            whole.down = whole.down.max(watts(baseline_kw - least));
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::power::Baseline;
    use crate::profile::fleet::FleetProfile;

    fn unit() -> Unit {
        FleetProfile::demo().unit(&"BRIGHTFLEX/BESS-07".parse().unwrap()).unwrap().clone()
    }

    /// How many half-hours from `from` to `to` are offered 200 kW up.
    fn offered(availability: &Availability, from: &str, to: &str) -> usize {
        let (from, to): (UtcTime, UtcTime) = (from.parse().unwrap(), to.parse().unwrap());
        let half_hours = (0..to.since(from) / HALF_HOUR_S).map(|n| from + n * HALF_HOUR_S);
        half_hours.filter(|at| unit().offer(availability.limits(*at), *at).up == Watts(200_000)).count()
    }

    #[test]
    fn a_window_holds_by_the_clock_in_london_on_days_of_46_48_and_50_half_hours() {
        let limits = Limits { up: Some(Watts(200_000)), down: Some(Watts(0)) };
        let window = |from, to| Availability::Windows(vec![Window { from, to, limits }]);
        for (from, to, day, count) in [
            (960, 1200, ("2026-11-26T00:00:00Z", "2026-11-27T00:00:00Z"), 8),
            (960, 1200, ("2026-06-30T23:00:00Z", "2026-07-01T23:00:00Z"), 8),
            (0, DAY_MINUTES, ("2027-03-28T00:00:00Z", "2027-03-28T23:00:00Z"), 46),
            (60, 120, ("2027-03-28T00:00:00Z", "2027-03-28T23:00:00Z"), 0),
            (60, 120, ("2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z"), 4),
            (0, DAY_MINUTES, ("2027-10-30T23:00:00Z", "2027-11-01T00:00:00Z"), 50),
        ] {
            assert_eq!(offered(&window(from, to), day.0, day.1), count, "{from} to {to} on {}", day.0);
        }
        let evening = "2026-11-26T17:00:00Z".parse().unwrap();
        assert_eq!(window(0, 60).limits(evening), Limits::NOTHING, "nothing outside of the windows");
        assert_eq!(Availability::Windows(Vec::new()).limits(evening), Limits::NOTHING);
    }

    #[test]
    fn nothing_is_offered_beyond_what_the_unit_can_do_over_its_baseline() {
        let half_hour: UtcTime = "2026-11-26T17:00:00Z".parse().unwrap();
        let mut unit = unit();
        let kw = |offer: Offer| (offer.up.0 / 1000, offer.down.0 / 1000);
        let much = Limits { up: Some(Watts(9_000_000)), down: None };
        assert_eq!(kw(unit.offer(Limits::default(), half_hour)), (2500, 2500));
        assert_eq!(kw(unit.offer(much, half_hour)), (2500, 2500));
        unit.baseline = Baseline::Fixed { kw: -500.0 };
        assert_eq!(kw(unit.offer(Limits::default(), half_hour)), (3000, 2000));
        unit.baseline = Baseline::Daily { points: vec![("00:00".into(), 0.0), ("17:20".into(), -400.0)] };
        assert_eq!(kw(unit.offer(Limits::default(), half_hour)), (2900, 2500), "from its better moment");
    }
}
