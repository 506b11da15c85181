//! A fleet written as the TOML that [`super::fleet_file`] reads.

use std::fmt::Write as _;

use super::availability::{Availability, Window, clock_text};
use super::fail_safe::SafeLevel;
use super::fleet::{Contract, Endpoints, FleetProfile, Fsp, Unit};
use crate::power::reactive::{Capability, Region};
use crate::power::{Asset, Available, Baseline, Meter};
use crate::time::UtcTime;

pub(super) fn written(fleet: &FleetProfile) -> String {
    let mut text = format!(
        "# A fleet: contracts, FSPs and their units. Power is generation convention: positive = export.\nname = {}\n",
        quoted(&fleet.name)
    );
    fleet.endpoints.iter().for_each(|endpoints| write_endpoints(&mut text, endpoints));
    fleet.contracts.iter().for_each(|contract| write_contract(&mut text, contract));
    fleet.fsps.iter().for_each(|fsp| write_fsp(&mut text, fsp));
    fleet.units.iter().for_each(|unit| write_unit(&mut text, unit));
    text
}

fn write_endpoints(text: &mut String, endpoints: &Endpoints) {
    let vtns: Vec<String> = endpoints.vtns.iter().map(|vtn| quoted(vtn)).collect();
    let _ = writeln!(
        text,
        "\n[[operators]]\nid = {}\nvtn = [{}]",
        quoted(endpoints.operator.as_str()),
        vtns.join(", ")
    );
    if let Some(id) = &endpoints.client_id {
        let _ = writeln!(text, "client_id = {}", quoted(id));
    }
}

fn write_contract(text: &mut String, contract: &Contract) {
    let _ = writeln!(text, "\n[[contracts]]\noperator = {}", quoted(contract.operator.as_str()));
    let _ = writeln!(text, "id = {}", quoted(contract.id.as_str()));
    let _ = writeln!(text, "product = {}", quoted(&contract.product));
    let _ = writeln!(text, "poll_seconds = {}", contract.poll_seconds);
    let _ = writeln!(text, "ack_seconds = {}", contract.ack_seconds);
    let _ = writeln!(text, "notice_seconds = {}", contract.notice_seconds);
    if let Some(pence) = contract.price_pence_per_mwh {
        let sign = if pence < 0 { "-" } else { "" };
        let (pounds, pence) = (pence.unsigned_abs() / 100, pence.unsigned_abs() % 100);
        let _ = writeln!(text, "gbp_per_mwh = {sign}{pounds}.{pence:02}");
    }
    if let Some(fail_safe) = contract.fail_safe {
        let level = match fail_safe.level {
            SafeLevel::Baseline => quoted("baseline"),
            SafeLevel::Absolute(_) => fail_safe.level.typed(),
        };
        let _ = writeln!(text, "fail_safe = {{ kw = {level}, after_polls = {} }}", fail_safe.after_polls);
    }
}

fn write_fsp(text: &mut String, fsp: &Fsp) {
    let _ = writeln!(text, "\n[[fsps]]\nid = {}", quoted(fsp.id.as_str()));
    let _ = writeln!(text, "name = {}\ntelephone = {}", quoted(&fsp.name), quoted(&fsp.telephone));
}

fn write_unit(text: &mut String, unit: &Unit) {
    let _ = writeln!(text, "\n[[units]]\nfsp = {}", quoted(unit.unit.fsp.as_str()));
    let _ = writeln!(text, "unit = {}", quoted(unit.unit.unit.as_str()));
    let _ = writeln!(text, "name = {}", quoted(&unit.name));
    let _ = writeln!(text, "operator = {}", quoted(unit.operator.as_str()));
    let _ = writeln!(text, "contract = {}", quoted(unit.contract.as_str()));
    let _ = writeln!(text, "asset = {}", asset(&unit.asset));
    let _ = writeln!(text, "baseline = {}", baseline(&unit.baseline));
    if let Some(capability) = &unit.reactive {
        let _ = writeln!(text, "reactive = {}", reactive(capability));
    }
    if unit.meter != Meter::EXACT {
        let _ = writeln!(text, "meter = {}", meter(&unit.meter));
    }
    if let Availability::Windows(windows) = &unit.availability {
        let windows: Vec<String> = windows.iter().map(window).collect();
        let _ = writeln!(text, "availability = [{}]", windows.join(", "));
    }
}

fn window(window: &Window) -> String {
    let mut text = format!("{{ from = \"{}\", to = \"{}\"", clock_text(window.from), clock_text(window.to));
    for (key, limit) in [("up_kw", window.limits.up), ("down_kw", window.limits.down)] {
        if let Some(watts) = limit {
            let _ = write!(text, ", {key} = {}", number(watts.kilowatts()));
        }
    }
    text + " }"
}

pub(super) fn asset(asset: &Asset) -> String {
    let numbers = |numbers: &[(&str, f64)]| -> Vec<String> {
        numbers.iter().map(|(key, value)| format!("{key} = {}", number(*value))).collect()
    };
    // What need not be declared is not written when it is not.
    let declared = |key: &str, value: f64| (value != 0.0).then(|| format!("{key} = {}", number(value)));
    let (kind, written): (&str, Vec<String>) = match asset {
        Asset::Battery(b) => {
            let mut all = numbers(&[
                ("max_discharge_kw", b.max_discharge_kw),
                ("max_charge_kw", b.max_charge_kw),
                ("capacity_kwh", b.capacity_kwh),
                ("discharge_efficiency", b.discharge_efficiency),
                ("charge_efficiency", b.charge_efficiency),
                ("min_soc", b.min_soc),
                ("max_soc", b.max_soc),
                ("initial_soc", b.initial_soc),
                ("delay_s", b.delay_s),
                ("ramp_up_kw_per_min", b.ramp_up_kw_per_min),
                ("ramp_down_kw_per_min", b.ramp_down_kw_per_min),
            ]);
            all.extend(declared("idling_loss_kw", b.idling_loss_kw));
            ("battery", all)
        }
        Asset::Generator(g) => {
            let mut all = numbers(&[
                ("max_kw", g.max_kw),
                ("min_stable_kw", g.min_stable_kw),
                ("start_delay_s", g.start_delay_s),
                ("delay_s", g.delay_s),
                ("ramp_up_kw_per_min", g.ramp_up_kw_per_min),
                ("ramp_down_kw_per_min", g.ramp_down_kw_per_min),
            ]);
            all.extend(declared("min_run_min", g.min_run_min));
            all.extend(declared("min_rest_min", g.min_rest_min));
            ("generator", all)
        }
        Asset::TurnDown(t) => {
            let mut all = numbers(&[
                ("max_turn_down_kw", t.max_turn_down_kw),
                ("delay_s", t.delay_s),
                ("ramp_up_kw_per_min", t.ramp_up_kw_per_min),
                ("ramp_down_kw_per_min", t.ramp_down_kw_per_min),
                ("max_duration_min", t.max_duration_min),
                ("rebound_share", t.rebound_share),
                ("rebound_min", t.rebound_min),
            ]);
            all.extend(declared("interval_min", t.interval_min));
            ("turn_down", all)
        }
        Asset::HeatPumps(h) => (
            "heat_pumps",
            numbers(&[
                ("max_turn_down_kw", h.max_turn_down_kw),
                ("max_pre_heat_kw", h.max_pre_heat_kw),
                ("comfort_kwh", h.comfort_kwh),
                ("pre_heat_kwh", h.pre_heat_kwh),
                ("min_off_min", h.min_off_min),
                ("delay_s", h.delay_s),
                ("ramp_up_kw_per_min", h.ramp_up_kw_per_min),
                ("ramp_down_kw_per_min", h.ramp_down_kw_per_min),
                ("rebound_share", h.rebound_share),
                ("rebound_min", h.rebound_min),
            ]),
        ),
        Asset::EvHub(h) => {
            let mut all = vec![format!("charge_points = {}", h.charge_points)];
            all.extend(numbers(&[
                ("point_kw", h.point_kw),
                ("connection_kw", h.connection_kw),
                ("step_kw", h.step_kw),
                ("delay_s", h.delay_s),
                ("random_delay_s", h.random_delay_s),
                ("sessions_per_week", h.sessions_per_week),
            ]));
            all.push(format!("arrive = {}", quoted(&h.arrive)));
            all.extend(numbers(&[
                ("arrive_spread_min", h.arrive_spread_min),
                ("stay_hours", h.stay_hours),
                ("session_kwh", h.session_kwh),
            ]));
            all.push(format!("seed = {}", h.seed));
            ("ev_hub", all)
        }
        Asset::Renewable(farm) => {
            let mut all = numbers(&[
                ("max_kw", farm.max_kw),
                ("delay_s", farm.delay_s),
                ("ramp_up_kw_per_min", farm.ramp_up_kw_per_min),
                ("ramp_down_kw_per_min", farm.ramp_down_kw_per_min),
            ]);
            match &farm.available {
                Available::Sun { seed } => all.push(format!("seed = {seed}")),
                Available::Wind { seed, mean_m_per_s } => {
                    all.push(format!("seed = {seed}, mean_m_per_s = {}", number(*mean_m_per_s)));
                }
                Available::Daily { points: levels, .. } => {
                    all.push(format!("available = {}", points(levels)))
                }
            }
            (asset.kind(), all)
        }
    };
    format!("{{ kind = {}, {} }}", quoted(kind), written.join(", "))
}

fn baseline(baseline: &Baseline) -> String {
    match baseline {
        Baseline::Zero => "{ kind = \"zero\" }".to_owned(),
        Baseline::Fixed { kw } => format!("{{ kind = \"fixed\", kw = {} }}", number(*kw)),
        Baseline::Daily { points: levels } => {
            format!("{{ kind = \"daily\", points = {} }}", points(levels))
        }
        Baseline::Weekly(week) => {
            let days =
                week.written().iter().map(|(days, levels)| format!("{} = {}", days.word(), points(levels)));
            format!("{{ kind = \"weekly\", days = {{ {} }} }}", joined(days))
        }
        Baseline::Nominated(nominated) => {
            let utc = |at: i64| quoted(&UtcTime::from_unix(at).to_string());
            let stretch = |(from, until, kw): &(i64, i64, f64)| {
                format!("[{}, {}, {}]", utc(*from), utc(*until), number(*kw))
            };
            format!(
                "{{ kind = \"nominated\", outside_kw = {}, stretches = [{}] }}",
                number(nominated.outside_kw()),
                joined(nominated.stretches().iter().map(stretch))
            )
        }
        Baseline::Historical(history) => {
            let day = |(date, kw): (&str, &[f64])| {
                format!("{} = [{}]", quoted(date), joined(kw.iter().map(|kw| number(*kw))))
            };
            format!(
                "{{ kind = \"historical\", of_days = {}, same_day_cap = {}, days = {{ {} }} }}",
                history.of_days(),
                number(history.same_day_cap()),
                joined(history.days().map(day))
            )
        }
    }
}

fn reactive(capability: &Capability) -> String {
    let priority = quoted(capability.priority().word());
    match capability.region() {
        Region::Polygon(polygon) => {
            let corners: Vec<String> = polygon
                .vertices()
                .iter()
                .map(|(kw, kvar)| format!("[{}, {}]", number(*kw), number(*kvar)))
                .collect();
            format!("{{ kind = \"polygon\", vertices = [{}], priority = {priority} }}", corners.join(", "))
        }
        Region::Inverter { kva } => {
            format!("{{ kind = \"inverter\", kva = {}, priority = {priority} }}", number(*kva))
        }
        Region::PowerFactor { least } => {
            format!("{{ kind = \"power_factor\", least = {} }}", number(*least))
        }
    }
}

fn meter(meter: &Meter) -> String {
    let step = meter.resolution_kw;
    let noise = (meter.noise != 0.0 || step.is_none()).then(|| format!("noise = {}", number(meter.noise)));
    let step = step.map(|step| format!("resolution_kw = {}", number(step)));
    let seed = (meter.seed != 0).then(|| format!("seed = {}", meter.seed));
    format!("{{ {} }}", joined([noise, step, seed].into_iter().flatten()))
}

fn points(levels: &[(String, f64)]) -> String {
    format!("[{}]", joined(levels.iter().map(|(at, kw)| format!("[{}, {}]", quoted(at), number(*kw)))))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// The shortest text that is this number again. No quantity of a fleet is near the end of TOML's whole numbers.
fn number(value: f64) -> String {
    format!("{value}")
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::availability::Limits;
    use crate::profile::fail_safe::FailSafe;
    use crate::units::Watts;

    #[test]
    fn a_fleet_comes_back_as_written() {
        let mut fleet = FleetProfile::demo();
        fleet.name = "A \"quoted\" \\ name".to_owned();
        fleet.contracts[0].price_pence_per_mwh = Some(-5);
        fleet.contracts[1].price_pence_per_mwh = None;
        fleet.contracts[0].fail_safe =
            Some(FailSafe { level: SafeLevel::Absolute(Watts(-250_001)), after_polls: 3 });
        fleet.contracts[1].fail_safe = Some(FailSafe { level: SafeLevel::Baseline, after_polls: 12 });
        if let Asset::Battery(battery) = &mut fleet.units[0].asset {
            battery.capacity_kwh = 1_234_567.891;
        }
        let limits = Limits { up: Some(Watts(500_250)), down: None };
        fleet.units[0].availability = Availability::Windows(vec![
            Window { from: 0, to: 390, limits: Limits::default() },
            Window { from: 960, to: 1440, limits },
        ]);
        fleet.units[1].availability = Availability::Windows(Vec::new());
        let meters = [
            Meter { noise: 0.005, resolution_kw: Some(0.1), seed: 7 },
            Meter { noise: 0.0, resolution_kw: Some(5.0), seed: 0 },
            Meter { noise: 0.0, resolution_kw: None, seed: 3 },
            Meter { noise: 0.000_2, resolution_kw: None, seed: 0 },
        ];
        fleet.units.iter_mut().zip(meters).for_each(|(unit, meter)| unit.meter = meter);
        let baselines = r#"
            zero = { kind = "zero" }
            week = { kind = "weekly", days = { weekdays = [["07:00", -700.5]], weekend = [["00:00", -100]], fri = [["06:00", 5]] } }
            named = { kind = "nominated", outside_kw = -1, stretches = [["2026-11-26T17:00:00Z", "2026-11-26T19:00:00Z", -400]] }
            past = { kind = "historical", of_days = 5, days = { "2026-11-26" = [WEEKDAY], "2026-11-28" = [WEEKDAY], "2026-11-29" = [-7] } }
        "#.replace("WEEKDAY", &["-3.5"; 48].join(", "));
        for (place, line) in baselines.lines().filter(|line| line.contains("kind")).enumerate() {
            let (_, declared) = line.split_once(" = ").unwrap();
            let text = fleet.to_toml().replacen(&baseline(&fleet.units[place].baseline), declared, 1);
            fleet.units[place].baseline =
                FleetProfile::from_toml("f.toml", &text).unwrap().units[place].baseline.clone();
            assert_ne!(fleet.units[place].baseline, FleetProfile::demo().units[place].baseline);
        }
        let vtns = vec![
            "https://a.example/openadr3/3.1.0".to_owned(),
            "https://b.example/openadr3/3.1.0".to_owned(),
        ];
        let operator = fleet.contracts[0].operator.clone();
        fleet.endpoints = vec![Endpoints { operator, vtns, client_id: None }];
        assert_eq!(FleetProfile::from_toml("f.toml", &fleet.to_toml()), Ok(fleet));
    }
}
