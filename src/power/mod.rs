//! Curves, ramps, baselines, asset physics, prediction and delivery scoring. Pure: no clock, no I/O.
//!
//! Power is net kW at the connection point, generation convention (positive = export). Instants are seconds of UTC
//! since 1970 as `f64`; energy is kWh with the sign of the power.

pub mod asset;
mod baseline;
mod bounds;
mod change;
mod curve;
mod delivery;
mod instruction;
mod meter;
mod prediction;
pub mod reactive;
mod series;
#[cfg(test)]
mod testing;

pub use asset::{
    Asset, AssetState, Available, Battery, EvHub, Generator, HeatPumps, Renewable, Shortage, TurnDown,
    UnderWay, Vehicle,
};
pub use baseline::{Baseline, Days, Historical, HistoryFault, Nominated, Weekly};
pub use change::largest_change;
pub use curve::Curve;
pub use delivery::{
    FlexiblePower, HalfHourScore, LEAST_TOLERANCE_KW, MinuteScore, Observed, OneSided, PaymentFactors,
    PaymentRules, Scorecard, SetpointScore, TOLERANCE, Transition, score, score_by_minute, tolerance_kw,
};
pub use instruction::{Follow, Instruction, Target};
pub use meter::{Meter, Metered};
pub use prediction::{
    Envelope, FullSteps, Mark, Miss, Plan, StepResponse, UnitPhase, envelope, plan, step_response,
};
pub use series::{Reading, Series, SeriesChange};

/// Whole seconds of UTC as the `f64` that curves are drawn over.
#[expect(clippy::cast_precision_loss, reason = "seconds of years 1 to 9999 are far below 2^53")]
fn seconds(unix: i64) -> f64 {
    unix as f64
}
