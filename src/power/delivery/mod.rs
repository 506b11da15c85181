//! How well a dispatch was delivered, from what was asked and what was metered.
//!
//! Everything is judged minute by minute, as it is metered: a reading is the mean of the minute that ends at its
//! time, and is held against the exact mean of the same minute of what was asked ([`super::Instruction::asked_curve`]).
//! Whole minutes of the window alone count, so that a unit which leaves early to be at its level in time, as it
//! should, is neither paid nor blamed for it.

#[cfg(test)]
mod clock_changes;
mod half_hours;
mod minutes;
mod payment;
mod score;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use minutes::{LEAST_TOLERANCE_KW, TOLERANCE, tolerance_kw};
pub use payment::{FlexiblePower, OneSided, PaymentFactors, PaymentRules, Transition};
pub use score::{score, score_by_minute};

use super::Series;

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

/// One whole minute of the window as it is marked. Its energies are its powers ÷ 60: summed over the minutes, `over_kw`
/// makes [`Scorecard::over_kwh`], and `short_kw` what the metered minutes lack of what they asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MinuteScore {
    /// Its end, seconds of UTC.
    pub end: f64,
    /// Mean net kW asked.
    pub asked_kw: f64,
    /// Mean net kW of the baseline.
    pub baseline_kw: f64,
    /// Mean net kW metered; `None` without a reading.
    pub delivered_kw: Option<f64>,
    /// kW missing in the direction asked, at least 0 and at most what was asked; 0 without a reading.
    pub short_kw: f64,
    /// kW beyond what was asked, at least 0; 0 without a reading.
    pub over_kw: f64,
    /// Within ±5 % of the change asked (at least ±1 kW), as [`Scorecard::minutes_in_tolerance`] counts.
    pub is_within_tolerance: Option<bool>,
}

/// One half-hour of the window, by the minutes of it that were metered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HalfHourScore {
    /// Its start, seconds of UTC: on the hour or half past.
    pub start: f64,
    /// kWh of change asked, at least 0.
    pub asked_kwh: f64,
    /// kWh delivered in the direction asked over the half-hour as a whole, from nothing to what was asked.
    pub delivered_kwh: f64,
    /// Its marked minutes with a reading.
    pub minutes_metered: u32,
    /// Its marked minutes without one.
    pub minutes_missing: u32,
}

impl HalfHourScore {
    /// delivered ÷ asked, 0 to 1; `None` when nothing was asked.
    pub fn share(&self) -> Option<f64> {
        (self.asked_kwh > 1e-9).then(|| self.delivered_kwh / self.asked_kwh)
    }
}

/// One setpoint's mark.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetpointScore {
    /// Seconds of UTC.
    pub at: f64,
    /// Net kW asked.
    pub asked_kw: f64,
    /// Net kW metered in the first whole minute from then, or from the instant at which it was asked when that is
    /// later; `None` when it was not metered.
    pub delivered_kw: Option<f64>,
    /// kW missing in the direction asked; 0 when delivered within tolerance.
    pub missed_by_kw: Option<f64>,
    /// Within ±5 % of the change asked (at least ±1 kW) in that minute.
    pub reached: Option<bool>,
    /// Seconds after `at` at which the first minute within tolerance began; 0 for the first whole minute.
    pub reached_after_s: Option<f64>,
}

/// The marks of one dispatch. Energies are kWh of change against baseline, in the direction asked: positive is what
/// was wanted, whichever way that was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// Seconds from instruction to acknowledgement.
    pub acknowledged_after_s: Option<f64>,
    /// Seconds from the first reading off baseline to the window's start (negative: after it).
    pub moved_before_start_s: Option<f64>,
    /// Each setpoint that was in force; one that a revision carries on at the same level is not counted again.
    pub setpoints: Vec<SetpointScore>,
    /// kWh asked within the marked part of the window.
    pub asked_kwh: f64,
    /// kWh delivered in the direction asked, from nothing to what was asked, minute by minute.
    pub delivered_kwh: f64,
    /// kWh delivered beyond what was asked.
    pub over_kwh: f64,
    /// Minutes within ±5 % of the change asked (at least ±1 kW), of minutes metered. In a minute that ends with a step
    /// of what is asked, or holds one, anything between the two levels is within: the unit has to ramp before it.
    pub minutes_in_tolerance: u32,
    /// Whole minutes metered in the window.
    pub minutes_metered: u32,
    /// Whole minutes of the window without a reading. While it is in progress the last two may still come.
    pub minutes_missing: u32,
    /// delivered ÷ asked over the minutes that were metered, 0 to 1; `None` when there is none that asked anything.
    pub ratio: Option<f64>,
    /// The window's half-hours of UTC that hold a marked minute, in order.
    pub half_hours: Vec<HalfHourScore>,
    /// What is paid of full payment under each rule; `None` as for `ratio`.
    pub payment: Option<PaymentFactors>,
    /// kWh of rebound in the hour after the window (positive = against the direction asked).
    pub rebound_kwh: Option<f64>,
    /// Seconds from a stop to the first whole minute in which the unit no longer delivers.
    pub stopped_after_s: Option<f64>,
}
