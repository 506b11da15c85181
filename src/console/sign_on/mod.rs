//! Who signs what is sent, and how a person signs on.

mod dialog;
#[cfg(test)]
mod tests;

pub use dialog::{Answer, SignOnDialog};

use crate::console::words;
use crate::desk::snapshot::{OperatorState, Snapshot};
use crate::dispatch::{Holder, KeyId, OperatorId, Status};

/// Who signs for an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The machine, with this key.
    Machine(String),
    /// The person who is signed on, with this key of their own.
    Person(Holder, KeyId),
    /// Nobody: one of these has to sign on first.
    Nobody(Vec<Holder>),
}

impl Signer {
    /// Of what is sent with this status.
    pub fn of(snapshot: &Snapshot, operator: &OperatorState, status: Status) -> Self {
        let presence = &snapshot.presence;
        let on = presence.on.as_ref().and_then(|on| {
            on.keys.iter().find(|(of, _)| *of == operator.id).map(|(_, key)| (on.name.clone(), key.clone()))
        });
        let holders = holders(snapshot, &operator.id);
        match (on, holders.is_empty(), &operator.stops_with) {
            (Some((name, key)), ..) => Self::Person(name, key),
            (None, true, _) => Self::Machine(operator.key_id.clone()),
            (None, false, Some(key)) if status.is_stop() => Self::Machine(key.to_string()),
            (None, false, _) => Self::Nobody(holders),
        }
    }

    /// For people: `Ada Winter, with their key gb-dno-11-ada`.
    pub fn words(&self) -> String {
        match self {
            Self::Machine(key) => format!("the machine's key {key}"),
            Self::Person(name, key) => format!("{name}, with their own key {key}"),
            Self::Nobody(holders) => format!("nobody: sign on first; {} may", or_words(holders)),
        }
    }
}

/// The people who have a key of an operator; none where the machine's keys sign everything.
fn holders(snapshot: &Snapshot, operator: &OperatorId) -> Vec<Holder> {
    let people = snapshot.presence.people.iter();
    people.filter(|person| person.operators.contains(operator)).map(|person| person.name.clone()).collect()
}

/// Those of these operators for whom somebody has to sign on before anything that moves a unit is sent.
pub fn unsigned<'a>(
    snapshot: &Snapshot,
    operators: impl IntoIterator<Item = &'a OperatorId>,
) -> Vec<OperatorId> {
    let mut found: Vec<OperatorId> = Vec::new();
    for id in operators {
        let operator = snapshot.operators.iter().find(|operator| operator.id == *id);
        let signer = operator.map(|operator| Signer::of(snapshot, operator, Status::Run));
        if matches!(signer, Some(Signer::Nobody(_))) && !found.contains(id) {
            found.push(id.clone());
        }
    }
    found
}

/// Why nothing that moves a unit can be sent for these operators, in words.
pub fn obstacle<'a>(
    snapshot: &Snapshot,
    operators: impl IntoIterator<Item = &'a OperatorId>,
) -> Option<String> {
    let first = unsigned(snapshot, operators).into_iter().next()?;
    let may = or_words(&holders(snapshot, &first));
    Some(format!("nobody is signed on for {first}: sign on first (Ctrl+J); {may} may"))
}

/// Who is signed on, for the status strip; `None` where nobody ever is, since the machine's keys sign everything.
pub fn standing(snapshot: &Snapshot) -> Option<String> {
    let presence = &snapshot.presence;
    match &presence.on {
        Some(on) => Some(format!("{} until {}", on.name, words::london_minute(on.until))),
        None if presence.people.is_empty() => None,
        None => Some("nobody".to_owned()),
    }
}

/// `Ada Winter, Ben Marsh or Cy Hill`.
fn or_words(names: &[Holder]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [all @ .., last] => {
            let all: Vec<&str> = all.iter().map(Holder::as_str).collect();
            format!("{} or {last}", all.join(", "))
        }
    }
}

/// What is new about who is signed on, where a person was signed off otherwise than by hand; in a sentence.
pub fn news(before: &Snapshot, now: &Snapshot) -> Option<String> {
    let was = before.presence.on.as_ref()?;
    if now.presence.on.is_some() {
        return None;
    }
    let begins = format!("{} signed off", was.name);
    let told = now.journal_tail.iter().rev().map(|recorded| &recorded.entry.text);
    let told = told.take(NEWEST).find(|text| text.starts_with(&begins))?;
    // By hand it says no reason.
    told.contains(": ").then(|| format!("{told}. Sign on again to send."))
}

/// Among so many of the newest entries of the journal a reason is looked for.
const NEWEST: usize = 20;
