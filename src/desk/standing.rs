//! Where a dispatch stands: its phase, what is in force, and what is awaited until when. Pure.

use std::sync::Arc;

use super::snapshot::{DispatchState, Phase, RevisionState, Rung};
use crate::dispatch::{Dispatch, Revision, Stage, Status};
use crate::time::UtcTime;

/// Seconds that a unit may take to return to baseline and say so, after which the end is overdue.
pub(super) const RETURN_ALLOWANCE_S: i64 = 900;
/// Seconds that a unit may take to cease on EMERGENCY_STOP and say so.
const CEASE_ALLOWANCE_S: i64 = 120;
/// Seconds that a unit told to RUN_NOW may take to its first level: a cold generator has to start.
const RUN_NOW_ALLOWANCE_S: i64 = 900;
/// Seconds within which an EMERGENCY_STOP must be acknowledged, whatever the contract allows for the rest.
const EMERGENCY_ACK_S: i64 = 10;
/// Seconds that an FSP may take over an EMERGENCY_STOP once it has polled: to fetch, verify, hand over and answer.
const ANSWER_ALLOWANCE_S: i64 = 5;

/// Seconds within which a revision must be acknowledged after the VTN has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AckLimits {
    /// GB_ACK_SECONDS of the contract.
    usual_s: i64,
    emergency_s: i64,
}

impl AckLimits {
    /// By a contract's GB_ACK_SECONDS and the seconds between the FSP's polls (GB_POLL_SECONDS). An FSP that polls as
    /// agreed sees an EMERGENCY_STOP after one interval at the latest: nobody is called late before that and the time to
    /// answer are over.
    pub fn of(ack_seconds: u32, poll_seconds: u32) -> Self {
        Self {
            usual_s: i64::from(ack_seconds),
            emergency_s: EMERGENCY_ACK_S.max(i64::from(poll_seconds) + ANSWER_ALLOWANCE_S),
        }
    }

    /// GB_ACK_SECONDS of the contract.
    pub(super) fn usual_s(self) -> i64 {
        self.usual_s
    }

    fn for_status(self, status: Status) -> i64 {
        if status == Status::EmergencyStop { self.emergency_s } else { self.usual_s }
    }
}

/// What is read off the revisions and the ladder of one dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub phase: Phase,
    pub in_force: Option<Revision>,
    pub awaited: Option<Awaited>,
}

/// What is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Awaited {
    /// The stage that ends the wait.
    pub stage: Stage,
    /// In words: `acknowledgement from BRIGHTFLEX`.
    pub words: String,
    /// From then on it is overdue.
    pub due: UtcTime,
}

/// Reads where a dispatch stands at an instant.
pub(super) fn standing(state: &DispatchState, limits: AckLimits, now: UtcTime) -> Standing {
    let ladder = &state.ladder;
    let held = state.revisions.iter().rev().find(|r| {
        r.sent.is_some()
            && stage_of(ladder, r.signed.dispatch.revision).is_none_or(|g| g.stage != Stage::Rejected)
    });
    let latest_phase = state.revisions.last().map_or(Phase::Sending, |r| phase_of_revision(r, ladder));
    let Some(held) = held else {
        return Standing { phase: latest_phase, in_force: None, awaited: None };
    };
    let dispatch = &held.signed.dispatch;
    let stage = stage_of(ladder, dispatch.revision).map(|g| g.stage);
    if let Some(phase) = over(dispatch, stage, limits, now) {
        return Standing { phase, in_force: None, awaited: None };
    }
    Standing { phase: latest_phase, in_force: Some(dispatch.revision), awaited: awaited(state, held, limits) }
}

/// The farthest stage that a revision has reached by acknowledgements whose signature holds.
pub(super) fn stage_of(ladder: &[Rung], revision: Revision) -> Option<&Rung> {
    ladder
        .iter()
        .filter(|g| g.revision == revision && g.signature.is_ok())
        .max_by_key(|g| (rank(g.stage), g.at))
}

/// When the unit's controller took a revision on.
pub(super) fn accepted_at(state: &DispatchState, revision: Revision) -> Option<UtcTime> {
    let ladder = state.ladder.iter();
    ladder
        .filter(|g| g.revision == revision && g.signature.is_ok())
        .filter(|g| !matches!(g.stage, Stage::Received | Stage::Rejected))
        .map(|g| happened(state, g))
        .min()
}

/// The last revision that the unit's controller has taken on and not refused since: what it does at present, whatever
/// is on its way to it.
pub(super) fn taken_on(state: &DispatchState) -> Option<&RevisionState> {
    let revisions = state.revisions.iter().rev();
    revisions.map(AsRef::as_ref).find(|r| {
        let stage = stage_of(&state.ladder, r.signed.dispatch.revision).map(|g| g.stage);
        !matches!(stage, None | Some(Stage::Received | Stage::Rejected))
    })
}

/// When what an FSP says happened. Its clock is not this desk's: nothing happened to a revision before the VTN had it,
/// nor after it was heard of.
pub(super) fn happened(state: &DispatchState, rung: &Rung) -> UtcTime {
    let sent = state.revision(rung.revision).and_then(|r| r.sent);
    let not_after = rung.at.min(rung.seen);
    sent.map_or(not_after, |sent| not_after.max(sent.min(rung.seen)))
}

/// How far along a stage is, whatever the FSP's clock says of it. What has ended has ended, even if the FSP then refuses
/// it as being over.
pub(super) fn rank(stage: Stage) -> u8 {
    match stage {
        Stage::Received => 0,
        Stage::Accepted => 1,
        Stage::Unreachable => 2,
        Stage::Started => 3,
        Stage::AtSetpoint => 4,
        Stage::Rejected => 5,
        Stage::Ended | Stage::Stopped | Stage::Failed => 6,
    }
}

fn phase_of_revision(revision: &Arc<RevisionState>, ladder: &[Rung]) -> Phase {
    if revision.sent.is_none() {
        return if revision.fault.is_some() { Phase::SendFailed } else { Phase::Sending };
    }
    match stage_of(ladder, revision.signed.dispatch.revision).map(|g| g.stage) {
        None => Phase::Sent,
        Some(Stage::Received) => Phase::Received,
        Some(Stage::Accepted) => Phase::Accepted,
        Some(Stage::Unreachable) => Phase::Unreachable,
        Some(Stage::Rejected) => Phase::Rejected,
        Some(Stage::Started) => Phase::Started,
        Some(Stage::AtSetpoint) => Phase::AtSetpoint,
        Some(Stage::Ended) => Phase::Ended,
        Some(Stage::Stopped) => Phase::Stopped,
        Some(Stage::Failed) => Phase::Failed,
    }
}

/// The phase in which the dispatch is over, if it is: the unit says so, or its window passed with nothing to come.
fn over(dispatch: &Dispatch, stage: Option<Stage>, limits: AckLimits, now: UtcTime) -> Option<Phase> {
    let acknowledged = !matches!(stage, None | Some(Stage::Received));
    match stage {
        Some(Stage::Ended) => Some(Phase::Ended),
        Some(Stage::Stopped) => Some(Phase::Stopped),
        Some(Stage::Failed) => Some(Phase::Failed),
        _ if dispatch.status == Status::PreNotify && acknowledged && now >= dispatch.service_end => {
            Some(Phase::Ended)
        }
        _ if !acknowledged
            && dispatch.status != Status::EmergencyStop
            && now >= dispatch.service_end + limits.usual_s =>
        {
            Some(Phase::Failed)
        }
        _ => None,
    }
}

/// The stage that is awaited of the revision in force; `None` when nothing is.
pub fn awaited_stage(state: &DispatchState) -> Option<Stage> {
    let held = state.due.and(state.in_force).and_then(|revision| state.revision(revision))?;
    // Which stage it is does not hang on how long it may take.
    awaited(state, held, AckLimits::of(0, 0)).map(|a| a.stage)
}

/// By when a stage of a revision is to be told. `None` where nothing is agreed, or where it hangs on what has not been
/// told yet.
pub fn stage_limit(
    state: &DispatchState,
    revision: Revision,
    stage: Stage,
    limits: AckLimits,
) -> Option<UtcTime> {
    let held = state.revision(revision)?;
    let dispatch = &held.signed.dispatch;
    let accepted = || accepted_at(state, revision);
    match (stage, dispatch.status) {
        (Stage::Received | Stage::Accepted | Stage::Unreachable | Stage::Rejected, status) => {
            Some(held.sent? + limits.for_status(status))
        }
        (_, Status::PreNotify) => None,
        (Stage::Started | Stage::AtSetpoint, Status::Run | Status::RunNow) => {
            let due = if stage == Stage::Started { start_due } else { level_due };
            Some(due(state, dispatch)? + limits.usual_s)
        }
        (Stage::Ended | Stage::Stopped | Stage::Failed, Status::Run | Status::RunNow) => {
            Some(dispatch.service_end + RETURN_ALLOWANCE_S)
        }
        (Stage::Started | Stage::AtSetpoint, Status::Stop | Status::EmergencyStop) => None,
        (_, Status::Stop) => Some(accepted()? + RETURN_ALLOWANCE_S),
        (_, Status::EmergencyStop) => Some(accepted()? + CEASE_ALLOWANCE_S),
    }
}

fn awaited(state: &DispatchState, held: &RevisionState, limits: AckLimits) -> Option<Awaited> {
    let dispatch = &held.signed.dispatch;
    let unit = &dispatch.unit;
    let sent = held.sent?;
    let allowed = limits.for_status(dispatch.status);
    let until = |stage: Stage, words: String, due: UtcTime| Some(Awaited { stage, words, due });
    let ended = || {
        until(Stage::Ended, format!("end of service by {unit}"), dispatch.service_end + RETURN_ALLOWANCE_S)
    };
    let rung = stage_of(&state.ladder, dispatch.revision);
    match (rung.map(|g| g.stage), dispatch.status) {
        (None, _) => until(Stage::Received, format!("acknowledgement from {}", unit.fsp), sent + allowed),
        (Some(Stage::Received), _) => until(Stage::Accepted, format!("acceptance by {unit}"), sent + allowed),
        (Some(_), Status::PreNotify) => None,
        (Some(_), Status::Stop) => until(
            Stage::Stopped,
            format!("{unit} back at baseline"),
            happened(state, rung?) + RETURN_ALLOWANCE_S,
        ),
        (Some(_), Status::EmergencyStop) => {
            until(Stage::Stopped, format!("{unit} stopped"), happened(state, rung?) + CEASE_ALLOWANCE_S)
        }
        (Some(stage), Status::Run | Status::RunNow) => {
            let moving = matches!(stage, Stage::Started | Stage::AtSetpoint) || moved_before(state, held);
            match (stage, level_due(state, dispatch)) {
                (Stage::AtSetpoint, _) | (_, None) => ended(),
                // A unit that is at a level already has nothing to start: only the end is certain to be said.
                (Stage::Accepted | Stage::Unreachable, Some(_)) if moving => ended(),
                (Stage::Started, Some(at)) => {
                    until(Stage::AtSetpoint, format!("{unit} at its level"), at + limits.usual_s)
                }
                (_, Some(at)) => {
                    let at = start_due(state, dispatch).unwrap_or(at);
                    until(Stage::Started, format!("start of {unit}"), at + limits.usual_s)
                }
            }
        }
    }
}

/// Whether an earlier revision has the unit moving already.
fn moved_before(state: &DispatchState, held: &RevisionState) -> bool {
    let moving = |g: &Rung| matches!(g.stage, Stage::Started | Stage::AtSetpoint) && g.signature.is_ok();
    state.ladder.iter().any(|g| g.revision < held.signed.dispatch.revision && moving(g))
}

/// When the unit should have begun to move. RUN_NOW begins with its acceptance, whenever its window starts.
fn start_due(state: &DispatchState, dispatch: &Dispatch) -> Option<UtcTime> {
    let level = level_due(state, dispatch)?;
    if dispatch.status == Status::RunNow {
        let accepted = accepted_at(state, dispatch.revision)?;
        return Some(level.min(accepted + RUN_NOW_ALLOWANCE_S));
    }
    Some(level)
}

/// When the first level should be delivered; `None` when the FSP has said that it never will be.
fn level_due(state: &DispatchState, dispatch: &Dispatch) -> Option<UtcTime> {
    let accepted = accepted_at(state, dispatch.revision)?;
    let asked = dispatch.setpoints.first()?.at.max(accepted);
    let asked =
        if dispatch.status == Status::RunNow { asked.max(accepted + RUN_NOW_ALLOWANCE_S) } else { asked };
    let unreachable = state
        .ladder
        .iter()
        .rfind(|g| g.revision == dispatch.revision && g.stage == Stage::Unreachable && g.signature.is_ok());
    match unreachable {
        None => Some(asked),
        Some(rung) => rung.reached_at.map(|at| at.max(asked)),
    }
}
