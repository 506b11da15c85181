//! What a unit has taken on, and what came of it.

use std::collections::BTreeSet;

use crate::dispatch::{DispatchKey, Readback, Revision, Stage, Status};
use crate::power::Instruction;
use crate::time::UtcTime;

use super::order::Order;
use super::stages::Due;

/// How a dispatch was taken on (Appendix A's acknowledgement).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fleet) struct Taken {
    /// ACCEPTED, or UNREACHABLE when a level will be late.
    pub(in crate::fleet) stage: Stage,
    /// From the controller's own model.
    pub(in crate::fleet) readback: Readback,
    /// In words, when there is something to say.
    pub(in crate::fleet) detail: Option<String>,
    /// When the first late level will be delivered.
    pub(in crate::fleet) reached_at: Option<UtcTime>,
}

/// A stage that the unit has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fleet) struct Happened {
    pub(in crate::fleet) at: UtcTime,
    pub(in crate::fleet) key: DispatchKey,
    pub(in crate::fleet) revision: Revision,
    pub(in crate::fleet) status: Status,
    pub(in crate::fleet) stage: Stage,
    pub(in crate::fleet) detail: Option<String>,
}

/// A dispatch that the unit has taken on.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) order: Order,
    /// What moves the unit; `None` for a notice and for a stop that finds nothing to stop.
    pub(super) instruction: Option<Instruction>,
    /// When this revision was taken on.
    pub(super) taken_at: UtcTime,
    /// Stages still to come, in order of time.
    pub(super) pending: Vec<Due>,
    /// Stages of this revision that have come.
    pub(super) reported: BTreeSet<Stage>,
    /// When its last stage comes, once that is known.
    pub(super) closes: Option<UtcTime>,
    /// When the unit first moved for it, through all revisions.
    pub(super) metered_from: Option<UtcTime>,
    /// Whether reactive power was ever asked by it: then that is metered too, through all revisions.
    pub(super) meters_reactive: bool,
}

impl Held {
    /// Whether it asks something of the unit at `now` or later.
    pub(super) fn is_open(&self, now: UtcTime) -> bool {
        self.instruction.is_some() && self.closes.is_none_or(|closes| closes > now)
    }

    /// Whether it is to be delivered, not to be stopped or only announced.
    pub(super) fn delivers(&self) -> bool {
        matches!(self.order.status, Status::Run | Status::RunNow)
    }

    /// From when on it asks something of the unit.
    pub(super) fn begins(&self) -> UtcTime {
        match self.order.status {
            Status::Run | Status::PreNotify => self.order.start,
            Status::RunNow => self.order.start.min(self.taken_at),
            Status::Stop | Status::EmergencyStop => self.taken_at,
        }
    }

    pub(super) fn set_stages(&mut self, stages: Vec<Due>) {
        self.closes = stages.last().map(|due| due.at);
        self.pending = stages.into_iter().filter(|due| !self.reported.contains(&due.stage)).collect();
    }
}
