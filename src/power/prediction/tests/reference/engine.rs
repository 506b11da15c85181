//! An engine, step by step.

use super::{Asked, DISPATCHES, Dice, Stepped, agree, time_to, towards};
use crate::power::testing::generator;
use crate::power::{Asset, Generator};

struct SteppedEngine {
    of: Generator,
    x: f64,
    running_since: Option<f64>,
    starting_since: Option<f64>,
    stopped_at: f64,
    now: f64,
}

impl SteppedEngine {
    fn may_stop(&self, t: f64) -> bool {
        self.running_since.is_none_or(|since| t - since >= self.of.min_run_min * 60.0)
    }
}

impl Stepped for SteppedEngine {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let g = &self.of;
        let (up, down) = (g.ramp_up_kw_per_min / 60.0, g.ramp_down_kw_per_min / 60.0);
        let level = level.unwrap_or(0.0);
        self.now = t;
        if self.running_since.is_none() {
            if level > 0.0 && t >= self.stopped_at + g.min_rest_min * 60.0 {
                let since = *self.starting_since.get_or_insert(t);
                if t - since >= g.start_delay_s {
                    (self.running_since, self.starting_since) = (Some(t), None);
                    self.x = g.min_stable_kw;
                }
            } else if level <= 0.0 {
                self.starting_since = None;
            }
        } else if level > 0.0 {
            self.x = towards(self.x, level, up, down);
        } else {
            self.x = towards(self.x, g.min_stable_kw, up, down);
            if self.x <= g.min_stable_kw && self.may_stop(t) {
                (self.x, self.running_since, self.stopped_at) = (0.0, None, t);
            }
        }
        self.x
    }

    fn needs_s(&self, level: f64) -> f64 {
        let g = &self.of;
        let (up, down) = (g.ramp_up_kw_per_min / 60.0, g.ramp_down_kw_per_min / 60.0);
        if self.running_since.is_none() {
            let begun = self.starting_since.map_or(0.0, |since| self.now - since);
            return if level > 0.0 { g.start_delay_s - begun + (level - g.min_stable_kw) / up } else { 0.0 };
        }
        time_to(self.x, level.max(g.min_stable_kw), up, down)
    }
}

#[test]
fn an_engine_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let mut minutes =
            |most: f64| if dice.between(0.0, 1.0) < 0.5 { 0.0 } else { dice.between(0.5, most) };
        let (min_run_min, min_rest_min) = (minutes(8.0), minutes(4.0));
        let g = Generator {
            start_delay_s: dice.between(10.0, 240.0).round(),
            ramp_up_kw_per_min: dice.between(200.0, 3000.0),
            ramp_down_kw_per_min: dice.between(200.0, 3000.0),
            min_run_min,
            min_rest_min,
            ..generator()
        };
        let one_level = dice.between(g.min_stable_kw, g.max_kw);
        // One level and none, or several levels: an engine that stops in between looks farther ahead than this one does.
        let asked = if seed % 2 == 0 {
            Asked::drawn(&mut dice, |dice| dice.between(g.min_stable_kw, g.max_kw))
        } else {
            let at = dice.between(30.0, 400.0).round();
            Asked { targets: vec![(at, one_level)], end: at + dice.between(60.0, 500.0).round() }
        };
        let asset = Asset::Generator(g.clone());
        let state = asset.initial_state(0.0);
        let mut unit = SteppedEngine {
            of: g,
            x: 0.0,
            running_since: None,
            starting_since: None,
            stopped_at: f64::NEG_INFINITY,
            now: 0.0,
        };
        agree(&asset, &state, 0.0, &asked, &mut unit, 1000.0, &format!("dispatch {seed}"));
    }
}
