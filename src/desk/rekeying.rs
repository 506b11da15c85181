//! Keys that change while a desk runs: its files are looked at again every minute.

use super::engine::Engine;
use super::state::State;
use super::under_way::{Brought, Task};
use crate::journal::EntryKind;
use crate::profile::key_watch::{KeySource, KeysFound, LOOK_EVERY_S};
use crate::profile::personal;
use crate::profile::trust::Owner;
use crate::time::UtcTime;

/// Where a desk finds its keys, and when it looks there next.
pub(super) struct Rekeying {
    /// Away while somebody looks.
    source: Option<Box<dyn KeySource>>,
    due: f64,
}

impl Rekeying {
    /// Looks for the first time a minute from now. `now`: seconds of UTC.
    pub(super) fn from(source: Option<Box<dyn KeySource>>, now: f64) -> Self {
        Self { source, due: now + LOOK_EVERY_S }
    }

    /// When it looks next, in seconds of UTC.
    pub(super) fn due(&self) -> f64 {
        self.due
    }
}

impl Engine {
    /// Once a minute: notes what has become of the keys that are known, and looks for others.
    pub(super) fn look_at_keys(&mut self, now: UtcTime) {
        let seconds_now = self.clock.now_seconds();
        if seconds_now < self.rekeying.due {
            return;
        }
        self.rekeying.due = seconds_now + LOOK_EVERY_S;
        self.state.note_keys(now);
        let Some(mut source) = self.rekeying.source.take() else { return };
        self.start(Task::Keys, async move {
            let looked = tokio::task::spawn_blocking(move || {
                let found = source.look();
                (source, found)
            });
            match looked.await {
                Ok((source, found)) => Brought::Keys(source, found.map(Box::new)),
                Err(error) => Brought::Panicked(format!("its keys cannot be looked at any more: {error}")),
            }
        });
    }

    /// It was looked for other keys.
    pub(super) fn keys_looked(&mut self, now: UtcTime, source: Box<dyn KeySource>, found: Option<KeysFound>) {
        self.rekeying.source = Some(source);
        if let Some(found) = found {
            self.state.rekey(now, found);
        }
    }
}

impl State {
    /// Goes by these keys from now on. What is wrong with one of the files leaves what it said before in force, and keeps nothing
    /// back that the other says: a revocation above all.
    pub(super) fn rekey(&mut self, now: UtcTime, found: KeysFound) {
        let (secrets, no_secrets) = split(found.secrets);
        let (trust, no_trust) = split(found.trust);
        let mut faults: Vec<String> = no_secrets.into_iter().chain(no_trust).collect();
        if let Some(secrets) = &secrets {
            let signing: Vec<_> =
                secrets.operators.values().flat_map(crate::dispatch::OwnKeys::public).collect();
            if let Err(fault) = self.rules.apart_from(&signing) {
                faults.push(fault);
            }
        }
        if let (Some(secrets), Some(trust)) = (&secrets, &trust)
            && let Err(fault) = personal::agree(&secrets.people, &secrets.operators, trust)
        {
            faults.push(fault);
        }
        let register = self.register.rekeyed(secrets.as_ref().filter(|_| faults.is_empty()), trust);
        self.enter(now, register);
        self.keys_fault = (!faults.is_empty()).then(|| faults.join("; "));
        self.note_keys(now);
    }

    /// Notes what has become of the keys since the last look.
    pub(super) fn note_keys(&mut self, now: UtcTime) {
        let register = &self.register;
        let is_own = |owner: &Owner| match owner {
            Owner::Operator(id) => register.signs_for(id),
            Owner::Fsp(_) => false,
        };
        let turns = self.key_ledger.look(register.every_key(), is_own, now);
        for words in turns {
            self.record.say(now, EntryKind::Key, words);
        }
    }
}

fn split<T>(result: Result<T, String>) -> (Option<T>, Option<String>) {
    match result {
        Ok(value) => (Some(value), None),
        Err(fault) => (None, Some(fault)),
    }
}
