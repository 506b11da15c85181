//! What an amendment changes: each field as it was and as it would be, and by how much. The same table stands beside the
//! draft and in the confirmation.

use egui::{Color32, Role, Sense, Ui};

use crate::console::line::{Cell, Line};
use crate::console::theme::Tokens;
use crate::console::widgets::heading;
use crate::console::words;
use crate::dispatch::{
    Change, ChangedField, ChangedPart, ChangedSetpoint, ChangedValue, Dispatch, DispatchParts, Price,
    Reference, Revision, changes,
};
use crate::time::{UtcTime, in_london};
use crate::units::{Vars, Watts, counted};

use super::confirm::price_per;
use super::entry::typed;

/// The columns, as shares of the width: field, before, after, by how much.
const COLUMNS: [f32; 4] = [0.27, 0.26, 0.26, 0.21];
/// Nothing.
const NONE: &str = "–";

/// A changed field in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub field: String,
    /// As it was; a dash for nothing.
    pub before: String,
    /// As it would be; a dash for nothing.
    pub after: String,
    /// By how much, or whether it is new or taken out.
    pub by: String,
}

/// Everything that an amendment changes, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    before: Revision,
    after: Revision,
    rows: Vec<Row>,
}

impl Difference {
    /// Between a revision and what would follow it.
    pub fn of(before: &Dispatch, after: &DispatchParts) -> Self {
        let rows = changes(before.parts(), after).iter().map(|change| row(change, before.revision)).collect();
        Self { before: before.revision, after: after.revision, rows }
    }

    /// `What revision 3 changes: 2 fields`.
    fn title(&self) -> String {
        match self.rows.len() {
            0 => format!("What revision {} changes: nothing", self.after),
            many => format!("What revision {} changes: {}", self.after, counted(many, "field")),
        }
    }

    /// Draws it under its title.
    pub fn show(&self, ui: &mut Ui, tokens: &Tokens) {
        heading(ui, &self.title());
        if self.rows.is_empty() {
            ui.weak(format!("Status, window and setpoints are those of revision {}.", self.before));
            return;
        }
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let heads =
                ["Field", &format!("Revision {}", self.before), &format!("Revision {}", self.after), "By"];
            line(ui, heads, [tokens.weak; 4], "Field, before, after, by how much");
            for row in &self.rows {
                let inks = [tokens.weak, tokens.weak, tokens.text, tokens.text];
                line(ui, [&row.field, &row.before, &row.after, &row.by], inks, &row.in_words());
            }
        });
    }
}

impl Row {
    /// `Setpoint 2 level: before +1,500 kW delta, after +1,000 kW delta, −500 kW`.
    pub fn in_words(&self) -> String {
        let nothing = |text: &str| if text == NONE { "nothing".to_owned() } else { text.to_owned() };
        let by = if self.by.is_empty() { String::new() } else { format!(", {}", self.by) };
        format!("{}: before {}, after {}{by}", self.field, nothing(&self.before), nothing(&self.after))
    }
}

fn line(ui: &mut Ui, texts: [&str; 4], inks: [Color32; 4], name: &str) {
    let width = ui.available_width();
    let mut left = 0.0;
    let mut cells = Vec::with_capacity(texts.len());
    for ((text, share), ink) in texts.into_iter().zip(COLUMNS).zip(inks) {
        cells.push(Cell::new(left, width * share - 8.0, text, ink));
        left += width * share;
    }
    Line { mark: None, cells: &cells, name, role: Role::Label, sense: Sense::hover(), ground: None }.show(ui);
}

fn row(change: &Change, before: Revision) -> Row {
    let days = match (change.before, change.after) {
        (Some(ChangedValue::Time(a)), Some(ChangedValue::Time(b))) => in_london(a).date != in_london(b).date,
        _ => false,
    };
    let value = |value: Option<ChangedValue>| value.map_or_else(|| NONE.to_owned(), |v| in_words(v, days));
    Row {
        field: field(change.field, before),
        before: value(change.before),
        after: value(change.after),
        by: by_how_much(change),
    }
}

fn field(field: ChangedField, before: Revision) -> String {
    match field {
        ChangedField::Status => "Status".to_owned(),
        ChangedField::Start => "Window start".to_owned(),
        ChangedField::End => "Window end".to_owned(),
        ChangedField::Setpoint(which, part) => {
            let part = match part {
                ChangedPart::Time => "time",
                ChangedPart::Real => "level",
                ChangedPart::RealPrice => "price",
                ChangedPart::Reactive => "reactive level",
                ChangedPart::ReactivePrice => "reactive price",
            };
            match which {
                ChangedSetpoint::Of(number) => format!("Setpoint {number} {part}"),
                ChangedSetpoint::TakenOut(number) => {
                    format!("Setpoint {number} of revision {before}, {part}")
                }
            }
        }
    }
}

fn in_words(value: ChangedValue, with_day: bool) -> String {
    match value {
        ChangedValue::Status(status) => status.to_string(),
        ChangedValue::Time(at) if with_day => format!("{} {}", in_london(at).date, words::london(at)),
        ChangedValue::Time(at) => words::london(at),
        ChangedValue::Real(reference, watts) => {
            format!("{}{watts} {}", plus(watts.0), reference.word().to_lowercase())
        }
        ChangedValue::Reactive(reference, vars) => {
            format!("{}{vars} {}", plus(vars.0), reference.word().to_lowercase())
        }
        ChangedValue::Price(price) => format!("{} per {}", pounds(price.pence), price_per(price.per)),
    }
}

fn plus(amount: i64) -> &'static str {
    if amount > 0 { "+" } else { "" }
}

/// `£300.00`, `−£12.50`.
fn pounds(pence: i64) -> String {
    let minus = if pence < 0 { "−" } else { "" };
    format!("{minus}£{}", typed(pence.saturating_abs(), 100))
}

fn by_how_much(change: &Change) -> String {
    let (Some(before), Some(after)) = (change.before, change.after) else {
        return if change.before.is_none() { "new" } else { "taken out" }.to_owned();
    };
    let measured = |a: Reference, b: Reference, amount: i64, difference: String| {
        if a == b {
            format!("{}{difference}", plus(amount))
        } else {
            format!("now {}", b.word().to_lowercase())
        }
    };
    match (before, after) {
        (ChangedValue::Time(a), ChangedValue::Time(b)) => later(a, b),
        (ChangedValue::Real(from, a), ChangedValue::Real(to, b)) => {
            let by = Watts(b.0.saturating_sub(a.0));
            measured(from, to, by.0, by.to_string())
        }
        (ChangedValue::Reactive(from, a), ChangedValue::Reactive(to, b)) => {
            let by = Vars(b.0.saturating_sub(a.0));
            measured(from, to, by.0, by.to_string())
        }
        (ChangedValue::Price(a), ChangedValue::Price(b)) => cheaper(a, b),
        _ => String::new(),
    }
}

fn later(before: UtcTime, after: UtcTime) -> String {
    let seconds = after.since(before);
    let word = if seconds > 0 { "later" } else { "earlier" };
    let span = match seconds.abs() {
        whole if (60..3600).contains(&whole) && whole % 60 == 0 => format!("{} min", whole / 60),
        other => words::span(other),
    };
    format!("{span} {word}")
}

fn cheaper(before: Price, after: Price) -> String {
    if before.per != after.per {
        return format!("now per {}", price_per(after.per));
    }
    let by = after.pence.saturating_sub(before.pence);
    format!("{}{}", plus(by), pounds(by))
}
