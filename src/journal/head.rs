//! Signed heads: what stands in a journal up to an entry, under an operator's signature. Whoever has no key of that operator
//! cannot write anything before it anew. Pure.

use serde_json::{Value, json};

use super::JournalError;
use crate::dispatch::{KeyRing, OperatorId, PROFILE, Signature, SignatureFault, SigningKey, quoted};
use crate::time::UtcTime;

/// What tells a head's bytes from those of everything else that is signed.
const NOTICE: &str = "JOURNAL_HEAD";

/// The state of a journal at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Who says so.
    pub operator: OperatorId,
    /// The number of the last entry then.
    pub number: u64,
    /// Its hash in 64 hex digits.
    pub hash: String,
    /// When it was signed, domain time.
    pub at: UtcTime,
}

/// A head and its operator's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// What is said.
    pub head: Head,
    /// Over [`Head::canonical_bytes`].
    pub signature: Signature,
}

impl Head {
    fn form(&self) -> Value {
        json!({
            "profile": PROFILE,
            "notice": NOTICE,
            "network_operator": self.operator,
            "number": self.number,
            "hash": self.hash,
            "at": self.at,
        })
    }

    /// The exact bytes that are signed: RFC 8785 JSON.
    ///
    /// # Errors
    /// When they have no such form, which no head lacks.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, JournalError> {
        serde_json_canonicalizer::to_vec(&self.form()).map_err(|e| JournalError::Broken {
            entry: self.number,
            reason: format!("its head has no canonical form: {e}"),
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// As for [`Head::canonical_bytes`], and when the key does not sign.
    pub fn sign(self, key: &SigningKey) -> Result<SignedHead, JournalError> {
        let signature = key.sign(&self.canonical_bytes()?)?;
        Ok(SignedHead { head: self, signature })
    }
}

impl SignedHead {
    /// Checks the signature against the operator's keys, as of when it was made.
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn verify(&self, keys: &KeyRing) -> Result<(), SignatureFault> {
        let bytes =
            self.head.canonical_bytes().map_err(|fault| SignatureFault::Unreadable(fault.to_string()))?;
        keys.verify(&bytes, &self.signature, self.head.at)
    }

    /// As it stands in the journal.
    pub fn to_json(&self) -> String {
        let mut whole = self.head.form();
        if let Some(members) = whole.as_object_mut() {
            members.insert("signature".to_owned(), self.signature.to_value());
        }
        format!("{whole:#}\n")
    }

    /// Reads what [`SignedHead::to_json`] wrote. Whether it holds is not looked at here.
    ///
    /// # Errors
    /// Which member is missing or wrong, in words.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let whole: Value = serde_json::from_str(text).map_err(|e| format!("is not JSON: {e}"))?;
        let member = |name: &str| {
            let found = whole.get(name).and_then(Value::as_str);
            found.ok_or_else(|| format!("{name}: is not there as a text"))
        };
        for (name, right) in [("profile", PROFILE), ("notice", NOTICE)] {
            let found = member(name)?;
            if found != right {
                return Err(format!("{name}: {} is not `{right}`", quoted(found)));
            }
        }
        let number = whole.get("number").and_then(Value::as_u64);
        let head = Head {
            operator: member("network_operator")?.parse().map_err(|e| format!("network_operator: {e}"))?,
            number: number.ok_or("number: is not there as a whole number")?,
            hash: member("hash")?.to_owned(),
            at: member("at")?.parse().map_err(|e| format!("at: {e}"))?,
        };
        let signature = whole.get("signature").ok_or("signature: is missing")?;
        let signature = Signature::from_value(signature).map_err(|fault| format!("signature.{fault}"))?;
        Ok(Self { head, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::sample::{at, key};

    fn head() -> Head {
        Head {
            operator: "GB-DNO-11".parse().unwrap(),
            number: 17,
            hash: "ab".repeat(32),
            at: at("2026-11-26T17:00:00Z"),
        }
    }

    #[test]
    fn the_bytes_of_a_head_are_known_and_none_of_it_can_be_changed_unnoticed() {
        let known = format!(
            r#"{{"at":"2026-11-26T17:00:00Z","hash":"{}","network_operator":"GB-DNO-11","notice":"JOURNAL_HEAD","number":17,"profile":"{PROFILE}"}}"#,
            "ab".repeat(32)
        );
        assert_eq!(String::from_utf8(head().canonical_bytes().unwrap()).unwrap(), known);
        let keys = KeyRing::new([key("k").public(None, None)]);
        let signed = head().sign(&key("k")).unwrap();
        assert_eq!(signed.verify(&keys), Ok(()));
        assert_eq!(SignedHead::from_json(&signed.to_json()), Ok(signed.clone()));
        for (old, new) in
            [("17,", "18,"), ("abab", "abac"), ("17:00:00", "17:00:01"), ("GB-DNO-11", "GB-DNO-12")]
        {
            let changed = signed.to_json().replacen(old, new, 1);
            assert_ne!(changed, signed.to_json(), "{old}");
            assert!(SignedHead::from_json(&changed).unwrap().verify(&keys).is_err(), "{old}");
        }
    }

    #[test]
    fn what_is_no_head_says_what_is_wrong_with_it() {
        let good = head().sign(&key("k")).unwrap().to_json();
        for (old, new, says) in [
            ("JOURNAL_HEAD", "APPROVAL", "notice: `APPROVAL` is not `JOURNAL_HEAD`"),
            ("\"number\": 17", "\"number\": \"17\"", "number: is not there as a whole number"),
            ("\"signature\"", "\"sign\"", "signature: is missing"),
            ("Ed25519", "RS256", "signature.algorithm: `RS256` is not known; write Ed25519"),
            ("2026-11-26T17:00:00Z", "noon", "at: `noon` is not a date and time"),
        ] {
            assert!(good.contains(old), "{old}: {good}");
            let fault = SignedHead::from_json(&good.replacen(old, new, 1)).unwrap_err();
            assert!(fault.starts_with(says), "{fault}");
        }
    }
}
