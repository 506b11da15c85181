//! What happens next: when somebody would want to look, and what a trainer has coming. Pure.

use crate::desk::snapshot::{DispatchState, Snapshot};
use crate::time::UtcTime;

use super::scenario::{Action, Scenario, Step};
use super::script::{told, words_of};
use crate::profile::faults::FaultPlan;

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

/// Something that is to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Coming {
    /// When.
    pub at: UtcTime,
    /// What.
    pub what: String,
    /// What is said with it, or until when it lasts; empty where there is nothing to say.
    pub more: String,
}

/// What is to come after an instant, in order of time: the steps of the story, and the ends of faults that are laid on.
pub fn coming(scenario: &Scenario, faults: &FaultPlan, now: UtcTime) -> Vec<Coming> {
    let start = scenario.start;
    let steps = scenario.steps.iter().filter(|step| step.at.after(start) > now).map(|step| {
        let (what, more) = match &step.action {
            Action::Fault { until, .. } => {
                (words_of(&step.action), until.map_or(String::new(), |until| format!("Until {until}")))
            }
            action => told(action, start).unwrap_or_else(|| (words_of(action), String::new())),
        };
        Coming { at: step.at.after(start), what, more }
    });
    let ends = faults.faults.iter().filter_map(|fault| {
        let until = fault.until.filter(|until| *until > now)?;
        let what = format!("Fault ends: {}", fault.affliction.words());
        Some(Coming { at: until, what, more: String::new() })
    });
    let mut all: Vec<Coming> = steps.chain(ends).collect();
    all.sort_by_key(|coming| coming.at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workshop::script::faults_of;

    #[test]
    fn a_trainer_is_told_of_every_step_once_it_is_to_come_and_of_the_ends_of_faults() {
        let scenario = Scenario::evening_peak().unwrap();
        let plan = faults_of(&scenario).plan();
        let all = coming(&scenario, &plan, scenario.start - 1);
        let ends = plan.faults.iter().filter(|fault| fault.until.is_some()).count();
        assert_eq!(all.len(), scenario.steps.len() + ends);
        assert!(all.is_sorted_by_key(|coming| coming.at));
        let first = all[0].clone();
        assert!(!coming(&scenario, &plan, first.at).contains(&first), "it is there");
        let last = all[all.len() - 1].at;
        assert_eq!(coming(&scenario, &plan, last), []);
    }
}
