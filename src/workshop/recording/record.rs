//! What is recorded of each part of a picture: only what changes while a session runs. What the fleet file says of a unit is
//! read from there again.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::desk::lifeline::{Lifeline, Stretch};
use crate::desk::snapshot::{
    AlarmLoad, ApprovedBy, DispatchState, FspState, LinkState, Mode, OperatorState, Phase, Presence,
    PushStatus, RevisionState, Rung, Security, Snapshot, UnitState, VtnHealth,
};
use crate::dispatch::availability::{Declaration, OfferRun};
use crate::dispatch::{
    ContractId, DispatchKey, DispatchUnit, FieldComparison, KeyId, OperatorId, Revision, SignedDispatch,
    dispatch_from_json,
};
use crate::power::Scorecard;
use crate::time::UtcTime;

/// The picture as a whole; whatever has a name of its own is recorded apart, and listed here in its order.
#[derive(Serialize, Deserialize)]
pub(super) struct PictureRecord {
    pub sequence: u64,
    pub now: UtcTime,
    pub mode: Mode,
    pub vtn_url: String,
    pub vtn_state: LinkState,
    pub vtn_answered: Option<UtcTime>,
    pub vtn_fault: Option<String>,
    pub vtn_took_ms: Option<f64>,
    pub vtn_news: Vec<Stretch>,
    pub vtn_push: Option<PushStatus>,
    pub vtn_security: Security,
    pub operators: Vec<OperatorRecord>,
    pub presence: Presence,
    pub dispatches: Vec<DispatchKey>,
    pub alarms: Vec<u64>,
    pub shelved: Vec<u64>,
    pub alarm_load: AlarmLoad,
}

/// An operator that the desk signs for.
#[derive(Serialize, Deserialize)]
pub(super) struct OperatorRecord {
    pub id: OperatorId,
    pub name: String,
    pub key_id: String,
    pub stops_with: Option<KeyId>,
}

impl PictureRecord {
    pub fn of(snapshot: &Snapshot) -> Self {
        // Taken apart whole, so that nothing that a picture gains is left out unnoticed.
        let Snapshot {
            sequence,
            mode,
            approval: _,
            now,
            vtn: VtnHealth { url, state, last_answer, fault, took_ms, news, push, security },
            operators,
            presence,
            fleet: _,
            contracts: _,
            fsps: _,
            units: _,
            dispatches,
            alarms,
            shelved,
            alarm_load,
            outcomes: _,
            journal_tail: _,
            journal_file: _,
        } = snapshot;
        let operator = |state: &OperatorState| {
            let OperatorState { id, name, key_id, stops_with, keys: _ } = state;
            OperatorRecord {
                id: id.clone(),
                name: name.clone(),
                key_id: key_id.clone(),
                stops_with: stops_with.clone(),
            }
        };
        Self {
            sequence: *sequence,
            now: *now,
            mode: *mode,
            vtn_url: url.clone(),
            vtn_state: *state,
            vtn_answered: *last_answer,
            vtn_fault: fault.clone(),
            vtn_took_ms: *took_ms,
            vtn_news: news.stretches().to_vec(),
            vtn_push: push.clone(),
            vtn_security: security.clone(),
            operators: operators.iter().map(operator).collect(),
            presence: Presence::clone(presence),
            dispatches: dispatches.iter().map(|d| d.key.clone()).collect(),
            alarms: alarms.iter().map(|a| a.id).collect(),
            shelved: shelved.iter().map(|a| a.id).collect(),
            alarm_load: *alarm_load,
        }
    }

    pub fn vtn(&self) -> VtnHealth {
        VtnHealth {
            url: self.vtn_url.clone(),
            state: self.vtn_state,
            last_answer: self.vtn_answered,
            fault: self.vtn_fault.clone(),
            took_ms: self.vtn_took_ms,
            news: Lifeline::of(self.vtn_news.clone()),
            push: self.vtn_push.clone(),
            security: self.vtn_security.clone(),
        }
    }
}

/// An FSP's client.
#[derive(Serialize, Deserialize)]
pub(super) struct FspRecord {
    client: LinkState,
    last_poll: Option<UtcTime>,
    poll_seconds: u32,
    heard: Vec<Stretch>,
}

impl FspRecord {
    pub fn of(state: &FspState) -> Self {
        let FspState { id: _, name: _, telephone: _, client, last_poll, keys: _, poll_seconds, heard } =
            state;
        Self {
            client: *client,
            last_poll: *last_poll,
            poll_seconds: *poll_seconds,
            heard: heard.stretches().to_vec(),
        }
    }

    pub fn onto(self, state: &mut FspState) {
        (state.client, state.last_poll, state.poll_seconds) =
            (self.client, self.last_poll, self.poll_seconds);
        state.heard = Lifeline::of(self.heard);
    }
}

/// A unit as last reported; its readings and its charge are recorded apart.
#[derive(Serialize, Deserialize)]
pub(super) struct UnitRecord {
    max_kw: f64,
    min_kw: f64,
    lamp: LinkState,
    state: String,
    kw: Option<f64>,
    baseline_kw: Option<f64>,
    soc: Option<f64>,
    reported: Option<UtcTime>,
    revisions: BTreeMap<String, Revision>,
    active: Option<DispatchKey>,
    availability: Option<DeclarationRecord>,
    heard: Vec<Stretch>,
}

impl UnitRecord {
    pub fn of(unit: &UnitState) -> Self {
        let UnitState {
            unit: _,
            name: _,
            contract: _,
            operator: _,
            kind: _,
            asset: _,
            baseline: _,
            reactive: _,
            meter: _,
            max_kw,
            min_kw,
            lamp,
            state,
            kw,
            baseline_kw,
            soc,
            reported,
            revisions,
            active,
            availability,
            readings: _,
            charge: _,
            heard,
        } = unit;
        Self {
            max_kw: *max_kw,
            min_kw: *min_kw,
            lamp: *lamp,
            state: state.clone(),
            kw: *kw,
            baseline_kw: *baseline_kw,
            soc: *soc,
            reported: *reported,
            revisions: revisions.clone(),
            active: active.clone(),
            availability: availability.as_deref().map(DeclarationRecord::of),
            heard: heard.stretches().to_vec(),
        }
    }

    pub fn onto(self, unit: &mut UnitState) {
        (unit.max_kw, unit.min_kw, unit.lamp) = (self.max_kw, self.min_kw, self.lamp);
        (unit.state, unit.kw, unit.baseline_kw) = (self.state, self.kw, self.baseline_kw);
        (unit.soc, unit.reported, unit.revisions) = (self.soc, self.reported, self.revisions);
        unit.active = self.active;
        unit.availability = self.availability.map(|declared| Arc::new(declared.into()));
        unit.heard = Lifeline::of(self.heard);
    }
}

/// What an FSP declares of a unit.
#[derive(Serialize, Deserialize)]
struct DeclarationRecord {
    operator: OperatorId,
    contract: ContractId,
    unit: DispatchUnit,
    at: UtcTime,
    runs: Vec<OfferRun>,
}

impl DeclarationRecord {
    fn of(declared: &Declaration) -> Self {
        Self {
            operator: declared.operator.clone(),
            contract: declared.contract.clone(),
            unit: declared.unit.clone(),
            at: declared.at,
            runs: declared.runs().to_vec(),
        }
    }
}

impl From<DeclarationRecord> for Declaration {
    fn from(record: DeclarationRecord) -> Self {
        let DeclarationRecord { operator, contract, unit, at, runs } = record;
        Self::new(operator, contract, unit, at, runs)
    }
}

/// A dispatch and what came of it; its readings are recorded apart.
#[derive(Serialize, Deserialize)]
pub(super) struct DispatchRecord {
    pub key: DispatchKey,
    revisions: Vec<RevisionRecord>,
    phase: Phase,
    in_force: Option<Revision>,
    ladder: Vec<Rung>,
    readback: Option<Vec<FieldComparison>>,
    due: Option<UtcTime>,
    awaited: Option<String>,
    score: Option<Scorecard>,
}

/// A revision with its document as it was signed.
#[derive(Serialize, Deserialize)]
struct RevisionRecord {
    signed: String,
    event_id: Option<String>,
    sent: Option<UtcTime>,
    fault: Option<String>,
    approved: Option<ApprovedBy>,
}

impl DispatchRecord {
    pub fn of(state: &DispatchState) -> Self {
        let DispatchState {
            key,
            revisions,
            phase,
            in_force,
            ladder,
            readback,
            due,
            awaited,
            readings: _,
            reactive: _,
            score,
        } = state;
        let revision = |revision: &Arc<RevisionState>| {
            let RevisionState { signed, event_id, sent, fault, approved } = &**revision;
            RevisionRecord {
                signed: signed.to_json(),
                event_id: event_id.clone(),
                sent: *sent,
                fault: fault.clone(),
                approved: approved.as_deref().cloned(),
            }
        };
        Self {
            key: key.clone(),
            revisions: revisions.iter().map(revision).collect(),
            phase: *phase,
            in_force: *in_force,
            ladder: ladder.clone(),
            readback: readback.as_deref().cloned(),
            due: *due,
            awaited: awaited.clone(),
            score: score.as_deref().cloned(),
        }
    }

    /// The state that it tells of, with the readings of the state before.
    ///
    /// # Errors
    /// When a document of it is none.
    pub fn state(self, before: Option<&DispatchState>) -> Result<DispatchState, String> {
        let revision = |record: RevisionRecord| {
            let (dispatch, signature) = dispatch_from_json(&record.signed).map_err(|problems| {
                problems.first().map_or_else(|| "a document cannot be read".to_owned(), ToString::to_string)
            })?;
            let signature = signature.ok_or("a document is not signed")?;
            Ok::<_, String>(Arc::new(RevisionState {
                signed: SignedDispatch { dispatch, signature },
                event_id: record.event_id,
                sent: record.sent,
                fault: record.fault,
                approved: record.approved.map(Arc::new),
            }))
        };
        Ok(DispatchState {
            key: self.key,
            revisions: self.revisions.into_iter().map(revision).collect::<Result<_, _>>()?,
            phase: self.phase,
            in_force: self.in_force,
            ladder: self.ladder,
            readback: self.readback.map(Arc::new),
            due: self.due,
            awaited: self.awaited,
            readings: before.map(|state| state.readings.clone()).unwrap_or_default(),
            reactive: before.map(|state| state.reactive.clone()).unwrap_or_default(),
            score: self.score.map(Arc::new),
        })
    }
}
