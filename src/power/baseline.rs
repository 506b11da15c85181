//! What a unit would do without a dispatch.

use serde::{Deserialize, Serialize};

use super::Curve;

/// A unit's contractual baseline: net kW, generation convention. In files: `{ kind = "fixed", kw = 0 }` or
/// `{ kind = "daily", points = [["00:00", -300], ["07:00", -700]] }` with London local times, each level holding until
/// the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Baseline {
    /// Always the same.
    Fixed {
        /// Net kW.
        kw: f64,
    },
    /// The same every day by London local time, in steps.
    Daily {
        /// Local time `HH:MM` and the net kW from then on, ascending; the last holds over midnight.
        points: Vec<(String, f64)>,
    },
}

impl Baseline {
    /// Net kW at an instant.
    pub fn at(&self, _t: f64) -> f64 {
        todo!()
    }

    /// The baseline as a curve that is exact between two instants.
    pub fn curve(&self, _from: f64, _to: f64) -> Curve {
        todo!()
    }

    /// What is wrong with it, in words; `None` when nothing is.
    pub fn fault(&self) -> Option<String> {
        todo!()
    }

    /// For people: `fixed at 0 kW`, `daily profile`.
    pub fn words(&self) -> String {
        todo!()
    }
}
