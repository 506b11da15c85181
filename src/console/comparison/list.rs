//! What two runs differ in, each to be gone to.

use egui::{Button, Label, RichText, Ui};

use crate::console::theme::Tokens;
use crate::workshop::recording::{DifferenceOf, RunDifference};

const KINDS: [DifferenceOf; 4] =
    [DifferenceOf::Command, DifferenceOf::Dispatch, DifferenceOf::Alarm, DifferenceOf::Fleet];

/// Of what differences are listed.
pub fn kinds(ui: &mut Ui, all: &[RunDifference], only: &mut Option<DifferenceOf>) {
    ui.horizontal_wrapped(|ui| {
        ui.selectable_value(only, None, "All");
        for kind in KINDS {
            let many = all.iter().filter(|difference| difference.of == kind).count();
            if many > 0 {
                ui.selectable_value(only, Some(kind), format!("{} {many}", kind.word()));
            }
        }
    });
}

/// Draws them; answers the second of the run that a person went to.
pub fn ui(
    ui: &mut Ui,
    tokens: &Tokens,
    all: &[RunDifference],
    only: Option<DifferenceOf>,
    in_hand: &mut Option<usize>,
) -> Option<i64> {
    if all.is_empty() {
        ui.add(Label::new(RichText::new("Nothing is otherwise.").color(tokens.weak)));
    }
    let mut went = None;
    let listed = all.iter().enumerate().filter(|(_, difference)| only.is_none_or(|of| difference.of == of));
    for (index, difference) in listed {
        let Some(at_s) = difference.at_s else {
            ui.add(Label::new(text(difference)).wrap());
            ui.add_space(tokens.gap / 2.0);
            continue;
        };
        let row = Button::selectable(*in_hand == Some(index), text(difference)).wrap();
        let row = ui.add(row).on_hover_text("Go to it");
        if row.clicked() {
            *in_hand = Some(index);
            went = Some(at_s);
        }
    }
    went
}

fn text(difference: &RunDifference) -> String {
    let said = |end: &Option<String>| end.clone().unwrap_or_else(|| "not at all".to_owned());
    format!(
        "{}: {}\nfirst: {}\nsecond: {}",
        difference.of.word(),
        difference.what,
        said(&difference.first),
        said(&difference.second)
    )
}
