//! Drafts for tests of others.

use super::KeptDrafts;
use super::draft::{Draft, Subject};
use crate::console::testing::at;

/// A draft for BESS-07 whose one level was typed so far.
pub fn a_draft(volume: &str) -> KeptDrafts {
    let subject = Subject {
        operator: "GB-DNO-11".parse().unwrap(),
        contract: "SUSTAIN-1".parse().unwrap(),
        unit: "BRIGHTFLEX/BESS-07".parse().unwrap(),
    };
    let (start, end) = (at("2026-11-26T17:30:00Z"), at("2026-11-26T18:30:00Z"));
    let mut draft = Draft::new(subject, "EMID-1".to_owned(), start, end);
    draft.rows[0].volume = volume.to_owned();
    KeptDrafts::of(draft)
}
