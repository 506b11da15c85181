//! How every key stands, and what has become of each since it was last looked at: for the journal. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::dispatch::{KeyId, PublicKey, SignatureFault};
use crate::profile::trust::Owner;
use crate::time::UtcTime;

/// Every key that is known, as it stood at the last look.
#[derive(Default)]
pub(super) struct KeyLedger {
    stood: BTreeMap<(Owner, KeyId), Stand>,
    began: bool,
}

/// How a key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stand {
    ToCome(UtcTime),
    InForce,
    Ended(UtcTime),
    Revoked(UtcTime, String),
}

impl Stand {
    fn of(key: &PublicKey, now: UtcTime) -> Self {
        match key.in_force(now) {
            Err(SignatureFault::NotYetValid { from, .. }) => Self::ToCome(from),
            Err(SignatureFault::Expired { until, .. }) => Self::Ended(until),
            Err(SignatureFault::Revoked { at, reason, .. }) => Self::Revoked(at, reason),
            _ => Self::InForce,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::ToCome(from) => format!("comes in force at {from}"),
            Self::InForce => "is in force".to_owned(),
            Self::Ended(until) => format!("ended at {until}"),
            Self::Revoked(at, reason) => format!("is revoked from {at} on: {reason}"),
        }
    }
}

impl KeyLedger {
    /// Looks at all keys. Answers what has become of each since the last look, in words; of the first look only `told` at the
    /// start: the operators' keys that this desk signs with.
    pub(super) fn look<'k>(
        &mut self,
        keys: impl Iterator<Item = (Owner, &'k PublicKey)>,
        is_told_at_start: impl Fn(&Owner) -> bool,
        now: UtcTime,
    ) -> Vec<String> {
        let (mut turns, mut seen) = (Vec::new(), BTreeSet::new());
        let begins = !std::mem::replace(&mut self.began, true);
        for (owner, key) in keys {
            let stands = Stand::of(key, now);
            let id = (owner, key.key_id.clone());
            let words = |how: &str| format!("key {} of {} {how}", id.1, id.0.name());
            match self.stood.get(&id) {
                Some(stood) if *stood == stands => {}
                Some(_) => turns.push(words(&stands.words())),
                None if begins && !is_told_at_start(&id.0) => {}
                None if begins => turns.push(words(&stands.words())),
                None => turns.push(words(&format!("is made known: it {}", stands.words()))),
            }
            seen.insert(id.clone());
            self.stood.insert(id, stands);
        }
        self.stood.retain(|id, _| {
            let stays = seen.contains(id);
            if !stays {
                turns.push(format!(
                    "key {} of {} is taken out: nothing by it is believed",
                    id.1,
                    id.0.name()
                ));
            }
            stays
        });
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::testing::{at, fsp_key, operator, operator_key};
    use crate::dispatch::Revocation;

    #[test]
    fn what_becomes_of_a_key_is_told_once_when_it_does() {
        let own = || Owner::Operator(operator());
        let fsp = || Owner::Fsp("BRIGHTFLEX".parse().unwrap());
        let old = operator_key().public(None, Some(at("17:00")));
        let theirs = fsp_key("BRIGHTFLEX").public(None, None);
        let next =
            PublicKey { key_id: "next".parse().unwrap(), ..operator_key().public(Some(at("16:30")), None) };
        let revoked = Revocation { at: at("18:00"), reason: "the token was lost".to_owned() };
        let lost = PublicKey { revoked: Some(revoked), ..next.clone() };
        let mut ledger = KeyLedger::default();
        let mut look = |time: &str, keys: &[(Owner, &PublicKey)]| {
            let is_own = |owner: &Owner| matches!(owner, Owner::Operator(_));
            ledger.look(keys.iter().cloned(), is_own, at(time))
        };
        let before = [(own(), &old), (fsp(), &theirs)];
        let both = [(own(), &old), (own(), &next), (fsp(), &theirs)];
        let without = [(own(), &old), (own(), &lost)];
        for (time, keys, told) in [
            ("15:00", &before[..], &["key gb-dno-11-2026 of GB-DNO-11 is in force"][..]),
            ("15:01", &before, &[]),
            (
                "15:02",
                &both,
                &["key next of GB-DNO-11 is made known: it comes in force at 2026-11-26T16:30:00Z"],
            ),
            ("16:30", &both, &["key next of GB-DNO-11 is in force"]),
            ("17:00", &both, &["key gb-dno-11-2026 of GB-DNO-11 ended at 2026-11-26T17:00:00Z"]),
            (
                "17:30",
                &without,
                &["key brightflex-2026 of BRIGHTFLEX is taken out: nothing by it is believed"],
            ),
            (
                "18:00",
                &without,
                &["key next of GB-DNO-11 is revoked from 2026-11-26T18:00:00Z on: the token was lost"],
            ),
        ] {
            assert_eq!(look(time, keys), told, "{time}");
        }
    }
}
