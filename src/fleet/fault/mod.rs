//! Faults that a trainer gives to the fleet while it runs, and what each does to it.
//!
//! A unit's faults change its true power (`plant`), which its meter reads; what its FSP believes and says goes on by its
//! controller's own path, except where such an FSP would see the truth (`affected`). An FSP's faults change how it
//! speaks (`manner`) and whether it is heard at all (`way`).

mod affected;
mod manner;
mod plant;
mod switch;
#[cfg(test)]
mod tests;
mod unasked;
mod way;

pub(super) use affected::{Affected, Borrowed};
pub(super) use manner::Manner;
pub(super) use switch::Obedience;
pub use switch::{FaultSwitch, Switched};
pub(super) use way::Way;
