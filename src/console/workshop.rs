//! Workshop: says how rehearsals are run.

use super::context::View;
use super::widgets;

/// Draws the Workshop workspace.
pub fn ui(ui: &mut egui::Ui, view: &View<'_>) {
    widgets::empty_state(
        ui,
        view.tokens,
        "No rehearsal is open",
        "Rehearsals run from the command line: “rampdesk rehearse FILE” plays a scenario to its end in virtual time \
         and prints what each unit acknowledged and delivered. Scenarios to begin with are in profiles/scenarios.",
    );
}
