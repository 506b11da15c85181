//! What is expected at the end, and whether it can ever come true.

use std::ops::RangeInclusive;

use crate::desk::snapshot::Phase;
use crate::dispatch::{DispatchRef, Stage};
use crate::profile::reader::{Node, Reader, Table};
use crate::workshop::scenario::{DispatchExpectation, Expectation};

use super::plan::{Drawn, Plan};

const DISPATCH: [&str; 10] = [
    "ref",
    "phase",
    "stages",
    "never",
    "acknowledged_within_s",
    "readback_matched",
    "setpoints_reached",
    "ratio_at_least",
    "ratio_at_most",
    "stopped_within_s",
];
const ALARMS: [&str; 2] = ["alarms", "containing"];

/// The keys of an expectation of alarms, or of a dispatch.
pub(super) fn keys_of(kind: &str) -> &'static [&'static str] {
    if kind == "alarms" { &ALARMS } else { &DISPATCH }
}

pub(super) const PHASES: [(&str, Phase); 10] = [
    ("sent", Phase::Sent),
    ("received", Phase::Received),
    ("accepted", Phase::Accepted),
    ("unreachable", Phase::Unreachable),
    ("rejected", Phase::Rejected),
    ("started", Phase::Started),
    ("at_setpoint", Phase::AtSetpoint),
    ("ended", Phase::Ended),
    ("stopped", Phase::Stopped),
    ("failed", Phase::Failed),
];

/// Reads every `[[expect]]`.
pub(super) fn read(reader: &mut Reader<'_>, root: &Table<'_>, plan: &Plan<'_>) -> Vec<Expectation> {
    let tables = reader.any_tables(root, "expect");
    tables.iter().filter_map(|table| read_one(reader, table, plan)).collect()
}

fn read_one(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<Expectation> {
    match (table.get("ref"), table.get("alarms")) {
        (Some(_), None) => {
            reader.check_keys(table, &DISPATCH);
            read_dispatch(reader, table, plan).map(|expected| Expectation::Dispatch(Box::new(expected)))
        }
        (None, Some(node)) => {
            reader.check_keys(table, &ALARMS);
            let count = reader.whole(&node, &(0..=1_000_000), "");
            let containing = match table.get("containing") {
                Some(node) => reader.text(&node, "write words of the alarm's text").map(str::to_owned),
                None => Some(String::new()),
            };
            Some(Expectation::Alarms { containing: containing?, count: count? })
        }
        (None, None) => {
            let message = "this says not of what; give `ref` for a dispatch, or `alarms` for their number";
            reader.wrong_in(table, "", message);
            None
        }
        (Some(_), Some(_)) => {
            let message = "this is of a dispatch and of alarms; write two, one with `ref`, one with `alarms`";
            reader.wrong_in(table, "", message);
            None
        }
    }
}

fn read_dispatch(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<DispatchExpectation> {
    let right = "write the reference of a dispatch that is sent";
    let dispatch_ref: Option<DispatchRef> = reader.required_parsed(table, "ref", right);
    if let Some(named) = dispatch_ref.as_ref().filter(|named| plan.surely_lacks(named)) {
        reader.wrong_in(table, "ref", format!("no step sends `{named}`; name one that is sent"));
    }
    if DISPATCH.iter().skip(1).all(|key| table.get(key).is_none()) {
        let keys = DISPATCH[1..].join(", ");
        reader.wrong_in(table, "", format!("this expects nothing; give one of {keys}"));
    }
    let expected = DispatchExpectation {
        phase: table.get("phase").and_then(|node| reader.word(&node, &PHASES)),
        stages: read_stages(reader, table, "stages"),
        never: read_stages(reader, table, "never"),
        acknowledged_within_s: number(reader, table, "acknowledged_within_s", &SECONDS),
        readback_matched: table.get("readback_matched").and_then(|node| reader.truth(&node)),
        setpoints_reached: table
            .get("setpoints_reached")
            .and_then(|node| reader.whole(&node, &(0..=1_000), "")),
        ratio_at_least: number(reader, table, "ratio_at_least", &SHARE),
        ratio_at_most: number(reader, table, "ratio_at_most", &SHARE),
        stopped_within_s: number(reader, table, "stopped_within_s", &SECONDS),
        dispatch_ref,
    };
    if let Some(drawn) = expected.dispatch_ref.as_ref().and_then(|named| plan.sent(named)) {
        check_reachable(reader, table, &expected, drawn, plan);
    }
    check_consistent(reader, table, &expected);
    Some(expected)
}

fn read_stages(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Vec<Stage> {
    let Some(node) = table.get(key) else { return Vec::new() };
    let words = Stage::ALL.map(|stage| (stage.word(), stage));
    let entries: Vec<Node<'_>> =
        reader.list(&node, "write a list of stages, as in [\"ACCEPTED\", \"ENDED\"]").unwrap_or_default();
    entries.iter().filter_map(|entry| reader.word(entry, &words)).collect()
}

/// Bounds of a number, and what it is.
type Bounds = (RangeInclusive<f64>, &'static str);

const SECONDS: Bounds = (0.0..=172_800.0, "write seconds from 0 to 172800, as in 20");
const SHARE: Bounds = (0.0..=10.0, "write a share of the energy from 0 to 10, as in 0.98 for 98 %");

fn number(reader: &mut Reader<'_>, table: &Table<'_>, key: &str, bounds: &Bounds) -> Option<f64> {
    let (range, right) = bounds;
    let node = table.get(key)?;
    let number = reader.number(&node, right)?;
    if !range.contains(&number) {
        reader.wrong(&node, format!("`{number}` is out of bounds; {right}"));
        return None;
    }
    Some(number)
}

/// What this dispatch, as it is sent and amended, can never come to.
fn check_reachable(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    expected: &DispatchExpectation,
    drawn: &Drawn,
    plan: &Plan<'_>,
) {
    if let (Some(count), Some(asked)) = (expected.setpoints_reached, drawn.asked)
        && count > asked
    {
        let setpoints = if asked == 1 { "setpoint" } else { "setpoints" };
        let message = format!("{count} can never be reached; the dispatch asks for {asked} {setpoints}");
        reader.wrong_in(table, "setpoints_reached", message);
    }
    if expected.stopped_within_s.is_some() && !drawn.is_stopped {
        let message = "no step stops this dispatch; add a `stop` or an `emergency_stop`, or take this out";
        reader.wrong_in(table, "stopped_within_s", message);
    }
    let (Some(service_end), Some(run_for)) = (drawn.service_end, plan.run_for) else { return };
    if service_end > run_for {
        let message = format!(
            "the dispatch ends at {service_end}, after the scenario's end, {run_for}; write a longer run_for"
        );
        if expected.phase == Some(Phase::Ended) {
            reader.wrong_in(table, "phase", message);
        } else if expected.stages.contains(&Stage::Ended) {
            reader.wrong_in(table, "stages", message);
        }
    }
}

/// What can never come true together.
fn check_consistent(reader: &mut Reader<'_>, table: &Table<'_>, expected: &DispatchExpectation) {
    if let Some(stage) = expected.never.iter().find(|stage| expected.stages.contains(stage)) {
        let message = format!("{stage} stands in `stages` too; it cannot both come and never come");
        reader.wrong_in(table, "never", message);
    }
    if let (Some(least), Some(most)) = (expected.ratio_at_least, expected.ratio_at_most)
        && least > most
    {
        reader.wrong_in(
            table,
            "ratio_at_most",
            format!("{most} is below ratio_at_least, {least}; write at least that"),
        );
    }
}
