//! How far a person has come here, for the guided run.

use super::ComposeView;
use super::sheet::{Sheet, Stage};
use crate::console::guide::Drawn;
use crate::dispatch::{DispatchKey, Status};

/// The draft that is open, and the new dispatch that was given last.
pub struct Progress {
    /// The draft.
    pub draft: Option<Drawn>,
    /// The dispatch.
    pub given: Option<DispatchKey>,
}

impl ComposeView {
    /// How far a person has come.
    pub fn progress(&self) -> Progress {
        let given = |sheet: &Sheet| match &sheet.stage {
            Stage::Sent(sent) => sent.begun().cloned(),
            Stage::Editing | Stage::Review(_) | Stage::Asked(_) => None,
        };
        let open = self.sheets.get(self.open);
        Progress {
            draft: open.and_then(drawn),
            given: open.and_then(given).or_else(|| self.sheets.iter().rev().find_map(given)),
        }
    }
}

fn drawn(sheet: &Sheet) -> Option<Drawn> {
    let armed = match &sheet.stage {
        Stage::Editing => None,
        Stage::Review(review) => Some(review.is_armed()),
        Stage::Asked(_) | Stage::Sent(_) => return None,
    };
    let draft = &sheet.draft;
    Some(Drawn {
        has_volume: draft.rows.first().is_some_and(|row| row.amount().is_ok()),
        has_level: draft.placed().iter().any(|level| level.reference.is_some()),
        is_run_now: draft.status == Status::RunNow,
        // Unchecked is not passed.
        errors: sheet.last_outlook().map_or(1, |outlook| outlook.counts().0),
        is_rehearsed: sheet.rehearsed.as_ref().is_some_and(|rehearsed| rehearsed.ghost(draft).is_some()),
        armed,
    })
}
