//! The read-back field by field: as sent, as read back, and the verdict. What is not as sent comes first.

use egui::{Role, Sense, Ui};

use crate::console::line::{Cell, Line, MARK, Mark};
use crate::console::theme::Tokens;
use crate::console::widgets::Outline;
use crate::dispatch::{Comparison, FieldComparison};

/// The fields in the order in which they are shown: what differs, what is absent, what was never sent, what matches.
pub fn ordered(fields: &[FieldComparison]) -> Vec<&FieldComparison> {
    let rank = |c: Comparison| match c {
        Comparison::Differs => 0,
        Comparison::Absent => 1,
        Comparison::Added => 2,
        Comparison::Matched => 3,
    };
    let mut ordered: Vec<_> = fields.iter().collect();
    ordered.sort_by_key(|f| rank(f.comparison));
    ordered
}

/// `setpoints[1].real: sent +300 kW DELTA, read back nothing, absent`.
pub fn in_words(field: &FieldComparison) -> String {
    let sent = if field.comparison == Comparison::Added { "nothing" } else { &field.sent };
    let back = field.read_back.as_deref().unwrap_or("nothing");
    format!("{}: sent {sent}, read back {back}, {}", field.field, field.comparison.word())
}

fn mark(tokens: &Tokens, comparison: Comparison) -> Mark {
    match comparison {
        Comparison::Matched => (Outline::Check, tokens.weak, true),
        Comparison::Differs => (Outline::Diamond, tokens.high, true),
        Comparison::Absent => (Outline::Circle, tokens.high, false),
        Comparison::Added => (Outline::Square, tokens.high, true),
    }
}

/// Draws the table. `back` heads the column of what came back.
pub fn ui(ui: &mut Ui, tokens: &Tokens, fields: &[FieldComparison], back: &str) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width() - MARK;
    let columns = [0.18, 0.27, 0.275, 0.275];
    let row = |texts: [String; 4], ink: egui::Color32| {
        let mut left = MARK;
        let mut cells = Vec::with_capacity(texts.len());
        for (text, share) in texts.into_iter().zip(columns) {
            cells.push(Cell::new(left, width * share - 6.0, text, ink).small());
            left += width * share;
        }
        cells
    };
    let heads = row(["Verdict", "Field", "Sent", back].map(str::to_owned), tokens.weak);
    let line = |cells: &[Cell], mark: Option<Mark>, name: &str, ui: &mut Ui| {
        Line { mark, cells, name, role: Role::Label, sense: Sense::hover(), ground: None }.show(ui)
    };
    line(&heads, None, "Verdict, field, sent, read back", ui);
    for field in ordered(fields) {
        let matched = field.comparison == Comparison::Matched;
        let back = field.read_back.clone().unwrap_or_else(|| "–".to_owned());
        let sent = if field.sent.is_empty() { "–".to_owned() } else { field.sent.clone() };
        let texts = [field.comparison.word().to_owned(), broken(&field.field), sent, back];
        let cells = row(texts, if matched { tokens.weak } else { tokens.text });
        line(&cells, Some(mark(tokens, field.comparison)), &in_words(field), ui);
    }
}

/// A field's path with places where it can be broken.
fn broken(field: &str) -> String {
    field.replace('.', ".\u{200b}").replace('_', "_\u{200b}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_sent_stands_first_and_is_said_in_full() {
        let field = |name: &str, back: Option<&str>, comparison| FieldComparison {
            field: name.to_owned(),
            sent: if comparison == Comparison::Added { String::new() } else { "x".to_owned() },
            read_back: back.map(str::to_owned),
            comparison,
        };
        let fields = [
            field("status", Some("x"), Comparison::Matched),
            field("service_end", None, Comparison::Absent),
            field("setpoints[2].at", Some("z"), Comparison::Added),
            field("setpoints[0].real", Some("y"), Comparison::Differs),
        ];
        let words: Vec<_> = ordered(&fields).into_iter().map(in_words).collect();
        assert_eq!(
            words,
            [
                "setpoints[0].real: sent x, read back y, differs",
                "service_end: sent x, read back nothing, absent",
                "setpoints[2].at: sent nothing, read back z, not sent",
                "status: sent x, read back x, matched",
            ]
        );
    }
}
