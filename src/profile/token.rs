//! Keys in hardware tokens that speak PKCS#11: made there, found there, and never out of there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use super::keeping::TokenKey;
use crate::dispatch::{KeyId, Signer, SigningKey};
use crate::openadr::secret::Secret;

/// The curve as PKCS#11 names it: the DER of the object id 1.3.101.112, and of the printable string that older tokens go by.
const ED25519_OID: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];
const ED25519_NAME: [u8; 14] = *b"\x13\x0cedwards25519";

/// The makers' libraries, each opened once, and the PINs that tokens have taken.
#[derive(Default)]
pub struct Tokens {
    modules: Mutex<BTreeMap<PathBuf, Pkcs11>>,
    pins: Mutex<BTreeMap<(PathBuf, String), Secret>>,
}

/// One key in a token, for as long as the token is there.
struct KeyInToken {
    tokens: Arc<Tokens>,
    at: TokenKey,
    session: Mutex<Option<(Session, ObjectHandle)>>,
}

impl Tokens {
    /// A key that is in a token. `pin` asks for the token's PIN, once, and not at all where the token has taken it before: a
    /// token locks itself after a few wrong ones.
    ///
    /// # Errors
    /// Why it cannot be had, and what to do, in words.
    pub fn key(
        self: &Arc<Self>,
        at: &TokenKey,
        key_id: &KeyId,
        pin: impl FnOnce() -> Result<Secret, String>,
    ) -> Result<SigningKey, String> {
        let session = self.open(at, pin, false)?;
        let private = self.find(&session, at, ObjectClass::PRIVATE_KEY)?;
        let public = public_half(&session, self.find(&session, at, ObjectClass::PUBLIC_KEY)?)?;
        let held = KeyInToken {
            tokens: Arc::clone(self),
            at: at.clone(),
            session: Mutex::new(Some((session, private))),
        };
        Ok(SigningKey::held_elsewhere(key_id.clone(), public, Arc::new(held)))
    }

    /// Makes a key in a token, which it never leaves.
    ///
    /// # Errors
    /// Why it cannot be made, in words; so when there is one of the same label.
    pub fn make(
        self: &Arc<Self>,
        at: &TokenKey,
        key_id: &KeyId,
        pin: impl FnOnce() -> Result<Secret, String>,
    ) -> Result<SigningKey, String> {
        let session = self.open(at, pin, true)?;
        let label = Attribute::Label(at.label.clone().into_bytes());
        let taken = session.find_objects(std::slice::from_ref(&label)).map_err(|error| words(at, &error))?;
        if !taken.is_empty() {
            return Err(format!(
                "something stands under label {} in token {} already; a key is never overwritten",
                at.label, at.token
            ));
        }
        let id = Attribute::Id(at.label.clone().into_bytes());
        let make = |curve: &[u8]| {
            let public = [
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Verify(true),
                Attribute::EcParams(curve.to_vec()),
                label.clone(),
                id.clone(),
            ];
            let private = [
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
                label.clone(),
                id.clone(),
            ];
            session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private)
        };
        make(&ED25519_OID).or_else(|_| make(&ED25519_NAME)).map_err(|error| words(at, &error))?;
        drop(session);
        self.key(at, key_id, || Err("its PIN is known no more".to_owned()))
    }

    fn module(&self, path: &Path) -> Result<Pkcs11, String> {
        let mut modules = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = modules.get(path) {
            return Ok(module.clone());
        }
        let shown = path.display();
        let module = Pkcs11::new(path).map_err(|error| {
            format!("{shown} is no PKCS#11 library that can be opened ({error}); name the one of the token\u{2019}s maker")
        })?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(format!("{shown} does not begin ({error}); see that its driver runs")),
        }
        modules.insert(path.to_owned(), module.clone());
        Ok(module)
    }

    fn open(
        &self,
        at: &TokenKey,
        pin: impl FnOnce() -> Result<Secret, String>,
        writes: bool,
    ) -> Result<Session, String> {
        let module = self.module(&at.module)?;
        let slots = module.get_slots_with_token().map_err(|error| words(at, &error))?;
        let is_it = |slot: &cryptoki::slot::Slot| {
            module.get_token_info(*slot).is_ok_and(|info| info.label().trim_end() == at.token)
        };
        let Some(slot) = slots.into_iter().find(is_it) else {
            return Err(format!("token {} is in no slot; put it in, or correct its label", at.token));
        };
        let session = if writes { module.open_rw_session(slot) } else { module.open_ro_session(slot) };
        let session = session.map_err(|error| words(at, &error))?;
        let place = (at.module.clone(), at.token.clone());
        let known = self.pins.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        let pin = match known {
            Some(pin) => pin,
            None => pin()?,
        };
        match session.login(UserType::User, Some(&AuthPin::new(pin.reveal().into()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
                self.pins.lock().unwrap_or_else(PoisonError::into_inner).insert(place, pin);
                Ok(session)
            }
            Err(error) => {
                self.pins.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
                Err(words(at, &error))
            }
        }
    }

    fn find(&self, session: &Session, at: &TokenKey, class: ObjectClass) -> Result<ObjectHandle, String> {
        let template = [
            Attribute::Class(class),
            Attribute::KeyType(KeyType::EC_EDWARDS),
            Attribute::Label(at.label.clone().into_bytes()),
        ];
        let found = session.find_objects(&template).map_err(|error| words(at, &error))?;
        let half = if class == ObjectClass::PRIVATE_KEY { "private" } else { "public" };
        match found[..] {
            [one] => Ok(one),
            [] => Err(format!(
                "token {} holds no {half} Ed25519 key of label {}; correct the label, or make one with `rampdesk key new`",
                at.token, at.label
            )),
            _ => Err(format!(
                "token {} holds several {half} keys of label {}; take out all but one",
                at.token, at.label
            )),
        }
    }
}

impl Signer for KeyInToken {
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String> {
        let mut held = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = held.as_ref().map(|(session, key)| sign(session, *key, message));
        let signature = match signed {
            Some(Ok(signature)) => signature,
            // The session is gone, for the token was taken out or its driver began anew: it may be there again.
            _ => {
                *held = None;
                let session = self.tokens.open(
                    &self.at,
                    || Err("its PIN is not known any more; start again".to_owned()),
                    false,
                )?;
                let key = self.tokens.find(&session, &self.at, ObjectClass::PRIVATE_KEY)?;
                let signature = sign(&session, key, message).map_err(|error| words(&self.at, &error))?;
                *held = Some((session, key));
                signature
            }
        };
        let length = signature.len();
        signature
            .try_into()
            .map_err(|_| format!("its token gave {length} bytes for a signature; Ed25519 has 64"))
    }
}

fn sign(session: &Session, key: ObjectHandle, message: &[u8]) -> Result<Vec<u8>, Error> {
    let pure = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
    session.sign(&pure, key, message)
}

/// The 32 bytes of a public key: tokens give them in a DER octet string, some of them bare.
fn public_half(session: &Session, key: ObjectHandle) -> Result<[u8; 32], String> {
    let attributes = session.get_attributes(key, &[AttributeType::EcPoint]);
    let attributes = attributes.map_err(|error| format!("its public half cannot be read ({error})"))?;
    let point = attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(point) => Some(point),
        _ => None,
    });
    let point = point.unwrap_or_default();
    let bare = point.strip_prefix(&[0x04, 0x20]).unwrap_or(&point);
    bare.try_into().map_err(|_| "its public half is not one of Ed25519".to_owned())
}

fn words(at: &TokenKey, error: &Error) -> String {
    let token = &at.token;
    match error {
        Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _) => {
            format!("token {token} does not take this PIN; it locks itself after a few wrong ones")
        }
        Error::Pkcs11(RvError::PinLocked, _) => {
            format!("token {token} has locked itself after wrong PINs; its keeper unlocks it")
        }
        Error::Pkcs11(
            RvError::DeviceRemoved | RvError::TokenNotPresent | RvError::SlotIdInvalid | RvError::DeviceError,
            _,
        ) => format!("token {token} is in no slot, or does not answer; put it in"),
        Error::Pkcs11(RvError::MechanismInvalid, _) => {
            format!("token {token} knows no Ed25519 (CKM_EDDSA); use one that does")
        }
        other => format!("token {token} does not do it: {other}"),
    }
}
