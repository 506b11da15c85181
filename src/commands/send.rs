//! `rampdesk send`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::desk::DeskHandle;
use crate::desk::command::Command;
use crate::desk::snapshot::{DispatchState, Phase};
use crate::dispatch::{DispatchKey, Revision};
use crate::units::grouped;
use crate::workshop::outcome::{self, DispatchOutcome};

use super::connect::{self, DeskArguments};
use super::input;
use super::output::{self, Done, Failure};

#[derive(clap::Args)]
pub struct Arguments {
    /// The dispatch document; - for standard input. It is signed here with the operator's key, and its instruction
    /// time set
    file: PathBuf,
    #[command(flatten)]
    desk: DeskArguments,
    /// What to wait for before ending
    #[arg(long, value_enum, default_value = "sent")]
    wait: Wait,
    /// One JSON document on standard output
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
    let (dispatch, _) = input::dispatch(&arguments.file)?;
    connect::runtime()?.block_on(async {
        let desk = connect::open(&arguments.desk)?;
        let mut handle = desk.handle.clone();
        let followed = tokio::select! {
            followed = send(&mut handle, &dispatch, arguments.wait) => followed,
            () = connect::asked_to_end() => Err(Failure::failed("ended before what was waited for; the dispatch stands")),
        };
        desk.stop().await;
        let state = followed?;
        let said = outcome::dispatch(&state).ok_or_else(|| Failure::failed("the desk lost the dispatch"))?;
        if arguments.json { output::print_json(&said)? } else { tell(&said)? }
        match state.phase {
            Phase::Rejected | Phase::Failed | Phase::SendFailed => Err(Failure::Failed(Vec::new())),
            _ => Ok(()),
        }
    })
}

async fn send(
    handle: &mut DeskHandle,
    dispatch: &crate::dispatch::Dispatch,
    wait: Wait,
) -> Result<Arc<DispatchState>, Failure> {
    connect::ready(handle).await?;
    let gone = || Failure::failed("the desk has ended");
    let number = handle.give(Command::Send(Box::new(dispatch.parts().clone()))).ok_or_else(gone)?;
    loop {
        let snapshot = handle.snapshot();
        if let Some(outcome) = snapshot.outcomes.iter().find(|o| o.command == number) {
            match &outcome.result {
                Ok(words) => output::say(words),
                Err(words) => return Err(Failure::failed(words)),
            }
            break;
        }
        if !handle.changed().await {
            return Err(gone());
        }
    }
    follow(handle, &dispatch.key(), dispatch.revision, wait).await
}

async fn follow(
    handle: &mut DeskHandle,
    key: &DispatchKey,
    revision: Revision,
    wait: Wait,
) -> Result<Arc<DispatchState>, Failure> {
    let mut told = 0;
    loop {
        if let Some(state) = handle.snapshot().dispatches.iter().find(|d| d.key == *key) {
            for rung in state.ladder.iter().skip(told) {
                let detail = rung.detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
                output::say(format!("{} {} revision {}{detail}", rung.at, rung.stage, rung.revision));
            }
            told = state.ladder.len();
            let answered = state
                .ladder
                .iter()
                .any(|r| r.revision == revision && (r.stage.carries_readback() || r.reason.is_some()));
            let done = match wait {
                Wait::Sent => true,
                Wait::Accepted => answered,
                Wait::Ended => !state.is_open(),
            };
            if done {
                return Ok(Arc::clone(state));
            }
        }
        if !handle.changed().await {
            return Err(Failure::failed("the desk has ended"));
        }
    }
}

fn tell(outcome: &DispatchOutcome) -> Done {
    let mut text = format!("{} revision {}: {}\n", outcome.dispatch_ref, outcome.revisions, outcome.phase);
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
