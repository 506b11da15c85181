//! The bench on which a draft is worked: header, time line, table, checks, and the bar from which it is sent.

use egui::{Frame, Key, KeyboardShortcut, Label, Modifiers, RichText, ScrollArea, Ui};

use crate::console::context::{Intent, View, Workspace, turns_to_zero};
use crate::console::landmark::{self, Landmark};
use crate::console::widgets::{self, filled_button};
use crate::units::{counted, grouped};

use super::checks::Place;
use super::difference::Difference;
use super::draft::Kind;
use super::notes::Chosen;
use super::parts::{Parts, part};
use super::rehearsed::{Rehearsed, trial_of};
use super::sheet::{Sheet, Stage, contract_of};
use super::table::Table;
use super::templates::{Choice, Templates};
use super::timeline::{Act, Pending, Scene};
use super::{document, header, notes, table, timeline};

/// Height of the plots in a low window, where they are scrolled to.
const LEAST_PLOT_HEIGHT: f32 = 320.0;
/// Height of the plots when all is in one column.
const PLOT_HEIGHT: f32 = 420.0;

const UNDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Z);
const REDO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z);
const REDO_TOO: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Y);

/// What a person wants of a draft as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing.
    None,
    /// Let it go.
    Discard,
    /// See what would be sent.
    Review,
    /// See what would be sent of all drafts.
    ReviewAll,
    /// See the list of units.
    PickUnits,
    /// Something of the templates.
    Template(Choice),
}

/// Shows the bench.
pub fn show(
    ui: &mut Ui,
    view: &mut View<'_>,
    sheet: &mut Sheet,
    templates: &mut Templates,
    several: bool,
) -> Wish {
    shortcuts(ui, sheet);
    if let Some(rehearsed) = &mut sheet.rehearsed {
        rehearsed.settle();
    }
    let enabled = matches!(sheet.stage, Stage::Editing);
    let (mut picked, mut place) = (None, None);
    let mut plots = |ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet| {
        ui.horizontal_wrapped(|ui| picked = tools(ui, view, sheet, templates, several));
        plots(ui, view, sheet);
    };
    let parts = Parts::of(ui);
    let none = Frame::new();
    if let Some(table) = parts.table {
        part(ui, parts.draft, none, enabled, |ui| {
            let room = ui.available_height();
            ScrollArea::vertical().id_salt("compose-plots").auto_shrink(false).show(ui, |ui| {
                let top = ui.cursor().top();
                header::show(ui, view, sheet);
                let left = (room - (ui.cursor().top() - top)).max(LEAST_PLOT_HEIGHT);
                ui.allocate_ui(egui::vec2(ui.available_width(), left), |ui| plots(ui, view, sheet));
            });
        });
        let frame = Frame::side_top_panel(ui.style());
        part(ui, table, frame, enabled, |ui| {
            ScrollArea::vertical().id_salt("compose-table").auto_shrink(false).show(ui, |ui| {
                levels(ui, view, sheet);
                difference(ui, view, sheet);
                place = checks(ui, view, sheet);
            });
        });
        let between = if table.left() > parts.draft.left() { table.left() } else { table.right() };
        ui.painter().vline(between, table.y_range(), ui.visuals().widgets.noninteractive.bg_stroke);
    } else {
        part(ui, parts.draft, none, enabled, |ui| {
            ScrollArea::vertical().id_salt("compose-column").auto_shrink(false).show(ui, |ui| {
                header::show(ui, view, sheet);
                ui.allocate_ui(egui::vec2(ui.available_width(), PLOT_HEIGHT), |ui| plots(ui, view, sheet));
                levels(ui, view, sheet);
                difference(ui, view, sheet);
                place = checks(ui, view, sheet);
            });
        });
    }
    let mut wish = parts.bar(ui, |ui| send_bar(ui, view, sheet, several));
    if let Some(place) = place {
        wish = go_to(ui, view, sheet, place);
    }
    picked.map_or(wish, Wish::Template)
}

fn shortcuts(ui: &Ui, sheet: &mut Sheet) {
    if ui.ctx().text_edit_focused() || !matches!(sheet.stage, Stage::Editing) {
        return;
    }
    // egui takes no notice of an extra Shift: the chord with Shift is asked for first.
    let (redo, undo) = ui.input_mut(|i| {
        let redo = i.consume_shortcut(&REDO) || i.consume_shortcut(&REDO_TOO);
        (redo, !redo && i.consume_shortcut(&UNDO))
    });
    if undo {
        step_back(sheet);
    } else if redo {
        step_forward(sheet);
    }
}

fn step_back(sheet: &mut Sheet) {
    sheet.history.finish(&sheet.draft);
    if let Some(before) = sheet.history.undo() {
        sheet.draft = before.clone();
    }
}

fn step_forward(sheet: &mut Sheet) {
    sheet.history.finish(&sheet.draft);
    if let Some(after) = sheet.history.redo() {
        sheet.draft = after.clone();
    }
}

fn levels(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) {
    let findings = sheet.last_outlook().map(|o| o.findings.clone()).unwrap_or_default();
    let amended = sheet.amends.clone();
    let table = Table {
        sheet: sheet.id,
        tokens: view.tokens,
        findings: &findings,
        amended: amended.as_ref().map(|r| &r.signed.dispatch),
    };
    table::show(ui, &table, &mut sheet.draft, &mut sheet.selected);
}

/// Of an amendment, what it changes.
fn difference(ui: &mut Ui, view: &View<'_>, sheet: &Sheet) {
    let Some(before) = sheet.amended() else { return };
    ui.add_space(6.0);
    match document::parts(&sheet.draft, view.clock.now()) {
        Some(after) => Difference::of(before, &after).show(ui, view.tokens),
        None => {
            widgets::heading(ui, &format!("What revision {} changes", sheet.draft.revision));
            ui.weak("Shown as soon as every field can be read.");
        }
    }
}

/// What was found, and what came of a rehearsal; where a person goes to mend something.
fn checks(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) -> Option<Place> {
    ui.add_space(6.0);
    let chosen = sheet
        .last_outlook()
        .and_then(|outlook| notes::show(ui, view.tokens, &sheet.draft, &outlook.findings));
    if let Some(Chosen::Mend(repair)) = &chosen {
        sheet.mend(repair);
    }
    if let Some(rehearsed) = &sheet.rehearsed {
        rehearsed.show(ui, view.tokens, &sheet.draft);
    }
    match chosen {
        Some(Chosen::Go(place)) => Some(place),
        Some(Chosen::Mend(_)) | None => None,
    }
}

/// Goes to where a finding is mended.
fn go_to(ui: &Ui, view: &mut View<'_>, sheet: &Sheet, place: Place) -> Wish {
    match place {
        Place::Control(field) => {
            landmark::go_to(ui.ctx(), vec![Landmark::Control(field.control(sheet.id))]);
        }
        Place::Units => return Wish::PickUnits,
        Place::UnitPage => {
            view.selection.unit = Some(sheet.draft.unit.clone());
            view.ask(Intent::Show(Workspace::Fleet));
        }
        Place::Vtn => view.ask(Intent::Show(Workspace::Connections)),
    }
    Wish::None
}

fn plots(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) {
    let Some(unit) = view.unit(&sheet.draft.unit) else {
        ui.label("The unit is no longer among those of this desk; nothing can be drawn.");
        return;
    };
    let mut range = std::mem::take(&mut sheet.range);
    let mut pending = sheet.pending.take();
    let acts = match sheet.last_outlook().and_then(|o| o.forecast.as_ref()) {
        Some(forecast) => {
            let scene = Scene {
                sheet: sheet.id,
                draft: &sheet.draft,
                unit,
                forecast,
                tokens: view.tokens,
                selected: sheet.selected,
                enabled: matches!(sheet.stage, Stage::Editing),
                now: view.clock.now_seconds().floor(),
                ghost: sheet.rehearsed.as_ref().and_then(|rehearsed| rehearsed.ghost(&sheet.draft)),
            };
            timeline::show(ui, &scene, &mut range, &mut pending)
        }
        None => Vec::new(),
    };
    sheet.range = range;
    sheet.pending = pending;
    for act in acts {
        perform(view, sheet, &act);
    }
}

fn tools(
    ui: &mut Ui,
    view: &View<'_>,
    sheet: &mut Sheet,
    templates: &mut Templates,
    several: bool,
) -> Option<Choice> {
    if ui.add_enabled(sheet.history.can_undo(), egui::Button::new("Undo")).on_hover_text("Ctrl+Z").clicked() {
        step_back(sheet);
    }
    if ui
        .add_enabled(sheet.history.can_redo(), egui::Button::new("Redo"))
        .on_hover_text("Ctrl+Shift+Z")
        .clicked()
    {
        step_forward(sheet);
    }
    ui.separator();
    turn_to_zero(ui, view, sheet);
    let picked = templates.menu(ui, view.tokens, &sheet.draft, several);
    rehearse(ui, view, sheet);
    ui.separator();
    if ui.button("Longer").on_hover_text("Show a longer time (Ctrl and wheel over the plot)").clicked() {
        sheet.range.zoom_time(1.5);
    }
    if ui.button("Shorter").on_hover_text("Show a shorter time").clicked() {
        sheet.range.zoom_time(1.0 / 1.5);
    }
    let fit = egui::Button::new("Fit");
    if ui.add_enabled(sheet.range.is_chosen(), fit).on_hover_text("Show all that matters").clicked() {
        sheet.range.fit();
    }
    let hint = "Double-click adds a setpoint; arrow keys move it; Shift for fine";
    ui.add(Label::new(RichText::new(hint).small().weak()).extend());
    picked
}

/// One press for what MW Dispatch asks; under another contract it says why there is none.
fn turn_to_zero(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) {
    let draft = &mut sheet.draft;
    let product = contract_of(view, draft).map(|contract| contract.product.as_str()).unwrap_or_default();
    let obstacle = if !turns_to_zero(product) {
        let product = if product.is_empty() { "another product" } else { product };
        Some(format!(
            "Contract {} is for {product}; MW Dispatch alone turns export to zero. A unit of any contract is brought to 0 kW \
             by a setpoint of 0, absolute.",
            draft.contract
        ))
    } else if draft.window().0.is_err() {
        Some("Write when the window starts first.".to_owned())
    } else if draft.is_turned_to_zero() {
        Some("That is what it asks.".to_owned())
    } else {
        None
    };
    let button = ui.add_enabled(obstacle.is_none(), egui::Button::new("Turn to zero"));
    let button = button
        .on_hover_text("0 kW net power from the window's start to its end, and no other level of real power");
    let pressed = button.on_disabled_hover_text(obstacle.unwrap_or_default()).clicked();
    if pressed {
        sheet.selected = draft.turn_to_zero();
    }
}

/// Has the draft take place on a copy of its unit; where it cannot it says why.
fn rehearse(ui: &mut Ui, view: &View<'_>, sheet: &mut Sheet) {
    let is_under_way = sheet.rehearsed.as_ref().is_some_and(Rehearsed::is_under_way);
    let errors = sheet.last_outlook().map_or(0, |outlook| outlook.counts().0);
    let trial = match (is_under_way, errors) {
        (true, _) => Err("It is under way.".to_owned()),
        (_, 0) => trial_of(view, sheet),
        (_, errors) => Err(format!("{} to mend first; see the checks.", counted(errors, "error"))),
    };
    let button = ui.add_enabled(trial.is_ok(), egui::Button::new("Rehearse"));
    landmark::mark(&button, Landmark::Rehearse);
    let button = button.on_hover_text(
        "Has it take place now on a copy of the unit, through VTN, client and controller: what would be acknowledged and \
         delivered. Nothing is sent.",
    );
    match trial {
        Ok(trial) if button.clicked() => {
            sheet.rehearsed = Some(Rehearsed::begin(ui.ctx(), sheet.draft.clone(), trial));
        }
        Ok(_) => {}
        Err(why) => {
            button.on_disabled_hover_text(why);
        }
    }
}

fn perform(view: &View<'_>, sheet: &mut Sheet, act: &Act) {
    match act {
        Act::Select(row) => sheet.selected = Some(*row),
        Act::Move(row, at) => sheet.draft.set_time(*row, *at),
        Act::Amount(row, amount) => {
            if let Some(row) = sheet.draft.row_mut(*row) {
                row.set_amount(*amount);
            }
        }
        Act::Remove(row) => sheet.draft.remove(*row),
        Act::Window(start, end) => sheet.draft.set_window(*start, *end),
        Act::Cancel => sheet.draft = sheet.history.present().clone(),
        Act::Add(pending) => add(view, sheet, *pending),
    }
}

/// Puts a level where a person double-clicked: in a row that is still empty, else in a new one.
fn add(view: &View<'_>, sheet: &mut Sheet, asked: Pending) {
    let draft = &mut sheet.draft;
    let empty = draft.rows.iter().find(|r| r.kind == asked.kind && r.volume.trim().is_empty());
    let reference = asked.reference.or(empty.and_then(|r| r.reference)).or(draft.remembered(asked.kind));
    let Some(reference) = reference else {
        sheet.pending = Some(asked);
        return;
    };
    let Some(unit) = view.unit(&draft.unit) else { return };
    let row = match empty.map(|r| r.id) {
        Some(row) => {
            draft.set_time(row, asked.at);
            row
        }
        None => draft.add(asked.at, asked.kind),
    };
    draft.choose_reference(row, reference);
    let baseline = match (asked.kind, reference) {
        (Kind::Real, crate::dispatch::Reference::Delta) => {
            unit.baseline.at(crate::console::plot::instant::seconds(asked.at))
        }
        _ => 0.0,
    };
    if let (Some(amount), Some(row)) =
        (crate::units::Watts::from_kilowatts((asked.level - baseline).round()), draft.row_mut(row))
    {
        row.set_amount(amount.0);
    }
    draft.sort();
    sheet.selected = Some(row);
}

fn send_bar(ui: &mut Ui, view: &View<'_>, sheet: &Sheet, several: bool) -> Wish {
    let mut wish = Wish::None;
    let tokens = view.tokens;
    let Some(outlook) = sheet.last_outlook() else { return wish };
    let (errors, warnings) = outlook.counts();
    let enabled = matches!(sheet.stage, Stage::Editing);
    ui.horizontal_wrapped(|ui| {
        if ui.add_enabled(enabled, egui::Button::new("Discard")).clicked() {
            wish = Wish::Discard;
        }
        let mut summary = vec![counted(sheet.draft.rows.len(), "setpoint")];
        if let Some(forecast) = &outlook.forecast {
            if let Some(asked) = forecast.asked_kwh {
                summary.push(format!("{} kWh asked", grouped(asked, 1)));
            }
            if let Some(predicted) = forecast.predicted_kwh {
                summary.push(format!("{} kWh predicted", grouped(predicted, 1)));
            }
        }
        summary.push(counted(warnings, "warning"));
        // What is asked of a person stands at the right and is never cut; the summary gives way.
        let kept = 170.0 + if several { 180.0 } else { 0.0 } + if errors > 0 { 230.0 } else { 0.0 };
        let room = egui::vec2((ui.available_width() - kept).max(60.0), tokens.row);
        let summary = summary.join(" · ");
        ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_max_width(room.x);
            ui.add(Label::new(RichText::new(&summary).color(tokens.weak)).truncate()).on_hover_text(&summary);
        });
        widgets::at_the_right(ui, |ui| {
            let ready = enabled && errors == 0;
            let (fill, ink) =
                if ready { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
            let says = format!("{} to mend first; see the checks", counted(errors, "error"));
            if errors > 0 {
                ui.label(RichText::new(&says).color(tokens.high));
            }
            if several && ui.add_enabled(enabled, egui::Button::new("Review and send all…")).clicked() {
                wish = Wish::ReviewAll;
            }
            let review = filled_button(ui, ready, "Review and send…", fill, ink);
            landmark::mark(&review, Landmark::Review);
            if review.on_disabled_hover_text(&says).clicked() {
                wish = Wish::Review;
            }
        });
    });
    wish
}
