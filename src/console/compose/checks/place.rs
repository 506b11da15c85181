//! Where a person goes to mend what no button can.

use egui::Id;

use super::{Check, Field, Finding};

/// A place to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The control of a field, in the draft.
    Control(Field),
    /// The list of units.
    Units,
    /// The unit's page in Fleet, with its FSP's telephone.
    UnitPage,
    /// The VTN, in Connections.
    Vtn,
}

impl Field {
    /// What its control is found by, in the sheet of this number.
    pub fn control(self, sheet: u64) -> Id {
        Id::unique(("control of a field", sheet, self))
    }
}

impl Finding {
    /// Where it is mended by hand; `None` for what has no control, which a fix always mends.
    pub fn place(&self) -> Option<Place> {
        match (self.check, self.field) {
            (Check::UnitGone, _) => Some(Place::Units),
            (Check::NothingToTurnToZero, _) => Some(Place::Control(Field::Start)),
            (_, Field::Unit) => Some(Place::UnitPage),
            (_, Field::Vtn) => Some(Place::Vtn),
            (_, Field::Revision) => None,
            (_, field) => Some(Place::Control(field)),
        }
    }
}
