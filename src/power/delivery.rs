//! How well a dispatch was delivered, from what was asked and what was metered.

use crate::dispatch::Dispatch;

use super::{Baseline, Series};

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
    /// delivered ÷ asked, 0 to 1; `None` when nothing was asked or metered.
    pub ratio: Option<f64>,
    /// Payment factor by the Flexible Power rule: 1 from 0.95, then 3 % less per 1 % short, never below 0.
    pub payment_factor: Option<f64>,
    /// kWh of rebound in the hour after the window (positive = against the direction asked).
    pub rebound_kwh: Option<f64>,
    /// Seconds from a stop to back at baseline.
    pub stopped_after_s: Option<f64>,
}

/// Marks a dispatch through its revisions, each with the instant from which it counts (seconds of UTC, ascending);
/// `baseline` is the contract's. `None` for a dispatch that asks no real power.
pub fn score(
    _revisions: &[(f64, &Dispatch)],
    _baseline: &Baseline,
    _observed: &Observed,
) -> Option<Scorecard> {
    todo!()
}
