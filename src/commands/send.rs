//! `rampdesk send`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::desk::DeskHandle;
use crate::desk::command::{Command, CommandNumber, Together};
use crate::desk::snapshot::{DispatchState, Phase, Rung, Snapshot};
use crate::dispatch::{Approval, Dispatch, DispatchKey, DispatchParts};
use crate::time::Clock;
use crate::units::grouped;
use crate::workshop::outcome::{self, DispatchOutcome};

use super::connect::{self, DeskArguments};
use super::input;
use super::output::{self, Done, Failure};

/// How many dispatches are given to the desk before it has said what became of the first: fewer than the outcomes
/// that it keeps to be looked at.
const MOST_AT_ONCE: usize = 100;

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch documents; - for standard input. Each is signed here with the operator's key, and its instruction
    /// time set
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    desk: DeskArguments,
    /// Who sends: the name of a person who has a key of the operator of their own, or its id. Their passphrase is asked for.
    /// Needed where the operator's keys are people's own
    #[arg(long = "as", value_name = "NAME")]
    sender: Option<String>,
    /// A second person's approval of exactly these dispatches, as `approve` prints it: needed above a limit
    #[arg(long, value_name = "FILE")]
    approval: Option<PathBuf>,
    /// What to wait for before ending
    #[arg(long, value_enum, default_value = "sent")]
    wait: Wait,
    /// One JSON document on standard output; a list when several dispatches are sent
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Wait {
    /// The VTN has it
    Sent,
    /// The unit has acknowledged it with a read-back, or refused it
    Accepted,
    /// It is over
    Ended,
}

pub fn run(arguments: &Arguments) -> Done {
    let dispatches = read(&arguments.files)?;
    let approval = arguments.approval.as_deref().map(input::approval).transpose()?;
    connect::runtime()?.block_on(async {
        let desk = connect::open(&arguments.desk)?;
        let mut handle = desk.handle.clone();
        let followed = tokio::select! {
            followed = send(&mut handle, &dispatches, approval, arguments) => followed,
            () = connect::asked_to_end() => {
                Err(Failure::failed("ended before what was waited for; what was sent stands"))
            }
        };
        let snapshot = handle.snapshot();
        desk.stop().await;
        let states = followed?;
        let said: Option<Vec<_>> = states.iter().map(|state| said(state, &snapshot)).collect();
        let said = said.ok_or_else(|| Failure::failed("the desk lost a dispatch"))?;
        match said.as_slice() {
            [one] if arguments.json => output::print_json(one)?,
            all if arguments.json => output::print_json(&all)?,
            all => all.iter().try_for_each(tell)?,
        }
        let went_wrong = |state: &Arc<DispatchState>| {
            matches!(state.phase, Phase::Rejected | Phase::Failed | Phase::SendFailed)
        };
        if states.iter().any(went_wrong) { Err(Failure::Failed(Vec::new())) } else { Ok(()) }
    })
}

/// What came of a dispatch, with who sent its last revision.
fn said(state: &DispatchState, snapshot: &Snapshot) -> Option<DispatchOutcome> {
    let sent_by = state.current().and_then(|revision| snapshot.sent_by(revision)).map(ToString::to_string);
    outcome::dispatch(state).map(|outcome| DispatchOutcome { sent_by, ..outcome })
}

/// Every document, before any is sent.
fn read(files: &[PathBuf]) -> Result<Vec<Dispatch>, Failure> {
    let mut keys = BTreeSet::new();
    let mut dispatches = Vec::new();
    for file in files {
        let (dispatch, _) = input::dispatch(file)?;
        if !keys.insert(dispatch.key()) {
            return Err(Failure::input(format!(
                "{}: dispatch_ref: `{}` is given twice; send its revisions one after the other",
                file.display(),
                dispatch.dispatch_ref
            )));
        }
        dispatches.push(dispatch);
    }
    Ok(dispatches)
}

async fn send(
    handle: &mut DeskHandle,
    dispatches: &[Dispatch],
    approval: Option<Approval>,
    arguments: &Arguments,
) -> Result<Vec<Arc<DispatchState>>, Failure> {
    let wait = arguments.wait;
    connect::ready(handle).await?;
    if let Some(person) = &arguments.sender {
        let operators: BTreeSet<_> = dispatches.iter().map(|d| d.network_operator.clone()).collect();
        connect::sign_on(handle, &arguments.desk, person, operators.into_iter().collect()).await?;
    }
    let clock = Clock::real();
    let began = clock.now_seconds();
    give(handle, commands(handle, dispatches, approval)).await?;
    let states = follow(handle, dispatches, wait).await?;
    if dispatches.len() > 1 && wait != Wait::Sent {
        output::say(format!(
            "{} dispatches: what was waited for was there {:.1} s after the first was given",
            dispatches.len(),
            clock.now_seconds() - began
        ));
    }
    Ok(states)
}

/// What the desk is asked. Where a second person approves above a limit, all that is sent is sent together: a limit that
/// it exceeds as a whole must not be kept by each part of it. Stops go by themselves, and first.
fn commands(handle: &DeskHandle, dispatches: &[Dispatch], approval: Option<Approval>) -> Vec<Command> {
    let (stops, moving): (Vec<_>, Vec<_>) =
        dispatches.iter().map(|d| d.parts().clone()).partition(|parts| parts.status.is_stop());
    let alone = |parts: DispatchParts| Command::Send(Box::new(parts));
    let mut commands: Vec<Command> = stops.into_iter().map(alone).collect();
    if approval.is_none() && handle.snapshot().approval.limits().is_empty() {
        commands.extend(moving.into_iter().map(alone));
    } else if approval.is_some() || !moving.is_empty() {
        commands.push(Command::SendTogether(Box::new(Together { dispatches: moving, approval })));
    }
    commands
}

/// Gives them all to the desk, and waits until it has said of each what became of it.
async fn give(handle: &mut DeskHandle, commands: Vec<Command>) -> Result<(), Failure> {
    let mut rest = commands.into_iter();
    let mut given: BTreeSet<CommandNumber> = BTreeSet::new();
    let mut refused = Vec::new();
    loop {
        for command in rest.by_ref().take(MOST_AT_ONCE - given.len()) {
            given.insert(handle.give(command).ok_or_else(gone)?);
        }
        if given.is_empty() {
            break;
        }
        for outcome in handle.snapshot().outcomes.iter().filter(|o| given.remove(&o.command)) {
            match &outcome.result {
                Ok(words) => output::say(words),
                Err(words) => refused.push(words.clone()),
            }
        }
        if !given.is_empty() && !handle.changed().await {
            return Err(gone());
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Failed(refused)) }
}

fn gone() -> Failure {
    Failure::failed("the desk has ended")
}

/// Says every acknowledgement as it comes, until each dispatch has come as far as is waited for.
async fn follow(
    handle: &mut DeskHandle,
    dispatches: &[Dispatch],
    wait: Wait,
) -> Result<Vec<Arc<DispatchState>>, Failure> {
    let mut told: BTreeMap<DispatchKey, usize> = BTreeMap::new();
    loop {
        let snapshot = handle.snapshot();
        let states = states_of(&snapshot, dispatches);
        for state in states.iter().flatten() {
            let told = told.entry(state.key.clone()).or_default();
            tell_stages(state, *told, dispatches.len() > 1);
            *told = state.ladder.len();
        }
        let done = |(dispatch, state): (&Dispatch, &Option<Arc<DispatchState>>)| {
            state.as_ref().is_some_and(|state| has_come(state, dispatch, wait))
        };
        if dispatches.iter().zip(&states).all(done) {
            return Ok(states.into_iter().flatten().collect());
        }
        if !handle.changed().await {
            return Err(gone());
        }
    }
}

/// The state of each dispatch, in the order given.
fn states_of(snapshot: &Snapshot, dispatches: &[Dispatch]) -> Vec<Option<Arc<DispatchState>>> {
    let by_key: BTreeMap<_, _> = snapshot.dispatches.iter().map(|state| (&state.key, state)).collect();
    dispatches.iter().map(|dispatch| by_key.get(&dispatch.key()).map(|state| Arc::clone(state))).collect()
}

fn tell_stages(state: &DispatchState, told: usize, among_others: bool) {
    for rung in state.ladder.iter().skip(told) {
        let detail = rung.detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
        let whose = if among_others { format!("{} ", state.key.dispatch_ref) } else { String::new() };
        output::say(format!("{} {whose}{} revision {}{detail}", rung.at, rung.stage, rung.revision));
    }
}

fn has_come(state: &DispatchState, dispatch: &Dispatch, wait: Wait) -> bool {
    let answers = |rung: &Rung| {
        rung.revision == dispatch.revision && (rung.stage.carries_readback() || rung.reason.is_some())
    };
    match wait {
        Wait::Sent => true,
        Wait::Accepted => state.ladder.iter().any(answers) || state.phase == Phase::SendFailed,
        Wait::Ended => !state.is_open(),
    }
}

fn tell(outcome: &DispatchOutcome) -> Done {
    let by = outcome.sent_by.as_ref().map_or_else(String::new, |by| format!(", sent by {by}"));
    let mut text =
        format!("{} revision {}: {}{by}\n", outcome.dispatch_ref, outcome.revisions, outcome.phase);
    if let Some(readback) = &outcome.readback {
        let wrong = readback.differs.len() + readback.absent.len() + readback.not_sent.len();
        text += &format!("read-back: {} fields matched, {wrong} otherwise\n", readback.matched);
    }
    if let Some(energy) = &outcome.energy {
        text += &format!(
            "energy: {} kWh instructed, {} kWh delivered\n",
            grouped(energy.instructed_kwh, 1),
            grouped(energy.delivered_kwh, 1)
        );
    }
    output::print(text)
}
