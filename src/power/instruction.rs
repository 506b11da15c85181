//! What a unit's controller is following: a dispatch reduced to destinations in net kW.

use crate::dispatch::{Dispatch, Revision};

use super::{Baseline, Curve};

/// How a unit follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Be at each level at its time.
    Schedule,
    /// Go to the first level at once, then as scheduled.
    Now,
    /// Return to baseline at the declared ramp.
    Stop,
    /// Cease as fast as physically possible, stay inhibited.
    EmergencyStop,
}

/// One destination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// When to be there, seconds of UTC.
    pub at: f64,
    /// Net kW.
    pub kw: f64,
}

/// A dispatch reduced to what moves the unit. Real power only; PRE_NOTIFY gives none.
#[derive(Clone, Debug, PartialEq)]
pub struct Instruction {
    /// How.
    pub follow: Follow,
    /// Start of the service window, seconds of UTC.
    pub start: f64,
    /// End of the window: the unit leaves for baseline then.
    pub end: f64,
    /// Destinations in time order; none for stops.
    pub targets: Vec<Target>,
    /// The revision followed.
    pub revision: Revision,
}

impl Instruction {
    /// From a dispatch; DELTA levels are added to the baseline at their instants. `None` for PRE_NOTIFY and for a
    /// dispatch of reactive power alone.
    pub fn of(_dispatch: &Dispatch, _baseline: &Baseline) -> Option<Self> {
        todo!()
    }

    /// What was asked as a curve of net kW from `from` to `to`: baseline outside the window and before the first
    /// target, then each level as a step at its time, following the baseline for DELTA levels. Each revision counts
    /// from the instant given with it (seconds of UTC, ascending) until the next one's; after a stop it is baseline.
    pub fn asked_curve(_revisions: &[(f64, &Dispatch)], _baseline: &Baseline, _from: f64, _to: f64) -> Curve {
        todo!()
    }
}
