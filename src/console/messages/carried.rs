//! What an exchange carries under a signature, and what is to be thought of it. Pure: computed once, when a person
//! takes an exchange in hand.

use std::sync::Arc;

use crate::desk::snapshot::Snapshot;
use crate::dispatch::{
    Dispatch, DispatchKey, FieldComparison, KeyRing, Readback, Revision, Signature, SignedAcknowledgement,
    SignedDispatch, canonical_bytes, compare_readback,
};
use crate::openadr::exchange::Exchange;
use crate::openadr::signed::{Signed, signed_in};
use crate::time::UtcTime;

/// One signed thing of an exchange.
pub struct Carried {
    /// What it is: `EMID-0417 revision 2, RUN, BRIGHTFLEX/BESS-07`.
    pub title: String,
    /// Where it stands: `request`, `answer`, `request and answer`.
    pub place: &'static str,
    /// Its dispatch.
    pub key: Option<DispatchKey>,
    /// The dispatch itself, where it is one.
    pub dispatch: Option<Box<SignedDispatch>>,
    /// What its signature is worth.
    pub verdict: Verdict,
    /// The bytes under the signature; `None` when it cannot be read.
    pub canonical: Option<String>,
    /// The comparison with what this desk sent.
    pub difference: Difference,
    /// What the compared value is: `Read back`, or `Here` for a dispatch that is merely carried.
    pub column: &'static str,
}

/// What a signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, by a pinned key.
    Holds(String),
    /// It does not, and why.
    Broken(String),
    /// It cannot be checked here, and why.
    Unchecked(String),
}

/// What was sent against what stands here.
pub enum Difference {
    /// Field by field.
    Fields(Vec<FieldComparison>),
    /// There is nothing to compare with, or nothing to compare: why, in a sentence.
    None(String),
}

/// All that an exchange carries. What the answer only repeats stands there once.
pub fn carried(exchange: &Exchange, snapshot: &Snapshot) -> Vec<Carried> {
    let read = |body: &str, place| {
        signed_in(body).into_iter().map(move |signed| judge(signed, place, exchange.at, snapshot))
    };
    let mut all: Vec<Carried> = read(&exchange.request_body, "request").collect();
    for answered in read(&exchange.response_body, "answer") {
        match all.iter_mut().find(|c| c.place == "request" && is_same(c, &answered)) {
            Some(asked) => asked.place = "request and answer",
            None => all.push(answered),
        }
    }
    all
}

fn is_same(a: &Carried, b: &Carried) -> bool {
    a.canonical.is_some() && a.canonical == b.canonical && a.verdict == b.verdict
}

fn judge(signed: Signed, place: &'static str, at: UtcTime, snapshot: &Snapshot) -> Carried {
    match signed {
        Signed::Dispatch(signed) => of_dispatch(&signed, place, at, snapshot),
        Signed::Acknowledgement(signed) => of_acknowledgement(&signed, place, at, snapshot),
        Signed::Unreadable { what, problems } => {
            let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Carried {
                title: what,
                place,
                key: None,
                dispatch: None,
                verdict: Verdict::Broken(format!("it cannot be read: {}", words.join("; "))),
                canonical: None,
                difference: Difference::None("What cannot be read is compared with nothing.".to_owned()),
                column: "",
            }
        }
    }
}

fn of_dispatch(signed: &SignedDispatch, place: &'static str, at: UtcTime, snapshot: &Snapshot) -> Carried {
    let dispatch = &signed.dispatch;
    let operator = &dispatch.network_operator;
    let keys = snapshot.operators.iter().find(|o| o.id == *operator).map(|o| &o.keys);
    let checked = keys.map(|keys| signed.verify(keys, at).map_err(|fault| fault.to_string()));
    Carried {
        title: format!(
            "{} revision {}, {}, {}",
            dispatch.dispatch_ref,
            dispatch.revision,
            dispatch.status.word(),
            dispatch.unit
        ),
        place,
        key: Some(dispatch.key()),
        dispatch: Some(Box::new(signed.clone())),
        verdict: verdict(checked, Some(&signed.signature), operator.as_str()),
        canonical: Some(text(canonical_bytes(dispatch))),
        difference: difference(&Readback::of(dispatch), sent(snapshot, &dispatch.key(), dispatch.revision)),
        column: "Here",
    }
}

fn of_acknowledgement(
    signed: &SignedAcknowledgement,
    place: &'static str,
    at: UtcTime,
    snapshot: &Snapshot,
) -> Carried {
    let said = &signed.acknowledgement;
    let fsp = &said.unit.fsp;
    let keys = snapshot.fsps.iter().find(|f| f.id == *fsp).map(|f| &f.keys);
    let checked =
        keys.filter(|keys| has_keys(keys)).map(|keys| signed.verify(keys, at).map_err(|f| f.to_string()));
    let reason = said.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    Carried {
        title: format!(
            "{}{reason} of {} revision {} by {}",
            said.stage, said.key.dispatch_ref, said.revision, said.unit
        ),
        place,
        key: Some(said.key.clone()),
        dispatch: None,
        verdict: verdict(checked, signed.signature.as_ref(), fsp.as_str()),
        canonical: Some(text(said.canonical_bytes())),
        difference: match &said.readback {
            Some(readback) => difference(readback, sent(snapshot, &said.key, said.revision)),
            None => Difference::None(format!("{} carries no read-back.", said.stage)),
        },
        column: "Read back",
    }
}

fn has_keys(keys: &KeyRing) -> bool {
    keys.keys().next().is_some()
}

fn verdict(checked: Option<Result<(), String>>, signature: Option<&Signature>, party: &str) -> Verdict {
    match (checked, signature) {
        (Some(Ok(())), Some(signature)) => {
            Verdict::Holds(format!("Ed25519 by key {}, pinned for {party}", signature.key_id))
        }
        (Some(Err(fault)), _) => Verdict::Broken(fault),
        (_, None) => Verdict::Broken("there is no signature".to_owned()),
        (None, Some(signature)) => Verdict::Unchecked(format!(
            "key {} is named; this desk has no key pinned for {party}",
            signature.key_id
        )),
    }
}

/// The revision that this desk sent.
fn sent<'a>(snapshot: &'a Snapshot, key: &DispatchKey, revision: Revision) -> Option<&'a Dispatch> {
    let state: &Arc<_> = snapshot.dispatches.iter().find(|d| d.key == *key)?;
    state.revision(revision).map(|r| &r.signed.dispatch)
}

fn difference(here: &Readback, sent: Option<&Dispatch>) -> Difference {
    match sent {
        Some(sent) => Difference::Fields(compare_readback(sent, here)),
        None => Difference::None(
            "This session knows no such revision, so there is nothing to compare it with.".to_owned(),
        ),
    }
}

/// Canonical bytes are UTF-8 by their form.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}
