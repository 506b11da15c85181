//! An asset register (CSV) comes into the sandbox, and its fleet goes out as one. A register is read whole: what is wrong is
//! told line by line and then nothing is done; what is right is shown before anything is, and who comes is onboarded as the
//! wizard in Connections does it.

mod arrivals;
mod reading;
mod report;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{CollapsingHeader, Id, Label, RichText, ScrollArea, Spinner, Ui, vec2};

use crate::console::connections;
use crate::console::context::{Intent, View};
use crate::console::dialog::{Choosing, Wanted};
use crate::console::fields::Field;
use crate::console::saving::Saving;
use crate::console::widgets;
use crate::profile::fleet::FleetProfile;
use crate::profile::register::{self, Additions};
use crate::workshop::enrolment::Enrolments;

use arrivals::{Arrivals, ENDED};
use reading::{Read, Reading};

/// Import and export, and the window of the former.
#[derive(Default)]
pub struct RegisterDesk {
    is_open: bool,
    path: String,
    choosing: Choosing<()>,
    reading: Reading,
    read: Option<(PathBuf, Read)>,
    arrivals: Arrivals,
    saving: Saving,
    /// What of the fleet that is being written a register does not hold.
    left_out: Option<String>,
}

impl RegisterDesk {
    /// The buttons that begin an import or an export.
    pub fn buttons(&mut self, ui: &mut Ui, view: &mut View<'_>) {
        let enrolments = view.enrolments;
        let obstacle = "This session's FSPs come from its fleet file: `rampdesk register` turns that into a register and back, \
                        and `rampdesk onboard` brings an FSP.";
        let import = ui.add_enabled(enrolments.is_some(), egui::Button::new("Import …"));
        let import = import.accessible_name("Import a register").on_hover_text("FSPs and units from a CSV");
        if import.on_disabled_hover_text(obstacle).clicked() {
            self.is_open = true;
        }
        let can_export = enrolments.is_some() && !self.saving.is_under_way();
        let export = ui.add_enabled(can_export, egui::Button::new("Export …"));
        let export = export.accessible_name("Export a register").on_hover_text("every FSP and unit as a CSV");
        let obstacle = if enrolments.is_some() { "One is being written." } else { obstacle };
        if export.on_disabled_hover_text(obstacle).clicked()
            && let Some(enrolments) = enrolments
        {
            self.export(ui.ctx(), enrolments.picture().fleet.clone());
        }
    }

    fn export(&mut self, ctx: &egui::Context, fleet: Arc<FleetProfile>) {
        self.left_out = left_out(&fleet);
        self.saving.begin(ctx, "register.csv", move || Ok(register::to_csv(&fleet).into_bytes()));
    }

    /// Draws the window, and tells what came of an export.
    pub fn ui(&mut self, ui: &Ui, view: &mut View<'_>) {
        match (self.saving.settled(), &self.left_out) {
            (Some(Ok(words)), None) => view.ask(Intent::Tell(words)),
            (Some(Ok(words)), Some(left_out)) => view.ask(Intent::Warn(format!("{words}. {left_out}"))),
            (Some(Err(words)), _) => view.ask(Intent::Warn(words)),
            (None, _) => {}
        }
        let Some(enrolments) = view.enrolments.filter(|_| self.is_open) else { return };
        if let Some((_, chosen)) = self.choosing.settled() {
            match chosen {
                Ok(path) => {
                    self.path = path.display().to_string();
                    self.begin_reading(ui.ctx(), view, enrolments);
                }
                Err(fault) => view.ask(Intent::Warn(fault.beside_a_field())),
            }
        }
        if let Some(read) = self.reading.settled() {
            self.read = Some(read);
        }
        let mut stays = true;
        let area = ui.available_rect_before_wrap();
        widgets::window_within(
            ui.ctx(),
            area,
            "import of a register",
            "Import a register",
            vec2(680.0, 420.0),
        )
        .open(&mut stays)
        .show(ui.ctx(), |ui| self.window(ui, view, enrolments));
        widgets::leave_by_escape(ui.ctx(), "import of a register", &mut stays);
        self.is_open = stays;
    }

    fn begin_reading(&mut self, ctx: &egui::Context, view: &View<'_>, enrolments: &Enrolments) {
        let operators = view.snapshot.operators.iter().map(|operator| operator.id.clone()).collect();
        self.arrivals = Arrivals::default();
        self.read = None;
        self.reading.begin(
            ctx,
            PathBuf::from(self.path.trim()),
            enrolments.picture().fleet.clone(),
            operators,
        );
    }

    fn window(&mut self, ui: &mut Ui, view: &mut View<'_>, enrolments: &Enrolments) {
        self.file(ui, view, enrolments);
        ui.separator();
        if !self.arrivals.is_empty() {
            self.arrivals.ui(ui, view, enrolments);
            return;
        }
        match &self.read {
            _ if self.reading.is_under_way() => {
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(14.0));
                    ui.label("It is being read …");
                });
            }
            None => weak(ui, view, FIRST),
            Some((_, Err(faults))) => report::ui(ui, view, faults),
            Some((_, Ok(additions))) => {
                if review(ui, view, additions) && !self.arrivals.begin(enrolments, &additions.newcomers) {
                    view.ask(Intent::Warn(ENDED.to_owned()));
                }
            }
        }
    }

    /// Which file it is, and the button that reads it.
    fn file(&mut self, ui: &mut Ui, view: &View<'_>, enrolments: &Enrolments) {
        let is_busy = self.reading.is_under_way() || self.arrivals.is_under_way(&enrolments.picture());
        ui.horizontal_wrapped(|ui| {
            ui.label("File");
            let field = Field {
                id: Id::unique("register file"),
                name: "Register file".to_owned(),
                width: (ui.available_width() - 150.0).clamp(120.0, 460.0),
                hint: "units.csv, as a spreadsheet saves it",
                wrong: matches!(&self.read, Some((_, Err(_)))),
                changed: false,
                number: false,
            };
            let entered = field.show(ui, view.tokens, &mut self.path).lost_focus()
                && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let choose = ui.add_enabled(!is_busy, egui::Button::new("Choose …"));
            if choose.accessible_name("Choose the register file").clicked() {
                self.choosing.begin(ui.ctx(), (), Wanted::Csv("Asset register"));
            }
            let can_read = !is_busy && !self.path.trim().is_empty();
            let read = ui.add_enabled(can_read, egui::Button::new("Read"));
            let read = read.accessible_name("Read the register");
            let why =
                if is_busy { "The one before is not done yet." } else { "Write or choose a file first." };
            if read.on_disabled_hover_text(why).clicked() || (entered && can_read) {
                self.begin_reading(ui.ctx(), view, enrolments);
            }
        });
    }
}

const FIRST: &str = "A register has a line for each unit, with its FSP's and its contract's terms beside it; Export writes one. It \
                     brings whole FSPs: who is here already stays as they are. Nothing is done before you have seen what comes.";
const HOW: &str = "Each gets an OAuth client, a secret and a signing key of its own, and this sandbox's simulated fleet answers for it. \
                   An FSP with a client of its own is onboarded in Connections.";

/// What comes, before it does; whether it is to come.
fn review(ui: &mut Ui, view: &View<'_>, additions: &Additions) -> bool {
    let Additions { newcomers, known } = additions;
    let units: usize = newcomers.iter().map(|newcomer| newcomer.units.len()).sum();
    let mut said = match known {
        0 => String::new(),
        1 => "1 unit is here already, and stays as it is. ".to_owned(),
        known => format!("{} units are here already, and stay as they are. ", widgets::count(*known)),
    };
    if newcomers.is_empty() {
        said.push_str("Nobody is new.");
        ui.add(Label::new(said).wrap());
        return false;
    }
    let what = format!("{} with {}", counted(newcomers.len(), "FSP"), counted(units, "unit"));
    ui.add(Label::new(format!("{said}{what} would come. Nothing has been done yet.")).wrap());
    weak(ui, view, HOW);
    let tokens = view.tokens;
    let onboard =
        widgets::filled_button(ui, true, &format!("Onboard {what}"), tokens.accent, tokens.on_accent);
    let onboard = onboard.on_hover_text("by pointer or Space; Enter does not do it");
    ScrollArea::vertical().id_salt("register review").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        for newcomer in newcomers {
            let Some(fsp) = newcomer.fsps.first() else { continue };
            let head = format!("{}: {}, {}", fsp.id, fsp.name, counted(newcomer.units.len(), "unit"));
            CollapsingHeader::new(head)
                .id_salt(fsp.id.as_str())
                .default_open(newcomers.len() == 1)
                .show(ui, |ui| connections::newcomer(ui, tokens, &fsp.id, newcomer));
        }
    });
    widgets::clicked_but_not_by_enter(&onboard)
}

/// What of a fleet stands in no register, in words.
fn left_out(fleet: &FleetProfile) -> Option<String> {
    let units = register::held_in_part(fleet);
    let first = units.first()?;
    let more = units.len() - 1;
    let who = if more == 0 { first.to_string() } else { format!("{first} and {more} more") };
    Some(format!(
        "A register holds no availability, and no baseline that was nominated or is from the past: those of {who} are not in \
         it. A fleet file holds them."
    ))
}

fn counted(many: usize, what: &str) -> String {
    let plural = if many == 1 { "" } else { "s" };
    format!("{} {what}{plural}", widgets::count(many))
}

fn weak(ui: &mut Ui, view: &View<'_>, text: &str) {
    ui.add(Label::new(RichText::new(text).color(view.tokens.weak)).wrap());
}
