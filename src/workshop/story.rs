//! What has happened of a scenario on a running clock: its steps are acted out as they fall due, and told once they are past.

use std::sync::Arc;

use tokio::sync::watch;

use crate::desk::DeskHandle;
use crate::time::Clock;

use super::remote::TrainersLine;
use super::scenario::{Action, Scenario, Step};
use super::script::{StepOutcome, given, take, told, words_of};

/// What has come to pass, in order. Nothing of what is to come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// What the operator of the scenario did, and what came of it.
    pub done: Vec<StepOutcome>,
    /// What the trainee was told, and by whom.
    pub told: Vec<StepOutcome>,
    /// What went wrong at an FSP, and notes: for the trainer, a trainee is to find it out.
    pub hidden: Vec<StepOutcome>,
}

/// At whose desk the story is acted out.
pub(super) enum Stage {
    /// At the one in this process.
    Here(DeskHandle),
    /// At that of a trainee who sits elsewhere.
    Away(TrainersLine),
}

/// Acts out each step when it falls due, from when the clock first runs.
pub(super) async fn act_out(
    scenario: Arc<Scenario>,
    clock: Clock,
    mut stage: Stage,
    story: watch::Sender<Arc<Story>>,
) {
    begun(&scenario, &clock).await;
    for step in &scenario.steps {
        clock.sleep_until(step.at.after(scenario.start)).await;
        let outcome = match &mut stage {
            Stage::Here(desk) => Some(take(step, &scenario, &clock, desk).await),
            Stage::Away(line) => hand_on(step, &scenario, &clock, line),
        };
        let Some(outcome) = outcome else { continue };
        story.send_modify(|story| {
            let story = Arc::make_mut(story);
            match step.action {
                Action::Fault { .. } | Action::Note { .. } => story.hidden.push(outcome),
                Action::Tell { .. } => story.told.push(outcome),
                _ => story.done.push(outcome),
            }
        });
    }
}

/// Gives a trainee elsewhere what is theirs; what came of it already, which of a command is told later.
fn hand_on(step: &Step, scenario: &Scenario, clock: &Clock, line: &TrainersLine) -> Option<StepOutcome> {
    let (at, called) = (step.at.after(scenario.start), words_of(&step.action));
    match given(step, scenario, clock.now()) {
        Ok(Some(what)) => line.give(at, &called, what),
        Ok(None) => {}
        Err(said) => return Some(StepOutcome { at, asked: called, done: false, said }),
    }
    let (asked, said) = told(&step.action, scenario.start)?;
    Some(StepOutcome { at, asked, done: true, said })
}

async fn begun(scenario: &Scenario, clock: &Clock) {
    let mut changes = clock.changes();
    while clock.rate().is_paused() && clock.now() <= scenario.start {
        changes.next().await;
    }
}
