//! What an operator says and an FSP answers (Appendix A of the ENA's 2024 comparative analysis): the dispatch
//! document, its rules, signatures, acknowledgements and read-back. Pure: no clock, no I/O.

mod acknowledgement;
mod approval;
pub mod availability;
mod canonical;
mod comparison;
mod difference;
mod document;
mod holder;
mod identifier;
mod json;
mod moved;
mod own_keys;
mod problem;
mod readback;
mod revision;
mod rules;
mod setpoint;
mod signature;
mod signing;

pub use acknowledgement::{Acknowledgement, Reason, SignedAcknowledgement, Stage};
pub use approval::{Approval, ApprovalGap, Approved, MOST_APPROVED};
pub use canonical::canonical_bytes;
pub use comparison::{Comparison, FieldComparison, compare_readback};
pub use difference::{Change, ChangedField, ChangedPart, ChangedSetpoint, ChangedValue, changes};
pub use document::{Dispatch, DispatchParts, PROFILE, SignedDispatch, Status};
pub use holder::Holder;
pub use identifier::{
    ContractId, DispatchKey, DispatchRef, DispatchUnit, FspId, IdentifierError, KeyId, OperatorId, UnitId,
};
pub use json::{dispatch_from_json, dispatch_to_json};
pub use moved::{AddressFault, MOST_ADDRESSES, Moved, SignedMoved, vtn_address};
pub use own_keys::OwnKeys;
pub use problem::{Place, Problem, ProblemKind, plain_words, quoted};
pub use readback::Readback;
pub use revision::{Arrival, Revision, judge_revision};
pub use rules::{MAX_PENCE, MAX_SETPOINTS, MAX_VOLUME, MAX_WINDOW_DAYS};
pub use setpoint::{Price, PricePer, ReactiveLevel, RealLevel, Reference, Setpoint};
pub use signature::{KeyRing, PublicKey, Revocation, Signature, SignatureFault};
pub use signing::{Signer, SigningFault, SigningKey};

#[cfg(test)]
pub(crate) mod sample;
