//! Fleet files: what a unit declares of itself and its baseline.

use super::fleets::{GOOD, read};
use super::{Case, hold};

/// The end of the gas engine's table, to which what it gives of reactive power is added.
const GAS_BASELINE: &str = "baseline = { kind = \"fixed\", kw = 0 }\n\n[[units]]\nfsp = \"COLDCHAIN\"";

/// The gas engine's asset.
const GAS: &str = r#"asset = { kind = "generator", max_kw = 2000, min_stable_kw = 800, start_delay_s = 180, delay_s = 5, ramp_up_kw_per_min = 1200, ramp_down_kw_per_min = 1500 }"#;

const PHYSICS: &[Case] = &[
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"5"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive: `5` is a whole number; write { kind = \"inverter\", kva = 2500 }, say",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kva = 2500 }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &["fleet.toml:55: units[1].reactive.kind: is missing; write polygon, inverter or power_factor"],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "inverter" }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &["fleet.toml:55: units[1].reactive.kva: is missing; write a number of kVA"],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "inverter", kva = 0 }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive.kva: 0 kVA is too little; write a number above 0, at least 0.001",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "inverter", kva = 1500 }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive: leaves out 2000 kW, which the unit's asset goes to; write one that takes in all of its real power",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "inverter", kva = 2500, priority = "both" }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &["fleet.toml:55: units[1].reactive.priority: `both` is not known; write real or reactive"],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "power_factor", least = 95 }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive.least: 95 is no power factor below 1; write 0.1 to 0.999, as in 0.95",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "power_factor", least = 0.95, priority = "real" }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &["fleet.toml:55: units[1].reactive.priority: no key has this name here; known are kind, least"],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "polygon", vertices = [[0, 0], [2000]] }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive.vertices[1]: this has 1 entry; write kW and kvar, as in [900, -300]",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "polygon", vertices = [[0, 0], [2000, 0]] }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &["fleet.toml:55: units[1].reactive.vertices: has 2 corners; write 3 to 64, each as [kW, kvar]"],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "polygon", vertices = [[0, -9], [2000, -9], [1000, 0], [2000, 9], [0, 9]] }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive.vertices: is not convex at [1000, 0]; leave that corner out, or write the corners in order round the chart",
        ],
    ),
    (
        GAS_BASELINE,
        concat!(
            "baseline = { kind = \"fixed\", kw = 0 }\nreactive = ",
            r#"{ kind = "polygon", vertices = [[5, -9], [2000, -9], [2000, 9]] }"#,
            "\n\n[[units]]\nfsp = \"COLDCHAIN\""
        ),
        &[
            "fleet.toml:55: units[1].reactive.vertices: leaves out 0 kW at 0 kvar, where the unit idles; write corners round it",
        ],
    ),
    (
        r#"kind = "battery""#,
        r#"kind = "flywheel""#,
        &["fleet.toml:34: units[0].asset.kind: `flywheel` is not known; write battery, generator, \
           turn_down, heat_pumps, ev_hub, solar or wind"],
    ),
    (
        GAS,
        r#"asset = { kind = "wind", max_kw = 2000, delay_s = 5, ramp_up_kw_per_min = 1200, ramp_down_kw_per_min = 1500 }"#,
        &[
            "fleet.toml:53: units[1].asset.seed: is missing; write a whole number: the same one, the same days",
            "fleet.toml:53: units[1].asset.mean_m_per_s: is missing; write a number of m/s, as in 7",
        ],
    ),
    (
        GAS,
        r#"asset = { kind = "wind", max_kw = 2000, delay_s = 5, ramp_up_kw_per_min = 1200, ramp_down_kw_per_min = 1500, seed = 1, mean_m_per_s = 70 }"#,
        &[
            "fleet.toml:53: units[1].asset.mean_m_per_s: a mean wind of 70 m/s is not one that turbines are built \
           for; write 1 to 20, as in 7",
        ],
    ),
    (
        GAS,
        r#"asset = { kind = "solar", max_kw = 2000, delay_s = 5, ramp_up_kw_per_min = 1200, ramp_down_kw_per_min = 1500, seed = 1, available = [["09:00", 2500]] }"#,
        &[
            "fleet.toml:53: units[1].asset.seed: there is a profile under `available` too; keep one of the two",
            "fleet.toml:53: units[1].asset.available: from 09:00: 2500 kW is not what a farm of 2000 kW can make; \
             write 0 to 2000",
        ],
    ),
    (
        GAS,
        r#"asset = { kind = "ev_hub", charge_points = 0, point_kw = 7, connection_kw = 70, step_kw = 1.4, delay_s = 5, random_delay_s = 600, sessions_per_week = 3, arrive = "18:00", arrive_spread_min = 90, stay_hours = 10, session_kwh = 14, seed = 1 }"#,
        &[
            "fleet.toml:53: units[1].asset.charge_points: `0` is out of bounds; write a whole number, 1 to 10000",
        ],
    ),
    (
        GAS,
        r#"asset = { kind = "ev_hub", charge_points = 9, point_kw = 7, connection_kw = 70, step_kw = 14, delay_s = 5, random_delay_s = 3600, sessions_per_week = 8, arrive = "six", arrive_spread_min = 90, stay_hours = 40, session_kwh = 14, seed = 1 }"#,
        &[
            "fleet.toml:53: units[1].asset.step_kw: 14 kW is more than a charge point's 7; write at most that",
            "fleet.toml:53: units[1].asset.random_delay_s: 3600 s is too much; write at most 1800",
            "fleet.toml:53: units[1].asset.sessions_per_week: 8 sessions is too much; write at most 7",
            "fleet.toml:53: units[1].asset.arrive: `six` is not a time of day; write London local time as 18:00",
            "fleet.toml:53: units[1].asset.stay_hours: 40 hours is too much; write at most 15",
        ],
    ),
    (
        GAS,
        r#"asset = { kind = "heat_pumps", max_turn_down_kw = 200, max_pre_heat_kw = 50, comfort_kwh = 100, pre_heat_kwh = 0, min_off_min = 3, delay_s = 5, ramp_up_kw_per_min = 100, ramp_down_kw_per_min = 100, rebound_share = 0.7, rebound_min = 0 }"#,
        &[
            "fleet.toml:53: units[1].asset.rebound_min: 0 minutes is too little; write a number above 0, at least 0.001",
            "fleet.toml:53: units[1].asset.pre_heat_kwh: 0 kWh leave no room to heat ahead; write how much homes can \
             take, or max_pre_heat_kw = 0",
        ],
    ),
    (
        "delay_s = 1\n",
        "delay_s = 1\nidling_loss_kw = 5000\n",
        &[
            "fleet.toml:44: units[0].asset.idling_loss_kw: 5000 kW is more than half of what it can charge or discharge; \
           write at most 1250 kW",
        ],
    ),
    (
        "start_delay_s = 180,",
        "start_delay_s = 180, min_run_min = -1,",
        &["fleet.toml:53: units[1].asset.min_run_min: -1 minutes is negative; write 0 or more"],
    ),
    (
        r#"capacity_kwh = 5000
"#,
        "",
        &["fleet.toml:33: units[0].asset.capacity_kwh: is missing; write a number of kWh"],
    ),
    (
        "capacity_kwh = 5000",
        "capacity_mwh = 5",
        &[
            "fleet.toml:33: units[0].asset.capacity_kwh: is missing; write a number of kWh",
            "fleet.toml:37: units[0].asset.capacity_mwh: no key has this name here; known are kind, \
             max_discharge_kw, max_charge_kw, capacity_kwh, discharge_efficiency, charge_efficiency, \
             min_soc, max_soc, initial_soc, idling_loss_kw, delay_s, ramp_up_kw_per_min, ramp_down_kw_per_min",
        ],
    ),
    (
        "capacity_kwh = 5000",
        "capacity_kwh = -5000",
        &["fleet.toml:37: units[0].asset.capacity_kwh: -5000 kWh is too little; write a number above 0, \
           at least 0.001"],
    ),
    (
        "capacity_kwh = 5000",
        r#"capacity_kwh = "5 MWh""#,
        &["fleet.toml:37: units[0].asset.capacity_kwh: `5 MWh` is a text; write a number of kWh"],
    ),
    (
        "max_discharge_kw = 2500",
        "max_discharge_kw = inf",
        &["fleet.toml:35: units[0].asset.max_discharge_kw: `inf` is not a finite number; write a number \
           of kW"],
    ),
    (
        "min_soc = 0.05",
        "min_soc = 0.96",
        &["fleet.toml:40: units[0].asset.min_soc: 0.96 is not below max_soc 0.95; write a lower share"],
    ),
    (
        "initial_soc = 0.85",
        "initial_soc = 85",
        &["fleet.toml:42: units[0].asset.initial_soc: 85 is not a share; write a number from 0 to 1, as \
           in 0.9 for 90 %"],
    ),
    (
        "min_stable_kw = 800",
        "min_stable_kw = 8000",
        &["fleet.toml:53: units[1].asset.min_stable_kw: 8000 kW is more than max_kw 2000; write at most \
           that"],
    ),
    (
        r#"ramp_up_kw_per_min = 120
"#,
        r#"ramp_up_kw_per_min = 0
"#,
        &["fleet.toml:68: units[2].asset.ramp_up_kw_per_min: 0 kW per minute is too little; write a \
           number above 0, at least 0.001"],
    ),
    (
        r#"baseline = { kind = "daily", points = [["00:00", -700], ["06:00", -900]] }"#,
        "",
        &["fleet.toml:56: units[2].baseline: is missing; write { kind = \"fixed\", kw = 0 }, say"],
    ),
    (
        r#"["06:00", -900]"#,
        r#"["26:00", -900]"#,
        &["fleet.toml:62: units[2].baseline.points: `26:00` is not a time of day; write London local \
           time as 07:00"],
    ),
    (
        r#"["06:00", -900]"#,
        r#"["06:00"]"#,
        &["fleet.toml:62: units[2].baseline.points[1]: this has 1 entry; write a local time and net kW, \
           as in [\"07:00\", -700]"],
    ),
    (
        r#"["06:00", -900]"#,
        r#"[-900, "06:00"]"#,
        &[
            "fleet.toml:62: units[2].baseline.points[1][0]: `-900` is a whole number; write a local time \
             and net kW, as in [\"07:00\", -700]",
            "fleet.toml:62: units[2].baseline.points[1][1]: `06:00` is a text; write a local time and net \
             kW, as in [\"07:00\", -700]",
        ],
    ),
    (
        r#"kw = 0 }

[units.asset]"#,
        r#"kw = true }

[units.asset]"#,
        &["fleet.toml:31: units[0].baseline.kw: `true` is true or false; write net kW, negative for \
           import"],
    ),
    (
        "discharge_efficiency = 0.94",
        "discharge_efficiency = 0",
        &["fleet.toml:38: units[0].asset.discharge_efficiency: 0 leaves nothing; write a share of at \
           least 0.01"],
    ),
    (
        "discharge_efficiency = 0.94",
        "discharge_efficiency = 2",
        &["fleet.toml:38: units[0].asset.discharge_efficiency: 2 is not a share; write a number from 0 \
           to 1, as in 0.9 for 90 %"],
    ),
    (
        "discharge_efficiency = 0.94",
        "discharge_efficiency = nan",
        &["fleet.toml:38: units[0].asset.discharge_efficiency: `nan` is not a finite number; write a \
           share from 0 to 1, as in 0.9 for 90 %"],
    ),
    (
        "max_soc = 0.95",
        "max_soc = 0.05",
        &["fleet.toml:40: units[0].asset.min_soc: 0.05 is not below max_soc 0.05; write a lower share"],
    ),
    (
        "delay_s = 1\n",
        "delay_s = -0.5\n",
        &["fleet.toml:43: units[0].asset.delay_s: -0.5 s is negative; write 0 or more"],
    ),
    (
        "max_kw = 2000, ",
        "max_kw = 2000 ",
        &["fleet.toml:53: a comma is missing between two keys, or there is one = too many"],
    ),
    (
        "max_duration_min = 120",
        "max_duration_min = false",
        &["fleet.toml:70: units[2].asset.max_duration_min: `false` is true or false; write a number of \
           minutes"],
    ),
    (
        "rebound_share = 0.9",
        "rebound_share = 1.2",
        &["fleet.toml:71: units[2].asset.rebound_share: 1.2 is not a share; write a number from 0 to 1, \
           as in 0.9 for 90 %"],
    ),
    (
        "[\"06:00\", -900]",
        "[\"06:00:30\", -900]",
        &["fleet.toml:62: units[2].baseline.points: `06:00:30` is not a time of day; write London local \
           time as 07:00"],
    ),
    (
        "[\"06:00\", -900]",
        "[\"00:00\", -900]",
        &["fleet.toml:62: units[2].baseline.points: `00:00` does not come after `00:00`; write the \
           times in ascending order"],
    ),
    (
        "[\"06:00\", -900]",
        "[\"06:00\", -1e300]",
        &["fleet.toml:62: units[2].baseline.points[1][1]: `-1e300` is too much; write a local time and \
           net kW, as in [\"07:00\", -700]"],
    ),
    (
        "[[\"00:00\", -700], [\"06:00\", -900]]",
        "[]",
        &["fleet.toml:62: units[2].baseline.points: a daily baseline has no points; write at least one, \
           as in [[\"00:00\", -300]]"],
    ),
    (
        "baseline = { kind = \"fixed\", kw = 0 }\n\n[units.asset]",
        "baseline = 0\n\n[units.asset]",
        &["fleet.toml:31: units[0].baseline: `0` is a whole number; write { kind = \"fixed\", kw = 0 }, \
           say"],
    ),
];

#[test]
fn physics_and_a_baseline_that_cannot_be_are_named_with_line_field_and_what_would_be_right() {
    hold(GOOD, PHYSICS, read);
}
