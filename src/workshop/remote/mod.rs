//! A workshop whose trainee sits at another machine, or in another process of this one.
//!
//! The trainer's process runs the fleet, the VTN and the clock; its VTN listens with TLS and client certificates. The trainee's
//! runs a desk of its own against that VTN, as against any, and a clock that follows the trainer's. Beside the VTN's routes
//! stands one more ([`line`]), for the desk's client alone: the trainee's process says ([`wire`]) up to when it has lived, what
//! came of what it was given to do, and what its journal has written since; and is answered what the clock shows and how fast it
//! runs, and what of the story falls due *now* and is the trainee's to hear or the desk's to do. Nothing of what is to come, of
//! faults or of notes ever goes that way. [`follower`] is the trainee's end, [`handover`] the folder that it starts from.

mod follower;
mod handover;
mod letting_in;
mod line;
mod wire;

pub use follower::{Follower, FollowerParts, Following, Kept};
pub use handover::{CONNECTION, HandoverError};
pub use letting_in::Away;
pub use line::TrainersLine;

pub(super) use letting_in::{LetIn, let_in};
pub(super) use wire::What;

use crate::profile::fleet::FleetProfile;

use super::script;

/// Seconds between two looks of the trainee's desk at the VTN: as often as a desk beside the trainer's clock would look.
pub fn follow_every_s(fleet: &FleetProfile) -> f64 {
    script::follow_every_s(fleet)
}

/// Where it stands among what the VTN serves beside its own.
const ROUTE: &str = "workshop";
