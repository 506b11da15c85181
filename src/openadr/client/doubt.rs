//! What may have been done although nobody said so: a POST whose answer was lost, and which no look-up could settle.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many POSTs of each kind are in doubt. A kind is a collection and the query that finds its like.
#[derive(Debug, Default)]
pub(super) struct Doubts(Mutex<BTreeMap<String, u32>>);

impl Doubts {
    /// Whether any of a kind is in doubt, so that the next must look first.
    pub fn hold(&self, kind: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(kind)
    }

    /// One more is in doubt.
    pub fn raise(&self, kind: &str) {
        let mut doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *doubts.entry(kind.to_owned()).or_default() += 1;
    }

    /// One of them was found.
    pub fn settle(&self, kind: &str) {
        let mut doubts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match doubts.get_mut(kind) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                doubts.remove(kind);
            }
        }
    }
}
