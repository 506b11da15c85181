//! One dispatch as other systems would carry it, and what of it each keeps, changes and loses.
//!
//! Everything is worked out from the dispatch in hand: a time on the border of a half-hour is kept where another is
//! rounded, one setpoint is not split, a level that is what it was is no change. What a system's public documents do not
//! tell is said to be unknown, never made up; what a message needs and the dispatch does not hold is listed as supplied.
//! Pure: no clock, no I/O.

mod account;
mod block;
mod field;
mod judgement;
mod mark;
mod message;
mod number;

mod step;
mod subject;
mod system;
mod systems;
mod translation;
mod unique;
mod vertex;
mod xml;

#[cfg(test)]
mod tests;

pub use account::FieldFate;
pub use field::Field;
pub use mark::{Mark, Tally};
pub use message::{Form, MOST_MESSAGES, Message};
pub use subject::Subject;
pub use system::{ReturnPath, Standing, System};
pub use translation::{Translation, survey, translate};
