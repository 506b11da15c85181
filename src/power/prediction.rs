//! What a unit will do: its exact curve for an instruction, and how far it could go.

use super::{Asset, AssetState, Baseline, Curve, Instruction};

/// What a unit is doing (domain model of the unit state machine).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitPhase {
    /// At baseline, nothing asked.
    Off,
    /// Starting: its delay runs.
    Starting,
    /// Moving to a level.
    Ramping,
    /// At a level.
    Holding,
    /// Going back to baseline.
    Returning,
    /// Taking back the energy that was shed.
    Rebound,
    /// Held still after an emergency stop.
    Inhibited,
    /// Has no more energy or time to give.
    Exhausted,
}

impl UnitPhase {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Off,
        Self::Starting,
        Self::Ramping,
        Self::Holding,
        Self::Returning,
        Self::Rebound,
        Self::Inhibited,
        Self::Exhausted,
    ];

    /// As heartbeats write it: `OFF`, `STARTING`, ….
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Starting => "STARTING",
            Self::Ramping => "RAMPING",
            Self::Holding => "HOLDING",
            Self::Returning => "RETURNING",
            Self::Rebound => "REBOUND",
            Self::Inhibited => "INHIBITED",
            Self::Exhausted => "EXHAUSTED",
        }
    }

    /// Reads it back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

/// From this instant on the unit is in this phase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Seconds of UTC.
    pub at: f64,
    /// The phase that begins.
    pub phase: UnitPhase,
}

/// A destination that is not delivered as asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Miss {
    /// Index into the instruction's targets.
    pub target: usize,
    /// kW short at its time (absolute).
    pub short_kw: f64,
    /// Seconds late; `None` when the level is never reached.
    pub late_s: Option<f64>,
    /// kWh short until the next target or the end.
    pub short_kwh: f64,
    /// Why, in words: `ramp`, `energy`, `rating`, ….
    pub because: &'static str,
}

/// A unit's exact future under one instruction, in closed form between events.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Net kW from the instant of planning on.
    pub curve: Curve,
    /// State of charge (0 to 1) at the breakpoints of the net power, where the asset has one. It is piecewise
    /// quadratic during ramps: use [`Plan::state_at`] for exact values.
    pub soc: Option<Curve>,
    /// Phases in time order; the first begins at the instant of planning.
    pub marks: Vec<Mark>,
    /// Destinations that will be missed, in order; empty when all is delivered.
    pub misses: Vec<Miss>,
}

impl Plan {
    /// The unit's whole state at an instant, to plan anew from.
    pub fn state_at(&self, _t: f64) -> AssetState {
        todo!()
    }

    /// The phase at an instant.
    pub fn phase_at(&self, _t: f64) -> UnitPhase {
        todo!()
    }
}

/// Plans a unit's future from `from` on: `state` is where it stands at `from`. `None` for the instruction means that
/// nothing is asked: the unit returns to, or stays at, baseline. The curve covers at least until `until`.
pub fn plan(
    _asset: &Asset,
    _baseline: &Baseline,
    _state: &AssetState,
    _instruction: Option<&Instruction>,
    _from: f64,
    _until: f64,
) -> Plan {
    todo!()
}

/// How far a unit could go from where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The most net kW reachable at each instant.
    pub upper: Curve,
    /// The least.
    pub lower: Curve,
}

/// The levels that the unit can be delivering at each instant from `from` to `until`, instructed at `from`: delay,
/// ramps, limits and, for what must be held for one minute, energy.
pub fn envelope(
    _asset: &Asset,
    _baseline: &Baseline,
    _state: &AssetState,
    _from: f64,
    _until: f64,
) -> Envelope {
    todo!()
}
