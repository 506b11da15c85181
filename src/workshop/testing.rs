//! A scenario's steps in a test's hands.

use crate::desk::DeskHandle;
use crate::time::Clock;

use super::scenario::{Scenario, Step};
use super::script::{StepOutcome, take};

/// Does a step at a desk, as the story does or the scripted trainee.
pub async fn act(step: &Step, scenario: &Scenario, clock: &Clock, desk: &mut DeskHandle) -> StepOutcome {
    take(step, scenario, clock, desk).await
}
