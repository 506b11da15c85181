//! Heat pumps in motion: a store of warmth that a reduction empties and heating ahead fills, and what homes take back.

use crate::power::{AssetState, HeatPumps, Shortage};

use super::super::route::Purpose;
use super::super::{NEAR_KW, NEAR_S};
use super::store::Store;
use super::{AnyUnit, Outlook, Unit, finite_or};

/// Homes and their warmth. Its level is the reduction, below zero when homes are heated ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct HeatPumpsUnit {
    limits: (f64, f64),
    delay_s: f64,
    rebound_share: f64,
    rebound_s: f64,
    /// Seconds of rebound left; 0 when none has begun.
    left_s: f64,
    /// Whether warmth is on its way back to what it was.
    recovering: bool,
    /// kWh of warmth when nothing was asked.
    usual: f64,
    warmth: Store,
}

impl HeatPumpsUnit {
    pub(in super::super) fn new(pumps: &HeatPumps, state: &AssetState) -> Self {
        let most = pumps.comfort_kwh + pumps.pre_heat_kwh;
        let usual = pumps.comfort_kwh;
        let missing = finite_or(state.shed_kwh, 0.0).clamp(-pumps.pre_heat_kwh, usual);
        let hold_s = pumps.min_off_min * 60.0;
        let rebound_s = pumps.rebound_min * 60.0;
        Self {
            limits: (-pumps.max_pre_heat_kw, pumps.max_turn_down_kw),
            delay_s: pumps.delay_s,
            rebound_share: pumps.rebound_share,
            rebound_s,
            left_s: finite_or(state.under_way.rebound_s, 0.0).max(0.0).min(rebound_s),
            recovering: state.under_way.rebound_s > 0.0,
            usual,
            warmth: Store {
                ramps: (pumps.ramp_up_kw_per_min / 60.0, pumps.ramp_down_kw_per_min / 60.0),
                capacity: most,
                bounds: (0.0, most),
                drain: 1.0 / 3600.0,
                fill: 1.0 / 3600.0,
                energy: usual - missing,
                hold_s,
                held_s: finite_or(state.under_way.holds_s, 0.0).max(0.0).min(hold_s),
                is_empty: state.under_way.shortage == Some(Shortage::Empty),
                is_full: state.under_way.shortage == Some(Shortage::Full),
            },
        }
    }

    /// Its level at the start.
    pub(in super::super) fn level_of(&self, state: &AssetState, baseline_kw: f64) -> f64 {
        self.nearest(finite_or(state.kw - baseline_kw + state.under_way.rebound_kw, 0.0))
    }

    /// kWh that homes lack; below 0 what they have ahead.
    fn missing(&self) -> f64 {
        self.usual - self.warmth.energy
    }
}

impl Unit for HeatPumpsUnit {
    const RIDES_ON_BASELINE: bool = true;

    fn ramps(&self) -> (f64, f64) {
        self.warmth.ramps
    }

    fn delay_s(&self) -> f64 {
        self.delay_s
    }

    fn limits(&self) -> (f64, f64) {
        self.limits
    }

    fn shortage(&self) -> &'static str {
        "comfort"
    }

    /// A difference of two levels that are the same is no reduction.
    fn nearest(&self, asked: f64) -> f64 {
        if asked.abs() <= NEAR_KW { 0.0 } else { asked.max(self.limits.0).min(self.limits.1) }
    }

    fn permitted(&mut self, x: f64, level: f64) -> f64 {
        self.warmth.permitted(x, level)
    }

    fn exhaust(&mut self, x: f64, slope: f64) {
        self.warmth.exhaust(x, slope);
    }

    fn farthest(&self, x: f64) -> (f64, f64) {
        self.warmth.farthest(x, self.limits)
    }

    fn way_down(&self, t: f64, x: f64) -> Vec<(f64, f64)> {
        let (least, down) = (self.limits.0, self.warmth.ramps.1);
        let held = if x > 0.0 { self.warmth.held_s } else { 0.0 };
        vec![(t, x), (t + held, x), (t + held + (x - least).max(0.0) / down, least.min(x))]
    }

    fn until_limit(&self, x: f64, slope: f64) -> f64 {
        self.warmth.until_limit(x, slope)
    }

    fn hindrance(&self, x: f64, outlook: Outlook<'_>) -> Option<&'static str> {
        (x > 0.0 && outlook.leg.level < x && self.warmth.held_s > NEAR_S).then_some("minimum off-time")
    }

    fn rebound_kw(&self) -> f64 {
        if self.recovering && self.left_s > 0.0 {
            self.missing() * self.rebound_share * 3600.0 / self.left_s
        } else {
            0.0
        }
    }

    fn settle(&mut self, x: f64, outlook: Outlook<'_>) -> f64 {
        let x = self.warmth.protected(x);
        let level = outlook.leg.level;
        self.recovering = false;
        if x.abs() > NEAR_KW {
            self.left_s = 0.0;
            return x;
        }
        let stays = self.warmth.permitted(0.0, level) == 0.0;
        let is_short = level != 0.0 && stays;
        if self.missing() != 0.0 && stays && (outlook.is_home() || is_short) {
            self.recovering = true;
            if self.left_s <= NEAR_S {
                self.left_s = self.rebound_s;
            }
        }
        if self.missing() == 0.0 && level == 0.0 && outlook.leg.purpose != Purpose::Rest {
            (self.warmth.is_empty, self.warmth.is_full) = (false, false);
        }
        0.0
    }

    fn until_change(&self, _outlook: Outlook<'_>) -> f64 {
        let recovers = if self.recovering { self.left_s } else { f64::INFINITY };
        if self.warmth.held_s > NEAR_S { recovers.min(self.warmth.held_s) } else { recovers }
    }

    fn cease(&mut self) {
        self.warmth.held_s = 0.0;
    }

    fn advance(&mut self, x: f64, slope: f64, seconds: f64) {
        if x == 0.0 && slope == 0.0 {
            self.warmth.held_s = (self.warmth.held_s - seconds).max(0.0);
            if !self.recovering {
                return;
            }
            let left = self.left_s - seconds;
            if left <= NEAR_S {
                (self.warmth.energy, self.left_s) = (self.usual, 0.0);
            } else {
                self.warmth.energy = self.usual - self.missing() * left / self.left_s;
                self.left_s = left;
            }
        } else {
            self.warmth.advance(x, slope, seconds);
        }
    }

    fn describe(&self, _t: f64, _x: f64, state: &mut AssetState) {
        state.shed_kwh = self.missing();
        state.under_way.shortage = self.warmth.shortage();
        state.under_way.holds_s = self.warmth.held_s;
        state.under_way.rebound_s = self.left_s;
        state.under_way.rebound_kw = self.rebound_kw();
    }
}

impl From<HeatPumpsUnit> for AnyUnit {
    fn from(unit: HeatPumpsUnit) -> Self {
        Self::HeatPumps(unit)
    }
}
