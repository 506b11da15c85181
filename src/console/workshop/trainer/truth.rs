//! The truth of every unit beside what the control room is told of it. Rows only for what is visible.

use egui::{Color32, Label, RichText, TextEdit, Ui};
use egui_extras::{Column, TableRow};

use crate::console::context::View;
use crate::console::search;
use crate::console::widgets::{self, heading};
use crate::console::words;
use crate::desk::snapshot::UnitState;
use crate::fleet::{Accepted, UnitTruth};
use crate::profile::faults::FaultPlan;
use crate::time::UtcTime;
use crate::workshop::live::WorkshopHandle;

const HEADS: [(&str, bool); 7] = [
    ("Unit", false),
    ("Truly", true),
    ("Reported", true),
    ("Charge", true),
    ("Its controller", false),
    ("Faults", false),
    ("Accepted", false),
];

/// A difference from what is reported that is said in colour, kW: more than a meter's error or a second's ramp.
const FAR_KW: f64 = 5.0;

/// The table, as it was looked at last.
#[derive(Default)]
pub struct TruthTable {
    words: String,
    looked: Option<UtcTime>,
    units: Vec<UnitTruth>,
}

impl TruthTable {
    /// Draws it. The unit in hand is that of the view's selection.
    pub fn ui(&mut self, ui: &mut Ui, view: &mut View<'_>, workshop: &WorkshopHandle) {
        let now = view.clock.now();
        // A stopped clock changes nothing, and a second is as fine as units are lived through.
        if self.looked != Some(now) {
            (self.looked, self.units) = (Some(now), workshop.backstage().truths().at(now));
        }
        ui.horizontal_wrapped(|ui| {
            heading(ui, "The truth of every unit");
            let field = TextEdit::singleline(&mut self.words).hint_text(widgets::hint("Find a unit"));
            ui.add(field.desired_width(160.0)).accessible_name("Find a unit in the truth");
            let how = "Pick one to lay a fault on it, or on its FSP.";
            ui.add(Label::new(RichText::new(how).color(view.tokens.weak)));
        });
        let faults = workshop.backstage().faults();
        let found: Vec<&UnitTruth> = self
            .units
            .iter()
            .filter(|truth| search::contains(&truth.unit.to_string(), &self.words))
            .collect();
        let row = view.tokens.row;
        let table = widgets::list_table(ui, "truth of units")
            .column(widgets::text_column(150.0))
            .column(Column::exact(96.0))
            .column(Column::exact(96.0))
            .column(Column::exact(60.0))
            .column(Column::exact(96.0))
            .column(widgets::text_column(170.0))
            .column(Column::remainder().at_least(120.0).clip(true))
            .header(row, |mut row| widgets::heads(&mut row, view.tokens, &HEADS));
        table.body(|body| {
            body.rows(row, found.len(), |mut row| {
                let Some(truth) = found.get(row.index()) else { return };
                let in_hand = view.selection.unit.as_ref() == Some(&truth.unit);
                row.set_selected(in_hand);
                let far = if in_hand { view.tokens.text } else { view.tokens.high };
                one(&mut row, far, truth, view.unit(&truth.unit), &on_now(&faults, truth, now));
                if row.response().clicked() {
                    view.selection.unit = Some(truth.unit.clone());
                }
            });
        });
    }
}

fn one(
    row: &mut TableRow<'_, '_>,
    far: Color32,
    truth: &UnitTruth,
    reported: Option<&UnitState>,
    faults: &str,
) {
    let says = reported.and_then(|unit| unit.kw);
    // Of what was never reported nothing is said to differ.
    let is_far = says.is_some_and(|kw| (kw - truth.kw).abs() > FAR_KW);
    row.col(|ui| {
        widgets::cell(ui, truth.unit.to_string());
    });
    row.col(|ui| {
        // The sign says it without the colour, which cannot be read on a row in hand.
        let kw = words::kilowatts(Some(truth.kw));
        widgets::number(ui, if is_far { RichText::new(format!("≠ {kw}")).color(far) } else { kw.into() });
    });
    row.col(|ui| widgets::number(ui, words::kilowatts(says)));
    row.col(|ui| widgets::number(ui, words::percent(truth.soc)));
    row.col(|ui| {
        widgets::cell(ui, truth.believes.word().to_lowercase());
    });
    row.col(|ui| {
        widgets::cell(ui, if faults.is_empty() { "–" } else { faults }).on_hover_text(faults);
    });
    row.col(|ui| {
        let accepted: Vec<String> = truth.accepted.iter().map(in_words).collect();
        let accepted = if accepted.is_empty() { "–".to_owned() } else { accepted.join("; ") };
        widgets::cell(ui, &accepted).on_hover_text(&accepted);
    });
}

fn on_now(faults: &FaultPlan, truth: &UnitTruth, now: UtcTime) -> String {
    let of_unit = faults.of_unit(&truth.unit, now).map(|fault| fault.name());
    let of_fsp = faults.of_fsp(&truth.unit.fsp, now).map(|fault| fault.name());
    of_unit.chain(of_fsp).collect::<Vec<_>>().join(", ")
}

/// `EMID-1 revision 2, RUN, 17:30 to 19:00: DELTA 2,000.0 kW from 17:30:00 UTC`.
fn in_words(accepted: &Accepted) -> String {
    let levels: Vec<String> = accepted
        .levels
        .iter()
        .map(|(at, level)| {
            let kw = words::kilowatts(Some(level.watts.kilowatts()));
            format!("{} {kw} at {}", level.reference.word(), words::utc_time(*at))
        })
        .collect();
    format!(
        "{} revision {}, {}, {}: {}",
        accepted.key.dispatch_ref,
        accepted.revision,
        accepted.status,
        words::london_span(accepted.start, accepted.end),
        levels.join(", ")
    )
}
