//! Signing on and off: a person opens their own key of an operator at a desk that runs, and it is forgotten again.

use std::collections::BTreeMap;

use super::command::CommandNumber;
use super::engine::Engine;
use super::sign_on::SignedOn;
use super::snapshot::{PersonState, Presence, SignedOnState};
use super::state::State;
use super::under_way::{Brought, Task};
use crate::dispatch::{Holder, OperatorId, SigningKey};
use crate::journal::EntryKind;
use crate::openadr::secret::Secret;
use crate::profile::personal::{PersonalKey, Proof};
use crate::time::UtcTime;

/// What came of opening somebody's keys.
pub(super) struct Opened {
    pub holder: Holder,
    pub keys: BTreeMap<OperatorId, SigningKey>,
    /// What stayed closed, and why, in words.
    pub closed: Vec<String>,
}

impl Engine {
    /// Begins to open somebody's keys: that takes its time, and holds up nothing.
    pub(super) fn begin_sign_on(
        &mut self,
        now: UtcTime,
        number: CommandNumber,
        (asked, person): (String, &str),
        (operators, proof): (Vec<OperatorId>, Secret),
    ) {
        let (holder, chosen) = match self.state.register.keys_to_open(person, &operators, now) {
            Ok(found) => found,
            Err(words) => return self.state.outcome(now, number, &asked, Err(words)),
        };
        self.start(Task::SignOn(number, asked), async move {
            let opened = tokio::task::spawn_blocking(move || open(holder, &chosen, &proof));
            match opened.await {
                Ok(opened) => Brought::Opened(opened),
                Err(error) => Brought::Panicked(error.to_string()),
            }
        });
    }

    /// Somebody's keys were opened, or not: signs them on in the place of whoever was.
    pub(super) fn opened(&mut self, now: UtcTime, number: CommandNumber, asked: &str, opened: Opened) {
        let result = self.state.sign_on(now, opened);
        self.state.outcome(now, number, asked, result);
    }

    /// Signs whoever is on off once they have given no command for too long, or their key may not sign any more.
    pub(super) fn mind_sign_on(&mut self, now: UtcTime) {
        self.changed |= self.state.mind_sign_on(now);
    }
}

/// Opens what it can. What is opened with another thing than the first is left closed: a token locks itself after a few
/// wrong PINs.
fn open(holder: Holder, chosen: &[(OperatorId, PersonalKey)], proof: &Secret) -> Opened {
    let asked = chosen.iter().map(|(_, key)| key.proof()).find(|proof| *proof != Proof::Nothing);
    let (mut keys, mut closed, mut is_refused) = (BTreeMap::new(), Vec::new(), false);
    for (operator, key) in chosen {
        let is_other = key.proof() != Proof::Nothing && Some(key.proof()) != asked;
        if is_other || (is_refused && key.proof() == Proof::Pin) {
            closed.push(format!("the key of {operator} stays closed: sign on for {operator} by itself"));
            continue;
        }
        match key.open(proof) {
            Ok(key) => drop(keys.insert(operator.clone(), key)),
            Err(why) => {
                is_refused = true;
                closed.push(why);
            }
        }
    }
    Opened { holder, keys, closed }
}

impl State {
    fn sign_on(&mut self, now: UtcTime, opened: Opened) -> Result<String, String> {
        let Opened { holder, mut keys, mut closed } = opened;
        // The files may have changed while it was opened.
        keys.retain(|operator, key| match self.register.stands(operator, &holder, key, now) {
            Ok(()) => true,
            Err(why) => {
                closed.push(why);
                false
            }
        });
        if keys.is_empty() {
            return Err(format!("{holder} is not signed on: {}", closed.join("; ")));
        }
        match self.on.take() {
            // Of the same person the keys that are open stay so.
            Some(before) if before.holder == holder => {
                before.keys.into_iter().for_each(|(operator, key)| {
                    keys.entry(operator).or_insert(key);
                });
            }
            Some(before) => self.tell_signed_off(now, &before, &format!(": {holder} signs on")),
            None => {}
        }
        let on = SignedOn { holder, keys, since: now, last: now };
        self.record.say(
            now,
            EntryKind::Key,
            format!("{} signed on as operator of {}", on.holder, on.with_keys()),
        );
        let mut words = format!("{} is signed on as operator of {}", on.holder, on.operators());
        closed.iter().for_each(|why| words.push_str(&format!("; {why}")));
        self.on = Some(on);
        Ok(words)
    }

    /// Signs off whoever is on, and forgets their keys.
    ///
    /// # Errors
    /// When nobody is.
    pub(super) fn sign_off(&mut self, now: UtcTime, why: &str) -> Result<String, String> {
        let on = self.on.take().ok_or("nobody is signed on")?;
        self.tell_signed_off(now, &on, why);
        Ok(format!("{} is signed off", on.holder))
    }

    fn tell_signed_off(&mut self, now: UtcTime, on: &SignedOn, why: &str) {
        let text = format!("{} signed off as operator of {}{why}", on.holder, on.operators());
        self.record.say(now, EntryKind::Key, text);
    }

    /// The desk closes: whoever is on signs where the journal stands once more, and is then off.
    pub(super) fn tell_closing(&mut self, now: UtcTime) {
        if let Some(on) = self.on.take() {
            self.tell_signed_off(now, &on, ": the desk closes");
            self.on = Some(on);
        }
    }

    /// Somebody who is signed on has given a command.
    pub(super) fn gave_command(&mut self, now: UtcTime) {
        if let Some(on) = &mut self.on {
            on.last = now;
        }
    }

    fn mind_sign_on(&mut self, now: UtcTime) -> bool {
        let register = &self.register;
        let Some(on) = &mut self.on else { return false };
        let before = on.keys.len();
        let mut gone = Vec::new();
        on.keys.retain(|operator, key| match register.stands(operator, &on.holder, key, now) {
            Ok(()) => true,
            Err(why) => {
                gone.push(why);
                false
            }
        });
        if on.keys.is_empty() {
            let text = format!("{} signed off: {}", on.holder, gone.join("; "));
            self.on = None;
            self.record.say(now, EntryKind::Key, text);
            return true;
        }
        if now.since(on.last) >= self.sign_off_after_s {
            let minutes = self.sign_off_after_s / 60;
            let _ = self.sign_off(now, &format!(" by time: no command for {minutes} minutes"));
            return true;
        }
        if on.keys.len() < before {
            let text = format!("{} signs no more with some keys: {}", on.holder, gone.join("; "));
            self.record.say(now, EntryKind::Key, text);
            return true;
        }
        false
    }

    /// Who may sign on, and who is.
    pub(super) fn presence(&self) -> Presence {
        let mut people: BTreeMap<&Holder, PersonState> = BTreeMap::new();
        for (operator, key) in
            self.register.people().flat_map(|(operator, keys)| keys.iter().map(move |key| (operator, key)))
        {
            let person = people.entry(&key.holder).or_insert_with(|| PersonState {
                name: key.holder.clone(),
                operators: Vec::new(),
                proof: key.proof(),
            });
            if !person.operators.contains(operator) {
                person.operators.push(operator.clone());
            }
            person.proof = person.proof.max(key.proof());
        }
        let on = self.on.as_ref().map(|on| SignedOnState {
            name: on.holder.clone(),
            keys: on.keys.iter().map(|(operator, key)| (operator.clone(), key.key_id().clone())).collect(),
            since: on.since,
            until: on.last + self.sign_off_after_s,
        });
        Presence { people: people.into_values().collect(), on }
    }
}
