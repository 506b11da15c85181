//! The scenario as TOML: read strictly, references and expectations checked, every problem with its line.

mod actions;
mod exercise;
mod expectations;
mod levels;
mod marks;
mod plan;
mod targets;

use crate::profile::fault::FileFault;
use crate::profile::fleet::FleetProfile;
use crate::profile::reader::{self, Node, Reader, Table};

use super::offset::Offset;
use super::scenario::{Scenario, Step};
use actions::Who;
use plan::Plan;

/// How a scenario's fleet is found by the name that stands in the file.
pub(super) type FindFleet<'a> = &'a dyn Fn(&str) -> Result<FleetProfile, FleetFault>;

/// Why a scenario has no fleet.
pub(super) enum FleetFault {
    /// The name leads nowhere: a sentence.
    Nowhere(String),
    /// The fleet's own file is wrong.
    Wrong(Vec<FileFault>),
}

pub(super) use actions::FAULT_NUMBERS;

/// The keys that a table of a list may have, which is of this kind; none where there is no such kind.
pub(super) fn keys_of(list: &str, kind: &str) -> &'static [&'static str] {
    match list {
        "steps" | "trainee" => actions::keys_of(kind),
        "marks" => marks::keys_of(kind),
        "expect" => expectations::keys_of(kind),
        "workshop" => &exercise::KEYS,
        _ => &[],
    }
}

/// What a table of a list may be, as its `action` or `kind` says it; none where it says neither.
pub(super) fn kinds_of(list: &str, is_workshop: bool) -> Vec<&'static str> {
    match (list, is_workshop) {
        ("steps", true) => Who::Story.words(),
        ("steps", false) => Who::Operator.words(),
        ("trainee", _) => Who::Trainee.words(),
        ("marks", _) => marks::words(),
        _ => Vec::new(),
    }
}

/// What a dispatch may be expected to have come to, as the file writes it.
pub(super) fn phases() -> Vec<&'static str> {
    expectations::PHASES.map(|(word, _)| word).to_vec()
}

const KEYS: [&str; 12] = [
    "name",
    "about",
    "fleet",
    "seed",
    "start",
    "run_for",
    "poll_seconds",
    "steps",
    "expect",
    "workshop",
    "trainee",
    "marks",
];

pub(super) fn read(file: &str, text: &str, find_fleet: FindFleet<'_>) -> Result<Scenario, Vec<FileFault>> {
    reader::read(file, text, &KEYS, |reader, root| read_scenario(reader, root, find_fleet))
}

fn read_scenario(reader: &mut Reader<'_>, root: &Table<'_>, find_fleet: FindFleet<'_>) -> Option<Scenario> {
    let name = reader.required_text(root, "name", "write the scenario's name, for people");
    let about = match root.get("about") {
        Some(node) => reader.text(&node, "write what it shows, for people").map(str::to_owned),
        None => Some(String::new()),
    };
    let fleet = read_fleet(reader, root, find_fleet);
    let seed = reader
        .required(root, "seed", "write a whole number; all chance in the rehearsal comes from it")
        .and_then(|node| reader.whole(&node, &(0..=u64::MAX), ""));
    let start = reader
        .required(root, "start", "write UTC as \"2026-11-26T17:00:00Z\"")
        .and_then(|node| reader.time(&node));
    let run_for = read_run_for(reader, root);
    let poll_seconds = match root.get("poll_seconds") {
        Some(node) => reader.whole(&node, &(1..=3600), " of seconds").map(Some),
        None => Some(None),
    };
    let mut plan = Plan::new(fleet.as_ref(), run_for);
    let (steps_by, is_workshop) =
        if exercise::is_there(root) { (Who::Story, true) } else { (Who::Operator, false) };
    let steps = read_steps(reader, root, steps_by, &mut plan);
    let expectations = expectations::read(reader, root, &plan);
    let exercise = exercise::read(reader, root, &mut plan);
    if is_workshop && exercise.is_none() {
        return None;
    }
    Some(Scenario {
        name: name?,
        about: about?,
        fleet: fleet?,
        seed: seed?,
        start: start?,
        run_for: run_for?,
        poll_seconds: poll_seconds?,
        steps,
        expectations,
        exercise: exercise.map(Box::new),
    })
}

fn read_fleet(reader: &mut Reader<'_>, root: &Table<'_>, find_fleet: FindFleet<'_>) -> Option<FleetProfile> {
    let right = "write the fleet file's path, or \"demo\"";
    let node = reader.required(root, "fleet", right)?;
    let named = reader.text(&node, right)?;
    match find_fleet(named) {
        Ok(fleet) => return Some(fleet),
        Err(FleetFault::Nowhere(why)) => {
            reader.wrong(&node, format!("{why}; a path is taken from the scenario's own folder"));
        }
        Err(FleetFault::Wrong(faults)) => reader.adopt(faults),
    }
    None
}

fn read_run_for(reader: &mut Reader<'_>, root: &Table<'_>) -> Option<Offset> {
    let node = reader.required(root, "run_for", "write how long it runs, as in \"T+02:00\"")?;
    let run_for = offset(reader, &node)?;
    if (Offset::seconds(60)..=Offset::seconds(48 * 3600)).contains(&run_for) {
        return Some(run_for);
    }
    reader.wrong(&node, format!("{run_for} is not between T+00:01 and T+48:00"));
    None
}

fn read_steps(reader: &mut Reader<'_>, root: &Table<'_>, who: Who, plan: &mut Plan<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for table in reader.any_tables(root, who.key()) {
        let at = step_at(reader, &table, plan, steps.last().map(|step| step.at));
        let action = actions::read(reader, table, who, at, plan);
        if let (Some(at), Some(action)) = (at, action) {
            steps.push(Step { at, action });
        }
    }
    steps
}

fn step_at(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    plan: &Plan<'_>,
    before: Option<Offset>,
) -> Option<Offset> {
    let at = required_offset(reader, table, "at")?;
    if let Some(end) = plan.run_for.filter(|end| at > *end) {
        reader.wrong_in(
            table,
            "at",
            format!("{at} is after the scenario's end, {end}; write an earlier time"),
        );
    }
    if let Some(before) = before.filter(|before| *before > at) {
        let message = format!("{at} is before the step above, {before}; steps stand in order of time");
        reader.wrong_in(table, "at", message);
    }
    Some(at)
}

const OFFSET: &str = "write a time of the scenario, as in \"T+01:30\"";

fn offset(reader: &mut Reader<'_>, node: &Node<'_>) -> Option<Offset> {
    reader.parsed(node, OFFSET)
}

fn required_offset(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<Offset> {
    reader.required_parsed(table, key, OFFSET)
}
