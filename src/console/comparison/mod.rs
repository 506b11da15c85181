//! Another run laid over the recording that is gone through: what was delivered in both on one plot, and what they differ in.

mod list;
mod plot;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{ComboBox, Context, Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::errand::Errand;
use super::plot::range::Range;
use super::theme::Tokens;
use super::widgets;
use crate::dispatch::DispatchUnit;
use crate::time::Clock;
use crate::units::counted;
use crate::workshop::recording::{DifferenceOf, Overlaid, Overlay, Recording, RunDifference, differences};

/// Below this width the list stands under the plot.
const ROOMY: f32 = 760.0;

/// Points kept right of the plot.
const EDGE: i8 = 18;

/// Two runs, one over the other.
pub struct Comparison {
    first: Arc<Recording>,
    other: Other,
    /// The unit that is shown; all of them summed where there is none.
    unit: Option<DispatchUnit>,
    range: Range,
    /// Only differences of this are listed.
    only: Option<DifferenceOf>,
    /// The difference in hand.
    in_hand: Option<usize>,
}

/// The run that is laid over the first one.
enum Other {
    /// It is being read.
    Opening(Errand<Result<Compared, String>>),
    /// It is there.
    Open(Box<Compared>),
    /// It could not be read, and why.
    Refused(String),
}

/// What came of reading it.
struct Compared {
    name: String,
    path: PathBuf,
    overlay: Overlay,
    differences: Vec<RunDifference>,
}

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing.
    Nothing,
    /// To go to an instant of the first run, domain time in milliseconds since 1970.
    GoTo(i64),
    /// To lay another run over it.
    Another,
    /// To see the workspaces.
    Close,
}

impl Comparison {
    /// Reads another run, on a thread of its own.
    pub fn begin(ctx: &Context, first: Arc<Recording>, path: PathBuf) -> Self {
        let with = Arc::clone(&first);
        let work = move || {
            let second = Recording::open(&path).map_err(|fault| fault.to_string())?;
            Ok(Compared {
                name: second.name().to_owned(),
                overlay: Overlay::of(&with, &second),
                differences: differences(&with, &second),
                path,
            })
        };
        let other = Errand::begin(ctx, work).map_or_else(Other::Refused, Other::Opening);
        Self { first, other, unit: None, range: Range::default(), only: None, in_hand: None }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, clock: &Clock) -> Asked {
        self.settle();
        let mut asked = Asked::Nothing;
        ui.horizontal_wrapped(|ui| {
            widgets::heading(ui, "Two runs");
            if ui.button("Another recording…").clicked() {
                asked = Asked::Another;
            }
            if ui.button("Back to the workspaces").clicked() {
                asked = Asked::Close;
            }
        });
        match &self.other {
            Other::Opening(_) => {
                ui.add(Label::new(RichText::new("Reading the other recording…").color(tokens.weak)));
                return asked;
            }
            Other::Refused(fault) => {
                let text = format!("It cannot be compared: {fault}");
                ui.add(Label::new(RichText::new(text).color(tokens.high)).wrap());
                return asked;
            }
            Other::Open(_) => {}
        }
        let went = if ui.available_width() >= ROOMY {
            let list =
                Panel::right("differences").resizable(true).default_size(380.0).size_range(260.0..=560.0);
            let went = list.show(ui, |ui| self.list(ui, tokens)).inner;
            let height = ui.available_height();
            // Half of the last time on the axis stands right of the plot.
            let margin = Frame::new().inner_margin(Margin { right: EDGE, ..Margin::ZERO });
            margin.show(ui, |ui| self.plotted(ui, tokens, clock, height));
            went
        } else {
            let height = (ui.available_height() * 0.5).max(160.0);
            self.plotted(ui, tokens, clock, height);
            self.list(ui, tokens)
        };
        if let Some(at_s) = went {
            asked = Asked::GoTo(self.first.span_ms().0 + at_s * 1000);
        }
        asked
    }

    fn settle(&mut self) {
        let Other::Opening(errand) = &self.other else { return };
        let Some(settled) = errand.settled() else { return };
        self.other = match settled.and_then(|compared| compared) {
            Ok(compared) => Other::Open(Box::new(compared)),
            Err(fault) => Other::Refused(fault),
        };
    }

    /// The plot, with what is shown on it above and below.
    fn plotted(&mut self, ui: &mut Ui, tokens: &Tokens, clock: &Clock, height: f32) {
        let Other::Open(compared) = &self.other else { return };
        let top = ui.cursor().top();
        let names = (self.first.name(), compared.name.as_str());
        if names.0 != names.1 {
            ui.add(
                Label::new(RichText::new("They are not of the same scenario.").color(tokens.medium)).wrap(),
            );
        }
        let file = format!("The second is {}", last_of(&compared.path));
        let label = ui.add(Label::new(RichText::new(file).color(tokens.weak)).truncate());
        label.on_hover_text(compared.path.display().to_string());
        let before = self.unit.clone();
        subject(ui, &compared.overlay, &mut self.unit);
        if self.unit != before {
            self.range.fit();
        }
        let (power, quantity, what) = shown(&compared.overlay, self.unit.as_ref());
        plot::legend(ui, tokens, names);
        let height = (height - (ui.cursor().top() - top) - 4.0).max(140.0);
        let span = compared.overlay.span;
        plot::show(ui, tokens, clock, (power, quantity, &what), span, &mut self.range, height);
    }

    /// The differences; answers the second of the run that a person went to.
    fn list(&mut self, ui: &mut Ui, tokens: &Tokens) -> Option<i64> {
        let Other::Open(compared) = &self.other else { return None };
        let many = counted(compared.differences.len(), "difference");
        widgets::heading(ui, &many);
        list::kinds(ui, &compared.differences, &mut self.only);
        let mut went = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            went = list::ui(ui, tokens, &compared.differences, self.only, &mut self.in_hand);
        });
        went
    }
}

/// What is picked of the overlay: its lines, what they are in, and its name.
fn shown<'o>(
    overlay: &'o Overlay,
    unit: Option<&DispatchUnit>,
) -> (&'o Overlaid, super::plot::chart::Quantity, String) {
    use super::plot::chart::Quantity;
    let found = unit.and_then(|unit| overlay.units.iter().find(|of| of.unit == *unit));
    match found {
        Some(of) => (&of.power, Quantity::Power, of.unit.to_string()),
        None => (&overlay.fleet, Quantity::Change, FLEET.to_owned()),
    }
}

/// The file with the folder that it is in: runs of one scenario differ in that alone.
fn last_of(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

/// The sum's name.
const FLEET: &str = "All that were dispatched";

fn subject(ui: &mut Ui, overlay: &Overlay, unit: &mut Option<DispatchUnit>) {
    let present = unit.as_ref().map_or_else(|| FLEET.to_owned(), ToString::to_string);
    let combo = ComboBox::from_id_salt("compared").width(240.0).height(360.0).selected_text(present.clone());
    let shown = combo.show_ui(ui, |ui| {
        ui.selectable_value(unit, None, FLEET);
        for of in &overlay.units {
            let name = match of.is_dispatched {
                true => format!("{} {}", of.unit, of.name),
                false => format!("{} {} (not dispatched)", of.unit, of.name),
            };
            ui.selectable_value(unit, Some(of.unit.clone()), name);
        }
    });
    shown.response.accessible_name(format!("Compared: {present}"));
}
