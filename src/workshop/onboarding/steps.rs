//! The steps of an onboarding, told as they are taken.

use serde::Serialize;

use super::Onboarded;
use crate::desk::Enrolment;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It was so before.
    Ready,
    /// It was done now.
    Done,
    /// It would be done now.
    Due,
    /// Somebody else has to do it.
    Left,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// How it stands.
    pub standing: Standing,
    /// What, for people. Never a secret.
    pub what: String,
}

/// Is told of each step as it is taken.
pub type Told<'a> = &'a (dyn Fn(&Step) + Sync);

/// The steps taken so far.
pub(super) struct Steps<'a> {
    taken: Vec<Step>,
    told: Told<'a>,
}

impl<'a> Steps<'a> {
    pub(super) fn telling(told: Told<'a>) -> Self {
        Self { taken: Vec::new(), told }
    }

    pub(super) fn take(&mut self, standing: Standing, what: impl Into<String>) {
        let step = Step { standing, what: what.into() };
        (self.told)(&step);
        self.taken.push(step);
    }

    pub(super) fn taken(self) -> Vec<Step> {
        self.taken
    }

    /// Nobody can be taken up yet.
    pub(super) fn without_end(self) -> Onboarded {
        Onboarded { steps: self.taken, enrolment: None }
    }

    pub(super) fn ending_with(self, enrolment: Enrolment) -> Onboarded {
        Onboarded { steps: self.taken, enrolment: Some(enrolment) }
    }
}
