//! Turned-down demand, step by step.

use super::{Asked, DISPATCHES, Dice, STEP_S, Stepped, agree, time_to, towards};
use crate::power::testing::turn_down;
use crate::power::{Asset, TurnDown};

struct SteppedDemand {
    of: TurnDown,
    x: f64,
    used_s: f64,
    owed: f64,
    is_spent: bool,
    ended_at: f64,
    paying: Option<(f64, f64)>,
}

impl Stepped for SteppedDemand {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let d = &self.of;
        let (up, down) = (d.ramp_up_kw_per_min / 60.0, d.ramp_down_kw_per_min / 60.0);
        self.is_spent |= d.max_duration_min * 60.0 - self.used_s <= self.x / down;
        let asked = level.unwrap_or(0.0);
        let rests = self.x <= 0.0 && t < self.ended_at + d.interval_min * 60.0;
        let goal = if self.is_spent || rests { 0.0 } else { asked };
        let before = self.x;
        self.x = towards(self.x, goal, up, down);
        if before > 0.0 || self.x > 0.0 {
            self.used_s += STEP_S;
            self.owed += f64::midpoint(before, self.x) * STEP_S / 3600.0;
            self.paying = None;
            if self.x <= 0.0 {
                self.ended_at = t;
            }
            return self.x;
        }
        // Nothing more is asked, or it cannot be given: what was shed comes back evenly.
        if self.owed > 0.0 && (level.is_none() || ((self.is_spent || rests) && asked > 0.0)) {
            let whole = (d.rebound_min * 60.0, self.owed * d.rebound_share / (d.rebound_min / 60.0));
            let (left_s, kw) = self.paying.get_or_insert(whole);
            *left_s -= STEP_S;
            if *left_s > 0.0 {
                self.owed -= *kw / d.rebound_share * STEP_S / 3600.0;
                return -*kw;
            }
            (self.owed, self.paying) = (0.0, None);
        }
        if self.owed <= 0.0 && asked <= 0.0 {
            (self.used_s, self.is_spent) = (0.0, false);
        }
        0.0
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn turned_down_demand_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let d = TurnDown {
            delay_s: dice.between(0.0, 30.0).round(),
            ramp_up_kw_per_min: dice.between(100.0, 1500.0),
            ramp_down_kw_per_min: dice.between(100.0, 1500.0),
            max_duration_min: dice.between(3.0, 30.0),
            rebound_share: dice.between(0.2, 1.0),
            rebound_min: dice.between(3.0, 12.0),
            interval_min: if seed % 2 == 0 { dice.between(1.0, 5.0) } else { 0.0 },
            ..turn_down()
        };
        let asked = Asked::drawn(&mut dice, |dice| {
            if dice.between(0.0, 1.0) < 0.2 { 0.0 } else { dice.between(10.0, 400.0) }
        });
        let asset = Asset::TurnDown(d.clone());
        let state = asset.initial_state(-700.0);
        let mut unit = SteppedDemand {
            of: d,
            x: 0.0,
            used_s: 0.0,
            owed: 0.0,
            is_spent: false,
            ended_at: f64::NEG_INFINITY,
            paying: None,
        };
        agree(&asset, &state, -700.0, &asked, &mut unit, 400.0, &format!("dispatch {seed}"));
    }
}
