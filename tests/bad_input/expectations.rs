//! Scenarios: setpoints that could never be sent, and expectations that could never come true.

use super::scenarios::{GOOD, read};
use super::{Case, hold};

const SETPOINTS: &[Case] = &[
    (
        "[\n  { at = \"T+00:30\", reference = \"DELTA\", real_kw = 500, gbp_per_mwh = 300.00 },\n  { at = \"T+01:00\", reference = \"ABSOLUTE\", reactive_kvar = 0.25 },\n]",
        "[]",
        &["peak.toml:14: steps[0].setpoints: there is none; write at least one setpoint"],
    ),
    (
        "at = \"T+00:30\", reference",
        "at = \"T+00:29:59\", reference",
        &["peak.toml:15: steps[0].setpoints[0].at: T+00:29:59 is before service_start T+00:30:00; \
           setpoints lie within the window"],
    ),
    (
        "at = \"T+01:00\", reference",
        "at = \"T+00:30\", reference",
        &["peak.toml:16: steps[0].setpoints[1].at: T+00:30:00 is not after the setpoint before, \
           T+00:30:00; setpoints stand in order of time"],
    ),
    (
        "at = \"T+01:00\", reference",
        "at = \"T+01:30\", reference",
        &["peak.toml:16: steps[0].setpoints[1].at: T+01:30:00 is not before service_end T+01:30:00; \
           setpoints lie within the window"],
    ),
    (
        "at = \"T+01:00\", reference",
        "reference",
        &["peak.toml:16: steps[0].setpoints[1].at: is missing; write a time of the scenario, as in \
           \"T+01:30\""],
    ),
    (
        "reference = \"DELTA\"",
        "reference = \"RELATIVE\"",
        &["peak.toml:15: steps[0].setpoints[0].reference: `RELATIVE` is not known; write DELTA or \
           ABSOLUTE"],
    ),
    (
        "reference = \"DELTA\", ",
        "",
        &["peak.toml:15: steps[0].setpoints[0].reference: is missing; it has no default: write DELTA or \
           ABSOLUTE"],
    ),
    (
        ", reactive_kvar = 0.25",
        "",
        &["peak.toml:16: steps[0].setpoints[1]: this asks for no power; give real_kw, reactive_kvar or \
           both"],
    ),
    (
        "reactive_kvar = 0.25",
        "reactive_kvar = 0.25, gbp_per_mwh = 1",
        &["peak.toml:16: steps[0].setpoints[1].gbp_per_mwh: a price per MWh is of real power; give \
           real_kw or take it out"],
    ),
    (
        "real_kw = 500",
        "real_kw = 500.0001",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `500.0001` is finer than 1 W; write kW in whole \
           watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = nan",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `nan` is not a finite number; write kW in whole \
           watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = -inf",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `-inf` is not a finite number; write kW in \
           whole watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = 1e400",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `1e400` is not a finite number; write kW in \
           whole watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = 100000000.001",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `100000000.001` is too much; write kW in whole \
           watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = 99999999999999999999999999999999999999999999",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `99999999999999999999999999999999999999999999` \
           is not a finite number; write kW in whole watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = 0x1F4",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: this is not a decimal number; write kW in whole \
           watts, as in 500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "real_kw = \"500\"",
        &["peak.toml:15: steps[0].setpoints[0].real_kw: `500` is a text; write kW in whole watts, as in \
           500 or 0.25, up to 100000000"],
    ),
    (
        "real_kw = 500",
        "kw = 500",
        &[
            "peak.toml:15: steps[0].setpoints[0].kw: no key has this name here; known are at, reference, \
             real_kw, reactive_kvar, gbp_per_mwh",
            "peak.toml:15: steps[0].setpoints[0]: this asks for no power; give real_kw, reactive_kvar or \
             both",
        ],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 1.234",
        &["peak.toml:15: steps[0].setpoints[0].gbp_per_mwh: `1.234` is finer than one penny; write \
           pounds and pence, as in 300.00, up to 10000000.00"],
    ),
    (
        "gbp_per_mwh = 300.00",
        "gbp_per_mwh = 10000000.01",
        &["peak.toml:15: steps[0].setpoints[0].gbp_per_mwh: `10000000.01` is too much; write pounds and \
           pence, as in 300.00, up to 10000000.00"],
    ),
    (
        "{ at = \"T+01:00\", reference = \"ABSOLUTE\", reactive_kvar = 0.25 }",
        "\"T+01:00\"",
        &["peak.toml:16: steps[0].setpoints[1]: `T+01:00` is a text; write a table, as in { at = \
           \"T+00:30\", reference = \"DELTA\", real_kw = 500 }"],
    ),
];

const EXPECTATIONS: &[Case] = &[
    (
        "[[expect]]\nref = \"R-1\"",
        "[[expect]]\nref = \"R-3\"",
        &["peak.toml:46: expect[0].ref: no step sends `R-3`; name one that is sent"],
    ),
    (
        "[[expect]]\nref = \"R-1\"",
        "[[expect]]",
        &["peak.toml:45: expect[0]: this says not of what; give `ref` for a dispatch, or `alarms` for \
           their number"],
    ),
    (
        "[[expect]]\nref = \"R-1\"",
        "[[expect]]\nref = \"R-1\"\nalarms = 1",
        &["peak.toml:45: expect[0]: this is of a dispatch and of alarms; write two, one with `ref`, one \
           with `alarms`"],
    ),
    (
        "phase = \"stopped\"\nstages = [\"ACCEPTED\", \"STOPPED\"]\nnever = [\"ENDED\"]\nsetpoints_reached = 1\nratio_at_least = 0.9\nstopped_within_s = 60\n",
        "",
        &["peak.toml:45: expect[0]: this expects nothing; give one of phase, stages, never, \
           acknowledged_within_s, readback_matched, setpoints_reached, ratio_at_least, ratio_at_most, \
           stopped_within_s"],
    ),
    (
        "phase = \"stopped\"",
        "phase = \"gone\"",
        &["peak.toml:47: expect[0].phase: `gone` is not known; write sent, received, accepted, \
           unreachable, rejected, started, at_setpoint, ended, stopped or failed"],
    ),
    (
        "phase = \"stopped\"",
        "fase = \"stopped\"",
        &["peak.toml:47: expect[0].fase: no key has this name here; known are ref, phase, stages, \
           never, acknowledged_within_s, readback_matched, setpoints_reached, ratio_at_least, \
           ratio_at_most, stopped_within_s"],
    ),
    (
        "stages = [\"ACCEPTED\", \"STOPPED\"]",
        "stages = [\"ACCEPTED\", \"DONE\"]",
        &["peak.toml:48: expect[0].stages[1]: `DONE` is not known; write RECEIVED, ACCEPTED, REJECTED, \
           UNREACHABLE, STARTED, AT_SETPOINT, ENDED, STOPPED or FAILED"],
    ),
    (
        "stages = [\"ACCEPTED\", \"STOPPED\"]",
        "stages = \"ACCEPTED\"",
        &["peak.toml:48: expect[0].stages: `ACCEPTED` is a text; write a list of stages, as in \
           [\"ACCEPTED\", \"ENDED\"]"],
    ),
    (
        "never = [\"ENDED\"]",
        "never = [\"STOPPED\"]",
        &["peak.toml:49: expect[0].never: STOPPED stands in `stages` too; it cannot both come and never \
           come"],
    ),
    (
        "setpoints_reached = 1",
        "setpoints_reached = 5",
        &["peak.toml:50: expect[0].setpoints_reached: 5 can never be reached; the dispatch asks for 2 \
           setpoints"],
    ),
    (
        "setpoints_reached = 1",
        "setpoints_reached = -1",
        &["peak.toml:50: expect[0].setpoints_reached: `-1` is out of bounds; write a whole number, 0 to \
           1000"],
    ),
    (
        "setpoints_reached = 1",
        "readback_matched = \"yes\"",
        &["peak.toml:50: expect[0].readback_matched: `yes` is a text; write true or false"],
    ),
    (
        "setpoints_reached = 1",
        "acknowledged_within_s = -1",
        &["peak.toml:50: expect[0].acknowledged_within_s: `-1` is out of bounds; write seconds from 0 \
           to 172800, as in 20"],
    ),
    (
        "ratio_at_least = 0.9",
        "ratio_at_least = 90",
        &["peak.toml:51: expect[0].ratio_at_least: `90` is out of bounds; write a share of the energy \
           from 0 to 10, as in 0.98 for 98 %"],
    ),
    (
        "ratio_at_least = 0.9",
        "ratio_at_least = 0.9\nratio_at_most = 0.8",
        &["peak.toml:52: expect[0].ratio_at_most: 0.8 is below ratio_at_least, 0.9; write at least that"],
    ),
    (
        "setpoints_reached = 1",
        "setpoints_reached = 1\nreadback_matched = 1",
        &["peak.toml:51: expect[0].readback_matched: `1` is a whole number; write true or false"],
    ),
    (
        "phase = \"ended\"",
        "stopped_within_s = 60",
        &["peak.toml:56: expect[1].stopped_within_s: no step stops this dispatch; add a `stop` or an \
           `emergency_stop`, or take this out"],
    ),
    (
        "service_end = \"T+01:50\"",
        "service_end = \"T+02:10\"",
        &["peak.toml:56: expect[1].phase: the dispatch ends at T+02:10:00, after the scenario's end, \
           T+02:00:00; write a longer run_for"],
    ),
    (
        "phase = \"ended\"\nstages",
        "service = \"ended\"\nstages",
        &["peak.toml:56: expect[1].service: no key has this name here; known are ref, phase, stages, \
           never, acknowledged_within_s, readback_matched, setpoints_reached, ratio_at_least, \
           ratio_at_most, stopped_within_s"],
    ),
    (
        "alarms = 0",
        "alarms = \"none\"",
        &["peak.toml:60: expect[2].alarms: `none` is a text; write a whole number, 0 to 1000000"],
    ),
    (
        "containing = \"late\"",
        "phase = \"late\"",
        &["peak.toml:61: expect[2].phase: no key has this name here; known are alarms, containing"],
    ),
    (
        "containing = \"late\"",
        "containing = \"\"",
        &["peak.toml:61: expect[2].containing: is empty; write words of the alarm's text"],
    ),
];

#[test]
fn a_setpoint_that_could_never_be_sent_is_named_with_what_would_be_right() {
    hold(GOOD, SETPOINTS, read);
}

#[test]
fn an_expectation_that_could_never_come_true_is_named_before_the_rehearsal() {
    hold(GOOD, EXPECTATIONS, read);
}
