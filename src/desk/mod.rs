//! The operator's engine: signs and sends dispatches, follows what comes of them, keeps the journal.

mod agenda;
mod alarms;
pub mod approval;
mod backlog;
mod book;
mod bookmark;
pub mod charge;
mod clocks;
mod closing;
pub mod command;
mod conditions;
mod connection;
mod dispatching;
mod endurance;
mod engine;
mod enrolment;
mod follower;
mod following;
mod handle;
mod health;
mod hearing;
mod inventory;
mod key_ledger;
mod lamps;
mod lanes;
pub mod lifeline;
mod links;
mod looking_on;
mod marks;
mod memory;
mod orders;
mod provision;
pub mod rationale;
mod recall;
mod reckoning;
mod record;
mod reference;
mod register;
mod rekeying;
mod restraint;
mod sender;
mod sign_on;
mod signing_on;
pub mod snapshot;
mod standing;
mod state;
mod surroundings;
mod tally;
#[cfg(test)]
mod testing;
mod timekeeping;
mod under_way;
mod units;
mod untrusted;
mod words;

pub use handle::{DeskEnd, DeskHandle, connect, connect_from};
pub use reference::next_ref;
pub use standing::{AckLimits, awaited_stage, stage_limit};

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use self::enrolment::Enrolment;
pub use self::hearing::{NOT_BELIEVED, NOT_SENT_BY_THIS_DESK};
pub use self::provision::{Programs, provision_fleet};
pub use self::state::SIGN_OFF_AFTER_S;

use self::engine::Engine;
use self::health::Health;
use self::memory::session_words;
use self::record::Record;
use self::register::Register;
use self::state::State;
use crate::entropy::Entropy;
use crate::journal::{EntryKind, Journal};
use crate::openadr::client::Client;
use crate::openadr::push::{self, Interest, PushSettings};
use crate::profile::approval::ApprovalRules;
use crate::profile::fleet::FleetProfile;
use crate::profile::key_watch::KeySource;
use crate::profile::operators::Operators;
use crate::profile::secrets::Secrets;
use crate::profile::trust::Trust;
use crate::time::Clock;

/// Everything a desk needs.
pub struct DeskConfig {
    /// Contracts, FSPs and units that it dispatches.
    pub profile: Arc<FleetProfile>,
    /// The well-known list, for names.
    pub operators: Operators,
    /// Its client of the VTN.
    pub client: Client,
    /// The operators' signing keys.
    pub secrets: Secrets,
    /// The FSPs' public keys.
    pub trust: Trust,
    /// The record.
    pub journal: Journal,
    /// Domain time.
    pub clock: Clock,
    /// For alarm and dispatch ids.
    pub entropy: Entropy,
    /// What the session may touch.
    pub mode: snapshot::Mode,
    /// Above which change a second person approves, and who may.
    pub approval: ApprovalRules,
    /// After so many domain seconds without a command a person who is signed on is signed off: [`SIGN_OFF_AFTER_S`], where
    /// nothing else is said.
    pub sign_off_after_s: i64,
    /// Why nothing is dispatched from here, in a sentence without its stop, where this desk only follows what another sends.
    pub follows_only: Option<&'static str>,
    /// Domain seconds between looks at the VTN.
    pub follow_every_s: f64,
    /// What it listens with at the broker that the VTN names; `None` polls only.
    pub push: Option<PushSettings>,
}

/// A running desk. Dropping it stops its task at once; [`Desk::stop`] lets it finish what it is sending.
pub struct Desk {
    /// The watcher's end.
    pub handle: DeskHandle,
    close: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<Journal>>,
}

/// Starts a desk on the present tokio runtime: it makes sure of its programs, vens, resources and targets at the VTN,
/// takes up what it signed before, then follows.
pub fn start(config: DeskConfig) -> Desk {
    start_keyed_by(config, None)
}

/// As [`start`]; the desk looks there every minute for its keys, so that a rotation and a revocation take effect while it runs.
pub fn start_keyed_by(config: DeskConfig, keys: Option<Box<dyn KeySource>>) -> Desk {
    let now = config.clock.now();
    let register = Register::of(&config.profile, &config.operators, &config.secrets, config.trust);
    let mut health = Health::new(config.client.base_url(), now, config.follow_every_s);
    health.secured(config.client.security());
    let mut state = State::new(register, Record::new(config.journal), health, config.mode, now);
    state.sign_off_after_s = config.sign_off_after_s;
    state.is_training = config.clock.is_training();
    state.approve_by(config.approval);
    state.record.say(now, EntryKind::Session, session_words(config.client.base_url()));
    state.note_keys(now);
    let unsettled = state.recall(config.client.base_url(), now);
    state.settle(now);
    let (handle, end) = connect(state.snapshot(now));
    let listening = config.push.map(|settings| {
        push::listen(config.client.clone(), Interest::Acknowledgements, settings, config.entropy.fork("push"))
    });
    let engine = Engine::new(
        state,
        end,
        config.client,
        config.clock,
        config.entropy.fork("desk"),
        config.follow_every_s,
        listening,
    );
    let engine = engine.settling(unsettled).keyed_by(keys).following(config.follows_only);
    let (close, closing) = oneshot::channel();
    let task = tokio::spawn(engine.run(closing));
    Desk { handle, close: Some(close), task: Some(task) }
}

impl Desk {
    /// Ends its task after what is being sent. Answers the journal, whole, for whoever goes on with it; else it is closed.
    /// `None` where the desk had failed.
    pub async fn stop(mut self) -> Option<Journal> {
        if let Some(close) = self.close.take() {
            let _ = close.send(());
        }
        self.task.take()?.await.ok()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
