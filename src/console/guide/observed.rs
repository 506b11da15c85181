//! What a person has come to, as far as the guided run asks: read off the console and the desk, never remembered here.

use crate::desk::snapshot::{DispatchState, Phase, Snapshot};
use crate::dispatch::{DispatchKey, Stage};

use super::step::Step;

/// All of it, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The draft that is open in Compose.
    pub draft: Option<Drawn>,
    /// The new dispatch that was last given to the desk.
    pub given: Option<DispatchKey>,
    /// The dispatch that the run follows.
    pub followed: Option<Followed>,
    /// Whether Board shows it.
    pub is_on_board: bool,
    /// Whether Delivery shows it.
    pub is_in_delivery: bool,
    /// Whether the alarm list was gone to.
    pub alarms_reached: bool,
    /// Whether the EMERGENCY STOP has the pointer or the keyboard.
    pub emergency_stop_reached: bool,
}

/// How far a draft has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Whether its first setpoint has a volume that can be read.
    pub has_volume: bool,
    /// Whether any setpoint is whole.
    pub has_level: bool,
    /// Whether it is to run now.
    pub is_run_now: bool,
    /// Errors that the checks found.
    pub errors: usize,
    /// Whether it was rehearsed as it is.
    pub is_rehearsed: bool,
    /// Whether it is armed, while it is under review.
    pub armed: Option<bool>,
}

/// How far the dispatch that is followed has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Whether the VTN has it.
    pub is_sent: bool,
    /// Whether anything can still come of it.
    pub is_open: bool,
    /// Whether the unit has delivered a level.
    pub at_setpoint: bool,
    /// Whether the VTN has a greater revision that is no stop.
    pub is_amended: bool,
    /// Whether the VTN has its stop.
    pub is_stopped: bool,
}

impl Followed {
    /// Of the dispatch of that key; `None` when the desk does not show it.
    pub fn of(snapshot: &Snapshot, key: &DispatchKey) -> Option<Self> {
        snapshot.dispatches.iter().find(|dispatch| dispatch.key == *key).map(|dispatch| Self::read(dispatch))
    }

    fn read(dispatch: &DispatchState) -> Self {
        let sent = || dispatch.revisions.iter().filter(|revision| revision.sent.is_some());
        let is_stop = |status: crate::dispatch::Status| status.is_stop();
        let at_setpoint = dispatch.phase == Phase::AtSetpoint
            || dispatch.ladder.iter().any(|rung| rung.stage == Stage::AtSetpoint && rung.signature.is_ok());
        Self {
            is_sent: sent().next().is_some(),
            is_open: dispatch.is_open(),
            at_setpoint,
            is_amended: sent().filter(|r| !is_stop(r.signed.dispatch.status)).count() > 1,
            is_stopped: sent().any(|r| is_stop(r.signed.dispatch.status)),
        }
    }
}

impl Observed {
    /// Whether what a step asks for is so.
    pub fn fulfils(&self, step: Step) -> bool {
        let draft = self.draft.unwrap_or_default();
        let followed = self.followed.unwrap_or_default();
        match step {
            Step::Unit => self.draft.is_some(),
            Step::Setpoint => draft.has_level,
            Step::Now => draft.is_run_now,
            Step::Checks => draft.has_level && draft.errors == 0,
            Step::Rehearse => draft.is_rehearsed,
            Step::Send => followed.is_sent,
            Step::Watch => followed.at_setpoint && self.is_on_board,
            Step::Delivery => followed.is_sent && self.is_in_delivery,
            Step::Amend => followed.is_amended,
            Step::Stop => followed.is_stopped,
            Step::Alarms => self.alarms_reached,
            Step::EmergencyStop => self.emergency_stop_reached,
        }
    }
}
