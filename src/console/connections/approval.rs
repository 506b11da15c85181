//! Above which change a second person approves, and who may.

use egui::Ui;

use super::weak;
use crate::console::context::View;
use crate::console::widgets;
use crate::profile::approval::{APPROVAL_RULES, ApprovalLimit};

/// Draws it.
pub fn ui(ui: &mut Ui, view: &View<'_>) {
    let rules = &view.snapshot.approval;
    if rules.limits().is_empty() {
        let text = format!(
            "No limit is set: whatever is armed and confirmed is sent. {APPROVAL_RULES} sets one, in a sandbox's folder or \
             named by the connection file."
        );
        weak(ui, view, &text);
        return;
    }
    let limits: Vec<String> = rules.limits().iter().map(ApprovalLimit::words).collect();
    widgets::pair(ui, view.tokens, "Needed above", limits.join("; "));
    widgets::pair(ui, view.tokens, "May approve", rules.who());
    widgets::pair(ui, view.tokens, "Never waits", "a STOP or the EMERGENCY STOP");
}
