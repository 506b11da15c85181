//! What has happened of a scenario on a running clock: its steps are acted out as they fall due, and told once they are past.

use std::sync::Arc;

use tokio::sync::watch;

use crate::desk::DeskHandle;
use crate::time::Clock;

use super::scenario::{Action, Scenario};
use super::script::{StepOutcome, take};

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

/// Acts out each step when it falls due, from when the clock first runs.
pub(super) async fn act_out(
    scenario: Arc<Scenario>,
    clock: Clock,
    mut desk: DeskHandle,
    told: watch::Sender<Arc<Story>>,
) {
    begun(&scenario, &clock).await;
    for step in &scenario.steps {
        clock.sleep_until(step.at.after(scenario.start)).await;
        let outcome = take(step, &scenario, &clock, &mut desk).await;
        told.send_modify(|story| {
            let story = Arc::make_mut(story);
            match step.action {
                Action::Fault { .. } | Action::Note { .. } => story.hidden.push(outcome),
                Action::Tell { .. } => story.told.push(outcome),
                _ => story.done.push(outcome),
            }
        });
    }
}

async fn begun(scenario: &Scenario, clock: &Clock) {
    let mut changes = clock.changes();
    while clock.rate().is_paused() && clock.now() <= scenario.start {
        changes.next().await;
    }
}
