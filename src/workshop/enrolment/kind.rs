//! What a unit can be, and what is declared of it.

use serde::{Deserialize, Serialize};

use crate::power::{Asset, Available};

/// A declared quantity of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// As a fleet file names it.
    pub key: &'static str,
    /// As people name it, with its unit.
    pub label: &'static str,
    /// What a middling asset of its kind has.
    pub usual: &'static str,
}

const fn quantity(key: &'static str, label: &'static str, usual: &'static str) -> Quantity {
    Quantity { key, label, usual }
}

/// What a unit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssetKind {
    /// A battery.
    #[default]
    Battery,
    /// An engine or turbine.
    Generator,
    /// Demand that can be turned down.
    TurnDown,
    /// Heat pumps of many homes.
    HeatPumps,
    /// Many charge points.
    EvHub,
    /// A solar farm.
    Solar,
    /// A wind farm.
    Wind,
}

impl AssetKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Battery,
        Self::Generator,
        Self::TurnDown,
        Self::HeatPumps,
        Self::EvHub,
        Self::Solar,
        Self::Wind,
    ];

    /// As a fleet file names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::Generator => "generator",
            Self::TurnDown => "turn_down",
            Self::HeatPumps => "heat_pumps",
            Self::EvHub => "ev_hub",
            Self::Solar => "solar",
            Self::Wind => "wind",
        }
    }

    /// As people name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Battery => "Battery",
            Self::Generator => "Generator",
            Self::TurnDown => "Demand turn-down",
            Self::HeatPumps => "Heat pumps",
            Self::EvHub => "EV hub",
            Self::Solar => "Solar",
            Self::Wind => "Wind",
        }
    }

    /// What is declared of it.
    pub fn quantities(self) -> &'static [Quantity] {
        const UP: Quantity = quantity("ramp_up_kw_per_min", "Ramp up, kW per min", "500");
        const DOWN: Quantity = quantity("ramp_down_kw_per_min", "Ramp down, kW per min", "500");
        const DELAY: Quantity = quantity("delay_s", "Delay, s", "2");
        const SEED: Quantity = quantity("seed", "Seed of what happens", "1");
        const REBOUND: [Quantity; 2] = [
            quantity("rebound_share", "Rebound, share of the energy, 0 to 1", "0.5"),
            quantity("rebound_min", "Rebound over, min", "60"),
        ];
        const OUTPUT: Quantity = quantity("max_kw", "Output up to, kW", "1000");
        match self {
            Self::Battery => {
                &const {
                    [
                        quantity("max_discharge_kw", "Discharge up to, kW", "1000"),
                        quantity("max_charge_kw", "Charge up to, kW", "1000"),
                        quantity("capacity_kwh", "Capacity, kWh", "2000"),
                        UP,
                        DOWN,
                        DELAY,
                        quantity("discharge_efficiency", "Discharge efficiency, 0 to 1", "0.94"),
                        quantity("charge_efficiency", "Charge efficiency, 0 to 1", "0.94"),
                        quantity("min_soc", "Least charge, 0 to 1", "0.05"),
                        quantity("max_soc", "Greatest charge, 0 to 1", "0.95"),
                        quantity("initial_soc", "Charge at start, 0 to 1", "0.8"),
                        quantity("idling_loss_kw", "Takes for itself, kW", "0"),
                    ]
                }
            }
            Self::Generator => {
                &const {
                    [
                        OUTPUT,
                        quantity("min_stable_kw", "Least stable output, kW", "300"),
                        quantity("start_delay_s", "Start and synchronise, s", "120"),
                        quantity("min_run_min", "Runs for at least, min", "0"),
                        quantity("min_rest_min", "Rests for at least, min", "0"),
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
            Self::TurnDown => {
                &const {
                    [
                        quantity("max_turn_down_kw", "Turn down up to, kW", "500"),
                        quantity("max_duration_min", "At most for, min", "120"),
                        REBOUND[0],
                        REBOUND[1],
                        quantity("interval_min", "Between two, at least, min", "0"),
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
            Self::HeatPumps => {
                &const {
                    [
                        quantity("max_turn_down_kw", "Turn down up to, kW", "500"),
                        quantity("max_pre_heat_kw", "Heat ahead by up to, kW", "200"),
                        quantity("comfort_kwh", "Warmth to spare, kWh", "600"),
                        quantity("pre_heat_kwh", "Warmth ahead, kWh", "200"),
                        quantity("min_off_min", "Compressors stay off, min", "3"),
                        REBOUND[0],
                        REBOUND[1],
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
            Self::EvHub => {
                &const {
                    [
                        quantity("charge_points", "Charge points", "60"),
                        quantity("point_kw", "Each, kW", "7"),
                        quantity("connection_kw", "Connection, kW", "200"),
                        quantity("step_kw", "Step of load, kW", "1.4"),
                        DELAY,
                        quantity("random_delay_s", "Random delay up to, s", "600"),
                        quantity("sessions_per_week", "Sessions of each, a week", "3"),
                        quantity("arrive", "Vehicles arrive about, London", "18:00"),
                        quantity("arrive_spread_min", "Sooner or later by, min", "120"),
                        quantity("stay_hours", "They stay for, hours", "10"),
                        quantity("session_kwh", "They take, kWh", "14"),
                        SEED,
                    ]
                }
            }
            Self::Solar => &const { [OUTPUT, UP, DOWN, DELAY, SEED] },
            Self::Wind => {
                &const { [OUTPUT, UP, DOWN, DELAY, SEED, quantity("mean_m_per_s", "Mean wind, m/s", "7")] }
            }
        }
    }

    /// What an asset is.
    pub fn of(asset: &Asset) -> Self {
        match asset {
            Asset::Battery(_) => Self::Battery,
            Asset::Generator(_) => Self::Generator,
            Asset::TurnDown(_) => Self::TurnDown,
            Asset::HeatPumps(_) => Self::HeatPumps,
            Asset::EvHub(_) => Self::EvHub,
            Asset::Renewable(farm) => match farm.available {
                Available::Sun { .. } | Available::Daily { is_windy: false, .. } => Self::Solar,
                Available::Wind { .. } | Available::Daily { is_windy: true, .. } => Self::Wind,
            },
        }
    }

    pub(super) fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default()
    }
}
