//! The chain: what is hashed, and how one entry follows another.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Entry, JournalError, Recorded};
use crate::dispatch::{DispatchKey, DispatchUnit};
use crate::time::UtcTime;

/// What stands where the first entry has no one before it.
pub(super) const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// How the entries of a file are hashed; a file keeps to the form that it was begun in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Content and place at once.
    Whole,
    /// The content by itself, and that with its place: so that an entry's place can be shown without its content.
    InParts,
}

/// What an entry says.
#[derive(Serialize)]
struct Content<'a> {
    at: UtcTime,
    kind: &'static str,
    dispatch: Option<&'a DispatchKey>,
    unit: Option<&'a DispatchUnit>,
    text: &'a str,
    document: Option<&'a str>,
}

/// Where it stands.
#[derive(Serialize)]
struct Place<'a> {
    number: u64,
    content: &'a str,
    previous: &'a str,
}

#[derive(Serialize)]
struct Whole<'a> {
    number: u64,
    #[serde(flatten)]
    content: Content<'a>,
    previous: &'a str,
}

/// What an entry says, as far as it is hashed the same wherever it stands: so that many places can be tried.
pub(super) enum Written<'e> {
    Whole(&'e Entry),
    InParts(String),
}

impl Form {
    /// Of an entry.
    ///
    /// # Errors
    /// As for [`hash`].
    pub(super) fn content(self, number: u64, recorded: &Recorded) -> Result<Written<'_>, JournalError> {
        match self {
            Self::Whole => Ok(Written::Whole(&recorded.entry)),
            Self::InParts => content_hash(number, &recorded.entry).map(Written::InParts),
        }
    }
}

impl Written<'_> {
    /// Its hash as number `number` after `previous`.
    ///
    /// # Errors
    /// As for [`hash`].
    pub(super) fn hash_as(&self, number: u64, previous: &str) -> Result<String, JournalError> {
        match self {
            Self::Whole(entry) => hash(Form::Whole, number, entry, previous),
            Self::InParts(content) => in_place(number, content, previous),
        }
    }
}

/// The entry in its place after `previous`.
pub(super) fn link(form: Form, number: u64, entry: Entry, previous: &str) -> Result<Recorded, JournalError> {
    let hash = hash(form, number, &entry, previous)?;
    Ok(Recorded { number, entry, previous: previous.to_owned(), hash })
}

/// The hash of an entry as number `number` after `previous`.
///
/// # Errors
/// When it has no canonical form, which no entry that was ever written lacks.
pub(super) fn hash(form: Form, number: u64, entry: &Entry, previous: &str) -> Result<String, JournalError> {
    match form {
        Form::Whole => digest(number, &Whole { number, content: Content::of(entry), previous }),
        Form::InParts => in_place(number, &content_hash(number, entry)?, previous),
    }
}

/// The hash of what entry number `number` says, wherever it stands.
///
/// # Errors
/// As for [`hash`].
pub(super) fn content_hash(number: u64, entry: &Entry) -> Result<String, JournalError> {
    digest(number, &Content::of(entry))
}

/// The hash of an entry with this content as number `number` after `previous`.
///
/// # Errors
/// As for [`hash`].
pub(super) fn in_place(number: u64, content: &str, previous: &str) -> Result<String, JournalError> {
    digest(number, &Place { number, content, previous })
}

impl<'a> Content<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            at: entry.at,
            kind: entry.kind.word(),
            dispatch: entry.dispatch.as_ref(),
            unit: entry.unit.as_ref(),
            text: &entry.text,
            document: entry.document.as_deref(),
        }
    }
}

fn digest(number: u64, form: &impl Serialize) -> Result<String, JournalError> {
    let canonical = serde_json_canonicalizer::to_vec(form).map_err(|e| JournalError::Broken {
        entry: number,
        reason: format!("it has no canonical form: {e}"),
    })?;
    Ok(Sha256::digest(canonical).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
