//! Acknowledgements: what is said of a dispatch, and of what cannot be read as one.

use crate::dispatch::{Acknowledgement, Dispatch, Reason, Stage};
use crate::fleet::outbox::{Answer, Outbox};
use crate::fleet::route::Place;
use crate::openadr::mapping::Undecodable;
use crate::time::UtcTime;

use super::{Provider, Verdict};

/// Longest detail of a rejection, characters.
const LONGEST_DETAIL: usize = 600;

impl Provider {
    /// Answers an event that is not a dispatch that can be acted on, when it says enough to be answered.
    pub(super) fn reject_undecodable(
        &mut self,
        place: Place,
        undecodable: &Undecodable,
        now: UtcTime,
        outbox: &mut Outbox,
    ) {
        let words: Vec<String> = undecodable.problems.iter().map(ToString::to_string).collect();
        let detail: String = words.join("; ").chars().take(LONGEST_DETAIL).collect();
        let (Some(key), Some(unit), Some(revision)) =
            (&undecodable.key, &undecodable.unit, undecodable.revision)
        else {
            tracing::warn!(fsp = %self.id, event = place.event_id, %detail, "not a dispatch; left alone");
            return;
        };
        if unit.fsp != self.id {
            return;
        }
        if self.told.take(key, revision, Stage::Rejected) {
            return;
        }
        let is_status =
            undecodable.status.is_none() && undecodable.problems.iter().any(|p| p.field == "status");
        let reason = match (undecodable.signature_only, is_status) {
            (true, _) => Reason::BadSignature,
            (false, true) => Reason::WrongStatus,
            (false, false) => Reason::Malformed,
        };
        tracing::warn!(fsp = %self.id, dispatch = %key, %reason, %detail, "rejected");
        let acknowledgement = Acknowledgement {
            key: key.clone(),
            unit: unit.clone(),
            revision,
            status: undecodable.status,
            stage: Stage::Rejected,
            at: now,
            readback: None,
            reason: Some(reason),
            detail: Some(detail),
            reached_at: None,
        };
        outbox.put(Answer { place, acknowledgement });
    }
}

/// What is said of a dispatch at a stage.
pub(super) fn acknowledgement_of(
    dispatch: &Dispatch,
    stage: Stage,
    verdict: Option<&Verdict>,
    now: UtcTime,
) -> Acknowledgement {
    let (taken, refusal) = match verdict {
        Some(Verdict::Taken(taken)) => (Some(taken), None),
        Some(Verdict::Refused(refusal)) => (None, Some(refusal)),
        Some(Verdict::Over) | None => (None, None),
    };
    Acknowledgement {
        key: dispatch.key(),
        unit: dispatch.unit.clone(),
        revision: dispatch.revision,
        status: Some(dispatch.status),
        stage,
        at: now,
        readback: taken.map(|t| t.readback.clone()),
        reason: refusal.map(|r| r.reason),
        detail: taken.and_then(|t| t.detail.clone()).or_else(|| refusal.map(|r| r.detail.clone())),
        reached_at: taken.and_then(|t| t.reached_at),
    }
}
