//! Whether evidence holds: the chain through its span, the head at its end, and each signature in between.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Evidence, OwnedKey, Owner, Said, Shown, is_of};
use crate::dispatch::{
    Approval, KeyRing, PublicKey, Signature, SignedDispatch, dispatch_from_json, plain_words,
};
use crate::journal::chain;
use crate::journal::{Delivery, Entry, EntryKind, SignedHead};
use crate::time::UtcTime;

/// The longest that an entry's words are told, in characters.
const TOLD: usize = 300;

/// What evidence comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What was done, in the order of the journal.
    pub facts: Vec<Fact>,
    /// Up to which entry the operator signed the journal, and when; only where nothing is wrong.
    pub signed: Option<(u64, UtcTime)>,
    /// Why it does not hold; none when it does.
    pub faults: Vec<String>,
}

/// One entry of the dispatch, and what its signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The entry's number.
    pub entry: u64,
    /// When it was written.
    pub at: UtcTime,
    /// Its kind.
    pub kind: EntryKind,
    /// Its words, on one line.
    pub text: String,
    /// Whose signature it carries and holds, or why it does not; `None` where nothing is signed.
    pub signature: Option<Result<String, String>>,
}

impl Evidence {
    /// Judges it by the keys that whoever judges has pinned; by those in the file where they have none.
    pub fn judge(&self, pinned: &[OwnedKey]) -> Judgement {
        let mut faults = self.foreign_keys(pinned);
        let rings = Rings::of(if pinned.is_empty() { &self.keys } else { pinned });
        let hashes = match self.hashes() {
            Ok(hashes) => hashes,
            Err(fault) => {
                faults.push(fault);
                return Judgement { facts: Vec::new(), signed: None, faults };
            }
        };
        let signed = match self.head(&rings, &hashes) {
            Ok(signed) => Some(signed),
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        let of_others = self.span.iter().filter(|shown| {
            shown.entry().is_some_and(|e| e.kind != EntryKind::Head && !is_of(e, &self.dispatch))
        });
        faults.extend(
            of_others
                .map(|shown| format!("entry {} is of something else than {}", shown.number, self.dispatch)),
        );
        let open = self.span.iter().filter_map(|shown| Some((shown.number, shown.entry()?)));
        faults.extend(
            open.clone().filter_map(|(number, entry)| {
                delivery(entry).err().map(|why| format!("entry {number}: {why}"))
            }),
        );
        let facts: Vec<Fact> = open
            .filter(|(_, entry)| entry.kind != EntryKind::Head)
            .map(|(number, entry)| fact(number, entry, &rings))
            .collect();
        // An acknowledgement that nobody signed is kept as what it was; a dispatch or an approval is not evidence then.
        let must_hold = |fact: &&Fact| matches!(fact.kind, EntryKind::Intent | EntryKind::Approval);
        faults.extend(facts.iter().filter(must_hold).filter_map(|fact| {
            let why = fact
                .signature
                .as_ref()
                .map_or(Some("nothing is signed"), |s| s.as_ref().err().map(String::as_str));
            why.map(|why| format!("entry {}: {why}", fact.entry))
        }));
        Judgement { signed: signed.filter(|_| faults.is_empty()), facts, faults }
    }

    /// The keys of the file that are not those that are pinned.
    fn foreign_keys(&self, pinned: &[OwnedKey]) -> Vec<String> {
        let is_pinned = |owned: &OwnedKey| {
            pinned.iter().any(|p| {
                p.owner == owned.owner && p.key.key_id == owned.key.key_id && p.key.bytes == owned.key.bytes
            })
        };
        let foreign = self.keys.iter().filter(|owned| !pinned.is_empty() && !is_pinned(owned));
        foreign
            .map(|owned| format!("key {} in the file is not the one that is pinned", owned.key.key_id))
            .collect()
    }

    /// The hash of each entry of the span.
    fn hashes(&self) -> Result<BTreeMap<u64, String>, String> {
        let mut previous = self.before.clone();
        let mut hashes = BTreeMap::new();
        for shown in &self.span {
            let Shown { number, said } = shown;
            let last: Option<u64> = hashes.last_key_value().map(|(last, _)| *last);
            if let Some(last) = last.filter(|last| last.checked_add(1) != Some(*number)) {
                return Err(format!("entry {number} follows entry {last}: those between are missing"));
            }
            let content = match said {
                Said::Open(entry) => chain::content_hash(*number, entry).map_err(|e| e.to_string())?,
                Said::Sealed(content) => content.clone(),
            };
            previous = chain::in_place(*number, &content, &previous).map_err(|e| e.to_string())?;
            hashes.insert(*number, previous.clone());
        }
        Ok(hashes)
    }

    /// What the operator signed of it.
    fn head(&self, rings: &Rings, hashes: &BTreeMap<u64, String>) -> Result<(u64, UtcTime), String> {
        let last = self.span.last().and_then(|shown| Some((shown.number, shown.entry()?)));
        let (number, document) = last
            .filter(|(_, entry)| entry.kind == EntryKind::Head)
            .and_then(|(number, entry)| Some((number, entry.document.as_deref()?)))
            .ok_or("it does not end with a signed head: nothing proves its place")?;
        let in_words = |fault: String| format!("entry {number} is no signed head: {fault}");
        let signed = SignedHead::from_json(document).map_err(in_words)?;
        let head = &signed.head;
        if head.operator != self.dispatch.operator {
            return Err(in_words(format!("{} signed it, not the dispatch's operator", head.operator)));
        }
        signed.verify(rings.operator(&self.dispatch)).map_err(|fault| in_words(fault.to_string()))?;
        if hashes.get(&head.number) != Some(&head.hash) {
            return Err(format!(
                "what {} signed of entry {} is another chain than this",
                head.operator, head.number
            ));
        }
        let shown = self.span.iter().filter(|s| s.entry().is_some_and(|e| e.kind != EntryKind::Head));
        match shown.map(|s| s.number).find(|number| *number > head.number) {
            Some(beyond) => Err(format!(
                "entry {beyond} stands after entry {}, up to which the journal was signed",
                head.number
            )),
            None => Ok((head.number, head.at)),
        }
    }
}

/// The keys by whose they are.
struct Rings {
    parties: BTreeMap<Owner, KeyRing>,
    approvers: KeyRing,
    none: KeyRing,
}

impl Rings {
    fn of(keys: &[OwnedKey]) -> Self {
        let mut parties: BTreeMap<Owner, Vec<PublicKey>> = BTreeMap::new();
        for owned in keys {
            parties.entry(owned.owner.clone()).or_default().push(owned.key.clone());
        }
        let approvers = keys.iter().filter(|k| matches!(k.owner, Owner::Approver(_)));
        Self {
            approvers: KeyRing::new(approvers.map(|k| k.key.clone())),
            parties: parties.into_iter().map(|(owner, keys)| (owner, KeyRing::new(keys))).collect(),
            none: KeyRing::default(),
        }
    }

    fn operator(&self, dispatch: &crate::dispatch::DispatchKey) -> &KeyRing {
        self.of_owner(&Owner::Operator(dispatch.operator.clone()))
    }

    fn of_owner(&self, owner: &Owner) -> &KeyRing {
        self.parties.get(owner).unwrap_or(&self.none)
    }
}

fn fact(entry_number: u64, entry: &Entry, rings: &Rings) -> Fact {
    let document = entry.document.as_deref();
    let signature = match entry.kind {
        EntryKind::Intent => document.map(|document| dispatch(document, entry, rings)),
        EntryKind::Approval => document.map(|document| approval(document, entry, rings)),
        EntryKind::Acknowledgement => document.map(|document| acknowledgement(document, entry, rings)),
        _ => None,
    };
    Fact {
        entry: entry_number,
        at: entry.at,
        kind: entry.kind,
        text: plain_words(&entry.text, TOLD),
        signature,
    }
}

/// Whether what was delivered comes out of its curve. Nobody has signed the readings.
fn delivery(entry: &Entry) -> Result<(), String> {
    if entry.kind != EntryKind::Delivery {
        return Ok(());
    }
    let delivery = Delivery::from_json(entry.document.as_deref().unwrap_or_default())?;
    if entry.dispatch.as_ref() != Some(&delivery.key()) {
        return Err("the document is of another dispatch than the entry".to_owned());
    }
    delivery.check()
}

fn dispatch(document: &str, entry: &Entry, rings: &Rings) -> Result<String, String> {
    let (dispatch, signature) = dispatch_from_json(document).map_err(|problems| {
        problems.first().map_or_else(String::new, |problem| format!("it is no dispatch document: {problem}"))
    })?;
    let signature = signature.ok_or("it is not signed")?;
    if entry.dispatch.as_ref() != Some(&dispatch.key()) || entry.unit.as_ref() != Some(&dispatch.unit) {
        return Err("the document is of another dispatch than the entry".to_owned());
    }
    let (key, key_id) = (dispatch.key(), signature.key_id.clone());
    let held = SignedDispatch { dispatch, signature }.verify(rings.operator(&key), entry.at);
    let holder = rings.operator(&key).get(&key_id).and_then(|public| public.holder.clone());
    let who = holder.map_or_else(String::new, |holder| format!("{holder} for "));
    held.map(|()| format!("{who}{} with key {key_id}", key.operator)).map_err(|fault| fault.to_string())
}

fn approval(document: &str, entry: &Entry, rings: &Rings) -> Result<String, String> {
    let approval = Approval::from_json(document)?;
    approval.verify(&rings.approvers, entry.at).map_err(|fault| fault.to_string())?;
    Ok(format!("a second person with key {}", approval.signature.key_id))
}

/// What an FSP signed is kept in the values that it signed: without its signature it is the form that was signed.
fn acknowledgement(document: &str, entry: &Entry, rings: &Rings) -> Result<String, String> {
    let mut whole: Value = serde_json::from_str(document).map_err(|e| format!("it is not JSON: {e}"))?;
    let signature = whole.as_object_mut().and_then(|members| members.shift_remove("signature"));
    let signature = Signature::from_value(&signature.ok_or("it is not signed")?)?;
    let unit = entry.unit.as_ref().ok_or("the entry names no unit")?;
    let said = |member: &str| whole.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_of = entry.dispatch.as_ref().is_some_and(|key| {
        key.operator.as_str() == said("network_operator") && key.dispatch_ref.as_str() == said("dispatch_ref")
    });
    if !is_of {
        return Err("the document is of another dispatch than the entry".to_owned());
    }
    let bytes =
        serde_json_canonicalizer::to_vec(&whole).map_err(|e| format!("it has no canonical form: {e}"))?;
    let ring = rings.of_owner(&Owner::Fsp(unit.fsp.clone()));
    ring.verify(&bytes, &signature, entry.at).map_err(|fault| fault.to_string())?;
    Ok(format!("{} with key {}", unit.fsp, signature.key_id))
}
