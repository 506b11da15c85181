//! Where what an FSP sees comes from: which line, at which VTN, and whose contracts the line is for.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dispatch::OperatorId;

/// A VTN, by its base URL.
pub(super) type Vtn = Arc<str>;

/// A line of an FSP at the VTN that it polls now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    /// Which of the FSP's lines: no two have the same number.
    pub(super) line: u32,
    /// The VTN that is polled.
    pub(super) vtn: Vtn,
    /// The operators whose contracts are dispatched over it.
    pub(super) operators: BTreeSet<OperatorId>,
}

impl Route {
    /// An event at its VTN.
    pub(super) fn place(&self, event_id: &str) -> Place {
        Place { vtn: Arc::clone(&self.vtn), event_id: event_id.to_owned() }
    }
}

/// An event at a VTN: two VTNs may give the same id to different events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) vtn: Vtn,
    pub(super) event_id: String,
}
