//! A unit's declared physics in words and numbers with units.

use crate::power::{Asset, Battery, Generator, TurnDown};
use crate::units::grouped;

/// Each declared number, named.
pub fn facts(asset: &Asset) -> Vec<(&'static str, String)> {
    match asset {
        Asset::Battery(battery) => of_battery(battery),
        Asset::Generator(generator) => of_generator(generator),
        Asset::TurnDown(turn_down) => of_turn_down(turn_down),
    }
}

fn of_battery(b: &Battery) -> Vec<(&'static str, String)> {
    vec![
        ("Greatest discharge", kw(b.max_discharge_kw)),
        ("Greatest charge", kw(b.max_charge_kw)),
        ("Capacity", format!("{} kWh", grouped(b.capacity_kwh, 0))),
        ("Charge kept within", format!("{} to {}", percent(b.min_soc), percent(b.max_soc))),
        (
            "Efficiency",
            format!("{} out, {} in", percent(b.discharge_efficiency), percent(b.charge_efficiency)),
        ),
        ("Delay", seconds(b.delay_s)),
        ("Ramp", ramps(b.ramp_up_kw_per_min, b.ramp_down_kw_per_min)),
    ]
}

fn of_generator(g: &Generator) -> Vec<(&'static str, String)> {
    vec![
        ("Greatest output", kw(g.max_kw)),
        ("Minimum stable level", kw(g.min_stable_kw)),
        ("Start from standstill", seconds(g.start_delay_s)),
        ("Delay while running", seconds(g.delay_s)),
        ("Ramp", ramps(g.ramp_up_kw_per_min, g.ramp_down_kw_per_min)),
    ]
}

fn of_turn_down(t: &TurnDown) -> Vec<(&'static str, String)> {
    vec![
        ("Greatest turn-down", kw(t.max_turn_down_kw)),
        ("Longest", format!("{} min", grouped(t.max_duration_min, 0))),
        ("Rebound", format!("{} over {} min", percent(t.rebound_share), grouped(t.rebound_min, 0))),
        ("Delay", seconds(t.delay_s)),
        ("Ramp", ramps(t.ramp_up_kw_per_min, t.ramp_down_kw_per_min)),
    ]
}

fn kw(value: f64) -> String {
    format!("{} kW", grouped(value, 0))
}

fn seconds(value: f64) -> String {
    format!("{} s", grouped(value, 0))
}

fn percent(share: f64) -> String {
    format!("{} %", grouped(share * 100.0, 0))
}

fn ramps(up: f64, down: f64) -> String {
    format!("{} kW/min up, {} kW/min down", grouped(up, 0), grouped(down, 0))
}
