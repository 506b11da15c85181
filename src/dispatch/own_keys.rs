//! A party's own signing keys, and which of them signs at an instant.

use crate::time::UtcTime;

use super::{KeyRing, PublicKey, SigningFault, SigningKey};

/// The signing keys of one party: never none, and no two of one name.
#[derive(Clone, Debug)]
pub struct OwnKeys {
    first: SigningKey,
    more: Vec<SigningKey>,
}

impl From<SigningKey> for OwnKeys {
    fn from(first: SigningKey) -> Self {
        Self { first, more: Vec::new() }
    }
}

impl OwnKeys {
    /// These keys and one more. Whoever has two of one name keeps the first.
    pub fn add(&mut self, key: SigningKey) {
        if self.iter().all(|held| held.key_id() != key.key_id()) {
            self.more.push(key);
        }
    }

    /// The one that was given first.
    pub fn first(&self) -> &SigningKey {
        &self.first
    }

    /// Every one, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// The public halves, without the validity that others pin them with.
    pub fn public(&self) -> impl Iterator<Item = PublicKey> {
        self.iter().map(|key| key.public(None, None))
    }

    /// The key that signs at an instant: of those that are in force as they are pinned for the party the one that came in
    /// force last. One that nobody has pinned has no limits in time; it came in force before all others.
    ///
    /// # Errors
    /// Why none is: each key, and what stands against it.
    pub fn in_force(&self, pinned: &KeyRing, at: UtcTime) -> Result<&SigningKey, SigningFault> {
        let mut chosen: Option<(Option<UtcTime>, &SigningKey)> = None;
        let mut not = Vec::new();
        for key in self.iter() {
            match began(key, pinned, at) {
                Ok(from) if chosen.is_none_or(|(latest, _)| from >= latest) => chosen = Some((from, key)),
                Ok(_) => {}
                Err(why) => not.push(why),
            }
        }
        chosen.map(|(_, key)| key).ok_or_else(|| SigningFault {
            key_id: self.first.key_id().clone(),
            reason: format!("no key is in force: {}", not.join("; ")),
        })
    }
}

/// Since when a key is in force, as it is pinned.
fn began(key: &SigningKey, pinned: &KeyRing, at: UtcTime) -> Result<Option<UtcTime>, String> {
    let Some(public) = pinned.get(key.key_id()) else { return Ok(None) };
    if public.bytes != key.public(None, None).bytes {
        return Err(format!(
            "key `{}` is pinned with another public half than the private key has",
            key.key_id()
        ));
    }
    public.in_force(at).map_err(|fault| fault.to_string())?;
    Ok(public.valid_from)
}

#[cfg(test)]
mod tests {
    use super::super::Revocation;
    use super::super::sample::at;
    use super::*;

    fn key(name: &str) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[u8::try_from(name.len()).unwrap(); 32])
    }

    fn keys(names: &[&str]) -> OwnKeys {
        let mut own = OwnKeys::from(key(names[0]));
        names[1..].iter().for_each(|name| own.add(key(name)));
        own
    }

    fn pinned(name: &str, from: Option<&str>, until: Option<&str>, revoked: Option<&str>) -> PublicKey {
        let revoked = revoked.map(|when| Revocation { at: at(when), reason: "it was lost".to_owned() });
        PublicKey { revoked, ..key(name).public(from.map(at), until.map(at)) }
    }

    #[test]
    fn the_key_that_came_in_force_last_signs_and_none_that_has_ended_or_was_revoked() {
        const OVERLAP: &str = "2027-01-01T00:00:00Z";
        const END: &str = "2027-01-31T00:00:00Z";
        let old = pinned("old", None, Some(END), None);
        let coming = pinned("newer", Some(OVERLAP), None, None);
        let lost = pinned("newer", Some(OVERLAP), None, Some("2027-01-10T00:00:00Z"));
        let both = keys(&["old", "newer"]);
        for (ring, now, expected) in [
            (vec![], "2026-12-31T00:00:00Z", "newer"),
            (vec![old.clone(), coming.clone()], "2026-12-31T23:59:59Z", "old"),
            (vec![old.clone(), coming.clone()], OVERLAP, "newer"),
            (vec![old.clone(), coming.clone()], END, "newer"),
            (vec![old.clone(), lost.clone()], "2027-01-09T23:59:59Z", "newer"),
            (vec![old.clone(), lost.clone()], "2027-01-10T00:00:00Z", "old"),
            (vec![coming.clone()], "2026-12-31T00:00:00Z", "old"),
            (vec![coming], OVERLAP, "newer"),
        ] {
            let chosen = both.in_force(&KeyRing::new(ring.clone()), at(now)).unwrap();
            assert_eq!(chosen.key_id().as_str(), expected, "{now}: {ring:?}");
        }
        let ring = KeyRing::new([old, lost]);
        assert_eq!(
            both.in_force(&ring, at(END)).unwrap_err().to_string(),
            "key `old` does not sign: no key is in force: key `old` expired at 2027-01-31T00:00:00Z; key `newer` was revoked at \
             2027-01-10T00:00:00Z: it was lost"
        );
    }

    #[test]
    fn which_key_would_do_is_said_when_none_does_yet() {
        let ring = KeyRing::new([pinned("newer", Some("2027-01-01T00:00:00Z"), None, None)]);
        let fault = keys(&["newer"]).in_force(&ring, at("2026-12-31T00:00:00Z")).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "key `newer` does not sign: no key is in force: key `newer` is valid from 2027-01-01T00:00:00Z only"
        );
    }

    #[test]
    fn a_private_key_that_is_not_the_one_that_is_pinned_signs_nothing() {
        let other = SigningKey::from_seed("old".parse().unwrap(), &[99; 32]).public(None, None);
        let fault = keys(&["old"]).in_force(&KeyRing::new([other]), at("2026-12-31T00:00:00Z")).unwrap_err();
        assert!(fault.to_string().contains("another public half"), "{fault}");
    }
}
