//! The findings beside the table: what is wrong, why, and a button that mends it.

use egui::{Label, RichText, Sense, Ui, vec2};

use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, heading, paint_mark};

use super::checks::{Finding, Severity};
use super::draft::Draft;
use super::repair::Repair;

/// Shows the findings; the repair whose button was pressed.
pub fn show(ui: &mut Ui, tokens: &Tokens, draft: &Draft, findings: &[Finding]) -> Option<Repair> {
    heading(ui, &title(findings));
    let mut chosen = None;
    for finding in findings {
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
            let (outline, colour, word) = match finding.severity {
                Severity::Error => (Outline::Cross, tokens.high, "Error"),
                Severity::Warning => (Outline::Triangle, tokens.medium, "Warning"),
            };
            paint_mark(ui.painter(), rect.center(), 5.0, outline, colour, true);
            ui.vertical(|ui| {
                let field = finding.field.name(draft);
                let text = format!("{word} · {field}: {}", finding.reason);
                ui.add(Label::new(text).wrap());
                if !finding.fixes.is_empty() {
                    ui.horizontal_wrapped(|ui| {
                        for fix in &finding.fixes {
                            if ui
                                .add(egui::Button::new(RichText::new(&fix.label).color(tokens.accent)))
                                .clicked()
                            {
                                chosen = Some(fix.repair.clone());
                            }
                        }
                    });
                }
            });
        });
        ui.add_space(2.0);
    }
    chosen
}

/// `Checks: 1 error, 2 warnings`.
pub fn title(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    match (errors, findings.len() - errors) {
        (0, 0) => "Checks: all passed".to_owned(),
        (0, warnings) => format!("Checks: {}", counted(warnings, "warning")),
        (errors, 0) => format!("Checks: {}", counted(errors, "error")),
        (errors, warnings) => {
            format!("Checks: {}, {}", counted(errors, "error"), counted(warnings, "warning"))
        }
    }
}

/// `1 error`, `2 errors`.
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
