//! Journal: says where the record is.

use super::context::View;
use super::widgets;

/// Draws the Journal workspace.
pub fn ui(ui: &mut egui::Ui, view: &View<'_>) {
    widgets::empty_state(
        ui,
        view.tokens,
        "The journal is not shown here yet",
        "Every command, dispatch, acknowledgement and alarm of this session is written to the journal file as it \
         happens, each entry chained to the one before. What came of each dispatch stands on the Board.",
    );
}
