//! The canonical form: RFC 8785 (JCS) JSON of a normal form of integers and strings only, so that what a VTN rewrites
//! on the way cannot change what is signed.

use super::{Acknowledgement, Dispatch, Readback};

/// The exact bytes that an operator signs: the document without `signature`, power in W / var, prices in pence.
pub fn canonical_bytes(_dispatch: &Dispatch) -> Vec<u8> {
    todo!()
}

pub(super) fn acknowledgement_bytes(_acknowledgement: &Acknowledgement) -> Vec<u8> {
    todo!()
}

pub(super) fn readback_text(_readback: &Readback) -> String {
    todo!()
}
