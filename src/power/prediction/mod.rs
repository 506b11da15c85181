//! What a unit will do: its exact curve for an instruction, and how far it could go.
//!
//! Read in this order: [`phase`] what it is called at each instant, [`route`] the levels to be at and when, [`unit`]
//! the physics of each kind in closed form, [`nature`] what lies beneath a limit, [`walk`] from event to event along a route, [`plan`] and
//! [`envelope`], [`step`] what a plan comes to when one level is asked at once.

mod envelope;
mod miss;
mod nature;
mod phase;
mod plan;
mod route;
mod step;
#[cfg(test)]
mod tests;
mod unit;
mod walk;

pub use envelope::{Envelope, envelope};
pub use miss::Miss;
pub use phase::{Mark, UnitPhase};
pub use plan::{Plan, plan};
pub use step::{FullSteps, StepResponse, step_response};

/// Levels nearer than this are the same, kW.
const NEAR_KW: f64 = 1e-7;
/// Instants nearer than this are the same, seconds: four steps of an `f64` that counts seconds since 1970.
const NEAR_S: f64 = 1e-6;
/// An envelope promises a level for as long as this, seconds.
const HELD_S: f64 = 60.0;
