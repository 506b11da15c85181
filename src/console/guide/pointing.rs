//! Where each step points, the best place first: whichever of them is on the screen stands out.

use crate::console::context::Workspace;
use crate::console::landmark::Landmark;

use super::observed::Observed;
use super::step::Step;

/// The controls that a step speaks of, as far as a person has come.
pub fn landmarks(step: Step, shown: Workspace, seen: &Observed) -> Vec<Landmark> {
    let mut places = controls(step, seen);
    if let Some(workspace) = step.workspace().filter(|workspace| *workspace != shown) {
        places.push(Landmark::Workspace(workspace));
    }
    places
}

fn controls(step: Step, seen: &Observed) -> Vec<Landmark> {
    let draft = seen.draft.unwrap_or_default();
    match step {
        Step::Unit => vec![Landmark::UnitSearch],
        Step::Setpoint if draft.has_volume => vec![Landmark::Reference],
        Step::Setpoint => vec![Landmark::Volume],
        Step::Now => vec![Landmark::RunNow],
        Step::Checks => vec![Landmark::Checks],
        Step::Rehearse => vec![Landmark::Rehearse],
        Step::Send => sending(seen),
        Step::Watch => vec![Landmark::ToBoard, Landmark::Ladder],
        Step::Delivery => vec![Landmark::ToDelivery, Landmark::Shown],
        // While the amendment is drawn up, what is left to do is in Compose.
        Step::Amend if draft.armed.is_some() => sending(seen),
        Step::Amend => vec![Landmark::Amend, Landmark::Volume],
        Step::Stop => vec![Landmark::Stop],
        Step::Alarms => vec![Landmark::Alarms],
        Step::EmergencyStop => vec![Landmark::EmergencyStop],
    }
}

fn sending(seen: &Observed) -> Vec<Landmark> {
    match seen.draft.and_then(|draft| draft.armed) {
        None => vec![Landmark::Review],
        Some(false) => vec![Landmark::Arm],
        Some(true) => vec![Landmark::Send],
    }
}
