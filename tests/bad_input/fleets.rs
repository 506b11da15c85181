//! Fleet files: contracts, FSPs, units and their physics.

use rampdesk::profile::fleet::FleetProfile;

use super::{Case, hold};

pub const GOOD: &str = r#"name = "Three units"

[[contracts]]
operator = "GB-DNO-11"
id = "EMID-C-1"
product = "Operational Utilisation"
notice_seconds = 900
gbp_per_mwh = 300.00

[[contracts]]
operator = "GB-DNO-14"
id = "WMID-C-1"
product = "Scheduled Utilisation"

[[fsps]]
id = "BRIGHTFLEX"
name = "Brightflex Storage"
telephone = "0114 496 0142"

[[fsps]]
id = "COLDCHAIN"
name = "Midland Cold Chain"
telephone = "0121 496 0118"

[[units]]
fsp = "BRIGHTFLEX"
unit = "BESS-07"
name = "Harborough battery"
operator = "GB-DNO-11"
contract = "EMID-C-1"
baseline = { kind = "fixed", kw = 0 }

[units.asset]
kind = "battery"
max_discharge_kw = 2500
max_charge_kw = 2500
capacity_kwh = 5000
discharge_efficiency = 0.94
charge_efficiency = 0.94
min_soc = 0.05
max_soc = 0.95
initial_soc = 0.85
delay_s = 1
ramp_up_kw_per_min = 1500
ramp_down_kw_per_min = 1500

[[units]]
fsp = "BRIGHTFLEX"
unit = "GAS-01"
name = "Newark gas engine"
operator = "GB-DNO-11"
contract = "EMID-C-1"
asset = { kind = "generator", max_kw = 2000, min_stable_kw = 800, start_delay_s = 180, delay_s = 5, ramp_up_kw_per_min = 1200, ramp_down_kw_per_min = 1500 }
baseline = { kind = "fixed", kw = 0 }

[[units]]
fsp = "COLDCHAIN"
unit = "COLD-03"
name = "Coventry cold store"
operator = "GB-DNO-14"
contract = "WMID-C-1"
baseline = { kind = "daily", points = [["00:00", -700], ["06:00", -900]] }

[units.asset]
kind = "turn_down"
max_turn_down_kw = 600
delay_s = 60
ramp_up_kw_per_min = 120
ramp_down_kw_per_min = 200
max_duration_min = 120
rebound_share = 0.9
rebound_min = 90
"#;

pub fn read(text: &str) -> Vec<String> {
    super::said(FleetProfile::from_toml("fleet.toml", text))
}

const FLEETS: &[Case] = &[
    (
        r#"name = "Three units"
"#,
        r#"name = Three units
"#,
        &["fleet.toml:1: a text stands without quotes; write it in double quotes"],
    ),
    (
        r#"name = "Three units"
"#,
        "",
        &["fleet.toml:1: name: is missing; write the fleet's name, for people"],
    ),
    (
        r#"name = "Three units"
"#,
        r#"name = "Three units"
owner = "us"
"#,
        &[
            "fleet.toml:2: owner: no key has this name here; known are name, operators, contracts, fsps, units, generate",
        ],
    ),
    (
        r#"operator = "GB-DNO-11"
id"#,
        r#"operator = "GB-DNO-99"
id"#,
        &["fleet.toml:4: contracts[0].operator: `GB-DNO-99` is not in the well-known list, \
           profiles/operators.toml; write one that is, as in GB-DNO-11"],
    ),
    (
        r#"operator = "GB-DNO-14"
id = "WMID-C-1""#,
        r#"operator = "GB-DNO-11"
id = "EMID-C-1""#,
        &["fleet.toml:12: contracts[1].id: `EMID-C-1` is a contract of GB-DNO-11 twice; keep one"],
    ),
    (
        r#"id = "EMID-C-1""#,
        r#"id = "EMID/C/1""#,
        &["fleet.toml:5: contracts[0].id: `/` is not allowed in a contract id: `EMID/C/1`; use letters, \
           digits, _ and -"],
    ),
    (
        r#"product = "Operational Utilisation"
"#,
        "",
        &["fleet.toml:3: contracts[0].product: is missing; write the product's name, for people"],
    ),
    (
        "notice_seconds = 900",
        "notice_seconds = -1",
        &["fleet.toml:7: contracts[0].notice_seconds: `-1` is out of bounds; write a whole number of \
           seconds, 0 to 604800"],
    ),
    (
        "notice_seconds = 900",
        "poll_seconds = 0",
        &["fleet.toml:7: contracts[0].poll_seconds: `0` is out of bounds; write a whole number of \
           seconds, 1 to 3600"],
    ),
    (
        "name = \"Harborough battery\"",
        "name = \"Harborough battery\"\nmeter = 0.005",
        &[
            "fleet.toml:29: units[0].meter: `0.005` is a number; write { noise = 0.005, resolution_kw = 1 }, say",
        ],
    ),
    (
        "name = \"Harborough battery\"",
        "name = \"Harborough battery\"\nmeter = { noise = 0.5, resolution_kw = 0, seed = -1 }",
        &[
            "fleet.toml:29: units[0].meter.seed: `-1` is out of bounds; write a whole number, 0 to 9223372036854775807",
        ],
    ),
    (
        "name = \"Harborough battery\"",
        "name = \"Harborough battery\"\nmeter = { noise = 0.5, resolution_kw = 0 }",
        &[
            "fleet.toml:29: units[0].meter.noise: 0.5 is not a share from 0 to 0.1; write 0.005 for 0.5 % of the \
             reading, say",
            "fleet.toml:29: units[0].meter.resolution_kw: 0 is not a step from 0.001 to 1000 kW; write the step in \
             which it reads, as in 1",
        ],
    ),
    (
        "name = \"Harborough battery\"",
        "name = \"Harborough battery\"\nmeter = { error = 0.005 }",
        &[
            "fleet.toml:29: units[0].meter.error: no key has this name here; known are noise, resolution_kw, seed",
            "fleet.toml:29: units[0].meter.noise: is missing, and so is resolution_kw; write one of the two, or leave \
             the meter out",
        ],
    ),
    (
        "name = \"Harborough battery\"",
        "name = \"Harborough battery\"\nmeter = { noise = \"low\", resolution_kw = nan }",
        &[
            "fleet.toml:29: units[0].meter.noise: `low` is a text; write its standard deviation as a share of the \
             reading, as in 0.005",
            "fleet.toml:29: units[0].meter.resolution_kw: `nan` is not a finite number; write the step in which it \
             reads, kW, as in 1",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = 0",
        &[
            "fleet.toml:7: contracts[0].fail_safe: `0` is a whole number; write { kw = 0, after_polls = 3 }, say",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { kw = 0, after_polls = 0 }",
        &["fleet.toml:7: contracts[0].fail_safe.after_polls: `0` is out of bounds; write a whole number of \
           polls, 2 to 1000"],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { kw = \"stay\", after_polls = 1 }",
        &[
            "fleet.toml:7: contracts[0].fail_safe.kw: `stay` is no level; write net kW, as in 0, or \
             \"baseline\"",
            "fleet.toml:7: contracts[0].fail_safe.after_polls: `1` is out of bounds; write a whole number of \
             polls, 2 to 1000",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { to_kw = 0.0005 }",
        &[
            "fleet.toml:7: contracts[0].fail_safe.to_kw: no key has this name here; known are kw, after_polls",
            "fleet.toml:7: contracts[0].fail_safe.kw: is missing; write net kW, as in 0, or \"baseline\"",
            "fleet.toml:7: contracts[0].fail_safe.after_polls: is missing; write after how many polls, as in 3",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { kw = 0.0005, after_polls = 3 }",
        &[
            "fleet.toml:7: contracts[0].fail_safe.kw: `0.0005` is finer than 1 W; write kW in whole watts, as in \
           500 or 0.25, up to 100000000",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { kw = 500, after_polls = 3 }",
        &[
            "fleet.toml:52: units[1].contract: `EMID-C-1` has a fail-safe level of 500 kW, and this unit runs at \
           800.0 kW or more, or not at all; give the contract one that each of its units can be at, or \
           \"baseline\"",
        ],
    ),
    (
        "notice_seconds = 900",
        "fail_safe = { kw = 2100, after_polls = 3 }",
        &[
            "fleet.toml:52: units[1].contract: `EMID-C-1` has a fail-safe level of 2,100 kW, and this unit goes \
           from 0.0 to 2,000.0 kW; give the contract one that each of its units can be at, or \"baseline\"",
        ],
    ),
    (
        "notice_seconds = 900",
        "ack_seconds = 30.5",
        &["fleet.toml:7: contracts[0].ack_seconds: `30.5` is a number; write a whole number of seconds, \
           1 to 3600"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 300.001",
        &["fleet.toml:8: contracts[0].gbp_per_mwh: `300.001` is finer than one penny; write pounds and \
           pence, as in 300.00, up to 10000000.00"],
    ),
    (
        "gbp_per_mwh = 300.00",
        r#"gbp_per_mwh = "300.00""#,
        &["fleet.toml:8: contracts[0].gbp_per_mwh: `300.00` is a text; write pounds and pence, as in \
           300.00, up to 10000000.00"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = nan",
        &["fleet.toml:8: contracts[0].gbp_per_mwh: `nan` is not a finite number; write pounds and \
           pence, as in 300.00, up to 10000000.00"],
    ),
    (
        r#"id = "COLDCHAIN""#,
        r#"id = "BRIGHTFLEX""#,
        &["fleet.toml:21: fsps[1].id: `BRIGHTFLEX` is an FSP twice; keep one"],
    ),
    (
        r#"id = "COLDCHAIN""#,
        r#"id = "COLD_CHAIN""#,
        &["fleet.toml:21: fsps[1].id: `_` is not allowed in an FSP id: `COLD_CHAIN`; use letters, \
           digits and -"],
    ),
    (
        r#"id = "BRIGHTFLEX""#,
        r#"id = "desk""#,
        &["fleet.toml:16: fsps[0].id: `desk` is the operator's own client id; give the FSP another"],
    ),
    (
        r#"telephone = "0121 496 0118""#,
        r#"phone = "0121 496 0118""#,
        &[
            "fleet.toml:20: fsps[1].telephone: is missing; write its control point's telephone number",
            "fleet.toml:23: fsps[1].phone: no key has this name here; known are id, name, telephone",
        ],
    ),
    (
        r#"fsp = "COLDCHAIN""#,
        r#"fsp = "WARMCHAIN""#,
        &["fleet.toml:57: units[2].fsp: there is no FSP `WARMCHAIN` in this file; add it under [[fsps]] \
           or name another"],
    ),
    (
        r#"unit = "GAS-01""#,
        r#"unit = "BESS-07""#,
        &["fleet.toml:49: units[1].unit: `BRIGHTFLEX/BESS-07` is a unit twice; keep one"],
    ),
    (
        r#"contract = "WMID-C-1""#,
        r#"contract = "WMID-C-2""#,
        &["fleet.toml:61: units[2].contract: GB-DNO-14 has no contract `WMID-C-2` in this file; add it \
           under [[contracts]] or name another"],
    ),
    (
        r#"operator = "GB-DNO-14"
contract = "WMID-C-1""#,
        r#"operator = "GB-DNO-11"
contract = "EMID-C-1""#,
        &["fleet.toml:61: units[2].contract: `EMID-C-1` is with BRIGHTFLEX already; a contract is with \
           one FSP"],
    ),
    (
        r#"product = "Operational Utilisation"
notice_seconds = 900"#,
        r#"product = ""
poll_seconds = 99999
notice = 900"#,
        &[
            "fleet.toml:6: contracts[0].product: is empty; write the product's name, for people",
            "fleet.toml:7: contracts[0].poll_seconds: `99999` is out of bounds; write a whole number of \
             seconds, 1 to 3600",
            "fleet.toml:8: contracts[0].notice: no key has this name here; known are operator, id, \
             product, poll_seconds, ack_seconds, notice_seconds, gbp_per_mwh, fail_safe",
        ],
    ),
    (
        "[[contracts]]",
        "[contracts]",
        &["fleet.toml:10: `contracts` is here twice; keep one, or write [[contracts]] each time for a \
           list of them"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 300.00\ngbp_per_mwh = 310.00",
        &["fleet.toml:9: `gbp_per_mwh` is here twice; keep one"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 1e400",
        &["fleet.toml:8: contracts[0].gbp_per_mwh: `1e400` is not a finite number; write pounds and \
           pence, as in 300.00, up to 10000000.00"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 300,00",
        &["fleet.toml:8: something stands after the value; write one KEY = VALUE on a line"],
    ),
    ("gbp_per_mwh = 300.00", "gbp_per_mwh =", &["fleet.toml:8: the value after the = is missing"]),
    (
        "notice_seconds = 900",
        "notice_seconds = 99999999999999999999999999999999999999999999",
        &["fleet.toml:7: contracts[0].notice_seconds: `99999999999999999999999999999999999999999999` is \
           out of bounds; write a whole number of seconds, 0 to 604800"],
    ),
    (
        "name = \"Brightflex Storage\"",
        "name = \"Brightflex\\u0007Storage\"",
        &["fleet.toml:17: fsps[0].name: `Brightflex\\u{7}Storage` holds a control character; write the \
           FSP's name, for people"],
    ),
    (
        "name = \"Brightflex Storage\"",
        "name = \"Brightflex Storage",
        &["fleet.toml:17: a text is not closed with a double quote"],
    ),
    (
        "name = \"Harborough battery\"",
        "name = [\"Harborough battery\"",
        &["fleet.toml:29: a comma is missing between two entries of a list, or a list is not closed \
           with ]"],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = \"evenings\"",
        &["fleet.toml:50: units[1].availability: `evenings` is a text; write windows of London local time, \
           as in [{ from = \"16:00\", to = \"20:00\" }]"],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = [{ from = \"16:10\", to = \"24:30\", up = 5 }]",
        &[
            "fleet.toml:50: units[1].availability[0].up: no key has this name here; known are from, to, \
             up_kw, down_kw",
            "fleet.toml:50: units[1].availability[0].from: `16:10` is no half-hour of a day; write a London \
             local time on the half-hour, as in \"16:30\"",
            "fleet.toml:50: units[1].availability[0].to: `24:30` is no half-hour of a day; write a London \
             local time on the half-hour, as in \"16:30\"",
        ],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = [{ from = \"22:00\", to = \"02:00\" }]",
        &["fleet.toml:50: units[1].availability[0].to: `02:00` is not after `22:00`; write two windows for \
           one over midnight, the first to \"24:00\""],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = [{ from = \"16:00\", to = \"20:00\" }, { from = \"19:30\", to = \
         \"21:00\", down_kw = -5 }]",
        &["fleet.toml:50: units[1].availability[1].down_kw: is below 0; write kW from 0, and what goes the \
           other way under up_kw"],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = [{ from = \"19:30\", to = \"21:00\" }, { from = \"16:00\", to = \
         \"20:00\" }]",
        &["fleet.toml:50: units[1].availability: the window from 19:30 begins before the one from 16:00 \
           ends at 20:00; let none stand over another"],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS-01\"\navailability = [{ from = \"16:00\", up_kw = 0.0001 }]",
        &[
            "fleet.toml:50: units[1].availability[0].to: is missing; write a London local time on the \
             half-hour, as in \"16:30\"",
            "fleet.toml:50: units[1].availability[0].up_kw: `0.0001` is finer than 1 W; write kW in whole \
             watts, as in 500 or 0.25, up to 100000000",
        ],
    ),
    (
        "unit = \"GAS-01\"",
        "unit = \"GAS 01\"",
        &["fleet.toml:49: units[1].unit: ` ` is not allowed in a unit id: `GAS 01`; use letters, \
           digits, _ and -"],
    ),
];

#[test]
fn a_fleet_that_cannot_be_is_named_with_line_field_and_what_would_be_right() {
    hold(GOOD, FLEETS, read);
}
