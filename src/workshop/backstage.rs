//! What of a workshop is its trainer's alone: the faults that are on, what the units truly do, what the FSPs say to the VTN,
//! and the trainer's hand in the story.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::fleet::{Availabilities, FaultSwitch, Truths};
use crate::openadr::exchange::ExchangeLog;
use crate::profile::faults::{Affliction, FaultPlan};
use crate::time::UtcTime;

use super::offset::Offset;
use super::scenario::{Action, Scenario, Step};
use super::script::{StepOutcome, faults_of, told};
use super::story::Story;

/// What only the trainer sees, and by what they take a hand in the story. Clones are of the same workshop.
#[derive(Clone, Debug)]
pub struct Backstage {
    scenario: Arc<Scenario>,
    faults: FaultSwitch,
    story: watch::Sender<Arc<Story>>,
    made: Arc<Mutex<Vec<Step>>>,
    pub(super) truths: Truths,
    pub(super) availabilities: Availabilities,
    pub(super) exchanges: ExchangeLog,
}

impl Backstage {
    /// Of a story at its beginning; its fleet runs nowhere yet.
    pub(super) fn of(scenario: Arc<Scenario>, story: watch::Sender<Arc<Story>>) -> Self {
        Self {
            faults: faults_of(&scenario),
            scenario,
            story,
            made: Arc::default(),
            truths: Truths::default(),
            availabilities: Availabilities::default(),
            exchanges: ExchangeLog::keeping(0),
        }
    }

    /// What its fleet obeys.
    pub(super) fn switch(&self) -> FaultSwitch {
        self.faults.clone()
    }

    /// All faults, past, present and to come.
    pub fn faults(&self) -> Arc<FaultPlan> {
        self.faults.plan()
    }

    /// What the units truly do.
    pub fn truths(&self) -> &Truths {
        &self.truths
    }

    /// What the units are offered for.
    pub fn availabilities(&self) -> &Availabilities {
        &self.availabilities
    }

    /// What the FSPs and the VTN say to one another.
    pub fn exchanges(&self) -> &ExchangeLog {
        &self.exchanges
    }

    /// Lays a fault on from now on, until an instant where one is given; in place of the same one with other numbers.
    pub fn lay_on(&self, affliction: Affliction, now: UtcTime, until: Option<UtcTime>) {
        self.faults.lay_on(affliction.clone(), now, until);
        let until = until.map(|until| self.offset(until));
        self.made(Action::Fault { affliction, until }, now);
    }

    /// Ends a fault now, whoever laid it on.
    pub fn end(&self, affliction: &Affliction, now: UtcTime) {
        self.faults.switch_off(affliction, now);
        {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let end = self.offset(now);
            for step in made.iter_mut() {
                if let Action::Fault { affliction: laid, until } = &mut step.action
                    && laid.is_same(affliction)
                {
                    *until = Some(until.map_or(end, |until| until.min(end)));
                }
            }
        }
        self.note(&format!("Ended by hand: {}", affliction.words()), now);
    }

    /// Tells the trainee something, in somebody's name.
    pub fn tell(&self, from: &str, text: &str, now: UtcTime) {
        self.made(Action::Tell { from: from.to_owned(), text: text.to_owned() }, now);
    }

    /// Writes down what only trainers read.
    pub fn note(&self, text: &str, now: UtcTime) {
        self.made(Action::Note { text: text.to_owned() }, now);
    }

    /// The scenario with what the trainer did by hand among its steps: what was lived through.
    pub fn as_lived(&self) -> Scenario {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut lived = (*self.scenario).clone();
        lived.steps.extend(made);
        lived.steps.sort_by_key(|step| step.at);
        lived
    }

    fn made(&self, action: Action, now: UtcTime) {
        if let Some((asked, said)) = told(&action, self.scenario.start) {
            let is_for_all = matches!(action, Action::Tell { .. });
            let outcome = StepOutcome { at: now, asked, done: true, said };
            self.story.send_modify(|story| {
                let story = Arc::make_mut(story);
                if is_for_all { story.told.push(outcome) } else { story.hidden.push(outcome) }
            });
        }
        let step = Step { at: self.offset(now), action };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(step);
    }

    /// Seconds of the scenario; what is before its start counts as its start.
    fn offset(&self, at: UtcTime) -> Offset {
        Offset::seconds(u32::try_from(at.since(self.scenario.start).max(0)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::faults::UnitFault;

    #[test]
    fn what_a_trainer_does_by_hand_is_part_of_what_was_lived_through_and_none_of_it_is_told_but_what_is_said()
    {
        let scenario = Arc::new(Scenario::evening_peak().unwrap());
        let (story, seen) = watch::channel(Arc::new(Story::default()));
        let backstage = Backstage::of(Arc::clone(&scenario), story);
        let at = |minutes: i64| scenario.start + minutes * 60;
        let stuck = Affliction::Unit("BRIGHTFLEX/BESS-07".parse().unwrap(), UnitFault::Stuck);
        backstage.lay_on(stuck.clone(), at(10), Some(at(30)));
        backstage.tell("Shift leader", "Look at the battery.", at(12));
        backstage.end(&stuck, at(20));
        assert!(backstage.faults().faults.iter().any(|fault| {
            fault.affliction == stuck && (fault.from, fault.until) == (Some(at(10)), Some(at(20)))
        }));
        let story = seen.borrow().clone();
        assert_eq!((story.done.len(), story.told.len(), story.hidden.len()), (0, 1, 2));
        assert_eq!(story.told[0].said, "Look at the battery.");
        let lived = backstage.as_lived();
        assert_eq!(lived.steps.len(), scenario.steps.len() + 3);
        assert!(lived.steps.is_sorted_by_key(|step| step.at));
        let laid = Action::Fault { affliction: stuck, until: Some(Offset::seconds(20 * 60)) };
        assert!(lived.steps.iter().any(|step| step.action == laid), "it ended when it was ended");
    }
}
