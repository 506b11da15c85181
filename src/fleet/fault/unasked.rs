//! What a unit does while nothing is asked of it.

use crate::fleet::controller::Trajectory;
use crate::profile::fleet::Unit;

/// What a unit does while nothing is asked of it: its baseline, but for a farm what the weather gives and for an EV hub
/// what its vehicles take, which no baseline knows exactly.
#[derive(Clone, Debug)]
pub(super) struct Unasked(Option<Trajectory>);

impl Unasked {
    /// Known from `from` on.
    pub(super) fn of(unit: &Unit, from: f64) -> Self {
        Self(unit.asset.keeps_to_a_limit().then(|| Trajectory::idle(unit, from)))
    }

    /// Makes sure that it is known for some time after `t`.
    pub(super) fn cover(&mut self, unit: &Unit, t: f64) {
        if let Some(path) = &mut self.0 {
            path.cover(unit, t);
        }
    }

    /// Net kW at an instant.
    pub(super) fn kw_at(&self, unit: &Unit, t: f64) -> f64 {
        self.0.as_ref().map_or_else(|| unit.baseline.at(t), |path| path.delivered_kw_at(unit, t))
    }
}
