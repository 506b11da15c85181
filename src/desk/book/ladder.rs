//! The ladder of one dispatch: acknowledgements in order, and the read-back against what was sent.

use std::sync::Arc;

use crate::desk::snapshot::{DispatchState, Rung};
use crate::desk::standing;
use crate::dispatch::{Acknowledgement, FieldComparison, compare_readback};
use crate::time::UtcTime;

impl DispatchState {
    pub(super) fn climb(
        &mut self,
        acknowledgement: &Acknowledgement,
        signature: Result<(), String>,
        seen: UtcTime,
    ) {
        let rung = Rung {
            stage: acknowledgement.stage,
            revision: acknowledgement.revision,
            at: acknowledgement.at,
            seen,
            signature,
            reason: acknowledgement.reason,
            detail: acknowledgement.detail_words(),
            reached_at: acknowledgement.reached_at,
        };
        if let Some(compared) = self.compared(acknowledgement).filter(|_| rung.signature.is_ok()) {
            self.readback = Some(Arc::new(compared));
        }
        self.ladder.push(rung);
        self.ladder.sort_by_key(|g| (g.at, g.revision, standing::rank(g.stage)));
    }

    /// The read-back of the latest revision, field by field; `None` when it is not that, or carries none.
    pub(super) fn compared(&self, acknowledgement: &Acknowledgement) -> Option<Vec<FieldComparison>> {
        let dispatch = self.dispatch().filter(|d| d.revision == acknowledgement.revision)?;
        Some(compare_readback(dispatch, acknowledgement.readback.as_ref()?))
    }

    /// Whether an acknowledgement says something else than the rung of the same stage that is known already.
    pub(super) fn says_otherwise(&self, rung: usize, said: &Acknowledgement) -> bool {
        let same_words = self.ladder.get(rung).is_some_and(|g| {
            (g.reason, &g.detail, g.reached_at) == (said.reason, &said.detail_words(), said.reached_at)
        });
        let same_readback =
            self.compared(said).is_none_or(|compared| self.readback.as_deref() == Some(&compared));
        !(same_words && same_readback)
    }
}
