//! Private signing keys: held here, or in a place that they never leave.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signer as _, VerifyingKey};
use zeroize::Zeroizing;

use crate::time::UtcTime;

use super::{KeyId, PublicKey, Signature};

/// A place that signs with a private key which never leaves it: a hardware token, say.
pub trait Signer: Send + Sync {
    /// Signs a message with Ed25519 (RFC 8032), in as much time as the place takes.
    ///
    /// # Errors
    /// Why it does not, and what a person can do, in words that go on after "key … does not sign: ".
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String>;
}

/// Why a key did not sign. Then nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("key `{key_id}` does not sign: {reason}")]
pub struct SigningFault {
    /// The key.
    pub key_id: KeyId,
    /// Why, and what a person can do, in words.
    pub reason: String,
}

/// A private signing key and its name. Never shown, never logged; wiped when dropped where it is held here.
#[derive(Clone)]
pub struct SigningKey {
    key_id: KeyId,
    private: Private,
}

#[derive(Clone)]
enum Private {
    Held(Box<ed25519_dalek::SigningKey>),
    Elsewhere { public: [u8; 32], signer: Arc<dyn Signer> },
}

impl SigningKey {
    /// From the 32 secret bytes of RFC 8032.
    pub fn from_seed(key_id: KeyId, seed: &[u8; 32]) -> Self {
        Self { key_id, private: Private::Held(Box::new(ed25519_dalek::SigningKey::from_bytes(seed))) }
    }

    /// One that is held elsewhere. What is signed there is believed only when it holds under `public`, the 32 bytes of the
    /// public half.
    pub fn held_elsewhere(key_id: KeyId, public: [u8; 32], signer: Arc<dyn Signer>) -> Self {
        Self { key_id, private: Private::Elsewhere { public, signer } }
    }

    /// The 32 secret bytes, for the places that store them; `None` of a key that is held elsewhere.
    pub fn seed(&self) -> Option<Zeroizing<[u8; 32]>> {
        match &self.private {
            Private::Held(key) => Some(Zeroizing::new(key.to_bytes())),
            Private::Elsewhere { .. } => None,
        }
    }

    /// Its name.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The public half, valid from and until the instants given.
    pub fn public(&self, valid_from: Option<UtcTime>, valid_until: Option<UtcTime>) -> PublicKey {
        let bytes = match &self.private {
            Private::Held(key) => key.verifying_key().to_bytes(),
            Private::Elsewhere { public, .. } => *public,
        };
        PublicKey { key_id: self.key_id.clone(), bytes, valid_from, valid_until, revoked: None, holder: None }
    }

    /// Signs a message. A key that is held here always does.
    ///
    /// # Errors
    /// Why the place that holds it does not sign, or not with this key.
    pub fn sign(&self, message: &[u8]) -> Result<Signature, SigningFault> {
        let value = match &self.private {
            Private::Held(key) => key.sign(message).to_bytes(),
            Private::Elsewhere { public, signer } => {
                let value = signer.sign(message).map_err(|reason| self.fault(reason))?;
                let holds = VerifyingKey::from_bytes(public).is_ok_and(|key| {
                    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&value)).is_ok()
                });
                if !holds {
                    return Err(self.fault(
                        "what its place signed does not hold under its public half; see that the right key is named there",
                    ));
                }
                value
            }
        };
        Ok(Signature { key_id: self.key_id.clone(), value })
    }

    fn fault(&self, reason: impl Into<String>) -> SigningFault {
        SigningFault { key_id: self.key_id.clone(), reason: reason.into() }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, •••)", self.key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that signs with another key than it says, or not at all.
    struct Place(Option<[u8; 32]>);

    impl Signer for Place {
        fn sign(&self, message: &[u8]) -> Result<[u8; 64], String> {
            let seed = self.0.ok_or("the token is not in its slot; put it in")?;
            Ok(ed25519_dalek::SigningKey::from_bytes(&seed).sign(message).to_bytes())
        }
    }

    fn id() -> KeyId {
        KeyId::new("k").unwrap()
    }

    fn elsewhere(place: Place) -> SigningKey {
        let public = SigningKey::from_seed(id(), &[7; 32]).public(None, None).bytes;
        SigningKey::held_elsewhere(id(), public, Arc::new(place))
    }

    #[test]
    fn a_private_key_is_not_shown() {
        let shown = format!("{:?}", SigningKey::from_seed(id(), &[0xab; 32]));
        assert_eq!(shown, "SigningKey(k, •••)");
        assert_eq!(format!("{:?}", elsewhere(Place(None))), shown);
    }

    #[test]
    fn a_key_that_is_held_elsewhere_signs_like_one_that_is_held_here_and_gives_nothing_away() {
        let (here, there) = (SigningKey::from_seed(id(), &[7; 32]), elsewhere(Place(Some([7; 32]))));
        assert_eq!(there.sign(b"message"), here.sign(b"message"));
        assert_eq!(there.public(None, None), here.public(None, None));
        assert!(here.seed().is_some() && there.seed().is_none());
    }

    #[test]
    fn a_place_that_does_not_sign_or_signs_with_another_key_is_a_fault_in_words() {
        let said = |place| elsewhere(place).sign(b"message").unwrap_err().to_string();
        assert_eq!(said(Place(None)), "key `k` does not sign: the token is not in its slot; put it in");
        assert!(said(Place(Some([8; 32]))).contains("does not hold under its public half"));
    }
}
