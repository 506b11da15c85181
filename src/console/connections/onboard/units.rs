//! Page 3: its units, one open at a time.

use egui::{ComboBox, Frame, RichText, Ui};

use super::form::{Form, Page};
use super::rows::{Row, beside, weak, wrong};
use crate::console::response::{Response, Subject};
use crate::console::theme::Tokens;
use crate::console::widgets;
use crate::workshop::enrolment::{AssetKind, BaselineDraft, MeterDraft, Quantity, UnitDraft};

/// The answer to a step of the unit that is open.
#[derive(Default)]
pub struct StepOf {
    /// The present, seconds of UTC.
    pub now: f64,
    place: usize,
    response: Response,
}

impl StepOf {
    /// Draws it, as what is typed has it.
    fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, unit: &UnitDraft, place: usize) {
        if self.place != place {
            (self.place, self.response) = (place, Response::default());
        }
        ui.add_space(tokens.gap);
        weak(
            ui,
            tokens,
            "What it does when it is told to go from its baseline to a setpoint at once, and back:",
        );
        let read = unit.physics();
        let physics = read.as_ref().map(|(asset, baseline)| (asset, baseline));
        let name = format!("unit {}", place + 1);
        let subject = Subject { name: &name, physics, declared: None, now: self.now };
        self.response.ui(ui, tokens, &subject);
    }
}

/// What was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Nothing.
    Nothing,
    /// Contracts and units are to come from a file.
    ReadFile,
}

/// Draws it; `open` is the unit whose fields are shown.
pub fn ui(ui: &mut Ui, tokens: &Tokens, form: &mut Form, open: &mut usize, step: &mut StepOf) -> Pressed {
    weak(
        ui,
        tokens,
        "What can be dispatched, with its declared physics: by these the desk foretells what a dispatch will deliver. Power is \
         positive for export.",
    );
    let faults: Vec<String> = form.faults_without_field(Page::Units).map(str::to_owned).collect();
    faults.iter().for_each(|fault| wrong(ui, tokens, fault));
    let mut removed = None;
    for place in 0..form.typed.draft.units.len() {
        Frame::group(ui.style()).show(ui, |ui| {
            // Else a closed unit would be as wide as its words.
            ui.set_width(ui.available_width());
            let is_open = *open == place;
            head(ui, tokens, form, place, is_open, open, &mut removed);
            if is_open {
                fields(ui, tokens, form, place);
                step.ui(ui, tokens, &form.typed.draft.units[place], place);
            }
        });
    }
    if let Some(place) = removed {
        form.typed.draft.units.remove(place);
        form.moved();
        *open = place.saturating_sub(1);
    }
    let mut pressed = Pressed::Nothing;
    ui.horizontal_wrapped(|ui| {
        if ui.button("Add a unit").clicked() {
            form.typed.draft.units.push(UnitDraft::of(AssetKind::Battery));
            *open = form.typed.draft.units.len() - 1;
        }
        if let Some(unit) = form.typed.draft.units.get(*open).cloned()
            && ui.button("Add another like this").clicked()
        {
            form.typed.draft.units.push(like(&unit));
            *open = form.typed.draft.units.len() - 1;
        }
        let read = ui.button("Read contracts and units from a file …");
        if read
            .on_hover_text("a file as for `rampdesk onboard --units`; it replaces what is written here")
            .clicked()
        {
            pressed = Pressed::ReadFile;
        }
    });
    pressed
}

fn head(
    ui: &mut Ui,
    tokens: &Tokens,
    form: &Form,
    place: usize,
    is_open: bool,
    open: &mut usize,
    removed: &mut Option<usize>,
) {
    let unit = &form.typed.draft.units[place];
    ui.horizontal_wrapped(|ui| {
        let id = if unit.unit.trim().is_empty() { "not named yet" } else { unit.unit.trim() };
        widgets::heading(ui, &format!("Unit {}: {id}", place + 1));
        ui.label(RichText::new(unit.kind.name()).color(tokens.weak));
        if !is_open {
            if ui.button("Show").accessible_name(format!("Show unit {}", place + 1)).clicked() {
                *open = place;
            }
            let wrong = form.faults_of_unit(place);
            if wrong > 0 {
                let mark = (widgets::Outline::Cross, tokens.high, true);
                let words = format!("{wrong} to mend");
                widgets::marked(ui, mark, &words, &format!("unit {}: {words}", place + 1));
            }
        }
        if ui.button("Remove").accessible_name(format!("Remove unit {}", place + 1)).clicked() {
            *removed = Some(place);
        }
    });
}

fn fields(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    let text = |ui: &mut Ui,
                form: &mut Form,
                key: &str,
                label: &str,
                hint: &str,
                get: fn(&mut UnitDraft) -> &mut String| {
        let field = format!("units[{place}].{key}");
        let row = Row { field: &field, label, name: label.to_owned(), width: 240.0, hint, number: false };
        row.show(ui, tokens, form, |form| get(&mut form.typed.draft.units[place]));
    };
    text(ui, form, "unit", "Unit id", "BESS-01", |unit| &mut unit.unit);
    text(ui, form, "name", "Unit name, for people", "as its id", |unit| &mut unit.name);
    if form.typed.draft.contracts.len() > 1 {
        contract(ui, tokens, form, place);
    }
    kind(ui, tokens, form, place);
    for Quantity { key, label, usual } in form.typed.draft.units[place].kind.quantities() {
        let field = format!("units[{place}].asset.{key}");
        let row =
            Row { field: &field, label, name: (*label).to_owned(), width: 100.0, hint: usual, number: true };
        row.show(ui, tokens, form, |form| form.typed.draft.units[place].quantities.entry(key).or_default());
    }
    baseline(ui, tokens, form, place);
    meter(ui, tokens, form, place);
}

/// What may be left empty: then it is metered exactly.
fn meter(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    type Of = fn(&mut MeterDraft) -> &mut String;
    let rows: [(&str, &str, Of); 3] = [
        ("noise", "Meter noise, share of the reading", |meter| &mut meter.noise),
        ("resolution_kw", "Meter reads in steps of, kW", |meter| &mut meter.resolution_kw),
        ("seed", "Seed of the noise", |meter| &mut meter.seed),
    ];
    for (key, label, get) in rows {
        let field = format!("units[{place}].meter.{key}");
        let name = label.to_owned();
        let row = Row { field: &field, label, name, width: 100.0, hint: "none", number: true };
        row.show(ui, tokens, form, |form| get(&mut form.typed.draft.units[place].meter));
    }
}

fn contract(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    beside(ui, tokens, "Under contract", |ui| {
        let contracts = &form.typed.draft.contracts;
        let shown = |at: usize| match contracts.get(at).map(|contract| contract.id.trim()) {
            Some("") | None => format!("Contract {}", at + 1),
            Some(id) => id.to_owned(),
        };
        let mut chosen = form.typed.draft.units[place].contract;
        let combo = ComboBox::from_id_salt(("onboard contract", place)).selected_text(shown(chosen));
        let response = combo.show_ui(ui, |ui| {
            for at in 0..contracts.len() {
                ui.selectable_value(&mut chosen, at, shown(at));
            }
        });
        response.response.accessible_name("Under contract");
        form.typed.draft.units[place].contract = chosen;
    });
}

fn kind(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    beside(ui, tokens, "Kind", |ui| {
        ui.horizontal_wrapped(|ui| {
            for kind in AssetKind::ALL {
                let unit = &mut form.typed.draft.units[place];
                if ui.radio(unit.kind == kind, kind.name()).clicked() {
                    unit.become_kind(kind);
                }
            }
        });
    });
}

fn baseline(ui: &mut Ui, tokens: &Tokens, form: &mut Form, place: usize) {
    beside(ui, tokens, "Baseline", |ui| {
        ui.horizontal_wrapped(|ui| {
            let baseline = &mut form.typed.draft.units[place].baseline;
            let is_fixed = matches!(baseline, BaselineDraft::Fixed(_));
            if ui.radio(is_fixed, "The same at all times").clicked() && !is_fixed {
                *baseline = BaselineDraft::Fixed("0".to_owned());
            }
            let is_by_clock = matches!(baseline, BaselineDraft::Daily(_));
            if ui.radio(is_by_clock, "By time of day").clicked() && !is_by_clock {
                let kw = if let BaselineDraft::Fixed(kw) = baseline { kw.as_str() } else { "0" };
                *baseline = BaselineDraft::Daily(format!("00:00 {kw}"));
            }
            if matches!(baseline, BaselineDraft::Declared(_)) {
                ui.radio(true, "As the file declares it")
                    .on_hover_text("Of a kind that only a fleet file holds; it is kept as it is");
            }
        });
    });
    let baseline = &form.typed.draft.units[place].baseline;
    let Some(key) = baseline.key() else { return };
    let is_fixed = matches!(baseline, BaselineDraft::Fixed(_));
    let (label, hint, width) = if is_fixed {
        ("Baseline, kW (negative: import)", "0", 100.0)
    } else {
        ("London times and kW", "00:00 -300, 07:00 -700; or weekdays 00:00 -300, weekend 00:00 -100", 420.0)
    };
    let field = format!("units[{place}].baseline.{key}");
    let row = Row { field: &field, label, name: label.to_owned(), width, hint, number: is_fixed };
    row.show(ui, tokens, form, |form| match &mut form.typed.draft.units[place].baseline {
        BaselineDraft::Fixed(text) | BaselineDraft::Daily(text) | BaselineDraft::Declared(text) => text,
    });
}

/// Another unit with the same physics, and the next number where its id ends in one.
fn like(unit: &UnitDraft) -> UnitDraft {
    let stem = unit.unit.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &unit.unit[stem.len()..];
    let next = digits.parse::<u64>().ok().and_then(|number| number.checked_add(1));
    let id = next.map_or_else(String::new, |next| format!("{stem}{next:0width$}", width = digits.len()));
    UnitDraft { unit: id, name: String::new(), ..unit.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_like_it_has_the_next_number_and_no_name_yet() {
        for (id, next) in
            [("BESS-01", "BESS-02"), ("G9", "G10"), ("A-099", "A-100"), ("ENGINE", ""), ("", "")]
        {
            let unit = UnitDraft {
                unit: id.to_owned(),
                name: "n".to_owned(),
                ..UnitDraft::of(AssetKind::Generator)
            };
            let other = like(&unit);
            assert_eq!((other.unit.as_str(), other.name.as_str(), other.kind), (next, "", unit.kind), "{id}");
        }
    }
}
