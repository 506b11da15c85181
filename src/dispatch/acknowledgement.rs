//! Acknowledgements: what the FSP says it received, took on, and did.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::UtcTime;

use super::{
    DispatchKey, DispatchUnit, KeyRing, Readback, Revision, Signature, SignatureFault, SigningFault,
    SigningKey, Status,
};

/// A stage of a dispatch as the FSP reports it (profile, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    /// The client has parsed it and the signature holds.
    Received,
    /// The unit's own controller has taken it on; carries the read-back. Appendix A's acknowledgement.
    Accepted,
    /// Refused, with a reason.
    Rejected,
    /// Accepted, but a setpoint will be reached late; carries the read-back and the time.
    Unreachable,
    /// The unit has begun to move.
    Started,
    /// The level is delivered.
    AtSetpoint,
    /// Over as planned.
    Ended,
    /// Over by STOP or EMERGENCY_STOP.
    Stopped,
    /// The unit could not go on.
    Failed,
}

impl Stage {
    /// All, in the order in which they come.
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Accepted,
        Self::Rejected,
        Self::Unreachable,
        Self::Started,
        Self::AtSetpoint,
        Self::Ended,
        Self::Stopped,
        Self::Failed,
    ];

    /// As the wire writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "RECEIVED",
            Self::Accepted => "ACCEPTED",
            Self::Rejected => "REJECTED",
            Self::Unreachable => "UNREACHABLE",
            Self::Started => "STARTED",
            Self::AtSetpoint => "AT_SETPOINT",
            Self::Ended => "ENDED",
            Self::Stopped => "STOPPED",
            Self::Failed => "FAILED",
        }
    }

    /// Reads the wire's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether it is Appendix A's acknowledgement, which carries a read-back.
    pub fn carries_readback(self) -> bool {
        matches!(self, Self::Accepted | Self::Unreachable)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a dispatch was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// Missing, unknown, expired or wrong signature.
    BadSignature,
    /// Not a unit of this FSP.
    UnknownUnit,
    /// Not a contract of this unit.
    UnknownContract,
    /// A lower revision than the one held.
    StaleRevision,
    /// The same revision with other content.
    ConflictingRevision,
    /// More than the unit can do.
    BeyondCapability,
    /// The unit is not available.
    Unavailable,
    /// The document breaks a rule.
    Malformed,
    /// A status that cannot be acted on.
    WrongStatus,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::BadSignature,
        Self::UnknownUnit,
        Self::UnknownContract,
        Self::StaleRevision,
        Self::ConflictingRevision,
        Self::BeyondCapability,
        Self::Unavailable,
        Self::Malformed,
        Self::WrongStatus,
    ];

    /// As the wire writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadSignature => "BAD_SIGNATURE",
            Self::UnknownUnit => "UNKNOWN_UNIT",
            Self::UnknownContract => "UNKNOWN_CONTRACT",
            Self::StaleRevision => "STALE_REVISION",
            Self::ConflictingRevision => "CONFLICTING_REVISION",
            Self::BeyondCapability => "BEYOND_CAPABILITY",
            Self::Unavailable => "UNAVAILABLE",
            Self::Malformed => "MALFORMED",
            Self::WrongStatus => "WRONG_STATUS",
        }
    }

    /// Reads the wire's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One stage of one revision, as the FSP reports it. Not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The dispatch.
    pub key: DispatchKey,
    /// The unit.
    pub unit: DispatchUnit,
    /// The revision it is about.
    pub revision: Revision,
    /// The status as understood; `None` when it was not.
    pub status: Option<Status>,
    /// The stage.
    pub stage: Stage,
    /// When, by the FSP's clock.
    pub at: UtcTime,
    /// What was understood and is acted on; with ACCEPTED and UNREACHABLE.
    pub readback: Option<Readback>,
    /// Why; with REJECTED.
    pub reason: Option<Reason>,
    /// In words, for people.
    pub detail: Option<String>,
    /// When the first late level will be reached; with UNREACHABLE.
    pub reached_at: Option<UtcTime>,
}

/// An acknowledgement with the FSP's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAcknowledgement {
    /// What the FSP says.
    pub acknowledgement: Acknowledgement,
    /// Over [`Acknowledgement::canonical_bytes`]; `None` when the wire carried none that can be read.
    pub signature: Option<Signature>,
}

/// The longest that an FSP's own words are shown, in characters.
const SHOWN_DETAIL: usize = 300;

impl Acknowledgement {
    /// The exact bytes that are signed: RFC 8785 JSON of every field that is present, in integers and strings.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        super::canonical::acknowledgement_bytes(self)
    }

    /// [`Acknowledgement::detail`] as it is shown: an FSP may write anything there, and what it signed stays as it is.
    pub fn detail_words(&self) -> Option<String> {
        self.detail.as_deref().map(|detail| super::plain_words(detail, SHOWN_DETAIL))
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(self, key: &SigningKey) -> Result<SignedAcknowledgement, SigningFault> {
        let signature = key.sign(&self.canonical_bytes())?;
        Ok(SignedAcknowledgement { acknowledgement: self, signature: Some(signature) })
    }
}

impl SignedAcknowledgement {
    /// As the journal keeps it, indented: the members that are signed, in their canonical values, and the signature where
    /// there is one.
    pub fn to_json(&self) -> String {
        // What was just written in the canonical form is JSON.
        let mut whole: Value =
            serde_json::from_slice(&self.acknowledgement.canonical_bytes()).unwrap_or_default();
        if let (Some(members), Some(signature)) = (whole.as_object_mut(), &self.signature) {
            members.insert("signature".to_owned(), signature.to_value());
        }
        format!("{whole:#}\n")
    }

    /// Checks the signature against the FSP's pinned keys at an instant.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn verify(&self, keys: &KeyRing, at: UtcTime) -> Result<(), SignatureFault> {
        match &self.signature {
            Some(signature) => keys.verify(&self.acknowledgement.canonical_bytes(), signature, at),
            None => Err(SignatureFault::Missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{EXAMPLE_CANONICAL, at, dispatch, key};
    use super::*;

    fn accepted() -> Acknowledgement {
        Acknowledgement {
            key: dispatch().key(),
            unit: dispatch().unit.clone(),
            revision: dispatch().revision,
            status: Some(Status::Run),
            stage: Stage::Accepted,
            at: at("2026-11-26T15:45:12Z"),
            readback: Some(Readback::of(&dispatch())),
            reason: None,
            detail: None,
            reached_at: None,
        }
    }

    #[test]
    fn the_bytes_that_an_fsp_signs_are_known() {
        let text = String::from_utf8(accepted().canonical_bytes()).unwrap();
        assert_eq!(
            text,
            format!(
                r#"{{"at":"2026-11-26T15:45:12Z","dispatch_ref":"EMID-20261126-0417","dispatch_unit":{{"fsp":"BRIGHTFLEX","unit":"BESS-07"}},"network_operator":"GB-DNO-11","profile":"gb-dispatch/1","readback":{EXAMPLE_CANONICAL},"revision":3,"stage":"ACCEPTED","status":"RUN"}}"#
            )
        );
        let rejected = Acknowledgement {
            stage: Stage::Rejected,
            status: None,
            readback: None,
            reason: Some(Reason::BadSignature),
            detail: Some("key \"x\" – not pinned".to_owned()),
            reached_at: Some(at("2026-11-26T17:02:00Z")),
            ..accepted()
        };
        let text = String::from_utf8(rejected.canonical_bytes()).unwrap();
        assert_eq!(
            text,
            r#"{"at":"2026-11-26T15:45:12Z","detail":"key \"x\" – not pinned","dispatch_ref":"EMID-20261126-0417","dispatch_unit":{"fsp":"BRIGHTFLEX","unit":"BESS-07"},"network_operator":"GB-DNO-11","profile":"gb-dispatch/1","reached_at":"2026-11-26T17:02:00Z","reason":"BAD_SIGNATURE","revision":3,"stage":"REJECTED"}"#
        );
    }

    #[test]
    fn what_is_kept_of_an_acknowledgement_is_what_was_signed_with_its_signature() {
        let signed = accepted().sign(&key("brightflex-2026")).unwrap();
        let mut kept: Value = serde_json::from_str(&signed.to_json()).unwrap();
        let signature = kept.as_object_mut().unwrap().shift_remove("signature").unwrap();
        let bytes = serde_json_canonicalizer::to_vec(&kept).unwrap();
        let keys = KeyRing::new([key("brightflex-2026").public(None, None)]);
        let signature = Signature::from_value(&signature).unwrap();
        assert_eq!(keys.verify(&bytes, &signature, at("2026-11-26T16:00:00Z")), Ok(()));
        let unsigned = SignedAcknowledgement { signature: None, ..signed };
        assert!(!unsigned.to_json().contains("signature"), "{}", unsigned.to_json());
    }

    #[test]
    fn no_field_of_an_acknowledgement_can_be_changed_unnoticed() {
        let keys = KeyRing::new([key("brightflex-2026").public(None, None)]);
        let now = at("2026-11-26T15:46:00Z");
        let signed = accepted().sign(&key("brightflex-2026")).unwrap();
        assert_eq!(signed.verify(&keys, now), Ok(()));
        let changes: &[fn(&mut Acknowledgement)] = &[
            |a| a.key.operator = "GB-DNO-14".parse().unwrap(),
            |a| a.key.dispatch_ref = "OTHER".parse().unwrap(),
            |a| a.unit.unit = "BESS-08".parse().unwrap(),
            |a| a.revision = a.revision.next(),
            |a| a.status = None,
            |a| a.stage = Stage::Unreachable,
            |a| a.at = a.at + 1,
            |a| a.readback = None,
            |a| a.readback.as_mut().unwrap().contract = None,
            |a| a.reason = Some(Reason::Unavailable),
            |a| a.detail = Some(String::new()),
            |a| a.reached_at = Some(a.at),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut changed = signed.clone();
            change(&mut changed.acknowledgement);
            assert!(matches!(changed.verify(&keys, now), Err(SignatureFault::Wrong(_))), "change {index}");
        }
        let unsigned = SignedAcknowledgement { signature: None, ..signed };
        assert_eq!(unsigned.verify(&keys, now), Err(SignatureFault::Missing));
    }

    #[test]
    fn every_stage_and_reason_is_read_as_it_is_written() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_word(stage.word()), Some(stage));
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.word());
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
        }
        assert_eq!(Stage::from_word("accepted"), None);
        assert_eq!(Reason::from_word(""), None);
    }
}
