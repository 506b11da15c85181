//! A scenario's story acted out: its fleet, its faults, and its steps given to a desk as they fall due. The same for a
//! rehearsal in virtual time and for a workshop on a running clock.

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::Serialize;

use crate::desk::DeskHandle;
use crate::desk::command::{Command, CommandNumber};
use crate::desk::snapshot::{Alarm, DispatchState, Outcome, Snapshot};
use crate::dispatch::{
    Dispatch, DispatchParts, DispatchRef, Problem, ReactiveLevel, RealLevel, Revision, Setpoint,
    dispatch_to_json,
};
use crate::fleet::FaultSwitch;
use crate::profile::faults::{FaultPlan, TimedFault};
use crate::profile::fleet::FleetProfile;
use crate::time::{Clock, UtcTime, utc_time};

use super::offset::Offset;
use super::remote::What;
use super::scenario::{Action, Amendment, Scenario, Sending, SetpointAt, Step};

/// The desk looks at the VTN so many times while the FSPs poll it once,
const LOOKS_A_POLL: f64 = 5.0;
/// but no more and no less often than this, in domain seconds.
const FOLLOW_EVERY_S: RangeInclusive<f64> = 2.0..=10.0;
/// Domain seconds in which a command must be settled: retries of a request fit into it.
const SETTLE_WITHIN_S: f64 = 120.0;

/// As the scripted trainee calls itself.
const TRAINEE: &str = "the trainee";

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepOutcome {
    /// When.
    pub at: UtcTime,
    /// What was asked, in words.
    pub asked: String,
    /// Whether it was done.
    pub done: bool,
    /// What came of it, in words.
    pub said: String,
}

/// After the name of who says something, to everybody but the trainee.
const TELLS: &str = " tells the trainee";

/// What a step that says something is called.
pub(super) fn called_after(from: &str) -> String {
    format!("{from}{TELLS}")
}

impl StepOutcome {
    /// What was said, to the one it was said to: `Control engineer: Leave it alone.`
    pub fn as_heard(&self) -> String {
        format!("{}: {}", self.asked.strip_suffix(TELLS).unwrap_or(&self.asked), self.said)
    }
}

/// The fleet, polling as often as the scenario says.
pub(super) fn fleet_of(scenario: &Scenario) -> FleetProfile {
    let mut profile = scenario.fleet.clone();
    if let Some(poll_seconds) = scenario.poll_seconds {
        profile.contracts.iter_mut().for_each(|c| c.poll_seconds = poll_seconds);
    }
    profile
}

/// Seconds between two looks of the desk at the VTN.
pub(super) fn follow_every_s(profile: &FleetProfile) -> f64 {
    let shortest = profile.contracts.iter().map(|c| c.poll_seconds).min().unwrap_or(0);
    (f64::from(shortest) / LOOKS_A_POLL).clamp(*FOLLOW_EVERY_S.start(), *FOLLOW_EVERY_S.end())
}

/// The faults of a scenario, each to begin and end at its second.
pub(super) fn faults_of(scenario: &Scenario) -> FaultSwitch {
    let timed = |step: &Step| match &step.action {
        Action::Fault { affliction, until } => Some(TimedFault {
            affliction: affliction.clone(),
            from: Some(step.at.after(scenario.start)),
            until: until.map(|until| until.after(scenario.start)),
        }),
        _ => None,
    };
    let switch = FaultSwitch::default();
    switch.replace(FaultPlan { faults: scenario.steps.iter().filter_map(timed).collect() });
    switch
}

pub(super) async fn take(
    step: &Step,
    scenario: &Scenario,
    clock: &Clock,
    handle: &mut DeskHandle,
) -> StepOutcome {
    let at = step.at.after(scenario.start);
    if let Some((asked, said)) = told(&step.action, scenario.start) {
        return StepOutcome { at, asked, done: true, said };
    }
    let command = match command_of(&step.action, scenario, clock.now(), &handle.snapshot()) {
        Ok(command) => command,
        Err(said) => return StepOutcome { at, asked: words_of(&step.action), done: false, said },
    };
    let asked = command.words();
    let Some(number) = handle.give(command) else {
        return StepOutcome { at, asked, done: false, said: "the desk has ended".to_owned() };
    };
    match settled(handle, number, clock).await {
        Some(outcome) => match &outcome.result {
            Ok(said) => StepOutcome { at, asked, done: true, said: said.clone() },
            Err(said) => StepOutcome { at, asked, done: false, said: said.clone() },
        },
        None => {
            StepOutcome { at, asked, done: false, said: format!("not settled within {SETTLE_WITHIN_S} s") }
        }
    }
}

/// What a step says and comes to that is no command of the desk: a fault, and what somebody says.
pub(super) fn told(action: &Action, start: UtcTime) -> Option<(String, String)> {
    match action {
        Action::Fault { until, .. } => {
            let said =
                until.map_or("on".to_owned(), |until| format!("on until {}", utc_time(until.after(start))));
            Some((words_of(action), said))
        }
        Action::Tell { text, .. } | Action::Note { text } => Some((words_of(action), text.clone())),
        _ => None,
    }
}

/// What a step asks, in a few words.
pub(super) fn words_of(action: &Action) -> String {
    match action {
        Action::Send(sending) => format!("send {}", sending.dispatch_ref),
        Action::Amend(amendment) => format!("amend {}", amendment.dispatch_ref),
        Action::Stop { dispatch_ref } => format!("stop {dispatch_ref}"),
        Action::EmergencyStop { .. } => "EMERGENCY STOP".to_owned(),
        Action::Acknowledge { containing } => format!("acknowledge what says “{containing}”"),
        Action::Shelve { containing, .. } => format!("shelve what says “{containing}”"),
        Action::Fault { affliction, .. } => format!("Fault: {}", affliction.words()),
        Action::Tell { from, .. } => called_after(from),
        Action::Note { .. } => "To the trainer".to_owned(),
    }
}

/// Waits until a command is settled; `None` when that takes too long, or the desk has ended.
pub(super) async fn settled(
    handle: &mut DeskHandle,
    number: CommandNumber,
    clock: &Clock,
) -> Option<Arc<Outcome>> {
    let within = clock.sleep(SETTLE_WITHIN_S);
    tokio::pin!(within);
    loop {
        let snapshot = handle.snapshot();
        if let Some(outcome) = snapshot.outcomes.iter().find(|o| o.command == number) {
            return Some(Arc::clone(outcome));
        }
        tokio::select! {
            running = handle.changed() => if !running { return None },
            () = &mut within => return None,
        }
    }
}

fn command_of(
    action: &Action,
    scenario: &Scenario,
    now: UtcTime,
    snapshot: &Snapshot,
) -> Result<Command, String> {
    Ok(match action {
        Action::Send(sending) => Command::Send(Box::new(first_revision(sending, scenario, now)?)),
        Action::Amend(amendment) => {
            Command::Send(Box::new(next_revision(amendment, scenario.start, now, snapshot)?))
        }
        Action::Stop { dispatch_ref } => Command::Stop(find(dispatch_ref, snapshot)?.key.clone()),
        Action::EmergencyStop { units, operator } => {
            Command::EmergencyStop { units: units.clone(), operator: operator.clone() }
        }
        Action::Acknowledge { containing } => {
            let waits = |alarm: &&Arc<Alarm>| alarm.acknowledged.is_none() && alarm.text.contains(containing);
            let ids: Vec<u64> = snapshot.alarms.iter().filter(waits).map(|alarm| alarm.id).collect();
            if ids.is_empty() {
                return Err(format!("no alarm with “{containing}” waits for notice"));
            }
            Command::AcknowledgeAlarms(ids)
        }
        Action::Shelve { containing, time, reason } => {
            let found = snapshot.alarms.iter().find(|alarm| alarm.text.contains(containing));
            let id = found.ok_or_else(|| format!("no alarm with “{containing}” stands in the list"))?.id;
            Command::ShelveAlarm { id, time: *time, by: TRAINEE.to_owned(), reason: reason.clone() }
        }
        Action::Fault { .. } | Action::Tell { .. } | Action::Note { .. } => {
            return Err("this is no command of the desk".to_owned());
        }
    })
}

fn find<'s>(dispatch_ref: &DispatchRef, snapshot: &'s Snapshot) -> Result<&'s DispatchState, String> {
    let found = snapshot.dispatches.iter().find(|d| d.key.dispatch_ref == *dispatch_ref);
    found.map(AsRef::as_ref).ok_or_else(|| format!("the desk knows of no dispatch `{dispatch_ref}`"))
}

fn first_revision(sending: &Sending, scenario: &Scenario, now: UtcTime) -> Result<DispatchParts, String> {
    let unit = scenario
        .fleet
        .unit(&sending.unit)
        .ok_or_else(|| format!("the fleet has no unit `{}`", sending.unit))?;
    Ok(DispatchParts {
        network_operator: unit.operator.clone(),
        dispatch_ref: sending.dispatch_ref.clone(),
        revision: Revision::FIRST,
        status: sending.status,
        contract: unit.contract.clone(),
        unit: sending.unit.clone(),
        instruction_time: now,
        service_start: sending.service_start.after(scenario.start),
        service_end: sending.service_end.after(scenario.start),
        setpoints: sending.setpoints.iter().map(|s| setpoint(s, scenario.start)).collect(),
    })
}

fn next_revision(
    amendment: &Amendment,
    start: UtcTime,
    now: UtcTime,
    snapshot: &Snapshot,
) -> Result<DispatchParts, String> {
    let state = find(&amendment.dispatch_ref, snapshot)?;
    let last = state.dispatch().ok_or_else(|| format!("`{}` has no revision", amendment.dispatch_ref))?;
    Ok(amended(last.parts().clone(), amendment, start, now))
}

/// The next revision after one.
fn amended(mut parts: DispatchParts, amendment: &Amendment, start: UtcTime, now: UtcTime) -> DispatchParts {
    parts.revision = parts.revision.next();
    parts.instruction_time = now;
    if let Some(status) = amendment.status {
        parts.status = status;
    }
    if let Some(at) = amendment.service_start {
        parts.service_start = at.after(start);
    }
    if let Some(at) = amendment.service_end {
        parts.service_end = at.after(start);
    }
    if let Some(setpoints) = &amendment.setpoints {
        parts.setpoints = setpoints.iter().map(|s| setpoint(s, start)).collect();
    }
    parts
}

/// What a step gives to the desk of a trainee who sits elsewhere; `None` for what is not theirs.
///
/// # Errors
/// Why it cannot be given, in words.
pub(super) fn given(step: &Step, scenario: &Scenario, now: UtcTime) -> Result<Option<What>, String> {
    let document = |parts: DispatchParts| {
        let problems = |all: Vec<Problem>| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Dispatch::new(parts).map(|dispatch| dispatch_to_json(&dispatch, None)).map_err(problems)
    };
    Ok(Some(match &step.action {
        Action::Tell { from, text } => What::Tell { from: from.clone(), text: text.clone() },
        Action::Send(sending) => {
            What::Send { document: document(first_revision(sending, scenario, now)?)?, amends: false }
        }
        Action::Amend(amendment) => {
            let parts = as_told(&amendment.dispatch_ref, step.at, scenario, now)?;
            What::Send { document: document(parts)?, amends: true }
        }
        Action::Stop { dispatch_ref } => What::Stop { dispatch_ref: dispatch_ref.clone() },
        Action::EmergencyStop { units, operator } => {
            What::EmergencyStop { units: units.clone(), operator: operator.clone() }
        }
        Action::Acknowledge { .. } | Action::Shelve { .. } | Action::Fault { .. } | Action::Note { .. } => {
            return Ok(None);
        }
    }))
}

/// A dispatch as the story has it by an instant: its first revision with every amendment up to then.
fn as_told(
    dispatch_ref: &DispatchRef,
    by: Offset,
    scenario: &Scenario,
    now: UtcTime,
) -> Result<DispatchParts, String> {
    let mut told = None;
    for step in scenario.steps.iter().filter(|step| step.at <= by) {
        match &step.action {
            Action::Send(sending) if sending.dispatch_ref == *dispatch_ref => {
                told = Some(first_revision(sending, scenario, now)?);
            }
            Action::Amend(amendment) if amendment.dispatch_ref == *dispatch_ref => {
                told = told.map(|parts| amended(parts, amendment, scenario.start, now));
            }
            _ => {}
        }
    }
    told.ok_or_else(|| format!("the story sends no `{dispatch_ref}` before it amends it"))
}

fn setpoint(at: &SetpointAt, start: UtcTime) -> Setpoint {
    Setpoint {
        at: at.at.after(start),
        real: at.real.map(|watts| RealLevel { reference: at.reference, watts, price: at.price }),
        reactive: at.reactive.map(|vars| ReactiveLevel { reference: at.reference, vars, price: None }),
    }
}
