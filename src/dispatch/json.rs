//! The document as JSON: read strictly, with the line of every mistake; written the one way.

use super::{Dispatch, Problem, Signature, SignedDispatch};

/// Reads a dispatch document. The signature is optional here: an unsigned draft is a document too.
///
/// # Errors
/// Every mistake found, each with field, value and line. Unknown members are mistakes: a typing error in an optional
/// field must not pass silently.
pub fn dispatch_from_json(_text: &str) -> Result<(Dispatch, Option<Signature>), Vec<Problem>> {
    todo!()
}

/// Writes a signed dispatch as the document, indented, in the order of the profile's example, volumes in KW and KVAR.
pub fn dispatch_to_json(_dispatch: &Dispatch, _signature: Option<&Signature>) -> String {
    todo!()
}

impl SignedDispatch {
    /// The document with its signature.
    pub fn to_json(&self) -> String {
        dispatch_to_json(&self.dispatch, Some(&self.signature))
    }
}
