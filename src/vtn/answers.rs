//! Answers that are kept for as long as what they show stays as it is: clients poll far more often than anything
//! changes, and of what changes, most is not for them to see.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::access::Caller;
use super::answer::{Held, Tagged};
use super::object::Kind;
use super::stamp::Stamp;
use super::store::{Epochs, Slot};

/// The most that is kept, in bytes.
const MOST: usize = 12 * 1024 * 1024;

/// The largest question with its answer that is kept, in bytes.
const LARGEST: usize = 256 * 1024;

/// What one costs beyond its texts, in bytes, roughly.
const OVERHEAD: usize = 256;

/// Who asked for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    kind: Kind,
    business: bool,
    client: String,
    asked: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Asked {
    /// By the query, as sent.
    List(String),
    /// By the id.
    One(String),
}

impl Question {
    /// A list, by its query.
    pub(super) fn list(kind: Kind, caller: &Caller, query: &str) -> Self {
        Self::of(kind, caller, Asked::List(query.to_owned()))
    }

    /// The object with this id.
    pub(super) fn one(kind: Kind, caller: &Caller, id: &str) -> Self {
        Self::of(kind, caller, Asked::One(id.to_owned()))
    }

    fn of(kind: Kind, caller: &Caller, asked: Asked) -> Self {
        Self { kind, business: caller.is_business(), client: caller.client_id.clone(), asked }
    }

    fn size(&self) -> usize {
        let (Asked::List(text) | Asked::One(text)) = &self.asked;
        self.client.len() + text.len()
    }
}

/// What an answer rests on.
#[derive(Clone)]
pub(super) struct Basis {
    /// The parts of the store that it shows, or that decide what is shown.
    pub(super) parts: Vec<Slot>,
    /// Their epoch before it was worked out.
    pub(super) epoch: u64,
    /// When it was worked out.
    pub(super) from: Stamp,
    /// When it ends to be right by the passing of time alone.
    pub(super) until: Option<Stamp>,
}

impl Basis {
    fn holds(&self, epochs: &Epochs, now: Stamp) -> bool {
        // A training clock may be set back.
        self.epoch == epochs.of(&self.parts) && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// The answers that are kept.
#[derive(Default)]
pub(super) struct Answers {
    kept: Mutex<Generations>,
}

impl Answers {
    /// The answer to a question for a reader who holds so much, when there is one that still holds.
    pub(super) fn find(
        &self,
        question: &Question,
        held: &Held,
        epochs: &Epochs,
        now: Stamp,
    ) -> Option<Tagged> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, basis) = kept.find(question)?;
        let found = (basis.holds(epochs, now) && answer.will_do_for(held)).then(|| answer.clone())?;
        if held.is(&found) && found.size() > 0 {
            let kept_on = (found.without_body(), basis.clone());
            kept.put(question.clone(), kept_on, MOST, LARGEST);
        }
        Some(found)
    }

    /// Keeps the answer to a question, unless it is too large: without its body when the reader has that, who will not ask
    /// for it again. A fleet of thousands would else take the place of its own answers.
    pub(super) fn keep(&self, question: Question, held: &Held, answer: &Tagged, basis: Basis) {
        let answer = if held.is(answer) { answer.without_body() } else { answer.clone() };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(question, (answer, basis), MOST, LARGEST);
    }

    /// As if nothing had been asked before.
    #[cfg(test)]
    pub(super) fn forget(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Generations::default();
    }
}

type Kept = (Tagged, Basis);

/// Those asked for of late, and those before: when the young are half of what may be kept, they take the place of the
/// old, and what nobody has asked for since goes.
#[derive(Default)]
struct Generations {
    young: HashMap<Question, Kept>,
    old: HashMap<Question, Kept>,
    /// Of the young.
    bytes: usize,
}

impl Generations {
    fn find(&mut self, question: &Question) -> Option<&Kept> {
        if let Some((question, kept)) = self.old.remove_entry(question) {
            self.put(question, kept, MOST, LARGEST);
        }
        self.young.get(question)
    }

    fn put(&mut self, question: Question, kept: Kept, most: usize, largest: usize) {
        let bytes = size(&question, &kept);
        self.old.remove(&question);
        if let Some(before) = self.young.remove(&question) {
            self.bytes -= size(&question, &before);
        }
        if bytes > largest {
            return;
        }
        if self.bytes + bytes > most / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.young.insert(question, kept);
    }
}

fn size(question: &Question, (answer, basis): &Kept) -> usize {
    OVERHEAD + question.size() + answer.size() + size_of_val(basis.parts.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vtn::Role;

    fn asked(query: &str) -> Question {
        let caller = Caller { client_id: "ven-1".to_owned(), role: Role::Ven };
        Question::list(Kind::Event, &caller, query)
    }

    fn answer(length: usize) -> Kept {
        let basis = Basis { parts: Vec::new(), epoch: 0, from: Stamp::from_millis(0), until: None };
        (Tagged::new("x".repeat(length)), basis)
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_makes_room() {
        let mut kept = Generations::default();
        kept.put(asked("often"), answer(100), 10_000, 1_000);
        for n in 0..1000 {
            kept.put(asked(&n.to_string()), answer(100), 10_000, 1_000);
            assert!(kept.find(&asked("often")).is_some(), "after {n}");
            let bytes: usize = kept.young.iter().chain(&kept.old).map(|(q, k)| size(q, k)).sum();
            assert!(bytes <= 10_000, "{bytes} bytes are kept");
        }
        assert!(kept.find(&asked("0")).is_none());
        assert!(kept.find(&asked("999")).is_some());
    }

    #[test]
    fn an_answer_that_is_too_large_is_not_kept_nor_is_the_one_before_it() {
        let mut kept = Generations::default();
        kept.put(asked("q"), answer(100), 10_000, 1_000);
        kept.put(asked("q"), answer(1_000), 10_000, 1_000);
        assert!(kept.find(&asked("q")).is_none());
        assert_eq!(kept.bytes, 0);
    }
}
