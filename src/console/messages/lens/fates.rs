//! What becomes of each field in one system: mark and word, what it was, what it is there, and why.

use egui::{Color32, Role, Sense, Ui};

use crate::console::line::{Cell, Line, MARK, Mark as Shape};
use crate::console::theme::Tokens;
use crate::console::widgets::Outline;
use crate::interop::{FieldFate, Mark};

/// Width of the word and of the field's name, points.
const WORD: f32 = 74.0;
const FIELD: f32 = 112.0;

/// What is lost stands first; what the dispatch does not have, last.
pub fn ordered(fields: &[FieldFate]) -> Vec<&FieldFate> {
    let rank = |mark: Mark| match mark {
        Mark::Lost => 0,
        Mark::Changed => 1,
        Mark::Unknown => 2,
        Mark::Kept => 3,
        Mark::NotAsked => 4,
    };
    let mut ordered: Vec<_> = fields.iter().collect();
    ordered.sort_by_key(|fate| rank(fate.mark));
    ordered
}

/// `Revision: 3, lost: an order has no revision`.
pub fn in_words(fate: &FieldFate) -> String {
    let before = fate.before.as_deref().unwrap_or("none");
    let after = fate.after.as_ref().map(|after| format!(" as {after}")).unwrap_or_default();
    format!("{}: {before}, {}{after}: {}", fate.field.name(), fate.mark.word(), fate.why)
}

/// The colour in which a mark's letter and shape stand.
pub fn ink(tokens: &Tokens, mark: Mark) -> Color32 {
    match mark {
        Mark::Kept | Mark::NotAsked => tokens.weak,
        Mark::Changed | Mark::Unknown => tokens.text,
        Mark::Lost => tokens.medium,
    }
}

fn shape(tokens: &Tokens, mark: Mark) -> Shape {
    let (outline, filled) = match mark {
        Mark::Kept => (Outline::Check, true),
        Mark::Changed => (Outline::Diamond, true),
        Mark::Lost => (Outline::Cross, true),
        Mark::Unknown => (Outline::Diamond, false),
        Mark::NotAsked => (Outline::Circle, false),
    };
    (outline, ink(tokens, mark), filled)
}

/// Draws them, each told as one.
pub fn ui(ui: &mut Ui, tokens: &Tokens, fields: &[FieldFate]) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let rest = (ui.available_width() - MARK - WORD - FIELD).max(60.0);
    for fate in ordered(fields) {
        let quiet = matches!(fate.mark, Mark::Kept | Mark::NotAsked);
        let strong = if quiet { tokens.weak } else { tokens.text };
        let cells = [
            Cell::new(MARK, WORD - 6.0, fate.mark.word(), strong).small(),
            Cell::new(MARK + WORD, FIELD - 6.0, fate.field.name(), strong).small(),
            Cell::new(MARK + WORD + FIELD, rest, told(fate), strong).small(),
        ];
        let (name, mark) = (in_words(fate), Some(shape(tokens, fate.mark)));
        Line { mark, cells: &cells, name: &name, role: Role::Label, sense: Sense::hover(), ground: None }
            .show(ui);
    }
}

/// What it is here and there, and on a line of its own why.
fn told(fate: &FieldFate) -> String {
    match (&fate.before, &fate.after) {
        (Some(before), Some(after)) if before != after => format!("{before}; there {after}\n{}", fate.why),
        (Some(before), _) => format!("{before}\n{}", fate.why),
        (None, _) => fate.why.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::Field;

    #[test]
    fn what_is_lost_stands_first_and_is_said_in_full() {
        let fate = |field, mark, after: Option<&str>| FieldFate {
            field,
            before: (mark != Mark::NotAsked).then(|| "3".to_owned()),
            mark,
            after: after.map(str::to_owned),
            why: "So it is.".to_owned(),
        };
        let fields = [
            fate(Field::Contract, Mark::Kept, Some("3")),
            fate(Field::Price, Mark::NotAsked, None),
            fate(Field::Status, Mark::Changed, Some("far")),
            fate(Field::Revision, Mark::Lost, None),
        ];
        let words: Vec<String> = ordered(&fields).into_iter().map(in_words).collect();
        assert_eq!(
            words,
            [
                "Revision: 3, lost: So it is.",
                "Status: 3, changed as far: So it is.",
                "Contract: 3, kept as 3: So it is.",
                "Price: none, not asked: So it is.",
            ]
        );
        assert_eq!(told(&fields[0]), "3\nSo it is.");
        assert_eq!(told(&fields[2]), "3; there far\nSo it is.");
    }
}
