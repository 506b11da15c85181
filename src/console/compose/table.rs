//! The table of setpoints beside the plot: the same levels, typed.

use egui::{ComboBox, Event, Frame, Id, Margin, Response, RichText, Ui, vec2};

use crate::console::landmark::{self, Landmark};
use crate::console::theme::Tokens;
use crate::console::widgets::{at_the_right, heading};
use crate::console::words;
use crate::dispatch::{Dispatch, PricePer, Reference};
use crate::time::UtcTime;
use crate::units::{absolute_in_words, delta_in_words, grouped};

use super::checks::{self, Finding, Severity};
use super::draft::{Draft, Kind, Row, RowId, Scale};
use super::entry::{Fold, TimeFault};
use super::paste;
use super::timeline::kilo;
use crate::console::fields::Field;

const NUMBER: f32 = 18.0;
const TIME: f32 = 78.0;
const VOLUME: f32 = 86.0;
const UNIT: f32 = 58.0;
const REFERENCE: f32 = 92.0;
const KIND: f32 = 84.0;

/// What the table is drawn from.
pub struct Table<'a> {
    /// For ids.
    pub sheet: u64,
    /// Colours.
    pub tokens: &'a Tokens,
    /// What the checks found.
    pub findings: &'a [Finding],
    /// The revision that is amended.
    pub amended: Option<&'a Dispatch>,
}

impl Table<'_> {
    /// Says which field a control is of.
    fn mark(&self, response: &Response, field: checks::Field) {
        landmark::mark(response, Landmark::Control(field.control(self.sheet)));
    }
}

enum RowAct {
    Duplicate(RowId),
    Remove(RowId),
    Choose(RowId, Reference),
}

/// Shows the table and edits the draft.
pub fn show(ui: &mut Ui, table: &Table<'_>, draft: &mut Draft, selected: &mut Option<RowId>) {
    take_paste(ui, table, draft);
    ui.horizontal(|ui| {
        heading(ui, "Setpoints");
        ui.label(RichText::new("London time").color(table.tokens.weak));
    });
    titles(ui, table.tokens);
    let mut acts = Vec::new();
    let ids: Vec<RowId> = draft.rows.iter().map(|r| r.id).collect();
    for id in &ids {
        row(ui, table, draft, *id, selected, &mut acts);
    }
    for act in acts {
        match act {
            RowAct::Duplicate(row) => *selected = draft.duplicate(row).or(*selected),
            RowAct::Remove(row) => draft.remove(row),
            RowAct::Choose(row, reference) => draft.choose_reference(row, reference),
        }
    }
    ui.horizontal_wrapped(|ui| {
        let add = ui.button("Add setpoint");
        table.mark(&add, checks::Field::Levels);
        if add.clicked() {
            *selected = Some(draft.add(next_time(draft), Kind::Real));
        }
        if ui.button("Add reactive").on_hover_text("Add a setpoint of reactive power").clicked() {
            *selected = Some(draft.add(next_time(draft), Kind::Reactive));
        }
        if !draft.is_sorted() && ui.button("Sort by time").clicked() {
            draft.sort();
        }
    });
    let hint = "Ctrl+V pastes columns of time and volume from a spreadsheet";
    ui.label(RichText::new(hint).small().color(table.tokens.weak));
}

fn titles(ui: &mut Ui, tokens: &Tokens) {
    ui.horizontal(|ui| {
        ui.add_space(6.0);
        let columns = [
            ("", NUMBER),
            ("Time", TIME),
            ("Volume", VOLUME),
            ("Unit", UNIT),
            ("Measured as", REFERENCE),
            ("Power", KIND),
        ];
        for (title, width) in columns {
            let text = RichText::new(title).small().color(tokens.weak);
            // A title stands over what is below it: numbers at the right, the rest at the left.
            let layout = if title == "Volume" {
                egui::Layout::right_to_left(egui::Align::Center)
            } else {
                egui::Layout::left_to_right(egui::Align::Center)
            };
            ui.allocate_ui_with_layout(vec2(width, 14.0), layout, |ui| {
                ui.set_width(width);
                ui.add(egui::Label::new(text).selectable(false));
            });
        }
    });
}

/// Half an hour after the last level, or as late as the window allows; the window's start when there is none.
fn next_time(draft: &Draft) -> UtcTime {
    let Some((start, end)) = draft.span() else {
        return draft.placed().last().map_or(UtcTime::from_unix(0), |p| p.at + 1800);
    };
    let times: Vec<UtcTime> = draft.rows.iter().filter_map(|r| draft.at(r).ok()).collect();
    match times.iter().max() {
        Some(last) if *last + 1800 < end => *last + 1800,
        Some(last) => (end - 60).max(*last + 1),
        None => start,
    }
}

fn row(
    ui: &mut Ui,
    table: &Table<'_>,
    draft: &mut Draft,
    id: RowId,
    selected: &mut Option<RowId>,
    acts: &mut Vec<RowAct>,
) {
    let tokens = table.tokens;
    let number = draft.number_of(id);
    let Some(current) = draft.row(id).cloned() else { return };
    let at = draft.at(&current);
    let before = changes(draft, &current, table.amended);
    let fill = if *selected == Some(id) { tokens.selected } else { tokens.panel };
    let frame = Frame::new().fill(fill).corner_radius(tokens.radius).inner_margin(Margin::symmetric(6, 4));
    let shown = frame.show(ui, |ui| {
        let mut focused = false;
        ui.horizontal(|ui| {
            ui.add_sized(vec2(NUMBER, tokens.row), egui::Label::new(number.to_string()));
            let Some(row) = draft.row_mut(id) else { return };
            let field = |name: &str, key: &str, width, hint, wrong, changed, number| Field {
                id: field_id(table.sheet, id, key),
                name: name.to_owned(),
                width,
                hint,
                wrong,
                changed,
                number,
            };
            let wrong = |field: checks::Field| is_wrong(table.findings, field);
            let time_name = format!("Setpoint {number} time");
            let time = field(
                &time_name,
                "time",
                TIME,
                "e.g. 17:00",
                wrong(checks::Field::Time(id)),
                before.time,
                false,
            )
            .show(ui, tokens, &mut row.time.text);
            if time.changed() {
                row.time.fold = None;
            }
            let volume_name = format!("Setpoint {number} volume");
            let volume = field(
                &volume_name,
                "volume",
                VOLUME,
                "e.g. 2,000",
                wrong(checks::Field::Volume(id)),
                before.volume,
                true,
            )
            .show(ui, tokens, &mut row.volume);
            table.mark(&time, checks::Field::Time(id));
            table.mark(&volume, checks::Field::Volume(id));
            if number == 1 {
                landmark::mark(&volume, Landmark::Volume);
            }
            focused = time.has_focus() || volume.has_focus();
            scale(ui, row, number);
            if let Some(reference) = reference(ui, table, row, number) {
                acts.push(RowAct::Choose(id, reference));
            }
            kind(ui, row, number);
        });
        ui.horizontal_wrapped(|ui| {
            ui.add_space(NUMBER + ui.spacing().item_spacing.x);
            match &at {
                Ok(at) => {
                    ui.label(RichText::new(words::utc_time(*at)).small().color(tokens.weak));
                }
                Err(fault) => time_fault(ui, tokens, draft, id, fault),
            }
            if let Some(row) = draft.row(id) {
                let (text, colour) = match meaning(row) {
                    Ok(words) => (words, tokens.text),
                    Err(words) => (words, tokens.weak),
                };
                ui.label(RichText::new(text).small().color(colour));
            }
        });
        ui.horizontal(|ui| {
            ui.add_space(NUMBER + ui.spacing().item_spacing.x);
            let Some(row) = draft.row_mut(id) else { return };
            price(ui, table, row, number, before.price);
            at_the_right(ui, |ui| {
                let duplicate = ui.small_button("Duplicate");
                if duplicate.accessible_name(format!("Duplicate setpoint {number}")).clicked() {
                    acts.push(RowAct::Duplicate(id));
                }
                let remove = ui.small_button("Remove");
                if remove.accessible_name(format!("Remove setpoint {number}")).clicked() {
                    acts.push(RowAct::Remove(id));
                }
            });
        });
        focused
    });
    if shown.inner {
        *selected = Some(id);
    }
}

fn scale(ui: &mut Ui, row: &mut Row, number: usize) {
    let mut chosen = row.scale;
    ComboBox::from_id_salt(("scale", row.id))
        .width(UNIT - 8.0)
        .selected_text(row.scale.unit(row.kind))
        .show_ui(ui, |ui| {
            for scale in [Scale::Kilo, Scale::Mega] {
                ui.selectable_value(&mut chosen, scale, scale.unit(row.kind));
            }
        })
        .response
        .accessible_name(format!("Setpoint {number} unit"));
    if chosen != row.scale {
        row.set_scale(chosen);
    }
}

fn reference(ui: &mut Ui, table: &Table<'_>, row: &Row, number: usize) -> Option<Reference> {
    let text = match row.reference {
        Some(reference) => RichText::new(short(reference)),
        None => RichText::new("choose…").color(table.tokens.medium).strong(),
    };
    let mut chosen = row.reference;
    let shown = ComboBox::from_id_salt(("reference", row.id))
        .width(REFERENCE - 8.0)
        .selected_text(text)
        .show_ui(ui, |ui| {
            ui.set_min_width(250.0);
            for (reference, words) in [
                (Reference::Delta, "delta: change from baseline"),
                (Reference::Absolute, "absolute: net power at the connection"),
            ] {
                ui.selectable_value(&mut chosen, Some(reference), words);
            }
        });
    let shown = shown.response.accessible_name(format!("Setpoint {number} delta or absolute"));
    table.mark(&shown, checks::Field::Reference(row.id));
    if number == 1 {
        landmark::mark(&shown, Landmark::Reference);
    }
    chosen.filter(|_| chosen != row.reference)
}

fn short(reference: Reference) -> &'static str {
    match reference {
        Reference::Delta => "delta",
        Reference::Absolute => "absolute",
    }
}

fn kind(ui: &mut Ui, row: &mut Row, number: usize) {
    let word = |kind| if kind == Kind::Real { "real" } else { "reactive" };
    let mut chosen = row.kind;
    ComboBox::from_id_salt(("kind", row.id))
        .width(KIND - 8.0)
        .selected_text(word(row.kind))
        .show_ui(ui, |ui| {
            for kind in [Kind::Real, Kind::Reactive] {
                ui.selectable_value(&mut chosen, kind, word(kind));
            }
        })
        .response
        .accessible_name(format!("Setpoint {number} real or reactive"));
    if chosen != row.kind {
        row.set_kind(chosen);
    }
}

fn price(ui: &mut Ui, table: &Table<'_>, row: &mut Row, number: usize, changed: bool) {
    ui.label(RichText::new("Price £").small().color(table.tokens.weak));
    let price = Field {
        id: field_id(table.sheet, row.id, "price"),
        name: format!("Setpoint {number} price"),
        width: 68.0,
        hint: "none",
        wrong: is_wrong(table.findings, checks::Field::Price(row.id)),
        changed,
        number: true,
    }
    .show(ui, table.tokens, &mut row.price);
    table.mark(&price, checks::Field::Price(row.id));
    let each = if row.kind == Kind::Real { PricePer::Mwh } else { PricePer::Mvarh };
    let word = |per| match per {
        PricePer::Mwh => "per MWh",
        PricePer::Mvarh => "per Mvarh",
        PricePer::Window => "per window",
    };
    ComboBox::from_id_salt(("per", row.id))
        .width(84.0)
        .selected_text(word(row.per))
        .show_ui(ui, |ui| {
            for per in [each, PricePer::Window] {
                ui.selectable_value(&mut row.per, per, word(per));
            }
        })
        .response
        .accessible_name(format!("Setpoint {number} price is for"));
}

fn time_fault(ui: &mut Ui, tokens: &Tokens, draft: &mut Draft, id: RowId, fault: &TimeFault) {
    ui.label(RichText::new(fault.words()).small().color(tokens.high));
    if let TimeFault::Twice { .. } = fault {
        for (fold, word) in [(Fold::Bst, "BST"), (Fold::Gmt, "GMT")] {
            if ui.small_button(word).clicked()
                && let Some(row) = draft.row_mut(id)
            {
                row.time.fold = Some(fold);
            }
        }
    }
}

/// What a row's number asks for, in words; an `Err` says what it still needs.
fn meaning(row: &Row) -> Result<String, String> {
    let amount = row.amount().map_err(|_| "no volume yet".to_owned())?;
    let reference = row.reference.ok_or_else(|| "delta or absolute?".to_owned())?;
    let value = kilo(amount);
    Ok(match (row.kind, reference) {
        (Kind::Real, Reference::Delta) => delta_in_words(value).to_owned(),
        (Kind::Real, Reference::Absolute) => format!("net {}", absolute_in_words(value)),
        (Kind::Reactive, reference) => {
            let from = if reference == Reference::Delta { "change from baseline, " } else { "" };
            let way = match value {
                v if v > 0.0 => "exporting (lagging)",
                v if v < 0.0 => "importing (leading)",
                _ => "none",
            };
            format!("{from}{} kvar {way}", grouped(value.abs(), 0))
        }
    })
}

/// What of a row is not as in the revision that is amended.
#[derive(Clone, Copy, Default)]
struct Changes {
    time: bool,
    volume: bool,
    price: bool,
}

fn changes(draft: &Draft, row: &Row, amended: Option<&Dispatch>) -> Changes {
    let Some(amended) = amended else { return Changes::default() };
    let Ok(at) = draft.at(row) else { return Changes { time: true, volume: true, price: false } };
    let Some(before) = amended.setpoints.iter().find(|s| s.at == at) else {
        return Changes { time: true, volume: true, price: false };
    };
    let (reference, amount, price) = match row.kind {
        Kind::Real => match before.real {
            Some(level) => (level.reference, level.watts.0, level.price),
            None => return Changes { time: true, volume: true, price: false },
        },
        Kind::Reactive => match before.reactive {
            Some(level) => (level.reference, level.vars.0, level.price),
            None => return Changes { time: true, volume: true, price: false },
        },
    };
    Changes {
        time: false,
        volume: row.amount() != Ok(amount) || row.reference != Some(reference),
        price: row.price() != Ok(price),
    }
}

/// Whether a check found an error in a field.
pub fn is_wrong(findings: &[Finding], field: checks::Field) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error && f.field == field)
}

fn field_id(sheet: u64, row: RowId, key: &str) -> Id {
    Id::unique(("compose-field", sheet, row, key))
}

/// Takes columns pasted from a spreadsheet: they fill the rows from the one in hand on, and add what is missing.
fn take_paste(ui: &Ui, table: &Table<'_>, draft: &mut Draft) {
    let focused = ui.memory(|m| m.focused());
    let here = focused.and_then(|id| {
        draft
            .rows
            .iter()
            .position(|r| ["time", "volume"].iter().any(|k| field_id(table.sheet, r.id, k) == id))
    });
    if focused.is_some() && here.is_none() {
        return;
    }
    let pasted = ui.input_mut(|input| {
        let at = input
            .events
            .iter()
            .position(|e| matches!(e, Event::Paste(text) if paste::lines(text).is_some()))?;
        match input.events.remove(at) {
            Event::Paste(text) => paste::lines(&text),
            _ => None,
        }
    });
    if let Some(lines) = pasted {
        draft.paste(here, lines);
    }
}
