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

    /// Net kW under a limit in the unit's own terms.
    pub(super) fn under(&self, set: &Curve, until: f64) -> Curve {
        match self {
            Self::Still => set.clone(),
            Self::Available(power) => set.least(power),
            Self::Charging(charging) => {
                let load = charging.run(&allowed(charging, set), until).load;
                Curve::constant(0.0).minus(&load)
            }
        }
    }

    /// The vehicles that are there at an instant, when a limit has held any of them back.
    pub(super) fn plugged_in(&self, set: &Curve, t: f64) -> Option<Arc<[Vehicle]>> {
        let Self::Charging(charging) = self else { return None };
        Some(charging.run(&allowed(charging, set), t).plugged_in.into())
    }

    /// A unit's phases, with those in which nothing is asked and vehicles catch up as a rebound.
    pub(super) fn catching_up(&self, set: &Curve, marks: Vec<Mark>) -> Vec<Mark> {
        let Self::Charging(charging) = self else { return marks };
        let until = set.points().last().map_or(charging.from, |p| p.0);
        let stretches = charging.run(&allowed(charging, set), until).catching_up;
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
