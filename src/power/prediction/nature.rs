//! What lies beneath a limit: the weather of a farm, the vehicles of a hub.

use std::sync::Arc;

use crate::power::asset::Charging;
use crate::power::{Asset, AssetState, Curve, Vehicle};

use super::phase::{Mark, UnitPhase};

/// What a limit is set over.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Nature {
    /// Nothing: the unit makes its power itself.
    Still,
    /// Power that the weather gives, kW.
    Available(Curve),
    /// Vehicles that come and go.
    Charging(Charging),
}

impl Nature {
    pub(super) fn of(asset: &Asset, state: &AssetState, from: f64, until: f64) -> Self {
        match asset {
            Asset::Renewable(farm) => Self::Available(farm.available.curve(farm.max_kw, from, until)),
            Asset::EvHub(hub) => Self::Charging(Charging {
                point_kw: hub.point_kw,
                connection_kw: hub.connection_kw,
                step_kw: hub.step_kw,
                sessions: hub.sessions(from, until),
                plugged_in: state.plugged_in.clone(),
                from,
            }),
            _ => Self::Still,
        }
    }

    /// What becomes of it under a limit in the unit's own terms, until `until`.
    pub(super) fn under(&self, set: &Curve, until: f64) -> Beneath {
        match self {
            Self::Still => Beneath::nothing(set.clone()),
            Self::Available(power) => Beneath::nothing(set.least(power)),
            Self::Charging(charging) => {
                let charged = charging.run(&allowed(charging, set), until);
                let net = Curve::constant(0.0).minus(&charged.load);
                Beneath { net, catching_up: charged.catching_up }
            }
        }
    }

    /// The vehicles that are there at an instant, when a limit has held any of them back.
    pub(super) fn plugged_in(&self, set: &Curve, t: f64) -> Option<Arc<[Vehicle]>> {
        let Self::Charging(charging) = self else { return None };
        Some(charging.run(&allowed(charging, set), t).plugged_in.into())
    }
}

/// What becomes of a unit's nature under a limit.
pub(super) struct Beneath {
    /// Net kW.
    pub(super) net: Curve,
    /// When vehicles took back, freed, what a limit had kept from them: from, until.
    catching_up: Vec<(f64, f64)>,
}

impl Beneath {
    /// A unit whose power is its own.
    pub(super) fn nothing(net: Curve) -> Self {
        Self { net, catching_up: Vec::new() }
    }

    /// A unit's phases, with those in which nothing is asked and vehicles catch up as a rebound.
    pub(super) fn overlaid(&self, marks: Vec<Mark>) -> Vec<Mark> {
        let stretches = &self.catching_up;
        if stretches.is_empty() {
            return marks;
        }
        let mut instants: Vec<f64> = marks.iter().map(|m| m.at).collect();
        instants.extend(stretches.iter().flat_map(|s| [s.0, s.1]));
        instants.sort_by(f64::total_cmp);
        let phase_at = |t: f64| {
            let own = marks.iter().rev().find(|m| m.at <= t).map_or(UnitPhase::Off, |m| m.phase);
            let catches_up = stretches.iter().any(|s| s.0 <= t && t < s.1);
            if own == UnitPhase::Off && catches_up { UnitPhase::Rebound } else { own }
        };
        let mut overlaid: Vec<Mark> = Vec::with_capacity(instants.len());
        for at in instants {
            let phase = phase_at(at);
            if overlaid.last().is_none_or(|m| m.phase != phase) {
                overlaid.push(Mark { at, phase });
            }
        }
        overlaid
    }
}

/// kW of load that a hub's limit allows.
fn allowed(charging: &Charging, set: &Curve) -> Curve {
    Curve::constant(charging.connection_kw).minus(set)
}
