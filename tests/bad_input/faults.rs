//! Faults files and `fault` steps: what a trainer reads who mistypes one.

use std::path::Path;

use rampdesk::profile::faults::FaultPlan;
use rampdesk::profile::fleet::FleetProfile;
use rampdesk::workshop::scenario::Scenario;

use super::{Case, hold, said};

pub const GOOD: &str = r#"[[faults]]
unit = "BRIGHTFLEX/BESS-07"
fault = "partial"
share = 0.5
from = "2026-11-26T17:00:00Z"
until = "2026-11-26T18:00:00Z"

[[faults]]
fsp = "TRENTGEN"
fault = "clock_skew"
seconds = -90

[[faults]]
unit = "BRIGHTFLEX/BESS-08"
fault = "wrong_unit"
instead = "BESS-11"
"#;

pub fn read(text: &str) -> Vec<String> {
    said(FaultPlan::from_toml("faults.toml", text, Some(&FleetProfile::demo())))
}

const FAULTS: &[Case] = &[
    (
        "BESS-07",
        "BESS-99",
        &["faults.toml:2: faults[0].unit: the fleet has no unit `BRIGHTFLEX/BESS-99`; write a unit of the \
           fleet, as in \"BRIGHTFLEX/BESS-07\""],
    ),
    (
        "TRENTGEN",
        "NOBODY",
        &["faults.toml:9: faults[1].fsp: the fleet has no FSP `NOBODY`; write an FSP of the fleet, as in \
           \"BRIGHTFLEX\""],
    ),
    (
        "fault = \"partial\"",
        "fault = \"reordered\"",
        &[
            "faults.toml:3: faults[0].fault: `reordered` is a fault of an FSP; write one of slow, late_start, \
           partial, wrong_direction, wrong_unit, stuck, trip, metering_gap, bad_data, does_nothing, \
           delta_as_absolute, ignores_amendments, energy_exhausted, off_baseline, weather",
        ],
    ),
    (
        "fault = \"clock_skew\"",
        "fault = \"stuck\"",
        &["faults.toml:10: faults[1].fault: `stuck` is a fault of a unit; write one of loss_of_comms, \
           clock_skew, duplicates, reordered, forged_signature, missing_signature, expired_token, altered, checks_id_only"],
    ),
    (
        "share = 0.5",
        "share = 50",
        &["faults.toml:4: faults[0].share: `50` is out of bounds; write a share from 0 to 1, as in 0.5"],
    ),
    (
        "share = 0.5",
        "factor = 0.5",
        &["faults.toml:4: faults[0].factor: `partial` has no such number; it takes `share`"],
    ),
    (
        "fault = \"partial\"\nshare = 0.5",
        "fault = \"slow\"\nfactor = 0",
        &["faults.toml:4: faults[0].factor: at 0 it never moves: write `stuck` for that, or more than 0"],
    ),
    (
        "until = \"2026-11-26T18:00:00Z\"",
        "until = \"2026-11-26T16:00:00Z\"",
        &["faults.toml:6: faults[0].until: 2026-11-26T16:00:00Z is not after from, 2026-11-26T17:00:00Z; a \
           fault ends after it begins"],
    ),
    (
        "instead = \"BESS-11\"",
        "instead = \"BESS-08\"",
        &["faults.toml:16: faults[2].instead: BRIGHTFLEX has no other unit `BESS-08`; write one of its \
           units"],
    ),
    (
        "fsp = \"TRENTGEN\"\n",
        "",
        &["faults.toml:8: faults[1]: this says not whose fault it is; give `unit` or `fsp`"],
    ),
    (
        "fsp = \"TRENTGEN\"\n",
        "fsp = \"TRENTGEN\"\nunit = \"TRENTGEN/GAS-01\"\n",
        &["faults.toml:9: faults[1].fsp: a fault is of a unit or of an FSP; keep one of `unit` and `fsp`"],
    ),
];

#[test]
fn a_wrong_fault_is_named_with_what_would_be_right() {
    hold(GOOD, FAULTS, read);
}

const STEP: &str = r#"name = "Faults"
fleet = "demo"
seed = 1
start = "2026-11-26T15:30:00Z"
run_for = "T+02:00"

[[steps]]
at = "T+00:05"
action = "fault"
unit = "BRIGHTFLEX/BESS-07"
fault = "partial"
share = 0.5
until = "T+00:10"
"#;

fn step(text: &str) -> Vec<String> {
    said(Scenario::from_toml("scenario.toml", text, Path::new(".")))
}

#[test]
fn a_departure_from_a_baseline_is_read_strictly() {
    let departs = step(
        &STEP
            .replace("\"fault\"\nunit", "\"baseline\"\nunit")
            .replace("fault = \"partial\"\nshare = 0.5", "kw = 0"),
    );
    assert_eq!(
        departs,
        [
            "scenario.toml:11: steps[0].kw: 0 kW is no departure; write kW, below 0 for less export or more import"
        ]
    );
}

const STEPS: &[Case] = &[
    (
        "until = \"T+00:10\"",
        "until = \"T+00:05\"",
        &["scenario.toml:13: steps[0].until: T+00:05:00 is not after T+00:05:00, when the fault begins"],
    ),
    (
        "until = \"T+00:10\"",
        "ref = \"R-1\"",
        &[
            "scenario.toml:13: steps[0].ref: no key has this name here; known are at, action, unit, fsp, fault, \
           factor, share, seconds, instead, quality, into, kw, until",
        ],
    ),
];

#[test]
fn a_wrong_fault_step_is_named_with_what_would_be_right() {
    hold(STEP, STEPS, step);
}
