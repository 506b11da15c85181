//! A solar or wind farm under a limit, step by step.

use super::{Asked, DISPATCHES, Dice, STEP_S, Stepped, agree, time_to, towards};
use crate::power::testing::wind_farm;
use crate::power::{Asset, AssetState, Available, Renewable};

/// A farm's limit moves; what it makes is the lesser of limit and weather.
struct SteppedFarm {
    of: Renewable,
    limit: f64,
    /// kW available from each minute on.
    weather: Vec<(f64, f64)>,
}

impl Stepped for SteppedFarm {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let level = level.unwrap_or(self.of.max_kw);
        self.limit = towards(
            self.limit,
            level,
            self.of.ramp_up_kw_per_min / 60.0,
            self.of.ramp_down_kw_per_min / 60.0,
        );
        let available = self.weather.iter().rev().find(|(at, _)| *at <= t + STEP_S).map_or(0.0, |w| w.1);
        self.limit.min(available)
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.limit, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn a_farm_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        // From 16:30 on, London winter time, another power every five minutes.
        let weather: Vec<(f64, f64)> =
            (0..5).map(|n| (f64::from(n) * 300.0, dice.between(0.0, 2000.0).round())).collect();
        let points = (0..5).zip(&weather).map(|(n, w)| (format!("16:{}", 30 + 5 * n), w.1)).collect();
        let farm = Renewable {
            available: Available::Daily { points, is_windy: seed % 2 == 0 },
            delay_s: dice.between(0.0, 20.0).round(),
            ramp_up_kw_per_min: dice.between(300.0, 20_000.0),
            ramp_down_kw_per_min: dice.between(300.0, 20_000.0),
            ..wind_farm()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(0.0, 2000.0));
        let asset = Asset::Renewable(farm.clone());
        let state = AssetState { kw: weather[0].1, ..asset.initial_state(0.0) };
        let mut unit = SteppedFarm { limit: farm.max_kw, of: farm, weather };
        agree(&asset, &state, 0.0, &asked, &mut unit, 2000.0, &format!("dispatch {seed}"));
    }
}
