//! What a trainer who mistypes a scenario reads: every mistake with its line, its field and what would be right.

use std::path::Path;

use rampdesk::workshop::scenario::Scenario;

const GOOD: &str = r#"name = "Peak"
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
setpoints = [{ at = "T+00:30", reference = "DELTA", real_kw = 500 }]

[[steps]]
at = "T+01:00"
action = "stop"
ref = "R-1"

[[expect]]
ref = "R-1"
phase = "stopped"
"#;

fn faults(text: &str) -> Vec<String> {
    match Scenario::from_toml("peak.toml", text, Path::new(".")) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_good_scenario_has_nothing_wrong() {
    assert_eq!(faults(GOOD), Vec::<String>::new());
}

#[test]
fn each_mistake_is_named_with_line_field_and_what_would_be_right() {
    // (what stands in the good scenario, what is written instead, what the trainer reads)
    let table: &[(&str, &str, &str)] = &[
        ("seed = 1", "", "peak.toml:1: missing field `seed`"),
        ("seed = 1", "seed = -1", "peak.toml:3: invalid value"),
        ("seed = 1", "seed = 1\nsped = 2", "peak.toml:4: unknown field `sped`"),
        ("name = \"Peak\"", "name = Peak", "peak.toml:1: "),
        ("\"demo\"", "\"nowhere.toml\"", "fleet: ./nowhere.toml cannot be read"),
        (
            "2026-11-26T15:30:00Z",
            "2026-11-26 15:30",
            "peak.toml:4: start: `2026-11-26 15:30` is not a date and time",
        ),
        ("2026-11-26T15:30:00Z", "2026-11-26T15:30:00+01:00", "peak.toml:4: start: "),
        ("T+02:00", "2h", "peak.toml:5: run_for: `2h` is not a time of the scenario; write T+01:30"),
        ("T+02:00", "T+00:00", "peak.toml:5: run_for: T+00:00:00 is not between T+00:01 and T+48:00"),
        ("T+02:00", "T+00:30", "peak.toml:17: steps[1].at: T+01:00:00 is after the end, T+00:30:00"),
        ("seed = 1", "seed = 1\npoll_seconds = 0", "peak.toml:4: poll_seconds: 0 is not between 1 and 3600"),
        (
            "at = \"T+00:05\"",
            "at = \"T+00:61\"",
            "peak.toml:8: steps[0].at: `T+00:61` is not a time of the scenario",
        ),
        (
            "at = \"T+00:05\"",
            "at = \"T+01:30\"",
            "peak.toml:17: steps[1].at: T+01:00:00 is before the step above",
        ),
        (
            "\"send\"",
            "\"sned\"",
            "peak.toml:9: steps[0].action: `sned` is none of send, amend, stop, emergency_stop",
        ),
        ("ref = \"R-1\"\nunit", "unit", "peak.toml:7: steps[0].ref: is missing; `send` needs it"),
        (
            "ref = \"R-1\"\nunit",
            "ref = \"R 1\"\nunit",
            "peak.toml:10: steps[0].ref: ` ` is not allowed in a dispatch ref",
        ),
        (
            "BRIGHTFLEX/BESS-07",
            "BRIGHTFLEX",
            "peak.toml:11: steps[0].unit: `BRIGHTFLEX` is not a dispatch unit; write FSP/UNIT",
        ),
        (
            "BRIGHTFLEX/BESS-07",
            "BRIGHTFLEX/BESS-77",
            "peak.toml:11: steps[0].unit: the fleet has no unit `BRIGHTFLEX/BESS-77`",
        ),
        ("service_end = \"T+01:30\"\n", "", "steps[0].service_end: is missing; `send` needs it"),
        (
            "\"DELTA\"",
            "\"RELATIVE\"",
            "peak.toml:14: steps[0].setpoints[0].reference: `RELATIVE` is none of DELTA, ABSOLUTE",
        ),
        (
            ", real_kw = 500",
            "",
            "peak.toml:14: steps[0].setpoints[0].real_kw: is missing; a setpoint has real_kw, reactive_kvar or both",
        ),
        ("real_kw = 500", "real_kw = 500.0001", "steps[0].setpoints[0].real_kw: 500.0001 is finer than 1 W"),
        (
            "real_kw = 500",
            "real_kw = nan",
            "steps[0].setpoints[0].real_kw: NaN is not a power that a unit can have",
        ),
        ("real_kw = 500", "real_kw = 1e30", "is not a power that a unit can have"),
        ("real_kw = 500", "real_kw = \"500\"", "peak.toml:14: invalid type"),
        ("real_kw = 500", "real_kw = 500, gbp_per_mwh = 1.234", "1.234 is not a price in pounds and pence"),
        (
            "action = \"stop\"\nref = \"R-1\"",
            "action = \"stop\"\nref = \"R-2\"",
            "peak.toml:19: steps[1].ref: `R-2` is not sent by any step above",
        ),
        (
            "action = \"stop\"\nref = \"R-1\"",
            "action = \"stop\"",
            "peak.toml:16: steps[1].ref: is missing; `stop` needs it",
        ),
        (
            "[[expect]]\nref = \"R-1\"",
            "[[expect]]\nref = \"R-3\"",
            "peak.toml:22: expect[0].ref: `R-3` is not sent by any step",
        ),
        ("[[expect]]\nref = \"R-1\"", "[[expect]]", "peak.toml:21: expect[0]: says what of"),
        ("\"stopped\"", "\"gone\"", "peak.toml:23: expect[0].phase: `gone` is none of sent, received"),
        (
            "phase = \"stopped\"",
            "stages = [\"DONE\"]",
            "peak.toml:23: expect[0].stages: `DONE` is none of RECEIVED",
        ),
        ("phase = \"stopped\"", "fase = \"stopped\"", "peak.toml:23: unknown field `fase`"),
    ];
    for (good, bad, says) in table {
        assert!(GOOD.contains(good), "the table's `{good}` is not in the scenario");
        let found = faults(&GOOD.replacen(good, bad, 1));
        assert!(found.iter().any(|f| f.contains(says)), "`{bad}` should say `{says}`, says {found:?}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text =
        GOOD.replace("\"DELTA\"", "\"UP\"").replace("T+02:00", "soon").replace("\"stopped\"", "\"gone\"");
    assert_eq!(faults(&text).len(), 3, "{:?}", faults(&text));
}
