//! Asset kinds: declared physics and present state.

use serde::{Deserialize, Serialize};

/// A battery behind an inverter. Its net power is the inverter's, less nothing: losses are in the efficiencies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Battery {
    /// Greatest discharge, kW (> 0).
    pub max_discharge_kw: f64,
    /// Greatest charge, kW (> 0).
    pub max_charge_kw: f64,
    /// Usable energy from empty to full, kWh.
    pub capacity_kwh: f64,
    /// kWh at the terminals per kWh taken out of the store, 0 to 1.
    pub discharge_efficiency: f64,
    /// kWh into the store per kWh at the terminals, 0 to 1.
    pub charge_efficiency: f64,
    /// Least state of charge that it goes to, 0 to 1.
    pub min_soc: f64,
    /// Greatest state of charge that it goes to, 0 to 1.
    pub max_soc: f64,
    /// State of charge at the start, 0 to 1.
    pub initial_soc: f64,
    /// Seconds from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute, upwards (towards export).
    pub ramp_up_kw_per_min: f64,
    /// kW per minute, downwards.
    pub ramp_down_kw_per_min: f64,
}

/// An engine or turbine: nothing below its minimum stable level but off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Greatest output, kW.
    pub max_kw: f64,
    /// Least output while running, kW.
    pub min_stable_kw: f64,
    /// Seconds from instruction to synchronised at the minimum stable level, from standstill.
    pub start_delay_s: f64,
    /// Seconds from instruction to first movement while running.
    pub delay_s: f64,
    /// kW per minute upwards while running.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute downwards while running.
    pub ramp_down_kw_per_min: f64,
}

/// Demand that can be turned down for a while and comes back afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnDown {
    /// Greatest reduction below baseline, kW (> 0).
    pub max_turn_down_kw: f64,
    /// Seconds from instruction to first movement.
    pub delay_s: f64,
    /// kW per minute of reduction.
    pub ramp_up_kw_per_min: f64,
    /// kW per minute of return.
    pub ramp_down_kw_per_min: f64,
    /// Longest reduction, minutes.
    pub max_duration_min: f64,
    /// Share of the shed energy that comes back, 0 to 1.
    pub rebound_share: f64,
    /// Minutes over which it comes back, evenly.
    pub rebound_min: f64,
}

/// A dispatch unit's declared physics. In files: `kind = "battery"`, `"generator"` or `"turn_down"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Asset {
    /// Stores energy.
    Battery(Battery),
    /// Makes it.
    Generator(Generator),
    /// Leaves it be.
    TurnDown(TurnDown),
}

/// Where an asset stands at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetState {
    /// Net kW.
    pub kw: f64,
    /// State of charge, 0 to 1, for a battery.
    pub soc: Option<f64>,
    /// Whether a generator is synchronised.
    pub running: bool,
    /// Seconds of reduction used in the present event, for turn-down.
    pub shed_s: f64,
    /// kWh shed in the present event and not yet paid back by rebound, for turn-down.
    pub shed_kwh: f64,
    /// Held still by an emergency stop.
    pub inhibited: bool,
}

impl Asset {
    /// Where it stands before anything was asked, at `baseline_kw`.
    pub fn initial_state(&self, _baseline_kw: f64) -> AssetState {
        todo!()
    }

    /// Least and greatest net kW while the baseline is at `baseline_kw`.
    pub fn limits_kw(&self, _baseline_kw: f64) -> (f64, f64) {
        todo!()
    }

    /// kW per second upwards and downwards.
    pub fn ramps_kw_per_s(&self) -> (f64, f64) {
        todo!()
    }

    /// Seconds from instruction to first movement in this state.
    pub fn delay_s(&self, _state: &AssetState) -> f64 {
        todo!()
    }

    /// `battery`, `generator`, `turn-down`: for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Battery(_) => "battery",
            Self::Generator(_) => "generator",
            Self::TurnDown(_) => "turn-down",
        }
    }

    /// Every declared number that cannot be, as field and sentence.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        todo!()
    }
}
