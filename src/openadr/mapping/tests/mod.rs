//! The profile on the wire and back, through a friendly and through a hostile VTN.

mod availability;
mod events;
mod moved;
mod program;
mod reports;
