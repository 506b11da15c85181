//! A second person's approval of dispatches, signed with that person's own key. It covers every field of every revision
//! that is to be sent, and all of them together: of what was approved nothing can be changed, left out or added. Only the
//! instruction time is left open: the desk sets it when it signs and sends.

use serde::Serialize;
use serde_json::{Value, json};

use crate::time::UtcTime;

use super::canonical::{self, CanonicalDocument};
use super::{
    Dispatch, DispatchKey, KeyId, KeyRing, Readback, Revision, Signature, SignatureFault, SigningFault,
    SigningKey, Status, quoted, signature,
};

/// Tells an approval's bytes from a dispatch's.
const NOTICE: &str = "APPROVAL";

/// The most dispatches that one approval covers: a person reads what they approve.
pub const MOST_APPROVED: usize = 10_000;

/// What a person approves: these revisions, as they are, together. Not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// In order of operator and ref, each without its instruction time.
    dispatches: Vec<Readback>,
    at: UtcTime,
}

/// The same with the person's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// What they approve.
    pub approved: Approved,
    /// Over [`Approved::canonical_bytes`].
    pub signature: Signature,
}

/// In what dispatches are not those that were approved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalGap {
    /// One is not among them.
    #[error("{0} is not among what was approved")]
    NotApproved(DispatchKey),
    /// Another revision of it was approved.
    #[error("revision {approved} of {key} was approved, not revision {sent}")]
    OtherRevision {
        /// The dispatch.
        key: DispatchKey,
        /// What the approval names.
        approved: Revision,
        /// What is to be sent.
        sent: Revision,
    },
    /// It has been changed since.
    #[error("{key} revision {revision} has been changed since it was approved: {fields}")]
    Changed {
        /// The dispatch.
        key: DispatchKey,
        /// Its revision.
        revision: Revision,
        /// The fields, as the document names them.
        fields: String,
    },
    /// It was approved together with one that is not to be sent.
    #[error("it was approved together with {0}, which is not sent with it")]
    LeftOut(String),
}

impl Approved {
    /// These dispatches, approved at an instant.
    pub fn of<'a>(dispatches: impl IntoIterator<Item = &'a Dispatch>, at: UtcTime) -> Self {
        Self { dispatches: in_order(dispatches), at }
    }

    /// When.
    pub fn at(&self) -> UtcTime {
        self.at
    }

    /// The end of the last window that it covers; `None` when it covers nothing.
    pub fn last_end(&self) -> Option<UtcTime> {
        self.dispatches.iter().filter_map(|d| d.service_end).max()
    }

    /// How many dispatches it covers.
    pub fn count(&self) -> usize {
        self.dispatches.len()
    }

    /// What it covers, by dispatch and revision: `GB-DNO-11/EMID-1 revision 2`.
    pub fn names(&self) -> Vec<String> {
        self.dispatches.iter().map(name).collect()
    }

    /// Whether these dispatches are exactly those that were approved.
    ///
    /// # Errors
    /// The first that is otherwise, and how.
    pub fn covers<'a>(&self, dispatches: impl IntoIterator<Item = &'a Dispatch>) -> Result<(), ApprovalGap> {
        let sent = in_order(dispatches);
        for document in &sent {
            self.covers_one(document)?;
        }
        match self.dispatches.iter().find(|approved| !sent.contains(approved)) {
            Some(left_out) => Err(ApprovalGap::LeftOut(name(left_out))),
            None => Ok(()),
        }
    }

    /// Whether a dispatch is among what was approved, as it is.
    pub fn includes(&self, dispatch: &Dispatch) -> bool {
        self.dispatches.contains(&Readback { instruction_time: None, ..Readback::of(dispatch) })
    }

    fn covers_one(&self, sent: &Readback) -> Result<(), ApprovalGap> {
        let (Some(key), Some(revision)) = (key(sent), sent.revision) else { return Ok(()) };
        let Some(approved) = self.dispatches.iter().find(|a| self::key(a).as_ref() == Some(&key)) else {
            return Err(ApprovalGap::NotApproved(key));
        };
        match approved.revision {
            Some(of) if of != revision => {
                Err(ApprovalGap::OtherRevision { key, approved: of, sent: revision })
            }
            _ if approved != sent => {
                Err(ApprovalGap::Changed { key, revision, fields: changed_fields(approved, sent) })
            }
            _ => Ok(()),
        }
    }

    /// The exact bytes that are signed: RFC 8785 JSON.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        canonical::bytes(&CanonicalApproval {
            profile: super::PROFILE,
            notice: NOTICE,
            approved_at: self.at,
            dispatches: self.dispatches.iter().map(CanonicalDocument::of).collect(),
        })
    }

    /// Signs it.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(self, key: &SigningKey) -> Result<Approval, SigningFault> {
        let signature = key.sign(&self.canonical_bytes())?;
        Ok(Approval { approved: self, signature })
    }
}

/// Without instruction times, in order of operator and ref.
fn in_order<'a>(dispatches: impl IntoIterator<Item = &'a Dispatch>) -> Vec<Readback> {
    let mut documents: Vec<Readback> = dispatches
        .into_iter()
        .map(|dispatch| Readback { instruction_time: None, ..Readback::of(dispatch) })
        .collect();
    documents.sort_by_key(key);
    documents
}

fn key(document: &Readback) -> Option<DispatchKey> {
    Some(DispatchKey {
        operator: document.network_operator.clone()?,
        dispatch_ref: document.dispatch_ref.clone()?,
    })
}

fn name(document: &Readback) -> String {
    match (key(document), document.revision) {
        (Some(key), Some(revision)) => format!("{key} revision {revision}"),
        _ => "a dispatch without a name".to_owned(),
    }
}

fn changed_fields(approved: &Readback, sent: &Readback) -> String {
    let differs = [
        ("status", approved.status != sent.status),
        ("contract", approved.contract != sent.contract),
        ("dispatch_unit", approved.unit != sent.unit),
        ("service_start", approved.service_start != sent.service_start),
        ("service_end", approved.service_end != sent.service_end),
        ("setpoints", approved.setpoints != sent.setpoints),
    ];
    let names: Vec<&str> = differs.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    names.join(", ")
}

#[derive(Serialize)]
struct CanonicalApproval<'a> {
    profile: &'static str,
    notice: &'static str,
    approved_at: UtcTime,
    dispatches: Vec<CanonicalDocument<'a>>,
}

impl Approval {
    /// Checks the signature against the approvers' keys at an instant.
    ///
    /// # Errors
    /// Why the signature does not hold.
    pub fn verify(&self, keys: &KeyRing, at: UtcTime) -> Result<(), SignatureFault> {
        keys.verify(&self.approved.canonical_bytes(), &self.signature, at)
    }

    /// As it is kept in a file and in the journal, indented.
    pub fn to_json(&self) -> String {
        let documents = self.approved.dispatches.iter().map(|document| {
            // What was just written in the canonical form is JSON.
            serde_json::from_str::<Value>(&document.to_text()).unwrap_or(Value::Null)
        });
        let whole = json!({
            "profile": super::PROFILE,
            "notice": NOTICE,
            "approved_at": self.approved.at,
            "dispatches": documents.collect::<Vec<_>>(),
            "signature": self.signature.to_value(),
        });
        format!("{whole:#}\n")
    }

    /// Reads what [`Approval::to_json`] wrote. Whether it holds is not looked at here.
    ///
    /// # Errors
    /// Which member is missing or wrong and what would be right, in words; with the line where it is no JSON.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|e| format!("line {}: is not JSON; {MADE_BY}", e.line()))?;
        for (name, right) in [("profile", super::PROFILE), ("notice", NOTICE)] {
            let found = member(&whole, name)?;
            if found != right {
                return Err(format!("{name}: {} is not `{right}`; {MADE_BY}", quoted(found)));
            }
        }
        let at = member(&whole, "approved_at")?;
        let at = at.parse().map_err(|e| format!("approved_at: {e}"))?;
        let documents = whole.get("dispatches").and_then(Value::as_array);
        let documents = documents.ok_or_else(|| format!("dispatches: is not there as a list; {MADE_BY}"))?;
        if documents.is_empty() || documents.len() > MOST_APPROVED {
            let count = documents.len();
            return Err(format!(
                "dispatches: holds {count}; an approval is of 1 to {MOST_APPROVED} dispatches"
            ));
        }
        let mut dispatches = Vec::with_capacity(documents.len());
        for (index, document) in documents.iter().enumerate() {
            dispatches.push(approved_document(document).map_err(|e| format!("dispatches[{index}].{e}"))?);
        }
        dispatches.sort_by_key(key);
        if dispatches.windows(2).any(|pair| key(&pair[0]) == key(&pair[1])) {
            return Err("dispatches: the same dispatch stands there twice; keep one".to_owned());
        }
        let signature = read_signature(&whole)?;
        Ok(Self { approved: Approved { dispatches, at }, signature })
    }
}

const MADE_BY: &str = "an approval is made by `rampdesk approve` or in the console";

fn member<'v>(whole: &'v Value, name: &str) -> Result<&'v str, String> {
    let found = whole.get(name).and_then(Value::as_str);
    found.ok_or_else(|| format!("{name}: is not there as a text; {MADE_BY}"))
}

/// One dispatch of an approval: every field but the instruction time, which an approval leaves open.
fn approved_document(document: &Value) -> Result<Readback, String> {
    let read = Readback::from_text(&document.to_string()).map_err(|problems| {
        let first = problems.first();
        first.map_or_else(String::new, |problem| format!("{}: {}", problem.field, problem.message))
    })?;
    let missing = [
        ("network_operator", read.network_operator.is_none()),
        ("dispatch_ref", read.dispatch_ref.is_none()),
        ("revision", read.revision.is_none()),
        ("status", read.status.is_none()),
        ("contract", read.contract.is_none()),
        ("dispatch_unit", read.unit.is_none()),
        ("service_start", read.service_start.is_none()),
        ("service_end", read.service_end.is_none()),
        ("setpoints", read.setpoints.is_none()),
    ];
    if let Some((name, _)) = missing.iter().find(|(_, missing)| *missing) {
        return Err(format!("{name}: is missing; an approval covers every field that is sent"));
    }
    if read.instruction_time.is_some() {
        return Err("instruction_time: is set by the desk when it sends; leave it out".to_owned());
    }
    if read.status.is_some_and(Status::is_stop) {
        return Err("status: a stop needs no approval; send it".to_owned());
    }
    Ok(read)
}

fn read_signature(whole: &Value) -> Result<Signature, String> {
    let signed = whole.get("signature").ok_or_else(|| format!("signature: is missing; {MADE_BY}"))?;
    let inside = |fault: String| format!("signature.{fault}");
    let algorithm = member(signed, "algorithm").map_err(inside)?;
    if algorithm != signature::ALGORITHM {
        let right = signature::ALGORITHM;
        return Err(format!("signature.algorithm: {} is not known; write {right}", quoted(algorithm)));
    }
    let key_id: KeyId =
        member(signed, "key_id").map_err(inside)?.parse().map_err(|e| format!("signature.key_id: {e}"))?;
    let value = Signature::value_from_text(member(signed, "value").map_err(inside)?)
        .map_err(|e| format!("signature.value: {e}"))?;
    Ok(Signature { key_id, value })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{at, key, parts};
    use super::super::{DispatchParts, Setpoint};
    use super::*;
    use crate::units::Watts;

    fn dispatch(dispatch_ref: &str) -> Dispatch {
        Dispatch::new(DispatchParts { dispatch_ref: dispatch_ref.parse().unwrap(), ..parts() }).unwrap()
    }

    fn changed(change: impl FnOnce(&mut DispatchParts)) -> Dispatch {
        let mut parts = parts();
        change(&mut parts);
        Dispatch::new(parts).unwrap()
    }

    fn approved() -> Approved {
        Approved::of([&changed(|_| {})], at("2026-11-26T15:50:00Z"))
    }

    #[test]
    fn the_bytes_that_a_second_person_signs_are_known() {
        let text = String::from_utf8(approved().canonical_bytes()).unwrap();
        let document = super::super::sample::EXAMPLE_CANONICAL
            .replace(r#""instruction_time":"2026-11-26T15:45:00Z","#, "");
        let expected = format!(
            r#"{{"approved_at":"2026-11-26T15:50:00Z","dispatches":[{document}],"notice":"APPROVAL","profile":"gb-dispatch/1"}}"#
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn the_desk_may_set_the_instruction_time_and_nothing_else() {
        let later = changed(|p| p.instruction_time = at("2026-11-26T16:10:00Z"));
        assert_eq!(approved().covers([&later]), Ok(()));
        type Change = fn(&mut DispatchParts);
        let changes: [(Change, &str); 7] = [
            (
                |p| p.revision = p.revision.next(),
                "revision 3 of GB-DNO-11/EMID-20261126-0417 was approved, not revision 4",
            ),
            (|p| p.status = Status::RunNow, "has been changed since it was approved: status"),
            (|p| p.contract = "OTHER".parse().unwrap(), "changed since it was approved: contract"),
            (|p| p.unit = "BRIGHTFLEX/BESS-08".parse().unwrap(), "approved: dispatch_unit"),
            (|p| p.service_end = p.service_end + 60, "approved: service_end"),
            (|p| p.setpoints[0].real.as_mut().unwrap().watts = Watts(2_000_001), "approved: setpoints"),
            (
                |p| p.dispatch_ref = "EMID-2".parse().unwrap(),
                "GB-DNO-11/EMID-2 is not among what was approved",
            ),
        ];
        for (change, says) in changes {
            let gap = approved().covers([&changed(change)]).unwrap_err().to_string();
            assert!(gap.contains(says), "{says}: {gap}");
        }
    }

    #[test]
    fn what_was_approved_together_is_sent_together_in_whatever_order() {
        let (one, other) = (dispatch("A-1"), dispatch("B-1"));
        let both = Approved::of([&other, &one], at("2026-11-26T15:50:00Z"));
        assert_eq!(both.covers([&one, &other]), Ok(()));
        assert!(both.includes(&one) && both.includes(&other) && !both.includes(&dispatch("C-1")));
        assert_eq!(both.canonical_bytes(), Approved::of([&one, &other], both.at()).canonical_bytes());
        let gap = both.covers([&one]).unwrap_err();
        assert_eq!(
            gap.to_string(),
            "it was approved together with GB-DNO-11/B-1 revision 3, which is not sent with it"
        );
        let third = dispatch("C-1");
        assert!(matches!(both.covers([&one, &other, &third]), Err(ApprovalGap::NotApproved(_))));
        assert!(both.covers([]).is_err(), "nothing is not what was approved");
    }

    #[test]
    fn an_approval_comes_back_as_it_was_kept_and_no_part_of_it_can_be_changed_unnoticed() {
        let keys = KeyRing::new([key("ada").public(None, None)]);
        let now = at("2026-11-26T16:00:00Z");
        let signed = approved().sign(&key("ada")).unwrap();
        assert_eq!(signed.verify(&keys, now), Ok(()));
        let text = signed.to_json();
        assert_eq!(Approval::from_json(&text), Ok(signed));
        for (old, new) in [
            ("15:50:00Z", "15:50:01Z"),
            ("\"volume\": 2000000", "\"volume\": 20000000"),
            ("\"revision\": 3", "\"revision\": 4"),
            ("BESS-07", "BESS-08"),
            ("\"service_end\": \"2026-11-26T19", "\"service_end\": \"2026-11-26T20"),
        ] {
            assert!(text.contains(old), "{old}");
            let spoiled = Approval::from_json(&text.replacen(old, new, 1)).unwrap();
            assert!(matches!(spoiled.verify(&keys, now), Err(SignatureFault::Wrong(_))), "{old}");
        }
        let by_another = approved().sign(&key("somebody")).unwrap();
        assert!(matches!(by_another.verify(&keys, now), Err(SignatureFault::UnknownKey(_))));
    }

    #[test]
    fn a_signature_over_a_dispatch_is_no_approval_of_it() {
        let dispatch: Dispatch = changed(|_| {});
        let signature = dispatch.sign(&key("ada")).unwrap().signature;
        let keys = KeyRing::new([key("ada").public(None, None)]);
        let posing = Approval { approved: approved(), signature };
        assert!(posing.verify(&keys, at("2026-11-26T16:00:00Z")).is_err());
    }

    #[test]
    fn levels_without_real_power_are_covered_too() {
        let setpoint = |p: &DispatchParts| Setpoint { real: None, ..p.setpoints[0] };
        let reactive = changed(|p| p.setpoints = vec![setpoint(p)]);
        assert!(approved().covers([&reactive]).is_err());
    }
}
