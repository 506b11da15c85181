//! Curves, ramps, baselines, asset physics, prediction and delivery scoring. Pure: no clock, no I/O.
//!
//! Power is net kW at the connection point, generation convention (positive = export). Instants are seconds of UTC
//! since 1970 as `f64`; energy is kWh with the sign of the power.

pub mod asset;
mod baseline;
mod curve;
mod delivery;
mod instruction;
mod prediction;
mod series;

pub use asset::{Asset, AssetState, Battery, Generator, TurnDown};
pub use baseline::Baseline;
pub use curve::Curve;
pub use delivery::{Observed, Scorecard, SetpointScore, score};
pub use instruction::{Follow, Instruction, Target};
pub use prediction::{Envelope, Mark, Miss, Plan, UnitPhase, envelope, plan};
pub use series::{Reading, Series};
