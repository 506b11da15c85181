//! The people who have keys of their own of an operator: closed ones here, and which of them may be opened and sign.

use std::collections::BTreeSet;

use super::Register;
use crate::desk::sign_on::or_words;
use crate::dispatch::{Holder, KeyId, OperatorId, SignedDispatch, SigningKey, plain_words};
use crate::profile::personal::PersonalKey;
use crate::time::UtcTime;

/// The longest that a name that nobody has is shown, characters.
const LONGEST_NAME: usize = 80;

impl Register {
    /// Whether people have keys of their own of an operator.
    pub(in crate::desk) fn has_people(&self, operator: &OperatorId) -> bool {
        self.parties.people.contains_key(operator)
    }

    /// The closed keys of people, by operator.
    pub(in crate::desk) fn people(&self) -> impl Iterator<Item = (&OperatorId, &[PersonalKey])> {
        self.parties.people.iter().map(|(operator, keys)| (operator, keys.as_slice()))
    }

    /// The people who have keys of an operator, in order of name.
    pub(in crate::desk) fn holders(&self, operator: &OperatorId) -> Vec<&Holder> {
        let keys = self.parties.people.get(operator).into_iter().flatten();
        keys.map(|key| &key.holder).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Since when a person's key is in force, as it is pinned.
    ///
    /// # Errors
    /// Why it is not, in words.
    pub(in crate::desk) fn in_force_since(
        &self,
        operator: &OperatorId,
        key_id: &KeyId,
        now: UtcTime,
    ) -> Result<Option<UtcTime>, String> {
        let pinned = self.parties.own_keys.get(operator).and_then(|ring| ring.get(key_id));
        let pinned =
            pinned.ok_or_else(|| format!("key `{key_id}` of {operator} is not pinned in the trust file"))?;
        pinned.in_force(now).map_err(|fault| fault.to_string())?;
        Ok(pinned.valid_from)
    }

    /// Whether a person's opened key may sign for an operator.
    ///
    /// # Errors
    /// Why it may not, in words.
    pub(in crate::desk) fn stands(
        &self,
        operator: &OperatorId,
        holder: &Holder,
        key: &SigningKey,
        now: UtcTime,
    ) -> Result<(), String> {
        let key_id = key.key_id();
        let theirs = self.parties.people.get(operator).into_iter().flatten();
        if !theirs.into_iter().any(|own| own.holder == *holder && own.key_id() == key_id) {
            return Err(format!("key `{key_id}` of {operator} is not in the secrets file any more"));
        }
        self.in_force_since(operator, key_id, now)?;
        let public = self.parties.own_keys.get(operator).and_then(|ring| ring.get(key_id));
        match public {
            Some(public) if public.holder.as_ref() != Some(holder) => {
                Err(format!("key `{key_id}` of {operator} is not pinned as {holder}\u{2019}s"))
            }
            Some(public) if public.bytes == key.public(None, None).bytes => Ok(()),
            _ => Err(format!("key `{key_id}` is pinned with another public half than the private key has")),
        }
    }

    /// The person whose key a dispatch is signed with; `None` where it is the machine's.
    pub(in crate::desk) fn sent_by(&self, signed: &SignedDispatch) -> Option<&Holder> {
        self.own_keys(&signed.dispatch.network_operator)?.get(&signed.signature.key_id)?.holder.as_ref()
    }

    /// The keys that a person, by their name or the id of one key, opens when they sign on: for each operator, or for those
    /// named, the one that came in force last.
    ///
    /// # Errors
    /// Who else there is, or why none of theirs is in force, in words.
    pub(in crate::desk) fn keys_to_open(
        &self,
        person: &str,
        operators: &[OperatorId],
        now: UtcTime,
    ) -> Result<(Holder, Vec<(OperatorId, PersonalKey)>), String> {
        let all = || self.people().flat_map(|(operator, keys)| keys.iter().map(move |key| (operator, key)));
        let is_named = |key: &&PersonalKey| key.holder.is_called(person) || key.key_id().as_str() == person;
        let Some(holder) = all().map(|(_, key)| key).find(is_named).map(|key| key.holder.clone()) else {
            let mut names: Vec<&Holder> = all().map(|(_, key)| &key.holder).collect();
            names.sort();
            names.dedup();
            return Err(match names.is_empty() {
                true => "nobody signs on at this desk: its secrets name no person\u{2019}s key".to_owned(),
                false => format!(
                    "{} has no key of their own here; {} may sign on",
                    plain_words(person, LONGEST_NAME),
                    or_words(&names)
                ),
            });
        };
        let (mut chosen, mut not) = (Vec::new(), Vec::new());
        for (operator, keys) in self.people() {
            if !operators.is_empty() && !operators.contains(operator) {
                continue;
            }
            let mut latest = None;
            for key in keys.iter().filter(|key| key.holder == holder && is_named(key)) {
                match self.in_force_since(operator, key.key_id(), now) {
                    Ok(from) if latest.is_none_or(|(since, _)| from >= since) => latest = Some((from, key)),
                    Ok(_) => {}
                    Err(why) => not.push(why),
                }
            }
            chosen.extend(latest.map(|(_, key)| (operator.clone(), key.clone())));
        }
        match (chosen.is_empty(), not.is_empty()) {
            (false, _) => Ok((holder, chosen)),
            (true, false) => Err(format!("no key of {holder} is in force: {}", not.join("; "))),
            (true, true) => Err(format!("{holder} has no key of those operators")),
        }
    }
}
