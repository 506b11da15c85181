//! The document as JSON: read strictly, with the line of every mistake; written the one way.

mod document;
mod form;
mod quantity;
mod reader;
mod write;

#[cfg(test)]
mod tests;

use super::{Dispatch, Problem, Readback, Signature, SignedDispatch, quoted};
use reader::Dialect;

/// Reads a dispatch document. The signature is optional here: an unsigned draft is a document too.
///
/// # Errors
/// Every mistake found, each with field, value and line. Unknown members are mistakes: a typing error in an optional
/// field must not pass silently.
pub fn dispatch_from_json(text: &str) -> Result<(Dispatch, Option<Signature>), Vec<Problem>> {
    let (mut known, problems) = document::read(text, Dialect::Document);
    let signature = known.signature.take();
    match known.parts() {
        Some(parts) if problems.is_empty() => Ok((Dispatch::new(parts)?, signature)),
        _ => Err(problems),
    }
}

/// Writes a signed dispatch as the document, indented, in the order of the profile's example, volumes in KW and KVAR.
pub fn dispatch_to_json(dispatch: &Dispatch, signature: Option<&Signature>) -> String {
    write::text(dispatch, signature)
}

/// Reads a read-back: the document's members or the canonical form's, each of which may be left out.
pub(super) fn readback_from_text(text: &str) -> Result<Readback, Vec<Problem>> {
    let (known, problems) = document::read(text, Dialect::Readback);
    if problems.is_empty() { Ok(known.readback()) } else { Err(problems) }
}

impl SignedDispatch {
    /// The document with its signature.
    pub fn to_json(&self) -> String {
        dispatch_to_json(&self.dispatch, Some(&self.signature))
    }
}
