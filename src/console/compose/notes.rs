//! The findings beside the table: what is wrong, why, and a button that mends it.

use std::collections::BTreeSet;

use egui::{Button, Label, RichText, Sense, Ui, vec2};

use crate::console::landmark::{self, Landmark};
use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, heading, paint_mark};
use crate::units::counted;

use super::checks::{Field, Finding, Place, Severity};
use super::draft::Draft;
use super::repair::Repair;

/// What a person does about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Has it mended.
    Mend(Repair),
    /// Goes to where it is mended.
    Go(Place),
}

/// Shows the findings; what was pressed.
pub fn show(ui: &mut Ui, tokens: &Tokens, draft: &Draft, findings: &[Finding]) -> Option<Chosen> {
    landmark::mark(&heading(ui, &title(findings)), Landmark::Checks);
    let mut chosen = None;
    let mut told = BTreeSet::new();
    for (index, finding) in findings.iter().enumerate() {
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
                if let Some(pressed) =
                    ui.horizontal_wrapped(|ui| ways(ui, tokens, draft, (finding, index + 1), &mut told)).inner
                {
                    chosen = Some(pressed);
                }
            });
        });
        ui.add_space(2.0);
    }
    chosen
}

/// What mends it with one press; where there is no such thing, the way to where it is mended. `told` is what other buttons
/// say already: what two findings ask for alike is told apart by their numbers.
fn ways<'a>(
    ui: &mut Ui,
    tokens: &Tokens,
    draft: &Draft,
    (finding, number): (&'a Finding, usize),
    told: &mut BTreeSet<&'a str>,
) -> Option<Chosen> {
    let button = |text: &str| Button::new(RichText::new(text).color(tokens.accent));
    let mut chosen = None;
    for fix in &finding.fixes {
        let label = fix.label.as_str();
        let name = if told.insert(label) { label.to_owned() } else { format!("{label} (finding {number})") };
        if ui.add(button(label)).accessible_name(name).clicked() {
            chosen = Some(Chosen::Mend(fix.repair.clone()));
        }
    }
    if let Some(place) = finding.place().filter(|_| finding.fixes.is_empty()) {
        let text = way_to(place, draft);
        // Two findings may send a person to one place.
        if ui.add(button(&text)).accessible_name(format!("{text} (finding {number})")).clicked() {
            chosen = Some(Chosen::Go(place));
        }
    }
    chosen
}

fn way_to(place: Place, draft: &Draft) -> String {
    match place {
        Place::Control(Field::Levels) => "Go to the setpoints".to_owned(),
        Place::Control(field) => format!("Go to {}", field.name(draft)),
        Place::Units => "Pick another unit".to_owned(),
        Place::UnitPage => "Show the unit in Fleet".to_owned(),
        Place::Vtn => "Show the VTN in Connections".to_owned(),
    }
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
