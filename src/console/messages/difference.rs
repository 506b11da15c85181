//! What was sent against what came back, field by field.

use egui::{Align, Color32, Label, Layout, RichText, Ui, vec2};

use crate::console::theme::Tokens;
use crate::console::widgets::{Outline, marked};
use crate::dispatch::{Comparison, FieldComparison};

/// One sentence on all of it.
pub fn summary(fields: &[FieldComparison]) -> String {
    let count = |comparison| fields.iter().filter(|f| f.comparison == comparison).count();
    let wrong: Vec<String> = [Comparison::Differs, Comparison::Absent, Comparison::Added]
        .into_iter()
        .filter_map(|comparison| match count(comparison) {
            0 => None,
            n => Some(format!("{n} {}", comparison.word())),
        })
        .collect();
    if wrong.is_empty() {
        format!("All {} fields are as this desk sent them.", fields.len())
    } else {
        format!(
            "{} of {} fields are as this desk sent them; {}.",
            count(Comparison::Matched),
            fields.len(),
            wrong.join(", ")
        )
    }
}

fn mark(tokens: &Tokens, comparison: Comparison) -> (Outline, Color32, bool) {
    match comparison {
        Comparison::Matched => (Outline::Check, tokens.weak, true),
        Comparison::Differs | Comparison::Added => (Outline::Cross, tokens.high, true),
        Comparison::Absent => (Outline::Triangle, tokens.medium, true),
    }
}

/// Draws the fields, those that are not as sent first.
pub fn rows(ui: &mut Ui, tokens: &Tokens, fields: &[FieldComparison]) {
    let widths = widths(ui.available_width(), ui.spacing().item_spacing.x);
    let weak = |text: &str| RichText::new(text.to_owned()).color(tokens.weak);
    row(ui, widths, [weak("Field"), weak("Sent"), weak("Here")], |ui| {
        ui.add(Label::new(weak("Verdict")).selectable(false));
    });
    let (same, other): (Vec<_>, Vec<_>) = fields.iter().partition(|f| f.comparison == Comparison::Matched);
    for field in other.into_iter().chain(same) {
        let here = field.read_back.as_deref().unwrap_or("–");
        let sent = if field.sent.is_empty() { "–" } else { &field.sent };
        let ink = if field.comparison == Comparison::Matched { tokens.weak } else { tokens.text };
        let text = |text: &str| RichText::new(text.to_owned()).color(ink);
        row(ui, widths, [text(&field.field), text(sent), text(here)], |ui| {
            let word = field.comparison.word();
            let name = format!("{}: sent {sent}, here {here}: {word}", field.field);
            marked(ui, mark(tokens, field.comparison), word, &name);
        });
    }
}

/// Widths of verdict, field, sent and here.
fn widths(all: f32, gap: f32) -> [f32; 4] {
    let verdict = 78.0;
    let rest = (all - verdict - 3.0 * gap - 12.0).max(150.0);
    [verdict, rest * 0.34, rest * 0.33, rest * 0.33]
}

fn row(ui: &mut Ui, widths: [f32; 4], texts: [RichText; 3], verdict: impl FnOnce(&mut Ui)) {
    let layout = Layout::top_down(Align::Min);
    ui.horizontal_top(|ui| {
        ui.allocate_ui_with_layout(vec2(widths[0], 0.0), layout, |ui| {
            ui.set_width(widths[0]);
            verdict(ui);
        });
        for (text, width) in texts.into_iter().zip(&widths[1..]) {
            ui.allocate_ui_with_layout(vec2(*width, 0.0), layout, |ui| {
                ui.set_width(*width);
                ui.add(Label::new(text).wrap());
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_counts_what_is_not_as_sent() {
        let field = |comparison| FieldComparison {
            field: "status".to_owned(),
            sent: "RUN".to_owned(),
            read_back: None,
            comparison,
        };
        use Comparison::{Absent, Added, Differs, Matched};
        for (fields, says) in [
            (vec![Matched, Matched], "All 2 fields are as this desk sent them."),
            (
                vec![Matched, Differs, Absent, Absent],
                "1 of 4 fields are as this desk sent them; 1 differs, 2 absent.",
            ),
            (vec![Added], "0 of 1 fields are as this desk sent them; 1 not sent."),
        ] {
            let fields: Vec<_> = fields.into_iter().map(field).collect();
            assert_eq!(summary(&fields), says);
        }
    }
}
