//! What a unit can be, and what is declared of it.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AssetKind {
    /// A battery.
    #[default]
    Battery,
    /// An engine or turbine.
    Generator,
    /// Demand that can be turned down.
    TurnDown,
}

impl AssetKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Battery, Self::Generator, Self::TurnDown];

    /// As a fleet file names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Battery => "battery",
            Self::Generator => "generator",
            Self::TurnDown => "turn_down",
        }
    }

    /// As people name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Battery => "Battery",
            Self::Generator => "Generator",
            Self::TurnDown => "Demand turn-down",
        }
    }

    /// What is declared of it.
    pub fn quantities(self) -> &'static [Quantity] {
        const UP: Quantity = quantity("ramp_up_kw_per_min", "Ramp up, kW per min", "500");
        const DOWN: Quantity = quantity("ramp_down_kw_per_min", "Ramp down, kW per min", "500");
        const DELAY: Quantity = quantity("delay_s", "Delay, s", "2");
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
                    ]
                }
            }
            Self::Generator => {
                &const {
                    [
                        quantity("max_kw", "Output up to, kW", "1000"),
                        quantity("min_stable_kw", "Least stable output, kW", "300"),
                        quantity("start_delay_s", "Start and synchronise, s", "120"),
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
                        quantity("rebound_share", "Rebound, share of the energy, 0 to 1", "0.5"),
                        quantity("rebound_min", "Rebound over, min", "60"),
                        UP,
                        DOWN,
                        DELAY,
                    ]
                }
            }
        }
    }

    pub(super) fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default()
    }
}
