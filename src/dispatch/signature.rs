//! Ed25519 signatures and the keys that are pinned for them. Signing keys are not TLS keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde_json::{Value, json};

use crate::time::UtcTime;

use super::{Holder, KeyId, quoted};

/// The one algorithm of the profile.
pub const ALGORITHM: &str = "Ed25519";

/// A signature and the name of the key that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Which pinned key.
    pub key_id: KeyId,
    /// The 64 bytes of RFC 8032.
    pub value: [u8; 64],
}

impl Signature {
    /// The value in base64url without padding: 86 characters.
    pub fn value_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.value)
    }

    /// As a document holds it: `algorithm`, `key_id` and `value`.
    pub fn to_value(&self) -> Value {
        json!({ "algorithm": ALGORITHM, "key_id": self.key_id, "value": self.value_text() })
    }

    /// Reads what [`Signature::to_value`] wrote.
    ///
    /// # Errors
    /// Which member is missing or wrong and what would be right.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let member = |name: &str| {
            let found = value.get(name).and_then(Value::as_str);
            found.ok_or_else(|| format!("{name}: is not there as a text"))
        };
        let algorithm = member("algorithm")?;
        if algorithm != ALGORITHM {
            return Err(format!("algorithm: {} is not known; write {ALGORITHM}", quoted(algorithm)));
        }
        Ok(Self {
            key_id: member("key_id")?.parse().map_err(|e| format!("key_id: {e}"))?,
            value: Self::value_from_text(member("value")?).map_err(|e| format!("value: {e}"))?,
        })
    }

    /// Reads a value from base64url without padding.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn value_from_text(text: &str) -> Result<[u8; 64], String> {
        let bytes =
            URL_SAFE_NO_PAD.decode(text).map_err(|_| {
            let count = text.chars().count();
            format!(
                "{} ({count} characters) is not base64url without padding; an Ed25519 signature is 86 characters",
                quoted(text)
            )
        })?;
        let length = bytes.len();
        bytes.try_into().map_err(|_| {
            format!("an Ed25519 signature is 64 bytes (86 characters); this one is {length} bytes")
        })
    }
}

/// A pinned public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name.
    pub key_id: KeyId,
    /// The 32 bytes of RFC 8032.
    pub bytes: [u8; 32],
    /// The first instant at which it may sign.
    pub valid_from: Option<UtcTime>,
    /// The first instant at which it may no longer.
    pub valid_until: Option<UtcTime>,
    /// Since when it is not believed any more, and why, where it was revoked.
    pub revoked: Option<Revocation>,
    /// The person whose own it is, where it is not the machine's.
    pub holder: Option<Holder>,
}

/// That a key is not believed any more: lost, stolen, or its owner has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// From this instant on. What was heard before holds.
    pub at: UtcTime,
    /// Why, in words.
    pub reason: String,
}

impl PublicKey {
    /// Whether it may sign at an instant.
    ///
    /// # Errors
    /// Why it may not.
    pub fn in_force(&self, at: UtcTime) -> Result<(), SignatureFault> {
        let key = || self.key_id.clone();
        if let Some(Revocation { at: since, reason }) = self.revoked.as_ref().filter(|r| at >= r.at) {
            return Err(SignatureFault::Revoked { key: key(), at: *since, reason: reason.clone() });
        }
        if let Some(from) = self.valid_from.filter(|from| at < *from) {
            return Err(SignatureFault::NotYetValid { key: key(), from });
        }
        if let Some(until) = self.valid_until.filter(|until| at >= *until) {
            return Err(SignatureFault::Expired { key: key(), until });
        }
        Ok(())
    }

    /// The first instant at which it may no longer sign, for whatever reason; `None` where there is none.
    pub fn ends(&self) -> Option<UtcTime> {
        [self.valid_until, self.revoked.as_ref().map(|revoked| revoked.at)].into_iter().flatten().min()
    }

    /// The key in base64url without padding: 43 characters.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes)
    }

    /// Reads the 32 bytes from base64url without padding.
    ///
    /// # Errors
    /// A sentence that says what would be right. It never quotes what was read: a private key in the wrong place looks the same.
    pub fn bytes_from_text(text: &str) -> Result<[u8; 32], String> {
        let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        let bytes: [u8; 32] = decoded
            .ok_or("this is not an Ed25519 public key; write its 32 bytes as base64url without padding")?;
        VerifyingKey::from_bytes(&bytes)
            .map_err(|_| "this is no point of the Ed25519 curve; ask its owner for the key again")?;
        Ok(bytes)
    }
}

/// The public keys pinned for one party, in order of name. Two may overlap for a rotation; clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRing(Arc<[PublicKey]>);

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// None there.
    #[error("there is no signature")]
    Missing,
    /// There is one, but it cannot be read.
    #[error("the signature cannot be read: {0}")]
    Unreadable(String),
    /// Its key is not pinned for this party.
    #[error("key `{0}` is not pinned for this party")]
    UnknownKey(KeyId),
    /// Its key is not valid yet.
    #[error("key `{key}` is valid from {from} only")]
    NotYetValid {
        /// The key.
        key: KeyId,
        /// Its first instant.
        from: UtcTime,
    },
    /// Its key has expired.
    #[error("key `{key}` expired at {until}")]
    Expired {
        /// The key.
        key: KeyId,
        /// Its end.
        until: UtcTime,
    },
    /// Its key was revoked.
    #[error("key `{key}` was revoked at {at}: {reason}")]
    Revoked {
        /// The key.
        key: KeyId,
        /// Since when.
        at: UtcTime,
        /// Why, in its owner's words.
        reason: String,
    },
    /// The bytes do not match the key and the content.
    #[error("the signature by key `{0}` does not match the content")]
    Wrong(KeyId),
}

impl KeyRing {
    /// Pins these.
    pub fn new(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        let by_name: BTreeMap<KeyId, PublicKey> = keys.into_iter().map(|k| (k.key_id.clone(), k)).collect();
        Self(by_name.into_values().collect())
    }

    /// The pinned keys in order of name.
    pub fn keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.0.iter()
    }

    /// The key of a name.
    pub fn get(&self, key_id: &KeyId) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.key_id == *key_id)
    }

    /// Checks a signature over a message at an instant, strictly (RFC 8032 with small-order keys refused).
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn verify(&self, message: &[u8], signature: &Signature, at: UtcTime) -> Result<(), SignatureFault> {
        let key = self
            .get(&signature.key_id)
            .ok_or_else(|| SignatureFault::UnknownKey(signature.key_id.clone()))?;
        key.in_force(at)?;
        VerifyingKey::from_bytes(&key.bytes)
            .and_then(|k| k.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.value)))
            .map_err(|_| SignatureFault::Wrong(key.key_id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, dispatch, key};
    use super::super::{Dispatch, DispatchParts, SigningKey};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_way_in_which_a_signature_fails_says_why() {
        let now = at("2026-11-26T17:00:00Z");
        let (from, until) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let keys = KeyRing::new([key("a").public(Some(from), Some(until))]);
        let signed = dispatch().sign(&key("a")).unwrap();
        assert_eq!(signed.verify(&keys, now), Ok(()));
        assert_eq!(signed.verify(&keys, from), Ok(()), "the first instant counts");
        let fault =
            |signed: &super::super::SignedDispatch, now| signed.verify(&keys, now).unwrap_err().to_string();
        assert_eq!(fault(&signed, from - 1), "key `a` is valid from 2026-01-01T00:00:00Z only");
        assert_eq!(fault(&signed, until), "key `a` expired at 2027-01-01T00:00:00Z");
        assert_eq!(fault(&dispatch().sign(&key("b")).unwrap(), now), "key `b` is not pinned for this party");
        let mut tampered = signed.clone();
        tampered.signature.value[17] ^= 1;
        assert_eq!(fault(&tampered, now), "the signature by key `a` does not match the content");
        let mut other = signed;
        let parts =
            DispatchParts { revision: other.dispatch.revision.next(), ..other.dispatch.parts().clone() };
        other.dispatch = Dispatch::new(parts).unwrap();
        assert_eq!(fault(&other, now), "the signature by key `a` does not match the content");
    }

    #[test]
    fn two_keys_overlap_for_a_rotation() {
        let (old, new) = (key("2026"), SigningKey::from_seed(KeyId::new("2027").unwrap(), &[9; 32]));
        let keys = KeyRing::new([
            old.public(None, Some(at("2027-01-08T00:00:00Z"))),
            new.public(Some(at("2027-01-01T00:00:00Z")), None),
        ]);
        for (now, old_holds, new_holds) in [
            ("2026-12-31T23:59:59Z", true, false),
            ("2027-01-04T00:00:00Z", true, true),
            ("2027-01-08T00:00:00Z", false, true),
        ] {
            let holds = |key: &SigningKey| keys.verify(b"m", &key.sign(b"m").unwrap(), at(now)).is_ok();
            assert_eq!((holds(&old), holds(&new)), (old_holds, new_holds), "{now}");
        }
    }

    #[test]
    fn a_revoked_key_is_not_believed_from_then_on_and_what_was_heard_before_holds() {
        let revoked =
            Revocation { at: at("2026-11-26T17:00:00Z"), reason: "the laptop was stolen".to_owned() };
        let public = PublicKey { revoked: Some(revoked), ..key("a").public(None, None) };
        let (keys, signature) = (KeyRing::new([public]), key("a").sign(b"m").unwrap());
        assert_eq!(keys.verify(b"m", &signature, at("2026-11-26T16:59:59Z")), Ok(()));
        let fault = keys.verify(b"m", &signature, at("2026-11-26T17:00:00Z")).unwrap_err();
        assert_eq!(fault.to_string(), "key `a` was revoked at 2026-11-26T17:00:00Z: the laptop was stolen");
    }

    #[test]
    fn a_small_order_key_signs_nothing() {
        let weak = PublicKey {
            key_id: KeyId::new("weak").unwrap(),
            bytes: {
                let mut identity = [0; 32];
                identity[0] = 1;
                identity
            },
            valid_from: None,
            valid_until: None,
            revoked: None,
            holder: None,
        };
        let mut value = [0; 64];
        value[0] = 1;
        let forged = Signature { key_id: weak.key_id.clone(), value };
        let verdict = KeyRing::new([weak]).verify(b"anything", &forged, at("2026-11-26T17:00:00Z"));
        assert!(matches!(verdict, Err(SignatureFault::Wrong(_))), "{verdict:?}");
    }

    proptest! {
        #[test]
        fn a_signature_and_a_key_are_read_as_they_were_written(seed in any::<[u8; 32]>(), message in any::<Vec<u8>>()) {
            let key = SigningKey::from_seed(KeyId::new("k").unwrap(), &seed);
            let signature = key.sign(&message).unwrap();
            prop_assert_eq!(Signature::value_from_text(&signature.value_text()), Ok(signature.value));
            let public = key.public(None, None);
            prop_assert_eq!(PublicKey::bytes_from_text(&public.to_text()), Ok(public.bytes));
        }

        #[test]
        fn any_text_as_a_key_or_signature_is_judged_without_a_panic(text in "\\PC{0,100}") {
            let _ = Signature::value_from_text(&text);
            let _ = PublicKey::bytes_from_text(&text);
        }
    }
}
