//! Scenarios: what a trainer reads who mistypes one, or asks for what can never be.

use std::path::Path;

use rampdesk::workshop::scenario::Scenario;

use super::{Case, hold, said};

pub const GOOD: &str = r#"name = "Peak"
fleet = "demo"
seed = 1
start = "2026-11-26T15:30:00Z"
run_for = "T+02:00"

[[steps]]
at = "T+00:05"
action = "send"
ref = "R-1"
unit = "BRIGHTFLEX/BESS-07"
service_start = "T+00:30"
service_end = "T+01:30"
setpoints = [
  { at = "T+00:30", reference = "DELTA", real_kw = 500, gbp_per_mwh = 300.00 },
  { at = "T+01:00", reference = "ABSOLUTE", reactive_kvar = 0.25 },
]

[[steps]]
at = "T+00:10"
action = "send"
ref = "R-2"
unit = "TRENTGEN/GAS-02"
service_start = "T+00:30"
service_end = "T+01:50"
setpoints = [{ at = "T+00:30", reference = "DELTA", real_kw = 800 }]

[[steps]]
at = "T+00:20"
action = "amend"
ref = "R-1"
service_end = "T+01:40"

[[steps]]
at = "T+01:00"
action = "stop"
ref = "R-1"

[[steps]]
at = "T+01:10"
action = "emergency_stop"
operator = "GB-DNO-11"
units = ["BRIGHTFLEX/BESS-07", "TRENTGEN/GAS-01"]

[[expect]]
ref = "R-1"
phase = "stopped"
stages = ["ACCEPTED", "STOPPED"]
never = ["ENDED"]
setpoints_reached = 1
ratio_at_least = 0.9
stopped_within_s = 60

[[expect]]
ref = "R-2"
phase = "ended"
stages = ["ACCEPTED", "ENDED"]

[[expect]]
alarms = 0
containing = "late"
"#;

pub fn read(text: &str) -> Vec<String> {
    said(Scenario::from_toml("peak.toml", text, Path::new(".")))
}

const HEADER: &[Case] = &[
    (
        "seed = 1\n",
        "",
        &["peak.toml:1: seed: is missing; write a whole number; all chance in the rehearsal comes from \
           it"],
    ),
    (
        "seed = 1",
        "seed = -1",
        &["peak.toml:3: seed: `-1` is out of bounds; write a whole number, 0 to 18446744073709551615"],
    ),
    (
        "seed = 1",
        "seed = 18446744073709551616",
        &["peak.toml:3: seed: `18446744073709551616` is out of bounds; write a whole number, 0 to \
           18446744073709551615"],
    ),
    (
        "seed = 1",
        "seed = 1.5",
        &["peak.toml:3: seed: `1.5` is a number; write a whole number, 0 to 18446744073709551615"],
    ),
    (
        "seed = 1",
        "seed = 1\nsped = 2",
        &["peak.toml:4: sped: no key has this name here; known are name, about, fleet, seed, start, \
           run_for, poll_seconds, steps, expect, workshop, trainee, marks"],
    ),
    (
        "name = \"Peak\"",
        "name = Peak",
        &["peak.toml:1: a text stands without quotes; write it in double quotes"],
    ),
    (
        "name = \"Peak\"",
        "name = \"\"",
        &["peak.toml:1: name: is empty; write the scenario's name, for people"],
    ),
    (
        "fleet = \"demo\"",
        "fleet = \"nowhere.toml\"",
        &["peak.toml:2: fleet: ./nowhere.toml: cannot be read: there is no such file; a path is taken \
           from the scenario's own folder"],
    ),
    (
        "fleet = \"demo\"",
        "fleet = \"src\"",
        &["peak.toml:2: fleet: ./src: is a folder; name a file; a path is taken from the scenario's own \
           folder"],
    ),
    (
        "fleet = \"demo\"",
        "fleet = 7",
        &["peak.toml:2: fleet: `7` is a whole number; write the fleet file's path, or \"demo\""],
    ),
    (
        "2026-11-26T15:30:00Z",
        "2026-11-26 15:30",
        &["peak.toml:4: start: `2026-11-26 15:30` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "2026-11-26T15:30:00Z",
        "2026-11-26T15:30:00",
        &["peak.toml:4: start: `2026-11-26T15:30:00` is not written in UTC; end it with Z, as in \
           2026-11-26T17:00:00Z"],
    ),
    (
        "2026-11-26T15:30:00Z",
        "2026-11-26T15:30:00+01:00",
        &["peak.toml:4: start: `2026-11-26T15:30:00+01:00` is not written in UTC; end it with Z, as in \
           2026-11-26T17:00:00Z"],
    ),
    (
        "2026-11-26T15:30:00Z",
        "2026-11-26T24:30:00Z",
        &["peak.toml:4: start: `2026-11-26T24:30:00Z` is not a date and time; write UTC as \
           2026-11-26T17:00:00Z"],
    ),
    (
        "\"T+02:00\"",
        "\"2h\"",
        &["peak.toml:5: run_for: `2h` is not a time of the scenario; write T+01:30 or T+01:30:00"],
    ),
    ("\"T+02:00\"", "\"T+00:00\"", &["peak.toml:5: run_for: T+00:00:00 is not between T+00:01 and T+48:00"]),
    ("\"T+02:00\"", "\"T+49:00\"", &["peak.toml:5: run_for: T+49:00:00 is not between T+00:01 and T+48:00"]),
    (
        "seed = 1",
        "seed = 1\npoll_seconds = 0",
        &["peak.toml:4: poll_seconds: `0` is out of bounds; write a whole number of seconds, 1 to 3600"],
    ),
    ("seed = 1", "seed = 1\nname = \"Twice\"", &["peak.toml:4: `name` is here twice; keep one"]),
    (
        "[[steps]]",
        "[steps]",
        &["peak.toml:19: `steps` is here twice; keep one, or write [[steps]] each time for a list of \
           them"],
    ),
];

const STEPS: &[Case] = &[
    (
        "at = \"T+00:05\"",
        "at = \"T+00:61\"",
        &["peak.toml:8: steps[0].at: `T+00:61` is not a time of the scenario; write T+01:30 or \
           T+01:30:00"],
    ),
    (
        "at = \"T+00:05\"",
        "at = \"T+00:25\"",
        &["peak.toml:20: steps[1].at: T+00:10:00 is before the step above, T+00:25:00; steps stand in \
           order of time"],
    ),
    (
        "at = \"T+01:10\"",
        "at = \"T+02:10\"",
        &["peak.toml:40: steps[4].at: T+02:10:00 is after the scenario's end, T+02:00:00; write an \
           earlier time"],
    ),
    (
        "action = \"send\"",
        "action = \"sned\"",
        &[
            "peak.toml:9: steps[0].action: `sned` is not known; write send, amend, stop, emergency_stop, fault, weather, baseline, tell, note, acknowledge or shelve",
        ],
    ),
    (
        "action = \"send\"\n",
        "",
        &[
            "peak.toml:7: steps[0].action: is missing; write send, amend, stop, emergency_stop, fault, weather, baseline, tell, note, acknowledge or shelve",
        ],
    ),
    (
        "ref = \"R-1\"\nunit",
        "unit",
        &["peak.toml:7: steps[0].ref: is missing; write the dispatch's reference, as in \
           \"EMID-20261126-0417\""],
    ),
    (
        "ref = \"R-1\"\nunit",
        "ref = \"R 1\"\nunit",
        &["peak.toml:10: steps[0].ref: ` ` is not allowed in a dispatch ref: `R 1`; use letters, \
           digits, _ and -"],
    ),
    (
        "unit = \"BRIGHTFLEX/BESS-07\"",
        "unit = \"BRIGHTFLEX\"",
        &["peak.toml:11: steps[0].unit: `BRIGHTFLEX` is not a dispatch unit; write FSP/UNIT"],
    ),
    (
        "unit = \"BRIGHTFLEX/BESS-07\"",
        "unit = \"BRIGHTFLEX/BESS-77\"",
        &["peak.toml:11: steps[0].unit: the fleet has no unit `BRIGHTFLEX/BESS-77`; write a unit of the \
           fleet, as in \"BRIGHTFLEX/BESS-07\""],
    ),
    (
        "unit = \"BRIGHTFLEX/BESS-07\"",
        "unit = \"BRIGHTFLEX/BESS-07\"\nstatus = \"STOP\"",
        &["peak.toml:12: steps[0].status: `STOP` is not known; write RUN, RUN_NOW or PRE_NOTIFY"],
    ),
    (
        "service_end = \"T+01:30\"\n",
        "",
        &["peak.toml:7: steps[0].service_end: is missing; write a time of the scenario, as in \
           \"T+01:30\""],
    ),
    (
        "service_end = \"T+01:30\"",
        "service_end = \"T+00:30\"",
        &["peak.toml:13: steps[0].service_end: T+00:30:00 is not after service_start T+00:30:00; a \
           window ends after it starts"],
    ),
    (
        "service_end = \"T+01:40\"",
        "service_end = \"T+00:50\"",
        &["peak.toml:32: steps[2].service_end: T+01:00:00 is not before service_end T+00:50:00; \
           setpoints lie within the window"],
    ),
    (
        "service_end = \"T+01:40\"",
        "",
        &["peak.toml:28: steps[2]: this changes nothing; give status, service_start, service_end or \
           setpoints"],
    ),
    (
        "action = \"amend\"\nref = \"R-1\"",
        "action = \"amend\"\nref = \"R-9\"",
        &["peak.toml:31: steps[2].ref: no step above sends `R-9`; name one that is sent, or send it \
           first"],
    ),
    (
        "action = \"amend\"\nref = \"R-1\"",
        "action = \"send\"\nref = \"R-1\"",
        &[
            "peak.toml:28: steps[2].unit: is missing; write a unit of the fleet, as in \
             \"BRIGHTFLEX/BESS-07\"",
            "peak.toml:28: steps[2].service_start: is missing; write a time of the scenario, as in \
             \"T+01:30\"",
            "peak.toml:28: steps[2].setpoints: is missing; write a list, as in [{ at = \"T+00:30\", \
             reference = \"DELTA\", real_kw = 500 }]",
            "peak.toml:31: steps[2].ref: `R-1` is sent by a step above already; write `amend` for its \
             next revision",
        ],
    ),
    (
        "action = \"stop\"\nref = \"R-1\"",
        "action = \"stop\"",
        &["peak.toml:34: steps[3].ref: is missing; write the dispatch's reference, as in \
           \"EMID-20261126-0417\""],
    ),
    (
        "action = \"stop\"\nref = \"R-1\"",
        "action = \"stop\"\nref = \"R-1\"\nunits = []",
        &["peak.toml:38: steps[3].units: no key has this name here; known are at, action, ref"],
    ),
    (
        "operator = \"GB-DNO-11\"",
        "operator = \"GB-DNO-12\"",
        &["peak.toml:42: steps[4].operator: no contract of the fleet is GB-DNO-12's; its operators are \
           GB-DNO-11, GB-DNO-14"],
    ),
    (
        "operator = \"GB-DNO-11\"",
        "operator = \"GB-DNO-14\"",
        &[
            "peak.toml:43: steps[4].units[0]: `BRIGHTFLEX/BESS-07` is GB-DNO-11's, and the step is for \
             GB-DNO-14 only; take it out",
            "peak.toml:43: steps[4].units[1]: `TRENTGEN/GAS-01` is GB-DNO-11's, and the step is for \
             GB-DNO-14 only; take it out",
        ],
    ),
    (
        "\"TRENTGEN/GAS-01\"",
        "\"BRIGHTFLEX/BESS-07\"",
        &["peak.toml:43: steps[4].units[1]: `BRIGHTFLEX/BESS-07` is here twice; keep one"],
    ),
    (
        "\"TRENTGEN/GAS-01\"",
        "17",
        &["peak.toml:43: steps[4].units[1]: `17` is a whole number; write a unit of the fleet, as in \
           \"BRIGHTFLEX/BESS-07\""],
    ),
];

#[test]
fn a_wrong_header_of_a_scenario_is_named_with_what_would_be_right() {
    hold(GOOD, HEADER, read);
}

#[test]
fn a_step_that_cannot_be_done_is_named_with_what_would_be_right() {
    hold(GOOD, STEPS, read);
}

#[test]
fn all_mistakes_of_a_scenario_are_told_at_once() {
    let text =
        GOOD.replacen("\"DELTA\"", "\"UP\"", 1).replace("T+02:00", "soon").replace("\"stopped\"", "\"gone\"");
    assert_eq!(
        read(&text),
        [
            "peak.toml:5: run_for: `soon` is not a time of the scenario; write T+01:30 or T+01:30:00",
            "peak.toml:15: steps[0].setpoints[0].reference: `UP` is not known; write DELTA or ABSOLUTE",
            "peak.toml:47: expect[0].phase: `gone` is not known; write sent, received, accepted, unreachable, \
             rejected, started, at_setpoint, ended, stopped or failed",
        ]
    );
}

#[test]
fn the_mistakes_of_the_fleet_that_a_scenario_names_come_after_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = folder.path().join("fleet.toml");
    std::fs::write(&fleet, "name = \"\"\nunits = 7\n").unwrap();
    let text = GOOD.replace("\"demo\"", "\"fleet.toml\"").replacen("\"DELTA\"", "\"UP\"", 1);
    let found = said(Scenario::from_toml("peak.toml", &text, folder.path()));
    let shown = fleet.display();
    assert_eq!(
        found,
        [
            "peak.toml:15: steps[0].setpoints[0].reference: `UP` is not known; write DELTA or ABSOLUTE"
                .to_owned(),
            format!("{shown}:1: name: is empty; write the fleet's name, for people"),
            format!("{shown}:2: units: `7` is a whole number; write tables, each under [[units]]"),
        ]
    );
}
