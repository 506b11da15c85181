//! The page of the unit in hand: where it stands, what it can do, who answers for it, and what it was asked.

use egui::{Id, Label, RichText, ScrollArea, Ui, vec2};
use egui_material_icons::icons;

use super::availability::{self, Editor};
use super::index::client;
use super::trial::Trial;
use super::{faults, gauge, physics};
use crate::console::context::{Intent, View, Workspace, is_turned_to_zero};
use crate::console::hold::{HoldButton, Press, Progress};
use crate::console::response::{Response, Subject};
use crate::console::session::SessionChoice;
use crate::console::{widgets, words};
use crate::desk::command::Command;
use crate::desk::snapshot::{Mode, UnitState};
use crate::dispatch::DispatchUnit;

/// What a person has begun on the page.
#[derive(Default)]
pub struct Hands {
    /// On the emergency stop.
    pub press: Press,
    /// The window of its availability.
    pub availability: Editor,
    /// The window in which other physics are tried.
    pub trial: Trial,
    /// The step that is drawn, and of which unit.
    response: (Option<DispatchUnit>, Response),
}

impl Hands {
    /// The step of a unit: each begins with the whole way.
    fn response_of(&mut self, unit: &DispatchUnit) -> &mut Response {
        if self.response.0.as_ref() != Some(unit) {
            self.response = (Some(unit.clone()), Response::default());
        }
        &mut self.response.1
    }
}

/// Draws it.
pub fn ui(ui: &mut Ui, view: &mut View<'_>, unit: &UnitState, hands: &mut Hands) {
    ui.horizontal(|ui| {
        widgets::heading(ui, &unit.unit.to_string());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let close = egui::Button::new(icons::ICON_CLOSE.rich_text().size(16.0)).frame(false);
            let close = ui.add(close).accessible_name("Close the unit's page");
            widgets::focus_ring(ui, view.tokens, &close, close.rect);
            if close.clicked() {
                view.selection.unit = None;
            }
        });
    });
    ui.add(
        Label::new(RichText::new(format!("{}, {}", unit.name, unit.kind)).color(view.tokens.weak)).truncate(),
    );
    // Each unit's page begins at its top.
    let page = ScrollArea::vertical().id_salt(&unit.unit).auto_shrink([false, false]);
    page.show(ui, |ui| {
        now(ui, view, unit);
        actions(ui, view, unit, &mut hands.press);
        section(ui, view, "Declared availability");
        availability::section(ui, view, unit, &mut hands.availability);
        section(ui, view, "Dispatches");
        dispatches(ui, view, unit);
        section(ui, view, "Provider");
        provider(ui, view, unit);
        section(ui, view, "Contract");
        contract(ui, view, unit);
        section(ui, view, "Declared physics");
        for (name, value) in physics::facts(&unit.asset) {
            widgets::pair(ui, view.tokens, name, value);
        }
        for (name, value) in physics::reactive(unit.reactive.as_deref()) {
            widgets::pair(ui, view.tokens, name, value);
        }
        widgets::pair(ui, view.tokens, "Meter", physics::meter(&unit.meter));
        widgets::pair(ui, view.tokens, "Baseline", unit.baseline.words());
        if let Some(switch) = view.faults.filter(|switch| switch.reaches(&unit.unit.fsp)) {
            section(ui, view, "Simulated faults");
            faults::ui(ui, view, switch, unit);
        } else if matches!(view.session, SessionChoice::Connection(_)) && view.snapshot.mode != Mode::Live {
            section(ui, view, "Simulated faults");
            let says = "None are switched here: whoever answers for this unit runs elsewhere. A simulated fleet takes them \
                        from a file: rampdesk fleet --faults FILE.";
            ui.add(Label::new(RichText::new(says).color(view.tokens.weak)).wrap());
        }
        section(ui, view, "Step response");
        step(ui, view, unit, hands);
    });
}

/// From its baseline to a setpoint and back, by its declared physics.
fn step(ui: &mut Ui, view: &View<'_>, unit: &UnitState, hands: &mut Hands) {
    if let Some(fault) = unit.baseline.fault() {
        let words = format!("The baseline from which it would go is unknown: {fault}.");
        ui.add(Label::new(RichText::new(words).color(view.tokens.weak)).wrap());
        return;
    }
    let name = unit.unit.to_string();
    let physics = Some((unit.asset.as_ref(), unit.baseline.as_ref()));
    let subject = Subject { name: &name, physics, declared: None, now: view.clock.now_seconds() };
    hands.response_of(&unit.unit).ui(ui, view.tokens, &subject);
    let button = ui.button("Try other physics …");
    if button.on_hover_text("its fields and the step that follows; nothing of the unit changes").clicked() {
        hands.trial.open(unit);
    }
}

fn section(ui: &mut Ui, view: &View<'_>, title: &str) {
    ui.add_space(view.tokens.gap);
    let text = RichText::new(title).color(view.tokens.weak).strong();
    ui.add(Label::new(text).selectable(false));
    ui.separator();
}

fn now(ui: &mut Ui, view: &View<'_>, unit: &UnitState) {
    let tokens = view.tokens;
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new("Client").color(tokens.weak)).selectable(false));
        let (lamp, _) = client(view.snapshot, &unit.unit.fsp);
        widgets::lamp(ui, tokens, lamp, &format!("{} client on this page", unit.unit.fsp));
        ui.add(Label::new(RichText::new("Unit").color(tokens.weak)).selectable(false));
        widgets::lamp(ui, tokens, unit.lamp, &format!("{} unit on this page", unit.unit));
        ui.add(Label::new(unit.state.to_lowercase()));
    });
    widgets::pair(ui, tokens, "Power", words::kilowatts(unit.kw));
    gauge::power(ui, tokens, unit);
    gauge::trend(ui, tokens, unit, view.clock.now_seconds());
    widgets::pair(ui, tokens, "Baseline now", words::kilowatts(unit.baseline_kw));
    if unit.soc.is_some() {
        widgets::pair(ui, tokens, "State of charge", words::percent(unit.soc));
    }
    widgets::pair(ui, tokens, "Reported", words::ago(unit.reported, view.clock.now()));
}

fn actions(ui: &mut Ui, view: &mut View<'_>, unit: &UnitState, press: &mut Press) {
    ui.horizontal_wrapped(|ui| {
        if ui.button("Compose for this unit").clicked() {
            view.ask(Intent::ComposeFor(vec![unit.unit.clone()]));
        }
        let zero = "0 kW net power from a window's start to its end, as MW Dispatch asks it";
        if is_turned_to_zero(view.snapshot, &unit.unit)
            && ui.button("Turn to zero").on_hover_text(zero).clicked()
        {
            view.ask(Intent::TurnToZero(unit.unit.clone()));
        }
        if ui.button("Its messages").on_hover_text("every exchange of its FSP's client").clicked() {
            view.ask(Intent::MessagesOf(unit.unit.fsp.to_string()));
        }
        if ui.button("Its journal").on_hover_text("every entry that is about this unit").clicked() {
            view.ask(Intent::JournalOf(unit.unit.to_string()));
        }
    });
    let (_, rect) = ui.allocate_space(vec2(ui.available_width().min(300.0), 26.0));
    let button = HoldButton {
        id: Id::unique(("emergency stop of", &unit.unit)),
        label: "EMERGENCY STOP, this unit",
        name: &format!("EMERGENCY STOP of {}", unit.unit),
        chord: false,
    };
    match button.ui(ui, view.tokens, press, rect) {
        Progress::Fire => {
            view.ask(Intent::Give(Command::EmergencyStop { units: vec![unit.unit.clone()], operator: None }));
        }
        Progress::Cancelled => view.ask(Intent::Tell("Nothing was sent: hold it for 1.5 s.".to_owned())),
        Progress::Idle | Progress::Held(_) => {}
    }
}

fn dispatches(ui: &mut Ui, view: &mut View<'_>, unit: &UnitState) {
    let of_unit: Vec<_> = view
        .snapshot
        .dispatches
        .iter()
        .filter(|d| d.dispatch().is_some_and(|d| d.unit == unit.unit))
        .cloned()
        .collect();
    if of_unit.is_empty() {
        ui.add(Label::new(RichText::new("None in this session.").color(view.tokens.weak)));
    }
    for state in of_unit {
        let Some(dispatch) = state.dispatch() else { continue };
        ui.horizontal(|ui| {
            let word = state.phase.word();
            let name = format!("{} {word}", state.key.dispatch_ref);
            widgets::marked(ui, widgets::phase_mark(view.tokens, state.phase), word, &name);
            let link = ui.link(state.key.dispatch_ref.as_str()).on_hover_text("show it on the Board");
            if link.clicked() {
                view.selection.dispatch = Some(state.key.clone());
                view.ask(Intent::Show(Workspace::Board));
            }
            let window = words::london_span(dispatch.service_start, dispatch.service_end);
            ui.add(Label::new(RichText::new(&window).color(view.tokens.weak)).truncate())
                .on_hover_text(window);
        });
    }
}

fn provider(ui: &mut Ui, view: &View<'_>, unit: &UnitState) {
    let Some(fsp) = view.snapshot.fsps.iter().find(|f| f.id == unit.unit.fsp) else {
        ui.add(Label::new(RichText::new("Not in the fleet file.").color(view.tokens.weak)));
        return;
    };
    widgets::pair(ui, view.tokens, "Name", &fsp.name);
    widgets::pair(ui, view.tokens, "Telephone", &fsp.telephone);
    widgets::pair(ui, view.tokens, "Last poll", words::ago(fsp.last_poll, view.clock.now()));
}

fn contract(ui: &mut Ui, view: &View<'_>, unit: &UnitState) {
    widgets::pair(ui, view.tokens, "Contract", unit.contract.as_str());
    let operator = view.snapshot.operators.iter().find(|o| o.id == unit.operator);
    let named = operator.map_or_else(|| unit.operator.to_string(), |o| format!("{} ({})", o.name, o.id));
    widgets::pair(ui, view.tokens, "Network operator", named);
    let contracts = &view.snapshot.contracts;
    let Some(contract) =
        contracts.iter().find(|c| c.operator == unit.operator && c.contract == unit.contract)
    else {
        return;
    };
    widgets::pair(ui, view.tokens, "Product", &contract.product);
    widgets::pair(ui, view.tokens, "Notice", words::span(i64::from(contract.notice_seconds)));
    widgets::pair(ui, view.tokens, "Acknowledge within", words::span(i64::from(contract.ack_seconds)));
    widgets::pair(
        ui,
        view.tokens,
        "Price",
        contract.price.clone().unwrap_or_else(|| "none agreed".to_owned()),
    );
    let fail_safe =
        contract.fail_safe.map_or_else(|| "none agreed: it goes on as accepted".to_owned(), |f| f.words());
    widgets::pair(ui, view.tokens, "Fail-safe", fail_safe);
}
