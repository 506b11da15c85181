//! Parts shared by every plot of power over time.

pub mod axis;
pub mod chart;
pub mod curves;
pub mod handle;
pub mod hatch;
pub mod instant;
pub mod labels;
pub mod legend;
pub mod range;
pub mod strata;
