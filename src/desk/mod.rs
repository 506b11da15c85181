//! The operator's engine: signs and sends dispatches, follows what comes of them, keeps the journal.

pub mod command;
mod handle;
pub mod snapshot;

pub use handle::{DeskEnd, DeskHandle, connect};
