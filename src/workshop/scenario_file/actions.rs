//! The steps: what the operator does, each action with its own keys.

use std::collections::BTreeSet;

use crate::desk::snapshot::ShelfTime;
use crate::dispatch::{DispatchRef, DispatchUnit, OperatorId, Status};
use crate::profile::faults::{Affliction, UnitFault, departure, has_weather, read_fault, weather_share};
use crate::profile::reader::{Node, Reader, Table};
use crate::workshop::offset::Offset;
use crate::workshop::scenario::{Action, Amendment, Sending};

use super::plan::{Drawn, Plan};
use super::{levels, offset};

/// Whose steps are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// A scenario's: what the operator does and what goes wrong.
    Operator,
    /// A workshop's story: what is sent before the trainee acts, what goes wrong, what people say.
    Story,
    /// What a perfect trainee does.
    Trainee,
}

impl Who {
    /// The list that they stand in.
    pub fn key(self) -> &'static str {
        match self {
            Self::Operator | Self::Story => "steps",
            Self::Trainee => "trainee",
        }
    }

    /// The actions that may stand in it, as the file writes them.
    pub fn words(self) -> Vec<&'static str> {
        self.kinds().into_iter().map(|(word, _, _)| word).collect()
    }

    /// What may stand in it.
    fn kinds(self) -> Vec<(&'static str, Kind, &'static [&'static str])> {
        let may = |kind: &Kind| match self {
            Self::Operator => true,
            Self::Story => {
                matches!(
                    kind,
                    Kind::Send | Kind::Fault | Kind::Weather | Kind::Baseline | Kind::Tell | Kind::Note
                )
            }
            Self::Trainee => {
                !matches!(kind, Kind::Fault | Kind::Weather | Kind::Baseline | Kind::Tell | Kind::Note)
            }
        };
        KINDS.into_iter().filter(|(_, kind, _)| may(kind)).collect()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Send,
    Amend,
    Stop,
    EmergencyStop,
    Fault,
    Weather,
    Baseline,
    Tell,
    Note,
    Acknowledge,
    Shelve,
}

const KINDS: [(&str, Kind, &[&str]); 11] = [
    ("send", Kind::Send, &SEND),
    ("amend", Kind::Amend, &AMEND),
    ("stop", Kind::Stop, &STOP),
    ("emergency_stop", Kind::EmergencyStop, &EMERGENCY_STOP),
    ("fault", Kind::Fault, &FAULT),
    ("weather", Kind::Weather, &["at", "action", "unit", "share", "until"]),
    ("baseline", Kind::Baseline, &["at", "action", "unit", "kw", "until"]),
    ("tell", Kind::Tell, &["at", "action", "from", "text"]),
    ("note", Kind::Note, &["at", "action", "text"]),
    ("acknowledge", Kind::Acknowledge, &["at", "action", "containing"]),
    ("shelve", Kind::Shelve, &["at", "action", "containing", "time", "reason"]),
];

const SEND: [&str; 8] =
    ["at", "action", "ref", "unit", "status", "service_start", "service_end", "setpoints"];
const AMEND: [&str; 7] = ["at", "action", "ref", "status", "service_start", "service_end", "setpoints"];
const STOP: [&str; 3] = ["at", "action", "ref"];
const EMERGENCY_STOP: [&str; 4] = ["at", "action", "units", "operator"];

const FAULT: [&str; 13] = [
    "at", "action", "unit", "fsp", "fault", "factor", "share", "seconds", "instead", "quality", "into", "kw",
    "until",
];

/// Of the keys of a fault those of which each fault takes one at most.
pub(in crate::workshop) const FAULT_NUMBERS: [&str; 7] =
    ["factor", "share", "seconds", "instead", "quality", "into", "kw"];

/// The keys of an action.
pub(super) fn keys_of(action: &str) -> &'static [&'static str] {
    KINDS.iter().find(|(word, _, _)| *word == action).map_or(&[], |(_, _, keys)| *keys)
}

const REF: &str = "write the dispatch's reference, as in \"EMID-20261126-0417\"";
const UNIT: &str = "write a unit of the fleet, as in \"BRIGHTFLEX/BESS-07\"";
const WORDS: &str = "write words of the alarm's text";
const SETPOINTS: &str = "write a list, as in [{ at = \"T+00:30\", reference = \"DELTA\", real_kw = 500 }]";

/// Reads a step's action, and takes it into the plan.
pub(super) fn read(
    reader: &mut Reader<'_>,
    table: Table<'_>,
    who: Who,
    at: Option<Offset>,
    plan: &mut Plan<'_>,
) -> Option<Action> {
    let Some((kind, table)) = reader.of_kind(table, "action", &who.kinds()) else {
        plan.doubt();
        return None;
    };
    match kind {
        Kind::Send => read_sending(reader, &table, plan).map(|sending| Action::Send(Box::new(sending))),
        Kind::Amend => read_amendment(reader, &table, plan).map(Action::Amend),
        Kind::Stop => {
            let dispatch_ref = sent_ref(reader, &table, plan)?;
            plan.stop(&dispatch_ref);
            Some(Action::Stop { dispatch_ref })
        }
        Kind::EmergencyStop => Some(read_emergency_stop(reader, &table, plan)),
        Kind::Fault => read_fault_step(reader, &table, at, plan),
        Kind::Weather => read_weather(reader, &table, at, plan),
        Kind::Baseline => read_departure(reader, &table, at, plan),
        Kind::Tell => {
            let from = reader.required_text(&table, "from", "write who says it, as in \"Control engineer\"");
            let text = reader.required_text(&table, "text", "write what the trainee is told");
            Some(Action::Tell { from: from?, text: text? })
        }
        Kind::Note => {
            let text = reader.required_text(&table, "text", "write what the trainer is to know")?;
            Some(Action::Note { text })
        }
        Kind::Acknowledge => {
            Some(Action::Acknowledge { containing: reader.required_text(&table, "containing", WORDS)? })
        }
        Kind::Shelve => read_shelving(reader, &table),
    }
}

fn read_shelving(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Action> {
    let containing = reader.required_text(table, "containing", WORDS);
    let times = ShelfTime::ALL.map(|time| (time.words(), time));
    let time = reader
        .required(table, "time", "write 15 min, 1 h or 8 h")
        .and_then(|node| reader.word(&node, &times));
    let reason = reader.required_text(table, "reason", "write why it is put aside");
    Some(Action::Shelve { containing: containing?, time: time?, reason: reason? })
}

fn read_sending(reader: &mut Reader<'_>, table: &Table<'_>, plan: &mut Plan<'_>) -> Option<Sending> {
    let dispatch_ref: Option<DispatchRef> = reader.required_parsed(table, "ref", REF);
    if let Some(sent) = dispatch_ref.as_ref().filter(|sent| plan.sent(sent).is_some()) {
        let message =
            format!("`{sent}` is sent by a step above already; write `amend` for its next revision");
        reader.wrong_in(table, "ref", message);
    }
    let unit = reader.required(table, "unit", UNIT).and_then(|node| known_unit(reader, &node, plan));
    let status = read_status(reader, table);
    let service_start = super::required_offset(reader, table, "service_start");
    let service_end = super::required_offset(reader, table, "service_end");
    let setpoints =
        reader.required(table, "setpoints", SETPOINTS).and_then(|node| levels::read(reader, &node));
    let asked = setpoints.as_ref().map(Vec::len);
    let mut drawn = Drawn { unit, service_start, service_end, setpoints, asked, ..Drawn::default() };
    drawn.is_sound = levels::check(reader, table, &drawn);
    match &dispatch_ref {
        Some(dispatch_ref) if plan.sent(dispatch_ref).is_none() => {
            plan.draw(dispatch_ref.clone(), drawn.clone())
        }
        Some(_) => {}
        None => plan.doubt(),
    }
    Some(Sending {
        dispatch_ref: dispatch_ref?,
        unit: drawn.unit?,
        status: status?.unwrap_or(Status::Run),
        service_start: drawn.service_start?,
        service_end: drawn.service_end?,
        setpoints: drawn.setpoints?,
    })
}

fn read_amendment(reader: &mut Reader<'_>, table: &Table<'_>, plan: &mut Plan<'_>) -> Option<Amendment> {
    let dispatch_ref = sent_ref(reader, table, plan);
    let status = read_status(reader, table);
    let service_start = optional_offset(reader, table, "service_start");
    let service_end = optional_offset(reader, table, "service_end");
    let setpoints = match table.get("setpoints") {
        Some(node) => levels::read(reader, &node).map(Some),
        None => Some(None),
    };
    if AMEND.iter().skip(3).all(|key| table.get(key).is_none()) {
        let message = "this changes nothing; give status, service_start, service_end or setpoints";
        reader.wrong_in(table, "", message);
    }
    let (dispatch_ref, status) = (dispatch_ref?, status?);
    let (service_start, service_end, setpoints) = (service_start?, service_end?, setpoints?);
    let mut drawn = plan.sent(&dispatch_ref)?.clone();
    drawn.service_start = service_start.or(drawn.service_start);
    drawn.service_end = service_end.or(drawn.service_end);
    if let Some(setpoints) = &setpoints {
        drawn.asked = drawn.asked.map(|asked| asked + setpoints.len());
        drawn.setpoints = Some(setpoints.clone());
    }
    // What is wrong with the revision before is told there, and not again.
    drawn.is_sound = drawn.is_sound && levels::check(reader, table, &drawn);
    plan.draw(dispatch_ref.clone(), drawn);
    Some(Amendment { dispatch_ref, status, service_start, service_end, setpoints })
}

fn read_emergency_stop(reader: &mut Reader<'_>, table: &Table<'_>, plan: &mut Plan<'_>) -> Action {
    let operator = table.get("operator").and_then(|node| known_operator(reader, &node, plan));
    let mut units = Vec::new();
    if let Some(node) = table.get("units") {
        let nodes = reader.list(&node, "write a list of units, as in [\"BRIGHTFLEX/BESS-07\"]");
        let mut seen = BTreeSet::new();
        for node in nodes.unwrap_or_default() {
            let Some(unit) = known_unit(reader, &node, plan) else { continue };
            if !seen.insert(unit.clone()) {
                reader.wrong(&node, format!("`{unit}` is here twice; keep one"));
            }
            let buyer = plan.fleet.and_then(|f| f.unit(&unit)).map(|u| &u.operator);
            if let (Some(operator), Some(buyer)) =
                (&operator, buyer.filter(|b| Some(*b) != operator.as_ref()))
            {
                let message =
                    format!("`{unit}` is {buyer}'s, and the step is for {operator} only; take it out");
                reader.wrong(&node, message);
            }
            units.push(unit);
        }
    }
    plan.stop_units(&units, operator.as_ref());
    Action::EmergencyStop { units, operator }
}

/// What goes wrong, and until when.
fn read_fault_step(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    at: Option<Offset>,
    plan: &Plan<'_>,
) -> Option<Action> {
    let affliction = read_fault(reader, table, plan.fleet);
    let until = read_until(reader, table, at);
    Some(Action::Fault { affliction: affliction?, until: until? })
}

/// By how much a unit departs from its baseline, and until when.
fn read_departure(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    at: Option<Offset>,
    plan: &Plan<'_>,
) -> Option<Action> {
    let unit = reader.required(table, "unit", UNIT).and_then(|node| known_unit(reader, &node, plan));
    let right =
        "write kW by which the unit departs from its baseline, below 0 for less export or more import";
    let kw = reader.required(table, "kw", right).and_then(|node| departure(reader, &node));
    let until = read_until(reader, table, at);
    let affliction = Affliction::Unit(unit?, UnitFault::OffBaseline { kw: kw? });
    Some(Action::Fault { affliction, until: until? })
}

/// Which share of its own weather a farm has, and until when.
fn read_weather(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    at: Option<Offset>,
    plan: &Plan<'_>,
) -> Option<Action> {
    let unit = reader.required(table, "unit", UNIT).and_then(|node| known_unit(reader, &node, plan));
    let is_farm = has_weather(reader, table, unit.as_ref(), plan.fleet);
    let right = "write which share of what was forecast sun or wind give from then on, as in 0.3";
    let share = reader.required(table, "share", right).and_then(|node| weather_share(reader, &node));
    let until = read_until(reader, table, at);
    is_farm?;
    let affliction = Affliction::Unit(unit?, UnitFault::Weather { share: share? });
    Some(Action::Fault { affliction, until: until? })
}

/// When it ends; `Some(None)` when that is not given.
fn read_until(reader: &mut Reader<'_>, table: &Table<'_>, at: Option<Offset>) -> Option<Option<Offset>> {
    let until = optional_offset(reader, table, "until");
    if let (Some(Some(until)), Some(at)) = (until, at)
        && until <= at
    {
        reader.wrong_in(table, "until", format!("{until} is not after {at}, when the fault begins"));
    }
    until
}

/// The status of a dispatch that runs; `Some(None)` when it is not given.
fn read_status(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Option<Status>> {
    let Some(node) = table.get("status") else { return Some(None) };
    let runs = [Status::Run, Status::RunNow, Status::PreNotify].map(|status| (status.word(), status));
    reader.word(&node, &runs).map(Some)
}

/// `Some(None)` when it is not given.
fn optional_offset(reader: &mut Reader<'_>, table: &Table<'_>, key: &str) -> Option<Option<Offset>> {
    match table.get(key) {
        Some(node) => offset(reader, &node).map(Some),
        None => Some(None),
    }
}

pub(super) fn known_unit(reader: &mut Reader<'_>, node: &Node<'_>, plan: &Plan<'_>) -> Option<DispatchUnit> {
    let unit: DispatchUnit = reader.parsed(node, UNIT)?;
    if plan.fleet.is_some_and(|fleet| fleet.unit(&unit).is_none()) {
        reader.wrong(node, format!("the fleet has no unit `{unit}`; {UNIT}"));
        return None;
    }
    Some(unit)
}

pub(super) fn known_operator(
    reader: &mut Reader<'_>,
    node: &Node<'_>,
    plan: &Plan<'_>,
) -> Option<OperatorId> {
    let operator: OperatorId = reader.parsed(node, "write the operator's id, as in \"GB-DNO-11\"")?;
    let buyers = plan.fleet.map(crate::profile::fleet::FleetProfile::operators).unwrap_or_default();
    if plan.fleet.is_some() && !buyers.contains(&operator) {
        let known: Vec<&str> = buyers.iter().map(OperatorId::as_str).collect();
        let message =
            format!("no contract of the fleet is {operator}'s; its operators are {}", known.join(", "));
        reader.wrong(node, message);
        return None;
    }
    Some(operator)
}

/// The reference of a dispatch that a step above sends.
fn sent_ref(reader: &mut Reader<'_>, table: &Table<'_>, plan: &Plan<'_>) -> Option<DispatchRef> {
    let dispatch_ref: DispatchRef = reader.required_parsed(table, "ref", REF)?;
    if plan.surely_lacks(&dispatch_ref) {
        let message =
            format!("no step above sends `{dispatch_ref}`; name one that is sent, or send it first");
        reader.wrong_in(table, "ref", message);
        return None;
    }
    Some(dispatch_ref)
}
