//! The chain: what is hashed, and how one entry follows another.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Entry, JournalError, Recorded};
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

/// What stands where the first entry has no one before it.
pub(super) const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[derive(Serialize)]
struct Hashed<'a> {
    number: u64,
    at: UtcTime,
    kind: &'static str,
    dispatch: Option<&'a DispatchKey>,
    unit: Option<&'a DispatchUnit>,
    text: &'a str,
    document: Option<&'a str>,
    previous: &'a str,
}

/// The entry in its place after `previous`.
pub(super) fn link(number: u64, entry: Entry, previous: &str) -> Result<Recorded, JournalError> {
    let hash = hash(number, &entry, previous)?;
    Ok(Recorded { number, entry, previous: previous.to_owned(), hash })
}

/// The hash of an entry as number `number` after `previous`.
///
/// # Errors
/// When it has no canonical form, which no entry that was ever written lacks.
pub(super) fn hash(number: u64, entry: &Entry, previous: &str) -> Result<String, JournalError> {
    let canonical = serde_json_canonicalizer::to_vec(&Hashed {
        number,
        at: entry.at,
        kind: entry.kind.word(),
        dispatch: entry.dispatch.as_ref(),
        unit: entry.unit.as_ref(),
        text: &entry.text,
        document: entry.document.as_deref(),
        previous,
    })
    .map_err(|e| JournalError::Broken { entry: number, reason: format!("it has no canonical form: {e}") })?;
    Ok(Sha256::digest(canonical).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
