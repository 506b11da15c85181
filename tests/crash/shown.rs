//! What a desk shows, as far as it is looked at here.

use rampdesk::desk::snapshot::{DispatchState, Phase, Snapshot};
use rampdesk::dispatch::DispatchKey;
use serde::{Deserialize, Serialize};

/// A picture of the desk.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shown {
    pub dispatches: Vec<ShownDispatch>,
    pub alarms: Vec<ShownAlarm>,
    /// The ids of those that were put aside.
    pub shelved: Vec<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ShownDispatch {
    pub key: DispatchKey,
    pub phase: String,
    pub is_over: bool,
    /// The end of its latest revision's window, seconds of UTC.
    pub ends: i64,
    pub revisions: Vec<ShownRevision>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ShownRevision {
    pub revision: u32,
    pub is_sent: bool,
    pub fault: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct ShownAlarm {
    pub id: u64,
    pub is_active: bool,
    pub is_acknowledged: bool,
    pub text: String,
}

impl Shown {
    pub fn of(snapshot: &Snapshot) -> Self {
        let alarm = |a: &std::sync::Arc<rampdesk::desk::snapshot::Alarm>| ShownAlarm {
            id: a.id,
            is_active: a.active,
            is_acknowledged: a.acknowledged.is_some(),
            text: a.text.clone(),
        };
        Self {
            dispatches: snapshot.dispatches.iter().map(|state| shown(state)).collect(),
            alarms: snapshot.alarms.iter().map(alarm).collect(),
            shelved: snapshot.shelved.iter().map(|a| a.id).collect(),
        }
    }

    pub fn dispatch(&self, key: &DispatchKey) -> Option<&ShownDispatch> {
        self.dispatches.iter().find(|dispatch| dispatch.key == *key)
    }
}

fn shown(state: &DispatchState) -> ShownDispatch {
    ShownDispatch {
        key: state.key.clone(),
        phase: state.phase.word().to_owned(),
        is_over: matches!(state.phase, Phase::Ended | Phase::Stopped | Phase::Failed),
        ends: state.dispatch().map_or(0, |d| d.service_end.unix()),
        revisions: state
            .revisions
            .iter()
            .map(|r| ShownRevision {
                revision: r.signed.dispatch.revision.get(),
                is_sent: r.sent.is_some(),
                fault: r.fault.clone(),
            })
            .collect(),
    }
}

impl ShownDispatch {
    pub fn revision(&self, revision: u32) -> Option<&ShownRevision> {
        self.revisions.iter().find(|r| r.revision == revision)
    }
}
