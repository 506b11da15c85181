//! What must hold when the weather has cleared, whatever happened before: read from the VTN's store, the journal's file and
//! the desk's last picture.

use std::collections::{BTreeMap, BTreeSet};

use rampdesk::desk::snapshot::{Phase, Snapshot};
use rampdesk::dispatch::{
    Comparison, DispatchKey, Reason, Revision, SignedAcknowledgement, SignedDispatch, Stage,
    compare_readback, dispatch_from_json,
};
use rampdesk::journal::{EntryKind, Recorded};
use rampdesk::openadr::mapping;
use rampdesk::openadr::wire::{Event, Report};
use rampdesk::profile::trust::Trust;

use super::stage::outcomes;

/// All that is left of a run.
pub struct Remains<'a> {
    pub snapshot: &'a Snapshot,
    pub events: &'a [Event],
    pub reports: &'a [Report],
    pub entries: &'a [Recorded],
    pub trust: &'a Trust,
    /// How many commands were given.
    pub given: u32,
}

/// Every invariant that is broken, in words.
pub fn broken(remains: &Remains<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    let held = at_the_vtn(remains, &mut broken);
    every_command_has_one_outcome(remains, &mut broken);
    nothing_was_sent_unwritten(remains, &held, &mut broken);
    desk_and_vtn_agree(remains, &held, &mut broken);
    let said = acknowledgements(remains, &mut broken);
    what_is_read_back_was_signed(remains, &said, &mut broken);
    nothing_is_left_unknown(remains, &said, &mut broken);
    broken
}

type Held = BTreeMap<DispatchKey, SignedDispatch>;
type Said = BTreeMap<(DispatchKey, Revision), Vec<SignedAcknowledgement>>;

/// The dispatches that the VTN holds: each once, each as its operator signed it.
fn at_the_vtn(remains: &Remains<'_>, broken: &mut Vec<String>) -> Held {
    let mut held = Held::new();
    // What does not even say which dispatch it would be is obeyed by nobody.
    let named = |event: &&Event| !mapping::is_anchor(event) && mapping::identity_of(event).is_some();
    for event in remains.events.iter().filter(named) {
        match mapping::dispatch_from(event) {
            Err(fault) => broken.push(format!("the VTN holds an event that is no dispatch: {fault:?}")),
            Ok(signed) => {
                let key = signed.dispatch.key();
                let keys = &remains.trust.operators[&signed.dispatch.network_operator];
                if let Err(fault) = signed.verify(keys, signed.dispatch.instruction_time) {
                    broken.push(format!("the VTN holds {key} as nobody signed it: {fault}"));
                }
                if held.insert(key.clone(), signed).is_some() {
                    broken.push(format!("the VTN holds {key} twice"));
                }
            }
        }
    }
    held
}

fn every_command_has_one_outcome(remains: &Remains<'_>, broken: &mut Vec<String>) {
    let outcomes = outcomes(remains.snapshot);
    for (number, all) in &outcomes {
        if all.len() != 1 {
            broken.push(format!("command {number} has {} outcomes", all.len()));
        }
    }
    if outcomes.len() != usize::try_from(remains.given).unwrap() {
        broken.push(format!("{} commands were given, {} have an outcome", remains.given, outcomes.len()));
    }
}

/// What the journal intends, by dispatch and revision.
fn intended(entries: &[Recorded]) -> BTreeMap<(DispatchKey, Revision), SignedDispatch> {
    let intents = entries.iter().filter(|recorded| recorded.entry.kind == EntryKind::Intent);
    let read = |recorded: &Recorded| {
        let (dispatch, signature) = dispatch_from_json(recorded.entry.document.as_deref()?).ok()?;
        let signed = SignedDispatch { dispatch, signature: signature? };
        Some(((signed.dispatch.key(), signed.dispatch.revision), signed))
    };
    intents.filter_map(read).collect()
}

fn nothing_was_sent_unwritten(remains: &Remains<'_>, held: &Held, broken: &mut Vec<String>) {
    let intended = intended(remains.entries);
    for (key, signed) in held {
        let revision = signed.dispatch.revision;
        match intended.get(&(key.clone(), revision)) {
            None => broken.push(format!("{key} revision {revision} is at the VTN and was never journalled")),
            Some(intent) if intent != signed => {
                broken.push(format!("{key} revision {revision} is at the VTN otherwise than journalled"));
            }
            Some(_) => {}
        }
    }
    for (key, revision) in intended.keys() {
        let shown = remains.snapshot.dispatches.iter().find(|d| d.key == *key);
        if shown.and_then(|d| d.revision(*revision)).is_none() {
            broken.push(format!("{key} revision {revision} was journalled and is not shown"));
        }
    }
}

fn desk_and_vtn_agree(remains: &Remains<'_>, held: &Held, broken: &mut Vec<String>) {
    for state in &remains.snapshot.dispatches {
        let sent = state.revisions.iter().rev().find(|r| r.sent.is_some());
        match (sent, held.get(&state.key)) {
            (Some(sent), Some(at_vtn)) if sent.signed != *at_vtn => broken.push(format!(
                "{}: the desk has revision {} sent, the VTN holds revision {}",
                state.key, sent.signed.dispatch.revision, at_vtn.dispatch.revision
            )),
            (Some(sent), None) => broken.push(format!(
                "{}: the desk has revision {} sent, the VTN holds nothing",
                state.key, sent.signed.dispatch.revision
            )),
            (None, Some(at_vtn)) => broken.push(format!(
                "{}: the VTN holds revision {}, the desk has nothing sent",
                state.key, at_vtn.dispatch.revision
            )),
            _ => {}
        }
    }
    for key in held.keys() {
        if !remains.snapshot.dispatches.iter().any(|d| d.key == *key) {
            broken.push(format!("{key} is at the VTN and not shown"));
        }
    }
}

/// What FSPs said with a signature that holds. What was damaged on its way is not believed, here as at the desk.
fn acknowledgements(remains: &Remains<'_>, broken: &mut Vec<String>) -> Said {
    let mut said = Said::new();
    for report in remains.reports {
        let Some(Ok(signed)) = mapping::acknowledgement_from(report) else { continue };
        let fsp = signed.acknowledgement.unit.fsp.clone();
        let Some(keys) = remains.trust.fsps.get(&fsp) else { continue };
        if signed.verify(keys, signed.acknowledgement.at).is_ok() {
            let of = (signed.acknowledgement.key.clone(), signed.acknowledgement.revision);
            said.entry(of).or_default().push(signed);
        }
    }
    for ((key, revision), all) in &said {
        // What was taken on, and then shown again damaged or after a greater revision, is refused for that.
        let of_itself = |reason| {
            !matches!(
                reason,
                Reason::StaleRevision
                    | Reason::BadSignature
                    | Reason::Malformed
                    | Reason::WrongStatus
                    | Reason::ConflictingRevision
            )
        };
        let refused = all.iter().any(|s| s.acknowledgement.reason.is_some_and(of_itself));
        if refused && all.iter().any(|s| s.acknowledgement.stage.carries_readback()) {
            broken.push(format!("{key} revision {revision} was both taken on and refused"));
        }
        let readbacks: Vec<_> = all.iter().filter_map(|s| s.acknowledgement.readback.as_ref()).collect();
        if readbacks.windows(2).any(|two| two[0] != two[1]) {
            broken.push(format!("{key} revision {revision} was read back in two ways"));
        }
    }
    said
}

/// A unit moves only by what its operator signed.
fn what_is_read_back_was_signed(remains: &Remains<'_>, said: &Said, broken: &mut Vec<String>) {
    let intended = intended(remains.entries);
    for (of, all) in said {
        for readback in all.iter().filter_map(|s| s.acknowledgement.readback.as_ref()) {
            match intended.get(of) {
                None => broken.push(format!("{} revision {} was taken on and never signed", of.0, of.1)),
                Some(signed) => {
                    let compared = compare_readback(&signed.dispatch, readback);
                    if compared.iter().any(|field| field.comparison != Comparison::Matched) {
                        broken.push(format!("{} revision {} was taken on otherwise than signed", of.0, of.1));
                    }
                }
            }
        }
    }
}

/// After the calm every dispatch stands where its FSP says that it stands.
fn nothing_is_left_unknown(remains: &Remains<'_>, said: &Said, broken: &mut Vec<String>) {
    for state in &remains.snapshot.dispatches {
        if matches!(state.phase, Phase::Sending | Phase::Sent | Phase::Received) {
            broken.push(format!("{} still stands at {}", state.key, state.phase.word()));
        }
        let Some(current) = state.revisions.iter().rev().find(|r| r.sent.is_some()) else { continue };
        let of = (state.key.clone(), current.signed.dispatch.revision);
        let stages: BTreeSet<Stage> =
            said.get(&of).into_iter().flatten().map(|s| s.acknowledgement.stage).collect();
        let seen: BTreeSet<Stage> = state
            .ladder
            .iter()
            .filter(|g| g.revision == of.1 && g.signature.is_ok())
            .map(|g| g.stage)
            .collect();
        // A word that comes after the last one is not believed to be news.
        let is_lost = |stage: &Stage| seen.iter().all(|known| known < stage);
        if stages.iter().any(is_lost) {
            broken.push(format!(
                "{} revision {}: the FSP said {stages:?}, the desk knows {seen:?}",
                of.0, of.1
            ));
        }
    }
}
