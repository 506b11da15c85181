//! A battery, step by step.

use super::{Asked, DISPATCHES, Dice, STEP_S, Stepped, agree, time_to, towards};
use crate::power::testing::battery;
use crate::power::{Asset, Battery};

struct SteppedBattery {
    of: Battery,
    x: f64,
    kwh: f64,
    is_empty: bool,
    is_full: bool,
}

impl Stepped for SteppedBattery {
    fn step(&mut self, _t: f64, level: Option<f64>) -> f64 {
        let b = &self.of;
        let (up, down) = (b.ramp_up_kw_per_min / 60.0, b.ramp_down_kw_per_min / 60.0);
        let level = level.unwrap_or(0.0);
        // Inverter power: net power and what it takes for itself.
        let inverter = self.x + b.idling_loss_kw;
        let to_give = (self.kwh - b.min_soc * b.capacity_kwh) * b.discharge_efficiency * 3600.0;
        let room = (b.max_soc * b.capacity_kwh - self.kwh) / b.charge_efficiency * 3600.0;
        self.is_empty |= inverter > 0.0 && to_give <= inverter * inverter / (2.0 * down);
        self.is_full |= inverter < 0.0 && room <= inverter * inverter / (2.0 * up);
        let idle = -b.idling_loss_kw;
        let goal =
            if (self.is_empty && level > idle) || (self.is_full && level < idle) { idle } else { level };
        let before = inverter;
        self.x = towards(self.x, goal, up, down);
        let mean = f64::midpoint(before, self.x + b.idling_loss_kw);
        let out = if mean > 0.0 { mean / b.discharge_efficiency } else { mean * b.charge_efficiency };
        self.kwh -= out * STEP_S / 3600.0;
        self.is_empty &= mean >= 0.0;
        self.is_full &= mean <= 0.0;
        self.x
    }

    fn needs_s(&self, level: f64) -> f64 {
        time_to(self.x, level, self.of.ramp_up_kw_per_min / 60.0, self.of.ramp_down_kw_per_min / 60.0)
    }
}

#[test]
fn a_battery_agrees_with_the_integrator() {
    for seed in 0..DISPATCHES {
        let mut dice = Dice::new(seed + 1);
        let capacity_kwh = dice.between(100.0, 600.0);
        let b = Battery {
            capacity_kwh,
            delay_s: dice.between(0.0, 20.0).round(),
            ramp_up_kw_per_min: dice.between(200.0, 3000.0),
            ramp_down_kw_per_min: dice.between(200.0, 3000.0),
            initial_soc: dice.between(0.15, 0.85),
            idling_loss_kw: if seed % 3 == 0 { dice.between(1.0, 20.0) } else { 0.0 },
            ..battery()
        };
        let asked = Asked::drawn(&mut dice, |dice| dice.between(-b.max_charge_kw, b.max_discharge_kw));
        let asset = Asset::Battery(b.clone());
        let state = asset.initial_state(0.0);
        let kwh = b.initial_soc * capacity_kwh;
        let mut unit = SteppedBattery { of: b, x: 0.0, kwh, is_empty: false, is_full: false };
        agree(&asset, &state, 0.0, &asked, &mut unit, 1000.0, &format!("dispatch {seed}"));
        let (least, most) = (unit.of.min_soc * capacity_kwh, unit.of.max_soc * capacity_kwh);
        assert!(unit.kwh > least - 0.05 && unit.kwh < most + 0.05, "{} kWh in the store", unit.kwh);
    }
}
