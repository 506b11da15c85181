//! Confirming what is sent: frozen, in words and numbers; armed first, then sent. Cancel is the default and Enter
//! never confirms.

use egui::{Id, Key, Label, Modal, Modifiers, RichText, ScrollArea, Ui};

use crate::console::context::View;
use crate::console::landmark::{self, Landmark};
use crate::console::sign_on::{self, Signer};
use crate::console::theme::Tokens;
use crate::console::widgets::{
    at_the_right, beside_a_filled_button, clicked_but_not_by_enter, filled_button, heading,
};
use crate::console::words;
use crate::desk::approval::Need;
use crate::desk::snapshot::Mode;
use crate::dispatch::{DispatchParts, Price, PricePer, Reference, Setpoint, Status};
use crate::units::{absolute_in_words, counted, delta_in_words, grouped};

use super::checks::{Finding, Severity};
use super::difference::Difference;
use super::document;
use super::draft::Draft;
use super::forecast::Forecast;
use super::sheet::{Sheet, fsp_of};

/// Width of the names beside the values, points.
const NAMES: f32 = 120.0;

/// Dispatches frozen in front of a person.
pub struct Review {
    /// Each with its consequence in words.
    pub dispatches: Vec<Frozen>,
    armed: bool,
    is_new: bool,
}

/// One frozen dispatch.
pub struct Frozen {
    /// The sheet that it is from.
    pub sheet: u64,
    /// Exactly what will be given to the desk.
    pub parts: DispatchParts,
    signer: Option<Signer>,
    lines: Vec<(&'static str, String)>,
    setpoints: Vec<String>,
    difference: Option<Difference>,
    warnings: Vec<String>,
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing yet.
    None,
    /// Back to the draft.
    Cancel,
    /// Send; or, above a limit, ask a second person.
    Send,
}

impl Frozen {
    /// Freezes a draft that has no error.
    pub fn of(sheet: &Sheet, view: &View<'_>) -> Option<Self> {
        let outlook = sheet.last_outlook()?;
        if outlook.counts().0 > 0 {
            return None;
        }
        let draft = &sheet.draft;
        let parts = document::parts(draft, view.clock.now())?;
        let warnings = outlook.findings.iter().filter(|f| f.severity == Severity::Warning);
        Some(Self {
            sheet: sheet.id,
            signer: signer(view, &parts),
            lines: lines(sheet, view, &parts, outlook.forecast.as_ref()),
            setpoints: parts.setpoints.iter().map(in_words).collect(),
            difference: sheet.amended().map(|before| Difference::of(before, &parts)),
            warnings: warnings.map(|f| in_a_line(f, draft)).collect(),
            parts,
        })
    }
}

fn in_a_line(finding: &Finding, draft: &Draft) -> String {
    format!("{}: {}", finding.field.name(draft), finding.reason)
}

fn lines(
    sheet: &Sheet,
    view: &View<'_>,
    parts: &DispatchParts,
    forecast: Option<&Forecast>,
) -> Vec<(&'static str, String)> {
    let unit = view.unit(&parts.unit).map_or_else(String::new, |u| format!(" ({})", u.name));
    let fsp = fsp_of(view, &sheet.draft).map_or_else(
        || parts.unit.fsp.to_string(),
        |f| format!("{} ({}), telephone {}", f.id, f.name, f.telephone),
    );
    let operator = view.snapshot.operators.iter().find(|o| o.id == parts.network_operator);
    let revision = match sheet.amended() {
        Some(before) => {
            format!("{}, revision {} becomes {}", parts.dispatch_ref, before.revision, parts.revision)
        }
        None => format!("{}, revision {} (new)", parts.dispatch_ref, parts.revision),
    };
    let mut lines = vec![
        ("Unit", format!("{}{unit}", parts.unit)),
        ("FSP", fsp),
        ("Reference", revision),
        ("Status", status_in_words(parts.status).to_owned()),
        (
            "Window",
            format!(
                "{} ({} to {})",
                words::london_span(parts.service_start, parts.service_end),
                words::utc_time(parts.service_start),
                words::utc_time(parts.service_end)
            ),
        ),
    ];
    if let Some(forecast) = forecast {
        if let Some(asked) = forecast.asked_kwh {
            let predicted = forecast
                .predicted_kwh
                .map_or_else(String::new, |kwh| format!("; predicted {} kWh", grouped(kwh, 1)));
            lines.push(("Energy", format!("{} kWh of change asked{predicted}", grouped(asked, 1))));
        }
        let missed = match forecast.missed.as_slice() {
            [] if forecast.plan.is_some() => "none: every level is predicted at its time".to_owned(),
            [] => "not predicted".to_owned(),
            missed => format!(
                "{}: {}",
                counted(missed.len(), "level"),
                missed.iter().map(|m| m.words(forecast.exhausted_at())).collect::<Vec<_>>().join("; ")
            ),
        };
        lines.push(("Predicted misses", missed));
    }
    let signed = match (operator, signer(view, parts)) {
        (Some(operator), Some(signer)) => {
            format!("{} of {} ({}), over the whole document", signer.words(), operator.id, operator.name)
        }
        _ => format!("no key of {} is known here", parts.network_operator),
    };
    lines.push(("Signed with", signed));
    lines
}

/// Who signs it; `None` where the operator is not this desk's.
fn signer(view: &View<'_>, parts: &DispatchParts) -> Option<Signer> {
    let operator = view.snapshot.operators.iter().find(|o| o.id == parts.network_operator)?;
    Some(Signer::of(view.snapshot, operator, parts.status))
}

/// Whether something would be signed otherwise than it stands there, or by nobody; in words.
pub fn signed_otherwise(view: &View<'_>, dispatches: &[Frozen]) -> Option<String> {
    let changed = dispatches.iter().find(|frozen| signer(view, &frozen.parts) != frozen.signer);
    if changed.is_some() {
        return Some("who signs it is another now: cancel, and review it again".to_owned());
    }
    unsigned(view, dispatches)
}

/// Why nobody signs what moves a unit of these, in words.
pub fn unsigned(view: &View<'_>, dispatches: &[Frozen]) -> Option<String> {
    let moving = dispatches.iter().map(|frozen| &frozen.parts).filter(|parts| !parts.status.is_stop());
    sign_on::obstacle(view.snapshot, moving.map(|parts| &parts.network_operator))
}

fn status_in_words(status: Status) -> &'static str {
    match status {
        Status::PreNotify => "PRE_NOTIFY: a notice only; nothing moves",
        Status::Run => "RUN: deliver the setpoints at their times",
        Status::RunNow => "RUN_NOW: go to the first setpoint as fast as the ramp allows",
        Status::Stop => "STOP: return to baseline",
        Status::EmergencyStop => "EMERGENCY_STOP: cease at once",
    }
}

/// `17:00:00 GMT: +2,000 kW delta: turn up generation / turn down demand`.
fn in_words(setpoint: &Setpoint) -> String {
    let mut asked = Vec::new();
    if let Some(level) = setpoint.real {
        let kw = level.watts.kilowatts();
        let sign = if kw > 0.0 { "+" } else { "" };
        let words = match level.reference {
            Reference::Delta => format!("delta from baseline: {}", delta_in_words(kw)),
            Reference::Absolute => format!("absolute, net {}", absolute_in_words(kw)),
        };
        asked.push(format!("{sign}{} {words}{}", level.watts, price_in_words(level.price)));
    }
    if let Some(level) = setpoint.reactive {
        let way = if level.vars.0 >= 0 { "exporting (lagging)" } else { "importing (leading)" };
        asked.push(format!(
            "{} reactive, {}, {way}{}",
            level.vars,
            level.reference.word().to_lowercase(),
            price_in_words(level.price)
        ));
    }
    format!("{}: {}", words::london(setpoint.at), asked.join("; "))
}

fn price_in_words(price: Option<Price>) -> String {
    price.map_or_else(String::new, |price| {
        format!(", £{} per {}", super::entry::typed(price.pence, 100), price_per(price.per))
    })
}

/// What a price is paid for, as people write it.
pub fn price_per(per: PricePer) -> &'static str {
    match per {
        PricePer::Mwh => "MWh",
        PricePer::Mvarh => "Mvarh",
        PricePer::Window => "window",
    }
}

impl Review {
    /// Whether it is armed.
    pub fn is_armed(&self) -> bool {
        self.armed
    }

    /// Of one or several dispatches.
    pub fn of(dispatches: Vec<Frozen>) -> Self {
        Self { dispatches, armed: false, is_new: true }
    }

    /// Shows the confirmation over everything. `obstacle` is an error that has come up since it was opened; `need` is why a
    /// second person must approve it.
    pub fn show(
        &mut self,
        ui: &Ui,
        view: &View<'_>,
        obstacle: Option<&str>,
        need: Option<&Need>,
    ) -> Decision {
        let tokens = view.tokens;
        let screen = ui.ctx().content_rect();
        let mut decision = Decision::None;
        let frame = egui::Frame::popup(ui.style()).inner_margin(14);
        let modal = Modal::new(Id::unique("compose-confirm")).frame(frame);
        let shown = modal.show(ui.ctx(), |ui| {
            ui.set_width((screen.width() - 48.0).clamp(280.0, 660.0));
            heading(ui, &self.title(view.snapshot.mode));
            // Why a second person is asked stands below what is scrolled.
            let below = if need.is_some() { 246.0 } else { 190.0 };
            ScrollArea::vertical().max_height((screen.height() - below).max(64.0)).show(ui, |ui| {
                for frozen in &self.dispatches {
                    consequence(ui, tokens, frozen);
                }
            });
            ui.separator();
            if let Some(obstacle) = obstacle {
                ui.add(
                    Label::new(RichText::new(format!("No longer possible: {obstacle}")).color(tokens.high))
                        .wrap(),
                );
            }
            if let Some(need) = need {
                let text = format!("A second person must approve this: {}.", need.words());
                ui.add(Label::new(RichText::new(text).strong()).wrap());
            }
            decision = self.buttons(ui, tokens, obstacle.is_none(), need.is_some());
        });
        let escaped = ui.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape));
        if escaped || shown.backdrop_response.clicked() {
            decision = Decision::Cancel;
        }
        decision
    }

    fn title(&self, mode: Mode) -> String {
        let what = match self.dispatches.as_slice() {
            [one] => format!("Send revision {} of {}", one.parts.revision, one.parts.dispatch_ref),
            many => format!("Send {} dispatches", many.len()),
        };
        let consequence = match mode {
            Mode::Live => "LIVE: real assets will move",
            Mode::Training => "TRAINING: simulated assets",
            Mode::Sandbox => "SANDBOX: this program's own simulated assets",
        };
        format!("{what}. {consequence}")
    }

    fn buttons(&mut self, ui: &mut Ui, tokens: &Tokens, possible: bool, waits: bool) -> Decision {
        let mut decision = Decision::None;
        ui.horizontal_wrapped(|ui| {
            beside_a_filled_button(ui);
            let mut armed = self.armed;
            let arm = ui
                .add_enabled(possible, egui::Checkbox::new(&mut armed, "Arm: I have read what will be sent"));
            landmark::mark(&arm, Landmark::Arm);
            // Enter ticks a box that has the keyboard; it must not arm.
            if arm.changed() && !ui.input(|i| i.key_pressed(Key::Enter)) {
                self.armed = armed;
            }
            at_the_right(ui, |ui| {
                let cancel = ui.button("Cancel");
                let ready = self.armed && possible;
                let (fill, ink) =
                    if ready { (tokens.accent, tokens.on_accent) } else { (tokens.panel, tokens.weak) };
                let text = if waits { "Ask for approval" } else { "Send now" };
                let send = filled_button(ui, ready, text, fill, ink)
                    .on_disabled_hover_text("Read it and arm it first");
                landmark::mark(&send, Landmark::Send);
                if std::mem::take(&mut self.is_new) {
                    cancel.request_focus();
                }
                if clicked_but_not_by_enter(&send) {
                    decision = Decision::Send;
                } else if cancel.clicked() {
                    decision = Decision::Cancel;
                }
            });
        });
        decision
    }
}

/// What a dispatch comes to, in words and numbers.
pub fn consequence(ui: &mut Ui, tokens: &Tokens, frozen: &Frozen) {
    for (name, value) in &frozen.lines {
        ui.horizontal_top(|ui| {
            let (place, _) = ui.allocate_exact_size(egui::vec2(NAMES, 18.0), egui::Sense::hover());
            let name = Label::new(RichText::new(*name).color(tokens.weak)).selectable(false);
            let mut names = ui.new_child(egui::UiBuilder::new().max_rect(place));
            let label = names.add(name);
            ui.add(Label::new(value.as_str()).wrap()).labelled_by(label.id);
        });
    }
    ui.add_space(4.0);
    for (index, setpoint) in frozen.setpoints.iter().enumerate() {
        ui.add(Label::new(RichText::new(format!("{}.  {setpoint}", index + 1)).strong()).wrap());
    }
    ui.add_space(4.0);
    if let Some(difference) = &frozen.difference {
        difference.show(ui, tokens);
        ui.add_space(4.0);
    }
    if frozen.warnings.is_empty() {
        ui.label(RichText::new("No warnings.").color(tokens.weak));
    } else {
        ui.label(RichText::new(counted(frozen.warnings.len(), "warning")).color(tokens.medium).strong());
        for warning in &frozen.warnings {
            ui.add(Label::new(format!("• {warning}")).wrap());
        }
    }
    ui.add_space(8.0);
}
