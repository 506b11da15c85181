//! Following an operator whose VTN moves: its line turns to the new addresses; one that it shared with other operators
//! is parted first.

use std::sync::Arc;

use crate::dispatch::{FspId, SignedMoved};
use crate::entropy::Entropy;
use crate::openadr::push::PushSettings;
use crate::profile::moves::KeptMove;

use super::doors::{self, Doors, Plan};
use super::line::Line;
use super::waking::Waking;

/// Is told of every move that an FSP has followed, to keep it.
pub type Keep = Arc<dyn Fn(&FspId, KeptMove) + Send + Sync>;

/// What an FSP's agent needs to open lines to new addresses. Plan `n` is that of line `n`.
pub(super) struct Moves {
    pub(super) doors: Doors,
    pub(super) plans: Vec<Plan>,
    pub(super) push: Option<PushSettings>,
    pub(super) entropy: Entropy,
    pub(super) keep: Option<Keep>,
}

impl Moves {
    /// Follows a notice that came over a line. Answers a new line, where the operator parts from others. What cannot be
    /// followed leaves everything as it is.
    pub(super) fn follow(&mut self, line: &mut Line, signed: &SignedMoved) -> Option<Line> {
        let moved = &signed.moved;
        let (fsp, operator) = (self.doors.fsp.clone(), moved.operator());
        let mut plans = self.plans.clone();
        let (index, instead_of) = doors::follow(&mut plans, moved)?;
        let clients = match self.doors.open_line(index, &plans) {
            Ok(clients) => clients,
            Err(fault) => {
                tracing::error!(%fsp, %operator, %fault, "its VTN moves, and the FSP cannot follow");
                return None;
            }
        };
        self.plans = plans;
        tracing::warn!(%fsp, %operator, to = %moved.vtns().join(", "), "its VTN moves; the FSP follows");
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let new = if number == line.number() {
            line.lead_to(clients);
            None
        } else {
            let waking = Waking::new(self.push.as_ref(), &self.entropy, number);
            line.part(operator, number, clients, waking)
        };
        if let Some(keep) = &self.keep {
            keep(&fsp, KeptMove { notice: signed.clone(), instead_of });
        }
        new
    }
}
