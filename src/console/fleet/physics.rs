//! A unit's declared physics in words and numbers with units.

use crate::power::reactive::{Capability, Priority, Region};
use crate::power::{Asset, Available, Battery, EvHub, Generator, HeatPumps, Meter, Renewable, TurnDown};
use crate::units::grouped;

/// Each declared number, named.
pub fn facts(asset: &Asset) -> Vec<(&'static str, String)> {
    match asset {
        Asset::Battery(battery) => of_battery(battery),
        Asset::Generator(generator) => of_generator(generator),
        Asset::TurnDown(turn_down) => of_turn_down(turn_down),
        Asset::HeatPumps(pumps) => of_heat_pumps(pumps),
        Asset::EvHub(hub) => of_hub(hub),
        Asset::Renewable(farm) => of_farm(farm),
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

/// How a unit's minutes are read.
pub fn meter(meter: &Meter) -> String {
    let noise = (meter.noise > 0.0).then(|| {
        let share = grouped(meter.noise * 100.0, 2);
        let share = share.trim_end_matches('0').trim_end_matches('.');
        format!("noise of {share} % of the reading")
    });
    let step = meter.resolution_kw.map(|step| {
        let step = grouped(step, 3);
        format!("in steps of {} kW", step.trim_end_matches('0').trim_end_matches('.'))
    });
    let words: Vec<String> = noise.into_iter().chain(step).collect();
    if words.is_empty() { "exact".to_owned() } else { words.join(", ") }
}

fn signed(value: f64) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, grouped(value, 0))
}

fn of_battery(b: &Battery) -> Vec<(&'static str, String)> {
    let mut facts = vec![
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
    ];
    if b.idling_loss_kw > 0.0 {
        facts.push(("Takes for itself", format!("{} kW", grouped(b.idling_loss_kw, 1))));
    }
    facts
}

fn of_generator(g: &Generator) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Greatest output", kw(g.max_kw)),
        ("Minimum stable level", kw(g.min_stable_kw)),
        ("Start from standstill", seconds(g.start_delay_s)),
        ("Delay while running", seconds(g.delay_s)),
        ("Ramp", ramps(g.ramp_up_kw_per_min, g.ramp_down_kw_per_min)),
    ];
    facts.extend(minutes_of("Shortest run", g.min_run_min));
    facts.extend(minutes_of("Shortest rest", g.min_rest_min));
    facts
}

fn of_turn_down(t: &TurnDown) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Greatest turn-down", kw(t.max_turn_down_kw)),
        ("Longest", format!("{} min", grouped(t.max_duration_min, 0))),
        ("Rebound", format!("{} over {} min", percent(t.rebound_share), grouped(t.rebound_min, 0))),
        ("Delay", seconds(t.delay_s)),
        ("Ramp", ramps(t.ramp_up_kw_per_min, t.ramp_down_kw_per_min)),
    ];
    facts.extend(minutes_of("Between two", t.interval_min));
    facts
}

fn of_heat_pumps(h: &HeatPumps) -> Vec<(&'static str, String)> {
    vec![
        ("Greatest turn-down", kw(h.max_turn_down_kw)),
        ("Greatest heating ahead", kw(h.max_pre_heat_kw)),
        (
            "Warmth",
            format!("{} kWh to spare, {} kWh ahead", grouped(h.comfort_kwh, 0), grouped(h.pre_heat_kwh, 0)),
        ),
        ("Off for at least", format!("{} min", grouped(h.min_off_min, 0))),
        ("Rebound", format!("{} over {} min", percent(h.rebound_share), grouped(h.rebound_min, 0))),
        ("Delay", seconds(h.delay_s)),
        ("Ramp", ramps(h.ramp_up_kw_per_min, h.ramp_down_kw_per_min)),
    ]
}

fn of_hub(h: &EvHub) -> Vec<(&'static str, String)> {
    vec![
        (
            "Charge points",
            format!(
                "{} of {} kW, in steps of {} kW",
                h.charge_points,
                grouped(h.point_kw, 1),
                grouped(h.step_kw, 1)
            ),
        ),
        ("Connection", kw(h.connection_kw)),
        (
            "Used",
            format!(
                "{} times a week each, for {} kWh",
                grouped(h.sessions_per_week, 1),
                grouped(h.session_kwh, 0)
            ),
        ),
        (
            "Vehicles arrive",
            format!(
                "about {} ± {} min, for {} h",
                h.arrive,
                grouped(h.arrive_spread_min, 0),
                grouped(h.stay_hours, 1)
            ),
        ),
        ("Delay", format!("{}, and up to {} at random", seconds(h.delay_s), seconds(h.random_delay_s))),
    ]
}

fn of_farm(farm: &Renewable) -> Vec<(&'static str, String)> {
    let weather = match &farm.available {
        Available::Sun { seed } => format!("sun and cloud, seed {seed}"),
        Available::Wind { seed, mean_m_per_s } => {
            format!("wind of {} m/s on the mean, seed {seed}", grouped(*mean_m_per_s, 1))
        }
        Available::Daily { .. } => "a daily profile".to_owned(),
    };
    vec![
        ("Greatest output", kw(farm.max_kw)),
        ("Weather", weather),
        ("Delay", seconds(farm.delay_s)),
        ("Limit moves by", ramps(farm.ramp_up_kw_per_min, farm.ramp_down_kw_per_min)),
    ]
}

/// A time that need not be declared.
fn minutes_of(name: &'static str, minutes: f64) -> Option<(&'static str, String)> {
    (minutes > 0.0).then(|| (name, format!("{} min", grouped(minutes, 0))))
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
