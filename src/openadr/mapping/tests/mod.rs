//! The profile on the wire and back, through a friendly and through a hostile VTN.

mod events;
mod moved;
mod program;
mod reports;
