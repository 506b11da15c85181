//! Heat pumps of many homes, step by step.

use super::{Asked, DISPATCHES, Dice, STEP_S, Stepped, agree, time_to, towards};
use crate::power::testing::heat_pumps;
use crate::power::{Asset, HeatPumps};

struct SteppedHomes {
    of: HeatPumps,
    x: f64,
    /// kWh that homes lack.
    missing: f64,
    raised_at: f64,
    is_cold: bool,
    is_hot: bool,
    recovery: Option<(f64, f64)>,
}

impl Stepped for SteppedHomes {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let h = &self.of;
        let (up, down) = (h.ramp_up_kw_per_min / 60.0, h.ramp_down_kw_per_min / 60.0);
        let asked = level.unwrap_or(0.0);
        let hold_s = h.min_off_min * 60.0;
        let held_s = (self.raised_at + hold_s - t).max(0.0);
        let way_back = self.x.max(0.0) * (held_s + self.x.max(0.0) / (2.0 * down)) / 3600.0;
        self.is_cold |= self.x > 0.0 && h.comfort_kwh - self.missing <= way_back;
        self.is_hot |= self.x < 0.0 && h.pre_heat_kwh + self.missing <= self.x * self.x / (2.0 * up) / 3600.0;
        let goal = if (self.is_cold && asked > 0.0) || (self.is_hot && asked < 0.0) { 0.0 } else { asked };
        let before = self.x;
        // A level is raised only as far as homes can bear it for as long as compressors stay off.
        let borne = self.x.max(0.0) * (hold_s + self.x.max(0.0) / (2.0 * down)) / 3600.0;
        let too_dear = self.x > 0.0 && hold_s > 0.0 && goal > self.x && h.comfort_kwh - self.missing <= borne;
        if !(too_dear || (self.x > 0.0 && goal < self.x && held_s > 0.0)) {
            self.x = towards(self.x, goal, up, down);
        }
        if self.x > before && self.x > 0.0 {
            self.raised_at = t;
        }
        let mean = f64::midpoint(before, self.x);
        if mean != 0.0 {
            self.missing += mean * STEP_S / 3600.0;
            self.recovery = None;
            self.is_cold &= mean >= 0.0;
            self.is_hot &= mean <= 0.0;
            return self.x;
        }
        let is_refused = (self.is_cold && asked > 0.0) || (self.is_hot && asked < 0.0);
        if self.missing != 0.0 && (level.is_none() || is_refused) {
            let (left_s, missing) = self.recovery.get_or_insert((h.rebound_min * 60.0, self.missing));
            *left_s -= STEP_S;
            let left = *left_s / (h.rebound_min * 60.0);
            if left > 0.0 {
                self.missing = *missing * left;
                return -*missing * h.rebound_share / (h.rebound_min / 60.0);
            }
            (self.missing, self.recovery) = (0.0, None);
        }
        if self.missing == 0.0 && asked == 0.0 {
            (self.is_cold, self.is_hot) = (false, false);
        }
        0.0
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn heat_pumps_agree_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let h = HeatPumps {
            comfort_kwh: dice.between(10.0, 80.0),
            pre_heat_kwh: dice.between(4.0, 40.0),
            min_off_min: if seed % 3 == 0 { 0.0 } else { dice.between(0.5, 4.0) },
            delay_s: dice.between(0.0, 30.0).round(),
            ramp_up_kw_per_min: dice.between(60.0, 600.0),
            ramp_down_kw_per_min: dice.between(60.0, 600.0),
            rebound_share: dice.between(0.3, 1.0),
            rebound_min: dice.between(3.0, 15.0),
            ..heat_pumps()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(-100.0, 250.0));
        let asset = Asset::HeatPumps(h.clone());
        let state = asset.initial_state(-600.0);
        let mut unit = SteppedHomes {
            of: h,
            x: 0.0,
            missing: 0.0,
            raised_at: f64::NEG_INFINITY,
            is_cold: false,
            is_hot: false,
            recovery: None,
        };
        agree(&asset, &state, -600.0, &asked, &mut unit, 250.0, &format!("dispatch {seed}"));
        assert!(unit.missing <= unit.of.comfort_kwh + 0.01 && unit.missing >= -unit.of.pre_heat_kwh - 0.01);
    }
}
