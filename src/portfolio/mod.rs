//! One volume over several units: what each can give, who gives how much at what cost, and whether their physics
//! agrees. Pure: no clock, no I/O; the one thing measured is how long a solver may take.
//!
//! Read in this order: [`ask`] what is wanted, [`member`] a unit that may give some of it, [`split`] the three rules by
//! which one level is shared out, [`schedule`] who gives what when, [`judge`] the production prediction's word on it.
//! [`plan`] finds the schedule of least cost: [`model`] a unit's limits as straight lines, [`program`] the
//! mixed-integer program over all of them.

mod ask;
mod judge;
mod member;
mod model;
mod plan;
mod program;
mod rounding;
mod schedule;
mod split;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use ask::{Ask, AskFault, Interval, LONGEST_S, Way};
pub use judge::{Judged, Missed, judge};
pub use member::{Able, Member};
pub use plan::{Effort, LARGEST_CELLS, MOST_MEMBERS, Method, Planned, Stopped, plan, shared};
pub use schedule::{Line, Schedule, Timeline, Worth};
pub use split::{Room, Rule, Share, Split, split};
