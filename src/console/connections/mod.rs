//! Connections: the VTN, the operators that this desk signs for, the FSPs' clients and the contracts.

mod approval;
mod contracts;
mod fsps;
mod onboard;
mod operators;
mod session;
mod vtn;

#[cfg(test)]
mod tests;

use egui::{Label, RichText, ScrollArea, Ui};

use super::context::View;
use super::widgets;
use fsps::FspTable;
pub use onboard::newcomer;
use onboard::{EnrolledView, Go, Wizard};

/// So many rows of a table are shown before it scrolls by itself.
const ROWS_SHOWN: usize = 10;

/// The Connections workspace.
#[derive(Default)]
pub struct ConnectionsView {
    fsps: FspTable,
    enrolled: EnrolledView,
    wizard: Option<Wizard>,
    is_onboarding: bool,
}

impl ConnectionsView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let enrolments = view.enrolments;
        if let (Some(enrolments), Some(wizard), true) = (enrolments, &mut self.wizard, self.is_onboarding) {
            let go = wizard.ui(ui, view, enrolments);
            self.is_onboarding = go == Go::Stay;
            if go == Go::Finish {
                self.wizard = None;
            }
            return;
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            // The scroll bar lies over the right edge.
            ui.set_max_width(ui.available_width() - 10.0);
            session::ui(ui, view);
            ui.separator();
            vtn::ui(ui, view);
            section(ui, view, "Network operators that this desk signs for");
            operators::ui(ui, view);
            session::who_signs(ui, view);
            section(ui, view, &format!("FSPs: {}", widgets::count(view.snapshot.fsps.len())));
            if let Some(enrolments) = enrolments {
                self.onboard_button(ui, view);
                self.enrolled.ui(ui, view, enrolments);
            } else {
                weak(ui, view, ONBOARDED_ELSEWHERE);
            }
            self.fsps.ui(ui, view);
            section(ui, view, &format!("Contracts: {}", widgets::count(view.snapshot.contracts.len())));
            contracts::ui(ui, view);
            section(ui, view, "Approval by a second person");
            approval::ui(ui, view);
            ui.add_space(view.tokens.gap);
            ui.separator();
            weak(ui, view, if enrolments.is_some() { FROM_FILES_AND_HERE } else { FROM_FILES });
        });
    }

    /// Begins an onboarding, or goes on with the one that was begun.
    fn onboard_button(&mut self, ui: &mut Ui, view: &View<'_>) {
        let begun =
            self.wizard.as_ref().filter(|wizard| wizard.is_begun()).map(|wizard| wizard.fsp().to_owned());
        let text = match begun.as_deref() {
            None => "Onboard an FSP …".to_owned(),
            Some("") => "Go on onboarding an FSP …".to_owned(),
            Some(fsp) => format!("Go on onboarding {fsp} …"),
        };
        let Some(operator) = view.snapshot.operators.first() else { return };
        if ui.button(text).clicked() {
            self.is_onboarding = true;
            self.wizard.get_or_insert_with(|| Wizard::new(operator.id.as_str()));
        }
    }
}

const ONBOARDED_ELSEWHERE: &str = "FSPs are onboarded at this VTN, and withdrawn, at the command line: rampdesk onboard \
                                   --connection FILE.";
const FROM_FILES: &str = "All of this comes from the files that this session was opened with: the fleet, the pinned \
                          keys, the connection. Nothing of it can be changed in this window: change the files, and open \
                          the session again. Keys that are changed there are taken up within a minute.";
const FROM_FILES_AND_HERE: &str = "Whoever was not onboarded here comes from the files that this session was started with: \
                                   the fleet and the pinned keys. That is changed in the files, and seen when Rampdesk is \
                                   started again.";

fn section(ui: &mut Ui, view: &View<'_>, title: &str) {
    ui.add_space(view.tokens.gap);
    ui.separator();
    widgets::heading(ui, title);
}

fn weak(ui: &mut Ui, view: &View<'_>, text: &str) {
    ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).wrap());
}

/// The height of a table's body: all of its rows when they are few.
fn body_height(ui: &Ui, row: f32, rows: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most ten")]
    let shown = rows.min(ROWS_SHOWN) as f32;
    shown * (row + ui.spacing().item_spacing.y)
}
