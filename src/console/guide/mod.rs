//! "Send your first dispatch": a guided run through one dispatch, from a unit to its stop. It goes by what a person really
//! does, can be left and taken up again, and is never offered where real assets may move.

mod observed;
mod panel;
mod pointing;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use observed::{Drawn, Followed, Observed};
pub use panel::{Answer, Room, Wish, offer, ui};
pub use pointing::landmarks;
pub use step::Step;

use crate::desk::snapshot::Mode;
use crate::dispatch::DispatchKey;

/// Its name, wherever it is spoken of.
pub const NAME: &str = "Send your first dispatch";

/// What came of it so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nobody was asked yet.
    #[default]
    New,
    /// It was offered, and is not begun.
    Skipped,
    /// It is begun.
    Begun,
    /// It is finished.
    Finished,
}

/// The run, kept with the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guide {
    standing: Standing,
    /// Whether it is on the screen.
    open: bool,
    at: Step,
    done: BTreeSet<Step>,
    /// The dispatch that it follows: the last one that was sent.
    followed: Option<DispatchKey>,
    /// Whether the offer is on the screen.
    #[serde(skip)]
    offering: bool,
    /// Whether the step is on the screen since before what it asks for was last looked at.
    #[serde(skip)]
    looked: bool,
}

/// Whether it may run in a session of this mode.
pub fn is_allowed(mode: Mode) -> bool {
    match mode {
        Mode::Sandbox | Mode::Training => true,
        Mode::Live => false,
    }
}

impl Guide {
    /// One that was offered and put aside before.
    #[cfg(test)]
    pub fn skipped() -> Self {
        Self { standing: Standing::Skipped, ..Self::default() }
    }

    /// A window opens: in a sandbox it is offered to who never was asked, once.
    pub fn enter(&mut self, mode: Mode) {
        if self.standing == Standing::New && mode == Mode::Sandbox {
            self.standing = Standing::Skipped;
            self.offering = true;
        }
    }

    /// What came of it so far.
    #[cfg(test)]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether the offer is on the screen.
    pub fn is_offered(&self) -> bool {
        self.offering && !self.open
    }

    /// Whether it is on the screen.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The step on the screen; `None` when all of it is over.
    pub fn step(&self) -> Option<Step> {
        (self.standing != Standing::Finished).then_some(self.at)
    }

    /// Whether a step was done.
    pub fn is_done(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    /// The dispatch that it follows.
    pub fn followed(&self) -> Option<&DispatchKey> {
        self.followed.as_ref()
    }

    /// Begins it, or goes on where it was left; what is finished begins anew.
    pub fn go_on(&mut self) {
        if self.standing != Standing::Begun {
            *self = Self { standing: Standing::Begun, ..Self::default() };
        }
        (self.open, self.offering, self.looked) = (true, false, false);
    }

    /// Takes it off the screen; what was done is kept.
    pub fn leave(&mut self) {
        (self.open, self.offering) = (false, false);
    }

    /// To the step before.
    pub fn back(&mut self) {
        if self.standing == Standing::Finished {
            self.standing = Standing::Begun;
        } else if let Some(before) = self.at.before() {
            self.at = before;
        }
        self.looked = false;
    }

    /// To the next step, whether this one is done or not.
    pub fn pass(&mut self) {
        self.come_to(self.at.next());
    }

    fn come_to(&mut self, step: Option<Step>) {
        match step {
            Some(step) => self.at = step,
            None => self.standing = Standing::Finished,
        }
        self.looked = false;
    }

    /// Takes in what a person has come to.
    pub fn observe(&mut self, seen: &Observed) {
        if !self.open || self.standing != Standing::Begun {
            return;
        }
        if seen.given.is_some() && seen.given != self.followed {
            self.followed.clone_from(&seen.given);
            // What was seen is of the dispatch before.
            return;
        }
        let counts = |step: Step| seen.fulfils(step) && (step == self.at || !step.counts_when_shown());
        let news: Vec<Step> =
            Step::ALL.into_iter().filter(|step| counts(*step) && !self.done.contains(step)).collect();
        self.done.extend(&news);
        let looked = std::mem::replace(&mut self.looked, true);
        let ahead = news.iter().copied().rfind(|step| *step > self.at && step.leads_on());
        // What was so already when a person came here is ticked, and waits until they have read it.
        let here = Some(self.at).filter(|step| looked && news.contains(step));
        if let Some(step) = ahead.or(here) {
            self.come_to(step.next());
        }
    }

    /// Whether the step on the screen is of a dispatch and there is none that it could be done with.
    pub fn has_lost_track(&self, seen: &Observed) -> bool {
        let is_open = seen.followed.is_some_and(|followed| followed.is_open);
        self.step().is_some_and(|step| step.follows_a_dispatch() && !self.is_done(step)) && !is_open
    }
}
