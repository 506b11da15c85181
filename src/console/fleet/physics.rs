//! A unit's declared physics in words and numbers with units.

use crate::power::reactive::{Capability, Priority, Region};
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

/// What a unit gives of reactive power, and what is kept when not all can be.
pub fn reactive(capability: Option<&Capability>) -> Vec<(&'static str, String)> {
    let Some(capability) = capability else {
        return vec![("Reactive power", "not controlled".to_owned())];
    };
    let gives = match capability.region() {
        Region::Polygon(polygon) => {
            let (least, most) = capability.reach_kvar(f64::MIN, f64::MAX);
            let corners = polygon.vertices().len();
            format!("{} to {} kvar, a chart of {corners} corners", signed(least), signed(most))
        }
        Region::Inverter { kva } => format!("within {} kVA, idling too", grouped(*kva, 0)),
        Region::PowerFactor { least } => format!("power factor {} or more, lead and lag", grouped(*least, 3)),
    };
    let kept = match capability.priority() {
        Priority::Real => "real power; kvar are what it leaves",
        Priority::Reactive => "reactive power; kW are what it leaves",
    };
    vec![("Reactive power", gives), ("Kept when both are too much", kept.to_owned())]
}

fn signed(value: f64) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, grouped(value, 0))
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
