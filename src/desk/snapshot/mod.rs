//! What the desk shows: an immutable picture of everything a person may want to see, published whole.
//!
//! A snapshot is cheap to clone: whatever is large is behind an `Arc` and shared with the one before it.

mod alarm;
mod contract;
mod dispatch;
mod person;

pub use crate::openadr::push::{Notice, PushState, PushStatus};
pub use crate::openadr::security::{Channel, Security};
pub use alarm::{Alarm, AlarmLoad, Priority, ShelfTime, Shelved, Silent};
pub use contract::ContractState;
pub use dispatch::{ApprovedBy, DispatchState, Phase, RevisionState, Rung};
pub use person::{PersonState, Presence, SignedOnState};

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dispatch::availability::Declaration;
use crate::dispatch::{
    ContractId, DispatchKey, DispatchUnit, FspId, Holder, KeyId, KeyRing, OperatorId, Revision,
};
use crate::journal::Recorded;
use crate::power::{Meter, Series};
use crate::profile::approval::ApprovalRules;
use crate::profile::fleet::FleetProfile;
use crate::time::UtcTime;

use super::charge::ChargeTrail;
use super::command::CommandNumber;
use super::lifeline::Lifeline;

/// The whole picture at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Grows with every publication.
    pub sequence: u64,
    /// What this session may touch.
    pub mode: Mode,
    /// Above which change a second person approves, and who may.
    pub approval: Arc<ApprovalRules>,
    /// Domain time of the publication. The window asks the clock for the running time.
    pub now: UtcTime,
    /// The VTN and how it is.
    pub vtn: VtnHealth,
    /// The operators that this desk signs for, in order of id.
    pub operators: Vec<OperatorState>,
    /// Who may sign on as operator, and who is.
    pub presence: Arc<Presence>,
    /// The fleet that it was made of: FSPs, units and contracts as they stand now.
    pub fleet: Arc<FleetProfile>,
    /// The contracts that this desk dispatches under, in order of id.
    pub contracts: Arc<Vec<ContractState>>,
    /// The FSPs in order of id.
    pub fsps: Vec<Arc<FspState>>,
    /// The units in order of FSP and unit.
    pub units: Vec<Arc<UnitState>>,
    /// The dispatches of the last two days and of those to come; the one last sent, amended or stopped first.
    pub dispatches: Vec<Arc<DispatchState>>,
    /// The alarms: unacknowledged and active first, then by priority, then newest first.
    pub alarms: Arc<[Arc<Alarm>]>,
    /// The alarms that a person has put aside, the next to come back first.
    pub shelved: Arc<[Arc<Alarm>]>,
    /// How many alarms come.
    pub alarm_load: AlarmLoad,
    /// What came of the last commands, newest last; at most 200.
    pub outcomes: Vec<Arc<Outcome>>,
    /// The last entries of the journal, newest last; at most 500.
    pub journal_tail: Vec<Arc<Recorded>>,
    /// The file that all of the journal stands in; `None` when it is kept in memory alone.
    pub journal_file: Option<Arc<Path>>,
}

impl Snapshot {
    /// The person who sent a revision; `None` where the machine's key signed it.
    pub fn sent_by(&self, revision: &RevisionState) -> Option<&Holder> {
        let operator = &revision.signed.dispatch.network_operator;
        let keys = &self.operators.iter().find(|state| state.id == *operator)?.keys;
        keys.get(&revision.signed.signature.key_id)?.holder.as_ref()
    }
}

/// What this session may touch, shown as a word and a colour on everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A network operator's own VTN: real assets may move.
    Live,
    /// A workshop on simulated assets.
    Training,
    /// This program's own VTN and simulated assets.
    Sandbox,
}

impl Mode {
    /// The word that stands on the screen and in every exported file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::Training => "TRAINING",
            Self::Sandbox => "SANDBOX",
        }
    }

    /// What that says of what may move.
    pub fn means(self) -> &'static str {
        match self {
            Self::Live => "a network operator's own VTN: real assets may move",
            Self::Training => "a workshop on simulated assets",
            Self::Sandbox => "this program's own VTN and simulated assets",
        }
    }
}

/// The VTN and how it answers.
#[derive(Clone, Debug)]
pub struct VtnHealth {
    /// Base URL.
    pub url: String,
    /// How it is.
    pub state: LinkState,
    /// When it last answered.
    pub last_answer: Option<UtcTime>,
    /// The last fault in words, with what to do; cleared by an answer.
    pub fault: Option<String>,
    /// How long the last answered request took, milliseconds.
    pub took_ms: Option<f64>,
    /// When it told all that it knew: outside of these stretches nothing is known of clients and units.
    pub news: Lifeline,
    /// How it stands with being told at once, through the broker that the VTN names; `None` when the desk does not listen.
    pub push: Option<PushStatus>,
    /// What secures the way to it.
    pub security: Security,
}

/// A connection's or a client's state, by age of the last sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Nothing heard yet.
    Unknown,
    /// Heard within two intervals.
    Live,
    /// Silent for two intervals or more.
    Late,
    /// Silent for three intervals or more.
    Lost,
}

impl LinkState {
    /// One word for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Live => "live",
            Self::Late => "late",
            Self::Lost => "lost",
        }
    }
}

/// An operator whose key this desk holds.
#[derive(Clone, Debug)]
pub struct OperatorState {
    /// Its id in the well-known list.
    pub id: OperatorId,
    /// Licence area or company, for people.
    pub name: String,
    /// The id of the key that signs.
    pub key_id: String,
    /// The id of the key that signs a stop; `None` where nobody's does.
    pub stops_with: Option<KeyId>,
    /// The public keys that its dispatches are verified with: this one's and those pinned for it.
    pub keys: Arc<KeyRing>,
}

/// An FSP and its client.
#[derive(Clone, Debug)]
pub struct FspState {
    /// Its id, which is its ven's name.
    pub id: FspId,
    /// For people.
    pub name: String,
    /// Its control point's telephone.
    pub telephone: String,
    /// The client's lamp: polls and heartbeats.
    pub client: LinkState,
    /// The last poll or heartbeat.
    pub last_poll: Option<UtcTime>,
    /// The public keys pinned for it: its acknowledgements are verified with them.
    pub keys: Arc<KeyRing>,
    /// Seconds between polls that its contracts ask for.
    pub poll_seconds: u32,
    /// When its client was heard in this session.
    pub heard: Lifeline,
}

/// A dispatch unit as last reported.
#[derive(Clone, Debug)]
pub struct UnitState {
    /// FSP and unit.
    pub unit: DispatchUnit,
    /// For people.
    pub name: String,
    /// The contract it is dispatched under.
    pub contract: ContractId,
    /// The operator of that contract.
    pub operator: OperatorId,
    /// `battery`, `generator`, `turn-down`.
    pub kind: String,
    /// Its declared physics and baseline.
    pub asset: Arc<crate::power::Asset>,
    /// What its contract calls baseline.
    pub baseline: Arc<crate::power::Baseline>,
    /// The reactive power that it can give, where it controls any.
    pub reactive: Option<Arc<crate::power::reactive::Capability>>,
    /// How its minutes are read.
    pub meter: Meter,
    /// Greatest net export it may be asked for, kW.
    pub max_kw: f64,
    /// Least net export (greatest import), kW.
    pub min_kw: f64,
    /// The unit's lamp: its own pulse in the heartbeat, apart from the client's.
    pub lamp: LinkState,
    /// `OFF`, `STARTING`, `RAMPING`, `HOLDING`, `RETURNING`, `REBOUND`, `INHIBITED`; as the FSP says it.
    pub state: String,
    /// Net power, kW, generation convention.
    pub kw: Option<f64>,
    /// Baseline now, kW.
    pub baseline_kw: Option<f64>,
    /// State of charge, 0 to 1, where it has one.
    pub soc: Option<f64>,
    /// When that was reported.
    pub reported: Option<UtcTime>,
    /// The last revision that the FSP says it has seen, by dispatch.
    pub revisions: BTreeMap<String, Revision>,
    /// The dispatch in force or next to come.
    pub active: Option<DispatchKey>,
    /// What its FSP declares that it can give; `None` when it has declared nothing.
    pub availability: Option<Arc<Declaration>>,
    /// Power as its FSP's heartbeats told it, net kW; of the last day and a half.
    pub readings: Series,
    /// State of charge as reported in this session; empty where it has none.
    pub charge: ChargeTrail,
    /// When its controller answered its client in this session, or was said not to.
    pub heard: Lifeline,
}

/// What came of a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// The command's number.
    pub command: CommandNumber,
    /// What was asked, in a few words.
    pub asked: String,
    /// When it was settled.
    pub at: UtcTime,
    /// What came of it: done, in words; or what went wrong and what to do.
    pub result: Result<String, String>,
}
