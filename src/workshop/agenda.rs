//! What happens next: when somebody would want to look. Pure.

use crate::desk::snapshot::{DispatchState, Snapshot};
use crate::time::UtcTime;

use super::scenario::{Action, Scenario, Step};

/// A jump ends so many seconds before what it leads to.
pub const BEFOREHAND_S: i64 = 5;

/// The next instant after now at which something happens: a step of the story, a fault that begins or ends, the start or the end
/// of a window, or a level to be delivered. None of what is nearer than [`BEFOREHAND_S`].
pub fn next_event(scenario: &Scenario, snapshot: &Snapshot, now: UtcTime) -> Option<UtcTime> {
    let start = scenario.start;
    let of_step = |step: &Step| {
        let until = if let Action::Fault { until, .. } = &step.action { *until } else { None };
        [Some(step.at), until].into_iter().flatten().map(|at| at.after(start)).collect::<Vec<_>>()
    };
    let of_dispatch = |dispatch: &DispatchState| {
        let dispatch = dispatch.dispatch()?;
        let levels = dispatch.setpoints.iter().map(|s| s.at);
        Some(levels.chain([dispatch.service_start, dispatch.service_end]).collect::<Vec<_>>())
    };
    let open = snapshot.dispatches.iter().filter(|d| d.is_open());
    let events = scenario.steps.iter().flat_map(of_step);
    let events = events.chain(open.filter_map(|dispatch| of_dispatch(dispatch)).flatten());
    events.filter(|at| *at - BEFOREHAND_S > now).min()
}
