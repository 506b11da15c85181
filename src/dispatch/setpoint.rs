//! Setpoints: destinations in power, each at an instant.

use serde::{Deserialize, Serialize};

use crate::time::UtcTime;
use crate::units::{Vars, Watts};

/// What a level is measured from. There is no default: it is always said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Reference {
    /// From the contract's named baseline, never from the present operating point.
    Delta,
    /// Net power at the connection point.
    Absolute,
}

impl Reference {
    /// As the document writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delta => "DELTA",
            Self::Absolute => "ABSOLUTE",
        }
    }
}

/// What a price is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PricePer {
    /// A megawatt-hour.
    Mwh,
    /// A megavar-hour.
    Mvarh,
    /// The whole service window.
    Window,
}

impl PricePer {
    /// As the document writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mwh => "MWH",
            Self::Mvarh => "MVARH",
            Self::Window => "WINDOW",
        }
    }
}

/// A price in whole pence sterling; informational (Appendix A: "Price per unit?").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Price {
    /// Pence; negative when the provider pays.
    pub pence: i64,
    /// For what.
    pub per: PricePer,
}

/// A level of real power. Generation convention: positive = more export or less import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RealLevel {
    /// What it is measured from.
    pub reference: Reference,
    /// How much.
    pub watts: Watts,
    /// At what price.
    pub price: Option<Price>,
}

/// A level of reactive power: positive = exporting (lagging).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReactiveLevel {
    /// What it is measured from.
    pub reference: Reference,
    /// How much.
    pub vars: Vars,
    /// At what price.
    pub price: Option<Price>,
}

/// A destination: at `at` the unit is delivering the level (Appendix A: "at the setpoint time, the FSP should be
/// delivering services to the setpoint level"). At least one of real and reactive, at most one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Setpoint {
    /// When the level is delivered.
    pub at: UtcTime,
    /// Real power, when asked.
    pub real: Option<RealLevel>,
    /// Reactive power, when asked.
    pub reactive: Option<ReactiveLevel>,
}
