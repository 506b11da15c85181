//! A controller that is started again: its unit went on meanwhile, and it knows its path from what it had taken on.

use crate::dispatch::Dispatch;
use crate::time::UtcTime;

use super::order::Order;
use super::{Controller, Trajectory, seconds};

impl Controller {
    /// Its path begins at an instant that is past; nothing changes when it has taken anything on already.
    pub(in crate::fleet) fn wakes_at(&mut self, at: UtcTime) {
        if self.held.is_empty() {
            self.trajectory = Trajectory::idle(&self.unit, seconds(at));
        }
    }

    /// Takes up what it had taken on at an instant that is past. It was judged then, and is not judged again: what is
    /// declared of the unit may be another by now.
    pub(in crate::fleet) fn recall(&mut self, dispatch: &Dispatch, at: UtcTime) {
        self.advance(at);
        if let Err(refusal) = self.carry_out(Order::of(dispatch, &self.unit), at) {
            tracing::warn!(unit = %self.unit.unit, dispatch = %dispatch.key(), detail = %refusal.detail, "not taken up again");
        }
    }
}
