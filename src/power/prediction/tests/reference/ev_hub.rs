//! An EV hub under a limit, step by step.

use super::{Asked, DISPATCHES, Dice, HORIZON_S, STEP_S, Stepped, agree, time_to, towards};
use crate::power::testing::{ev_hub, second};
use crate::power::{Asset, EvHub};

/// A hub's limit moves; who leaves first is charged first, and whoever must be is.
struct SteppedHub {
    of: EvHub,
    limit: f64,
    from: f64,
    /// Arrival, departure, kWh still wanted.
    vehicles: Vec<(f64, f64, f64)>,
}

impl Stepped for SteppedHub {
    fn step(&mut self, t: f64, level: Option<f64>) -> f64 {
        let hub = &self.of;
        let ramp = hub.connection_kw / hub.random_delay_s;
        self.limit = towards(self.limit, -level.unwrap_or(-hub.connection_kw), ramp, ramp);
        let now = self.from + t;
        let must = |v: &(f64, f64, f64)| v.1 - now <= v.2 * 3600.0 / hub.point_kw + STEP_S;
        let there = |v: &(f64, f64, f64)| v.0 <= now && v.1 > now && v.2 > 1e-7;
        let mut load = 0.0;
        let mut give = |v: &mut (f64, f64, f64), kw: f64| {
            v.2 -= (kw * STEP_S / 3600.0).min(v.2);
            load += kw;
        };
        let mut forced = Vec::new();
        for (n, v) in self.vehicles.iter_mut().enumerate() {
            if there(v) && must(v) {
                give(v, hub.point_kw);
                forced.push(n);
            }
        }
        let mut free = self.limit - forced.iter().map(|_| hub.point_kw).sum::<f64>();
        for (n, v) in self.vehicles.iter_mut().enumerate() {
            if !there(v) || forced.contains(&n) {
                continue;
            }
            if free + 1e-6 >= hub.point_kw {
                give(v, hub.point_kw);
                free -= hub.point_kw;
                continue;
            }
            give(v, ((free + 1e-6) / hub.step_kw).floor().max(0.0) * hub.step_kw);
            break;
        }
        -load
    }

    fn needs_s(&self, level: f64) -> f64 {
        let ramp = self.of.connection_kw / self.of.random_delay_s;
        time_to(self.limit, -level, ramp, ramp)
    }
}

#[test]
fn a_hub_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let hub = EvHub {
            charge_points: 12,
            connection_kw: dice.between(84.0, 120.0),
            delay_s: dice.between(0.0, 10.0).round(),
            random_delay_s: dice.between(30.0, 600.0),
            sessions_per_week: 7.0,
            arrive: "16:45".to_owned(),
            arrive_spread_min: 18.0,
            stay_hours: dice.between(0.15, 0.6),
            session_kwh: dice.between(0.3, 1.5),
            seed,
            ..ev_hub()
        };
        let from = second("16:30");
        let mut vehicles: Vec<(f64, f64, f64)> = hub
            .sessions(from, from + HORIZON_S)
            .iter()
            .map(|s| (s.from, s.until, s.kwh - (from - s.from).max(0.0) * hub.point_kw / 3600.0))
            .collect();
        vehicles.sort_by(|a, b| a.1.total_cmp(&b.1));
        let wanted: f64 = vehicles.iter().filter(|v| v.1 <= from + HORIZON_S).map(|v| v.2.max(0.0)).sum();
        let asked = Asked::drawn(&mut dice, |dice| -dice.between(0.0, hub.connection_kw));
        let asset = Asset::EvHub(hub.clone());
        let state = asset.initial_state(0.0);
        let mut unit = SteppedHub { limit: hub.connection_kw, of: hub, from, vehicles };
        agree(&asset, &state, 0.0, &asked, &mut unit, 80.0, &format!("dispatch {seed}"));
        let unmet: f64 = unit.vehicles.iter().filter(|v| v.1 <= from + HORIZON_S).map(|v| v.2.max(0.0)).sum();
        assert!(
            unmet <= 1e-3 * wanted.max(1.0),
            "{unmet} kWh of {wanted} were due by departure and not charged"
        );
    }
}
