//! What of a workshop is its trainer's alone: the faults that are on, what the units truly do, what the FSPs say to the VTN,
//! and the trainer's hand in the story.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::fleet::{Availabilities, FaultSwitch, Truths};
use crate::openadr::exchange::ExchangeLog;
use crate::profile::faults::{Affliction, FaultPlan};
use crate::time::UtcTime;

use super::offset::Offset;
use super::remote::{TrainersLine, What};
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
    /// The line to a trainee who sits elsewhere.
    pub(super) line: Option<TrainersLine>,
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
            line: None,
            truths: Truths::default(),
            availabilities: Availabilities::default(),
            exchanges: ExchangeLog::keeping(0),
        }
    }

    /// What its fleet obeys.
    pub(super) fn switch(&self) -> FaultSwitch {
        self.faults.clone()
    }

    /// The line to a trainee who sits elsewhere, where one does.
    pub fn line(&self) -> Option<&TrainersLine> {
        self.line.as_ref()
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
        self.faults.lay_on(affliction, now, until);
    }

    /// Ends a fault now, whoever laid it on.
    pub fn end(&self, affliction: &Affliction, now: UtcTime) {
        self.faults.switch_off(affliction, now);
    }

    /// Tells the trainee something, in somebody's name.
    pub fn tell(&self, from: &str, text: &str, now: UtcTime) {
        let (from, text) = (from.to_owned(), text.to_owned());
        let action = Action::Tell { from: from.clone(), text: text.clone() };
        if let (Some(line), Some((called, _))) = (&self.line, told(&action, self.scenario.start)) {
            line.give(now, &called, What::Tell { from, text });
        }
        self.made(action, now);
    }

    /// Writes down what only trainers read.
    pub fn note(&self, text: &str, now: UtcTime) {
        self.made(Action::Note { text: text.to_owned() }, now);
    }

    /// The scenario with what the trainer said and noted among its steps. Faults that were switched by hand are told beside it.
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
        backstage.note("Nobody has noticed yet.", at(14));
        backstage.end(&stuck, at(20));
        assert!(backstage.faults().faults.iter().any(|fault| {
            fault.affliction == stuck && (fault.from, fault.until) == (Some(at(10)), Some(at(20)))
        }));
        let switched = backstage.switch().switched().borrow().clone();
        let switched: Vec<_> = switched.iter().map(|switched| (switched.at, switched.is_on)).collect();
        assert_eq!(switched, [(at(10), true), (at(20), false)], "it ended once, and when it was ended");
        let story = seen.borrow().clone();
        assert_eq!((story.done.len(), story.told.len(), story.hidden.len()), (0, 1, 1));
        assert_eq!(story.told[0].said, "Look at the battery.");
        let lived = backstage.as_lived();
        assert_eq!(lived.steps.len(), scenario.steps.len() + 2);
        assert!(lived.steps.is_sorted_by_key(|step| step.at));
    }
}
