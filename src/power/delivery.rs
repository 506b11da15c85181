//! How well a dispatch was delivered, from what was asked and what was metered.

use crate::dispatch::{Dispatch, Setpoint};

use super::{Baseline, Curve, Instruction, Reading, Series};

/// What is known of a dispatch when it is marked.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Readings, mean of the minute that ends at their time.
    pub readings: Series,
    /// Seconds from instruction to Appendix A's acknowledgement.
    pub acknowledged_after_s: Option<f64>,
    /// Marked up to here: seconds of UTC; the end of the window once it has passed.
    pub until: f64,
    /// When a STOP or EMERGENCY_STOP took effect, seconds of UTC.
    pub stopped_at: Option<f64>,
}

/// One setpoint's mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetpointScore {
    /// Seconds of UTC.
    pub at: f64,
    /// Net kW asked.
    pub asked_kw: f64,
    /// Net kW metered in the first whole minute from then; `None` when it was not metered.
    pub delivered_kw: Option<f64>,
    /// kW missing in the direction asked; 0 when delivered within tolerance.
    pub missed_by_kw: Option<f64>,
    /// Within ±5 % of the change asked (at least ±1 kW).
    pub reached: Option<bool>,
    /// Seconds after `at` at which it was first within tolerance.
    pub reached_after_s: Option<f64>,
}

/// The marks of one dispatch. Energies are kWh of change against baseline, in the direction asked: positive is what
/// was wanted, whichever way that was.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorecard {
    /// Seconds from instruction to acknowledgement.
    pub acknowledged_after_s: Option<f64>,
    /// Seconds from the first reading off baseline to the window's start (negative: after it).
    pub moved_before_start_s: Option<f64>,
    /// Each setpoint.
    pub setpoints: Vec<SetpointScore>,
    /// kWh asked within the marked part of the window.
    pub asked_kwh: f64,
    /// kWh delivered in the direction asked, capped at what was asked minute by minute.
    pub delivered_kwh: f64,
    /// kWh delivered beyond what was asked.
    pub over_kwh: f64,
    /// Minutes within ±5 %, of minutes metered.
    pub minutes_in_tolerance: u32,
    /// Whole minutes metered in the window.
    pub minutes_metered: u32,
    /// Whole minutes of the window without a reading.
    pub minutes_missing: u32,
    /// delivered ÷ asked over the minutes that were metered, 0 to 1; `None` when there is none that asked anything.
    pub ratio: Option<f64>,
    /// Payment factor by the Flexible Power rule: 1 from 0.95, then 3 % less per 1 % short, never below 0.
    pub payment_factor: Option<f64>,
    /// kWh of rebound in the hour after the window (positive = against the direction asked).
    pub rebound_kwh: Option<f64>,
    /// Seconds from a stop to back at baseline.
    pub stopped_after_s: Option<f64>,
}

/// Share of the change asked by which a unit may be off and still count as there.
const TOLERANCE: f64 = 0.05;
/// kW by which a unit may always be off.
const LEAST_TOLERANCE_KW: f64 = 1.0;
/// Below this a change is none: kW.
const NOTHING_KW: f64 = 1e-6;
const MINUTE_S: f64 = 60.0;

/// The payment factor of the Flexible Power rule for a share delivered: nothing is lost within 5 %, then 3 % for each
/// 1 % short, and there is nothing left at 61.7 % (theenergyst.com quotes "about 63 %").
pub fn flexible_power_factor(ratio: f64) -> f64 {
    if ratio >= 0.95 { 1.0 } else { (1.0 - 3.0 * (0.95 - ratio)).max(0.0) }
}

/// Marks a dispatch through its revisions, each with the instant from which it counts (seconds of UTC, ascending);
/// `baseline` is the contract's. `None` for a dispatch that asks no real power.
///
/// Only whole minutes of the clock inside the window count, each against the exact mean of what was asked in it. A
/// unit ramps before a setpoint, so whether it is there is judged on the first whole minute from the setpoint on.
pub fn score(revisions: &[(f64, &Dispatch)], baseline: &Baseline, observed: &Observed) -> Option<Scorecard> {
    let (_, last) = revisions.last()?;
    let (start, end) = (seconds(last.service_start), seconds(last.service_end));
    let setpoints = setpoints_in_force(revisions);
    if setpoints.is_empty() {
        return None;
    }
    let marked = Marked {
        asked: Instruction::asked_curve(revisions, baseline, start.min(end), end.max(start)),
        base: baseline.curve(start - 3600.0, end + 3600.0),
        readings: &observed.readings,
        until: observed.until.min(end),
    };
    let minutes = marked.minutes(start);
    let direction =
        minutes.iter().map(|m| m.asked_kw).find(|kw| kw.abs() > NOTHING_KW).map_or(1.0, f64::signum);
    let largest = minutes.iter().map(|m| m.asked_kw.abs()).fold(0.0, f64::max);
    let energy = Energy::of(&minutes);
    Some(Scorecard {
        acknowledged_after_s: observed.acknowledged_after_s,
        moved_before_start_s: marked.first_movement(start, end, largest).map(|at| start - at),
        setpoints: setpoints.iter().map(|s| marked.setpoint(s, &setpoints, baseline)).collect(),
        asked_kwh: energy.asked_kwh,
        delivered_kwh: energy.delivered_kwh,
        over_kwh: energy.over_kwh,
        minutes_in_tolerance: energy.in_tolerance,
        minutes_metered: energy.metered,
        minutes_missing: energy.missing,
        ratio: energy.ratio(),
        payment_factor: energy.ratio().map(flexible_power_factor),
        rebound_kwh: marked.rebound(end, direction),
        stopped_after_s: observed.stopped_at.and_then(|at| marked.back_at_baseline(at, largest)),
    })
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double exactly")]
fn seconds(at: crate::time::UtcTime) -> f64 {
    at.unix() as f64
}

fn tolerance(change_kw: f64) -> f64 {
    (TOLERANCE * change_kw.abs()).max(LEAST_TOLERANCE_KW)
}

/// The setpoints that were in force at their own times: a revision's from the instant at which it counts until the
/// next one's. What lies before the first revision counts is still the first one's.
fn setpoints_in_force(revisions: &[(f64, &Dispatch)]) -> Vec<f64> {
    let mut out = Vec::new();
    for (index, (from, dispatch)) in revisions.iter().enumerate() {
        let from = if index == 0 { f64::NEG_INFINITY } else { *from };
        let until = revisions.get(index + 1).map_or(f64::INFINITY, |(next, _)| *next);
        let asks = |s: &&Setpoint| s.real.is_some();
        let own = dispatch.setpoints.iter().filter(asks).map(|s| seconds(s.at));
        out.extend(own.filter(|at| *at >= from && *at < until));
    }
    out
}

/// One whole minute of the window: changes against baseline, kW.
struct Minute {
    asked_kw: f64,
    delivered_kw: Option<f64>,
}

#[derive(Default)]
struct Energy {
    asked_kwh: f64,
    asked_and_metered_kwh: f64,
    delivered_kwh: f64,
    over_kwh: f64,
    in_tolerance: u32,
    metered: u32,
    missing: u32,
}

impl Energy {
    fn of(minutes: &[Minute]) -> Self {
        let mut energy = Self::default();
        for minute in minutes {
            energy.add(minute);
        }
        energy
    }

    fn add(&mut self, minute: &Minute) {
        let asked = minute.asked_kw.abs();
        self.asked_kwh += asked / 60.0;
        let Some(delivered) = minute.delivered_kw else {
            self.missing += 1;
            return;
        };
        self.metered += 1;
        if asked <= NOTHING_KW {
            return;
        }
        let wanted = delivered * minute.asked_kw.signum();
        self.asked_and_metered_kwh += asked / 60.0;
        self.delivered_kwh += wanted.clamp(0.0, asked) / 60.0;
        self.over_kwh += (wanted - asked).max(0.0) / 60.0;
        if (wanted - asked).abs() <= tolerance(asked) {
            self.in_tolerance += 1;
        }
    }

    fn ratio(&self) -> Option<f64> {
        (self.asked_and_metered_kwh > 0.0).then(|| (self.delivered_kwh / self.asked_and_metered_kwh).min(1.0))
    }
}

/// What was asked and what was metered, side by side.
struct Marked<'a> {
    asked: Curve,
    base: Curve,
    readings: &'a Series,
    until: f64,
}

impl Marked<'_> {
    fn mean(curve: &Curve, from: f64) -> f64 {
        curve.integral_hours(from, from + MINUTE_S) * 3600.0 / MINUTE_S
    }

    /// The reading of the minute that begins at `from`.
    fn reading(&self, from: f64) -> Option<Reading> {
        let end = from + MINUTE_S;
        self.readings.range(end - 1.0, end + 1.0).last()
    }

    /// The change against baseline in the minute that begins at `from`.
    fn change(&self, from: f64) -> Option<f64> {
        self.reading(from).map(|r| r.kw - Self::mean(&self.base, from))
    }

    fn minutes(&self, start: f64) -> Vec<Minute> {
        let mut out = Vec::new();
        let mut from = first_whole_minute(start);
        while from + MINUTE_S <= self.until {
            let asked_kw = Self::mean(&self.asked, from) - Self::mean(&self.base, from);
            out.push(Minute { asked_kw, delivered_kw: self.change(from) });
            from += MINUTE_S;
        }
        out
    }

    fn setpoint(&self, at: &f64, all: &[f64], baseline: &Baseline) -> SetpointScore {
        let asked_kw = self.asked.at(*at);
        let change = asked_kw - baseline.at(*at);
        let allowed = tolerance(change);
        let next = all.iter().copied().find(|t| t > at).unwrap_or(self.until);
        let first = first_whole_minute(*at);
        let delivered_kw = self.reading(first).filter(|_| first + MINUTE_S <= self.until).map(|r| r.kw);
        let sign = if change.abs() > NOTHING_KW { change.signum() } else { 0.0 };
        let missing = |kw: f64| {
            let short = if sign == 0.0 { (asked_kw - kw).abs() } else { (asked_kw - kw) * sign };
            if (asked_kw - kw).abs() <= allowed { 0.0 } else { short.max(0.0) }
        };
        let mut minute = first;
        let mut reached_after_s = None;
        while minute + MINUTE_S <= next.min(self.until) {
            if self.reading(minute).is_some_and(|r| (r.kw - asked_kw).abs() <= allowed) {
                reached_after_s = Some(minute - at);
                break;
            }
            minute += MINUTE_S;
        }
        SetpointScore {
            at: *at,
            asked_kw,
            delivered_kw,
            missed_by_kw: delivered_kw.map(missing),
            reached: delivered_kw.map(|kw| (kw - asked_kw).abs() <= allowed),
            reached_after_s,
        }
    }

    /// The beginning of the first minute in which the unit was off baseline.
    fn first_movement(&self, start: f64, end: f64, largest_kw: f64) -> Option<f64> {
        let off = |r: &Reading| {
            let from = r.at - MINUTE_S;
            (r.kw - Self::mean(&self.base, from)).abs() > tolerance(largest_kw)
        };
        self.readings.range(start - 3600.0, end).find(off).map(|r| r.at - MINUTE_S)
    }

    /// kWh against the direction asked in the hour after the window; `None` when nothing was metered there.
    fn rebound(&self, end: f64, direction: f64) -> Option<f64> {
        let from = first_whole_minute(end);
        let mut minutes =
            (0..59).map(|n| from + f64::from(n) * MINUTE_S).filter_map(|m| self.change(m)).peekable();
        minutes.peek()?;
        Some(minutes.map(|kw| (-kw * direction).max(0.0) / 60.0).sum())
    }

    /// Seconds from a stop to the first minute spent wholly at baseline.
    fn back_at_baseline(&self, stopped_at: f64, largest_kw: f64) -> Option<f64> {
        let at_baseline = |r: &Reading| {
            let from = r.at - MINUTE_S;
            from >= stopped_at && (r.kw - Self::mean(&self.base, from)).abs() <= tolerance(largest_kw)
        };
        let first = self.readings.range(stopped_at, stopped_at + 7200.0).find(at_baseline)?;
        Some(first.at - MINUTE_S - stopped_at)
    }
}

fn first_whole_minute(at: f64) -> f64 {
    (at / MINUTE_S).ceil() * MINUTE_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::{DispatchParts, RealLevel, Reference, Revision, Status};
    use crate::time::UtcTime;
    use crate::units::Watts;

    const START: i64 = 1_795_712_400; // 2026-11-26T17:00:00Z

    fn dispatch(status: Status, revision: u32, levels: &[(i64, i64)]) -> Dispatch {
        let at = |s: i64| UtcTime::from_unix(START + s);
        Dispatch::new(DispatchParts {
            network_operator: "GB-DNO-11".parse().unwrap(),
            dispatch_ref: "R-1".parse().unwrap(),
            revision: Revision::new(revision).unwrap(),
            status,
            contract: "C-1".parse().unwrap(),
            unit: "FSP/UNIT".parse().unwrap(),
            instruction_time: at(-3600),
            service_start: at(0),
            service_end: at(3600),
            setpoints: levels
                .iter()
                .map(|(s, kw)| Setpoint {
                    at: at(*s),
                    real: Some(RealLevel {
                        reference: Reference::Delta,
                        watts: Watts(kw * 1000),
                        price: None,
                    }),
                    reactive: None,
                })
                .collect(),
        })
        .unwrap()
    }

    /// A reading for each minute from the start, by its number.
    fn metered(minutes: std::ops::Range<i64>, kw: impl Fn(i64) -> f64) -> Series {
        let mut series = Series::default();
        for minute in minutes {
            series
                .push(Reading { at: seconds(UtcTime::from_unix(START + (minute + 1) * 60)), kw: kw(minute) });
        }
        series
    }

    fn observed(readings: Series) -> Observed {
        Observed { readings, until: seconds(UtcTime::from_unix(START + 3600)), ..Observed::default() }
    }

    fn marks(readings: Series, levels: &[(i64, i64)]) -> Scorecard {
        let dispatch = dispatch(Status::Run, 1, levels);
        score(&[(0.0, &dispatch)], &Baseline::Fixed { kw: 0.0 }, &observed(readings)).unwrap()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn payment_follows_the_flexible_power_rule() {
        for (ratio, factor) in
            [(1.0, 1.0), (0.95, 1.0), (0.925, 0.925), (0.90, 0.85), (0.80, 0.55), (0.60, 0.0)]
        {
            assert!(close(flexible_power_factor(ratio), factor), "{ratio}");
        }
    }

    #[test]
    fn an_hour_delivered_as_asked_is_whole_in_either_direction() {
        for kw in [600, -600] {
            let card = marks(metered(0..60, |_| f64::from(i32::try_from(kw).unwrap())), &[(0, kw)]);
            assert!(
                close(card.asked_kwh, 600.0) && close(card.delivered_kwh, 600.0) && close(card.over_kwh, 0.0)
            );
            assert_eq!((card.minutes_in_tolerance, card.minutes_metered, card.minutes_missing), (60, 60, 0));
            assert_eq!((card.ratio, card.payment_factor), (Some(1.0), Some(1.0)));
            assert_eq!(
                (card.setpoints[0].reached, card.setpoints[0].reached_after_s),
                (Some(true), Some(0.0))
            );
        }
    }

    #[test]
    fn what_is_short_what_is_over_and_what_goes_the_wrong_way_are_three_things() {
        // Twenty minutes each: 500 of 600, 700 of 600, and 600 the wrong way.
        let kw = |minute: i64| match minute / 20 {
            0 => 500.0,
            1 => 700.0,
            _ => -600.0,
        };
        let card = marks(metered(0..60, kw), &[(0, 600)]);
        assert!(close(card.delivered_kwh, (500.0 + 600.0) / 3.0), "{}", card.delivered_kwh);
        assert!(close(card.over_kwh, 100.0 / 3.0));
        assert!(close(card.ratio.unwrap(), (500.0 + 600.0) / 1800.0));
        assert_eq!(card.minutes_in_tolerance, 0);
        assert_eq!(card.setpoints[0].missed_by_kw, Some(100.0));
    }

    #[test]
    fn a_minute_that_was_not_metered_is_missing_and_not_a_failure() {
        let card = marks(metered(0..45, |_| 600.0), &[(0, 600)]);
        assert_eq!((card.minutes_metered, card.minutes_missing, card.ratio), (45, 15, Some(1.0)));
        assert!(close(card.asked_kwh, 600.0));
        let none = marks(Series::default(), &[(0, 600)]);
        assert_eq!((none.ratio, none.payment_factor, none.setpoints[0].reached), (None, None, None));
    }

    #[test]
    fn a_level_reached_late_says_when() {
        let card = marks(metered(0..60, |m| if m < 7 { 0.0 } else { 600.0 }), &[(0, 600), (1800, 300)]);
        let first = card.setpoints[0];
        assert_eq!(
            (first.reached, first.missed_by_kw, first.reached_after_s),
            (Some(false), Some(600.0), Some(420.0))
        );
        let second = card.setpoints[1];
        // More than asked is not missing.
        assert_eq!(
            (second.reached, second.missed_by_kw, second.reached_after_s),
            (Some(false), Some(0.0), None)
        );
    }

    #[test]
    fn an_amendment_counts_from_its_own_instant_and_a_stop_asks_for_baseline() {
        let one = dispatch(Status::Run, 1, &[(0, 600), (2400, 600)]);
        let two = dispatch(Status::Run, 2, &[(0, 300), (1800, 300)]);
        let stop = dispatch(Status::Stop, 3, &[]);
        let at = |s: i64| seconds(UtcTime::from_unix(START + s));
        let revisions = [(at(-60), &one), (at(1200), &two), (at(2400), &stop)];
        let kw = |m: i64| match m {
            0..20 => 600.0,
            20..41 => 300.0,
            _ => 0.0,
        };
        let mut seen = observed(metered(0..60, kw));
        seen.stopped_at = Some(at(2400));
        let card = score(&revisions, &Baseline::Fixed { kw: 0.0 }, &seen).unwrap();
        assert_eq!(card.setpoints.iter().map(|s| s.asked_kw).collect::<Vec<_>>(), [600.0, 300.0]);
        assert!(close(card.asked_kwh, 200.0 + 100.0), "{}", card.asked_kwh);
        assert_eq!((card.ratio, card.stopped_after_s), (Some(1.0), Some(60.0)));
    }

    #[test]
    fn energy_that_comes_back_afterwards_is_rebound() {
        let card = marks(metered(0..100, |m| if m < 60 { 600.0 } else { -90.0 }), &[(0, 600)]);
        assert!(close(card.rebound_kwh.unwrap(), 60.0), "{:?}", card.rebound_kwh);
        assert_eq!(marks(metered(0..60, |_| 600.0), &[(0, 600)]).rebound_kwh, None);
    }

    #[test]
    fn moving_before_the_start_is_told_by_how_much() {
        let card = marks(metered(-3..60, |m| if m < -2 { 0.0 } else { 600.0 }), &[(0, 600)]);
        assert_eq!(card.moved_before_start_s, Some(120.0));
    }
}
